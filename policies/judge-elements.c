/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule is judged for: the elements of its `each`, what they are called, and where they stand in the facts. */
#include <inttypes.h>

#include "base/error.h"
#include "base/sort.h"
#include "policies/judge-priv.h"

enum { NAME_BYTES = 300, EACH_BYTES = 100, HIDDEN_DEPTH = 100, FIRST = 1000 };

static bool word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_path(struct ml_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!word_byte(s.ptr[i]) && s.ptr[i] != '.')
			return false;
	return s.len > 0;
}

static bool is_word(struct ml_str s)
{
	return is_path(s) && ml_str_chr(s, '.') == ML_NPOS && !(s.ptr[0] >= '0' && s.ptr[0] <= '9');
}

/* A scalar as part of a name. */
static void put_scalar(struct ml_buf *out, const struct ml_value *value)
{
	if (value->kind == ML_V_STRING)
		ml_buf_str(out, ml_str_sub(ml_value_text(value), 0, NAME_BYTES));
	else if (value->kind == ML_V_INT)
		ml_buf_printf(out, "%" PRId64, value->i);
	else if (value->kind == ML_V_UINT)
		ml_buf_printf(out, "%" PRIu64, value->u);
	else if (value->kind == ML_V_BOOL)
		ml_buf_puts(out, value->b ? "true" : "false");
	else
		ml_buf_putc(out, '?');
}

static void put_record(struct ml_buf *out, const struct ml_record *record)
{
	bool first = true;

	for (size_t i = 0; i < record->type->nfields; i++) {
		const struct ml_value *field = ml_record_get(record, (int)i);
		if (!(record->type->fields[i].flags & ML_F_ID) || field->kind == ML_V_ABSENT || (field->kind == ML_V_STRING && field->len == 0))
			continue;
		ml_buf_puts(out, first ? "" : " ");
		put_scalar(out, field);
		first = false;
	}
}

/* An element's own name, which others may share: the fields of its identity, a scalar itself, else its index. */
static struct ml_str own_name(struct ml_judge *j, const struct ml_value *item, size_t index)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, 16 * (size_t)NAME_BYTES);
	if (item->kind == ML_V_RECORD)
		put_record(&out, item->record);
	else if (item->kind == ML_V_UNKNOWN)
		ml_buf_puts(&out, "unknown");
	else if (item->kind != ML_V_LIST && item->kind != ML_V_MAP)
		put_scalar(&out, item);
	if (out.len == 0)
		ml_buf_printf(&out, "%zu", index);
	return ml_str_dup(j->arena, ml_buf_get(&out));
}

struct named {
	struct ml_str name;
	size_t index;
};

static int by_name(const void *a, const void *b)
{
	return ml_str_cmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

/* The second of a name becomes "NAME#2", and so on. */
static bool tell_apart(struct ml_judge *j, struct ml_str *names, size_t n)
{
	struct named *sorted = ml_alloc_array(j->scratch, n, sizeof(*sorted));
	size_t twin = 1;

	if (!sorted)
		return false;
	for (size_t i = 0; i < n; i++)
		sorted[i] = (struct named){names[i], i};
	if (ml_sort(j->scratch, sorted, n, sizeof(*sorted), by_name))
		return false;
	for (size_t i = 1; i < n; i++) {
		twin = ml_str_eq(sorted[i].name, sorted[i - 1].name) ? twin + 1 : 1;
		if (twin > 1)
			names[sorted[i].index] = ml_strf(j->arena, "%.*s#%zu", ML_STR_ARG(sorted[i].name), twin);
	}
	return true;
}

/* Names of the first elements of a list, which are most that a report lists; of all when one behind them is asked for. */
static bool name_until(struct ml_judge *j, struct ml_elements *elements, size_t index)
{
	size_t n = index < FIRST && elements->value.len > FIRST ? FIRST : elements->value.len;
	struct ml_arena_mark mark = ml_arena_mark(j->scratch);
	bool good;

	if (index < elements->nnames)
		return true;
	elements->names = ml_alloc_array(j->arena, n, sizeof(*elements->names));
	if (!elements->names)
		return false;
	for (size_t i = 0; i < n; i++)
		elements->names[i] = own_name(j, &elements->value.items[i], i);
	good = tell_apart(j, elements->names, n);
	elements->nnames = n;
	ml_arena_release(j->scratch, mark);
	return good;
}

struct ml_elements *ml_judge_elements(struct ml_judge *j)
{
	const struct ml_policy_expr *each = &j->rule->each;
	struct ml_cel_run run = {.arena = j->arena, .vars = j->vars, .cache = j->cache};
	struct ml_elements *elements;

	for (size_t i = 0; i < j->nelements; i++)
		if (j->elements[i].program == each->program)
			return &j->elements[i];
	if (ml_alloc_grow(j->arena, &j->elements, &j->elements_cap, j->nelements + 1, sizeof(*j->elements)))
		return NULL;
	elements = &j->elements[j->nelements];
	*elements = (struct ml_elements){.program = each->program, .text = ml_str_trim(each->text)};
	elements->simple = is_path(elements->text);
	elements->value = ml_cel_eval(each->program, &run);
	j->run->cost += run.cost;
	j->nelements++;
	return elements;
}

struct ml_str ml_element_name(struct ml_judge *j, struct ml_elements *elements, size_t index)
{
	const struct ml_value *key;

	if (elements->value.kind == ML_V_LIST) {
		if (name_until(j, elements, index))
			return elements->names[index];
		j->error = ML_ENOMEM;
		return ML_STR_NONE;
	}
	key = &elements->value.entries[index].key;
	return key->kind == ML_V_STRING ? ml_str_sub(ml_value_text(key), 0, NAME_BYTES) : own_name(j, key, index);
}

/* Of a list, with ordinals again: what was different by its tag only must not become one. */
static bool normalise_until(struct ml_judge *j, struct ml_elements *elements, size_t index)
{
	size_t n = index < FIRST && elements->value.len > FIRST ? FIRST : elements->value.len;
	struct ml_arena_mark mark = ml_arena_mark(j->scratch);
	struct ml_str *identities;
	bool good;

	if (index < elements->nidentities)
		return true;
	identities = ml_alloc_array(j->arena, n, sizeof(*identities));
	if (!identities)
		return false;
	for (size_t i = 0; i < n; i++)
		identities[i] = ml_identity_normal(j->arena, own_name(j, &elements->value.items[i], 0));
	good = tell_apart(j, identities, n);
	ml_arena_release(j->scratch, mark);
	elements->identities = identities;
	elements->nidentities = n;
	return good;
}

struct ml_str ml_element_identity(struct ml_judge *j, struct ml_elements *elements, size_t index)
{
	if (elements->value.kind != ML_V_LIST) /* a map's whole key, however long */
		return elements->value.entries[index].key.kind == ML_V_STRING ? ml_value_text(&elements->value.entries[index].key)
									     : ml_element_name(j, elements, index);
	if (normalise_until(j, elements, index))
		return elements->identities[index];
	j->error = ML_ENOMEM;
	return ML_STR_NONE;
}

struct ml_str ml_element_path(struct ml_judge *j, struct ml_elements *elements, size_t index)
{
	ML_BUF_AUTO out;
	struct ml_str name;

	ml_buf_init(&out, 8 * (size_t)NAME_BYTES);
	ml_buf_str(&out, elements->text.len <= EACH_BYTES ? elements->text : ML_STR("each"));
	if (elements->value.kind == ML_V_LIST) {
		ml_buf_printf(&out, "[%zu]", index);
	} else {
		name = ml_element_name(j, elements, index);
		ml_buf_puts(&out, is_word(name) ? "." : "[\"");
		ml_buf_escaped(&out, name);
		ml_buf_puts(&out, is_word(name) ? "" : "\"]");
	}
	return ml_str_dup(j->scratch, ml_buf_get(&out));
}

/* The first unknown in a value, or NULL. */
static const struct ml_value *find_unknown(const struct ml_value *value, int depth)
{
	const struct ml_value *found = NULL;

	if (value->kind == ML_V_UNKNOWN || depth == 0)
		return value;
	if (value->kind == ML_V_RECORD) {
		for (size_t i = 0; !found && i < value->record->type->nfields; i++)
			if (ml_record_has(value->record, (int)i))
				found = find_unknown(ml_record_get(value->record, (int)i), depth - 1);
	} else if (value->kind == ML_V_LIST) {
		for (uint32_t i = 0; !found && i < value->len; i++)
			found = find_unknown(&value->items[i], depth - 1);
	} else if (value->kind == ML_V_MAP) {
		for (uint32_t i = 0; !found && i < value->len; i++)
			found = find_unknown(&value->entries[i].value, depth - 1);
	}
	return found;
}

struct ml_str ml_elements_hidden(struct ml_judge *j, struct ml_elements *elements)
{
	const struct ml_type *root = j->facts->kind->root;

	if (elements->hidden_known || !j->facts->incomplete)
		return elements->hidden;
	elements->hidden_known = true;
	for (size_t slot = 0; slot < root->nfields; slot++) {
		const struct ml_value *unknown = ml_cel_uses(elements->program, slot, -1) ? find_unknown(&j->vars[slot], HIDDEN_DEPTH) : NULL;
		if (!unknown)
			continue;
		elements->hidden = unknown->kind == ML_V_UNKNOWN ? ml_value_text(unknown) : ML_STR("nested too deeply");
		return elements->hidden.len ? elements->hidden : (elements->hidden = ML_STR("no reason was given"));
	}
	return elements->hidden;
}

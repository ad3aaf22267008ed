/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets masked in all text of the facts. */
#include "facts/mask.h"

#include "base/error.h"

enum { DEPTH = 200 }; /* the collectors' values are nested less deep */

/* A walk over all text. `fields`: looks for names instead of masking. */
struct walk {
	struct ml_mask *mask;
	const char *const *fields;
	bool *spared;
	bool incomplete; /* a value became UNKNOWN */
};

static bool can_be_name(struct ml_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= ':') && c != '.' && c != '_' &&
			c != '/' && c != '-')
			return false;
	}
	return true;
}

/* The secrets that stand in a name, and those that they begin with. */
static void see_name(struct walk *w, struct ml_str text)
{
	size_t from = 0, to;

	for (; ml_mask_next(w->mask, text, &from, &to); from++)
		for (size_t i = ml_mask_index(w->mask, ml_str_sub(text, from, to)); i;
			i = w->mask->shorter[i - 1])
			w->spared[i - 1] = can_be_name(w->mask->items[i - 1]);
}

static struct ml_str masked(struct walk *w, struct ml_str text)
{
	struct ml_str out = text.len ? ml_mask_text(w->mask, w->mask->arena, text) : ML_STR("");

	w->mask->memory = w->mask->memory || !out.ptr;
	return out.ptr ? out : ML_STR("***");
}

/* Words with something between, as options, settings and paths have: what a rule could look for. */
static bool reads_like_a_setting(struct ml_str s)
{
	size_t digits = 0, between = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		digits += c >= '0' && c <= '9';
		between += c == '-' || c == '_' || c == '.' || c == ':' || c == '/' || c == '=';
		if (c != '=' && !can_be_name((struct ml_str){&c, 1}))
			return false;
	}
	return between > 0 && digits * 3 <= s.len;
}

static bool holds_setting(const struct walk *w, struct ml_str text)
{
	size_t from = 0, to = 0;

	for (; ml_mask_next(w->mask, text, &from, &to); from = to)
		if (reads_like_a_setting(ml_str_sub(text, from, to)))
			return true;
	return false;
}

static void mask_value(struct walk *w, struct ml_value *value, bool name)
{
	struct ml_str text = ml_value_text(value), out = masked(w, text);

	if (out.len == 0 || out.ptr == text.ptr)
		return;
	if (!name && value->kind == ML_V_STRING && holds_setting(w, text)) {
		*value = ml_at(
			ml_unknown(ML_STR("it holds the bytes of a secret, which are not shown")),
			value->loc);
		w->incomplete = true;
		return;
	}
	value->text = out.ptr;
	value->len = (uint32_t)out.len;
}

/* What the collector made is ours to change: it stands in the facts' arena. */
static struct ml_value *ours(const struct ml_value *value)
{
	return (struct ml_value *)(uintptr_t)value;
}

static void walk(
	struct walk *w, struct ml_value *value, const struct ml_type *type, bool name, int depth);

static bool is_listed(const char *const *list, const char *word)
{
	while (*list && strcmp(*list, word) != 0)
		list++;
	return *list != NULL;
}

static void walk_record(struct walk *w, const struct ml_record *record, int depth)
{
	for (size_t i = 0; i < record->type->nfields; i++) {
		const struct ml_field *field = &record->type->fields[i];
		if (ml_record_has(record, (int)i))
			walk(w, ours(ml_record_get(record, (int)i)), field->type,
				w->fields ? is_listed(w->fields, field->name)
					  : field->flags & ML_F_ID,
				depth);
	}
}

/* A masked key gets its number, so that two of them stay two. */
static bool mask_key(struct walk *w, struct ml_value *key, uint32_t i)
{
	struct ml_str text = ml_value_text(key), out = masked(w, text);

	if (out.len == 0 || out.ptr == text.ptr)
		return false;
	out = ml_strf(w->mask->arena, "%.*s#%u", ML_STR_ARG(out), i + 1);
	*key = ml_at(ml_string(out), key->loc);
	return true;
}

static void walk_map(struct walk *w, struct ml_value *map, const struct ml_type *elem, int depth)
{
	struct ml_entry *entries = (struct ml_entry *)(uintptr_t)map->entries;
	uint32_t loc = map->loc;
	bool changed = false;
	size_t dup;

	for (uint32_t i = 0; i < map->len; i++) {
		if (w->fields)
			see_name(w, ml_value_text(&entries[i].key));
		else
			changed |= mask_key(w, &entries[i].key, i);
		walk(w, &entries[i].value, elem, false, depth);
	}
	if (changed && ml_map(entries, map->len, map, &dup))
		*map = ml_unknown(ML_STR("its keys hold the bytes of secrets"));
	map->loc = loc;
}

static void walk(
	struct walk *w, struct ml_value *value, const struct ml_type *type, bool name, int depth)
{
	const struct ml_type *elem;

	if (depth > DEPTH)
		return;
	if (type && type->kind == ML_T_OPTIONAL)
		type = type->elem;
	elem = type ? type->elem : NULL;
	if (value->kind == ML_V_RECORD)
		walk_record(w, value->record, depth + 1);
	else if (value->kind == ML_V_MAP)
		walk_map(w, value, elem, depth + 1);
	else if (value->kind == ML_V_STRING && type && type->vocab && !type->vocab->open)
		return;
	else if (value->kind == ML_V_STRING && w->fields && name)
		see_name(w, ml_value_text(value));
	else if ((value->kind == ML_V_STRING || value->kind == ML_V_UNKNOWN) && !w->fields)
		mask_value(w, value, name);
	for (uint32_t i = 0; value->kind == ML_V_LIST && i < value->len; i++)
		walk(w, ours(&value->items[i]), elem, name, depth + 1);
}

void ml_mask_spare(struct ml_mask *mask, const struct ml_facts *facts, const char *const *fields)
{
	struct walk w = {mask, fields, ml_alloc_array(mask->arena, mask->n, sizeof(bool))};
	size_t n = 0;

	if (!w.spared)
		mask->memory = true;
	if (!w.spared || mask->n == 0)
		return;
	walk(&w, ours(&facts->root), facts->kind->root, false, 0);
	for (size_t i = 0; i < mask->n; i++)
		if (!w.spared[i])
			mask->items[n++] = mask->items[i];
	if (n < mask->n) {
		mask->n = n;
		ml_mask_ready(mask);
	}
}

void ml_mask_facts(struct ml_mask *mask, struct ml_facts *facts)
{
	struct walk w = {.mask = mask};

	if (mask->n == 0)
		return;
	walk(&w, &facts->root, facts->kind->root, false, 0);
	facts->incomplete = facts->incomplete || w.incomplete;
	for (size_t i = 0; i < facts->diags.n; i++) {
		facts->diags.items[i].message = masked(&w, facts->diags.items[i].message);
		facts->diags.items[i].hint = masked(&w, facts->diags.items[i].hint);
	}
	for (size_t i = 0; i < facts->nwaivers; i++)
		facts->waivers[i].text = masked(&w, facts->waivers[i].text);
}

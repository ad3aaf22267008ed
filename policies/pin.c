/* SPDX-License-Identifier: Apache-2.0 */
/* Pinning facts: their values become parameters of a policy. */
#include "base/sort.h"
#include "base/utf8.h"
#include "policies/pin-priv.h"

enum {
	NAME_BYTES = 160, /* of an element: escaped it still is a simple key of YAML, which has
			     1,024 characters at most */
	ID_BYTES = 100,
	NOTES = 200,
};

struct pinner {
	const struct ml_facts *facts;
	const struct ml_pin *row;
	struct ml_buf params, rules, notes;
	size_t nnotes, npins;
};

/* A comment: what is not pinned, and why. Names and reasons are the target's. */
static void note(struct pinner *p, struct ml_str element, struct ml_str why)
{
	if (p->nnotes++ >= NOTES)
		return;
	ml_buf_printf(&p->notes, "#   %s of ", p->row->what);
	if (element.len) {
		ml_pin_put_escaped(&p->notes, ml_utf8_cut(element, NAME_BYTES));
		ml_buf_puts(&p->notes, " in ");
	}
	ml_buf_puts(&p->notes, p->row->list ? p->row->list : p->row->field);
	ml_buf_puts(&p->notes, ": ");
	ml_pin_put_escaped(&p->notes, ml_utf8_cut(why, NAME_BYTES));
	ml_buf_putc(&p->notes, '\n');
}

static const struct ml_type *type_of(const struct pinner *p, const char *path)
{
	const struct ml_type *root = p->facts->kind->root;

	return ml_pin_type(p->row->list ? ml_pin_type(root, p->row->list) : root, path);
}

/* The beginning of a row's parameter, up to its default. */
static void begin_param(struct pinner *p, const char *suffix, const char *about)
{
	ml_buf_puts(&p->params, "  ");
	ml_pin_param_name(&p->params, p->row);
	ml_buf_printf(&p->params, "%s:\n    type: ", suffix);
	if (*suffix)
		ml_buf_puts(&p->params, "list(string)");
	else
		ml_pin_param_type(&p->params, p->facts->kind->root, p->row);
	ml_buf_printf(&p->params, "\n    about: \"%s, as it was\"\n    default:", about);
}

static void finish(struct pinner *p)
{
	ml_buf_putc(&p->rules, '\n');
	ml_pin_rules(&p->rules, p->facts->kind->root, p->row);
	p->npins++;
}

/* Names of elements, in the order of the list. */
struct names {
	struct ml_str *items;
	size_t n;
};

/* The list, or false with a note: not known, or with an element whose name is not. */
static bool open_list(struct pinner *p, struct ml_value *list)
{
	*list = ml_pin_at(&p->facts->root, p->row->list);
	if (list->kind != ML_V_LIST) {
		note(p, ML_STR_NONE, ml_pin_value_trouble(list, NULL));
		return false;
	}
	for (uint32_t i = 0; i < list->len; i++) {
		struct ml_value key = ml_pin_at(&list->items[i], p->row->key);
		if (key.kind != ML_V_STRING) {
			note(p, ML_STR("an element"), ml_pin_value_trouble(&key, NULL));
			return false;
		}
	}
	return true;
}

/* The name of an element as a parameter holds it; false with a note when it cannot. */
static bool name_of(struct pinner *p, const struct ml_value *element, struct ml_str *name)
{
	struct ml_value key = ml_pin_at(element, p->row->key);
	const char *why;

	*name = ml_value_text(&key);
	why = name->len == 0 ? "its name is empty" : ml_pin_text_trouble(*name, NAME_BYTES);
	if (!*why && !ml_pin_is_word(type_of(p, p->row->key), *name))
		why = "its name is no word that the field can have";
	if (*why)
		note(p, *name, ml_str(why));
	return !*why;
}

static void put_names(struct pinner *p, const struct names *names)
{
	ml_buf_puts(&p->params, names->n ? "\n" : " []\n");
	for (size_t i = 0; i < names->n; i++) {
		ml_buf_puts(&p->params, "      - ");
		ml_pin_put_quoted(&p->params, names->items[i]);
		ml_buf_putc(&p->params, '\n');
	}
}

static int pin_set(struct pinner *p)
{
	struct names in = {0}, unknown = {0};
	struct ml_value list;

	if (!open_list(p, &list))
		return 0;
	in.items = ml_alloc_array(p->facts->arena, list.len, sizeof(*in.items));
	unknown.items = ml_alloc_array(p->facts->arena, list.len, sizeof(*unknown.items));
	if (!in.items || !unknown.items)
		return ML_ENOMEM;
	for (uint32_t i = 0; i < list.len; i++) {
		struct ml_value holds =
			p->row->where ? ml_pin_at(&list.items[i], p->row->where) : ml_bool(true);
		struct ml_str name;
		if (holds.kind == ML_V_BOOL && !holds.b)
			continue;
		if (!name_of(p, &list.items[i], &name))
			return 0; /* the set without it would be another */
		if (holds.kind == ML_V_BOOL) {
			in.items[in.n++] = name;
		} else {
			note(p, name, ml_pin_value_trouble(&holds, &ml_type_bool));
			unknown.items[unknown.n++] = name;
		}
	}
	begin_param(p, "", p->row->what);
	put_names(p, &in);
	if (p->row->where) {
		begin_param(p, "_unknown", p->row->what);
		put_names(p, &unknown);
	}
	finish(p);
	return 0;
}

/* An element of an order. */
struct place {
	struct ml_str name, group;
	size_t group_at; /* the first element of its group */
	int64_t rank;
};

static int by_group_and_rank(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->group_at != b->group_at)
		return a->group_at < b->group_at ? -1 : 1;
	return a->rank < b->rank ? -1 : a->rank > b->rank;
}

/* False with a note when the element's place cannot be pinned. */
static bool place_of(struct pinner *p, const struct ml_value *element, struct place *place)
{
	struct ml_value group = ml_pin_at(element, p->row->where),
			rank = ml_pin_at(element, p->row->field);
	struct ml_str why = ml_pin_value_trouble(&group, type_of(p, p->row->where));

	if (!name_of(p, element, &place->name))
		return false;
	why = why.len ? why : ml_pin_value_trouble(&rank, &ml_type_int);
	if (!why.len && ml_value_text(&group).len > NAME_BYTES)
		why = ML_STR("too long");
	if (why.len)
		note(p, place->name, why);
	place->group = ml_value_text(&group);
	place->rank = rank.i;
	return !why.len;
}

static void put_places(struct pinner *p, const struct place *places, size_t n)
{
	begin_param(p, "", p->row->what);
	ml_buf_putc(&p->params, '\n');
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || places[i].group_at != places[i - 1].group_at) {
			ml_buf_puts(&p->params, "      ");
			ml_pin_put_quoted(&p->params, places[i].group);
			ml_buf_puts(&p->params, ":\n");
		}
		ml_buf_puts(&p->params, "        - ");
		ml_pin_put_quoted(&p->params, places[i].name);
		ml_buf_putc(&p->params, '\n');
	}
	finish(p);
}

static int pin_order(struct pinner *p)
{
	struct ml_value list;
	struct place *places;
	size_t n = 0;

	if (!open_list(p, &list))
		return 0;
	places = ml_alloc_array(p->facts->arena, list.len, sizeof(*places));
	if (!places)
		return ML_ENOMEM;
	for (uint32_t i = 0; i < list.len; i++) {
		if (!place_of(p, &list.items[i], &places[n]))
			return 0; /* the order without it would be another */
		for (places[n].group_at = 0;
			places[n].group_at < n &&
			!ml_str_eq(places[places[n].group_at].group, places[n].group);)
			places[n].group_at++;
		n += places[n].rank >= 0;
	}
	if (ml_sort(p->facts->arena, places, n, sizeof(*places), by_group_and_rank))
		return ML_ENOMEM;
	if (n)
		put_places(p, places, n);
	return 0;
}

static int pin_field(struct pinner *p)
{
	struct ml_value value = ml_pin_at(&p->facts->root, p->row->field);
	struct ml_str why;

	if (value.kind == ML_V_ABSENT)
		return 0; /* its question does not arise here */
	why = ml_pin_value_trouble(&value, type_of(p, p->row->field));
	if (why.len) {
		note(p, ML_STR_NONE, why);
		return 0;
	}
	begin_param(p, "", p->row->what);
	ml_buf_putc(&p->params, ' ');
	ml_pin_put_value(&p->params, &value);
	ml_buf_putc(&p->params, '\n');
	finish(p);
	return 0;
}

static void put_entries(struct pinner *p, const struct ml_value *map)
{
	begin_param(p, "", p->row->what);
	ml_buf_puts(&p->params, map->len ? "\n" : " {}\n");
	for (uint32_t i = 0; i < map->len; i++) {
		ml_buf_puts(&p->params, "      ");
		ml_pin_put_quoted(&p->params, ml_value_text(&map->entries[i].key));
		ml_buf_puts(&p->params, ": ");
		ml_pin_put_value(&p->params, &map->entries[i].value);
		ml_buf_putc(&p->params, '\n');
	}
	finish(p);
}

static int pin_map(struct pinner *p)
{
	struct ml_value map = ml_pin_at(&p->facts->root, p->row->field);
	const struct ml_type *type = type_of(p, p->row->field);

	if (map.kind != ML_V_MAP) {
		note(p, ML_STR_NONE, ml_pin_value_trouble(&map, type));
		return 0;
	}
	for (uint32_t i = 0; i < map.len; i++) {
		struct ml_str name = ml_value_text(&map.entries[i].key),
			      why = ml_pin_value_trouble(&map.entries[i].value, type->elem);
		if (!why.len)
			why = name.len ? ml_str(ml_pin_text_trouble(name, NAME_BYTES))
				       : ML_STR("its name is empty");
		if (why.len) {
			note(p, name, why);
			return 0; /* the map without it would be another */
		}
	}
	put_entries(p, &map);
	return 0;
}

static int by_text(const void *left, const void *right)
{
	return ml_str_cmp(*(const struct ml_str *)left, *(const struct ml_str *)right);
}

/* Whether a name stands twice: no parameter can tell the two apart. 1, 0 or ML_ENOMEM. */
static int twins(struct pinner *p, const struct ml_value *list)
{
	struct ml_str *names = ml_alloc_array(p->facts->arena, list->len, sizeof(*names));

	for (uint32_t i = 0; names && i < list->len; i++) {
		struct ml_value key = ml_pin_at(&list->items[i], p->row->key);
		names[i] = ml_value_text(&key);
	}
	if (!names || ml_sort(p->facts->arena, names, list->len, sizeof(*names), by_text))
		return ML_ENOMEM;
	for (uint32_t i = 1; i < list->len; i++)
		if (ml_str_eq(names[i - 1], names[i])) {
			note(p, names[i], ML_STR("two have this name"));
			return 1;
		}
	return 0;
}

static void pin_element(struct pinner *p, const struct ml_value *element, bool first)
{
	struct ml_value value = ml_pin_at(element, p->row->field);
	struct ml_str name, why = ml_pin_value_trouble(&value, type_of(p, p->row->field));

	if (!name_of(p, element, &name))
		return;
	if (why.len) {
		note(p, name, why);
		return;
	}
	if (first) {
		begin_param(p, "", p->row->what);
		ml_buf_putc(&p->params, '\n');
	}
	ml_buf_puts(&p->params, "      ");
	ml_pin_put_quoted(&p->params, name);
	ml_buf_puts(&p->params, ": ");
	ml_pin_put_value(&p->params, &value);
	ml_buf_putc(&p->params, '\n');
}

static int pin_each(struct pinner *p)
{
	size_t before = p->params.len;
	struct ml_value list;
	int r;

	if (!open_list(p, &list))
		return 0;
	r = twins(p, &list);
	for (uint32_t i = 0; r == 0 && i < list.len; i++)
		pin_element(p, &list.items[i], p->params.len == before);
	if (p->params.len > before)
		finish(p);
	return r < 0 ? r : 0;
}

static const struct ml_pins *pins_of(const struct ml_kind *kind)
{
	const struct ml_pins *pins = ml_pin_kinds;

	while (pins->kind && !ml_str_is(ml_str(pins->kind), kind->name))
		pins++;
	return pins->kind ? pins : NULL;
}

static int refuse(const struct ml_facts *facts, struct ml_error *err)
{
	ML_BUF_AUTO kinds;

	ml_buf_init(&kinds, 4096);
	for (const struct ml_pins *pins = ml_pin_kinds; pins->kind; pins++)
		ml_buf_printf(&kinds, "%s%s", pins == ml_pin_kinds ? "" : ", ", pins->kind);
	return ml_fail(err, ML_EUNSUP, "facts of the kind %s cannot be pinned, only those of %.*s",
		facts->kind->name, ML_STR_ARG(ml_buf_get(&kinds)));
}

static void put_id(struct ml_buf *out, struct ml_str uri)
{
	size_t colon = ml_str_find(uri, ML_STR("://"));
	bool dash = true; /* none after another, nor first */

	ml_buf_puts(out, "pinned-");
	for (size_t i = colon == ML_NPOS ? 0 : colon + 3; i < uri.len && i < ID_BYTES; i++) {
		char c = uri.ptr[i] >= 'A' && uri.ptr[i] <= 'Z' ? (char)(uri.ptr[i] + 32)
								: uri.ptr[i];
		bool ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';
		if (ok || !dash)
			ml_buf_putc(out, ok ? c : '-');
		dash = !ok;
	}
}

static void assemble(const struct pinner *p, struct ml_buf *out)
{
	struct ml_str uri = ml_utf8_cut(p->facts->uri, ML_PIN_TEXT_BYTES);

	ml_buf_puts(out, "# Written by `merlon policy from-facts`: what a target showed on the day "
			 "of its facts. What differs is a finding.\n");
	if (p->nnotes) {
		ml_buf_puts(out, "# Not pinned:\n");
		ml_buf_str(out, ml_buf_get(&p->notes));
		if (p->nnotes > NOTES)
			ml_buf_printf(out, "#   and %zu more\n", p->nnotes - NOTES);
	}
	ml_buf_puts(out, "merlon: policy/v1\nid: ");
	put_id(out, uri);
	ml_buf_puts(out, "\ntitle: ");
	ml_pin_put_quoted(out, uri.len && !ml_pin_text_trouble(uri, ML_PIN_TEXT_BYTES)[0]
				       ? uri
				       : ML_STR("pinned facts"));
	ml_buf_printf(out, "\nkind: %s\nparams:\n", p->facts->kind->name);
	ml_buf_str(out, ml_buf_get(&p->params));
	ml_buf_puts(out, "rules:");
	ml_buf_str(out, ml_buf_get(&p->rules));
}

static int pin_row(struct pinner *p, const struct ml_pin *row)
{
	static int (*const shapes[])(struct pinner * p) = {
		[ML_PIN_SET] = pin_set,
		[ML_PIN_ORDER] = pin_order,
		[ML_PIN_FIELD] = pin_field,
		[ML_PIN_MAP] = pin_map,
		[ML_PIN_EACH] = pin_each,
	};

	p->row = row;
	return shapes[row->shape](p);
}

static int pin_rows(struct pinner *p, const struct ml_pins *pins, const struct ml_pin_wish *wish)
{
	int r = 0;

	for (size_t i = 0; i < pins->n && r == 0; i++)
		if (!pins->rows[i].certificate || wish->certificate)
			r = pin_row(p, &pins->rows[i]);
	return r                 ? r
	       : p->params.error ? p->params.error
	       : p->rules.error  ? p->rules.error
				 : p->notes.error;
}

int ml_pin_write(const struct ml_facts *facts, const struct ml_pin_wish *wish, struct ml_buf *out,
	struct ml_error *err)
{
	const struct ml_pins *pins = pins_of(facts->kind);
	struct pinner p = {.facts = facts};
	int r = 0;

	if (!pins)
		return refuse(facts, err);
	if (ml_pin_at(&facts->root, pins->needs).kind == ML_V_UNKNOWN)
		return ml_fail(err, ML_EINVAL,
			"nothing is known of the target, so that nothing can be pinned");
	ml_buf_init(&p.params, ML_PIN_BYTES);
	ml_buf_init(&p.rules, ML_PIN_BYTES);
	ml_buf_init(&p.notes, ML_PIN_BYTES);
	r = pin_rows(&p, pins, wish);
	if (r == 0 && p.npins == 0)
		r = ml_fail(err, ML_EINVAL, "nothing of the target is known that could be pinned");
	else if (r == 0)
		assemble(&p, out);
	r = r ? r : out->error;
	if (r == ML_ELIMIT)
		ml_fail(err, r, "more is to be pinned than a policy of %zu MiB holds",
			ML_PIN_BYTES >> 20);
	ml_buf_free(&p.params);
	ml_buf_free(&p.rules);
	ml_buf_free(&p.notes);
	return r;
}

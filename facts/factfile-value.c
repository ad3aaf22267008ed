/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the two trees of a fact file: values, and their places. Recursion is bounded by ML_FACT_DEPTH. */
#include <inttypes.h>
#include <math.h>

#include "base/json.h"
#include "facts/factfile-priv.h"

static void put_text(struct ml_buf *out, struct ml_str s)
{
	struct ml_json json;

	ml_json_begin(&json, out, 0);
	ml_json_str(&json, s);
}

static void new_line(struct ml_buf *out, int depth)
{
	ml_buf_putc(out, '\n');
	for (int i = 0; i < depth; i++)
		ml_buf_putc(out, ' ');
}

/* A map's key as that of an object; numbers and bools as JSON writes them. */
static void put_key(struct ml_buf *out, const struct ml_value *key)
{
	struct ml_str s = ml_value_text(key);
	size_t at = out->len + 1;

	if (key->kind == ML_V_STRING) {
		put_text(out, s);
		if (s.len && s.ptr[0] == '$' && ml_buf_reserve(out, 1)) {
			memmove(out->ptr + at + 1, out->ptr + at, out->len - at + 1);
			out->ptr[at] = '$';
			out->len++;
		}
	} else if (key->kind == ML_V_BOOL) {
		ml_buf_puts(out, key->b ? "\"true\"" : "\"false\"");
	} else {
		ml_buf_printf(out, key->kind == ML_V_UINT ? "\"%" PRIu64 "\"" : "\"%" PRId64 "\"", key->i);
	}
	ml_buf_putc(out, ':');
}

static void put_record(struct ml_fact_writer *w, const struct ml_record *record, int depth)
{
	uint8_t slots[ML_RECORD_MAX];
	size_t n = ml_record_sorted(record, slots);

	ml_buf_putc(w->out, '{');
	for (size_t i = 0; i < n; i++) {
		const struct ml_field *field = &record->type->fields[slots[i]];
		ml_buf_puts(w->out, i ? "," : "");
		new_line(w->out, depth + 1);
		ml_buf_printf(w->out, "\"%s\": ", field->name);
		ml_fact_write(w, ml_record_get(record, slots[i]), field->type, depth + 1);
	}
	if (n)
		new_line(w->out, depth);
	ml_buf_putc(w->out, '}');
}

static void put_map(struct ml_fact_writer *w, const struct ml_value *map, const struct ml_type *elem, int depth)
{
	ml_buf_putc(w->out, '{');
	for (uint32_t i = 0; i < map->len; i++) {
		ml_buf_puts(w->out, i ? "," : "");
		new_line(w->out, depth + 1);
		put_key(w->out, &map->entries[i].key);
		ml_buf_putc(w->out, ' ');
		ml_fact_write(w, &map->entries[i].value, elem, depth + 1);
	}
	if (map->len)
		new_line(w->out, depth);
	ml_buf_putc(w->out, '}');
}

static bool has_children(const struct ml_value *value)
{
	return value->kind == ML_V_LIST || value->kind == ML_V_MAP || value->kind == ML_V_RECORD;
}

/* Scalars side by side, other elements one a line. */
static void put_list(struct ml_fact_writer *w, const struct ml_value *list, const struct ml_type *elem, int depth)
{
	bool lines = list->len > 0 && has_children(&list->items[0]);

	ml_buf_putc(w->out, '[');
	for (uint32_t i = 0; i < list->len; i++) {
		ml_buf_puts(w->out, i ? "," : "");
		if (lines)
			new_line(w->out, depth + 1);
		ml_fact_write(w, &list->items[i], elem, depth + 1);
	}
	if (lines)
		new_line(w->out, depth);
	ml_buf_putc(w->out, ']');
}

/* What JSON has no form for: as text, and where the schema does not say what it is, with its name. */
static void put_odd(struct ml_fact_writer *w, const struct ml_value *value, bool tagged)
{
	ML_BUF_AUTO text;

	ml_buf_init(&text, (size_t)2 * value->len + 100);
	ml_fact_text(&text, value);
	if (tagged)
		ml_buf_printf(w->out, "{\"$%s\":", ml_value_kind_name(value->kind));
	put_text(w->out, ml_buf_get(&text));
	if (tagged)
		ml_buf_putc(w->out, '}');
}

static void put_unknown(struct ml_fact_writer *w, struct ml_str reason)
{
	ml_buf_puts(w->out, "{\"$unknown\":");
	put_text(w->out, reason);
	ml_buf_putc(w->out, '}');
}

static void put_scalar(struct ml_fact_writer *w, const struct ml_value *value, bool dyn)
{
	switch (value->kind) {
	case ML_V_NULL:
		ml_buf_puts(w->out, "null");
		return;
	case ML_V_BOOL:
		ml_buf_puts(w->out, value->b ? "true" : "false");
		return;
	case ML_V_INT:
		ml_buf_printf(w->out, "%" PRId64, value->i);
		return;
	case ML_V_STRING:
		put_text(w->out, ml_value_text(value));
		return;
	case ML_V_UNKNOWN:
		put_unknown(w, ml_value_text(value));
		return;
	default:
		break;
	}
	if (value->kind == ML_V_UINT && !dyn && value->u <= INT64_MAX)
		ml_buf_printf(w->out, "%" PRIu64, value->u);
	else if (value->kind == ML_V_DOUBLE && isfinite(value->d))
		ml_buf_double(w->out, value->d);
	else
		put_odd(w, value, dyn);
}

void ml_fact_write(struct ml_fact_writer *w, const struct ml_value *value, const struct ml_type *type, int depth)
{
	const struct ml_type *elem = type->elem ? type->elem : &ml_type_dyn;

	if (depth > ML_FACT_DEPTH)
		put_unknown(w, ML_STR("nested too deeply"));
	else if (value->kind == ML_V_RECORD)
		put_record(w, value->record, depth);
	else if (value->kind == ML_V_MAP)
		put_map(w, value, elem, depth);
	else if (value->kind == ML_V_LIST)
		put_list(w, value, elem, depth);
	else
		put_scalar(w, value, type->kind == ML_T_DYN);
}

/* Each put_… of places returns whether there was one; if not, the caller takes back what was written. */
static bool put_places(struct ml_fact_writer *w, const struct ml_value *value, int depth);

static void take_back(struct ml_buf *out, size_t len)
{
	if (out->error)
		return;
	out->len = len;
	out->ptr[len] = '\0';
}

struct places_object {
	struct ml_fact_writer *w;
	int depth;
	bool any;
};

/* A new member: its comma and, near the root, its line. */
static size_t begin_member(struct places_object *o)
{
	size_t before = o->w->out->len;

	ml_buf_puts(o->w->out, o->any ? "," : "");
	if (o->depth < 3)
		new_line(o->w->out, o->depth + 2);
	return before;
}

static void end_member(struct places_object *o, size_t before, bool some)
{
	if (some)
		o->any = true;
	else
		take_back(o->w->out, before);
}

static bool put_record_places(struct ml_fact_writer *w, const struct ml_record *record, int depth)
{
	struct places_object o = {w, depth, false};
	uint8_t slots[ML_RECORD_MAX];
	size_t n = ml_record_sorted(record, slots);

	ml_buf_putc(w->out, '{');
	for (size_t i = 0; i < n; i++) {
		size_t before = begin_member(&o);
		ml_buf_printf(w->out, "\"%s\":", record->type->fields[slots[i]].name);
		end_member(&o, before, put_places(w, ml_record_get(record, slots[i]), depth + 1));
	}
	ml_buf_putc(w->out, '}');
	return o.any;
}

static bool put_map_places(struct ml_fact_writer *w, const struct ml_value *map, bool keys, int depth)
{
	struct places_object o = {w, depth, false};

	ml_buf_putc(w->out, '{');
	for (uint32_t i = 0; i < map->len; i++) {
		size_t before = begin_member(&o);
		put_key(w->out, &map->entries[i].key);
		end_member(&o, before, put_places(w, keys ? &map->entries[i].key : &map->entries[i].value, depth + 1));
	}
	ml_buf_putc(w->out, '}');
	return o.any;
}

static bool put_list_places(struct ml_fact_writer *w, const struct ml_value *list, int depth)
{
	bool any = false;

	ml_buf_putc(w->out, '[');
	for (uint32_t i = 0; i < list->len; i++) {
		size_t before;
		ml_buf_puts(w->out, i ? "," : "");
		before = w->out->len;
		if (put_places(w, &list->items[i], depth + 1)) {
			any = true;
		} else {
			take_back(w->out, before);
			ml_buf_putc(w->out, '0');
		}
	}
	ml_buf_putc(w->out, ']');
	return any;
}

static bool put_places(struct ml_fact_writer *w, const struct ml_value *value, int depth)
{
	uint32_t number = value->loc < w->nlocs ? w->number[value->loc] : 0;
	bool any = false;
	size_t before;

	if (!has_children(value) || depth > ML_FACT_DEPTH) {
		ml_buf_printf(w->out, "%" PRIu32, number);
		return number > 0;
	}
	ml_buf_printf(w->out, "[%" PRIu32 ",", number);
	if (value->kind == ML_V_RECORD) {
		any = put_record_places(w, value->record, depth);
	} else if (value->kind == ML_V_LIST) {
		any = put_list_places(w, value, depth);
	} else {
		any = put_map_places(w, value, false, depth);
		before = w->out->len;
		ml_buf_putc(w->out, ',');
		if (put_map_places(w, value, true, depth))
			any = true;
		else
			take_back(w->out, before);
	}
	ml_buf_putc(w->out, ']');
	return any || number > 0;
}

void ml_places_write(struct ml_fact_writer *w, const struct ml_value *value)
{
	size_t before = w->out->len;

	if (put_places(w, value, 0))
		return;
	take_back(w->out, before);
	ml_buf_putc(w->out, '0');
}

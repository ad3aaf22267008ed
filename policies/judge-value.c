/* SPDX-License-Identifier: Apache-2.0 */
/* Facts as evidence: JSON of bounded size. */
#include <inttypes.h>
#include <math.h>

#include "base/json.h"
#include "base/utf8.h"
#include "policies/judge-priv.h"

enum { TEXT = 200, KEY = 100, MEMBERS = 10, DEPTH = 4, BYTES = 1000 };

static void put(struct ml_buf *out, const struct ml_value *value, int depth);

static void put_text(struct ml_buf *out, struct ml_str s)
{
	struct ml_json json;

	ml_json_begin(&json, out, 0);
	ml_json_str(&json, s);
}

static void put_cut(struct ml_buf *out, struct ml_str s)
{
	if (s.len <= TEXT) {
		put_text(out, s);
		return;
	}
	put_text(out, ml_utf8_cut(s, TEXT));
	out->len -= out->len > 0;
	ml_buf_puts(out, "…\"");
}

/* Members beyond MEMBERS, or when there is no room left, are an ellipsis. */
static bool enough(struct ml_buf *out, size_t i)
{
	if (i)
		ml_buf_putc(out, ',');
	if (i < MEMBERS && out->len < BYTES)
		return false;
	ml_buf_puts(out, "\"…\"");
	return true;
}

static void put_list(struct ml_buf *out, const struct ml_value *list, int depth)
{
	ml_buf_putc(out, '[');
	for (uint32_t i = 0; i < list->len && !enough(out, i); i++)
		put(out, &list->items[i], depth - 1);
	ml_buf_putc(out, ']');
}

/* Whether a map can be an object whose keys are canonical. */
static bool plain_keys(const struct ml_value *map)
{
	if (map->len > MEMBERS)
		return false;
	for (uint32_t i = 0; i < map->len; i++) {
		struct ml_str key = ml_value_text(&map->entries[i].key);
		if (map->entries[i].key.kind != ML_V_STRING || key.len > KEY || ml_utf8_invalid(key) != ML_NPOS || ml_str_chr(key, '\0') != ML_NPOS)
			return false;
	}
	return true;
}

static void put_object(struct ml_buf *out, const struct ml_value *map, int depth)
{
	ml_buf_putc(out, '{');
	for (uint32_t i = 0; i < map->len; i++) {
		ml_buf_puts(out, i ? "," : "");
		put_text(out, ml_value_text(&map->entries[i].key));
		ml_buf_putc(out, ':');
		if (out->len < BYTES)
			put(out, &map->entries[i].value, depth - 1);
		else
			ml_buf_puts(out, "\"…\"");
	}
	ml_buf_putc(out, '}');
}

static void put_pairs(struct ml_buf *out, const struct ml_value *map, int depth)
{
	ml_buf_putc(out, '[');
	for (uint32_t i = 0; i < map->len && !enough(out, i); i++) {
		ml_buf_putc(out, '[');
		put(out, &map->entries[i].key, depth - 1);
		ml_buf_putc(out, ',');
		put(out, &map->entries[i].value, depth - 1);
		ml_buf_putc(out, ']');
	}
	ml_buf_putc(out, ']');
}

/* Field names are lower case, so the ellipsis sorts behind them. */
static void put_record(struct ml_buf *out, const struct ml_record *record, int depth)
{
	uint8_t slots[ML_RECORD_MAX];
	size_t n = ml_record_sorted(record, slots);

	ml_buf_putc(out, '{');
	for (size_t i = 0; i < n; i++) {
		ml_buf_puts(out, i ? "," : "");
		if (i >= MEMBERS || out->len >= BYTES) {
			ml_buf_printf(out, "\"…\":%zu", n - i);
			break;
		}
		put_text(out, ml_str(record->type->fields[slots[i]].name));
		ml_buf_putc(out, ':');
		put(out, ml_record_get(record, slots[i]), depth - 1);
	}
	ml_buf_putc(out, '}');
}

static void put_double(struct ml_buf *out, double d)
{
	if (isfinite(d))
		ml_buf_double(out, d);
	else
		ml_buf_puts(out, isnan(d) ? "\"NaN\"" : d > 0 ? "\"Infinity\"" : "\"-Infinity\"");
}

/* What has no form of its own, as people write it. */
static void put_shown(struct ml_buf *out, const struct ml_value *value)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)1 << 20);

	put_text(out, arena ? ml_value_show(arena, value, TEXT) : ML_STR("…"));
}

static void put_unknown(struct ml_buf *out, struct ml_str reason)
{
	ml_buf_puts(out, "{\"$unknown\":");
	put_cut(out, reason);
	ml_buf_putc(out, '}');
}

static void put(struct ml_buf *out, const struct ml_value *value, int depth)
{
	bool children = value->kind == ML_V_LIST || value->kind == ML_V_MAP || value->kind == ML_V_RECORD;

	if (children && depth <= 0) {
		ml_buf_puts(out, "\"…\"");
		return;
	}
	switch (value->kind) {
	case ML_V_NULL:
		ml_buf_puts(out, "null");
		return;
	case ML_V_BOOL:
		ml_buf_puts(out, value->b ? "true" : "false");
		return;
	case ML_V_INT:
		ml_buf_printf(out, "%" PRId64, value->i);
		return;
	case ML_V_UINT:
		if (value->u > INT64_MAX)
			put_double(out, (double)value->u);
		else
			ml_buf_printf(out, "%" PRIu64, value->u);
		return;
	case ML_V_DOUBLE:
		put_double(out, value->d);
		return;
	case ML_V_STRING:
		put_cut(out, ml_value_text(value));
		return;
	case ML_V_LIST:
		put_list(out, value, depth);
		return;
	case ML_V_MAP:
		(plain_keys(value) ? put_object : put_pairs)(out, value, depth);
		return;
	case ML_V_RECORD:
		put_record(out, value->record, depth);
		return;
	case ML_V_UNKNOWN:
		put_unknown(out, ml_value_text(value));
		return;
	default:
		put_shown(out, value);
	}
}

struct ml_str ml_judge_value(struct ml_arena *arena, const struct ml_value *value)
{
	ML_BUF_AUTO out = {0};

	if (value->kind == ML_V_ABSENT || value->kind == ML_V_ERROR)
		return ML_STR_NONE;
	ml_buf_init(&out, (size_t)1 << 20);
	put(&out, value, DEPTH);
	return out.error ? ML_STR("\"…\"") : ml_str_dup(arena, ml_buf_get(&out));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Values for people, and whether a value has a type. */
#include <inttypes.h>
#include <stdio.h>

#include "base/json.h"
#include "facts/value.h"

enum { DEPTH = 64 };

const char *ml_value_kind_name(enum ml_value_kind kind)
{
	static const char *const names[] = {
		[ML_V_ABSENT] = "absent", [ML_V_NULL] = "null", [ML_V_BOOL] = "bool", [ML_V_INT] = "int",
		[ML_V_UINT] = "uint", [ML_V_DOUBLE] = "double", [ML_V_STRING] = "string", [ML_V_BYTES] = "bytes",
		[ML_V_TIMESTAMP] = "timestamp", [ML_V_DURATION] = "duration", [ML_V_LIST] = "list",
		[ML_V_MAP] = "map", [ML_V_RECORD] = "record", [ML_V_TYPE] = "type", [ML_V_OPTIONAL] = "optional",
		[ML_V_IP] = "ip", [ML_V_CIDR] = "cidr", [ML_V_UNKNOWN] = "unknown", [ML_V_ERROR] = "error",
	};

	return names[kind];
}

static void show(struct ml_buf *out, const struct ml_value *value, size_t max, int depth);

static void show_text(struct ml_buf *out, struct ml_str s, size_t max)
{
	size_t room = out->len < max ? max - out->len : 0;

	ml_buf_putc(out, '"');
	ml_buf_escaped(out, ml_str_sub(s, 0, room));
	ml_buf_puts(out, room < s.len ? "…\"" : "\"");
}

static void show_seconds(struct ml_buf *out, int64_t seconds, int32_t nanos)
{
	uint64_t size = seconds < 0 ? 0 - (uint64_t)seconds : (uint64_t)seconds;
	char digits[16];
	int n = 9;

	ml_buf_printf(out, "%s%" PRIu64, seconds < 0 || nanos < 0 ? "-" : "", size);
	if (nanos) {
		snprintf(digits, sizeof(digits), "%09d", nanos < 0 ? -nanos : nanos);
		while (n > 1 && digits[n - 1] == '0')
			n--;
		ml_buf_printf(out, ".%.*s", n, digits);
	}
	ml_buf_putc(out, 's');
}

static void show_list(struct ml_buf *out, const struct ml_value *list, size_t max, int depth)
{
	ml_buf_putc(out, '[');
	for (uint32_t i = 0; i < list->len; i++) {
		ml_buf_puts(out, i ? ", " : "");
		if (out->len >= max) {
			ml_buf_puts(out, "…");
			break;
		}
		show(out, &list->items[i], max, depth - 1);
	}
	ml_buf_putc(out, ']');
}

static void show_map(struct ml_buf *out, const struct ml_value *map, size_t max, int depth)
{
	ml_buf_putc(out, '{');
	for (uint32_t i = 0; i < map->len; i++) {
		ml_buf_puts(out, i ? ", " : "");
		if (out->len >= max) {
			ml_buf_puts(out, "…");
			break;
		}
		show(out, &map->entries[i].key, max, depth - 1);
		ml_buf_puts(out, ": ");
		show(out, &map->entries[i].value, max, depth - 1);
	}
	ml_buf_putc(out, '}');
}

static void show_record(struct ml_buf *out, const struct ml_record *record, size_t max, int depth)
{
	const char *between = "";

	ml_buf_putc(out, '{');
	for (int i = 0; i < (int)record->type->nfields; i++) {
		if (!ml_record_has(record, i))
			continue;
		ml_buf_puts(out, between);
		between = ", ";
		if (out->len >= max) {
			ml_buf_puts(out, "…");
			break;
		}
		ml_buf_printf(out, "%s: ", record->type->fields[i].name);
		show(out, ml_record_get(record, i), max, depth - 1);
	}
	ml_buf_putc(out, '}');
}

static void show_ip(struct ml_buf *out, const struct ml_value *value)
{
	const struct ml_ip *ip = value->ip;

	for (int i = 0; i < ip->len; i += ip->len == 4 ? 1 : 2) {
		if (ip->len == 4)
			ml_buf_printf(out, "%s%d", i ? "." : "", ip->bytes[i]);
		else
			ml_buf_printf(out, "%s%x", i ? ":" : "", ip->bytes[i] << 8 | ip->bytes[i + 1]);
	}
	if (value->kind == ML_V_CIDR)
		ml_buf_printf(out, "/%d", ip->prefix);
}

static void show(struct ml_buf *out, const struct ml_value *value, size_t max, int depth)
{
	if (depth <= 0) {
		ml_buf_puts(out, "…");
		return;
	}
	switch (value->kind) {
	case ML_V_BOOL:
		ml_buf_puts(out, value->b ? "true" : "false");
		return;
	case ML_V_INT:
		ml_buf_printf(out, "%" PRId64, value->i);
		return;
	case ML_V_UINT:
		ml_buf_printf(out, "%" PRIu64, value->u);
		return;
	case ML_V_DOUBLE:
		ml_buf_double(out, value->d);
		return;
	case ML_V_STRING:
		show_text(out, ml_value_text(value), max);
		return;
	case ML_V_BYTES:
		ml_buf_printf(out, "%u bytes", value->len);
		return;
	case ML_V_TIMESTAMP:
	case ML_V_DURATION:
		show_seconds(out, value->i, value->nanos);
		return;
	case ML_V_LIST:
		show_list(out, value, max, depth);
		return;
	case ML_V_MAP:
		show_map(out, value, max, depth);
		return;
	case ML_V_RECORD:
		show_record(out, value->record, max, depth);
		return;
	case ML_V_IP:
	case ML_V_CIDR:
		show_ip(out, value);
		return;
	case ML_V_UNKNOWN:
	case ML_V_ERROR:
		ml_buf_printf(out, "%s(", ml_value_kind_name(value->kind));
		ml_buf_escaped(out, ml_value_text(value));
		ml_buf_putc(out, ')');
		return;
	default:
		ml_buf_puts(out, ml_value_kind_name(value->kind));
	}
}

struct ml_str ml_value_show(struct ml_arena *arena, const struct ml_value *value, size_t max)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, 16 * max + 4096);
	show(&out, value, max, DEPTH);
	return ml_str_dup(arena, ml_buf_get(&out));
}

/* The type check of a tree: which value is looked at, and the path to it. */
struct check {
	struct ml_arena *arena;
	struct ml_str *path;
};

static bool is(struct check *c, const struct ml_value *value, const struct ml_type *type, struct ml_str path, int depth);

static bool wrong(struct check *c, struct ml_str path)
{
	if (c->path)
		*c->path = path;
	return false;
}

static bool is_record(struct check *c, const struct ml_value *value, const struct ml_type *type, struct ml_str path, int depth)
{
	const struct ml_record *record = value->record;

	if (record->type->fields != type->fields)
		return wrong(c, path);
	for (int i = 0; i < (int)type->nfields; i++) {
		const struct ml_value *field = ml_record_get(record, i);
		struct ml_str at = ml_strf(c->arena, "%.*s%s%s", ML_STR_ARG(path), path.len ? "." : "", type->fields[i].name);
		if (field->kind == ML_V_ABSENT ? !(type->fields[i].flags & ML_F_OPTIONAL)
					       : !is(c, field, type->fields[i].type, at, depth - 1))
			return field->kind == ML_V_ABSENT ? wrong(c, at) : false;
	}
	return true;
}

static bool is_list(struct check *c, const struct ml_value *value, const struct ml_type *type, struct ml_str path, int depth)
{
	for (uint32_t i = 0; i < value->len; i++)
		if (!is(c, &value->items[i], type->elem, ml_strf(c->arena, "%.*s[%u]", ML_STR_ARG(path), i), depth - 1))
			return false;
	return true;
}

static bool is_map(struct check *c, const struct ml_value *value, const struct ml_type *type, struct ml_str path, int depth)
{
	for (uint32_t i = 0; i < value->len; i++) {
		const struct ml_entry *entry = &value->entries[i];
		struct ml_str key = ml_value_show(c->arena, &entry->key, 80);
		struct ml_str at = ml_strf(c->arena, "%.*s[%.*s]", ML_STR_ARG(path), ML_STR_ARG(key));
		if (!is(c, &entry->key, type->key, at, depth - 1) || !is(c, &entry->value, type->elem, at, depth - 1))
			return false;
	}
	return true;
}

static bool is(struct check *c, const struct ml_value *value, const struct ml_type *type, struct ml_str path, int depth)
{
	static const uint8_t kinds[] = {
		[ML_T_NULL] = ML_V_NULL, [ML_T_BOOL] = ML_V_BOOL, [ML_T_INT] = ML_V_INT, [ML_T_UINT] = ML_V_UINT,
		[ML_T_DOUBLE] = ML_V_DOUBLE, [ML_T_STRING] = ML_V_STRING, [ML_T_BYTES] = ML_V_BYTES,
		[ML_T_TIMESTAMP] = ML_V_TIMESTAMP, [ML_T_DURATION] = ML_V_DURATION, [ML_T_LIST] = ML_V_LIST,
		[ML_T_MAP] = ML_V_MAP, [ML_T_RECORD] = ML_V_RECORD, [ML_T_OPTIONAL] = ML_V_OPTIONAL,
		[ML_T_TYPE] = ML_V_TYPE, [ML_T_IP] = ML_V_IP, [ML_T_CIDR] = ML_V_CIDR, [ML_T_OPAQUE] = 0,
	};
	struct ml_arena_mark mark;
	bool good;

	if (depth <= 0)
		return wrong(c, path);
	if (value->kind == ML_V_UNKNOWN || type->kind == ML_T_DYN)
		return true;
	if (value->kind != kinds[type->kind])
		return wrong(c, path);
	mark = ml_arena_mark(c->arena);
	good = type->kind == ML_T_LIST ? is_list(c, value, type, path, depth)
		: type->kind == ML_T_MAP ? is_map(c, value, type, path, depth)
		: type->kind == ML_T_RECORD ? is_record(c, value, type, path, depth) : true;
	if (good)
		ml_arena_release(c->arena, mark);
	return good;
}

bool ml_value_is(const struct ml_value *value, const struct ml_type *type, struct ml_arena *arena, struct ml_str *path)
{
	struct check c = {arena, path};

	return is(&c, value, type, ML_STR(""), DEPTH);
}

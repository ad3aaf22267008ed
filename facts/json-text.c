/* SPDX-License-Identifier: Apache-2.0 */
/* A parsed JSON value as canonical text: one line, keys sorted, one form for each number. */
#include "base/json.h"
#include "facts/json-read.h"

static bool write_value(struct ml_jread *r, json_t *json, struct ml_buf *out);

static void write_text(struct ml_buf *out, struct ml_str s)
{
	struct ml_json json;

	ml_json_begin(&json, out, 0);
	ml_json_str(&json, s);
}

static bool write_list(struct ml_jread *r, json_t *json, struct ml_buf *out)
{
	ml_buf_putc(out, '[');
	for (size_t i = 0; i < json_array_size(json); i++) {
		ml_buf_puts(out, i ? "," : "");
		if (!write_value(r, json_array_get(json, i), out))
			return false;
	}
	ml_buf_putc(out, ']');
	return true;
}

static bool write_object(struct ml_jread *r, json_t *json, struct ml_buf *out)
{
	const char **keys = ml_json_keys(r->arena, json);

	if (!keys)
		return ml_jread_nomem(r);
	ml_buf_putc(out, '{');
	for (size_t i = 0; i < json_object_size(json); i++) {
		ml_buf_puts(out, i ? "," : "");
		write_text(out, ml_str(keys[i]));
		ml_buf_putc(out, ':');
		if (!write_value(r, json_object_get(json, keys[i]), out))
			return false;
	}
	ml_buf_putc(out, '}');
	return true;
}

/* Recursion is bounded by ML_JSON_READ_DEPTH. */
static bool write_value(struct ml_jread *r, json_t *json, struct ml_buf *out)
{
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		return write_object(r, json, out);
	case JSON_ARRAY:
		return write_list(r, json, out);
	case JSON_STRING:
		write_text(out, (struct ml_str){json_string_value(json), json_string_length(json)});
		return true;
	case JSON_INTEGER:
		ml_buf_printf(out, "%lld", (long long)json_integer_value(json));
		return true;
	case JSON_REAL:
		ml_buf_double(out, json_real_value(json));
		return true;
	default:
		ml_buf_puts(out, json_is_true(json) ? "true" : json_is_false(json) ? "false" : "null");
		return true;
	}
}

bool ml_jread_text(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	ML_BUF_AUTO out;
	struct ml_str *text = at;

	ml_buf_init(&out, (size_t)1 << 20);
	if (!write_value(r, json, &out))
		return false;
	if (out.error)
		return ml_jread_fail(r, path, out.error, "%s", ml_strcode(out.error));
	*text = ml_str_dup(r->arena, ml_buf_get(&out));
	return text->ptr ? true : ml_jread_nomem(r);
}

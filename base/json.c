/* SPDX-License-Identifier: Apache-2.0 */
/* Writing JSON in one form. */
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"

void ml_json_begin(struct ml_json *json, struct ml_buf *out, int indent)
{
	*json = (struct ml_json){.out = out, .indent = indent, .first = 1};
}

static void new_line(struct ml_json *json)
{
	if (!json->indent)
		return;
	ml_buf_putc(json->out, '\n');
	for (int i = 0; i < json->depth * json->indent; i++)
		ml_buf_putc(json->out, ' ');
}

/* Comma and line break before the next element, unless a key has just done that. */
static void before(struct ml_json *json)
{
	if (json->after_key) {
		json->after_key = false;
		return;
	}
	if (json->depth == 0)
		return;
	if (!(json->first >> json->depth & 1))
		ml_buf_putc(json->out, ',');
	json->first &= ~((uint64_t)1 << json->depth);
	new_line(json);
}

static void open_level(struct ml_json *json, char bracket)
{
	before(json);
	assert(json->depth < ML_JSON_DEPTH);
	ml_buf_putc(json->out, bracket);
	json->depth++;
	json->first |= (uint64_t)1 << json->depth;
}

static void close_level(struct ml_json *json, char bracket)
{
	bool empty = json->first >> json->depth & 1;

	assert(json->depth > 0 && !json->after_key);
	json->depth--;
	if (!empty)
		new_line(json);
	ml_buf_putc(json->out, bracket);
}

void ml_json_object(struct ml_json *json)
{
	open_level(json, '{');
}

void ml_json_end_object(struct ml_json *json)
{
	close_level(json, '}');
}

void ml_json_array(struct ml_json *json)
{
	open_level(json, '[');
}

void ml_json_end_array(struct ml_json *json)
{
	close_level(json, ']');
}

static const char *short_escape(unsigned char c)
{
	switch (c) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	default:
		return NULL;
	}
}

static bool plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static size_t write_special(struct ml_buf *out, struct ml_str s, size_t at)
{
	const char *escape = short_escape((unsigned char)s.ptr[at]);
	uint32_t cp = 0;
	size_t n = ml_utf8_next(s, at, &cp);

	if (escape)
		ml_buf_puts(out, escape);
	else if (n == 0)
		ml_buf_puts(out, "\xef\xbf\xbd");
	else if (cp < 0x20 || cp == 0x7f || cp == 0x2028 || cp == 0x2029)
		ml_buf_printf(out, "\\u%04x", (unsigned)cp);
	else
		ml_buf_add(out, s.ptr + at, n);
	return n ? n : 1;
}

static void write_string(struct ml_buf *out, struct ml_str s)
{
	ml_buf_putc(out, '"');
	for (size_t at = 0; at < s.len;) {
		size_t run = at;
		while (run < s.len && plain((unsigned char)s.ptr[run]))
			run++;
		ml_buf_add(out, s.ptr + at, run - at);
		at = run;
		if (at < s.len)
			at += write_special(out, s, at);
	}
	ml_buf_putc(out, '"');
}

void ml_json_key_str(struct ml_json *json, struct ml_str key)
{
	assert(!json->after_key);
	before(json);
	write_string(json->out, key);
	ml_buf_puts(json->out, json->indent ? ": " : ":");
	json->after_key = true;
}

void ml_json_key(struct ml_json *json, const char *key)
{
	ml_json_key_str(json, ml_str(key));
}

void ml_json_str(struct ml_json *json, struct ml_str s)
{
	before(json);
	write_string(json->out, s);
}

void ml_json_puts(struct ml_json *json, const char *z)
{
	ml_json_str(json, ml_str(z));
}

void ml_json_raw(struct ml_json *json, struct ml_str s)
{
	before(json);
	ml_buf_str(json->out, s);
}

void ml_json_bool(struct ml_json *json, bool b)
{
	ml_json_raw(json, b ? ML_STR("true") : ML_STR("false"));
}

void ml_json_null(struct ml_json *json)
{
	ml_json_raw(json, ML_STR("null"));
}

void ml_json_int(struct ml_json *json, int64_t i)
{
	before(json);
	ml_buf_printf(json->out, "%" PRId64, i);
}

void ml_json_uint(struct ml_json *json, uint64_t u)
{
	before(json);
	ml_buf_printf(json->out, "%" PRIu64, u);
}

void ml_json_double(struct ml_json *json, double d)
{
	if (!isfinite(d)) {
		ml_json_puts(json, isnan(d) ? "NaN" : d > 0 ? "Infinity" : "-Infinity");
		return;
	}
	before(json);
	ml_buf_double(json->out, d);
}

void ml_buf_double(struct ml_buf *out, double d)
{
	char text[40];

	for (int precision = 15; precision <= 17; precision++) {
		snprintf(text, sizeof(text), "%.*g", precision, d);
		if (strtod(text, NULL) == d)
			break;
	}
	ml_buf_puts(out, text);
	if (isfinite(d) && !strpbrk(text, ".e"))
		ml_buf_puts(out, ".0");
}

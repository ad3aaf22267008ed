/* SPDX-License-Identifier: Apache-2.0 */
/* Reading JSON strictly: limits, then jansson, then tables. */
#include "facts/json-read.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/random.h>

#include "base/json.h"
#include "base/sort.h"

void ml_json_warm_up(void)
{
	size_t seed = 0;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != (ssize_t)sizeof(seed))
		seed = (size_t)(uintptr_t)&seed; /* what address randomisation gives */
	json_object_seed(seed | 1);
	json_decref(json_object());
}

/* The offset behind the string that starts at `at`. */
static size_t skip_string(struct ml_str bytes, size_t at)
{
	for (at++; at < bytes.len && bytes.ptr[at] != '"'; at++)
		at += bytes.ptr[at] == '\\';
	return at + 1;
}

/* Whether nesting and number of values keep their limits: a linear look before anything recurses or allocates. */
static bool within_limits(struct ml_str bytes)
{
	size_t depth = 0, values = 0;

	for (size_t at = 0; at < bytes.len;) {
		char c = bytes.ptr[at];
		if (c == '"') {
			at = skip_string(bytes, at);
			continue;
		}
		depth += c == '[' || c == '{';
		depth -= (c == ']' || c == '}') && depth > 0;
		values += c == ',' || c == '[' || c == '{';
		if (depth > ML_JSON_READ_DEPTH || values > ML_JSON_READ_VALUES)
			return false;
		at++;
	}
	return true;
}

int ml_json_parse(struct ml_str bytes, size_t max, json_t **out, struct ml_error *err)
{
	json_error_t why;

	if (bytes.len > max)
		return ml_fail(err, ML_ELIMIT, "the document has more than %zu MB", max >> 20);
	if (!within_limits(bytes))
		return ml_fail(err, ML_ELIMIT, "the document is nested deeper than %u or has more than %u values", ML_JSON_READ_DEPTH, ML_JSON_READ_VALUES);
	*out = json_loadb(bytes.ptr ? bytes.ptr : "", bytes.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
	if (*out)
		return 0;
	if (json_error_code(&why) == json_error_out_of_memory)
		return ml_fail(err, ML_ENOMEM, "%s", ml_strcode(ML_ENOMEM));
	return ml_fail_at(err, ML_ESYNTAX, "", why.line > 0 ? (uint32_t)why.line : 0, why.column > 0 ? (uint32_t)why.column : 0, "not valid JSON: %s", why.text);
}

/* The chain from its root; parts beyond 32 are left out in the middle. */
static void show_path(struct ml_buf *out, const struct ml_jpath *path)
{
	const struct ml_jpath *parts[32];
	size_t n = 0;

	for (; path && n < 32; path = path->up)
		parts[n++] = path;
	ml_buf_puts(out, path ? "…" : "");
	while (n-- > 0) {
		if (parts[n]->key) {
			ml_buf_puts(out, out->len ? "." : "");
			ml_buf_escaped(out, ml_str_sub(ml_str(parts[n]->key), 0, 60));
		} else if (parts[n]->up) {
			ml_buf_printf(out, "[%zu]", parts[n]->index);
		}
	}
}

bool ml_jread_fail(struct ml_jread *r, const struct ml_jpath *path, int code, const char *fmt, ...)
{
	ML_BUF_AUTO where = {0};
	char what[300];
	va_list args;

	if (r->error)
		return false;
	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	ml_buf_init(&where, 4096);
	show_path(&where, path);
	r->error = ml_fail(r->err, code, "%.*s%s%s", ML_STR_ARG(ml_buf_get(&where)), where.len ? ": " : "", what);
	return false;
}

bool ml_jread_nomem(struct ml_jread *r)
{
	return ml_jread_fail(r, NULL, ML_ENOMEM, "%s", ml_strcode(ML_ENOMEM));
}

bool ml_jread_want(struct ml_jread *r, const struct ml_jpath *path, json_t *got, const char *want)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "an object", [JSON_ARRAY] = "a list", [JSON_STRING] = "a string", [JSON_INTEGER] = "an integer",
		[JSON_REAL] = "a number", [JSON_TRUE] = "true", [JSON_FALSE] = "false", [JSON_NULL] = "null",
	};

	return ml_jread_fail(r, path, ML_ETYPE, "got %s, want %s", names[json_typeof(got)], want ? want : "something else");
}

static const struct ml_jfield *field_named(const struct ml_jfield *fields, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

static bool complete(struct ml_jread *r, const struct ml_jpath *path, json_t *json, const struct ml_jfield *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fields[i].required && !json_object_get(json, fields[i].name))
			return ml_jread_fail(r, path, ML_ETYPE, "the key \"%s\" is missing", fields[i].name);
	return true;
}

bool ml_jread_object(struct ml_jread *r, const struct ml_jpath *path, json_t *json, const struct ml_jfield *fields, size_t n, void *base)
{
	const char *key;
	json_t *value;

	if (!json_is_object(json))
		return ml_jread_want(r, path, json, "an object");
	json_object_foreach(json, key, value) {
		const struct ml_jfield *field = field_named(fields, n, key);
		struct ml_jpath at = {path, key, 0};
		if (!field)
			return ml_jread_fail(r, &at, ML_ETYPE, "unknown key");
		if (!field->read(r, &at, value, (char *)base + field->offset))
			return false;
	}
	return complete(r, path, json, fields, n);
}

bool ml_jread_array(struct ml_jread *r, const struct ml_jpath *path, json_t *json, size_t size, ml_jread_fn *element, void *items, size_t *n)
{
	size_t count = json_array_size(json);
	char *array;

	if (!json_is_array(json))
		return ml_jread_want(r, path, json, "a list");
	array = count ? ml_alloc_array(r->arena, count, size) : NULL;
	if (count && !array)
		return ml_jread_nomem(r);
	for (size_t i = 0; i < count; i++) {
		struct ml_jpath at = {path, NULL, i};
		if (!element(r, &at, json_array_get(json, i), array + i * size))
			return false;
	}
	memcpy(items, &array, sizeof(array));
	*n = count;
	return true;
}

bool ml_jread_str(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	struct ml_str *out = at;

	if (!json_is_string(json))
		return ml_jread_want(r, path, json, "a string");
	*out = ml_str_dup(r->arena, (struct ml_str){json_string_value(json), json_string_length(json)});
	return out->ptr ? true : ml_jread_nomem(r);
}

static bool unsigned_number(struct ml_jread *r, const struct ml_jpath *path, json_t *json, json_int_t max, json_int_t *out)
{
	if (!json_is_integer(json))
		return ml_jread_want(r, path, json, "an integer");
	*out = json_integer_value(json);
	if (*out < 0 || *out > max)
		return ml_jread_fail(r, path, ML_ETYPE, "got %lld, want 0 to %lld", (long long)*out, (long long)max);
	return true;
}

bool ml_jread_u32(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	json_int_t n = 0;

	if (!unsigned_number(r, path, json, UINT32_MAX, &n))
		return false;
	*(uint32_t *)at = (uint32_t)n;
	return true;
}

bool ml_jread_size(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	json_int_t n = 0;

	if (!unsigned_number(r, path, json, (json_int_t)1 << 48, &n))
		return false;
	*(size_t *)at = (size_t)n;
	return true;
}

bool ml_jread_bool(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	if (!json_is_boolean(json))
		return ml_jread_want(r, path, json, "true or false");
	*(bool *)at = json_is_true(json);
	return true;
}

bool ml_jread_hex(struct ml_jread *r, const struct ml_jpath *path, json_t *json, size_t digits, char *at)
{
	size_t len = json_string_length(json);

	if (!json_is_string(json))
		return ml_jread_want(r, path, json, "a string");
	if (len && (len != digits || strspn(json_string_value(json), "0123456789abcdef") != digits))
		return ml_jread_fail(r, path, ML_ETYPE, "want %zu lower-case hexadecimal digits", digits);
	memcpy(at, json_string_value(json), len);
	at[len] = '\0';
	return true;
}

int ml_jread_word(struct ml_jread *r, const struct ml_jpath *path, json_t *json, const char *const *words)
{
	char known[120] = "";
	size_t used = 0;

	if (!json_is_string(json)) {
		ml_jread_want(r, path, json, "a word");
		return -1;
	}
	for (int i = 0; words[i]; i++) {
		if (ml_str_is((struct ml_str){json_string_value(json), json_string_length(json)}, words[i]))
			return i;
		if (used < sizeof(known) - 1)
			used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s", i ? ", " : "", words[i]);
	}
	ml_jread_fail(r, path, ML_ETYPE, "got \"%.40s\", want one of %s", json_string_value(json), known);
	return -1;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **ml_json_keys(struct ml_arena *arena, json_t *object)
{
	const char **keys = ml_alloc_array(arena, json_object_size(object), sizeof(*keys));
	const char *key;
	json_t *value;
	size_t n = 0;

	if (!keys)
		return NULL;
	json_object_foreach(object, key, value) {
		keys[n++] = key;
	}
	return ml_sort(arena, keys, n, sizeof(*keys), by_bytes) ? NULL : keys;
}

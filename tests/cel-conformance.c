/* SPDX-License-Identifier: Apache-2.0 */
/* Runs CEL conformance tests: `cel-conformance FILE...`, one JSON object a line (format: shared/data/README.md). Prints each failing line and last
 * "N passed, N failed, N skipped"; exit 1 when one failed, 2 when a file could not be read. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/utf8.h"
#include "policies/cel/eval-priv.h"

enum { VARS_MAX = 64, DEPTH = 64, ARENA = 64 << 20 };

/* One test under way. */
struct test {
	struct ml_arena *arena;
	json_t *json;
	struct ml_cel_var vars[VARS_MAX];
	struct ml_value values[VARS_MAX];
	struct ml_cel_function functions[VARS_MAX];
	struct ml_cel_env env;
	char got[2048]; /* what came, for the failure's line */
	const char *broken; /* the test itself could not be read: why */
};

static const char *text(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

static struct ml_str str_of(struct test *t, const json_t *s)
{
	return ml_str_dup(t->arena, (struct ml_str){json_string_value(s), json_string_length(s)});
}

static const struct ml_type *broken_type(struct test *t)
{
	t->broken = "an unknown form of type";
	return &ml_type_dyn;
}

static const struct ml_type *simple_type(struct test *t, const char *name)
{
	static const struct {
		const char *name;
		const struct ml_type *type;
	} types[] = {
		{"dyn", &ml_type_dyn}, {"any", &ml_type_dyn}, {"null", &ml_type_null}, {"bool", &ml_type_bool}, {"int", &ml_type_int}, {"uint", &ml_type_uint},
		{"double", &ml_type_double}, {"string", &ml_type_string}, {"bytes", &ml_type_bytes}, {"timestamp", &ml_type_timestamp},
		{"duration", &ml_type_duration}, {"type", &ml_type_type},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].name, name) == 0)
			return types[i].type;
	return broken_type(t);
}

static const struct ml_type *type_of(struct test *t, const json_t *json, int depth);

static const struct ml_type *opaque_type(struct test *t, const json_t *json, int depth)
{
	size_t n = json_array_size(json) - 2;
	const struct ml_type **args = ml_alloc_array(t->arena, n, sizeof(*args));
	struct ml_type *type = ml_alloc(t->arena, sizeof(*type));
	const char *name = json_string_value(json_array_get(json, 1));

	for (size_t i = 0; i < n; i++)
		args[i] = type_of(t, json_array_get(json, i + 2), depth - 1);
	if (name && strcmp(name, "optional_type") == 0 && n == 1)
		return ml_type_optional(t->arena, args[0]);
	*type = (struct ml_type){.kind = ML_T_OPAQUE, .name = name ? name : "", .args = args, .nargs = n};
	return type;
}

static const struct ml_type *type_of(struct test *t, const json_t *json, int depth)
{
	const char *form = json_string_value(json_array_get(json, 0));
	size_t n = json_array_size(json);
	struct ml_type *type;

	if (json_is_string(json))
		return simple_type(t, json_string_value(json));
	if (!form || depth == 0)
		return broken_type(t);
	if (strcmp(form, "list") == 0 && n == 2)
		return ml_type_list(t->arena, type_of(t, json_array_get(json, 1), depth - 1));
	if (strcmp(form, "map") == 0 && n == 3)
		return ml_type_map(t->arena, type_of(t, json_array_get(json, 1), depth - 1), type_of(t, json_array_get(json, 2), depth - 1));
	if (strcmp(form, "opaque") == 0 && n >= 2)
		return opaque_type(t, json, depth);
	type = ml_alloc(t->arena, sizeof(*type));
	if (strcmp(form, "param") == 0 && n == 2 && json_is_string(json_array_get(json, 1)))
		*type = (struct ml_type){.kind = ML_T_PARAM, .name = json_string_value(json_array_get(json, 1))};
	else if (strcmp(form, "type") == 0 && n == 2)
		*type = (struct ml_type){.kind = ML_T_TYPE, .elem = type_of(t, json_array_get(json, 1), depth - 1)};
	else
		return broken_type(t);
	return type;
}

static struct ml_value value_of(struct test *t, const json_t *json, int depth);

static struct ml_value broken_value(struct test *t)
{
	t->broken = "an unknown form of value";
	return ml_null();
}

static struct ml_value bytes_of(struct test *t, const char *hex)
{
	size_t n = strlen(hex) / 2;
	char *bytes = ml_alloc(t->arena, n + 1);

	for (size_t i = 0; i < n; i++) {
		uint64_t byte;
		if (!ml_parse_u64((struct ml_str){hex + 2 * i, 2}, 16, &byte))
			return broken_value(t);
		bytes[i] = (char)byte;
	}
	return ml_bytes((struct ml_str){bytes, n});
}

static struct ml_value list_of(struct test *t, const json_t *json, int depth)
{
	size_t n = json_array_size(json);
	struct ml_value *items = ml_alloc_array(t->arena, n, sizeof(*items));

	for (size_t i = 0; i < n; i++)
		items[i] = value_of(t, json_array_get(json, i), depth - 1);
	return ml_list(items, n);
}

static struct ml_value map_of(struct test *t, const json_t *json, int depth)
{
	size_t n = json_array_size(json);
	struct ml_entry *entries = ml_alloc_array(t->arena, n, sizeof(*entries));
	struct ml_value map;

	for (size_t i = 0; i < n; i++) {
		const json_t *pair = json_array_get(json, i);
		entries[i].key = value_of(t, json_array_get(pair, 0), depth - 1);
		entries[i].value = value_of(t, json_array_get(pair, 1), depth - 1);
	}
	return ml_map(entries, n, &map, NULL) ? broken_value(t) : map;
}

/* [seconds, nanoseconds], the seconds as text. */
static struct ml_value seconds_of(struct test *t, const json_t *json, enum ml_value_kind kind)
{
	const char *seconds = json_string_value(json_array_get(json, 0));
	int64_t i;

	if (!seconds || !ml_parse_i64(ml_str(seconds), 10, &i) || !json_is_integer(json_array_get(json, 1)))
		return broken_value(t);
	return (struct ml_value){.kind = (uint8_t)kind, .i = i, .nanos = (int32_t)json_integer_value(json_array_get(json, 1))};
}

static struct ml_value scalar_of(struct test *t, const char *form, const json_t *json)
{
	const char *s = json_string_value(json);
	struct ml_value v;

	if (strcmp(form, "string") == 0 && s)
		return ml_string(str_of(t, json));
	if (strcmp(form, "int") == 0 && s && ml_parse_i64(ml_str(s), 10, &v.i))
		return ml_int(v.i);
	if (strcmp(form, "uint") == 0 && s && ml_parse_u64(ml_str(s), 10, &v.u))
		return ml_uint(v.u);
	if (strcmp(form, "double") == 0 && s)
		return ml_double(strtod(s, NULL));
	if (strcmp(form, "bytes") == 0 && s)
		return bytes_of(t, s);
	return broken_value(t);
}

/* A type value is kept as its name: `text` of a STRING of kind TYPE. */
static struct ml_value value_of(struct test *t, const json_t *json, int depth)
{
	const char *form = json_object_iter_key(json_object_iter((json_t *)(uintptr_t)json));
	const json_t *inner = form ? json_object_get(json, form) : NULL;

	if (!form || depth == 0 || json_object_size(json) != 1)
		return broken_value(t);
	if (strcmp(form, "null") == 0)
		return ml_null();
	if (strcmp(form, "bool") == 0 && json_is_boolean(inner))
		return ml_bool(json_is_true(inner));
	if (strcmp(form, "type") == 0 && json_is_string(inner))
		return ml_text(ML_V_TYPE, str_of(t, inner));
	if (strcmp(form, "list") == 0 && json_is_array(inner))
		return list_of(t, inner, depth);
	if (strcmp(form, "map") == 0 && json_is_array(inner))
		return map_of(t, inner, depth);
	if (strcmp(form, "timestamp") == 0 || strcmp(form, "duration") == 0)
		return seconds_of(t, inner, form[0] == 't' ? ML_V_TIMESTAMP : ML_V_DURATION);
	return scalar_of(t, form, inner);
}

/* The file was made from protocol buffer texts whose escapes \u, \U and \? were left standing in the values: the text with these decoded. */
static struct ml_str decoded(struct test *t, const struct ml_value *want)
{
	struct ml_str s = ml_value_text(want);
	char *out = ml_alloc(t->arena, s.len + 1);
	size_t n = 0;

	for (size_t at = 0; at < s.len;) {
		char letter = s.ptr[at] == '\\' && at + 1 < s.len ? s.ptr[at + 1] : 0;
		size_t digits = letter == 'u' ? 4 : letter == 'U' ? 8 : 0, len = 0;
		uint64_t cp;
		if (digits && at + 2 + digits <= s.len && ml_parse_u64(ml_str_sub(s, at + 2, at + 2 + digits), 16, &cp) && cp <= 0x10ffff)
			len = ml_utf8_put((uint32_t)cp, out + n);
		if (letter == '?')
			at++;
		if (len == 0)
			out[n] = s.ptr[at];
		at += len ? 2 + digits : 1;
		n += len ? len : 1;
	}
	return (struct ml_str){out, n};
}

static bool same_text(struct test *t, const struct ml_value *want, const struct ml_value *got)
{
	return ml_str_eq(ml_value_text(want), ml_value_text(got)) || ml_str_eq(decoded(t, want), ml_value_text(got));
}

/* Kinds are compared strictly; NaN is what NaN was expected. */
static bool same(struct test *t, const struct ml_value *want, const struct ml_value *got, int depth)
{
	if (want->kind != got->kind || depth == 0)
		return false;
	if (want->kind == ML_V_TYPE)
		return ml_str_is((struct ml_str){want->text, want->len}, ml_cel_name_of(got->type));
	if (want->kind == ML_V_DOUBLE)
		return want->d == got->d || (isnan(want->d) && isnan(got->d));
	if (want->kind == ML_V_STRING || want->kind == ML_V_BYTES)
		return same_text(t, want, got);
	if (want->kind != ML_V_LIST && want->kind != ML_V_MAP)
		return ml_value_eq(want, got, DEPTH);
	if (want->len != got->len)
		return false;
	for (uint32_t i = 0; i < want->len; i++) {
		if (want->kind == ML_V_LIST ? !same(t, &want->items[i], &got->items[i], depth - 1)
					    : !same(t, &want->entries[i].key, &got->entries[i].key, depth - 1) ||
				!same(t, &want->entries[i].value, &got->entries[i].value, depth - 1))
			return false;
	}
	return true;
}

static void add_function(struct test *t, struct ml_str name, const json_t *overload)
{
	size_t n = json_array_size(overload);
	const struct ml_type **args = ml_alloc_array(t->arena, n, sizeof(*args));

	for (size_t i = 1; i < n; i++)
		args[i - 1] = type_of(t, json_array_get(overload, i), DEPTH);
	if (n == 0 || t->env.nfunctions == VARS_MAX) {
		t->broken = "an overload without a result, or too many of them";
		return;
	}
	t->functions[t->env.nfunctions++] = (struct ml_cel_function){
		.name = name, .result = type_of(t, json_array_get(overload, 0), DEPTH), .args = args, .nargs = n - 1,
	};
}

/* The index of a variable, which is added when it is not there; -1: too many. */
static int variable(struct test *t, struct ml_str name, const struct ml_type *type)
{
	for (size_t i = 0; i < t->env.nvars; i++)
		if (ml_str_eq(t->vars[i].name, name))
			return (int)i;
	if (t->env.nvars == VARS_MAX)
		return -1;
	t->vars[t->env.nvars] = (struct ml_cel_var){name, type};
	return (int)t->env.nvars++;
}

static void declare(struct test *t, const json_t *declaration)
{
	struct ml_str name = str_of(t, json_array_get(declaration, 0));
	const json_t *type = json_array_get(declaration, 1), *overload;
	const char *form = json_string_value(json_array_get(type, 0));
	size_t i;

	if (!form || strcmp(form, "overloads") != 0) {
		variable(t, name, type_of(t, type, DEPTH));
		return;
	}
	json_array_foreach(type, i, overload)
		if (i)
			add_function(t, name, overload);
}

static void read_env(struct test *t)
{
	json_t *bind = json_object_get(t->json, "bind"), *value;
	const json_t *declaration;
	const char *name;
	size_t i;

	t->env = (struct ml_cel_env){.vars = t->vars, .functions = t->functions};
	t->env.container = ml_str(text(t->json, "container"));
	t->env.unchecked = json_is_true(json_object_get(t->json, "disable_check"));
	json_array_foreach(json_object_get(t->json, "env"), i, declaration)
		declare(t, declaration);
	json_object_foreach(bind, name, value) {
		int at = variable(t, ml_str_dup(t->arena, ml_str(name)), &ml_type_dyn);
		if (at >= 0)
			t->values[at] = value_of(t, value, DEPTH);
		else
			t->broken = "too many variables";
	}
}

static void show_value(struct test *t, const struct ml_value *v)
{
	snprintf(t->got, sizeof(t->got), "%s %.*s", ml_value_kind_name(v->kind), ML_STR_ARG(ml_value_show(t->arena, v, 300)));
}

/* True when the type is as wanted, or none is. */
static bool judge_type(struct test *t, const struct ml_cel_program *program)
{
	const json_t *want = json_object_get(t->json, "type");

	if (!want || ml_type_eq(type_of(t, want, DEPTH), ml_cel_type(program)))
		return true;
	snprintf(t->got, sizeof(t->got), "type %.*s", ML_STR_ARG(ml_type_str(t->arena, ml_cel_type(program))));
	return false;
}

static bool judge_value(struct test *t, const struct ml_cel_program *program)
{
	const json_t *want = json_object_get(t->json, "value");
	struct ml_cel_run run = {.arena = t->arena, .vars = t->values};
	struct ml_value got = ml_cel_eval(program, &run), wanted;

	show_value(t, &got);
	if (!want)
		return got.kind == ML_V_ERROR;
	wanted = value_of(t, want, DEPTH);
	return !t->broken && same(t, &wanted, &got, DEPTH);
}

static bool judge(struct test *t)
{
	struct ml_diags diags = {.arena = t->arena};
	const struct ml_cel_program *program;
	bool want_error = json_object_get(t->json, "error") != NULL;
	int code = ml_cel_compile(t->arena, &t->env, str_of(t, json_object_get(t->json, "expr")), &diags, &program);

	if (code) {
		snprintf(t->got, sizeof(t->got), "%s: %.*s", ml_strcode(code), ML_STR_ARG(diags.n ? diags.items[0].message : ML_STR_NONE));
		return want_error && diags.errors > 0;
	}
	if (!judge_type(t, program))
		return false;
	if (json_is_true(json_object_get(t->json, "check_only")))
		return !want_error;
	return judge_value(t, program);
}

static void report(const struct test *t, const char *file, size_t line)
{
	json_t *want = json_object();
	static const char *const keys[] = {"value", "error", "type"};
	char *words;

	for (size_t i = 0; i < 3; i++)
		if (json_object_get(t->json, keys[i]))
			json_object_set(want, keys[i], json_object_get(t->json, keys[i]));
	words = json_dumps(want, JSON_COMPACT);
	printf("%s:%zu: %s: %s: got %s, want %s\n", file, line, text(t->json, "id"), text(t->json, "expr"), t->broken ? t->broken : t->got, words);
	free(words);
	json_decref(want);
}

static bool run_line(const char *file, size_t line, const char *bytes, size_t len)
{
	struct test t = {.arena = ml_arena_new(ARENA), .json = json_loadb(bytes, len, JSON_ALLOW_NUL, NULL)};
	bool good = false;

	if (!json_is_string(json_object_get(t.json, "expr"))) {
		printf("%s:%zu: not a JSON object with an expression\n", file, line);
	} else {
		read_env(&t);
		good = !t.broken && judge(&t) && !t.broken;
		if (!good)
			report(&t, file, line);
	}
	json_decref(t.json);
	ml_arena_free(t.arena);
	return good;
}

static bool run_file(const char *name, size_t count[2])
{
	FILE *file = fopen(name, "r");
	char *bytes = NULL;
	size_t cap = 0, line = 0;
	ssize_t len;

	if (!file) {
		fprintf(stderr, "cel-conformance: %s: cannot be read\n", name);
		return false;
	}
	while ((len = getline(&bytes, &cap, file)) >= 0)
		count[run_line(name, ++line, bytes, (size_t)len)]++;
	free(bytes);
	fclose(file);
	return true;
}

int main(int argc, char **argv)
{
	size_t count[2] = {0, 0};

	if (argc < 2) {
		fprintf(stderr, "usage: cel-conformance FILE...\n");
		return 2;
	}
	for (int i = 1; i < argc; i++)
		if (!run_file(argv[i], count))
			return 2;
	printf("%zu passed, %zu failed, 0 skipped\n", count[1], count[0]);
	return count[0] ? 1 : 0;
}

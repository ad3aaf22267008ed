/* SPDX-License-Identifier: Apache-2.0 */
/* Types: the constant ones, comparing, naming and reading their notation. */
#include "facts/type.h"

#include "base/buf.h"

enum { TYPE_DEPTH = 16 };

const struct ml_type ml_type_dyn = {.kind = ML_T_DYN};
const struct ml_type ml_type_null = {.kind = ML_T_NULL};
const struct ml_type ml_type_bool = {.kind = ML_T_BOOL};
const struct ml_type ml_type_int = {.kind = ML_T_INT};
const struct ml_type ml_type_uint = {.kind = ML_T_UINT};
const struct ml_type ml_type_double = {.kind = ML_T_DOUBLE};
const struct ml_type ml_type_string = {.kind = ML_T_STRING};
const struct ml_type ml_type_bytes = {.kind = ML_T_BYTES};
const struct ml_type ml_type_timestamp = {.kind = ML_T_TIMESTAMP};
const struct ml_type ml_type_duration = {.kind = ML_T_DURATION};
const struct ml_type ml_type_ip = {.kind = ML_T_IP};
const struct ml_type ml_type_cidr = {.kind = ML_T_CIDR};
const struct ml_type ml_type_type = {.kind = ML_T_TYPE};
const struct ml_type ml_type_list_string = {.kind = ML_T_LIST, .elem = &ml_type_string};
const struct ml_type ml_type_list_int = {.kind = ML_T_LIST, .elem = &ml_type_int};
const struct ml_type ml_type_list_dyn = {.kind = ML_T_LIST, .elem = &ml_type_dyn};
const struct ml_type ml_type_map_string = {.kind = ML_T_MAP, .key = &ml_type_string, .elem = &ml_type_string};
const struct ml_type ml_type_map_dyn = {.kind = ML_T_MAP, .key = &ml_type_string, .elem = &ml_type_dyn};

/* How a type is written; those with a NULL name are composed. */
static const struct {
	const char *name;
	const struct ml_type *type;
} named[] = {
	[ML_T_DYN] = {"dyn", &ml_type_dyn},
	[ML_T_NULL] = {"null", &ml_type_null},
	[ML_T_BOOL] = {"bool", &ml_type_bool},
	[ML_T_INT] = {"int", &ml_type_int},
	[ML_T_UINT] = {"uint", &ml_type_uint},
	[ML_T_DOUBLE] = {"double", &ml_type_double},
	[ML_T_STRING] = {"string", &ml_type_string},
	[ML_T_BYTES] = {"bytes", &ml_type_bytes},
	[ML_T_TIMESTAMP] = {"timestamp", &ml_type_timestamp},
	[ML_T_DURATION] = {"duration", &ml_type_duration},
	[ML_T_TYPE] = {"type", &ml_type_type},
	[ML_T_IP] = {"ip", &ml_type_ip},
	[ML_T_CIDR] = {"cidr", &ml_type_cidr},
	[ML_T_OPAQUE] = {NULL, NULL},
};

static const struct ml_type *new_type(struct ml_arena *arena, struct ml_type type)
{
	struct ml_type *copy = ml_alloc(arena, sizeof(*copy));

	if (copy)
		*copy = type;
	return copy;
}

const struct ml_type *ml_type_list(struct ml_arena *arena, const struct ml_type *elem)
{
	return new_type(arena, (struct ml_type){.kind = ML_T_LIST, .elem = elem});
}

const struct ml_type *ml_type_map(struct ml_arena *arena, const struct ml_type *key, const struct ml_type *elem)
{
	return new_type(arena, (struct ml_type){.kind = ML_T_MAP, .key = key, .elem = elem});
}

const struct ml_type *ml_type_optional(struct ml_arena *arena, const struct ml_type *elem)
{
	return new_type(arena, (struct ml_type){.kind = ML_T_OPTIONAL, .elem = elem});
}

static bool eq(const struct ml_type *a, const struct ml_type *b, int depth);

static bool eq_name(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool eq_args(const struct ml_type *a, const struct ml_type *b, int depth)
{
	if (!eq_name(a->name, b->name) || a->nargs != b->nargs)
		return false;
	for (size_t i = 0; i < a->nargs; i++)
		if (!eq(a->args[i], b->args[i], depth - 1))
			return false;
	return true;
}

static bool eq(const struct ml_type *a, const struct ml_type *b, int depth)
{
	if (a == b)
		return true;
	if (!a || !b || a->kind != b->kind || depth == 0)
		return false;
	switch (a->kind) {
	case ML_T_LIST:
	case ML_T_OPTIONAL:
	case ML_T_TYPE:
		return eq(a->elem, b->elem, depth - 1);
	case ML_T_MAP:
		return eq(a->key, b->key, depth - 1) && eq(a->elem, b->elem, depth - 1);
	case ML_T_RECORD:
		return a->fields == b->fields;
	case ML_T_PARAM:
		return eq_name(a->name, b->name);
	case ML_T_OPAQUE:
		return eq_args(a, b, depth);
	default:
		return true;
	}
}

bool ml_type_eq(const struct ml_type *a, const struct ml_type *b)
{
	return eq(a, b, 4 * TYPE_DEPTH);
}

int ml_type_field(const struct ml_type *record, struct ml_str name)
{
	for (size_t i = 0; i < record->nfields; i++)
		if (ml_str_is(name, record->fields[i].name))
			return (int)i;
	return -1;
}

const char *ml_type_nearest(const struct ml_type *record, struct ml_str name)
{
	const char *names[ML_RECORD_MAX];
	size_t n = record->nfields < ML_RECORD_MAX ? record->nfields : ML_RECORD_MAX;

	for (size_t i = 0; i < n; i++)
		names[i] = record->fields[i].name;
	return ml_str_nearest(name, names, n);
}

static void show(struct ml_buf *out, const struct ml_type *type, int depth);

static void show_in(struct ml_buf *out, const char *name, const struct ml_type *const *args, size_t n, int depth)
{
	ml_buf_puts(out, name);
	for (size_t i = 0; i < n; i++) {
		ml_buf_puts(out, i ? ", " : "(");
		show(out, args[i], depth - 1);
	}
	if (n)
		ml_buf_putc(out, ')');
}

static void show(struct ml_buf *out, const struct ml_type *type, int depth)
{
	if (!type || depth == 0) {
		ml_buf_puts(out, type ? "…" : "?");
		return;
	}
	switch (type->kind) {
	case ML_T_LIST:
		show_in(out, "list", &type->elem, 1, depth);
		return;
	case ML_T_OPTIONAL:
		show_in(out, "optional", &type->elem, 1, depth);
		return;
	case ML_T_MAP:
		show_in(out, "map", (const struct ml_type *const[]){type->key, type->elem}, 2, depth);
		return;
	case ML_T_TYPE:
		show_in(out, "type", &type->elem, type->elem != NULL, depth);
		return;
	case ML_T_RECORD:
	case ML_T_PARAM:
		ml_buf_puts(out, type->name);
		return;
	case ML_T_OPAQUE:
		show_in(out, type->name, type->args, type->nargs, depth);
		return;
	default:
		ml_buf_puts(out, named[type->kind].name);
	}
}

struct ml_str ml_type_str(struct ml_arena *arena, const struct ml_type *type)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, 4096);
	show(&out, type, TYPE_DEPTH);
	return ml_str_dup(arena, ml_buf_get(&out));
}

static const struct ml_type *parse(struct ml_arena *arena, struct ml_str s, int depth)
{
	struct ml_str inner;
	const struct ml_type *elem;

	s = ml_str_trim(s);
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (named[i].name && ml_str_is(s, named[i].name))
			return named[i].type;
	if (depth == 0 || !ml_str_ends(s, ML_STR(")")))
		return NULL;
	if (ml_str_starts(s, ML_STR("list("))) {
		elem = parse(arena, ml_str_sub(s, 5, s.len - 1), depth - 1);
		return elem ? ml_type_list(arena, elem) : NULL;
	}
	if (!ml_str_starts(s, ML_STR("map(")))
		return NULL;
	inner = ml_str_sub(s, 4, s.len - 1);
	size_t comma = ml_str_chr(inner, ',');
	if (comma == ML_NPOS || !ml_str_is(ml_str_trim(ml_str_sub(inner, 0, comma)), "string"))
		return NULL;
	elem = parse(arena, ml_str_sub(inner, comma + 1, inner.len), depth - 1);
	return elem ? ml_type_map(arena, &ml_type_string, elem) : NULL;
}

const struct ml_type *ml_type_parse(struct ml_arena *arena, struct ml_str text)
{
	return parse(arena, text, TYPE_DEPTH);
}

static size_t vocab_len(const struct ml_vocab *vocab)
{
	size_t n = 0;

	while (vocab->words[n])
		n++;
	return n;
}

bool ml_vocab_has(const struct ml_vocab *vocab, struct ml_str word)
{
	for (size_t i = 0; vocab->words[i]; i++)
		if (ml_str_is(word, vocab->words[i]))
			return true;
	return false;
}

const char *ml_vocab_nearest(const struct ml_vocab *vocab, struct ml_str word)
{
	return ml_str_nearest(word, vocab->words, vocab_len(vocab));
}

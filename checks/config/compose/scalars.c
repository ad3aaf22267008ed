/* SPDX-License-Identifier: Apache-2.0 */
/* Readers of plain values: strings, switches, numbers, words of a vocabulary, lists and maps of strings, anything. */
#include "base/num.h"
#include "checks/config/compose/norm-priv.h"

enum { DYN_DEPTH = 40 };

bool ml_cn_scalar(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_str *text, struct ml_value *value)
{
	struct ml_str why = ml_cn_why(cn, at->node);

	if (why.ptr)
		*value = ml_at(ml_unknown(why), at->node->loc);
	else if (at->node->kind == ML_C_NULL)
		*value = ml_absent();
	else if (!ml_cn_is_scalar(at->node))
		*value = ml_cn_bad(cn, at, "a string");
	else
		*text = at->node->text.ptr ? at->node->text : ML_STR("");
	return !why.ptr && ml_cn_is_scalar(at->node);
}

struct ml_value ml_cn_string(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	struct ml_value value;
	struct ml_str text;

	(void)arg;
	if (!ml_cn_scalar(cn, at, &text, &value))
		return value;
	return ml_cn_text(cn, ml_cn_hide_node(cn, at->node, text, "other", ML_STR(""), NULL), at->node->loc);
}

struct ml_value ml_cn_written(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	(void)arg;
	if (at->node->kind == ML_C_UNKNOWN)
		return ml_cn_unknown(cn, at->loc, at->node->text);
	return ml_at(ml_bool(true), at->loc);
}

struct ml_value ml_cn_bool(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	struct ml_value value;
	struct ml_str text;
	const char *want;
	bool b;

	(void)arg;
	if (!ml_cn_scalar(cn, at, &text, &value))
		return value;
	if (at->node->kind == ML_C_BOOL)
		return ml_at(ml_bool(at->node->b), at->node->loc);
	want = ml_cvalue_bool(text, &b);
	return want ? ml_cn_bad(cn, at, want) : ml_at(ml_bool(b), at->node->loc);
}

/* What may be a switch or something more ("sbom: true", "sbom: generator=…"): on unless it says no. */
struct ml_value ml_cn_true(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	struct ml_value value;
	struct ml_str text;
	bool b = true;

	(void)arg;
	if (!ml_cn_scalar(cn, at, &text, &value))
		return value;
	if (ml_cvalue_bool(text, &b))
		b = text.len > 0;
	return ml_at(ml_bool(b), at->node->loc);
}

struct ml_value ml_cn_int(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	struct ml_value value;
	struct ml_str text;
	int64_t i;

	(void)arg;
	if (!ml_cn_scalar(cn, at, &text, &value))
		return value;
	if (at->node->kind == ML_C_INT)
		return ml_at(ml_int(at->node->i), at->node->loc);
	return ml_parse_i64(text, 10, &i) ? ml_at(ml_int(i), at->node->loc) : ml_cn_bad(cn, at, "an integer");
}

struct ml_value ml_cn_bytes(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	struct ml_value value;
	struct ml_str text;
	const char *want;
	int64_t i = 0;

	(void)arg;
	if (!ml_cn_scalar(cn, at, &text, &value))
		return value;
	if (at->node->kind == ML_C_INT && at->node->i >= 0)
		return ml_at(ml_int(at->node->i), at->node->loc);
	want = ml_cvalue_bytes(text, &i);
	return want ? ml_cn_bad(cn, at, want) : ml_at(ml_int(i), at->node->loc);
}

struct ml_value ml_cn_duration(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	struct ml_value value;
	struct ml_str text;
	const char *want;
	int64_t seconds = 0;
	int32_t nanos = 0;

	(void)arg;
	if (!ml_cn_scalar(cn, at, &text, &value))
		return value;
	want = ml_cvalue_duration(text, &seconds, &nanos);
	return want ? ml_cn_bad(cn, at, want) : ml_at(ml_duration(seconds, nanos), at->node->loc);
}

struct ml_value ml_cn_cpus(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	struct ml_value value;
	struct ml_str text;
	const char *want;
	double d = 0;

	(void)arg;
	if (!ml_cn_scalar(cn, at, &text, &value))
		return value;
	want = ml_cvalue_cpus(text, &d);
	return want ? ml_cn_bad(cn, at, want) : ml_at(ml_double(d), at->node->loc);
}

struct ml_value ml_cn_vocab(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	const struct ml_vocab *vocab = arg;
	const char *near;
	struct ml_value value;
	struct ml_str text;

	if (!ml_cn_scalar(cn, at, &text, &value))
		return value;
	for (size_t i = 0; vocab->words[i]; i++)
		if (ml_str_is(text, vocab->words[i]))
			return ml_cn_word(vocab->words[i], at->node->loc);
	near = ml_vocab_nearest(vocab, text);
	return ml_cn_bad(cn, at, near ? ml_strf(cn->arena, "a %s: did you mean `%s`?", vocab->name, near).ptr :
		ml_strf(cn->arena, "a %s such as `%s`", vocab->name, vocab->words[0][0] ? vocab->words[0] : vocab->words[1]).ptr);
}

static void add_string(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx)
{
	struct ml_value value = ml_cn_string(cn, item, NULL);

	if (value.kind != ML_V_ABSENT)
		ml_cn_push(cn, ctx, value);
}

struct ml_value ml_cn_strings(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	struct ml_cn_list list = {0};

	(void)arg;
	if (at->node->kind == ML_C_UNKNOWN)
		return ml_cn_unknown(cn, at->loc, at->node->text);
	if (!ml_cn_each(cn, at, add_string, &list))
		return ml_cn_unknown(cn, at->loc, ML_STR("not a list"));
	return ml_cn_list_value(&list, at->loc);
}

struct entries {
	struct ml_entry *items;
	size_t n;
	const char *where;
};

static void add_pair(struct ml_cn *cn, const struct ml_cn_pair *pair, void *ctx)
{
	struct entries *e = ctx;
	struct ml_value value = ml_at(ml_unknown(pair->why), pair->loc);

	if (!pair->why.ptr)
		value = ml_cn_text(cn, ml_cn_hide_node(cn, pair->node, pair->value, e->where, pair->key, NULL), pair->loc);
	e->items[e->n++] = (struct ml_entry){ml_at(ml_string(pair->key), pair->key_loc), value};
}

struct ml_value ml_cn_string_map(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	struct entries e = {.where = arg ? arg : "option"};

	if (at->node->kind == ML_C_UNKNOWN)
		return ml_cn_unknown(cn, at->loc, at->node->text);
	e.items = ml_alloc_array(cn->arena, at->node->n, sizeof(*e.items));
	if (!e.items) {
		cn->memory = true;
		return ml_absent();
	}
	if (!ml_cn_pairs(cn, at, add_pair, &e))
		return ml_cn_unknown(cn, at->loc, ML_STR("not a mapping"));
	return ml_cn_map_value(cn, e.items, e.n, at->loc);
}

static struct ml_value dyn(struct ml_cn *cn, const struct ml_cn_at *at, int depth);

static struct ml_value dyn_list(struct ml_cn *cn, const struct ml_cn_at *at, int depth)
{
	struct ml_value *items = ml_alloc_array(cn->arena, at->node->n, sizeof(*items));

	for (uint32_t i = 0; items && i < at->node->n; i++)
		items[i] = dyn(cn, &(struct ml_cn_at){at->node->items[i], at->key, at->node->items[i]->loc}, depth - 1);
	cn->memory = cn->memory || !items;
	return ml_at(ml_list(items, items ? at->node->n : 0), at->loc);
}

static struct ml_value dyn_map(struct ml_cn *cn, const struct ml_cn_at *at, int depth)
{
	struct ml_entry *entries = ml_alloc_array(cn->arena, at->node->n, sizeof(*entries));

	for (uint32_t i = 0; entries && i < at->node->n; i++) {
		struct ml_cn_at value = {at->node->items[i], at->node->keys[i], at->node->key_locs[i]};
		entries[i] = (struct ml_entry){ml_at(ml_string(value.key), value.loc), dyn(cn, &value, depth - 1)};
	}
	cn->memory = cn->memory || !entries;
	return ml_cn_map_value(cn, entries, entries ? at->node->n : 0, at->loc);
}

/* A number under a password's name is a password. */
static struct ml_value dyn_scalar(struct ml_cn *cn, const struct ml_cn_at *at)
{
	enum ml_secret_kind kind = ML_SECRET_NONE;
	struct ml_str text = ml_cn_hide_node(cn, at->node, at->node->text, "extension", at->key, &kind);

	if (kind == ML_SECRET_NONE && at->node->kind == ML_C_INT)
		return ml_at(ml_int(at->node->i), at->node->loc);
	if (kind == ML_SECRET_NONE && at->node->kind == ML_C_FLOAT)
		return ml_at(ml_double(at->node->d), at->node->loc);
	return ml_cn_text(cn, text, at->node->loc);
}

static struct ml_value dyn(struct ml_cn *cn, const struct ml_cn_at *at, int depth)
{
	struct ml_str why = ml_cn_why(cn, at->node);

	if (why.ptr)
		return ml_at(ml_unknown(why), at->loc);
	if (depth == 0)
		return ml_cn_unknown(cn, at->loc, ML_STR("nested too deep"));
	switch (at->node->kind) {
	case ML_C_NULL:
		return ml_at(ml_null(), at->loc);
	case ML_C_BOOL:
		return ml_at(ml_bool(at->node->b), at->node->loc);
	case ML_C_SEQ:
		return dyn_list(cn, at, depth);
	case ML_C_MAP:
		return dyn_map(cn, at, depth);
	default:
		return dyn_scalar(cn, at);
	}
}

struct ml_value ml_cn_dyn(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	(void)arg;
	return dyn(cn, at, DYN_DEPTH);
}

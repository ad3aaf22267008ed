/* SPDX-License-Identifier: Apache-2.0 */
/* What every part of the normaliser needs: saying, unknown values, lists, maps, pairs. */
#include <stdarg.h>
#include <stdio.h>

#include "base/sort.h"
#include "checks/config/compose/norm-priv.h"
#include "checks/secrets.h"

enum { SHOWN = 60, MESSAGE = 400 };

void ml_cn_say(struct ml_cn *cn, enum ml_diag_level level, uint32_t loc, const char *fmt, ...)
{
	const struct ml_loc *at = ml_facts_at(cn->facts, loc);
	struct ml_str file = at && at->file < cn->facts->nsources
				     ? cn->facts->sources[at->file].name
				     : cn->facts->uri;
	char text[MESSAGE];
	struct ml_diag *diag;
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	diag = ml_diag_add(&cn->facts->diags, level, file, at ? at->line : 0, at ? at->col : 0,
		"%s%s%.*s%s%s", cn->section ? cn->section : "", cn->owner.len ? "." : "",
		ML_STR_ARG(cn->owner), cn->section ? ": " : "", text);
	diag->end_col = at ? at->end_col : 0;
}

struct ml_value ml_cn_unknown(struct ml_cn *cn, uint32_t loc, struct ml_str reason)
{
	cn->facts->incomplete = true;
	return ml_at(ml_unknown(reason), loc);
}

/* What stands there, for a message: short, without secrets. */
static struct ml_str shown(struct ml_cn *cn, const struct ml_cn_at *at)
{
	struct ml_secret_hits hits;
	struct ml_str text = at->node->text;

	if (!ml_cn_is_scalar(at->node))
		return at->node->kind == ML_C_MAP   ? ML_STR("a mapping")
		       : at->node->kind == ML_C_SEQ ? ML_STR("a list")
						    : ML_STR("nothing");
	if (ml_secret_classify(cn->arena, at->key, text, &hits) ||
		(hits.n == 0 && ml_secret_scan(cn->arena, text, &hits)))
		return ML_STR("?");
	text = ml_secret_redact(cn->arena, text, &hits);
	return ml_strf(cn->arena, "\"%.*s%s\"", (int)(text.len > SHOWN ? SHOWN : text.len),
		text.ptr ? text.ptr : "", text.len > SHOWN ? "…" : "");
}

struct ml_value ml_cn_bad(struct ml_cn *cn, const struct ml_cn_at *at, const char *want)
{
	struct ml_str got = shown(cn, at);

	ml_cn_say(cn, ML_DIAG_ERROR, at->node->loc, "%.*s: got %.*s, want %s", ML_STR_ARG(at->key),
		ML_STR_ARG(got), want);
	return ml_cn_unknown(
		cn, at->node->loc, ml_strf(cn->arena, "%.*s: not %s", ML_STR_ARG(at->key), want));
}

bool ml_cn_is_scalar(const struct ml_cnode *node)
{
	return node->kind == ML_C_BOOL || node->kind == ML_C_INT || node->kind == ML_C_FLOAT ||
	       node->kind == ML_C_STR;
}

struct ml_str ml_cn_why_unset(struct ml_cn *cn, const struct ml_cvar *vars, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (vars[i].unset)
			return ml_strf(cn->arena,
				vars[i].op == '?' ? "the variable %.*s is required and not set"
						  : "variable %.*s is not set",
				ML_STR_ARG(vars[i].name));
	return ML_STR_NONE;
}

struct ml_str ml_cn_why(struct ml_cn *cn, const struct ml_cnode *node)
{
	if (node->kind == ML_C_UNKNOWN) {
		cn->facts->incomplete = true;
		return node->text;
	}
	return ml_cn_is_scalar(node) ? ml_cn_why_unset(cn, node->vars, node->nvars) : ML_STR_NONE;
}

struct ml_value ml_cn_text(struct ml_cn *cn, struct ml_str text, uint32_t loc)
{
	if (!text.ptr && text.len == 0)
		text = ML_STR("");
	(void)cn;
	return ml_at(ml_string(text), loc);
}

struct ml_value ml_cn_word(const char *word, uint32_t loc)
{
	return ml_at(ml_string(ml_str(word)), loc);
}

struct ml_value ml_cn_pack(struct ml_cn *cn, struct ml_record_builder *b, uint32_t loc)
{
	struct ml_value value;

	if (ml_record_pack(b, cn->arena, loc, &value) == 0)
		return value;
	cn->memory = true;
	return ml_at(ml_unknown(ML_STR("out of memory")), loc);
}

void ml_cn_push(struct ml_cn *cn, struct ml_cn_list *list, struct ml_value value)
{
	if (list->cap == 0)
		ml_cn_room(cn, list, 1); /* most lists have one item */
	if (ml_alloc_grow(cn->arena, &list->items, &list->cap, list->n + 1, sizeof(*list->items)))
		cn->memory = true;
	else
		list->items[list->n++] = value;
}

void ml_cn_room(struct ml_cn *cn, struct ml_cn_list *list, size_t n)
{
	list->items = ml_alloc_array(cn->arena, n, sizeof(*list->items));
	list->cap = list->items ? n : 0;
	cn->memory = cn->memory || !list->items;
}

struct ml_value ml_cn_list_value(const struct ml_cn_list *list, uint32_t loc)
{
	return ml_at(ml_list(list->items, list->n), loc);
}

void ml_cn_both(struct ml_cn *cn, struct ml_cn_list *list, int root_slot, struct ml_value value)
{
	ml_cn_push(cn, list, value);
	ml_cn_push(cn, &cn->flat[root_slot], value);
}

void ml_cn_set(struct ml_record_builder *b, int slot, struct ml_value value)
{
	if (value.kind != ML_V_ABSENT)
		ml_record_set(b, slot, value);
}

static int by_key(const void *a, const void *b)
{
	const struct ml_entry *x = a, *y = b;

	return ml_value_cmp_key(&x->key, &y->key);
}

struct ml_value ml_cn_map_value(struct ml_cn *cn, struct ml_entry *entries, size_t n, uint32_t loc)
{
	struct ml_value map;
	size_t kept = 0;

	if (ml_sort(cn->arena, entries, n, sizeof(*entries), by_key)) {
		cn->memory = true;
		n = 0;
	}
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && by_key(&entries[kept - 1], &entries[i]) == 0)
			kept--;
		entries[kept++] = entries[i];
	}
	if (ml_map(entries, kept, &map, NULL))
		return ml_cn_unknown(cn, loc, ML_STR("too many entries"));
	return ml_at(map, loc);
}

bool ml_cn_each(struct ml_cn *cn, const struct ml_cn_at *at,
	void (*each)(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx), void *ctx)
{
	if (at->node->kind == ML_C_MAP) {
		ml_cn_bad(cn, at, "a list");
		return false;
	}
	if (at->node->kind != ML_C_SEQ) {
		each(cn, at, ctx);
		return true;
	}
	for (uint32_t i = 0; i < at->node->n; i++) {
		struct ml_cn_at item = {at->node->items[i], at->key, at->node->items[i]->loc};
		if (item.node->kind != ML_C_NULL)
			each(cn, &item, ctx);
	}
	return true;
}

/* "key=value" of a list. */
static void listed_pair(struct ml_cn *cn, const struct ml_cn_at *item, struct ml_cn_pair *pair)
{
	size_t equals = ml_str_chr(item->node->text, '=');

	*pair = (struct ml_cn_pair){
		.node = item->node, .loc = item->node->loc, .key_loc = item->node->loc};
	pair->why = ml_cn_why(cn, item->node);
	pair->key = ml_str_sub(item->node->text, 0, equals);
	pair->has_value = equals != ML_NPOS;
	pair->value = pair->has_value
			      ? ml_str_sub(item->node->text, equals + 1, item->node->text.len)
			      : ML_STR("");
	if (!pair->has_value)
		pair->key = ml_cn_hide_name(cn, item->node, pair->key);
}

static void mapped_pair(
	struct ml_cn *cn, const struct ml_cnode *map, uint32_t i, struct ml_cn_pair *pair)
{
	const struct ml_cnode *node = map->items[i];

	*pair = (struct ml_cn_pair){.key = map->keys[i],
		.key_loc = map->key_locs[i],
		.node = node,
		.loc = node->loc ? node->loc : map->key_locs[i]};
	pair->why = ml_cn_why(cn, node);
	pair->has_value = node->kind != ML_C_NULL;
	pair->value = node->text.ptr ? node->text : ML_STR("");
}

bool ml_cn_pairs(struct ml_cn *cn, const struct ml_cn_at *at,
	void (*each)(struct ml_cn *cn, const struct ml_cn_pair *pair, void *ctx), void *ctx)
{
	struct ml_cn_pair pair;

	if (at->node->kind != ML_C_MAP && at->node->kind != ML_C_SEQ) {
		ml_cn_bad(cn, at, "a mapping or a list of KEY=VALUE");
		return false;
	}
	for (uint32_t i = 0; i < at->node->n; i++) {
		struct ml_cn_at item = {at->node->items[i], at->key, at->loc};
		bool map = at->node->kind == ML_C_MAP;
		if (item.node->kind == ML_C_SEQ || item.node->kind == ML_C_MAP ||
			(!map && item.node->kind == ML_C_NULL)) {
			ml_cn_bad(cn, &item, map ? "a string, a number or null" : "KEY=VALUE");
			continue;
		}
		if (map)
			mapped_pair(cn, at->node, i, &pair);
		else
			listed_pair(cn, &item, &pair);
		each(cn, &pair, ctx);
	}
	return true;
}

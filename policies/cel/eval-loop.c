/* SPDX-License-Identifier: Apache-2.0 */
/* && and ||, and the macros over lists and maps. */
#include "base/error.h"
#include "policies/cel/index-priv.h"
#include "policies/cel/trace-priv.h"

/* The result of && or all() so far (of || or exists() with the other `decisive`): what decides beats unknown, unknown beats error. */
struct verdict {
	struct ml_value result;
	bool decisive;
	struct ml_cel_choice choice; /* in a trace */
};

static void verdict_begin(struct ml_cel_ctx *ctx, struct verdict *v, bool decisive)
{
	v->result = ml_bool(!decisive);
	v->decisive = decisive;
	if (ctx->tracer)
		ml_cel_choice_begin(ctx, &v->choice);
}

/* Takes one operand in; true when it decides. */
static bool verdict_add(struct ml_cel_ctx *ctx, struct verdict *v, struct ml_value operand)
{
	enum ml_cel_weight weight = ML_CEL_NEUTRAL;

	if (operand.kind == ML_V_BOOL) {
		if (operand.b == v->decisive) {
			v->result = ml_bool(v->decisive);
			weight = ML_CEL_DECIDES;
		}
	} else {
		if (!ml_cel_bad(&operand))
			operand = ml_cel_no_overload();
		weight = operand.kind == ML_V_UNKNOWN ? ML_CEL_UNKNOWN : ML_CEL_WRONG;
		if (v->result.kind == ML_V_BOOL ? v->result.b != v->decisive : v->result.kind == ML_V_ERROR && weight == ML_CEL_UNKNOWN)
			v->result = operand;
	}
	if (ctx->tracer)
		ml_cel_choice_weigh(ctx, &v->choice, weight);
	return weight == ML_CEL_DECIDES;
}

static struct ml_value used(struct ml_cel_ctx *ctx, const struct ml_cel_node *node)
{
	struct ml_value v = ml_cel_give(ctx, node);

	if (ctx->tracer)
		ml_cel_trace_use(ctx, &v);
	return v;
}

/* In a trace the operands behind the one that decided are looked at too: each that decides is a reason. */
struct ml_value ml_cel_junction(struct ml_cel_ctx *ctx, const struct ml_cel_node *node)
{
	struct verdict v;

	verdict_begin(ctx, &v, node->op == ML_CEL_OR);
	for (uint32_t i = 0; i < node->n; i++) {
		if (ctx->tracer)
			ml_cel_choice_operand(ctx, &v.choice);
		if (verdict_add(ctx, &v, used(ctx, node->args[i])) && !ctx->tracer)
			break;
	}
	if (ctx->tracer)
		ml_cel_choice_end(ctx, &v.choice);
	return v.result;
}

/* A walk over a list or a map: sets the macro's variables to one element after another. */
struct walk {
	struct ml_cel_ctx *ctx;
	const struct ml_cel_node *node;
	struct ml_value range;
	const struct ml_cel_path *path; /* of the range, in a trace */
	const struct ml_cel_path *key_path, *value_path;
	struct ml_cel_candidates few; /* when at is not NULL: the elements to look at, else all */
	uint32_t turn, at;
};

static const struct ml_value *element(const struct walk *w)
{
	return w->range.kind == ML_V_LIST ? &w->range.items[w->at] : &w->range.entries[w->at].value;
}

static struct ml_value key(const struct walk *w)
{
	return w->range.kind == ML_V_LIST ? ml_int(w->at) : w->range.entries[w->at].key;
}

static void set(struct walk *w, int32_t slot, struct ml_value value, const struct ml_cel_path *path)
{
	w->ctx->locals[slot] = value;
	if (w->ctx->tracer)
		w->ctx->tracer->locals[slot] = path;
}

/* What stands without a place of its own stands where the list or map does. */
static struct ml_value placed(const struct walk *w, struct ml_value v)
{
	return v.loc ? v : ml_at(v, w->range.loc);
}

static void bind(struct walk *w)
{
	struct ml_value k = key(w);
	bool one = w->node->slot2 < 0;

	if (w->ctx->tracer) {
		w->key_path = w->range.kind == ML_V_MAP ? ml_cel_trace_key(w->ctx, w->path, &k) : NULL;
		w->value_path = ml_cel_trace_elem(w->ctx, w->path, &k, element(w));
	}
	if (one && w->range.kind == ML_V_LIST) {
		set(w, w->node->slot, placed(w, *element(w)), w->value_path);
		return;
	}
	set(w, w->node->slot, k, w->key_path);
	if (!one)
		set(w, w->node->slot2, placed(w, *element(w)), w->value_path);
}

/* The next element; false at the end, or when the cost is used up. */
static bool next(struct walk *w)
{
	struct ml_value goes_on;

	if (w->turn >= (w->few.at ? w->few.n : w->range.len) || !ml_cel_spend(w->ctx, 1))
		return false;
	w->at = w->few.at ? w->few.at[w->turn] : w->turn;
	w->turn++;
	bind(w);
	if (!w->few.last)
		return true;
	goes_on = ml_cel_give(w->ctx, w->few.last);
	return goes_on.kind != ML_V_BOOL || goes_on.b;
}

/* all() and exists(). What a predicate allocated is given back, for it came to a bool. */
static struct ml_value quantify(struct walk *w)
{
	struct ml_cel_ctx *ctx = w->ctx;
	struct verdict v;

	verdict_begin(ctx, &v, w->node->loop == ML_CEL_LOOP_EXISTS);
	while (next(w)) {
		struct ml_arena_mark mark = ml_arena_mark(ctx->arena);
		struct ml_value one;
		if (ctx->tracer)
			ml_cel_choice_operand(ctx, &v.choice);
		one = used(ctx, w->node->args[1]);
		if (verdict_add(ctx, &v, one))
			break;
		if (one.kind == ML_V_BOOL && !ctx->tracer)
			ml_arena_release(ctx->arena, mark);
	}
	if (ctx->tracer)
		ml_cel_choice_end(ctx, &v.choice);
	if (ctx->cost > ctx->limit && !(v.result.kind == ML_V_BOOL && v.result.b == v.decisive))
		return ml_cel_over(ctx);
	return v.result;
}

/* The predicate on the element: BOOL, or what is wrong. Without one, true. */
static struct ml_value chosen(struct walk *w)
{
	struct ml_arena_mark mark = ml_arena_mark(w->ctx->arena);
	struct ml_value v = w->node->args[1] ? used(w->ctx, w->node->args[1]) : ml_bool(true);

	if (v.kind == ML_V_BOOL && !w->ctx->tracer)
		ml_arena_release(w->ctx->arena, mark);
	return v.kind == ML_V_BOOL || ml_cel_bad(&v) ? v : ml_cel_no_overload();
}

static struct ml_value exists_one(struct walk *w)
{
	struct ml_value bad = ml_absent();
	uint32_t found = 0;

	if (w->few.exact)
		return ml_bool(w->few.n == 1);
	while (next(w)) {
		struct ml_value v = chosen(w);
		if (v.kind == ML_V_BOOL)
			found += v.b;
		else if (bad.kind == ML_V_ABSENT || (bad.kind == ML_V_ERROR && v.kind == ML_V_UNKNOWN))
			bad = v;
	}
	if (w->ctx->cost > w->ctx->limit)
		return ml_cel_over(w->ctx);
	return bad.kind == ML_V_ABSENT ? ml_bool(found == 1) : bad;
}

/* filter() and map(): strict, the first thing wrong is the result. */
static struct ml_value collect(struct walk *w)
{
	struct ml_cel_ctx *ctx = w->ctx;
	bool filter = w->node->loop == ML_CEL_LOOP_FILTER;
	struct ml_value *items = ml_cel_values(ctx, w->range.len);
	const struct ml_cel_path **paths = ctx->tracer ? ml_alloc_array(ctx->arena, w->range.len, sizeof(*paths)) : NULL;
	size_t n = 0, notes = ctx->tracer ? ctx->tracer->n : 0;

	if (!items || (ctx->tracer && !paths))
		return ml_cel_over(ctx);
	while (next(w)) {
		struct ml_value v = chosen(w);
		if (ml_cel_bad(&v))
			return v;
		if (!v.b)
			continue;
		if (filter) {
			items[n] = ctx->locals[w->node->slot];
		} else {
			items[n] = ml_cel_give(ctx, w->node->args[2]);
			if (ml_cel_bad(&items[n]))
				return items[n];
		}
		if (paths)
			paths[n] = filter ? ctx->tracer->locals[w->node->slot] : ctx->tracer->last;
		n++;
	}
	if (ctx->cost > ctx->limit)
		return ml_cel_over(ctx);
	if (ctx->tracer)
		ctx->tracer->last = ml_cel_trace_made(ctx, paths, n, filter && ctx->tracer->n != notes);
	return ml_list(items, n);
}

/* Takes over the entries of a map; false when memory ends. */
static bool add_entries(struct ml_cel_ctx *ctx, struct ml_entry **entries, size_t *n, size_t *cap, const struct ml_value *map)
{
	if (!ml_cel_spend(ctx, map->len) || ml_alloc_grow(ctx->arena, entries, cap, *n + map->len, sizeof(**entries)))
		return false;
	if (map->len)
		memcpy(*entries + *n, map->entries, map->len * sizeof(**entries));
	*n += map->len;
	return true;
}

static struct ml_value made_map(struct ml_cel_ctx *ctx, struct ml_entry *entries, size_t n)
{
	struct ml_value map;
	int code = ml_map(entries, n, &map, NULL);

	if (code == ML_EDUP)
		return ml_cel_wrong("insert failed: key already exists");
	return code == ML_ETYPE ? ml_cel_wrong("unsupported key type") : code ? ml_cel_over(ctx) : map;
}

/* transformMap() and transformMapEntry(). */
static struct ml_value collect_map(struct walk *w)
{
	struct ml_entry *entries = NULL, one;
	size_t n = 0, cap = 0;

	while (next(w)) {
		struct ml_value v = chosen(w), made;
		if (ml_cel_bad(&v))
			return v;
		if (!v.b)
			continue;
		v = used(w->ctx, w->node->args[2]);
		if (ml_cel_bad(&v))
			return v;
		one = (struct ml_entry){ml_at(key(w), 0), v};
		made = w->node->loop == ML_CEL_LOOP_MAP_VALUES ? (struct ml_value){.kind = ML_V_MAP, .len = 1, .entries = &one} : v;
		if (made.kind != ML_V_MAP)
			return ml_cel_no_overload();
		if (!add_entries(w->ctx, &entries, &n, &cap, &made))
			return ml_cel_over(w->ctx);
	}
	return w->ctx->cost > w->ctx->limit ? ml_cel_over(w->ctx) : made_map(w->ctx, entries, n);
}

struct ml_value ml_cel_loop(struct ml_cel_ctx *ctx, const struct ml_cel_node *node)
{
	static struct ml_value (*const kinds[])(struct walk *w) = {
		[ML_CEL_LOOP_ALL] = quantify, [ML_CEL_LOOP_EXISTS] = quantify, [ML_CEL_LOOP_ONE] = exists_one, [ML_CEL_LOOP_FILTER] = collect,
		[ML_CEL_LOOP_MAP] = collect, [ML_CEL_LOOP_MAP_VALUES] = collect_map, [ML_CEL_LOOP_MAP_ENTRIES] = collect_map,
	};
	struct walk w = {.ctx = ctx, .node = node, .range = ml_cel_give(ctx, node->args[0])};
	size_t notes;
	struct ml_value result;

	if (w.range.kind != ML_V_LIST && w.range.kind != ML_V_MAP) {
		if (ctx->tracer)
			ml_cel_trace_use(ctx, &w.range);
		return ml_cel_bad(&w.range) ? w.range : ml_cel_no_overload();
	}
	if (!ctx->tracer) {
		if (node->cache && !ml_cel_index_find(ctx, node, &w.range, &w.few))
			w.few = (struct ml_cel_candidates){0};
		return kinds[node->loop](&w);
	}
	w.path = ctx->tracer->last;
	notes = ctx->tracer->n;
	result = kinds[node->loop](&w);
	if (ctx->tracer->n == notes && !ctx->tracer->last) {
		/* Nothing of the elements was looked at: that there are none, or so many, is what was read. */
		ctx->tracer->last = w.path;
		ml_cel_trace_use(ctx, &w.range);
	}
	return result;
}

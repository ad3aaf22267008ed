/* SPDX-License-Identifier: Apache-2.0 */
/* An index over a list of facts: its elements by the fields that a macro compares, so that a rule
 * for each of n elements which looks for others among n need not walk all of them n times. */
#include "policies/cel/index-priv.h"

#include "base/sort.h"

enum { BUCKETS = 256, SUBSETS_MAX = 64 };

/* The elements of a group for which the keyed parts are not neutral, with these values of the
 * terms. */
struct subset {
	struct subset *next;
	struct ml_value terms[ML_CEL_PLAN_TERMS];
	uint32_t *at;
	uint32_t n;
};

struct subsets {
	struct subset *first;
	uint32_t n;
};

/* An element under its keys. */
struct posting {
	const struct ml_value *keys;
	uint32_t nkeys, at;
};

struct index {
	const struct ml_cel_node *loop;
	const struct ml_value *items;
	uint32_t len;
	bool met, built, useless;
	bool exact, ascending;
	struct index *next;
	struct ml_value *keys; /* sorted: nequal for each element that is in */
	uint32_t *at;          /* its element */
	uint32_t n;
	struct subsets *subsets; /* of the group that begins there */
};

struct ml_cel_indexes {
	struct index *buckets[BUCKETS];
};

static struct index *lookup(struct ml_cel_indexes **all, struct ml_arena *arena,
	const struct ml_cel_node *loop, const struct ml_value *list)
{
	size_t hash = ((uintptr_t)loop / 16 * 31 + (uintptr_t)list->items / 16) % BUCKETS;
	struct index **link, *index;

	if (!*all && !(*all = ml_alloc(arena, sizeof(**all))))
		return NULL;
	for (link = &(*all)->buckets[hash]; (index = *link); link = &index->next)
		if (index->loop == loop && index->items == list->items && index->len == list->len)
			break;
	if (index)
		*link = index->next;
	else if ((index = ml_alloc(arena, sizeof(*index))))
		*index = (struct index){.loop = loop, .items = list->items, .len = list->len};
	if (index) { /* to the front: the same is asked again and again */
		index->next = (*all)->buckets[hash];
		(*all)->buckets[hash] = index;
	}
	return index;
}

static int compare_one(const struct ml_value *a, const struct ml_value *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->kind == ML_V_STRING)
		return ml_str_cmp(ml_value_text(a), ml_value_text(b));
	if (a->kind == ML_V_BOOL)
		return (a->b > b->b) - (a->b < b->b);
	return (a->i > b->i) - (a->i < b->i);
}

static int compare(const struct ml_value *a, const struct ml_value *b, uint32_t n)
{
	int order = 0;

	for (uint32_t i = 0; order == 0 && i < n; i++)
		order = compare_one(&a[i], &b[i]);
	return order;
}

static int by_keys(const void *a, const void *b)
{
	const struct posting *x = a, *y = b;

	return compare(x->keys, y->keys, x->nkeys);
}

/* What is made for all evaluations has a limit of its own, as high as that of the one which happens
 * to make it, and that one's result does not hang on it. */
static uint64_t set_cost_aside(struct ml_cel_ctx *ctx)
{
	uint64_t before = ctx->cost;

	ctx->cost = 0;
	return before;
}

static void take_cost_up(struct ml_cel_ctx *ctx, uint64_t before)
{
	ctx->shared += ctx->cost;
	ctx->cost = before;
}

static bool is_key(const struct ml_value *v)
{
	return v->kind == ML_V_STRING || v->kind == ML_V_INT || v->kind == ML_V_BOOL;
}

static void set_element(struct ml_cel_ctx *ctx, const struct index *index, uint32_t at)
{
	ctx->locals[index->loop->slot] = index->items[at];
}

/* Whether one of the parts is neutral for the element that is set; *sure stays true when each part
 * says the opposite. */
static bool is_neutral(struct ml_cel_ctx *ctx, const struct ml_cel_node *const *parts, uint32_t n,
	bool neutral, bool *sure)
{
	struct ml_arena_mark mark = ml_arena_mark(ctx->arena);
	bool found = false;

	for (uint32_t i = 0; !found && i < n; i++) {
		struct ml_value v = ml_cel_give(ctx, parts[i]);
		found = v.kind == ML_V_BOOL && v.b == neutral;
		*sure = *sure && v.kind == ML_V_BOOL;
	}
	ml_arena_release(ctx->arena, mark);
	return found;
}

/* The keys of the element that is set; false when one of them is none. */
static bool take_keys(struct ml_cel_ctx *ctx, const struct ml_cel_plan *plan, struct ml_value *keys)
{
	for (uint32_t i = 0; i < plan->nequal; i++) {
		keys[i] = ml_cel_give(ctx, plan->equal[i].field);
		if (!is_key(&keys[i]) || !ml_cel_stands(&keys[i], plan->equal[i].field->type))
			return false;
	}
	return true;
}

static void see_order(
	struct ml_cel_ctx *ctx, const struct ml_cel_plan *plan, struct index *index, int64_t *last)
{
	struct ml_value v = plan->order ? ml_cel_give(ctx, plan->order_field) : ml_absent();

	index->ascending = index->ascending && v.kind == ML_V_INT && v.i >= *last;
	*last = v.kind == ML_V_INT ? v.i : *last;
}

/* The postings of all elements that are not neutral whatever the terms are. */
static bool post(struct ml_cel_ctx *ctx, struct index *index, const struct ml_cel_plan *plan,
	struct posting *postings)
{
	int64_t last = INT64_MIN;

	index->exact = plan->all_fixed;
	index->ascending = plan->order != NULL;
	for (uint32_t i = 0; i < index->len; i++) {
		struct ml_value *keys = index->keys + (size_t)index->n * plan->nequal;
		if (!ml_cel_spend(ctx, 1))
			return false;
		set_element(ctx, index, i);
		if (is_neutral(ctx, plan->fixed, plan->nfixed, plan->neutral, &index->exact))
			continue;
		if (!take_keys(ctx, plan, keys))
			return false;
		see_order(ctx, plan, index, &last);
		postings[index->n++] = (struct posting){keys, plan->nequal, i};
	}
	return ctx->cost <= ctx->limit;
}

/* Sorted, keys and elements apart. */
static bool settle(struct index *index, struct ml_arena *arena, const struct ml_cel_plan *plan,
	struct posting *postings)
{
	struct ml_value *keys =
		ml_alloc_array(arena, (size_t)index->n * plan->nequal, sizeof(*keys));

	index->at = ml_alloc_array(arena, index->n, sizeof(*index->at));
	if (plan->nkeyed)
		index->subsets = ml_alloc_array(arena, index->n, sizeof(*index->subsets));
	if (!keys || !index->at || (plan->nkeyed && !index->subsets) ||
		ml_sort(arena, postings, index->n, sizeof(*postings), by_keys))
		return false;
	for (uint32_t i = 0; i < index->n; i++) {
		memcpy(keys + (size_t)i * plan->nequal, postings[i].keys,
			plan->nequal * sizeof(*keys));
		index->at[i] = postings[i].at;
	}
	index->keys = keys;
	return true;
}

/* The postings are made in the evaluation's memory; what stays goes to the cache's. */
static bool build(struct ml_cel_ctx *ctx, struct index *index, struct ml_arena *arena,
	const struct ml_cel_plan *plan)
{
	struct ml_arena_mark mark = ml_arena_mark(ctx->arena);
	struct posting *postings = ml_alloc_array(ctx->arena, index->len, sizeof(*postings));
	bool good;

	index->keys =
		ml_alloc_array(ctx->arena, (size_t)index->len * plan->nequal, sizeof(*index->keys));
	good = postings && index->keys && post(ctx, index, plan, postings) &&
	       settle(index, arena, plan, postings);
	ml_arena_release(ctx->arena, mark);
	return good;
}

static bool term_value(struct ml_cel_ctx *ctx, const struct ml_cel_node *term, struct ml_value *out)
{
	*out = ml_cel_give(ctx, term);
	return is_key(out) && ml_cel_stands(out, term->type);
}

/* The first posting whose keys are not before `keys`, or not before or at them. */
static uint32_t bound(
	const struct index *index, const struct ml_value *keys, uint32_t nkeys, bool behind)
{
	uint32_t low = 0, high = index->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (compare(index->keys + (size_t)middle * nkeys, keys, nkeys) < (behind ? 1 : 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The elements with the keys that the evaluation asks for. */
static bool find_group(struct ml_cel_ctx *ctx, const struct index *index,
	const struct ml_cel_plan *plan, uint32_t *from, uint32_t *to)
{
	struct ml_value keys[ML_CEL_PLAN_EQUAL];

	for (uint32_t i = 0; i < plan->nequal; i++)
		if (!term_value(ctx, plan->equal[i].term, &keys[i]))
			return false;
	*from = bound(index, keys, plan->nequal, false);
	*to = bound(index, keys, plan->nequal, true);
	return true;
}

/* Terms as they stay. */
static bool keep_terms(
	struct ml_arena *arena, struct subset *subset, const struct ml_value *terms, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct ml_str copy = ml_str_dup(arena, ml_value_text(&terms[i]));
		subset->terms[i] = terms[i];
		if (terms[i].kind == ML_V_STRING)
			subset->terms[i].text = copy.ptr;
		if (!copy.ptr)
			return false;
	}
	return true;
}

static struct subset *make_subset(struct ml_cel_ctx *ctx, const struct index *index,
	struct ml_arena *arena, const struct ml_value *terms, uint32_t from, uint32_t to)
{
	const struct ml_cel_plan *plan = index->loop->cache;
	struct subset *subset = ml_alloc(arena, sizeof(*subset));
	struct ml_arena_mark mark = ml_arena_mark(ctx->arena);
	uint32_t *at = ml_alloc_array(ctx->arena, to - from, sizeof(*at));
	bool sure = true;

	if (!subset || !at || !keep_terms(arena, subset, terms, plan->nterms))
		return NULL;
	for (uint32_t i = from; i < to && ml_cel_spend(ctx, 1); i++) {
		set_element(ctx, index, index->at[i]);
		if (!is_neutral(ctx, plan->keyed, plan->nkeyed, plan->neutral, &sure))
			at[subset->n++] = index->at[i];
	}
	subset->at = (uint32_t *)(void *)ml_alloc_copy(arena, at, subset->n * sizeof(*at));
	ml_arena_release(ctx->arena, mark);
	return subset->at && ctx->cost <= ctx->limit ? subset : NULL;
}

/* Narrows a group by the keyed parts. Without a place for one more subset it stays as it is. */
static bool narrow(struct ml_cel_ctx *ctx, const struct index *index, struct ml_arena *arena,
	uint32_t from, struct ml_cel_candidates *out)
{
	const struct ml_cel_plan *plan = index->loop->cache;
	struct subsets *subsets = &index->subsets[from];
	struct ml_value terms[ML_CEL_PLAN_TERMS];
	struct subset *subset;

	for (uint32_t i = 0; i < plan->nterms; i++)
		if (!term_value(ctx, plan->terms[i], &terms[i]))
			return false;
	for (subset = subsets->first; subset; subset = subset->next)
		if (!ml_cel_spend(ctx, 1) || compare(subset->terms, terms, plan->nterms) == 0)
			break;
	if (!subset && subsets->n < SUBSETS_MAX) {
		uint64_t before = set_cost_aside(ctx);
		subset = make_subset(ctx, index, arena, terms, from, from + out->n);
		take_cost_up(ctx, before);
		subsets->n++;
		if (!subset)
			return true;
		subset->next = subsets->first;
		subsets->first = subset;
	}
	if (subset) {
		out->at = subset->at;
		out->n = subset->n;
	}
	return ctx->cost <= ctx->limit;
}

static bool ready(struct ml_cel_ctx *ctx, struct index *index, struct ml_arena *arena)
{
	uint64_t before;

	if (!index->met) {
		index->met = true;
		return false;
	}
	if (!index->built && !index->useless) {
		before = set_cost_aside(ctx);
		index->built = build(ctx, index, arena, index->loop->cache);
		index->useless = !index->built;
		take_cost_up(ctx, before);
	}
	return index->built;
}

bool ml_cel_index_find(struct ml_cel_ctx *ctx, const struct ml_cel_node *loop,
	const struct ml_value *list, struct ml_cel_candidates *out)
{
	const struct ml_cel_plan *plan = loop->cache;
	struct ml_cel_indexes **all;
	struct ml_arena *arena;
	struct index *index;
	uint32_t from, to;

	if (!plan || ctx->tracer || list->kind != ML_V_LIST || list->len < ML_CEL_INDEXED ||
		!(all = ml_cel_cached_indexes(ctx->cache, &arena)))
		return false;
	index = lookup(all, arena, loop, list);
	if (!index || !ready(ctx, index, arena) || !find_group(ctx, index, plan, &from, &to))
		return false;
	*out = (struct ml_cel_candidates){
		index->at + from, to - from, index->ascending ? plan->order : NULL, index->exact};
	return out->n == 0 || plan->nkeyed == 0 || narrow(ctx, index, arena, from, out);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and sets: sizes, concatenation, the list and set extensions. */
#include "base/sort.h"
#include "policies/cel/impl-priv.h"

const struct ml_value *ml_cel_bad_in(struct ml_cel_ctx *ctx, const struct ml_value *list)
{
	ml_cel_spend(ctx, list->len);
	for (uint32_t i = 0; i < list->len; i++)
		if (ml_cel_bad(&list->items[i]))
			return &list->items[i];
	return NULL;
}

ML_CEL_IMPL(size_list)
{
	return ml_int(args[0].len);
}

ML_CEL_IMPL(add_list)
{
	size_t total = (size_t)args[0].len + args[1].len;
	struct ml_value *items;

	if (args[1].len == 0)
		return ml_at(args[0], 0);
	if (args[0].len == 0)
		return ml_at(args[1], 0);
	items = ml_cel_values(ctx, total);
	if (!items)
		return ml_cel_over(ctx);
	memcpy(items, args[0].items, args[0].len * sizeof(*items));
	memcpy(items + args[0].len, args[1].items, args[1].len * sizeof(*items));
	return ml_list(items, total);
}

ML_CEL_IMPL(slice)
{
	int64_t from = args[1].i, to = args[2].i;

	if (from < 0 || to < 0)
		return ml_cel_wrong("cannot slice: negative indexes not supported");
	if (from > to)
		return ml_cel_wrong("cannot slice: start index must be less than or equal to end index");
	if (to > args[0].len)
		return ml_cel_faultf(ctx, "cannot slice: list is length %u", args[0].len);
	return ml_list(args[0].items + from, (size_t)(to - from));
}

/* Two walks with the same steps: count, then fill. */
static size_t flat(struct ml_cel_ctx *ctx, const struct ml_value *list, int64_t depth, struct ml_value *out)
{
	size_t n = 0;

	for (uint32_t i = 0; i < list->len; i++) {
		const struct ml_value *v = &list->items[i];
		if (!ml_cel_spend(ctx, 1))
			return n;
		if (v->kind == ML_V_LIST && depth > 0)
			n += flat(ctx, v, depth - 1, out ? out + n : NULL);
		else if (out)
			out[n++] = *v;
		else
			n++;
	}
	return n;
}

ML_CEL_IMPL(flatten)
{
	int64_t depth = n > 1 ? args[1].i : 1;
	struct ml_value *items;
	struct ml_cel_ctx paid;
	size_t total;

	if (depth < 0)
		return ml_cel_wrong("level must be non-negative");
	if (depth > ML_CEL_VALUE_DEPTH)
		depth = ML_CEL_VALUE_DEPTH;
	total = flat(ctx, &args[0], depth, NULL);
	items = ml_cel_values(ctx, total);
	if (!items)
		return ml_cel_over(ctx);
	paid = *ctx; /* the second walk was paid for with the first */
	paid.limit = UINT64_MAX;
	flat(&paid, &args[0], depth, items);
	return ml_list(items, total);
}

/* What is sorted: an element with its key. */
struct sortable {
	const struct ml_value *key;
	struct ml_value value;
};

static int by_key(const void *a, const void *b)
{
	struct ml_cel_ctx none = {.limit = UINT64_MAX};
	const struct sortable *x = a, *y = b;

	return ml_cel_order(&none, x->key, y->key);
}

/* All keys of one kind that has an order. */
static bool sortable(const struct ml_value *keys)
{
	struct ml_cel_ctx none = {.limit = UINT64_MAX};

	for (uint32_t i = 0; i < keys->len; i++)
		if (keys->items[i].kind != keys->items[0].kind || ml_cel_order(&none, &keys->items[i], &keys->items[0]) == 3)
			return false;
	return true;
}

/* n log n comparisons of up to the longest key. */
static bool pay_sort(struct ml_cel_ctx *ctx, const struct ml_value *keys)
{
	size_t bytes = 0, log = 1;

	for (uint32_t i = 0; i < keys->len; i++)
		bytes += keys->items[i].kind == ML_V_STRING || keys->items[i].kind == ML_V_BYTES ? keys->items[i].len : 0;
	while (keys->len >> log)
		log++;
	return ml_cel_spend(ctx, keys->len * log) && ml_cel_spend_bytes(ctx, bytes * log);
}

static struct ml_value sort_by(struct ml_cel_ctx *ctx, const struct ml_value *list, const struct ml_value *keys)
{
	const struct ml_value *bad = ml_cel_bad_in(ctx, keys);
	struct ml_value *items;
	struct sortable *pairs;

	if (bad)
		return *bad;
	if (list->len != keys->len || !sortable(keys))
		return ml_cel_wrong("list elements must have the same type and be comparable");
	if (!pay_sort(ctx, keys))
		return ml_cel_over(ctx);
	items = ml_cel_values(ctx, list->len);
	pairs = ml_alloc_array(ctx->arena, list->len, sizeof(*pairs));
	if (!items || !pairs)
		return ml_cel_over(ctx);
	for (uint32_t i = 0; i < list->len; i++)
		pairs[i] = (struct sortable){&keys->items[i], list->items[i]};
	if (ml_sort(ctx->arena, pairs, list->len, sizeof(*pairs), by_key))
		return ml_cel_over(ctx);
	for (uint32_t i = 0; i < list->len; i++)
		items[i] = pairs[i].value;
	return ml_list(items, list->len);
}

ML_CEL_IMPL(sort)
{
	return sort_by(ctx, &args[0], &args[0]);
}

ML_CEL_IMPL(sort_by)
{
	return sort_by(ctx, &args[0], &args[1]);
}

/* 1, 0, or -1 with *why, as ml_cel_equal. */
static int holds(struct ml_cel_ctx *ctx, const struct ml_value *items, size_t n, const struct ml_value *v, struct ml_value *why)
{
	struct ml_value pair[2] = {*v, ml_list(items, n)}, in = ml_celf_in_list(ctx, pair, 2);

	if (in.kind == ML_V_BOOL)
		return in.b;
	*why = in;
	return -1;
}

ML_CEL_IMPL(distinct)
{
	struct ml_value *items = ml_cel_values(ctx, args[0].len), why;
	size_t kept = 0;

	if (!items)
		return ml_cel_over(ctx);
	for (uint32_t i = 0; i < args[0].len; i++) {
		int known = holds(ctx, items, kept, &args[0].items[i], &why);
		if (known < 0)
			return why;
		if (!known)
			items[kept++] = args[0].items[i];
	}
	return ml_list(items, kept);
}

ML_CEL_IMPL(reverse_list)
{
	struct ml_value *items = ml_cel_values(ctx, args[0].len);

	if (!items)
		return ml_cel_over(ctx);
	for (uint32_t i = 0; i < args[0].len; i++)
		items[i] = args[0].items[args[0].len - 1 - i];
	return ml_list(items, args[0].len);
}

ML_CEL_IMPL(range)
{
	struct ml_value *items;

	if (args[0].i > UINT32_MAX)
		return ml_cel_wrong("lists.range: too many elements");
	items = ml_cel_values(ctx, args[0].i > 0 ? (size_t)args[0].i : 0);
	if (!items)
		return ml_cel_over(ctx);
	for (int64_t i = 0; i < args[0].i; i++)
		items[i] = ml_int(i);
	return ml_list(items, args[0].i > 0 ? (size_t)args[0].i : 0);
}

/* Whether `set` has every element of `part` (all), or any: an unknown hides behind what settles it. */
static struct ml_value sets(struct ml_cel_ctx *ctx, const struct ml_value *set, const struct ml_value *part, bool all)
{
	struct ml_value why, result = ml_bool(all);

	for (uint32_t i = 0; i < part->len; i++) {
		int in = holds(ctx, set->items, set->len, &part->items[i], &why);
		if (in < 0)
			result = why;
		else if ((in == 1) != all)
			return ml_bool(!all);
	}
	return result;
}

ML_CEL_IMPL(sets_contains)
{
	return sets(ctx, &args[0], &args[1], true);
}

ML_CEL_IMPL(sets_intersects)
{
	return sets(ctx, &args[0], &args[1], false);
}

ML_CEL_IMPL(sets_equivalent)
{
	struct ml_value one = sets(ctx, &args[0], &args[1], true), other;

	if (one.kind == ML_V_BOOL && !one.b)
		return one;
	other = sets(ctx, &args[1], &args[0], true);
	return other.kind == ML_V_BOOL && other.b ? one : other;
}

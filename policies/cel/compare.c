/* SPDX-License-Identifier: Apache-2.0 */
/* Equality across kinds, with unknowns; order; membership. */
#include "policies/cel/impl-priv.h"

static bool is_number(const struct ml_value *v)
{
	return v->kind == ML_V_INT || v->kind == ML_V_UINT || v->kind == ML_V_DOUBLE;
}

/* An int or uint meets a double as a double, as cel-go has it and the conformance tests ask: 9223372036854775807 is not below 2^63. Facts and the keys
 * of maps are compared exactly (ml_number_cmp). */
int ml_cel_number_cmp(const struct ml_value *a, const struct ml_value *b)
{
	struct ml_value x = *a, y = *b;

	if (a->kind != b->kind && (a->kind == ML_V_DOUBLE || b->kind == ML_V_DOUBLE)) {
		x = a->kind == ML_V_INT ? ml_double((double)a->i) : a->kind == ML_V_UINT ? ml_double((double)a->u) : *a;
		y = b->kind == ML_V_INT ? ml_double((double)b->i) : b->kind == ML_V_UINT ? ml_double((double)b->u) : *b;
	}
	return ml_number_cmp(&x, &y);
}

static int equal(struct ml_cel_ctx *ctx, const struct ml_value *a, const struct ml_value *b, struct ml_value *why, int depth);

static int over(struct ml_cel_ctx *ctx, struct ml_value *why)
{
	*why = ml_cel_over(ctx);
	return -1;
}

/* One more pair: a difference settles it, an unknown does not yet. */
static bool fold(int one, int *all)
{
	if (one < *all || one == 0)
		*all = one;
	return one != 0;
}

static int equal_lists(struct ml_cel_ctx *ctx, const struct ml_value *a, const struct ml_value *b, struct ml_value *why, int depth)
{
	int all = 1;

	if (a->len != b->len)
		return 0;
	for (uint32_t i = 0; i < a->len; i++)
		if (!fold(equal(ctx, &a->items[i], &b->items[i], why, depth - 1), &all))
			return 0;
	return all;
}

static int equal_maps(struct ml_cel_ctx *ctx, const struct ml_value *a, const struct ml_value *b, struct ml_value *why, int depth)
{
	int all = 1;

	if (a->len != b->len)
		return 0;
	for (uint32_t i = 0; i < a->len; i++) {
		const struct ml_entry *x = &a->entries[i], *y = &b->entries[i];
		if (ml_value_cmp_key(&x->key, &y->key) != 0 || !fold(equal(ctx, &x->value, &y->value, why, depth - 1), &all))
			return 0;
	}
	return all;
}

static int equal_records(struct ml_cel_ctx *ctx, const struct ml_record *a, const struct ml_record *b, struct ml_value *why, int depth)
{
	int all = 1;

	if (a->type->fields != b->type->fields)
		return 0;
	for (int i = 0; i < (int)a->type->nfields; i++) {
		const struct ml_value *x = ml_record_get(a, i), *y = ml_record_get(b, i);
		if (x->kind == ML_V_ABSENT && y->kind == ML_V_ABSENT)
			continue;
		if (!fold(equal(ctx, x, y, why, depth - 1), &all))
			return 0;
	}
	return all;
}

/* Types are equal by what they are, not by what they hold: type([1]) == list. */
static int equal_types(const struct ml_type *a, const struct ml_type *b)
{
	if (a->kind != b->kind)
		return 0;
	if (a->kind == ML_T_RECORD)
		return a->fields == b->fields;
	return a->kind != ML_T_OPAQUE || strcmp(a->name, b->name) == 0;
}

static int equal_inside(struct ml_cel_ctx *ctx, const struct ml_value *a, const struct ml_value *b, struct ml_value *why, int depth)
{
	switch (a->kind) {
	case ML_V_LIST:
		return equal_lists(ctx, a, b, why, depth);
	case ML_V_MAP:
		return equal_maps(ctx, a, b, why, depth);
	case ML_V_RECORD:
		return equal_records(ctx, a->record, b->record, why, depth);
	case ML_V_TYPE:
		return equal_types(a->type, b->type);
	case ML_V_OPTIONAL:
		if (!a->inner || !b->inner)
			return a->inner == b->inner;
		return equal(ctx, a->inner, b->inner, why, depth - 1);
	default:
		return ml_value_eq(a, b, 1);
	}
}

static int equal(struct ml_cel_ctx *ctx, const struct ml_value *a, const struct ml_value *b, struct ml_value *why, int depth)
{
	if (ml_cel_bad(a) || ml_cel_bad(b)) {
		*why = ml_cel_bad(a) ? *a : *b;
		return -1;
	}
	if (is_number(a) && is_number(b))
		return ml_cel_number_cmp(a, b) == 0;
	if (a->kind != b->kind)
		return 0;
	if (depth <= 0) {
		*why = ml_unknown(ML_STR("values nested too deeply to compare"));
		return -1;
	}
	if (!ml_cel_spend(ctx, 1))
		return over(ctx, why);
	if (a->kind == ML_V_STRING || a->kind == ML_V_BYTES) {
		if (a->len != b->len)
			return 0;
		return ml_cel_spend_bytes(ctx, a->len) ? ml_str_eq(ml_value_text(a), ml_value_text(b)) : over(ctx, why);
	}
	return equal_inside(ctx, a, b, why, depth);
}

int ml_cel_equal(struct ml_cel_ctx *ctx, const struct ml_value *a, const struct ml_value *b, struct ml_value *why)
{
	return equal(ctx, a, b, why, ML_CEL_VALUE_DEPTH);
}

static int cmp_i64(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

int ml_cel_order(struct ml_cel_ctx *ctx, const struct ml_value *a, const struct ml_value *b)
{
	int order;

	if (is_number(a) && is_number(b))
		return ml_cel_number_cmp(a, b);
	if (a->kind != b->kind)
		return 3;
	switch (a->kind) {
	case ML_V_BOOL:
		return (int)a->b - (int)b->b;
	case ML_V_STRING:
	case ML_V_BYTES:
		ml_cel_spend_bytes(ctx, a->len < b->len ? a->len : b->len);
		order = ml_str_cmp(ml_value_text(a), ml_value_text(b));
		return order < 0 ? -1 : order > 0;
	case ML_V_TIMESTAMP:
	case ML_V_DURATION:
		order = cmp_i64(a->i, b->i);
		return order ? order : cmp_i64(a->nanos, b->nanos);
	default:
		return 3;
	}
}

static struct ml_value ordered(struct ml_cel_ctx *ctx, const struct ml_value *args, int one, int other)
{
	int order = ml_cel_order(ctx, &args[0], &args[1]);

	return order == 3 ? ml_cel_no_overload() : ml_bool(order == one || order == other);
}

ML_CEL_IMPL(lt)
{
	return ordered(ctx, args, -1, -1);
}

ML_CEL_IMPL(le)
{
	return ordered(ctx, args, -1, 0);
}

ML_CEL_IMPL(gt)
{
	return ordered(ctx, args, 1, 1);
}

ML_CEL_IMPL(ge)
{
	return ordered(ctx, args, 1, 0);
}

ML_CEL_IMPL(eq)
{
	struct ml_value why;
	int same = ml_cel_equal(ctx, &args[0], &args[1], &why);

	return same < 0 ? why : ml_bool(same);
}

ML_CEL_IMPL(ne)
{
	struct ml_value why;
	int same = ml_cel_equal(ctx, &args[0], &args[1], &why);

	return same < 0 ? why : ml_bool(!same);
}

/* A list that holds an unknown may hold the value: only finding it settles. */
ML_CEL_IMPL(in_list)
{
	struct ml_value why, unknown = ml_bool(false);

	for (uint32_t i = 0; i < args[1].len; i++) {
		int same = ml_cel_equal(ctx, &args[0], &args[1].items[i], &why);
		if (same > 0)
			return ml_bool(true);
		if (same < 0)
			unknown = why;
		if (!ml_cel_spend(ctx, 1))
			return ml_cel_over(ctx);
	}
	return unknown;
}

ML_CEL_IMPL(in_map)
{
	return ml_bool(ml_map_get(&args[1], &args[0]) != NULL);
}

ML_CEL_IMPL(not)
{
	return ml_bool(!args[0].b);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Optional values: making and opening them. */
#include "policies/cel/impl-priv.h"

struct ml_value ml_cel_some(struct ml_cel_ctx *ctx, struct ml_value value)
{
	struct ml_value *inner = ml_cel_values(ctx, 1);

	if (!inner)
		return ml_cel_over(ctx);
	*inner = value;
	return (struct ml_value){.kind = ML_V_OPTIONAL, .inner = inner};
}

ML_CEL_IMPL(optional_of)
{
	return ml_cel_some(ctx, args[0]);
}

ML_CEL_IMPL(optional_none)
{
	return ml_cel_none();
}

/* The value that a protocol buffer's field of the kind has when nobody set it. */
static bool is_zero(const struct ml_value *v)
{
	switch (v->kind) {
	case ML_V_NULL:
		return true;
	case ML_V_BOOL:
		return !v->b;
	case ML_V_INT:
	case ML_V_UINT:
		return v->u == 0;
	case ML_V_DOUBLE:
		return v->d == 0;
	case ML_V_STRING:
	case ML_V_BYTES:
	case ML_V_LIST:
	case ML_V_MAP:
		return v->len == 0;
	case ML_V_TIMESTAMP:
	case ML_V_DURATION:
		return v->i == 0 && v->nanos == 0;
	case ML_V_OPTIONAL:
		return v->inner == NULL;
	default:
		return false;
	}
}

ML_CEL_IMPL(optional_nonzero)
{
	return is_zero(&args[0]) ? ml_cel_none() : ml_cel_some(ctx, args[0]);
}

ML_CEL_IMPL(has_value)
{
	return ml_bool(args[0].inner != NULL);
}

ML_CEL_IMPL(value)
{
	return args[0].inner ? *args[0].inner : ml_cel_wrong("optional.none() dereference");
}

ML_CEL_IMPL(optional_or)
{
	return args[0].inner ? args[0] : args[1];
}

ML_CEL_IMPL(or_value)
{
	return args[0].inner ? *args[0].inner : args[1];
}

/* The values of those elements that have one. */
ML_CEL_IMPL(unwrap)
{
	const struct ml_value *bad = ml_cel_bad_in(ctx, &args[0]);
	struct ml_value *items;
	size_t kept = 0;

	if (bad)
		return *bad;
	items = ml_cel_values(ctx, args[0].len);
	if (!items)
		return ml_cel_over(ctx);
	for (uint32_t i = 0; i < args[0].len; i++) {
		if (args[0].items[i].kind != ML_V_OPTIONAL)
			return ml_cel_no_overload();
		if (args[0].items[i].inner)
			items[kept++] = *args[0].items[i].inner;
	}
	return ml_list(items, kept);
}

/* An element that could not be read is unknown, not an optional that holds an unknown. */
static struct ml_value element(struct ml_cel_ctx *ctx, const struct ml_value *v)
{
	return ml_cel_bad(v) ? *v : ml_cel_some(ctx, *v);
}

ML_CEL_IMPL(first)
{
	return args[0].len ? element(ctx, &args[0].items[0]) : ml_cel_none();
}

ML_CEL_IMPL(last)
{
	return args[0].len ? element(ctx, &args[0].items[args[0].len - 1]) : ml_cel_none();
}

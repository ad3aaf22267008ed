/* SPDX-License-Identifier: Apache-2.0 */
/* Arithmetic, with the overflow errors of the specification; and the mathematical extension. */
#include <math.h>

#include "policies/cel/impl-priv.h"

static struct ml_value overflowed(void)
{
	return ml_cel_wrong("return error for overflow");
}

#define INT_OP(name, op) \
	ML_CEL_IMPL(name) \
	{ \
		int64_t out; \
		return op(args[0].i, args[1].i, &out) ? ml_int(out) : overflowed(); \
	}
#define UINT_OP(name, op) \
	ML_CEL_IMPL(name) \
	{ \
		uint64_t out; \
		return op(args[0].u, args[1].u, &out) ? ml_uint(out) : overflowed(); \
	}
#define DOUBLE_OP(name, op) \
	ML_CEL_IMPL(name) \
	{ \
		return ml_double(args[0].d op args[1].d); \
	}

INT_OP(add_int, ml_add_i64)
INT_OP(sub_int, ml_sub_i64)
INT_OP(mul_int, ml_mul_i64)
UINT_OP(add_uint, ml_add_u64)
UINT_OP(sub_uint, ml_sub_u64)
UINT_OP(mul_uint, ml_mul_u64)
DOUBLE_OP(add_double, +)
DOUBLE_OP(sub_double, -)
DOUBLE_OP(mul_double, *)

/* IEEE 754: by zero gives an infinity or NaN. Spelt out, since dividing by zero is undefined in C where IEC 60559 is not promised. */
ML_CEL_IMPL(div_double)
{
	double a = args[0].d, b = args[1].d;

	if (b != 0)
		return ml_double(a / b);
	if (a == 0 || isnan(a) || isnan(b))
		return ml_double(isnan(b) ? b : NAN);
	return ml_double(copysign(INFINITY, signbit(a) == signbit(b) ? 1 : -1));
}

ML_CEL_IMPL(div_int)
{
	if (args[1].i == 0)
		return ml_cel_wrong("divide by zero");
	if (args[0].i == INT64_MIN && args[1].i == -1)
		return overflowed();
	return ml_int(args[0].i / args[1].i);
}

ML_CEL_IMPL(div_uint)
{
	return args[1].u ? ml_uint(args[0].u / args[1].u) : ml_cel_wrong("divide by zero");
}

ML_CEL_IMPL(mod_int)
{
	if (args[1].i == 0)
		return ml_cel_wrong("modulus by zero");
	if (args[0].i == INT64_MIN && args[1].i == -1)
		return overflowed();
	return ml_int(args[0].i % args[1].i);
}

ML_CEL_IMPL(mod_uint)
{
	return args[1].u ? ml_uint(args[0].u % args[1].u) : ml_cel_wrong("modulus by zero");
}

ML_CEL_IMPL(neg_int)
{
	return args[0].i == INT64_MIN ? overflowed() : ml_int(-args[0].i);
}

ML_CEL_IMPL(neg_double)
{
	return ml_double(-args[0].d);
}

/* math.greatest, math.least: the arguments, or the elements of a list; of equal ones the first. */
static struct ml_value extreme(struct ml_cel_ctx *ctx, const struct ml_value *args, size_t n, int want)
{
	const struct ml_value *items = args, *best = NULL;

	if (n == 1 && args[0].kind == ML_V_LIST) {
		items = args[0].items;
		n = args[0].len;
	}
	if (!ml_cel_spend(ctx, n))
		return ml_cel_over(ctx);
	for (size_t i = 0; i < n; i++) {
		if (ml_cel_bad(&items[i]))
			return items[i];
		if (items[i].kind != ML_V_INT && items[i].kind != ML_V_UINT && items[i].kind != ML_V_DOUBLE)
			return ml_cel_no_overload();
		if (!best || ml_cel_number_cmp(&items[i], best) == want)
			best = &items[i];
	}
	return best ? ml_at(*best, 0) : ml_cel_wrong("the list must not be empty");
}

ML_CEL_IMPL(greatest)
{
	return extreme(ctx, args, n, 1);
}

ML_CEL_IMPL(least)
{
	return extreme(ctx, args, n, -1);
}

ML_CEL_IMPL(ceil)
{
	return ml_double(ceil(args[0].d));
}

ML_CEL_IMPL(floor)
{
	return ml_double(floor(args[0].d));
}

ML_CEL_IMPL(round)
{
	return ml_double(round(args[0].d));
}

ML_CEL_IMPL(trunc)
{
	return ml_double(trunc(args[0].d));
}

ML_CEL_IMPL(abs_int)
{
	if (args[0].i == INT64_MIN)
		return overflowed();
	return ml_int(args[0].i < 0 ? -args[0].i : args[0].i);
}

ML_CEL_IMPL(abs_uint)
{
	return ml_uint(args[0].u);
}

ML_CEL_IMPL(abs_double)
{
	return ml_double(fabs(args[0].d));
}

ML_CEL_IMPL(sign_int)
{
	return ml_int((args[0].i > 0) - (args[0].i < 0));
}

ML_CEL_IMPL(sign_uint)
{
	return ml_uint(args[0].u > 0);
}

ML_CEL_IMPL(sign_double)
{
	double d = args[0].d;

	return ml_double(isnan(d) ? d : (d > 0) - (d < 0));
}

ML_CEL_IMPL(is_nan)
{
	return ml_bool(isnan(args[0].d));
}

ML_CEL_IMPL(is_inf)
{
	return ml_bool(isinf(args[0].d));
}

ML_CEL_IMPL(is_finite)
{
	return ml_bool(isfinite(args[0].d));
}

/* The bits of int and uint are in one union: the kind of the first argument is that of the result. */
static struct ml_value bits(const struct ml_value *like, uint64_t u)
{
	return (struct ml_value){.kind = like->kind, .u = u};
}

ML_CEL_IMPL(bit_and)
{
	return bits(args, args[0].u & args[1].u);
}

ML_CEL_IMPL(bit_or)
{
	return bits(args, args[0].u | args[1].u);
}

ML_CEL_IMPL(bit_xor)
{
	return bits(args, args[0].u ^ args[1].u);
}

ML_CEL_IMPL(bit_not)
{
	return bits(args, ~args[0].u);
}

ML_CEL_IMPL(shift_left)
{
	if (args[1].i < 0)
		return ml_cel_faultf(ctx, "math.bitShiftLeft() negative offset: %lld", (long long)args[1].i);
	return bits(args, args[1].i > 63 ? 0 : args[0].u << args[1].i);
}

/* Logical, for int too. */
ML_CEL_IMPL(shift_right)
{
	if (args[1].i < 0)
		return ml_cel_faultf(ctx, "math.bitShiftRight() negative offset: %lld", (long long)args[1].i);
	return bits(args, args[1].i > 63 ? 0 : args[0].u >> args[1].i);
}

ML_CEL_IMPL(sqrt)
{
	double d = args[0].kind == ML_V_INT ? (double)args[0].i : args[0].kind == ML_V_UINT ? (double)args[0].u : args[0].d;

	return ml_double(sqrt(d));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of CEL: one row an overload, with its types for the checker and its code for the evaluator. */
#ifndef ML_POLICIES_CEL_FUNCTIONS_PRIV_H
#define ML_POLICIES_CEL_FUNCTIONS_PRIV_H

#include "policies/cel/cel.h"

#define ML_CEL_ARGS_MAX 5

struct ml_cel_ctx; /* eval-priv.h: arena, cost, caches */

/* Arguments are neither ERROR nor UNKNOWN, and their kinds fit the overload's types. */
typedef struct ml_value (*ml_cel_impl)(struct ml_cel_ctx *ctx, const struct ml_value *args, size_t n);

struct ml_cel_overload {
	const char *name;   /* "_+_", "!_", "-_", "_==_", "@in", "size", "math.greatest", "optional.of", "net.isIP" …, as in the specification */
	bool receiver;      /* x.f(y): args[0] is x */
	uint8_t nargs;
	const struct ml_type *args[ML_CEL_ARGS_MAX]; /* ML_T_PARAM "T", "U" … are free per call */
	const struct ml_type *result;
	ml_cel_impl impl;
};

/* NULL-terminated list of the tables (operators, standard, time, strings, math, encoders, network, optional, lists, regex). In each table overloads of
 * one (name, receiver) stand together; a function may stand in several (string, size, reverse). `&&`, `||`, `?:` and indexing are nodes of
 * their own, not rows. math.greatest and math.least take up to five arguments, or one list of any length. The macro l.sortBy(x, key) is
 * l.@sortByAssociatedKeys(l.map(x, key)). */
extern const struct ml_cel_overload *const ml_cel_tables[];
extern const size_t ml_cel_table_sizes[];

/* All overloads of a function, over all tables: *n of them, NULL when there is no such function. Fast (a table built once, or a perfect hash). */
const struct ml_cel_overload *const *ml_cel_function(struct ml_str name, bool receiver, size_t *n);

/* The function name nearest to `name`, or NULL: for suggestions. */
const char *ml_cel_function_nearest(struct ml_str name, bool receiver);

#endif

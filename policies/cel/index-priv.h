/* SPDX-License-Identifier: Apache-2.0 */
/* Which elements of a long list a macro need look at: an index over the list, kept in the cache for
 * the evaluations that follow. */
#ifndef ML_POLICIES_CEL_INDEX_PRIV_H
#define ML_POLICIES_CEL_INDEX_PRIV_H

#include "policies/cel/eval-priv.h"

#define ML_CEL_INDEXED 32 /* shorter lists are walked */

struct ml_cel_indexes; /* in the cache */

/* The elements that may matter, in the list's order. All others leave the macro's result as it is,
 * whatever else they hold. */
struct ml_cel_candidates {
	const uint32_t *at; /* indexes into the list */
	uint32_t n;
	const struct ml_cel_node *last; /* NULL, or a part of the predicate: where it is false, it
					   is so for all that follow */
	bool exact;                     /* the predicate is true for each of them */
};

/* At compile time: what of the predicate of all(), exists() or exists_one() can be looked up, into
 * node->cache; NULL when nothing can. False: no memory. */
bool ml_cel_index_plan(struct ml_arena *arena, struct ml_cel_node *loop);

/* The candidates in a list that the range gave; false: walk all of it. A list is indexed when it is
 * met for the second time. What is asked of it is as if it had been walked: the same result, and
 * never much more cost. */
bool ml_cel_index_find(struct ml_cel_ctx *ctx, const struct ml_cel_node *loop,
	const struct ml_value *list, struct ml_cel_candidates *out);

/* regex-cache.c: where the cache keeps them; NULL when there is no cache or half of its memory is
 * used. */
struct ml_cel_indexes **ml_cel_cached_indexes(struct ml_cel_cache *cache, struct ml_arena **arena);

/* index-plan.c to index.c. The parts of a predicate: the operands of its && (of || for all()). An
 * element for which one part is `neutral` leaves the result as it is. */
enum { ML_CEL_PLAN_PARTS = 16, ML_CEL_PLAN_TERMS = 4, ML_CEL_PLAN_EQUAL = 3 };

struct ml_cel_plan {
	bool neutral;
	bool all_fixed; /* every part is in `fixed` or `equal` */
	uint8_t nfixed, nequal, nkeyed, nterms;
	const struct ml_cel_node *fixed[ML_CEL_PLAN_PARTS]; /* hang on the element alone */
	struct {
		const struct ml_cel_node *field, *term; /* element.field == term */
	} equal[ML_CEL_PLAN_EQUAL];
	const struct ml_cel_node *keyed[ML_CEL_PLAN_PARTS]; /* hang on the element and on terms */
	const struct ml_cel_node *terms[ML_CEL_PLAN_TERMS]; /* of `keyed`: int, string or bool, and
							       not of the element */
	const struct ml_cel_node *order, *order_field;      /* element.field < term, or NULL */
};

#endif

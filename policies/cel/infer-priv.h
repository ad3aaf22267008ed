/* SPDX-License-Identifier: Apache-2.0 */
/* Type inference: which type fits which, with type parameters that are found on the way (after the type checker of cel-go, checker/types.go, whose
 * results the conformance suite expects). */
#ifndef ML_POLICIES_CEL_INFER_PRIV_H
#define ML_POLICIES_CEL_INFER_PRIV_H

#include "facts/type.h"

struct ml_cel_undo;

/* A free parameter is an ML_T_PARAM whose nargs is its index here. */
struct ml_cel_infer {
	struct ml_arena *arena;
	const struct ml_type **bound; /* by index; NULL: free */
	size_t n, cap;
	struct ml_cel_undo *trail;
	size_t ntrail, trail_cap;
	uint64_t fuel; /* steps left: hostile types must not take forever. At 0 nothing fits any more */
	int depth;     /* of the recursion over types */
};

#define ML_CEL_FUEL       20000000u
#define ML_CEL_TYPE_DEPTH 600

/* A new free parameter; dyn when memory ends. */
const struct ml_type *ml_cel_fresh(struct ml_cel_infer *in);

/* Whether a value of type `have` may stand where `want` is wanted. Binds parameters of both; when it fails, those bound on the way are free again. */
bool ml_cel_fits(struct ml_cel_infer *in, const struct ml_type *have, const struct ml_type *want);

/* Of two types that fit, one that holds the values of both. */
const struct ml_type *ml_cel_join(struct ml_cel_infer *in, const struct ml_type *a, const struct ml_type *b);

/* The type behind a chain of bound parameters. */
const struct ml_type *ml_cel_deref(const struct ml_cel_infer *in, const struct ml_type *type);

/* `type` with bound parameters replaced; `close`: free ones become dyn. */
const struct ml_type *ml_cel_resolve(struct ml_cel_infer *in, const struct ml_type *type, bool close);

/* A signature's named parameters become fresh ones, the same name the same one. */
struct ml_cel_instance {
	const char *names[8];
	const struct ml_type *fresh[8];
	size_t n;
};
const struct ml_type *ml_cel_instantiate(struct ml_cel_infer *in, struct ml_cel_instance *instance, const struct ml_type *type);

/* Bindings made since a mark can be taken back. */
size_t ml_cel_mark(const struct ml_cel_infer *in);
void ml_cel_undo(struct ml_cel_infer *in, size_t mark);

/* Whether every word of `a` is in `b`. */
bool ml_cel_vocab_within(const struct ml_vocab *a, const struct ml_vocab *b);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Which facts an evaluation read: paths of values while they are looked up, notes when they are used, and taking back notes that decided nothing. */
#ifndef ML_POLICIES_CEL_TRACE_PRIV_H
#define ML_POLICIES_CEL_TRACE_PRIV_H

#include "policies/cel/eval-priv.h"

/* Where a value stands. A list that an expression made of facts has no place, but its elements may have. */
struct ml_cel_path {
	const struct ml_cel_path *parent; /* NULL: a variable, or a made list */
	struct ml_str name;               /* variable or field; else `key` */
	struct ml_value key;              /* an index or key; ABSENT: `name` */
	uint32_t loc;                     /* the nearest place */
	bool is_key;                      /* the key itself, not what stands under it */
	bool quiet;                       /* a made list whose elements were chosen by reads that are noted already */
	const struct ml_cel_path *const *elems; /* a made list's: of each element, or NULL */
	size_t nelems;
};

struct ml_cel_note {
	const struct ml_cel_path *path;
	struct ml_value value;
};

struct ml_cel_tracer {
	const struct ml_cel_path *last; /* of the value that ml_cel_give just gave; NULL: it was computed */
	const struct ml_cel_path **locals;
	struct ml_cel_note *items;
	size_t n, cap, base, max, dropped; /* from `base` on at most `max` */
};

/* How much an operand of && (||, all, exists) tells of the result; what tells less than another is taken back. */
enum ml_cel_weight { ML_CEL_NEUTRAL, ML_CEL_WRONG, ML_CEL_UNKNOWN, ML_CEL_DECIDES };

/* The notes of the operands: those of the greatest weight so far. */
struct ml_cel_choice {
	enum ml_cel_weight weight;
	size_t start, operand, outer_base; /* indexes of notes: all, of the operand under way */
	size_t dropped, operand_dropped;
};

/* Each of these is for when ctx->tracer is set. */
void ml_cel_trace_var(struct ml_cel_ctx *ctx, struct ml_str name, const struct ml_value *value);
/* `last` becomes what stands in `parent` under a field or a key; NULL stays NULL. */
void ml_cel_trace_field(struct ml_cel_ctx *ctx, const struct ml_cel_path *parent, struct ml_str name, const struct ml_value *value);
void ml_cel_trace_item(struct ml_cel_ctx *ctx, const struct ml_cel_path *parent, const struct ml_value *key, const struct ml_value *value);
const struct ml_cel_path *ml_cel_trace_elem(struct ml_cel_ctx *ctx, const struct ml_cel_path *parent, const struct ml_value *key, const struct ml_value *value);
const struct ml_cel_path *ml_cel_trace_key(struct ml_cel_ctx *ctx, const struct ml_cel_path *parent, const struct ml_value *key);
const struct ml_cel_path *ml_cel_trace_made(struct ml_cel_ctx *ctx, const struct ml_cel_path *const *elems, size_t n, bool quiet);
/* The value that was just given is used: noted when it has a path. `last` becomes NULL. */
void ml_cel_trace_use(struct ml_cel_ctx *ctx, const struct ml_value *value);

void ml_cel_choice_begin(struct ml_cel_ctx *ctx, struct ml_cel_choice *choice);
void ml_cel_choice_operand(struct ml_cel_ctx *ctx, struct ml_cel_choice *choice);
void ml_cel_choice_weigh(struct ml_cel_ctx *ctx, struct ml_cel_choice *choice, enum ml_cel_weight weight);
void ml_cel_choice_end(struct ml_cel_ctx *ctx, struct ml_cel_choice *choice);

/* Notes as reads, with paths in words. */
void ml_cel_trace_emit(struct ml_cel_ctx *ctx, struct ml_cel_trace *out);

#endif

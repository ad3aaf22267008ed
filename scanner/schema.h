/* SPDX-License-Identifier: Apache-2.0 */
/* Printing the schema of a kind: what a rule can read. */
#ifndef ML_SCANNER_SCHEMA_H
#define ML_SCANNER_SCHEMA_H

#include "facts/kinds.h"

/* Each kind with its meaning, a line each. */
void ml_schema_list(struct ml_buf *out);

/* The kind's records one after the other, the root first: field, type, default, meaning, and the words of a vocabulary. `arena` is scratch. */
void ml_schema_print(struct ml_buf *out, struct ml_arena *arena, const struct ml_kind *kind);

#endif

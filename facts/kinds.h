/* SPDX-License-Identifier: Apache-2.0 */
/* The registry of fact kinds: every schema that this build knows. */
#ifndef ML_FACTS_KINDS_H
#define ML_FACTS_KINDS_H

#include "facts/facts.h"

/* NULL-terminated, sorted by name. */
extern const struct ml_kind *const ml_kinds[];

/* The kind of that name, or NULL. */
const struct ml_kind *ml_kind_find(struct ml_str name);

#endif

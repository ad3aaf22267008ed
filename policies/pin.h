/* SPDX-License-Identifier: Apache-2.0 */
/* Policies made of facts: what a target shows today, so that what changes is a finding. */
#ifndef ML_POLICIES_PIN_H
#define ML_POLICIES_PIN_H

#include "base/error.h"
#include "facts/facts.h"

#define ML_PIN_BYTES ((size_t)8 << 20) /* a policy file is no longer */

struct ml_pin_wish {
	bool certificate; /* also what changes with each renewal: serial numbers, fingerprints */
};

/* Writes a policy (`merlon: policy/v1`) that these facts pass. What is pinned is a row of a table
 * for each kind (policies/pin-table.c). The facts may be hostile: their strings stand in quoted
 * scalars of `params` alone, with all but printable ASCII escaped, and never in an expression. What
 * is unknown, and what no parameter can hold (a word outside of its field's closed vocabulary, a
 * name of an element that is empty, too long or stands twice, a NUL), is not pinned, and a comment
 * says so. Equal facts give equal bytes. 0; ML_EUNSUP: nothing is pinned of this kind; ML_EINVAL:
 * nothing of the target is known; ML_ELIMIT: more than ML_PIN_BYTES; ML_ENOMEM. */
int ml_pin_write(const struct ml_facts *facts, const struct ml_pin_wish *wish, struct ml_buf *out,
	struct ml_error *err);

/* Loads what ml_pin_write wrote, strictly, runs its tests and judges the facts by it. 0 when all
 * that pass; ML_ETYPE with what does not; ML_ENOMEM. */
int ml_pin_check(const struct ml_facts *facts, struct ml_str policy, struct ml_error *err);

#endif

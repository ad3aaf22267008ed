/* SPDX-License-Identifier: Apache-2.0 */
/* Findings: what those who make runs share. */
#ifndef ML_POLICIES_FINDINGS_PRIV_H
#define ML_POLICIES_FINDINGS_PRIV_H

#include "base/sha256.h"
#include "policies/findings.h"

/* Brings a run into its order (results, rules, policies) and counts its summary. 0 or ML_ENOMEM. */
int ml_run_settle(struct ml_arena *arena, struct ml_run *run);

/* Sorts runs by uri, kind and policies. */
int ml_runs_sort(struct ml_arena *arena, struct ml_run *runs, size_t n);
int ml_run_cmp(const void *a, const void *b);

/* The rule's text in a run whose rules are sorted, or NULL. */
const struct ml_rule_text *ml_run_rule(const struct ml_run *run, struct ml_str id);

/* A fingerprint over the fields that identify a finding. `identity` is normalised already. */
void ml_fingerprint(struct ml_str kind, struct ml_str uri, struct ml_str rule, struct ml_str path, struct ml_str identity, char out[33]);

/* An element's identity without what may change while it stays the same finding: tags and digests of images. In the arena. */
struct ml_str ml_identity_normal(struct ml_arena *arena, struct ml_str element);

#endif

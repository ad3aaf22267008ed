/* SPDX-License-Identifier: Apache-2.0 */
/* Waivers and baselines: labels on verdicts, never fewer verdicts. */
#ifndef ML_POLICIES_WAIVER_H
#define ML_POLICIES_WAIVER_H

#include "policies/findings.h"

/* One accepted finding. From a file (`merlon: waivers/v1`, waivers: [{rule, target?, element?, fingerprint?, owner, reason, until}]) or from a comment in
 * the target: `# merlon:waive RULE until=2027-01-31 reason words` on the line of the finding, the line before it, or the line of the element it is about. */
struct ml_waiver {
	struct ml_str rule, target, element, fingerprint, owner, reason; /* target and element are globs; "" matches all */
	int32_t until; /* days since 1970-01-01, the last day on which it holds */
	struct ml_str file;
	uint32_t line, col;
	bool inline_;
	size_t matched;
};

struct ml_waivers {
	struct ml_waiver *items;
	size_t n, cap;
};

/* Reads a waiver file: unknown keys, a missing owner, reason or until, a date that is none are errors with their place. 0, ML_ESYNTAX, ML_ENOMEM. */
int ml_waivers_read(struct ml_arena *arena, struct ml_str name, struct ml_str bytes, struct ml_diags *diags, struct ml_waivers *out);

/* Labels the failing and unknown results that waivers match as WAIVED and adds results: "MERLON-WAIVER-EXPIRED" (fail, with the severity of what it would waive), "MERLON-WAIVER-UNMATCHED"
 * (fail, low) and, for inline comments that do not follow the law (ml_run.comments), "MERLON-WAIVER-INVALID" (fail, medium).  * `today`: days since 1970 (the caller's clock or SOURCE_DATE_EPOCH). Counts and order are brought up to date. 0, ML_ENOMEM. */
int ml_waivers_apply(struct ml_arena *arena, struct ml_waivers *waivers, int32_t today, struct ml_findings *findings);

/* Marks what the baseline has too (by fingerprint, failing or unknown there) as known. */
int ml_baseline_apply(struct ml_arena *arena, const struct ml_findings *baseline, struct ml_findings *findings);

#endif

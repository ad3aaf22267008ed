/* SPDX-License-Identifier: Apache-2.0 */
/* Findings: what judging gave, as a model, and as canonical JSON (merlon: findings/v1) out and in. Every report is made from it. */
#ifndef ML_POLICIES_FINDINGS_H
#define ML_POLICIES_FINDINGS_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/error.h"
#include "policies/policy.h"

#define ML_FINDINGS_BYTES  ((size_t)512 << 20)
/* Results that a run lists; what is beyond is only counted (ml_rule_text.unlisted), and the numbers
 * stay exact. Of one rule and verdict, where no gate looks at each of them; of one rule's fails, and
 * of its unknowns, that count for the gate, since waivers and baseline must reach them; and of all
 * those of a run together: then the first bound holds for the rest. */
#define ML_FINDINGS_LISTED    250
#define ML_FINDINGS_GATED     10000
#define ML_FINDINGS_GATED_ALL 50000

enum ml_verdict { ML_PASS, ML_FAIL, ML_UNKNOWN, ML_NOTAPPLICABLE, ML_WAIVED, ML_VERDICTS };
extern const char *const ml_verdict_words[]; /* "pass" "fail" "unknown" "notapplicable" "waived", NULL */

/* A place in a file of the target. */
struct ml_place {
	struct ml_str file; /* relative; "" when there is none */
	uint32_t line, col, end_col; /* 0: unknown */
	struct ml_str text; /* the source line, secrets hidden; "" when it was not kept */
	const struct ml_place *origin; /* the second place of a merged or interpolated value, or NULL */
};

/* A fact that decided. */
struct ml_because {
	struct ml_str fact;  /* "services.api.privileged" */
	struct ml_str value; /* as JSON text; "" when there was nothing (has() was false) */
	struct ml_place place;
};

struct ml_result {
	struct ml_str rule; /* id: its text stands in the run's rules */
	enum ml_severity severity;
	enum ml_verdict verdict;
	struct ml_str element; /* "" for a rule about the whole target */
	struct ml_str message; /* of a fail: the rule's; of an unknown: why */
	struct ml_place place;
	struct ml_place element_place; /* file, line and column where the element starts, for inline waivers; line 0: not known */
	struct ml_because *because;
	size_t nbecause, because_dropped;
	char fingerprint[33]; /* 128 bits of SHA-256 over kind, target, rule, normalised fact path and element; no line numbers, tags, digests */
	struct ml_str waiver; /* WAIVED: "owner: reason (until 2027-01-31)" */
	bool in_source;       /* the waiver is a comment in the target */
	bool known;           /* it was in the baseline */
};

/* What a report says about a rule. Policy "merlon": one of Merlon's own (ml_own_rule). */
struct ml_rule_text {
	struct ml_str id, policy, title, rationale, fix;
	enum ml_severity severity;
	const struct ml_policy_ref *refs;
	size_t nrefs;
	/* Results beyond those bounds: in the summary and for the gate, which takes them at the rule's
	 * severity, but not in `results`; no waiver and no baseline reaches them. */
	size_t unlisted[ML_VERDICTS];
};

struct ml_policy_text {
	struct ml_str id, title;
	char sha256[65];
	size_t left_out; /* of a profile: rules that it does not select */
};

/* One target judged. */
struct ml_run {
	struct ml_str uri;   /* relative to the scan, '/' between parts */
	struct ml_str kind;
	char sha256[65];     /* of the target's first file; "" when nothing could be read */
	struct ml_policy_text *policies;
	size_t npolicies;
	struct ml_rule_text *rules; /* those that `results` and `counts` speak of, sorted by id */
	size_t nrules;
	struct ml_str sandbox; /* attestation as JSON text on one line, keys sorted; "" when not known. ml_judge leaves it empty */
	size_t summary[ML_VERDICTS];
	struct ml_result *results; /* fail, unknown, waived in full; pass and notapplicable without place and because. Sorted: severity (worst first), rule, place, element */
	size_t nresults;
	struct ml_comment_waiver {
		struct ml_str text; /* from "merlon:waive" on, as it stands in the target */
		struct ml_place place;
	} *comments; /* inline waivers, for ml_waivers_apply */
	size_t ncomments;
	struct ml_diag *diags; /* what was odd or unreadable in the target */
	size_t ndiags, diags_dropped;
	uint64_t cost; /* steps of CEL that judging took; not written */
};

struct ml_findings {
	struct ml_run *runs; /* sorted by uri, then kind */
	size_t nruns;
};

/* Canonical JSON, indented by 1, keys sorted, newline at the end; what is empty, 0 or false is left out. The only error is out's. */
void ml_findings_write(const struct ml_findings *findings, struct ml_buf *out);

/* Reads a findings document back (hostile: from a worker that may lie, or from a file): unknown keys, wrong types and words, negative numbers, results of rules without a text, a
 * summary that the results do not add up to are errors; its order is not trusted. ML_ESYNTAX, ML_ETYPE, ML_ELIMIT with the path in the message; ML_ENOMEM. A process that is
 * to be sealed calls ml_json_warm_up (facts/json-read.h) first. */
int ml_findings_read(struct ml_arena *arena, struct ml_str bytes, struct ml_findings *out, struct ml_error *err);

/* Joins documents: all runs, sorted; the same target, kind and policies twice is ML_EDUP with its name. */
int ml_findings_merge(struct ml_arena *arena, const struct ml_findings *parts, size_t n, struct ml_findings *out, struct ml_error *err);

/* What a gate makes of them: DESIGN's exit codes 0, 1 or 3. Known (baseline) and waived results do not fail. 3 also when there is no run at all: nothing was vouched for. */
int ml_findings_gate(const struct ml_findings *findings, enum ml_severity fail_on);

/* A run for a target that could not be judged at all (its worker died, was refused, or lied): one `unknown` result of the rule "MERLON-TARGET", severity critical: nobody knows how bad it is. */
int ml_findings_lost(struct ml_arena *arena, struct ml_str uri, struct ml_str kind, struct ml_str why, struct ml_findings *out);

/* The text of a rule of Merlon's own: MERLON-TARGET, MERLON-PARSE, MERLON-WAIVER-…; NULL for other ids. */
const struct ml_rule_text *ml_own_rule(struct ml_str id);

#endif

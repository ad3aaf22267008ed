/* SPDX-License-Identifier: Apache-2.0 */
/* What every report begins with: the results of all runs in one order, what the gate makes of each, and their numbers. */
#ifndef ML_REPORTS_ITEMS_PRIV_H
#define ML_REPORTS_ITEMS_PRIV_H

#include "reports/report.h"

/* What a result is to a reader who gates at options->fail_on. */
enum ml_class {
	ML_CLASS_FAILED, /* fails, is new, and at or above the threshold */
	ML_CLASS_BELOW,  /* fails, is new, below the threshold */
	ML_CLASS_UNKNOWN,
	ML_CLASS_KNOWN, /* fails or is unknown, as in the baseline */
	ML_CLASS_WAIVED,
	ML_CLASS_PASSED,
	ML_CLASS_NOTAPPLICABLE,
	ML_CLASSES,
};
enum ml_class ml_report_class(const struct ml_result *result, enum ml_severity fail_on);

/* The severity's word; for a number out of range "info". */
const char *ml_report_severity(enum ml_severity severity);

struct ml_item {
	const struct ml_run *run;
	const struct ml_result *result;
	const struct ml_rule_text *rule; /* NULL when the run has no text for it */
	size_t order;                    /* of the run */
};
struct ml_items {
	struct ml_item *items;
	size_t n;
};

/* The results whose class is in `classes` (bits), sorted: severity (worst first), rule, run, place, element. False when the arena ends. n log n. */
bool ml_items_collect(const struct ml_findings *findings, enum ml_severity fail_on, unsigned classes, struct ml_arena *scratch,
	struct ml_items *out);
int ml_item_cmp(const void *a, const void *b);

/* The rule's text in the run, or NULL. */
const struct ml_rule_text *ml_report_rule(const struct ml_run *run, struct ml_str id);

/* What stands for the results that a run only counts (ml_rule_text.unlisted): their rule, severity and verdict. */
struct ml_result ml_report_unlisted(const struct ml_rule_text *rule, enum ml_verdict verdict);

/* Counts over all runs, listed or not. */
struct ml_tally {
	size_t by_class[ML_CLASSES];
	size_t failed[ML_SEVERITIES]; /* of ML_CLASS_FAILED, by severity */
	size_t unknown_gated;         /* unknown, at or above the threshold */
	size_t lost;                  /* targets of which nothing was judged */
};
void ml_tally(const struct ml_findings *findings, enum ml_severity fail_on, struct ml_tally *out);
/* The same for one run. */
void ml_tally_run(const struct ml_run *run, enum ml_severity fail_on, struct ml_tally *tally);

/* Rules that profiles leave out of what they extend, by policy and kind, each once however many targets it judged. */
struct ml_narrowed {
	const struct ml_policy_text *policy;
	struct ml_str kind;
};
/* At most `max` of them; how many. */
size_t ml_narrowed_find(const struct ml_findings *findings, struct ml_narrowed *out, size_t max);

#define ML_NARROWED_MAX 64

#define ML_RULE_LOST "MERLON-TARGET" /* the rule of ml_findings_lost */

#endif

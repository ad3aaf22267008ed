/* SPDX-License-Identifier: Apache-2.0 */
/* Judging: what its parts share. */
#ifndef ML_POLICIES_JUDGE_PRIV_H
#define ML_POLICIES_JUDGE_PRIV_H

#include "facts/lines.h"
#include "policies/findings-priv.h"
#include "policies/judge.h"

#define ML_BECAUSE_MAX  10  /* facts that one finding shows; the others are counted */
#define ML_MESSAGE_MAX  600 /* bytes of a message */
#define ML_ORIGINS_MAX  8   /* places behind each other that a finding shows */

/* What `each` gave: rules of a pack share a few. */
struct ml_elements {
	const struct ml_cel_program *program;
	struct ml_str text;          /* of `each` */
	struct ml_value value;       /* LIST or MAP; else UNKNOWN or ERROR */
	struct ml_str *names;        /* of a list's first `nnames`, made when first needed; a map's are its keys */
	struct ml_str *identities;   /* the same, normalised for fingerprints */
	size_t nnames, nidentities;
	struct ml_str hidden;        /* why a part that it reads is unknown; "" when none is */
	bool hidden_known;           /* `hidden` was looked for */
	bool simple;                 /* `each` is a plain path: "services", "build.stages" */
	struct ml_judged_rule *rules; /* those to be judged for each of them */
};

/* The verdict of a rule on an element that sets no field which the rule reads: it is the same for all such. */
struct ml_plain {
	uint64_t reads[ML_CEL_READ_WORDS]; /* the slots of `it` */
	bool usable;  /* the rule reads `it` by its fields only, and not `key` */
	bool known;
	enum ml_verdict verdict;
};

/* A rule of the policy that is being judged. */
struct ml_judged_rule {
	const struct ml_rule *rule;
	size_t text;                /* its index in the run's rules */
	size_t counts[ML_VERDICTS]; /* so far */
	struct ml_plain plain;
	struct ml_judged_rule *next; /* of the same elements */
	uint64_t cost;               /* steps that its evaluations took so far */
};

struct ml_judge {
	struct ml_arena *arena;   /* of the run */
	struct ml_arena *scratch; /* released after each element */
	struct ml_cel_cache *cache;
	const struct ml_facts *facts;
	const struct ml_policy *policy;
	const struct ml_rule *rule;
	struct ml_run *run;
	size_t results_cap, rules_cap, policies_cap;
	struct ml_judged_rule *judged; /* of the rule */
	struct ml_value *vars;     /* by the env's order */
	size_t nvars;
	struct ml_value params;
	struct ml_elements *elements; /* those seen of this policy */
	size_t nelements, elements_cap;
	struct ml_lines lines;
	struct ml_judge_budget budget;
	size_t gated; /* results beyond ML_FINDINGS_LISTED that are listed for the gate */
	int error;
};

/* One element under a rule. */
struct ml_case {
	struct ml_elements *elements; /* NULL: the whole target */
	size_t index;
	const struct ml_value *it; /* NULL: the whole target */
	enum ml_verdict verdict;
	const struct ml_policy_expr *decided; /* the expression whose value settled it */
	struct ml_value value;     /* that value */
};

/* judge-elements.c */
struct ml_elements *ml_judge_elements(struct ml_judge *j);
struct ml_str ml_element_name(struct ml_judge *j, struct ml_elements *elements, size_t index);
/* What the fingerprint sees of it; two of one list never share it. */
struct ml_str ml_element_identity(struct ml_judge *j, struct ml_elements *elements, size_t index);
/* "services.api", "stages[0]": in scratch. */
struct ml_str ml_element_path(struct ml_judge *j, struct ml_elements *elements, size_t index);
/* Why what an empty `each` reads may not be all there is; "" when it is. */
struct ml_str ml_elements_hidden(struct ml_judge *j, struct ml_elements *elements);

/* judge-finding.c: fills place, message, because and fingerprint of a failing or unknown result. */
void ml_judge_explain(struct ml_judge *j, const struct ml_case *c, struct ml_result *out);
/* The same of one that was not judged, since the budget is used up. */
void ml_judge_give_up(struct ml_judge *j, const struct ml_case *c, struct ml_result *out);
bool ml_judge_used_up(const struct ml_judge *j); /* the budget of the rule, or of the target */
struct ml_value ml_judge_eval(struct ml_judge *j, const struct ml_policy_expr *expr, struct ml_cel_trace *trace);

/* judge-plain.c: what a rule reads of its elements, and whether an element is plain to it. */
struct ml_plain ml_judge_plain(const struct ml_rule *rule, size_t it);
bool ml_judge_is_plain(const struct ml_plain *plain, const struct ml_value *it);

/* judge-place.c: places as findings show them; in the run's arena. */
struct ml_place ml_judge_place(struct ml_judge *j, uint32_t loc);  /* of the value */
struct ml_place ml_judge_offence(struct ml_judge *j, uint32_t loc); /* of the key that it stands under, else of the value */
struct ml_place ml_judge_start(struct ml_judge *j); /* the target's first line */

/* judge-value.c: a value as one line of JSON, cut to what a person looks at; canonical, so that it reads back to itself. */
struct ml_str ml_judge_value(struct ml_arena *arena, const struct ml_value *value);

/* judge.c: judges by one policy with other parameters than its own; for tests of rules. */
int ml_judge_one(struct ml_arena *arena, const struct ml_facts *facts, const struct ml_policy *policy, const struct ml_value *params, struct ml_run *out);

/* judge-facts.c: facts from the YAML of a rule's test. NULL with the first thing that does not fit in *why. *params is ABSENT when the
 * test sets none. */
struct ml_facts *ml_judge_facts(struct ml_arena *arena, const struct ml_policy *policy, const struct ml_policy_test *test, struct ml_value *params, struct ml_str *why);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Judging: facts under policies give verdicts, each with the facts that decided it. */
#ifndef ML_POLICIES_JUDGE_H
#define ML_POLICIES_JUDGE_H

#include "facts/facts.h"
#include "policies/findings.h"

/* What judging one target may take, in steps of CEL (ml_cel_run.cost; some 50 million a second):
 * one rule over all its elements, and all rules together. Elements that a rule did not come to when
 * it is used up are `unknown` under the rule, each at its place, with a message that names it. */
#define ML_JUDGE_RULE_COST   200000000u
#define ML_JUDGE_TARGET_COST 1000000000u
struct ml_judge_budget {
	uint64_t rule, target;
	/* Fails and unknowns of rules from here on are listed up to ML_FINDINGS_GATED. */
	enum ml_severity gate;
};

/* Judges one target. Rules of other kinds are passed over. For each rule: `each` gives the
 * elements (an unknown list is one `unknown`; an empty one `notapplicable`, or `unknown` when
 * the facts are incomplete and the part that `each` reads is touched); `when` false is
 * `notapplicable`, unknown or error is `unknown`; `assert` true is `pass`, false `fail`, unknown
 * or error `unknown` with the reason. Never `pass` for what was not read. Diagnostics of level
 * error in the facts make a result "MERLON-PARSE" `unknown`, severity high: what a parser
 * skipped cannot be vouched for. The place of a failure: `at` when it is written, else the first
 * deciding fact with a place within the element, else the element's own, else the target's first
 * line. What stands under a key is shown from the key on. Of one rule and verdict
 * ML_FINDINGS_LISTED results are listed, of fails and unknowns of medium severity and above
 * ML_FINDINGS_GATED, the others counted; of those beyond the first bound the later ones have no
 * `because` and stand at their element, when looking for what decided takes too many steps.
 * Deterministic: no clock, no locale. 0, ML_ENOMEM, ML_ELIMIT. */
int ml_judge(struct ml_arena *arena, const struct ml_facts *facts, const struct ml_policies *policies, struct ml_run *out);

/* The same within another budget. */
int ml_judge_within(struct ml_arena *arena, const struct ml_facts *facts,
	const struct ml_policies *policies, struct ml_judge_budget budget, struct ml_run *out);

/* One rule's test. Its facts are as a collector would give them, typed by the schema: closed records, words of closed vocabularies, durations as "30s"; {$unknown: reason} anywhere is what could not be
 * read; the `name` of an element of a map need not repeat its key; what is not written has its default. `expect` is a verdict for every element (or the rule without `each`), of which
 * there must be one, or lists of elements by verdict: each must be there with that verdict, and an element that is not named must not be fail or unknown.
 * An element is called by its key; in a list by the fields of its identity with blanks between them, by itself when it is a scalar, else by its index; the second of a name is
 * "NAME#2". The result: whether the verdicts are as expected; if not *why says what differs. ML_ETYPE when the test's facts do not fit the schema (*why has the place). */
int ml_judge_test(struct ml_arena *arena, const struct ml_policy *policy, const struct ml_rule *rule, const struct ml_policy_test *test,
	bool *ok, struct ml_str *why);

/* Whether a test's facts and parameters fit the schema, without judging them: what does not is an
 * error in `diags`, which is of `arena`. `bytes` is the text of policy->file, for the line below the
 * message; may be empty. 0, ML_ETYPE, ML_ENOMEM. */
int ml_judge_check_test(struct ml_arena *arena, const struct ml_policy *policy,
	const struct ml_policy_test *test, struct ml_str bytes, struct ml_diags *diags);

#endif

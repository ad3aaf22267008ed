/* SPDX-License-Identifier: Apache-2.0 */
/* A pinned policy proves itself before anybody gets it: it loads, its tests pass, and the facts
 * that it was made of pass it. */
#include "policies/judge.h"
#include "policies/pin.h"

static int load(
	struct ml_arena *arena, struct ml_str text, struct ml_policies *out, struct ml_error *err)
{
	struct ml_policy_source source = {ML_STR("pinned"), ML_STR(""), text, true};
	struct ml_policies_wish wish = {.tests = true, .strict = true};
	struct ml_diags diags = {.arena = arena, .max = 1};
	int r = ml_policies_load(arena, &source, 1, &wish, &diags, out);

	if (r == ML_ENOMEM)
		return r;
	if (r || diags.n)
		return ml_fail(err, ML_ETYPE, "line %u: %.*s", diags.items[0].line,
			ML_STR_ARG(diags.items[0].message));
	return 0;
}

static int run_tests(struct ml_arena *arena, const struct ml_policy *policy, struct ml_error *err)
{
	for (size_t i = 0; i < policy->nrules; i++)
		for (size_t k = 0; k < policy->rules[i].ntests; k++) {
			struct ml_arena_mark mark = ml_arena_mark(arena);
			struct ml_str why;
			bool ok = false;
			int r = ml_judge_test(arena, policy, &policy->rules[i],
				&policy->rules[i].tests[k], &ok, &why);
			if (r == ML_ENOMEM)
				return r;
			if (r || !ok)
				return ml_fail(err, ML_ETYPE, "a test of %.*s: %.*s",
					ML_STR_ARG(policy->rules[i].id), ML_STR_ARG(why));
			ml_arena_release(arena, mark);
		}
	return 0;
}

static int judge(
	const struct ml_facts *facts, const struct ml_policies *policies, struct ml_error *err)
{
	struct ml_run run;
	int r = ml_judge(facts->arena, facts, policies, &run);

	for (size_t i = 0; r == 0 && i < run.nresults; i++) {
		const struct ml_result *result = &run.results[i];
		bool ours = ml_str_starts(result->rule, ML_STR("PIN-"));
		if (ours && result->verdict != ML_PASS && result->verdict != ML_NOTAPPLICABLE)
			r = ml_fail(err, ML_ETYPE, "%.*s: %.*s", ML_STR_ARG(result->rule),
				ML_STR_ARG(result->message));
	}
	return r;
}

int ml_pin_check(const struct ml_facts *facts, struct ml_str policy, struct ml_error *err)
{
	struct ml_policies policies;
	int r = load(facts->arena, policy, &policies, err);

	if (r == 0)
		r = run_tests(facts->arena, &policies.items[0], err);
	return r ? r : judge(facts, &policies, err);
}

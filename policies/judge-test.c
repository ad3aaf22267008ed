/* SPDX-License-Identifier: Apache-2.0 */
/* Running the tests that stand in rules: verdicts against what is expected. */
#include "policies/judge-priv.h"

/* A test whose verdicts are compared. */
struct trial {
	struct ml_arena *arena;
	const struct ml_yaml_node *expect;
	const struct ml_run *run;
	struct ml_str *why;
};

static bool differs(const struct trial *t, struct ml_str element, const char *got, const char *want, struct ml_str message)
{
	*t->why = ml_strf(t->arena, "%s%.*s%sgot %s, want %s%s%.*s%s", element.len ? "\"" : "", ML_STR_ARG(element), element.len ? "\": " : "", got, want,
		message.len ? " (" : "", ML_STR_ARG(message), message.len ? ")" : "");
	return false;
}

static const struct ml_result *result_of(const struct ml_run *run, struct ml_str element)
{
	for (size_t i = 0; i < run->nresults; i++)
		if (ml_str_eq(run->results[i].element, element))
			return &run->results[i];
	return NULL;
}

/* A word: the verdict of every element, of which there must be one. */
static bool check_all(const struct trial *t)
{
	struct ml_str want = ml_yaml_text(t->expect);

	for (size_t i = 0; i < t->run->nresults; i++) {
		const struct ml_result *result = &t->run->results[i];
		if (!ml_str_is(want, ml_verdict_words[result->verdict]))
			return differs(t, result->element, ml_verdict_words[result->verdict], ml_str_dup(t->arena, want).ptr, result->message);
	}
	return t->run->nresults > 0;
}

static bool check_named(const struct trial *t, struct ml_str verdict, const struct ml_yaml_node *element, bool *named)
{
	const struct ml_result *result = element->kind == ML_YAML_SCALAR ? result_of(t->run, ml_yaml_text(element)) : NULL;
	const char *want = ml_str_dup(t->arena, verdict).ptr;

	if (!result)
		return differs(t, element->kind == ML_YAML_SCALAR ? ml_yaml_text(element) : ML_STR("?"), "no such element", want, ML_STR_NONE);
	named[result - t->run->results] = true;
	if (ml_str_is(verdict, ml_verdict_words[result->verdict]))
		return true;
	return differs(t, result->element, ml_verdict_words[result->verdict], want, result->message);
}

/* {fail: [a], pass: [b]}: what is not named must neither fail nor be unknown. */
static bool check_map(const struct trial *t)
{
	bool *named = ml_alloc_array(t->arena, t->run->nresults, sizeof(*named));

	for (uint32_t i = 0; named && i < t->expect->n; i++) {
		struct ml_str verdict = ml_yaml_text(ml_yaml_deref(ml_yaml_key(t->expect, i)));
		const struct ml_yaml_node *list = ml_yaml_deref(ml_yaml_value(t->expect, i));
		if (list->kind == ML_YAML_SCALAR && !check_named(t, verdict, list, named))
			return false;
		for (uint32_t k = 0; list->kind == ML_YAML_SEQ && k < list->n; k++)
			if (!check_named(t, verdict, ml_yaml_deref(list->items[k]), named))
				return false;
	}
	for (size_t i = 0; named && i < t->run->nresults; i++) {
		const struct ml_result *result = &t->run->results[i];
		if (!named[i] && (result->verdict == ML_FAIL || result->verdict == ML_UNKNOWN))
			return differs(t, result->element, ml_verdict_words[result->verdict], "pass or notapplicable, since it is not named", result->message);
	}
	return named != NULL;
}

int ml_judge_test(struct ml_arena *arena, const struct ml_policy *policy, const struct ml_rule *rule, const struct ml_policy_test *test, bool *ok, struct ml_str *why)
{
	struct ml_rule one = *rule;
	struct ml_policy alone = *policy;
	struct ml_value params;
	struct ml_facts *facts = ml_judge_facts(arena, policy, test, &params, why);
	struct ml_run run;
	struct trial t = {arena, ml_yaml_deref(test->expect), &run, why};
	int r;

	*ok = false;
	if (!facts)
		return ml_arena_failed(arena) ? ML_ENOMEM : ML_ETYPE;
	alone.rules = &one;
	alone.nrules = 1;
	r = ml_judge_one(arena, facts, &alone, &params, &run);
	if (r)
		return r;
	*ok = t.expect->kind == ML_YAML_MAP ? check_map(&t) : check_all(&t);
	return ml_arena_failed(arena) ? ML_ENOMEM : 0;
}

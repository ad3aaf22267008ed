/* SPDX-License-Identifier: Apache-2.0 */
/* Findings built by hand, for what no findings file can hold or would make too long. */
#include "tests/unit/reports/sample.h"

static struct ml_rule_text *many_rules(struct ml_arena *arena, size_t n)
{
	struct ml_rule_text *rules = ml_alloc_array(arena, n, sizeof(*rules));

	for (size_t i = 0; i < n; i++)
		rules[i] = (struct ml_rule_text){.id = ml_strf(arena, "RULE-%06zu", i), .title = ML_STR("A rule"),
			.fix = ML_STR("Mend it."), .severity = (enum ml_severity)(ML_SEV_CRITICAL - i % ML_SEVERITIES)};
	return rules;
}

struct ml_findings sample_many(struct ml_arena *arena, size_t n, size_t rules)
{
	struct ml_run *run = ml_alloc(arena, sizeof(*run));

	*run = (struct ml_run){.uri = ML_STR("docker-compose.yml"), .kind = ML_STR("config.compose"), .nresults = n,
		.nrules = rules, .rules = many_rules(arena, rules), .summary = {[ML_FAIL] = n}};
	run->results = ml_alloc_array(arena, n, sizeof(*run->results));
	for (size_t i = 0; i < n; i++) {
		const struct ml_rule_text *rule = &run->rules[i * rules / n];

		run->results[i] = (struct ml_result){.rule = rule->id, .severity = rule->severity, .verdict = ML_FAIL,
			.element = ml_strf(arena, "service-%zu", i), .message = ML_STR("is wrong"),
			.place = {.file = run->uri, .line = (uint32_t)i + 1, .col = 3, .end_col = 7, .text = ML_STR("  text: here")}};
	}
	return (struct ml_findings){run, 1};
}

static struct ml_place place_of(struct ml_arena *arena, struct ml_str text, bool origin)
{
	struct ml_place *second = NULL;

	if (origin) {
		second = ml_alloc(arena, sizeof(*second));
		*second = place_of(arena, text, false);
		second->line = 9;
	}
	return (struct ml_place){.file = text, .line = 3, .col = 2, .end_col = 4, .text = text, .origin = second};
}

static void fill_result(struct ml_arena *arena, struct ml_str text, size_t i, struct ml_result *out)
{
	struct ml_because *because = ml_alloc(arena, sizeof(*because));

	*because = (struct ml_because){.fact = text, .value = text, .place = place_of(arena, text, true)};
	*out = (struct ml_result){.rule = text, .severity = (enum ml_severity)(ML_SEV_CRITICAL - i / ML_VERDICTS),
		.verdict = (enum ml_verdict)(i % ML_VERDICTS), .element = text, .message = text, .place = place_of(arena, text, true),
		.because = because, .nbecause = 1, .because_dropped = 2, .fingerprint = "0123456789abcdef0123456789abcdef",
		.waiver = text, .known = i % 7 == 3};
}

static struct ml_rule_text *one_rule(struct ml_arena *arena, struct ml_str text)
{
	struct ml_rule_text *rule = ml_alloc(arena, sizeof(*rule));
	struct ml_policy_ref *ref = ml_alloc(arena, sizeof(*ref));
	struct ml_str *id = ml_alloc(arena, sizeof(*id));

	*id = text;
	*ref = (struct ml_policy_ref){.framework = text, .ids = id, .n = 1};
	*rule = (struct ml_rule_text){.id = text, .policy = text, .title = text, .rationale = text, .fix = text,
		.severity = ML_SEV_HIGH, .refs = ref, .nrefs = 1};
	return rule;
}

struct ml_findings sample_of(struct ml_arena *arena, struct ml_str text)
{
	struct ml_run *run = ml_alloc(arena, sizeof(*run));
	struct ml_policy_text *policy = ml_alloc(arena, sizeof(*policy));
	struct ml_diag *diag = ml_alloc(arena, sizeof(*diag));

	*policy = (struct ml_policy_text){.id = text, .title = text};
	*diag = (struct ml_diag){.level = ML_DIAG_ERROR, .file = text, .line = 1, .col = 1, .message = text, .hint = text, .source = text};
	*run = (struct ml_run){.uri = text, .kind = text, .policies = policy, .npolicies = 1, .rules = one_rule(arena, text), .nrules = 1,
		.sandbox = text, .nresults = ML_SEVERITIES * ML_VERDICTS, .diags = diag, .ndiags = 1, .diags_dropped = 3};
	run->results = ml_alloc_array(arena, run->nresults, sizeof(*run->results));
	for (size_t i = 0; i < run->nresults; i++) {
		fill_result(arena, text, i, &run->results[i]);
		run->summary[run->results[i].verdict]++;
	}
	return (struct ml_findings){run, 1};
}

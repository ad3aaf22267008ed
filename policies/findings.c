/* SPDX-License-Identifier: Apache-2.0 */
/* The findings model: order, counts, merging, the gate. */
#include "policies/findings.h"

#include "base/sort.h"
#include "policies/findings-priv.h"

const char *const ml_verdict_words[] = {"pass", "fail", "unknown", "notapplicable", "waived", NULL};

static int cmp_size(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

static int cmp_place(const struct ml_place *a, const struct ml_place *b)
{
	int order = ml_str_cmp(a->file, b->file);

	order = order ? order : cmp_size(a->line, b->line);
	return order ? order : cmp_size(a->col, b->col);
}

/* Total up to what a report could tell apart, so that the order of a document never depends on who wrote it. */
static int cmp_results(const void *a, const void *b)
{
	const struct ml_result *x = a, *y = b;
	int order = (int)y->severity - (int)x->severity;

	order = order ? order : ml_str_cmp(x->rule, y->rule);
	order = order ? order : cmp_place(&x->place, &y->place);
	order = order ? order : ml_str_cmp(x->element, y->element);
	order = order ? order : (int)x->verdict - (int)y->verdict;
	order = order ? order : ml_str_cmp(x->message, y->message);
	return order ? order : strcmp(x->fingerprint, y->fingerprint);
}

static int cmp_rules(const void *a, const void *b)
{
	return ml_str_cmp(((const struct ml_rule_text *)a)->id, ((const struct ml_rule_text *)b)->id);
}

static void count(struct ml_run *run)
{
	memset(run->summary, 0, sizeof(run->summary));
	for (size_t i = 0; i < run->nresults; i++)
		run->summary[run->results[i].verdict]++;
	for (size_t i = 0; i < run->nrules; i++)
		for (int v = 0; v < ML_VERDICTS; v++)
			run->summary[v] += run->rules[i].unlisted[v];
}

int ml_run_settle(struct ml_arena *arena, struct ml_run *run)
{
	count(run);
	if (ml_sort(arena, run->results, run->nresults, sizeof(*run->results), cmp_results) ||
		ml_sort(arena, run->rules, run->nrules, sizeof(*run->rules), cmp_rules))
		return ML_ENOMEM;
	return 0;
}

const struct ml_rule_text *ml_run_rule(const struct ml_run *run, struct ml_str id)
{
	size_t low = 0, high = run->nrules;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = ml_str_cmp(id, run->rules[middle].id);
		if (order == 0)
			return &run->rules[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static int cmp_policies(const struct ml_run *a, const struct ml_run *b)
{
	size_t n = a->npolicies < b->npolicies ? a->npolicies : b->npolicies;

	for (size_t i = 0; i < n; i++) {
		int order = ml_str_cmp(a->policies[i].id, b->policies[i].id);
		order = order ? order : strcmp(a->policies[i].sha256, b->policies[i].sha256);
		if (order)
			return order;
	}
	return cmp_size(a->npolicies, b->npolicies);
}

int ml_run_cmp(const void *a, const void *b)
{
	const struct ml_run *x = a, *y = b;
	int order = ml_str_cmp(x->uri, y->uri);

	order = order ? order : ml_str_cmp(x->kind, y->kind);
	return order ? order : cmp_policies(x, y);
}

int ml_runs_sort(struct ml_arena *arena, struct ml_run *runs, size_t n)
{
	return ml_sort(arena, runs, n, sizeof(*runs), ml_run_cmp);
}

int ml_findings_merge(struct ml_arena *arena, const struct ml_findings *parts, size_t n, struct ml_findings *out, struct ml_error *err)
{
	size_t total = 0;

	*out = (struct ml_findings){0};
	for (size_t i = 0; i < n; i++)
		total += parts[i].nruns;
	out->runs = ml_alloc_array(arena, total, sizeof(*out->runs));
	if (!out->runs)
		return ml_fail(err, ML_ENOMEM, "%s", ml_strcode(ML_ENOMEM));
	for (size_t i = 0; i < n; i++) {
		if (parts[i].nruns)
			memcpy(out->runs + out->nruns, parts[i].runs, parts[i].nruns * sizeof(*out->runs));
		out->nruns += parts[i].nruns;
	}
	if (ml_runs_sort(arena, out->runs, total))
		return ml_fail(err, ML_ENOMEM, "%s", ml_strcode(ML_ENOMEM));
	for (size_t i = 1; i < total; i++)
		if (ml_run_cmp(&out->runs[i - 1], &out->runs[i]) == 0)
			return ml_fail(err, ML_EDUP, "%.*s (%.*s) was judged twice", ML_STR_ARG(out->runs[i].uri), ML_STR_ARG(out->runs[i].kind));
	return 0;
}

/* What stands against a run at or above a severity. */
static bool has(const struct ml_run *run, enum ml_verdict verdict, enum ml_severity least)
{
	for (size_t i = 0; i < run->nresults; i++) {
		const struct ml_result *result = &run->results[i];
		if (result->verdict == verdict && !result->known && result->severity >= least)
			return true;
	}
	for (size_t i = 0; i < run->nrules; i++)
		if (run->rules[i].unlisted[verdict] && run->rules[i].severity >= least)
			return true;
	return false;
}

int ml_findings_gate(const struct ml_findings *findings, enum ml_severity fail_on)
{
	bool failed = false, unknown = findings->nruns == 0;

	for (size_t i = 0; i < findings->nruns; i++) {
		failed = failed || has(&findings->runs[i], ML_FAIL, fail_on);
		unknown = unknown || has(&findings->runs[i], ML_UNKNOWN, fail_on);
	}
	return failed ? 1 : unknown ? 3 : 0;
}

int ml_findings_lost(struct ml_arena *arena, struct ml_str uri, struct ml_str kind, struct ml_str why, struct ml_findings *out)
{
	const struct ml_rule_text *text = ml_own_rule(ML_STR("MERLON-TARGET"));
	struct ml_run *run = ml_alloc(arena, sizeof(*run));
	struct ml_result *result = ml_alloc(arena, sizeof(*result));
	struct ml_rule_text *rule = ml_alloc(arena, sizeof(*rule));

	*out = (struct ml_findings){0};
	if (!run || !result || !rule)
		return ML_ENOMEM;
	*rule = *text;
	*result = (struct ml_result){.rule = text->id, .severity = text->severity, .verdict = ML_UNKNOWN, .message = why, .place = {.file = uri}};
	ml_fingerprint(kind, uri, text->id, ML_STR_NONE, ML_STR_NONE, result->fingerprint);
	*run = (struct ml_run){.uri = uri, .kind = kind, .rules = rule, .nrules = 1, .results = result, .nresults = 1};
	*out = (struct ml_findings){.runs = run, .nruns = 1};
	return ml_run_settle(arena, run);
}

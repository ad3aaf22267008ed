/* SPDX-License-Identifier: Apache-2.0 */
/* The results of all runs in one order, what the gate makes of each, and their numbers. */
#include "reports/items-priv.h"

#include "base/sort.h"

const char *ml_report_severity(enum ml_severity severity)
{
	return ml_severity_words[(unsigned)severity < ML_SEVERITIES ? severity : ML_SEV_INFO];
}

enum ml_class ml_report_class(const struct ml_result *result, enum ml_severity fail_on)
{
	switch (result->verdict) {
	case ML_PASS:
		return ML_CLASS_PASSED;
	case ML_NOTAPPLICABLE:
		return ML_CLASS_NOTAPPLICABLE;
	case ML_WAIVED:
		return ML_CLASS_WAIVED;
	case ML_FAIL:
		if (result->known)
			return ML_CLASS_KNOWN;
		return result->severity >= fail_on ? ML_CLASS_FAILED : ML_CLASS_BELOW;
	default:
		return result->known ? ML_CLASS_KNOWN : ML_CLASS_UNKNOWN;
	}
}

const struct ml_rule_text *ml_report_rule(const struct ml_run *run, struct ml_str id)
{
	size_t from = 0, to = run->nrules;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = ml_str_cmp(run->rules[middle].id, id);

		if (order == 0)
			return &run->rules[middle];
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

static int cmp_size(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

static int cmp_place(const struct ml_place *a, const struct ml_place *b)
{
	int order = ml_str_cmp(a->file, b->file);

	if (order == 0)
		order = cmp_size(a->line, b->line);
	return order ? order : cmp_size(a->col, b->col);
}

int ml_item_cmp(const void *va, const void *vb)
{
	const struct ml_item *a = va, *b = vb;
	int order = cmp_size(b->result->severity, a->result->severity);

	if (order == 0)
		order = ml_str_cmp(a->result->rule, b->result->rule);
	if (order == 0)
		order = cmp_size(a->order, b->order);
	if (order == 0)
		order = cmp_place(&a->result->place, &b->result->place);
	return order ? order : ml_str_cmp(a->result->element, b->result->element);
}

static void add_run(const struct ml_findings *findings, size_t order, enum ml_severity fail_on, unsigned classes,
	struct ml_items *out)
{
	const struct ml_run *run = &findings->runs[order];

	for (size_t i = 0; i < run->nresults; i++) {
		const struct ml_result *result = &run->results[i];

		if (classes >> ml_report_class(result, fail_on) & 1)
			out->items[out->n++] = (struct ml_item){run, result, ml_report_rule(run, result->rule), order};
	}
}

bool ml_items_collect(const struct ml_findings *findings, enum ml_severity fail_on, unsigned classes, struct ml_arena *scratch,
	struct ml_items *out)
{
	size_t most = 0;

	for (size_t i = 0; i < findings->nruns; i++)
		most += findings->runs[i].nresults;
	*out = (struct ml_items){.items = ml_alloc_array(scratch, most, sizeof(*out->items))};
	if (!out->items)
		return false;
	for (size_t i = 0; i < findings->nruns; i++)
		add_run(findings, i, fail_on, classes, out);
	return ml_sort(scratch, out->items, out->n, sizeof(*out->items), ml_item_cmp) == 0;
}

static void count(struct ml_tally *tally, const struct ml_result *result, enum ml_severity fail_on, size_t n)
{
	enum ml_class class = ml_report_class(result, fail_on);
	unsigned severity = (unsigned)result->severity < ML_SEVERITIES ? result->severity : ML_SEV_INFO;

	tally->by_class[class] += n;
	if (class == ML_CLASS_FAILED)
		tally->failed[severity] += n;
	if (class == ML_CLASS_UNKNOWN && result->severity >= fail_on)
		tally->unknown_gated += n;
	if (result->verdict == ML_UNKNOWN && ml_str_is(result->rule, ML_RULE_LOST))
		tally->lost += n;
}

struct ml_result ml_report_unlisted(const struct ml_rule_text *rule, enum ml_verdict verdict)
{
	return (struct ml_result){.rule = rule->id, .severity = rule->severity, .verdict = verdict};
}

void ml_tally_run(const struct ml_run *run, enum ml_severity fail_on, struct ml_tally *tally)
{
	for (size_t i = 0; i < run->nresults; i++)
		count(tally, &run->results[i], fail_on, 1);
	for (size_t i = 0; i < run->nrules; i++)
		for (int v = 0; v < ML_VERDICTS; v++) {
			struct ml_result result = ml_report_unlisted(&run->rules[i], (enum ml_verdict)v);
			count(tally, &result, fail_on, run->rules[i].unlisted[v]);
		}
}

void ml_tally(const struct ml_findings *findings, enum ml_severity fail_on, struct ml_tally *out)
{
	*out = (struct ml_tally){0};
	for (size_t i = 0; i < findings->nruns; i++)
		ml_tally_run(&findings->runs[i], fail_on, out);
}

static bool same_policy(const struct ml_policy_text *a, const struct ml_policy_text *b)
{
	return ml_str_eq(a->id, b->id) && a->left_out == b->left_out && strcmp(a->sha256, b->sha256) == 0;
}

static bool is_in(const struct ml_narrowed *all, size_t n, const struct ml_policy_text *policy, struct ml_str kind)
{
	for (size_t i = 0; i < n; i++)
		if (ml_str_eq(all[i].kind, kind) && same_policy(all[i].policy, policy))
			return true;
	return false;
}

size_t ml_narrowed_find(const struct ml_findings *findings, struct ml_narrowed *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < findings->nruns; i++)
		for (size_t k = 0; k < findings->runs[i].npolicies && n < max; k++) {
			const struct ml_policy_text *policy = &findings->runs[i].policies[k];
			if (policy->left_out && !is_in(out, n, policy, findings->runs[i].kind))
				out[n++] = (struct ml_narrowed){policy, findings->runs[i].kind};
		}
	return n;
}

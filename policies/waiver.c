/* SPDX-License-Identifier: Apache-2.0 */
/* Applying waivers and baselines: labels on results, and results about the waivers themselves. */
#include "policies/waiver-priv.h"

#include "base/sort.h"
#include "policies/findings-priv.h"

/* Waivers sorted by rule, as they are looked up. */
struct index {
	struct ml_waiver **items;
	size_t n;
};

static int cmp_waivers(const void *a, const void *b)
{
	return ml_str_cmp((*(struct ml_waiver *const *)a)->rule, (*(struct ml_waiver *const *)b)->rule);
}

static int index_waivers(struct ml_arena *arena, struct ml_waiver *waivers, size_t n, struct index *out)
{
	*out = (struct index){ml_alloc_array(arena, n, sizeof(*out->items)), n};
	if (!out->items)
		return ML_ENOMEM;
	for (size_t i = 0; i < n; i++)
		out->items[i] = &waivers[i];
	return ml_sort(arena, out->items, n, sizeof(*out->items), cmp_waivers);
}

static size_t first_of(const struct index *index, struct ml_str rule)
{
	size_t low = 0, high = index->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (ml_str_cmp(index->items[middle]->rule, rule) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool glob_or_all(struct ml_str pattern, struct ml_str s)
{
	return pattern.len == 0 || ml_str_glob(pattern, s);
}

static bool at_line(const struct ml_waiver *waiver, const struct ml_place *place)
{
	return place->line && ml_str_eq(waiver->file, place->file) && (waiver->line == place->line || waiver->line + 1 == place->line);
}

static bool matches(const struct ml_waiver *waiver, const struct ml_run *run, const struct ml_result *result)
{
	if (waiver->inline_)
		return at_line(waiver, &result->place) || at_line(waiver, &result->element_place);
	return glob_or_all(waiver->target, run->uri) && glob_or_all(waiver->element, result->element) &&
		(waiver->fingerprint.len == 0 || ml_str_is(waiver->fingerprint, result->fingerprint));
}

/* What applying needs. */
struct apply {
	struct ml_arena *arena;
	int32_t today;
	struct ml_findings *findings;
	enum ml_severity *expired; /* by waiver: the worst that it would waive */
};

static void label(struct apply *a, struct ml_result *result, const struct ml_waiver *waiver)
{
	result->verdict = ML_WAIVED;
	result->in_source = waiver->inline_;
	result->waiver = ml_strf(a->arena, "%.*s: %.*s (until %.*s)", ML_STR_ARG(waiver->owner), ML_STR_ARG(waiver->reason),
		ML_STR_ARG(ml_date_text(a->arena, waiver->until)));
}

/* All waivers of the result's rule are looked at, so that each that matches is known to be in use. */
static void try_waivers(struct apply *a, const struct index *index, const struct ml_waiver *base, const struct ml_run *run, struct ml_result *result)
{
	if ((result->verdict != ML_FAIL && result->verdict != ML_UNKNOWN) || ml_own_rule(result->rule))
		return;
	for (size_t i = first_of(index, result->rule); i < index->n && ml_str_eq(index->items[i]->rule, result->rule); i++) {
		struct ml_waiver *waiver = index->items[i];
		if (!matches(waiver, run, result))
			continue;
		waiver->matched++;
		if (waiver->until >= a->today && result->verdict != ML_WAIVED)
			label(a, result, waiver);
		else if (waiver->until < a->today && a->expired[waiver - base] < result->severity)
			a->expired[waiver - base] = result->severity;
	}
}

static int add_rule(struct ml_arena *arena, struct ml_run *run, const char *id)
{
	size_t cap = run->nrules;

	for (size_t i = 0; i < run->nrules; i++)
		if (ml_str_is(run->rules[i].id, id))
			return 0;
	if (ml_alloc_grow(arena, &run->rules, &cap, run->nrules + 1, sizeof(*run->rules)))
		return ML_ENOMEM;
	run->rules[run->nrules++] = *ml_own_rule(ml_str(id));
	return 0;
}

/* A result about a waiver. `severity` is the rule's own when it is negative. */
static int add_result(struct apply *a, struct ml_run *run, size_t *cap, const char *rule, int severity, const struct ml_waiver *waiver, struct ml_str message)
{
	struct ml_result *result;

	if (!message.ptr || add_rule(a->arena, run, rule) || ml_alloc_grow(a->arena, &run->results, cap, run->nresults + 1, sizeof(*run->results)))
		return ML_ENOMEM;
	result = &run->results[run->nresults++];
	*result = (struct ml_result){.rule = ml_str(rule), .verdict = ML_FAIL, .message = message,
		.place = {.file = waiver->file, .line = waiver->line, .col = waiver->col}};
	result->severity = severity < 0 ? ml_own_rule(result->rule)->severity : (enum ml_severity)severity;
	result->element = ml_strf(a->arena, "%.*s%s%.*s%s%.*s", ML_STR_ARG(waiver->rule), waiver->target.len ? " " : "", ML_STR_ARG(waiver->target),
		waiver->element.len ? " " : "", ML_STR_ARG(waiver->element));
	ml_fingerprint(run->kind, run->uri, result->rule, ML_STR(""), result->element, result->fingerprint);
	return result->element.ptr ? 0 : ML_ENOMEM;
}

/* What there is to say about one waiver once everything was matched. */
static int judge_waiver(struct apply *a, struct ml_run *run, size_t *cap, const struct ml_waiver *waiver, enum ml_severity worst)
{
	struct ml_str until = ml_date_text(a->arena, waiver->until);

	if (waiver->matched == 0)
		return add_result(a, run, cap, "MERLON-WAIVER-UNMATCHED", -1, waiver,
			ml_strf(a->arena, "the waiver of %.*s matches no finding", ML_STR_ARG(waiver->rule)));
	if (waiver->until >= a->today)
		return 0;
	return add_result(a, run, cap, "MERLON-WAIVER-EXPIRED", (int)worst, waiver,
		ml_strf(a->arena, "the waiver of %.*s expired on %.*s", ML_STR_ARG(waiver->rule), ML_STR_ARG(until)));
}

/* The comments of a run as waivers; those that break the law become results at once. */
static int read_comments(struct apply *a, struct ml_run *run, size_t *cap, struct ml_waivers *out)
{
	for (size_t i = 0; i < run->ncomments; i++) {
		const struct ml_comment_waiver *comment = &run->comments[i];
		struct ml_waiver waiver = {.owner = ML_STR("inline"), .file = comment->place.file, .line = comment->place.line,
			.col = comment->place.col, .inline_ = true};
		const char *wrong = ml_waiver_inline(comment->text, &waiver);
		if (wrong && add_result(a, run, cap, "MERLON-WAIVER-INVALID", -1, &waiver, ml_strf(a->arena, "this waiver waives nothing: %s", wrong)))
			return ML_ENOMEM;
		if (wrong)
			continue;
		if (ml_alloc_grow(a->arena, &out->items, &out->cap, out->n + 1, sizeof(*out->items)))
			return ML_ENOMEM;
		out->items[out->n++] = waiver;
	}
	return 0;
}

static int apply_comments(struct apply *a, struct ml_run *run)
{
	struct ml_waivers waivers = {0};
	struct index index;
	size_t cap = run->nresults, judged = run->nresults;
	int r = read_comments(a, run, &cap, &waivers);

	a->expired = ml_alloc_array(a->arena, waivers.n, sizeof(*a->expired));
	if (r || !a->expired || index_waivers(a->arena, waivers.items, waivers.n, &index))
		return ML_ENOMEM;
	for (size_t i = 0; i < judged && waivers.n; i++)
		try_waivers(a, &index, waivers.items, run, &run->results[i]);
	for (size_t i = 0; i < waivers.n && r == 0; i++)
		r = judge_waiver(a, run, &cap, &waivers.items[i], a->expired[i]);
	return r;
}

/* The run that holds what is said of the waivers of one file: the file is its target. */
static struct ml_run *run_of_file(struct apply *a, struct ml_str file, size_t *cap)
{
	struct ml_findings *findings = a->findings;
	struct ml_run *run;

	for (size_t i = findings->nruns; i > 0; i--)
		if (ml_str_is(findings->runs[i - 1].kind, "merlon.waivers") && ml_str_eq(findings->runs[i - 1].uri, file))
			return &findings->runs[i - 1];
	if (ml_alloc_grow(a->arena, &findings->runs, cap, findings->nruns + 1, sizeof(*findings->runs)))
		return NULL;
	run = &findings->runs[findings->nruns++];
	*run = (struct ml_run){.uri = file, .kind = ML_STR("merlon.waivers")};
	return run;
}

static int judge_file_waivers(struct apply *a, const struct ml_waivers *waivers)
{
	size_t cap = a->findings->nruns;
	int r = 0;

	for (size_t i = 0; i < waivers->n && r == 0; i++) {
		const struct ml_waiver *waiver = &waivers->items[i];
		struct ml_run *run;
		size_t results;
		if (waiver->matched && waiver->until >= a->today)
			continue;
		run = run_of_file(a, waiver->file, &cap);
		results = run ? run->nresults : 0;
		r = run ? judge_waiver(a, run, &results, waiver, a->expired[i]) : ML_ENOMEM;
	}
	return r;
}

int ml_waivers_apply(struct ml_arena *arena, struct ml_waivers *waivers, int32_t today, struct ml_findings *findings)
{
	struct apply a = {.arena = arena, .today = today, .findings = findings};
	enum ml_severity *expired = ml_alloc_array(arena, waivers->n, sizeof(*expired));
	struct index index;
	int r = expired ? index_waivers(arena, waivers->items, waivers->n, &index) : ML_ENOMEM;

	for (size_t i = 0; i < findings->nruns && r == 0; i++) {
		struct ml_run *run = &findings->runs[i];
		a.expired = expired;
		for (size_t k = 0; k < run->nresults && waivers->n; k++)
			try_waivers(&a, &index, waivers->items, run, &run->results[k]);
		r = run->ncomments ? apply_comments(&a, run) : 0;
	}
	a.expired = expired;
	if (r == 0)
		r = judge_file_waivers(&a, waivers);
	for (size_t i = 0; i < findings->nruns && r == 0; i++)
		r = ml_run_settle(arena, &findings->runs[i]);
	return r ? r : ml_runs_sort(arena, findings->runs, findings->nruns);
}

static int cmp_fingerprints(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool stands_against(const struct ml_result *result)
{
	return result->verdict == ML_FAIL; /* what nobody knew last time is no better known now */
}

static const char **fingerprints_of(struct ml_arena *arena, const struct ml_findings *baseline, size_t *n)
{
	const char **all;
	size_t total = 0;

	for (size_t i = 0; i < baseline->nruns; i++)
		total += baseline->runs[i].nresults;
	all = ml_alloc_array(arena, total, sizeof(*all));
	*n = 0;
	for (size_t i = 0; i < baseline->nruns && all; i++)
		for (size_t k = 0; k < baseline->runs[i].nresults; k++)
			if (stands_against(&baseline->runs[i].results[k]))
				all[(*n)++] = baseline->runs[i].results[k].fingerprint;
	return all && ml_sort(arena, all, *n, sizeof(*all), cmp_fingerprints) == 0 ? all : NULL;
}

static bool is_in(const char *const *sorted, size_t n, const char *fingerprint)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(sorted[middle], fingerprint);
		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

int ml_baseline_apply(struct ml_arena *arena, const struct ml_findings *baseline, struct ml_findings *findings)
{
	size_t n;
	const char **sorted = fingerprints_of(arena, baseline, &n);

	if (!sorted)
		return ML_ENOMEM;
	for (size_t i = 0; i < findings->nruns; i++)
		for (size_t k = 0; k < findings->runs[i].nresults; k++) {
			struct ml_result *result = &findings->runs[i].results[k];
			result->known = stands_against(result) && is_in(sorted, n, result->fingerprint);
		}
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* merlon policy lint, test, list, show. */
#include "base/log.h"
#include "base/sha256.h"
#include "policies/judge.h"
#include "policies/waiver.h"
#include "scanner/command.h"
#include "scanner/plan.h"
#include "scanner/policy-job.h"
#include "scanner/prose.h"

/* The word behind "merlon:" at the start of a line. */
static struct ml_str version_word(struct ml_str bytes)
{
	struct ml_str line;

	while (ml_str_split(&bytes, '\n', &line))
		if (ml_str_starts(line, ML_STR("merlon:")))
			return ml_str_trim(ml_str_sub(line, 7, line.len));
	return ML_STR("");
}

static bool is_waivers(const struct ml_text_file *file)
{
	return ml_str_is(version_word(file->bytes), "waivers/v1");
}

static bool is_plan(const struct ml_text_file *file)
{
	return ml_str_is(version_word(file->bytes), "plan/v1");
}

static bool is_no_policy(const struct ml_text_file *file)
{
	return is_waivers(file) || is_plan(file);
}

static size_t count_rules(const struct ml_policies *policies)
{
	size_t n = 0;

	for (size_t i = 0; i < policies->n; i++)
		n += policies->items[i].nrules;
	return n;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static int lint_others(struct ml_policy_job *job)
{
	int r = 0;

	for (size_t i = 0; i < job->packs.n && r != ML_ENOMEM; i++) {
		const struct ml_text_file *file = &job->packs.files[i];
		struct ml_waivers waivers = {0};
		struct ml_plan plan;
		if (!file->chosen)
			continue;
		if (is_waivers(file))
			r = ml_waivers_read(
				job->arena, file->name, file->bytes, &job->diags, &waivers);
		else if (is_plan(file))
			r = ml_plan_read(job->arena, file->name, file->bytes, &job->diags, &plan);
	}
	return r == ML_ENOMEM ? r : 0;
}

static struct ml_str bytes_of(const struct ml_policy_job *job, struct ml_str name)
{
	for (size_t i = 0; i < job->packs.n; i++)
		if (ml_str_eq(job->packs.files[i].name, name))
			return job->packs.files[i].bytes;
	return ML_STR_NONE;
}

/* Facts of tests are closed records, too: a misspelt one would test nothing. */
static int lint_tests(struct ml_policy_job *job)
{
	for (size_t i = 0; i < job->policies.n; i++) {
		const struct ml_policy *policy = &job->policies.items[i];
		struct ml_str bytes = bytes_of(job, policy->file);
		for (size_t k = 0; k < policy->nrules; k++)
			for (size_t t = 0; t < policy->rules[k].ntests; t++)
				if (ml_judge_check_test(job->arena, policy,
					    &policy->rules[k].tests[t], bytes,
					    &job->diags) == ML_ENOMEM)
					return ML_ENOMEM;
	}
	return 0;
}

static int lint(struct ml_policy_job *job, struct ml_buf *out)
{
	size_t files = 0, rules = count_rules(&job->policies), errors, warnings;

	if (lint_others(job) || lint_tests(job))
		return ML_EXIT_UNKNOWN;
	errors = job->diags.errors;
	warnings = job->diags.warnings;
	for (size_t i = 0; i < job->packs.n; i++)
		files += job->packs.files[i].chosen;
	ml_buf_printf(out, "%zu file%s, %zu rule%s, %zu error%s, %zu warning%s\n", files,
		plural(files), rules, plural(rules), errors, plural(errors), warnings,
		plural(warnings));
	return job->diags.errors ? ML_EXIT_USAGE : ML_EXIT_PASS;
}

int ml_cmd_lint(const struct ml_options *options)
{
	struct ml_policy_job job = {.options = options,
		.names = &options->operands,
		.wish = {.tests = true, .strict = true},
		.run = lint,
		.other = is_no_policy};

	return ml_policy_job_run(&job);
}

/* What the tests of a rule expect: at least one element that fails and one that passes. */
static bool expects(const struct ml_rule *rule, const char *verdict)
{
	for (size_t i = 0; i < rule->ntests; i++) {
		const struct ml_yaml_node *expect = rule->tests[i].expect;
		if (expect->kind == ML_YAML_SCALAR ? ml_str_is(ml_yaml_text(expect), verdict)
						   : ml_yaml_get(expect, verdict) != NULL)
			return true;
	}
	return false;
}

struct tally {
	size_t rules, tests, failed, untested;
};

static void test_rule(struct ml_policy_job *job, const struct ml_policy *policy,
	const struct ml_rule *rule, struct tally *tally, struct ml_buf *out)
{
	tally->rules++;
	for (size_t i = 0; i < rule->ntests; i++) {
		const struct ml_policy_test *test = &rule->tests[i];
		struct ml_arena_mark mark = ml_arena_mark(job->arena);
		struct ml_str why = ML_STR("out of memory");
		bool ok = false;
		tally->tests++;
		ml_judge_test(job->arena, policy, rule, test, &ok, &why);
		if (!ok) {
			tally->failed++;
			ml_buf_escaped(out, policy->file);
			ml_buf_printf(
				out, ":%u:%u: %.*s: ", test->line, test->col, ML_STR_ARG(rule->id));
			ml_buf_escaped(out, why);
			ml_buf_putc(out, '\n');
		}
		ml_arena_release(job->arena, mark);
	}
	if (expects(rule, "fail") && expects(rule, "pass"))
		return;
	tally->untested++;
	ml_buf_escaped(out, policy->file);
	ml_buf_printf(out, ":%u:%u: %.*s: has no test that expects %s\n", rule->line, rule->col,
		ML_STR_ARG(rule->id), expects(rule, "fail") ? "pass" : "fail");
}

static int test(struct ml_policy_job *job, struct ml_buf *out)
{
	struct tally tally = {0};

	if (job->broken)
		return ML_EXIT_USAGE;
	for (size_t i = 0; i < job->policies.n; i++)
		for (size_t k = 0; k < job->policies.items[i].nrules; k++)
			test_rule(job, &job->policies.items[i], &job->policies.items[i].rules[k],
				&tally, out);
	if (tally.untested)
		ml_buf_printf(out, "%zu rules lack a test that fails or one that passes\n",
			tally.untested);
	ml_buf_printf(
		out, "%zu rules, %zu tests, %zu failed\n", tally.rules, tally.tests, tally.failed);
	return tally.untested ? ML_EXIT_USAGE : tally.failed ? ML_EXIT_FAIL : ML_EXIT_PASS;
}

int ml_cmd_test(const struct ml_options *options)
{
	struct ml_policy_job job = {.options = options,
		.names = &options->operands,
		.wish = {.tests = true},
		.run = test};

	return ml_policy_job_run(&job);
}

static int list(struct ml_policy_job *job, struct ml_buf *out)
{
	size_t width = 0, policy_width = 0;

	if (job->broken)
		return ML_EXIT_USAGE;
	for (size_t i = 0; i < job->policies.n; i++) {
		policy_width = job->policies.items[i].id.len > policy_width
				       ? job->policies.items[i].id.len
				       : policy_width;
		for (size_t k = 0; k < job->policies.items[i].nrules; k++)
			if (job->policies.items[i].rules[k].id.len > width)
				width = job->policies.items[i].rules[k].id.len;
	}
	for (size_t i = 0; i < job->policies.n; i++) {
		const struct ml_policy *policy = &job->policies.items[i];
		for (size_t k = 0; k < policy->nrules; k++) {
			const struct ml_rule *rule = &policy->rules[k];
			ml_buf_printf(out, "%-*.*s  %-8s  %-*.*s  ", (int)width,
				ML_STR_ARG(rule->id), ml_severity_words[rule->severity],
				(int)policy_width, ML_STR_ARG(policy->id));
			ml_buf_escaped(out, rule->title);
			ml_buf_putc(out, '\n');
		}
	}
	return ML_EXIT_PASS;
}

int ml_cmd_list(const struct ml_options *options)
{
	struct ml_policy_job job = {.options = options, .names = &options->operands, .run = list};

	if (options->kind && !(job.wish.kind = ml_kind_find(ml_str(options->kind)))) {
		ml_log(ML_LOG_ERROR, "no kind \"%s\"; `merlon facts` lists them", options->kind);
		return ML_EXIT_USAGE;
	}
	return ml_policy_job_run(&job);
}

static void show_param(struct ml_policy_job *job, const struct ml_param *param, struct ml_buf *out)
{
	struct ml_str type = ml_type_str(job->arena, param->type);

	ml_buf_printf(out, "\n  %.*s: %.*s\n      ", ML_STR_ARG(param->name), ML_STR_ARG(type));
	ml_prose(out, param->about, 6, 6);
	ml_buf_puts(out, "      = ");
	ml_prose(out, ml_value_show(job->arena, &param->value, 2000), 8, 8);
}

static void show_policy(
	struct ml_policy_job *job, const struct ml_policy *policy, struct ml_buf *out)
{
	char digest[65];

	ml_hex(policy->sha256, sizeof(policy->sha256), digest);
	ml_prose(out,
		ml_strf(job->arena, "%.*s: %.*s", ML_STR_ARG(policy->id),
			ML_STR_ARG(policy->title)),
		4, 0);
	ml_buf_printf(out, "  kind    %s\n  file    ", policy->kind->name);
	ml_buf_escaped(out, policy->file);
	ml_buf_printf(out, "\n  sha256  %s\n  rules   %zu", digest, policy->nrules);
	if (policy->left_out)
		ml_buf_printf(out, " (%zu of what it extends are not selected)", policy->left_out);
	if (policy->on_request)
		ml_buf_puts(out, "\n  judged by when it is named");
	ml_buf_puts(out, policy->nparams ? "\n\nParameters\n" : "\n");
	for (size_t i = 0; i < policy->nparams; i++)
		show_param(job, &policy->params[i], out);
	ml_buf_puts(out, "\nRules\n\n");
	for (size_t i = 0; i < policy->nrules; i++) {
		const struct ml_rule *rule = &policy->rules[i];
		ml_buf_printf(out, "  %-8s  %.*s\n            ", ml_severity_words[rule->severity],
			ML_STR_ARG(rule->id));
		ml_prose(out, rule->title, 12, 12);
	}
}

static int show(struct ml_policy_job *job, struct ml_buf *out)
{
	if (job->broken)
		return ML_EXIT_USAGE;
	for (size_t i = 0; i < job->policies.n; i++) {
		ml_buf_puts(out, i ? "\n" : "");
		show_policy(job, &job->policies.items[i], out);
	}
	return ML_EXIT_PASS;
}

int ml_cmd_show(const struct ml_options *options)
{
	struct ml_policy_job job = {.options = options, .names = &options->operands, .run = show};

	return ml_policy_job_run(&job);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* merlon explain: a rule for people. */
#include "base/log.h"
#include "scanner/command.h"
#include "scanner/policy-job.h"
#include "scanner/prose.h"

enum { EXAMPLE_BYTES = 1200, LABEL = 10 };

static void heading(struct ml_buf *out, const char *text)
{
	ml_buf_printf(out, "\n%s\n", text);
}

/* A labelled paragraph: the label in a column of its own. */
static void labelled(struct ml_buf *out, const char *label, struct ml_str text)
{
	if (text.len == 0)
		return;
	ml_buf_printf(out, "  %-8s", label);
	ml_prose(out, text, LABEL, LABEL);
}

static void paragraph(struct ml_buf *out, const char *title, struct ml_str text)
{
	if (text.len == 0)
		return;
	heading(out, title);
	ml_buf_puts(out, "  ");
	ml_prose(out, text, 2, 2);
}

static bool uses_param(const struct ml_policy *policy, const struct ml_rule *rule, size_t param)
{
	const struct ml_policy_expr *const exprs[] = {&rule->each, &rule->when, &rule->assertion, &rule->message, &rule->at};

	for (size_t i = 0; i < sizeof(exprs) / sizeof(exprs[0]); i++)
		if (exprs[i]->program && ml_cel_uses(exprs[i]->program, policy->kind->root->nfields, (int)param))
			return true;
	return false;
}

static void explain_params(struct ml_policy_job *job, const struct ml_policy *policy, const struct ml_rule *rule, struct ml_buf *out)
{
	bool any = false;

	for (size_t i = 0; i < policy->nparams; i++) {
		const struct ml_param *param = &policy->params[i];
		if (!uses_param(policy, rule, i))
			continue;
		if (!any)
			heading(out, "Parameters");
		any = true;
		ml_buf_puts(out, "  ");
		ml_prose(out, ml_strf(job->arena, "%.*s: %.*s", ML_STR_ARG(param->name), ML_STR_ARG(param->about)), 4, 2);
		ml_buf_puts(out, "    = ");
		ml_prose(out, ml_value_show(job->arena, &param->value, 400), 6, 6);
	}
}

static void explain_refs(const struct ml_rule *rule, struct ml_buf *out)
{
	if (rule->nrefs)
		heading(out, "References");
	for (size_t i = 0; i < rule->nrefs; i++) {
		ML_BUF_AUTO line;
		ml_buf_init(&line, 65536);
		ml_buf_str(&line, rule->refs[i].framework);
		for (size_t k = 0; k < rule->refs[i].n; k++) {
			ml_buf_puts(&line, k ? ", " : " ");
			ml_buf_str(&line, rule->refs[i].ids[k]);
		}
		ml_buf_puts(out, "  ");
		ml_prose(out, ml_buf_get(&line), 4, 2);
	}
}

static void explain_test(const struct ml_policy_test *test, struct ml_buf *out)
{
	ML_BUF_AUTO facts, expect;

	ml_buf_init(&facts, 65536);
	ml_buf_init(&expect, 65536);
	ml_prose_yaml(&facts, test->facts, EXAMPLE_BYTES);
	ml_prose_yaml(&expect, test->expect, EXAMPLE_BYTES);
	labelled(out, "facts", ml_buf_get(&facts));
	labelled(out, "verdict", ml_buf_get(&expect));
	ml_buf_putc(out, '\n');
}

static void explain_rule(struct ml_policy_job *job, const struct ml_policy *policy, const struct ml_rule *rule, struct ml_buf *out)
{
	ml_prose(out, ml_strf(job->arena, "%.*s: %.*s", ML_STR_ARG(rule->id), ML_STR_ARG(rule->title)), 2, 0);
	ml_buf_printf(out, "  severity %s, policy %.*s, facts of kind %s\n", ml_severity_words[rule->severity], ML_STR_ARG(policy->id), policy->kind->name);
	paragraph(out, "Why", rule->rationale);
	paragraph(out, "Fix", rule->fix);
	heading(out, "What it reads");
	labelled(out, "each", rule->each.text);
	labelled(out, "when", rule->when.text);
	labelled(out, "assert", rule->assertion.text);
	labelled(out, "message", rule->message.text);
	labelled(out, "at", rule->at.text);
	explain_params(job, policy, rule, out);
	explain_refs(rule, out);
	if (rule->ntests)
		heading(out, "Examples");
	for (size_t i = 0; i < rule->ntests; i++)
		explain_test(&rule->tests[i], out);
}

static int no_such_rule(struct ml_policy_job *job, struct ml_str id)
{
	const char *near = ml_policies_nearest(job->arena, &job->policies, id);

	ml_diag_add(&job->diags, ML_DIAG_ERROR, ML_STR_NONE, 0, 0, "no rule \"%.*s\"; `merlon policy list` lists them", ML_STR_ARG(id))->hint =
		ml_diag_suggest(job->arena, near);
	return ML_EXIT_USAGE;
}

static int explain(struct ml_policy_job *job, struct ml_buf *out)
{
	int code = ML_EXIT_PASS;

	if (job->broken)
		return ML_EXIT_USAGE;
	for (size_t i = 0; i < job->options->operands.n; i++) {
		struct ml_str id = ml_str(job->options->operands.items[i]);
		const struct ml_policy *policy;
		const struct ml_rule *rule = ml_policies_rule(&job->policies, id, &policy);
		if (!rule)
			code = no_such_rule(job, id);
		else
			explain_rule(job, policy, rule, out);
	}
	return code;
}

int ml_cmd_explain(const struct ml_options *options)
{
	struct ml_policy_job job = {.options = options, .names = &options->policies, .wish = {.tests = true}, .run = explain};

	if (options->operands.n == 0) {
		ml_log(ML_LOG_ERROR, "a rule is missing; `merlon policy list` lists them");
		return ML_EXIT_USAGE;
	}
	return ml_policy_job_run(&job);
}

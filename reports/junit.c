/* SPDX-License-Identifier: Apache-2.0 */
/* The JUnit report (valid against Jenkins' junit-10.xsd): a suite a target, a case a rule and element.
 *
 * What becomes of a verdict, so that a CI server shows the gate's decision and hides nothing:
 *   fails at or above the threshold           <failure>
 *   unknown, whatever its severity            <error>: what could not be judged is never shown as passed or skipped
 *   fails below the threshold, or as in the baseline, waived, not applicable    <skipped> with the reason, which servers show; a remark in
 *                                             <system-out> of a passed case would not be seen, and it did not pass
 *   passes                                    an empty case
 * Results that the findings only count are one such case a rule and verdict. */
#include <stdio.h>

#include "base/error.h"
#include "reports/items-priv.h"
#include "reports/writers-priv.h"
#include "reports/xml-priv.h"

enum { BECAUSE_MAX = 20, TEXT_BYTES = 4000, SCRATCH_BYTES = 1 << 24 };

struct junit {
	struct ml_buf *out;
	struct ml_buf text; /* scratch */
	const struct ml_report_options *options;
};

/* Cases of a suite, by what is in them. */
struct counts {
	size_t tests, failures, errors, skipped;
};

struct outcome {
	const char *element; /* NULL: an empty case */
	const char *why;     /* before the message */
	size_t offset;       /* of its number in struct counts */
};
static const struct outcome outcomes[ML_CLASSES] = {
	[ML_CLASS_FAILED] = {"failure", "", offsetof(struct counts, failures)},
	[ML_CLASS_BELOW] = {"skipped", "fails below the threshold: ", offsetof(struct counts, skipped)},
	[ML_CLASS_UNKNOWN] = {"error", "could not be judged: ", offsetof(struct counts, errors)},
	[ML_CLASS_KNOWN] = {"skipped", "known from the baseline: ", offsetof(struct counts, skipped)},
	[ML_CLASS_WAIVED] = {"skipped", "waived: ", offsetof(struct counts, skipped)},
	[ML_CLASS_PASSED] = {NULL, "", 0},
	[ML_CLASS_NOTAPPLICABLE] = {"skipped", "not applicable: ", offsetof(struct counts, skipped)},
};

static void count_case(const struct ml_result *result, enum ml_severity fail_on, struct counts *counts)
{
	const struct outcome *outcome = &outcomes[ml_report_class(result, fail_on)];

	counts->tests++;
	if (outcome->element)
		++*(size_t *)(void *)((char *)counts + outcome->offset);
}

static void count_run(const struct ml_run *run, enum ml_severity fail_on, struct counts *counts)
{
	for (size_t i = 0; i < run->nresults; i++)
		count_case(&run->results[i], fail_on, counts);
	for (size_t i = 0; i < run->nrules; i++)
		for (int v = 0; v < ML_VERDICTS; v++) {
			struct ml_result result = ml_report_unlisted(&run->rules[i], (enum ml_verdict)v);
			if (run->rules[i].unlisted[v])
				count_case(&result, fail_on, counts);
		}
}

static struct ml_buf *scratch_begin(struct junit *junit)
{
	if (junit->text.error && !junit->out->error)
		junit->out->error = junit->text.error;
	ml_buf_clear(&junit->text);
	return &junit->text;
}

static void put_attribute(struct junit *junit, const char *name, struct ml_str value)
{
	ml_buf_printf(junit->out, " %s=\"", name);
	ml_xml_add(junit->out, value);
	ml_buf_putc(junit->out, '"');
}

static void put_escaped_attribute(struct junit *junit, const char *name, struct ml_str value)
{
	ml_buf_escaped(scratch_begin(junit), ml_str_sub(value, 0, TEXT_BYTES));
	put_attribute(junit, name, ml_buf_get(&junit->text));
}

static void put_counts(struct junit *junit, const struct counts *counts)
{
	ml_buf_printf(junit->out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"", counts->tests, counts->failures, counts->errors);
}

/* RULE [element]: title */
static void put_name(struct junit *junit, const struct ml_result *result, const struct ml_rule_text *rule)
{
	struct ml_buf *text = scratch_begin(junit);

	ml_buf_escaped(text, ml_str_sub(result->rule, 0, TEXT_BYTES));
	if (result->element.len) {
		ml_buf_puts(text, " [");
		ml_buf_escaped(text, ml_str_sub(result->element, 0, TEXT_BYTES));
		ml_buf_putc(text, ']');
	}
	if (rule && rule->title.len) {
		ml_buf_puts(text, ": ");
		ml_buf_escaped(text, ml_str_sub(rule->title, 0, TEXT_BYTES));
	}
	put_attribute(junit, "name", ml_buf_get(text));
}

static void add_place(struct ml_buf *text, const struct ml_run *run, const struct ml_place *place)
{
	ml_buf_escaped(text, ml_str_sub(place->file.len ? place->file : run->uri, 0, TEXT_BYTES));
	if (place->line)
		ml_buf_printf(text, ":%u", place->line);
	if (place->line && place->col)
		ml_buf_printf(text, ":%u", place->col);
}

static void add_because(struct ml_buf *text, const struct ml_run *run, const struct ml_because *because)
{
	ml_buf_puts(text, "because ");
	ml_buf_escaped(text, ml_str_sub(because->fact, 0, TEXT_BYTES));
	ml_buf_puts(text, because->value.len ? " = " : " is not set");
	ml_buf_escaped(text, ml_str_sub(because->value, 0, TEXT_BYTES));
	if (because->place.line || because->place.file.len) {
		ml_buf_puts(text, " at ");
		add_place(text, run, &because->place);
	}
	if (because->place.origin) {
		ml_buf_puts(text, " from ");
		add_place(text, run, because->place.origin);
	}
	ml_buf_putc(text, '\n');
}

/* What a person needs who sees only the CI server. Line breaks are ours; the target's are escaped. */
static void put_body(struct junit *junit, const struct ml_run *run, const struct ml_result *result, const struct ml_rule_text *rule)
{
	struct ml_buf *text = scratch_begin(junit);
	size_t n = result->nbecause < BECAUSE_MAX ? result->nbecause : BECAUSE_MAX;

	add_place(text, run, &result->place);
	ml_buf_puts(text, ": ");
	ml_buf_escaped(text, ml_str_sub(result->message, 0, TEXT_BYTES));
	ml_buf_putc(text, '\n');
	if (result->place.text.len) {
		ml_buf_escaped(text, ml_str_sub(result->place.text, 0, TEXT_BYTES));
		ml_buf_putc(text, '\n');
	}
	for (size_t i = 0; i < n; i++)
		add_because(text, run, &result->because[i]);
	if (result->nbecause - n + result->because_dropped)
		ml_buf_printf(text, "and %zu more facts\n", result->nbecause - n + result->because_dropped);
	if (rule && rule->fix.len) {
		ml_buf_puts(text, "fix: ");
		ml_buf_escaped(text, ml_str_sub(ml_str_trim(rule->fix), 0, TEXT_BYTES));
		ml_buf_putc(text, '\n');
	}
	ml_xml_add_text(junit->out, ml_buf_get(text));
}

static void put_message(struct junit *junit, const struct ml_result *result, const struct outcome *outcome)
{
	struct ml_buf *text = scratch_begin(junit);

	if (result->verdict == ML_NOTAPPLICABLE && result->message.len == 0)
		ml_buf_puts(text, "not applicable");
	else
		ml_buf_puts(text, outcome->why);
	ml_buf_escaped(text, ml_str_sub(result->verdict == ML_WAIVED ? result->waiver : result->message, 0, TEXT_BYTES));
	put_attribute(junit, "message", ml_buf_get(text));
}

static void put_case(struct junit *junit, const struct ml_run *run, const struct ml_result *result)
{
	const struct outcome *outcome = &outcomes[ml_report_class(result, junit->options->fail_on)];
	const struct ml_rule_text *rule = ml_report_rule(run, result->rule);

	ml_buf_puts(junit->out, "  <testcase");
	put_name(junit, result, rule);
	put_escaped_attribute(junit, "classname", run->uri);
	if (!outcome->element) {
		ml_buf_puts(junit->out, "/>\n");
		return;
	}
	ml_buf_printf(junit->out, ">\n   <%s", outcome->element);
	put_attribute(junit, "type", ml_str(ml_report_severity(result->severity)));
	put_message(junit, result, outcome);
	ml_buf_putc(junit->out, '>');
	if (result->verdict != ML_NOTAPPLICABLE)
		put_body(junit, run, result, rule);
	ml_buf_printf(junit->out, "</%s>\n  </testcase>\n", outcome->element);
}

/* One case for all results of a rule and verdict that the findings only count. */
static void put_unlisted(struct junit *junit, const struct ml_run *run, const struct ml_rule_text *rule, enum ml_verdict verdict)
{
	struct ml_result result = ml_report_unlisted(rule, verdict);
	const struct outcome *outcome = &outcomes[ml_report_class(&result, junit->options->fail_on)];

	if (rule->unlisted[verdict] == 0)
		return;
	ml_buf_puts(junit->out, "  <testcase name=\"");
	ml_buf_escaped(scratch_begin(junit), ml_str_sub(rule->id, 0, TEXT_BYTES));
	ml_xml_add(junit->out, ml_buf_get(&junit->text));
	ml_buf_printf(junit->out, ": %zu more, only counted (%s)\"", rule->unlisted[verdict], ml_verdict_words[verdict]);
	put_escaped_attribute(junit, "classname", run->uri);
	if (outcome->element)
		ml_buf_printf(junit->out, "><%s type=\"%s\" message=\"%s%zu more\"/></testcase>\n", outcome->element,
			ml_report_severity(rule->severity), outcome->why, rule->unlisted[verdict]);
	else
		ml_buf_puts(junit->out, "/>\n");
}

static void put_property(struct junit *junit, const char *name, struct ml_str value)
{
	if (value.len == 0)
		return;
	ml_buf_puts(junit->out, "   <property");
	put_attribute(junit, "name", ml_str(name));
	put_escaped_attribute(junit, "value", value);
	ml_buf_puts(junit->out, "/>\n");
}

static void put_left_out(struct junit *junit, const struct ml_policy_text *policy)
{
	char number[32];

	if (policy->left_out == 0)
		return;
	snprintf(number, sizeof(number), "%zu", policy->left_out);
	put_property(junit, "rules-left-out", ml_str(number));
}

static void put_suite(struct junit *junit, const struct ml_run *run)
{
	struct counts counts = {0};

	count_run(run, junit->options->fail_on, &counts);
	ml_buf_puts(junit->out, " <testsuite");
	put_escaped_attribute(junit, "name", run->uri);
	put_counts(junit, &counts);
	ml_buf_printf(junit->out, " skipped=\"%zu\"", counts.skipped);
	put_escaped_attribute(junit, "package", run->kind);
	ml_buf_puts(junit->out, ">\n  <properties>\n");
	put_property(junit, "kind", run->kind);
	put_property(junit, "sha256", (struct ml_str){run->sha256, strnlen(run->sha256, sizeof(run->sha256))});
	put_property(junit, "fail-on", ml_str(ml_report_severity(junit->options->fail_on)));
	for (size_t i = 0; i < run->npolicies; i++) {
		put_property(junit, "policy", run->policies[i].id);
		put_left_out(junit, &run->policies[i]);
	}
	put_property(junit, "sandbox", run->sandbox);
	ml_buf_puts(junit->out, "  </properties>\n");
	for (size_t i = 0; i < run->nresults; i++)
		put_case(junit, run, &run->results[i]);
	for (size_t i = 0; i < run->nrules; i++)
		for (int v = 0; v < ML_VERDICTS; v++)
			put_unlisted(junit, run, &run->rules[i], (enum ml_verdict)v);
	ml_buf_puts(junit->out, " </testsuite>\n");
}

void ml_write_junit(const struct ml_findings *findings, const struct ml_report_options *options, struct ml_arena *scratch,
	struct ml_buf *out)
{
	struct junit junit = {.out = out, .options = options};
	struct counts counts = {0};

	(void)scratch;
	ml_buf_init(&junit.text, SCRATCH_BYTES);
	for (size_t i = 0; i < findings->nruns; i++)
		count_run(&findings->runs[i], options->fail_on, &counts);
	ml_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"merlon\"");
	put_counts(&junit, &counts);
	ml_buf_puts(out, ">\n");
	for (size_t i = 0; i < findings->nruns; i++)
		put_suite(&junit, &findings->runs[i]);
	ml_buf_puts(out, "</testsuites>\n");
	scratch_begin(&junit);
	ml_buf_free(&junit.text);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Findings as canonical JSON: findings-read.c is its inverse. Keys are written in their sorted order. */
#include "base/json.h"
#include "facts/diag-json.h"
#include "policies/findings.h"

enum { ORIGINS = 30 }; /* places behind each other; ML_JSON_DEPTH is above it */

static void write_str(struct ml_json *json, const char *key, struct ml_str s)
{
	if (s.len == 0)
		return;
	ml_json_key(json, key);
	ml_json_str(json, s);
}

static void write_size(struct ml_json *json, const char *key, size_t n)
{
	if (n == 0)
		return;
	ml_json_key(json, key);
	ml_json_uint(json, n);
}

static void write_true(struct ml_json *json, const char *key, bool value)
{
	if (!value)
		return;
	ml_json_key(json, key);
	ml_json_bool(json, true);
}

static void write_raw(struct ml_json *json, const char *key, struct ml_str text)
{
	if (text.len == 0)
		return;
	ml_json_key(json, key);
	ml_json_raw(json, text);
}

static void write_counts(struct ml_json *json, const char *key, const size_t counts[ML_VERDICTS], bool zeros)
{
	static const enum ml_verdict sorted[] = {ML_FAIL, ML_NOTAPPLICABLE, ML_PASS, ML_UNKNOWN, ML_WAIVED};

	ml_json_key(json, key);
	ml_json_object(json);
	for (int i = 0; i < ML_VERDICTS; i++) {
		if (!zeros && counts[sorted[i]] == 0)
			continue;
		ml_json_key(json, ml_verdict_words[sorted[i]]);
		ml_json_uint(json, counts[sorted[i]]);
	}
	ml_json_end_object(json);
}

static bool has_place(const struct ml_place *place)
{
	return place->file.len || place->line || place->text.len;
}

static void write_place(struct ml_json *json, const char *key, const struct ml_place *place, int depth)
{
	if (!has_place(place))
		return;
	ml_json_key(json, key);
	ml_json_object(json);
	write_size(json, "column", place->col);
	write_size(json, "endColumn", place->end_col);
	write_str(json, "file", place->file);
	write_size(json, "line", place->line);
	if (place->origin && depth < ORIGINS)
		write_place(json, "origin", place->origin, depth + 1);
	write_str(json, "text", place->text);
	ml_json_end_object(json);
}

static void write_because(struct ml_json *json, const struct ml_result *result)
{
	if (result->nbecause == 0)
		return;
	ml_json_key(json, "because");
	ml_json_array(json);
	for (size_t i = 0; i < result->nbecause; i++) {
		const struct ml_because *because = &result->because[i];
		ml_json_object(json);
		write_str(json, "fact", because->fact);
		write_place(json, "location", &because->place, 0);
		write_raw(json, "value", because->value);
		ml_json_end_object(json);
	}
	ml_json_end_array(json);
}

static void write_result(struct ml_json *json, const struct ml_result *result)
{
	ml_json_object(json);
	write_because(json, result);
	write_size(json, "becauseDropped", result->because_dropped);
	write_str(json, "element", result->element);
	write_place(json, "elementLocation", &result->element_place, 0);
	write_str(json, "fingerprint", ml_str(result->fingerprint));
	write_true(json, "inSource", result->in_source);
	write_true(json, "known", result->known);
	write_place(json, "location", &result->place, 0);
	write_str(json, "message", result->message);
	write_str(json, "rule", result->rule);
	write_str(json, "severity", ml_str(ml_severity_words[result->severity]));
	write_str(json, "verdict", ml_str(ml_verdict_words[result->verdict]));
	write_str(json, "waiver", result->waiver);
	ml_json_end_object(json);
}

static void write_refs(struct ml_json *json, const struct ml_rule_text *rule)
{
	if (rule->nrefs == 0)
		return;
	ml_json_key(json, "refs");
	ml_json_array(json);
	for (size_t i = 0; i < rule->nrefs; i++) {
		ml_json_object(json);
		write_str(json, "framework", rule->refs[i].framework);
		ml_json_key(json, "ids");
		ml_json_array(json);
		for (size_t k = 0; k < rule->refs[i].n; k++)
			ml_json_str(json, rule->refs[i].ids[k]);
		ml_json_end_array(json);
		ml_json_end_object(json);
	}
	ml_json_end_array(json);
}

static bool any_unlisted(const struct ml_rule_text *rule)
{
	for (int v = 0; v < ML_VERDICTS; v++)
		if (rule->unlisted[v])
			return true;
	return false;
}

static void write_rule(struct ml_json *json, const struct ml_rule_text *rule)
{
	ml_json_object(json);
	write_str(json, "fix", rule->fix);
	write_str(json, "id", rule->id);
	write_str(json, "policy", rule->policy);
	write_str(json, "rationale", rule->rationale);
	write_refs(json, rule);
	write_str(json, "severity", ml_str(ml_severity_words[rule->severity]));
	write_str(json, "title", rule->title);
	if (any_unlisted(rule))
		write_counts(json, "unlisted", rule->unlisted, false);
	ml_json_end_object(json);
}

static void write_policy(struct ml_json *json, const struct ml_policy_text *policy)
{
	ml_json_object(json);
	write_str(json, "id", policy->id);
	write_size(json, "leftOut", policy->left_out);
	write_str(json, "sha256", ml_str(policy->sha256));
	write_str(json, "title", policy->title);
	ml_json_end_object(json);
}

static void write_comment(struct ml_json *json, const struct ml_comment_waiver *comment)
{
	ml_json_object(json);
	write_place(json, "location", &comment->place, 0);
	write_str(json, "text", comment->text);
	ml_json_end_object(json);
}

/* An array under a key, left out when it is empty unless a reader expects it. */
#define WRITE_ARRAY(json, key, items, n, always, one) do { \
	if ((n) == 0 && !(always)) \
		break; \
	ml_json_key(json, key); \
	ml_json_array(json); \
	for (size_t i_ = 0; i_ < (n); i_++) \
		one(json, &(items)[i_]); \
	ml_json_end_array(json); \
} while (0)

static void write_target(struct ml_json *json, const struct ml_run *run)
{
	ml_json_key(json, "target");
	ml_json_object(json);
	write_str(json, "sha256", ml_str(run->sha256));
	write_str(json, "uri", run->uri);
	ml_json_end_object(json);
}

static void write_run(struct ml_json *json, const struct ml_run *run)
{
	ml_json_object(json);
	WRITE_ARRAY(json, "comments", run->comments, run->ncomments, false, write_comment);
	WRITE_ARRAY(json, "diagnostics", run->diags, run->ndiags, false, ml_diag_write);
	write_size(json, "diagnosticsDropped", run->diags_dropped);
	write_str(json, "kind", run->kind);
	WRITE_ARRAY(json, "policies", run->policies, run->npolicies, true, write_policy);
	WRITE_ARRAY(json, "results", run->results, run->nresults, true, write_result);
	WRITE_ARRAY(json, "rules", run->rules, run->nrules, true, write_rule);
	write_raw(json, "sandbox", run->sandbox);
	write_counts(json, "summary", run->summary, true);
	write_target(json, run);
	ml_json_end_object(json);
}

void ml_findings_write(const struct ml_findings *findings, struct ml_buf *out)
{
	struct ml_json json;

	ml_json_begin(&json, out, 1);
	ml_json_object(&json);
	ml_json_key(&json, "merlon");
	ml_json_puts(&json, "findings/v1");
	WRITE_ARRAY(&json, "runs", findings->runs, findings->nruns, true, write_run);
	ml_json_end_object(&json);
	ml_buf_putc(out, '\n');
}

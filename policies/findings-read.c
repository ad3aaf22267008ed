/* SPDX-License-Identifier: Apache-2.0 */
/* Findings read back from JSON: strict, and the inverse of findings-write.c. */
#include "base/sort.h"
#include "facts/diag-json.h"
#include "policies/findings-priv.h"

#define FIELD(type, member, key, required, fn) {key, required, offsetof(type, member), fn}
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool read_verdict(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	int word = ml_jread_word(r, path, json, ml_verdict_words);

	if (word < 0)
		return false;
	*(enum ml_verdict *)at = (enum ml_verdict)word;
	return true;
}

static bool read_severity(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	int word = ml_jread_word(r, path, json, ml_severity_words);

	if (word < 0)
		return false;
	*(enum ml_severity *)at = (enum ml_severity)word;
	return true;
}

static bool read_sha256(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	return ml_jread_hex(r, path, json, 64, at);
}

static bool read_fingerprint(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	return ml_jread_hex(r, path, json, 32, at);
}

static bool read_origin(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at);

static const struct ml_jfield place_fields[] = {
	FIELD(struct ml_place, col, "column", false, ml_jread_u32),
	FIELD(struct ml_place, end_col, "endColumn", false, ml_jread_u32),
	FIELD(struct ml_place, file, "file", false, ml_jread_str),
	FIELD(struct ml_place, line, "line", false, ml_jread_u32),
	FIELD(struct ml_place, origin, "origin", false, read_origin),
	FIELD(struct ml_place, text, "text", false, ml_jread_str),
};

static bool read_place(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	return ml_jread_object(r, path, json, place_fields, COUNT(place_fields), at);
}

/* Recursion is bounded by ML_JSON_READ_DEPTH; what the writer would cut is refused. */
static bool read_origin(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	struct ml_place *place = ml_alloc(r->arena, sizeof(*place));
	int origins = 0;

	for (const struct ml_jpath *p = path; p && p->key && strcmp(p->key, "origin") == 0; p = p->up)
		origins++;
	if (origins > 30)
		return ml_jread_fail(r, NULL, ML_ELIMIT, "a place has more than 30 origins");
	if (!place)
		return ml_jread_nomem(r);
	*(const struct ml_place **)at = place;
	return read_place(r, path, json, place);
}

static const struct ml_jfield because_fields[] = {
	FIELD(struct ml_because, fact, "fact", false, ml_jread_str),
	FIELD(struct ml_because, place, "location", false, read_place),
	FIELD(struct ml_because, value, "value", false, ml_jread_text),
};

static bool read_because(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	return ml_jread_object(r, path, json, because_fields, COUNT(because_fields), at);
}

static bool read_becauses(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	struct ml_result *result = at;

	return ml_jread_array(r, path, json, sizeof(*result->because), read_because, &result->because, &result->nbecause);
}

static const struct ml_jfield result_fields[] = {
	{"because", false, 0, read_becauses},
	FIELD(struct ml_result, because_dropped, "becauseDropped", false, ml_jread_size),
	FIELD(struct ml_result, element, "element", false, ml_jread_str),
	FIELD(struct ml_result, element_place, "elementLocation", false, read_place),
	FIELD(struct ml_result, fingerprint, "fingerprint", false, read_fingerprint),
	FIELD(struct ml_result, in_source, "inSource", false, ml_jread_bool),
	FIELD(struct ml_result, known, "known", false, ml_jread_bool),
	FIELD(struct ml_result, place, "location", false, read_place),
	FIELD(struct ml_result, message, "message", false, ml_jread_str),
	FIELD(struct ml_result, rule, "rule", true, ml_jread_str),
	FIELD(struct ml_result, severity, "severity", true, read_severity),
	FIELD(struct ml_result, verdict, "verdict", true, read_verdict),
	FIELD(struct ml_result, waiver, "waiver", false, ml_jread_str),
};

/* A finding is what can be followed over time, so it has a fingerprint; only a waiver waives; what passed has no story. */
static bool check_result(struct ml_jread *r, const struct ml_jpath *path, const struct ml_result *result)
{
	bool finding = result->verdict == ML_FAIL || result->verdict == ML_UNKNOWN || result->verdict == ML_WAIVED;

	if (result->rule.len == 0)
		return ml_jread_fail(r, path, ML_ETYPE, "a result without a rule");
	if (finding != (result->fingerprint[0] != '\0'))
		return ml_jread_fail(r, path, ML_ETYPE, finding ? "a finding without a fingerprint" : "a fingerprint of what is no finding");
	if ((result->verdict == ML_WAIVED) != (result->waiver.len > 0))
		return ml_jread_fail(r, path, ML_ETYPE, "\"waiver\" and the verdict \"waived\" go together");
	if (result->in_source && result->verdict != ML_WAIVED)
		return ml_jread_fail(r, path, ML_ETYPE, "\"inSource\" of what is not waived");
	if (!finding && (result->nbecause || result->known || result->because_dropped))
		return ml_jread_fail(r, path, ML_ETYPE, "\"because\" or \"known\" of what is no finding");
	return true;
}

static bool read_result(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	return ml_jread_object(r, path, json, result_fields, COUNT(result_fields), at) && check_result(r, path, at);
}

static bool read_ids(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	struct ml_policy_ref *ref = at;

	return ml_jread_array(r, path, json, sizeof(*ref->ids), ml_jread_str, &ref->ids, &ref->n);
}

static const struct ml_jfield ref_fields[] = {
	FIELD(struct ml_policy_ref, framework, "framework", true, ml_jread_str),
	{"ids", true, 0, read_ids},
};

static bool read_ref(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	return ml_jread_object(r, path, json, ref_fields, COUNT(ref_fields), at);
}

static bool read_refs(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	struct ml_rule_text *rule = at;

	return ml_jread_array(r, path, json, sizeof(*rule->refs), read_ref, &rule->refs, &rule->nrefs);
}

static const struct ml_jfield count_fields[] = {
	{"pass", false, ML_PASS * sizeof(size_t), ml_jread_size},
	{"fail", false, ML_FAIL * sizeof(size_t), ml_jread_size},
	{"unknown", false, ML_UNKNOWN * sizeof(size_t), ml_jread_size},
	{"notapplicable", false, ML_NOTAPPLICABLE * sizeof(size_t), ml_jread_size},
	{"waived", false, ML_WAIVED * sizeof(size_t), ml_jread_size},
};

static bool read_counts(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	return ml_jread_object(r, path, json, count_fields, COUNT(count_fields), at);
}

static const struct ml_jfield rule_fields[] = {
	FIELD(struct ml_rule_text, fix, "fix", false, ml_jread_str),
	FIELD(struct ml_rule_text, id, "id", true, ml_jread_str),
	FIELD(struct ml_rule_text, policy, "policy", false, ml_jread_str),
	FIELD(struct ml_rule_text, rationale, "rationale", false, ml_jread_str),
	{"refs", false, 0, read_refs},
	FIELD(struct ml_rule_text, severity, "severity", true, read_severity),
	FIELD(struct ml_rule_text, title, "title", false, ml_jread_str),
	FIELD(struct ml_rule_text, unlisted, "unlisted", false, read_counts),
};

static bool read_rule(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	return ml_jread_object(r, path, json, rule_fields, COUNT(rule_fields), at);
}

static const struct ml_jfield policy_fields[] = {
	FIELD(struct ml_policy_text, id, "id", true, ml_jread_str),
	FIELD(struct ml_policy_text, left_out, "leftOut", false, ml_jread_size),
	FIELD(struct ml_policy_text, sha256, "sha256", false, read_sha256),
	FIELD(struct ml_policy_text, title, "title", false, ml_jread_str),
};

static bool read_policy(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	return ml_jread_object(r, path, json, policy_fields, COUNT(policy_fields), at);
}

static const struct ml_jfield comment_fields[] = {
	FIELD(struct ml_comment_waiver, place, "location", false, read_place),
	FIELD(struct ml_comment_waiver, text, "text", true, ml_jread_str),
};

static bool read_comment(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	return ml_jread_object(r, path, json, comment_fields, COUNT(comment_fields), at);
}

static const struct ml_jfield target_fields[] = {
	FIELD(struct ml_run, sha256, "sha256", false, read_sha256),
	FIELD(struct ml_run, uri, "uri", true, ml_jread_str),
};

static bool read_target(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	return ml_jread_object(r, path, json, target_fields, COUNT(target_fields), at);
}

#define RUN_ARRAY(name, member, count, one) \
	static bool name(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at) \
	{ \
		struct ml_run *run = at; \
		return ml_jread_array(r, path, json, sizeof(*run->member), one, &run->member, &run->count); \
	}
RUN_ARRAY(read_comments, comments, ncomments, read_comment)
RUN_ARRAY(read_diags, diags, ndiags, ml_jread_diag)
RUN_ARRAY(read_policies, policies, npolicies, read_policy)
RUN_ARRAY(read_results, results, nresults, read_result)
RUN_ARRAY(read_rules, rules, nrules, read_rule)

static bool read_sandbox(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	if (!json_is_object(json))
		return ml_jread_want(r, path, json, "an object");
	return ml_jread_text(r, path, json, at);
}

static const struct ml_jfield run_fields[] = {
	{"comments", false, 0, read_comments},
	{"diagnostics", false, 0, read_diags},
	FIELD(struct ml_run, diags_dropped, "diagnosticsDropped", false, ml_jread_size),
	FIELD(struct ml_run, kind, "kind", false, ml_jread_str),
	{"policies", true, 0, read_policies},
	{"results", true, 0, read_results},
	{"rules", true, 0, read_rules},
	FIELD(struct ml_run, sandbox, "sandbox", false, read_sandbox),
	FIELD(struct ml_run, summary, "summary", true, read_counts),
	{"target", true, 0, read_target},
};

static bool check_rules(struct ml_jread *r, const struct ml_jpath *path, const struct ml_run *run)
{
	for (size_t i = 1; i < run->nrules; i++)
		if (ml_str_eq(run->rules[i - 1].id, run->rules[i].id))
			return ml_jread_fail(r, path, ML_EDUP, "the rule \"%.*s\" stands twice", ML_STR_ARG(run->rules[i].id));
	for (size_t i = 0; i < run->nresults; i++)
		if (!ml_run_rule(run, run->results[i].rule))
			return ml_jread_fail(r, path, ML_ETYPE, "a result of the rule \"%.*s\", which has no text", ML_STR_ARG(run->results[i].rule));
	return true;
}

static bool check_summary(struct ml_jread *r, const struct ml_jpath *path, const struct ml_run *run, const size_t claimed[ML_VERDICTS])
{
	for (int v = 0; v < ML_VERDICTS; v++)
		if (claimed[v] != run->summary[v])
			return ml_jread_fail(r, path, ML_ETYPE, "the summary says %zu %s, its results are %zu", claimed[v], ml_verdict_words[v], run->summary[v]);
	return true;
}

static bool read_run(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	struct ml_run *run = at;
	size_t claimed[ML_VERDICTS];

	if (!ml_jread_object(r, path, json, run_fields, COUNT(run_fields), run))
		return false;
	memcpy(claimed, run->summary, sizeof(claimed));
	if (ml_run_settle(r->arena, run))
		return ml_jread_nomem(r);
	return check_rules(r, path, run) && check_summary(r, path, run, claimed);
}

static bool read_runs(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	struct ml_findings *findings = at;

	return ml_jread_array(r, path, json, sizeof(*findings->runs), read_run, &findings->runs, &findings->nruns);
}

static bool read_version(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	if (!json_is_string(json) || strcmp(json_string_value(json), "findings/v1") != 0)
		return ml_jread_want(r, path, json, "\"findings/v1\"");
	return true;
}

static const struct ml_jfield document_fields[] = {
	{"merlon", true, 0, read_version},
	{"runs", true, 0, read_runs},
};

int ml_findings_read(struct ml_arena *arena, struct ml_str bytes, struct ml_findings *out, struct ml_error *err)
{
	struct ml_jread r = {.arena = arena, .err = err};
	json_t *json = NULL;
	int error = ml_json_parse(bytes, ML_FINDINGS_BYTES, &json, err);

	*out = (struct ml_findings){0};
	if (error)
		return error;
	if (ml_jread_object(&r, NULL, json, document_fields, COUNT(document_fields), out) && ml_runs_sort(arena, out->runs, out->nruns))
		ml_jread_nomem(&r);
	json_decref(json);
	return r.error;
}

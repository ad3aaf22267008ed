/* SPDX-License-Identifier: Apache-2.0 */
/* SARIF: how the run went, what the tool has to say about it, and its seal. */
#include "reports/sarif-priv.h"
#include "reports/seal-priv.h"

/* Each of a kind; how many there were in all stands in the last. */
enum { NOTES_MAX = 1000, TEXT_BYTES = 4000 };

static const char *const diag_levels[] = {"error", "warning", "note"};

/* Opens a notification up to and with its message. */
static void begin_note(struct ml_sarif *sarif, const char *descriptor, const char *level, struct ml_str message)
{
	struct ml_json *json = &sarif->json;

	ml_json_object(json);
	ml_json_key(json, "descriptor");
	ml_json_object(json);
	ml_json_key(json, "id");
	ml_json_puts(json, descriptor);
	ml_json_end_object(json);
	ml_json_key(json, "level");
	ml_json_puts(json, level);
	ml_sarif_message(sarif, "message", message);
}

static void put_note(struct ml_sarif *sarif, const char *descriptor, const char *level, struct ml_str message)
{
	begin_note(sarif, descriptor, level, message);
	ml_json_end_object(&sarif->json);
}

static void put_note_place(struct ml_sarif *sarif, const struct ml_run *run, const struct ml_place *place)
{
	struct ml_json *json = &sarif->json;

	ml_json_key(json, "locations");
	ml_json_array(json);
	ml_json_object(json);
	ml_sarif_place(sarif, run, place);
	ml_json_end_object(json);
	ml_json_end_array(json);
	ml_json_end_object(json);
}

static void put_unknown(struct ml_sarif *sarif, const struct ml_item *item)
{
	const struct ml_result *result = item->result;
	struct ml_json *json = &sarif->json;
	struct ml_buf *text = ml_sarif_scratch(sarif, &sarif->join);

	ml_buf_str(text, result->rule);
	ml_buf_puts(text, " could not be judged");
	if (result->element.len) {
		ml_buf_puts(text, " for ");
		ml_buf_str(text, ml_str_sub(result->element, 0, TEXT_BYTES));
	}
	ml_buf_puts(text, ": ");
	ml_buf_str(text, ml_str_sub(result->message, 0, TEXT_BYTES));
	ml_json_object(json);
	ml_json_key(json, "associatedRule");
	ml_json_object(json);
	ml_json_key(json, "id");
	ml_json_str(json, result->rule);
	ml_json_key(json, "index");
	ml_json_uint(json, ml_sarif_rule_index(sarif, result->rule));
	ml_json_end_object(json);
	ml_json_key(json, "descriptor");
	ml_json_object(json);
	ml_json_key(json, "id");
	ml_json_puts(json, "unknown");
	ml_json_end_object(json);
	ml_json_key(json, "level");
	ml_json_puts(json, result->severity >= sarif->options->fail_on ? "error" : "warning");
	ml_sarif_message(sarif, "message", ml_buf_get(text));
	put_note_place(sarif, item->run, &result->place);
}

static void put_diag(struct ml_sarif *sarif, const struct ml_run *run, const struct ml_diag *diag)
{
	struct ml_place place = {.file = diag->file, .line = diag->line, .col = diag->col, .end_col = diag->end_col,
		.text = diag->source};
	unsigned level = (unsigned)diag->level <= ML_DIAG_NOTE ? diag->level : ML_DIAG_NOTE;
	struct ml_buf *text = ml_sarif_scratch(sarif, &sarif->join);

	ml_buf_str(text, ml_str_sub(diag->message, 0, TEXT_BYTES));
	if (diag->hint.len) {
		ml_buf_puts(text, "; ");
		ml_buf_str(text, ml_str_sub(diag->hint, 0, TEXT_BYTES));
	}
	begin_note(sarif, "diagnostic", diag_levels[level], ml_buf_get(text));
	put_note_place(sarif, run, &place);
}

static void put_cut(struct ml_sarif *sarif, const char *descriptor, const char *level, const char *what, size_t written, size_t total)
{
	struct ml_buf *text = ml_sarif_scratch(sarif, &sarif->join);

	if (written == total)
		return;
	ml_buf_printf(text, "%s: %zu of %zu are in this report; use the json format for all", what, written, total);
	put_note(sarif, descriptor, level, ml_buf_get(text));
}

static void put_unknowns(struct ml_sarif *sarif)
{
	size_t n = 0;

	for (size_t i = 0; i < sarif->items.n; i++) {
		const struct ml_item *item = &sarif->items.items[i];

		if (item->result->verdict == ML_UNKNOWN && n++ < NOTES_MAX)
			put_unknown(sarif, item);
	}
	put_cut(sarif, "truncated", "warning", "notifications of what could not be judged", n < NOTES_MAX ? n : NOTES_MAX, n);
}

static void put_diags(struct ml_sarif *sarif)
{
	size_t n = 0, written;

	for (size_t i = 0; i < sarif->findings->nruns; i++) {
		const struct ml_run *run = &sarif->findings->runs[i];

		for (size_t j = 0; j < run->ndiags; j++)
			if (n++ < NOTES_MAX)
				put_diag(sarif, run, &run->diags[j]);
	}
	written = n < NOTES_MAX ? n : NOTES_MAX;
	for (size_t i = 0; i < sarif->findings->nruns; i++)
		n += sarif->findings->runs[i].diags_dropped;
	put_cut(sarif, "truncated", "warning", "diagnostics", written, n);
}

static void put_seal(struct ml_sarif *sarif)
{
	struct ml_json *json = &sarif->json;
	struct ml_seal seal;

	ml_seal_read(sarif->findings, &seal);
	ml_json_key(json, "sandbox");
	ml_json_object(json);
	ml_json_key(json, "lacking");
	ml_json_array(json);
	for (size_t i = 0; i < seal.nlayers; i++)
		if (seal.layers[i].lacking)
			ml_json_str(json, seal.layers[i].name);
	ml_json_end_array(json);
	ml_json_key(json, "layers");
	ml_json_uint(json, seal.nlayers);
	ml_json_key(json, "sealed");
	ml_json_uint(json, seal.sealed);
	ml_json_key(json, "unattested");
	ml_json_uint(json, seal.unattested);
	ml_json_key(json, "unsealed");
	ml_json_uint(json, seal.unsealed);
	ml_json_end_object(json);
}

/* "leftOut": what profiles leave out, so that a narrow one is not taken for a pass of all. */
static void put_narrowed(struct ml_sarif *sarif)
{
	struct ml_narrowed all[ML_NARROWED_MAX];
	size_t n = ml_narrowed_find(sarif->findings, all, ML_NARROWED_MAX);
	struct ml_json *json = &sarif->json;

	if (n == 0)
		return;
	ml_json_key(json, "leftOut");
	ml_json_array(json);
	for (size_t i = 0; i < n; i++) {
		ml_json_object(json);
		ml_json_key(json, "kind");
		ml_json_str(json, all[i].kind);
		ml_json_key(json, "policy");
		ml_json_str(json, all[i].policy->id);
		ml_json_key(json, "rules");
		ml_json_uint(json, all[i].policy->left_out);
		ml_json_end_object(json);
	}
	ml_json_end_array(json);
}

static void put_properties(struct ml_sarif *sarif, const struct ml_tally *tally)
{
	struct ml_json *json = &sarif->json;

	ml_json_key(json, "properties");
	ml_json_object(json);
	ml_json_key(json, "failOn");
	ml_json_puts(json, ml_report_severity(sarif->options->fail_on));
	put_narrowed(sarif);
	ml_json_key(json, "notapplicable");
	ml_json_uint(json, tally->by_class[ML_CLASS_NOTAPPLICABLE]);
	ml_json_key(json, "passed");
	ml_json_uint(json, tally->by_class[ML_CLASS_PASSED]);
	put_seal(sarif);
	ml_json_end_object(json);
}

void ml_sarif_invocations(struct ml_sarif *sarif)
{
	static const char *const meaning[] = {
		"nothing fails at or above the threshold", "a finding at or above the threshold", "",
		"something at or above the threshold could not be judged",
	};
	int code = ml_findings_gate(sarif->findings, sarif->options->fail_on);
	struct ml_json *json = &sarif->json;
	struct ml_tally tally;

	ml_tally(sarif->findings, sarif->options->fail_on, &tally);
	ml_json_key(json, "invocations");
	ml_json_array(json);
	ml_json_object(json);
	ml_json_key(json, "executionSuccessful");
	ml_json_bool(json, tally.lost == 0);
	ml_json_key(json, "exitCode");
	ml_json_int(json, code);
	ml_json_key(json, "exitCodeDescription");
	ml_json_puts(json, meaning[code >= 0 && code <= 3 ? code : 2]);
	put_properties(sarif, &tally);
	ml_json_key(json, "toolExecutionNotifications");
	ml_json_array(json);
	put_cut(sarif, "truncated", "error", "results", sarif->nwritten, sarif->total);
	put_unknowns(sarif);
	put_diags(sarif);
	ml_json_end_array(json);
	ml_json_end_object(json);
	ml_json_end_array(json);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The SARIF 2.1.0 (errata 01) report: one run over all targets. Section numbers in reports/sarif-*.c are those of the specification. */
#include "base/error.h"
#include "reports/sarif-priv.h"
#include "reports/writers-priv.h"

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

#define SCRATCH_BYTES ((size_t)64 << 20)

/* Passes and not-applicables are numbers in the invocation's properties. */
enum {
	REPORTED = 1u << ML_CLASS_FAILED | 1u << ML_CLASS_BELOW | 1u << ML_CLASS_UNKNOWN | 1u << ML_CLASS_KNOWN | 1u << ML_CLASS_WAIVED,
};

static void put_hash(struct ml_json *json, const struct ml_run *run)
{
	if (!run->sha256[0])
		return;
	ml_json_key(json, "hashes");
	ml_json_object(json);
	ml_json_key(json, "sha-256");
	ml_json_str(json, (struct ml_str){run->sha256, strnlen(run->sha256, sizeof(run->sha256))});
	ml_json_end_object(json);
}

static void put_artifacts(struct ml_sarif *sarif)
{
	struct ml_json *json = &sarif->json;
	const struct ml_findings *findings = sarif->findings;

	ml_json_key(json, "artifacts");
	ml_json_array(json);
	for (size_t i = 0; i < findings->nruns; i++) {
		if (i > 0 && ml_str_eq(findings->runs[i].uri, findings->runs[i - 1].uri))
			continue; /* a target of two kinds; runs are sorted by uri */
		ml_json_object(json);
		put_hash(json, &findings->runs[i]);
		ml_json_key(json, "location");
		ml_json_object(json);
		ml_uri_add(ml_sarif_scratch(sarif, &sarif->text), findings->runs[i].uri);
		ml_json_key(json, "uri");
		ml_json_str(json, ml_buf_get(&sarif->text));
		if (!ml_str_starts(findings->runs[i].uri, ML_STR("/")) && !ml_uri_is_endpoint(findings->runs[i].uri)) {
			ml_json_key(json, "uriBaseId");
			ml_json_puts(json, "SRCROOT");
		}
		ml_json_end_object(json);
		ml_json_key(json, "roles");
		ml_json_array(json);
		ml_json_puts(json, "analysisTarget");
		ml_json_end_array(json);
		ml_json_end_object(json);
	}
	ml_json_end_array(json);
}

/* Where SRCROOT lies is not said: findings hold no absolute path (§3.14.14 allows that). */
static void put_base(struct ml_sarif *sarif)
{
	struct ml_json *json = &sarif->json;

	ml_json_key(json, "originalUriBaseIds");
	ml_json_object(json);
	ml_json_key(json, "SRCROOT");
	ml_json_object(json);
	ml_sarif_message(sarif, "description", ML_STR("the directory that was scanned"));
	ml_json_end_object(json);
	ml_json_end_object(json);
}

static void put_run_properties(struct ml_sarif *sarif)
{
	struct ml_json *json = &sarif->json;

	ml_json_key(json, "properties");
	ml_json_object(json);
	ml_json_key(json, "resultsTotal");
	ml_json_uint(json, sarif->total);
	ml_json_key(json, "truncated");
	ml_json_bool(json, sarif->nwritten < sarif->total);
	ml_json_end_object(json);
}

static void put_run(struct ml_sarif *sarif)
{
	struct ml_json *json = &sarif->json;

	ml_json_object(json);
	put_artifacts(sarif);
	ml_json_key(json, "columnKind");
	ml_json_puts(json, "unicodeCodePoints");
	ml_sarif_invocations(sarif);
	put_base(sarif);
	put_run_properties(sarif);
	ml_sarif_results(sarif);
	ml_sarif_taxonomies(sarif);
	ml_sarif_driver(sarif);
	ml_json_end_object(json);
}

static bool was_baselined(const struct ml_sarif *sarif)
{
	for (size_t i = 0; i < sarif->items.n; i++)
		if (sarif->items.items[i].result->known)
			return true;
	return sarif->options->baseline;
}

static size_t count_all(const struct ml_sarif *sarif)
{
	struct ml_tally tally;
	size_t n = 0;

	ml_tally(sarif->findings, sarif->options->fail_on, &tally);
	for (int class = 0; class < ML_CLASSES; class++)
		if (REPORTED >> class & 1)
			n += tally.by_class[class];
	return n;
}

static void put_log(struct ml_sarif *sarif)
{
	struct ml_json *json = &sarif->json;

	ml_json_object(json);
	ml_json_key(json, "$schema");
	ml_json_puts(json, SCHEMA);
	ml_json_key(json, "runs");
	ml_json_array(json);
	put_run(sarif);
	ml_json_end_array(json);
	ml_json_key(json, "version");
	ml_json_puts(json, "2.1.0");
	ml_json_end_object(json);
	ml_buf_putc(json->out, '\n');
}

static void write_gathered(struct ml_sarif *sarif, struct ml_arena *scratch)
{
	if (!ml_items_collect(sarif->findings, sarif->options->fail_on, REPORTED, scratch, &sarif->items) ||
		!ml_sarif_gather(sarif, scratch)) {
		sarif->text.error = ML_ENOMEM;
		return;
	}
	sarif->nwritten = sarif->items.n < ML_SARIF_RESULTS_MAX ? sarif->items.n : ML_SARIF_RESULTS_MAX;
	sarif->total = count_all(sarif);
	sarif->baseline = was_baselined(sarif);
	put_log(sarif);
}

void ml_write_sarif(const struct ml_findings *findings, const struct ml_report_options *options, struct ml_arena *scratch,
	struct ml_buf *out)
{
	struct ml_sarif sarif = {.findings = findings, .options = options};
	struct ml_buf *const scratches[] = {&sarif.text, &sarif.safe, &sarif.join};

	ml_json_begin(&sarif.json, out, 1);
	for (size_t i = 0; i < 3; i++)
		ml_buf_init(scratches[i], SCRATCH_BYTES);
	write_gathered(&sarif, scratch);
	for (size_t i = 0; i < 3; i++) {
		ml_sarif_scratch(&sarif, scratches[i]);
		ml_buf_free(scratches[i]);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Waivers and baselines: each waiver file of tests/waivers/ on the same findings, on 31 December 2026; what is labelled, and what is said of the waivers. */
#include "tests/unit/policies/policies-test.h"

#include "facts/json-read.h"
#include "policies/findings-priv.h"
#include "policies/waiver-priv.h"

#define ARENA_BYTES ((size_t)64 << 20)

static struct ml_findings read_findings(struct ml_arena *arena)
{
	struct ml_findings findings;
	struct ml_error err = {0};

	if (ml_findings_read(arena, test_file(arena, "tests/waivers/findings.json"), &findings, &err))
		fail_msg("%s", err.message);
	return findings;
}

static int32_t today(void)
{
	int32_t days = 0;

	assert_true(ml_date_parse(ML_STR("2026-12-31"), &days));
	return days;
}

static void show_run(const struct ml_run *run, struct ml_buf *out)
{
	ml_buf_printf(out, "%.*s: %zu pass, %zu fail, %zu unknown, %zu waived\n", ML_STR_ARG(run->uri), run->summary[ML_PASS], run->summary[ML_FAIL],
		run->summary[ML_UNKNOWN], run->summary[ML_WAIVED]);
	for (size_t i = 0; i < run->nresults; i++) {
		const struct ml_result *result = &run->results[i];
		if (result->verdict == ML_PASS)
			continue;
		ml_buf_printf(out, "  %s %s %.*s \"%.*s\" at %u:%u: %.*s%s%.*s\n", ml_severity_words[result->severity], ml_verdict_words[result->verdict],
			ML_STR_ARG(result->rule), ML_STR_ARG(result->element), result->place.line, result->place.col, ML_STR_ARG(result->message),
			result->waiver.len ? " | " : "", ML_STR_ARG(result->waiver));
	}
}

static void apply_file(struct ml_arena *arena, const char *name, struct ml_buf *out)
{
	struct ml_findings findings = read_findings(arena), again;
	struct ml_waivers waivers = {0};
	struct ml_diags diags = {.arena = arena};
	struct ml_error err = {0};
	ML_BUF_AUTO text = {0};

	if (ml_waivers_read(arena, ml_str(name), test_file(arena, ml_strf(arena, "tests/waivers/%s", name).ptr), &diags, &waivers)) {
		for (size_t i = 0; i < diags.n; i++)
			ml_diag_print(out, &diags.items[i]);
		assert_true(diags.errors > 0);
		return;
	}
	assert_int_equal(ml_waivers_apply(arena, &waivers, today(), &findings), 0);
	for (size_t i = 0; i < findings.nruns; i++)
		show_run(&findings.runs[i], out);
	/* What was labelled is a whole document again. */
	ml_buf_init(&text, ML_FINDINGS_BYTES);
	ml_findings_write(&findings, &text);
	if (ml_findings_read(arena, ml_buf_get(&text), &again, &err))
		fail_msg("%s: %s", name, err.message);
}

static void each_file_says_what_is_written_down(void **state)
{
	static const char *const cases[] = {"none", "globs", "expired", "unmatched", "fingerprint", "errors", "not-waivers", "not-yaml", "empty"};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
		ML_BUF_AUTO out;
		ml_buf_init(&out, 1 << 20);
		apply_file(arena, ml_strf(arena, "%s.yaml", cases[i]).ptr, &out);
		test_expect(arena, ml_strf(arena, "tests/waivers/%s.txt", cases[i]).ptr, ml_buf_get(&out));
	}
}

static void dates_are_days(void **state)
{
	static const struct {
		const char *text;
		int32_t days; /* -1: none */
	} cases[] = {
		{"1970-01-01", 0}, {"1970-01-02", 1}, {"2000-02-29", 11016}, {"2026-12-31", 20818}, {"9999-12-31", 2932896}, {"2100-02-29", -1},
		{"2026-13-01", -1}, {"2026-00-01", -1}, {"2026-01-00", -1}, {"2026-1-01", -1}, {"0000-01-01", -1}, {"2026-01-01 ", -1}, {"+026-01-01", -1}, {"", -1},
	};
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int32_t days = -1;
		bool good = ml_date_parse(ml_str(cases[i].text), &days);
		if (good != (cases[i].days >= 0) || days != cases[i].days)
			fail_msg("%s: got %d", cases[i].text, days);
		if (good)
			test_same(ml_date_text(arena, days), ml_str(cases[i].text));
	}
}

static void a_waiver_is_a_label_and_no_pass(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_findings findings = read_findings(arena);
	struct ml_waiver all[] = {{.rule = ML_STR("USER"), .owner = ML_STR("o"), .reason = ML_STR("r"), .until = today()}};
	struct ml_waivers waivers = {all, 1, 1};
	const struct ml_run *run = &findings.runs[1];

	assert_int_equal(ml_waivers_apply(arena, &waivers, today(), &findings), 0);
	assert_int_equal(run->summary[ML_WAIVED], 2);
	assert_int_equal(run->summary[ML_PASS], 0);
	assert_int_equal(run->results[0].severity, ML_SEV_HIGH);
	assert_int_equal(all[0].matched, 2);
	/* The next day it is over. */
	findings = read_findings(arena);
	all[0].matched = 0;
	assert_int_equal(ml_waivers_apply(arena, &waivers, today() + 1, &findings), 0);
	assert_int_equal(findings.runs[1].summary[ML_WAIVED] + findings.runs[2].summary[ML_WAIVED], 0);
}

static void a_baseline_marks_what_stood_against_it_before(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_findings before = read_findings(arena), after = read_findings(arena);
	struct ml_run *run = &before.runs[1];

	run->results[1].verdict = ML_WAIVED; /* labelled then, so not accepted as known now */
	before.runs[0].nresults = 0;
	assert_int_equal(ml_baseline_apply(arena, &before, &after), 0);
	assert_true(after.runs[1].results[0].known);
	assert_false(after.runs[1].results[1].known);
	assert_int_equal(ml_findings_gate(&after, ML_SEV_HIGH), 1);
	after.runs[1].results[1].known = true;
	after.runs++; /* the Dockerfile's run alone */
	after.nruns--;
	assert_int_equal(ml_findings_gate(&after, ML_SEV_INFO), 0);
}

static void memory_may_end_anywhere(void **state)
{
	int r = ML_ENOMEM;

	for (size_t n = 1; r && n < 5000; n++) {
		ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
		struct ml_findings findings = read_findings(arena);
		struct ml_waivers waivers = {0};
		struct ml_diags diags = {.arena = arena};
		struct ml_str text = test_file(arena, "tests/waivers/expired.yaml");
		ml_arena_fail_at(arena, n);
		r = ml_waivers_read(arena, ML_STR("w"), text, &diags, &waivers);
		r = r ? r : ml_waivers_apply(arena, &waivers, today(), &findings);
		assert_true(r == 0 || r == ML_ENOMEM);
	}
	assert_int_equal(r, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_file_says_what_is_written_down),
		cmocka_unit_test(dates_are_days),
		cmocka_unit_test(a_waiver_is_a_label_and_no_pass),
		cmocka_unit_test(a_baseline_marks_what_stood_against_it_before),
		cmocka_unit_test(memory_may_end_anywhere),
	};

	ml_json_warm_up();
	return cmocka_run_group_tests_name("waiver", tests, NULL, NULL);
}

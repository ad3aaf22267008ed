/* SPDX-License-Identifier: Apache-2.0 */
/* Findings: documents that read back to themselves, documents that are refused, merging and the gate. */
#include "tests/unit/policies/policies-test.h"

#include "facts/json-read.h"
#include "policies/findings-priv.h"

static struct ml_str write_again(struct ml_arena *arena, const struct ml_findings *findings)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, ML_FINDINGS_BYTES);
	ml_findings_write(findings, &out);
	assert_int_equal(out.error, 0);
	return ml_str_dup(arena, ml_buf_get(&out));
}

static void a_document_reads_back_to_itself(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)64 << 20);
	struct ml_str text = test_file(arena, "tests/findings/whole.json");
	struct ml_findings findings;
	struct ml_error err = {0};

	if (ml_findings_read(arena, text, &findings, &err))
		fail_msg("%s", err.message);
	assert_int_equal(findings.nruns, 2);
	assert_int_equal(findings.runs[0].summary[ML_PASS], 42);
	assert_int_equal(findings.runs[0].results[1].nbecause, 3);
	assert_true(ml_str_is(findings.runs[0].results[1].because[1].value, "[\"A\",{\"a\":1,\"b\":[1.5,null]},-3]"));
	assert_true(ml_str_is(findings.runs[0].results[1].because[0].place.origin->file, "base.yml"));
	test_same(write_again(arena, &findings), text);
}

static void bad_documents_are_refused(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)256 << 20);
	struct ml_str whole = test_file(arena, "tests/findings/whole.json");
	struct test_table table = {test_file(arena, "tests/findings/bad.tsv")};
	struct ml_str row[3];
	size_t rows = 0;

	for (; test_row(&table, row, 3); rows++) {
		struct ml_error err = {0};
		struct ml_findings findings;
		size_t at = ml_str_find(whole, row[0]);
		struct ml_str text;
		if (at == ML_NPOS)
			fail_msg("%.*s is not in whole.json", ML_STR_ARG(row[0]));
		text = ml_strf(arena, "%.*s%.*s%.*s", (int)at, whole.ptr, ML_STR_ARG(row[1]), ML_STR_ARG(ml_str_sub(whole, at + row[0].len, whole.len)));
		if (ml_findings_read(arena, text, &findings, &err) == 0)
			fail_msg("accepted: %.*s", ML_STR_ARG(row[1]));
		if (!strstr(err.message, ml_str_dup(arena, row[2]).ptr))
			fail_msg("%.*s: got \"%s\", want \"%.*s\"", ML_STR_ARG(row[1]), err.message, ML_STR_ARG(row[2]));
	}
	assert_true(rows > 30);
}

static void depth_and_size_are_bounded(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)64 << 20);
	char *deep = ml_alloc(arena, 200000);
	struct ml_findings findings;
	struct ml_error err = {0};

	memset(deep, '[', 200000);
	assert_int_equal(ml_findings_read(arena, (struct ml_str){deep, 200000}, &findings, &err), ML_ELIMIT);
	assert_int_equal(ml_findings_read(arena, ML_STR(""), &findings, &err), ML_ESYNTAX);
	assert_int_equal(ml_findings_read(arena, ML_STR_NONE, &findings, &err), ML_ESYNTAX);
	assert_int_equal(ml_findings_read(arena, ML_STR("\"[[[[[\\"), &findings, &err), ML_ESYNTAX);
	assert_int_equal(ml_findings_read(arena, ML_STR("[]"), &findings, &err), ML_ETYPE);
	assert_int_equal(ml_findings_read(arena, ML_STR("{}x"), &findings, &err), ML_ESYNTAX);
}

/* A liar's order does not reach a report. */
static void order_is_not_trusted(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)64 << 20);
	struct ml_str text = test_file(arena, "tests/findings/whole.json");
	struct ml_findings findings;
	struct ml_run *run, swap;
	struct ml_result first;

	assert_int_equal(ml_findings_read(arena, text, &findings, NULL), 0);
	run = &findings.runs[0];
	first = run->results[0];
	run->results[0] = run->results[3];
	run->results[3] = first;
	swap = findings.runs[0];
	findings.runs[0] = findings.runs[1];
	findings.runs[1] = swap;
	assert_int_equal(ml_findings_read(arena, write_again(arena, &findings), &findings, NULL), 0);
	test_same(write_again(arena, &findings), text);
}

static void memory_may_end_anywhere(void **state)
{
	ML_ARENA_AUTO whole = ml_arena_new((size_t)64 << 20);
	struct ml_str text = test_file(whole, "tests/findings/whole.json");
	int r = ML_ENOMEM;

	for (size_t n = 1; r && n < 10000; n++) {
		ML_ARENA_AUTO arena = ml_arena_new((size_t)64 << 20);
		struct ml_findings findings;
		ml_arena_fail_at(arena, n);
		r = ml_findings_read(arena, text, &findings, NULL);
		assert_true(r == 0 || r == ML_ENOMEM);
	}
	assert_int_equal(r, 0);
}

static struct ml_findings read_whole(struct ml_arena *arena)
{
	struct ml_findings findings;

	assert_int_equal(ml_findings_read(arena, test_file(arena, "tests/findings/whole.json"), &findings, NULL), 0);
	return findings;
}

static void shards_merge_to_the_same_bytes(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)64 << 20);
	struct ml_findings whole = read_whole(arena), merged;
	struct ml_findings parts[] = {{&whole.runs[1], 1}, {NULL, 0}, {&whole.runs[0], 1}};
	struct ml_findings twice[] = {whole, {&whole.runs[1], 1}};
	struct ml_error err = {0};

	assert_int_equal(ml_findings_merge(arena, parts, 3, &merged, &err), 0);
	test_same(write_again(arena, &merged), write_again(arena, &whole));
	assert_int_equal(ml_findings_merge(arena, twice, 2, &merged, &err), ML_EDUP);
	assert_non_null(strstr(err.message, "web/Dockerfile"));
}

static void the_gate(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)64 << 20);
	struct ml_findings f = read_whole(arena), none = {0};
	struct ml_result *results = f.runs[0].results;

	assert_int_equal(ml_findings_gate(&f, ML_SEV_MEDIUM), 1);
	assert_int_equal(ml_findings_gate(&f, ML_SEV_CRITICAL), 1);
	results[1].known = true;
	assert_int_equal(ml_findings_gate(&f, ML_SEV_INFO), 0);
	results[2].known = false;
	assert_int_equal(ml_findings_gate(&f, ML_SEV_MEDIUM), 3);
	assert_int_equal(ml_findings_gate(&f, ML_SEV_HIGH), 0);
	f.runs[0].rules[1].unlisted[ML_FAIL] = 1;
	assert_int_equal(ml_findings_gate(&f, ML_SEV_MEDIUM), 1);
	assert_int_equal(ml_findings_gate(&f, ML_SEV_HIGH), 0);
	assert_int_equal(ml_findings_gate(&none, ML_SEV_CRITICAL), 3);
}

static void a_lost_target_is_unknown(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)64 << 20);
	struct ml_findings lost, again;
	struct ml_str text;

	assert_int_equal(ml_findings_lost(arena, ML_STR("a/b.yml"), ML_STR("config.compose"), ML_STR("the worker was killed by signal 31"), &lost), 0);
	assert_int_equal(ml_findings_gate(&lost, ML_SEV_HIGH), 3);
	assert_int_equal(ml_findings_gate(&lost, ML_SEV_CRITICAL), 3); /* whatever the threshold: nobody knows how bad it is */
	assert_int_equal(lost.runs[0].summary[ML_UNKNOWN], 1);
	text = write_again(arena, &lost);
	assert_int_equal(ml_findings_read(arena, text, &again, NULL), 0);
	test_same(write_again(arena, &again), text);
}

static void identities_have_no_tags(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)1 << 20);
	struct test_table table = {test_file(arena, "tests/findings/identities.tsv")};
	struct ml_str row[2];

	while (test_row(&table, row, 2))
		test_same(ml_identity_normal(arena, row[0]), row[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_reads_back_to_itself),
		cmocka_unit_test(bad_documents_are_refused),
		cmocka_unit_test(depth_and_size_are_bounded),
		cmocka_unit_test(order_is_not_trusted),
		cmocka_unit_test(memory_may_end_anywhere),
		cmocka_unit_test(shards_merge_to_the_same_bytes),
		cmocka_unit_test(the_gate),
		cmocka_unit_test(a_lost_target_is_unknown),
		cmocka_unit_test(identities_have_no_tags),
	};

	ml_json_warm_up();
	return cmocka_run_group_tests_name("findings", tests, NULL, NULL);
}

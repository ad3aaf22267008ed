/* SPDX-License-Identifier: Apache-2.0 */
/* Judging: the tests in every pack, cases of verdicts and places, fingerprints that stay, bytes that do not depend on where they are made. */
#include "tests/unit/policies/policies-test.h"

#include <locale.h>
#include <time.h>
#include <unistd.h>

#include "facts/factfile.h"
#include "facts/json-read.h"
#include "policies/judge-priv.h"

#define ARENA_BYTES ((size_t)512 << 20)

static void fail_diags(const struct ml_diags *diags)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, 1 << 20);
	for (size_t i = 0; i < diags->n; i++)
		ml_diag_print(&out, &diags->items[i]);
	fail_msg("%s", out.ptr ? out.ptr : "no diagnostics");
}

static struct ml_policies load(struct ml_arena *arena, const char *name, struct ml_str bytes)
{
	struct ml_policy_source source = {.name = ml_str(name), .bytes = bytes, .chosen = true};
	struct ml_policies_wish wish = {.tests = true};
	struct ml_diags diags = {.arena = arena};
	struct ml_policies policies = {0};

	if (ml_policies_load(arena, &source, 1, &wish, &diags, &policies))
		fail_diags(&diags);
	return policies;
}

static size_t rule_tests(struct ml_arena *arena, const struct ml_policy *policy, size_t *bad)
{
	size_t n = 0;

	for (size_t i = 0; i < policy->nrules; i++) {
		for (size_t k = 0; k < policy->rules[i].ntests; k++, n++) {
			const struct ml_policy_test *test = &policy->rules[i].tests[k];
			struct ml_arena_mark mark = ml_arena_mark(arena);
			struct ml_str why = ML_STR_NONE;
			bool ok;
			int r = ml_judge_test(arena, policy, &policy->rules[i], test, &ok, &why);
			if (r || !ok) {
				print_error("%.*s:%u: %.*s: %.*s\n", ML_STR_ARG(policy->file), test->line, ML_STR_ARG(policy->rules[i].id), ML_STR_ARG(why));
				++*bad;
			}
			ml_arena_release(arena, mark);
		}
	}
	return n;
}

static void every_pack_keeps_its_promises(void **state)
{
	static const char *const packs[] = {"policies/packs/compose-hardening.yaml", "policies/packs/dockerfile-hardening.yaml",
		"policies/packs/tls-baseline.yaml"};
	size_t n = 0, bad = 0;

	for (size_t i = 0; i < 2; i++) {
		ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
		struct ml_policies policies = load(arena, packs[i], test_file(arena, packs[i]));
		for (size_t k = 0; k < policies.n; k++)
			n += rule_tests(arena, &policies.items[k], &bad);
	}
	print_message("# %zu tests of rules, %zu differ\n", n, bad);
	assert_true(n > 200);
	assert_int_equal(bad, 0);
}


static struct ml_str bytes_of(struct ml_arena *arena, struct ml_run *run)
{
	struct ml_findings findings = {run, 1};
	ML_BUF_AUTO out;

	ml_buf_init(&out, ML_FINDINGS_BYTES);
	ml_findings_write(&findings, &out);
	assert_int_equal(out.error, 0);
	return ml_str_dup(arena, ml_buf_get(&out));
}

/* Calls `look` with the run of each test of each rule of a policy file. */
struct look {
	void (*one)(struct look *look, const struct ml_rule *rule, size_t test, struct ml_facts *facts, struct ml_run *run);
	struct ml_arena *arena;
	const struct ml_policy *policy;
	const struct ml_value *params;
	struct ml_buf *out;
	struct ml_sha256 *sha;
	char fingerprint[33];
	size_t n, whole;
};

static void look_at(struct look *look, struct ml_arena *arena, const char *name)
{
	struct ml_policies policies = load(arena, name, test_file(arena, name));

	look->arena = arena;
	for (size_t i = 0; i < policies.items[0].nrules; i++) {
		const struct ml_rule *rule = &policies.items[0].rules[i];
		for (size_t k = 0; k < rule->ntests; k++, look->n++) {
			struct ml_policy one = policies.items[0];
			struct ml_rule alone = *rule;
			struct ml_value params;
			struct ml_str why;
			struct ml_run run;
			struct ml_facts *facts = ml_judge_facts(arena, &one, &rule->tests[k], &params, &why);
			if (!facts)
				fail_msg("%.*s", ML_STR_ARG(why));
			one.rules = &alone;
			one.nrules = 1;
			look->policy = &one;
			look->params = &params;
			assert_int_equal(ml_judge_one(arena, facts, &one, &params, &run), 0);
			look->one(look, rule, k, facts, &run);
		}
	}
}

static void show_result(struct ml_buf *out, const struct ml_result *result)
{
	ml_buf_printf(out, "  %s \"%.*s\"", ml_verdict_words[result->verdict], ML_STR_ARG(result->element));
	if (result->place.line)
		ml_buf_printf(out, " at %u:%u", result->place.line, result->place.col);
	if (result->element_place.line)
		ml_buf_printf(out, ", element at %u:%u", result->element_place.line, result->element_place.col);
	ml_buf_printf(out, "%s%.*s\n", result->message.len ? ": " : "", ML_STR_ARG(result->message));
	for (size_t i = 0; i < result->nbecause; i++)
		ml_buf_printf(out, "    %.*s = %.*s at %u:%u\n", ML_STR_ARG(result->because[i].fact), ML_STR_ARG(result->because[i].value), result->because[i].place.line,
			result->because[i].place.col);
}

static void show_run(struct look *look, const struct ml_rule *rule, size_t test, struct ml_facts *facts, struct ml_run *run)
{
	ml_buf_printf(look->out, "%.*s %zu\n", ML_STR_ARG(rule->id), test + 1);
	for (size_t i = 0; i < run->nresults; i++)
		show_result(look->out, &run->results[i]);
}

static void cases_are_judged_as_written_down(void **state)
{
	static const char *const cases[] = {"verdicts", "places", "names"};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
		ML_BUF_AUTO out;
		struct look look = {.one = show_run, .out = &out};
		ml_buf_init(&out, 1 << 20);
		look_at(&look, arena, ml_strf(arena, "tests/judge/cases/%s.yaml", cases[i]).ptr);
		test_expect(arena, ml_strf(arena, "tests/judge/cases/%s.txt", cases[i]).ptr, ml_buf_get(&out));
	}
}

static const struct ml_result *first_finding(const struct ml_run *run)
{
	for (size_t i = 0; i < run->nresults; i++)
		if (run->results[i].fingerprint[0])
			return &run->results[i];
	return NULL;
}

static void check_same(struct look *look, const struct ml_rule *rule, size_t test, struct ml_facts *facts, struct ml_run *run)
{
	const struct ml_result *result = first_finding(run);

	assert_non_null(result);
	if (test > 0 && strcmp(look->fingerprint, result->fingerprint) != 0)
		fail_msg("%.*s: test %zu is another finding than the first", ML_STR_ARG(rule->id), test + 1);
	if (test == 0 && strcmp(look->fingerprint, result->fingerprint) == 0)
		fail_msg("%.*s: the same finding as of the rule before", ML_STR_ARG(rule->id));
	memcpy(look->fingerprint, result->fingerprint, sizeof(look->fingerprint));
}

static void a_finding_stays_the_same_finding(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct look look = {.one = check_same};

	look_at(&look, arena, "tests/judge/same/compose.yaml");
	look_at(&look, arena, "tests/judge/same/dockerfile.yaml");
	assert_int_equal(look.n, 11);
}

/* Facts written to a file, read back and judged again give the same bytes. */
static void check_replay(struct look *look, const struct ml_rule *rule, size_t test, struct ml_facts *facts, struct ml_run *run)
{
	struct ml_arena_mark mark = ml_arena_mark(look->arena);
	struct ml_facts *again = NULL;
	struct ml_error err = {0};
	struct ml_run replayed;
	ML_BUF_AUTO out;

	ml_buf_init(&out, ML_FACTFILE_BYTES);
	ml_factfile_write(facts, &out);
	assert_int_equal(out.error, 0);
	if (ml_factfile_read(look->arena, ml_buf_get(&out), &again, &err)) {
		/* A rule's test may leave out what a collector always sets. */
		if (!strstr(err.message, "is missing"))
			fail_msg("%.*s: %s", ML_STR_ARG(rule->id), err.message);
		return;
	}
	assert_int_equal(ml_judge_one(look->arena, again, look->policy, look->params, &replayed), 0);
	test_same(bytes_of(look->arena, &replayed), bytes_of(look->arena, run));
	look->whole++;
	ml_arena_release(look->arena, mark);
}

static void replayed_facts_give_the_same_bytes(void **state)
{
	static const char *const files[] = {"tests/judge/cases/verdicts.yaml", "tests/judge/cases/places.yaml", "tests/judge/cases/names.yaml",
		"policies/packs/compose-hardening.yaml", "policies/packs/dockerfile-hardening.yaml", "policies/packs/tls-baseline.yaml"};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		ML_ARENA_AUTO arena = ml_arena_new((size_t)1 << 30);
		struct look look = {.one = check_replay};
		look_at(&look, arena, files[i]);
		n += look.whole;
	}
	print_message("# %zu of the tests are whole facts\n", n);
	assert_true(n > 60);
}

static void add_bytes(struct look *look, const struct ml_rule *rule, size_t test, struct ml_facts *facts, struct ml_run *run)
{
	ml_sha256_field(look->sha, bytes_of(look->arena, run));
}

static struct ml_str digest_of_all(struct ml_arena *arena)
{
	struct ml_sha256 sha;
	struct look look = {.one = add_bytes, .sha = &sha};
	uint8_t digest[32];
	char hex[65];

	ml_sha256_begin(&sha);
	look_at(&look, arena, "tests/judge/cases/places.yaml");
	look_at(&look, arena, "policies/packs/dockerfile-hardening.yaml");
	ml_sha256_end(&sha, digest);
	ml_hex(digest, 32, hex);
	return ml_str_dup(arena, ml_str(hex));
}

static void neither_zone_nor_locale_nor_folder_matters(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)1 << 30);
	struct ml_str before = digest_of_all(arena);

	setenv("TZ", "Pacific/Kiritimati", 1);
	setenv("LC_ALL", "tr_TR.UTF-8", 1);
	setlocale(LC_ALL, "");
	tzset();
	assert_int_equal(chdir("/"), 0);
	test_same(digest_of_all(arena), before);
	setlocale(LC_ALL, "C");
}

/* The facts of one test of a rule in the file of verdicts. */
static struct ml_facts *facts_of(struct ml_arena *arena, const char *name, struct ml_policies *policies)
{
	struct ml_value params;
	struct ml_str why;

	*policies = load(arena, name, test_file(arena, name));
	return ml_judge_facts(arena, &policies->items[0], &policies->items[0].rules[0].tests[0], &params, &why);
}

static void memory_may_end_anywhere(void **state)
{
	ML_ARENA_AUTO whole = ml_arena_new(ARENA_BYTES);
	struct ml_policies policies;
	struct ml_facts *facts = facts_of(whole, "tests/judge/cases/verdicts.yaml", &policies);
	int r = ML_ENOMEM;

	for (size_t n = 1; r && n < 20000; n++) {
		ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
		struct ml_run run;
		ml_arena_fail_at(arena, n);
		r = ml_judge(arena, facts, &policies, &run);
		assert_true(r == 0 || r == ML_ENOMEM);
	}
	assert_int_equal(r, 0);
}

static void what_was_skipped_is_unknown(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_policies policies, none = {0};
	struct ml_facts *facts = facts_of(arena, "tests/judge/cases/places.yaml", &policies);
	struct ml_findings findings = {.nruns = 1};
	struct ml_run run;

	ml_diag_add(&facts->diags, ML_DIAG_WARNING, ML_STR("a.yml"), 1, 1, "odd");
	assert_int_equal(ml_judge(arena, facts, &none, &run), 0);
	assert_int_equal(run.nresults, 0);
	ml_diag_add(&facts->diags, ML_DIAG_ERROR, ML_STR("a.yml"), 7, 2, "not a mapping");
	ml_diag_add(&facts->diags, ML_DIAG_ERROR, ML_STR("a.yml"), 9, 2, "not a list");
	assert_int_equal(ml_judge(arena, facts, &none, &run), 0);
	assert_int_equal(run.nresults, 1);
	assert_int_equal(run.results[0].verdict, ML_UNKNOWN);
	assert_int_equal(run.results[0].place.line, 7);
	assert_true(ml_str_is(run.results[0].rule, "MERLON-PARSE"));
	assert_true(ml_str_is(run.results[0].message, "not a mapping (and 1 more)"));
	findings.runs = &run;
	assert_int_equal(ml_findings_gate(&findings, ML_SEV_HIGH), 3);
}

/* A name of 60,000 bytes that is no UTF-8, 30,000 services, values 60 deep: what comes out is bounded, exact in number, and reads back. */
static struct ml_str hostile_policy_test(struct ml_arena *arena, size_t services)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, (size_t)64 << 20);
	ml_buf_puts(&out, "merlon: policy/v1\nid: h\ntitle: h\nkind: config.compose\nrules:\n  - id: H\n    title: h\n    severity: high\n    each: services\n"
		"    assert: it.tty || size(it.extensions) == 0 && it.name == ''\n    message: \"'no'\"\n    tests:\n      - expect: fail\n        facts:\n          services:\n");
	for (size_t i = 0; i < services; i++)
		ml_buf_printf(&out, "            \"s%zu \\e[31m\\u202e\": { extensions: { x-a: %s%s } }\n", i,
			"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
	return ml_str_dup(arena, ml_buf_get(&out));
}

static void hostile_facts_give_bounded_findings(void **state)
{
	enum { SERVICES = 30000 };
	ML_ARENA_AUTO arena = ml_arena_new((size_t)2 << 30);
	struct ml_policies policies = load(arena, "h.yaml", hostile_policy_test(arena, SERVICES));
	struct ml_value params;
	struct ml_str why, text;
	struct ml_facts *facts = ml_judge_facts(arena, &policies.items[0], &policies.items[0].rules[0].tests[0], &params, &why);
	struct ml_findings again;
	struct ml_error err = {0};
	struct ml_run run;

	assert_non_null(facts);
	assert_int_equal(ml_judge(arena, facts, &policies, &run), 0);
	assert_int_equal(run.nresults, ML_FINDINGS_GATED);
	assert_int_equal(run.summary[ML_FAIL], SERVICES);
	text = bytes_of(arena, &run);
	assert_true(text.len < 2000 * (size_t)ML_FINDINGS_GATED);
	if (ml_findings_read(arena, text, &again, &err))
		fail_msg("%s", err.message);
	test_same(bytes_of(arena, &again.runs[0]), text);
	assert_int_equal(ml_findings_gate(&again, ML_SEV_HIGH), 1);
}

/* Rules CHEAP and DEAR over 60 runs; DEAR walks all of them for each. */
static struct ml_str dear_policy(struct ml_arena *arena)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, 1 << 20);
	ml_buf_puts(&out,
		"merlon: policy/v1\nid: h\ntitle: h\nkind: config.dockerfile\nrules:\n"
		"  - id: CHEAP\n    title: h\n    severity: high\n    each: runs\n"
		"    assert: it.text == 't'\n    message: \"'no'\"\n"
		"  - id: DEAR\n    title: h\n    severity: high\n    each: runs\n"
		"    assert: runs.filter(r, r.id == it.text).size() == 0\n"
		"    message: \"'no'\"\n    tests:\n      - expect: pass\n        facts:\n          runs:\n");
	for (size_t i = 0; i < 60; i++)
		ml_buf_printf(&out, "            - { id: r%zu, text: t }\n", i);
	return ml_str_dup(arena, ml_buf_get(&out));
}

struct counts {
	size_t pass, given_up;
};

static struct counts count(const struct ml_run *run, const char *rule, const char *message)
{
	struct counts counts = {0, 0};

	for (size_t i = 0; i < run->nresults; i++) {
		const struct ml_result *result = &run->results[i];
		if (!ml_str_is(result->rule, rule))
			continue;
		if (result->verdict == ML_PASS) {
			counts.pass++;
			continue;
		}
		assert_int_equal(result->verdict, ML_UNKNOWN);
		test_same(result->message, ml_str(message));
		assert_true(result->place.line > 0);
		assert_true(result->element.len > 0);
		counts.given_up++;
	}
	return counts;
}

/* A rule that takes too long is unknown for what it did not come to, and the others are judged; if
 * all of them together do, nothing passes that was not looked at. */
static void what_costs_too_much_is_unknown(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_policies policies = load(arena, "h.yaml", dear_policy(arena));
	const struct ml_policy *policy = &policies.items[0];
	struct ml_value params;
	struct ml_str why;
	struct ml_facts *facts =
		ml_judge_facts(arena, policy, &policy->rules[1].tests[0], &params, &why);
	struct ml_judge_budget budget = {5000, 1000000, ML_SEV_MEDIUM};
	struct ml_findings findings = {NULL, 1};
	struct counts cheap, dear;
	struct ml_run run;

	assert_non_null(facts);
	assert_int_equal(ml_judge_within(arena, facts, &policies, budget, &run), 0);
	cheap = count(&run, "CHEAP", "");
	dear = count(&run, "DEAR", "not judged: DEAR took more than 5000 steps");
	assert_int_equal(cheap.pass, 60);
	assert_true(dear.pass > 1 && dear.given_up > 1);
	assert_int_equal(dear.pass + dear.given_up, 60);
	assert_true(run.cost < 10000);
	findings.runs = &run;
	assert_int_equal(ml_findings_gate(&findings, ML_SEV_HIGH), 3);

	budget = (struct ml_judge_budget){1000000, 5000, ML_SEV_MEDIUM};
	assert_int_equal(ml_judge_within(arena, facts, &policies, budget, &run), 0);
	why = ML_STR("not judged: all rules together took more than 5000 steps");
	cheap = count(&run, "CHEAP", why.ptr);
	dear = count(&run, "DEAR", why.ptr);
	assert_int_equal(cheap.pass + cheap.given_up + dear.pass + dear.given_up, 120);
	assert_true(cheap.given_up > 1 && dear.given_up > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pack_keeps_its_promises),
		cmocka_unit_test(cases_are_judged_as_written_down),
		cmocka_unit_test(a_finding_stays_the_same_finding),
		cmocka_unit_test(replayed_facts_give_the_same_bytes),
		cmocka_unit_test(neither_zone_nor_locale_nor_folder_matters),
		cmocka_unit_test(memory_may_end_anywhere),
		cmocka_unit_test(what_was_skipped_is_unknown),
		cmocka_unit_test(hostile_facts_give_bounded_findings),
		cmocka_unit_test(what_costs_too_much_is_unknown),
	};

	ml_json_warm_up();
	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Judging: the tests in every pack, cases of verdicts and places, fingerprints that stay, bytes that do not depend on where they are made. */
#include "tests/unit/policies/policies-test.h"

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
	static const char *const packs[] = {"policies/packs/compose-hardening.yaml", "policies/packs/dockerfile-hardening.yaml"};
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pack_keeps_its_promises),
	};

	ml_json_warm_up();
	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Plans and options: what is taken, and what is refused with its place. */
#include "tests/unit/test.h"

#include "base/error.h"
#include "scanner/discover.h"
#include "scanner/options.h"
#include "scanner/plan.h"

static void test_plan(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 24);
	struct ml_diags diags = {.arena = arena};
	struct ml_plan plan;

	assert_int_equal(ml_plan_read(arena, ML_STR("merlon.yaml"), ML_STR(
		"merlon: plan/v1\ntargets:\n  - .\n  - {path: a/stack.yml, kind: config.compose}\n"
		"  - files: [a.yml, b.yml]\n    root: deploy\npolicies: [x]\nfail-on: high\n"), &diags, &plan), 0);
	assert_int_equal(plan.ntargets, 3);
	assert_true(ml_str_is(plan.targets[0].path, "."));
	assert_true(ml_str_is(plan.targets[1].kind, "config.compose"));
	assert_int_equal(plan.targets[2].nfiles, 2);
	assert_true(ml_str_is(plan.targets[2].root, "deploy"));
	assert_int_equal(plan.npolicies, 1);
	assert_true(ml_str_is(plan.fail_on, "high"));
}

static void test_bad_plans(void **state)
{
	static const struct {
		const char *text, *message, *hint;
		uint32_t line, col;
	} cases[] = {
		{"", "a plan is one mapping that starts with `merlon: plan/v1`", "", 1, 1},
		{"[", NULL, "", 0, 0},
		{"merlon: plan/v1\ntargets: [.]\npolices: [a]\n", "unknown key: got \"polices\"", "did you mean `policies`?", 3, 1},
		{"merlon: plan/v2\ntargets: [.]\n", "not a plan: got \"plan/v2\"", "did you mean `plan/v1`?", 1, 9},
		{"merlon: plan/v1\n", "`targets` is missing", "", 1, 1},
		{"merlon: plan/v1\ntargets: []\n", "want a list of targets: got \"a sequence\"", "", 2, 10},
		{"merlon: plan/v1\ntargets: [{kind: config.compose}]\n", "a target has either a path or files", "", 2, 11},
		{"merlon: plan/v1\ntargets: [.]\ntargets: [.]\n", "this key stands twice: got \"targets\"", "", 3, 1},
		{"merlon: plan/v1\ntargets: [.]\nfail-on: hihg\n", "no such severity: got \"hihg\"", "did you mean `high`?", 3, 10},
		{"merlon: plan/v1\ntargets: [{path: a, kind: config.compos}]\n", "no such kind: got \"config.compos\"",
			"did you mean `config.compose`?", 2, 27},
		{"merlon: plan/v1\ntargets: [[a]]\n", "want a path or a mapping: got \"a sequence\"", "", 2, 11},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ML_ARENA_AUTO arena = ml_arena_new(1 << 24);
		struct ml_diags diags = {.arena = arena};
		struct ml_plan plan;
		assert_int_equal(ml_plan_read(arena, ML_STR("p"), ml_str(cases[i].text), &diags, &plan), ML_ESYNTAX);
		assert_true(diags.n >= 1);
		if (cases[i].message)
			assert_true(ml_str_is(diags.items[0].message, cases[i].message));
		assert_true(ml_str_is(diags.items[0].hint, cases[i].hint));
		if (cases[i].line)
			assert_int_equal(diags.items[0].line, cases[i].line);
		if (cases[i].col)
			assert_int_equal(diags.items[0].col, cases[i].col);
	}
}

static int parse(struct ml_arena *arena, struct ml_options *out, struct ml_error *err, int argc, const char **argv)
{
	return ml_options_parse(argc, (char **)(uintptr_t)argv, 1, ML_CMD_SCAN, arena, out, err);
}

static void test_options(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
	const char *argv[] = {"scan", "-p", "a", "-pb", "--policy=c", "-o", "json=x", "-o", "terminal", "dir", "-vq", "-j4", "--", "-x"};
	struct ml_options options;
	struct ml_error err;

	assert_int_equal(parse(arena, &options, &err, 14, argv), 0);
	assert_int_equal(options.policies.n, 3);
	assert_string_equal(options.policies.items[1], "b");
	assert_int_equal(options.noutputs, 2);
	assert_string_equal(options.outputs[0].path, "x");
	assert_null(options.outputs[1].path);
	assert_int_equal(options.operands.n, 2);
	assert_string_equal(options.operands.items[1], "-x");
	assert_true(options.verbose && options.quiet);
	assert_int_equal(options.jobs, 4);
	assert_int_equal(options.severity, 2);
}

static void test_bad_options(void **state)
{
	static const struct {
		const char *words[2];
		const char *message;
	} cases[] = {
		{{"--polcy=x", NULL}, "no option \"--polcy=x\" here, did you mean \"--policy\"?"},
		{{"--fail-on", "hihg"}, "--fail-on: got \"hihg\", want info, low, medium, high or critical; did you mean \"high\"?"},
		{{"-p", NULL}, "--policy: PACK|FILE is missing"},
		{{"--env=1", NULL}, "--env: takes no value"},
		{{"-j", "0"}, "--jobs: got \"0\", want 1 to 256"},
		{{"-o", "foo"}, "--output: got \"foo\", want terminal, json, sarif or junit"},
		{{"-o", "srif=x"}, "--output: got \"srif\", want terminal, json, sarif or junit; did you mean \"sarif\"?"},
		{{"--sandbox=strickt", NULL}, "--sandbox: got \"strickt\", want default, strict or degrade; did you mean \"strict\"?"},
		{{"-ojson", "-osarif"}, "--output: two reports for standard output; name a file: -o sarif=FILE"},
		{{"-o", "=x"}, "--output: got \"=x\", want FORMAT or FORMAT=FILE"},
		{{"-Z", NULL}, "no option \"-Z\" here; see --help"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
		const char *argv[] = {"scan", cases[i].words[0], cases[i].words[1]};
		struct ml_options options;
		struct ml_error err;
		assert_int_equal(parse(arena, &options, &err, cases[i].words[1] ? 3 : 2, argv), ML_EINVAL);
		assert_string_equal(err.message, cases[i].message);
	}
}

static void test_names(void **state)
{
	static const struct {
		const char *name;
		int kind; /* -1: no candidate */
	} cases[] = {
		{"docker-compose.yml", ML_FOUND_COMPOSE}, {"compose.yaml", ML_FOUND_COMPOSE}, {"docker-compose.prod.yml", ML_FOUND_COMPOSE},
		{"app_compose.yml", ML_FOUND_COMPOSE}, {"decompose.yml", -1}, {"composer.yaml", -1}, {"compose.json", -1},
		{"Dockerfile", ML_FOUND_DOCKERFILE}, {"Dockerfile.dev", ML_FOUND_DOCKERFILE}, {"api.Dockerfile", ML_FOUND_DOCKERFILE},
		{"x.dockerfile", ML_FOUND_DOCKERFILE}, {"Containerfile", ML_FOUND_DOCKERFILE}, {"Dockerfile.dockerignore", -1},
		{"Dockerfiles", -1}, {"README.md", -1}, {".gitignore", ML_FOUND_IGNORE}, {"Dockerfile~", -1},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum ml_candidate_kind kind;
		bool found = ml_candidate_name(ml_str(cases[i].name), &kind);
		if ((found ? (int)kind : -1) != cases[i].kind)
			fail_msg("%s", cases[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plan), cmocka_unit_test(test_bad_plans), cmocka_unit_test(test_options),
		cmocka_unit_test(test_bad_options), cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("scanner", tests, NULL, NULL);
}

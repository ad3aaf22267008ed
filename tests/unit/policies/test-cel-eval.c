/* SPDX-License-Identifier: Apache-2.0 */
/* The evaluator: what expressions give, how unknown and error spread, which facts decide, what limits and failing memory do. Cases: tests/cel/. */
#include "tests/unit/policies/policies-test.h"

#include "policies/cel/cel.h"

enum { ARENA = 256 << 20, COST = 1000000 };

static const struct ml_cel_var vars[] = {
	{{"t", 1}, &ml_type_dyn}, {{"f", 1}, &ml_type_dyn}, {{"u", 1}, &ml_type_dyn}, {{"e", 1}, &ml_type_dyn},
	{{"list", 4}, &ml_type_dyn}, {{"map", 3}, &ml_type_dyn}, {{"text", 4}, &ml_type_dyn}, {{"it", 2}, &ml_type_dyn},
};
static const struct ml_cel_env env = {.vars = vars, .nvars = sizeof(vars) / sizeof(vars[0])};

static const struct ml_value items[] = {
	{.kind = ML_V_INT, .i = 1}, {.kind = ML_V_UNKNOWN, .len = 3, .text = "why"}, {.kind = ML_V_INT, .i = 3},
};
static const struct ml_entry entries[] = {
	{{.kind = ML_V_STRING, .len = 1, .text = "a"}, {.kind = ML_V_INT, .i = 1}},
	{{.kind = ML_V_STRING, .len = 1, .text = "b"}, {.kind = ML_V_UNKNOWN, .len = 3, .text = "why"}},
};

static void bind(struct ml_value values[8])
{
	values[0] = ml_bool(true);
	values[1] = ml_bool(false);
	values[2] = ml_unknown(ML_STR("why"));
	values[3] = ml_absent();
	values[4] = ml_list(items, 3);
	values[5] = (struct ml_value){.kind = ML_V_MAP, .len = 2, .entries = entries};
	values[6] = ml_string(ML_STR("abc"));
	values[7] = ml_absent();
}

/* "error: …" when it does not compile. */
static struct ml_str evaluate(struct ml_arena *arena, struct ml_str text, const struct ml_value *values, struct ml_cel_trace *trace)
{
	struct ml_diags diags = {.arena = arena};
	struct ml_cel_run run = {.arena = arena, .vars = values, .cost_limit = COST, .trace = trace};
	const struct ml_cel_program *program;
	struct ml_value v;

	if (ml_cel_compile(arena, &env, text, &diags, &program))
		return ml_strf(arena, "error: %.*s", ML_STR_ARG(diags.n ? diags.items[0].message : ML_STR_NONE));
	v = ml_cel_eval(program, &run);
	return ml_value_show(arena, &v, 2000);
}

/* A line "LEFT => RIGHT" that is no comment; false at the end. */
static bool next_case(struct ml_str *rest, struct ml_str *left, struct ml_str *right)
{
	struct ml_str line;
	size_t arrow;

	while (ml_str_split(rest, '\n', &line)) {
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		arrow = ml_str_find(line, ML_STR(" => "));
		*left = ml_str_sub(line, 0, arrow == ML_NPOS ? line.len : arrow);
		*right = arrow == ML_NPOS ? ML_STR_NONE : ml_str_sub(line, arrow + 4, line.len);
		return true;
	}
	return false;
}

static void test_results(void **state)
{
	ML_ARENA_AUTO files = ml_arena_new(ARENA);
	struct ml_str rest = test_file(files, "tests/cel/eval.txt"), text, want;
	struct ml_value values[8];
	int failed = 0, n = 0;

	bind(values);
	for (; next_case(&rest, &text, &want); n++) {
		ML_ARENA_AUTO arena = ml_arena_new(ARENA);
		struct ml_str got = evaluate(arena, text, values, NULL);
		if (ml_str_eq(got, want) || (ml_str_is(want, "error") && ml_str_starts(got, ML_STR("error"))))
			continue;
		print_message("# %.*s: got %.*s, want %.*s\n", ML_STR_ARG(text), ML_STR_ARG(got), ML_STR_ARG(want));
		failed++;
	}
	assert_true(n > 200);
	assert_int_equal(failed, 0);
}

/* The facts of the trace cases: "?why" becomes unknown(why), all through. */
static struct ml_value hide(struct ml_arena *arena, struct ml_value v)
{
	if (v.kind == ML_V_STRING && v.len && v.text[0] == '?')
		return ml_unknown((struct ml_str){v.text + 1, v.len - 1});
	if (v.kind == ML_V_LIST) {
		struct ml_value *copy = ml_alloc_array(arena, v.len, sizeof(*copy));
		for (uint32_t i = 0; i < v.len; i++)
			copy[i] = hide(arena, v.items[i]);
		v.items = copy;
	} else if (v.kind == ML_V_MAP) {
		struct ml_entry *copy = ml_alloc_array(arena, v.len, sizeof(*copy));
		for (uint32_t i = 0; i < v.len; i++)
			copy[i] = (struct ml_entry){v.entries[i].key, hide(arena, v.entries[i].value)};
		v.entries = copy;
	}
	return v;
}

static struct ml_value facts(struct ml_arena *arena, struct ml_str text)
{
	struct ml_diags diags = {.arena = arena};
	struct ml_cel_env unchecked = {.unchecked = true};
	struct ml_cel_run run = {.arena = arena};
	const struct ml_cel_program *program;

	if (ml_cel_compile(arena, &unchecked, text, &diags, &program))
		fail_msg("facts: %.*s", ML_STR_ARG(diags.items[0].message));
	return hide(arena, ml_cel_eval(program, &run));
}

static struct ml_str shown(struct ml_arena *arena, struct ml_str result, const struct ml_cel_trace *trace)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, 1 << 20);
	ml_buf_str(&out, result);
	for (size_t i = 0; i < trace->n; i++) {
		ml_buf_puts(&out, i ? ", " : ": ");
		ml_buf_str(&out, trace->items[i].path);
		ml_buf_putc(&out, '=');
		ml_buf_str(&out, ml_value_show(arena, &trace->items[i].value, 200));
	}
	if (trace->n == 0)
		ml_buf_putc(&out, ':');
	if (trace->dropped)
		ml_buf_printf(&out, ", %zu more", trace->dropped);
	return ml_str_dup(arena, ml_buf_get(&out));
}

static void test_trace(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA);
	struct ml_str rest = test_file(arena, "tests/cel/trace.txt"), text, want, got, plain;
	struct ml_value values[8];
	int failed = 0, n = 0;

	bind(values);
	while (next_case(&rest, &text, &want)) {
		struct ml_cel_trace trace = {.max = 8};
		if (ml_str_starts(text, ML_STR("facts "))) {
			values[7] = facts(arena, ml_str_sub(text, 6, text.len));
			continue;
		}
		plain = evaluate(arena, text, values, NULL);
		got = shown(arena, evaluate(arena, text, values, &trace), &trace);
		n++;
		if (ml_str_eq(got, want) && ml_str_starts(got, plain))
			continue;
		print_message("# %.*s:\n#  got %.*s\n# want %.*s\n", ML_STR_ARG(text), ML_STR_ARG(got), ML_STR_ARG(want));
		failed++;
	}
	assert_true(n > 40);
	assert_int_equal(failed, 0);
}

/* Every allocation of compiling and evaluating may fail: no crash, and nothing worse than unknown comes of it. */
static void test_memory(void **state)
{
	ML_ARENA_AUTO files = ml_arena_new(ARENA);
	struct ml_str rest = test_file(files, "tests/cel/eval.txt"), text, want;
	struct ml_value values[8];

	bind(values);
	while (next_case(&rest, &text, &want)) {
		for (size_t at = 1;; at++) {
			ML_ARENA_AUTO arena = ml_arena_new(ARENA);
			struct ml_diags diags = {.arena = arena};
			struct ml_cel_trace trace = {0};
			struct ml_cel_run run = {.arena = arena, .vars = values, .cost_limit = 2000, .trace = &trace};
			const struct ml_cel_program *program;
			ml_arena_fail_at(arena, at);
			if (ml_cel_compile(arena, &env, text, &diags, &program) == 0)
				ml_cel_eval(program, &run);
			if (!ml_arena_failed(arena) || at > 400)
				break;
		}
	}
}

static void test_places(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA);
	struct ml_entry service[] = {{ml_string(ML_STR("image")), ml_at(ml_string(ML_STR("x")), 5)}, {ml_string(ML_STR("on")), ml_bool(true)}};
	struct ml_value map = {.kind = ML_V_MAP, .len = 2, .entries = service, .loc = 3}, values[8], list = ml_list(&map, 1), v;
	struct ml_diags diags = {.arena = arena};
	static const struct {
		const char *text;
		uint32_t loc;
	} cases[] = {
		{"it[0].image", 5}, {"it[0].on", 3}, {"it[0]", 3}, {"it.map(x, x.image)[0]", 5}, {"it.filter(x, x.on)[0]", 3}, {"it[0].image + ''", 0},
		{"it[0].?image.value()", 5}, {"cel.bind(x, it[0], x.image)", 5}, {"it[0].on ? it[0].image : ''", 5},
	};

	bind(values);
	values[7] = ml_at(list, 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ml_cel_trace trace = {0};
		struct ml_cel_run run = {.arena = arena, .vars = values, .trace = &trace};
		const struct ml_cel_program *program;
		assert_int_equal(ml_cel_compile(arena, &env, ml_str(cases[i].text), &diags, &program), 0);
		v = ml_cel_eval(program, &run);
		if (v.loc != cases[i].loc)
			fail_msg("%s: got place %u, want %u", cases[i].text, v.loc, cases[i].loc);
		for (size_t k = 0; k < trace.n; k++)
			assert_true(trace.items[k].loc == 3 || trace.items[k].loc == 5);
	}
}

static void test_cost(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA);
	struct ml_diags diags = {.arena = arena};
	struct ml_value values[8], v;
	const struct ml_cel_program *program;

	bind(values);
	assert_int_equal(ml_cel_compile(arena, &env, ML_STR("lists.range(1000).all(x, x >= 0)"), &diags, &program), 0);
	for (uint64_t limit = 1; limit < 8000; limit *= 2) {
		struct ml_cel_run run = {.arena = arena, .vars = values, .cost_limit = limit};
		v = ml_cel_eval(program, &run);
		assert_int_equal(v.kind, limit < 4000 ? ML_V_UNKNOWN : ML_V_BOOL);
		assert_true(run.cost <= limit + 1000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results), cmocka_unit_test(test_trace), cmocka_unit_test(test_places), cmocka_unit_test(test_cost),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests_name("cel-eval", tests, NULL, NULL);
}

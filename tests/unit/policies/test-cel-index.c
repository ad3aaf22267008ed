/* SPDX-License-Identifier: Apache-2.0 */
/* Indexes over long lists: with one a macro gives what it gives without, for fewer steps. Cases:
 * tests/cel/index.txt. */
#include "tests/unit/policies/policies-test.h"

#include "policies/cel/cel.h"

enum { ARENA = 512 << 20, ROWS = 150, MANY = 600 };

enum { ID, GROUP, NAME, ON, WORDS, SUB, SLOTS };
enum { SUB_NAME };

static const struct ml_field sub_fields[] = {
	[SUB_NAME] = {"name", &ml_type_string, "its name", NULL, 0}};
static const struct ml_type sub = {
	.kind = ML_T_RECORD, .name = "sub", .fields = sub_fields, .nfields = 1};
static const struct ml_field fields[] = {
	[ID] = {"id", &ml_type_int, "position", NULL, 0},
	[GROUP] = {"group", &ml_type_int, "some have it together", NULL, 0},
	[NAME] = {"name", &ml_type_string, "its name", NULL, 0},
	[ON] = {"on", &ml_type_bool, "or off", NULL, 0},
	[WORDS] = {"words", &ml_type_list_string, "words", NULL, 0},
	[SUB] = {"sub", &sub, "a record", NULL, 0},
};
static const struct ml_type row = {
	.kind = ML_T_RECORD, .name = "row", .fields = fields, .nfields = SLOTS};
static const struct ml_type rows = {.kind = ML_T_LIST, .elem = &row};
static const struct ml_cel_var vars[] = {{{"rows", 4}, &rows}, {{"it", 2}, &row}};
static const struct ml_cel_env env = {.vars = vars, .nvars = 2};

/* How the facts are: what is not as it should be. */
enum shape { PLAIN, NO_ORDER, UNKNOWN_BOOLS, UNKNOWN_WORDS, UNKNOWN_NAMES, ONE_NAME, SHAPES };

static struct ml_value words(struct ml_arena *arena, size_t i)
{
	static const char *const some[] = {"a", "b", "c", "n5", "n7/"};
	struct ml_value *items = ml_alloc_array(arena, 3, sizeof(*items));

	for (size_t k = 0; k < i % 4; k++)
		items[k] = ml_string(ml_str(some[(i * 7 + k * 3) % 5]));
	return ml_list(items, i % 4);
}

static struct ml_value make_row(struct ml_arena *arena, size_t i, enum shape shape)
{
	struct ml_record_builder builder;
	struct ml_value inner, out;
	struct ml_value name = ml_string(
		shape == ONE_NAME ? ML_STR("n5") : ml_strf(arena, "n%zu", i % 37 == 5 ? 5 : i));

	if (shape == UNKNOWN_NAMES && i % 11 == 3)
		name = ml_unknown(ml_strf(arena, "name of %zu", i));
	ml_record_begin(&builder, &sub);
	ml_record_set(&builder, SUB_NAME, name);
	assert_int_equal(ml_record_pack(&builder, arena, 0, &inner), 0);
	ml_record_begin(&builder, &row);
	ml_record_set(
		&builder, ID, ml_int(shape == NO_ORDER ? (int64_t)(i * 7919 % 101) : (int64_t)i));
	ml_record_set(&builder, GROUP, ml_int((int64_t)i / 40));
	ml_record_set(&builder, NAME, name);
	ml_record_set(&builder, ON,
		shape == UNKNOWN_BOOLS && i % 13 == 4 ? ml_unknown(ml_strf(arena, "on of %zu", i))
						      : ml_bool(i % 3 == 0));
	ml_record_set(&builder, WORDS,
		shape == UNKNOWN_WORDS && i % 17 == 2
			? ml_unknown(ml_strf(arena, "words of %zu", i))
			: words(arena, i));
	ml_record_set(&builder, SUB, inner);
	assert_int_equal(ml_record_pack(&builder, arena, (uint32_t)i + 1, &out), 0);
	return out;
}

static struct ml_value make_rows(struct ml_arena *arena, size_t n, enum shape shape)
{
	struct ml_value *items = ml_alloc_array(arena, n, sizeof(*items));

	for (size_t i = 0; i < n; i++)
		items[i] = make_row(arena, i, shape);
	return ml_list(items, n);
}

/* A program, and the rows that it is asked for one after the other. */
struct asking {
	struct ml_arena *arena;
	struct ml_str text;
	const struct ml_cel_program *program;
	struct ml_value values[2];
};

static struct ml_value ask(struct asking *a, size_t i, struct ml_cel_cache *cache, uint64_t *cost)
{
	struct ml_cel_run run = {.arena = a->arena, .vars = a->values, .cache = cache};
	struct ml_value v;

	a->values[1] = a->values[0].items[i];
	v = ml_cel_eval(a->program, &run);
	*cost += run.cost;
	return v;
}

static int compare(struct asking *a, enum shape shape)
{
	ML_ARENA_AUTO kept = ml_arena_new(ARENA);
	struct ml_cel_cache *cache = ml_cel_cache_new(kept);
	uint64_t cost = 0;

	a->values[0] = make_rows(a->arena, ROWS, shape);
	for (size_t i = 0; i < ROWS; i++) {
		struct ml_value with = ask(a, i, cache, &cost), without = ask(a, i, NULL, &cost);
		struct ml_str got = ml_value_show(a->arena, &with, 200),
			      want = ml_value_show(a->arena, &without, 200);
		if (ml_str_eq(got, want) && with.kind == without.kind)
			continue;
		print_message("# %.*s, shape %d, row %zu: got %.*s, want %.*s\n",
			ML_STR_ARG(a->text), (int)shape, i, ML_STR_ARG(got), ML_STR_ARG(want));
		return 1;
	}
	return 0;
}

static uint64_t cost_of(struct asking *a, size_t n, enum shape shape)
{
	ML_ARENA_AUTO kept = ml_arena_new(ARENA);
	struct ml_cel_cache *cache = ml_cel_cache_new(kept);
	uint64_t cost = 0;

	a->values[0] = make_rows(a->arena, n, shape);
	for (size_t i = 0; i < n; i++)
		ask(a, i, cache, &cost);
	return cost;
}

/* Twice as many rows may not cost much more than twice as much. */
static int grows(struct asking *a, enum shape shape)
{
	uint64_t once = cost_of(a, MANY, shape), twice = cost_of(a, 2 * (size_t)MANY, shape);

	if (twice * 10 < once * 25)
		return 0;
	print_message("# %.*s, shape %d: %d rows cost %llu, %d cost %llu\n", ML_STR_ARG(a->text),
		(int)shape, MANY, (unsigned long long)once, 2 * MANY, (unsigned long long)twice);
	return 1;
}

static int one_case(struct ml_str text, bool linear)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA);
	struct ml_diags diags = {.arena = arena};
	struct asking a = {.arena = arena, .text = text};
	int failed = 0;

	if (ml_cel_compile(arena, &env, text, &diags, &a.program))
		fail_msg("%.*s: %.*s", ML_STR_ARG(text),
			ML_STR_ARG(diags.n ? diags.items[0].message : ML_STR_NONE));
	for (enum shape shape = 0; shape < SHAPES; shape++)
		failed += compare(&a, shape);
	return failed + (linear ? grows(&a, PLAIN) : 0);
}

static void test_cases(void **state)
{
	ML_ARENA_AUTO files = ml_arena_new(ARENA);
	struct ml_str rest = test_file(files, "tests/cel/index.txt"), line;
	int failed = 0, n = 0;

	while (ml_str_split(&rest, '\n', &line)) {
		size_t arrow = ml_str_find(line, ML_STR(" => "));
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		assert_true(arrow != ML_NPOS);
		failed += one_case(ml_str_sub(line, 0, arrow),
			ml_str_is(ml_str_sub(line, arrow + 4, line.len), "linear"));
		n++;
	}
	assert_true(n > 20);
	assert_int_equal(failed, 0);
}

/* All of one name: what exists_one() counts need not be counted for each. */
static void test_one_name(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA);
	struct ml_diags diags = {.arena = arena};
	struct asking a = {.arena = arena, .text = ML_STR("rows.exists_one(r, r.name == it.name)")};

	assert_int_equal(ml_cel_compile(arena, &env, a.text, &diags, &a.program), 0);
	assert_int_equal(grows(&a, ONE_NAME), 0);
}

/* The evaluation that makes an index for all does not run into its own limit by it; and where
 * memory ends, the list is walked. */
static void test_limits(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA);
	struct ml_diags diags = {.arena = arena};
	struct asking a = {.arena = arena,
		.text = ML_STR(
			"rows.exists(r, r.group == it.group && r.id < it.id && 'b' in r.words)")};

	assert_int_equal(ml_cel_compile(arena, &env, a.text, &diags, &a.program), 0);
	a.values[0] = make_rows(arena, ROWS, PLAIN);
	a.values[1] = a.values[0].items[30];
	for (size_t at = 1; at < 12; at++) {
		ML_ARENA_AUTO kept = ml_arena_new(ARENA);
		struct ml_cel_cache *cache = ml_cel_cache_new(kept);
		ml_arena_fail_at(kept, at);
		for (int turn = 0; turn < 3; turn++) {
			struct ml_cel_run run = {.arena = arena,
				.vars = a.values,
				.cache = cache,
				.cost_limit = 300};
			struct ml_value v = ml_cel_eval(a.program, &run);
			assert_int_equal(v.kind, ML_V_BOOL);
			assert_true(v.b);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases),
		cmocka_unit_test(test_one_name), cmocka_unit_test(test_limits)};

	return cmocka_run_group_tests_name("cel-index", tests, NULL, NULL);
}

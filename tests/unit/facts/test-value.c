/* SPDX-License-Identifier: Apache-2.0 */
/* Types and values: notation, order of keys, equality, records with defaults, places, lines. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/error.h"
#include "facts/facts.h"

static const struct ml_value yes = {.kind = ML_V_BOOL, .b = true};
static const struct ml_field port_fields[] = {
	{"number", &ml_type_int, "the port", NULL, ML_F_ID},
	{"open", &ml_type_bool, "open", &yes, 0},
	{"note", &ml_type_string, "a note", NULL, ML_F_OPTIONAL},
};
static const struct ml_type port = {.kind = ML_T_RECORD, .name = "port", .fields = port_fields, .nfields = 3};
static const struct ml_type ports = {.kind = ML_T_LIST, .elem = &port};

static void test_types(void **state)
{
	static const char *const notations[] = {"int", "list(int)", "map(string, list(bool))", "timestamp", "list(map(string, dyn))"};
	static const char *const wrong[] = {"", "integer", "list()", "list(int", "map(int, int)", "map(string)", "list(int))"};
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);

	for (size_t i = 0; i < sizeof(notations) / sizeof(notations[0]); i++) {
		const struct ml_type *type = ml_type_parse(arena, ml_str(notations[i]));
		assert_non_null(type);
		assert_true(ml_str_is(ml_type_str(arena, type), notations[i]));
		assert_true(ml_type_eq(type, ml_type_parse(arena, ml_str(notations[i]))));
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_null(ml_type_parse(arena, ml_str(wrong[i])));
	assert_true(ml_str_is(ml_type_str(arena, &ports), "list(port)"));
	assert_int_equal(ml_type_field(&port, ML_STR("open")), 1);
	assert_int_equal(ml_type_field(&port, ML_STR("opne")), -1);
	assert_string_equal(ml_type_nearest(&port, ML_STR("opne")), "open");
	assert_false(ml_type_eq(&ml_type_int, &ml_type_uint));
}

static void compare(struct ml_value a, struct ml_value b, int want)
{
	assert_int_equal(ml_number_cmp(&a, &b), want);
	if (want != 2)
		assert_int_equal(ml_number_cmp(&b, &a), -want);
}

static void test_numbers(void **state)
{
	compare(ml_int(1), ml_uint(1), 0);
	compare(ml_int(-1), ml_uint(UINT64_MAX), -1);
	compare(ml_int(1), ml_double(1.5), -1);
	compare(ml_int(-1), ml_double(-1.5), 1);
	compare(ml_int(0), ml_double(-0.0), 0);
	compare(ml_int(0), ml_double(-0.5), 1);
	compare(ml_int(0), ml_double(0.5), -1);
	compare(ml_int(INT64_MAX), ml_double(0x1p63), -1);
	compare(ml_uint(UINT64_MAX), ml_double(0x1p64), -1);
	compare(ml_uint((uint64_t)1 << 63), ml_double(0x1p63), 0);
	compare(ml_int(INT64_MIN), ml_double(-0x1p63), 0);
	compare(ml_int(9007199254740993), ml_double(9007199254740992.0), 1);
	compare(ml_int(5), ml_double(-INFINITY), 1);
	compare(ml_int(5), ml_double(NAN), 2);
	compare(ml_double(NAN), ml_double(NAN), 2);
}

static void test_maps(void **state)
{
	struct ml_entry entries[40], twice[2];
	struct ml_value map, key = ml_double(7);
	size_t dup = 99;

	for (int i = 0; i < 40; i++)
		entries[i] = (struct ml_entry){ml_int((i * 17) % 40), ml_int(i)};
	assert_int_equal(ml_map(entries, 40, &map, NULL), 0);
	for (uint32_t i = 0; i < 40; i++)
		assert_int_equal(map.entries[i].key.i, i);
	assert_int_equal(ml_map_get(&map, &key)->i, 31);
	key = ml_int(40);
	assert_null(ml_map_get(&map, &key));
	assert_null(ml_map_gets(&map, ML_STR("7")));
	twice[0] = (struct ml_entry){ml_string(ML_STR("a")), ml_int(1)};
	twice[1] = (struct ml_entry){ml_string(ML_STR("a")), ml_int(2)};
	assert_int_equal(ml_map(twice, 2, &map, &dup), ML_EDUP);
	assert_int_equal(dup, 1);
	assert_int_equal(map.entries[1].value.i, 2);
	twice[0].key = ml_double(NAN);
	assert_int_equal(ml_map(twice, 2, &map, &dup), ML_ETYPE);
}

static struct ml_value make_port(struct ml_arena *arena, int64_t number, const char *note)
{
	struct ml_record_builder builder;
	struct ml_value value;

	ml_record_begin(&builder, &port);
	ml_record_set(&builder, 0, ml_int(number));
	if (note)
		ml_record_set(&builder, 2, ml_string(ml_str(note)));
	assert_int_equal(ml_record_pack(&builder, arena, 7, &value), 0);
	return value;
}

static void test_records(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
	struct ml_value a = make_port(arena, 80, NULL), b = make_port(arena, 80, "x"), c = make_port(arena, 80, NULL);

	assert_int_equal(ml_record_get(a.record, 0)->i, 80);
	assert_true(ml_record_get(a.record, 1)->b);
	assert_false(ml_record_has(a.record, 1));
	assert_int_equal(ml_record_get(a.record, 2)->kind, ML_V_ABSENT);
	assert_true(ml_str_is(ml_value_text(ml_record_gets(b.record, "note")), "x"));
	assert_int_equal(a.loc, 7);
	assert_true(ml_value_eq(&a, &c, 64));
	assert_false(ml_value_eq(&a, &b, 64));
}

static void test_is(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
	struct ml_value items[2] = {make_port(arena, 80, NULL), make_port(arena, 81, NULL)};
	struct ml_value list = ml_list(items, 2);
	struct ml_record_builder builder;
	struct ml_str path;

	assert_true(ml_value_is(&list, &ports, arena, &path));
	items[0] = ml_unknown(ML_STR("no permission"));
	assert_true(ml_value_is(&list, &ports, arena, &path));
	ml_record_begin(&builder, &port);
	ml_record_set(&builder, 0, ml_string(ML_STR("80")));
	assert_int_equal(ml_record_pack(&builder, arena, 0, &items[1]), 0);
	assert_false(ml_value_is(&list, &ports, arena, &path));
	assert_true(ml_str_is(path, "[1].number"));
	ml_record_begin(&builder, &port);
	assert_int_equal(ml_record_pack(&builder, arena, 0, &items[1]), 0);
	assert_false(ml_value_is(&list, &ports, arena, &path));
}

static void test_show(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
	struct ml_value items[2] = {make_port(arena, 80, "a\nb"), ml_unknown(ML_STR("why"))};
	struct ml_value list = ml_list(items, 2), text = ml_string(ML_STR("abcdefghij")), pause = ml_duration(-1, -500000000);

	assert_true(ml_str_is(ml_value_show(arena, &list, 100), "[{number: 80, note: \"a\\nb\"}, unknown(why)]"));
	assert_true(ml_str_is(ml_value_show(arena, &text, 5), "\"abcd…\"") || ml_str_is(ml_value_show(arena, &text, 5), "\"abcde…\""));
	assert_true(ml_str_is(ml_value_show(arena, &pause, 50), "-1.5s"));
}

static void test_facts(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
	static const struct ml_kind kind = {"test", "a test", &port};
	struct ml_facts *facts = ml_facts_new(arena, &kind, ML_STR("x.yml"));
	static const struct ml_span secrets[] = {{5, 8}};
	uint32_t loc;

	assert_int_equal(ml_facts_source(facts, ML_STR("x.yml"), ML_STR("pass=abc # merlon:waive A-B until=2027-01-31 why\nx # no-merlon:waive\n#merlon:waive C\n")), 0);
	facts->sources[0].secrets = secrets;
	facts->sources[0].nsecrets = 1;
	assert_int_equal(facts->nwaivers, 2);
	assert_true(ml_str_is(facts->waivers[0].text, "merlon:waive A-B until=2027-01-31 why"));
	assert_int_equal(facts->waivers[1].line, 3);
	loc = ml_facts_loc(facts, (struct ml_loc){.line = 1, .col = 6});
	assert_int_equal(loc, 1);
	assert_int_equal(ml_facts_loc(facts, (struct ml_loc){.line = 1, .col = 6}), 1);
	assert_int_equal(ml_facts_at(facts, loc)->col, 6);
	assert_null(ml_facts_at(facts, 0));
	assert_null(ml_facts_at(facts, 2));
	assert_true(ml_str_is(ml_facts_line(facts, arena, 0, 1), "pass=*** # merlon:waive A-B until=2027-01-31 why"));
	assert_null(ml_facts_line(facts, arena, 0, 9).ptr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types), cmocka_unit_test(test_numbers), cmocka_unit_test(test_maps), cmocka_unit_test(test_records),
		cmocka_unit_test(test_is), cmocka_unit_test(test_show), cmocka_unit_test(test_facts),
	};

	return cmocka_run_group_tests_name("facts", tests, NULL, NULL);
}

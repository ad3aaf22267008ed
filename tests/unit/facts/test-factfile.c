/* SPDX-License-Identifier: Apache-2.0 */
/* Fact files: every kind of value, place and unknown read back; what is refused. */
#include <math.h>

#include "tests/unit/policies/policies-test.h"

#include "facts/factfile-priv.h"
#include "facts/kinds.h"
#include "facts/schema-priv.h"

enum { IN_NAME, IN_SIZE, IN_SLOTS };
static const struct ml_field inner_fields[] = {
	[IN_NAME] = {"name", &ml_type_string, "a name", ID},
	[IN_SIZE] = {"size", &ml_type_int, "a size", ZERO},
};
static RECORD(inner_type, "inner", inner_fields, IN_SLOTS);
LIST_TYPE(inner_list, inner_type);
MAP_TYPE(inner_map, inner_type);
static const struct ml_type by_number = {.kind = ML_T_MAP, .key = &ml_type_int, .elem = &ml_type_string};

enum { A_BOOL, A_INT, A_UINT, A_DOUBLE, A_STRING, A_BYTES, A_TIME, A_DURATION, A_LIST, A_MAP, A_NUMBERS, A_DYN, A_WORDS, A_RECORD, A_MAYBE, A_SLOTS };
static const struct ml_field root_fields[] = {
	[A_BOOL] = {"bool", &ml_type_bool, "", FALSE},
	[A_INT] = {"int", &ml_type_int, "", ZERO},
	[A_UINT] = {"uint", &ml_type_uint, "", .flags = ML_F_OPTIONAL},
	[A_DOUBLE] = {"double", &ml_type_double, "", .flags = ML_F_OPTIONAL},
	[A_STRING] = {"string", &ml_type_string, "always set"},
	[A_BYTES] = {"bytes", &ml_type_bytes, "", .flags = ML_F_OPTIONAL},
	[A_TIME] = {"time", &ml_type_timestamp, "", .flags = ML_F_OPTIONAL},
	[A_DURATION] = {"duration", &ml_type_duration, "", .flags = ML_F_OPTIONAL},
	[A_LIST] = {"list", &inner_list, "", NIL},
	[A_MAP] = {"map", &inner_map, "", NOMAP},
	[A_NUMBERS] = {"numbers", &by_number, "", NOMAP},
	[A_DYN] = {"dyn", &ml_type_map_dyn, "", NOMAP},
	[A_WORDS] = {"words", &ml_type_map_string, "", NOMAP},
	[A_RECORD] = {"record", &inner_type, "", .flags = ML_F_OPTIONAL},
	[A_MAYBE] = {"maybe", &ml_type_string, "", .flags = ML_F_OPTIONAL},
};
static RECORD(root_type, "root", root_fields, A_SLOTS);
static const struct ml_kind test_kind = {"test", "every type", &root_type};

static struct ml_facts *read_text(struct ml_arena *arena, struct ml_str text)
{
	struct ml_facts *facts = NULL;
	struct ml_error err = {0};

	if (ml_factfile_read_as(arena, text, &test_kind, &facts, &err))
		fail_msg("%s", err.message);
	return facts;
}

static struct ml_str written(struct ml_arena *arena, const struct ml_facts *facts)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, ML_FACTFILE_BYTES);
	ml_factfile_write(facts, &out);
	assert_int_equal(out.error, 0);
	return ml_str_dup(arena, ml_buf_get(&out));
}

static void every_type_reads_back_to_the_same_bytes(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)64 << 20);
	struct ml_str text = test_file(arena, "tests/factfile/whole.json");
	struct ml_facts *facts = read_text(arena, text);
	const struct ml_record *root = facts->root.record;
	const struct ml_value *dyn = ml_record_get(root, A_DYN);

	assert_int_equal(ml_record_get(root, A_UINT)->u, UINT64_MAX);
	assert_true(isinf(ml_record_get(root, A_DOUBLE)->d));
	assert_int_equal(ml_record_get(root, A_DURATION)->nanos, -500000000);
	assert_int_equal(ml_record_get(root, A_TIME)->i, -5);
	assert_int_equal(ml_record_get(root, A_BYTES)->len, 2);
	assert_int_equal(ml_record_get(root, A_MAYBE)->kind, ML_V_UNKNOWN);
	assert_int_equal(ml_map_gets(dyn, ML_STR("uint"))->kind, ML_V_UINT);
	assert_int_equal(ml_map_gets(dyn, ML_STR("$unknown"))->kind, ML_V_STRING);
	assert_int_equal(ml_map_gets(dyn, ML_STR("hidden"))->kind, ML_V_UNKNOWN);
	assert_int_equal(ml_map_gets(ml_map_gets(dyn, ML_STR("map")), ML_STR("$$a"))->i, 1);
	assert_int_equal(ml_map_gets(dyn, ML_STR("duration"))->i, 90);
	test_same(written(arena, facts), text);
}

static void places_come_back(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)64 << 20);
	struct ml_facts *facts = read_text(arena, test_file(arena, "tests/factfile/whole.json"));
	const struct ml_value *map = ml_record_get(facts->root.record, A_MAP);
	const struct ml_value *size = ml_record_get(ml_map_gets(map, ML_STR("a"))->record, IN_SIZE);
	const struct ml_loc *loc = ml_facts_at(facts, size->loc);

	assert_non_null(loc);
	assert_int_equal(loc->line, 3);
	assert_int_equal(loc->key_line, 3);
	assert_int_equal(loc->key_col, 5);
	assert_int_equal(ml_facts_at(facts, loc->origin)->line, 9);
	assert_int_equal(ml_facts_at(facts, map->entries[0].key.loc)->col, 3);
	assert_true(ml_str_is(ml_facts_line(facts, arena, 0, 3), "    size: 4"));
	assert_null(ml_facts_line(facts, arena, 0, 4).ptr);
}

/* What a collector makes, written, read and written again. */
static void collected_facts_are_written_once_and_for_all(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)64 << 20);
	static const char source[] = "string: hello\r\nsecret: swordfish\nint: 3 # merlon:waive X until=2027-01-01 y\n\xff\xfe latin\n";
	struct ml_facts *facts = ml_facts_new(arena, &test_kind, ML_STR("a/b.test"));
	struct ml_span secrets[] = {{23, 32}};
	struct ml_record_builder builder;
	struct ml_str once;

	assert_int_equal(ml_facts_source(facts, ML_STR("b.test"), ml_str(source)), 0);
	facts->sources[0].secrets = secrets;
	facts->sources[0].nsecrets = 1;
	ml_facts_loc(facts, (struct ml_loc){.line = 9, .col = 9}); /* nothing points to it */
	ml_record_begin(&builder, &root_type);
	ml_record_set(&builder, A_INT, ml_at(ml_int(3), ml_facts_loc(facts, (struct ml_loc){.line = 3, .col = 6, .key_line = 4, .key_col = 1})));
	ml_record_set(&builder, A_STRING, ml_at(ml_string(ML_STR("***")), ml_facts_loc(facts, (struct ml_loc){.line = 2, .col = 9, .origin = 2})));
	assert_int_equal(ml_record_pack(&builder, arena, 0, &facts->root), 0);
	ml_diag_add(&facts->diags, ML_DIAG_ERROR, ML_STR("b.test"), 4, 1, "not UTF-8");
	once = written(arena, facts);
	assert_true(ml_str_find(once, ML_STR("swordfish")) == ML_NPOS);
	assert_true(ml_str_has(once, "[2,\"secret: ***\"]"));
	assert_true(ml_str_has(once, "[1,\"string: hello\"]"));
	assert_true(ml_str_has(once, "[3,\"int: 3 # merlon:waive X until=2027-01-01 y\"]"));
	test_same(written(arena, read_text(arena, once)), once);
}

static void bad_files_are_refused(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)256 << 20);
	struct ml_str whole = test_file(arena, "tests/factfile/whole.json");
	struct test_table table = {test_file(arena, "tests/factfile/bad.tsv")};
	struct ml_str row[3];
	size_t rows = 0;

	for (; test_row(&table, row, 3); rows++) {
		struct ml_error err = {0};
		struct ml_facts *facts = NULL;
		size_t at = ml_str_find(whole, row[0]);
		struct ml_str text;
		if (at == ML_NPOS)
			fail_msg("%.*s is not in whole.json", ML_STR_ARG(row[0]));
		text = ml_strf(arena, "%.*s%.*s%.*s", (int)at, whole.ptr, ML_STR_ARG(row[1]), ML_STR_ARG(ml_str_sub(whole, at + row[0].len, whole.len)));
		if (ml_factfile_read_as(arena, text, &test_kind, &facts, &err) == 0)
			fail_msg("accepted: %.*s", ML_STR_ARG(row[1]));
		if (!strstr(err.message, ml_str_dup(arena, row[2]).ptr))
			fail_msg("%.*s: got \"%s\", want \"%.*s\"", ML_STR_ARG(row[1]), err.message, ML_STR_ARG(row[2]));
	}
	assert_true(rows > 25);
}

static void memory_may_end_anywhere(void **state)
{
	ML_ARENA_AUTO whole = ml_arena_new((size_t)64 << 20);
	struct ml_str text = test_file(whole, "tests/factfile/whole.json");
	int r = ML_ENOMEM;

	for (size_t n = 1; r && n < 10000; n++) {
		ML_ARENA_AUTO arena = ml_arena_new((size_t)64 << 20);
		ML_BUF_AUTO out;
		struct ml_facts *facts = NULL;
		ml_buf_init(&out, 1 << 20);
		ml_arena_fail_at(arena, n);
		r = ml_factfile_read_as(arena, text, &test_kind, &facts, NULL);
		assert_true(r == 0 || r == ML_ENOMEM);
		if (r == 0)
			ml_factfile_write(facts, &out);
		r = r ? r : out.error;
		assert_true(r == 0 || r == ML_ENOMEM);
	}
	assert_int_equal(r, 0);
}

static void the_registry_is_asked(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)64 << 20);
	struct ml_facts *facts = NULL;
	struct ml_error err = {0};

	assert_int_equal(ml_factfile_read(arena, test_file(arena, "tests/factfile/whole.json"), &facts, &err), ML_ETYPE);
	assert_string_equal(err.message, "kind: no kind of facts is called \"test\"");
}

/* 100 levels in what is open, 200,000 values beside each other: as hostile YAML would give. */
static void deep_and_wide_facts_go_through(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)512 << 20);
	struct ml_facts *facts = ml_facts_new(arena, &test_kind, ML_STR("x"));
	struct ml_entry *wide = ml_alloc_array(arena, 200000, sizeof(*wide)), *two = ml_alloc_array(arena, 2, sizeof(*two));
	struct ml_value deep = ml_null();
	struct ml_record_builder builder;
	struct ml_str once;

	assert_int_equal(ml_facts_source(facts, ML_STR("x"), ML_STR("x")), 0);
	for (size_t i = 0; i < 200000; i++) {
		wide[i].key = ml_string(ml_strf(arena, "$%06zu", i));
		wide[i].value = ml_at(ml_int((int64_t)i), ml_facts_loc(facts, (struct ml_loc){.line = (uint32_t)i + 1, .col = 1}));
	}
	for (int i = 0; i < 100; i++) {
		struct ml_value *item = ml_alloc(arena, sizeof(*item));
		*item = deep;
		deep = ml_list(item, 1);
	}
	two[0].key = ml_string(ML_STR("deep"));
	two[0].value = deep;
	two[1].key = ml_string(ML_STR("wide"));
	assert_int_equal(ml_map(wide, 200000, &two[1].value, NULL), 0);
	ml_record_begin(&builder, &root_type);
	ml_record_set(&builder, A_STRING, ml_string(ML_STR("")));
	assert_int_equal(ml_map(two, 2, &builder.slots[A_DYN], NULL), 0);
	assert_int_equal(ml_record_pack(&builder, arena, 0, &facts->root), 0);
	once = written(arena, facts);
	test_same(written(arena, read_text(arena, once)), once);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_reads_back_to_the_same_bytes),
		cmocka_unit_test(places_come_back),
		cmocka_unit_test(collected_facts_are_written_once_and_for_all),
		cmocka_unit_test(bad_files_are_refused),
		cmocka_unit_test(memory_may_end_anywhere),
		cmocka_unit_test(the_registry_is_asked),
		cmocka_unit_test(deep_and_wide_facts_go_through),
	};

	ml_json_warm_up();
	return cmocka_run_group_tests_name("factfile", tests, NULL, NULL);
}

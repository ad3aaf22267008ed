/* SPDX-License-Identifier: Apache-2.0 */
/* Paths beneath a root, and the reader over a table. */
#include "tests/unit/test.h"

#include "checks/reader.h"

static const struct {
	const char *dir, *path, *want; /* want NULL: leaves the root */
} joins[] = {
	{"x/y", "a/b/../c", "x/y/a/c"},
	{"", ".", ""},
	{"", "a", "a"},
	{"a", "..", ""},
	{"a/b", "../c", "a/c"},
	{"a//b/", "./c/.", "a/b/c"},
	{"a", "../..", NULL},
	{"", "..", NULL},
	{"", "../a", NULL},
	{"a", "/etc/passwd", NULL},
	{"..", "a", NULL},
	{"a", "..b/...", "a/..b/..."},
	{"a", "", "a"},
};

static void test_join(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);

	for (size_t i = 0; i < sizeof(joins) / sizeof(joins[0]); i++) {
		struct ml_str out = ML_STR("unset");
		int r = ml_path_join(arena, ml_str(joins[i].dir), ml_str(joins[i].path), &out);
		assert_int_equal(r, joins[i].want ? 0 : ML_EACCES);
		if (joins[i].want)
			assert_string_equal(out.ptr, joins[i].want);
	}
	assert_int_equal(ml_path_join(arena, ML_STR(""), ML_STR("a\0b"), &(struct ml_str){0}), ML_EACCES);
}

static void test_parts(void **state)
{
	assert_true(ml_str_is(ml_path_dir(ML_STR("a/b/c")), "a/b"));
	assert_true(ml_str_is(ml_path_dir(ML_STR("c")), ""));
	assert_true(ml_str_is(ml_path_base(ML_STR("a/b/c")), "c"));
	assert_true(ml_str_is(ml_path_base(ML_STR("c")), "c"));
	assert_true(ml_str_is(ml_path_base(ML_STR("a/")), ""));
}

static void test_memory(void **state)
{
	static const struct ml_memory_file files[] = {{ML_STR("a/.env"), ML_STR("X=1\n")}, {ML_STR("empty"), ML_STR("")}};
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
	struct ml_memory_reader table = {files, 2};
	struct ml_reader reader = ml_memory_reader(&table);
	struct ml_error err = {0};
	struct ml_str bytes;

	assert_int_equal(ml_read(&reader, arena, ML_STR("a/b/../.env"), &bytes, &err), 0);
	assert_true(ml_str_is(bytes, "X=1\n"));
	assert_int_equal(ml_read(&reader, arena, ML_STR("empty"), &bytes, &err), 0);
	assert_int_equal(bytes.len, 0);
	assert_int_equal(ml_read(&reader, arena, ML_STR("b"), &bytes, &err), ML_ENOENT);
	assert_string_equal(err.message, "b: no such file");
	assert_int_equal(ml_read(&reader, arena, ML_STR("../b"), &bytes, &err), ML_EACCES);
	assert_string_equal(err.message, "../b: leads out of the root");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

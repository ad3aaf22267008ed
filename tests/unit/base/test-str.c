/* SPDX-License-Identifier: Apache-2.0 */
/* Strings: order, search, parts, the nearest word. */
#include "tests/unit/test.h"

#include "base/str.h"

static void test_order(void **state)
{
	assert_true(ml_str_cmp(ML_STR("a"), ML_STR("ab")) < 0);
	assert_true(ml_str_cmp(ML_STR("b"), ML_STR("ab")) > 0);
	assert_int_equal(ml_str_cmp(ML_STR("a\0b"), ML_STR("a\0b")), 0);
	assert_true(ml_str_cmp(ML_STR("\xff"), ML_STR("a")) > 0);
	assert_true(ml_str_eq(ML_STR_NONE, ML_STR("")));
	assert_true(ml_str_ieq(ML_STR("LaTest"), ML_STR("lAtEST")));
	assert_false(ml_str_ieq(ML_STR("K"), ML_STR("\xe2\x84\xaa")));
}

static void test_find(void **state)
{
	assert_int_equal(ml_str_find(ML_STR("abcabc"), ML_STR("ca")), 2);
	assert_int_equal(ml_str_rfind(ML_STR("abcabc"), ML_STR("abc")), 3);
	assert_int_equal(ml_str_find(ML_STR("abc"), ML_STR("abcd")), ML_NPOS);
	assert_int_equal(ml_str_find(ML_STR("abc"), ML_STR("")), 0);
	assert_int_equal(ml_str_rfind(ML_STR("abc"), ML_STR("")), 3);
	assert_int_equal(ml_str_chr(ML_STR("a:b:c"), ':'), 1);
	assert_int_equal(ml_str_rchr(ML_STR("a:b:c"), ':'), 3);
	assert_int_equal(ml_str_chr(ML_STR_NONE, ':'), ML_NPOS);
}

static void test_split(void **state)
{
	static const char *const want[] = {"a", "", "b"};
	struct ml_str part, rest = ML_STR("a,,b");
	size_t n = 0;

	while (ml_str_split(&rest, ',', &part)) {
		assert_true(n < 3);
		assert_true(ml_str_is(part, want[n++]));
	}
	assert_int_equal(n, 3);
	rest = ML_STR("");
	assert_true(ml_str_split(&rest, ',', &part));
	assert_int_equal(part.len, 0);
	assert_false(ml_str_split(&rest, ',', &part));
}

static void test_sub(void **state)
{
	assert_true(ml_str_is(ml_str_sub(ML_STR("hello"), 1, 3), "el"));
	assert_true(ml_str_is(ml_str_sub(ML_STR("hello"), 3, 99), "lo"));
	assert_int_equal(ml_str_sub(ML_STR("hello"), 4, 2).len, 0);
	assert_true(ml_str_is(ml_str_trim(ML_STR(" \t a b\r\n")), "a b"));
	assert_int_equal(ml_str_trim(ML_STR("  ")).len, 0);
}

static void test_nearest(void **state)
{
	static const char *const words[] = {"privileged", "ports", "pid", "user"};

	assert_string_equal(ml_str_nearest(ML_STR("privilged"), words, 4), "privileged");
	assert_string_equal(ml_str_nearest(ML_STR("prots"), words, 4), "ports");
	assert_string_equal(ml_str_nearest(ML_STR("pdi"), words, 4), "pid");
	assert_null(ml_str_nearest(ML_STR("volumes"), words, 4));
	assert_null(ml_str_nearest(ML_STR(""), words, 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order), cmocka_unit_test(test_find), cmocka_unit_test(test_split),
		cmocka_unit_test(test_sub), cmocka_unit_test(test_nearest),
	};

	return cmocka_run_group_tests_name("base/str", tests, NULL, NULL);
}

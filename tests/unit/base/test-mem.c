/* SPDX-License-Identifier: Apache-2.0 */
/* Arena and buffer: ceilings, marks, injected failures, escaping. */
#include "tests/unit/test.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/sort.h"

static void test_arena_zeroes(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
	struct ml_arena_mark mark = ml_arena_mark(arena);
	unsigned char *bytes = ml_alloc(arena, 100);

	memset(bytes, 0xaa, 100);
	ml_arena_release(arena, mark);
	bytes = ml_alloc(arena, 100);
	for (int i = 0; i < 100; i++)
		assert_int_equal(bytes[i], 0);
	assert_int_equal((uintptr_t)bytes % 8, 0);
	assert_non_null(ml_alloc(arena, 0));
}

static void test_arena_ceiling(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
	volatile size_t many = SIZE_MAX / 2;

	assert_null(ml_alloc(arena, 2 << 20));
	assert_true(ml_arena_failed(arena));
	assert_null(ml_alloc_array(arena, many, 4));
}

static void test_arena_grow(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
	int *items = NULL;
	size_t cap = 0;

	for (int i = 0; i < 5000; i++) {
		assert_int_equal(ml_alloc_grow(arena, &items, &cap, (size_t)i + 1, sizeof(int)), 0);
		items[i] = i;
		if (i % 100 == 0)
			ml_alloc(arena, 16);
	}
	for (int i = 0; i < 5000; i++)
		assert_int_equal(items[i], i);
}

static void test_arena_fails_on_demand(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);

	ml_arena_fail_at(arena, 2);
	assert_non_null(ml_alloc(arena, 1));
	assert_null(ml_alloc(arena, 1));
	assert_non_null(ml_alloc(arena, 1));
}

static void test_buf_ceiling(void **state)
{
	ML_BUF_AUTO buf;

	ml_buf_init(&buf, 10);
	ml_buf_puts(&buf, "12345");
	ml_buf_puts(&buf, "123456");
	assert_int_equal(buf.error, ML_ELIMIT);
	ml_buf_puts(&buf, "x");
	assert_true(ml_str_is(ml_buf_get(&buf), "12345"));
	ml_buf_clear(&buf);
	ml_buf_printf(&buf, "%d-%s", 42, "ab");
	assert_true(ml_str_is(ml_buf_get(&buf), "42-ab"));
	assert_int_equal(buf.error, 0);
}

static void escapes(const char *in, size_t len, const char *want)
{
	ML_BUF_AUTO buf;

	ml_buf_init(&buf, 1000);
	ml_buf_escaped(&buf, (struct ml_str){in, len});
	ml_buf_putc(&buf, 0);
	assert_string_equal(buf.ptr, want);
}

static void test_buf_escaped(void **state)
{
	escapes("plain \xc3\xa9", 8, "plain \xc3\xa9");
	escapes("a\nb\x1b[31m", 8, "a\\nb\\x1b[31m");
	escapes("\xe2\x80\xae", 3, "\\u202e");
	escapes("\xff\0", 2, "\\xff\\x00");
	escapes("\xc2\x9b", 2, "\\u009b");
}

static int by_first(const void *a, const void *b)
{
	return ((const uint8_t *)a)[0] - ((const uint8_t *)b)[0];
}

static void test_sort(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
	uint8_t items[256][2];

	for (size_t n = 0; n <= 256; n++) {
		for (size_t i = 0; i < n; i++) {
			items[i][0] = (uint8_t)(i * 37 % 11);
			items[i][1] = (uint8_t)i;
		}
		assert_int_equal(ml_sort(arena, items, n, 2, by_first), 0);
		for (size_t i = 1; i < n; i++) {
			assert_true(items[i - 1][0] <= items[i][0]);
			assert_true(items[i - 1][0] < items[i][0] || items[i - 1][1] < items[i][1]);
		}
	}
	ml_arena_fail_at(arena, 1);
	items[0][0] = 9;
	items[1][0] = 1;
	assert_int_equal(ml_sort(arena, items, 2, 2, by_first), ML_ENOMEM);
	assert_int_equal(items[0][0], 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arena_zeroes), cmocka_unit_test(test_sort), cmocka_unit_test(test_arena_ceiling), cmocka_unit_test(test_arena_grow),
		cmocka_unit_test(test_arena_fails_on_demand), cmocka_unit_test(test_buf_ceiling), cmocka_unit_test(test_buf_escaped),
	};

	return cmocka_run_group_tests_name("base/arena, buf", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8, cursor, numbers, JSON writer, digests, diagnostics: text in and text out. */
#include "tests/unit/test.h"

#include <math.h>

#include "base/cursor.h"
#include "base/diag.h"
#include "base/error.h"
#include "base/json.h"
#include "base/num.h"
#include "base/sha256.h"
#include "base/utf8.h"

static void test_utf8(void **state)
{
	static const struct {
		const char *bytes;
		size_t bad;
	} cases[] = {
		{"abc", ML_NPOS}, {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", ML_NPOS}, {"a\xff", 1}, {"\xc0\xaf", 0},
		{"\xed\xa0\x80", 0}, {"\xf4\x90\x80\x80", 0}, {"ab\xe2\x82", 2}, {"\xe0\x80\x80", 0},
	};
	char out[4];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(ml_utf8_invalid(ml_str(cases[i].bytes)), cases[i].bad);
	assert_int_equal(ml_utf8_put(0x1f600, out), 4);
	assert_memory_equal(out, "\xf0\x9f\x98\x80", 4);
	assert_int_equal(ml_utf8_put(0xd800, out), 0);
	assert_int_equal(ml_utf8_count(ML_STR("a\xc3\xa9\xff")), 3);
}

static void test_cursor(void **state)
{
	struct ml_cursor c = ml_cursor(ML_STR("ab\r\n\xc3\xa9x\ry"), 2);
	struct ml_str line;

	assert_true(ml_cursor_line(&c, &line));
	assert_true(ml_str_is(line, "ab"));
	assert_int_equal(c.line, 2);
	ml_cursor_skip(&c, 3);
	assert_int_equal(c.col, 3);
	assert_int_equal(ml_cursor_next(&c), '\r');
	assert_int_equal(c.line, 3);
	assert_true(ml_cursor_take(&c, ML_STR("y")));
	assert_true(ml_cursor_done(&c));
	assert_int_equal(ml_cursor_next(&c), -1);
	assert_true(ml_cursor_enter(&c) && ml_cursor_enter(&c));
	assert_false(ml_cursor_enter(&c));
	assert_int_equal(c.error, ML_ELIMIT);
	ml_cursor_fail(&c, ML_ESYNTAX);
	assert_int_equal(c.error, ML_ELIMIT);
}

static void test_numbers(void **state)
{
	uint64_t u;
	int64_t i;
	double d;

	assert_true(ml_parse_u64(ML_STR("18446744073709551615"), 10, &u) && u == UINT64_MAX);
	assert_false(ml_parse_u64(ML_STR("18446744073709551616"), 10, &u));
	assert_true(ml_parse_i64(ML_STR("-9223372036854775808"), 10, &i) && i == INT64_MIN);
	assert_false(ml_parse_i64(ML_STR("9223372036854775808"), 10, &i));
	assert_true(ml_parse_u64(ML_STR("fF"), 16, &u) && u == 255);
	assert_false(ml_parse_u64(ML_STR(""), 10, &u) || ml_parse_u64(ML_STR("1 "), 10, &u) || ml_parse_i64(ML_STR("-"), 10, &i));
	assert_true(ml_parse_double(ML_STR("-1.5e3"), &d) && d == -1500);
	assert_false(ml_parse_double(ML_STR("0x1"), &d) || ml_parse_double(ML_STR("nan"), &d) ||
		ml_parse_double(ML_STR("1e999"), &d) || ml_parse_double(ML_STR("."), &d) || ml_parse_double(ML_STR("1e"), &d));
}

static void test_json(void **state)
{
	ML_BUF_AUTO out;
	struct ml_json json;

	ml_buf_init(&out, 4096);
	ml_json_begin(&json, &out, 0);
	ml_json_object(&json);
	ml_json_key(&json, "a");
	ml_json_array(&json);
	ml_json_int(&json, INT64_MIN);
	ml_json_double(&json, 0.1);
	ml_json_double(&json, 1);
	ml_json_double(&json, NAN);
	ml_json_str(&json, (struct ml_str){"\"\\\n\x01\xff\xe2\x80\xa8\x7f", 9});
	ml_json_end_array(&json);
	ml_json_key(&json, "b");
	ml_json_object(&json);
	ml_json_end_object(&json);
	ml_json_end_object(&json);
	assert_true(ml_str_is(ml_buf_get(&out), "{\"a\":[-9223372036854775808,0.1,1.0,\"NaN\","
						"\"\\\"\\\\\\n\\u0001\xef\xbf\xbd\\u2028\\u007f\"],\"b\":{}}"));
}

static void test_json_indent(void **state)
{
	ML_BUF_AUTO out;
	struct ml_json json;

	ml_buf_init(&out, 4096);
	ml_json_begin(&json, &out, 2);
	ml_json_array(&json);
	ml_json_object(&json);
	ml_json_key(&json, "k");
	ml_json_bool(&json, true);
	ml_json_end_object(&json);
	ml_json_null(&json);
	ml_json_end_array(&json);
	assert_true(ml_str_is(ml_buf_get(&out), "[\n  {\n    \"k\": true\n  },\n  null\n]"));
}

static void test_sha256(void **state)
{
	uint8_t digest[32], fields[32];
	char hex[65];
	struct ml_sha256 sha;

	ml_sha256(ML_STR("abc"), digest);
	ml_hex(digest, 32, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	ml_sha256_begin(&sha);
	ml_sha256_field(&sha, ML_STR("ab"));
	ml_sha256_field(&sha, ML_STR("c"));
	ml_sha256_end(&sha, digest);
	ml_sha256_begin(&sha);
	ml_sha256_field(&sha, ML_STR("a"));
	ml_sha256_field(&sha, ML_STR("bc"));
	ml_sha256_end(&sha, fields);
	assert_memory_not_equal(digest, fields, 32);
}

static void test_diag(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
	struct ml_diags diags = {.arena = arena, .max = 1};
	struct ml_diag *diag = ml_diag_add(&diags, ML_DIAG_ERROR, ML_STR("a.yaml"), 3, 4, "no field \"%s\"", "privilged");
	ML_BUF_AUTO out;

	diag->source = ML_STR("\tx.privilged");
	diag->end_col = 13;
	diag->hint = ml_diag_suggest(arena, "privileged");
	ml_diag_add(&diags, ML_DIAG_WARNING, ML_STR("a.yaml"), 1, 1, "dropped");
	assert_int_equal(diags.n, 1);
	assert_int_equal(diags.dropped, 1);
	assert_int_equal(diags.errors, 1);
	assert_int_equal(diags.warnings, 1);
	ml_buf_init(&out, 4096);
	ml_diag_print(&out, &diags.items[0]);
	ml_buf_putc(&out, 0);
	assert_string_equal(out.ptr, "a.yaml:3:4: error: no field \"privilged\"\n"
				     "     3 |  x.privilged\n"
				     "       |    ^~~~~~~~~\n"
				     "       = did you mean `privileged`?\n");
}

static void test_error(void **state)
{
	struct ml_error err;

	assert_int_equal(ml_fail_at(&err, ML_ESYNTAX, "f", 2, 3, "got \"%s\"", "x"), ML_ESYNTAX);
	assert_string_equal(err.message, "got \"x\"");
	assert_int_equal(err.line, 2);
	assert_int_equal(ml_fail(NULL, ML_EIO, "x"), ML_EIO);
	for (int code = 0; code >= ML_EPERM; code--)
		assert_true(ml_strcode(code)[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_utf8), cmocka_unit_test(test_cursor), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_json), cmocka_unit_test(test_json_indent), cmocka_unit_test(test_sha256),
		cmocka_unit_test(test_diag), cmocka_unit_test(test_error),
	};

	return cmocka_run_group_tests_name("base text", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the terminal page: columns, wrapping, excerpts, attestations; and text in Markdown, URIs and XML. */
#include "tests/unit/test.h"

#include "base/error.h"
#include "reports/excerpt-priv.h"
#include "reports/sarif-priv.h"
#include "reports/seal-priv.h"
#include "reports/xml-priv.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void test_columns(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
	} cases[] = {
		{"", 0}, {"abc", 3}, {"é", 1}, {"e\xcc\x81", 1}, {"漢字", 4}, {"한", 2}, {"…", 1}, {"🔑", 2}, {"\xff\xfe", 2}, {"Ω→", 2},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(ml_columns(ml_str(cases[i].text)), cases[i].columns);
}

static void wrap_into(struct ml_buf *out, unsigned width, const char *text, bool color)
{
	struct ml_term term;

	ml_buf_init(out, 1 << 16);
	ml_term_begin(&term, out, width, color);
	ml_term_line(&term, 2, 4);
	ml_term_style(&term, ML_STYLE_BOLD);
	ml_term_text(&term, ml_str(text));
	ml_term_style(&term, ML_STYLE_PLAIN);
	ml_term_end(&term);
	ml_term_free(&term);
}

static void test_wrap(void **state)
{
	static const struct {
		unsigned width;
		const char *text, *want;
	} cases[] = {
		{80, "one two", "  one two\n"},
		{1, "a line is never narrower than forty columns, whatever is asked",
			"  a line is never narrower than forty\n    columns, whatever is asked\n"},
		{40, "0123456789012345678901234567890123456789abcdef",
			"  01234567890123456789012345678901234567\n    89abcdef\n"},
		{40, "x 0123456789012345678901234567890123456789abcdef",
			"  x\n    012345678901234567890123456789012345\n    6789abcdef\n"},
		{40, "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字", "  漢字漢字漢字漢字漢字漢字漢字漢字漢字漢\n    字漢字\n"},
		{40, "tab\there, bell\a, escape\x1b[31m", "  tab\\there, bell\\x07, escape\\x1b[31m\n"},
		{40, "  blanks   between  ", "  blanks between\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		ML_BUF_AUTO out;

		wrap_into(&out, cases[i].width, cases[i].text, false);
		assert_string_equal(out.ptr, cases[i].want);
	}
}

/* Colour changes nothing but colour. */
static void test_color_wraps_alike(void **state)
{
	const char *text = "a text that is long enough to be wrapped more than once on a page of forty columns";
	ML_BUF_AUTO plain;
	ML_BUF_AUTO colored;

	(void)state;
	wrap_into(&plain, 40, text, false);
	wrap_into(&colored, 40, text, true);
	assert_int_equal(colored.len, plain.len + strlen("\x1b[1m\x1b[0m"));
	assert_memory_equal(colored.ptr, "  \x1b[1ma text", 12);
	assert_string_equal(colored.ptr + colored.len - 5, "\x1b[0m\n");
}

static void test_excerpts(void **state)
{
	static const struct {
		const char *text;
		uint32_t line, col, end;
		const char *want;
	} cases[] = {
		{"key: value", 7, 6, 11, "    7 | key: value\n      |      ^~~~~\n"},
		{"key: value", 7, 6, 0, "    7 | key: value\n      |      ^\n"},
		{"key: value", 7, 0, 0, "    7 | key: value\n"},
		{"key:", 7, 5, 6, "    7 | key:\n      |     ^\n"},
		{"key:", 7, 9, 10, "    7 | key:\n"},
		{"key:", 7, 1, 4000000000u, "    7 | key:\n      | ^~~~\n"},
		{"key: value", 0, 1, 2, ""},
		{"", 7, 1, 2, ""},
		{"\tkey: v", 7, 2, 5, "    7 |     key: v\n      |     ^~~\n"},
		{"ab\tkey", 7, 4, 7, "    7 | ab  key\n      |     ^~~\n"},
		{"漢字: x", 7, 5, 6, "    7 | 漢字: x\n      |       ^\n"},
		{"漢字: x", 7, 1, 3, "    7 | 漢字: x\n      | ^~~~\n"},
		{"a\x1b[31m: x", 7, 9, 10, "    7 | a\\x1b[31m: x\n      |            ^\n"},
		{"0123456789012345678901234567890123456789", 123456, 35, 37,
			"123456 | …012345678901234567890123456789\n       |                          ^~\n"},
		{"start here 678901234567890123456789012345678901234567890123456789", 7, 1, 6,
			"    7 | start here 67890123456789012345…\n      | ^~~~~\n"},
		{"0123456789012345678901234567890123456789", 7, 41, 0,
			"    7 | …012345678901234567890123456789\n      |                                ^\n"},
		{"0123456789012345678901234567890123456789 the end", 7, 46, 49,
			"    7 | …78901234567890123456789 the end\n      |                              ^~~\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		ML_BUF_AUTO out;
		struct ml_term term;

		ml_buf_init(&out, 1 << 16);
		ml_term_begin(&term, &out, 40, false);
		ml_excerpt_put(&term, &(struct ml_excerpt){ml_str(cases[i].text), cases[i].line, cases[i].col, cases[i].end, ML_STYLE_HIGH}, 0);
		ml_term_free(&term);
		assert_string_equal(out.ptr ? out.ptr : "", cases[i].want);
	}
}

static void test_attestations(void **state)
{
	static const struct {
		const char *json;
		size_t sealed, unsealed, unattested, layers, lacking;
		bool beyond;
	} cases[] = {
		{"{\"filter\":\"00\",\"landlock_abi\":7,\"layers\":{\"landlock\":true,\"root\":true},\"sealed\":true}", 1, 0, 0, 2, 0, false},
		{"{\"layers\": {\"landlock\": true, \"root\": \"Operation not permitted\"}, \"sealed\": true}", 1, 0, 0, 2, 1, false},
		{"{\"layers\":{\"landlock\":\"Function not implemented\"},\"sealed\":true}", 1, 0, 0, 1, 1, true},
		{"{\"layers\":{\"seccomp\":false},\"sealed\":true}", 1, 0, 0, 1, 1, true},
		{"{\"layers\":{\"seccomp\":\"true\"},\"sealed\":true}", 1, 0, 0, 1, 1, true},
		{"{\"sealed\":false}", 0, 1, 0, 0, 0, true},
		{"{\"sealed\":\"true\"}", 0, 1, 0, 0, 0, true},
		{"{}", 0, 1, 0, 0, 0, true},
		{"{\"more\":{\"sealed\":true,\"layers\":[1,{\"a\":2}]},\"sealed\":true}", 1, 0, 0, 0, 0, false},
		{"", 0, 0, 1, 0, 0, false},
		{"[]", 0, 0, 1, 0, 0, false},
		{"{\"sealed\":true", 0, 0, 1, 0, 0, false},
		{"{\"sealed\"", 0, 0, 1, 0, 0, false},
		{"{\"seal", 0, 0, 1, 0, 0, false},
		{"{\"a\\", 0, 0, 1, 0, 0, false},
		{"{\"layers\":{\"layers\":{\"layers\":{}}},\"sealed\":true}", 1, 0, 0, 1, 1, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ml_run run = {.sandbox = ml_str(cases[i].json)};
		struct ml_seal seal;

		ml_seal_read(&(struct ml_findings){&run, 1}, &seal);
		assert_int_equal(seal.sealed, cases[i].sealed);
		assert_int_equal(seal.unsealed, cases[i].unsealed);
		assert_int_equal(seal.unattested, cases[i].unattested);
		assert_int_equal(seal.nlayers, cases[i].layers);
		assert_int_equal(seal.nlacking, cases[i].lacking);
		assert_int_equal(seal.beyond, cases[i].beyond);
	}
}

static void test_quoting(void **state)
{
	static const struct {
		void (*add)(struct ml_buf *out, struct ml_str s);
		const char *text, *want;
	} cases[] = {
		{ml_markdown_add, "Use `USER <name>` & not <b>", "Use `USER <name>` &amp; not &lt;b&gt;"},
		{ml_markdown_add, "an open ` <script>", "an open \\` &lt;script&gt;"},
		{ml_markdown_add, "`` ` `` <script> `", "\\`\\` \\` \\`\\` &lt;script&gt; \\`"},
		{ml_markdown_add, "\\`<i>`", "\\\\`<i>`"},
		{ml_markdown_add, "`a\n<i>`", "\\`a\n&lt;i&gt;\\`"},
		{ml_markdown_add, "[x](javascript:1) *b*", "\\[x\\](javascript:1) \\*b\\*"},
		{ml_uri_add, "a b/ü%:c?d#e", "a%20b/%C3%BC%25%3Ac%3Fd%23e"},
		{ml_uri_add, "//host/x", "file:////host/x"},
		{ml_uri_add, "\xff\n", "%FF%0A"},
		{ml_xml_add, "<a b=\"c\">&\n\t\r\x01\xff\xef\xbf\xbf", "&lt;a b=&quot;c&quot;&gt;&amp;&#10;&#9;&#13;\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
		{ml_xml_add_text, "]]>\n\"'\x1b", "]]&gt;\n\"'\xef\xbf\xbd"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		ML_BUF_AUTO out;

		ml_buf_init(&out, 1 << 16);
		cases[i].add(&out, ml_str(cases[i].text));
		assert_string_equal(out.ptr, cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns), cmocka_unit_test(test_wrap), cmocka_unit_test(test_color_wraps_alike),
		cmocka_unit_test(test_excerpts), cmocka_unit_test(test_attestations), cmocka_unit_test(test_quoting),
	};

	return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}

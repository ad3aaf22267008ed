/* SPDX-License-Identifier: Apache-2.0 */
/* Every format over findings that somebody wrote to hurt it: strings, sizes, exhausted memory. */
#include "tests/unit/test.h"

#include <jansson.h>

#include "base/error.h"
#include "base/utf8.h"
#include "tests/unit/reports/sample.h"

#define COUNT(a)     (sizeof(a) / sizeof((a)[0]))
#define ARENA_LIMIT  ((size_t)1 << 30)
#define OUTPUT_LIMIT ((size_t)1 << 30)

static const struct ml_str evil[] = {
	ML_STR(""),
	ML_STR(" "),
	ML_STR("a\0b"),
	ML_STR("\x1b]0;owned\a\x1b[2J\x7f\xc2\x9b" "31m"),
	ML_STR("</failure></testcase><script>alert(1)</script>]]><!-- & \"'"),
	ML_STR("\xe2\x80\xae" "gnp.exe\xe2\x81\xa6 \xe2\x80\x8b\xef\xbb\xbf"),
	ML_STR("\xff\xfe\xc0\xaf\xed\xa0\x80"),
	ML_STR("\xef\xbf\xbe\xef\xbf\xbf"),
	ML_STR("../../etc/passwd"),
	ML_STR("//evil.example/x"),
	ML_STR("C:\\x {0} {{1}} [a](1) %s %n %"),
	ML_STR("\r\n\t\v\f"),
	ML_STR("{\"sealed\":true,\"layers\":{\"a\":\"\\"),
	ML_STR("```\n# head\n| a | b |\n<img src=x onerror=alert(1)>"),
};

static void render(const char *format, const struct ml_findings *findings, const struct ml_report_options *options, struct ml_buf *out)
{
	ML_ARENA_AUTO scratch = ml_arena_new(ARENA_LIMIT);

	ml_buf_init(out, OUTPUT_LIMIT);
	ml_report_find(ml_str(format))->write(findings, options, scratch, out);
}

/* Each way in which options change the page. */
static const struct ml_report_options variants[] = {
	{.width = 80, .fail_on = ML_SEV_MEDIUM},
	{.width = 40, .fail_on = ML_SEV_INFO, .verbose = true},
	{.width = 1000, .fail_on = ML_SEV_CRITICAL, .baseline = true, .ignored = 1, .vendored = 1},
};

/* Nothing moves the cursor, rings, or turns the direction of the text. */
static void assert_page_is_safe(const struct ml_buf *out)
{
	struct ml_str page = ml_buf_get(out);

	assert_int_equal(ml_utf8_invalid(page), ML_NPOS);
	for (size_t at = 0; at < page.len;) {
		uint32_t cp = 0;

		at += ml_utf8_next(page, at, &cp);
		assert_false((cp < 0x20 && cp != '\n') || (cp >= 0x7f && cp < 0xa0) || (cp >= 0x200b && cp <= 0x200f) ||
			(cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff);
	}
}

static void assert_xml_is_safe(const struct ml_buf *out)
{
	struct ml_str xml = ml_buf_get(out);

	assert_int_equal(ml_utf8_invalid(xml), ML_NPOS);
	for (size_t i = 0; i < xml.len; i++)
		assert_true((unsigned char)xml.ptr[i] >= 0x20 || xml.ptr[i] == '\n');
	assert_int_equal(ml_str_find(xml, ML_STR("<script")), ML_NPOS);
	assert_int_equal(ml_str_find(xml, ML_STR("]]>")), ML_NPOS);
	assert_int_equal(ml_str_find(xml, ML_STR("\xef\xbf\xbf")), ML_NPOS);
}

static void assert_sarif_is_json(const struct ml_buf *out)
{
	json_t *root = json_loadb(out->ptr, out->len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	const json_t *run = json_array_get(json_object_get(root, "runs"), 0);

	assert_non_null(root);
	assert_int_equal(json_array_size(json_object_get(run, "results")), 15);
	json_decref(root);
}

static void test_evil_strings(void **state)
{
	static const struct {
		const char *format;
		void (*check)(const struct ml_buf *out);
	} formats[] = {{"terminal", assert_page_is_safe}, {"junit", assert_xml_is_safe}, {"sarif", assert_sarif_is_json}};

	(void)state;
	for (size_t i = 0; i < COUNT(evil); i++) {
		ML_ARENA_AUTO arena = ml_arena_new(ARENA_LIMIT);
		struct ml_findings findings = sample_of(arena, evil[i]);

		for (size_t j = 0; j < COUNT(formats); j++)
			for (size_t k = 0; k < COUNT(variants); k++) {
				ML_BUF_AUTO out;

				render(formats[j].format, &findings, &variants[k], &out);
				assert_int_equal(out.error, 0);
				formats[j].check(&out);
			}
	}
}

static void test_nothing_at_all(void **state)
{
	struct ml_run empty = {0};
	const struct ml_findings none[] = {{NULL, 0}, {&empty, 1}};

	(void)state;
	for (const struct ml_report_format *format = ml_report_formats; format->name; format++)
		for (size_t i = 0; i < COUNT(none); i++) {
			ML_BUF_AUTO out;

			render(format->name, &none[i], &variants[0], &out);
			assert_int_equal(out.error, 0);
			assert_true(out.len > 0);
		}
}

static void shorten(struct ml_place *place)
{
	place->file = ML_STR("a.yml");
	place->origin = NULL;
}

/* Source lines, elements, messages, facts, values and prose of 4,000 columns: the page keeps its width. Only places and rule ids, which people copy, are never
 * broken, so here they are short. */
static void test_long_lines(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_LIMIT);
	char *line = ml_alloc(arena, 4000);
	struct ml_findings findings;

	(void)state;
	memset(line, 'x', 4000);
	findings = sample_of(arena, (struct ml_str){line, 4000});
	findings.runs->uri = findings.runs->diags->file = ML_STR("a.yml");
	for (size_t i = 0; i < findings.runs->nresults; i++) {
		shorten(&findings.runs->results[i].place);
		shorten(&findings.runs->results[i].because->place);
		findings.runs->results[i].rule = ML_STR("RULE");
	}
	for (size_t i = 0; i < COUNT(variants); i++) {
		ML_BUF_AUTO out;

		render("terminal", &findings, &variants[i], &out);
		assert_int_equal(out.error, 0);
		for (struct ml_str rest = ml_buf_get(&out), part; ml_str_split(&rest, '\n', &part);)
			assert_true(ml_utf8_count(part) <= variants[i].width);
	}
}

/* Twice the results: about twice the bytes and the memory, never four times. */
static void test_growth(void **state)
{
	(void)state;
	for (const struct ml_report_format *format = ml_report_formats; format->name; format++) {
		size_t bytes[2], memory[2];

		for (size_t i = 0; i < 2; i++) {
			ML_ARENA_AUTO arena = ml_arena_new(ARENA_LIMIT);
			ML_ARENA_AUTO scratch = ml_arena_new(ARENA_LIMIT);
			struct ml_findings findings = sample_many(arena, 50000 << i, 100);
			ML_BUF_AUTO out;

			ml_buf_init(&out, OUTPUT_LIMIT);
			format->write(&findings, &variants[0], scratch, &out);
			assert_int_equal(out.error, 0);
			bytes[i] = out.len;
			memory[i] = ml_arena_used(scratch);
		}
		assert_true(bytes[1] <= bytes[0] * 9 / 4);
		assert_true(memory[1] <= memory[0] * 9 / 4 + (1 << 21));
	}
}

/* Each rule's places in a file are cut, with the exact number of what is left out. */
static void test_places_are_cut(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_LIMIT);
	struct ml_findings findings = sample_many(arena, 25, 1);
	struct ml_report_options verbose = {.verbose = true};
	ML_BUF_AUTO out;
	ML_BUF_AUTO all;

	(void)state;
	render("terminal", &findings, &variants[0], &out);
	assert_true(ml_str_has(ml_buf_get(&out), "and 15 more places in docker-compose.yml"));
	assert_true(ml_str_has(ml_buf_get(&out), "service-9: is wrong"));
	assert_false(ml_str_has(ml_buf_get(&out), "service-10: is wrong"));
	render("terminal", &findings, &verbose, &all);
	assert_true(ml_str_has(ml_buf_get(&all), "service-24: is wrong"));
	assert_false(ml_str_has(ml_buf_get(&all), "more places"));
}

static void test_sarif_is_truncated_aloud(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_LIMIT);
	struct ml_findings findings = sample_many(arena, 25002, 5);
	const json_t *run, *results;
	json_t *root;
	ML_BUF_AUTO out;

	(void)state;
	render("sarif", &findings, &variants[0], &out);
	root = json_loadb(out.ptr, out.len, 0, NULL);
	run = json_array_get(json_object_get(root, "runs"), 0);
	results = json_object_get(run, "results");
	assert_int_equal(json_array_size(results), 25000);
	assert_true(json_is_true(json_object_get(json_object_get(run, "properties"), "truncated")));
	assert_true(ml_str_has(ml_buf_get(&out), "results: 25000 of 25002 are in this report"));
	assert_string_equal(json_string_value(json_object_get(json_array_get(results, 0), "ruleId")), "RULE-000000");
	json_decref(root);
}

/* What the findings only count is in every report. */
static void test_unlisted(void **state)
{
	static const struct {
		const char *format, *want[3];
	} cases[] = {
		{"junit", {"RULE-000000: 1234 more, only counted (pass)", "RULE-000000: 56 more, only counted (fail)",
				  "tests=\"5\" failures=\"3\" errors=\"1\""}},
		{"terminal", {"CRITICAL 58 findings", "and 56 more that the findings only count", "(1234 passed, 7 unknown"}},
		{"sarif", {"results: 2 of 65 are in this report", "\"resultsTotal\": 65", "\"passed\": 1234"}},
	};
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_LIMIT);
	struct ml_findings findings = sample_many(arena, 2, 1);
	size_t *unlisted = findings.runs->rules->unlisted;

	(void)state;
	unlisted[ML_PASS] = 1234;
	unlisted[ML_FAIL] = 56;
	unlisted[ML_UNKNOWN] = 7;
	for (size_t i = 0; i < COUNT(cases); i++) {
		ML_BUF_AUTO out;

		render(cases[i].format, &findings, &variants[0], &out);
		for (size_t j = 0; j < 3; j++)
			assert_true(ml_str_has(ml_buf_get(&out), cases[i].want[j]));
	}
}

/* Whichever allocation fails, the only trace is the buffer's error. */
static void test_no_memory(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_LIMIT);
	struct ml_findings findings = sample_of(arena, ML_STR("a"));

	(void)state;
	for (const struct ml_report_format *format = ml_report_formats; format->name; format++)
		for (size_t n = 1; n < 100; n++) {
			ML_ARENA_AUTO scratch = ml_arena_new(ARENA_LIMIT);
			ML_BUF_AUTO out;

			ml_buf_init(&out, OUTPUT_LIMIT);
			ml_arena_fail_at(scratch, n);
			format->write(&findings, &variants[1], scratch, &out);
			assert_int_equal(out.error, ml_arena_failed(scratch) ? ML_ENOMEM : 0);
			if (!ml_arena_failed(scratch))
				break;
		}
}

static void test_no_room(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_LIMIT);
	struct ml_findings findings = sample_of(arena, ML_STR("a"));

	(void)state;
	for (const struct ml_report_format *format = ml_report_formats; format->name; format++)
		for (size_t limit = 0; limit < 3000; limit += 7) {
			ML_ARENA_AUTO scratch = ml_arena_new(ARENA_LIMIT);
			ML_BUF_AUTO out;

			ml_buf_init(&out, limit);
			format->write(&findings, &variants[0], scratch, &out);
			assert_true(out.len <= limit);
			assert_true(out.error == ML_ELIMIT || out.error == 0);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_evil_strings), cmocka_unit_test(test_nothing_at_all), cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_growth), cmocka_unit_test(test_places_are_cut), cmocka_unit_test(test_sarif_is_truncated_aloud),
		cmocka_unit_test(test_unlisted), cmocka_unit_test(test_no_memory), cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}

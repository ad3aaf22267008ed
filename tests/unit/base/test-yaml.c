/* SPDX-License-Identifier: Apache-2.0 */
/* The YAML tree: shape, places, aliases, limits, and what plain scalars mean in both schemas. */
#include "tests/unit/test.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/yaml.h"

static struct ml_yaml parse(struct ml_arena *arena, const char *text)
{
	struct ml_yaml yaml;

	assert_int_equal(ml_yaml_parse(arena, ml_str(text), NULL, &yaml), 0);
	return yaml;
}

static void at(const struct ml_yaml_node *node, uint32_t line, uint32_t col, uint32_t end_col)
{
	assert_non_null(node);
	assert_int_equal(node->line, line);
	assert_int_equal(node->col, col);
	assert_int_equal(node->end_col, end_col);
}

static void test_places(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 24);
	struct ml_yaml yaml = parse(arena, "\xef\xbb\xbf" "a: &x 12 # c\r\n\"\xc3\xa9\": [1, 'q''q']\r\nl: |\r\n  two\r\nm: *x\r\nn:\r\n");
	const struct ml_yaml_node *root = yaml.docs[0];

	assert_int_equal(yaml.error.code, 0);
	assert_int_equal(root->n, 5);
	at(ml_yaml_value(root, 0), 1, 7, 9);
	at(ml_yaml_key(root, 1), 2, 1, 4);
	at(ml_yaml_value(root, 1)->items[1], 2, 10, 16);
	assert_true(ml_str_is(ml_yaml_text(ml_yaml_value(root, 1)->items[1]), "q'q"));
	assert_int_equal(ml_yaml_value(root, 2)->line, 4);
	at(ml_yaml_value(root, 3), 5, 4, 6);
	assert_ptr_equal(ml_yaml_deref(ml_yaml_value(root, 3)), ml_yaml_value(root, 0));
	at(ml_yaml_value(root, 4), 6, 2, 2);
	assert_int_equal(ml_yaml_value(root, 1)->style, ML_YAML_FLOW);
}

static void test_find(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 24);
	const struct ml_yaml_node *root = parse(arena, "a: 1\nb: 2\na: 3\n").docs[0];

	assert_int_equal(ml_yaml_find(root, ML_STR("a")), 2);
	assert_int_equal(ml_yaml_find(root, ML_STR("z")), -1);
	assert_int_equal(ml_yaml_find(NULL, ML_STR("z")), -1);
	assert_ptr_equal(ml_yaml_duplicate(arena, root), ml_yaml_key(root, 2));
	assert_null(ml_yaml_duplicate(arena, parse(arena, "a: 1\nb: 2\n").docs[0]));
	assert_true(ml_str_is(ml_yaml_text(ml_yaml_get(root, "b")), "2"));
}

/* libfyaml 0.7.12 loses characters where escapes touch: 'a''''b' was a'''. Values as PyYAML has them. */
static void test_quoted(void **state)
{
	static const struct {
		const char *yaml, *text;
	} cases[] = {
		{"'a''''b'", "a''b"}, {"'''''x y\n\n  '", "''x y\n"}, {"'\t'''''' b\t'", "\t''' b\t"}, {"'''\t\t\n  '", "' "},
		{"\"\\\\\\\n  \\x41\"", "\\A"}, {"\"\\\n  \\\n  \n  \\/\"", "\n/"}, {"\"a \\\"\\\\\\\n   b\"", "a \"\\b"},
		{"\"\\ud83d\\ude00 \\U0001F600\"", "\xf0\x9f\x98\x80 \xf0\x9f\x98\x80"}, {"\"x\\ \n y\\t\r\n z\"", "x  y\t z"},
	};
	static const char *const bad[] = {"\"\\ud83d\"", "\"\\q\"", "\"\\x4\"", "\"\\0\"", "\"\\U00110000\""};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ML_ARENA_AUTO arena = ml_arena_new(1 << 24);
		struct ml_yaml yaml = parse(arena, cases[i].yaml);
		assert_int_equal(yaml.error.code, 0);
		assert_string_equal(yaml.docs[0]->text, cases[i].text);
		assert_int_equal(yaml.docs[0]->n, strlen(cases[i].text));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ML_ARENA_AUTO arena = ml_arena_new(1 << 24);
		assert_int_equal(parse(arena, bad[i]).error.code, ML_ESYNTAX);
	}
}

static void test_errors(void **state)
{
	static const struct {
		const char *text;
		int code;
		uint32_t line, col;
	} cases[] = {
		{"a: b\nc: \xe9\n", ML_ESYNTAX, 2, 4}, {"a: *x\n", ML_ESYNTAX, 1, 4},
		{"a: &a [*a]\n", ML_ESYNTAX, 1, 8}, {"a: [b\n", ML_ESYNTAX, 0, 0}, {"a: b: c\n", ML_ESYNTAX, 0, 0},
		{"a: \"b\n", ML_ESYNTAX, 0, 0}, {"- a\nb: c\n", ML_ESYNTAX, 0, 0}, {"\tx: y\n", ML_ESYNTAX, 0, 0},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ML_ARENA_AUTO arena = ml_arena_new(1 << 24);
		struct ml_yaml yaml = parse(arena, cases[i].text);
		assert_int_equal(yaml.error.code, cases[i].code);
		assert_true(yaml.error.line > 0 && yaml.error.col > 0 && yaml.error.message[0]);
		if (cases[i].line) {
			assert_int_equal(yaml.error.line, cases[i].line);
			assert_int_equal(yaml.error.col, cases[i].col);
		}
	}
}

static void test_nul(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 24);
	struct ml_yaml yaml;

	assert_int_equal(ml_yaml_parse(arena, ML_STR("a: b\nc: \0"), NULL, &yaml), 0);
	assert_int_equal(yaml.error.code, ML_ESYNTAX);
	assert_int_equal(yaml.error.line, 2);
	assert_int_equal(ml_yaml_parse(arena, ML_STR("a: \"\\0\""), NULL, &yaml), 0);
	assert_int_equal(yaml.error.code, ML_ESYNTAX);
}

static struct ml_yaml parse_repeated(struct ml_arena *arena, const char *unit, size_t n)
{
	size_t len = strlen(unit);
	char *text = malloc(n * len);
	struct ml_yaml yaml;

	for (size_t i = 0; i < n; i++)
		memcpy(text + i * len, unit, len);
	assert_int_equal(ml_yaml_parse(arena, (struct ml_str){text, n * len}, NULL, &yaml), 0);
	free(text);
	return yaml;
}

static void test_depth(void **state)
{
	static const char *const units[] = {"[", "{", "- ", "? ", "[a, {b: "};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		ML_ARENA_AUTO arena = ml_arena_new(1 << 24);
		struct ml_yaml yaml = parse_repeated(arena, units[i], 200000);
		assert_int_equal(yaml.error.code, ML_ELIMIT);
		assert_int_equal(yaml.error.line, 1);
	}
}

static void test_limits(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 26);
	struct ml_yaml_limits limits = {.max_nodes = 5};
	struct ml_yaml yaml;

	assert_int_equal(ml_yaml_parse(arena, ML_STR("[1,2,3,4,5,6]"), &limits, &yaml), 0);
	assert_int_equal(yaml.error.code, ML_ELIMIT);
	yaml = parse_repeated(arena, "--- a\n", 1001);
	assert_int_equal(yaml.error.code, ML_ELIMIT);
	assert_int_equal(yaml.ndocs, 1000);
}

static void test_memory(void **state)
{
	bool finished = false;

	for (size_t n = 1; n < 200 && !finished; n++) {
		ML_ARENA_AUTO arena = ml_arena_new(1 << 24);
		struct ml_yaml yaml;
		int r;
		ml_arena_fail_at(arena, n);
		r = ml_yaml_parse(arena, ML_STR("a: &x [1, {b: !!str c}]\nd: *x\n"), NULL, &yaml);
		assert_true(r == 0 || r == ML_ENOMEM);
		finished = r == 0 && !ml_arena_failed(arena);
	}
	assert_true(finished);
}

/* As PyYAML and as a core schema reader see a plain scalar: n null, b bool, i int, f float, s string, t timestamp, m merge. */
static void test_scalars(void **state)
{
	static const struct {
		const char *text;
		char in_1_1, in_core;
		double number;
	} cases[] = {
		{"~", 'n', 'n', 0}, {"null", 'n', 'n', 0}, {"yes", 'b', 's', 1}, {"Off", 'b', 's', 0}, {"true", 'b', 'b', 1},
		{"y", 's', 's', 0}, {"0644", 'i', 'i', 420}, {"0o644", 's', 'i', 420}, {"0x1F", 'i', 'i', 31}, {"0b11", 'i', 's', 3},
		{"12", 'i', 'i', 12}, {"-7", 'i', 'i', -7}, {"1_000", 'i', 's', 1000}, {"22:22", 'i', 's', 1342},
		{"80:80", 's', 's', 0}, {"3306:3306", 's', 's', 0}, {"1.5", 'f', 'f', 1.5}, {"1e3", 's', 'f', 1000},
		{".inf", 'f', 'f', INFINITY}, {"2001-12-14", 't', 's', 0}, {"<<", 'm', 'm', 0}, {"08", 's', 'i', 8},
		{"99999999999999999999", 'f', 'f', 1e20}, {"1.2.3", 's', 's', 0}, {"-", 's', 's', 0}, {"", 'n', 'n', 0},
	};
	static const char letters[] = {[ML_YAML_NULL] = 'n', [ML_YAML_BOOL] = 'b', [ML_YAML_INT] = 'i',
		[ML_YAML_FLOAT] = 'f', [ML_YAML_STR] = 's', [ML_YAML_TIMESTAMP] = 't', [ML_YAML_MERGE] = 'm'};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ml_yaml_node node = {.kind = ML_YAML_SCALAR, .text = cases[i].text, .n = (uint32_t)strlen(cases[i].text)};
		struct ml_yaml_scalar old = ml_yaml_resolve(&node, ML_YAML_1_1), core = ml_yaml_resolve(&node, ML_YAML_CORE);
		if (letters[old.type] != cases[i].in_1_1 || letters[core.type] != cases[i].in_core)
			fail_msg("%s: got %c and %c", cases[i].text, letters[old.type], letters[core.type]);
		if (old.type == ML_YAML_INT)
			assert_true((double)old.i == cases[i].number);
		if (core.type == ML_YAML_FLOAT)
			assert_true(core.d == cases[i].number);
		if (old.type == ML_YAML_BOOL)
			assert_true(old.b == (cases[i].number != 0));
		node.style = ML_YAML_DOUBLE;
		assert_int_equal(ml_yaml_resolve(&node, ML_YAML_1_1).type, ML_YAML_STR);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places), cmocka_unit_test(test_find), cmocka_unit_test(test_quoted), cmocka_unit_test(test_errors), cmocka_unit_test(test_nul),
		cmocka_unit_test(test_depth), cmocka_unit_test(test_limits), cmocka_unit_test(test_memory), cmocka_unit_test(test_scalars),
	};

	return cmocka_run_group_tests_name("base/yaml", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets: the tables of tests/secrets, and what holds for every text. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "checks/secrets.h"

enum { COLUMNS = 4 };

struct table {
	char *text;
	size_t failures, cases;
	struct ml_arena *arena;
};

static char *read_table(const char *name)
{
	char path[1024];
	char *text = calloc(1, 1 << 20);
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/secrets/%s", getenv("ML_SRCDIR") ? getenv("ML_SRCDIR") : ".", name);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(text);
	assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
	fclose(file);
	return text;
}

/* Without "~", and with "\n" as a new line. */
static struct ml_str plain(struct ml_arena *arena, struct ml_str s)
{
	char *out = ml_alloc(arena, s.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		bool newline = s.ptr[i] == '\\' && i + 1 < s.len && s.ptr[i + 1] == 'n';
		if (s.ptr[i] != '~')
			out[n++] = newline ? '\n' : s.ptr[i];
		i += newline;
	}
	return (struct ml_str){out, n};
}

static struct ml_str kinds(struct ml_arena *arena, const struct ml_secret_hits *hits)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, 1000);
	for (size_t i = 0; i < hits->n; i++)
		ml_buf_printf(&out, "%s%s", i ? "," : "", ml_secret_kind_words[hits->items[i].kind]);
	if (hits->n == 0)
		ml_buf_puts(&out, "-");
	return ml_str_dup(arena, ml_buf_get(&out));
}

static void check(struct table *t, struct ml_str row, struct ml_str value, struct ml_str want, struct ml_str redacted,
	const struct ml_secret_hits *hits)
{
	struct ml_str got = kinds(t->arena, hits), shown = ml_secret_redact(t->arena, value, hits);

	t->cases++;
	if (ml_str_eq(got, want) && (hits->n == 0 || ml_str_eq(shown, redacted)))
		return;
	t->failures++;
	print_message("# %.*s\n#   got %.*s, redacted %.*s\n", ML_STR_ARG(row), ML_STR_ARG(got), ML_STR_ARG(shown));
}

static void key_row(struct table *t, struct ml_str row, const struct ml_str column[COLUMNS])
{
	struct ml_str value = plain(t->arena, column[1]), want = column[2];
	bool weak = ml_str_ends(want, ML_STR("?"));
	struct ml_secret_hits hits;

	assert_int_equal(ml_secret_classify(t->arena, column[0], value, &hits), 0);
	check(t, row, value, ml_str_sub(want, 0, want.len - weak), column[3], &hits);
	if (hits.n)
		assert_int_equal(hits.items[0].weak, weak);
}

static void shape_row(struct table *t, struct ml_str row, const struct ml_str column[COLUMNS])
{
	struct ml_str value = plain(t->arena, column[0]);
	struct ml_secret_hits hits;

	assert_int_equal(ml_secret_classify(t->arena, ML_STR("x"), value, &hits), 0);
	check(t, row, value, column[1], column[2], &hits);
}

static void text_row(struct table *t, struct ml_str row, const struct ml_str column[COLUMNS])
{
	struct ml_str value = plain(t->arena, column[0]);
	struct ml_secret_hits hits;

	assert_int_equal(ml_secret_scan(t->arena, value, &hits), 0);
	check(t, row, value, column[1], column[2], &hits);
}

static void run_table(const char *name, void (*row_fn)(struct table *, struct ml_str, const struct ml_str[COLUMNS]))
{
	ML_ARENA_AUTO arena = ml_arena_new(16 << 20);
	struct table t = {.text = read_table(name), .arena = arena};
	struct ml_str row, rest = ml_str(t.text);

	while (ml_str_split(&rest, '\n', &row)) {
		struct ml_str column[COLUMNS] = {0}, cells = row;
		if (row.len == 0 || row.ptr[0] == '#')
			continue;
		for (size_t i = 0; i < COLUMNS && ml_str_split(&cells, '\t', &column[i]); i++)
			;
		row_fn(&t, row, column);
	}
	free(t.text);
	print_message("# %s: %zu cases\n", name, t.cases);
	assert_true(t.cases > 40);
	assert_int_equal(t.failures, 0);
}

static void test_by_key(void **state)
{
	run_table("by-key.tsv", key_row);
}

static void test_by_shape(void **state)
{
	run_table("by-shape.tsv", shape_row);
}

static void test_in_text(void **state)
{
	run_table("in-text.tsv", text_row);
}

static void test_fingerprint(void **state)
{
	char a[9], b[9], c[9];

	ml_secret_fingerprint(ML_STR("env.A"), ML_STR("x"), a);
	ml_secret_fingerprint(ML_STR("env.A"), ML_STR("x"), b);
	ml_secret_fingerprint(ML_STR("env.B"), ML_STR("x"), c);
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
	assert_int_equal(strlen(a), 8);
}

/* Texts of a megabyte that a careless matcher takes a square of time for. */
static void test_big(void **state)
{
	static const char *const units[] = {
		"a", "=", "a=", "token=", "eyJ.", "eyJaaaaaaaaaa.", "-----BEGIN PRIVATE KEY-----", "://", "a://b:", "\"", "\"'", "$", "${", "${a:-",
		"password: ", "--password ", "\"password\":", "curl -u ", "a:b@", "$1$", "SG.", "AKIA", "sk-", "token='", "chpasswd a:b ", "a=${",
		"ya29.", "glc_/", "token=$(",
	};
	enum { LEN = 1 << 20 };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		ML_ARENA_AUTO arena = ml_arena_new((size_t)1 << 30);
		char *text = ml_alloc(arena, LEN);
		struct ml_secret_hits hits;
		for (size_t k = 0; k < LEN; k++)
			text[k] = units[i][k % strlen(units[i])];
		assert_int_equal(ml_secret_scan(arena, (struct ml_str){text, LEN}, &hits), 0);
		for (size_t k = 1; k < hits.n; k++)
			assert_true(hits.items[k - 1].span.to <= hits.items[k].span.from);
		assert_true(hits.n == 0 || hits.items[hits.n - 1].span.to <= LEN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_key),
		cmocka_unit_test(test_by_shape),
		cmocka_unit_test(test_in_text),
		cmocka_unit_test(test_fingerprint),
		cmocka_unit_test(test_big),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of data files share: files beneath the source tree, rows of tables, comparing texts. */
#ifndef ML_TESTS_UNIT_POLICIES_POLICIES_TEST_H
#define ML_TESTS_UNIT_POLICIES_POLICIES_TEST_H

#include <stdlib.h>

#include "tests/unit/data.h"

#include "base/buf.h"
#include "base/error.h"

struct test_table {
	struct ml_str rest;
};

/* The next row with exactly `n` cells between tabs; lines that are empty or start with '#' are passed over. */
static inline bool test_row(struct test_table *table, struct ml_str *cells, size_t n)
{
	struct ml_str line, cell;
	size_t got = 0;

	do {
		if (!ml_str_split(&table->rest, '\n', &line))
			return false;
	} while (line.len == 0 || line.ptr[0] == '#');
	for (struct ml_str rest = line; ml_str_split(&rest, '\t', &cell); got++)
		if (got < n)
			cells[got] = cell;
	if (got != n)
		fail_msg("want %zu cells: %.*s", n, ML_STR_ARG(line));
	return true;
}

/* Equal, or the first line that differs. */
static inline void test_same(struct ml_str got, struct ml_str want)
{
	struct ml_str g, w;
	size_t line = 1;

	if (ml_str_eq(got, want))
		return;
	for (;; line++) {
		bool more_g = ml_str_split(&got, '\n', &g), more_w = ml_str_split(&want, '\n', &w);
		if (!more_g || !more_w || !ml_str_eq(g, w))
			fail_msg("line %zu:\n got %.*s\nwant %.*s", line, ML_STR_ARG(more_g ? g : ML_STR_NONE), ML_STR_ARG(more_w ? w : ML_STR_NONE));
	}
}

/* The case beside its expectation; with ML_ACCEPT=1 in the environment that is rewritten, to be reviewed with git diff. */
static inline void test_expect(struct ml_arena *arena, const char *name, struct ml_str got)
{
	const char *top = getenv("ML_SRCDIR");
	FILE *file;

	if (!getenv("ML_ACCEPT")) {
		test_same(got, test_file(arena, name));
		return;
	}
	file = fopen(ml_strf(arena, "%s/%s", top ? top : ".", name).ptr, "wb");
	assert_non_null(file);
	fwrite(got.ptr ? got.ptr : "", 1, got.len, file);
	fclose(file);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Each directory of tests/reports/: findings.json in every format, compared with the files beside it. After a change that is meant:
 * ML_SRCDIR=… ML_UPDATE=1 tests/unit/reports/test-golden   writes them anew; read the difference before it is committed. */
#include "tests/unit/test.h"

#include <dirent.h>
#include <stdlib.h>

#include "tests/render.h"

struct golden {
	const char *file, *how;
};
static const struct golden goldens[] = {
	{"findings.json", "json"}, /* as it was read */
	{"terminal.txt", "terminal"},
	{"terminal-color.txt", "terminal,color,width=100"},
	{"terminal-verbose.txt", "terminal,verbose,width=60,fail-on=high"},
	{"sarif.json", "sarif"},
	{"junit.xml", "junit"},
};

static void write_file(const char *path, struct ml_str bytes)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
}

static void assert_same(struct ml_str got, struct ml_str want, const char *path)
{
	size_t at = 0;

	if (ml_str_eq(got, want))
		return;
	while (at < got.len && at < want.len && got.ptr[at] == want.ptr[at])
		at++;
	print_message("# %s differs at byte %zu: got %.60s\n", path, at, at < got.len ? got.ptr + at : "the end");
	fail();
}

static void check_one(const struct ml_findings *findings, const char *dir, const struct golden *golden)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)1 << 30);
	char path[4096];
	ML_BUF_AUTO out;

	ml_buf_init(&out, (size_t)1 << 30);
	snprintf(path, sizeof(path), "%s/%s", dir, golden->file);
	assert_int_equal(render_report(findings, ml_str(golden->how), &out), 0);
	if (getenv("ML_UPDATE"))
		write_file(path, ml_buf_get(&out));
	assert_same(ml_buf_get(&out), render_read(arena, path), path);
}

static void test_case(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)1 << 30);
	const char *dir = *state;
	struct ml_findings findings;
	char path[4096];

	snprintf(path, sizeof(path), "%s/findings.json", dir);
	assert_int_equal(render_load(arena, path, &findings), 0);
	for (size_t i = 0; i < sizeof(goldens) / sizeof(goldens[0]); i++)
		check_one(&findings, dir, &goldens[i]);
}

static int is_case(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(void)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
	struct CMUnitTest tests[64] = {{0}};
	struct dirent **names;
	const char *srcdir = getenv("ML_SRCDIR");
	struct ml_str root = ml_strf(arena, "%s/tests/reports", srcdir ? srcdir : ".");
	int n = scandir(root.ptr, &names, is_case, alphasort);

	if (n < 1 || n > 64)
		return 1;
	for (int i = 0; i < n; i++) {
		tests[i].name = ml_strf(arena, "%s", names[i]->d_name).ptr;
		tests[i].test_func = test_case;
		tests[i].initial_state = (void *)(uintptr_t)ml_strf(arena, "%s/%s", root.ptr, names[i]->d_name).ptr;
		free(names[i]);
	}
	free(names);
	return _cmocka_run_group_tests("golden", tests, (size_t)n, NULL, NULL);
}

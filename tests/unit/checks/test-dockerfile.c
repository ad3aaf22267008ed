/* SPDX-License-Identifier: Apache-2.0 */
/* The Dockerfile collector's parts: scripts and package specifications by tables, big and hostile files, failing memory. */
#include "tests/unit/test.h"

#include <stdlib.h>

#include "base/buf.h"
#include "checks/config/dockerfile/evaluate.h"
#include "checks/config/dockerfile/shell.h"

enum { TABLE = 1 << 20, MEMORY = 512 << 20 };

static char *read_table(const char *name)
{
	char path[1024];
	char *text = calloc(1, TABLE);
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/dockerfile/%s", getenv("ML_SRCDIR") ? getenv("ML_SRCDIR") : ".", name);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(text);
	assert_true(fread(text, 1, TABLE - 1, file) > 0);
	fclose(file);
	return text;
}

/* A collector without a file behind it, for its parts. */
static void begin(struct ml_df *df, struct ml_arena *arena, const struct ml_dockerfile_request *request, struct ml_str bytes)
{
	*df = (struct ml_df){.arena = arena, .request = request, .bytes = bytes, .escape = '\\'};
	df->facts = ml_facts_new(arena, &ml_kind_dockerfile, ML_STR("Dockerfile"));
	assert_int_equal(ml_df_lines_of(arena, bytes, &df->lines), 0);
}

static void put_command(struct ml_df *df, struct ml_df_fetched *fetched, struct ml_buf *out, const struct ml_df_script *script, size_t i)
{
	static const char *const operators[] = {"", " &&", " ||", " ;", " |", " |&", " &"};
	const struct ml_df_command *c = &script->commands[i];
	struct ml_df_args args = ml_df_args_read(df, c, ml_df_program_find(c->name));

	ml_buf_printf(out, "=> %s%s ", ml_df_context_vocab.words[c->context], operators[c->op]);
	for (size_t k = c->first; k < c->nwords; k++)
		ml_buf_printf(out, "%s%.*s", k > c->first ? "·" : "", ML_STR_ARG(c->words[k].s));
	for (size_t k = 0; k < c->nwrappers; k++)
		ml_buf_printf(out, "%s%.*s", k ? "," : " w:", ML_STR_ARG(c->wrappers[k]));
	for (size_t k = 0; k < c->nassigns; k++)
		ml_buf_printf(out, "%s%.*s=%.*s", k ? "," : " a:", ML_STR_ARG(c->assigns[k].name), ML_STR_ARG(c->assigns[k].value));
	if (c->piped_from)
		ml_buf_printf(out, " <%.*s", ML_STR_ARG(script->commands[c->piped_from - 1].name));
	ml_buf_printf(out, "%s%s%s\n", c->pipefail ? " pf" : "", c->dynamic ? " dyn" : "",
		ml_df_runs_download(script, i, &args) || ml_df_runs_fetched(df, fetched, script, i, &args) ? " DL" : "");
	ml_df_fetched_note(df, fetched, script, i, &args);
}

static void split(struct ml_str script, struct ml_buf *out)
{
	ML_ARENA_AUTO arena = ml_arena_new(MEMORY);
	struct ml_dockerfile_request request = {.file = ML_STR("Dockerfile")};
	struct ml_df_seg seg = {0};
	struct ml_df_text text = {script, &seg, 1};
	struct ml_df_map vars = {0};
	struct ml_df_script_env env = {&vars, false};
	struct ml_df_fetched fetched = {.dir = ML_STR("/")};
	struct ml_df_script got;
	struct ml_df df;

	begin(&df, arena, &request, script);
	ml_df_shell_split(&df, &text, 0, script.len, &env, &got);
	if (got.failed)
		ml_buf_puts(out, "=> !\n");
	for (size_t i = 0; !got.failed && i < got.n; i++)
		put_command(&df, &fetched, out, &got, i);
}

static void test_shell(void **state)
{
	char *table = read_table("shell.txt");
	struct ml_str line, rest = ml_str(table), script = ML_STR_NONE;
	size_t cases = 0, failures = 0;
	ML_BUF_AUTO want, got;

	ml_buf_init(&want, TABLE);
	ml_buf_init(&got, TABLE);
	for (bool more = true; more;) {
		bool result = (more = ml_str_split(&rest, '\n', &line)) && ml_str_starts(line, ML_STR("=> "));
		if (more && !result && (line.len == 0 || ml_str_starts(line, ML_STR("# "))))
			continue;
		if (!result && script.ptr) {
			ml_buf_clear(&got);
			split(script, &got);
			cases++;
			if (!ml_str_eq(ml_buf_get(&want), ml_buf_get(&got))) {
				failures++;
				print_message("# %.*s\n# got:\n%.*s", ML_STR_ARG(script), ML_STR_ARG(ml_buf_get(&got)));
			}
			ml_buf_clear(&want);
		}
		if (!result)
			script = line;
		else
			ml_buf_printf(&want, "%.*s\n", ML_STR_ARG(line));
	}
	free(table);
	print_message("# shell.txt: %zu cases\n", cases);
	assert_true(cases > 50);
	assert_int_equal(failures, 0);
}

static enum ml_df_manager manager_named(struct ml_str name)
{
	for (int i = 0; i < ML_DF_MANAGERS; i++)
		if (ml_str_is(name, ml_df_manager_vocab.words[i]))
			return (enum ml_df_manager)i;
	return ML_DF_NO_MANAGER;
}

static bool package_row(const struct ml_str column[7])
{
	struct ml_df_package p = ml_df_package_parse(manager_named(column[0]), column[1]);

	return ml_str_eq(p.name, column[2]) && ml_str_eq(p.op, column[3]) && ml_str_eq(p.version, column[4]) && p.pinned == ml_str_is(column[5], "yes") &&
		ml_str_is(column[6], p.kind);
}

static void test_packages(void **state)
{
	char *table = read_table("packages.tsv");
	struct ml_str row, rest = ml_str(table);
	size_t cases = 0, failures = 0;

	while (ml_str_split(&rest, '\n', &row)) {
		struct ml_str column[7] = {0}, cells = row;
		if (row.len == 0 || row.ptr[0] == '#')
			continue;
		for (size_t i = 0; i < 7 && ml_str_split(&cells, '\t', &column[i]); i++)
			;
		cases++;
		if (package_row(column))
			continue;
		failures++;
		print_message("# %.*s\n", ML_STR_ARG(row));
	}
	free(table);
	assert_true(cases > 40);
	assert_int_equal(failures, 0);
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
		int32_t nanos;
		bool good;
	} rows[] = {{"30s", 30, 0, true}, {"1m30s", 90, 0, true}, {"1.5h", 5400, 0, true}, {"500ms", 0, 500000000, true}, {"0", 0, 0, true}, {"", 0, 0, false},
		{"30", 0, 0, false}, {"s", 0, 0, false}, {"1x", 0, 0, false}, {"1.2.3s", 0, 0, false}, {"99999999999999999999h", 0, 0, false}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t seconds = 0;
		int32_t nanos = 0;
		assert_int_equal(ml_df_duration(ml_str(rows[i].text), &seconds, &nanos), rows[i].good);
		if (rows[i].good)
			assert_true(seconds == rows[i].seconds && nanos == rows[i].nanos);
	}
}

static void test_ignorefile(void **state)
{
	static const struct {
		const char *patterns, *path;
		bool ignored;
	} rows[] = {{"*.md", "a.md", true}, {"*.md", "d/a.md", false}, {"**/*.md", "d/e/a.md", true}, {"**/*.md", "a.md", true}, {"d", "d/e/f", true}, {"/d/", "d/e", true},
		{"*\n!a", "a", false}, {"*\n!a", "b", true}, {"*\n!d/a", "d/a", false}, {"a?c", "abc", true}, {"[a-c].x", "b.x", true}, {"[^a].x", "a.x", false},
		{"#x\n\n  y  ", "y", true}, {"d/**", "d/a/b", true}, {"**/d", "a/b/d/c", true}, {"a/*/c", "a/b/c", true}, {"a/*/c", "a/b/x/c", false}, {"../x", "x", true},
		{"a\\*b", "a*b", true}, {"a\\*b", "axb", false}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ML_ARENA_AUTO arena = ml_arena_new(MEMORY);
		struct ml_dockerfile_request request = {0};
		struct ml_df_ignorefile ignore = {0};
		struct ml_df df;
		begin(&df, arena, &request, ML_STR(""));
		ml_df_ignorefile_parse(&df, &ignore, ml_str(rows[i].patterns));
		if (ml_df_is_ignored(&ignore, ml_str(rows[i].path)) != rows[i].ignored)
			fail_msg("%s: %s", rows[i].patterns, rows[i].path);
	}
}

static int collect(struct ml_arena *arena, struct ml_str bytes, struct ml_facts **facts)
{
	struct ml_memory_file files[] = {{ML_STR("Dockerfile"), bytes}, {ML_STR(".dockerignore"), ML_STR("*.key\n!a.key\n")}};
	struct ml_memory_reader table = {files, 2};
	struct ml_reader reader = ml_memory_reader(&table);
	struct ml_dockerfile_request request = {.file = ML_STR("Dockerfile"), .context = ML_STR("")};

	*facts = ml_facts_new(arena, &ml_kind_dockerfile, request.file);
	return *facts ? ml_dockerfile_collect(*facts, &reader, &request) : ML_ENOMEM;
}

static const char everything[] = "# escape=\\\nARG V=1\nFROM a:$V AS b\nENV A=1 PASSWORD=hunter2x\nUSER app\nWORKDIR /x\nEXPOSE 80 90/udp\nVOLUME /v\nLABEL a=b\n"
	"RUN --mount=type=cache,target=/c set -o pipefail; A=$(b \"c $A\") curl -k https://x | sudo sh -c 'rm -rf /var/cache/apk/*' > y; "
	"for i in a; do apt-get install -y x=1 $i; done\nCOPY --from=b --chmod=777 a.key c /d/\nHEALTHCHECK --interval=3s CMD a\nSHELL [\"bash\"]\n"
	"ONBUILD RUN x\nRUN <<E\na\nE\nFROM b\nCMD [\"x\", \"y\"]\nENTRYPOINT x\nXYZ\n";

/* Each allocation fails once: an error or unknown facts, never a crash. */
static void test_memory(void **state)
{
	for (size_t n = 1; n < 100000; n++) {
		ML_ARENA_AUTO arena = ml_arena_new(MEMORY);
		struct ml_facts *facts;
		int r;
		ml_arena_fail_at(arena, n);
		r = collect(arena, ml_str(everything), &facts);
		if (!ml_arena_failed(arena)) {
			assert_int_equal(r, 0);
			assert_true(n > 200);
			return;
		}
		assert_int_equal(r, ML_ENOMEM);
	}
	fail();
}

/* Half a megabyte of each: in time and memory that are near the file's size, and never as if all were well when something was left out. */
static void test_hostile(void **state)
{
	static const struct {
		const char *head, *unit;
	} rows[] = {{"", "FROM a\n"}, {"", "RUN a\n"}, {"FROM a\nRUN ", "a;"}, {"FROM a\nRUN ", "a|"}, {"FROM a\nRUN ", "$("}, {"FROM a\nRUN ", "\"$("}, {"FROM a\nRUN ", "`"},
		{"FROM a\nRUN ", "("}, {"FROM a\nRUN ", "{ "}, {"FROM a\nRUN ", "$(("}, {"FROM a\nRUN ", "((a"}, {"FROM a\nRUN ", "if a; then "}, {"FROM a\nRUN ", "case a in a) "},
		{"FROM a\nRUN ", "sh -c '"}, {"FROM a\nRUN ", "eval "}, {"FROM a\nRUN ", "sudo "}, {"FROM a\nRUN ", "<<a "}, {"FROM a\nRUN <<a\n", "x\n"}, {"FROM a\nRUN a ", "\\\n"},
		{"FROM a\nRUN a \\\n", "# c\n"}, {"FROM ", "${a:-"}, {"FROM a\nENV x=", "${a:-"}, {"FROM a\nENV A=aaaaaaaa\n", "ENV A=$A$A$A$A\n"}, {"FROM a\nENV ", "a=$a "},
		{"FROM a\nCOPY ", "a "}, {"FROM a\nEXPOSE ", "1-2 "}, {"FROM a\nCMD [", "\"a\","}, {"FROM a\nRUN ", "--mount=type=bind,from=a "}, {"FROM a AS b\n", "FROM b AS b\n"},
		{"FROM a\n", "ONBUILD ENV a=b\n"}, {"FROM a\nRUN ", "f() "}, {"FROM a\nRUN ", "find -exec "}, {"FROM a\nRUN a ", ">b "}, {"FROM a\nRUN ", "A=b "}, {"FROM a\n", "ENV PASSWORD=x\n"},
		{"FROM a\nRUN ", "-----BEGIN PRIVATE KEY-----"}, {"FROM a\nRUN curl -", "o"}, {"FROM a\nRUN ", "[[ a "}, {"FROM a\nHEALTHCHECK ", "CMD "}, {"", "\\\n"}, {"", "# escape=`\n"}};
	enum { LEN = 1 << 19 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ML_ARENA_AUTO arena = ml_arena_new((size_t)2 << 30);
		size_t head = strlen(rows[i].head), unit = strlen(rows[i].unit);
		char *text = ml_alloc(arena, LEN);
		struct ml_facts *facts;
		for (size_t k = 0; k < LEN; k++)
			text[k] = k < head ? rows[i].head[k] : rows[i].unit[(k - head) % unit];
		assert_int_equal(collect(arena, (struct ml_str){text, LEN}, &facts), 0);
		assert_true(facts->root.kind == ML_V_RECORD || facts->incomplete);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shell),
		cmocka_unit_test(test_packages),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_ignorefile),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_hostile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

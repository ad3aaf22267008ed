/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of Compose projects, tested by cases, and printed.
 *   compose-facts DIRECTORY [-f FILE | -e NAME=VALUE | -P PROFILE]…   prints the facts, a line a value: path = value @file:line:col
 *   compose-facts -j DIRECTORY …                                      prints the fact file
 *   compose-facts                                                     runs each directory of tests/compose/facts as a test (TAP)
 * A case: the project's files (compose.yml, or those that `args` names), and `expect`: lines that must be printed, those with "!" before them must not. `hidden`: strings
 * that must not be seen in facts, diagnostics, lines and the fact file. Every case's fact file must read back to the same bytes, and every value fit the schema. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/sort.h"
#include "checks/config/compose/compose.h"
#include "facts/compose.h"
#include "facts/factfile.h"

enum { MOST = 64, BYTES = 100 << 20, DEPTH = 64, CASES = 500 };

static bool read_whole(struct ml_arena *arena, const char *name, struct ml_str *bytes)
{
	struct stat st;
	FILE *file = fopen(name, "r");
	char *text = NULL;

	if (file && fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= BYTES)
		text = ml_alloc(arena, (size_t)st.st_size + 1);
	*bytes = (struct ml_str){text, text ? fread(text, 1, (size_t)st.st_size, file) : 0};
	if (file)
		fclose(file);
	return text != NULL;
}

static int read_file(void *ctx, struct ml_arena *arena, struct ml_str path, struct ml_str *bytes, struct ml_error *err)
{
	char name[4096];
	struct stat st;

	snprintf(name, sizeof(name), "%s/%.*s", (const char *)ctx, ML_STR_ARG(path));
	if (stat(name, &st))
		return ml_fail(err, errno == ENOENT ? ML_ENOENT : ML_EACCES, "%.*s: %s", ML_STR_ARG(path), errno == ENOENT ? "no such file" : "cannot be opened");
	if (!read_whole(arena, name, bytes))
		return ml_fail(err, ML_ETYPE, "%.*s: not a regular file", ML_STR_ARG(path));
	return 0;
}

struct job {
	char directory[2048];
	struct ml_str files[MOST], environment[MOST], profiles[MOST];
	struct ml_compose_request request;
};

static bool take(struct ml_str *list, size_t *n, struct ml_str word)
{
	if (*n == MOST)
		return false;
	list[(*n)++] = word;
	return true;
}

static bool option(struct job *job, struct ml_str name, struct ml_str value)
{
	job->request.files = job->files;
	job->request.environment = job->environment;
	job->request.profiles = job->profiles;
	if (ml_str_is(name, "-f"))
		return take(job->files, &job->request.nfiles, value);
	if (ml_str_is(name, "-e"))
		return take(job->environment, &job->request.nenvironment, value);
	if (ml_str_is(name, "-P"))
		return take(job->profiles, &job->request.nprofiles, value);
	return false;
}

static void put_place(struct ml_buf *out, const struct ml_facts *facts, uint32_t loc)
{
	const struct ml_loc *at = ml_facts_at(facts, loc);

	if (at)
		ml_buf_printf(out, " @%.*s:%u:%u", ML_STR_ARG(facts->sources[at->file].name), at->line, at->col);
	if (at && at->origin)
		put_place(out, facts, at->origin);
	ml_buf_putc(out, '\n');
	if (at && at->origin)
		out->len--; /* one end of line */
}

static void dump(struct ml_buf *out, const struct ml_facts *facts, const struct ml_value *value, struct ml_buf *path, int depth);

static void dump_children(struct ml_buf *out, const struct ml_facts *facts, const struct ml_value *value, struct ml_buf *path, int depth)
{
	size_t len = path->len;

	for (uint32_t i = 0; value->kind == ML_V_LIST && i < value->len; i++, path->len = len) {
		ml_buf_printf(path, "[%u]", i);
		dump(out, facts, &value->items[i], path, depth);
	}
	for (uint32_t i = 0; value->kind == ML_V_MAP && i < value->len; i++, path->len = len) {
		ml_buf_printf(path, "%s%.*s", len ? "." : "", ML_STR_ARG(ml_value_text(&value->entries[i].key)));
		dump(out, facts, &value->entries[i].value, path, depth);
	}
	for (int i = 0; value->kind == ML_V_RECORD && i < (int)value->record->type->nfields; i++, path->len = len) {
		if (!ml_record_has(value->record, i))
			continue;
		ml_buf_printf(path, "%s%s", len ? "." : "", value->record->type->fields[i].name);
		dump(out, facts, ml_record_get(value->record, i), path, depth);
	}
}

/* Lists and maps of plain values in one line; others a line a value. */
static void dump(struct ml_buf *out, const struct ml_facts *facts, const struct ml_value *value, struct ml_buf *path, int depth)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 24);
	bool plain = value->kind != ML_V_RECORD;

	for (uint32_t i = 0; value->kind == ML_V_LIST && i < value->len; i++)
		plain = plain && value->items[i].kind != ML_V_RECORD && value->items[i].kind != ML_V_MAP && value->items[i].kind != ML_V_LIST;
	if (value->kind == ML_V_MAP && value->len > 0)
		plain = false;
	if (plain || depth == 0) {
		ml_buf_escaped(out, ml_buf_get(path));
		ml_buf_puts(out, " = ");
		ml_buf_str(out, ml_value_show(arena, value, 4000));
	} else {
		ml_buf_escaped(out, ml_buf_get(path));
		ml_buf_puts(out, ":");
	}
	put_place(out, facts, value->loc);
	if (!plain && depth > 0)
		dump_children(out, facts, value, path, depth - 1);
}

static void dump_all(struct ml_buf *out, const struct ml_facts *facts)
{
	ML_BUF_AUTO path;

	ml_buf_init(&path, 1 << 16);
	if (facts->root.kind == ML_V_RECORD)
		dump_children(out, facts, &facts->root, &path, DEPTH);
	else
		dump(out, facts, &facts->root, &path, DEPTH);
	ml_buf_printf(out, "incomplete = %s\n", facts->incomplete ? "true" : "false");
	for (size_t i = 0; i < facts->diags.n; i++)
		ml_diag_print(out, &facts->diags.items[i]);
}

static struct ml_facts *collect(struct ml_arena *arena, struct job *job)
{
	struct ml_facts *facts = ml_facts_new(arena, &ml_kind_compose, job->files[0]);
	struct ml_reader reader = {read_file, job->directory};

	return facts && ml_compose_collect(facts, &reader, &job->request) == 0 ? facts : NULL;
}

static bool default_files(struct job *job)
{
	static const char *const names[] = {"compose.yml", "compose.yaml", "docker-compose.yml", "docker-compose.yaml"};
	char name[4096];
	struct stat st;

	for (size_t i = 0; job->request.nfiles == 0 && i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(name, sizeof(name), "%s/%s", job->directory, names[i]);
		if (stat(name, &st) == 0)
			option(job, ML_STR("-f"), ml_str(names[i]));
	}
	return job->request.nfiles > 0;
}

/* All lines of all files, as a report would show them. */
static void add_lines(struct ml_buf *out, const struct ml_facts *facts, struct ml_arena *arena)
{
	for (uint32_t file = 0; file < facts->nsources; file++) {
		for (uint32_t line = 1;; line++) {
			struct ml_str text = ml_facts_line(facts, arena, file, line);
			if (!text.ptr)
				break;
			ml_buf_str(out, text);
			ml_buf_putc(out, '\n');
		}
	}
}

static const char *check_expect(struct ml_arena *arena, struct ml_str expect, struct ml_str got)
{
	struct ml_str line;

	while (ml_str_split(&expect, '\n', &line)) {
		bool absent = line.len && line.ptr[0] == '!';
		struct ml_str want = absent ? ml_str_sub(line, 1, line.len) : line;
		bool found = ml_str_find(got, ml_strf(arena, "\n%.*s\n", ML_STR_ARG(want))) != ML_NPOS ||
			(!ml_str_has(want, " @") && ml_str_find(got, ml_strf(arena, "\n%.*s @", ML_STR_ARG(want))) != ML_NPOS);
		if (want.len && found == absent)
			return ml_strf(arena, "%s: %.*s", absent ? "should not be there" : "missing", ML_STR_ARG(want)).ptr;
	}
	return NULL;
}

static const char *check_hidden(struct ml_arena *arena, struct ml_str hidden, struct ml_str all)
{
	struct ml_str line;

	while (ml_str_split(&hidden, '\n', &line))
		if (line.len && ml_str_find(all, line) != ML_NPOS)
			return ml_strf(arena, "seen: %.*s", ML_STR_ARG(line)).ptr;
	return NULL;
}

static const char *check_again(struct ml_arena *arena, struct ml_str written)
{
	struct ml_facts *again;
	struct ml_error err;
	ML_BUF_AUTO out;

	ml_buf_init(&out, 1 << 28);
	if (ml_factfile_read(arena, written, &again, &err))
		return ml_strf(arena, "the fact file does not read back: %s", err.message).ptr;
	ml_factfile_write(again, &out);
	return ml_str_eq(ml_buf_get(&out), written) ? NULL : "the fact file reads back as another";
}

static const char *run(struct ml_arena *arena, struct job *job)
{
	struct ml_str expect, hidden, args, word, rest, path;
	ML_BUF_AUTO out, file;
	struct ml_facts *facts;
	const char *why;

	ml_buf_init(&out, 1 << 28);
	ml_buf_init(&file, 1 << 28);
	if (read_whole(arena, ml_strf(arena, "%s/args", job->directory).ptr, &args))
		for (rest = ml_str_trim(args); ml_str_split(&rest, ' ', &word);) {
			struct ml_str value;
			if (!ml_str_split(&rest, ' ', &value) || !option(job, word, value))
				return "bad args";
		}
	if (!read_whole(arena, ml_strf(arena, "%s/expect", job->directory).ptr, &expect) || !default_files(job))
		return "no expect, or no compose file";
	facts = collect(arena, job);
	if (!facts)
		return "collecting failed";
	ml_buf_putc(&out, '\n');
	dump_all(&out, facts);
	why = check_expect(arena, expect, ml_buf_get(&out));
	if (why)
		return why;
	if (facts->root.kind == ML_V_RECORD && !ml_value_is(&facts->root, &ml_co_root, arena, &path))
		return ml_strf(arena, "does not fit the schema: %.*s", ML_STR_ARG(path)).ptr;
	ml_factfile_write(facts, &file);
	ml_buf_str(&out, ml_buf_get(&file));
	add_lines(&out, facts, arena);
	if (read_whole(arena, ml_strf(arena, "%s/hidden", job->directory).ptr, &hidden))
		why = check_hidden(arena, hidden, ml_buf_get(&out));
	return why ? why : check_again(arena, ml_buf_get(&file));
}

/* Each allocation in turn fails: an error, never a crash, and never facts that are not whole. */
static const char *run_without_memory(struct job *job)
{
	for (size_t n = 1; n < 200000; n += 1 + n / 64) {
		ML_ARENA_AUTO arena = ml_arena_new((size_t)1 << 30);
		struct ml_facts *facts = ml_facts_new(arena, &ml_kind_compose, job->files[0]);
		struct ml_reader reader = {read_file, job->directory};
		int r;
		ml_arena_fail_at(arena, n);
		r = ml_compose_collect(facts, &reader, &job->request);
		if (r == 0 && !ml_arena_failed(arena))
			return NULL;
		if (r == 0)
			return "an allocation failed, and nobody said so";
	}
	return "never ends";
}

static int by_name(const void *a, const void *b)
{
	return ml_str_cmp(*(const struct ml_str *)a, *(const struct ml_str *)b);
}

static int run_all(const char *root)
{
	ML_ARENA_AUTO names_arena = ml_arena_new(1 << 24);
	struct ml_str names[CASES];
	DIR *dir = opendir(root);
	size_t n = 0;
	int failed = 0;

	for (struct dirent *entry; dir && n < CASES && (entry = readdir(dir)) != NULL;)
		if (entry->d_name[0] != '.')
			names[n++] = ml_str_dup(names_arena, ml_str(entry->d_name));
	if (dir)
		closedir(dir);
	ml_sort(names_arena, names, n, sizeof(names[0]), by_name);
	printf("1..%zu\n", n ? 2 * n : 1);
	if (n == 0)
		printf("not ok 1 - no cases in %s\n", root);
	for (size_t i = 0; i < n; i++) {
		ML_ARENA_AUTO arena = ml_arena_new((size_t)1 << 30);
		struct job *job = ml_alloc(arena, sizeof(*job));
		const char *why;
		snprintf(job->directory, sizeof(job->directory), "%s/%.*s", root, ML_STR_ARG(names[i]));
		why = run(arena, job);
		printf("%sok %zu - %.*s\n", why ? "not " : "", 2 * i + 1, ML_STR_ARG(names[i]));
		if (why)
			printf("# %s\n", why);
		failed += why != NULL;
		why = run_without_memory(job);
		printf("%sok %zu - %.*s without memory\n", why ? "not " : "", 2 * i + 2, ML_STR_ARG(names[i]));
		if (why)
			printf("# %s\n", why);
		failed += why != NULL;
	}
	return failed || n == 0;
}

int main(int argc, char **argv)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)8 << 30);
	struct job *job = ml_alloc(arena, sizeof(*job));
	bool json = argc > 1 && strcmp(argv[1], "-j") == 0, quiet = argc > 1 && strcmp(argv[1], "-q") == 0;
	int i = 1 + json + quiet;
	struct ml_facts *facts;
	ML_BUF_AUTO out;

	ml_buf_init(&out, (size_t)4 << 30);
	if (argc == 1)
		return run_all(ml_strf(arena, "%s/tests/compose/facts", getenv("ML_SRCDIR") ? getenv("ML_SRCDIR") : ".").ptr);
	if (argc > i)
		snprintf(job->directory, sizeof(job->directory), "%s", argv[i++]);
	for (; i + 1 < argc; i += 2)
		if (!option(job, ml_str(argv[i]), ml_str(argv[i + 1])))
			return 2;
	if (i != argc || !default_files(job) || !(facts = collect(arena, job))) {
		fputs("compose-facts: bad arguments, or no memory\n", stderr);
		return 2;
	}
	if (quiet)
		return fprintf(stderr, "%zu MB\n", ml_arena_used(arena) >> 20) < 0;
	if (json)
		ml_factfile_write(facts, &out);
	else
		dump_all(&out, facts);
	return fwrite(out.ptr, 1, out.len, stdout) != out.len;
}

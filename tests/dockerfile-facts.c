/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the facts of a Dockerfile, for tests: dockerfile-facts [-j | -q | -n] [-a NAME=VALUE]… [-t TARGET] DIRECTORY [FILE]
 * One line for each value that was set: path, value, place. -j: the fact file; -q: only what went wrong; -n: nothing at all is done with them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "checks/config/dockerfile/dockerfile.h"
#include "facts/dockerfile.h"
#include "facts/factfile.h"

enum { MOST = 64, BYTES = 100 << 20, DEPTH = 32 };

struct printing {
	const struct ml_facts *facts;
	struct ml_arena *arena;
	struct ml_buf *out;
};

static int read_file(void *ctx, struct ml_arena *arena, struct ml_str path, struct ml_str *bytes, struct ml_error *err)
{
	char name[4096];
	struct stat st;
	FILE *file;
	char *text;

	snprintf(name, sizeof(name), "%s/%.*s", (const char *)ctx, ML_STR_ARG(path));
	file = fopen(name, "r");
	if (!file)
		return ml_fail(err, errno == ENOENT ? ML_ENOENT : ML_EACCES, "%.*s: %s", ML_STR_ARG(path), errno == ENOENT ? "no such file" : "cannot be opened");
	if (fstat(fileno(file), &st) || !S_ISREG(st.st_mode)) {
		fclose(file);
		return ml_fail(err, ML_ETYPE, "%.*s: not a regular file", ML_STR_ARG(path));
	}
	text = st.st_size <= BYTES ? ml_alloc(arena, (size_t)st.st_size + 1) : NULL;
	*bytes = (struct ml_str){text, text ? fread(text, 1, (size_t)st.st_size, file) : 0};
	fclose(file);
	return text ? 0 : ml_fail(err, ML_ELIMIT, "%.*s: too big", ML_STR_ARG(path));
}

static void put_place(struct printing *p, uint32_t loc)
{
	const struct ml_loc *at = ml_facts_at(p->facts, loc);

	if (!at)
		return;
	ml_buf_printf(p->out, " @%u:%u", at->line, at->col);
	if (at->end_col)
		ml_buf_printf(p->out, "-%u", at->end_col);
	if (at->origin)
		put_place(p, at->origin);
}

static void put_line(struct printing *p, struct ml_str path, const struct ml_value *value)
{
	ml_buf_str(p->out, path);
	if (value->kind == ML_V_RECORD)
		ml_buf_puts(p->out, " {}");
	else if (value->kind == ML_V_UNKNOWN)
		ml_buf_printf(p->out, " unknown: %.*s", ML_STR_ARG(ml_value_text(value)));
	else
		ml_buf_printf(p->out, " %.*s", ML_STR_ARG(ml_value_show(p->arena, value, 100000)));
	put_place(p, value->loc);
	ml_buf_putc(p->out, '\n');
}

static bool is_simple_list(const struct ml_value *value)
{
	for (uint32_t i = 0; i < value->len; i++)
		if (value->items[i].kind == ML_V_RECORD || value->items[i].kind == ML_V_UNKNOWN)
			return false;
	return true;
}

static void walk(struct printing *p, struct ml_str path, const struct ml_value *value, int depth)
{
	if (depth > DEPTH)
		return;
	if (value->kind != ML_V_LIST || is_simple_list(value))
		put_line(p, path, value);
	if (value->kind == ML_V_LIST && !is_simple_list(value))
		for (uint32_t i = 0; i < value->len; i++)
			walk(p, ml_strf(p->arena, "%.*s[%u]", ML_STR_ARG(path), i), &value->items[i], depth + 1);
	for (size_t i = 0; value->kind == ML_V_RECORD && i < value->record->type->nfields; i++)
		if (ml_record_has(value->record, (int)i))
			walk(p, ml_strf(p->arena, "%.*s%s%s", ML_STR_ARG(path), path.len ? "." : "", value->record->type->fields[i].name),
				ml_record_get(value->record, (int)i), depth + 1);
}

static void put_lines(struct printing *p)
{
	for (size_t i = 0; i < p->facts->diags.n; i++) {
		const struct ml_diag *diag = &p->facts->diags.items[i];
		static const char *const levels[] = {"error", "warning", "note"};
		ml_buf_printf(p->out, "%s %u:%u %.*s%s%.*s\n", levels[diag->level], diag->line, diag->col, ML_STR_ARG(diag->message), diag->hint.len ? " | " : "",
			ML_STR_ARG(diag->hint));
	}
	for (size_t i = 0; i < p->facts->sources[0].nsecrets && i < 100; i++) {
		struct ml_span span = p->facts->sources[0].secrets[i];
		ml_buf_printf(p->out, "hidden %u-%u\n", span.from, span.to);
	}
}

/* What no collector may do: values of other types, fact files that cannot be read back. */
static int check(struct ml_facts *facts, struct ml_arena *arena, struct ml_buf *file)
{
	struct ml_error err = {0};
	struct ml_facts *again;
	struct ml_str path;

	if (!ml_value_is(&facts->root, facts->kind->root, arena, &path)) {
		printf("not of its type: %.*s\n", ML_STR_ARG(path));
		return 1;
	}
	ml_factfile_write(facts, file);
	if (file->error || ml_factfile_read(arena, ml_buf_get(file), &again, &err)) {
		printf("fact file: %s\n", err.message);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)2 << 30);
	struct ml_str build_args[MOST];
	struct ml_dockerfile_request request = {.build_args = build_args};
	struct ml_facts *facts;
	ML_BUF_AUTO out, file;
	struct printing p = {.arena = arena, .out = &out};
	bool json = false, quiet = false, nothing = false;
	int i, r;

	ml_buf_init(&out, (size_t)1 << 30);
	ml_buf_init(&file, ML_FACTFILE_BYTES);
	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		json = json || strcmp(argv[i], "-j") == 0;
		quiet = quiet || strcmp(argv[i], "-q") == 0;
		nothing = nothing || strcmp(argv[i], "-n") == 0;
		if (strcmp(argv[i], "-a") == 0 && i + 1 < argc && request.nbuild_args < MOST)
			build_args[request.nbuild_args++] = ml_str(argv[++i]);
		else if (strcmp(argv[i], "-t") == 0 && i + 1 < argc)
			request.target = ml_str(argv[++i]);
	}
	if (i >= argc)
		return 2;
	request.file = ml_str(i + 1 < argc ? argv[i + 1] : "Dockerfile");
	request.context = ML_STR("");
	facts = ml_facts_new(arena, &ml_kind_dockerfile, request.file);
	r = facts ? ml_dockerfile_collect(facts, &(struct ml_reader){read_file, argv[i]}, &request) : ML_ENOMEM;
	if (r) {
		printf("error %d: %s\n", r, ml_strcode(r));
		return 1;
	}
	if (nothing)
		return 0;
	r = check(facts, arena, &file);
	p.facts = facts;
	if (facts->nsources && !json)
		put_lines(&p);
	if (!quiet && !json)
		walk(&p, ML_STR(""), &facts->root, 0);
	ml_buf_str(&out, json ? ml_buf_get(&file) : ML_STR(""));
	fwrite(out.ptr, 1, out.len, stdout);
	if (quiet)
		fprintf(stderr, "%zu bytes of memory, %zu of facts\n", ml_arena_used(arena), file.len);
	return r;
}

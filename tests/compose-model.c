/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the model of a Compose project as JSON, for tests: compose-model [-p] [-e NAME=VALUE]… [-P PROFILE]… DIRECTORY FILE…
 * Without -p one document, each scalar as [kind, text, how it was written]. With -p a line of JSON for each value: path, kind, text, place and variables; then a line for what is not in the tree. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/json.h"
#include "checks/config/compose/tree-priv.h"

enum { MOST = 64, BYTES = 100 << 20 };

static const char *const kinds[] = {"null", "bool", "int", "float", "str", "seq", "map", "unknown"};

struct options {
	bool places;
	const char *directory;
	struct ml_str files[MOST], environment[MOST], profiles[MOST];
	struct ml_compose_request request;
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

static void write_node(struct ml_json *json, const struct ml_cnode *node)
{
	switch (node->kind) {
	case ML_C_SEQ:
		ml_json_array(json);
		ml_json_puts(json, "seq");
		for (uint32_t i = 0; i < node->n; i++)
			write_node(json, node->items[i]);
		ml_json_end_array(json);
		return;
	case ML_C_MAP:
		ml_json_object(json);
		for (uint32_t i = 0; i < node->n; i++) {
			ml_json_key_str(json, node->keys[i]);
			write_node(json, node->items[i]);
		}
		ml_json_end_object(json);
		return;
	default:
		ml_json_array(json);
		ml_json_puts(json, kinds[node->kind]);
		ml_json_str(json, node->text);
		ml_json_puts(json, node->interpolated ? "interpolated" : node->quoted ? "quoted" : "");
		ml_json_end_array(json);
	}
}

static void put_place(struct ml_buf *out, const struct ml_facts *facts, uint32_t loc)
{
	const struct ml_loc *at = ml_facts_at(facts, loc);

	if (!at) {
		ml_buf_puts(out, "nowhere");
		return;
	}
	ml_buf_printf(out, "%.*s:%u:%u", ML_STR_ARG(facts->sources[at->file].name), at->line, at->col);
	if (at->end_col)
		ml_buf_printf(out, "-%u", at->end_col);
	if (at->key_line)
		ml_buf_printf(out, " key %u:%u", at->key_line, at->key_col);
	if (at->origin) {
		ml_buf_puts(out, " from ");
		put_place(out, facts, at->origin);
	}
}

/* One line a value: [path, kind, text, place, variables…]. */
static void write_places(struct ml_buf *out, const struct ml_facts *facts, const struct ml_cnode *node, struct ml_buf *path)
{
	size_t before = path->len;
	struct ml_json json;
	ML_BUF_AUTO place;

	ml_buf_init(&place, 100000);
	put_place(&place, facts, node->loc);
	ml_json_begin(&json, out, 0);
	ml_json_array(&json);
	ml_json_str(&json, ml_buf_get(path));
	ml_json_puts(&json, kinds[node->kind]);
	ml_json_str(&json, node->text);
	ml_json_str(&json, ml_buf_get(&place));
	for (uint32_t i = 0; node->kind < ML_C_SEQ && i < node->nvars; i++)
		ml_json_str(&json, node->vars[i].name);
	ml_json_end_array(&json);
	ml_buf_putc(out, '\n');
	for (uint32_t i = 0; i < node->n; i++) {
		if (node->kind == ML_C_MAP)
			ml_buf_printf(path, "%s%.*s", before ? "." : "", ML_STR_ARG(node->keys[i]));
		else
			ml_buf_printf(path, "[%u]", i);
		write_places(out, facts, node->items[i], path);
		path->len = before;
	}
}

static void write_diagnostics(struct ml_json *json, const struct ml_facts *facts)
{
	static const char *const levels[] = {"error", "warning", "note"};

	ml_json_key(json, "diagnostics");
	ml_json_array(json);
	for (size_t i = 0; i < facts->diags.n; i++) {
		const struct ml_diag *d = &facts->diags.items[i];
		ML_BUF_AUTO text;
		ml_buf_init(&text, 10000);
		ml_buf_printf(&text, "%.*s:%u:%u: %s: %.*s", ML_STR_ARG(d->file), d->line, d->col, levels[d->level], ML_STR_ARG(d->message));
		ml_json_str(json, ml_buf_get(&text));
	}
	ml_json_end_array(json);
}

static void write_rest(struct ml_json *json, const struct ml_facts *facts, const struct ml_cproject *project)
{
	ml_json_key(json, "gaps");
	ml_json_object(json);
	for (size_t i = 0; i < project->ngaps; i++) {
		ml_json_key_str(json, project->gaps[i].service);
		ml_json_str(json, project->gaps[i].reason);
	}
	ml_json_end_object(json);
	ml_json_key(json, "broken");
	ml_json_str(json, project->broken);
	ml_json_key(json, "incomplete");
	ml_json_bool(json, facts->incomplete);
	ml_json_key(json, "name");
	ml_json_str(json, project->name);
	write_diagnostics(json, facts);
}

static void write_project(struct ml_buf *out, const struct options *o, const struct ml_facts *facts, const struct ml_cproject *project)
{
	struct ml_json json;
	ML_BUF_AUTO path;

	ml_buf_init(&path, 100000);
	if (o->places)
		write_places(out, facts, project->root, &path);
	ml_json_begin(&json, out, 1);
	ml_json_object(&json);
	if (!o->places) {
		ml_json_key(&json, "model");
		write_node(&json, project->root);
	}
	write_rest(&json, facts, project);
	ml_json_end_object(&json);
	ml_buf_putc(out, '\n');
}

static bool take(struct ml_str *list, size_t *n, const char *word)
{
	if (*n == MOST || !word)
		return false;
	list[(*n)++] = ml_str(word);
	return true;
}

static bool parse(int argc, char **argv, struct options *o)
{
	bool ok = true;

	o->request = (struct ml_compose_request){.files = o->files, .environment = o->environment, .profiles = o->profiles};
	for (int i = 1; i < argc && ok; i++) {
		if (strcmp(argv[i], "-p") == 0)
			o->places = true;
		else if (strcmp(argv[i], "-e") == 0)
			ok = take(o->environment, &o->request.nenvironment, argv[++i]);
		else if (strcmp(argv[i], "-P") == 0)
			ok = take(o->profiles, &o->request.nprofiles, argv[++i]);
		else if (!o->directory)
			o->directory = argv[i];
		else
			ok = take(o->files, &o->request.nfiles, argv[i]);
	}
	return ok && o->request.nfiles > 0;
}

int main(int argc, char **argv)
{
	static const struct ml_kind kind = {.name = "config.compose"};
	static struct options o;
	ML_ARENA_AUTO arena = ml_arena_new((size_t)4 << 30);
	struct ml_facts *facts = ml_facts_new(arena, &kind, ML_STR("model"));
	struct ml_cproject project;
	struct ml_reader reader;
	ML_BUF_AUTO out;

	ml_buf_init(&out, (size_t)1 << 30);
	if (!parse(argc, argv, &o)) {
		fputs("usage: compose-model [-p] [-e NAME=VALUE]... [-P PROFILE]... DIRECTORY FILE...\n", stderr);
		return 2;
	}
	reader = (struct ml_reader){read_file, (void *)(uintptr_t)o.directory};
	if (!facts || ml_compose_load(facts, facts->arena, &reader, &o.request, &project)) {
		fputs("compose-model: no memory\n", stderr);
		return 1;
	}
	write_project(&out, &o, facts, &project);
	return fwrite(out.ptr, 1, out.len, stdout) == out.len ? 0 : 1;
}

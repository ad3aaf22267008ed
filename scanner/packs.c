/* SPDX-License-Identifier: Apache-2.0 */
/* Finding policy packs and reading their bytes. */
#include "scanner/packs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "scanner/files.h"

enum { PACKS_MAX = 256 };

static bool is_directory(struct ml_arena *arena, struct ml_str path)
{
	struct ml_str z = ml_str_dup(arena, path);
	DIR *dir = z.ptr ? opendir(z.ptr) : NULL;

	if (dir)
		closedir(dir);
	return dir != NULL;
}

/* PREFIX/share/merlon/policies for a program PREFIX/bin/merlon, so that an installation can be
 * moved. */
static struct ml_str beside_program(struct ml_arena *arena)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path));
	struct ml_str dir = {path, n > 0 ? (size_t)n : 0};

	for (int i = 0; i < 2; i++)
		dir = ml_str_sub(
			dir, 0, ml_str_rchr(dir, '/') == ML_NPOS ? 0 : ml_str_rchr(dir, '/'));
	return ml_strf(arena, "%.*s/share/merlon/policies", ML_STR_ARG(dir));
}

static struct ml_str search_directory(struct ml_arena *arena)
{
	const char *given = getenv("MERLON_POLICIES");
	struct ml_str dir;

	if (given && given[0])
		return ml_str(given);
	dir = beside_program(arena);
	return is_directory(arena, dir) ? dir : ml_str(ML_PKGDATADIR "/policies");
}

static int add(struct ml_arena *arena, struct ml_packs *packs, struct ml_text_file file,
	const char *path, struct ml_error *err)
{
	int r = ml_file_read(arena, path, ML_POLICY_BYTES, &file.bytes, err);

	if (r)
		return r;
	if (ml_alloc_grow(arena, &packs->files, &packs->cap, packs->n + 1, sizeof(*packs->files)))
		return ml_fail(err, ML_ENOMEM, "out of memory");
	packs->files[packs->n++] = file;
	return 0;
}

static int is_policy_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && ml_str_ends(ml_str(entry->d_name), ML_STR(".yaml"));
}

static int read_directory(struct ml_arena *arena, struct ml_packs *packs, struct ml_error *err)
{
	struct ml_str dir = ml_str_dup(arena, packs->directory);
	struct dirent **entries = NULL;
	int n = scandir(dir.ptr, &entries, is_policy_name, alphasort), r = 0;

	for (int i = 0; i < n; i++) {
		struct ml_text_file file = {
			.name = ml_str_dup(arena, ml_str(entries[i]->d_name)), .pack = true};
		struct ml_str path = ml_strf(arena, "%s/%s", dir.ptr, entries[i]->d_name);
		file.id = ml_str_sub(file.name, 0, file.name.len - 5);
		if (r == 0 && i < PACKS_MAX)
			r = add(arena, packs, file, path.ptr, err);
		free(entries[i]);
	}
	free(entries);
	return r;
}

static bool is_path(struct ml_str name)
{
	return ml_str_chr(name, '/') != ML_NPOS || ml_str_ends(name, ML_STR(".yaml")) ||
	       ml_str_ends(name, ML_STR(".yml")) || ml_str_is(name, "-");
}

/* The pack that was meant, or NULL. */
static const char *nearest_pack(
	struct ml_arena *arena, const struct ml_packs *packs, struct ml_str name)
{
	const char *ids[PACKS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < packs->n && n < PACKS_MAX; i++)
		if (packs->files[i].pack)
			ids[n++] = ml_str_dup(arena, packs->files[i].id).ptr;
	return ml_arena_failed(arena) ? NULL : ml_str_nearest(name, ids, n);
}

static int no_such_pack(struct ml_arena *arena, const struct ml_packs *packs, const char *name,
	struct ml_error *err)
{
	const char *near = nearest_pack(arena, packs, ml_str(name));

	return ml_fail(err, ML_ENOENT, "no policy pack \"%s\" in %.*s%s%s%s", name,
		ML_STR_ARG(packs->directory),
		near ? ": did you mean `" : "; `merlon policy list` lists what there is",
		near ? near : "", near ? "`?" : "");
}

/* A file that is not there may be meant for a pack, with the end that it has on disk. */
static int no_such_file(struct ml_arena *arena, const struct ml_packs *packs, const char *name,
	struct ml_error *err)
{
	struct ml_str file = ml_str(name);
	const char *near =
		ml_str_chr(file, '/') == ML_NPOS
			? nearest_pack(arena, packs, ml_str_sub(file, 0, ml_str_rchr(file, '.')))
			: NULL;

	if (near)
		return ml_fail(
			err, ML_ENOENT, "no file \"%s\": did you mean the pack `%s`?", name, near);
	return ML_ENOENT;
}

static int choose_pack(
	struct ml_arena *arena, struct ml_packs *packs, const char *name, struct ml_error *err)
{
	for (size_t i = 0; i < packs->n; i++) {
		if (!packs->files[i].pack || !ml_str_is(packs->files[i].id, name))
			continue;
		packs->files[i].chosen = true;
		return 0;
	}
	return no_such_pack(arena, packs, name, err);
}

int ml_packs_read(struct ml_arena *arena, const struct ml_words *names, struct ml_packs *out,
	struct ml_error *err)
{
	int r;

	*out = (struct ml_packs){.directory = search_directory(arena)};
	r = read_directory(arena, out, err);
	for (size_t i = 0; i < names->n && r == 0; i++) {
		struct ml_text_file file = {.name = ml_str(names->items[i]), .chosen = true};
		r = is_path(file.name) ? add(arena, out, file, names->items[i], err)
				       : choose_pack(arena, out, names->items[i], err);
		if (r == ML_ENOENT && is_path(file.name))
			r = no_such_file(arena, out, names->items[i], err);
	}
	out->unasked = names->n == 0;
	if (r == 0 && out->unasked)
		for (size_t i = 0; i < out->n; i++)
			out->files[i].chosen = true;
	if (r == 0 && out->n == 0)
		return ml_fail(err, ML_ENOENT,
			"no policy packs in %.*s: set MERLON_POLICIES or name a file with -p",
			ML_STR_ARG(out->directory));
	return r;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Paths beneath a root, and a reader over a table in memory. */
#include "checks/reader.h"

/* Takes the last part off the path of length `len` in `out`. */
static size_t drop_part(const char *out, size_t len)
{
	while (len > 0 && out[len - 1] != '/')
		len--;
	return len > 0 ? len - 1 : 0;
}

/* Appends the parts of `path`; false when ".." climbs above the root. */
static bool add_parts(char *out, size_t *len, struct ml_str path)
{
	struct ml_str part;

	while (ml_str_split(&path, '/', &part)) {
		if (part.len == 0 || ml_str_is(part, "."))
			continue;
		if (ml_str_is(part, "..")) {
			if (*len == 0)
				return false;
			*len = drop_part(out, *len);
			continue;
		}
		if (*len > 0)
			out[(*len)++] = '/';
		memcpy(out + *len, part.ptr, part.len);
		*len += part.len;
	}
	return true;
}

static bool usable(struct ml_str path)
{
	return !ml_str_starts(path, ML_STR("/")) && ml_str_chr(path, '\0') == ML_NPOS;
}

int ml_path_join(struct ml_arena *arena, struct ml_str dir, struct ml_str path, struct ml_str *out)
{
	size_t len = 0;
	char *joined;

	if (!usable(dir) || !usable(path))
		return ML_EACCES;
	joined = ml_alloc(arena, dir.len + path.len + 2);
	if (!joined)
		return ML_ENOMEM;
	if (!add_parts(joined, &len, dir) || !add_parts(joined, &len, path))
		return ML_EACCES;
	joined[len] = '\0';
	*out = (struct ml_str){joined, len};
	return 0;
}

struct ml_str ml_path_dir(struct ml_str path)
{
	size_t slash = ml_str_rchr(path, '/');

	return slash == ML_NPOS ? ML_STR("") : ml_str_sub(path, 0, slash);
}

struct ml_str ml_path_base(struct ml_str path)
{
	size_t slash = ml_str_rchr(path, '/');

	return slash == ML_NPOS ? path : ml_str_sub(path, slash + 1, path.len);
}

static int read_memory(void *ctx, struct ml_arena *arena, struct ml_str path, struct ml_str *bytes, struct ml_error *err)
{
	const struct ml_memory_reader *table = ctx;
	struct ml_str plain;
	int r = ml_path_join(arena, ML_STR(""), path, &plain);

	if (r)
		return ml_fail(err, r, "%.*s: %s", ML_STR_ARG(path), r == ML_EACCES ? "leads out of the root" : "no memory");
	for (size_t i = 0; i < table->n; i++) {
		if (!ml_str_eq(table->files[i].name, plain))
			continue;
		*bytes = ml_str_dup(arena, table->files[i].bytes);
		return bytes->ptr ? 0 : ml_fail(err, ML_ENOMEM, "%.*s: no memory", ML_STR_ARG(path));
	}
	return ml_fail(err, ML_ENOENT, "%.*s: no such file", ML_STR_ARG(path));
}

struct ml_reader ml_memory_reader(struct ml_memory_reader *table)
{
	return (struct ml_reader){read_memory, table};
}

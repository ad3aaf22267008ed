/* SPDX-License-Identifier: Apache-2.0 */
/* Relative paths as text: joined, taken apart. */
#include "base/path.h"

#include "base/error.h"

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

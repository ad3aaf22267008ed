/* SPDX-License-Identifier: Apache-2.0 */
/* Docker's short volume syntax, and paths of the host. */
#include "checks/config/compose/values-priv.h"

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_drive(struct ml_str s)
{
	return s.len >= 2 && is_letter(s.ptr[0]) && s.ptr[1] == ':' && (s.len == 2 || s.ptr[2] == '\\' || s.ptr[2] == '/');
}

bool ml_cvalue_is_path(struct ml_str source)
{
	if (source.len == 0)
		return false;
	return source.ptr[0] == '.' || source.ptr[0] == '/' || source.ptr[0] == '~' || ml_str_starts(source, ML_STR("\\\\")) ||
		is_drive(source);
}

/* Cuts a part off *rest at the next ':' that is no drive's. */
static struct ml_str take_part(struct ml_str *rest, bool *more)
{
	bool drive = is_drive(*rest) && rest->len > 2;
	struct ml_str s = ml_str_sub(*rest, drive ? 2 : 0, rest->len);
	size_t colon = ml_str_chr(s, ':'), end = colon == ML_NPOS ? rest->len : colon + (drive ? 2 : 0);
	struct ml_str part = ml_str_sub(*rest, 0, end);

	*more = colon != ML_NPOS;
	*rest = ml_str_sub(*rest, end + *more, rest->len);
	return part;
}

/* "v:/x" and "v:/x:ro" are a volume that is called by one letter: a drive's path has a target behind it, absolute as well. */
static bool is_short_volume(struct ml_str text)
{
	size_t colon = text.len > 2 && text.ptr[2] == '/' && is_drive(text) ? ml_str_chr(ml_str_sub(text, 2, text.len), ':') : 0;
	struct ml_str target = colon == ML_NPOS ? ML_STR("") : ml_str_sub(text, colon + 3, text.len);

	return colon > 0 && !(target.len && (target.ptr[0] == '/' || target.ptr[0] == '\\' || is_drive(target)));
}

const char *ml_cvalue_mount(struct ml_str text, struct ml_cmount *out)
{
	struct ml_str rest = text;
	bool more;

	*out = (struct ml_cmount){0};
	if (is_short_volume(text)) {
		out->target = ml_str_sub(text, 0, 1);
		rest = ml_str_sub(text, 2, text.len);
		more = true;
	} else {
		out->target = take_part(&rest, &more);
	}
	if (more) {
		out->source = out->target;
		out->target = take_part(&rest, &more);
		if (out->source.len == 0)
			return "[SOURCE:]TARGET[:OPTIONS]";
	}
	if (more) {
		out->options = rest;
		more = ml_str_chr(rest, ':') != ML_NPOS;
	}
	out->bind = ml_cvalue_is_path(out->source);
	return more || out->target.len == 0 ? "[SOURCE:]TARGET[:OPTIONS]" : NULL;
}

/* Where the prefix of a path ends that ".." cannot take away: "/", "C:/", "~/", nothing. */
static size_t root_of(struct ml_str path)
{
	if (path.len > 0 && path.ptr[0] == '/')
		return 1;
	if (is_drive(path))
		return path.len > 2 ? 3 : 2;
	return path.len > 0 && path.ptr[0] == '~' && (path.len == 1 || path.ptr[1] == '/') ? (path.len > 1 ? 2 : 1) : 0;
}

/* One part more, or one less for "..": above a root ".." is nothing, above a relative start it stays. */
static size_t add_part(char *out, size_t root, size_t len, struct ml_str part, bool stays)
{
	size_t back = len;

	if (part.len == 0 || ml_str_is(part, "."))
		return len;
	while (back > root && out[back - 1] != '/')
		back--;
	if (ml_str_is(part, "..") && len > root && !(len - back == 2 && memcmp(out + back, "..", 2) == 0))
		return back > root ? back - 1 : root;
	if (ml_str_is(part, "..") && !stays)
		return len;
	if (len > root)
		out[len++] = '/';
	memcpy(out + len, part.ptr, part.len);
	return len + part.len;
}

struct ml_str ml_cvalue_clean_path(struct ml_arena *arena, struct ml_str path)
{
	char *copy = ml_alloc_copy(arena, path.ptr ? path.ptr : "", path.len), *out = ml_alloc(arena, path.len + 4);
	struct ml_str part, rest;
	size_t root, len;

	if (!copy || !out)
		return ML_STR_NONE;
	if (is_drive(path) || ml_str_starts(path, ML_STR("\\\\")))
		for (size_t i = 0; i < path.len; i++)
			copy[i] = copy[i] == '\\' ? '/' : copy[i];
	root = root_of((struct ml_str){copy, path.len});
	memcpy(out, copy, root);
	len = root;
	rest = ml_str_sub((struct ml_str){copy, path.len}, root, path.len);
	while (rest.ptr && ml_str_split(&rest, '/', &part))
		len = add_part(out, root, len, part, root == 0);
	if (root == 2 && len == 2 && out[0] == '~')
		len = 1;
	if (root > 0 || (len >= 2 && memcmp(out, "..", 2) == 0 && (len == 2 || out[2] == '/')))
		return (struct ml_str){out, len};
	if (len == 0)
		return ML_STR(".");
	memmove(out + 2, out, len);
	memcpy(out, "./", 2);
	return (struct ml_str){out, len + 2};
}

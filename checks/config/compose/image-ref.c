/* SPDX-License-Identifier: Apache-2.0 */
/* Image references (github.com/distribution/reference): [REGISTRY/]REPOSITORY[:TAG][@DIGEST]. */
#include "checks/config/compose/values-priv.h"

enum { NAME_MAX_BYTES = 255, TAG_MAX_BYTES = 128 };
static const char want[] = "an image such as registry.example/team/app:1.2";

static bool is_lower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
static bool is_hex(char c) { return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9'); }
static bool is_word(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z') || c == '_'; }

/* Lower-case letters and digits, joined by '.', '_', '__' or any number of '-'. */
static bool is_component(struct ml_str s)
{
	size_t i = 0;

	if (s.len == 0 || !is_lower(s.ptr[0]) || !is_lower(s.ptr[s.len - 1]))
		return false;
	while (i < s.len) {
		size_t start = i;
		char c = s.ptr[i];
		if (is_lower(c)) {
			i++;
			continue;
		}
		while (i < s.len && s.ptr[i] == c)
			i++;
		if (c != '-' && !(c == '.' && i - start == 1) && !(c == '_' && i - start <= 2))
			return false;
		if (i < s.len && !is_lower(s.ptr[i]))
			return false;
	}
	return true;
}

static bool is_path(struct ml_str s)
{
	struct ml_str part;

	while (ml_str_split(&s, '/', &part))
		if (!is_component(part))
			return false;
	return true;
}

static bool is_tag(struct ml_str s)
{
	if (s.len == 0 || s.len > TAG_MAX_BYTES || !is_word(s.ptr[0]))
		return false;
	for (size_t i = 1; i < s.len; i++)
		if (!is_word(s.ptr[i]) && s.ptr[i] != '.' && s.ptr[i] != '-')
			return false;
	return true;
}

static bool all_hex(struct ml_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_hex(s.ptr[i]))
			return false;
	return true;
}

static bool is_digest(struct ml_str s)
{
	size_t colon = ml_str_chr(s, ':');
	struct ml_str hex = ml_str_sub(s, colon == ML_NPOS ? s.len : colon + 1, s.len);
	size_t need = ml_str_starts(s, ML_STR("sha256:")) ? 64 : ml_str_starts(s, ML_STR("sha512:")) ? 128 : 0;

	return colon != ML_NPOS && colon > 0 && all_hex(hex) && (need ? hex.len == need : hex.len >= 32);
}

/* Host name or address, with a port or without. */
static bool is_registry(struct ml_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_word(s.ptr[i]) && !strchr(".-:[]", s.ptr[i]))
			return false;
	return s.len > 0;
}

static bool names_registry(struct ml_str first)
{
	if (ml_str_chr(first, '.') != ML_NPOS || ml_str_chr(first, ':') != ML_NPOS || ml_str_is(first, "localhost"))
		return true;
	for (size_t i = 0; i < first.len; i++)
		if (first.ptr[i] >= 'A' && first.ptr[i] <= 'Z')
			return true;
	return false;
}

/* Registry and repository, with Docker's defaults filled in. */
static const char *read_name(struct ml_arena *arena, struct ml_str name, struct ml_cimage *out)
{
	size_t slash = ml_str_chr(name, '/');
	struct ml_str first = ml_str_sub(name, 0, slash);

	out->registry = ML_STR("docker.io");
	out->repository = name;
	if (slash != ML_NPOS && names_registry(first)) {
		if (!is_registry(first))
			return want;
		if (!ml_str_is(first, "index.docker.io"))
			out->registry = first;
		out->repository = ml_str_sub(name, slash + 1, name.len);
	}
	if (!is_path(out->repository) || name.len > NAME_MAX_BYTES)
		return want;
	slash = ml_str_rchr(out->repository, '/');
	out->name = slash == ML_NPOS ? out->repository : ml_str_sub(out->repository, slash + 1, out->repository.len);
	if (slash == ML_NPOS && ml_str_is(out->registry, "docker.io"))
		out->repository = ml_strf(arena, "library/%.*s", ML_STR_ARG(out->repository));
	return NULL;
}

const char *ml_cvalue_image(struct ml_arena *arena, struct ml_str text, struct ml_cimage *out)
{
	size_t at = ml_str_chr(text, '@'), colon;
	struct ml_str name = ml_str_sub(text, 0, at);

	*out = (struct ml_cimage){.tag = ML_STR(""), .digest = ML_STR("")};
	if (text.len == 64 && all_hex(text)) { /* an image's identity, not a name */
		out->registry = out->repository = out->name = ML_STR("");
		out->digest = ml_strf(arena, "sha256:%.*s", ML_STR_ARG(text));
		return NULL;
	}
	if (at != ML_NPOS) {
		out->digest = ml_str_sub(text, at + 1, text.len);
		if (!is_digest(out->digest))
			return want;
	}
	colon = ml_str_rchr(name, ':');
	if (colon != ML_NPOS && ml_str_chr(ml_str_sub(name, colon, name.len), '/') == ML_NPOS) {
		out->tag = ml_str_sub(name, colon + 1, name.len);
		name = ml_str_sub(name, 0, colon);
		if (!is_tag(out->tag))
			return want;
	}
	return read_name(arena, name, out);
}

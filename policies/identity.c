/* SPDX-License-Identifier: Apache-2.0 */
/* What makes a finding the same finding tomorrow: its fingerprint, from an identity without tags and digests. */
#include "base/buf.h"
#include "policies/findings-priv.h"

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_tag_byte(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '-';
}

/* "sha256:" and at least 32 digits. */
static bool is_digest(struct ml_str s)
{
	size_t colon = ml_str_chr(s, ':'), i;

	if (colon == ML_NPOS || colon == 0 || s.len - colon < 33)
		return false;
	for (i = colon + 1; i < s.len && is_hex(s.ptr[i]); i++)
		;
	return i == s.len;
}

/* A tag has a digit, or is one of the words that move; four or five digits alone are a port. */
static bool is_tag(struct ml_str s)
{
	static const char *const moving[] = {"latest", "stable", "edge", "lts", "mainline", "nightly", "rolling", "main", "master", "alpine", "slim"};
	size_t digits = 0, others = 0;

	for (size_t i = 0; i < s.len; i++) {
		digits += is_digit(s.ptr[i]);
		others += !is_digit(s.ptr[i]);
		if (!is_tag_byte(s.ptr[i]))
			return false;
	}
	for (size_t i = 0; i < sizeof(moving) / sizeof(moving[0]); i++)
		if (ml_str_starts(s, ml_str(moving[i])))
			return true;
	return digits > 0 && (others > 0 || digits < 4);
}

static bool is_name(struct ml_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_tag_byte(s.ptr[i]) || (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z'))
			return false;
	return s.len > 0 && !is_digit(s.ptr[0]);
}

/* One word without the tag and the digest of an image reference. */
static struct ml_str bare(struct ml_str word)
{
	size_t at = ml_str_rchr(word, '@'), slash, colon;

	if (at != ML_NPOS && is_digest(ml_str_sub(word, at + 1, word.len)))
		word.len = at;
	slash = ml_str_rchr(word, '/');
	slash = slash == ML_NPOS ? 0 : slash + 1;
	colon = ml_str_chr(ml_str_sub(word, slash, word.len), ':');
	if (colon == ML_NPOS || !is_name(ml_str_sub(word, slash, slash + colon)) || !is_tag(ml_str_sub(word, slash + colon + 1, word.len)))
		return word;
	return ml_str_sub(word, 0, slash + colon);
}

struct ml_str ml_identity_normal(struct ml_arena *arena, struct ml_str element)
{
	ML_BUF_AUTO out = {0};
	struct ml_str word, rest = element;
	bool first = true;

	if (ml_str_chr(element, ':') == ML_NPOS)
		return element;
	ml_buf_init(&out, element.len + 1);
	while (ml_str_split(&rest, ' ', &word)) {
		ml_buf_puts(&out, first ? "" : " ");
		ml_buf_str(&out, bare(word));
		first = false;
	}
	return ml_str_dup(arena, ml_buf_get(&out));
}

void ml_fingerprint(struct ml_str kind, struct ml_str uri, struct ml_str rule, struct ml_str path, struct ml_str identity, char out[33])
{
	struct ml_sha256 sha;
	uint8_t digest[32];

	ml_sha256_begin(&sha);
	ml_sha256_field(&sha, ML_STR("merlon fingerprint 1"));
	ml_sha256_field(&sha, kind);
	ml_sha256_field(&sha, uri);
	ml_sha256_field(&sha, rule);
	ml_sha256_field(&sha, path);
	ml_sha256_field(&sha, identity);
	ml_sha256_end(&sha, digest);
	ml_hex(digest, 16, out);
}

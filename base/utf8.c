/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 (RFC 3629): strict decoding and encoding of single code points. */
#include "base/utf8.h"

static bool is_tail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

size_t ml_utf8_next(struct ml_str s, size_t at, uint32_t *cp)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

	if (at >= s.len)
		return 0;
	const unsigned char *p = (const unsigned char *)s.ptr + at;
	if (p[0] < 0x80) {
		*cp = p[0];
		return 1;
	}
	size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || n > s.len - at)
		return 0;
	uint32_t v = p[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if (!is_tail(p[i]))
			return 0;
		v = v << 6 | (p[i] & 0x3f);
	}
	if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	*cp = v;
	return n;
}

size_t ml_utf8_put(uint32_t cp, char out[4])
{
	if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	if (n == 1) {
		out[0] = (char)cp;
		return 1;
	}
	for (size_t i = n - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (cp & 0x3f));
		cp >>= 6;
	}
	out[0] = (char)((0xf00u >> n) | cp);
	return n;
}

/* Bytes of ASCII from `at` on, eight at a time. */
static size_t ascii_run(struct ml_str s, size_t at)
{
	size_t from = at;
	uint64_t word;

	for (; s.len - at >= sizeof(word); at += sizeof(word)) {
		memcpy(&word, s.ptr + at, sizeof(word));
		if (word & 0x8080808080808080u)
			break;
	}
	return at - from;
}

size_t ml_utf8_invalid(struct ml_str s)
{
	for (size_t i = 0; i < s.len;) {
		uint32_t cp;
		size_t n = ascii_run(s, i);

		if (n == 0)
			n = ml_utf8_next(s, i, &cp);

		if (n == 0)
			return i;
		i += n;
	}
	return ML_NPOS;
}

size_t ml_utf8_count(struct ml_str s)
{
	size_t count = 0;

	for (size_t i = 0; i < s.len; count++) {
		uint32_t cp;
		size_t n = ml_utf8_next(s, i, &cp);

		i += n ? n : 1;
	}
	return count;
}

struct ml_str ml_utf8_cut(struct ml_str s, size_t max)
{
	size_t n = s.len < max ? s.len : max;

	while (n < s.len && n > 0 && ((unsigned char)s.ptr[n] & 0xc0) == 0x80)
		n--;
	return ml_str_sub(s, 0, n);
}

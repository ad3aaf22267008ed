/* SPDX-License-Identifier: Apache-2.0 */
/* A string: searching, cutting, copying. */
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>

int ml_str_cmp(struct ml_str a, struct ml_str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.ptr, b.ptr, n) : 0;

	if (c)
		return c;
	return a.len < b.len ? -1 : a.len > b.len;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool ml_str_istarts(struct ml_str s, struct ml_str prefix)
{
	if (s.len < prefix.len)
		return false;
	for (size_t i = 0; i < prefix.len; i++)
		if (lower(s.ptr[i]) != lower(prefix.ptr[i]))
			return false;
	return true;
}

bool ml_str_ieq(struct ml_str a, struct ml_str b)
{
	return a.len == b.len && ml_str_istarts(a, b);
}

bool ml_str_starts(struct ml_str s, struct ml_str prefix)
{
	return s.len >= prefix.len && ml_str_eq(ml_str_sub(s, 0, prefix.len), prefix);
}

bool ml_str_ends(struct ml_str s, struct ml_str suffix)
{
	return s.len >= suffix.len && ml_str_eq(ml_str_sub(s, s.len - suffix.len, s.len), suffix);
}

size_t ml_str_find(struct ml_str s, struct ml_str needle)
{
	if (needle.len == 0)
		return 0;
	if (s.len < needle.len)
		return ML_NPOS;
	const char *p = memmem(s.ptr, s.len, needle.ptr, needle.len);
	return p ? (size_t)(p - s.ptr) : ML_NPOS;
}

size_t ml_str_rfind(struct ml_str s, struct ml_str needle)
{
	if (s.len < needle.len)
		return ML_NPOS;
	for (size_t i = s.len - needle.len + 1; i-- > 0;)
		if (needle.len == 0 || memcmp(s.ptr + i, needle.ptr, needle.len) == 0)
			return i;
	return ML_NPOS;
}

size_t ml_str_chr(struct ml_str s, char c)
{
	const char *p = s.len ? memchr(s.ptr, c, s.len) : NULL;

	return p ? (size_t)(p - s.ptr) : ML_NPOS;
}

size_t ml_str_rchr(struct ml_str s, char c)
{
	const char *p = s.len ? memrchr(s.ptr, c, s.len) : NULL;

	return p ? (size_t)(p - s.ptr) : ML_NPOS;
}

struct ml_str ml_str_sub(struct ml_str s, size_t from, size_t to)
{
	if (to > s.len)
		to = s.len;
	if (from > to)
		from = to;
	return (struct ml_str){s.ptr ? s.ptr + from : NULL, to - from};
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool ml_str_glob(struct ml_str pattern, struct ml_str s)
{
	size_t p = 0, i = 0, star = ML_NPOS, mark = 0;

	while (i < s.len) {
		if (p < pattern.len && pattern.ptr[p] == '*') {
			star = p++;
			mark = i;
		} else if (p < pattern.len && (pattern.ptr[p] == '?' || pattern.ptr[p] == s.ptr[i])) {
			p++;
			i++;
		} else if (star != ML_NPOS) {
			p = star + 1;
			i = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '*')
		p++;
	return p == pattern.len;
}

struct ml_str ml_str_trim(struct ml_str s)
{
	size_t from = 0, to = s.len;

	while (from < to && is_space(s.ptr[from]))
		from++;
	while (to > from && is_space(s.ptr[to - 1]))
		to--;
	return ml_str_sub(s, from, to);
}

bool ml_str_split(struct ml_str *rest, char c, struct ml_str *part)
{
	if (!rest->ptr)
		return false;
	size_t at = ml_str_chr(*rest, c);
	if (at == ML_NPOS) {
		*part = *rest;
		*rest = ML_STR_NONE;
	} else {
		*part = ml_str_sub(*rest, 0, at);
		*rest = ml_str_sub(*rest, at + 1, rest->len);
	}
	return true;
}

struct ml_str ml_str_dup(struct ml_arena *arena, struct ml_str s)
{
	char *p = ml_alloc_copy(arena, s.ptr, s.len);

	return p ? (struct ml_str){p, s.len} : ML_STR_NONE;
}

struct ml_str ml_str_lower(struct ml_arena *arena, struct ml_str s)
{
	char *p = ml_alloc_copy(arena, s.ptr, s.len);

	if (!p)
		return ML_STR_NONE;
	for (size_t i = 0; i < s.len; i++)
		p[i] = lower(p[i]);
	return (struct ml_str){p, s.len};
}

struct ml_str ml_strf(struct ml_arena *arena, const char *fmt, ...)
{
	va_list ap, again;
	struct ml_str s = ML_STR_NONE;

	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	char *p = n < 0 ? NULL : ml_alloc(arena, (size_t)n + 1);
	if (p) {
		vsnprintf(p, (size_t)n + 1, fmt, again);
		s = (struct ml_str){p, (size_t)n};
	}
	va_end(again);
	va_end(ap);
	return s;
}

#define NEAREST_MAX 64

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/* Optimal string alignment distance; rows i-2, i-1, i of its table. */
static unsigned distance(struct ml_str a, struct ml_str b)
{
	unsigned rows[3][NEAREST_MAX + 1];

	for (unsigned j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		unsigned *cur = rows[i % 3], *prev = rows[(i + 2) % 3], *prev2 = rows[(i + 1) % 3];

		cur[0] = (unsigned)i;
		for (size_t j = 1; j <= b.len; j++) {
			unsigned cost = a.ptr[i - 1] != b.ptr[j - 1];

			cur[j] = min3(prev[j] + 1, cur[j - 1] + 1, prev[j - 1] + cost);
			if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] &&
				a.ptr[i - 2] == b.ptr[j - 1] && prev2[j - 2] + 1 < cur[j])
				cur[j] = prev2[j - 2] + 1;
		}
	}
	return rows[a.len % 3][b.len];
}

const char *ml_str_nearest(struct ml_str s, const char *const *words, size_t n)
{
	unsigned best = s.len <= 4 ? 2 : s.len <= 8 ? 3 : 4;
	const char *found = NULL;

	if (s.len == 0 || s.len > NEAREST_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct ml_str w = ml_str(words[i]);

		if (w.len > NEAREST_MAX)
			continue;
		unsigned d = distance(s, w);
		if (d < best) {
			best = d;
			found = words[i];
		}
	}
	return found;
}

uint64_t ml_str_hash(struct ml_str s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.ptr[i]) * 0x100000001b3u;
	return h;
}

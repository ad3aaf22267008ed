/* SPDX-License-Identifier: Apache-2.0 */
/* A string: bytes with a length, owned by someone else (an arena, a literal, the input). */
#ifndef ML_BASE_STR_H
#define ML_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

/* `ptr` may be NULL only when `len` is 0. No NUL is promised behind the bytes. */
struct ml_str {
	const char *ptr;
	size_t len;
};

#define ML_STR(literal) ((struct ml_str){"" literal, sizeof(literal) - 1})
#define ML_STR_NONE     ((struct ml_str){NULL, 0})
/* For printf's %.*s: `printf("%.*s", ML_STR_ARG(s))`. Cut at INT_MAX. */
#define ML_STR_ARG(s) (int)((s).len > 0x7fffffff ? 0x7fffffff : (s).len), (s).ptr ? (s).ptr : ""

static inline struct ml_str ml_str(const char *z)
{
	return (struct ml_str){z, z ? strlen(z) : 0};
}
static inline bool ml_str_eq(struct ml_str a, struct ml_str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
static inline bool ml_str_is(struct ml_str a, const char *z)
{
	return ml_str_eq(a, ml_str(z));
}

/* Bytewise order, shorter first on a tie: <0, 0, >0. Equal to code point order for UTF-8. */
int ml_str_cmp(struct ml_str a, struct ml_str b);
/* ASCII letters only. */
bool ml_str_ieq(struct ml_str a, struct ml_str b);
bool ml_str_starts(struct ml_str s, struct ml_str prefix);
bool ml_str_istarts(struct ml_str s, struct ml_str prefix);
bool ml_str_ends(struct ml_str s, struct ml_str suffix);

#define ML_NPOS SIZE_MAX
/* The offset of the first (last) occurrence, or ML_NPOS. An empty needle is found at 0 (at s.len). */
size_t ml_str_find(struct ml_str s, struct ml_str needle);
size_t ml_str_rfind(struct ml_str s, struct ml_str needle);
size_t ml_str_chr(struct ml_str s, char c);
size_t ml_str_rchr(struct ml_str s, char c);
static inline bool ml_str_has(struct ml_str s, const char *needle)
{
	return ml_str_find(s, ml_str(needle)) != ML_NPOS;
}

/* The part from `from` up to, not including, `to`; both are cut to s.len, and from > to gives "". */
struct ml_str ml_str_sub(struct ml_str s, size_t from, size_t to);
/* Whether all of `s` matches a pattern: `*` is any bytes, `?` one. At most length times length. */
bool ml_str_glob(struct ml_str pattern, struct ml_str s);
/* Without ASCII white space at both ends. */
struct ml_str ml_str_trim(struct ml_str s);
/* Cuts the part before the first `c` off *rest and returns it; all of it when `c` is not there.
 * False when *rest was exhausted (ptr NULL). Walks "a,,b" as "a", "", "b"; "" gives one "". */
bool ml_str_split(struct ml_str *rest, char c, struct ml_str *part);

/* Copies into the arena, with a NUL behind. On failure a string with ptr NULL, len 0. */
struct ml_str ml_str_dup(struct ml_arena *arena, struct ml_str s);
struct ml_str ml_str_lower(struct ml_arena *arena, struct ml_str s);
struct ml_str ml_strf(struct ml_arena *arena, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Of `n` words the one nearest to `s` by edit distance (insert, delete, substitute, transpose), when it is
 * near enough to be meant: at most 1 edit up to 4 characters, 2 up to 8, else 3. NULL when none is. Words
 * longer than 64 bytes are passed over. */
const char *ml_str_nearest(struct ml_str s, const char *const *words, size_t n);

/* The 64-bit FNV-1a hash, for tables whose keys are ours; for hostile keys use sorted arrays. */
uint64_t ml_str_hash(struct ml_str s);

#endif

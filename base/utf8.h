/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 (RFC 3629): strict decoding and encoding of single code points. */
#ifndef ML_BASE_UTF8_H
#define ML_BASE_UTF8_H

#include "base/str.h"

/* Decodes the code point at byte `at` and returns its length in bytes (1 to 4); 0 when `at` is at the end or the
 * bytes are not valid (overlong, surrogate, above U+10FFFF, cut short), *cp then untouched. */
size_t ml_utf8_next(struct ml_str s, size_t at, uint32_t *cp);

/* Writes `cp` to `out` and returns its length; 0 for a surrogate or a value above U+10FFFF. */
size_t ml_utf8_put(uint32_t cp, char out[4]);

/* The offset of the first invalid byte, or ML_NPOS. */
size_t ml_utf8_invalid(struct ml_str s);

/* Code points in `s`; an invalid byte counts as one. */
size_t ml_utf8_count(struct ml_str s);

/* The first `max` bytes, or fewer where that would cut a code point in two. */
struct ml_str ml_utf8_cut(struct ml_str s, size_t max);

#endif

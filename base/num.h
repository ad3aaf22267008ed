/* SPDX-License-Identifier: Apache-2.0 */
/* Checked arithmetic and number reading. */
#ifndef ML_BASE_NUM_H
#define ML_BASE_NUM_H

#include "base/str.h"

/* False on overflow, *out then undefined. */
static inline bool ml_add_size(size_t a, size_t b, size_t *out) { return !__builtin_add_overflow(a, b, out); }
static inline bool ml_mul_size(size_t a, size_t b, size_t *out) { return !__builtin_mul_overflow(a, b, out); }
static inline bool ml_add_i64(int64_t a, int64_t b, int64_t *out) { return !__builtin_add_overflow(a, b, out); }
static inline bool ml_sub_i64(int64_t a, int64_t b, int64_t *out) { return !__builtin_sub_overflow(a, b, out); }
static inline bool ml_mul_i64(int64_t a, int64_t b, int64_t *out) { return !__builtin_mul_overflow(a, b, out); }
static inline bool ml_add_u64(uint64_t a, uint64_t b, uint64_t *out) { return !__builtin_add_overflow(a, b, out); }
static inline bool ml_sub_u64(uint64_t a, uint64_t b, uint64_t *out) { return !__builtin_sub_overflow(a, b, out); }
static inline bool ml_mul_u64(uint64_t a, uint64_t b, uint64_t *out) { return !__builtin_mul_overflow(a, b, out); }

/* The whole of `s` as a number in `base` (2 to 36, without prefix): digits, for the signed form one leading '-' or '+'. False when
 * it is empty, has anything else, or does not fit. */
bool ml_parse_u64(struct ml_str s, int base, uint64_t *out);
bool ml_parse_i64(struct ml_str s, int base, int64_t *out);
/* The whole of `s` as a decimal or exponent double as C's strtod reads it in the "C" locale (no hexadecimal, no nan, no inf);
 * at most 400 bytes. False otherwise, or when it overflows to infinity. */
bool ml_parse_double(struct ml_str s, double *out);

#endif

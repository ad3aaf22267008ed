/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4), by nettle: no lazy initialisation that a sealed worker would trip over. */
#ifndef ML_BASE_SHA256_H
#define ML_BASE_SHA256_H

#include "base/str.h"

struct ml_sha256 {
	_Alignas(8) unsigned char state[128]; /* nettle's struct sha256_ctx; its size is asserted in sha256.c */
};

void ml_sha256_begin(struct ml_sha256 *sha);
void ml_sha256_add(struct ml_sha256 *sha, struct ml_str bytes);
/* A length-prefixed field: no two different sequences of fields hash alike. */
void ml_sha256_field(struct ml_sha256 *sha, struct ml_str bytes);
void ml_sha256_end(struct ml_sha256 *sha, uint8_t out[32]);
void ml_sha256(struct ml_str bytes, uint8_t out[32]);

/* `n` bytes as 2n lower-case digits and a NUL. */
void ml_hex(const uint8_t *bytes, size_t n, char *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 by nettle. */
#include "base/sha256.h"

#include <nettle/sha2.h>

_Static_assert(sizeof(struct sha256_ctx) <= sizeof(((struct ml_sha256 *)0)->state), "state is too small");

static struct sha256_ctx *context(struct ml_sha256 *sha)
{
	return (struct sha256_ctx *)(void *)sha->state;
}

void ml_sha256_begin(struct ml_sha256 *sha)
{
	sha256_init(context(sha));
}

void ml_sha256_add(struct ml_sha256 *sha, struct ml_str bytes)
{
	if (bytes.len)
		sha256_update(context(sha), bytes.len, (const uint8_t *)bytes.ptr);
}

void ml_sha256_field(struct ml_sha256 *sha, struct ml_str bytes)
{
	uint8_t length[8];

	for (int i = 0; i < 8; i++)
		length[i] = (uint8_t)((uint64_t)bytes.len >> (56 - 8 * i));
	sha256_update(context(sha), sizeof(length), length);
	ml_sha256_add(sha, bytes);
}

void ml_sha256_end(struct ml_sha256 *sha, uint8_t out[32])
{
	sha256_digest(context(sha), SHA256_DIGEST_SIZE, out);
}

void ml_sha256(struct ml_str bytes, uint8_t out[32])
{
	struct ml_sha256 sha;

	ml_sha256_begin(&sha);
	ml_sha256_add(&sha, bytes);
	ml_sha256_end(&sha, out);
}

void ml_hex(const uint8_t *bytes, size_t n, char *out)
{
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
	}
	out[2 * n] = 0;
}

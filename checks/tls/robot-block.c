/* SPDX-License-Identifier: Apache-2.0 */
/* RSA key exchanges, well-formed and not (PKCS #1 1.5: RFC 8017 7.2.1), encrypted for the key of a certificate. */
#include <openssl/bn.h>
#include <openssl/x509.h>
#include <sys/random.h>

#include "base/error.h"
#include "checks/tls/misbehave-priv.h"
#include "checks/tls/wire-priv.h"

enum { WELL_FORMED, WRONG_START, WRONG_ZERO, NO_ZERO, WRONG_VERSION };
enum { SECRET = 48, LEAST = 64, MOST = 1 << 11, SEQUENCE = 0x30, INTEGER = 0x02 };

/* ---- the key: SEQUENCE { modulus INTEGER, publicExponent INTEGER }, RFC 8017 A.1.1 ---- */

static struct ml_str read_der(struct ml_tls_reader *r, uint8_t tag)
{
	uint32_t got = ml_tls_read(r, 1), len = ml_tls_read(r, 1);

	if (len > 0x82 || len == 0x80) {
		r->short_ = true;
		return ML_STR_NONE;
	}
	if (len > 0x80)
		len = ml_tls_read(r, len - 0x80);
	r->short_ = r->short_ || got != tag;
	return ml_tls_read_bytes(r, len);
}

static int read_key(struct ml_str der, struct ml_str *modulus, struct ml_str *exponent)
{
	struct ml_tls_reader r = {.rest = der}, key;

	key = (struct ml_tls_reader){.rest = read_der(&r, SEQUENCE)};
	*modulus = read_der(&key, INTEGER);
	*exponent = read_der(&key, INTEGER);
	if (!ml_tls_read_all(&r) || !ml_tls_read_all(&key))
		return ML_EINVAL;
	while (modulus->len && modulus->ptr[0] == 0)
		*modulus = ml_str_sub(*modulus, 1, modulus->len);
	return modulus->len < LEAST || modulus->len > MOST || exponent->len == 0 || exponent->len > 8 ? ML_EINVAL : 0;
}

/* The bits of the key in the certificate's SubjectPublicKeyInfo. */
static struct ml_str key_bits(const X509 *certificate)
{
	const unsigned char *bits = NULL;
	ASN1_OBJECT *algorithm = NULL;
	int len = 0;

	if (!certificate || !X509_PUBKEY_get0_param(&algorithm, &bits, &len, NULL, X509_get_X509_PUBKEY(certificate)))
		return ML_STR_NONE;
	if (OBJ_obj2nid(algorithm) != NID_rsaEncryption || len < 0)
		return ML_STR_NONE;
	return (struct ml_str){(const char *)bits, (size_t)len};
}

/* ---- the block ---- */

/* Bytes that are not zero. */
static int fill(char *bytes, size_t n)
{
	if (getrandom(bytes, n, 0) != (ssize_t)n)
		return ML_EIO;
	for (size_t i = 0; i < n; i++)
		bytes[i] = bytes[i] ? bytes[i] : 1;
	return 0;
}

/* As long as the modulus: 00 02, padding, 00, version, 46 bytes; or what is wrong with that. */
static int write_block(char *block, size_t len, uint16_t version, unsigned variant)
{
	size_t zero = len - SECRET - 1;
	int r = fill(block, len);

	block[0] = 0;
	block[1] = 2;
	block[zero] = 0;
	block[zero + 1] = (char)(version >> 8);
	block[zero + 2] = (char)version;
	if (variant == WRONG_START) {
		block[0] = 0x41;
		block[1] = 0x17;
	} else if (variant == WRONG_ZERO) { /* a secret of one byte */
		block[zero] = 1;
		block[len - 2] = 0;
	} else if (variant == NO_ZERO) {
		block[zero] = 1;
	} else if (variant == WRONG_VERSION) {
		block[zero + 1] = block[zero + 2] = 2;
	}
	return r;
}

static int raise_to(BN_CTX *ctx, struct ml_str modulus, struct ml_str exponent, char *block)
{
	BIGNUM *n = BN_CTX_get(ctx), *e = BN_CTX_get(ctx), *m = BN_CTX_get(ctx);
	size_t len = modulus.len;

	if (!m || !BN_bin2bn((const unsigned char *)modulus.ptr, (int)len, n) || !BN_bin2bn((const unsigned char *)exponent.ptr, (int)exponent.len, e) ||
		!BN_bin2bn((const unsigned char *)block, (int)len, m))
		return ML_ENOMEM;
	if (!BN_is_odd(n))
		return ML_EINVAL;
	return BN_mod_exp(m, m, e, n, ctx) && BN_bn2binpad(m, (unsigned char *)block, (int)len) == (int)len ? 0 : ML_ENOMEM;
}

static int encrypt(struct ml_arena *arena, struct ml_str key, uint16_t version, unsigned variant, struct ml_str *out)
{
	struct ml_str modulus, exponent;
	int r = read_key(key, &modulus, &exponent);
	char *block = r ? NULL : ml_alloc(arena, modulus.len);
	BN_CTX *ctx = block ? BN_CTX_new() : NULL;

	if (r)
		return r;
	if (!ctx)
		return ML_ENOMEM;
	BN_CTX_start(ctx);
	r = write_block(block, modulus.len, version, variant);
	r = r ? r : raise_to(ctx, modulus, exponent, block);
	BN_CTX_end(ctx);
	BN_CTX_free(ctx);
	*out = (struct ml_str){block, modulus.len};
	return r;
}

int ml_tls_robot_block(struct ml_arena *arena, struct ml_str der, uint16_t version, unsigned variant, struct ml_str *out)
{
	const unsigned char *at = (const unsigned char *)der.ptr;
	X509 *certificate = der.len <= INT32_MAX ? d2i_X509(NULL, &at, (long)der.len) : NULL;
	struct ml_str bits = key_bits(certificate);
	int r = bits.len ? encrypt(arena, bits, version, variant, out) : ML_EINVAL;

	X509_free(certificate);
	return r;
}

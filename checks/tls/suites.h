/* SPDX-License-Identifier: Apache-2.0 */
/* Cipher suites, groups, alerts: what their code points mean. From IANA's TLS registries; suites that never came there from the documents of who used them (SSL 2.0 by
 * Hickman 1995, GOST by RFC 9189 and CryptoPro's drafts, CECPQ1 and the first ChaCha20 by Chromium). */
#ifndef ML_CHECKS_TLS_SUITES_H
#define ML_CHECKS_TLS_SUITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ml_tls_kx {
	ML_KX_ANY, /* TLS 1.3: agreed on apart */
	ML_KX_NONE,
	ML_KX_RSA, ML_KX_DH_RSA, ML_KX_DH_DSS, ML_KX_DHE, ML_KX_ECDH_RSA, ML_KX_ECDH_ECDSA, ML_KX_ECDHE,
	ML_KX_PSK, ML_KX_RSA_PSK, ML_KX_DHE_PSK, ML_KX_ECDHE_PSK, ML_KX_SRP, ML_KX_KRB5, ML_KX_GOST, ML_KX_CECPQ1,
};

enum ml_tls_auth {
	ML_AUTH_ANY, ML_AUTH_NONE, ML_AUTH_RSA, ML_AUTH_DSS, ML_AUTH_DH, ML_AUTH_ECDH, ML_AUTH_ECDSA, ML_AUTH_PSK, ML_AUTH_SRP, ML_AUTH_KRB5,
	ML_AUTH_GOST94, ML_AUTH_GOST01,
};

enum ml_tls_cipher {
	ML_CIPHER_NULL, ML_CIPHER_RC4, ML_CIPHER_RC2, ML_CIPHER_DES, ML_CIPHER_3DES, ML_CIPHER_IDEA, ML_CIPHER_SEED, ML_CIPHER_GOST,
	ML_CIPHER_AES, ML_CIPHER_AES_GCM, ML_CIPHER_AES_CCM, ML_CIPHER_AES_CCM_8, ML_CIPHER_CAMELLIA, ML_CIPHER_CAMELLIA_GCM,
	ML_CIPHER_ARIA, ML_CIPHER_ARIA_GCM, ML_CIPHER_CHACHA20, ML_CIPHER_SM4_GCM, ML_CIPHER_SM4_CCM,
};

enum ml_tls_mac {
	ML_MAC_AEAD, ML_MAC_NULL, ML_MAC_MD5, ML_MAC_SHA1, ML_MAC_SHA256, ML_MAC_SHA384, ML_MAC_GOST89, ML_MAC_GOST94, ML_MAC_GOST_R3411, ML_MAC_STREEBOG256,
};

struct ml_tls_suite {
	uint32_t code;        /* 16 bits; a cipher kind of SSL 2.0 has 24 */
	uint16_t version;     /* the first that has it: enum ml_tls_version */
	uint16_t export_bits; /* of the key exchange, 512 or 1024; 0: not limited */
	uint16_t bits;        /* of the cipher's key, as it is named: 3DES 168, export ciphers 40 */
	uint8_t kx, auth, cipher, mac;
	const char *name;     /* IANA's; NULL: it has none */
};

/* All by code, those of SSL 2.0 apart. */
const struct ml_tls_suite *ml_tls_suites(size_t *n);
const struct ml_tls_suite *ml_ssl2_kinds(size_t *n);
/* NULL: unknown. */
const struct ml_tls_suite *ml_tls_suite(uint16_t code);
const struct ml_tls_suite *ml_ssl2_kind(uint32_t code);
/* Whether a session's keys are lost with the session: an ephemeral exchange, or TLS 1.3. */
bool ml_tls_suite_forward(const struct ml_tls_suite *suite);
/* Whether the server signs or decrypts with the key of a certificate. */
bool ml_tls_suite_certified(const struct ml_tls_suite *suite);
/* "ECDHE-RSA-AES128-GCM-SHA256": what OpenSSL calls it, or did before it dropped it. NULL: it never
 * had it. */
const char *ml_tls_suite_openssl(const struct ml_tls_suite *suite);

enum ml_tls_mode { ML_MODE_NULL, ML_MODE_STREAM, ML_MODE_CBC, ML_MODE_AEAD };
enum ml_tls_mode ml_tls_suite_mode(const struct ml_tls_suite *suite);
/* "SHA256", "SHA384" or "SM3": the hash of an AEAD suite's key derivation. NULL: no AEAD suite, its
 * version says. */
const char *ml_tls_suite_hash(const struct ml_tls_suite *suite);

const char *ml_tls_mode_name(enum ml_tls_mode mode);
/* "ECDHE", "RSA", "AESGCM" …: never NULL. */
const char *ml_tls_kx_name(enum ml_tls_kx kx);
const char *ml_tls_auth_name(enum ml_tls_auth auth);
const char *ml_tls_cipher_name(enum ml_tls_cipher cipher);
const char *ml_tls_mac_name(enum ml_tls_mac mac);

enum ml_tls_group_kind { ML_GROUP_EC, ML_GROUP_FFDHE, ML_GROUP_KEM, ML_GROUP_HYBRID };

struct ml_tls_group {
	uint16_t code, bits; /* bits: of the field or modulus; of a KEM its parameter set's name, 512 to 1024 */
	uint8_t kind;
	const char *name;
};

const struct ml_tls_group *ml_tls_groups(size_t *n);
const struct ml_tls_group *ml_tls_group(uint16_t code);

static inline bool ml_tls_group_post_quantum(const struct ml_tls_group *group)
{
	return group->kind == ML_GROUP_KEM || group->kind == ML_GROUP_HYBRID;
}

struct ml_tls_scheme {
	uint16_t code;
	bool handshake;   /* may sign a handshake of TLS 1.3; others: certificates, TLS 1.2 */
	const char *name; /* RFC 8446 4.2.3: "rsa_pss_rsae_sha256" */
};

const struct ml_tls_scheme *ml_tls_schemes(size_t *n);
const struct ml_tls_scheme *ml_tls_scheme(uint16_t code);

/* "handshake_failure", "server_name", "TLSv1.3"; NULL: unknown. */
const char *ml_tls_alert_name(uint8_t description);
const char *ml_tls_extension_name(uint16_t type);
const char *ml_tls_version_name(uint16_t version);

#endif

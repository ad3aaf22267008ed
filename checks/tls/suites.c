/* SPDX-License-Identifier: Apache-2.0 */
/* Finding and naming suites, groups and alerts. */
#include "checks/tls/suites-priv.h"

static const struct ml_tls_group groups[] = {
	{1, 163, ML_GROUP_EC, "sect163k1"}, {2, 163, ML_GROUP_EC, "sect163r1"}, {3, 163, ML_GROUP_EC, "sect163r2"},
	{4, 193, ML_GROUP_EC, "sect193r1"}, {5, 193, ML_GROUP_EC, "sect193r2"}, {6, 233, ML_GROUP_EC, "sect233k1"},
	{7, 233, ML_GROUP_EC, "sect233r1"}, {8, 239, ML_GROUP_EC, "sect239k1"}, {9, 283, ML_GROUP_EC, "sect283k1"},
	{10, 283, ML_GROUP_EC, "sect283r1"}, {11, 409, ML_GROUP_EC, "sect409k1"}, {12, 409, ML_GROUP_EC, "sect409r1"},
	{13, 571, ML_GROUP_EC, "sect571k1"}, {14, 571, ML_GROUP_EC, "sect571r1"}, {15, 160, ML_GROUP_EC, "secp160k1"},
	{16, 160, ML_GROUP_EC, "secp160r1"}, {17, 160, ML_GROUP_EC, "secp160r2"}, {18, 192, ML_GROUP_EC, "secp192k1"},
	{19, 192, ML_GROUP_EC, "secp192r1"}, {20, 224, ML_GROUP_EC, "secp224k1"}, {21, 224, ML_GROUP_EC, "secp224r1"},
	{22, 256, ML_GROUP_EC, "secp256k1"}, {23, 256, ML_GROUP_EC, "secp256r1"}, {24, 384, ML_GROUP_EC, "secp384r1"},
	{25, 521, ML_GROUP_EC, "secp521r1"}, {26, 256, ML_GROUP_EC, "brainpoolP256r1"}, {27, 384, ML_GROUP_EC, "brainpoolP384r1"},
	{28, 512, ML_GROUP_EC, "brainpoolP512r1"}, {29, 255, ML_GROUP_EC, "x25519"}, {30, 448, ML_GROUP_EC, "x448"},
	{31, 256, ML_GROUP_EC, "brainpoolP256r1tls13"}, {32, 384, ML_GROUP_EC, "brainpoolP384r1tls13"},
	{33, 512, ML_GROUP_EC, "brainpoolP512r1tls13"}, {34, 256, ML_GROUP_EC, "GC256A"}, {35, 256, ML_GROUP_EC, "GC256B"},
	{36, 256, ML_GROUP_EC, "GC256C"}, {37, 256, ML_GROUP_EC, "GC256D"}, {38, 512, ML_GROUP_EC, "GC512A"},
	{39, 512, ML_GROUP_EC, "GC512B"}, {40, 512, ML_GROUP_EC, "GC512C"}, {41, 256, ML_GROUP_EC, "curveSM2"},
	{256, 2048, ML_GROUP_FFDHE, "ffdhe2048"}, {257, 3072, ML_GROUP_FFDHE, "ffdhe3072"}, {258, 4096, ML_GROUP_FFDHE, "ffdhe4096"},
	{259, 6144, ML_GROUP_FFDHE, "ffdhe6144"}, {260, 8192, ML_GROUP_FFDHE, "ffdhe8192"},
	{512, 512, ML_GROUP_KEM, "MLKEM512"}, {513, 768, ML_GROUP_KEM, "MLKEM768"}, {514, 1024, ML_GROUP_KEM, "MLKEM1024"},
	{4587, 768, ML_GROUP_HYBRID, "SecP256r1MLKEM768"}, {4588, 768, ML_GROUP_HYBRID, "X25519MLKEM768"},
	{4589, 1024, ML_GROUP_HYBRID, "SecP384r1MLKEM1024"}, {4590, 768, ML_GROUP_HYBRID, "curveSM2MLKEM768"},
	{25497, 768, ML_GROUP_HYBRID, "X25519Kyber768Draft00"}, {25498, 768, ML_GROUP_HYBRID, "SecP256r1Kyber768Draft00"},
};

static const struct {
	uint8_t description;
	const char *name;
} alerts[] = {
	{0, "close_notify"}, {10, "unexpected_message"}, {20, "bad_record_mac"}, {21, "decryption_failed"}, {22, "record_overflow"},
	{30, "decompression_failure"}, {40, "handshake_failure"}, {41, "no_certificate"}, {42, "bad_certificate"},
	{43, "unsupported_certificate"}, {44, "certificate_revoked"}, {45, "certificate_expired"}, {46, "certificate_unknown"},
	{47, "illegal_parameter"}, {48, "unknown_ca"}, {49, "access_denied"}, {50, "decode_error"}, {51, "decrypt_error"},
	{60, "export_restriction"}, {70, "protocol_version"}, {71, "insufficient_security"}, {80, "internal_error"},
	{86, "inappropriate_fallback"}, {90, "user_canceled"}, {100, "no_renegotiation"}, {109, "missing_extension"},
	{110, "unsupported_extension"}, {111, "certificate_unobtainable"}, {112, "unrecognized_name"},
	{113, "bad_certificate_status_response"}, {114, "bad_certificate_hash_value"}, {115, "unknown_psk_identity"},
	{116, "certificate_required"}, {120, "no_application_protocol"}, {121, "ech_required"},
};

const struct ml_tls_suite *ml_tls_suites(size_t *n)
{
	*n = ml_tls_suite_table_n;
	return ml_tls_suite_table;
}

const struct ml_tls_suite *ml_ssl2_kinds(size_t *n)
{
	*n = ml_ssl2_kind_table_n;
	return ml_ssl2_kind_table;
}

static const struct ml_tls_suite *find(const struct ml_tls_suite *table, size_t n, uint32_t code)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (table[middle].code == code)
			return &table[middle];
		if (table[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct ml_tls_suite *ml_tls_suite(uint16_t code)
{
	return find(ml_tls_suite_table, ml_tls_suite_table_n, code);
}

const struct ml_tls_suite *ml_ssl2_kind(uint32_t code)
{
	return find(ml_ssl2_kind_table, ml_ssl2_kind_table_n, code);
}

bool ml_tls_suite_forward(const struct ml_tls_suite *suite)
{
	static const bool forward[] = {
		[ML_KX_ANY] = true, [ML_KX_DHE] = true, [ML_KX_ECDHE] = true, [ML_KX_DHE_PSK] = true, [ML_KX_ECDHE_PSK] = true,
		[ML_KX_CECPQ1] = true,
	};

	return suite->kx < sizeof(forward) && forward[suite->kx];
}

bool ml_tls_suite_certified(const struct ml_tls_suite *suite)
{
	static const bool certified[] = {
		[ML_AUTH_ANY] = true, [ML_AUTH_RSA] = true, [ML_AUTH_DSS] = true, [ML_AUTH_DH] = true, [ML_AUTH_ECDH] = true,
		[ML_AUTH_ECDSA] = true, [ML_AUTH_GOST94] = true, [ML_AUTH_GOST01] = true,
	};

	return suite->auth < sizeof(certified) && certified[suite->auth];
}

const char *ml_tls_kx_name(enum ml_tls_kx kx)
{
	static const char *const names[] = {
		"any", "none", "RSA", "DH_RSA", "DH_DSS", "DHE", "ECDH_RSA", "ECDH_ECDSA", "ECDHE", "PSK", "RSA_PSK", "DHE_PSK", "ECDHE_PSK", "SRP",
		"KRB5", "GOST", "CECPQ1",
	};

	return names[kx];
}

const char *ml_tls_auth_name(enum ml_tls_auth auth)
{
	static const char *const names[] = {"any", "none", "RSA", "DSS", "DH", "ECDH", "ECDSA", "PSK", "SRP", "KRB5", "GOST94", "GOST01"};

	return names[auth];
}

const char *ml_tls_cipher_name(enum ml_tls_cipher cipher)
{
	static const char *const names[] = {
		"NULL", "RC4", "RC2", "DES", "3DES", "IDEA", "SEED", "GOST", "AES", "AES_GCM", "AES_CCM", "AES_CCM_8", "CAMELLIA", "CAMELLIA_GCM",
		"ARIA", "ARIA_GCM", "CHACHA20", "SM4_GCM", "SM4_CCM",
	};

	return names[cipher];
}

const char *ml_tls_mac_name(enum ml_tls_mac mac)
{
	static const char *const names[] = {"AEAD", "NULL", "MD5", "SHA1", "SHA256", "SHA384", "GOST89", "GOST94", "GOST_R3411", "STREEBOG256"};

	return names[mac];
}

const struct ml_tls_group *ml_tls_groups(size_t *n)
{
	*n = sizeof(groups) / sizeof(groups[0]);
	return groups;
}

const struct ml_tls_group *ml_tls_group(uint16_t code)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (groups[i].code == code)
			return &groups[i];
	return NULL;
}

const char *ml_tls_alert_name(uint8_t description)
{
	for (size_t i = 0; i < sizeof(alerts) / sizeof(alerts[0]); i++)
		if (alerts[i].description == description)
			return alerts[i].name;
	return NULL;
}

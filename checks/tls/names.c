/* SPDX-License-Identifier: Apache-2.0 */
/* Names of versions, extensions and signature schemes. */
#include "base/str.h"
#include "checks/tls/suites-priv.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct named {
	uint16_t code;
	const char *name;
};

static const struct named versions[] = {
	{ML_SSL_2_0, "SSLv2"}, {ML_SSL_3_0, "SSLv3"}, {ML_TLS_1_0, "TLSv1.0"},
	{ML_TLS_1_1, "TLSv1.1"}, {ML_TLS_1_2, "TLSv1.2"}, {ML_TLS_1_3, "TLSv1.3"},
};

static const struct named extensions[] = {
	{0, "server_name"}, {1, "max_fragment_length"}, {2, "client_certificate_url"},
	{3, "trusted_ca_keys"}, {4, "truncated_hmac"}, {5, "status_request"}, {6, "user_mapping"},
	{7, "client_authz"}, {8, "server_authz"}, {9, "cert_type"}, {10, "supported_groups"},
	{11, "ec_point_formats"}, {12, "srp"}, {13, "signature_algorithms"}, {14, "use_srtp"},
	{15, "heartbeat"}, {16, "application_layer_protocol_negotiation"},
	{17, "status_request_v2"},
	{18, "signed_certificate_timestamp"}, {19, "client_certificate_type"},
	{20, "server_certificate_type"}, {21, "padding"}, {22, "encrypt_then_mac"},
	{23, "extended_master_secret"}, {24, "token_binding"}, {25, "cached_info"}, {26, "tls_lts"},
	{27, "compress_certificate"}, {28, "record_size_limit"}, {29, "pwd_protect"},
	{30, "pwd_clear"}, {31, "password_salt"}, {32, "ticket_pinning"},
	{33, "tls_cert_with_extern_psk"}, {34, "delegated_credential"}, {35, "session_ticket"},
	{36, "TLMSP"}, {37, "TLMSP_proxying"}, {38, "TLMSP_delegate"},
	{39, "supported_ekt_ciphers"},
	{41, "pre_shared_key"}, {42, "early_data"}, {43, "supported_versions"}, {44, "cookie"},
	{45, "psk_key_exchange_modes"}, {47, "certificate_authorities"}, {48, "oid_filters"},
	{49, "post_handshake_auth"}, {50, "signature_algorithms_cert"}, {51, "key_share"},
	{52, "transparency_info"}, {54, "connection_id"}, {55, "external_id_hash"},
	{56, "external_session_id"}, {57, "quic_transport_parameters"}, {58, "ticket_request"},
	{59, "dnssec_chain"}, {13172, "next_protocol_negotiation"}, {17513, "application_settings"},
	{64768, "ech_outer_extensions"}, {65037, "encrypted_client_hello"},
	{65281, "renegotiation_info"},
};

/* RFC 8446 4.2.3 names the pairs of TLS 1.2 that it knows; the others follow its pattern. */
static const struct ml_tls_scheme schemes[] = {
	{0x0101, false, "rsa_md5"}, {0x0102, false, "dsa_md5"}, {0x0103, false, "ecdsa_md5"},
	{0x0201, false, "rsa_pkcs1_sha1"}, {0x0202, false, "dsa_sha1"},
	{0x0203, false, "ecdsa_sha1"},
	{0x0301, false, "rsa_pkcs1_sha224"}, {0x0302, false, "dsa_sha224"},
	{0x0303, false, "ecdsa_sha224"}, {0x0401, false, "rsa_pkcs1_sha256"},
	{0x0402, false, "dsa_sha256"}, {0x0403, true, "ecdsa_secp256r1_sha256"},
	{0x0420, true, "rsa_pkcs1_sha256_legacy"}, {0x0501, false, "rsa_pkcs1_sha384"},
	{0x0502, false, "dsa_sha384"}, {0x0503, true, "ecdsa_secp384r1_sha384"},
	{0x0520, true, "rsa_pkcs1_sha384_legacy"}, {0x0601, false, "rsa_pkcs1_sha512"},
	{0x0602, false, "dsa_sha512"}, {0x0603, true, "ecdsa_secp521r1_sha512"},
	{0x0620, true, "rsa_pkcs1_sha512_legacy"}, {0x0708, true, "sm2sig_sm3"},
	{0x0709, true, "gostr34102012_256a"}, {0x070a, true, "gostr34102012_256b"},
	{0x070b, true, "gostr34102012_256c"}, {0x070c, true, "gostr34102012_256d"},
	{0x070d, true, "gostr34102012_512a"}, {0x070e, true, "gostr34102012_512b"},
	{0x070f, true, "gostr34102012_512c"}, {0x0804, true, "rsa_pss_rsae_sha256"},
	{0x0805, true, "rsa_pss_rsae_sha384"}, {0x0806, true, "rsa_pss_rsae_sha512"},
	{0x0807, true, "ed25519"}, {0x0808, true, "ed448"}, {0x0809, true, "rsa_pss_pss_sha256"},
	{0x080a, true, "rsa_pss_pss_sha384"}, {0x080b, true, "rsa_pss_pss_sha512"},
	{0x081a, true, "ecdsa_brainpoolP256r1tls13_sha256"},
	{0x081b, true, "ecdsa_brainpoolP384r1tls13_sha384"},
	{0x081c, true, "ecdsa_brainpoolP512r1tls13_sha512"}, {0x0840, false, "gostr34102012_256"},
	{0x0841, false, "gostr34102012_512"}, {0x0904, true, "mldsa44"}, {0x0905, true, "mldsa65"},
	{0x0906, true, "mldsa87"}, {0xeded, false, "gostr34102001"},
	{0xeeee, false, "gostr34102012_256_old"}, {0xefef, false, "gostr34102012_512_old"},
};

static const char *find(const struct named *all, size_t n, uint16_t code)
{
	for (size_t i = 0; i < n; i++)
		if (all[i].code == code)
			return all[i].name;
	return NULL;
}

const char *ml_tls_version_name(uint16_t version)
{
	return find(versions, COUNT(versions), version);
}

const char *ml_tls_extension_name(uint16_t type)
{
	return find(extensions, COUNT(extensions), type);
}

const struct ml_tls_scheme *ml_tls_schemes(size_t *n)
{
	*n = COUNT(schemes);
	return schemes;
}

const struct ml_tls_scheme *ml_tls_scheme(uint16_t code)
{
	for (size_t i = 0; i < COUNT(schemes); i++)
		if (schemes[i].code == code)
			return &schemes[i];
	return NULL;
}

/* What AEAD suites end with, where it is not SHA-256, which some CCM suites do not name. */
const char *ml_tls_suite_hash(const struct ml_tls_suite *suite)
{
	struct ml_str name = suite->name ? ml_str(suite->name) : ML_STR("");

	if (suite->mac != ML_MAC_AEAD)
		return NULL;
	if (ml_str_ends(name, ML_STR("_SHA384")))
		return "SHA384";
	return ml_str_ends(name, ML_STR("_SM3")) ? "SM3" : "SHA256";
}

enum ml_tls_mode ml_tls_suite_mode(const struct ml_tls_suite *suite)
{
	if (suite->mac == ML_MAC_AEAD)
		return ML_MODE_AEAD;
	if (suite->cipher == ML_CIPHER_NULL)
		return ML_MODE_NULL;
	/* GOST is in counter mode, and this one is DES in CFB. */
	if (suite->cipher == ML_CIPHER_GOST || suite->code == 0xff8000)
		return ML_MODE_STREAM;
	if (suite->cipher == ML_CIPHER_RC4)
		return ML_MODE_STREAM;
	return ML_MODE_CBC;
}

const char *ml_tls_mode_name(enum ml_tls_mode mode)
{
	static const char *const names[] = {"NULL", "stream", "CBC", "AEAD"};

	return names[mode];
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of TLS endpoints: one constant table a record. */
#include "facts/tls.h"
#include "facts/tls-http.h"
#include "facts/tls-session.h"

#include "facts/schema-priv.h"

VOCAB(ml_tf_version_vocab, "protocol version", "SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3");
VOCAB(ml_tf_group_kind_vocab, "group kind", "ec", "ffdhe", "kem", "hybrid");
VOCAB(ml_tf_speaks_vocab, "what an endpoint speaks", "tls", "text");
static VOCAB(kx_vocab, "key exchange", "any", "none", "RSA", "DH_RSA", "DH_DSS", "DHE", "ECDH_RSA", "ECDH_ECDSA", "ECDHE", "PSK", "RSA_PSK", "DHE_PSK",
	"ECDHE_PSK", "SRP", "KRB5", "GOST", "CECPQ1");
static VOCAB(auth_vocab, "authentication", "any", "none", "RSA", "DSS", "DH", "ECDH", "ECDSA", "PSK", "SRP", "KRB5", "GOST94", "GOST01");
static VOCAB(cipher_vocab, "cipher", "NULL", "RC4", "RC2", "DES", "3DES", "IDEA", "SEED", "GOST", "AES", "AES_GCM", "AES_CCM", "AES_CCM_8", "CAMELLIA",
	"CAMELLIA_GCM", "ARIA", "ARIA_GCM", "CHACHA20", "SM4_GCM", "SM4_CCM");
static VOCAB(mac_vocab, "message authentication", "AEAD", "NULL", "MD5", "SHA1", "SHA256", "SHA384", "GOST89", "GOST94", "GOST_R3411", "STREEBOG256");

WORD_TYPE(version, ml_tf_version_vocab);
WORD_TYPE(group_kind, ml_tf_group_kind_vocab);
WORD_TYPE(speaks, ml_tf_speaks_vocab);
WORD_TYPE(kx, kx_vocab);
WORD_TYPE(auth, auth_vocab);
WORD_TYPE(cipher, cipher_vocab);
WORD_TYPE(mac, mac_vocab);

static const struct ml_field version_fields[] = {
	[ML_TF_VER_NAME] = {"name", &version, "the version", ID},
	[ML_TF_VER_OFFERED] = {"offered", &ml_type_bool, "a handshake in it was answered"},
};
RECORD(ml_tf_version_type, "tls_version", version_fields, ML_TF_VER_SLOTS);
LIST_TYPE(version_list, ml_tf_version_type);

static const struct ml_field suite_fields[] = {
	[ML_TF_SUITE_ID] = {"id", &ml_type_string, "version and name", ID},
	[ML_TF_SUITE_VERSION] = {"version", &version, "the protocol version in which it was agreed on"},
	[ML_TF_SUITE_NAME] = {"name", &ml_type_string, "IANA's name; \"0xFF85\" where there is none"},
	[ML_TF_SUITE_CODE] = {"code", &ml_type_int, "the code point"},
	[ML_TF_SUITE_KX] = {"key_exchange", &kx, "how keys are agreed on; `any` in TLS 1.3, where groups are apart"},
	[ML_TF_SUITE_AUTH] = {"authentication", &auth, "how the server proves itself; `none` is anonymous"},
	[ML_TF_SUITE_CIPHER] = {"cipher", &cipher, "the cipher; without GCM or CCM in its name a block cipher is in CBC mode"},
	[ML_TF_SUITE_BITS] = {"bits", &ml_type_int, "of the cipher's key; 0 for none"},
	[ML_TF_SUITE_MAC] = {"mac", &mac, "what protects records; `AEAD` where the cipher does"},
	[ML_TF_SUITE_EXPORT] = {"export_bits", &ml_type_int, "of the key exchange that export rules once allowed: 512 or 1024; 0 where there is no limit", ZERO},
	[ML_TF_SUITE_FORWARD] = {"forward_secret", &ml_type_bool, "the keys of a session are lost with it", FALSE},
	[ML_TF_SUITE_AEAD] = {"aead", &ml_type_bool, "authenticated encryption", FALSE},
	[ML_TF_SUITE_RANK] = {"rank", &ml_type_int, "place in the server's order within the version, from 0; -1 where it takes the client's order", NONE},
	[ML_TF_SUITE_GROUP] = {"group", &ml_type_string, "the named group of its key exchange up to TLS 1.2; \"\" where none was named", EMPTY},
	[ML_TF_SUITE_DH_BITS] = {"dh_bits", &ml_type_int, "length of the Diffie-Hellman prime; 0 where it has none", ZERO},
};
RECORD(ml_tf_suite_type, "tls_suite", suite_fields, ML_TF_SUITE_SLOTS);
LIST_TYPE(suite_list, ml_tf_suite_type);

static const struct ml_field group_fields[] = {
	[ML_TF_GRP_ID] = {"id", &ml_type_string, "version and name", ID},
	[ML_TF_GRP_VERSION] = {"version", &version, "TLSv1.3, or the newest older version with ECDHE"},
	[ML_TF_GRP_NAME] = {"name", &ml_type_string, "IANA's name"},
	[ML_TF_GRP_CODE] = {"code", &ml_type_int, "the code point"},
	[ML_TF_GRP_KIND] = {"kind", &group_kind, "elliptic curve, finite field, post-quantum key encapsulation, or that with a curve"},
	[ML_TF_GRP_BITS] = {"bits", &ml_type_int, "of the field or modulus; of a key encapsulation 512, 768 or 1024"},
	[ML_TF_GRP_RANK] = {"rank", &ml_type_int, "place in the order of answers, from 0"},
};
RECORD(ml_tf_group_type, "tls_group", group_fields, ML_TF_GRP_SLOTS);
LIST_TYPE(group_list, ml_tf_group_type);

static const struct ml_field violation_fields[] = {
	[ML_TF_VIO_ID] = {"id", &ml_type_string, "what the server was asked", ID},
	[ML_TF_VIO_TEXT] = {"text", &ml_type_string, "what of its answer no specification allows", ID},
};
RECORD(ml_tf_violation_type, "tls_violation", violation_fields, ML_TF_VIO_SLOTS);
LIST_TYPE(violation_list, ml_tf_violation_type);
LIST_TYPE(chain_list, ml_tf_chain_type);
LIST_TYPE(certificate_list, ml_tf_certificate_type);

/* Absent: the question does not arise, as no older version than TLS 1.3 is offered, or there are not two versions or suites. */
static const struct ml_field behaviour_fields[] = {
	[ML_TF_SERVER_ORDER] = {"server_order", &ml_type_bool, "the server chooses by its own order of suites", .flags = ML_F_OPTIONAL},
	[ML_TF_COMPRESSION] = {"compression", &ml_type_bool, "TLS compression was agreed on (up to TLS 1.2)", .flags = ML_F_OPTIONAL},
	[ML_TF_SECURE_RENEGOTIATION] = {"secure_renegotiation", &ml_type_bool, "RFC 5746 (up to TLS 1.2)", .flags = ML_F_OPTIONAL},
	[ML_TF_EMS] = {"extended_master_secret", &ml_type_bool, "RFC 7627 (up to TLS 1.2)", .flags = ML_F_OPTIONAL},
	[ML_TF_TICKETS] = {"session_tickets", &ml_type_bool, "RFC 5077 (up to TLS 1.2)", .flags = ML_F_OPTIONAL},
	[ML_TF_HEARTBEATS] = {"heartbeat", &ml_type_bool, "RFC 6520 (up to TLS 1.2)", .flags = ML_F_OPTIONAL},
	[ML_TF_STAPLES] = {"ocsp_staple", &ml_type_bool, "an OCSP response came with the certificate (up to TLS 1.2)", .flags = ML_F_OPTIONAL},
	[ML_TF_FALLBACK] = {"fallback_scsv", &ml_type_bool, "RFC 7507: an older version is refused when a newer one would do; only where there are two", .flags = ML_F_OPTIONAL},
};
RECORD(ml_tf_behaviour_type, "tls_behaviour", behaviour_fields, ML_TF_BEHAVIOUR_SLOTS);
RECORD_DEFAULT(no_behaviour, ml_tf_behaviour_type);
RECORD_DEFAULT(no_keys, ml_tf_keys_type);
RECORD_DEFAULT(no_flight, ml_tf_flight_type);

RECORD_DEFAULT(no_sessions, ml_tf_sessions_type);
RECORD_DEFAULT(no_http, ml_tf_http_type);
RECORD_DEFAULT(no_plain, ml_tf_plain_type);
RECORD_DEFAULT(no_starttls, ml_tf_starttls_type);

static const struct ml_field root_fields[] = {
	[ML_TF_ENDPOINT] = {"endpoint", &ml_type_string, "host and port, as named"},
	[ML_TF_NAME] = {"name", &ml_type_string, "the server name that was sent; \"\" for an address", EMPTY},
	[ML_TF_PORT] = {"port", &ml_type_int, "the TCP port"},
	[ML_TF_REACHABLE] = {"reachable", &ml_type_bool, "a connection was made"},
	[ML_TF_SPEAKS] = {"speaks", &speaks, "what came back: TLS; with STARTTLS `text` when the server would not change to it; unknown when nothing did, or nothing of TLS"},
	[ML_TF_TEXT] = {"text", &ml_type_string, "the first line of what is no TLS", EMPTY},
	[ML_TF_VERSION_LIST] = {"versions", &version_list, "every version from SSL 2.0 on", NIL},
	[ML_TF_SUITES] = {"suites", &suite_list, "cipher suites that were agreed on, by version, newest first, in the order of answers", NIL},
	[ML_TF_GROUP_LIST] = {"groups", &group_list, "groups that were agreed on", NIL},
	[ML_TF_BEHAVIOUR] = {"behaviour", &ml_tf_behaviour_type, "how it answers beyond suites and groups", .def = &no_behaviour},
	[ML_TF_VIOLATIONS] = {"violations", &violation_list, "answers that break the protocol", NIL},
	[ML_TF_CHAINS] = {"chains", &chain_list, "what it proves itself with; empty: only anonymous or pre-shared keys", NIL},
	[ML_TF_CERTIFICATES] = {"certificates", &certificate_list, "the certificates of all chains, each once", NIL},
	[ML_TF_SESSIONS] = {"sessions", &ml_tf_sessions_type, "what shows only in completed handshakes", .def = &no_sessions},
	[ML_TF_HTTP] = {"http", &ml_tf_http_type, "what it answers to HTTP over TLS", .def = &no_http},
	[ML_TF_HTTP_PLAIN] = {"http_plain", &ml_tf_plain_type, "what the port without TLS answers that --http-port names", .def = &no_plain},
	[ML_TF_STARTTLS] = {"starttls", &ml_tf_starttls_type, "what was said before TLS", .def = &no_starttls},
	[ML_TF_WEAKNESSES] = {"weaknesses", &ml_tf_weakness_list, "attacks with a name, and what it is open to", NIL},
	[ML_TF_DH_PRIMES] = {"dh_primes", &ml_tf_prime_list, "Diffie-Hellman primes that it uses up to TLS 1.2, each once", NIL},
	[ML_TF_TOLERANCES] = {"tolerances", &ml_tf_tolerance_list, "hellos that are right but unusual, and whether it takes them", NIL},
	[ML_TF_SIGNATURES] = {"signature_schemes", &ml_tf_signature_list, "what it signs with in TLS 1.2: what it prefers, and every scheme with a hash older than SHA-256", NIL},
	[ML_TF_FIRST_FLIGHT] = {"first_flight", &ml_tf_flight_type, "what it says first in the newest version up to TLS 1.2", .def = &no_flight},
	[ML_TF_KEYS] = {"ephemeral_keys", &ml_tf_keys_type, "whether keys that are for one session only come again", .def = &no_keys},
};
RECORD(ml_tf_root, "tls", root_fields, ML_TF_ROOT_SLOTS);

const struct ml_kind ml_kind_tls = {
	.name = "tls",
	.about = "a TLS endpoint: versions, cipher suites, groups, certificates, extensions, behaviour",
	.root = &ml_tf_root,
};

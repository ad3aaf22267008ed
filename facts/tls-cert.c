/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of certificates: RFC 5280 (certificates), RFC 6960 (OCSP), RFC 6962 (SCTs), RFC 7633 (must-staple), RFC 9525 (names). */
#include "facts/tls-cert.h"
#include "facts/tls.h"

#include "facts/schema-priv.h"

VOCAB(ml_tf_role_vocab, "role of a certificate", "leaf", "intermediate", "root", "unrelated");
VOCAB(ml_tf_validity_vocab, "validity", "valid", "not-yet-valid", "expired");
VOCAB(ml_tf_key_type_vocab, "key type", "RSA", "RSA-PSS", "DSA", "DH", "ECDSA", "Ed25519", "Ed448", "X25519", "X448", "ML-DSA", "SLH-DSA", "GOST", "SM2", "other");
VOCAB(ml_tf_hash_vocab, "hash of a signature", "intrinsic", "MD2", "MD4", "MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "SHA3-224", "SHA3-256", "SHA3-384",
	"SHA3-512", "RIPEMD160", "SM3", "GOST94", "STREEBOG256", "STREEBOG512", "other");
VOCAB(ml_tf_weak_key_vocab, "known weakness of a key", "none", "exponent-one", "exponent-even", "exponent-small", "modulus-even", "small-factor", "close-primes", "roca");
VOCAB(ml_tf_flaw_vocab, "breach of RFC 5280", "serial-negative", "serial-zero", "serial-long", "algorithms-differ", "version", "extension-twice", "extension-malformed",
	"name-malformed", "names-missing", "ca-without-key-usage", "ca-not-critical", "time-reversed");
VOCAB(ml_tf_key_usage_vocab, "key usage", "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign",
	"encipherOnly", "decipherOnly");
VOCAB(ml_tf_status_vocab, "OCSP certificate status", "good", "revoked", "unknown");
static OPEN_VOCAB(purpose_vocab, "extended key usage", "serverAuth", "clientAuth", "codeSigning", "emailProtection", "timeStamping", "OCSPSigning",
	"anyExtendedKeyUsage");

WORD_TYPE(version, ml_tf_version_vocab);
WORD_TYPE(role, ml_tf_role_vocab);
WORD_TYPE(validity, ml_tf_validity_vocab);
WORD_TYPE(key_type, ml_tf_key_type_vocab);
WORD_TYPE(hash, ml_tf_hash_vocab);
WORD_TYPE(weak_key, ml_tf_weak_key_vocab);
WORD_TYPE(flaw, ml_tf_flaw_vocab);
WORD_TYPE(key_usage, ml_tf_key_usage_vocab);
WORD_TYPE(purpose, purpose_vocab);
WORD_TYPE(status, ml_tf_status_vocab);
LIST_TYPE(version_list, version);
LIST_TYPE(flaw_list, flaw);
LIST_TYPE(key_usage_list, key_usage);
LIST_TYPE(purpose_list, purpose);

static const struct ml_field certificate_fields[] = {
	[ML_TF_CE_ID] = {"id", &ml_type_string, "chain, position and subject: \"RSA 0 CN=example.org\"", ID},
	[ML_TF_CE_CHAIN] = {"chain", &ml_type_string, "the chain that has it; of several the first"},
	[ML_TF_CE_POSITION] = {"position", &ml_type_int, "place in the order presented, from 0"},
	[ML_TF_CE_ROLE] = {"role", &role, "`leaf` is the first; `root` any other that signed itself; `unrelated` leads from the leaf nowhere"},
	[ML_TF_CE_SUBJECT] = {"subject", &ml_type_string, "as in RFC 4514: \"CN=example.org,O=Example\"; \"\": empty"},
	[ML_TF_CE_COMMON_NAME] = {"common_name", &ml_type_string, "the last CN of the subject; \"\": none", EMPTY},
	[ML_TF_CE_ISSUER] = {"issuer", &ml_type_string, "likewise"},
	[ML_TF_CE_SELF_SIGNED] = {"self_signed", &ml_type_bool, "issuer and subject are one, and its own key verifies its signature", FALSE},
	[ML_TF_CE_VERSION] = {"version", &ml_type_int, "1 to 3"},
	[ML_TF_CE_SERIAL] = {"serial", &ml_type_string, "hexadecimal, two digits a byte; \"-\" before a negative one"},
	[ML_TF_CE_SERIAL_BITS] = {"serial_bits", &ml_type_int, "length of the serial number: it cannot hold more randomness"},
	[ML_TF_CE_NOT_BEFORE] = {"not_before", &ml_type_timestamp, "the first second of its validity"},
	[ML_TF_CE_NOT_AFTER] = {"not_after", &ml_type_timestamp, "the last second"},
	[ML_TF_CE_VALIDITY] = {"validity", &validity, "at the time of collection, or of SOURCE_DATE_EPOCH"},
	[ML_TF_CE_DAYS_LEFT] = {"days_left", &ml_type_int, "whole days from then until `not_after`; below 0: expired"},
	[ML_TF_CE_LIFETIME_DAYS] = {"lifetime_days", &ml_type_int, "from `not_before` to `not_after`, both counted; a part of a day is one (CA/B Forum)"},
	[ML_TF_CE_KEY_TYPE] = {"key_type", &key_type, "of its public key"},
	[ML_TF_CE_KEY_BITS] = {"key_bits", &ml_type_int, "of the modulus, or of the curve's order; 0: the type has no sizes, or is unknown"},
	[ML_TF_CE_SECURITY_BITS] = {"security_bits", &ml_type_int, "strength of the key by NIST SP 800-57: RSA 2048 has 112, P-256 has 128; 0: not known"},
	[ML_TF_CE_CURVE] = {"curve", &ml_type_string, "\"secp256r1\"; \"explicit\" where the parameters are spelled out; \"\": none", EMPTY},
	[ML_TF_CE_EXPONENT] = {"exponent", &ml_type_int, "RSA's public exponent; 0: no RSA key; -1: longer than 63 bits", ZERO},
	[ML_TF_CE_WEAK_KEY] = {"weak_key", &weak_key, "what is known to be wrong with the key beyond its size", WORD("none")},
	[ML_TF_CE_SIGNATURE_ALGORITHM] = {"signature_algorithm", &ml_type_string, "how its issuer signed it: \"sha256WithRSAEncryption\"; an OID where it has no name"},
	[ML_TF_CE_SIGNATURE_HASH] = {"signature_hash", &hash, "the hash in it; `intrinsic`: EdDSA and the like"},
	[ML_TF_CE_CA] = {"ca", &ml_type_bool, "basic constraints: it may issue certificates", FALSE},
	[ML_TF_CE_PATH_LENGTH] = {"path_length", &ml_type_int, "how many intermediates may follow it; -1: no limit", NONE},
	[ML_TF_CE_KEY_USAGE] = {"key_usage", &key_usage_list, "what the key may do; empty: the extension is not there", NIL},
	[ML_TF_CE_EXTENDED_KEY_USAGE] = {"extended_key_usage", &purpose_list, "purposes, OIDs where they have no name; empty: the extension is not there", NIL},
	[ML_TF_CE_DNS_NAMES] = {"dns_names", &ml_type_list_string, "of the subject's alternative names", NIL},
	[ML_TF_CE_IP_ADDRESSES] = {"ip_addresses", &ml_type_list_string, "likewise", NIL},
	[ML_TF_CE_EMAIL_ADDRESSES] = {"email_addresses", &ml_type_list_string, "likewise", NIL},
	[ML_TF_CE_URIS] = {"uris", &ml_type_list_string, "likewise", NIL},
	[ML_TF_CE_POLICIES] = {"policies", &ml_type_list_string, "OIDs of certificate policies: \"2.23.140.1.2.1\" is domain validation", NIL},
	[ML_TF_CE_OCSP_URLS] = {"ocsp_urls", &ml_type_list_string, "where its status can be asked for", NIL},
	[ML_TF_CE_CRL_URLS] = {"crl_urls", &ml_type_list_string, "where revocation lists are", NIL},
	[ML_TF_CE_ISSUER_URLS] = {"issuer_urls", &ml_type_list_string, "where its issuer's certificate is; never fetched", NIL},
	[ML_TF_CE_MUST_STAPLE] = {"must_staple", &ml_type_bool, "RFC 7633: without an OCSP staple clients refuse it", FALSE},
	[ML_TF_CE_CT_POISON] = {"ct_poison", &ml_type_bool, "RFC 6962: a precertificate, which no server may present", FALSE},
	[ML_TF_CE_UNKNOWN_CRITICAL] = {"unknown_critical", &ml_type_list_string, "OIDs of critical extensions that the verifier does not know", NIL},
	[ML_TF_CE_FLAWS] = {"flaws", &flaw_list, "what RFC 5280 does not allow in it", NIL},
	[ML_TF_CE_BYTES] = {"bytes", &ml_type_int, "its length in DER"},
	[ML_TF_CE_SHA256] = {"sha256", &ml_type_string, "its fingerprint, hexadecimal"},
	[ML_TF_CE_SPKI_SHA256] = {"spki_sha256", &ml_type_string, "pin of its public key, in base64 (RFC 7469)"},
};
RECORD(ml_tf_certificate_type, "tls_certificate", certificate_fields, ML_TF_CE_SLOTS);
LIST_TYPE(certificate_list, ml_tf_certificate_type);

static const struct ml_field staple_fields[] = {
	[ML_TF_ST_PRESENT] = {"present", &ml_type_bool, "an OCSP response came with the chain", FALSE},
	[ML_TF_ST_VERIFIED] = {"verified", &ml_type_bool, "it is for the leaf, and signed by the leaf's issuer or whom that delegated", FALSE},
	[ML_TF_ST_ERROR] = {"error", &ml_type_string, "why it is not verified; \"\": it is, or there is none", EMPTY},
	[ML_TF_ST_STATUS] = {"status", &status, "of the leaf; absent: it says nothing of the leaf", .flags = ML_F_OPTIONAL},
	[ML_TF_ST_REVOKED_AT] = {"revoked_at", &ml_type_timestamp, "absent: not revoked", .flags = ML_F_OPTIONAL},
	[ML_TF_ST_PRODUCED_AT] = {"produced_at", &ml_type_timestamp, "when it was signed", .flags = ML_F_OPTIONAL},
	[ML_TF_ST_THIS_UPDATE] = {"this_update", &ml_type_timestamp, "the status was right then", .flags = ML_F_OPTIONAL},
	[ML_TF_ST_NEXT_UPDATE] = {"next_update", &ml_type_timestamp, "newer information is there by then; absent: at any time", .flags = ML_F_OPTIONAL},
	[ML_TF_ST_FRESH] = {"fresh", &ml_type_bool, "the time of collection is between the two", FALSE},
};
RECORD(ml_tf_staple_type, "tls_staple", staple_fields, ML_TF_ST_SLOTS);
RECORD_DEFAULT(no_staple, ml_tf_staple_type);

static const struct ml_field scts_fields[] = {
	[ML_TF_SCT_COUNT] = {"count", &ml_type_int, "signed certificate timestamps in all; their signatures cannot be verified without the logs' keys", ZERO},
	[ML_TF_SCT_BY_CERTIFICATE] = {"by_certificate", &ml_type_int, "of them in the leaf", ZERO},
	[ML_TF_SCT_BY_EXTENSION] = {"by_extension", &ml_type_int, "in the TLS extension", ZERO},
	[ML_TF_SCT_BY_OCSP] = {"by_ocsp", &ml_type_int, "in the OCSP staple", ZERO},
	[ML_TF_SCT_LOGS] = {"logs", &ml_type_list_string, "ids of the logs that they name, each once, hexadecimal", NIL},
};
RECORD(ml_tf_scts_type, "tls_scts", scts_fields, ML_TF_SCT_SLOTS);
RECORD_DEFAULT(no_scts, ml_tf_scts_type);

static const struct ml_field chain_fields[] = {
	[ML_TF_CH_ID] = {"id", &ml_type_string, "\"RSA\", \"ECDSA\", \"EdDSA\" …, by the leaf's key; \"RSA 2\" the second such", ID},
	[ML_TF_CH_VERSIONS] = {"versions", &version_list, "protocol versions in which it was presented"},
	[ML_TF_CH_CERTIFICATES] = {"certificates", &certificate_list, "in the order presented"},
	[ML_TF_CH_LEAF] = {"leaf", &ml_tf_certificate_type, "the first of them"},
	[ML_TF_CH_ORDERED] = {"ordered", &ml_type_bool, "each is issued by the one behind it"},
	[ML_TF_CH_DUPLICATES] = {"duplicates", &ml_type_int, "certificates that came again", ZERO},
	[ML_TF_CH_UNRELATED] = {"unrelated", &ml_type_int, "certificates to which no path leads from the leaf", ZERO},
	[ML_TF_CH_SENDS_ROOT] = {"sends_root", &ml_type_bool, "a self-signed certificate comes behind the leaf, which nobody needs", FALSE},
	[ML_TF_CH_SELF_SIGNED] = {"self_signed", &ml_type_bool, "the leaf is signed with its own key", FALSE},
	[ML_TF_CH_COMPLETE] = {"complete", &ml_type_bool, "with only what was sent and the trusted roots a path leads from the leaf to a self-signed certificate or a trusted one"},
	[ML_TF_CH_TRUSTED] = {"trusted", &ml_type_bool, "the path ends at a trusted root and every signature and constraint on it holds; times, names and key sizes are apart"},
	[ML_TF_CH_TRUST_ERROR] = {"trust_error", &ml_type_string, "why not, in OpenSSL's words; \"\": trusted", EMPTY},
	[ML_TF_CH_ANCHOR] = {"anchor", &ml_type_string, "subject of the trusted root; \"\": none", EMPTY},
	[ML_TF_CH_PATH] = {"path", &ml_type_list_string, "subjects on the path, from the leaf as far as it leads"},
	[ML_TF_CH_IN_TIME] = {"in_time", &ml_type_bool, "every certificate on the path is within its validity, a trusted root too"},
	[ML_TF_CH_NAME_MATCHES] = {"name_matches", &ml_type_bool, "the leaf is for the endpoint's name or address (RFC 9525: alternative names only)"},
	[ML_TF_CH_MATCHED_NAME] = {"matched_name", &ml_type_string, "the alternative name that is it; \"\": none", EMPTY},
	[ML_TF_CH_COMMON_NAME_MATCHES] = {"common_name_matches", &ml_type_bool, "the common name is the endpoint's name, which current clients do not look at", FALSE},
	[ML_TF_CH_WILDCARDS] = {"wildcards", &ml_type_list_string, "the leaf's DNS names that have one", NIL},
	[ML_TF_CH_MUST_STAPLE] = {"must_staple", &ml_type_bool, "the leaf asks for an OCSP staple", FALSE},
	[ML_TF_CH_STAPLE] = {"staple", &ml_tf_staple_type, "the OCSP response that came with it", .def = &no_staple},
	[ML_TF_CH_SCTS] = {"scts", &ml_tf_scts_type, "signed certificate timestamps (RFC 6962)", .def = &no_scts},
};
RECORD(ml_tf_chain_type, "tls_chain", chain_fields, ML_TF_CH_SLOTS);

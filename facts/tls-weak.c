/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of how TLS endpoints misbehave, and what they are open to. */
#include "facts/tls-weak.h"

#include "facts/schema-priv.h"

VOCAB(ml_tf_weak_state_vocab, "state of a weakness", "not_vulnerable", "structural_risk", "vulnerable");
VOCAB(ml_tf_prime_kind_vocab, "kind of a Diffie-Hellman prime", "safe", "prime", "composite");
VOCAB(ml_tf_tolerance_vocab, "oddity of a hello", "grease", "unknown_extension", "unknown_version", "session_id", "newer_legacy_version", "record_version_ssl3",
	"length_256_to_511", "longer_than_a_record", "small_records");
static VOCAB(weakness_vocab, "weakness", "HEARTBLEED", "CCS_INJECTION", "ROBOT", "DROWN", "POODLE", "FREAK", "LOGJAM", "SWEET32", "RC4", "CRIME", "SLOTH", "BEAST",
	"LUCKY13", "RACCOON");
static VOCAB(hash_vocab, "hash of a signature", "none", "MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512");
static VOCAB(old_version_vocab, "protocol version up to TLS 1.2", "TLSv1.0", "TLSv1.1", "TLSv1.2");

WORD_TYPE(weak_state, ml_tf_weak_state_vocab);
WORD_TYPE(prime_kind, ml_tf_prime_kind_vocab);
WORD_TYPE(tolerance, ml_tf_tolerance_vocab);
WORD_TYPE(weakness, weakness_vocab);
WORD_TYPE(hash, hash_vocab);
WORD_TYPE(old_version, old_version_vocab);

static const struct ml_field weakness_fields[] = {
	[ML_TF_WEAK_ID] = {"id", &weakness, "the name of the attack", ID},
	[ML_TF_WEAK_STATE] = {"state", &weak_state, "`structural_risk` where only timing, or the client, decides"},
	[ML_TF_WEAK_REASON] = {"reason", &ml_type_string, "what it was judged by", EMPTY},
	[ML_TF_WEAK_CVES] = {"cves", &ml_type_list_string, "its numbers", NIL},
};
RECORD(ml_tf_weakness_type, "tls_weakness", weakness_fields, ML_TF_WEAK_SLOTS);
const struct ml_type ml_tf_weakness_list = {.kind = ML_T_LIST, .elem = &ml_tf_weakness_type};

static const struct ml_field prime_fields[] = {
	[ML_TF_PRIME_SHA256] = {"sha256", &ml_type_string, "of its bytes", ID},
	[ML_TF_PRIME_BITS] = {"bits", &ml_type_int, "its length"},
	[ML_TF_PRIME_NAME] = {"name", &ml_type_string, "where many servers have it from: `RFC 7919 ffdhe2048`, `Postfix`; \"\" where it is not known", EMPTY},
	[ML_TF_PRIME_KIND] = {"kind", &prime_kind, "`safe` where (p - 1) / 2 is prime, too; unknown beyond 4096 bits"},
};
RECORD(ml_tf_prime_type, "tls_dh_prime", prime_fields, ML_TF_PRIME_SLOTS);
const struct ml_type ml_tf_prime_list = {.kind = ML_T_LIST, .elem = &ml_tf_prime_type};

static const struct ml_field tolerance_fields[] = {
	[ML_TF_TOL_ID] = {"id", &tolerance, "what was unusual about a hello that RFCs allow", ID},
	[ML_TF_TOL_OK] = {"tolerated", &ml_type_bool, "it was answered as a plain one"},
};
RECORD(ml_tf_tolerance_type, "tls_tolerance", tolerance_fields, ML_TF_TOL_SLOTS);
const struct ml_type ml_tf_tolerance_list = {.kind = ML_T_LIST, .elem = &ml_tf_tolerance_type};

static const struct ml_field signature_fields[] = {
	[ML_TF_SIG_NAME] = {"name", &ml_type_string, "IANA's name of the scheme", ID},
	[ML_TF_SIG_CODE] = {"code", &ml_type_int, "the code point"},
	[ML_TF_SIG_HASH] = {"hash", &hash, "`none` where the scheme has its own"},
};
RECORD(ml_tf_signature_type, "tls_signature", signature_fields, ML_TF_SIG_SLOTS);
const struct ml_type ml_tf_signature_list = {.kind = ML_T_LIST, .elem = &ml_tf_signature_type};

static const struct ml_field flight_fields[] = {
	[ML_TF_FLIGHT_VERSION] = {"version", &old_version, "the version; absent where it has none up to TLS 1.2", .flags = ML_F_OPTIONAL},
	[ML_TF_FLIGHT_SESSION_ID] = {"session_id_bytes", &ml_type_int, "length of the session id that the server hands out; 0 for none", ZERO},
	[ML_TF_FLIGHT_EXTENSIONS] = {"extensions", &ml_type_list_string, "IANA's names of the extensions that it answers, in its order", NIL},
	[ML_TF_FLIGHT_POINTS] = {"point_formats", &ml_type_list_string, "formats of curve points that it takes, where it says so", NIL},
	[ML_TF_FLIGHT_CLIENT_CERTIFICATE] = {"client_certificate", &ml_type_bool, "it asks for a certificate of the client", FALSE},
	[ML_TF_FLIGHT_CLIENT_TYPES] = {"client_certificate_types", &ml_type_list_string, "kinds of certificates that it takes", NIL},
	[ML_TF_FLIGHT_CLIENT_NAMES] = {"client_certificate_authorities", &ml_type_int, "how many authorities it names for them", ZERO},
	[ML_TF_FLIGHT_NAME_WARNING] = {"name_warning", &ml_type_bool, "it warns that it does not know the name that it was asked for (unrecognized_name), and goes on", FALSE},
};
RECORD(ml_tf_flight_type, "tls_first_flight", flight_fields, ML_TF_FLIGHT_SLOTS);

/* Absent: fewer than two were seen. */
static const struct ml_field keys_fields[] = {
	[ML_TF_KEYS_DHE] = {"dhe_reused", &ml_type_bool, "a public value of DHE came twice (up to TLS 1.2)", .flags = ML_F_OPTIONAL},
	[ML_TF_KEYS_ECDHE] = {"ecdhe_reused", &ml_type_bool, "a public value of ECDHE came twice (up to TLS 1.2)", .flags = ML_F_OPTIONAL},
};
RECORD(ml_tf_keys_type, "tls_ephemeral_keys", keys_fields, ML_TF_KEYS_SLOTS);

/* SPDX-License-Identifier: Apache-2.0 */
/* The parts that certificates become facts by. */
#ifndef ML_CHECKS_TLS_CERT_PRIV_H
#define ML_CHECKS_TLS_CERT_PRIV_H

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "checks/tls/cert.h"
#include "facts/tls.h"

enum { ML_TLS_EXTENSIONS_MAX = 200, ML_TLS_TEXT_BYTES = 4096, ML_TLS_SIGNATURE_CHECKS = 512 };

struct ml_tls_certificate {
	struct ml_str der;
	X509 *x509; /* NULL: it cannot be read, and `broken` says why */
	const char *broken;
	uint8_t sha256[32];
	bool self_signed;
	bool reached; /* the leaf, or a path leads to it from the leaf */
};

/* What was presented at once. */
struct ml_tls_chain {
	struct ml_tls_certificate certificates[ML_TLS_CHAIN_CERTIFICATES];
	size_t n;
	bool cut;                   /* there were more */
	unsigned versions;          /* a bit each, by the index of ml_tf_version_vocab */
	struct ml_str staple, scts; /* as in ml_tls_chain_seen */
	struct ml_str id;
	const char *key_word; /* its beginning */
};

struct ml_tls_certificates {
	struct ml_tls_chain *chains[ML_TLS_CHAINS_MAX];
	size_t n, bytes;
	const char *lost; /* why some were not remembered; NULL none */
	/* Trusted roots, as far as they were looked up. */
	STACK_OF(X509) * roots;
	uint32_t asked[ML_TLS_TRUST_ASKS];
	size_t nasked;
	const char *no_trust; /* why nobody knows what is trusted; NULL: it is known */
	size_t checks;        /* signatures that were verified, of ML_TLS_SIGNATURE_CHECKS */
};

/* Sets the slot to the list unless that is empty. */
void ml_tls_list_set(struct ml_record_builder *builder, int slot, const struct ml_tls_list *list);

/* Unknown for this reason, a constant; the target is marked incomplete. */
struct ml_value ml_tls_lost(struct ml_tls_collector *collector, const char *reason);

/* cert-text.c. Texts are valid UTF-8 in one line: what is not is escaped; longer than
 * ML_TLS_TEXT_BYTES they are cut. */
struct ml_str ml_tls_printable(struct ml_tls_collector *collector, struct ml_str bytes);
/* As in RFC 4514. *bad when a string in it is not what its type says. */
struct ml_str ml_tls_name_text(
	struct ml_tls_collector *collector, const X509_NAME *name, bool *bad);
/* The last CN, as UTF-8 and escaped nowhere; "" none. */
struct ml_str ml_tls_common_name(struct ml_tls_collector *collector, const X509_NAME *name);
/* "serverAuth", or digits and dots where `use_names` is false or there is no name. */
struct ml_str ml_tls_oid_text(
	struct ml_tls_collector *collector, const ASN1_OBJECT *oid, bool use_names);
/* A timestamp, or unknown. */
struct ml_value ml_tls_time_fact(struct ml_tls_collector *collector, const ASN1_TIME *time);
/* Seconds since 1970. False: it is no time. */
bool ml_tls_seconds(const ASN1_TIME *time, int64_t *seconds);
static inline struct ml_str ml_tls_octets(const ASN1_STRING *s)
{
	return (struct ml_str){
		(const char *)ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s)};
}

/* An extension that stands once and can be read; else NULL, and *malformed when it stands more
 * often or cannot. */
void *ml_tls_extension_get(const X509 *x509, int nid, bool *malformed);

/* cert-fields.c: a certificate as a record; unknown when it is broken. */
struct ml_value ml_tls_certificate_fact(
	struct ml_tls_collector *collector, const struct ml_tls_chain *chain, size_t i);

/* What is wrong with a certificate by RFC 5280. */
void ml_tls_flaw(struct ml_tls_collector *collector, struct ml_tls_list *flaws, const char *word);

/* cert-key.c */
void ml_tls_key_facts(
	struct ml_tls_collector *collector, struct ml_record_builder *builder, const X509 *x509);
/* The word of ml_tf_key_type_vocab. */
const char *ml_tls_key_type(const X509 *x509);
/* cert-weak.c: the word of ml_tf_weak_key_vocab for an RSA key. */
const char *ml_tls_weak_rsa(const BIGNUM *n, const BIGNUM *e);
/* cert-signature.c */
void ml_tls_signature_facts(
	struct ml_tls_collector *collector, struct ml_record_builder *builder, X509 *x509);
/* Whether OpenSSL can verify it, given a key. */
bool ml_tls_signature_known(X509 *x509);
/* cert-usage.c: what it may be used for, and where more is to be asked. */
void ml_tls_usage_facts(struct ml_tls_collector *collector, struct ml_record_builder *builder,
	X509 *x509, struct ml_tls_list *flaws);
bool ml_tls_must_staple(const X509 *x509, bool *malformed);

/* cert-names.c */
void ml_tls_names_facts(struct ml_tls_collector *collector, struct ml_record_builder *builder,
	const X509 *x509, struct ml_tls_list *flaws);
/* Whether a DNS name of a certificate is for `host`, both in ASCII, by RFC 9525 6.3: a wildcard is
 * the whole first label, stands for one label, and two more follow. */
bool ml_tls_dns_matches(struct ml_str pattern, struct ml_str host);
/* name_matches and its kin. */
void ml_tls_match_facts(
	struct ml_tls_collector *collector, struct ml_record_builder *builder, const X509 *leaf);

/* cert-trust.c: looks up roots that could have issued what is in the chain, or are in it. */
void ml_tls_trust_load(struct ml_tls_collector *collector, const struct ml_tls_chain *chain);
/* cert-path.c: relations within the chain and to the roots. Sets self_signed and reached of the
 * certificates. */
void ml_tls_path_facts(struct ml_tls_collector *collector, struct ml_record_builder *builder,
	struct ml_tls_chain *chain);
/* A certificate of the chain, or a trusted root, that signed the leaf; NULL none. */
X509 *ml_tls_issuer_of_leaf(struct ml_tls_collector *collector, const struct ml_tls_chain *chain);

/* cert-staple.c */
struct ml_value ml_tls_staple_fact(
	struct ml_tls_collector *collector, const struct ml_tls_chain *chain);
/* cert-sct.c: RFC 6962 3.3. */
struct ml_value ml_tls_scts_fact(
	struct ml_tls_collector *collector, const struct ml_tls_chain *chain);
/* What an extension holds that is an OCTET STRING within one; *malformed when it is not. Of the
 * scratch arena. */
struct ml_str ml_tls_sct_octets(
	struct ml_tls_collector *collector, const X509_EXTENSION *extension, bool *malformed);
/* The same of the leaf's status in the staple; empty none. */
struct ml_str ml_tls_staple_scts(
	struct ml_tls_collector *collector, const struct ml_tls_chain *chain, bool *malformed);

#endif

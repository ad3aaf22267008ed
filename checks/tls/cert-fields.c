/* SPDX-License-Identifier: Apache-2.0 */
/* One certificate as facts. */
#include <openssl/bn.h>
#include <openssl/evp.h>

#include "base/sha256.h"
#include "base/utf8.h"
#include "checks/tls/cert-priv.h"

enum {
	DAY_SECONDS = 86400,
	SERIAL_BYTES = 20,
	HEX_BYTES = 65,
	PIN_BYTES = 45,
	SERIAL_TEXT = 256,
	ID_BYTES = 120
};

static void names(struct ml_tls_collector *c, struct ml_record_builder *b, const X509 *x509,
	struct ml_tls_list *flaws)
{
	const X509_NAME *subject = X509_get_subject_name(x509);
	int at = X509_get_ext_by_NID(x509, NID_subject_alt_name, -1);
	bool bad = false;

	ml_record_set(b, ML_TF_CE_SUBJECT, ml_string(ml_tls_name_text(c, subject, &bad)));
	ml_record_set(b, ML_TF_CE_ISSUER,
		ml_string(ml_tls_name_text(c, X509_get_issuer_name(x509), &bad)));
	ml_record_set(b, ML_TF_CE_COMMON_NAME,
		ml_string(ml_tls_printable(c, ml_tls_common_name(c, subject))));
	if (bad)
		ml_tls_flaw(c, flaws, "name-malformed");
	if (X509_NAME_entry_count(subject) == 0 &&
		(at < 0 || !X509_EXTENSION_get_critical(X509_get_ext(x509, at))))
		ml_tls_flaw(c, flaws, "names-missing");
	ml_tls_names_facts(c, b, x509, flaws);
}

static struct ml_value serial_text(struct ml_tls_collector *c, const ASN1_INTEGER *serial)
{
	bool negative = ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER;
	struct ml_str octets = ml_str_sub(ml_tls_octets(serial), 0, SERIAL_TEXT);
	char hex[2 * SERIAL_TEXT + 2] = "-00";

	if (octets.len)
		ml_hex((const uint8_t *)octets.ptr, octets.len, hex + 1);
	return ml_string(ml_tls_printable(c, ml_str(negative ? hex : hex + 1)));
}

static void serial(struct ml_tls_collector *c, struct ml_record_builder *b, const X509 *x509,
	struct ml_tls_list *flaws)
{
	const ASN1_INTEGER *number = X509_get0_serialNumber(x509);
	BIGNUM *value = ASN1_INTEGER_to_BN(number, NULL);

	ml_record_set(b, ML_TF_CE_SERIAL, serial_text(c, number));
	ml_record_set(b, ML_TF_CE_SERIAL_BITS,
		value ? ml_int(BN_num_bits(value))
		      : ml_tls_lost(c, "the serial number cannot be read"));
	if (value && BN_is_negative(value))
		ml_tls_flaw(c, flaws, "serial-negative");
	if (value && BN_is_zero(value))
		ml_tls_flaw(c, flaws, "serial-zero");
	if (value &&
		BN_num_bits(value) >= 8 * SERIAL_BYTES) /* the sign takes a bit of the 20 octets */
		ml_tls_flaw(c, flaws, "serial-long");
	BN_free(value);
}

static int64_t days_before(int64_t seconds)
{
	return seconds >= 0 ? seconds / DAY_SECONDS : -((-seconds + DAY_SECONDS - 1) / DAY_SECONDS);
}

static void times(struct ml_tls_collector *c, struct ml_record_builder *b, const X509 *x509,
	struct ml_tls_list *flaws)
{
	int64_t from, to, now = c->request->now;

	ml_record_set(b, ML_TF_CE_NOT_BEFORE, ml_tls_time_fact(c, X509_get0_notBefore(x509)));
	ml_record_set(b, ML_TF_CE_NOT_AFTER, ml_tls_time_fact(c, X509_get0_notAfter(x509)));
	if (!ml_tls_seconds(X509_get0_notBefore(x509), &from) ||
		!ml_tls_seconds(X509_get0_notAfter(x509), &to)) {
		static const int slots[] = {
			ML_TF_CE_VALIDITY, ML_TF_CE_DAYS_LEFT, ML_TF_CE_LIFETIME_DAYS};
		for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
			ml_record_set(b, slots[i], ml_tls_lost(c, "its times cannot be read"));
		return;
	}
	ml_record_set(b, ML_TF_CE_VALIDITY,
		ml_string(ml_str(now < from ? "not-yet-valid"
				 : now > to ? "expired"
					    : "valid")));
	ml_record_set(b, ML_TF_CE_DAYS_LEFT, ml_int(days_before(to - now)));
	ml_record_set(
		b, ML_TF_CE_LIFETIME_DAYS, ml_int(to < from ? 0 : (to - from) / DAY_SECONDS + 1));
	if (to < from)
		ml_tls_flaw(c, flaws, "time-reversed");
}

static void fingerprints(struct ml_tls_collector *c, struct ml_record_builder *b,
	const struct ml_tls_certificate *certificate)
{
	unsigned char *spki = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate->x509), &spki);
	char hex[HEX_BYTES], pin[PIN_BYTES];
	uint8_t digest[32];

	ml_hex(certificate->sha256, sizeof(certificate->sha256), hex);
	ml_record_set(b, ML_TF_CE_SHA256, ml_string(ml_tls_printable(c, ml_str(hex))));
	c->memory = c->memory || n < 0;
	if (n < 0)
		return;
	ml_sha256((struct ml_str){(char *)spki, (size_t)n}, digest);
	EVP_EncodeBlock((unsigned char *)pin, digest, sizeof(digest));
	ml_record_set(b, ML_TF_CE_SPKI_SHA256, ml_string(ml_tls_printable(c, ml_str(pin))));
	OPENSSL_free(spki);
}

static void form(struct ml_tls_collector *c, struct ml_record_builder *b, X509 *x509,
	struct ml_tls_list *flaws)
{
	const X509_ALGOR *outer;
	long version = X509_get_version(x509) + 1;
	uint32_t flags;

	X509_get0_signature(NULL, &outer, x509);
	if (X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(x509)))
		ml_tls_flaw(c, flaws, "algorithms-differ");
	ml_record_set(b, ML_TF_CE_VERSION, ml_int(version));
	if (version < 1 || version > 3 || (version < 3 && X509_get_ext_count(x509) > 0))
		ml_tls_flaw(c, flaws, "version");
	flags = X509_get_extension_flags(x509);
	if (flags & EXFLAG_INVALID)
		ml_tls_flaw(c, flaws, "extension-malformed");
	for (int i = 0; i < X509_get_ext_count(x509); i++)
		if (X509_get_ext_by_OBJ(
			    x509, X509_EXTENSION_get_object(X509_get_ext(x509, i)), i) >= 0)
			ml_tls_flaw(c, flaws, "extension-twice");
}

static const char *role(const struct ml_tls_certificate *certificate, size_t i)
{
	if (i == 0)
		return "leaf";
	if (!certificate->reached)
		return "unrelated";
	return certificate->self_signed ? "root" : "intermediate";
}

static struct ml_str id(struct ml_tls_collector *c, const struct ml_tls_chain *chain, size_t i)
{
	bool bad;
	struct ml_str subject =
		ml_tls_name_text(c, X509_get_subject_name(chain->certificates[i].x509), &bad);

	return ml_strf(c->facts->arena, "%.*s %zu %.*s", ML_STR_ARG(chain->id), i,
		ML_STR_ARG(ml_utf8_cut(subject, ID_BYTES)));
}

struct ml_value ml_tls_certificate_fact(
	struct ml_tls_collector *c, const struct ml_tls_chain *chain, size_t i)
{
	const struct ml_tls_certificate *certificate = &chain->certificates[i];
	struct ml_tls_list flaws = {0};
	struct ml_record_builder b;

	if (!certificate->x509)
		return ml_tls_lost(c, certificate->broken);
	ml_record_begin(&b, &ml_tf_certificate_type);
	ml_record_set(&b, ML_TF_CE_ID, ml_tls_text(c, id(c, chain, i)));
	ml_record_set(&b, ML_TF_CE_CHAIN, ml_string(chain->id));
	ml_record_set(&b, ML_TF_CE_POSITION, ml_int((int64_t)i));
	ml_record_set(&b, ML_TF_CE_ROLE, ml_string(ml_str(role(certificate, i))));
	if (certificate->self_signed)
		ml_record_set(&b, ML_TF_CE_SELF_SIGNED, ml_bool(true));
	ml_record_set(&b, ML_TF_CE_BYTES, ml_int((int64_t)certificate->der.len));
	names(c, &b, certificate->x509, &flaws);
	serial(c, &b, certificate->x509, &flaws);
	times(c, &b, certificate->x509, &flaws);
	ml_tls_key_facts(c, &b, certificate->x509);
	ml_tls_signature_facts(c, &b, certificate->x509);
	ml_tls_usage_facts(c, &b, certificate->x509, &flaws);
	form(c, &b, certificate->x509, &flaws);
	fingerprints(c, &b, certificate);
	ml_tls_list_set(&b, ML_TF_CE_FLAWS, &flaws);
	return ml_tls_pack(c, &b);
}

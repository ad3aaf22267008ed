/* SPDX-License-Identifier: Apache-2.0 */
/* What a certificate may be used for, and where more about it is to be asked. */
#include <openssl/objects.h>

#include "checks/tls/cert-priv.h"

enum { STATUS_REQUEST = 5, STATUS_REQUEST_2 = 17, KEY_USAGE_BITS = 9 };

static const struct {
	int nid;
	const char *name; /* RFC 5280 4.2.1.12 */
} purposes[] = {
	{NID_server_auth, "serverAuth"},
	{NID_client_auth, "clientAuth"},
	{NID_code_sign, "codeSigning"},
	{NID_email_protect, "emailProtection"},
	{NID_time_stamp, "timeStamping"},
	{NID_OCSP_sign, "OCSPSigning"},
	{NID_anyExtendedKeyUsage, "anyExtendedKeyUsage"},
};

/* What is to be said when an extension cannot be read. */
static void lose(struct ml_tls_collector *collector, struct ml_record_builder *builder, int slot,
	struct ml_tls_list *flaws)
{
	ml_tls_flaw(collector, flaws, "extension-malformed");
	ml_record_set(builder, slot, ml_tls_lost(collector, "the extension cannot be read"));
}

static void key_usage(struct ml_tls_collector *collector, struct ml_record_builder *builder,
	X509 *x509, struct ml_tls_list *flaws)
{
	struct ml_tls_list list = {0};
	bool malformed;
	ASN1_BIT_STRING *bits = ml_tls_extension_get(x509, NID_key_usage, &malformed);

	for (int i = 0; bits && i < KEY_USAGE_BITS; i++)
		if (ASN1_BIT_STRING_get_bit(bits, i))
			ml_tls_list_add(collector, &list,
				ml_string(ml_str(ml_tf_key_usage_vocab.words[i])));
	ASN1_BIT_STRING_free(bits);
	if (malformed)
		lose(collector, builder, ML_TF_CE_KEY_USAGE, flaws);
	else
		ml_tls_list_set(builder, ML_TF_CE_KEY_USAGE, &list);
}

static struct ml_str purpose_text(struct ml_tls_collector *collector, const ASN1_OBJECT *oid)
{
	int nid = OBJ_obj2nid(oid);

	for (size_t i = 0; i < sizeof(purposes) / sizeof(purposes[0]); i++)
		if (purposes[i].nid == nid)
			return ml_str(purposes[i].name);
	return ml_tls_oid_text(collector, oid, false);
}

static void extended_key_usage(struct ml_tls_collector *collector,
	struct ml_record_builder *builder, X509 *x509, struct ml_tls_list *flaws)
{
	struct ml_tls_list list = {0};
	bool malformed;
	EXTENDED_KEY_USAGE *oids = ml_tls_extension_get(x509, NID_ext_key_usage, &malformed);

	for (int i = 0; i < sk_ASN1_OBJECT_num(oids); i++)
		ml_tls_list_add(collector, &list,
			ml_string(purpose_text(collector, sk_ASN1_OBJECT_value(oids, i))));
	EXTENDED_KEY_USAGE_free(oids);
	if (malformed)
		lose(collector, builder, ML_TF_CE_EXTENDED_KEY_USAGE, flaws);
	else
		ml_tls_list_set(builder, ML_TF_CE_EXTENDED_KEY_USAGE, &list);
}

static bool may_sign_certificates(X509 *x509)
{
	return (X509_get_extension_flags(x509) & EXFLAG_KUSAGE) &&
	       (X509_get_key_usage(x509) & KU_KEY_CERT_SIGN);
}

static void basic_constraints(struct ml_tls_collector *collector, struct ml_record_builder *builder,
	X509 *x509, struct ml_tls_list *flaws)
{
	int critical;
	BASIC_CONSTRAINTS *basic = X509_get_ext_d2i(x509, NID_basic_constraints, &critical, NULL);

	if (!basic && critical != -1)
		lose(collector, builder, ML_TF_CE_CA, flaws);
	if (!basic)
		return;
	ml_record_set(builder, ML_TF_CE_CA, ml_bool(basic->ca != 0));
	if (basic->pathlen)
		ml_record_set(
			builder, ML_TF_CE_PATH_LENGTH, ml_int(ASN1_INTEGER_get(basic->pathlen)));
	if (basic->ca && critical != 1)
		ml_tls_flaw(collector, flaws, "ca-not-critical");
	if (basic->ca && !may_sign_certificates(x509))
		ml_tls_flaw(collector, flaws, "ca-without-key-usage");
	BASIC_CONSTRAINTS_free(basic);
}

static void policies(struct ml_tls_collector *collector, struct ml_record_builder *builder,
	X509 *x509, struct ml_tls_list *flaws)
{
	struct ml_tls_list list = {0};
	bool malformed;
	CERTIFICATEPOLICIES *all = ml_tls_extension_get(x509, NID_certificate_policies, &malformed);

	for (int i = 0; i < sk_POLICYINFO_num(all); i++)
		ml_tls_list_add(collector, &list,
			ml_string(ml_tls_oid_text(
				collector, sk_POLICYINFO_value(all, i)->policyid, false)));
	CERTIFICATEPOLICIES_free(all);
	if (malformed)
		lose(collector, builder, ML_TF_CE_POLICIES, flaws);
	else
		ml_tls_list_set(builder, ML_TF_CE_POLICIES, &list);
}

static void add_uri(
	struct ml_tls_collector *collector, struct ml_tls_list *list, const GENERAL_NAME *name)
{
	if (name->type == GEN_URI)
		ml_tls_list_add(collector, list,
			ml_string(ml_tls_printable(
				collector, ml_tls_octets(name->d.uniformResourceIdentifier))));
}

static void information_access(struct ml_tls_collector *collector,
	struct ml_record_builder *builder, X509 *x509, struct ml_tls_list *flaws)
{
	struct ml_tls_list status = {0}, issuers = {0};
	bool malformed;
	AUTHORITY_INFO_ACCESS *all = ml_tls_extension_get(x509, NID_info_access, &malformed);

	for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(all); i++) {
		const ACCESS_DESCRIPTION *one = sk_ACCESS_DESCRIPTION_value(all, i);
		int method = OBJ_obj2nid(one->method);
		if (method == NID_ad_OCSP || method == NID_ad_ca_issuers)
			add_uri(collector, method == NID_ad_OCSP ? &status : &issuers,
				one->location);
	}
	AUTHORITY_INFO_ACCESS_free(all);
	ml_tls_list_set(builder, ML_TF_CE_OCSP_URLS, &status);
	ml_tls_list_set(builder, ML_TF_CE_ISSUER_URLS, &issuers);
	if (!malformed)
		return;
	lose(collector, builder, ML_TF_CE_OCSP_URLS, flaws);
	lose(collector, builder, ML_TF_CE_ISSUER_URLS, flaws);
}

static void revocation_lists(struct ml_tls_collector *collector, struct ml_record_builder *builder,
	X509 *x509, struct ml_tls_list *flaws)
{
	struct ml_tls_list list = {0};
	bool malformed;
	CRL_DIST_POINTS *points =
		ml_tls_extension_get(x509, NID_crl_distribution_points, &malformed);

	for (int i = 0; i < sk_DIST_POINT_num(points); i++) {
		const DIST_POINT_NAME *name = sk_DIST_POINT_value(points, i)->distpoint;
		if (!name || name->type != 0) /* relative to the issuer: no URL */
			continue;
		for (int k = 0; k < sk_GENERAL_NAME_num(name->name.fullname); k++)
			add_uri(collector, &list, sk_GENERAL_NAME_value(name->name.fullname, k));
	}
	CRL_DIST_POINTS_free(points);
	if (malformed)
		lose(collector, builder, ML_TF_CE_CRL_URLS, flaws);
	else
		ml_tls_list_set(builder, ML_TF_CE_CRL_URLS, &list);
}

bool ml_tls_must_staple(const X509 *x509, bool *malformed)
{
	TLS_FEATURE *features = ml_tls_extension_get(x509, NID_tlsfeature, malformed);
	bool must = false;

	for (int i = 0; i < sk_ASN1_INTEGER_num(features); i++) {
		long feature = ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i));
		must = must || feature == STATUS_REQUEST || feature == STATUS_REQUEST_2;
	}
	sk_ASN1_INTEGER_pop_free(features, ASN1_INTEGER_free);
	return must;
}

static void unknown_critical(
	struct ml_tls_collector *collector, struct ml_record_builder *builder, X509 *x509)
{
	struct ml_tls_list list = {0};

	for (int i = 0; i < X509_get_ext_count(x509); i++) {
		X509_EXTENSION *extension = X509_get_ext(x509, i);
		if (X509_EXTENSION_get_critical(extension) && !X509_supported_extension(extension))
			ml_tls_list_add(collector, &list,
				ml_string(ml_tls_oid_text(
					collector, X509_EXTENSION_get_object(extension), false)));
	}
	ml_tls_list_set(builder, ML_TF_CE_UNKNOWN_CRITICAL, &list);
}

void ml_tls_usage_facts(struct ml_tls_collector *collector, struct ml_record_builder *builder,
	X509 *x509, struct ml_tls_list *flaws)
{
	bool malformed, must = ml_tls_must_staple(x509, &malformed);

	basic_constraints(collector, builder, x509, flaws);
	key_usage(collector, builder, x509, flaws);
	extended_key_usage(collector, builder, x509, flaws);
	policies(collector, builder, x509, flaws);
	information_access(collector, builder, x509, flaws);
	revocation_lists(collector, builder, x509, flaws);
	unknown_critical(collector, builder, x509);
	if (malformed)
		lose(collector, builder, ML_TF_CE_MUST_STAPLE, flaws);
	else if (must)
		ml_record_set(builder, ML_TF_CE_MUST_STAPLE, ml_bool(true));
	if (X509_get_ext_by_NID(x509, NID_ct_precert_poison, -1) >= 0)
		ml_record_set(builder, ML_TF_CE_CT_POISON, ml_bool(true));
}

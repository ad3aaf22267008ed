/* SPDX-License-Identifier: Apache-2.0 */
/* The public key of a certificate: type, size, curve, exponent. */
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include "checks/tls/cert-priv.h"

static const struct {
	int nid;
	const char *word; /* of ml_tf_key_type_vocab */
} types[] = {
	{NID_rsaEncryption, "RSA"},
	{NID_rsa, "RSA"},
	{NID_rsassaPss, "RSA-PSS"},
	{NID_dsa, "DSA"},
	{NID_dhKeyAgreement, "DH"},
	{NID_dhpublicnumber, "DH"},
	{NID_X9_62_id_ecPublicKey, "ECDSA"},
	{NID_ED25519, "Ed25519"},
	{NID_ED448, "Ed448"},
	{NID_X25519, "X25519"},
	{NID_X448, "X448"},
	{NID_id_GostR3410_2001, "GOST"},
	{NID_id_GostR3410_94, "GOST"},
	{NID_id_GostR3410_2012_256, "GOST"},
	{NID_id_GostR3410_2012_512, "GOST"},
	{NID_sm2, "SM2"},
};

/* Where OpenSSL's name of a curve is not that of SEC 2. */
static const struct {
	int nid;
	const char *name;
} curves[] = {{NID_X9_62_prime256v1, "secp256r1"}, {NID_X9_62_prime192v1, "secp192r1"}};

struct key {
	ASN1_OBJECT *oid;
	const unsigned char *bytes;
	int n;
	int parameter_kind;
	const void *parameter;
};

static bool find_key(const X509 *x509, struct key *key)
{
	X509_ALGOR *algorithm;
	const ASN1_OBJECT *oid;

	if (!X509_PUBKEY_get0_param(
		    &key->oid, &key->bytes, &key->n, &algorithm, X509_get_X509_PUBKEY(x509)))
		return false;
	X509_ALGOR_get0(&oid, &key->parameter_kind, &key->parameter, algorithm);
	return true;
}

/* RFC 9881 (ML-DSA: 17 to 19) and RFC 9909 (SLH-DSA: 20 to 31), which this OpenSSL may not know. */
static const char *type_by_oid(const ASN1_OBJECT *oid)
{
	static const char arc[] = "2.16.840.1.101.3.4.3.";
	char digits[64];
	const char *last = digits + sizeof(arc) - 1;

	if (OBJ_obj2txt(digits, sizeof(digits), oid, 1) <= 0 ||
		strncmp(digits, arc, sizeof(arc) - 1) != 0 || strlen(last) != 2)
		return "other";
	return strcmp(last, "17") >= 0 && strcmp(last, "19") <= 0   ? "ML-DSA"
	       : strcmp(last, "20") >= 0 && strcmp(last, "31") <= 0 ? "SLH-DSA"
								    : "other";
}

const char *ml_tls_key_type(const X509 *x509)
{
	struct key key;
	int nid;

	if (!find_key(x509, &key))
		return "other";
	nid = OBJ_obj2nid(key.oid);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].nid == nid)
			return types[i].word;
	return type_by_oid(key.oid);
}

static struct ml_value curve_fact(struct ml_tls_collector *collector, const struct key *key)
{
	int nid = key->parameter_kind == V_ASN1_OBJECT ? OBJ_obj2nid(key->parameter) : NID_undef;

	if (key->parameter_kind != V_ASN1_OBJECT)
		return ml_string(ML_STR("explicit"));
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (curves[i].nid == nid)
			return ml_string(ml_str(curves[i].name));
	return ml_string(nid != NID_undef ? ml_str(OBJ_nid2sn(nid))
					  : ml_tls_oid_text(collector, key->parameter, false));
}

static BIGNUM *integer(const ASN1_TYPE *type)
{
	return type && ASN1_TYPE_get(type) == V_ASN1_INTEGER
		       ? ASN1_INTEGER_to_BN(type->value.integer, NULL)
		       : NULL;
}

/* RSAPublicKey of RFC 8017: two numbers above zero. */
static bool read_rsa(const struct key *key, BIGNUM **n, BIGNUM **e)
{
	const unsigned char *at = key->bytes;
	ASN1_SEQUENCE_ANY *sequence = d2i_ASN1_SEQUENCE_ANY(NULL, &at, key->n);
	bool good = sequence && sk_ASN1_TYPE_num(sequence) == 2;

	*n = good ? integer(sk_ASN1_TYPE_value(sequence, 0)) : NULL;
	*e = good ? integer(sk_ASN1_TYPE_value(sequence, 1)) : NULL;
	sk_ASN1_TYPE_pop_free(sequence, ASN1_TYPE_free);
	return *n && *e && !BN_is_zero(*n) && !BN_is_zero(*e) && !BN_is_negative(*n) &&
	       !BN_is_negative(*e);
}

static struct ml_value exponent_fact(const BIGNUM *e)
{
	unsigned char bytes[8];
	int64_t value = 0;

	if (BN_num_bits(e) > 63)
		return ml_int(-1);
	BN_bn2binpad(e, bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		value = value << 8 | bytes[i];
	return ml_int(value);
}

static void rsa_facts(struct ml_tls_collector *collector, struct ml_record_builder *builder,
	const struct key *key)
{
	BIGNUM *n, *e;

	if (read_rsa(key, &n, &e)) {
		ml_record_set(builder, ML_TF_CE_KEY_BITS, ml_int(BN_num_bits(n)));
		ml_record_set(builder, ML_TF_CE_EXPONENT, exponent_fact(e));
		ml_record_set(builder, ML_TF_CE_WEAK_KEY, ml_string(ml_str(ml_tls_weak_rsa(n, e))));
	} else {
		ml_record_set(builder, ML_TF_CE_EXPONENT,
			ml_tls_lost(collector, "the key cannot be read"));
		ml_record_set(builder, ML_TF_CE_WEAK_KEY,
			ml_tls_lost(collector, "the key cannot be read"));
	}
	BN_free(n);
	BN_free(e);
}

/* Sizes that need a key which OpenSSL can read. */
static void size_facts(
	struct ml_tls_collector *collector, struct ml_record_builder *builder, const X509 *x509)
{
	const EVP_PKEY *pkey = X509_get0_pubkey(x509);
	bool nameless = ml_str_is(ml_str(ml_tls_key_type(x509)), "other") ||
			ml_str_ends(ml_str(ml_tls_key_type(x509)), ML_STR("-DSA"));

	if (pkey || nameless) { /* of a type that OpenSSL does not know nothing is missing */
		ml_record_set(
			builder, ML_TF_CE_KEY_BITS, ml_int(pkey ? EVP_PKEY_get_bits(pkey) : 0));
		ml_record_set(builder, ML_TF_CE_SECURITY_BITS,
			ml_int(pkey ? EVP_PKEY_get_security_bits(pkey) : 0));
		return;
	}
	ml_record_set(builder, ML_TF_CE_KEY_BITS, ml_tls_lost(collector, "the key cannot be read"));
	ml_record_set(
		builder, ML_TF_CE_SECURITY_BITS, ml_tls_lost(collector, "the key cannot be read"));
}

void ml_tls_key_facts(
	struct ml_tls_collector *collector, struct ml_record_builder *builder, const X509 *x509)
{
	const char *type = ml_tls_key_type(x509);
	struct key key;

	ml_record_set(builder, ML_TF_CE_KEY_TYPE, ml_string(ml_str(type)));
	size_facts(collector, builder, x509);
	if (!find_key(x509, &key))
		return;
	if (strcmp(type, "ECDSA") == 0)
		ml_record_set(builder, ML_TF_CE_CURVE, curve_fact(collector, &key));
	if (strncmp(type, "RSA", 3) == 0)
		rsa_facts(collector, builder, &key);
}

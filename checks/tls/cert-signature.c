/* SPDX-License-Identifier: Apache-2.0 */
/* How a certificate was signed. */
#include <openssl/evp.h>
#include <openssl/objects.h>

#include "checks/tls/cert-priv.h"

static const struct {
	int nid;
	const char *word; /* of ml_tf_hash_vocab */
} hashes[] = {
	{NID_md2, "MD2"},
	{NID_md4, "MD4"},
	{NID_md5, "MD5"},
	{NID_sha1, "SHA1"},
	{NID_sha224, "SHA224"},
	{NID_sha256, "SHA256"},
	{NID_sha384, "SHA384"},
	{NID_sha512, "SHA512"},
	{NID_sha3_224, "SHA3-224"},
	{NID_sha3_256, "SHA3-256"},
	{NID_sha3_384, "SHA3-384"},
	{NID_sha3_512, "SHA3-512"},
	{NID_ripemd160, "RIPEMD160"},
	{NID_sm3, "SM3"},
	{NID_id_GostR3411_94, "GOST94"},
	{NID_id_GostR3411_2012_256, "STREEBOG256"},
	{NID_id_GostR3411_2012_512, "STREEBOG512"},
};

static const char *hash_word(int nid)
{
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++)
		if (hashes[i].nid == nid)
			return hashes[i].word;
	return "other";
}

/* Also where the algorithm's parameters say it (RSA-PSS). */
static bool find_hash(X509 *x509, int *hash)
{
	int key, algorithm = X509_get_signature_nid(x509);

	if (algorithm == NID_ED25519 || algorithm == NID_ED448) {
		*hash = NID_undef;
		return true;
	}
	if (OBJ_find_sigid_algs(algorithm, hash, &key) && *hash != NID_undef)
		return true;
	return X509_get_signature_info(x509, hash, &key, NULL, NULL) && *hash != NID_undef;
}

/* By OID beneath NIST's arc of signatures (2.16.840.1.101.3.4.3): 17 to 31 are ML-DSA and SLH-DSA
 * (RFC 9881, RFC 9909). */
static bool post_quantum(const char *oid)
{
	static const char arc[] = "2.16.840.1.101.3.4.3.";
	const char *last = oid + sizeof(arc) - 1;

	return strncmp(oid, arc, sizeof(arc) - 1) == 0 && strlen(last) == 2 &&
	       strcmp(last, "17") >= 0 && strcmp(last, "31") <= 0;
}

bool ml_tls_signature_known(X509 *x509)
{
	int hash;

	return find_hash(x509, &hash) && (hash == NID_undef || EVP_get_digestbynid(hash));
}

void ml_tls_signature_facts(
	struct ml_tls_collector *collector, struct ml_record_builder *builder, X509 *x509)
{
	const ASN1_OBJECT *oid;
	char digits[64];
	const char *word;
	int hash;

	X509_ALGOR_get0(&oid, NULL, NULL, X509_get0_tbs_sigalg(x509));
	OBJ_obj2txt(digits, sizeof(digits), oid, 1);
	if (find_hash(x509, &hash))
		word = hash == NID_undef ? "intrinsic" : hash_word(hash);
	else
		word = post_quantum(digits) ? "intrinsic" : "other";
	ml_record_set(builder, ML_TF_CE_SIGNATURE_ALGORITHM,
		ml_string(ml_tls_oid_text(collector, oid, true)));
	ml_record_set(builder, ML_TF_CE_SIGNATURE_HASH, ml_string(ml_str(word)));
}

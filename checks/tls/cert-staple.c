/* SPDX-License-Identifier: Apache-2.0 */
/* The OCSP response that comes with a chain (RFC 6960, RFC 6066 8): for whom it is, who signed it,
 * what it says. */
#include <openssl/err.h>
#include <openssl/ocsp.h>

#include "checks/tls/cert-priv.h"

enum { RESPONSES_MAX = 200 };

struct staple {
	OCSP_RESPONSE *response;
	OCSP_BASICRESP *basic;
	OCSP_SINGLERESP *single; /* for the leaf; NULL none */
	const char *error;
};

static void staple_free(struct staple *s)
{
	OCSP_BASICRESP_free(s->basic);
	OCSP_RESPONSE_free(s->response);
	ERR_clear_error();
}

static void staple_read(struct staple *s, struct ml_str octets)
{
	const unsigned char *at = (const unsigned char *)octets.ptr;

	*s = (struct staple){.response = octets.len <= ML_TLS_STAPLE_BYTES
						 ? d2i_OCSP_RESPONSE(NULL, &at, (long)octets.len)
						 : NULL};
	if (!s->response || at != (const unsigned char *)octets.ptr + octets.len) {
		s->error = "it cannot be read";
		return;
	}
	if (OCSP_response_status(s->response) != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
		s->error = OCSP_response_status_str(OCSP_response_status(s->response));
		return;
	}
	s->basic = OCSP_response_get1_basic(s->response);
	if (!s->basic || OCSP_resp_count(s->basic) > RESPONSES_MAX)
		s->error = "it cannot be read";
}

/* Whether a single response names the leaf: serial number, and the issuer's name and key by the
 * hash that the response chose. */
static bool is_for(OCSP_SINGLERESP *single, const X509 *leaf, const X509 *issuer)
{
	OCSP_CERTID *id = (OCSP_CERTID *)(uintptr_t)OCSP_SINGLERESP_get0_id(single), *wanted;
	ASN1_OBJECT *hash;
	const EVP_MD *md;
	bool same;

	if (!OCSP_id_get0_info(NULL, &hash, NULL, NULL, id) || !(md = EVP_get_digestbyobj(hash)))
		return false;
	wanted = OCSP_cert_to_id(md, leaf, issuer);
	same = wanted && OCSP_id_cmp(wanted, id) == 0;
	OCSP_CERTID_free(wanted);
	return same;
}

static void staple_find(struct staple *s, const X509 *leaf, const X509 *issuer)
{
	for (int i = 0; i < OCSP_resp_count(s->basic) && !s->single; i++)
		if (is_for(OCSP_resp_get0(s->basic, i), leaf, issuer))
			s->single = OCSP_resp_get0(s->basic, i);
	if (!s->single)
		s->error = "it is for another certificate";
}

/* RFC 6960 4.2.2.2: the issuer itself, or whom it certified for that and nothing else. */
static bool may_answer(X509 *signer, X509 *issuer)
{
	EVP_PKEY *key = X509_get0_pubkey(issuer);

	if (X509_cmp(signer, issuer) == 0)
		return true;
	return X509_check_issued(issuer, signer) == X509_V_OK &&
	       (X509_get_extension_flags(signer) & EXFLAG_XKUSAGE) &&
	       (X509_get_extended_key_usage(signer) & XKU_OCSP_SIGN) && key &&
	       X509_verify(signer, key) == 1;
}

static bool covers(const X509 *x509, int64_t now)
{
	int64_t from, to;

	return ml_tls_seconds(X509_get0_notBefore(x509), &from) &&
	       ml_tls_seconds(X509_get0_notAfter(x509), &to) && from <= now && now <= to;
}

static void staple_verify(struct staple *s, X509 *issuer, int64_t now)
{
	STACK_OF(X509) *candidates = sk_X509_new_null();
	X509 *signer = NULL;

	if (candidates && sk_X509_push(candidates, issuer) > 0 &&
		OCSP_resp_get0_signer(s->basic, &signer, candidates) && !may_answer(signer, issuer))
		s->error = "its signer was not authorised by the issuer";
	else if (!signer)
		s->error = "the certificate of its signer is not there";
	else if (!covers(signer, now))
		s->error = "the certificate of its signer is not valid now";
	else if (OCSP_basic_verify(s->basic, candidates, NULL, OCSP_NOVERIFY) != 1)
		s->error = "its signature is wrong";
	sk_X509_free(candidates);
}

static bool is_fresh(ASN1_GENERALIZEDTIME *from, ASN1_GENERALIZEDTIME *to, int64_t now)
{
	int64_t since, until;

	return ml_tls_seconds(from, &since) && since <= now &&
	       (!to || (ml_tls_seconds(to, &until) && now <= until));
}

static void single_facts(
	struct ml_tls_collector *c, struct ml_record_builder *b, const struct staple *s)
{
	ASN1_GENERALIZEDTIME *revoked = NULL, *from = NULL, *to = NULL;
	int reason, status = OCSP_single_get0_status(s->single, &reason, &revoked, &from, &to);

	if (status >= V_OCSP_CERTSTATUS_GOOD && status <= V_OCSP_CERTSTATUS_UNKNOWN)
		ml_record_set(
			b, ML_TF_ST_STATUS, ml_string(ml_str(ml_tf_status_vocab.words[status])));
	if (revoked)
		ml_record_set(b, ML_TF_ST_REVOKED_AT, ml_tls_time_fact(c, revoked));
	ml_record_set(b, ML_TF_ST_THIS_UPDATE, ml_tls_time_fact(c, from));
	if (to)
		ml_record_set(b, ML_TF_ST_NEXT_UPDATE, ml_tls_time_fact(c, to));
	ml_record_set(b, ML_TF_ST_FRESH, ml_bool(is_fresh(from, to, c->request->now)));
}

/* Without the issuer's certificate a response for the leaf cannot be told from another's. */
static void describe(
	struct ml_tls_collector *c, struct ml_record_builder *b, const struct ml_tls_chain *chain)
{
	X509 *issuer = ml_tls_issuer_of_leaf(c, chain);
	struct staple s;

	staple_read(&s, chain->staple);
	if (!s.error)
		ml_record_set(b, ML_TF_ST_PRODUCED_AT,
			ml_tls_time_fact(c, OCSP_resp_get0_produced_at(s.basic)));
	if (!s.error && !issuer)
		s.error = "the issuer's certificate was not sent and is not trusted";
	if (!s.error)
		staple_find(&s, chain->certificates[0].x509, issuer);
	if (!s.error)
		staple_verify(&s, issuer, c->request->now);
	if (s.single)
		single_facts(c, b, &s);
	ml_record_set(b, ML_TF_ST_PRESENT, ml_bool(true));
	ml_record_set(b, ML_TF_ST_VERIFIED, ml_bool(!s.error));
	if (s.error)
		ml_record_set(b, ML_TF_ST_ERROR, ml_string(ml_str(s.error)));
	staple_free(&s);
}

struct ml_value ml_tls_staple_fact(struct ml_tls_collector *c, const struct ml_tls_chain *chain)
{
	struct ml_record_builder b;

	if (!chain->staple.ptr)
		return ml_tls_lost(c, "no staple was asked for");
	ml_record_begin(&b, &ml_tf_staple_type);
	if (chain->staple.len)
		describe(c, &b, chain);
	return ml_tls_pack(c, &b);
}

struct ml_str ml_tls_staple_scts(
	struct ml_tls_collector *c, const struct ml_tls_chain *chain, bool *malformed)
{
	X509 *issuer = chain->staple.len ? ml_tls_issuer_of_leaf(c, chain) : NULL;
	struct ml_str scts = ML_STR_NONE;
	struct staple s = {0};
	int at;

	*malformed = false;
	if (!issuer)
		return scts;
	staple_read(&s, chain->staple);
	if (!s.error)
		staple_find(&s, chain->certificates[0].x509, issuer);
	at = s.single ? OCSP_SINGLERESP_get_ext_by_NID(s.single, NID_ct_cert_scts, -1) : -1;
	if (at >= 0)
		scts = ml_tls_sct_octets(c, OCSP_SINGLERESP_get_ext(s.single, at), malformed);
	staple_free(&s);
	return scts;
}

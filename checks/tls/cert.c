/* SPDX-License-Identifier: Apache-2.0 */
/* Chains as they come, and all of them as facts in the end. */
#include "checks/tls/cert-priv.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <time.h>

#include "base/sha256.h"
#include "base/sort.h"

enum { SORTED_BYTES = 4096 };

/* ---- while the server is asked ---- */

static struct ml_tls_certificates *remembered(struct ml_tls_collector *c)
{
	if (!c->certificates)
		c->certificates = ml_alloc(c->scratch, sizeof(*c->certificates));
	c->memory = c->memory || !c->certificates;
	return c->certificates;
}

static unsigned version_bit(uint16_t version)
{
	return version == ML_SSL_2_0                            ? 1u
	       : version >= ML_SSL_3_0 && version <= ML_TLS_1_3 ? 1u << (version - ML_SSL_3_0 + 1)
								: 0;
}

static bool same_chain(const struct ml_tls_chain *chain, const struct ml_str *der, size_t n)
{
	if (chain->n + chain->cut != n)
		return false;
	for (size_t i = 0; i < chain->n; i++)
		if (!ml_str_eq(chain->certificates[i].der, der[i]))
			return false;
	return true;
}

static struct ml_str keep(struct ml_tls_collector *c, struct ml_str bytes, size_t most)
{
	struct ml_tls_certificates *all = c->certificates;
	struct ml_str copy;

	if (bytes.len > most || all->bytes + bytes.len > ML_TLS_CERTIFICATES_BYTES)
		return ML_STR_NONE;
	all->bytes += bytes.len;
	copy = ml_str_dup(c->scratch, bytes);
	c->memory = c->memory || !copy.ptr;
	return copy;
}

static void keep_certificate(
	struct ml_tls_collector *c, struct ml_tls_certificate *certificate, struct ml_str der)
{
	certificate->der = keep(c, der, ML_TLS_CERTIFICATE_BYTES);
	if (!certificate->der.ptr)
		certificate->broken =
			"a certificate, or all together, has more bytes than are read";
	ml_sha256(der, certificate->sha256);
}

static struct ml_tls_chain *add_chain(
	struct ml_tls_collector *c, const struct ml_str *der, size_t n)
{
	struct ml_tls_certificates *all = c->certificates;
	struct ml_tls_chain *chain;

	if (all->n >= ML_TLS_CHAINS_MAX) {
		all->lost = "there are more chains than are remembered";
		return NULL;
	}
	chain = ml_alloc(c->scratch, sizeof(*chain));
	c->memory = c->memory || !chain;
	if (!chain)
		return NULL;
	chain->cut = n > ML_TLS_CHAIN_CERTIFICATES;
	chain->n = chain->cut ? ML_TLS_CHAIN_CERTIFICATES : n;
	for (size_t i = 0; i < chain->n; i++)
		keep_certificate(c, &chain->certificates[i], der[i]);
	all->chains[all->n++] = chain;
	return chain;
}

/* What came once was there; what was asked for once is known not to come otherwise. */
static void add_text(
	struct ml_tls_collector *c, struct ml_str *have, struct ml_str text, size_t most)
{
	if (!text.ptr || have->len)
		return;
	*have = text.len ? keep(c, text, most) : ML_STR("");
	if (!have->ptr) /* too big: as unreadable as it would be */
		*have = ML_STR("?");
}

void ml_tls_chain_seen(struct ml_tls_collector *c, uint16_t version, const struct ml_str *der,
	size_t n, struct ml_str staple, struct ml_str scts)
{
	struct ml_tls_certificates *all = remembered(c);
	struct ml_tls_chain *chain = NULL;

	if (!all)
		return;
	if (n == 0) {
		all->lost = "the server presented a chain without a certificate";
		return;
	}
	for (size_t i = 0; i < all->n && !chain; i++)
		if (same_chain(all->chains[i], der, n))
			chain = all->chains[i];
	if (!chain)
		chain = add_chain(c, der, n);
	if (!chain)
		return;
	chain->versions |= version_bit(version);
	add_text(c, &chain->staple, staple, ML_TLS_STAPLE_BYTES);
	add_text(c, &chain->scts, scts, ML_TLS_STAPLE_BYTES);
}

/* ---- reading them ---- */

static void read_certificate(struct ml_tls_certificate *certificate)
{
	const unsigned char *at = (const unsigned char *)certificate->der.ptr, *end;

	if (certificate->broken)
		return;
	end = at + certificate->der.len;
	certificate->x509 = d2i_X509(NULL, &at, (long)certificate->der.len);
	if (!certificate->x509)
		certificate->broken = "a certificate cannot be read";
	else if (at != end)
		certificate->broken = "bytes stand behind a certificate";
	else if (X509_get_ext_count(certificate->x509) > ML_TLS_EXTENSIONS_MAX)
		certificate->broken = "a certificate has more extensions than are read";
	if (certificate->broken) {
		X509_free(certificate->x509);
		certificate->x509 = NULL;
	}
}

static void read_all(struct ml_tls_certificates *all)
{
	for (size_t i = 0; i < all->n; i++)
		for (size_t k = 0; k < all->chains[i]->n; k++)
			read_certificate(&all->chains[i]->certificates[k]);
	ERR_clear_error();
}

static void free_all(struct ml_tls_certificates *all)
{
	for (size_t i = 0; i < all->n; i++)
		for (size_t k = 0; k < all->chains[i]->n; k++)
			X509_free(all->chains[i]->certificates[k].x509);
	sk_X509_pop_free(all->roots, X509_free);
	all->roots = NULL;
	all->n = 0;
	ERR_clear_error();
}

/* ---- naming them ---- */

static const char *chain_word(const struct ml_tls_chain *chain)
{
	const X509 *leaf = chain->certificates[0].x509;
	const char *type = leaf ? ml_tls_key_type(leaf) : "unreadable";

	return strncmp(type, "Ed", 2) == 0 ? "EdDSA" : type;
}

/* By key type, then by digest: the order of answers is not always the same. */
static int by_leaf(const void *a, const void *b)
{
	const struct ml_tls_chain *x = *(struct ml_tls_chain *const *)a,
				  *y = *(struct ml_tls_chain *const *)b;
	int order = strcmp(x->key_word, y->key_word);

	for (size_t i = 0; i < x->n && i < y->n && order == 0; i++)
		order = memcmp(x->certificates[i].sha256, y->certificates[i].sha256,
			sizeof(x->certificates[i].sha256));
	return order ? order : (x->n > y->n) - (x->n < y->n);
}

static void name_all(struct ml_tls_collector *c)
{
	struct ml_tls_certificates *all = c->certificates;
	size_t twin = 1;

	for (size_t i = 0; i < all->n; i++)
		all->chains[i]->key_word = chain_word(all->chains[i]);
	c->memory = c->memory ||
		    ml_sort(c->scratch, all->chains, all->n, sizeof(all->chains[0]), by_leaf) != 0;
	for (size_t i = 0; i < all->n; i++) {
		const char *word = all->chains[i]->key_word;
		twin = i && strcmp(all->chains[i - 1]->key_word, word) == 0 ? twin + 1 : 1;
		all->chains[i]->id =
			twin > 1 ? ml_strf(c->facts->arena, "%s %zu", word, twin) : ml_str(word);
		c->memory = c->memory || !all->chains[i]->id.ptr;
	}
}

/* ---- facts ---- */

struct written {
	struct ml_tls_list chains, certificates;
	const uint8_t *digests[ML_TLS_CHAINS_MAX * ML_TLS_CHAIN_CERTIFICATES];
	size_t ndigests;
};

static struct ml_value versions_fact(struct ml_tls_collector *c, const struct ml_tls_chain *chain)
{
	struct ml_tls_list list = {0};

	for (size_t i = 0; ml_tf_version_vocab.words[i]; i++)
		if (chain->versions & 1u << i)
			ml_tls_list_add(c, &list, ml_string(ml_str(ml_tf_version_vocab.words[i])));
	return ml_list(list.items, list.n);
}

static bool is_new(struct written *w, const struct ml_tls_certificate *certificate)
{
	for (size_t i = 0; i < w->ndigests; i++)
		if (memcmp(w->digests[i], certificate->sha256, sizeof(certificate->sha256)) == 0)
			return false;
	w->digests[w->ndigests++] = certificate->sha256;
	return true;
}

static void certificates_facts(struct ml_tls_collector *c, struct ml_record_builder *b,
	const struct ml_tls_chain *chain, struct written *w)
{
	struct ml_tls_list list = {0};
	struct ml_value one;

	for (size_t i = 0; i < chain->n; i++) {
		one = ml_tls_certificate_fact(c, chain, i);
		ml_tls_list_add(c, &list, one);
		if (is_new(w, &chain->certificates[i]))
			ml_tls_list_add(c, &w->certificates, one);
		if (i == 0)
			ml_record_set(b, ML_TF_CH_LEAF, one);
	}
	if (chain->cut)
		ml_tls_list_add(
			c, &list, ml_tls_lost(c, "the chain has more certificates than are read"));
	ml_record_set(b, ML_TF_CH_CERTIFICATES, ml_list(list.items, list.n));
}

static void leaf_facts(
	struct ml_tls_collector *c, struct ml_record_builder *b, const struct ml_tls_chain *chain)
{
	const struct ml_tls_certificate *leaf = &chain->certificates[0];
	bool malformed, must;

	if (!leaf->x509) {
		static const int slots[] = {ML_TF_CH_NAME_MATCHES, ML_TF_CH_MATCHED_NAME,
			ML_TF_CH_COMMON_NAME_MATCHES, ML_TF_CH_WILDCARDS, ML_TF_CH_MUST_STAPLE,
			ML_TF_CH_STAPLE, ML_TF_CH_SCTS};
		for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
			ml_record_set(b, slots[i], ml_tls_lost(c, leaf->broken));
		return;
	}
	ml_tls_match_facts(c, b, leaf->x509);
	must = ml_tls_must_staple(leaf->x509, &malformed);
	ml_record_set(b, ML_TF_CH_MUST_STAPLE,
		malformed ? ml_tls_lost(c, "the extension cannot be read") : ml_bool(must));
	ml_record_set(b, ML_TF_CH_STAPLE, ml_tls_staple_fact(c, chain));
	ml_record_set(b, ML_TF_CH_SCTS, ml_tls_scts_fact(c, chain));
}

static struct ml_value chain_fact(
	struct ml_tls_collector *c, struct ml_tls_chain *chain, struct written *w)
{
	struct ml_record_builder b;

	ml_tls_trust_load(c, chain);
	ml_record_begin(&b, &ml_tf_chain_type);
	ml_record_set(&b, ML_TF_CH_ID, ml_string(chain->id));
	ml_record_set(&b, ML_TF_CH_VERSIONS, versions_fact(c, chain));
	ml_tls_path_facts(c, &b, chain); /* first: it finds out the roles */
	certificates_facts(c, &b, chain, w);
	leaf_facts(c, &b, chain);
	return ml_tls_pack(c, &b);
}

/* Whether anything was agreed on in this version for which the server needs a certificate. */
static bool needs_certificate(const struct ml_tls_found_version *version)
{
	for (size_t i = 0; i < version->nsuites; i++) {
		const struct ml_tls_suite *suite =
			version->code == ML_SSL_2_0
				? ml_ssl2_kind(version->suites[i].code)
				: ml_tls_suite((uint16_t)version->suites[i].code);
		if (version->code == ML_SSL_2_0 || version->code == ML_TLS_1_3 || !suite ||
			ml_tls_suite_certified(suite))
			return true;
	}
	return false;
}

/* Versions in which nobody saw what the server presents, or whether it does: unknown, or ABSENT. */
static struct ml_value unseen(struct ml_tls_collector *c)
{
	unsigned seen = 0;

	for (size_t i = 0; c->certificates && i < c->certificates->n; i++)
		seen |= c->certificates->chains[i]->versions;
	for (size_t i = 0; i < ML_TLS_NVERSIONS; i++) {
		const struct ml_tls_found_version *version = &c->found.versions[i];
		if (!version->known && !(seen & 1u << i))
			return ml_tls_known_or(c, false, ml_absent());
		if (needs_certificate(version) && !(seen & 1u << i))
			return ml_tls_lost(
				c, i == ML_TLS_NEWEST
					   ? "its certificates of TLS 1.3 were not seen"
					   : "its certificates were not seen in every version");
	}
	return ml_absent();
}

static void write_lost(struct ml_tls_collector *c, struct written *w, struct ml_value lost)
{
	ml_tls_list_add(c, &w->chains, lost);
	ml_tls_list_add(c, &w->certificates, lost);
}

static void write_chains(struct ml_tls_collector *c, struct written *w)
{
	struct ml_tls_certificates *all = c->certificates;

	all->roots = sk_X509_new_null();
	c->memory = c->memory || !all->roots;
	if (!all->roots)
		return;
	read_all(all);
	name_all(c);
	for (size_t i = 0; i < all->n && !c->memory; i++)
		ml_tls_list_add(c, &w->chains, chain_fact(c, all->chains[i], w));
	if (all->lost)
		write_lost(c, w, ml_tls_lost(c, all->lost));
}

void ml_tls_certificates_write(struct ml_tls_collector *c, struct ml_record_builder *root)
{
	struct ml_value lost = unseen(c);
	struct written *w = ml_alloc(c->scratch, sizeof(*w));

	c->memory = c->memory || !w;
	if (!w)
		return;
	if (c->certificates)
		write_chains(c, w);
	if (lost.kind == ML_V_UNKNOWN)
		write_lost(c, w, lost);
	ml_record_set(root, ML_TF_CHAINS, ml_list(w->chains.items, w->chains.n));
	ml_record_set(root, ML_TF_CERTIFICATES, ml_list(w->certificates.items, w->certificates.n));
	if (c->certificates)
		free_all(c->certificates);
}

/* ---- before the seal ---- */

static int same(const void *a, const void *b)
{
	return 0;
}

/* Also what the C library does once: gmtime_r opens /etc/localtime, and qsort, which libcrypto
 * calls, asks for the size of memory when it first sorts much. */
void ml_tls_certificates_warm_up(void)
{
	char much[SORTED_BYTES] = {0};
	struct tm out;
	time_t zero = 0;

	qsort(much, sizeof(much) / sizeof(uint64_t), sizeof(uint64_t), same);
	OPENSSL_init_crypto(
		OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_ADD_ALL_DIGESTS,
		NULL);
	gmtime_r(&zero, &out);
	EVP_MD_free(EVP_MD_fetch(NULL, "SHA256", NULL));
	ERR_clear_error();
}

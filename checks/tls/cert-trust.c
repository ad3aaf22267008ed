/* SPDX-License-Identifier: Apache-2.0 */
/* Trusted roots: those that could matter to a chain are asked for by the hash of their subject, so
 * that no bundle of hundreds is read. */
#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/error.h"
#include "checks/tls/cert-priv.h"

enum { SAME_HASH = 8, GIVEN_MAX = 4000 };

static void add_root(struct ml_tls_collector *c, X509 *root)
{
	if (sk_X509_push(c->certificates->roots, root) <= 0) {
		X509_free(root);
		c->memory = true;
	}
}

/* The certificates of a PEM text. False: there was none. */
static bool read_pem(struct ml_tls_collector *c, struct ml_str pem)
{
	BIO *in = pem.len <= INT32_MAX ? BIO_new_mem_buf(pem.ptr, (int)pem.len) : NULL;
	bool any = false;
	X509 *root;

	for (int i = 0;
		in && i < GIVEN_MAX && (root = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL;
		i++) {
		add_root(c, root);
		any = true;
	}
	ERR_clear_error();
	BIO_free(in);
	return any;
}

static bool was_asked(const struct ml_tls_certificates *all, uint32_t hash)
{
	for (size_t i = 0; i < all->nasked; i++)
		if (all->asked[i] == hash)
			return true;
	return false;
}

static void ask(struct ml_tls_collector *c, uint32_t hash)
{
	const struct ml_tls_trust *trust = &c->request->trust;
	struct ml_tls_certificates *all = c->certificates;
	struct ml_str pem;
	int r = 0;

	if (was_asked(all, hash) || all->no_trust)
		return;
	for (unsigned i = 0; i < SAME_HASH && r == 0; i++) {
		if (all->nasked >= ML_TLS_TRUST_ASKS) {
			all->no_trust = "the chains ask for more trusted roots than are looked up";
			return;
		}
		all->asked[all->nasked++] = hash;
		r = trust->find(trust->ctx, c->scratch, hash, i, &pem);
		if (r == 0 && !read_pem(c, pem))
			r = ML_ESYNTAX;
	}
	if (r && r != ML_ENOENT)
		all->no_trust = "the system's trusted roots cannot be read";
}

static void take_given(struct ml_tls_collector *c)
{
	if (sk_X509_num(c->certificates->roots) == 0 && !read_pem(c, c->request->trust.given))
		c->certificates->no_trust = "the file of trusted roots has no certificate";
}

void ml_tls_trust_load(struct ml_tls_collector *c, const struct ml_tls_chain *chain)
{
	const struct ml_tls_trust *trust = &c->request->trust;

	if (trust->given.ptr) {
		take_given(c);
		return;
	}
	if (!trust->find) {
		c->certificates->no_trust = "no trusted roots are known";
		return;
	}
	for (size_t i = 0; i < chain->n; i++) {
		const X509 *x509 = chain->certificates[i].x509;
		if (!x509)
			continue;
		ask(c, (uint32_t)X509_NAME_hash_ex(X509_get_issuer_name(x509), NULL, NULL, NULL));
		ask(c, (uint32_t)X509_NAME_hash_ex(X509_get_subject_name(x509), NULL, NULL, NULL));
	}
}

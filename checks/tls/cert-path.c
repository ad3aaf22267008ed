/* SPDX-License-Identifier: Apache-2.0 */
/* From the leaf to a trusted root: who issued whom, and what the verifier says. */
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "checks/tls/cert-priv.h"

static const char *const no_algorithm =
	"OpenSSL does not know how a certificate of the chain is signed";
static const char *const too_many_checks =
	"the chains ask for more signatures to be verified than are";

/* By name, key id, key usage and signature. Beyond the allowed number of signatures nothing is an
 * issuer, and `checks` says so. */
static bool issued(struct ml_tls_certificates *all, X509 *issuer, X509 *subject)
{
	EVP_PKEY *key;

	if (!issuer || !subject || X509_check_issued(issuer, subject) != X509_V_OK ||
		all->checks >= ML_TLS_SIGNATURE_CHECKS)
		return false;
	all->checks++;
	key = X509_get0_pubkey(issuer);
	return key && X509_verify(subject, key) == 1;
}

/* Also one that may not sign certificates: a leaf. */
static bool signed_itself(struct ml_tls_certificates *all, X509 *x509)
{
	EVP_PKEY *key = X509_get0_pubkey(x509);

	if (!key || X509_NAME_cmp(X509_get_subject_name(x509), X509_get_issuer_name(x509)) != 0 ||
		all->checks >= ML_TLS_SIGNATURE_CHECKS)
		return false;
	all->checks++;
	return X509_verify(x509, key) == 1;
}

static bool is_root(const struct ml_tls_certificates *all, const X509 *x509)
{
	for (int i = 0; i < sk_X509_num(all->roots); i++)
		if (X509_cmp(sk_X509_value(all->roots, i), x509) == 0)
			return true;
	return false;
}

static bool issued_by_root(struct ml_tls_certificates *all, X509 *x509)
{
	for (int i = 0; i < sk_X509_num(all->roots); i++)
		if (issued(all, sk_X509_value(all->roots, i), x509))
			return true;
	return false;
}

/* What paths from the leaf lead to. */
struct reach {
	bool complete; /* one comes to an end at a self-signed or a trusted certificate */
	size_t before[ML_TLS_CHAIN_CERTIFICATES]; /* of each certificate on a path the one that it
						     issued */
	size_t last; /* the nearest that is trusted or issued by a trusted one; ML_NPOS none */
};

static struct reach follow(struct ml_tls_certificates *all, struct ml_tls_chain *chain)
{
	size_t queue[ML_TLS_CHAIN_CERTIFICATES] = {0}, n = 1;
	struct reach reach = {.last = ML_NPOS};

	chain->certificates[0].reached = true;
	for (size_t at = 0; at < n; at++) {
		struct ml_tls_certificate *one = &chain->certificates[queue[at]];
		if (reach.last == ML_NPOS &&
			(is_root(all, one->x509) || issued_by_root(all, one->x509)))
			reach.last = queue[at];
		reach.complete = reach.complete || one->self_signed || reach.last != ML_NPOS;
		for (size_t i = 0; i < chain->n && !one->self_signed; i++) {
			if (chain->certificates[i].reached ||
				!issued(all, chain->certificates[i].x509, one->x509))
				continue;
			chain->certificates[i].reached = true;
			reach.before[i] = queue[at];
			queue[n++] = i;
		}
	}
	return reach;
}

static bool is_ordered(struct ml_tls_certificates *all, const struct ml_tls_chain *chain)
{
	for (size_t i = 0; i + 1 < chain->n; i++)
		if (!issued(all, chain->certificates[i + 1].x509, chain->certificates[i].x509))
			return false;
	return true;
}

static bool came_before(const struct ml_tls_chain *chain, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (memcmp(chain->certificates[k].sha256, chain->certificates[i].sha256,
			    sizeof(chain->certificates[i].sha256)) == 0)
			return true;
	return false;
}

static struct reach relations(
	struct ml_tls_collector *c, struct ml_record_builder *b, struct ml_tls_chain *chain)
{
	struct ml_tls_certificates *all = c->certificates;
	int64_t duplicates = 0, unrelated = 0;
	bool ordered, root = false;
	struct reach reach;

	for (size_t i = 0; i < chain->n; i++)
		chain->certificates[i].self_signed =
			signed_itself(all, chain->certificates[i].x509);
	reach = follow(all, chain);
	ordered = is_ordered(all, chain);
	for (size_t i = 1; i < chain->n; i++) {
		bool again = came_before(chain, i);
		duplicates += again;
		unrelated += !again && !chain->certificates[i].reached;
		root = root || (!again && chain->certificates[i].self_signed &&
				       chain->certificates[i].reached);
	}
	ml_record_set(b, ML_TF_CH_ORDERED, ml_bool(ordered));
	ml_record_set(b, ML_TF_CH_DUPLICATES, ml_int(duplicates));
	ml_record_set(b, ML_TF_CH_UNRELATED, ml_int(unrelated));
	ml_record_set(b, ML_TF_CH_SENDS_ROOT, ml_bool(root));
	ml_record_set(b, ML_TF_CH_SELF_SIGNED, ml_bool(chain->certificates[0].self_signed));
	ml_record_set(b, ML_TF_CH_COMPLETE,
		reach.complete || !all->no_trust ? ml_bool(reach.complete)
						 : ml_tls_lost(c, all->no_trust));
	return reach;
}

static bool in_time(const X509 *x509, int64_t now)
{
	int64_t from, to;

	return ml_tls_seconds(X509_get0_notBefore(x509), &from) &&
	       ml_tls_seconds(X509_get0_notAfter(x509), &to) && from <= now && now <= to;
}

static void path_facts(
	struct ml_tls_collector *c, struct ml_record_builder *b, X509_STORE_CTX *ctx, bool trusted)
{
	STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(ctx);
	struct ml_tls_list subjects = {0};
	bool good = sk_X509_num(path) > 0, bad;

	for (int i = 0; i < sk_X509_num(path); i++) {
		const X509 *one = sk_X509_value(path, i);
		ml_tls_list_add(c, &subjects,
			ml_string(ml_tls_name_text(c, X509_get_subject_name(one), &bad)));
		good = good && in_time(one, c->request->now);
	}
	ml_record_set(b, ML_TF_CH_PATH, ml_list(subjects.items, subjects.n));
	ml_record_set(b, ML_TF_CH_IN_TIME, ml_bool(good));
	if (trusted && subjects.n)
		ml_record_set(b, ML_TF_CH_ANCHOR, subjects.items[subjects.n - 1]);
}

static void verdict_facts(
	struct ml_tls_collector *c, struct ml_record_builder *b, X509_STORE_CTX *ctx, bool trusted)
{
	int error = X509_STORE_CTX_get_error(ctx);

	c->memory = c->memory || error == X509_V_ERR_OUT_OF_MEM;
	path_facts(c, b, ctx, trusted);
	ml_record_set(b, ML_TF_CH_TRUSTED, ml_bool(trusted));
	if (!trusted)
		ml_record_set(b, ML_TF_CH_TRUST_ERROR,
			ml_string(ml_str(X509_verify_cert_error_string(error))));
}

/* What was sent behind the leaf; or only what leads to a trusted root. */
static STACK_OF(X509) * sent(const struct ml_tls_chain *chain, const struct reach *path)
{
	STACK_OF(X509) *stack = sk_X509_new_null();
	bool good = stack;

	for (size_t i = 1; i < chain->n && good && !path; i++)
		good = sk_X509_push(stack, chain->certificates[i].x509) > 0;
	for (size_t i = path ? path->last : 0; i != 0 && good; i = path->before[i])
		good = sk_X509_push(stack, chain->certificates[i].x509) > 0;
	if (good)
		return stack;
	sk_X509_free(stack);
	return NULL;
}

static bool begin(
	struct ml_tls_collector *c, X509_STORE_CTX *ctx, X509 *leaf, STACK_OF(X509) * between)
{
	X509_VERIFY_PARAM *param;

	if (!X509_STORE_CTX_init(ctx, NULL, leaf, between) ||
		!X509_STORE_CTX_set_purpose(ctx, X509_PURPOSE_SSL_SERVER))
		return false;
	X509_STORE_CTX_set0_trusted_stack(ctx, c->certificates->roots);
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_PARTIAL_CHAIN);
	X509_VERIFY_PARAM_set_auth_level(param, 0);
	X509_VERIFY_PARAM_set_depth(param, ML_TLS_CHAIN_CERTIFICATES);
	return true;
}

/* Writes the verdict when it is good, or `final`. */
static bool try(struct ml_tls_collector *c, struct ml_record_builder *b,
	const struct ml_tls_chain *chain, const struct reach *path, bool final)
{
	STACK_OF(X509) *between = sent(chain, path);
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	bool trusted = false;

	if (between && ctx && begin(c, ctx, chain->certificates[0].x509, between)) {
		trusted = X509_verify_cert(ctx) == 1;
		if (trusted || final)
			verdict_facts(c, b, ctx, trusted);
	} else {
		c->memory = true;
	}
	X509_STORE_CTX_free(ctx);
	sk_X509_free(between);
	ERR_clear_error();
	return trusted;
}

/* OpenSSL does not turn back when a cross-signed certificate leads nowhere; browsers do. */
static void verify(struct ml_tls_collector *c, struct ml_record_builder *b,
	const struct ml_tls_chain *chain, const struct reach *reach)
{
	bool other_way = reach->last != ML_NPOS;

	if (!try(c, b, chain, NULL, !other_way) && other_way)
		try(c, b, chain, reach, true);
}

static void lose_all(struct ml_tls_collector *c, struct ml_record_builder *b, const char *why)
{
	static const int slots[] = {ML_TF_CH_ORDERED, ML_TF_CH_DUPLICATES, ML_TF_CH_UNRELATED,
		ML_TF_CH_SENDS_ROOT, ML_TF_CH_SELF_SIGNED, ML_TF_CH_COMPLETE, ML_TF_CH_TRUSTED,
		ML_TF_CH_TRUST_ERROR, ML_TF_CH_PATH, ML_TF_CH_IN_TIME, ML_TF_CH_ANCHOR};

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
		ml_record_set(b, slots[i], ml_tls_lost(c, why));
}

static const char *unreadable(const struct ml_tls_chain *chain)
{
	for (size_t i = 0; i < chain->n; i++)
		if (!chain->certificates[i].x509)
			return chain->certificates[i].broken;
	return chain->cut ? "the chain has more certificates than are read" : NULL;
}

/* A verifier that lacks an algorithm cannot say that nobody signed. How a root signed itself does
 * not matter. */
static bool lacks_algorithm(const struct ml_tls_chain *chain)
{
	for (size_t i = 0; i < chain->n; i++) {
		X509 *one = chain->certificates[i].x509;
		bool own =
			X509_NAME_cmp(X509_get_subject_name(one), X509_get_issuer_name(one)) == 0;
		if (chain->certificates[i].reached && !own && !ml_tls_signature_known(one))
			return true;
	}
	return false;
}

static void lose_trust(struct ml_tls_collector *c, struct ml_record_builder *b, const char *why)
{
	static const int slots[] = {ML_TF_CH_TRUSTED, ML_TF_CH_TRUST_ERROR, ML_TF_CH_ANCHOR};

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
		ml_record_set(b, slots[i], ml_tls_lost(c, why));
}

void ml_tls_path_facts(
	struct ml_tls_collector *c, struct ml_record_builder *b, struct ml_tls_chain *chain)
{
	const char *why = unreadable(chain);
	struct reach reach;

	if (!why) {
		reach = relations(c, b, chain);
		why = c->certificates->checks >= ML_TLS_SIGNATURE_CHECKS ? too_many_checks
		      : lacks_algorithm(chain)                           ? no_algorithm
									 : NULL;
	}
	if (why) {
		lose_all(c, b, why);
		return;
	}
	verify(c, b, chain, &reach);
	if (c->certificates->no_trust)
		lose_trust(c, b, c->certificates->no_trust);
}

X509 *ml_tls_issuer_of_leaf(struct ml_tls_collector *c, const struct ml_tls_chain *chain)
{
	X509 *leaf = chain->certificates[0].x509;
	struct ml_tls_certificates *all = c->certificates;

	for (size_t i = 0; i < chain->n; i++)
		if (issued(all, chain->certificates[i].x509, leaf))
			return chain->certificates[i].x509;
	for (int i = 0; i < sk_X509_num(all->roots); i++)
		if (issued(all, sk_X509_value(all->roots, i), leaf))
			return sk_X509_value(all->roots, i);
	return NULL;
}

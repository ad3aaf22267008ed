/* SPDX-License-Identifier: Apache-2.0 */
/* Ephemeral keys: the primes of Diffie-Hellman that a server uses, and public values that come twice. */
#include "base/sha256.h"
#include "checks/tls/misbehave-priv.h"
#include "facts/tls-weak.h"

enum { DIGEST = 32, PRIMES_MAX = 32 };

static bool remember(struct ml_tls_shares *shares, struct ml_str value)
{
	uint8_t digest[DIGEST];

	ml_sha256(value, digest);
	for (size_t i = 0; i < shares->n; i++)
		if (memcmp(shares->digests[i], digest, ML_TLS_SHARE_DIGEST) == 0)
			return true;
	if (shares->n < ML_TLS_SHARES)
		memcpy(shares->digests[shares->n++], digest, ML_TLS_SHARE_DIGEST);
	return false;
}

void ml_tls_share_seen(struct ml_tls_shares *shares, const struct ml_tls_flight *flight)
{
	if (flight->exchange == ML_TLS_EXCHANGE_DHE && flight->dh_public.len) {
		shares->dhe++;
		shares->dhe_again = remember(shares, flight->dh_public) || shares->dhe_again;
	} else if (flight->exchange == ML_TLS_EXCHANGE_ECDHE && flight->ec_public.len) {
		shares->ecdhe++;
		shares->ecdhe_again = remember(shares, flight->ec_public) || shares->ecdhe_again;
	}
}

/* ---- primes ---- */

struct primes {
	struct ml_str items[PRIMES_MAX];
	size_t n;
};

static void add_prime(struct primes *primes, struct ml_str prime)
{
	for (size_t i = 0; i < primes->n; i++)
		if (ml_str_eq(primes->items[i], prime))
			return;
	if (prime.len && primes->n < PRIMES_MAX)
		primes->items[primes->n++] = prime;
}

static void find_primes(const struct ml_tls_found *found, struct primes *primes)
{
	for (size_t i = 0; i < ML_TLS_NVERSIONS; i++)
		for (size_t k = 0; k < found->versions[i].nsuites; k++)
			add_prime(primes, found->versions[i].suites[k].dh_prime);
}

static struct ml_value kind_fact(struct ml_tls_collector *c, struct ml_str prime, const struct ml_tls_prime *known)
{
	enum ml_tls_prime_kind kind = known ? known->kind : ML_PRIME_UNJUDGED;

	if (!known && ml_tls_prime_judge(prime, &kind))
		c->memory = true;
	if (kind != ML_PRIME_UNJUDGED)
		return ml_string(ml_str(ml_tf_prime_kind_vocab.words[kind]));
	return ml_unknown(ML_STR("the prime is too long to be tried"));
}

static struct ml_value prime_fact(struct ml_tls_collector *c, struct ml_str prime)
{
	const struct ml_tls_prime *known = ml_tls_prime_known(prime);
	char hex[2 * DIGEST + 1];
	uint8_t digest[DIGEST];
	struct ml_record_builder b;

	ml_sha256(prime, digest);
	ml_hex(digest, DIGEST, hex);
	ml_record_begin(&b, &ml_tf_prime_type);
	ml_record_set(&b, ML_TF_PRIME_SHA256, ml_tls_text(c, ml_str_dup(c->facts->arena, ml_str(hex))));
	ml_record_set(&b, ML_TF_PRIME_BITS, ml_int((int64_t)ml_tls_prime_bits(prime)));
	ml_record_set(&b, ML_TF_PRIME_NAME, ml_string(ml_str(known ? known->name : "")));
	ml_record_set(&b, ML_TF_PRIME_KIND, kind_fact(c, prime, known));
	return ml_tls_pack(c, &b);
}

struct ml_value ml_tls_dh_primes(struct ml_tls_collector *c)
{
	struct ml_tls_list list = {0};
	struct primes primes = {.n = 0};

	find_primes(&c->found, &primes);
	for (size_t i = 0; i < primes.n; i++)
		ml_tls_list_add(c, &list, prime_fact(c, primes.items[i]));
	return ml_list(list.items, list.n);
}

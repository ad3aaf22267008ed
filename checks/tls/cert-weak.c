/* SPDX-License-Identifier: Apache-2.0 */
/* RSA keys that are weak whatever their length. Sources: CA/B Forum Baseline Requirements 6.1.1.3
 * and 6.1.6; Nemec et al., The Return of Coppersmith's Attack (2017). */
#include <openssl/bn.h>

#include "checks/tls/cert-priv.h"

enum {
	USUAL_EXPONENT_BITS = 17,
	FACTOR_LIMIT = 752,
	ROCA_GENERATOR = 65537,
	ROCA_LAST_PRIME = 167,
	ROCA_BITS = 512,
	ROUNDS = 100,
	BITS_MAX = 16384
};

static bool is_prime(unsigned n)
{
	for (unsigned d = 2; d * d <= n; d++)
		if (n % d == 0)
			return false;
	return n > 1;
}

static bool has_small_factor(const BIGNUM *n)
{
	for (unsigned p = 3; p < FACTOR_LIMIT; p += 2)
		if (is_prime(p) && BN_mod_word(n, p) == 0)
			return true;
	return false;
}

/* Whether `value` is a power of 65537 modulo the prime. */
static bool is_power(unsigned prime, unsigned value)
{
	unsigned power = 1;

	for (unsigned i = 0; i < prime; i++) {
		if (power == value)
			return true;
		power = power * (ROCA_GENERATOR % prime) % prime;
	}
	return false;
}

/* CVE-2017-15361: both primes are powers of 65537 modulo the product of the first 39 primes or
 * more, and so is what they make. */
static bool is_roca(const BIGNUM *n)
{
	for (unsigned p = 2; p <= ROCA_LAST_PRIME; p++)
		if (is_prime(p) && !is_power(p, (unsigned)BN_mod_word(n, p)))
			return false;
	return BN_num_bits(n) >= ROCA_BITS;
}

/* The largest whole root, by Newton's steps from above. */
static bool step_down(BIGNUM *root, const BIGNUM *n, BN_CTX *ctx)
{
	BIGNUM *next = BN_CTX_get(ctx);

	if (!next || !BN_one(root) || !BN_lshift(root, root, (BN_num_bits(n) + 1) / 2))
		return false;
	for (;;) {
		if (!BN_div(next, NULL, n, root, ctx) || !BN_add(next, next, root) ||
			!BN_rshift1(next, next))
			return false;
		if (BN_cmp(next, root) >= 0)
			return true;
		if (!BN_copy(root, next))
			return false;
	}
}

static bool root_of(BIGNUM *root, const BIGNUM *n, BN_CTX *ctx)
{
	bool good;

	BN_CTX_start(ctx);
	good = step_down(root, n, ctx);
	BN_CTX_end(ctx);
	return good;
}

static bool is_square(const BIGNUM *n, BIGNUM *root, BIGNUM *square, BN_CTX *ctx)
{
	BN_ULONG last = BN_mod_word(n, 16);

	if (BN_is_zero(n))
		return true;
	if (last != 0 && last != 1 && last != 4 && last != 9)
		return false;
	return root_of(root, n, ctx) && BN_sqr(square, root, ctx) && BN_cmp(square, n) == 0;
}

/* Fermat's factorisation: n = a*a - b*b with an a just above the root. */
static bool factors_by_fermat(const BIGNUM *n, BN_CTX *ctx)
{
	BIGNUM *a = BN_CTX_get(ctx), *rest = BN_CTX_get(ctx), *root = BN_CTX_get(ctx),
	       *square = BN_CTX_get(ctx);

	if (!square || !root_of(a, n, ctx))
		return false;
	for (int i = 0; i <= ROUNDS; i++) {
		if (!BN_sqr(rest, a, ctx) || !BN_sub(rest, rest, n))
			return false;
		if (!BN_is_negative(rest) && is_square(rest, root, square, ctx))
			return true;
		if (!BN_add_word(a, 1))
			return false;
	}
	return false;
}

static bool has_close_primes(const BIGNUM *n)
{
	BN_CTX *ctx = BN_num_bits(n) <= BITS_MAX ? BN_CTX_new() : NULL;
	bool found = false;

	if (ctx) {
		BN_CTX_start(ctx);
		found = factors_by_fermat(n, ctx);
		BN_CTX_end(ctx);
	}
	BN_CTX_free(ctx);
	return found;
}

const char *ml_tls_weak_rsa(const BIGNUM *n, const BIGNUM *e)
{
	if (BN_is_one(e))
		return "exponent-one";
	if (!BN_is_odd(e))
		return "exponent-even";
	if (!BN_is_odd(n))
		return "modulus-even";
	if (has_small_factor(n))
		return "small-factor";
	if (is_roca(n))
		return "roca";
	if (has_close_primes(n))
		return "close-primes";
	return BN_num_bits(e) < USUAL_EXPONENT_BITS ? "exponent-small" : "none";
}

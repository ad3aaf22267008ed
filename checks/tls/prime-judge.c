/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a number is a prime, with bases from the kernel: libcrypto's own test would wake its
 * random generator, which reads files. */
#include <openssl/bn.h>
#include <sys/random.h>

#include "base/error.h"
#include "checks/tls/primes.h"

enum { ROUNDS = 6, SMALL = 2000, BASE_BYTES = 16, LEAST_BITS = 16 };

/* One number and what is needed to reckon with it. */
struct judge {
	BN_CTX *ctx;
	BIGNUM *n, *less, *odd, *base, *power; /* less: n - 1; odd: that without its twos */
};

/* *divided: by a number below SMALL that is not n itself. */
static int try_small(const BIGNUM *n, bool *divided)
{
	for (BN_ULONG d = 2; d < SMALL && !*divided; d++) {
		BN_ULONG rest = BN_mod_word(n, d);
		if (rest == (BN_ULONG)-1)
			return ML_ENOMEM;
		*divided = rest == 0 && !BN_is_word(n, d);
	}
	return 0;
}

/* A base that nobody could foresee. */
static int new_base(struct judge *j)
{
	unsigned char bytes[BASE_BYTES];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return ML_EIO;
	if (!BN_bin2bn(bytes, sizeof(bytes), j->base) || !BN_nnmod(j->base, j->base, j->n, j->ctx))
		return ML_ENOMEM;
	return 0;
}

/* *witness: the base shows that n is no prime. */
static int one_round(struct judge *j, int twos, bool *witness)
{
	int r = new_base(j);

	*witness = false;
	if (r || BN_is_zero(j->base))
		return r;
	if (!BN_mod_exp(j->power, j->base, j->odd, j->n, j->ctx))
		return ML_ENOMEM;
	if (BN_is_one(j->power))
		return 0;
	for (int i = 0; i < twos; i++) {
		if (BN_cmp(j->power, j->less) == 0)
			return 0;
		if (!BN_mod_sqr(j->power, j->power, j->n, j->ctx))
			return ML_ENOMEM;
	}
	*witness = true;
	return 0;
}

static int set_up(struct judge *j, int *twos)
{
	*twos = 0;
	if (!BN_copy(j->less, j->n) || !BN_sub_word(j->less, 1))
		return ML_ENOMEM;
	while (!BN_is_bit_set(j->less, *twos))
		++*twos;
	return BN_rshift(j->odd, j->less, *twos) ? 0 : ML_ENOMEM;
}

static int is_prime(struct judge *j, bool *prime)
{
	bool divided = !BN_is_odd(j->n);
	int twos, r = try_small(j->n, &divided);

	*prime = false;
	if (r || divided)
		return r;
	r = set_up(j, &twos);
	*prime = true;
	for (int i = 0; i < ROUNDS && r == 0 && *prime; i++) {
		bool witness;
		r = one_round(j, twos, &witness);
		*prime = !witness;
	}
	return r;
}

static int judge(struct judge *j, enum ml_tls_prime_kind *kind)
{
	bool prime;
	int r;

	*kind = ML_PRIME_COMPOSITE;
	if (BN_num_bits(j->n) < LEAST_BITS) /* whatever it is, it protects nothing */
		return 0;
	r = is_prime(j, &prime);
	if (r || !prime)
		return r;
	if (!BN_rshift1(j->n, j->n))
		return ML_ENOMEM;
	r = is_prime(j, &prime);
	*kind = prime ? ML_PRIME_SAFE : ML_PRIME_OTHER;
	return r;
}

static int judge_number(BN_CTX *ctx, struct ml_str number, enum ml_tls_prime_kind *kind)
{
	struct judge j = {.ctx = ctx, .n = BN_CTX_get(ctx), .less = BN_CTX_get(ctx)};

	j.odd = BN_CTX_get(ctx);
	j.base = BN_CTX_get(ctx);
	j.power = BN_CTX_get(ctx); /* NULL when one before was */
	if (!j.power || !BN_bin2bn((const unsigned char *)number.ptr, (int)number.len, j.n))
		return ML_ENOMEM;
	return judge(&j, kind);
}

int ml_tls_prime_judge(struct ml_str number, enum ml_tls_prime_kind *kind)
{
	BN_CTX *ctx;
	int r;

	*kind = ML_PRIME_UNJUDGED;
	if (ml_tls_prime_bits(number) > ML_TLS_PRIME_BITS || number.len > ML_TLS_PRIME_BITS)
		return 0;
	ctx = BN_CTX_new();
	if (!ctx)
		return ML_ENOMEM;
	BN_CTX_start(ctx);
	r = judge_number(ctx, number, kind);
	BN_CTX_end(ctx);
	BN_CTX_free(ctx);
	return r;
}

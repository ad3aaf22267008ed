/* SPDX-License-Identifier: Apache-2.0 */
/* Primes of Diffie-Hellman: which are well known, and whether one is a prime at all. */
#ifndef ML_CHECKS_TLS_PRIMES_H
#define ML_CHECKS_TLS_PRIMES_H

#include "base/str.h"

enum ml_tls_prime_kind {
	ML_PRIME_SAFE,      /* (p - 1) / 2 is prime, too: no small subgroups */
	ML_PRIME_OTHER,     /* a prime, with subgroups that may be small */
	ML_PRIME_COMPOSITE, /* no prime */
	ML_PRIME_UNJUDGED,  /* longer than ML_TLS_PRIME_BITS */
};

#define ML_TLS_PRIME_BITS 4096 /* what ml_tls_prime_judge takes on: about 0.2 s */

struct ml_tls_prime {
	const char *name; /* "RFC 7919 ffdhe2048", "Postfix": where it is written */
	enum ml_tls_prime_kind kind;
};

/* Numbers are big-endian; zeroes in front do not count. */

/* The prime that many servers share: of RFC 2409, 3526, 5114 and 7919, or shipped with a program
 * (after the collections of Cryptosense and weakdh.org, and the programs' sources). NULL: it is not
 * known. */
const struct ml_tls_prime *ml_tls_prime_known(struct ml_str number);
/* By trial division and Miller-Rabin with random bases: a number that was made to deceive passes
 * with a probability of at most 4^-6. ML_ENOMEM, ML_EIO. */
int ml_tls_prime_judge(struct ml_str number, enum ml_tls_prime_kind *kind);
size_t ml_tls_prime_bits(struct ml_str number);

#endif

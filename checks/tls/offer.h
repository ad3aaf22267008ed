/* SPDX-License-Identifier: Apache-2.0 */
/* What is offered to a server, and what it was found to agree to. */
#ifndef ML_CHECKS_TLS_OFFER_H
#define ML_CHECKS_TLS_OFFER_H

#include "checks/tls/suites.h"
#include "checks/tls/wire.h"

enum { ML_TLS_SUITES_MAX = 400, ML_TLS_GROUPS_MAX = 64, ML_TLS_NVERSIONS = 6, ML_TLS_NEWEST = ML_TLS_NVERSIONS - 1, ML_TLS_OLDEST = 2 };

/* A suite that the server agreed to, with what its key exchange showed. */
struct ml_tls_agreed {
	uint32_t code;
	uint16_t curve;         /* ECDHE up to TLS 1.2: the named group; 0 none */
	struct ml_str dh_prime; /* DHE up to TLS 1.2: big-endian; empty none */
};

struct ml_tls_found_version {
	uint16_t code;       /* enum ml_tls_version */
	bool offered, known; /* known: asked to the end; where it is not, what is missing is unknown */
	struct ml_tls_agreed suites[ML_TLS_SUITES_MAX]; /* in the server's order where it has one */
	size_t nsuites;
};

/* What the server takes. Versions from SSL 2.0 on, each at its place. */
struct ml_tls_found {
	struct ml_str name; /* for server_name; "" none */
	struct ml_tls_found_version versions[ML_TLS_NVERSIONS];
	uint16_t groups[ML_TLS_NVERSIONS][ML_TLS_GROUPS_MAX]; /* of TLS 1.3, and of the newest older version with ECDHE */
	size_t ngroups[ML_TLS_NVERSIONS];
	bool groups_known[ML_TLS_NVERSIONS];
};

/* A hello with room for its lists. Not to be copied: the hello points into it. */
struct ml_tls_offer {
	struct ml_tls_hello hello;
	uint16_t suites[ML_TLS_SUITES_MAX], groups[ML_TLS_GROUPS_MAX];
};

/* A hello of `version` with everything that this version has. `random` is zeroes: ml_tls_question fills it. */
void ml_tls_offer_all(struct ml_tls_offer *offer, struct ml_str name, uint16_t version);
/* The same with the suites that the server agreed to in that version: it will agree again. */
void ml_tls_offer_agreed(struct ml_tls_offer *offer, const struct ml_tls_found *found, uint16_t version);
/* Leaves of the offered suites those that are wanted. */
void ml_tls_offer_only(struct ml_tls_offer *offer, bool (*wanted)(uint32_t code));
/* Takes `code` out of a list that is offered. */
void ml_tls_leave_out(uint16_t *items, size_t *n, uint16_t code);
/* The newest version that was agreed on with `suites` or more, from index `from` of found->versions down to TLS 1.0; NULL none. */
const struct ml_tls_found_version *ml_tls_found_newest(const struct ml_tls_found *found, size_t from, size_t suites);

#endif

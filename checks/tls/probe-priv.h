/* SPDX-License-Identifier: Apache-2.0 */
/* One question to a server, and what the collector remembers of all of them. */
#ifndef ML_CHECKS_TLS_PROBE_PRIV_H
#define ML_CHECKS_TLS_PROBE_PRIV_H

#include "checks/tls/suites.h"
#include "checks/tls/tls.h"
#include "checks/tls/wire.h"

enum { ML_TLS_SUITES_MAX = 400, ML_TLS_GROUPS_MAX = 64, ML_TLS_NVERSIONS = 6, ML_TLS_CHAINS = 64 };

/* How a question ended. */
enum ml_tls_answer {
	ML_TLS_AGREED,   /* a whole flight: probe.flight */
	ML_TLS_REFUSED,  /* an alert, or the connection was closed without a word */
	ML_TLS_BROKEN,   /* it broke the protocol, or spoke something else */
	ML_TLS_NO_ANSWER, /* nothing in time, or no further connection: nobody knows */
};

struct ml_tls_violations {
	const char *asked;
	ml_tls_violation text;
};

struct ml_tls_probe {
	struct ml_facts *facts;
	struct ml_arena *scratch; /* of one question */
	const struct ml_tls_dialer *dialer;
	const struct ml_tls_request *request;
	int64_t deadline;         /* milliseconds of CLOCK_MONOTONIC */
	size_t handshakes;
	bool reached, tls;        /* a connection was made; something of TLS came back */
	struct ml_str text;       /* what came instead, in the facts' arena */
	const char *given_up;     /* why nothing more is asked; NULL: go on */
	struct ml_tls_violations violations[ML_TLS_CHAINS];
	size_t nviolations;
	bool memory;
	/* The question, and its answer in scratch. */
	struct ml_tls_hello hello;
	uint16_t suites[ML_TLS_SUITES_MAX], groups[ML_TLS_GROUPS_MAX];
	const struct ml_tls_flight *flight;
};

/* Sets up a hello of `version` that offers everything that this version has. */
void ml_tls_offer(struct ml_tls_probe *probe, uint16_t version);
/* Takes `code` out of a list that is offered. */
void ml_tls_leave_out(uint16_t *items, size_t *n, uint16_t code);
/* Sends the hello and reads the answer. `asked` is what a report calls the question. */
enum ml_tls_answer ml_tls_ask(struct ml_tls_probe *probe, const char *asked);
enum ml_tls_answer ml_tls_ask_ssl2(struct ml_tls_probe *probe);

#endif

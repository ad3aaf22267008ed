/* SPDX-License-Identifier: Apache-2.0 */
/* A conversation in which something odd is said: in the hello, or behind the server's flight. */
#ifndef ML_CHECKS_TLS_TRIAL_H
#define ML_CHECKS_TLS_TRIAL_H

#include "checks/tls/question.h"

/* How a server took what was said behind its flight. */
enum ml_tls_reaction_kind {
	ML_TLS_REACTION_NONE,   /* nothing was said: there was no whole flight, or nothing to say */
	ML_TLS_REACTION_ALERT,  /* in clear: description */
	ML_TLS_REACTION_SEALED, /* an alert that is encrypted */
	ML_TLS_REACTION_CLOSED,
	ML_TLS_REACTION_RESET,
	ML_TLS_REACTION_SILENCE,
	ML_TLS_REACTION_OTHER,  /* something that is no answer */
};

struct ml_tls_reaction {
	enum ml_tls_reaction_kind kind;
	uint8_t description;
};

struct ml_tls_trial {
	struct ml_tls_question question; /* first: its talk is the trial's. The caller may change the offer */
	struct ml_chain chain;
	const char *asked;
	unsigned variant, round;         /* the caller's */
	unsigned patience_ms;            /* 0: the engine's */
	/* Handshake bytes in a record of the hello; 0: as many as fit. */
	size_t record_bytes;
	/* Adds what is said behind a whole flight. False: nothing is, and the trial is over. NULL: the same. */
	bool (*then)(struct ml_tls_trial *trial, struct ml_buf *out);
	/* Called in the end. May make further trials. */
	void (*take)(struct ml_tls_trial *trial);
	const struct ml_talk_ops *asks;  /* of the question */
	bool begun, after;
	struct ml_tls_reaction reaction;
};

/* A trial whose hello is what the server agreed to in `version`, handed to the engine. NULL: no memory,
 * which the collector knows. */
struct ml_tls_trial *ml_tls_trial_new(struct ml_tls_collector *collector, const char *asked, uint16_t version,
	void (*take)(struct ml_tls_trial *trial));

static inline bool ml_tls_same_reaction(struct ml_tls_reaction a, struct ml_tls_reaction b)
{
	return a.kind == b.kind && a.description == b.description;
}

/* Adds a record. `version` is what the server agreed to. */
void ml_tls_put_record(struct ml_buf *out, uint8_t type, uint16_t version, struct ml_str body);

#endif

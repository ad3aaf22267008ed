/* SPDX-License-Identifier: Apache-2.0 */
/* The talk that most of the collector consists of: one hello, and the flight that answers it. */
#ifndef ML_CHECKS_TLS_QUESTION_H
#define ML_CHECKS_TLS_QUESTION_H

#include "checks/tls/collector-priv.h"

/* How a question was answered. */
enum ml_tls_answer {
	ML_TLS_AGREED,    /* a whole flight: question.flight */
	ML_TLS_REFUSED,   /* an alert, or the connection was closed without a word */
	ML_TLS_BROKEN,    /* it broke the protocol, or spoke something else */
	ML_TLS_NO_ANSWER, /* nothing in time, or no further connection: nobody knows */
};

struct ml_tls_question {
	struct ml_talk talk;
	struct ml_tls_collector *collector;
	struct ml_arena *arena; /* of one answer: emptied by the next ml_tls_ask */
	const char *asked;      /* what a report calls the question */
	ml_tls_violation expected; /* a breach of the protocol that the question is about: it is an answer, and not noted; NULL none */
	struct ml_tls_offer offer;
	struct ml_tls_parser *parser;
	enum ml_tls_progress progress;
	struct ml_tls_question *next; /* of the collector's */
	/* The answer. */
	enum ml_tls_answer answer;
	enum ml_talk_end how;
	const struct ml_tls_flight *flight; /* never NULL once ended; empty when nothing came */
};

/* 0; ML_ENOMEM. The collector frees its arena in the end. */
int ml_tls_question_init(struct ml_tls_question *question, struct ml_tls_collector *collector);
/* Makes the talk that asks `offer`, which the caller has set. */
struct ml_talk *ml_tls_ask(struct ml_tls_question *question, const char *asked);
/* The same with the hello of SSL 2.0. */
struct ml_talk *ml_tls_ask_ssl2(struct ml_tls_question *question);

void ml_tls_questions_free(struct ml_tls_collector *collector);

#endif

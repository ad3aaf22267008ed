/* SPDX-License-Identifier: Apache-2.0 */
/* Conversations with a server, each a state machine over one connection, and the loop that has many of them at once. A talk sees bytes and says bytes: it has no
 * socket and no clock, so that tests drive it by hand. */
#ifndef ML_CHECKS_TLS_TALK_H
#define ML_CHECKS_TLS_TALK_H

#include "base/arena.h"
#include "base/buf.h"
#include "checks/tls/starttls.h"
#include "checks/tls/tls.h"

/* How a conversation ended. */
enum ml_talk_end {
	ML_TALK_DONE,   /* the talk said so itself */
	ML_TALK_CLOSED, /* the server closed the connection before */
	ML_TALK_RESET,  /* it was reset, or could not be written to, although it had been made */
	ML_TALK_SILENT, /* nothing came for a while, or all of it too slowly */
	ML_TALK_TEXT,   /* of an endpoint with STARTTLS: the server would not change to TLS */
	ML_TALK_NEVER,  /* no connection was made, or time or handshakes were used up: nobody knows */
};

struct ml_talk;

struct ml_talk_ops {
	/* The connection is there (and with STARTTLS on its way to TLS): adds what is said first to `out`. False: that was all, and it is done. Called again, on
	 * another connection, when the one before was lost before a byte came. */
	bool (*start)(struct ml_talk *talk, struct ml_buf *out);
	/* Bytes came, one at least. True: the conversation goes on. False: it is done; what stands in `out` is not sent any more. */
	bool (*feed)(struct ml_talk *talk, struct ml_str bytes, struct ml_buf *out);
	/* Called once, and last. */
	void (*ended)(struct ml_talk *talk, enum ml_talk_end how);
};

/* The first member of what a talk remembers. */
struct ml_talk {
	const struct ml_talk_ops *ops;
	bool plain;          /* to the port that speaks HTTP without TLS, and without STARTTLS */
	bool may_be_silent;  /* that no answer comes says something: it does not count against the server */
	unsigned patience_ms; /* how long a silence is waited for; 0: the engine's 4 s */
};

/* Talks of which each waits for the one before it. */
struct ml_chain {
	/* The next talk, whose memory is valid until the next call; NULL: the chain is over. May add further chains to the engine. */
	struct ml_talk *(*next)(struct ml_chain *chain);
};

struct ml_engine; /* of one endpoint: its limits count over all runs */

/* The engine looks at `dialer` and `request` for as long as it lives. Memory is of `arena`; NULL: none left. */
struct ml_engine *ml_engine_new(struct ml_arena *arena, const struct ml_tls_dialer *dialer, const struct ml_tls_request *request);
/* Takes part in the run that goes on, or in the next. */
void ml_engine_add(struct ml_engine *engine, struct ml_chain *chain);
/* Until every chain is over. Each talk that was handed out has ended then. Connections that fail, or are reset before a word, are tried again, more slowly and fewer at a time. */
void ml_engine_run(struct ml_engine *engine);
/* Closes what is still open; its memory is the arena's. */
void ml_engine_close(struct ml_engine *engine);
/* Nothing more is asked: `reason`, a constant, is why; later talks end with ML_TALK_NEVER. The first reason stays. */
void ml_engine_give_up(struct ml_engine *engine, const char *reason);
/* Why nothing more is asked; NULL: go on. */
const char *ml_engine_given_up(const struct ml_engine *engine);
/* Whether a connection was ever made; how many were. */
bool ml_engine_reached(const struct ml_engine *engine);
size_t ml_engine_connections(const struct ml_engine *engine);
/* What was said before TLS (request->starttls): the most telling of all connections. Progress MORE: no answer came on any. */
const struct ml_starttls_seen *ml_engine_preamble(const struct ml_engine *engine);
/* The shortest time between a talk's beginning and the first byte that came, in milliseconds; 0: none came yet. */
unsigned ml_engine_latency(const struct ml_engine *engine);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of sessions: which go on, what tickets say, renegotiation, protocols, kinds of
 * keys, and the answer of a web server. */
#ifndef ML_CHECKS_TLS_SESSIONS_PRIV_H
#define ML_CHECKS_TLS_SESSIONS_PRIV_H

#include "checks/tls/question.h"
#include "checks/tls/session.h"
#include "facts/tls-session.h"

enum { ML_TLS_PROTOCOLS = 10, ML_TLS_ALPN_MOST = ML_TLS_PROTOCOLS + 1, ML_TLS_KEY_KINDS = 3 };

/* A chain of sessions by libssl, of which each may depend on the one before. */
struct ml_tls_visit {
	struct ml_chain chain;
	struct ml_tls_sessions *all;
	struct ml_tls_session session;
	struct ml_tls_session_wish wish;
	struct ml_str alpn[ML_TLS_ALPN_MOST];
	bool begun;
	/* Looks at session.seen. True: once more, with what it has changed in `wish`. */
	bool (*take)(struct ml_tls_visit *visit);
};

/* The same with hellos of our own. */
struct ml_tls_hail {
	struct ml_chain chain;
	struct ml_tls_sessions *all;
	struct ml_tls_question question;
	const char *asked;
	struct ml_str alpn[ML_TLS_ALPN_MOST];
	struct ml_tls_extension extra;
	char id[16];
	bool begun;
	bool (*take)(struct ml_tls_hail *hail);
};

enum ml_tls_chosen { ML_TLS_NOT_ASKED, ML_TLS_CHOSEN, ML_TLS_NOT_CHOSEN };

struct ml_tls_sessions {
	struct ml_tls_collector *collector;
	struct ml_tls_library *library;
	uint16_t newest, older; /* versions; 0: none. `older`: up to TLS 1.2 */
	/* web: the newest version, with a request. tickets, ids: of `older`, going on by the one or
	 * the other. */
	struct ml_tls_visit web, keys, resumed, tickets, ids, strict_13, stranger_13;
	struct ml_tls_hail by_ticket, by_id, strict, stranger;
	struct ml_tls_seen web_seen;
	enum ml_tls_chosen protocols[ML_TLS_PROTOCOLS];
	bool protocols_known;
	unsigned rounds; /* of asking for what is left of them */
	/* A handshake of TLS 1.3 for each kind of key. */
	struct ml_tls_seen made[ML_TLS_KEY_KINDS];
	size_t nmade;
	bool keys_known;
	struct ml_value values[ML_TF_SE_SLOTS]; /* what is known */
	bool arises[ML_TF_SE_SLOTS]; /* the question does: what has no value then is unknown */
	struct ml_str request;
};

/* As soon as it is known which versions are offered. */
void ml_tls_sessions_begin(struct ml_tls_collector *collector);
/* Sets sessions. */
void ml_tls_sessions_write(struct ml_tls_collector *collector, struct ml_record_builder *root);
/* http-part.c: `GET` for an endpoint; in the scratch arena. */
struct ml_str ml_tls_http_request(struct ml_tls_collector *collector);
/* Asks the port without TLS. */
void ml_tls_http_begin(struct ml_tls_collector *collector);
/* Sets http and http_plain. */
void ml_tls_http_write(struct ml_tls_collector *collector, struct ml_record_builder *root);

/* sessions-alpn.c: index of a protocol that is known to us; -1. */
int ml_tls_protocol(struct ml_str name);
/* Fills `out` with what was not asked for yet, and one that nobody speaks; returns how many. */
size_t ml_tls_protocols_left(const struct ml_tls_sessions *all, struct ml_str *out);
/* Notes what became of an offer of protocols of the table: `chosen` ("" none), or the alert that
 * refused it. */
void ml_tls_protocols_answer(struct ml_tls_sessions *all, const struct ml_str *offered, size_t n,
	struct ml_str chosen, const struct ml_tls_alert *alert);
/* Asks for what is left, until the server wants none of it. */
void ml_tls_alpn_begin(struct ml_tls_sessions *all);
/* The list of what was chosen. */
struct ml_value ml_tls_alpn_value(struct ml_tls_sessions *all);

/* sessions.c */
void ml_tls_visit_begin(struct ml_tls_sessions *all, struct ml_tls_visit *visit,
	const struct ml_tls_session_wish *wish, bool (*take)(struct ml_tls_visit *));
bool ml_tls_hail_begin(struct ml_tls_sessions *all, struct ml_tls_hail *hail, uint16_t suite,
	const char *asked, bool (*take)(struct ml_tls_hail *));

#endif

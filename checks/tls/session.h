/* SPDX-License-Identifier: Apache-2.0 */
/* The few handshakes that are completed, by libssl over memory: a talk that goes on to a session,
 * and what it may do with it. What the server says in it is read by our own code, as libssl
 * decrypts it; libssl verifies nothing but that the server has the key of the certificate. */
#ifndef ML_CHECKS_TLS_SESSION_H
#define ML_CHECKS_TLS_SESSION_H

#include "checks/tls/http.h"
#include "checks/tls/talk.h"
#include "checks/tls/wire.h"

struct ssl_session_st; /* libssl's SSL_SESSION */

/* libssl, ready: nothing that it does later opens a file, loads a module or reads a configuration.
 * One for a process and its children. */
struct ml_tls_library;
/* To be called before the seal. NULL: libssl cannot be set up. */
struct ml_tls_library *ml_tls_library_new(void);
void ml_tls_library_free(struct ml_tls_library *library);

/* Kinds of keys that a certificate of TLS 1.3 can have, as bits. */
enum ml_tls_keys {
	ML_TLS_KEY_RSA = 1,
	ML_TLS_KEY_ECDSA = 2,
	ML_TLS_KEY_EDDSA = 4,
	ML_TLS_KEYS = 7
};

#define ML_TLS_SESSION_BYTES        ((size_t)384 << 10) /* what is read of one connection */
#define ML_TLS_SESSION_MESSAGES     256                 /* handshake messages; alerts */
#define ML_TLS_SESSION_TICKETS      16
#define ML_TLS_SESSION_CERTIFICATES 32

/* What is wanted of a session. Zero is what most want. */
struct ml_tls_session_wish {
	uint16_t version;   /* this one alone: ML_TLS_1_0 to ML_TLS_1_3 */
	unsigned keys;      /* TLS 1.3: of enum ml_tls_keys; 0: all */
	bool finite_field;  /* up to TLS 1.2: DHE is offered beside ECDHE and RSA, as the server has
			       nothing else */
	bool no_ticket;     /* up to TLS 1.2: so that a server with session ids gives one */
	struct ml_str name; /* for server_name; "" none */
	const struct ml_str *alpn; /* names of 1 to 255 bytes */
	size_t nalpn;
	bool status_request, scts;
	struct ssl_session_st *resume; /* goes on with this one; NULL: a new one */
	/* Afterwards one of: */
	struct ml_str request;   /* said, and the head of an HTTP answer waited for */
	unsigned renegotiations; /* handshakes that the client asks for on the same connection (up
				    to TLS 1.2) */
	bool listens;            /* TLS 1.3: for tickets, or whatever the server says first */
	bool goodbye;            /* close_notify, so that the server keeps the session */
};

/* What was seen. Texts are of the arena that was given. */
struct ml_tls_seen {
	enum ml_talk_end how;
	bool made;                              /* the handshake was completed */
	uint16_t version, suite, group, scheme; /* scheme: of the server's signature in TLS 1.3 */
	struct ml_str alpn;                     /* "" none */
	bool resumed;
	struct ml_str *certificates; /* DER, the server's order */
	size_t ncertificates;
	struct ml_str staple, scts; /* TLS 1.3, of the first certificate: an OCSP response, a list
				       of RFC 6962 3.3; ptr NULL: did not come */
	bool certificate_requested; /* TLS 1.3 */
	size_t ntickets;            /* TLS 1.3, that came while we listened; TLS 1.2: 0 or 1 */
	uint32_t lifetime;          /* of the first ticket, in seconds */
	uint32_t early_data;        /* bytes that the last ticket allows */
	size_t session_id_bytes;    /* up to TLS 1.2 */
	bool alert_seen;
	struct ml_tls_alert alert; /* the last that came */
	unsigned renegotiated;     /* how often */
	bool renegotiating;        /* asked for one more, which was not completed */
	struct ml_str answer;      /* to the request: at most ML_HTTP_HEAD_BYTES */
	bool answered;             /* and is a whole head of HTTP */
	bool memory;               /* it ran out */
};

struct ml_tls_session {
	struct ml_talk talk;
	struct ml_tls_library *library;
	struct ml_arena *arena;
	struct ml_tls_session_wish wish;
	struct ml_tls_seen seen;
	/* The last that can be gone on with; freed by ml_tls_session_free. */
	struct ssl_session_st *ticket;
	/* While it lasts. */
	void *ssl, *in, *out;
	int stage;
	size_t bytes, messages;
	bool spent; /* a limit was met */
	struct ml_buf text;
	struct ml_http_scan scan;
};

/* Sets up a talk; `session` may have been one before, after ml_tls_session_free. Texts of `wish`
 * must live as long as the talk. */
struct ml_talk *ml_tls_session_init(struct ml_tls_session *session, struct ml_tls_library *library,
	struct ml_arena *arena, const struct ml_tls_session_wish *wish);
/* The ticket of a session up to TLS 1.2, and its id; "" none. Valid until ml_tls_session_free. */
struct ml_str ml_tls_session_ticket(const struct ml_tls_session *session);
struct ml_str ml_tls_session_id(const struct ml_tls_session *session);
void ml_tls_session_free(struct ml_tls_session *session);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What is said in the clear before TLS begins on a connection (STARTTLS and its relatives), as a state machine over bytes: it has no socket and no clock. Nothing
 * secret is sent, and nobody logs in. */
#ifndef ML_CHECKS_TLS_STARTTLS_H
#define ML_CHECKS_TLS_STARTTLS_H

#include "base/buf.h"

/* In the order of facts/tls-starttls.c's vocabulary. */
enum ml_starttls_protocol {
	ML_STARTTLS_NONE,
	ML_STARTTLS_POSTGRES, /* PostgreSQL manual, "SSL Session Encryption" of the message flow */
	ML_STARTTLS_MYSQL,    /* MariaDB and MySQL, "Connection Phase": SSLRequest behind the server's greeting */
	ML_STARTTLS_SMTP,     /* RFC 5321, 3207 */
	ML_STARTTLS_LMTP,     /* RFC 2033 */
	ML_STARTTLS_IMAP,     /* RFC 9051 */
	ML_STARTTLS_POP3,     /* RFC 1939, 2449, 2595 */
	ML_STARTTLS_FTP,      /* RFC 959, 4217 */
	ML_STARTTLS_LDAP,     /* RFC 4511, 4.14 */
	ML_STARTTLS_XMPP,     /* RFC 6120, a client's stream */
	ML_STARTTLS_XMPP_SERVER,
	ML_STARTTLS_NNTP,     /* RFC 3977, 4642 */
	ML_STARTTLS_SIEVE,    /* RFC 5804 */
	ML_STARTTLS_IRC,      /* IRCv3, "tls" */
	ML_STARTTLS_REDIS,    /* has none: whether the port speaks RESP in the clear */
	ML_STARTTLS_PROTOCOLS,
};

enum ml_starttls_progress {
	ML_STARTTLS_MORE,
	ML_STARTTLS_READY,   /* the next byte is TLS */
	ML_STARTTLS_REFUSED, /* the server has no TLS here, or will not change to it */
	ML_STARTTLS_AWAY,    /* it speaks the protocol, but not with us now (too busy, closed, host unknown), or TLS at once: nobody knows */
	ML_STARTTLS_BROKEN,  /* it speaks something else */
	ML_STARTTLS_LIMIT,   /* more bytes or lines than any server needs */
};

/* Ceilings of one preamble. */
enum { ML_STARTTLS_BYTES = 65536, ML_STARTTLS_LINES = 400, ML_STARTTLS_LINE = 4096, ML_STARTTLS_TEXT = 256 };

/* A text of the server's as it came, cut at ML_STARTTLS_TEXT bytes: any bytes. */
struct ml_starttls_text {
	uint16_t len;
	char bytes[ML_STARTTLS_TEXT];
};

enum ml_starttls_answer { ML_STARTTLS_UNSEEN, ML_STARTTLS_NO, ML_STARTTLS_YES };

/* What a preamble showed. */
struct ml_starttls_seen {
	enum ml_starttls_protocol protocol;
	enum ml_starttls_progress progress;
	struct ml_starttls_text greeting; /* the first line; of MySQL the version; empty where the protocol has none */
	struct ml_starttls_text words;    /* of a refusal, or of what is no such protocol */
	struct ml_starttls_text login;    /* the line that shows that passwords are taken in the clear */
	struct ml_starttls_text injected; /* what came behind the go-ahead, before we said anything in TLS */
	enum ml_starttls_answer plain_login; /* UNSEEN: the protocol does not show it before TLS, or it did not come to that */
	enum ml_starttls_answer required;    /* the server goes on with TLS only (XMPP) */
};

/* Fixed in size, and without pointers: may be copied. */
struct ml_starttls {
	struct ml_starttls_seen seen;
	struct ml_starttls_text name;
	uint8_t step;
	bool offers;      /* TLS is among the capabilities */
	uint16_t code;    /* of a reply of several lines that goes on; 0 none */
	size_t bytes, lines;
	size_t npending;
	char pending[ML_STARTTLS_LINE]; /* of a line, message or tag that is not whole yet */
};

/* Begins. `name` is the server's, for protocols that say whom they ask (XMPP); "" when there is none. Adds what is said first to `out`. With
 * ML_STARTTLS_NONE it is READY at once. Out's errors are its own. */
enum ml_starttls_progress ml_starttls_begin(struct ml_starttls *s, enum ml_starttls_protocol protocol, struct ml_str name, struct ml_buf *out);
/* Bytes came, in any pieces. Once it is READY further ones are those that came too early (seen.injected); after any other end they are passed over. */
enum ml_starttls_progress ml_starttls_feed(struct ml_starttls *s, struct ml_str bytes, struct ml_buf *out);
/* The first bytes that came after READY and our hello: what is no record in them came too early (seen.injected), whether with the go-ahead or a moment behind it. An error packet
 * of MySQL is an answer: its servers say in the clear that a handshake failed. */
void ml_starttls_behind(struct ml_starttls *s, enum ml_starttls_protocol protocol, struct ml_str bytes, struct ml_buf *out);
/* The server says no more. Never MORE. */
enum ml_starttls_progress ml_starttls_end(struct ml_starttls *s);

static inline struct ml_str ml_starttls_get(const struct ml_starttls_text *text)
{
	return (struct ml_str){text->bytes, text->len};
}

/* "postgres" … in the order of the enum; "none". */
const char *ml_starttls_name(enum ml_starttls_protocol protocol);

#endif

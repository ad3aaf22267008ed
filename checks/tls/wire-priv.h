/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of the protocol, and the parser's parts. */
#ifndef ML_CHECKS_TLS_WIRE_PRIV_H
#define ML_CHECKS_TLS_WIRE_PRIV_H

#include "checks/tls/wire.h"

enum ml_tls_record_type {
	ML_TLS_RECORD_CHANGE_CIPHER = 20,
	ML_TLS_RECORD_ALERT = 21,
	ML_TLS_RECORD_HANDSHAKE = 22,
	ML_TLS_RECORD_DATA = 23,
	ML_TLS_RECORD_HEARTBEAT = 24,
};

enum ml_tls_message_type {
	ML_TLS_HELLO_REQUEST = 0,
	ML_TLS_CLIENT_HELLO = 1,
	ML_TLS_SERVER_HELLO = 2,
	ML_TLS_NEW_SESSION_TICKET = 4,
	ML_TLS_CERTIFICATE = 11,
	ML_TLS_SERVER_KEY_EXCHANGE = 12,
	ML_TLS_CERTIFICATE_REQUEST = 13,
	ML_TLS_SERVER_HELLO_DONE = 14,
	ML_TLS_CERTIFICATE_STATUS = 22,
};

/* Behind a HelloRetryRequest there may be one ChangeCipherSpec: 6 bytes. */
enum { ML_TLS_EARLY_BYTES = 6 };

enum { ML_SSL2_ERROR = 0, ML_SSL2_CLIENT_HELLO = 1, ML_SSL2_SERVER_HELLO = 4 };

/* IANA's registry of extension types. */
enum ml_tls_extension_type {
	ML_TLS_SERVER_NAME = 0,
	ML_TLS_STATUS_REQUEST = 5,
	ML_TLS_GROUPS = 10,
	ML_TLS_POINT_FORMATS = 11,
	ML_TLS_SCHEMES = 13,
	ML_TLS_HEARTBEAT = 15,
	ML_TLS_ALPN = 16,
	ML_TLS_SCT = 18,
	ML_TLS_PADDING = 21,
	ML_TLS_ENCRYPT_THEN_MAC = 22,
	ML_TLS_EXTENDED_MASTER_SECRET = 23,
	ML_TLS_SESSION_TICKET = 35,
	ML_TLS_VERSIONS = 43,
	ML_TLS_COOKIE = 44,
	ML_TLS_KEY_SHARE = 51,
	ML_TLS_RENEGOTIATION_INFO = 0xff01,
};

/* Reading forward in one message. After the first read beyond its end everything is 0 and `short_` is set. */
struct ml_tls_reader {
	struct ml_str rest;
	bool short_;
};
uint32_t ml_tls_read(struct ml_tls_reader *r, size_t bytes);
struct ml_str ml_tls_read_bytes(struct ml_tls_reader *r, size_t n);
/* A vector whose length stands before it in `bytes` bytes. */
struct ml_str ml_tls_read_vector(struct ml_tls_reader *r, size_t bytes);
/* Nothing is left and nothing was missing. */
bool ml_tls_read_all(const struct ml_tls_reader *r);

struct ml_tls_parser {
	struct ml_arena *arena;
	const struct ml_tls_hello *offer; /* NULL: SSL 2.0 */
	struct ml_tls_flight flight;
	enum ml_tls_progress progress;
	uint8_t header[5];      /* of the record that is coming in */
	size_t nheader;
	size_t body;            /* bytes of it that are missing */
	char *message;          /* handshake bytes that are no whole message yet; SSL 2.0: the record */
	size_t nmessage, message_cap;
	char alert[2];
	size_t nalert, warnings;
	bool after;   /* ml_tls_parser_after */
	bool sealed;  /* the record is an encrypted alert */
	bool retried; /* ml_tls_parser_retry; then what the first answer named: */
	uint16_t retry_suite, retry_group;
	char early[ML_TLS_EARLY_BYTES]; /* what came behind a HelloRetryRequest */
	size_t nearly;
	int rank;               /* of the last message, by the order in which they come */
	enum { ML_TLS_UNDECIDED, ML_TLS_RECORDS_COME, ML_TLS_SSL2_COMES, ML_TLS_TEXT_COMES } mode; /* by the first byte */
};

/* Each ends the parser with the progress that it returns. */
enum ml_tls_progress ml_tls_violate(struct ml_tls_parser *p, ml_tls_violation what);
enum ml_tls_progress ml_tls_stop(struct ml_tls_parser *p, enum ml_tls_progress progress);

/* flight.c: whether the server echoed the id of a session that was offered. */
bool ml_tls_session_goes_on(const struct ml_tls_parser *p);
/* after.c: keeps what comes behind a HelloRetryRequest; the header and a part of the body of a
 * record behind the flight. */
void ml_tls_keep_early(struct ml_tls_parser *p, struct ml_str bytes);
enum ml_tls_progress ml_tls_after_header(struct ml_tls_parser *p);
void ml_tls_after_body(struct ml_tls_parser *p, struct ml_str part);
/* message.c: one whole handshake message. `body` is not in the arena. */
enum ml_tls_progress ml_tls_message(struct ml_tls_parser *p, uint8_t type, struct ml_str body);
/* server-hello.c */
enum ml_tls_progress ml_tls_server_hello(struct ml_tls_parser *p, struct ml_str body);
/* flight.c: it is no TLS. The bytes so far, and those to come, are text. */
enum ml_tls_progress ml_tls_turn_plain(struct ml_tls_parser *p, const void *bytes, size_t n);

/* ssl2.c: one byte further, and the record that it may end. */
enum ml_tls_progress ml_ssl2_byte(struct ml_tls_parser *p, uint8_t byte);
/* The raw extension of this type; NULL when the hello has none. */
const struct ml_tls_extension *ml_tls_extra(const struct ml_tls_hello *hello, uint16_t type);
bool ml_tls_codes_have(struct ml_tls_codes codes, uint16_t code);

#endif

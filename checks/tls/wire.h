/* SPDX-License-Identifier: Apache-2.0 */
/* TLS on the wire, as far as a server shows itself in clear: what a client says first, and what comes back. Bytes in, bytes out: no socket, no clock, no
 * cryptography, nothing kept between two connections. SSL 2.0 (Hickman 1995), SSL 3.0 (RFC 6101), TLS 1.0 to 1.3 (RFC 2246, 4346, 5246, 8446). */
#ifndef ML_CHECKS_TLS_WIRE_H
#define ML_CHECKS_TLS_WIRE_H

#include "base/arena.h"
#include "base/buf.h"

enum ml_tls_version {
	ML_SSL_2_0 = 0x0002,
	ML_SSL_3_0 = 0x0300,
	ML_TLS_1_0 = 0x0301,
	ML_TLS_1_1 = 0x0302,
	ML_TLS_1_2 = 0x0303,
	ML_TLS_1_3 = 0x0304,
};

#define ML_TLS_FALLBACK_SCSV      0x5600 /* RFC 7507 */
#define ML_TLS_RENEGOTIATION_SCSV 0x00ff /* RFC 5746 */

/* Code points of suites, groups, schemes, versions. */
struct ml_tls_codes {
	const uint16_t *items;
	size_t n;
};

/* An extension without its type and length, or a key share: then `type` is the group. */
struct ml_tls_extension {
	uint16_t type;
	struct ml_str body;
};

/* What a ClientHello says. Zero or empty means that the extension is left out. */
struct ml_tls_hello {
	enum ml_tls_version version; /* legacy_version: what a server of TLS 1.2 or older takes for the highest */
	struct ml_str random;        /* 32 bytes */
	struct ml_str session_id;    /* at most 32 bytes */
	struct ml_tls_codes suites;  /* in order, signalling values among them; at most 32,767 */
	bool deflate;                /* offers compression before none */
	bool bare;                   /* no extensions at all, as in SSL 3.0; what follows is then not looked at */
	struct ml_str server_name;   /* a DNS name in ASCII without the final dot; never an address (RFC 6066) */
	struct ml_tls_codes versions, groups, schemes;
	bool empty_key_share;        /* TLS 1.3: makes the server name its group in a HelloRetryRequest */
	struct ml_str cookie;        /* of a HelloRetryRequest */
	const struct ml_str *alpn;   /* names of 1 to 255 bytes */
	size_t nalpn;
	bool point_formats;          /* uncompressed; servers before TLS 1.3 want it beside groups */
	bool renegotiation_info;
	bool extended_master_secret;
	bool encrypt_then_mac;
	bool session_ticket;
	bool status_request;         /* OCSP */
	bool scts;
	bool heartbeat;              /* peer_allowed_to_send */
	/* What only some probes want; zero is what most want. */
	uint16_t record_version; /* 0: SSL 3.0 for SSL 3.0, else TLS 1.0 */
	/* A value of RFC 8701 that comes first among suites, groups, versions and extensions. To
	 * choose it is a violation. */
	uint16_t grease;
	/* TLS 1.3: keys, sent beside or instead of `empty_key_share`. */
	const struct ml_tls_extension *shares;
	size_t nshares;
	/* As they are: a ticket, early data, psk modes; in the place of a field of this type. */
	const struct ml_tls_extension *extra;
	size_t nextra;
	/* Types of extensions that come first; the others follow in our order, `extra` last. */
	struct ml_tls_codes order;
	/* The message is made at least so long by an extension (RFC 7685); 0: it is not. */
	size_t pad_to;
};

/* Adds the hello in one record. 0; ML_EINVAL when a length does not fit its field; the buffer's error. */
int ml_tls_hello_build(const struct ml_tls_hello *hello, struct ml_buf *out);

/* SSL 2.0's CLIENT-HELLO with cipher kinds of three bytes each, and `challenge` of 16 to 32 bytes. The same results. */
int ml_ssl2_hello_build(const uint32_t *kinds, size_t n, struct ml_str challenge, struct ml_buf *out);

enum ml_tls_progress {
	ML_TLS_MORE,      /* the flight is not at its end: feed on */
	ML_TLS_DONE,      /* it is complete: ServerHelloDone; in TLS 1.3 ServerHello or HelloRetryRequest, as what follows is encrypted */
	ML_TLS_ALERTED,   /* a fatal alert, or a warning that ends the connection, came instead: flight.alert */
	ML_TLS_PLAIN,     /* the other side does not speak TLS: flight.plain has what it said first */
	ML_TLS_VIOLATION, /* it broke the protocol: flight.violation */
	ML_TLS_CLOSED,    /* of ml_tls_parser_end only: the connection ended before the flight did */
	ML_TLS_LIMIT,     /* more than ML_TLS_FLIGHT_BYTES or ML_TLS_WARNINGS */
	ML_TLS_NOMEM,
};

#define ML_TLS_FLIGHT_BYTES ((size_t)256 << 10) /* records in all */
#define ML_TLS_RECORDS      4096                /* also of records without a byte */
#define ML_TLS_WARNINGS     16                  /* alerts of level warning in one flight */
#define ML_TLS_PLAIN_BYTES  64
#define ML_TLS_HEARTBEAT_BYTES 32

/* What was broken, in words that a report shows; NULL is none. */
typedef const char *ml_tls_violation;
#define ML_TLS_FOREIGN_ALPN "an application protocol that was not offered"

struct ml_tls_alert {
	uint8_t level, description;
};

enum ml_tls_exchange { ML_TLS_EXCHANGE_NONE, ML_TLS_EXCHANGE_DHE, ML_TLS_EXCHANGE_ECDHE, ML_TLS_EXCHANGE_OTHER };

struct ml_tls_server_hello {
	bool seen, retry;      /* retry: a HelloRetryRequest (RFC 8446 4.1.3) */
	uint16_t version;      /* what was agreed on: supported_versions where it stands */
	uint16_t suite, group; /* group: of key_share; 0 none */
	uint8_t compression;
	bool unasked;          /* an extension that was not offered, the first of them: */
	uint16_t unasked_type;
	bool downgrade_12, downgrade_11; /* the sentinels of RFC 8446 4.1.3 at the end of `random` */
	struct ml_str random, session_id, cookie, alpn;
	struct ml_tls_extension *extensions;
	size_t nextensions;
};

/* What came after ml_tls_parser_after(). */
struct ml_tls_later {
	/* Records of ChangeCipherSpec, handshake, application data. */
	size_t changes, handshakes, data;
	size_t sealed_alerts; /* alert records longer than 2 bytes: encrypted */
	size_t heartbeats, heartbeat_bytes;
	uint8_t heartbeat[ML_TLS_HEARTBEAT_BYTES]; /* the first of these bytes */
};

struct ml_tls_flight {
	struct ml_tls_server_hello hello;
	struct ml_str *certificates; /* DER, the server's order; up to TLS 1.2 and SSL 2.0 */
	size_t ncertificates;
	bool certificates_seen;
	struct ml_str status;        /* the OCSP response of CertificateStatus, DER */
	enum ml_tls_exchange exchange;
	uint16_t curve;              /* ECDHE: a named group; 0 explicit parameters */
	struct ml_str dh_prime, dh_generator, dh_public; /* DHE: big-endian, as sent */
	struct ml_str ec_public;     /* ECDHE with a named group: the server's point */
	uint16_t exchange_scheme;    /* signature scheme of TLS 1.2; 0 none */
	bool certificate_requested;
	/* CertificateRequest: one byte each; two bytes each (TLS 1.2); how many authorities. */
	struct ml_str request_types, request_schemes;
	size_t request_names;
	bool resumed;                /* the session of the offered id goes on */
	struct ml_str ticket;        /* of a NewSessionTicket in a session that goes on */
	uint32_t ticket_lifetime;    /* in seconds, as the server hints */
	uint32_t *ssl2_kinds;        /* SSL 2.0: what the server offers */
	size_t nssl2_kinds;
	struct ml_tls_alert alert;   /* the last */
	bool alert_seen;
	struct ml_str plain;
	ml_tls_violation violation;
	size_t bytes, records;
	struct ml_tls_later later;
};

/* The extension of a server's hello; NULL: it has none of this type. */
const struct ml_tls_extension *ml_tls_answered(const struct ml_tls_server_hello *hello, uint16_t type);

/* A value that RFC 8701 reserves, to be offered and never chosen. */
static inline bool ml_tls_is_grease(uint16_t code)
{
	return (code & 0x0f0f) == 0x0a0a && code >> 8 == (code & 0xff);
}

struct ml_tls_parser; /* of one connection */

/* A parser for what answers `hello`, which it looks at for as long as it lives; what was not offered is a violation. All memory is of `arena`; NULL: no memory. */
struct ml_tls_parser *ml_tls_parser_new(struct ml_arena *arena, const struct ml_tls_hello *hello);
/* One for what answers ml_ssl2_hello_build: an SSL 2.0 SERVER-HELLO, or an alert of a later protocol. */
struct ml_tls_parser *ml_ssl2_parser_new(struct ml_arena *arena);

/* Takes bytes as they come, in pieces of any size. Another answer than ML_TLS_MORE is final until
 * one of the two functions below, and what is fed after it is not looked at (behind a
 * HelloRetryRequest: until ml_tls_parser_retry). Linear. */
enum ml_tls_progress ml_tls_parser_feed(struct ml_tls_parser *parser, struct ml_str bytes);
/* After a HelloRetryRequest and the second hello, on the same connection: reads on for its answer,
 * with the flight begun anew but for `bytes` and `records`, whose limits are for both. A second
 * HelloRetryRequest, or another suite or group than the first named, is a violation, found by the
 * next feed or end. ML_EINVAL when no HelloRetryRequest came. Texts of the first answer stay in the
 * arena. */
int ml_tls_parser_retry(struct ml_tls_parser *parser, const struct ml_tls_hello *second);
/* After ML_TLS_DONE up to TLS 1.2, when something odd was sent (a heartbeat, ChangeCipherSpec too
 * early, a broken key exchange): reads on. Records of every type may come, and are counted in
 * `later`; a plain alert is in `alert` and ends as before. ML_EINVAL when the flight is not done,
 * or a session goes on. */
int ml_tls_parser_after(struct ml_tls_parser *parser);
/* The connection ended. ML_TLS_PLAIN, ML_TLS_CLOSED, or what was final before. */
enum ml_tls_progress ml_tls_parser_end(struct ml_tls_parser *parser);
/* What came so far. Texts are in the arena. */
const struct ml_tls_flight *ml_tls_parser_flight(const struct ml_tls_parser *parser);

#endif

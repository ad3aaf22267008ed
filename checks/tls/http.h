/* SPDX-License-Identifier: Apache-2.0 */
/* The head of an HTTP/1 answer (RFC 9112) from a server that may be anything. What two readers
 * would read differently is refused, not guessed. */
#ifndef ML_CHECKS_TLS_HTTP_H
#define ML_CHECKS_TLS_HTTP_H

#include "base/arena.h"
#include "base/str.h"

#define ML_HTTP_HEAD_BYTES ((size_t)64 << 10) /* interim answers (1xx) included */
#define ML_HTTP_FIELDS     256

/* Looking for the end of the head while bytes come. Zeroed at first. */
struct ml_http_scan {
	size_t head; /* where the head begins that is looked at: behind interim answers */
	size_t line; /* where its line begins that is not at its end */
	size_t seen; /* bytes that were looked at */
};

enum ml_http_progress {
	ML_HTTP_MORE,
	ML_HTTP_WHOLE,   /* the head is there */
	ML_HTTP_FOREIGN, /* it does not begin as HTTP/1 does */
};

/* `bytes` is all that came so far. Linear over all calls. After ML_HTTP_WHOLE scan->head is where
 * the final head begins, and scan->line where it ends. */
enum ml_http_progress ml_http_scan(struct ml_http_scan *scan, struct ml_str bytes);

struct ml_http_field {
	struct ml_str name;  /* lower-cased */
	struct ml_str value; /* without white space at its ends; folded lines are one */
};

struct ml_http_head {
	unsigned minor, status;       /* HTTP/1.minor; 200 to 599 */
	struct ml_http_field *fields; /* in order, names repeated as they were sent */
	size_t nfields;
};

/* Reads what ml_http_scan has found. 0; ML_ESYNTAX: no answer of HTTP/1, a NUL or a lone CR, a name
 * that is none, a colon that is missing; *why then says it; ML_ELIMIT: more than ML_HTTP_FIELDS;
 * ML_ENOMEM. */
int ml_http_read(
	struct ml_arena *arena, struct ml_str head, struct ml_http_head *out, const char **why);

/* The first field of that name; NULL: none. */
const struct ml_http_field *ml_http_field(const struct ml_http_head *head, const char *name);
/* All values of that name, joined by ", " (RFC 9110 5.3). "" none. */
struct ml_str ml_http_value(
	struct ml_arena *arena, const struct ml_http_head *head, const char *name);

/* Strict-Transport-Security (RFC 6797 6.1). */
struct ml_http_hsts {
	bool valid;      /* max-age stands once and is a number; no directive twice */
	int64_t max_age; /* seconds; 0 where it is not valid */
	bool include_subdomains, preload;
};
struct ml_http_hsts ml_http_hsts(struct ml_str value);

/* Set-Cookie (RFC 6265 5.2, and its revision for SameSite and prefixes). */
struct ml_http_cookie {
	struct ml_str name;
	bool secure, http_only;
	struct ml_str same_site; /* "Strict", "Lax", "None"; "" neither */
	bool domain, root_path;  /* Domain is there; Path is "/" */
	bool gone; /* Max-Age is 0 or less, or Expires is in 1970: the server takes the cookie back
		    */
};
/* False: a client takes no cookie from it. */
bool ml_http_cookie(struct ml_str value, struct ml_http_cookie *out);
/* Whether a name that begins with __Host- or __Secure- has the attributes that it promises. True
 * for other names. */
bool ml_http_cookie_prefix(const struct ml_http_cookie *cookie);

#endif

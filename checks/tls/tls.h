/* SPDX-License-Identifier: Apache-2.0 */
/* The collector of TLS endpoints: asks the server hello by hello and writes down what it agrees to. It makes no connection itself. */
#ifndef ML_CHECKS_TLS_TLS_H
#define ML_CHECKS_TLS_TLS_H

#include "base/arena.h"
#include "checks/tls/starttls.h"
#include "facts/facts.h"

/* Where connections come from: the broker. */
struct ml_tls_dialer {
	/* A socket on its way to address `address` (0, 1, … as the name resolved) that does not block, the caller's to close: what became of the connection shows
	 * in the first write. `plain`: to the port without TLS. ML_ENOENT: no such address; ML_EACCES: no route; ML_ELIMIT: no more connections are
	 * allowed; ML_EIO. */
	int (*dial)(void *ctx, unsigned address, bool plain);
	void *ctx;
};

/* Whom the user trusts. */
struct ml_tls_trust {
	/* The i-th trusted certificate whose subject has this hash (X509_NAME_hash of OpenSSL, by which the files of /etc/ssl/certs are called), as PEM in the arena. 0;
	 * ML_ENOENT: there are no more; anything else: nobody knows. NULL: nobody is asked. */
	int (*find)(void *ctx, struct ml_arena *arena, uint32_t hash, unsigned index, struct ml_str *pem);
	void *ctx;
	struct ml_str given; /* PEM: these alone, and `find` is not called; ptr NULL none */
};
struct ml_tls_library; /* checks/tls/session.h */

struct ml_tls_request {
	struct ml_str endpoint; /* "host:port", as the user named it */
	struct ml_str name;     /* for server_name: a DNS name, "" for an address */
	uint16_t port;
	uint16_t plain_port;     /* of the same host, for HTTP without TLS; 0: not asked */
	struct ml_str http_path; /* "/a/b"; "": "/" */
	struct ml_tls_library *library; /* made before the seal; NULL: no handshake is completed, and what it would show is unknown */
	enum ml_starttls_protocol starttls; /* what is spoken before TLS */
	unsigned seconds;       /* for all of it; what is not done then is unknown */
	int64_t deadline;       /* likewise, in milliseconds of CLOCK_MONOTONIC; 0: none */
	int64_t now;            /* seconds since 1970: validity of certificates is judged by it */
	struct ml_tls_trust trust;
};

#define ML_TLS_HANDSHAKES 1200 /* connections in all */

/* Fills facts of kind `tls`. 0 also when the endpoint cannot be reached or does not speak TLS: that is a fact; ML_ENOMEM. */
int ml_tls_collect(struct ml_facts *facts, const struct ml_tls_dialer *dialer, const struct ml_tls_request *request);

#endif

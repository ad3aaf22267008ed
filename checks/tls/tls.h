/* SPDX-License-Identifier: Apache-2.0 */
/* The collector of TLS endpoints: asks the server hello by hello and writes down what it agrees to. It makes no connection itself. */
#ifndef ML_CHECKS_TLS_TLS_H
#define ML_CHECKS_TLS_TLS_H

#include "base/arena.h"
#include "facts/facts.h"

/* Where connections come from: the broker. */
struct ml_tls_dialer {
	/* A connected TCP socket that is the caller's to close, on which reading blocks for a fraction of a second and writing for a few; ML_EACCES: refused or no
	 * route; ML_ELIMIT: no more connections are allowed; ML_EIO. */
	int (*dial)(void *ctx);
	void *ctx;
};

struct ml_tls_request {
	struct ml_str endpoint; /* "host:port", as the user named it */
	struct ml_str name;     /* for server_name: a DNS name, "" for an address */
	uint16_t port;
	unsigned seconds;       /* for all of it; what is not done then is unknown */
};

#define ML_TLS_HANDSHAKES 1200 /* connections in all */

/* Fills facts of kind `tls`. 0 also when the endpoint cannot be reached or does not speak TLS: that is a fact; ML_ENOMEM. */
int ml_tls_collect(struct ml_facts *facts, const struct ml_tls_dialer *dialer, const struct ml_tls_request *request);

#endif

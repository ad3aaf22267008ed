/* SPDX-License-Identifier: Apache-2.0 */
/* TLS endpoints as the user names them, their addresses, and connections to them: the broker's authority in merlon-tls. */
#ifndef ML_SCANNER_TLS_ENDPOINTS_H
#define ML_SCANNER_TLS_ENDPOINTS_H

#include <sys/socket.h>

#include "base/error.h"
#include "checks/tls/starttls.h"
#include "sandbox/sandbox.h"

#define ML_TLS_ADDRESSES 8 /* of one name that are tried */

struct ml_endpoint {
	struct ml_str uri;  /* "tls://example.org:443", "tls+smtp://example.org:25" */
	struct ml_str host; /* without brackets */
	struct ml_str text; /* "example.org:443" */
	bool is_address;
	enum ml_starttls_protocol starttls;
	uint16_t port;
	struct sockaddr_storage addresses[ML_TLS_ADDRESSES];
	socklen_t lengths[ML_TLS_ADDRESSES];
	size_t naddresses; /* 0: the name is not known */
	int roots;         /* directory of trusted roots; -1 none */
	uint16_t plain_port; /* of the same host, without TLS; 0: not to be connected to */
};

/* A host as it stands in the DNS: letters of all scripts by IDNA 2008 (RFC 5891, mapped as in UTS 46), others in lower case. ML_EINVAL; ML_ENOMEM. */
int ml_host_read(struct ml_arena *arena, struct ml_str text, struct ml_str *out, struct ml_error *err);

/* Reads "tls://HOST[:PORT]", "tls+PROTOCOL://HOST[:PORT]" or "HOST:PORT"; an IPv6 address stands in brackets. Where none is named the port is 443 or the
 * protocol's, which is `starttls` (NULL: none) when the text has none. ML_EINVAL says what is wrong; ML_ENOMEM. */
int ml_endpoint_read(struct ml_arena *arena, struct ml_str text, const char *starttls, struct ml_endpoint *out, struct ml_error *err);

/* Looks the name up. What is not found has no address and makes no error. */
void ml_endpoint_resolve(struct ml_endpoint *endpoint);

/* A connection to one of the addresses of the worker's endpoint; a trusted root by its hash (scanner/tls-trust.h). broker_ctx is its struct ml_endpoint. */
extern const struct ml_request ml_connect_requests[];
extern const size_t ml_connect_nrequests;
#define ML_REQUEST_CONNECT 1
#define ML_REQUEST_ROOT    2

#endif

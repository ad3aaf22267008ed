/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the protocols that change to TLS, as people write them: in --starttls and in "tls+smtp://". */
#ifndef ML_SCANNER_TLS_PROTOCOLS_H
#define ML_SCANNER_TLS_PROTOCOLS_H

#include "base/error.h"
#include "checks/tls/starttls.h"

/* The protocol of a name, aliases ("mariadb", "submission") among them, and its port. ML_EINVAL lists the names and suggests one. */
int ml_protocol_read(struct ml_str name, enum ml_starttls_protocol *out, uint16_t *port, struct ml_error *err);

/* Whether the word is a URI of an endpoint: "tls://…" or "tls+…://…". */
bool ml_endpoint_uri(struct ml_str word);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What was said before TLS, as facts. */
#ifndef ML_CHECKS_TLS_STARTTLS_FACTS_H
#define ML_CHECKS_TLS_STARTTLS_FACTS_H

#include "checks/tls/collector-priv.h"
#include "checks/tls/starttls.h"

/* For the first run: asks whether a port of Redis' speaks in the clear. */
ml_tls_part_begin ml_tls_starttls_first;
/* The record `starttls`; where the server does not change to TLS also what it speaks instead. */
ml_tls_part_write ml_tls_starttls_write;
/* "Exim 4.96" where the greeting names a program with its version; "" else. Points into `seen`. */
struct ml_str ml_starttls_software(const struct ml_starttls_seen *seen);

#endif

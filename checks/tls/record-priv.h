/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of an endpoint from what was found. */
#ifndef ML_CHECKS_TLS_RECORD_PRIV_H
#define ML_CHECKS_TLS_RECORD_PRIV_H

#include "checks/tls/collector-priv.h"

/* Begins the root: endpoint, versions, suites, groups, violations. Parts add theirs. */
void ml_tls_record_begin(struct ml_tls_collector *collector, struct ml_record_builder *root);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Scanning TLS endpoints: a sealed worker for each. */
#ifndef ML_SCANNER_TLS_SCAN_H
#define ML_SCANNER_TLS_SCAN_H

#include "scanner/documents.h"
#include "scanner/packs.h"
#include "scanner/tls-endpoints.h"

/* Collects and judges all endpoints, as many at a time as the options say. The same results as ml_config_scan. */
int ml_tls_scan(const struct ml_options *options, struct ml_endpoint *endpoints, size_t n, const struct ml_packs *packs, struct ml_documents *documents,
	struct ml_error *err);

#endif

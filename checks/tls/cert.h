/* SPDX-License-Identifier: Apache-2.0 */
/* What servers prove themselves with: chains are remembered while the server is asked, and judged
 * against trusted roots afterwards. Nothing is fetched. */
#ifndef ML_CHECKS_TLS_CERT_H
#define ML_CHECKS_TLS_CERT_H

#include "checks/tls/collector-priv.h"

#define ML_TLS_CHAINS_MAX         16 /* different chains of one endpoint; more are unknown */
#define ML_TLS_CHAIN_CERTIFICATES 64 /* of one chain; the same */
#define ML_TLS_CERTIFICATE_BYTES                                                                   \
	((size_t)64 << 10) /* of one certificate; a bigger one is unknown */
#define ML_TLS_CERTIFICATES_BYTES ((size_t)4 << 20) /* of all chains */
#define ML_TLS_STAPLE_BYTES       ((size_t)64 << 10)
#define ML_TLS_TRUST_ASKS         512 /* look-ups of trusted roots */

/* To be called before a worker is sealed: what libcrypto would do lazily. No configuration file is
 * read. */
void ml_tls_certificates_warm_up(void);

/* Copies and remembers what a server presented in `version` (enum ml_tls_version): certificates in
 * DER in the order sent, the OCSP response that came with them, the body of the SCT extension. The
 * same certificates again add the version, and what was not there before. ptr NULL: was not asked
 * for; len 0: was, and did not come. */
void ml_tls_chain_seen(struct ml_tls_collector *collector, uint16_t version,
	const struct ml_str *der, size_t n, struct ml_str staple, struct ml_str scts);

/* Sets `chains` and `certificates`. */
ml_tls_part_write ml_tls_certificates_write;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Public values of ephemeral keys, as they come by in every flight up to TLS 1.2: one that comes twice is not ephemeral. */
#ifndef ML_CHECKS_TLS_SHARES_H
#define ML_CHECKS_TLS_SHARES_H

#include "checks/tls/wire.h"

enum { ML_TLS_SHARES = 64, ML_TLS_SHARE_DIGEST = 16 };

struct ml_tls_shares {
	uint8_t digests[ML_TLS_SHARES][ML_TLS_SHARE_DIGEST]; /* of the first values */
	size_t n;
	unsigned dhe, ecdhe;         /* values that were seen */
	bool dhe_again, ecdhe_again; /* one of the first was seen again */
};

/* Remembers the public value of a flight, when it has one. */
void ml_tls_share_seen(struct ml_tls_shares *shares, const struct ml_tls_flight *flight);

#endif

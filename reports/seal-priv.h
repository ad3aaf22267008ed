/* SPDX-License-Identifier: Apache-2.0 */
/* How well the workers were sealed, from the attestations that travel with the findings. */
#ifndef ML_REPORTS_SEAL_PRIV_H
#define ML_REPORTS_SEAL_PRIV_H

#include "policies/findings.h"

enum { ML_SEAL_LAYERS = 32 };

struct ml_seal_layer {
	struct ml_str name, why; /* as they stand in the JSON: escape them; why "": applied */
	size_t lacking;          /* runs that lacked it */
};

/* All runs together. */
struct ml_seal {
	struct ml_seal_layer layers[ML_SEAL_LAYERS]; /* by name, as first seen */
	size_t nlayers, nlacking;                    /* layers that some run lacked */
	size_t sealed, unsealed, unattested;         /* runs; unattested: no attestation, or not one that can be read */
	bool beyond;                                 /* something lacks that the default does not allow for */
};

/* Reads what ml_attestation_json wrote (at most 16 KiB, 8 levels; anything else is "unattested"). Linear. */
void ml_seal_read(const struct ml_findings *findings, struct ml_seal *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The broker's check of a worker's seal. */
#ifndef ML_SANDBOX_ATTEST_PRIV_H
#define ML_SANDBOX_ATTEST_PRIV_H

#include <sys/types.h>

#include "sandbox/seal-priv.h"

/* Looks at /proc/PID. `attestation->lacking` says what the kernel refused; every other layer that shows there must show there. Sets `sealed` and
 * `uid`. ML_ESANDBOX with the layer and what was seen. */
int ml_attest(pid_t pid, bool was_root, unsigned open_files, struct ml_attestation *attestation, struct ml_error *err);

#endif

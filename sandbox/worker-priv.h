/* SPDX-License-Identifier: Apache-2.0 */
/* The child's life after the fork. */
#ifndef ML_SANDBOX_WORKER_PRIV_H
#define ML_SANDBOX_WORKER_PRIV_H

#include "sandbox/seal-priv.h"

/* Seals, says so, waits for the broker's word, runs, and exits. Never returns. */
void ml_worker_life(const struct ml_worker_spec *spec, struct ml_seal *seal) __attribute__((noreturn));

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The time that a run takes for now. */
#ifndef ML_SCANNER_EPOCH_H
#define ML_SCANNER_EPOCH_H

#include "base/error.h"

/* Seconds since 1970: what SOURCE_DATE_EPOCH says, else the clock. ML_EINVAL: it says no number, or
 * one above INT32_MAX days. */
int ml_epoch_now(int64_t *seconds, struct ml_error *err);

#endif

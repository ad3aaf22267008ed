/* SPDX-License-Identifier: Apache-2.0 */
/* Scanning configuration files: a sealed worker for each target. Only merlon-config links it, and with it the collectors. */
#ifndef ML_SCANNER_CONFIG_SCAN_H
#define ML_SCANNER_CONFIG_SCAN_H

#include "scanner/documents.h"
#include "scanner/packs.h"
#include "scanner/targets.h"

/* Collects and judges all targets, as many at a time as the options say. 0; ML_EINVAL when nothing can be judged (no worker can be sealed, the policies have errors,
 * the facts cannot be written: it was said); ML_ENOMEM, ML_ESANDBOX. */
int ml_config_scan(const struct ml_options *options, const struct ml_targets *targets, const struct ml_packs *packs,
	struct ml_documents *documents, struct ml_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics as JSON, out and in: for fact files and findings. */
#ifndef ML_FACTS_DIAG_JSON_H
#define ML_FACTS_DIAG_JSON_H

#include "base/diag.h"
#include "base/json.h"
#include "facts/json-read.h"

/* An object with sorted keys; what is empty or 0 is left out. */
void ml_diag_write(struct ml_json *json, const struct ml_diag *diag);
/* Its inverse, into a struct ml_diag. */
bool ml_jread_diag(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at);

#endif

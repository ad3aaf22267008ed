/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files that make a YAML tree. */
#ifndef ML_BASE_YAML_PRIV_H
#define ML_BASE_YAML_PRIV_H

#include "base/yaml.h"

/* Decodes what stands between the quotes of a scalar, single or (`twofold`) double ones, into `out`, which has room for 2 * raw.len bytes. False when an escape is not
 * valid. */
bool ml_yaml_unquote(struct ml_str raw, bool twofold, char *out, size_t *len);

#endif

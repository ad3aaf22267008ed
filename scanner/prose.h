/* SPDX-License-Identifier: Apache-2.0 */
/* Text for a terminal of 80 columns. */
#ifndef ML_SCANNER_PROSE_H
#define ML_SCANNER_PROSE_H

#include "base/buf.h"
#include "base/yaml.h"

#define ML_PROSE_COLUMNS 80

/* `s` with its white space collapsed and control characters escaped, broken between words; every line but the first starts behind `indent` blanks,
 * and the first is where `out` stands, at column `at` (from 0). A word longer than a line has one of its own. Ends with a newline. */
void ml_prose(struct ml_buf *out, struct ml_str s, unsigned indent, unsigned at);

/* A YAML node in one line of flow style, at most `max` bytes and then "…". */
void ml_prose_yaml(struct ml_buf *out, const struct ml_yaml_node *node, size_t max);

#endif

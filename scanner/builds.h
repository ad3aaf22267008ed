/* SPDX-License-Identifier: Apache-2.0 */
/* Dockerfiles that a Compose file names: they are targets too, whatever they are called. */
#ifndef ML_SCANNER_BUILDS_H
#define ML_SCANNER_BUILDS_H

#include "facts/facts.h"

/* The Dockerfile of each service that is built from a directory beneath the root, as paths relative
 * to the root with a NUL behind each; `dir` is the project's directory, relative to the root. What
 * lies outside gets a diagnostic. Facts of another kind than config.compose have none. Nobody has
 * looked whether the files exist. */
void ml_builds_list(struct ml_facts *facts, struct ml_str dir, struct ml_buf *out);

#endif

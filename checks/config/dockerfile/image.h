/* SPDX-License-Identifier: Apache-2.0 */
/* Image references (distribution/reference: [domain/]path[:tag][@digest], docker.io and library/ filled in). */
#ifndef ML_CHECKS_CONFIG_DOCKERFILE_IMAGE_H
#define ML_CHECKS_CONFIG_DOCKERFILE_IMAGE_H

#include "checks/config/dockerfile/expand.h"

/* What FROM or --from names, as facts (ml_df_base). `stage` is the stage that it is, or -1. `text` as written. */
struct ml_value ml_df_image_facts(struct ml_df *df, struct ml_str text, const struct ml_df_expanded *image, int stage, uint32_t loc);
/* The base "scratch". */
struct ml_value ml_df_image_scratch(struct ml_df *df, uint32_t loc);

#endif

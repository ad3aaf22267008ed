/* SPDX-License-Identifier: Apache-2.0 */
/* .dockerignore: patterns that keep files out of the build context (moby/patternmatcher; Dockerfile reference, ".dockerignore file"). */
#ifndef ML_CHECKS_CONFIG_DOCKERFILE_IGNOREFILE_H
#define ML_CHECKS_CONFIG_DOCKERFILE_IGNOREFILE_H

#include "checks/config/dockerfile/dockerfile-priv.h"

struct ml_df_ignore_pattern {
	struct ml_str pattern; /* cleaned: no leading or trailing '/', no "." parts */
	bool again;            /* `!`: what it matches comes back in */
};

struct ml_df_ignorefile {
	bool present;
	const char *unknown; /* why it could not be read, or NULL */
	struct ml_str name;
	uint32_t file;       /* index of the source */
	struct ml_df_ignore_pattern *patterns;
	size_t n, cap;
	struct ml_df_list written;
	size_t steps;        /* of matching, in all; beyond a limit nothing is said to be ignored */
};

/* Looks for FILE.dockerignore beside the Dockerfile, then for .dockerignore in the context. */
void ml_df_ignorefile_read(struct ml_df *df, struct ml_df_ignorefile *ignore);
/* Patterns of a text, for tests too. */
void ml_df_ignorefile_parse(struct ml_df *df, struct ml_df_ignorefile *ignore, struct ml_str text);
/* Whether the path (relative to the context) is left out. */
bool ml_df_is_ignored(struct ml_df_ignorefile *ignore, struct ml_str path);
struct ml_value ml_df_ignorefile_facts(struct ml_df *df, struct ml_df_ignorefile *ignore);

#endif

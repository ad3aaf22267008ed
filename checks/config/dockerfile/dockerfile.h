/* SPDX-License-Identifier: Apache-2.0 */
/* The collector of Dockerfiles (kind `config.dockerfile`): a file in, facts about stages, instructions and commands out. */
#ifndef ML_CHECKS_CONFIG_DOCKERFILE_DOCKERFILE_H
#define ML_CHECKS_CONFIG_DOCKERFILE_DOCKERFILE_H

#include "checks/reader.h"
#include "facts/facts.h"

struct ml_dockerfile_request {
	struct ml_str file;    /* relative to the root */
	struct ml_str context; /* directory of the build context, relative to the root; where .dockerignore is looked for (and FILE.dockerignore beside the file) */
	const struct ml_str *build_args; /* "NAME=value" */
	size_t nbuild_args;
	struct ml_str target;  /* stage to build; "" is the last */
};

/* Collects. `facts` was made for ml_kind_dockerfile. A line that cannot be parsed becomes a diagnostic with its place, and what it touches is UNKNOWN; parsing goes on behind it. 0 (also
 * then); ML_ENOMEM. */
int ml_dockerfile_collect(struct ml_facts *facts, const struct ml_reader *reader, const struct ml_dockerfile_request *request);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The collector of Compose projects (kind `config.compose`): files in, normalised facts out. */
#ifndef ML_CHECKS_CONFIG_COMPOSE_COMPOSE_H
#define ML_CHECKS_CONFIG_COMPOSE_COMPOSE_H

#include "checks/reader.h"
#include "facts/facts.h"

struct ml_compose_request {
	const struct ml_str *files; /* relative to the root; merged in order as with `-f a -f b`. One file: an override file beside it is merged when there is one */
	size_t nfiles;
	bool no_override;           /* do not look for docker-compose.override.yml */
	/* The file may be a part of a project, made to be merged by -f: what Compose misses in it is a
	 * warning, no error. */
	bool partial;
	const struct ml_str *profiles; /* only services of these profiles and those without; n 0: all services */
	size_t nprofiles;
	const struct ml_str *environment; /* "NAME=value" of the caller's environment, when it was asked for; else n 0 */
	size_t nenvironment;
};

/* Whether docker compose takes a file of that name by itself: compose.yaml and its older names. */
bool ml_compose_is_default(struct ml_str name);

/* Collects. `facts` was made for ml_kind_compose. What cannot be read, parsed or resolved becomes a diagnostic with its place and UNKNOWN in the tree. 0 (also then); ML_ENOMEM. */
int ml_compose_collect(struct ml_facts *facts, const struct ml_reader *reader, const struct ml_compose_request *request);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Turning YAML nodes into nodes of the project. */
#ifndef ML_CHECKS_CONFIG_COMPOSE_CONVERT_PRIV_H
#define ML_CHECKS_CONFIG_COMPOSE_CONVERT_PRIV_H

#include "checks/config/compose/load-priv.h"

/* One file while it is converted. */
struct ml_cconv {
	struct ml_cload *load;
	const struct ml_cfile *file;
	const struct ml_cenv *env;
	struct ml_arena *scratch;       /* freed with the YAML tree */
	const struct ml_yaml_node *cut; /* the last service before a syntax error: what of it stands there is not all */
	uint32_t *lines;                /* offset of each line */
	uint32_t nlines;
	int depth;
	bool quiet;                     /* a second visit by alias: everything was said */
};

/* Prepares `lines`. ML_ENOMEM. */
int ml_cconv_begin(struct ml_cconv *c);

/* The node, its value's place with that of `key` and with `origin`. NULL: no memory. */
struct ml_cnode *ml_cconv_node(struct ml_cconv *c, const struct ml_yaml_node *node, const struct ml_yaml_node *key, uint32_t origin);

/* scalar.c */
struct ml_cnode *ml_cconv_scalar(struct ml_cconv *c, const struct ml_yaml_node *node, const struct ml_yaml_node *key, uint32_t origin);

uint32_t ml_cconv_loc(struct ml_cconv *c, const struct ml_yaml_node *node, const struct ml_yaml_node *key, uint32_t origin);
struct ml_str ml_cconv_text(struct ml_cconv *c, const struct ml_yaml_node *node);

#endif

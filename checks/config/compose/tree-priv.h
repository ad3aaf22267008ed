/* SPDX-License-Identifier: Apache-2.0 */
/* A Compose project while it is loaded: one merged, interpolated tree whose every node knows its place. Loading makes it, normalising reads it. */
#ifndef ML_CHECKS_CONFIG_COMPOSE_TREE_PRIV_H
#define ML_CHECKS_CONFIG_COMPOSE_TREE_PRIV_H

#include "base/yaml.h"
#include "checks/config/compose/compose.h"

enum ml_cnode_kind { ML_C_NULL, ML_C_BOOL, ML_C_INT, ML_C_FLOAT, ML_C_STR, ML_C_SEQ, ML_C_MAP, ML_C_UNKNOWN };

/* `text` of a scalar is what stands in the file after interpolation, so that `0755` and `"0755"`, `1.10` and `"1.10"` can be told apart from their values. */
struct ml_cnode {
	uint8_t kind;
	bool quoted;       /* STR: quoted or block in the source, not a plain scalar */
	bool interpolated; /* a variable was filled in: loc's origin is the variable's place, when it has one */
	uint32_t loc;      /* index into facts' locations: place, key's place, origin */
	struct ml_str text; /* scalars; UNKNOWN: the reason */
	union {
		bool b;
		int64_t i;
		double d;
		struct {
			struct ml_cnode **items; /* SEQ: n; MAP: n values in file order */
			struct ml_str *keys;     /* MAP */
			uint32_t *key_locs;      /* MAP */
			uint32_t n;
		};
	};
	/* Variables that the scalar reads: NAME, whether a default was taken, whether it was unset without one (then it is "" with a diagnostic, as docker-compose does). */
	const struct ml_cvar *vars;
	uint32_t nvars;
};
struct ml_cvar {
	struct ml_str name;
	bool defaulted, unset;
	uint8_t op; /* 0, '-', '+', '?' */
};

/* The whole project: `root` is a MAP with at most services, networks, volumes, secrets, configs, name, version and x- keys; every `extends`, `include`, merge key, override and
 * variable is resolved. What could not be resolved is an UNKNOWN node where it belongs (a service whose `extends` file is missing is UNKNOWN as a whole only if nothing of it is known; else it
 * carries its own keys and the flag below). */
struct ml_cproject {
	struct ml_cnode *root;
	/* Names of services whose inherited part is missing, each with the reason: keys that such a service does not set itself are unknown, not absent. */
	struct ml_cgap {
		struct ml_str service, reason;
	} *gaps;
	size_t ngaps;
	struct ml_str directory; /* of the first file, relative to the root: relative paths in the project start here */
	struct ml_str name;      /* project name when it is written; else "" */
	bool has_override;       /* an override file was merged by itself */
};

/* Loads. 0 also when things are missing (diagnostics in facts, UNKNOWN in the tree); ML_ENOMEM. */
int ml_compose_load(struct ml_facts *facts, const struct ml_reader *reader, const struct ml_compose_request *request, struct ml_cproject *out);

/* The value under a key, or NULL. */
const struct ml_cnode *ml_cnode_get(const struct ml_cnode *map, const char *key);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A Compose project while it is loaded: one merged, interpolated tree whose every node knows its place. Loading makes it, normalising reads it. */
#ifndef ML_CHECKS_CONFIG_COMPOSE_TREE_PRIV_H
#define ML_CHECKS_CONFIG_COMPOSE_TREE_PRIV_H

#include "base/yaml.h"
#include "checks/config/compose/compose.h"

enum ml_cnode_kind { ML_C_NULL, ML_C_BOOL, ML_C_INT, ML_C_FLOAT, ML_C_STR, ML_C_SEQ, ML_C_MAP, ML_C_UNKNOWN };

/* `text` of a scalar is what stands in the file after interpolation, so that `0755` and `"0755"`, `1.10` and `"1.10"` can be told apart from their values. The kind is that of YAML 1.1
 * as PyYAML has it: `yes` is a BOOL, `22:22` an INT (1342), `2024-01-01` a STR. A plain scalar with variables is typed after they are filled in (`${X:-true}` is a BOOL), but an
 * empty one stays a STR.
 *
 * `loc` is the place where the value is written. The origin of that place is the second place, and its origin the next, nearest first, about 8 at most:
 *   what it came by                     | loc                         | origin
 *   alias, merge key                    | in the anchored node        | the alias (`*x`), the value of `<<`
 *   extends                             | in the base service         | the value of `extends` in the service that inherits
 *   include                             | in the included file        | the entry of `include`
 *   a variable with a place             | the scalar that reads it    | the assignment in the .env file (of the first variable that has one)
 *   override file, later -f             | in the later file           | the value that it replaced, when it replaced one
 * A mapping or list that several files make stands where the first of them has it, one that inherits by extends where it is itself.
 * The place of a value that comes from "KEY=value" in a list (`environment`, `labels` … once merged) is behind the '=', its key's place the item's. */
struct ml_cnode {
	uint8_t kind;
	bool quoted;       /* STR: quoted or block in the source, or the VALUE of NAME=VALUE: never anything else than a string */
	bool interpolated; /* a variable was filled in: loc's origin is the variable's place, when it has one */
	uint8_t tag;       /* of the loader; 0 in a loaded tree */
	uint32_t loc;      /* index into facts' locations: place, key's place, origin */
	uint32_t n;        /* SEQ, MAP: children; else 0 */
	uint32_t nvars;
	struct ml_str text; /* scalars; UNKNOWN: the reason; SEQ, MAP: "" */
	union {
		struct {
			union {
				bool b;
				int64_t i;
				double d;
			};
			/* Variables that the scalar reads: NAME, whether a default was taken,
			 * whether it was unset without one, or unset and required (then it is ""
			 * with a diagnostic, as docker-compose does). */
			const struct ml_cvar *vars;
		};
		struct {
			struct ml_cnode **items; /* SEQ: n; MAP: n values, merged ones first, else in file order */
			struct ml_str *keys;     /* MAP: no key twice. Keys that are not scalars are left out with a diagnostic */
			uint32_t *key_locs;      /* MAP */
		};
	};
};
struct ml_cvar {
	struct ml_str name;
	bool defaulted, unset;
	uint8_t op; /* 0, '-', '+', '?' */
	uint32_t loc; /* of the assignment in an .env file; 0: the environment, or none */
	uint32_t tail; /* bytes of the text that stand behind what it brought */
	struct ml_str given; /* what stands behind the operator, where it was taken; "" else */
};

/* What every shell that starts Compose has set (POSIX, "Shell Variables"), so that no file need set
 * it: the path that PWD or HOME stands for, else NULL. */
const char *ml_cvar_shell_path(struct ml_str name);

/* An assignment of an .env file. */
struct ml_cenv_entry {
	struct ml_str name, value;
	bool has_value;    /* false: `NAME` alone, whose value is the environment's */
	bool interpolated;
	uint32_t loc;      /* place of the value, key's place that of the name */
	/* Variables in the value that are not set; their tails are the value's. */
	const struct ml_cvar *holes;
	uint32_t nholes;
};
/* An .env file, or the environment, and what goes before it: a name that `first` has is not looked up here. */
struct ml_cenv {
	const struct ml_cenv *first;
	struct ml_cenv_entry *entries; /* in file order, a name may stand twice: the last counts */
	size_t n;
	const uint32_t *sorted; /* indexes of entries by name, then place */
	struct ml_str broken;   /* why the rest of the file could not be read; "" when it was */
};

/* The whole project: `root` is a MAP with at most services, networks, volumes, secrets, configs, name, version and x- keys; every `extends`, `include`, merge key, override and
 * variable is resolved. What could not be resolved is an UNKNOWN node where it belongs (a service whose `extends` file is missing is UNKNOWN as a whole only if nothing of it is known; else it
 * carries its own keys and the flag below). `root` is UNKNOWN when the first file cannot be read or is no Compose file.
 *
 * Files of version 1 (services at the root) come as `services`; their `net`, `log_driver`, `log_opt` and `dockerfile` stay as they are. */
struct ml_cproject {
	struct ml_cnode *root;
	/* Names of services whose inherited part is missing, each with the reason: keys that such a service does not set itself are unknown, not absent. */
	struct ml_cgap {
		struct ml_str service, reason;
	} *gaps;
	size_t ngaps, gaps_cap;
	struct ml_str directory; /* of the first file, relative to the root: relative paths in the project start here */
	struct ml_str name;      /* project name when it is written; else "" */
	bool has_override;       /* an override file was merged by itself */
	bool version_1;          /* services stood at the root */
	/* Why part of the project could not be read at all (a syntax error, an include that is missing); "" when all was. Then services, networks, volumes, secrets and configs that
	 * are not in the tree are unknown, not absent. */
	struct ml_str broken;
	const struct ml_cenv *env; /* what variables were looked up in: for `environment: [NAME]`, and for env_file */
	struct ml_cload *load;     /* the loader's own, for ml_compose_env_file */
};

/* Loads. 0 also when things are missing (diagnostics in facts, UNKNOWN in the tree); ML_ENOMEM.
 * Limits, each a diagnostic and UNKNOWN: 1,000 files; depth 100 in a file, 200 with aliases; values that come by alias, merge key, extends and include 1,000,000 and four times what is written; extends chains of
 * 200 services; include nesting of 20; an interpolated scalar 1 MiB, all of them 64 MiB. */
int ml_compose_load(struct ml_facts *facts, struct ml_arena *tree, const struct ml_reader *reader, const struct ml_compose_request *request,
	struct ml_cproject *out);

/* The value under a key, or NULL. Linear: for maps of many names use ml_cindex. */
const struct ml_cnode *ml_cnode_get(const struct ml_cnode *map, const char *key);

/* Looking up many names in one map: n log n once, log n each. */
struct ml_cindex {
	const struct ml_cnode *map;
	const uint32_t *sorted;
};
/* ML_ENOMEM. `map` may be NULL or not a MAP: then nothing is found. */
int ml_cindex_make(struct ml_arena *arena, const struct ml_cnode *map, struct ml_cindex *out);
/* Position in the map, or -1. */
int64_t ml_cindex_find(const struct ml_cindex *index, struct ml_str key);

/* Reads the env file at `path` (relative to the project's directory) to names, values and places, as `.env` itself is read: blank lines and lines of `#`; `export`; NAME=VALUE, NAME:
 * VALUE, NAME alone; '…' literal; "…" with \n \r \t \" \\ \$ and variables; else up to white space and '#', with variables. Variables are looked up in earlier lines, then in the project's
 * environment. Byte order mark and CRLF are dropped. A line that is none of this is a diagnostic, and the rest is read on. Values are registered as secret spans of their source: no report shows
 * them. A file is read once, however often it is asked for. The reader that the project was loaded with must still be there.
 * `raw`: the value is all that stands behind the first '=' of a line, whatever it is.
 * 0; else the reader's error, with *why in the arena for people, and nothing is reported: the caller knows whether the file is needed. */
int ml_compose_env_file(struct ml_cproject *project, struct ml_str path, bool raw, const struct ml_cenv **out, struct ml_str *why);

/* The assignment that counts, or NULL. */
const struct ml_cenv_entry *ml_cenv_get(const struct ml_cenv *env, struct ml_str name);

#endif

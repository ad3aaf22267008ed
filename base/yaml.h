/* SPDX-License-Identifier: Apache-2.0 */
/* YAML 1.2 as a node tree with places, from libfyaml's events: bounded in depth, nodes and aliases. */
#ifndef ML_BASE_YAML_H
#define ML_BASE_YAML_H

#include "base/error.h"
#include "base/str.h"

enum ml_yaml_kind { ML_YAML_SCALAR, ML_YAML_SEQ, ML_YAML_MAP, ML_YAML_ALIAS };
enum ml_yaml_style { ML_YAML_PLAIN, ML_YAML_SINGLE, ML_YAML_DOUBLE, ML_YAML_LITERAL, ML_YAML_FOLDED, ML_YAML_FLOW, ML_YAML_BLOCK };

struct ml_yaml_node {
	uint8_t kind;  /* enum ml_yaml_kind */
	uint8_t style; /* enum ml_yaml_style */
	uint8_t depth; /* 0 for the root */
	uint8_t extra; /* private */
	/* Where it starts: 1-based, columns count code points; quotes and a '*' belong to it; a literal or folded scalar
	 * starts with its first line of text; an empty node stands where the node before it ended. */
	uint32_t line, col;
	uint32_t end_line, end_col; /* where it ends, exclusive */
	uint32_t n; /* SCALAR: bytes; SEQ: items; MAP: pairs */
	union {
		const char *text;            /* SCALAR: resolved content, UTF-8 without NULs */
		struct ml_yaml_node **items; /* SEQ: n of them; MAP: key, value, key, value … 2n */
		struct ml_yaml_node *target; /* ALIAS: never an alias itself, never an ancestor of it */
	};
	const char *tag; /* full tag as written after handle expansion ("tag:yaml.org,2002:str"), "!" or NULL */
};

struct ml_yaml_limits {
	uint32_t max_depth;   /* 0: 100 */
	uint32_t max_nodes;   /* 0: 8,000,000 */
	uint32_t max_aliases; /* 0: 100,000 */
	uint32_t max_docs;    /* 0: 1,000 */
};

/* A stream. When `error.code` is not 0 the stream is incomplete: the documents hold what stood before the error, and no
 * conclusion may be drawn from what is absent. */
struct ml_yaml {
	struct ml_yaml_node **docs; /* a root may be NULL: an empty document */
	size_t ndocs;
	uint32_t nodes; /* in all of them, aliases too */
	struct ml_error error; /* ML_ESYNTAX (also NUL, invalid UTF-8, undefined alias), ML_ELIMIT; with line and column */
};

/* Parses `bytes` (a byte order mark is skipped; UTF-16 and -32 are ML_ESYNTAX). Nothing in the result points into `bytes`. 0, also
 * for an incomplete stream; ML_ENOMEM. */
int ml_yaml_parse(struct ml_arena *arena, struct ml_str bytes, const struct ml_yaml_limits *limits, struct ml_yaml *out);

/* The node itself, or what an alias stands for. NULL gives NULL. Aliases are shared, not copied: whoever walks a tree through them counts its
 * steps, or an alias bomb is expanded after all. */
const struct ml_yaml_node *ml_yaml_deref(const struct ml_yaml_node *node);

static inline struct ml_str ml_yaml_text(const struct ml_yaml_node *scalar)
{
	return (struct ml_str){scalar->text, scalar->n};
}
static inline const struct ml_yaml_node *ml_yaml_key(const struct ml_yaml_node *map, uint32_t i)
{
	return map->items[2 * (size_t)i];
}
/* Not dereferenced, so that the place of the alias is known. */
static inline const struct ml_yaml_node *ml_yaml_value(const struct ml_yaml_node *map, uint32_t i)
{
	return map->items[2 * (size_t)i + 1];
}

/* The index of the last pair with that scalar key (as PyYAML and Compose have it), or -1. Linear. `map` may be NULL or not a map: -1. */
int64_t ml_yaml_find(const struct ml_yaml_node *map, struct ml_str key);
/* Its value, dereferenced, or NULL. */
const struct ml_yaml_node *ml_yaml_get(const struct ml_yaml_node *map, const char *key);

/* The first key that stands twice (its second node), or NULL. n log n. */
const struct ml_yaml_node *ml_yaml_duplicate(struct ml_arena *arena, const struct ml_yaml_node *map);

/* What a scalar means. Quoted and block scalars, and those with tag !!str or "!", are strings. */
enum ml_yaml_type { ML_YAML_NULL, ML_YAML_BOOL, ML_YAML_INT, ML_YAML_FLOAT, ML_YAML_STR, ML_YAML_TIMESTAMP, ML_YAML_MERGE };
enum ml_yaml_schema {
	ML_YAML_1_1,  /* as PyYAML: yes/no/on/off, 0o-less octal, base 60, timestamps, "<<", "=" */
	ML_YAML_CORE, /* YAML 1.2 core schema: true/false, 0o17, 0x1f, .inf */
};
struct ml_yaml_scalar {
	enum ml_yaml_type type;
	union {
		bool b;
		int64_t i; /* an integer beyond 64 bits is a FLOAT with the nearest double */
		double d;
	};
};
struct ml_yaml_scalar ml_yaml_resolve(const struct ml_yaml_node *scalar, enum ml_yaml_schema schema);

/* "a mapping", "a sequence", "a string" …: for messages "got …". Dereferences. */
const char *ml_yaml_what(const struct ml_yaml_node *node);

#endif

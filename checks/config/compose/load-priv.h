/* SPDX-License-Identifier: Apache-2.0 */
/* The loader's own parts: what its files share while a project is read. */
#ifndef ML_CHECKS_CONFIG_COMPOSE_LOAD_PRIV_H
#define ML_CHECKS_CONFIG_COMPOSE_LOAD_PRIV_H

#include "checks/config/compose/tree-priv.h"

/* ml_cnode.tag: what an override file says about the value that it meets. */
enum ml_ctag { ML_C_PLAIN, ML_C_RESET, ML_C_OVERRIDE };

/* A file that was asked for, once. */
struct ml_cfile {
	struct ml_str name; /* relative to the root */
	int error;          /* of the reader */
	struct ml_str why;
	uint32_t source;
	struct ml_str bytes;
	const struct ml_cenv *env[2]; /* when it was read as an env file (as it is, and raw), with `env_first` before it */
	const struct ml_cenv *env_first[2];
};

/* One document of one Compose file: its services before anything is merged. */
struct ml_clayer {
	struct ml_str file, dir;   /* name; directory from which its relative paths start */
	const struct ml_cenv *env;
	struct ml_cnode *root;     /* MAP */
	struct ml_cnode *services; /* MAP, or NULL */
	struct ml_cindex index;
	uint8_t *state;            /* of each service's extends: enum in extends.c */
	struct ml_str *gap;        /* of each service: why its inherited part is missing; ptr NULL: it is not */
};
struct ml_clayers {
	struct ml_clayer **items;
	size_t n, cap;
};

/* A file's documents, cached by name, directory and environment. */
struct ml_cloaded {
	struct ml_str name, dir;
	const struct ml_cenv *env;
	const struct ml_cfile *from;
	struct ml_clayers layers;
	int error;
	struct ml_str broken; /* why some of it could not be read */
	bool version_1;
	bool empty; /* not said yet: as an override file it may be */
};

struct ml_cload {
	struct ml_facts *facts;
	struct ml_arena *arena; /* the facts' */
	struct ml_arena *tree;  /* of nodes, but not of their texts */
	const struct ml_reader *reader;
	const struct ml_compose_request *request;
	struct ml_cfile **files;
	size_t nfiles, files_cap;
	struct ml_cloaded **loaded;
	size_t nloaded, loaded_cap;
	uint64_t written, copied; /* nodes */
	uint64_t expanded;        /* bytes that variables added */
	struct ml_str warned[100]; /* variables that were reported as unset */
	size_t nwarned;
	bool budget_told;
	bool tags; /* !reset or !override stands somewhere */
	int depth; /* of includes */
	int included;
	struct ml_str including[20];
	bool memory; /* ran out */
};

enum { ML_C_DEPTH = 200, ML_C_CHAIN = 200, ML_C_INCLUDES = 20, ML_C_FILES = 1000 };

/* tree.c */
struct ml_cnode *ml_cnode_new(struct ml_cload *load, enum ml_cnode_kind kind, uint32_t loc);
struct ml_cnode *ml_cnode_unknown(struct ml_cload *load, uint32_t loc, const char *reason);
/* A MAP or SEQ with room for n children and n 0. NULL: no memory. */
struct ml_cnode *ml_cnode_room(struct ml_cload *load, enum ml_cnode_kind kind, uint32_t loc, size_t n);
void ml_cnode_push(struct ml_cnode *node, struct ml_str key, uint32_t key_loc, struct ml_cnode *value);
/* A deep copy whose places get `origin` behind what they have. Counts against the budget. */
struct ml_cnode *ml_cnode_copy(struct ml_cload *load, const struct ml_cnode *node, uint32_t origin);
/* The place with `origin` at the end of its chain, unless that has 8 links already. */
uint32_t ml_cload_via(struct ml_cload *load, uint32_t loc, uint32_t origin);
/* Takes n nodes from the budget of copies. */
bool ml_cload_spend(struct ml_cload *load, uint32_t n, uint32_t loc);
struct ml_cnode *ml_cnode_mutable_get(struct ml_cnode *map, const char *key);
void ml_cnode_drop(struct ml_cnode *map, const char *key);

/* A diagnostic at a place. */
void ml_cload_say(struct ml_cload *load, enum ml_diag_level level, uint32_t loc, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* read.c: each file once. Never NULL but without memory. */
struct ml_cfile *ml_cload_file(struct ml_cload *load, struct ml_str name);

/* env.c */
const struct ml_cenv *ml_cenv_of_request(struct ml_cload *load);
const struct ml_cenv *ml_cenv_of_file(struct ml_cload *load, struct ml_cfile *file, const struct ml_cenv *first, bool raw);

/* interpolate.c: fills variables into `text`. */
enum ml_cfill_error {
	ML_CFILL_OK, ML_CFILL_SYNTAX, ML_CFILL_LIMIT, ML_CFILL_DEEP, ML_CFILL_MEMORY
};
struct ml_cfill {
	struct ml_cload *load;
	const struct ml_cenv_entry *(*find)(const struct ml_cfill *fill, struct ml_str name); /* NULL: not set */
	const struct ml_cenv *env; /* for `find` */
	size_t before;
	bool quiet;  /* says nothing: the text was looked at before */
	bool lenient; /* a '$' that starts no variable stays (env files) */
	uint32_t loc;
	/* out */
	struct ml_str text;
	const struct ml_cvar *vars;
	uint32_t nvars;
};
enum ml_cfill_error ml_cfill(struct ml_cfill *fill, struct ml_str text);



/* layer.c: the documents of a Compose file. */
struct ml_cloaded *ml_cload_layers(struct ml_cload *load, struct ml_str name, struct ml_str dir, const struct ml_cenv *env);

/* extends.c */
void ml_cload_extends(struct ml_cload *load, struct ml_clayer *layer);

/* merge.c: `over` upon `base`. */
struct ml_cnode *ml_cmerge_root(struct ml_cload *load, struct ml_cnode *base, struct ml_cnode *over);
struct ml_cnode *ml_cmerge_service(struct ml_cload *load, struct ml_cnode *base, struct ml_cnode *over);
/* Takes out what is tagged !reset, and the tags. */
void ml_cmerge_prune(struct ml_cnode *node);

/* shape.c: the parts of merging that know the syntaxes. */
struct ml_cnode *ml_cshape_pairs(struct ml_cload *load, struct ml_cnode *node, const char *separators);
struct ml_cnode *ml_cshape_names(struct ml_cload *load, struct ml_cnode *node, bool depends_on);
struct ml_cnode *ml_cshape_list(struct ml_cload *load, struct ml_cnode *node);
struct ml_cnode *ml_cshape_build(struct ml_cload *load, struct ml_cnode *node);
/* What makes an element of a list the same as another. */
struct ml_str ml_ckey_text(struct ml_cload *load, const struct ml_cnode *item);
struct ml_str ml_ckey_target(struct ml_cload *load, const struct ml_cnode *item);
struct ml_str ml_ckey_secret(struct ml_cload *load, const struct ml_cnode *item);
struct ml_str ml_ckey_config(struct ml_cload *load, const struct ml_cnode *item);
struct ml_str ml_ckey_port(struct ml_cload *load, const struct ml_cnode *item);
struct ml_str ml_ckey_alias(struct ml_cload *load, const struct ml_cnode *item);
struct ml_str ml_ckey_path(struct ml_cload *load, const struct ml_cnode *item);
struct ml_str ml_ckey_subnet(struct ml_cload *load, const struct ml_cnode *item);

/* rebase.c: relative paths of a service (or of a whole root) that start at `from` made to start at `to`. */
void ml_crebase_service(struct ml_cload *load, struct ml_cnode *service, struct ml_str from, struct ml_str to);
void ml_crebase_root(struct ml_cload *load, struct ml_cnode *root, struct ml_str from, struct ml_str to);

/* include.c */
void ml_cload_include(struct ml_cload *load, struct ml_cproject *project, const struct ml_cnode *include, struct ml_str dir, const struct ml_cenv *env);

/* load.c: files merged into one project, without includes' limits; recursive through include.c. */
int ml_cload_project(struct ml_cload *load, const struct ml_str *files, size_t n, struct ml_str dir, const struct ml_cenv *env, struct ml_cproject *out);
void ml_cload_gap(struct ml_cload *load, struct ml_cproject *project, struct ml_str service, struct ml_str reason);

#endif

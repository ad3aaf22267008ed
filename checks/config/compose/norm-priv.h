/* SPDX-License-Identifier: Apache-2.0 */
/* The normaliser's own parts: a loaded tree in, records of facts/compose.h out. */
#ifndef ML_CHECKS_CONFIG_COMPOSE_NORM_PRIV_H
#define ML_CHECKS_CONFIG_COMPOSE_NORM_PRIV_H

#include "checks/config/compose/tree-priv.h"
#include "checks/config/compose/values-priv.h"
#include "facts/compose.h"
#include "facts/mask.h"
#include "checks/secrets.h"

struct ml_cn_list {
	struct ml_value *items;
	size_t n, cap;
};

struct ml_cn_span {
	uint32_t file, from, to;
};

struct ml_cn {
	struct ml_facts *facts;
	struct ml_arena *arena;
	struct ml_arena *scratch; /* ends with the collecting */
	const struct ml_reader *reader;
	struct ml_cproject *project;
	struct ml_cindex services, networks, volumes, secrets, configs; /* of the tree's sections */
	struct ml_cn_list flat[ML_CO_ROOT_SLOTS];  /* the root's lists, by slot */
	struct ml_str owner;    /* name of the service, network … that is being read */
	uint32_t owner_loc;     /* its key */
	const char *section;    /* "services", "networks" … */
	bool in_service;
	bool partial;           /* of the request */
	struct ml_cn_list *names; /* users of networks, volumes, secrets, configs: see uses.c */
	/* redact.c */
	struct ml_cn_span *spans;
	size_t nspans, spans_cap;
	struct ml_mask mask; /* secrets, to be hidden wherever else they stand */
	uint32_t **lines; /* of each source: where its lines begin; NULL: not looked at yet */
	uint32_t *nlines;
	size_t nsources;
	bool memory; /* ran out */
};

/* A value in a map, or an item of a list. */
struct ml_cn_at {
	const struct ml_cnode *node;
	struct ml_str key; /* for messages: the key that it stands under */
	uint32_t loc;      /* of that key; of the node where there is none */
};

/* Reads a node as one value. ABSENT: as if it were not written. */
typedef struct ml_value ml_cn_read(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg);
/* Reads a node into several slots. */
typedef void ml_cn_fill(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b);

/* What a key of a map is. With neither `read` nor `fill` it is known and says nothing to us, but for secrets in it; slot ML_CN_ELSEWHERE: it is read elsewhere. */
enum { ML_CN_ELSEWHERE = -1 };
struct ml_cn_key {
	const char *key;
	int slot;
	ml_cn_read *read;
	const void *arg;
	ml_cn_fill *fill;
};
struct ml_cn_keys {
	const struct ml_cn_key *items; /* sorted by key */
	size_t n;
};
#define ML_CN_KEYS(table) ((struct ml_cn_keys){table, sizeof(table) / sizeof((table)[0])})

/* keys.c */
/* Reads each pair of a map by the table; unknown keys (but x-) are warnings, with what was meant, and go to *unknown where it is not NULL. False when the node is no map (said). */
bool ml_cn_map(struct ml_cn *cn, const struct ml_cn_at *at, const struct ml_cn_keys *keys, struct ml_record_builder *b, struct ml_cn_list *unknown);

/* norm.c: saying, and values that cannot be known */
void ml_cn_say(struct ml_cn *cn, enum ml_diag_level level, uint32_t loc, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* UNKNOWN with that reason. */
struct ml_value ml_cn_unknown(struct ml_cn *cn, uint32_t loc, struct ml_str reason);
/* `got "x", want y` as an error, and UNKNOWN. */
struct ml_value ml_cn_bad(struct ml_cn *cn, const struct ml_cn_at *at, const char *want);
/* Why a node's value cannot be known: it is UNKNOWN, or a variable in it is not set. ptr NULL: it can. */
struct ml_str ml_cn_why(struct ml_cn *cn, const struct ml_cnode *node);
struct ml_str ml_cn_why_unset(struct ml_cn *cn, const struct ml_cvar *vars, size_t n);
bool ml_cn_is_scalar(const struct ml_cnode *node);
struct ml_value ml_cn_text(struct ml_cn *cn, struct ml_str text, uint32_t loc);
struct ml_value ml_cn_word(const char *word, uint32_t loc);
/* Packs; UNKNOWN when memory ends. */
struct ml_value ml_cn_pack(struct ml_cn *cn, struct ml_record_builder *b, uint32_t loc);
/* Exactly `n` items of room for a list that has none. */
void ml_cn_room(struct ml_cn *cn, struct ml_cn_list *list, size_t n);
void ml_cn_push(struct ml_cn *cn, struct ml_cn_list *list, struct ml_value value);
struct ml_value ml_cn_list_value(const struct ml_cn_list *list, uint32_t loc);
/* The item to the list, and to the root's list of that slot. */
void ml_cn_both(struct ml_cn *cn, struct ml_cn_list *list, int root_slot, struct ml_value value);
/* A slot that was not set yet. */
void ml_cn_set(struct ml_record_builder *b, int slot, struct ml_value value);
/* Entries to a MAP value: of equal keys the last counts. */
struct ml_value ml_cn_map_value(struct ml_cn *cn, struct ml_entry *entries, size_t n, uint32_t loc);
/* The items of a list, or the one scalar as such; calls `each` for each but NULL nodes. False when it is neither (said). */
bool ml_cn_each(struct ml_cn *cn, const struct ml_cn_at *at, void (*each)(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx), void *ctx);

/* A pair of a map, or of a list of "key=value". */
struct ml_cn_pair {
	struct ml_str key, value;
	bool has_value;      /* false: the key alone, or null */
	struct ml_str why;   /* why the value cannot be known; ptr NULL: it can */
	uint32_t loc, key_loc;
	const struct ml_cnode *node;
};
/* Calls `each` for each pair; anything else is said. False when it is neither map nor list. */
bool ml_cn_pairs(struct ml_cn *cn, const struct ml_cn_at *at, void (*each)(struct ml_cn *cn, const struct ml_cn_pair *pair, void *ctx), void *ctx);

/* holes.c: values with a variable in them that is not set */
/* The text behind the last such variable; all of it when there is none. */
struct ml_str ml_cn_behind_holes(const struct ml_cnode *node);
/* Whether the value can be exactly `text`, whatever those variables bring. */
bool ml_cn_may_be(const struct ml_cnode *node, struct ml_str text);
/* Paths of the project that begin with a variable of every shell get the path that it stands for:
 * before anything is read. */
void ml_cn_fill_paths(struct ml_cn *cn);

/* scalars.c: readers. Unless said otherwise `arg` is NULL and what is wrong is said and UNKNOWN. */
ml_cn_read ml_cn_string, ml_cn_bool, ml_cn_int, ml_cn_bytes, ml_cn_duration, ml_cn_cpus, ml_cn_true;
ml_cn_read ml_cn_vocab;   /* arg: struct ml_vocab */
ml_cn_read ml_cn_strings; /* a list of strings, or one */
ml_cn_read ml_cn_string_map; /* a map or "key=value" list; secrets in it are found as ML_CN_OPTION; arg: const char *, the word of ml_co_where_vocab, or NULL */
ml_cn_read ml_cn_dyn;     /* anything, to a depth; secrets in it are found */
ml_cn_read ml_cn_written; /* true */
/* The text of a scalar, and whether it is one that can be read as text; else *value is what to give back. */
bool ml_cn_scalar(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_str *text, struct ml_value *value);

/* secrets.c */
struct ml_cn_secret {
	const char *where;   /* word of ml_co_where_vocab */
	struct ml_str key;   /* the name that the text stands under; "" when none */
	struct ml_str text;
	uint32_t loc;
	const struct ml_cvar *vars;
	uint32_t nvars;
	bool interpolated;
	bool free_text; /* look for name=value too */
	bool env_file;  /* stands in an env file, whose values are hidden already */
};
/* The text with secrets hidden; each is recorded in the root's secrets_found, with where it stands. *kind: that of the first, or NULL for nobody. ptr NULL only without memory. */
struct ml_str ml_cn_hide(struct ml_cn *cn, const struct ml_cn_secret *secret, enum ml_secret_kind *kind);
/* The same with hits that were found by looking at more than the text. */
struct ml_str ml_cn_hide_hits(struct ml_cn *cn, const struct ml_cn_secret *secret, const struct ml_secret_hits *hits);
/* The same of a node under a name. */
struct ml_str ml_cn_hide_node(struct ml_cn *cn, const struct ml_cnode *node, struct ml_str text, const char *where, struct ml_str key, enum ml_secret_kind *kind);
/* A name that has no value; the text itself when it is no more than a name. */
struct ml_str ml_cn_hide_name(struct ml_cn *cn, const struct ml_cnode *node, struct ml_str text);
/* One finding a place: later ones of the same place go. */
void ml_cn_unite_secrets(struct ml_cn *cn);

/* redact.c: what reports must not show of the sources. */
void ml_cn_mark(struct ml_cn *cn, const struct ml_cn_secret *secret, const struct ml_secret_hits *hits);
/* Everything that is hidden, wherever else it stands in the facts: once they are made. */
void ml_cn_mask_facts(struct ml_cn *cn);
/* Everything that is hidden, wherever else it stands; then the spans to the sources. */
void ml_cn_redact_sources(struct ml_cn *cn);
/* Source lines of diagnostics, after all. */
void ml_cn_redact_diags(struct ml_cn *cn);

/* The nouns. Each reads its key into the service (or what it belongs to). */
ml_cn_fill ml_cn_image, ml_cn_build, ml_cn_user, ml_cn_pull_policy;
ml_cn_fill ml_cn_cap_add, ml_cn_cap_drop, ml_cn_security_opt, ml_cn_network_mode, ml_cn_pid, ml_cn_ipc, ml_cn_uts, ml_cn_userns, ml_cn_cgroup;
ml_cn_fill ml_cn_ports, ml_cn_volumes, ml_cn_tmpfs, ml_cn_volumes_from, ml_cn_devices, ml_cn_gpus;
ml_cn_fill ml_cn_mem_swap, ml_cn_pids_limit, ml_cn_ulimits, ml_cn_restart, ml_cn_deploy, ml_cn_blkio;
ml_cn_fill ml_cn_healthcheck, ml_cn_command, ml_cn_entrypoint, ml_cn_post_start, ml_cn_pre_stop, ml_cn_logging, ml_cn_log_driver, ml_cn_log_opt;
ml_cn_fill ml_cn_environment, ml_cn_env_file, ml_cn_labels, ml_cn_annotations, ml_cn_secrets, ml_cn_configs;
ml_cn_fill ml_cn_networks, ml_cn_depends_on, ml_cn_extra_hosts, ml_cn_develop, ml_cn_provider;
/* What needs several keys, after all of them were read. `node` is the service. */
void ml_cn_finish_security(struct ml_cn *cn, struct ml_record_builder *b, struct ml_str gap);
void ml_cn_finish_limits(struct ml_cn *cn, struct ml_record_builder *b, const struct ml_cnode *service);
void ml_cn_finish_labels(struct ml_cn *cn, struct ml_record_builder *b, const struct ml_cnode *service);
void ml_cn_finish_environment(struct ml_cn *cn, struct ml_record_builder *b, const struct ml_cnode *service);
void ml_cn_finish_networks(struct ml_cn *cn, struct ml_record_builder *b);
/* networks.c: a service that joins a network of the engine's own is as one that names it as its
 * network_mode. */
void ml_cn_engine_network(struct ml_cn *cn, struct ml_record_builder *b);
ml_cn_read ml_cn_device_requests;
/* Labels of anything; `on` a word of the owner's vocabulary. */
struct ml_value ml_cn_read_labels(struct ml_cn *cn, const struct ml_cn_at *at, const char *on);
ml_cn_read ml_cn_labels_of; /* arg: that word */

/* refused.c: what Compose refuses. An error, or a warning where the file may be a part of a
 * project. */
void ml_cn_refuse(struct ml_cn *cn, uint32_t loc, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A service that nothing is missing of, after all its keys were read. */
void ml_cn_check_service(struct ml_cn *cn, const struct ml_record_builder *b,
	const struct ml_cnode *service);

/* service.c, sections.c */
void ml_cn_services(struct ml_cn *cn, const struct ml_cnode *services, uint32_t loc, struct ml_record_builder *root);
void ml_cn_sections(struct ml_cn *cn, struct ml_record_builder *root);
/* Mounts know who shares with them; fills shares. */
void ml_cn_shares(struct ml_cn *cn);
/* interpolations.c */
void ml_cn_interpolations(struct ml_cn *cn);

#endif

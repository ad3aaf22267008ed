/* SPDX-License-Identifier: Apache-2.0 */
/* Types: what a fact, a parameter and a CEL expression can be. */
#ifndef ML_FACTS_TYPE_H
#define ML_FACTS_TYPE_H

#include <stdbool.h>

#include "base/str.h"

enum ml_type_kind {
	ML_T_DYN, /* checked at run time; only for kinds whose content is open (labels, x- extensions) */
	ML_T_NULL,
	ML_T_BOOL,
	ML_T_INT,
	ML_T_UINT,
	ML_T_DOUBLE,
	ML_T_STRING,
	ML_T_BYTES,
	ML_T_TIMESTAMP,
	ML_T_DURATION,
	ML_T_LIST,     /* elem */
	ML_T_MAP,      /* key, elem */
	ML_T_RECORD,   /* name, fields: closed */
	ML_T_OPTIONAL, /* elem */
	ML_T_TYPE,     /* the type of a type; elem: which type, or NULL */
	ML_T_IP,       /* net.IP of the network extension */
	ML_T_CIDR,     /* net.CIDR */
	ML_T_PARAM,    /* name: a type parameter inside the CEL checker; never in a schema */
	ML_T_OPAQUE,   /* name: an abstract type that an environment declares; never in a schema */
};

struct ml_field;
struct ml_value;

/* The words that a string can be. A policy that compares such a string with a literal outside a closed vocabulary is
 * an error when it loads (a typo would make a rule that never matches). Facts may still hold other words: the target
 * is hostile. An open vocabulary only feeds suggestions and documentation. */
struct ml_vocab {
	const char *name;         /* "restart policy" */
	const char *const *words; /* NULL-terminated */
	bool open;
};

/* Constant, or from an arena that outlives it. Compare with ml_type_eq, not by pointer. */
struct ml_type {
	enum ml_type_kind kind;
	const struct ml_type *elem;
	const struct ml_type *key;
	const char *name;
	const struct ml_field *fields; /* ML_T_RECORD */
	size_t nfields;                /* at most ML_RECORD_MAX */
	const struct ml_vocab *vocab;  /* ML_T_STRING, or NULL */
	const struct ml_type *const *args; /* ML_T_OPAQUE: type arguments */
	size_t nargs;
};

#define ML_RECORD_MAX 128

enum {
	ML_F_OPTIONAL = 1 << 0, /* may be absent: a rule asks has() first. Without it and without a default the
	                           collector always sets the field. */
	ML_F_ID = 1 << 1,       /* part of the element's identity in a list (a finding's `element`) */
};

/* One row of a schema. The row's index in its record is the field's slot. */
struct ml_field {
	const char *name; /* [a-z_][a-z0-9_]* */
	const struct ml_type *type;
	const char *about; /* one line: meaning, unit */
	const struct ml_value *def; /* the value when the target says nothing; NULL: none */
	unsigned flags;
};

extern const struct ml_type ml_type_dyn, ml_type_null, ml_type_bool, ml_type_int, ml_type_uint,
	ml_type_double, ml_type_string, ml_type_bytes, ml_type_timestamp, ml_type_duration,
	ml_type_ip, ml_type_cidr, ml_type_type, ml_type_list_string, ml_type_list_int,
	ml_type_list_dyn, ml_type_map_string, ml_type_map_dyn;

/* Types built at run time; NULL when the arena fails. `elem` (and `key`) are kept, not copied. */
const struct ml_type *ml_type_list(struct ml_arena *arena, const struct ml_type *elem);
const struct ml_type *ml_type_map(struct ml_arena *arena, const struct ml_type *key, const struct ml_type *elem);
const struct ml_type *ml_type_optional(struct ml_arena *arena, const struct ml_type *elem);

/* Structural; records by address of their fields, vocabularies ignored. */
bool ml_type_eq(const struct ml_type *a, const struct ml_type *b);

/* The field's slot, or -1. */
int ml_type_field(const struct ml_type *record, struct ml_str name);
/* The field name nearest to `name`, or NULL. */
const char *ml_type_nearest(const struct ml_type *record, struct ml_str name);

/* As a policy author writes it: "list(int)", "map(string, service)". In the arena; NULL ptr when it fails. */
struct ml_str ml_type_str(struct ml_arena *arena, const struct ml_type *type);

/* Reads the notation of ml_type_str for scalars, list(T) and map(string, T), as in `params`. NULL: not a type. */
const struct ml_type *ml_type_parse(struct ml_arena *arena, struct ml_str text);

bool ml_vocab_has(const struct ml_vocab *vocab, struct ml_str word);
const char *ml_vocab_nearest(const struct ml_vocab *vocab, struct ml_str word);

#endif

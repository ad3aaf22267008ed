/* SPDX-License-Identifier: Apache-2.0 */
/* A YAML file of ours (policy, profile) that is read as typed keys: helpers that say what is wrong, and where. */
#ifndef ML_POLICIES_DOC_PRIV_H
#define ML_POLICIES_DOC_PRIV_H

#include "base/diag.h"
#include "base/yaml.h"

#define ML_DOC_STEPS 4000000u /* nodes looked at in one file, through aliases too */

struct ml_doc {
	struct ml_arena *arena;
	struct ml_str name, bytes; /* bytes without a byte order mark */
	struct ml_diags *diags;
	const char *want; /* what the file has to be, for messages: "a mapping with `merlon: waivers/v1`" */
	const char *key;  /* whose value is being read, for messages */
	uint32_t steps;
	const struct ml_yaml_node *root; /* a mapping, once opened */
};

/* A key of a mapping. read() gets the value behind aliases; doc->key is its name. */
struct ml_doc_key {
	const char *name;
	bool required;
	void (*read)(struct ml_doc *doc, const struct ml_yaml_node *value, void *into);
};

struct ml_strs {
	struct ml_str *items;
	size_t n;
};

/* Parses `text`, which is doc->bytes or has the same lines with some of them left empty, and must be one mapping; sets doc->root. False when it was not, with a
 * diagnostic; or memory ended. */
bool ml_doc_open(struct ml_doc *doc, struct ml_str text);

/* An error at a place, or at a node, with its source line. Never NULL. */
struct ml_diag *ml_doc_error_at(struct ml_doc *doc, uint32_t line, uint32_t col, uint32_t end_col, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
struct ml_diag *ml_doc_error(struct ml_doc *doc, const struct ml_yaml_node *node, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* "KEY: got a string, want WANT". */
void ml_doc_want(struct ml_doc *doc, const struct ml_yaml_node *node, const char *want);
/* A warning at a node. */
void ml_doc_warn(struct ml_doc *doc, const struct ml_yaml_node *node, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Gives a diagnostic the source line of its place. */
void ml_doc_source(struct ml_doc *doc, struct ml_diag *diag);

/* One more node looked at; false, with one error at `node`, beyond ML_DOC_STEPS. */
bool ml_doc_step(struct ml_doc *doc, const struct ml_yaml_node *node);

/* Reads a mapping by a table of at most 32 keys: unknown, repeated and missing ones are errors. `what` is its name in messages ("a rule"). */
void ml_doc_map(struct ml_doc *doc, const struct ml_yaml_node *node, const char *what, const struct ml_doc_key *keys, size_t n, void *into);

/* A string that is not empty; false with an error otherwise, *out then untouched. */
bool ml_doc_string(struct ml_doc *doc, const struct ml_yaml_node *node, struct ml_str *out);
/* A list of such strings, or one; false with an error otherwise. */
bool ml_doc_strings(struct ml_doc *doc, const struct ml_yaml_node *node, struct ml_strs *out);
/* The index of one of the NULL-terminated `words`, or -1 with an error and a suggestion. */
int ml_doc_word(struct ml_doc *doc, const struct ml_yaml_node *node, const char *const *words);
/* The text of a key of a mapping; false, with an error, when it is no string. */
bool ml_doc_key_text(struct ml_doc *doc, const struct ml_yaml_node *key, struct ml_str *out);
/* The first of its keys that stands twice is an error. */
void ml_doc_no_twins(struct ml_doc *doc, const struct ml_yaml_node *map);

/* Where byte `at` of a scalar's text was written, whatever its style: folding, indentation and escapes undone. */
void ml_doc_place(const struct ml_doc *doc, const struct ml_yaml_node *scalar, size_t at, uint32_t *line, uint32_t *col);

#endif

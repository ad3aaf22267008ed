/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the checker share: nodes, names, calls, vocabularies. */
#ifndef ML_POLICIES_CEL_CHECK_PRIV_H
#define ML_POLICIES_CEL_CHECK_PRIV_H

#include "base/error.h"
#include "policies/cel/ast-priv.h"
#include "policies/cel/functions-priv.h"
#include "policies/cel/infer-priv.h"

/* A variable of a macro, its index being its slot: the deeper scope is the later one. */
struct ml_cel_local {
	struct ml_str name;
	const struct ml_type *type;
};

struct ml_cel_checker {
	struct ml_arena *arena;
	const struct ml_cel_env *env;
	struct ml_str text;
	struct ml_diags *diags;
	struct ml_cel_infer in;
	struct ml_cel_local *locals;
	size_t nlocals, locals_cap, most_locals;
	int errors; /* at most ML_CEL_ERRORS are reported */
	int error;  /* the first's code */
};

#define ML_CEL_ERRORS 20

/* Reports over the node's text; the caller may set the hint. Never NULL. */
struct ml_diag *ml_cel_report(struct ml_cel_checker *c, const struct ml_cel_node *node, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Makes the node one whose evaluation is the error `text`: for what an unchecked expression cannot resolve. */
void ml_cel_fault(struct ml_cel_checker *c, struct ml_cel_node *node, struct ml_str text);
/* Gives the node its type; dyn when nothing is checked. */
void ml_cel_typed(struct ml_cel_checker *c, struct ml_cel_node *node, const struct ml_type *type);
const char *ml_cel_type_name(struct ml_cel_checker *c, const struct ml_type *type);

void ml_cel_check_node(struct ml_cel_checker *c, struct ml_cel_node *node);

/* Whether IDENT, or a chain of SELECTs over one, is the name of a variable or type; the node is then that. */
bool ml_cel_check_name(struct ml_cel_checker *c, struct ml_cel_node *node);
/* The error of an IDENT that is nothing. */
void ml_cel_undeclared(struct ml_cel_checker *c, struct ml_cel_node *node);
/* a.b.c as text, from a chain whose first name is no macro's variable; false when `node` is no such chain or it is longer than `cap`. */
bool ml_cel_path(struct ml_cel_checker *c, const struct ml_cel_node *node, char *out, size_t cap, size_t *len);

void ml_cel_check_call(struct ml_cel_checker *c, struct ml_cel_node *node);

/* Comparing words: an operand that can never be one of the other's closed vocabulary is an error. */
void ml_cel_check_words(struct ml_cel_checker *c, const struct ml_cel_node *call);
/* The same for the key of a map: [key] or .key. */
void ml_cel_check_key_words(struct ml_cel_checker *c, const struct ml_cel_node *node, const struct ml_type *key);
/* A literal joins a vocabulary: the type of `node` when it is a literal beside something of type `type`. */
const struct ml_type *ml_cel_literal_type(struct ml_cel_checker *c, const struct ml_cel_node *node, const struct ml_type *type);

#endif

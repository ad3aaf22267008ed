/* SPDX-License-Identifier: Apache-2.0 */
/* What the parser and the macros share: making nodes within the limits, and the first error. */
#ifndef ML_POLICIES_CEL_PARSER_PRIV_H
#define ML_POLICIES_CEL_PARSER_PRIV_H

#include "policies/cel/ast-priv.h"
#include "policies/cel/lex-priv.h"

struct ml_cel_parser {
	struct ml_cel_lexer lexer;
	struct ml_cel_token tok; /* the next one */
	uint32_t last;           /* where the token before it ended */
	struct ml_diags *diags;
	int error;               /* 0, or the first: one error ends the parse */
	int nest;
};

/* A growing list of children. */
struct ml_cel_nodes {
	struct ml_cel_node **items;
	size_t n, cap;
};

/* NULL, with the parser's error set, when memory ends. */
struct ml_cel_node *ml_cel_node(struct ml_cel_parser *p, enum ml_cel_op op, uint32_t at, struct ml_str name);
bool ml_cel_push(struct ml_cel_parser *p, struct ml_cel_nodes *list, struct ml_cel_node *node);
/* Gives the list to the node and computes its depth; NULL beyond ML_CEL_DEPTH. */
struct ml_cel_node *ml_cel_finish(struct ml_cel_parser *p, struct ml_cel_node *node, const struct ml_cel_nodes *list);

/* Reports the first error over bytes [at, end) and stops the parser. Gives NULL. */
void *ml_cel_syntax(struct ml_cel_parser *p, int error, uint32_t at, uint32_t end, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* The call, or what the macro of that name and number of arguments makes of it. NULL after an error. */
struct ml_cel_node *ml_cel_macro(struct ml_cel_parser *p, struct ml_cel_node *call);

/* The numbers of arguments that the macro of this name takes, in words ("2 or 3"); NULL when there is none. */
const char *ml_cel_macro_counts(struct ml_str name, bool receiver);

#endif

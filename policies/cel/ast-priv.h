/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of an expression: made by the parser, resolved and typed by the checker, walked by the evaluator. */
#ifndef ML_POLICIES_CEL_AST_PRIV_H
#define ML_POLICIES_CEL_AST_PRIV_H

#include "policies/cel/cel.h"

struct ml_cel_overload; /* functions-priv.h */

enum ml_cel_op {
	/* From the parser only; the checker replaces them. */
	ML_CEL_IDENT,    /* name; flag LEADING_DOT */
	ML_CEL_MESSAGE,  /* name { field: value }: always an error, we have no messages */
	/* What the evaluator sees. */
	ML_CEL_CONST,    /* value (a type's name too) */
	ML_CEL_VAR,      /* slot: index into env->vars */
	ML_CEL_LOCAL,    /* slot: a variable of a macro, index below program->nlocals */
	ML_CEL_SELECT,   /* args[0].name; flags HAS (has() macro), OPTIONAL (`.?name`); slot: the field's slot when args[0] is a record */
	ML_CEL_INDEX,    /* args[0][args[1]]; flag OPTIONAL (`[?i]`) */
	ML_CEL_CALL,     /* function `name`, args (the receiver first); overloads, noverloads: candidates */
	ML_CEL_AND, ML_CEL_OR, /* n args, flattened: a && b && c has three */
	ML_CEL_COND,     /* args[0] ? args[1] : args[2] */
	ML_CEL_LIST,     /* args; flag ENTRY on an element: `[?x]` */
	ML_CEL_MAP,      /* args: key, value, key, value …; flag ENTRY on a key: `{?k: v}` */
	ML_CEL_LOOP,     /* macro over args[0] with `loop`, slot, slot2; args[1] predicate or filter (may be NULL), args[2] transform (may be NULL) */
	ML_CEL_BIND,     /* cel.bind(x, args[0], args[1]); slot */
	ML_CEL_OPTMAP,   /* args[0].optMap(x, args[1]); slot */
	ML_CEL_OPTFLATMAP,
	ML_CEL_FAULT,    /* value: the ERROR that evaluation gives (unchecked: unknown name or function) */
};

enum ml_cel_loop {
	ML_CEL_LOOP_ALL, ML_CEL_LOOP_EXISTS, ML_CEL_LOOP_ONE,
	ML_CEL_LOOP_FILTER,        /* a list (or a map's keys) */
	ML_CEL_LOOP_MAP,           /* map(x, t), map(x, p, t), transformList(i, v, [p,] t) */
	ML_CEL_LOOP_MAP_VALUES,    /* transformMap(k, v, [p,] t) */
	ML_CEL_LOOP_MAP_ENTRIES,   /* transformMapEntry(k, v, [p,] {k: v}) */
};

enum {
	ML_CEL_F_LEADING_DOT = 1, /* .x: at the root, not in the container nor a macro's variable */
	ML_CEL_F_HAS = 2,
	ML_CEL_F_OPTIONAL = 4,
	ML_CEL_F_RECEIVER = 8,    /* x.f(y) */
	ML_CEL_F_QUOTED = 16,     /* parser: the field stood in backticks, so it is no part of a qualified name */
	ML_CEL_F_ENTRY = 32,      /* an element `[?x]`, a key `{?k: v}` */
};

struct ml_cel_node {
	uint8_t op, loop, flags, depth;
	uint32_t at, end;    /* bytes of the text, for diagnostics */
	uint32_t n;          /* args */
	int32_t slot, slot2; /* -1: none */
	struct ml_str name;  /* identifier, field, function; LOOP, BIND, OPTMAP: the (first) variable */
	struct ml_str name2; /* LOOP: the second variable, "" when there is one only */
	struct ml_cel_node **args;
	struct ml_value value;
	const struct ml_type *type; /* from the checker; dyn when unchecked */
	const struct ml_cel_overload *const *overloads; /* CALL: those that fit the static types; when it is exactly one and no argument is dyn, it is
	                                                   the one */
	uint32_t noverloads;
	void *cache;         /* evaluator's, filled at compile time by ml_cel_prepare: e.g. the compiled regular expression of a literal pattern */
};

struct ml_cel_program {
	const struct ml_cel_env *env;
	struct ml_str text;
	const struct ml_cel_node *root;
	const struct ml_type *type;
	uint32_t nlocals;
};

/* The parser: text to tree with macros expanded into LOOP, BIND, OPTMAP, HAS. Same results as ml_cel_compile. */
int ml_cel_parse(struct ml_arena *arena, struct ml_str text, struct ml_diags *diags, struct ml_cel_node **out);

/* The checker: resolves and types `root` in place. */
int ml_cel_check(struct ml_arena *arena, const struct ml_cel_env *env, struct ml_str text, struct ml_cel_node *root, struct ml_diags *diags,
	struct ml_cel_program *out);

/* The evaluator's part of compiling, after the check: folds constant sub-trees, compiles literal patterns (a bad pattern is an error with its
 * place). 0, ML_ETYPE, ML_ENOMEM. */
int ml_cel_prepare(struct ml_arena *arena, struct ml_cel_program *program, struct ml_diags *diags);

/* Line and column (1-based, code points) of byte `at`. */
void ml_cel_position(struct ml_str text, size_t at, uint32_t *line, uint32_t *col);

#endif

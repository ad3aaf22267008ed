/* SPDX-License-Identifier: Apache-2.0 */
/* CEL, the Common Expression Language (github google/cel-spec): compiling an expression against typed variables, and evaluating it. */
#ifndef ML_POLICIES_CEL_CEL_H
#define ML_POLICIES_CEL_CEL_H

#include "base/diag.h"
#include "facts/value.h"

#define ML_CEL_TEXT_MAX  ((size_t)256 << 10) /* bytes of one expression */
#define ML_CEL_DEPTH     250  /* nesting of an expression; the specification asks for at least 32 in places, 12 in others */
#define ML_CEL_COST      10000000u /* steps of one evaluation when the caller names no limit */

/* A variable that an expression may name. The name may be qualified ("a.b.c"). */
struct ml_cel_var {
	struct ml_str name;
	const struct ml_type *type;
};

/* A function that an environment declares beside the standard ones, without an implementation: for checking only. */
struct ml_cel_function {
	struct ml_str name;
	bool receiver; /* x.f(y): args[0] is x */
	const struct ml_type *result;
	const struct ml_type *const *args;
	size_t nargs;
};

/* What an expression is compiled against. Kept by the program: it must live as long. */
struct ml_cel_env {
	const struct ml_cel_var *vars;
	size_t nvars;
	const struct ml_cel_function *functions;
	size_t nfunctions;
	struct ml_str container; /* names are looked up in it and its parents first; "" at the root */
	bool unchecked;          /* every type is dyn; what cannot be resolved is an error of the evaluation */
};

struct ml_cel_program; /* in the arena, immutable */

/* Compiles `text`: parses, expands macros, resolves names, checks types, folds constants. What is wrong goes to `diags`, with line and column within
 * `text` (1-based, code points), file "" and, where one is near, a hint "did you mean `x`?". 0; ML_ESYNTAX, ML_ETYPE, ML_ELIMIT with at
 * least one diagnostic; ML_ENOMEM. The program keeps `env` and `text`. */
int ml_cel_compile(struct ml_arena *arena, const struct ml_cel_env *env, struct ml_str text, struct ml_diags *diags,
	const struct ml_cel_program **out);

/* The type of the result; type parameters that stayed free are dyn. */
const struct ml_type *ml_cel_type(const struct ml_cel_program *program);

/* Whether the program names the env's variable `var` anywhere; for a record variable `field` >= 0 asks for that slot selected directly from it (a
 * whole use of the variable counts for every slot), -1 for any use. */
bool ml_cel_uses(const struct ml_cel_program *program, size_t var, int field);

/* The slots that the program selects directly from the env's record variable `var`: their bits are set in `set`, others stay as they are.
 * False when it also uses the variable whole, and so may read every slot. */
#define ML_CEL_READ_WORDS (ML_RECORD_MAX / 64)
bool ml_cel_reads(const struct ml_cel_program *program, size_t var, uint64_t set[ML_CEL_READ_WORDS]);

/* A fact that decided a result. */
struct ml_cel_read {
	struct ml_str path;    /* from a variable: `it.base.tagged`, `services["a b"].ports[0]`; identifiers plain, other keys quoted */
	struct ml_value value; /* ABSENT: has() looked and found nothing */
	uint32_t loc;          /* of the value, else of the nearest thing around it that has a place; 0: none */
};

/* What the deciding sub-expressions read, in the order of reading, nothing twice: of a false `a && b` the side (or sides) that is false, of a true one both; of
 * `||` the other way round; of `c ? a : b` the condition and the branch taken; of a macro over a list the elements that settled it (the
 * failing one of `all`, the found one of `exists`), and when none settled it all of them; of anything else what all its operands read. */
struct ml_cel_trace {
	struct ml_cel_read *items;
	size_t n, cap, max; /* max 0: 64 */
	size_t dropped;     /* beyond max */
};

/* What evaluations of one thread leave for the next: compiled patterns that are no literals, 256 of
 * them, the matcher's memory, and indexes over long lists of facts, by which all(), exists() and
 * exists_one() look only at elements that may matter: of `l.exists(x, x.a == it.a && x.b)` at those
 * with that `a` and with `b`. It changes no result. An index lowers the cost; what making it took
 * is in `cost`, not under the limit. What `vars` point to stays as it is while the cache is used. In
 * an arena that belongs to it alone, in which nobody releases marks. NULL when the arena fails. */
struct ml_cel_cache *ml_cel_cache_new(struct ml_arena *arena);

struct ml_cel_run {
	struct ml_arena *arena;       /* the result and what leads to it */
	const struct ml_value *vars;  /* by the env's order; ABSENT: not bound, an error when read */
	uint64_t cost_limit;          /* 0: ML_CEL_COST. A step is a node evaluated, an element visited, or 64 bytes of text looked at */
	uint64_t cost;                /* out; of indexes too */
	struct ml_cel_cache *cache;   /* NULL: none */
	struct ml_cel_trace *trace;   /* NULL: none; tracing costs time, so evaluate again with it only for what is reported */
};

/* Evaluates. The result may be ML_V_ERROR (the text in the words of the specification: "no such key: 'x'", "no such overload",
 * "divide by zero", "return error for overflow" …) or ML_V_UNKNOWN (an unknown fact was needed; also when the cost limit or a regular expression's
 * limit was reached, or memory ended). Never touches the clock, the locale or the environment. */
struct ml_value ml_cel_eval(const struct ml_cel_program *program, struct ml_cel_run *run);

/* An RFC 3339 text as a timestamp; ML_V_ERROR when there is no such time, or CEL does not have it. False: it is no RFC 3339. */
bool ml_cel_read_time(struct ml_str text, struct ml_value *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The evaluator's part of compiling: constant sub-trees become values, literal patterns
 * are compiled, and what of a macro's predicate can be looked up is planned. */
#include "base/error.h"
#include "policies/cel/impl-priv.h"
#include "policies/cel/index-priv.h"

enum { FOLD_COST = 2000 };

struct prepare {
	struct ml_arena *arena;
	struct ml_cel_program *program;
	struct ml_diags *diags;
	int code; /* the first that went wrong */
};

/* What a sub-tree needs from outside: variables, and locals of macros around it (a bit each; those above 63 share the last). */
struct needs {
	bool vars;
	uint64_t locals;
};

static uint64_t bit(int32_t slot)
{
	return slot < 0 ? 0 : (uint64_t)1 << (slot < 63 ? slot : 63);
}

/* Locals bound here and so not needed from outside. The shared bit is never cleared: such a tree is not folded. */
static uint64_t bound(const struct ml_cel_node *node)
{
	return (bit(node->slot) | bit(node->slot2)) & ~bit(63);
}

static bool binds(const struct ml_cel_node *node)
{
	return node->op == ML_CEL_LOOP || node->op == ML_CEL_BIND || node->op == ML_CEL_OPTMAP || node->op == ML_CEL_OPTFLATMAP;
}

/* Evaluates a sub-tree that needs nothing. What gives an error, or costs much, is left for the evaluation. */
static void fold(struct prepare *p, struct ml_cel_node *node)
{
	struct ml_arena_mark mark = ml_arena_mark(p->arena);
	struct ml_cel_program part = *p->program;
	struct ml_cel_run run = {.arena = p->arena, .cost_limit = FOLD_COST};
	struct ml_value v;

	part.root = node;
	v = ml_cel_eval(&part, &run);
	if (ml_cel_bad(&v)) {
		ml_arena_release(p->arena, mark);
		return;
	}
	node->op = ML_CEL_CONST;
	node->value = v;
	node->args = NULL;
	node->n = 0;
}

static void compile_pattern(struct prepare *p, struct ml_cel_node *node, const struct ml_cel_node *pattern)
{
	struct ml_str why = ML_STR_NONE;
	uint32_t line, col;
	int code = ml_cel_regex(p->arena, ml_value_text(&pattern->value), &node->cache, &why);

	if (code == 0)
		return;
	node->cache = NULL;
	p->code = code == ML_ENOMEM ? code : ML_ETYPE;
	if (code == ML_ENOMEM)
		return;
	ml_cel_position(p->program->text, pattern->at, &line, &col);
	ml_diag_add(p->diags, ML_DIAG_ERROR, ML_STR(""), line, col, "invalid regular expression: %.*s", ML_STR_ARG(why));
}

static bool takes_pattern(const struct ml_cel_node *node)
{
	return ml_str_is(node->name, "matches") || ml_str_is(node->name, "regex.extract") || ml_str_is(node->name, "regex.extractAll") ||
		ml_str_is(node->name, "regex.replace");
}

static bool is_literal(const struct ml_cel_node *node)
{
	return node->op == ML_CEL_CONST && node->value.kind == ML_V_STRING;
}

/* The tree is at most ML_CEL_DEPTH deep: the parser counted. */
static struct needs walk(struct prepare *p, struct ml_cel_node *node)
{
	struct needs all = {node->op == ML_CEL_VAR, node->op == ML_CEL_LOCAL ? bit(node->slot) : 0}, one;

	for (uint32_t i = 0; i < node->n && p->code == 0; i++) {
		if (!node->args[i]) /* a macro without a filter or a transform */
			continue;
		one = walk(p, node->args[i]);
		all.vars |= one.vars;
		all.locals |= one.locals;
	}
	if (p->code)
		return all;
	if (binds(node))
		all.locals &= ~bound(node);
	if (node->op == ML_CEL_CALL && takes_pattern(node) && node->n >= 2 && is_literal(node->args[1]))
		compile_pattern(p, node, node->args[1]);
	if (p->code == 0 && node->n && !all.vars && !all.locals)
		fold(p, node);
	if (p->code == 0 && node->op == ML_CEL_LOOP && !ml_cel_index_plan(p->arena, node))
		p->code = ML_ENOMEM;
	return all;
}

int ml_cel_prepare(struct ml_arena *arena, struct ml_cel_program *program, struct ml_diags *diags)
{
	struct prepare p = {.arena = arena, .program = program, .diags = diags};
	struct ml_cel_node *root = ml_alloc(arena, sizeof(*root));

	if (!root)
		return ML_ENOMEM;
	*root = *program->root;
	program->root = root;
	walk(&p, root);
	return p.code ? p.code : ml_arena_failed(arena) ? ML_ENOMEM : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What a policy's expressions do, beyond what CEL's types say of them: which parameters they read, what can only be a typing error, and whether they name a fact. */
#include "policies/cel/ast-priv.h"
#include "policies/load-priv.h"

enum { LOCALS_TRACKED = 64, TWINS_MAX = 256 };

/* A walk over a program. */
struct uses {
	struct ml_policy_draft *draft;
	const struct ml_yaml_node *scalar;
	int params_var;
	int16_t local[LOCALS_TRACKED]; /* a macro's variable to the parameter that it runs over; -1: none */
};

/* The parameter that a node is, or an element of which it is; -1: none. */
static int param_of(const struct uses *u, const struct ml_cel_node *node)
{
	if (node->op == ML_CEL_SELECT && node->args[0]->op == ML_CEL_VAR && node->args[0]->slot == u->params_var)
		return node->slot;
	if (node->op == ML_CEL_LOCAL && node->slot >= 0 && node->slot < LOCALS_TRACKED)
		return u->local[node->slot];
	return -1;
}

static const struct ml_vocab *closed_vocab(const struct ml_type *type)
{
	if (type && type->kind == ML_T_LIST)
		type = type->elem;
	return type && type->kind == ML_T_STRING && type->vocab && !type->vocab->open ? type->vocab : NULL;
}

/* `a == b`, `a != b`, `a in b`: one side a parameter, the other a word of a closed vocabulary. */
static void note_comparison(struct uses *u, const struct ml_cel_node *node)
{
	for (int side = 0; side < 2; side++) {
		int param = param_of(u, node->args[side]);
		const struct ml_vocab *vocab = closed_vocab(node->args[1 - side]->type);
		if (param >= 0 && (size_t)param < u->draft->policy->nparams && vocab)
			u->draft->policy->params[param].vocab = vocab;
	}
}

static bool is_comparison(const struct ml_cel_node *node)
{
	return node->op == ML_CEL_CALL && node->n == 2 &&
		(ml_str_is(node->name, "_==_") || ml_str_is(node->name, "_!=_") || ml_str_is(node->name, "@in"));
}

/* An error at a part of the expression. */
static struct ml_diag *complain(struct uses *u, const struct ml_cel_node *node, const char *what)
{
	uint32_t line, col;

	ml_doc_place(u->draft->doc, u->scalar, node->at, &line, &col);
	return ml_doc_error_at(u->draft->doc, line, col, 0, "%s", what);
}

/* `.x` is the variable x even where a macro has another x. Macros' variables hide nothing that a rule needs, and `m.x` with its `m` lost would be a
 * valid expression. */
static void check_dot(struct uses *u, const struct ml_cel_node *node)
{
	if (node->flags & ML_CEL_F_LEADING_DOT)
		complain(u, node, "a name cannot start with a dot here");
}

static const struct ml_value *constant(const struct ml_cel_node *list, uint32_t i)
{
	if (list->op == ML_CEL_CONST)
		return &list->value.items[i];
	return list->args[i]->op == ML_CEL_CONST ? &list->args[i]->value : NULL;
}

/* The same word twice in `x in [a, b, a]` was meant to be another. */
static void check_twins(struct uses *u, const struct ml_cel_node *list)
{
	bool folded = list->op == ML_CEL_CONST && list->value.kind == ML_V_LIST;
	uint32_t n = folded ? list->value.len : list->op == ML_CEL_LIST ? list->n : 0;

	for (uint32_t i = 1; i < n && n <= TWINS_MAX; i++) {
		const struct ml_value *a = constant(list, i);
		for (uint32_t k = 0; a && k < i; k++) {
			const struct ml_value *b = constant(list, k);
			if (b && a->kind == ML_V_STRING && ml_value_eq(a, b, 1)) {
				complain(u, folded ? list : list->args[i], "the same word stands twice in this list");
				break;
			}
		}
	}
}

static void mark(struct uses *u, int param)
{
	u->draft->used[param / 64] |= (uint64_t)1 << param % 64;
}

static void visit(struct uses *u, const struct ml_cel_node *node)
{
	if (node->op == ML_CEL_VAR && node->slot == u->params_var)
		memset(u->draft->used, 0xff, sizeof(u->draft->used)); /* the record as a whole */
	if (node->op == ML_CEL_VAR)
		check_dot(u, node);
	if (node->op == ML_CEL_LOOP && node->n && node->slot >= 0 && node->slot < LOCALS_TRACKED)
		u->local[node->slot] = (int16_t)param_of(u, node->args[0]);
	if (is_comparison(node))
		note_comparison(u, node);
	if (is_comparison(node) && ml_str_is(node->name, "@in"))
		check_twins(u, node->args[1]);
}

static void walk(struct uses *u, const struct ml_cel_node *node, int depth)
{
	int param = node->op == ML_CEL_LOCAL ? -1 : param_of(u, node);

	if (depth > 2 * ML_CEL_DEPTH)
		return;
	if (param >= 0 && param < ML_RECORD_MAX) {
		mark(u, param);
		return;
	}
	visit(u, node);
	for (uint32_t i = 0; i < node->n; i++)
		if (node->args[i])
			walk(u, node->args[i], depth + 1);
}

void ml_expr_check(struct ml_policy_draft *draft, const struct ml_yaml_node *scalar, const struct ml_policy_expr *expr)
{
	struct uses u = {.draft = draft, .scalar = scalar, .params_var = (int)draft->policy->kind->root->nfields};

	memset(u.local, 0xff, sizeof(u.local));
	walk(&u, expr->program->root, 0);
}

static bool has_place(const struct ml_cel_node *node, int params_var, int depth)
{
	if (depth > 2 * ML_CEL_DEPTH)
		return false;
	switch (node->op) {
	case ML_CEL_VAR:
		return node->slot != params_var;
	case ML_CEL_LOCAL:
		return true;
	case ML_CEL_SELECT:
		return !(node->flags & ML_CEL_F_HAS) && has_place(node->args[0], params_var, depth + 1);
	case ML_CEL_INDEX:
		return has_place(node->args[0], params_var, depth + 1);
	case ML_CEL_COND:
		return has_place(node->args[1], params_var, depth + 1) && has_place(node->args[2], params_var, depth + 1);
	case ML_CEL_BIND:
		return has_place(node->args[1], params_var, depth + 1);
	case ML_CEL_LOOP:
		return node->loop == ML_CEL_LOOP_FILTER && has_place(node->args[0], params_var, depth + 1);
	default:
		return false;
	}
}

bool ml_expr_has_place(const struct ml_policy_expr *expr, size_t params_var)
{
	return has_place(expr->program->root, (int)params_var, 0);
}

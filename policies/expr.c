/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions of policies: compiled from YAML scalars, their diagnostics moved to the place in the file, and what they read of the parameters. */
#include "policies/cel/ast-priv.h"
#include "policies/load-priv.h"

enum { LOCALS_TRACKED = 64 };

/* The byte of column `col` of line `line` in `text`, both in code points from 1, as CEL's diagnostics have them. */
static size_t byte_of(struct ml_str text, uint32_t line, uint32_t col)
{
	size_t at = 0;

	for (; line > 1 && at < text.len; at++)
		line -= text.ptr[at] == '\n';
	for (; col > 1 && at < text.len; col--) {
		at++;
		while (at < text.len && ((unsigned char)text.ptr[at] & 0xc0) == 0x80)
			at++;
	}
	return at;
}

static void move(struct ml_doc *doc, const struct ml_yaml_node *node, struct ml_diag *diag)
{
	struct ml_str text = ml_yaml_text(node);
	uint32_t line, col, end_line = 0, end_col = 0;

	if (diag->end_col > diag->col) {
		/* The end is behind the last character, not before the next. */
		ml_doc_place(doc, node, byte_of(text, diag->line, diag->end_col - 1), &end_line, &end_col);
		end_col++;
	}
	ml_doc_place(doc, node, byte_of(text, diag->line, diag->col), &line, &col);
	diag->file = doc->name;
	diag->line = line;
	diag->col = col;
	diag->end_col = end_line == line && end_col > col ? end_col : 0;
	diag->source = ml_text_line(doc->bytes, line);
}

bool ml_expr_compile(struct ml_doc *doc, const struct ml_cel_env *env, const struct ml_yaml_node *node, struct ml_policy_expr *out)
{
	size_t before = doc->diags->n;
	int r;

	if (node->kind != ML_YAML_SCALAR || ml_str_trim(ml_yaml_text(node)).len == 0) {
		ml_doc_want(doc, node, "an expression");
		return false;
	}
	*out = (struct ml_policy_expr){.text = ml_yaml_text(node), .line = node->line, .col = node->col};
	r = ml_cel_compile(doc->arena, env, out->text, doc->diags, &out->program);
	for (size_t i = before; i < doc->diags->n; i++)
		move(doc, node, &doc->diags->items[i]);
	if (r)
		out->program = NULL;
	return r == 0;
}

/* A walk over a program for what it does with the parameters. */
struct uses {
	struct ml_policy_draft *draft;
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

static void mark(struct uses *u, int param)
{
	u->draft->used[param / 64] |= (uint64_t)1 << param % 64;
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
	if (node->op == ML_CEL_VAR && node->slot == u->params_var)
		memset(u->draft->used, 0xff, sizeof(u->draft->used)); /* the record as a whole */
	if (node->op == ML_CEL_LOOP && node->n && node->slot >= 0 && node->slot < LOCALS_TRACKED)
		u->local[node->slot] = (int16_t)param_of(u, node->args[0]);
	if (is_comparison(node))
		note_comparison(u, node);
	for (uint32_t i = 0; i < node->n; i++)
		if (node->args[i])
			walk(u, node->args[i], depth + 1);
}

void ml_expr_params(struct ml_policy_draft *draft, const struct ml_policy_expr *expr)
{
	struct uses u = {.draft = draft, .params_var = (int)draft->policy->kind->root->nfields};

	if (!expr->program || draft->policy->nparams == 0 || !ml_str_has(expr->text, "params"))
		return;
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

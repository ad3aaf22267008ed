/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions of policies: compiled from YAML scalars, their diagnostics moved to the place in the file. */
#include "policies/load-priv.h"

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

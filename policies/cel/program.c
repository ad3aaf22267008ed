/* SPDX-License-Identifier: Apache-2.0 */
/* What can be asked of a compiled expression, and places in its text. */
#include "base/utf8.h"
#include "policies/cel/ast-priv.h"

const struct ml_type *ml_cel_type(const struct ml_cel_program *program)
{
	return program->type;
}

static bool uses(const struct ml_cel_node *node, int32_t var, int field)
{
	if (node->op == ML_CEL_VAR)
		return node->slot == var;
	if (node->op == ML_CEL_SELECT && field >= 0 && node->args[0]->op == ML_CEL_VAR && node->args[0]->slot == var && node->slot >= 0)
		return node->slot == field;
	for (uint32_t i = 0; i < node->n; i++)
		if (node->args[i] && uses(node->args[i], var, field))
			return true;
	return false;
}

bool ml_cel_uses(const struct ml_cel_program *program, size_t var, int field)
{
	return uses(program->root, (int32_t)var, field);
}

void ml_cel_position(struct ml_str text, size_t at, uint32_t *line, uint32_t *col)
{
	uint32_t cp;

	*line = *col = 1;
	if (at > text.len)
		at = text.len;
	for (size_t i = 0; i < at;) {
		bool pair = text.ptr[i] == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n';
		if (text.ptr[i] == '\n' || (text.ptr[i] == '\r' && !pair)) {
			(*line)++;
			*col = 1;
			i++;
			continue;
		}
		size_t n = ml_utf8_next(text, i, &cp);
		*col += !pair;
		i += n ? n : 1;
	}
}

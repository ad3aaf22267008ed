/* SPDX-License-Identifier: Apache-2.0 */
/* What can be asked of a compiled expression, and places in its text. */
#include "base/utf8.h"
#include "policies/cel/ast-priv.h"

const struct ml_type *ml_cel_type(const struct ml_cel_program *program)
{
	return program->type;
}

/* What a program does with one variable. */
struct reads {
	int32_t var;
	bool any, whole;
	uint64_t *set;
};

static void read_node(struct reads *r, const struct ml_cel_node *node)
{
	if (node->op == ML_CEL_VAR && node->slot == r->var) {
		r->any = r->whole = true;
	} else if (node->op == ML_CEL_SELECT && node->slot >= 0 && node->args[0]->op == ML_CEL_VAR && node->args[0]->slot == r->var) {
		r->any = true;
		r->set[node->slot / 64] |= UINT64_C(1) << node->slot % 64;
		return;
	}
	for (uint32_t i = 0; i < node->n; i++)
		if (node->args[i])
			read_node(r, node->args[i]);
}

bool ml_cel_reads(const struct ml_cel_program *program, size_t var, uint64_t set[ML_CEL_READ_WORDS])
{
	struct reads r = {.var = (int32_t)var, .set = set};

	read_node(&r, program->root);
	return !r.whole;
}

bool ml_cel_uses(const struct ml_cel_program *program, size_t var, int field)
{
	uint64_t set[ML_CEL_READ_WORDS] = {0};
	struct reads r = {.var = (int32_t)var, .set = set};

	read_node(&r, program->root);
	return field < 0 ? r.any : r.whole || (set[field / 64] >> field % 64 & 1);
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

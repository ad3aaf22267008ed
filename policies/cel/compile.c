/* SPDX-License-Identifier: Apache-2.0 */
/* Compiling: the phases one after the other. */
#include "base/error.h"
#include "policies/cel/ast-priv.h"

int ml_cel_compile(struct ml_arena *arena, const struct ml_cel_env *env, struct ml_str text, struct ml_diags *diags,
	const struct ml_cel_program **out)
{
	struct ml_cel_program *program = ml_alloc(arena, sizeof(*program));
	struct ml_cel_node *root;
	int error;

	*out = NULL;
	if (!program)
		return ML_ENOMEM;
	error = ml_cel_parse(arena, text, diags, &root);
	if (!error)
		error = ml_cel_check(arena, env, text, root, diags, program);
	if (!error)
		error = ml_cel_prepare(arena, program, diags);
	if (!error)
		*out = program;
	return error;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Elements that set nothing of what a rule reads. A service sets a tenth of its fields, so most verdicts are those of the defaults. */
#include "policies/judge-priv.h"

/* A record's unset fields have the schema's defaults, and what else a rule can read (the target's roots, the parameters) is the same for all
 * elements: so one evaluation tells for all that are plain. */
struct ml_plain ml_judge_plain(const struct ml_rule *rule, size_t it)
{
	const struct ml_policy_expr *exprs[] = {&rule->when, &rule->assertion};
	struct ml_plain plain = {.usable = true};

	for (size_t i = 0; i < sizeof(exprs) / sizeof(*exprs); i++)
		if (exprs[i]->program && (!ml_cel_reads(exprs[i]->program, it, plain.reads) || ml_cel_uses(exprs[i]->program, it + 1, -1)))
			plain.usable = false;
	return plain;
}

bool ml_judge_is_plain(const struct ml_plain *plain, const struct ml_value *it)
{
	if (!plain->usable || it->kind != ML_V_RECORD)
		return false;
	for (size_t i = 0; i < ML_CEL_READ_WORDS; i++)
		if (it->record->set[i] & plain->reads[i])
			return false;
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Places as findings show them: names of files, and the text of lines. */
#include "policies/judge-priv.h"

static struct ml_place at(struct ml_judge *j, const struct ml_loc *loc, bool key, int depth)
{
	struct ml_place place = {.line = loc->line, .col = loc->col, .end_col = loc->end_col};
	const struct ml_loc *origin = depth < ML_ORIGINS_MAX ? ml_facts_at(j->facts, loc->origin) : NULL;
	struct ml_place *second;

	if (key) {
		place.line = loc->key_line;
		place.col = loc->key_col;
		place.end_col = loc->key_line == loc->line ? loc->end_col : 0;
	}
	if (loc->file < j->facts->nsources)
		place.file = j->facts->sources[loc->file].name;
	place.text = ml_lines_get(&j->lines, loc->file, place.line);
	if (!origin)
		return place;
	second = ml_alloc(j->arena, sizeof(*second));
	if (second)
		*second = at(j, origin, false, depth + 1);
	place.origin = second;
	return place;
}

struct ml_place ml_judge_start(struct ml_judge *j)
{
	static const struct ml_loc first = {.line = 1, .col = 1};

	return j->facts->nsources ? at(j, &first, false, 0) : (struct ml_place){.file = j->facts->uri};
}

struct ml_place ml_judge_place(struct ml_judge *j, uint32_t loc)
{
	const struct ml_loc *found = ml_facts_at(j->facts, loc);

	return found ? at(j, found, false, 0) : (struct ml_place){0};
}

struct ml_place ml_judge_offence(struct ml_judge *j, uint32_t loc)
{
	const struct ml_loc *found = ml_facts_at(j->facts, loc);

	return found ? at(j, found, found->key_line > 0, 0) : ml_judge_start(j);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays of bash: a=(x y), "${a[@]}" (Bash Reference Manual 6.7). The POSIX shell has none, and
 * stops at them. */
#include "base/error.h"
#include "checks/config/dockerfile/shell-priv.h"

bool ml_df_sh_at_array(const struct ml_df_shell *sh)
{
	return ml_df_sh_peek(sh, 0) == '(';
}

void ml_df_sh_array(struct ml_df_shell *sh, struct ml_df_words *out)
{
	if (!ml_df_sh_enter(sh))
		return;
	sh->at++;
	for (;;) {
		size_t before;
		ml_df_sh_skip_lines(sh);
		before = sh->at;
		if (sh->failed || ml_df_sh_peek(sh, 0) == ')')
			break;
		ml_df_sh_word(sh, true, out);
		if (!sh->failed && sh->at == before)
			ml_df_sh_fail(sh, "an array is not closed");
	}
	sh->at++;
	sh->depth--;
}

size_t ml_df_sh_subscript(const struct ml_df_shell *sh, size_t ahead)
{
	size_t n = ahead;
	int c = ml_df_sh_peek(sh, n), open = 0;

	if (c != '[')
		return 0;
	for (; (c = ml_df_sh_peek(sh, n)) > ' ' && c != ';' && c != '&' && c != '|'; n++) {
		open += (c == '[') - (c == ']');
		if (open == 0)
			return n + 1 - ahead;
	}
	return 0;
}

/* [key]=value, as in associative arrays: which element it is is not followed. */
static bool has_keys(const struct ml_df_word *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ml_str_starts(items[i].s, ML_STR("[")) && ml_str_has(items[i].s, "]="))
			return true;
	return false;
}

/* The elements that stood there, and those that are added. */
static bool append(struct ml_df_shell *sh, const struct ml_df_var *before, struct ml_df_pair *pair)
{
	size_t n = pair->nitems + before->nitems;
	struct ml_df_word *items = ml_alloc_array(sh->df->arena, n ? n : 1, sizeof(*items));

	if (!items || !ml_df_spend(sh->df, n, ml_df_origin(sh->text, sh->at, NULL)))
		return false;
	for (size_t i = 0; i < n; i++)
		items[i] = i < before->nitems ? before->items[i] : pair->items[i - before->nitems];
	pair->items = items;
	pair->nitems = n;
	return true;
}

void ml_df_sh_take_array(struct ml_df_shell *sh, struct ml_df_pair *pair, bool appends)
{
	const struct ml_df_var *before = appends ? ml_df_map_get(&sh->vars, pair->name) : NULL;
	struct ml_df_words words = {0};
	size_t from = sh->at;

	ml_df_sh_array(sh, &words);
	if (sh->failed)
		return;
	pair->value = ml_df_shown(sh->df, sh->text, from, sh->at);
	pair->items = words.items;
	pair->nitems = words.n;
	pair->array = !has_keys(words.items, words.n);
	if (appends)
		pair->array = pair->array && before && before->array && append(sh, before, pair);
	pair->dynamic = !pair->array;
}

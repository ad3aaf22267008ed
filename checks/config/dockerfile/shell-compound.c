/* SPDX-License-Identifier: Apache-2.0 */
/* Compound commands: groups, subshells, if, loops, case, functions, [[ … ]]. */
#include "base/error.h"
#include "checks/config/dockerfile/shell-priv.h"

static bool is_delimiter(int c)
{
	return c < 0 || (c && strchr(" \t\r\n;&|()<>", c));
}

bool ml_df_sh_at_word(const struct ml_df_shell *sh, const char *word)
{
	struct ml_str rest = ml_str_sub(sh->text->s, sh->at, sh->end);

	return ml_str_starts(rest, ml_str(word)) && is_delimiter(ml_df_sh_peek(sh, strlen(word)));
}

static bool at_one_of(const struct ml_df_shell *sh, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		if (ml_df_sh_at_word(sh, words[i]))
			return true;
	return false;
}

bool ml_df_sh_at_end_word(const struct ml_df_shell *sh)
{
	static const char *const words[] = {"then", "elif", "else", "fi", "do", "done", "esac", "}", NULL};

	return at_one_of(sh, words);
}

/* The word must stand here. */
static void want(struct ml_df_shell *sh, const char *word)
{
	if (sh->failed)
		return;
	ml_df_sh_skip_lines(sh);
	if (ml_df_sh_peek(sh, 0) == ';' && !ml_df_sh_at_word(sh, word)) {
		sh->at++;
		ml_df_sh_skip_lines(sh);
	}
	if (ml_df_sh_at_word(sh, word))
		sh->at += strlen(word);
	else
		ml_df_sh_fail(sh, "a compound command is not complete");
}

static void list_in(struct ml_df_shell *sh, int context)
{
	int outer = sh->context;

	sh->context = context;
	ml_df_sh_list(sh, 0);
	sh->context = outer;
}

static void take_if(struct ml_df_shell *sh)
{
	do {
		sh->at += ml_df_sh_at_word(sh, "if") ? 2 : 4;
		list_in(sh, ML_DF_CONDITION);
		want(sh, "then");
		if (!sh->failed)
			list_in(sh, ML_DF_BRANCH);
	} while (!sh->failed && ml_df_sh_at_word(sh, "elif"));
	if (!sh->failed && ml_df_sh_at_word(sh, "else")) {
		sh->at += 4;
		list_in(sh, ML_DF_BRANCH);
	}
	want(sh, "fi");
}

static void take_while(struct ml_df_shell *sh)
{
	sh->at += 5;
	list_in(sh, ML_DF_CONDITION);
	want(sh, "do");
	if (!sh->failed)
		list_in(sh, ML_DF_LOOP);
	want(sh, "done");
}

static void forget(struct ml_df_shell *sh, struct ml_str name)
{
	struct ml_df_var *var = ml_alloc(sh->df->arena, sizeof(*var));

	if (!var)
		return;
	var->runtime = true;
	ml_df_check(sh->df, ml_df_map_set(sh->df->arena, &sh->vars, name, var));
}

/* Words up to the end of the line or a semicolon. */
static void skip_words(struct ml_df_shell *sh)
{
	struct ml_df_words words = {0};

	for (;;) {
		size_t before = sh->at;
		ml_df_sh_skip(sh);
		ml_df_sh_word(sh, true, &words);
		if (sh->failed || sh->at == before)
			return;
	}
}

static void take_for(struct ml_df_shell *sh)
{
	struct ml_df_words words = {0};

	sh->at += ml_df_sh_at_word(sh, "for") ? 3 : 6;
	ml_df_sh_skip(sh);
	if (!ml_df_sh_arithmetic(sh)) {
		ml_df_sh_word(sh, false, &words);
		if (words.n)
			forget(sh, words.items[0].s);
		ml_df_sh_skip_lines(sh);
		if (ml_df_sh_at_word(sh, "in")) {
			sh->at += 2;
			skip_words(sh);
		}
	}
	want(sh, "do");
	if (!sh->failed)
		list_in(sh, ML_DF_LOOP);
	want(sh, "done");
}

/* `pattern | pattern )`. */
static void skip_patterns(struct ml_df_shell *sh)
{
	struct ml_df_words words = {0};

	if (ml_df_sh_peek(sh, 0) == '(')
		sh->at++;
	for (;;) {
		size_t before = sh->at;
		ml_df_sh_skip(sh);
		ml_df_sh_word(sh, false, &words);
		ml_df_sh_skip(sh);
		if (ml_df_sh_peek(sh, 0) == '|')
			sh->at++;
		if (sh->failed || sh->at == before)
			break;
	}
	if (!sh->failed && ml_df_sh_peek(sh, 0) != ')')
		ml_df_sh_fail(sh, "a case pattern is not closed");
	sh->at++;
}

static void take_case(struct ml_df_shell *sh)
{
	struct ml_df_words words = {0};

	sh->at += 4;
	ml_df_sh_skip(sh);
	ml_df_sh_word(sh, false, &words);
	want(sh, "in");
	for (ml_df_sh_skip_lines(sh); !sh->failed && !ml_df_sh_at_word(sh, "esac"); ml_df_sh_skip_lines(sh)) {
		skip_patterns(sh);
		if (sh->failed)
			return;
		list_in(sh, ML_DF_BRANCH);
		ml_df_sh_skip_lines(sh);
		if (ml_df_sh_peek(sh, 0) == ';')
			sh->at += ml_df_sh_peek(sh, 1) == ';' ? 2 : 1;
		if (ml_df_sh_peek(sh, 0) == '&')
			sh->at++;
		else if (!sh->failed && sh->at >= sh->end)
			ml_df_sh_fail(sh, "a case is not closed");
	}
	want(sh, "esac");
}

static void take_subshell(struct ml_df_shell *sh)
{
	struct ml_df_map vars = ml_df_map_share(&sh->vars, &sh->df->owners);
	int outer = sh->context;
	bool pipefail = sh->pipefail;

	if (ml_df_sh_arithmetic(sh))
		return;
	sh->at++;
	sh->context = ML_DF_SUBSHELL;
	ml_df_sh_list(sh, ')');
	sh->context = outer;
	sh->pipefail = pipefail;
	sh->vars = vars;
}

static void take_group(struct ml_df_shell *sh)
{
	sh->at++;
	ml_df_sh_list(sh, 0);
	want(sh, "}");
}

/* [[ … ]]: one command; && and || in it join conditions, not commands. */
static void take_test(struct ml_df_shell *sh)
{
	struct ml_df_words words = {0};
	size_t command = ml_df_sh_add(sh, ML_DF_OP_NONE);

	while (!sh->failed) {
		size_t before = sh->at;
		bool last = ml_df_sh_at_word(sh, "]]");
		ml_df_sh_word(sh, false, &words);
		if (last)
			break;
		ml_df_sh_skip_lines(sh);
		if (sh->at == before)
			sh->at++;
		if (sh->at >= sh->end)
			ml_df_sh_fail(sh, "a [[ is not closed");
	}
	if (sh->failed || command == ML_NPOS)
		return;
	sh->script->commands[command].to = sh->at;
	sh->script->commands[command].words = words.items;
	sh->script->commands[command].nwords = words.n;
	sh->script->commands[command].name = sh->script->commands[command].path = ML_STR("[[");
}

/* `function name` or `name ()`: the length up to the body; 0 when it is none. */
static size_t function_head(const struct ml_df_shell *sh)
{
	size_t n = 0, name;
	int c;

	if (ml_df_sh_at_word(sh, "function"))
		for (n = 8; ml_df_sh_peek(sh, n) == ' ';)
			n++;
	name = n;
	while ((c = ml_df_sh_peek(sh, n)) > 0 && !is_delimiter(c) && !strchr("'\"$`\\=", c))
		n++;
	if (n == name)
		return 0;
	while (ml_df_sh_peek(sh, n) == ' ' || ml_df_sh_peek(sh, n) == '\t')
		n++;
	if (ml_df_sh_peek(sh, n) == '(' && ml_df_sh_peek(sh, n + 1) == ')')
		return n + 2;
	return name ? n : 0;
}

static void take_function(struct ml_df_shell *sh, size_t head)
{
	struct ml_df_map vars = ml_df_map_share(&sh->vars, &sh->df->owners);
	int outer = sh->context;
	bool pipefail = sh->pipefail;

	sh->at += head;
	ml_df_sh_skip_lines(sh);
	sh->context = ML_DF_FUNCTION;
	if (!ml_df_sh_enter(sh))
		return;
	if (!ml_df_sh_compound(sh) && !sh->failed)
		ml_df_sh_fail(sh, "a function has no body");
	sh->depth--;
	sh->context = outer;
	sh->pipefail = pipefail;
	sh->vars = vars;
}

static bool take_compound(struct ml_df_shell *sh)
{
	size_t head;

	if (ml_df_sh_peek(sh, 0) == '(')
		take_subshell(sh);
	else if (ml_df_sh_at_word(sh, "{"))
		take_group(sh);
	else if (ml_df_sh_at_word(sh, "if"))
		take_if(sh);
	else if (ml_df_sh_at_word(sh, "while") || ml_df_sh_at_word(sh, "until"))
		take_while(sh);
	else if (ml_df_sh_at_word(sh, "for") || ml_df_sh_at_word(sh, "select"))
		take_for(sh);
	else if (ml_df_sh_at_word(sh, "case"))
		take_case(sh);
	else if (ml_df_sh_at_word(sh, "[["))
		take_test(sh);
	else if ((head = function_head(sh)) > 0)
		take_function(sh, head);
	else
		return false;
	return true;
}

bool ml_df_sh_compound(struct ml_df_shell *sh)
{
	size_t before = sh->script->n;

	if (!take_compound(sh))
		return false;
	ml_df_sh_skip(sh);
	while (!sh->failed && sh->script->n > before && ml_df_sh_redirect(sh, sh->script->n - 1))
		ml_df_sh_skip(sh);
	return true;
}

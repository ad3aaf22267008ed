/* SPDX-License-Identifier: Apache-2.0 */
/* Words of a shell script: quotes, escapes, variables, substitutions. */
#include "base/error.h"
#include "base/num.h"
#include "checks/config/dockerfile/shell-priv.h"

/* A word while it is read. */
struct word {
	struct ml_df_shell *sh;
	struct ml_df_words *out;
	struct ml_df_build build;
	size_t from;
	bool split, dynamic, any, was_split;
};

int ml_df_sh_peek(const struct ml_df_shell *sh, size_t ahead)
{
	size_t at = sh->at + ahead;

	return at < sh->end ? (unsigned char)sh->text->s.ptr[at] : -1;
}

static void put(struct word *w, size_t from, size_t to)
{
	ml_df_put_shown(w->sh->df, &w->build, w->sh->text, from, to);
	w->any = true;
}

static void finish(struct word *w, size_t to, bool whole)
{
	struct ml_df_words *out = w->out;

	if (!w->any || ml_alloc_grow(w->sh->df->arena, &out->items, &out->cap, out->n + 1,
			       sizeof(*out->items)))
		return;
	out->items[out->n++] = (struct ml_df_word){
		ml_df_built(&w->build).s, (uint32_t)w->from, (uint32_t)to, w->dynamic, whole};
	w->build = (struct ml_df_build){.arena = w->sh->df->arena};
	w->any = w->dynamic = false;
}

static void put_unknown(struct word *w, size_t from)
{
	put(w, from, w->sh->at);
	w->dynamic = true;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* A known value; outside quotes it is split at white space. */
static void put_value(struct word *w, struct ml_str value, size_t dollar, bool quoted)
{
	uint32_t from = ml_df_origin(w->sh->text, dollar, NULL);

	if (!ml_df_spend(w->sh->df, value.len, from)) {
		put_unknown(w, dollar);
		return;
	}
	w->any = w->any || quoted;
	for (size_t i = 0; i < value.len;) {
		size_t end = i;
		bool space = w->split && !quoted && is_space(value.ptr[i]);
		while (end < value.len &&
			(!w->split || quoted || is_space(value.ptr[end]) == space))
			end++;
		if (space) {
			finish(w, w->sh->at, false);
			w->was_split = true;
		} else {
			ml_df_put(&w->build, value.ptr + i, end - i, from, true);
			w->any = true;
		}
		i = end;
	}
}

/* Commands in $(…), <(…) or backquotes: the enclosing command's `subs`, and commands of their own.
 */
static void substitution(struct ml_df_shell *sh, const struct ml_df_text *inner)
{
	struct ml_df_map vars = ml_df_map_share(&sh->vars, &sh->df->owners);
	struct ml_df_indexes *subs = sh->subs, none = {0};
	size_t before = sh->script->n;
	int context = sh->context;
	bool pipefail = sh->pipefail;

	sh->subs = &none;
	sh->context = ML_DF_SUBSTITUTION;
	sh->sub_depth++;
	if (inner)
		ml_df_sh_nested(sh, inner, 0, inner->s.len, ML_DF_SUBSTITUTION, pipefail);
	else
		ml_df_sh_list(sh, ')');
	sh->sub_depth--;
	sh->context = context;
	sh->pipefail = pipefail;
	sh->vars = vars;
	sh->subs = subs;
	if (sh->quiet)
		sh->script->n = before;
	for (size_t i = before; subs && i < sh->script->n; i++) {
		if (sh->script->commands[i].sub_depth != sh->sub_depth + 1)
			continue;
		if (!ml_alloc_grow(sh->df->arena, &subs->items, &subs->cap, subs->n + 1,
			    sizeof(*subs->items)))
			subs->items[subs->n++] = i;
	}
}

/* `…`: inside, a backslash goes before `, \ and $. */
static void backquotes(struct ml_df_shell *sh)
{
	struct ml_df_build build = {.arena = sh->df->arena};
	struct ml_df_text *inner = ml_alloc(sh->df->arena, sizeof(*inner));
	int c;

	sh->at++;
	while ((c = ml_df_sh_peek(sh, 0)) >= 0 && c != '`') {
		int next = ml_df_sh_peek(sh, 1);
		if (c == '\\' && (next == '`' || next == '\\' || next == '$'))
			sh->at++;
		ml_df_put_text(&build, sh->text, sh->at, sh->at + 1);
		sh->at++;
	}
	if (c < 0 || !inner) {
		ml_df_sh_fail(sh, "a backquote is not closed");
		return;
	}
	sh->at++;
	*inner = ml_df_built(&build);
	substitution(sh, inner);
}

/* $((…)) and ((…)): nothing in it is a command. */
static void arithmetic(struct ml_df_shell *sh)
{
	int open = 0, c;

	while ((c = ml_df_sh_peek(sh, 0)) >= 0) {
		sh->at++;
		open += (c == '(') - (c == ')');
		if (open == 0 && c == ')')
			return;
	}
	ml_df_sh_fail(sh, "an arithmetic expansion is not closed");
}

/* Whether "((" at sh->at is closed by "))": else it is a subshell in a substitution. */
static bool is_arithmetic(const struct ml_df_shell *sh)
{
	int open = 0;

	for (size_t i = sh->at; i < sh->end && i < sh->at + 4096; i++) {
		open += (sh->text->s.ptr[i] == '(') - (sh->text->s.ptr[i] == ')');
		if (open == 0)
			return sh->text->s.ptr[i - 1] == ')';
	}
	return false;
}

bool ml_df_sh_arithmetic(struct ml_df_shell *sh)
{
	if (ml_df_sh_peek(sh, 0) != '(' || ml_df_sh_peek(sh, 1) != '(' || !is_arithmetic(sh))
		return false;
	arithmetic(sh);
	return true;
}

static void paren(struct ml_df_shell *sh)
{
	if (ml_df_sh_arithmetic(sh))
		return;
	sh->at++;
	substitution(sh, NULL);
}

/* Up to the '}' that belongs to the '{' before sh->at; substitutions on the way are split. */
static void skip_braces(struct ml_df_shell *sh)
{
	int open = 1, c;

	while (open && (c = ml_df_sh_peek(sh, 0)) >= 0) {
		if (c == '\\') {
			sh->at += 1 + (sh->at + 1 < sh->end);
		} else if (c == '`') {
			backquotes(sh);
		} else if (c == '$' && ml_df_sh_peek(sh, 1) == '(') {
			sh->at++;
			paren(sh);
		} else {
			open += (c == '{') - (c == '}');
			sh->at++;
		}
		if (sh->failed)
			return;
	}
	if (open)
		ml_df_sh_fail(sh, "a ${ is not closed");
}

/* "${a[@]}": each element a word of its own; in quotes "${a[*]}", and where no words are split, one
 * word of all. */
static void put_elements(
	struct word *w, const struct ml_df_var *var, size_t dollar, bool quoted, bool joined)
{
	struct ml_df_shell *sh = w->sh;

	for (size_t i = 0; i < var->nitems; i++) {
		const struct ml_df_word *item = &var->items[i];
		if (i && (joined || !w->split)) {
			put_value(w, ML_STR(" "), dollar, true);
		} else if (i) {
			finish(w, sh->at, false);
			w->was_split = true;
		}
		put_value(w, item->s, dollar, quoted);
		w->dynamic = w->dynamic || item->dynamic;
	}
}

/* ${a[…]} with a name that may be an array; false: it is none that can be followed. */
static bool element(struct word *w, const struct ml_df_parameter *p, const struct ml_df_var *var,
	struct ml_str rest, size_t dollar, bool quoted)
{
	struct ml_str index = ml_str_sub(rest, 1, rest.len - 1);
	int64_t at;

	if (p->op != ML_DF_ODD || !var || !var->array || rest.len < 3 || rest.ptr[0] != '[' ||
		rest.ptr[rest.len - 1] != ']')
		return false;
	if (ml_str_is(index, "@") || ml_str_is(index, "*")) {
		put_elements(w, var, dollar, quoted, quoted && index.ptr[0] == '*');
		return true;
	}
	if (!ml_parse_i64(index, 10, &at) || at < 0 || (uint64_t)at >= var->nitems)
		return false;
	put_value(w, var->items[at].s, dollar, quoted);
	w->dynamic = w->dynamic || var->items[at].dynamic;
	return true;
}

/* ${…}: known values of $x, ${x:-d} with a plain default, and patterns. */
static void braces(struct word *w, size_t dollar, bool quoted)
{
	struct ml_df_shell *sh = w->sh;
	struct ml_df_parameter p =
		ml_df_parameter_read(ml_str_sub(sh->text->s, 0, sh->end), sh->at);
	const struct ml_df_var *var = p.name.len ? ml_df_map_get(&sh->vars, p.name) : NULL;
	size_t before = sh->script->n;
	struct ml_str word;
	bool unset = !var || (var->known && p.colon && var->value.len == 0), plain;

	skip_braces(sh);
	if (sh->failed)
		return;
	word = ml_str_sub(sh->text->s, p.word, sh->at - 1);
	if (element(w, &p, var, word, dollar, quoted))
		return;
	plain = ml_str_chr(word, '$') == ML_NPOS && ml_str_chr(word, '"') == ML_NPOS &&
		ml_str_chr(word, '\'') == ML_NPOS;
	if (var && var->known && !unset &&
		(p.op == ML_DF_PLAIN || p.op == ML_DF_DEFAULT || p.op == ML_DF_REQUIRED)) {
		put_value(w, var->value, dollar, quoted);
	} else if (p.op == ML_DF_DEFAULT && unset && plain && before == sh->script->n) {
		put(w, p.word, sh->at - 1);
	} else if (p.op >= ML_DF_PREFIX && p.op <= ML_DF_SUFFIX && var && var->known && plain) {
		struct ml_str value = ml_df_pattern(sh->df, &p, var->value, word, ML_STR(""));
		if (value.ptr)
			put_value(w, value, dollar, quoted);
		else
			put_unknown(w, dollar);
	} else {
		put_unknown(w, dollar);
	}
}

static void ansi_quotes(struct word *w)
{
	struct ml_df_shell *sh = w->sh;
	int c;

	sh->at += 2;
	while ((c = ml_df_sh_peek(sh, 0)) >= 0 && c != '\'') {
		if (c == '\\' && ml_df_sh_peek(sh, 1) >= 0)
			sh->at++;
		put(w, sh->at, sh->at + 1);
		sh->at++;
	}
	if (c < 0)
		ml_df_sh_fail(sh, "a quote is not closed");
	w->any = true;
	sh->at++;
}

static void dollar(struct word *w, bool quoted)
{
	struct ml_df_shell *sh = w->sh;
	size_t from = sh->at, n;
	int c = ml_df_sh_peek(sh, 1);
	const struct ml_df_var *var;

	sh->at++;
	if (c == '(') {
		paren(sh);
		put_unknown(w, from);
		return;
	}
	if (c == '{') {
		sh->at++;
		braces(w, from, quoted);
		return;
	}
	n = ml_df_name_length(ml_str_sub(sh->text->s, 0, sh->end), sh->at);
	if (n == 0 && c > 0 && strchr("?$#!-*@0123456789", c)) {
		sh->at++;
		put_unknown(w, from);
		return;
	}
	var = n ? ml_df_map_get(&sh->vars, ml_str_sub(sh->text->s, sh->at, sh->at + n)) : NULL;
	sh->at += n;
	if (var && var->known)
		put_value(w, var->value, from, quoted);
	else if (n)
		put_unknown(w, from);
	else
		put(w, from, sh->at);
}

static void double_quotes(struct word *w)
{
	struct ml_df_shell *sh = w->sh;
	int c;

	sh->at++;
	w->any = true;
	while (!sh->failed && (c = ml_df_sh_peek(sh, 0)) != '"') {
		size_t from = sh->at;
		int next = ml_df_sh_peek(sh, 1);
		if (c < 0) {
			ml_df_sh_fail(sh, "a double quote is not closed");
		} else if (c == '$') {
			dollar(w, true);
		} else if (c == '`') {
			backquotes(sh);
			put_unknown(w, from);
		} else if (c == '\\' && next == '\n') {
			sh->at += 2;
		} else {
			sh->at += c == '\\' && next > 0 && strchr("$`\"\\", next) != NULL;
			put(w, sh->at, sh->at + 1);
			sh->at++;
		}
	}
	sh->at++;
}

static void single_quotes(struct word *w)
{
	struct ml_df_shell *sh = w->sh;
	size_t length = ml_str_chr(ml_str_sub(sh->text->s, sh->at + 1, sh->end), '\'');

	w->any = true;
	if (length == ML_NPOS) {
		ml_df_sh_fail(sh, "a single quote is not closed");
		return;
	}
	put(w, sh->at + 1, sh->at + 1 + length);
	sh->at += length + 2;
}

static void escape(struct word *w)
{
	struct ml_df_shell *sh = w->sh;
	int next = ml_df_sh_peek(sh, 1);

	if (next < 0) { /* the last byte: it stands for itself */
		put(w, sh->at, sh->at + 1);
		sh->at++;
		return;
	}
	if (next != '\n')
		put(w, sh->at + 1, sh->at + 2);
	sh->at += 2;
}

static bool ends_word(int c)
{
	return c < 0 || c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ';' || c == '&' ||
	       c == '|' || c == '(' || c == ')' || c == '<' || c == '>';
}

static bool is_special(int c)
{
	return ends_word(c) || c == '\'' || c == '"' || c == '$' || c == '`' || c == '\\';
}

/* One piece; false at the word's end. */
static bool piece(struct word *w)
{
	struct ml_df_shell *sh = w->sh;
	int c = ml_df_sh_peek(sh, 0), next = ml_df_sh_peek(sh, 1);
	size_t from = sh->at;

	if ((c == '<' || c == '>') && next == '(') {
		sh->at++;
		paren(sh);
		put_unknown(w, from);
	} else if (c == '(' && w->any && from > 0 && strchr("?*+@!=", sh->text->s.ptr[from - 1])) {
		arithmetic(sh); /* an extended pattern, or the array of `declare` */
		if (!sh->failed && sh->text->s.ptr[from - 1] == '=')
			ml_df_sh_body(sh, from, sh->at);
		put(w, from, sh->at);
		w->dynamic = w->dynamic || sh->text->s.ptr[from - 1] == '=';
	} else if (ends_word(c)) {
		return false;
	} else if (c == '\'') {
		single_quotes(w);
	} else if (c == '"') {
		double_quotes(w);
	} else if (c == '$' && next == '\'') {
		ansi_quotes(w);
	} else if (c == '$') {
		dollar(w, false);
	} else if (c == '`') {
		backquotes(sh);
		put_unknown(w, from);
	} else if (c == '\\') {
		escape(w);
	} else {
		while (!is_special(ml_df_sh_peek(sh, 0)))
			sh->at++;
		put(w, from, sh->at);
	}
	return true;
}

void ml_df_sh_word(struct ml_df_shell *sh, bool split, struct ml_df_words *out)
{
	struct word w = {.sh = sh,
		.out = out,
		.from = sh->at,
		.split = split,
		.build = {.arena = sh->df->arena}};

	if (!ml_df_sh_enter(sh))
		return;
	while (!sh->failed && piece(&w))
		;
	sh->depth--;
	finish(&w, sh->at, !w.was_split);
}

void ml_df_sh_body(struct ml_df_shell *sh, size_t from, size_t to)
{
	size_t at = sh->at, end = sh->end;

	sh->at = from;
	sh->end = to;
	while (!sh->failed && sh->at < to) {
		int c = ml_df_sh_peek(sh, 0);
		if (c == '\\') {
			sh->at += 2;
		} else if (c == '`') {
			backquotes(sh);
		} else if (c == '$' && ml_df_sh_peek(sh, 1) == '(') {
			sh->at++;
			paren(sh);
		} else {
			sh->at++;
		}
	}
	sh->at = at;
	sh->end = end;
}

/* The end of a double-quoted part that begins behind `at`. */
static size_t unquote_double(
	struct ml_df_build *build, const struct ml_df_text *text, size_t at, size_t to)
{
	for (; at < to && text->s.ptr[at] != '"'; at++) {
		if (text->s.ptr[at] == '\\' && at + 1 < to && strchr("$`\"\\", text->s.ptr[at + 1]))
			at++;
		ml_df_put_text(build, text, at, at + 1);
	}
	return at + 1;
}

struct ml_df_text ml_df_sh_unquote(
	struct ml_df_shell *sh, const struct ml_df_text *text, size_t from, size_t to)
{
	struct ml_df_build build = {.arena = sh->df->arena};

	for (size_t at = from; at < to;) {
		char c = text->s.ptr[at];
		if (c == '\'') {
			size_t end = at + 1;
			while (end < to && text->s.ptr[end] != '\'')
				end++;
			ml_df_put_text(&build, text, at + 1, end);
			at = end + 1;
		} else if (c == '"') {
			at = unquote_double(&build, text, at + 1, to);
		} else {
			at += c == '\\' && at + 1 < to;
			ml_df_put_text(&build, text, at, at + 1);
			at++;
		}
	}
	return ml_df_built(&build);
}

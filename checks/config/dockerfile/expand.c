/* SPDX-License-Identifier: Apache-2.0 */
/* Substitution of variables as Docker does it. */
#include "checks/config/dockerfile/expand.h"

#include "base/error.h"

struct expansion {
	struct ml_df *df;
	const struct ml_df_map *vars;
	const struct ml_df_text *text;
	size_t at, to;
	struct ml_df_build build;
	bool reveal;
	int depth;
	struct ml_df_expanded *out;
	struct ml_str *names;
	size_t names_cap;
};

size_t ml_df_name_length(struct ml_str s, size_t at)
{
	size_t end = at;

	while (end < s.len) {
		char c = s.ptr[end];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		if (!letter && !(end > at && c >= '0' && c <= '9'))
			break;
		end++;
	}
	return end - at;
}

struct ml_df_parameter ml_df_parameter_read(struct ml_str s, size_t at)
{
	static const char operators[] = "-+?#%/";
	static const enum ml_df_operator ops[] = {ML_DF_DEFAULT, ML_DF_ALTERNATIVE, ML_DF_REQUIRED,
		ML_DF_PREFIX, ML_DF_SUFFIX, ML_DF_REPLACE};
	size_t n = ml_df_name_length(s, at), end = at + n;
	struct ml_df_parameter out = {.name = ml_str_sub(s, at, end), .op = ML_DF_ODD, .word = end};
	const char *found;

	if (n == 0 || end >= s.len)
		return out;
	if (s.ptr[end] == '}') {
		out.op = ML_DF_PLAIN;
		return out;
	}
	out.colon = s.ptr[end] == ':';
	end += out.colon;
	found = end < s.len && s.ptr[end] ? strchr(operators, s.ptr[end]) : NULL;
	if (!found || (out.colon && found - operators > 2))
		return out;
	out.op = ops[found - operators];
	out.twice = found - operators > 2 && end + 1 < s.len && s.ptr[end + 1] == s.ptr[end];
	out.word = end + 1 + out.twice;
	return out;
}

bool ml_df_spend(struct ml_df *df, size_t bytes, uint32_t from)
{
	if (df->expanded + bytes <= ML_DF_EXPANSION) {
		df->expanded += bytes;
		return true;
	}
	if (!df->warned_expansion)
		ml_df_diag(df, ML_DIAG_ERROR, from, from,
			"variables: their values grow too big; from here on they are unknown");
	df->warned_expansion = true;
	df->facts->incomplete = true;
	return false;
}

void ml_df_put_shown(struct ml_df *df, struct ml_df_build *build, const struct ml_df_text *text,
	size_t from, size_t to)
{
	uint32_t end = 0;

	if (df->nhidden == 0) {
		ml_df_put_text(build, text, from, to);
		return;
	}
	for (size_t i = from; i < to && i < text->s.len; i++) {
		bool fixed;
		uint32_t offset = ml_df_origin(text, i, &fixed);
		if (fixed || !ml_df_is_hidden(df, offset, &end))
			ml_df_put_text(build, text, i, i + 1);
		else if (build->len < 3 || memcmp(build->ptr + build->len - 3, "***", 3) != 0)
			ml_df_put(build, "***", 3, offset, true);
	}
}

static void put(struct expansion *e, size_t from, size_t to)
{
	if (e->reveal)
		ml_df_put_text(&e->build, e->text, from, to);
	else
		ml_df_put_shown(e->df, &e->build, e->text, from, to);
}

static void note_name(struct expansion *e, struct ml_str name)
{
	for (size_t i = 0; i < e->out->nnames && i < 64; i++)
		if (ml_str_eq(e->names[i], name))
			return;
	if (e->out->nnames == 64 || ml_alloc_grow(e->df->arena, &e->names, &e->names_cap,
					    e->out->nnames + 1, sizeof(*e->names)))
		return;
	e->names[e->out->nnames++] = name;
}

/* The variable, or NULL when it is not set as far as the file says. */
static const struct ml_df_var *look_up(struct expansion *e, struct ml_str name)
{
	note_name(e, name);
	return e->vars ? ml_df_map_get(e->vars, name) : NULL;
}

static void put_value(
	struct expansion *e, const struct ml_df_var *var, struct ml_str value, size_t dollar)
{
	uint32_t from = ml_df_origin(e->text, dollar, NULL);

	if (!ml_df_spend(e->df, value.len, from)) {
		e->out->dynamic = true;
		return;
	}
	ml_df_put(&e->build, value.ptr, value.len, from, true);
	if (!e->out->var)
		e->out->var = var;
}

/* Not set, and no base image can have set it. BuildKit gives PATH a value even there. */
static bool is_empty(const struct expansion *e, const struct ml_df_var *var, struct ml_str name)
{
	return !var && e->vars && e->df->nothing_else && !ml_str_is(name, "PATH");
}

static void put_unknown(struct expansion *e, size_t from)
{
	put(e, from, e->at);
	e->out->dynamic = true;
}

static void run(struct expansion *e, char until, char until2);

/* What run() gives from here up to `until`, apart from the result so far. */
static struct ml_str operand(struct expansion *e, char until, char until2)
{
	struct ml_df_build outer = e->build;
	struct ml_str text;

	e->build = (struct ml_df_build){.arena = e->df->arena};
	run(e, until, until2);
	text = ml_df_built(&e->build).s;
	e->build = outer;
	return text;
}

/* Skips the operand, quotes observed. */
static void skip_operand(struct expansion *e)
{
	struct ml_df_expanded *out = e->out, ignored = {0};
	struct ml_str *names = e->names;
	size_t cap = e->names_cap;

	e->out = &ignored;
	e->names = NULL;
	e->names_cap = 0;
	operand(e, '}', '}');
	e->out = out;
	e->names = names;
	e->names_cap = cap;
}

static void put_pattern(struct expansion *e, const struct ml_df_parameter *p,
	const struct ml_df_var *var, size_t dollar)
{
	struct ml_str pattern = operand(e, '}', p->op == ML_DF_REPLACE ? '/' : '}'),
		      with = ML_STR(""), value = ML_STR_NONE;

	if (p->op == ML_DF_REPLACE && e->at < e->to && e->text->s.ptr[e->at] == '/') {
		e->at++;
		with = operand(e, '}', '}');
	}
	e->at += e->at < e->to;
	if (var && var->known)
		value = ml_df_pattern(e->df, p, var->value, pattern, with);
	if (value.ptr)
		put_value(e, var, value, dollar);
	else
		put_unknown(e, dollar);
}

static bool is_unset(const struct ml_df_var *var)
{
	return !var || (!var->known && !var->runtime);
}

static void put_choice(struct expansion *e, const struct ml_df_parameter *p,
	const struct ml_df_var *var, size_t dollar)
{
	bool known = var && var->known && !(p->colon && var->value.len == 0);
	bool unset = is_unset(var) || (var->known && !known);
	bool takes_word = (p->op == ML_DF_DEFAULT && unset) ||
			  (p->op == ML_DF_ALTERNATIVE && !unset && known);

	if (takes_word)
		run(e, '}', '}');
	else
		skip_operand(e);
	e->at += e->at < e->to;
	if (takes_word || (p->op == ML_DF_ALTERNATIVE && unset && e->vars))
		return;
	if (known && p->op != ML_DF_ALTERNATIVE)
		put_value(e, var, var->value, dollar);
	else
		put_unknown(e, dollar);
}

/* Without a scope nothing is filled in: the text is kept as it is. */
static void keep_braces(struct expansion *e, size_t dollar)
{
	skip_operand(e);
	e->at += e->at < e->to;
	put_unknown(e, dollar);
}

static void braces(struct expansion *e, size_t dollar)
{
	struct ml_df_parameter p = ml_df_parameter_read(e->text->s, e->at);
	const struct ml_df_var *var = p.name.len ? look_up(e, p.name) : NULL;

	e->at = p.word < e->to ? p.word : e->to;
	if (p.op == ML_DF_ODD || !e->vars) {
		keep_braces(e, dollar);
	} else if (p.op == ML_DF_PLAIN) {
		e->at++;
		if (var && var->known)
			put_value(e, var, var->value, dollar);
		else if (!is_empty(e, var, p.name))
			put_unknown(e, dollar);
	} else if (p.op >= ML_DF_PREFIX) {
		put_pattern(e, &p, var, dollar);
	} else {
		put_choice(e, &p, var, dollar);
	}
}

static void dollar(struct expansion *e)
{
	size_t from = e->at++, n;
	const struct ml_df_var *var;
	struct ml_str name;

	if (e->at < e->to && e->text->s.ptr[e->at] == '{') {
		e->at++;
		if (e->depth >= ML_DF_WORD_DEPTH) {
			e->at = e->to;
			put_unknown(e, from);
			return;
		}
		e->depth++;
		braces(e, from);
		e->depth--;
		return;
	}
	n = ml_df_name_length(ml_str_sub(e->text->s, 0, e->to), e->at);
	if (n == 0) {
		put(e, from, e->at);
		return;
	}
	name = ml_str_sub(e->text->s, e->at, e->at + n);
	var = look_up(e, name);
	e->at += n;
	if (var && var->known)
		put_value(e, var, var->value, from);
	else if (!is_empty(e, var, name))
		put_unknown(e, from);
}

static void single_quotes(struct expansion *e)
{
	size_t from = ++e->at;

	while (e->at < e->to && e->text->s.ptr[e->at] != '\'')
		e->at++;
	put(e, from, e->at);
	e->at += e->at < e->to;
}

static void double_quotes(struct expansion *e)
{
	for (e->at++; e->at < e->to && e->text->s.ptr[e->at] != '"';) {
		char c = e->text->s.ptr[e->at],
		     next = e->at + 1 < e->to ? e->text->s.ptr[e->at + 1] : 0;
		if (c == '$') {
			dollar(e);
			continue;
		}
		if (c == e->df->escape && (next == '"' || next == '$' || next == e->df->escape))
			e->at++;
		put(e, e->at, e->at + 1);
		e->at++;
	}
	e->at += e->at < e->to;
}

/* The end of bytes from `at` on that mean themselves. */
static size_t plain_end(const struct expansion *e, char until, char until2)
{
	size_t at = e->at;

	for (; at < e->to; at++) {
		char c = e->text->s.ptr[at];
		if (c == '\'' || c == '"' || c == '$' || c == e->df->escape ||
			(until && (c == until || c == until2)))
			break;
	}
	return at;
}

static void run(struct expansion *e, char until, char until2)
{
	while (e->at < e->to) {
		size_t end = plain_end(e, until, until2);
		char c;
		put(e, e->at, end);
		e->at = end;
		if (end == e->to)
			return;
		c = e->text->s.ptr[end];
		if (until && (c == until || c == until2))
			return;
		if (c == '\'') {
			single_quotes(e);
		} else if (c == '"') {
			double_quotes(e);
		} else if (c == '$') {
			dollar(e);
		} else {
			e->at++;
			if (e->at < e->to)
				put(e, e->at, e->at + 1);
			e->at += e->at < e->to;
		}
	}
}

struct ml_df_expanded ml_df_expand(struct ml_df *df, const struct ml_df_map *vars,
	const struct ml_df_text *text, size_t from, size_t to)
{
	struct ml_df_expanded out = {0};
	struct expansion e = {.df = df,
		.vars = vars,
		.text = text,
		.at = from,
		.to = to,
		.build = {.arena = df->arena},
		.out = &out};

	run(&e, 0, 0);
	out.text = ml_df_built(&e.build);
	out.names = e.names;
	return out;
}

struct ml_df_text ml_df_unquote(
	struct ml_df *df, const struct ml_df_text *text, size_t from, size_t to)
{
	struct ml_df_expanded out = {0};
	struct expansion e = {.df = df,
		.text = text,
		.at = from,
		.to = to,
		.build = {.arena = df->arena},
		.reveal = true,
		.out = &out};

	run(&e, 0, 0);
	return ml_df_built(&e.build);
}

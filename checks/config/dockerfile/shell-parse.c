/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and pipelines of a shell script, here-documents between lines, scripts in scripts. */
#include "base/error.h"
#include "checks/config/dockerfile/shell-priv.h"

void ml_df_sh_fail(struct ml_df_shell *sh, const char *why)
{
	uint32_t from = ml_df_origin(sh->text, sh->at, NULL);

	if (!sh->failed)
		ml_df_diag(sh->df, ML_DIAG_WARNING, from, from, "shell: %s, so its commands are unknown", why);
	sh->failed = true;
}

bool ml_df_sh_enter(struct ml_df_shell *sh)
{
	if (sh->depth >= ML_DF_SHELL_DEPTH)
		ml_df_sh_fail(sh, "it is nested too deeply");
	else if (ml_arena_failed(sh->df->arena))
		ml_df_sh_fail(sh, "no memory");
	else
		sh->depth++;
	return !sh->failed;
}

void ml_df_sh_skip(struct ml_df_shell *sh)
{
	int c;

	while ((c = ml_df_sh_peek(sh, 0)) == ' ' || c == '\t' || c == '\r' || (c == '\\' && ml_df_sh_peek(sh, 1) == '\n'))
		sh->at += 1 + (c == '\\');
	if (c != '#')
		return;
	while ((c = ml_df_sh_peek(sh, 0)) >= 0 && c != '\n')
		sh->at++;
}

static bool is_delimiter(struct ml_str line, const struct ml_df_pending *doc)
{
	size_t at = 0;

	while (doc->chomp && at < line.len && line.ptr[at] == '\t')
		at++;
	return ml_str_eq(ml_str_sub(line, at, line.len), doc->name);
}

/* The body that begins at sh->at; a script when a shell reads it. */
static void read_body(struct ml_df_shell *sh, const struct ml_df_pending *doc)
{
	size_t from = sh->at, to = from;
	bool found = false;

	while (!found && sh->at < sh->end) {
		struct ml_str rest = ml_str_sub(sh->text->s, sh->at, sh->end);
		size_t end = ml_str_chr(rest, '\n');
		struct ml_str line = ml_str_sub(rest, 0, end);
		to = sh->at;
		sh->at += end == ML_NPOS ? rest.len : end + 1;
		if (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		found = is_delimiter(line, doc);
	}
	if (!found)
		to = sh->at;
	if (ml_df_sh_reads_script(&sh->script->commands[doc->command]))
		ml_df_sh_nested(sh, sh->text, from, to, ML_DF_SCRIPT, sh->script->commands[doc->command].pipefail);
	else if (!doc->quoted)
		ml_df_sh_body(sh, from, to);
}

void ml_df_sh_skip_lines(struct ml_df_shell *sh)
{
	for (ml_df_sh_skip(sh); !sh->failed && ml_df_sh_peek(sh, 0) == '\n'; ml_df_sh_skip(sh)) {
		struct ml_df_pending *docs = sh->pending;
		size_t n = sh->npending;
		sh->at++;
		sh->pending = NULL;
		sh->npending = sh->pending_cap = 0;
		for (size_t i = 0; i < n && !sh->failed; i++)
			read_body(sh, &docs[i]);
	}
}

/* Marks who reads whose output, once a pipeline is complete. `starts` are the indexes at which its elements begin. */
struct pipeline {
	struct ml_df_indexes starts, before;
	bool cut;
};

static bool is_direct(const struct ml_df_shell *sh, size_t i)
{
	return sh->script->commands[i].sub_depth == sh->sub_depth;
}

static size_t first_of(const struct ml_df_shell *sh, size_t from, size_t to)
{
	while (from < to && !is_direct(sh, from))
		from++;
	return from;
}

static size_t last_of(const struct ml_df_shell *sh, size_t from, size_t to)
{
	while (to > from && !is_direct(sh, to - 1))
		to--;
	return to;
}

static void mark_element(struct ml_df_shell *sh, struct pipeline *p, size_t from, size_t to, size_t source, size_t sink)
{
	size_t before = p->before.n;

	for (size_t i = from; i < to; i++) {
		struct ml_df_command *c = &sh->script->commands[i];
		if (!is_direct(sh, i))
			continue;
		if (source && !c->piped_from)
			c->piped_from = source;
		if (sink && !c->piped_to)
			c->piped_to = sink;
		if (!c->npipeline) {
			c->npipeline = before;
			c->pipeline_cut = p->cut;
		}
		if (p->before.n == ML_DF_PIPELINE)
			p->cut = true;
		else if (!ml_alloc_grow(sh->df->arena, &p->before.items, &p->before.cap, p->before.n + 1, sizeof(size_t)))
			p->before.items[p->before.n++] = i;
	}
}

static void mark_pipeline(struct ml_df_shell *sh, struct pipeline *p)
{
	size_t n = p->starts.n, source = 0;

	if (n < 2)
		return;
	for (size_t k = 0; k < n; k++) {
		size_t from = p->starts.items[k], to = k + 1 < n ? p->starts.items[k + 1] : sh->script->n;
		size_t next_end = k + 2 < n ? p->starts.items[k + 2] : sh->script->n;
		size_t next = k + 1 < n ? first_of(sh, to, next_end) : 0;
		mark_element(sh, p, from, to, source, k + 1 < n && next < next_end ? next + 1 : 0);
		source = last_of(sh, from, to);
	}
	for (size_t i = p->starts.items[0]; i < sh->script->n; i++)
		if (sh->script->commands[i].npipeline && !sh->script->commands[i].pipeline)
			sh->script->commands[i].pipeline = p->before.items;
}

static int pipe_here(struct ml_df_shell *sh)
{
	ml_df_sh_skip(sh);
	if (ml_df_sh_peek(sh, 0) != '|' || ml_df_sh_peek(sh, 1) == '|')
		return 0;
	sh->at += ml_df_sh_peek(sh, 1) == '&' ? 2 : 1;
	return sh->text->s.ptr[sh->at - 1] == '&' ? ML_DF_OP_PIPE_BOTH : ML_DF_OP_PIPE;
}

/* `!` and bash's `time` go before a pipeline. */
static void skip_prefixes(struct ml_df_shell *sh)
{
	ml_df_sh_skip_lines(sh);
	while (ml_df_sh_at_word(sh, "!")) {
		sh->at++;
		ml_df_sh_skip_lines(sh);
	}
}

static void command(struct ml_df_shell *sh, int op)
{
	size_t before = sh->script->n;

	if (!ml_df_sh_enter(sh))
		return;
	if (!ml_df_sh_compound(sh))
		ml_df_sh_simple(sh, op);
	else if (sh->script->n > before)
		sh->script->commands[before].op = op;
	sh->depth--;
}

static void pipeline(struct ml_df_shell *sh, int op)
{
	struct pipeline p = {0};

	skip_prefixes(sh);
	do {
		if (ml_alloc_grow(sh->df->arena, &p.starts.items, &p.starts.cap, p.starts.n + 1, sizeof(size_t))) {
			ml_df_sh_fail(sh, "no memory");
			return;
		}
		p.starts.items[p.starts.n++] = sh->script->n;
		ml_df_sh_skip_lines(sh);
		command(sh, op);
		op = sh->failed ? 0 : pipe_here(sh);
	} while (op && !sh->failed);
	if (!sh->failed)
		mark_pipeline(sh, &p);
}

/* The operator behind a pipeline; 0 at the end of the list. A new line is a semicolon. */
static int list_operator(struct ml_df_shell *sh)
{
	int c = ml_df_sh_peek(sh, 0), next = ml_df_sh_peek(sh, 1);

	if (c == '\n')
		return ML_DF_OP_SEMICOLON; /* left there: here-documents may follow */
	if (c == ';' && next == ';')
		return 0;
	if (c == ';' || (c == '&' && next != '&')) {
		sh->at++;
		return c == ';' ? ML_DF_OP_SEMICOLON : ML_DF_OP_BACKGROUND;
	}
	if ((c == '&' || c == '|') && next == c) {
		sh->at += 2;
		return c == '&' ? ML_DF_OP_AND : ML_DF_OP_OR;
	}
	return 0;
}

static bool at_list_end(struct ml_df_shell *sh)
{
	int c = ml_df_sh_peek(sh, 0);

	return c < 0 || c == ')' || (c == ';' && ml_df_sh_peek(sh, 1) == ';') || ml_df_sh_at_end_word(sh);
}

void ml_df_sh_list(struct ml_df_shell *sh, char closing)
{
	int op = ML_DF_OP_NONE;

	if (!ml_df_sh_enter(sh))
		return;
	for (ml_df_sh_skip_lines(sh); !sh->failed && !at_list_end(sh);) {
		pipeline(sh, op);
		if (sh->failed)
			break;
		ml_df_sh_skip(sh);
		op = list_operator(sh);
		if (!op)
			break;
		ml_df_sh_skip_lines(sh);
	}
	sh->depth--;
	if (sh->failed)
		return;
	if (closing && ml_df_sh_peek(sh, 0) == closing)
		sh->at++;
	else if (closing)
		ml_df_sh_fail(sh, "a parenthesis is not closed");
}

/* What is left when a whole script was read is an error. */
static void whole(struct ml_df_shell *sh)
{
	ml_df_sh_list(sh, 0);
	if (!sh->failed && sh->at < sh->end)
		ml_df_sh_fail(sh, "it has a word or sign where none may be");
}

void ml_df_sh_nested(struct ml_df_shell *sh, const struct ml_df_text *text, size_t from, size_t to, int context, bool pipefail)
{
	struct ml_df_shell outer = *sh;

	if (sh->nested >= ML_DF_SCRIPT_DEPTH) {
		ml_df_sh_fail(sh, "scripts are nested too deeply");
		return;
	}
	sh->nested++;
	sh->text = text;
	sh->at = from;
	sh->end = to < text->s.len ? to : text->s.len;
	sh->context = context;
	sh->pipefail = pipefail;
	sh->pending = NULL;
	sh->npending = sh->pending_cap = 0;
	whole(sh);
	outer.failed = sh->failed;
	outer.vars = context == ML_DF_SUBSTITUTION ? sh->vars : outer.vars;
	*sh = outer;
}

void ml_df_shell_split(struct ml_df *df, const struct ml_df_text *text, size_t from, size_t to, const struct ml_df_script_env *env,
	struct ml_df_script *out)
{
	struct ml_df_map vars = *env->vars;
	struct ml_df_shell sh = {.df = df, .script = out, .text = text, .at = from, .end = to, .pipefail = env->pipefail};

	*out = (struct ml_df_script){0};
	vars.owner = ++df->owners;
	sh.vars = vars;
	whole(&sh);
	out->failed = sh.failed;
}

/* ["apt-get install", "curl"] names no program that exists. What was meant is a command line: the first word is taken apart at its blanks.
 * The words in their own places; *n is counted on. */
static const struct ml_df_text *meant_words(struct ml_df *df, const struct ml_df_text *words, size_t *n)
{
	struct ml_str rest = words[0].s, part;
	size_t pieces = 0, at = 0;
	struct ml_df_text *out;

	for (size_t i = 0; i < rest.len; i++)
		pieces += rest.ptr[i] == ' ';
	out = pieces ? ml_alloc_array(df->arena, *n + pieces, sizeof(*out)) : NULL;
	if (!out)
		return words;
	pieces = 0;
	while (ml_str_split(&rest, ' ', &part)) {
		if (part.len)
			out[pieces++] = ml_df_part(df->arena, &words[0], at, at + part.len);
		at += part.len + 1;
	}
	if (!pieces)
		return words;
	memcpy(out + pieces, words + 1, (*n - 1) * sizeof(*out));
	*n += pieces - 1;
	return out;
}

void ml_df_exec_split(struct ml_df *df, const struct ml_df_text *text, const struct ml_df_text *words, size_t n,
	const struct ml_df_script_env *env, struct ml_df_script *out)
{
	struct ml_df_shell sh = {.df = df, .script = out, .text = text, .end = text->s.len, .pipefail = env->pipefail};
	struct ml_df_word *items;
	size_t command;

	*out = (struct ml_df_script){0};
	sh.vars = *env->vars;
	sh.vars.owner = ++df->owners;
	if (n == 0)
		return;
	words = meant_words(df, words, &n);
	items = ml_alloc_array(df->arena, n, sizeof(*items));
	if (!items)
		return;
	command = ml_df_sh_add(&sh, ML_DF_OP_NONE);
	for (size_t i = 0; i < n; i++)
		items[i] = (struct ml_df_word){.s = ml_df_shown(df, &words[i], 0, words[i].s.len)};
	if (command != ML_NPOS) {
		out->commands[command].words = items;
		out->commands[command].nwords = n;
		out->commands[command].exec_words = words;
		out->commands[command].to = text->s.len;
		ml_df_sh_resolve(&sh, command);
	}
	out->failed = sh.failed;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Simple commands: assignments, words, redirections; and what they change for the commands behind
 * them. */
#include "base/error.h"
#include "base/num.h"
#include "checks/config/dockerfile/shell-priv.h"

size_t ml_df_sh_add(struct ml_df_shell *sh, int op)
{
	struct ml_df_script *script = sh->script;

	if (sh->df->ncommands >= ML_DF_COMMANDS_MAX) {
		ml_df_sh_fail(sh, "too many commands");
		return ML_NPOS;
	}
	if (ml_alloc_grow(sh->df->arena, &script->commands, &script->cap, script->n + 1,
		    sizeof(*script->commands))) {
		ml_df_sh_fail(sh, "no memory");
		return ML_NPOS;
	}
	sh->df->ncommands++;
	script->commands[script->n] = (struct ml_df_command){.text = sh->text,
		.from = sh->at,
		.to = sh->at,
		.op = op,
		.context = sh->context,
		.sub_depth = sh->sub_depth,
		.pipefail = sh->pipefail};
	return script->n++;
}

/* Longest first. */
static const char *const operators[] = {
	"<<<", "&>>", "<<", ">>", "<&", ">&", "<>", ">|", "&>", "<", ">"};

static const char *operator_at(const struct ml_df_shell *sh)
{
	struct ml_str rest = ml_str_sub(sh->text->s, sh->at, sh->end);

	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (ml_str_starts(rest, ml_str(operators[i])))
			return operators[i];
	return NULL;
}

static void add_redirect(struct ml_df_shell *sh, size_t command, struct ml_df_redirect redirect)
{
	struct ml_df_command *c = &sh->script->commands[command];

	if (ml_alloc_grow(sh->df->arena, &c->redirects, &c->redirects_cap, c->nredirects + 1,
		    sizeof(*c->redirects)))
		return;
	c->redirects[c->nredirects++] = redirect;
}

static void add_pending(struct ml_df_shell *sh, size_t command, size_t from, size_t to, bool chomp)
{
	struct ml_df_text name = ml_df_sh_unquote(sh, sh->text, from, to);
	bool quoted = name.s.len != to - from;

	if (ml_alloc_grow(sh->df->arena, &sh->pending, &sh->pending_cap, sh->npending + 1,
		    sizeof(*sh->pending)))
		return;
	sh->pending[sh->npending++] = (struct ml_df_pending){name.s, quoted, chomp, command};
}

/* Digits before an operator are a file descriptor: their length. */
static size_t fd_length(const struct ml_df_shell *sh)
{
	size_t n = 0;
	int c;

	while ((c = ml_df_sh_peek(sh, n)) >= '0' && c <= '9' && n < 9)
		n++;
	c = ml_df_sh_peek(sh, n);
	return c == '<' || c == '>' ? n : 0;
}

bool ml_df_sh_redirect(struct ml_df_shell *sh, size_t command)
{
	struct ml_df_words words = {0};
	struct ml_df_redirect redirect = {.fd = -1};
	size_t digits = fd_length(sh), start = sh->at, from;
	bool chomp, doc;
	int64_t fd;

	if (digits && ml_parse_i64(ml_str_sub(sh->text->s, sh->at, sh->at + digits), 10, &fd))
		redirect.fd = (int)fd;
	sh->at += digits;
	redirect.op = operator_at(sh);
	if (!redirect.op || ((redirect.op[0] == '<' || redirect.op[0] == '>') && !redirect.op[1] &&
				    ml_df_sh_peek(sh, 1) == '(')) {
		sh->at = start;
		return false;
	}
	sh->at += strlen(redirect.op);
	doc = strcmp(redirect.op, "<<") == 0;
	chomp = doc && ml_df_sh_peek(sh, 0) == '-';
	sh->at += chomp;
	ml_df_sh_skip(sh);
	from = sh->at;
	ml_df_sh_word(sh, false, &words);
	if (words.n == 0 && !sh->failed)
		ml_df_sh_fail(sh, "a redirection has no target");
	if (sh->failed)
		return true;
	redirect.target = words.items[0].s;
	if (doc)
		add_pending(sh, command, from, sh->at, chomp);
	add_redirect(sh, command, redirect);
	sh->script->commands[command].dynamic |= words.items[0].dynamic;
	return true;
}

/* `name=`, `name+=` or `name[index]=` here: the length up to the value; 0 when it is no assignment.
 */
static size_t assignment_length(const struct ml_df_shell *sh)
{
	size_t n = ml_df_name_length(ml_str_sub(sh->text->s, 0, sh->end), sh->at);

	n += n ? ml_df_sh_subscript(sh, n) : 0;
	if (n && ml_df_sh_peek(sh, n) == '=')
		return n + 1;
	return n && ml_df_sh_peek(sh, n) == '+' && ml_df_sh_peek(sh, n + 1) == '=' ? n + 2 : 0;
}

static void add_assign(struct ml_df_shell *sh, size_t command, struct ml_df_pair pair)
{
	struct ml_df_command *c = &sh->script->commands[command];

	if (ml_alloc_grow(sh->df->arena, &c->assigns, &c->assigns_cap, c->nassigns + 1,
		    sizeof(*c->assigns)))
		return;
	c->assigns[c->nassigns++] = pair;
}

static void take_assignment(struct ml_df_shell *sh, size_t command, size_t length)
{
	struct ml_df_words words = {0};
	bool append = sh->text->s.ptr[sh->at + length - 2] == '+';
	struct ml_str name = ml_str_sub(sh->text->s, sh->at, sh->at + length - 1 - append);
	struct ml_df_pair pair = {
		.name = ml_str_sub(name, 0, ml_df_name_length(name, 0)), .value = ML_STR("")};

	sh->at += length;
	pair.dynamic = append || pair.name.len < name.len; /* one element is not followed */
	if (ml_df_sh_at_array(sh)) {
		ml_df_sh_take_array(sh, &pair, append);
	} else {
		ml_df_sh_word(sh, false, &words);
		if (words.n) {
			pair.value = words.items[0].s;
			pair.dynamic = pair.dynamic || words.items[0].dynamic;
		}
	}
	add_assign(sh, command, pair);
}

static void set_variable(struct ml_df_shell *sh, const struct ml_df_pair *pair, bool known)
{
	struct ml_df_var *var = ml_alloc(sh->df->arena, sizeof(*var));

	if (!var)
		return;
	*var = (struct ml_df_var){.value = pair->value, .known = known, .runtime = !known};
	if (pair->array && known) {
		var->array = true;
		var->items = pair->items;
		var->nitems = pair->nitems;
		var->value = pair->nitems ? pair->items[0].s : ML_STR("");
		var->known = !pair->nitems || !pair->items[0].dynamic;
		var->runtime = !var->known;
	}
	ml_df_check(sh->df, ml_df_map_set(sh->df->arena, &sh->vars, pair->name, var));
}

/* Whether what is assigned here holds for certain from here on. */
static bool certain(const struct ml_df_shell *sh)
{
	return sh->context == ML_DF_MAIN || sh->context == ML_DF_SUBSHELL ||
	       sh->context == ML_DF_SUBSTITUTION || sh->context == ML_DF_SCRIPT;
}

/* export, readonly, local, declare, typeset: their words are assignments. */
static void take_exports(struct ml_df_shell *sh, size_t command)
{
	const struct ml_df_command c = sh->script->commands[command];

	for (size_t i = c.first + 1; i < c.nwords; i++) {
		struct ml_str word = c.words[i].s;
		size_t n = ml_df_name_length(word, 0);
		if (n && n < word.len && word.ptr[n] == '=')
			add_assign(sh, command,
				(struct ml_df_pair){ml_str_sub(word, 0, n),
					ml_str_sub(word, n + 1, word.len),
					.dynamic = c.words[i].dynamic});
	}
}

static void forget_names(struct ml_df_shell *sh, const struct ml_df_command *c)
{
	for (size_t i = c->first + 1; i < c->nwords; i++)
		if (ml_df_name_length(c->words[i].s, 0) == c->words[i].s.len && c->words[i].s.len)
			set_variable(sh,
				&(struct ml_df_pair){.name = c->words[i].s, .value = ML_STR("")},
				false);
}

/* `set -o pipefail`, `set -euxo pipefail`, `set +o pipefail`. */
static void take_set(struct ml_df_shell *sh, const struct ml_df_command *c)
{
	for (size_t i = c->first + 1; i + 1 < c->nwords; i++) {
		struct ml_str word = c->words[i].s;
		if (word.len > 1 && (word.ptr[0] == '-' || word.ptr[0] == '+') &&
			word.ptr[word.len - 1] == 'o' && ml_str_is(c->words[i + 1].s, "pipefail"))
			sh->pipefail = word.ptr[0] == '-';
	}
}

static bool is_one_of(struct ml_str word, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		if (ml_str_is(word, words[i]))
			return true;
	return false;
}

/* What the command changes for those behind it. */
static void take_effects(struct ml_df_shell *sh, size_t command)
{
	static const char *const exports[] = {
		"export", "readonly", "local", "declare", "typeset", NULL};
	static const char *const readers[] = {
		"read", "unset", "mapfile", "readarray", "getopts", NULL};
	const struct ml_df_command *c = &sh->script->commands[command];
	bool exported = is_one_of(c->name, exports);

	if (exported)
		take_exports(sh, command);
	c = &sh->script->commands[command];
	if (ml_str_is(c->name, "set"))
		take_set(sh, c);
	if (is_one_of(c->name, readers))
		forget_names(sh, c);
	for (size_t i = 0; (c->nwords == 0 || exported) && i < c->nassigns; i++)
		set_variable(sh, &c->assigns[i], certain(sh) && !c->assigns[i].dynamic);
}

static bool ends_command(const struct ml_df_shell *sh)
{
	int c = ml_df_sh_peek(sh, 0);

	if (c == '&' && ml_df_sh_peek(sh, 1) == '>')
		return false;
	return c < 0 || c == '\n' || c == ';' || c == '|' || c == '&' || c == ')' || c == '(';
}

void ml_df_sh_simple(struct ml_df_shell *sh, int op)
{
	struct ml_df_words words = {0};
	struct ml_df_indexes subs = {0}, *outer = sh->subs;
	size_t command = ml_df_sh_add(sh, op), start = sh->at, end = sh->at, length;
	struct ml_df_command *c;

	sh->subs = &subs;
	while (!sh->failed) {
		ml_df_sh_skip(sh);
		if (ends_command(sh))
			break;
		if (ml_df_sh_redirect(sh, command))
			;
		else if (words.n == 0 && (length = assignment_length(sh)) > 0)
			take_assignment(sh, command, length);
		else
			ml_df_sh_word(sh, true, &words);
		end = sh->at;
	}
	sh->subs = outer;
	if (!sh->failed && end == start)
		ml_df_sh_fail(sh, "a command is missing");
	if (sh->failed || command == ML_NPOS)
		return;
	c = &sh->script->commands[command];
	c->to = end;
	c->words = words.items;
	c->nwords = words.n;
	c->subs = subs.items;
	c->nsubs = subs.n;
	for (size_t i = 0; i < words.n; i++)
		c->dynamic |= words.items[i].dynamic;
	ml_df_sh_resolve(sh, command);
	take_effects(sh, command);
}

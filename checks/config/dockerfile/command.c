/* SPDX-License-Identifier: Apache-2.0 */
/* Which program a simple command runs: behind sudo, env, xargs and their like; and the scripts that
 * it hands to a shell. */
#include "base/error.h"
#include "checks/config/dockerfile/program.h"
#include "checks/config/dockerfile/shell-priv.h"
#include "checks/reader.h"

enum { WRAPPERS = 16 };

static bool is_assignment(struct ml_str word)
{
	size_t n = ml_df_name_length(word, 0);

	return n && n < word.len && word.ptr[n] == '=';
}

static void add_assign(
	struct ml_df_shell *sh, struct ml_df_command *c, const struct ml_df_word *word)
{
	size_t n = ml_df_name_length(word->s, 0);

	if (ml_alloc_grow(sh->df->arena, &c->assigns, &c->assigns_cap, c->nassigns + 1,
		    sizeof(*c->assigns)))
		return;
	c->assigns[c->nassigns++] = (struct ml_df_pair){ml_str_sub(word->s, 0, n),
		ml_str_sub(word->s, n + 1, word->s.len), .dynamic = word->dynamic};
}

static bool is_option(struct ml_str word)
{
	return word.len > 1 && word.ptr[0] == '-';
}

/* How many words the option at `i` takes. */
static size_t option_words(const struct ml_df_command *c, size_t i, const char *values)
{
	return ml_df_takes_value(values, c->words[i].s) ? 2 : 1;
}

/* The index of the program that the wrapper at `i` runs; nwords when there is none. */
static size_t behind(struct ml_df_shell *sh, struct ml_df_command *c, size_t i,
	const struct ml_df_wrapper *wrapper)
{
	int skip = wrapper->skip;

	for (i++; i < c->nwords; i++) {
		struct ml_str word = c->words[i].s;
		if (ml_str_is(word, "--")) {
			i++;
			break;
		}
		if (is_option(word)) {
			if (strcmp(wrapper->name, "command") == 0 &&
				(ml_str_is(word, "-v") || ml_str_is(word, "-V")))
				return c->nwords;
			i += option_words(c, i, wrapper->values) - 1;
		} else if (wrapper->assigns && is_assignment(word)) {
			add_assign(sh, c, &c->words[i]);
		} else if (skip-- <= 0) {
			break;
		}
	}
	return i < c->nwords ? i : c->nwords;
}

/* `python3 -m pip` runs pip; `busybox wget` runs wget. */
static size_t behind_module(const struct ml_df_command *c, size_t i)
{
	struct ml_str name = ml_path_base(c->words[i].s);
	const struct ml_df_program *program = ml_df_program_find(name);

	if (ml_str_is(name, "busybox") && i + 1 < c->nwords && !is_option(c->words[i + 1].s))
		return i + 1;
	if (!ml_str_is(ml_str(program->name), "python"))
		return c->nwords;
	for (i++; i + 1 < c->nwords && is_option(c->words[i].s); i++)
		if (ml_str_is(c->words[i].s, "-m"))
			return ml_df_in_words("pip pipx uv", c->words[i + 1].s) ? i + 1 : c->nwords;
	return c->nwords;
}

static void find_program(struct ml_df_shell *sh, struct ml_df_command *c)
{
	struct ml_str *wrappers = NULL;
	size_t cap = 0;

	while (c->first < c->nwords && c->nwrappers < WRAPPERS) {
		struct ml_str name = ml_path_base(c->words[c->first].s);
		const struct ml_df_wrapper *wrapper = ml_df_wrapper_find(name);
		size_t next =
			wrapper ? behind(sh, c, c->first, wrapper) : behind_module(c, c->first);
		if (next >= c->nwords || ml_alloc_grow(sh->df->arena, &wrappers, &cap,
						 c->nwrappers + 1, sizeof(*wrappers)))
			break;
		wrappers[c->nwrappers++] = name;
		c->wrappers = wrappers;
		c->sudo = c->sudo || (wrapper && wrapper->root);
		c->first = next;
	}
}

/* "$NAME": what is known of it is the script. */
static bool is_known_variable(const struct ml_df_command *c, const struct ml_df_word *word)
{
	struct ml_str raw = ml_str_sub(c->text->s, word->from, word->to);
	size_t quote = raw.len > 2 && raw.ptr[0] == '"' && raw.ptr[raw.len - 1] == '"';
	bool braced;

	raw = ml_str_sub(raw, quote, raw.len - quote);
	braced = ml_str_starts(raw, ML_STR("${"));
	if (word->dynamic || raw.len < 2 || raw.ptr[0] != '$' ||
		ml_df_name_length(raw, 1 + braced) == 0)
		return false;
	return 1 + braced + ml_df_name_length(raw, 1 + braced) + braced == raw.len;
}

/* The word as a text that can be a script; *at its first byte. */
static const struct ml_df_text *script_text(
	struct ml_df_shell *sh, const struct ml_df_command *c, size_t i)
{
	struct ml_df_text *text = ml_alloc(sh->df->arena, sizeof(*text));
	struct ml_df_build build = {.arena = sh->df->arena};

	if (!text)
		return NULL;
	if (c->exec_words) {
		*text = c->exec_words[i];
	} else if (c->words[i].whole && !is_known_variable(c, &c->words[i])) {
		*text = ml_df_sh_unquote(sh, c->text, c->words[i].from, c->words[i].to);
	} else {
		ml_df_put(&build, c->words[i].s.ptr, c->words[i].s.len,
			ml_df_origin(c->text, c->words[i].from, NULL), true);
		*text = ml_df_built(&build);
	}
	return text;
}

/* Splits a script in a word. Its substitutions were split with the word, unless that was in single
 * quotes. */
static void split_script(
	struct ml_df_shell *sh, size_t command, const struct ml_df_text *text, bool pipefail)
{
	size_t nsubs = sh->script->commands[command].nsubs;
	bool quiet = sh->quiet;

	if (!text)
		return;
	sh->quiet = quiet || nsubs > 0;
	ml_df_sh_nested(sh, text, 0, text->s.len, ML_DF_SCRIPT, pipefail);
	sh->quiet = quiet;
}

/* The script of `sh -c script`: its word; 0 when there is none. */
static size_t shell_script_word(const struct ml_df_command *c, bool *pipefail)
{
	bool has_c = false;

	for (size_t i = c->first + 1; i < c->nwords; i++) {
		struct ml_str word = c->words[i].s;
		bool sign = word.len > 1 && (word.ptr[0] == '-' || word.ptr[0] == '+');
		if (!sign)
			return has_c ? i : 0;
		if (word.ptr[1] == '-')
			continue;
		has_c = has_c || (word.ptr[0] == '-' && ml_str_chr(word, 'c') != ML_NPOS);
		if (word.ptr[word.len - 1] != 'o' && word.ptr[word.len - 1] != 'O')
			continue;
		if (i + 1 < c->nwords && ml_str_is(c->words[i + 1].s, "pipefail"))
			*pipefail = word.ptr[0] == '-';
		i++;
	}
	return 0;
}

/* su and runuser: `-c script`, `--command=script`. */
static size_t option_script_word(const struct ml_df_command *c)
{
	for (size_t i = c->first + 1; i + 1 < c->nwords; i++)
		if (ml_str_is(c->words[i].s, "-c") || ml_str_is(c->words[i].s, "--command"))
			return i + 1;
	return 0;
}

static void split_eval(struct ml_df_shell *sh, size_t command)
{
	const struct ml_df_command c = sh->script->commands[command];
	struct ml_df_text *joined = ml_alloc(sh->df->arena, sizeof(*joined));
	struct ml_df_build build = {.arena = sh->df->arena};

	for (size_t i = c.first + 1; joined && i < c.nwords; i++) {
		const struct ml_df_text *text = script_text(sh, &c, i);
		if (!text)
			return;
		if (build.len)
			ml_df_put(&build, " ", 1, ml_df_origin(text, 0, NULL), true);
		ml_df_put_text(&build, text, 0, text->s.len);
	}
	if (!joined || build.len == 0)
		return;
	*joined = ml_df_built(&build);
	split_script(sh, command, joined, c.pipefail);
}

/* find … -exec program … ; */
static void split_exec(struct ml_df_shell *sh, size_t command)
{
	const struct ml_df_command c = sh->script->commands[command];
	static const struct ml_str find = {"find", 4};

	for (size_t i = c.first + 1; i + 1 < c.nwords && !sh->failed; i++) {
		size_t end = i + 1, inner;
		struct ml_df_command *made;
		if (!ml_df_in_words("-exec -execdir -ok -okdir", c.words[i].s))
			continue;
		while (end < c.nwords && !ml_str_is(c.words[end].s, ";") &&
			!ml_str_is(c.words[end].s, "+"))
			end++;
		inner = ml_df_sh_add(sh, ML_DF_OP_NONE);
		if (inner == ML_NPOS)
			return;
		made = &sh->script->commands[inner];
		made->text = c.text;
		made->exec_words = c.exec_words ? c.exec_words + i + 1 : NULL;
		made->from = c.exec_words ? 0 : c.words[i + 1].from;
		made->to = c.exec_words ? c.to : c.words[end - 1].to;
		made->words = c.words + i + 1;
		made->nwords = end - i - 1;
		made->pipefail = c.pipefail;
		ml_df_sh_resolve(sh, inner);
		made = &sh->script->commands[inner];
		if (made->nwrappers == 0)
			made->wrappers = &find;
		made->nwrappers += made->nwrappers == 0;
		i = end;
	}
}

static void split_scripts(struct ml_df_shell *sh, size_t command)
{
	const struct ml_df_command c = sh->script->commands[command];
	bool pipefail = false;
	size_t word = 0;

	if (ml_df_program_find(c.name)->flags & ML_DF_P_SHELL) {
		word = shell_script_word(&c, &pipefail);
	} else if (ml_str_is(c.name, "su") || ml_str_is(c.name, "runuser")) {
		word = option_script_word(&c);
	} else if (ml_str_is(c.name, "eval")) {
		split_eval(sh, command);
	} else if (ml_str_is(c.name, "find") && ml_df_sh_enter(sh)) {
		split_exec(sh, command);
		sh->depth--;
	}
	if (word)
		split_script(sh, command, script_text(sh, &c, word), pipefail);
}

void ml_df_sh_resolve(struct ml_df_shell *sh, size_t command)
{
	struct ml_df_command *c = &sh->script->commands[command];

	find_program(sh, c);
	if (c->first >= c->nwords)
		return;
	c->path = c->words[c->first].s;
	if (!c->words[c->first].dynamic)
		c->name = ml_path_base(c->path);
	split_scripts(sh, command);
}

bool ml_df_sh_reads_script(const struct ml_df_command *command)
{
	bool pipefail;

	if (!(ml_df_program_find(command->name)->flags & ML_DF_P_SHELL) ||
		shell_script_word(command, &pipefail))
		return false;
	for (size_t i = command->first + 1; i < command->nwords; i++) {
		struct ml_str word = command->words[i].s;
		if (ml_str_is(word, "-s") || ml_str_is(word, "-"))
			return true;
		if (!is_option(word) &&
			!(i > 0 && ml_str_ends(command->words[i - 1].s, ML_STR("o"))))
			return false;
	}
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Running what was just downloaded: from a pipe, from a substitution, from a file that nothing
 * verified. */
#include "checks/config/dockerfile/evaluate.h"
#include "checks/reader.h"

enum { CHAIN = 64, PATH_MOST = 1024 };

static bool downloads(struct ml_str name)
{
	return ml_df_program_find(name)->flags & ML_DF_P_DOWNLOADS;
}

/* Whether a command in its substitutions downloads to its output. */
static bool substitutes_download(const struct ml_df_script *script, const struct ml_df_command *c)
{
	for (size_t i = 0; i < c->nsubs; i++)
		if (c->subs[i] < script->n && downloads(script->commands[c->subs[i]].name))
			return true;
	return false;
}

/* Whether an interpreter takes its program from its input: no file and no program among its words.
 */
static bool reads_program(const struct ml_df_command *command, const struct ml_df_args *args,
	const struct ml_df_program *program)
{
	struct ml_str first = args->noperands ? command->words[args->operands[0]].s : ML_STR_NONE;

	if ((program->flags & ML_DF_P_SHELL) && ml_df_has_option(args, "-s"))
		return true;
	for (size_t i = 0; i < args->noptions; i++)
		if (ml_df_in_words(
			    program->flags & ML_DF_P_SHELL
				    ? "-c --version --help"
				    : "-c -e -E -m -r -p --eval --print --version -v -V --help",
			    args->options[i].name))
			return false;
	return args->noperands == 0 || ml_df_in_words("- /dev/stdin /proc/self/fd/0", first);
}

/* Whether the word begins with a substitution, so that what comes out of it is the program. */
static bool is_substitution(struct ml_str word)
{
	return ml_str_starts(word, ML_STR("$(")) || ml_str_starts(word, ML_STR("`")) ||
	       ml_str_starts(word, ML_STR("<("));
}

/* The variable that is all of a word. */
static struct ml_str lone_variable(struct ml_str word)
{
	bool braced = ml_str_starts(word, ML_STR("${"));
	struct ml_str name = ml_str_sub(word, braced ? 2 : 1, braced ? word.len - 1 : word.len);

	if (word.len < 2 || word.ptr[0] != '$' || (braced && word.ptr[word.len - 1] != '}'))
		return ML_STR_NONE;
	return ml_df_name_length(name, 0) == name.len ? name : ML_STR_NONE;
}

/* Whether the variable was set to what a download gave, by one of the commands before. */
static bool holds_download(
	const struct ml_df_script *script, const struct ml_df_command *c, struct ml_str name)
{
	size_t i = (size_t)(c - script->commands), first = i > CHAIN ? i - CHAIN : 0;

	for (; name.len && i > first; i--)
		for (size_t k = 0; k < script->commands[i - 1].nassigns; k++)
			if (ml_str_eq(script->commands[i - 1].assigns[k].name, name))
				return substitutes_download(script, &script->commands[i - 1]);
	return false;
}

/* Whether a word that is not known has such a variable in it. */
static bool has_download(
	const struct ml_df_script *script, const struct ml_df_command *c, struct ml_str word)
{
	size_t at;

	while ((at = ml_str_chr(word, '$')) != ML_NPOS) {
		word = ml_str_sub(word,
			at + 1 + ml_str_starts(ml_str_sub(word, at, word.len), ML_STR("${")),
			word.len);
		if (holds_download(script, c, ml_str_sub(word, 0, ml_df_name_length(word, 0))))
			return true;
	}
	return false;
}

/* `echo "$x"` and `printf %s "$x"` of what was downloaded, `echo "$(curl …)"`. */
static bool prints_download(const struct ml_df_script *script, const struct ml_df_command *c)
{
	if (!ml_df_in_words("echo printf", c->name))
		return false;
	for (size_t i = c->first + 1; i < c->nwords; i++)
		if (c->words[i].dynamic && has_download(script, c, c->words[i].s))
			return true;
	return substitutes_download(script, c);
}

static bool gives_download(const struct ml_df_script *script, const struct ml_df_command *c)
{
	return downloads(c->name) || prints_download(script, c);
}

/* Whether some command before it in its pipeline, or in one around that, downloads. */
static bool reads_download(const struct ml_df_script *script, const struct ml_df_command *c)
{
	for (size_t steps = 0; c->piped_from && steps < CHAIN; steps++) {
		for (size_t i = 0; i < c->npipeline && i < CHAIN; i++)
			if (gives_download(script, &script->commands[c->pipeline[i]]))
				return true;
		c = &script->commands[c->piped_from - 1];
		if (gives_download(script, c))
			return true;
	}
	return false;
}

/* `x=$(curl …)` and then `eval "$x"`, `sh -c "$x"`, `python3 -c "$x"` or `sh <<< "$x"`. */
static bool runs_variable(const struct ml_df_script *script, const struct ml_df_command *c,
	const struct ml_df_program *program, const struct ml_df_args *args)
{
	static const char *const program_options[] = {"-c", "-e", "--eval", NULL};
	struct ml_str word = args->noperands ? c->words[args->operands[0]].s : ML_STR_NONE;
	bool shell = program->flags & ML_DF_P_SHELL;

	for (size_t i = 0; i < c->nredirects; i++)
		if (strcmp(c->redirects[i].op, "<<<") == 0 && reads_program(c, args, program) &&
			has_download(script, c, c->redirects[i].target))
			return true;
	for (size_t i = 0; !shell && program_options[i]; i++)
		if (holds_download(
			    script, c, lone_variable(ml_df_option_value(args, program_options[i]))))
			return true;
	return (ml_df_in_words("source . eval", c->name) ||
		       (shell && ml_df_has_option(args, "-c"))) &&
	       holds_download(script, c, lone_variable(word));
}

/* `source <(curl …)`, `. <(curl …)`, `eval "$(curl …)"`, `sh -c "$(curl …)"`, `sh <(curl …)`, `sh
 * <<< "$(curl …)"`. */
static bool runs_substitution(const struct ml_df_script *script, const struct ml_df_command *c,
	const struct ml_df_program *program, const struct ml_df_args *args)
{
	bool evaluates = ml_df_in_words("source . eval", c->name), found = false;

	if (!evaluates && !(program->flags & ML_DF_P_INTERPRETER))
		return false;
	if (!c->nsubs)
		return runs_variable(script, c, program, args);
	for (size_t i = 0; i < args->noperands && (i == 0 || evaluates); i++)
		found = found || is_substitution(c->words[args->operands[i]].s);
	for (size_t i = 0; i < args->noptions; i++)
		found = found || is_substitution(args->options[i].value);
	for (size_t i = 0; i < c->nredirects; i++)
		found = found ||
			(c->redirects[i].op[0] == '<' && is_substitution(c->redirects[i].target));
	return found && substitutes_download(script, c);
}

/* `curl … | xargs sh -c`, `curl … | xargs -I{} sh -c '{}'`: what is read is the program. */
static bool xargs_program(const struct ml_df_command *c, const struct ml_df_args *args)
{
	struct ml_str word = args->noperands ? c->words[args->operands[0]].s : ML_STR("{}");

	for (size_t i = 0; i < c->nwrappers; i++)
		if (ml_str_is(c->wrappers[i], "xargs") || ml_str_is(c->wrappers[i], "parallel"))
			return ml_df_has_option(args, "-c") &&
			       (ml_str_is(word, "{}") || ml_str_is(word, "%"));
	return false;
}

bool ml_df_runs_download(const struct ml_df_script *script, size_t i, const struct ml_df_args *args)
{
	const struct ml_df_command *c = &script->commands[i];
	const struct ml_df_program *program = ml_df_program_find(c->name);

	if (runs_substitution(script, c, program, args))
		return true;
	return (program->flags & ML_DF_P_INTERPRETER) && c->piped_from &&
	       (reads_program(c, args, program) || xargs_program(c, args)) &&
	       reads_download(script, c);
}

static struct ml_str place_of(
	struct ml_df *df, const struct ml_df_fetched *fetched, struct ml_str path)
{
	return ml_df_path(df, fetched->dir, path);
}

void ml_df_fetched_add(struct ml_df *df, struct ml_df_fetched *fetched, struct ml_str path)
{
	if (path.len && !ml_df_in_words("- /dev/stdout /dev/null /dev/stderr", path))
		ml_df_check(df, ml_df_map_set(df->arena, &fetched->files,
					place_of(df, fetched, path), fetched));
}

static bool is_fetched(struct ml_df *df, const struct ml_df_fetched *fetched, struct ml_str path)
{
	struct ml_arena_mark mark = ml_arena_mark(df->arena);
	bool found = path.len && fetched->files.n &&
		     ml_df_map_get(&fetched->files, place_of(df, fetched, path));

	ml_arena_release(df->arena, mark);
	return found;
}

struct ml_str ml_df_url_name(struct ml_str url)
{
	size_t scheme = ml_str_find(url, ML_STR("://")), end = 0;

	url = ml_str_sub(url, scheme == ML_NPOS ? 0 : scheme + 3, url.len);
	while (end < url.len && url.ptr[end] != '?' && url.ptr[end] != '#')
		end++;
	url = ml_str_sub(url, 0, end);
	return ml_str_chr(url, '/') == ML_NPOS ? ML_STR_NONE : ml_path_base(url);
}

static struct ml_str first_value(const struct ml_df_args *args, const char *const *names)
{
	for (; *names; names++) {
		struct ml_str value = ml_df_option_value(args, *names);
		if (value.len)
			return value;
	}
	return ML_STR_NONE;
}

/* Files named by the URLs among a download's operands. */
static void add_url_names(struct ml_df *df, struct ml_df_fetched *fetched,
	const struct ml_df_command *c, const struct ml_df_args *args)
{
	struct ml_str dir = first_value(
		args, (const char *const[]){"-P", "--directory-prefix", "--output-dir", NULL});

	for (size_t i = 0; i < args->noperands && i < CHAIN; i++) {
		struct ml_str name = ml_df_url_name(c->words[args->operands[i]].s);
		if (dir.len && name.len)
			name = ml_strf(df->arena, "%.*s/%.*s", ML_STR_ARG(dir), ML_STR_ARG(name));
		ml_df_fetched_add(df, fetched, name);
	}
}

static void add_saved(struct ml_df *df, struct ml_df_fetched *fetched,
	const struct ml_df_command *c, const struct ml_df_args *args)
{
	bool wget = ml_df_in_words("wget wget2", c->name);
	struct ml_str file =
		first_value(args, wget ? (const char *const[]){"-O", "--output-document", NULL}
				       : (const char *const[]){"-o", "--output", "--out", NULL});

	if (file.len)
		ml_df_fetched_add(df, fetched, file);
	else if (wget || ml_df_has_option(args, "-O") || ml_df_has_option(args, "--remote-name") ||
		 ml_df_has_option(args, "--remote-name-all"))
		add_url_names(df, fetched, c, args);
}

static void add_redirects(
	struct ml_df *df, struct ml_df_fetched *fetched, const struct ml_df_command *c)
{
	for (size_t i = 0; i < c->nredirects; i++)
		if (c->redirects[i].op[0] == '>' && c->redirects[i].op[1] != '&' &&
			c->redirects[i].fd < 2)
			ml_df_fetched_add(df, fetched, c->redirects[i].target);
}

/* A copy of something fetched is fetched. */
static void add_copy(struct ml_df *df, struct ml_df_fetched *fetched, const struct ml_df_command *c,
	const struct ml_df_args *args)
{
	struct ml_str from = c->words[args->operands[0]].s, to = c->words[args->operands[1]].s;

	if (!is_fetched(df, fetched, from))
		return;
	ml_df_fetched_add(df, fetched, to);
	ml_df_fetched_add(df, fetched,
		ml_strf(df->arena, "%.*s/%.*s", ML_STR_ARG(to), ML_STR_ARG(ml_path_base(from))));
}

static bool verifies(const struct ml_df_command *c, const struct ml_df_args *args)
{
	return ml_df_in_words("sha256sum sha512sum sha384sum sha224sum sha1sum md5sum b2sum b3sum "
			      "shasum sum cksum gpg gpgv gpg2 cosign minisign signify "
			      "rhash openssl slsa-verifier rpmkeys gh sq notation",
		       c->name) ||
	       ml_df_has_option(args, "--checksum");
}

void ml_df_fetched_note(struct ml_df *df, struct ml_df_fetched *fetched,
	const struct ml_df_script *script, size_t i, const struct ml_df_args *args)
{
	const struct ml_df_command *c = &script->commands[i];
	struct ml_str first = args->noperands ? c->words[args->operands[0]].s : ML_STR_NONE;

	if (verifies(c, args)) {
		fetched->files.root = NULL;
		fetched->files.n = 0;
	} else if (ml_str_is(c->name, "cd") && first.len &&
		   fetched->dir.len + first.len < PATH_MOST) {
		fetched->dir = place_of(df, fetched, first);
	} else if (downloads(c->name)) {
		add_saved(df, fetched, c, args);
		add_redirects(df, fetched, c);
	} else if (c->piped_from && (c->nredirects || ml_str_is(c->name, "tee")) &&
		   reads_download(script, c)) {
		add_redirects(df, fetched, c);
		if (ml_str_is(c->name, "tee"))
			ml_df_fetched_add(df, fetched, first);
	} else if (args->noperands == 2 && ml_df_in_words("cp mv install ln", c->name)) {
		add_copy(df, fetched, c, args);
	}
}

/* The file that the command runs: `sh f`, `./f`, `. f`, `sh < f`; ptr NULL: none. */
static struct ml_str executed(const struct ml_df_command *c, const struct ml_df_args *args)
{
	const struct ml_df_program *program = ml_df_program_find(c->name);
	bool interpreter = program->flags & ML_DF_P_INTERPRETER;

	if (ml_str_chr(c->path, '/') != ML_NPOS && !interpreter)
		return c->path;
	if (!interpreter && !ml_df_in_words("source .", c->name))
		return ML_STR_NONE;
	for (size_t i = 0; interpreter && i < c->nredirects; i++)
		if (strcmp(c->redirects[i].op, "<") == 0 && reads_program(c, args, program))
			return c->redirects[i].target;
	for (size_t i = 0; i < args->noptions; i++)
		if (ml_df_in_words("-c -m -e -E -p --eval --print --version --help",
			    args->options[i].name) &&
			args->options[i].name.len > 1)
			return ML_STR_NONE;
	return args->noperands ? c->words[args->operands[0]].s : ML_STR_NONE;
}

bool ml_df_runs_fetched(struct ml_df *df, const struct ml_df_fetched *fetched,
	const struct ml_df_script *script, size_t i, const struct ml_df_args *args)
{
	const struct ml_df_command *c = &script->commands[i], *cat;

	if (fetched->files.n == 0)
		return false;
	if (is_fetched(df, fetched, executed(c, args)))
		return true;
	cat = c->piped_from ? &script->commands[c->piped_from - 1] : NULL;
	return cat && ml_str_is(cat->name, "cat") && cat->nwords == 2 &&
	       reads_program(c, args, ml_df_program_find(c->name)) &&
	       (ml_df_program_find(c->name)->flags & ML_DF_P_INTERPRETER) &&
	       is_fetched(df, fetched, cat->words[1].s);
}

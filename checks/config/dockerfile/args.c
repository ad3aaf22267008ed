/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a command as options, their values, a subcommand and operands (POSIX.1-2017 XBD 12.2, GNU long options). */
#include "base/error.h"
#include "checks/config/dockerfile/program.h"

enum { LONGEST_CLUSTER = 64 };

struct reading {
	struct ml_df *df;
	const struct ml_df_command *command;
	const struct ml_df_program *program;
	size_t i; /* the word */
	struct ml_df_option *options;
	size_t noptions, options_cap;
	size_t *operands;
	size_t noperands, operands_cap;
	bool ended; /* behind "--" */
};

static void add_option(struct reading *r, struct ml_str name, struct ml_str value, size_t word)
{
	if (ml_alloc_grow(r->df->arena, &r->options, &r->options_cap, r->noptions + 1, sizeof(*r->options)))
		return;
	r->options[r->noptions++] = (struct ml_df_option){name, value, word};
}

static void add_operand(struct reading *r)
{
	if (!ml_alloc_grow(r->df->arena, &r->operands, &r->operands_cap, r->noperands + 1, sizeof(*r->operands)))
		r->operands[r->noperands++] = r->i;
}

/* The next word as an option's value. */
static struct ml_str next_value(struct reading *r)
{
	if (r->i + 1 >= r->command->nwords)
		return ML_STR_NONE;
	return r->command->words[++r->i].s;
}

static void whole_option(struct reading *r, struct ml_str word)
{
	size_t at = r->i, equals = ml_str_chr(word, '=');
	struct ml_str name = ml_str_sub(word, 0, equals), value = ML_STR_NONE;

	if (equals != ML_NPOS)
		value = ml_str_sub(word, equals + 1, word.len);
	else if (ml_df_takes_value(r->program->values, name))
		value = next_value(r);
	add_option(r, name, value, at);
}

/* "-x" of a cluster, from constant text: the letters are one byte, so 128 names are enough. */
static struct ml_str short_name(struct reading *r, char letter)
{
	char name[2] = {'-', letter};

	return ml_str_dup(r->df->arena, (struct ml_str){name, 2});
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void cluster(struct reading *r, struct ml_str word)
{
	size_t at = r->i;

	for (size_t k = 1; k < word.len; k++) {
		struct ml_str name = short_name(r, word.ptr[k]), rest = ml_str_sub(word, k + 1, word.len);
		bool takes = ml_df_takes_value(r->program->values, name);
		if (rest.len && (rest.ptr[0] == '=' || takes || (is_digit(rest.ptr[0]) && !is_digit(word.ptr[k])))) {
			add_option(r, name, ml_str_sub(rest, rest.ptr[0] == '=', rest.len), at);
			return;
		}
		add_option(r, name, takes ? next_value(r) : ML_STR_NONE, at);
	}
}

/* chmod's modes may begin with a dash. */
static bool is_mode_operand(const struct reading *r, struct ml_str word)
{
	if (!ml_str_is(r->command->name, "chmod") || r->noperands)
		return false;
	for (size_t i = 1; i < word.len; i++)
		if (!strchr("rwxXstugo,=+-", word.ptr[i]))
			return false;
	return word.len > 1 && !ml_str_is(word, "--");
}

static void take_word(struct reading *r)
{
	struct ml_str word = r->command->words[r->i].s;

	if (r->ended || word.len < 2 || word.ptr[0] != '-' || is_mode_operand(r, word)) {
		add_operand(r);
		r->ended = r->ended || (r->program->flags & ML_DF_P_FIRST);
	} else if (ml_str_is(word, "--")) {
		r->ended = true;
	} else if (word.ptr[1] == '-' || word.len > LONGEST_CLUSTER || (r->program->flags & ML_DF_P_LONG)) {
		whole_option(r, word);
	} else {
		cluster(r, word);
	}
}

/* Subcommands that have subcommands: the second is the one. */
static bool goes_deeper(const struct ml_df_program *program, struct ml_str sub)
{
	static const struct {
		enum ml_df_manager manager;
		const char *subs;
	} table[] = {{ML_DF_YARN, "global"}, {ML_DF_UV, "pip tool"}, {ML_DF_COMPOSER, "global"}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (program->manager == table[i].manager && ml_df_in_words(table[i].subs, sub))
			return true;
	return false;
}

struct ml_df_args ml_df_args_read(struct ml_df *df, const struct ml_df_command *command, const struct ml_df_program *program)
{
	struct reading r = {.df = df, .command = command, .program = program, .i = command->first + 1};
	struct ml_df_args args = {0};

	for (; r.i < command->nwords; r.i++)
		take_word(&r);
	args.options = r.options;
	args.noptions = r.noptions;
	args.operands = r.operands;
	args.noperands = r.noperands;
	while ((program->flags & ML_DF_P_SUB) && args.noperands) {
		args.sub_word = args.operands[0];
		args.sub = command->words[args.sub_word].s;
		args.operands++;
		args.noperands--;
		if (args.noperands == 0 || !goes_deeper(program, args.sub))
			break;
	}
	return args;
}

bool ml_df_has_option(const struct ml_df_args *args, const char *name)
{
	for (size_t i = 0; i < args->noptions; i++)
		if (ml_str_is(args->options[i].name, name))
			return true;
	return false;
}

struct ml_str ml_df_option_value(const struct ml_df_args *args, const char *name)
{
	for (size_t i = args->noptions; i > 0; i--)
		if (ml_str_is(args->options[i - 1].name, name))
			return args->options[i - 1].value;
	return ML_STR_NONE;
}

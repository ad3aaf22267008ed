/* SPDX-License-Identifier: Apache-2.0 */
/* RUN: its mounts and modes, its script, and what its commands do together. */
#include "base/error.h"
#include "checks/config/dockerfile/evaluate.h"
#include "checks/reader.h"

/* The arguments with the bodies of here-documents behind them, as the shell gets them. */
static const struct ml_df_text *with_bodies(struct ml_df *df, const struct ml_df_instr *instr)
{
	struct ml_df_text *text = ml_alloc(df->arena, sizeof(*text));
	struct ml_df_build build = {.arena = df->arena};

	if (!text)
		return &instr->text;
	ml_df_put_text(&build, &instr->text, 0, instr->text.s.len);
	ml_df_put(&build, "\n", 1, instr->bodies_from, true);
	ml_df_put(&build, df->bytes.ptr + instr->bodies_from, instr->bodies_to - instr->bodies_from, instr->bodies_from, false);
	*text = ml_df_built(&build);
	return text;
}

/* Whether nothing but the mark of one here-document stands there: then its body is the script. */
static bool is_body_alone(const struct ml_df_instr *instr)
{
	struct ml_str args = ml_str_sub(instr->text.s, instr->args, instr->text.s.len);

	return instr->nheredocs == 1 && ml_str_starts(args, ML_STR("<<")) && ml_str_chr(args, ' ') == ML_NPOS && ml_str_chr(args, '\t') == ML_NPOS &&
		ml_str_chr(args, '>') == ML_NPOS && ml_str_chr(args, '|') == ML_NPOS && ml_str_chr(args, ';') == ML_NPOS;
}

/* The body of a here-document; with `<<-` leading tabs are off. */
static const struct ml_df_text *body_of(struct ml_df *df, const struct ml_df_heredoc *doc)
{
	struct ml_df_text *text = ml_alloc(df->arena, sizeof(*text));
	struct ml_df_build build = {.arena = df->arena};
	bool start = true;

	if (!text)
		return NULL;
	for (uint32_t at = doc->from; at < doc->to;) {
		uint32_t end = at;
		while (start && doc->chomp && at < doc->to && df->bytes.ptr[at] == '\t')
			at++;
		for (end = at; end < doc->to && df->bytes.ptr[end] != '\n';)
			end++;
		end += end < doc->to;
		ml_df_put(&build, df->bytes.ptr + at, end - at, at, false);
		at = end;
	}
	*text = ml_df_built(&build);
	return text;
}

/* "#!/usr/bin/env python3": the interpreter's base name; "" when the text has no such line. */
static struct ml_str shebang(struct ml_str body)
{
	struct ml_str line = ml_str_sub(body, 0, ml_str_chr(body, '\n')), word = ML_STR(""), rest;

	if (!ml_str_starts(line, ML_STR("#!")))
		return ML_STR("");
	rest = ml_str_trim(ml_str_sub(line, 2, line.len));
	while (ml_str_split(&rest, ' ', &word))
		if (word.len && !ml_str_is(ml_path_base(word), "env") && word.ptr[0] != '-')
			break;
	return ml_path_base(word);
}

/* Splits the RUN; the shell's name is what runs it. False when it cannot be split. */
static bool split(struct ml_df_step *step, struct ml_df_script *script, struct ml_str *shell)
{
	struct ml_df *df = step->df;
	const struct ml_df_instr *instr = step->instr;
	struct ml_df_script_env env = {&step->stage->vars, step->stage->shell_pipefail};
	const struct ml_df_text *text;

	*shell = instr->json ? ML_STR("") : step->stage->shell_name;
	if (instr->json || instr->nheredocs == 0)
		return ml_df_split_process(step, instr->args, script);
	if (is_body_alone(instr)) {
		struct ml_str interpreter;
		text = body_of(df, &instr->heredocs[0]);
		interpreter = text ? shebang(text->s) : ML_STR("");
		if (interpreter.len) {
			*shell = interpreter;
			if (!(ml_df_program_find(interpreter)->flags & ML_DF_P_SHELL))
				return false;
		} else if (!ml_str_is(step->stage->shell_kind, "posix")) {
			return false;
		}
		if (text)
			ml_df_shell_split(df, text, 0, text->s.len, &env, script);
		return !script->failed;
	}
	if (!ml_str_is(step->stage->shell_kind, "posix"))
		return false;
	text = with_bodies(df, instr);
	ml_df_shell_split(df, text, instr->args, text->s.len, &env, script);
	return !script->failed;
}

struct ml_str ml_df_instr_text(struct ml_df *df, const struct ml_df_instr *instr)
{
	const struct ml_df_text *text = instr->nheredocs && instr->bodies_to > instr->bodies_from ? with_bodies(df, instr) : &instr->text;

	return ml_df_shown(df, text, instr->args, text->s.len);
}

static void set_mounts(struct ml_df_step *step, struct ml_record_builder *b)
{
	struct ml_df_list mounts = {0}, cached = {0};

	for (size_t i = 0; i < step->instr->nflags; i++)
		if (ml_str_is(step->instr->flags[i].name, "mount"))
			ml_df_list_add(step->df, &mounts, ml_df_mount_facts(step->df, &step->stage->vars, &step->instr->flags[i], &cached));
	if (mounts.n)
		ml_record_set(b, ML_DF_RUN_MOUNTS, ml_df_list_value(&mounts));
	if (cached.n)
		ml_record_set(b, ML_DF_RUN_CACHED, ml_df_list_value(&cached));
}

static void set_flag(struct ml_df_step *step, struct ml_record_builder *b, int slot, const char *name)
{
	const struct ml_df_flag *flag = ml_df_flag_get(step->instr, name);

	if (flag)
		ml_record_set(b, slot, ml_at(ml_df_string(step->df, ml_df_shown(step->df, &flag->value, 0, flag->value.s.len)),
			ml_df_loc(step->df, flag->from, flag->to)));
}

static void set_script(struct ml_df_step *step, struct ml_record_builder *b)
{
	struct ml_df_eval *eval = step->eval;
	struct ml_df_fetched fetched = {ml_df_map_share(&step->stage->fetched, &step->df->owners), step->stage->workdir_path};
	struct ml_df_command_env env = {step->df, step->stage, &step->stage->env, &fetched, (int)eval->runs.n, step->instr->stage, step->instr->onbuild,
		step->stage->shipped && !step->instr->onbuild};
	struct ml_df_run_sum sum = {0};
	struct ml_df_list commands = {0};
	struct ml_df_script script = {0};
	struct ml_str shell;
	bool parsed = split(step, &script, &shell);

	ml_record_set(b, ML_DF_RUN_SHELL, ml_df_string(step->df, shell));
	ml_record_set(b, ML_DF_RUN_SHELL_KIND, ml_string(step->instr->json ? ML_STR("posix") : step->stage->shell_kind));
	ml_record_set(b, ML_DF_RUN_PARSED, ml_bool(parsed));
	if (!parsed) {
		static const int slots[] = {ML_DF_RUN_COMMANDS, ML_DF_RUN_NAMES, ML_DF_RUN_CLEANS, ML_DF_RUN_REFRESHES, ML_DF_RUN_INSTALLS, ML_DF_RUN_UNSAFE_PIPE};
		struct ml_value unknown = ml_df_not_split(step);
		for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
			ml_record_set(b, slots[i], unknown);
		if (!ml_df_is_for_windows(step))
			ml_df_list_add(step->df, &eval->commands, ml_at(unknown, step->loc));
		return;
	}
	step->stage->ran_posix = step->stage->ran_posix || !step->instr->json;
	ml_df_command_facts(&env, &script, &commands, &sum);
	if (!step->instr->onbuild)
		step->stage->fetched = fetched.files;
	for (size_t i = 0; i < commands.n; i++)
		ml_df_list_add(step->df, &eval->commands, commands.items[i]);
	ml_record_set(b, ML_DF_RUN_COMMANDS, ml_df_list_value(&commands));
	ml_record_set(b, ML_DF_RUN_NAMES, ml_df_list_value(&sum.names));
	ml_record_set(b, ML_DF_RUN_CLEANS, ml_df_list_value(&sum.cleans));
	ml_record_set(b, ML_DF_RUN_REFRESHES, ml_df_manager_list(step->df, sum.refreshes));
	ml_record_set(b, ML_DF_RUN_INSTALLS, ml_df_manager_list(step->df, sum.installs));
	ml_record_set(b, ML_DF_RUN_UNSAFE_PIPE, ml_bool(sum.unsafe_pipe));
	step->stage->installs |= step->instr->onbuild ? 0 : sum.installs;
}

void ml_df_eval_run(struct ml_df_step *step)
{
	struct ml_df *df = step->df;
	const struct ml_df_instr *instr = step->instr;
	struct ml_df_stage *stage = step->stage;
	struct ml_record_builder b;
	struct ml_str text;

	ml_df_step_words(step, false);
	if (!stage || !step->facts)
		return;
	text = ml_df_instr_text(df, instr);
	ml_record_begin(&b, &ml_df_run);
	ml_record_set(&b, ML_DF_RUN_ID, ml_df_string(df, ml_df_first_words(df, text)));
	ml_record_set(&b, ML_DF_RUN_INDEX, ml_int((int64_t)step->eval->runs.n));
	ml_record_set(&b, ML_DF_RUN_STAGE, ml_int(instr->stage));
	ml_record_set(&b, ML_DF_RUN_FORM, ml_df_word_value(ml_df_form_word(instr)));
	ml_record_set(&b, ML_DF_RUN_BAD_JSON, ml_bool(instr->bad_json));
	ml_record_set(&b, ML_DF_RUN_TEXT, ml_df_string(df, text));
	ml_record_set(&b, ML_DF_RUN_HEREDOC, ml_bool(instr->nheredocs > 0));
	ml_record_set(&b, ML_DF_RUN_ONBUILD, ml_bool(instr->onbuild));
	ml_record_set(&b, ML_DF_RUN_USER, stage->user_kind.ptr ? ml_string(stage->user_kind) : ml_df_unknown(df, "USER is not known"));
	ml_record_set(&b, ML_DF_RUN_WORKDIR, ml_df_string(df, stage->workdir_path));
	ml_record_set(&b, ML_DF_RUN_MERGEABLE, ml_int((int64_t)step->eval->mergeable[step->index]));
	ml_record_set(&b, ML_DF_RUN_SHIPPED, ml_bool(stage->shipped && !instr->onbuild));
	set_mounts(step, &b);
	set_flag(step, &b, ML_DF_RUN_NETWORK, "network");
	set_flag(step, &b, ML_DF_RUN_SECURITY, "security");
	set_script(step, &b);
	ml_df_list_add(df, &step->eval->runs, ml_df_pack(df, &b, step->loc));
}

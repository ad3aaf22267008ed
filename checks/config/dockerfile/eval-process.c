/* SPDX-License-Identifier: Apache-2.0 */
/* CMD, ENTRYPOINT and HEALTHCHECK: what runs in the container. */
#include "base/error.h"
#include "base/num.h"
#include "checks/config/dockerfile/evaluate.h"

static bool is_posix(const struct ml_df_stage *stage)
{
	return ml_str_is(stage->shell_kind, "posix");
}

bool ml_df_is_for_windows(const struct ml_df_step *step)
{
	struct ml_str kind = step->stage->shell_kind;

	return step->stage->windows && !step->instr->json &&
	       (ml_str_is(kind, "powershell") || ml_str_is(kind, "cmd"));
}

struct ml_value ml_df_not_split(struct ml_df_step *step)
{
	return ml_df_is_for_windows(step)
		       ? ml_unknown(ML_STR("it is a script for Windows"))
		       : ml_df_unknown(step->df, "it could not be split into commands");
}

bool ml_df_split_process(struct ml_df_step *step, size_t args, struct ml_df_script *script)
{
	const struct ml_df_instr *instr = step->instr;
	struct ml_df_script_env env = {&step->stage->vars, step->stage->shell_pipefail};

	*script = (struct ml_df_script){0};
	if (instr->json) {
		struct ml_df_script_env exec = {&step->stage->vars, false};
		ml_df_exec_split(
			step->df, &instr->text, instr->words, instr->nwords, &exec, script);
	} else if (!is_posix(step->stage)) {
		return false;
	} else {
		ml_df_shell_split(step->df, &instr->text, args, instr->text.s.len, &env, script);
	}
	return !script->failed;
}

static struct ml_value commands_of(struct ml_df_step *step, size_t args)
{
	struct ml_df_fetched fetched = {.dir = step->stage->workdir_path};
	struct ml_df_command_env env = {step->df, step->stage, &step->stage->env, &fetched, -1,
		(int)(step->stage - step->df->stages), step->instr->onbuild, step->stage->shipped};
	struct ml_df_run_sum sum = {0};
	struct ml_df_list list = {0};
	struct ml_df_script script;

	if (!ml_df_split_process(step, args, &script))
		return ml_df_not_split(step);
	ml_df_command_facts(&env, &script, &list, &sum);
	return ml_df_list_value(&list);
}

/* Words, in exec form only. */
static struct ml_value exec_words(struct ml_df_step *step)
{
	struct ml_df_list list = {0};

	for (size_t i = 0; step->instr->json && i < step->instr->nwords; i++)
		ml_df_list_add(step->df, &list,
			ml_df_string(step->df, ml_df_shown(step->df, &step->instr->words[i], 0,
						       step->instr->words[i].s.len)));
	return ml_df_list_value(&list);
}

/* Whether a CMD is the parent stage's: an ENTRYPOINT of the stage's own takes it away. */
static bool is_inherited(const struct ml_value *cmd)
{
	const struct ml_value *inherited =
		cmd->kind == ML_V_RECORD ? ml_record_get(cmd->record, ML_DF_PROC_INHERITED) : NULL;

	return inherited && inherited->kind == ML_V_BOOL && inherited->b;
}

void ml_df_eval_process(struct ml_df_step *step)
{
	struct ml_df *df = step->df;
	const struct ml_df_instr *instr = step->instr;
	struct ml_record_builder b;
	struct ml_value value;

	ml_df_step_words(step, false);
	if (!step->stage || !step->state)
		return;
	ml_record_begin(&b, &ml_df_process);
	ml_record_set(&b, ML_DF_PROC_SET, ml_bool(true));
	ml_record_set(&b, ML_DF_PROC_FORM, ml_df_word_value(ml_df_form_word(instr)));
	ml_record_set(&b, ML_DF_PROC_TEXT,
		ml_df_string(df, ml_df_shown(df, &instr->text, instr->args, instr->text.s.len)));
	ml_record_set(&b, ML_DF_PROC_WORDS, exec_words(step));
	ml_record_set(&b, ML_DF_PROC_COMMANDS, commands_of(step, instr->args));
	ml_record_set(&b, ML_DF_PROC_BAD_JSON, ml_bool(instr->bad_json));
	ml_record_set(&b, ML_DF_PROC_COUNT, ml_int(step->stage->counts[instr->keyword]));
	value = ml_df_pack(df, &b, step->loc);
	if (instr->keyword == ML_DF_CMD) {
		step->stage->cmd = value;
	} else {
		step->stage->entrypoint = value;
		if (is_inherited(&step->stage->cmd)) /* BuildKit's dispatchEntrypoint */
			step->stage->cmd = ml_absent();
	}
}

static void set_duration(
	struct ml_df_step *step, struct ml_record_builder *b, int slot, const char *name)
{
	const struct ml_df_flag *flag = ml_df_flag_get(step->instr, name);
	int64_t seconds;
	int32_t nanos;
	uint32_t loc;

	if (!flag)
		return;
	loc = ml_df_loc(step->df, flag->from, flag->to);
	if (ml_df_duration(flag->value.s, &seconds, &nanos)) {
		ml_record_set(b, slot, ml_at(ml_duration(seconds, nanos), loc));
		return;
	}
	ml_df_diag(step->df, ML_DIAG_ERROR, flag->from, flag->to,
		"--%s: want a duration such as 30s", name);
	ml_record_set(
		b, slot, ml_at(ml_df_unknown(step->df, "the duration could not be read"), loc));
}

static void set_retries(struct ml_df_step *step, struct ml_record_builder *b)
{
	const struct ml_df_flag *flag = ml_df_flag_get(step->instr, "retries");
	int64_t number;

	if (!flag)
		return;
	if (ml_parse_i64(flag->value.s, 10, &number) && number >= 0) {
		ml_record_set(b, ML_DF_HEALTH_RETRIES,
			ml_at(ml_int(number), ml_df_loc(step->df, flag->from, flag->to)));
	} else {
		ml_df_diag(step->df, ML_DIAG_ERROR, flag->from, flag->to,
			"--retries: want a number, 0 or more");
		ml_record_set(b, ML_DF_HEALTH_RETRIES,
			ml_df_unknown(step->df, "the number could not be read"));
	}
}

/* The keyword NONE or CMD at the start of the arguments; the offset behind it. */
static size_t sub_keyword(const struct ml_df_instr *instr, struct ml_str *word)
{
	size_t at = instr->args;
	struct ml_str s = instr->text.s;

	while (at < s.len && !ml_df_blank(s.ptr[at]))
		at++;
	*word = ml_str_sub(s, instr->args, at);
	while (at < s.len && ml_df_blank(s.ptr[at]))
		at++;
	return at;
}

static void set_health_command(struct ml_df_step *step, struct ml_record_builder *b, size_t args)
{
	struct ml_df_instr probe = *step->instr;
	struct ml_df_step inner = *step;

	probe.json = ml_str_starts(ml_str_sub(probe.text.s, args, probe.text.s.len), ML_STR("[")) &&
		     ml_df_json_list(step->df, &probe.text, args, &probe.words, &probe.nwords);
	inner.instr = &probe;
	ml_record_set(b, ML_DF_HEALTH_FORM, ml_df_word_value(probe.json ? "exec" : "shell"));
	ml_record_set(b, ML_DF_HEALTH_TEXT,
		ml_df_string(step->df, ml_df_shown(step->df, &probe.text, args, probe.text.s.len)));
	ml_record_set(b, ML_DF_HEALTH_WORDS, exec_words(&inner));
	ml_record_set(b, ML_DF_HEALTH_COMMANDS, commands_of(&inner, args));
}

void ml_df_eval_healthcheck(struct ml_df_step *step)
{
	const struct ml_df_instr *instr = step->instr;
	struct ml_record_builder b;
	struct ml_str word;
	size_t args = sub_keyword(instr, &word);
	bool none = ml_str_ieq(word, ML_STR("NONE")), cmd = ml_str_ieq(word, ML_STR("CMD"));

	ml_df_step_words(step, false);
	if (!none && (!cmd || args >= instr->text.s.len))
		ml_df_diag(step->df, ML_DIAG_ERROR, instr->word_from, instr->word_from,
			"HEALTHCHECK: want NONE, or CMD and a command");
	if (!step->stage || !step->state)
		return;
	if (!none && !cmd) {
		step->stage->healthcheck =
			ml_at(ml_df_unknown(step->df, "HEALTHCHECK could not be read"), step->loc);
		return;
	}
	ml_record_begin(&b, &ml_df_healthcheck);
	ml_record_set(&b, ML_DF_HEALTH_SET, ml_bool(true));
	ml_record_set(&b, ML_DF_HEALTH_DISABLED, ml_bool(none));
	ml_record_set(&b, ML_DF_HEALTH_COUNT, ml_int(step->stage->counts[ML_DF_HEALTHCHECK]));
	if (cmd) {
		set_health_command(step, &b, args);
		set_duration(step, &b, ML_DF_HEALTH_INTERVAL, "interval");
		set_duration(step, &b, ML_DF_HEALTH_TIMEOUT, "timeout");
		set_duration(step, &b, ML_DF_HEALTH_START_PERIOD, "start-period");
		set_duration(step, &b, ML_DF_HEALTH_START_INTERVAL, "start-interval");
		set_retries(step, &b);
	}
	step->stage->healthcheck = ml_df_pack(step->df, &b, step->loc);
}

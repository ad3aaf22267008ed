/* SPDX-License-Identifier: Apache-2.0 */
/* Going through the instructions in order: what each one says becomes facts, and changes the state of its stage. */
#ifndef ML_CHECKS_CONFIG_DOCKERFILE_EVALUATE_H
#define ML_CHECKS_CONFIG_DOCKERFILE_EVALUATE_H

#include "checks/config/dockerfile/ignorefile.h"
#include "checks/config/dockerfile/program.h"
#include "checks/config/dockerfile/stage.h"

struct ml_df_eval {
	struct ml_df *df;
	struct ml_df_map globals;
	struct ml_df_list instructions, runs, commands, copies, users, workdirs, ports, variables;
	struct ml_df_ignorefile ignore;
	size_t *ordinals;      /* of each instruction: how many of its keyword stand before it in its stage */
	bool *overridden;
	size_t *mergeable;
};

/* One instruction on its way. `stage` may be NULL: before the first FROM. */
struct ml_df_step {
	struct ml_df_eval *eval;
	struct ml_df *df;
	const struct ml_df_instr *instr;
	struct ml_df_stage *stage;
	size_t index;
	uint32_t loc;
	bool state; /* it changes the stage's state: no ONBUILD trigger, or one that runs now */
	bool facts; /* it has facts of its own: not when a trigger runs in a child stage */
	struct ml_df_list words; /* for the instruction's facts */
	bool legacy;
};

/* All of it; the facts' root. */
struct ml_value ml_df_evaluate(struct ml_df *df);

/* eval-*.c: what an instruction says. */
void ml_df_eval_arg(struct ml_df_step *step);
void ml_df_eval_env(struct ml_df_step *step);
void ml_df_eval_label(struct ml_df_step *step);
void ml_df_eval_user(struct ml_df_step *step);
void ml_df_eval_workdir(struct ml_df_step *step);
void ml_df_eval_expose(struct ml_df_step *step);
void ml_df_eval_volume(struct ml_df_step *step);
void ml_df_eval_stopsignal(struct ml_df_step *step);
void ml_df_eval_maintainer(struct ml_df_step *step);
void ml_df_eval_shell(struct ml_df_step *step);
void ml_df_eval_process(struct ml_df_step *step);
void ml_df_eval_healthcheck(struct ml_df_step *step);
void ml_df_eval_run(struct ml_df_step *step);
void ml_df_eval_copy(struct ml_df_step *step);

/* stage-facts.c. */
void ml_df_stage_begin(struct ml_df_eval *eval, struct ml_df_stage *stage);
struct ml_value ml_df_stage_facts(struct ml_df_eval *eval, struct ml_df_stage *stage);

/* The instruction as a place: from its keyword to the end of its first line. */
uint32_t ml_df_loc_instr(struct ml_df *df, const struct ml_df_instr *instr);
/* The arguments as they may be shown, here-documents behind them. */
struct ml_str ml_df_instr_text(struct ml_df *df, const struct ml_df_instr *instr);
/* Words of the whole arguments, variables filled in; added to step->words. */
void ml_df_step_words(struct ml_df_step *step, bool expand);
/* The arguments as one word, variables filled in. */
struct ml_df_expanded ml_df_step_whole(struct ml_df_step *step);
struct ml_str ml_df_stage_id(const struct ml_df_stage *stage);
const char *ml_df_form_word(const struct ml_df_instr *instr);
/* A word of a closed vocabulary as a value. */
static inline struct ml_value ml_df_word_value(const char *word)
{
	return ml_string(ml_str(word));
}

/* command-facts.c: the commands of a script as facts. */
struct ml_df_command_env {
	struct ml_df *df;
	const struct ml_df_stage *stage;
	const struct ml_df_map *env;
	struct ml_df_fetched *fetched;
	int run;         /* index of the RUN, -1 */
	int stage_index;
	bool onbuild, shipped;
};
struct ml_df_run_sum {
	uint32_t refreshes, installs; /* bits of managers */
	struct ml_df_list names, cleans;
	bool unsafe_pipe;
};
void ml_df_command_facts(const struct ml_df_command_env *env, const struct ml_df_script *script, struct ml_df_list *out, struct ml_df_run_sum *sum);
/* A map; of equal keys the last is kept. */
struct ml_value ml_df_map_value(struct ml_df *df, struct ml_entry *entries, size_t n);
struct ml_value ml_df_manager_list(struct ml_df *df, uint32_t bits);
/* Splits the command of a RUN, CMD, ENTRYPOINT or HEALTHCHECK from `args` on; false when it cannot be split. */
bool ml_df_split_process(struct ml_df_step *step, size_t args, struct ml_df_script *script);

/* Whether its script is for Windows: nothing that we know of Linux applies to it, and no rule looks into it. */
bool ml_df_is_for_windows(const struct ml_df_step *step);
/* UNKNOWN in place of commands that could not be split. Of a script for Windows it is no gap in the facts. */
struct ml_value ml_df_not_split(struct ml_df_step *step);

/* mount.c: one --mount. */
struct ml_value ml_df_mount_facts(struct ml_df *df, const struct ml_df_map *vars, const struct ml_df_flag *flag, struct ml_df_list *cached);

/* sensitive.c: what the name of a file says; an index into ml_df_sensitive_vocab. */
int ml_df_sensitive(struct ml_str path);
/* duration.c: Go's notation; false when it is none. */
bool ml_df_duration(struct ml_str text, int64_t *seconds, int32_t *nanos);
/* A path joined to a directory, "." and ".." taken out. */
struct ml_str ml_df_path(struct ml_df *df, struct ml_str dir, struct ml_str path);

#endif

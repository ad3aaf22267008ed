/* SPDX-License-Identifier: Apache-2.0 */
/* Shell scripts as simple commands: the POSIX shell's grammar with bash's extensions, as far as it decides which programs run with which words
 * (POSIX.1-2017 XCU 2, Bash Reference Manual 3). */
#ifndef ML_CHECKS_CONFIG_DOCKERFILE_SHELL_H
#define ML_CHECKS_CONFIG_DOCKERFILE_SHELL_H

#include "checks/config/dockerfile/expand.h"

/* Indexes into ml_df_context_vocab. */
enum ml_df_context { ML_DF_MAIN, ML_DF_SUBSHELL, ML_DF_SUBSTITUTION, ML_DF_CONDITION, ML_DF_BRANCH, ML_DF_LOOP, ML_DF_FUNCTION, ML_DF_SCRIPT };

/* A word, unquoted, with known variables put in and secrets hidden; what is only known at run time stands as written. */
struct ml_df_word {
	struct ml_str s;
	uint32_t from, to; /* in the command's text */
	bool dynamic;
	bool whole; /* it is all of text[from, to): no part of a variable's value that was split */
};

struct ml_df_pair {
	struct ml_str name, value;
	bool dynamic;
	/* a=(x y): its elements; the value is as written */
	bool array;
	const struct ml_df_word *items;
	size_t nitems;
};

struct ml_df_redirect {
	const char *op;
	int fd; /* -1: none written */
	struct ml_str target;
};

enum { ML_DF_OP_NONE, ML_DF_OP_AND, ML_DF_OP_OR, ML_DF_OP_SEMICOLON, ML_DF_OP_PIPE, ML_DF_OP_PIPE_BOTH, ML_DF_OP_BACKGROUND };

struct ml_df_command {
	const struct ml_df_text *text;
	size_t from, to;
	const struct ml_df_word *words;
	size_t nwords;
	const struct ml_df_text *exec_words; /* exec form: the words in clear, with places; else NULL */
	struct ml_df_pair *assigns;
	size_t nassigns, assigns_cap;
	struct ml_df_redirect *redirects;
	size_t nredirects, redirects_cap;
	int op, context, sub_depth;
	bool pipefail, dynamic;
	bool pipe_marked_from, pipe_marked_to;
	size_t piped_from, piped_to;  /* index + 1; 0: none */
	const size_t *pipeline;       /* indexes of the commands before it */
	size_t npipeline;
	bool pipeline_cut;
	const size_t *subs;           /* indexes of the commands in its substitutions */
	size_t nsubs;
	/* What command.c finds out. */
	size_t first;                 /* index of the program's word, behind wrappers; nwords: there is none */
	struct ml_str name, path;
	const struct ml_str *wrappers;
	size_t nwrappers;
	bool sudo;                    /* runs as root whatever USER says */
};

struct ml_df_script {
	struct ml_df_command *commands;
	size_t n, cap;
	bool failed; /* it could not be split: what is there is not all */
};

/* How a script is run. */
struct ml_df_script_env {
	const struct ml_df_map *vars;
	bool pipefail;
};

/* Splits text[from, to). The text is kept. */
void ml_df_shell_split(struct ml_df *df, const struct ml_df_text *text, size_t from, size_t to, const struct ml_df_script_env *env,
	struct ml_df_script *out);
/* One command from words that no shell has split: exec form. Nested scripts (`["sh", "-c", "…"]`) are split. */
void ml_df_exec_split(struct ml_df *df, const struct ml_df_text *text, const struct ml_df_text *words, size_t n,
	const struct ml_df_script_env *env, struct ml_df_script *out);

#endif

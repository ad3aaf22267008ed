/* SPDX-License-Identifier: Apache-2.0 */
/* The state of splitting a script, and the parts that do it. */
#ifndef ML_CHECKS_CONFIG_DOCKERFILE_SHELL_PRIV_H
#define ML_CHECKS_CONFIG_DOCKERFILE_SHELL_PRIV_H

#include "checks/config/dockerfile/shell.h"

/* A here-document whose body begins behind the end of this line. */
struct ml_df_pending {
	struct ml_str name;
	bool quoted, chomp;
	size_t command; /* index */
};

/* A growing list of words, and one of indexes. */
struct ml_df_words {
	struct ml_df_word *items;
	size_t n, cap;
};
struct ml_df_indexes {
	size_t *items;
	size_t n, cap;
};

struct ml_df_shell {
	struct ml_df *df;
	struct ml_df_script *script;
	const struct ml_df_text *text;
	size_t at, end;
	int depth;     /* of compound commands and substitutions */
	int nested;    /* of scripts in scripts */
	int context, sub_depth;
	bool pipefail;
	bool quiet;    /* substitutions were split before: do not keep their commands again */
	struct ml_df_map vars;
	struct ml_df_pending *pending;
	size_t npending, pending_cap;
	struct ml_df_indexes *subs; /* where commands of substitutions are noted */
	bool failed;
};

/* shell-word.c. The next byte, `ahead` further; -1 at the end. */
int ml_df_sh_peek(const struct ml_df_shell *sh, size_t ahead);
/* A word from sh->at on; adds one word, or several when a variable's value is split (split false: never). */
void ml_df_sh_word(struct ml_df_shell *sh, bool split, struct ml_df_words *out);
/* Quotes and escapes off, nothing put in, secrets in clear: a script in a word, with places. */
struct ml_df_text ml_df_sh_unquote(struct ml_df_shell *sh, const struct ml_df_text *text, size_t from, size_t to);
/* Takes ((…)) when it stands here. */
bool ml_df_sh_arithmetic(struct ml_df_shell *sh);
/* Commands in substitutions of a here-document's body. */
void ml_df_sh_body(struct ml_df_shell *sh, size_t from, size_t to);

/* shell-array.c. Words in parentheses at sh->at. */
bool ml_df_sh_at_array(const struct ml_df_shell *sh);
void ml_df_sh_array(struct ml_df_shell *sh, struct ml_df_words *out);
/* The same as the value of `pair`, whose name is set; `appends`: to what that has. */
void ml_df_sh_take_array(struct ml_df_shell *sh, struct ml_df_pair *pair, bool appends);
/* The length of [index] `ahead` of sh->at; 0 when there is none. */
size_t ml_df_sh_subscript(const struct ml_df_shell *sh, size_t ahead);

/* shell-parse.c. A list of commands up to ')' (closing: taken) or the end. */
void ml_df_sh_list(struct ml_df_shell *sh, char closing);
/* Another text as a script in this one. */
void ml_df_sh_nested(struct ml_df_shell *sh, const struct ml_df_text *text, size_t from, size_t to, int context, bool pipefail);
void ml_df_sh_fail(struct ml_df_shell *sh, const char *why);
bool ml_df_sh_enter(struct ml_df_shell *sh);
/* Blanks, continuations and comments; not new lines. */
void ml_df_sh_skip(struct ml_df_shell *sh);
/* New lines too, and the here-documents behind them. */
void ml_df_sh_skip_lines(struct ml_df_shell *sh);

/* shell-simple.c. A simple command at sh->at. */
void ml_df_sh_simple(struct ml_df_shell *sh, int op);
/* A redirection when one stands here; false otherwise. */
bool ml_df_sh_redirect(struct ml_df_shell *sh, size_t command);
/* A new command; its index. */
size_t ml_df_sh_add(struct ml_df_shell *sh, int op);

/* shell-compound.c. A compound command when one begins here; false otherwise. */
bool ml_df_sh_compound(struct ml_df_shell *sh);
/* Whether the unquoted word `word` stands here by itself. */
bool ml_df_sh_at_word(const struct ml_df_shell *sh, const char *word);
/* Whether a word stands here that ends a list: then, do, fi … */
bool ml_df_sh_at_end_word(const struct ml_df_shell *sh);

/* command.c. Finds wrappers and the program of a command, and splits scripts in its words. */
void ml_df_sh_resolve(struct ml_df_shell *sh, size_t command);
/* Whether the command is a shell that reads its script from its input. */
bool ml_df_sh_reads_script(const struct ml_df_command *command);

#endif

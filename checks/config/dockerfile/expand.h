/* SPDX-License-Identifier: Apache-2.0 */
/* Substitution of variables as Docker does it outside RUN: quotes, escapes, $x, ${x:-d}, ${x#p}, ${x/p/r} (BuildKit frontend/dockerfile/shell). */
#ifndef ML_CHECKS_CONFIG_DOCKERFILE_EXPAND_H
#define ML_CHECKS_CONFIG_DOCKERFILE_EXPAND_H

#include "checks/config/dockerfile/dockerfile-priv.h"

struct ml_df_expanded {
	struct ml_df_text text;      /* what cannot be known stands as it was written; secrets as "***" unless revealed */
	bool dynamic;                /* something could not be known */
	const struct ml_str *names;  /* of variables that it uses, each once */
	size_t nnames;
	const struct ml_df_var *var; /* the first that was filled in, or NULL */
};

/* text[from, to) with quotes and escapes off and the variables of `vars` (names to struct ml_df_var; NULL: none is filled in) put in. */
struct ml_df_expanded ml_df_expand(struct ml_df *df, const struct ml_df_map *vars, const struct ml_df_text *text, size_t from, size_t to);
/* The same with secrets in clear and no variables: for looking for secrets only. */
struct ml_df_text ml_df_unquote(struct ml_df *df, const struct ml_df_text *text, size_t from, size_t to);

/* Appends text[from, to) with secrets as "***". */
void ml_df_put_shown(struct ml_df *df, struct ml_df_build *build, const struct ml_df_text *text, size_t from, size_t to);

/* ${x…} without the dollar: what the shell and Docker have in common. */
enum ml_df_operator { ML_DF_PLAIN, ML_DF_DEFAULT, ML_DF_ALTERNATIVE, ML_DF_REQUIRED, ML_DF_PREFIX, ML_DF_SUFFIX, ML_DF_REPLACE, ML_DF_ODD };
struct ml_df_parameter {
	struct ml_str name;
	enum ml_df_operator op;
	bool colon;       /* empty counts as unset */
	bool twice;       /* ## %% // */
	size_t word;      /* where the operand begins */
};
/* Reads name and operator of s from `at`, which is behind "${". */
struct ml_df_parameter ml_df_parameter_read(struct ml_str s, size_t at);
/* The length of a variable name at `at`; 0 when none begins there. */
size_t ml_df_name_length(struct ml_str s, size_t at);
/* value with a pattern taken off or replaced; ptr NULL when a limit is hit. The pattern has `*` and `?`. */
struct ml_str ml_df_pattern(struct ml_df *df, const struct ml_df_parameter *parameter, struct ml_str value, struct ml_str pattern,
	struct ml_str replacement);
/* Counts bytes that a variable gives; false when there were too many. */
bool ml_df_spend(struct ml_df *df, size_t bytes, uint32_t from);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Stages: what each builds on, which ones the target needs, and the state that its instructions leave. */
#ifndef ML_CHECKS_CONFIG_DOCKERFILE_STAGE_H
#define ML_CHECKS_CONFIG_DOCKERFILE_STAGE_H

#include "checks/config/dockerfile/image.h"

/* A value of a list that stages inherit: shared by all of them, newest first. */
struct ml_df_chain {
	const struct ml_df_chain *before;
	struct ml_value value;
	const struct ml_df_instr *instr; /* ONBUILD triggers */
	size_t length;
};

struct ml_df_stage {
	size_t instr; /* of its FROM */
	struct ml_str id, name, platform;
	bool duplicate, needed, shipped;
	int base_stage; /* -1: none */
	struct ml_value base, root_base;
	int *depends;
	size_t ndepends, depends_cap;
	int counts[ML_DF_KEYWORDS];
	size_t last_user; /* index of its last USER instruction, or ML_NPOS */
	uint32_t tainted; /* a bit for each keyword that could not be read: what it sets is unknown */
	uint32_t installs; /* bits of package managers */
	/* State, as of the latest instruction that was looked at. */
	struct ml_df_map vars;   /* ENV and visible ARG: struct ml_df_var */
	struct ml_df_map env;    /* ENV alone */
	struct ml_df_map args, labels; /* struct ml_df_var */
	struct ml_df_map fetched; /* files that RUN downloaded: see program.h */
	struct ml_value user, workdir, healthcheck, cmd, entrypoint, shell, stopsignal, maintainer;
	struct ml_str user_kind; /* "root", "nonroot", "base"; ptr NULL: unknown */
	struct ml_str workdir_path;
	bool workdir_set;
	struct ml_str shell_name, shell_kind;
	bool shell_set, shell_pipefail;
	bool windows; /* its image, or the shell that it sets, is of Windows */
	bool ran_posix; /* a shell of POSIX ran in it */
	const struct ml_df_chain *ports, *volumes, *onbuild;
};

/* Once SHELL was read: whether it is one of Windows. */
void ml_df_stage_shell_set(struct ml_df_stage *stage);
/* Finds the stages, their bases, and what they need of each other. Instructions get their stage. */
void ml_df_stages_find(struct ml_df *df);
/* The stage that --from or a mount names, seen from `stage`: earlier ones first; -1: none. */
int ml_df_stage_named(struct ml_df *df, struct ml_str name, int stage);
/* From here on `stage` is the one that its name means. */
void ml_df_stage_enter(struct ml_df *df, const struct ml_df_stage *stage);
/* Global arguments: what ARG before the first FROM sets, and the platform's own. */
struct ml_df_map ml_df_global_args(struct ml_df *df);
/* One ARG of `text`: "name" or "name=value". The variable, in the arena; *name in it. NULL when it has no name. */
struct ml_df_var *ml_df_arg_read(struct ml_df *df, const struct ml_df_map *vars, const struct ml_df_map *globals, const struct ml_df_text *text,
	size_t from, size_t to, struct ml_str *name, bool *written);
bool ml_df_is_predefined(struct ml_str name);

/* Words of the arguments: white space between, quotes kept together when `quotes`. */
struct ml_df_span {
	size_t from, to;
};
struct ml_df_spans {
	struct ml_df_span *items;
	size_t n, cap;
};
struct ml_df_spans ml_df_words_split(struct ml_df *df, const struct ml_df_text *text, size_t from, bool quotes);

#endif

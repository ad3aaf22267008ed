/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the Dockerfile collector share: the parsed file, its stages, and how text becomes facts. */
#ifndef ML_CHECKS_CONFIG_DOCKERFILE_PRIV_H
#define ML_CHECKS_CONFIG_DOCKERFILE_PRIV_H

#include "checks/config/dockerfile/dockerfile.h"
#include "checks/config/dockerfile/map.h"
#include "checks/config/dockerfile/text.h"
#include "checks/secrets.h"
#include "facts/dockerfile.h"
#include "facts/mask.h"

/* Ceilings. Beyond one of them a diagnostic says so and what is left out is UNKNOWN. */
enum {
	ML_DF_BYTES = 64 << 20,      /* a file */
	ML_DF_INSTRUCTIONS_MAX = 200000,
	ML_DF_STAGES_MAX = 20000,
	ML_DF_COMMANDS_MAX = 200000, /* simple commands of a file */
	ML_DF_SHELL_DEPTH = 64,      /* nested commands and quotes of one script */
	ML_DF_SCRIPT_DEPTH = 8,      /* sh -c 'sh -c "…"' */
	ML_DF_WORD_DEPTH = 16,       /* ${a:-${b:-…}} */
	ML_DF_VALUE = 64 << 10,      /* bytes of a variable's value */
	ML_DF_EXPANSION = 64 << 20,  /* bytes that variables give, in all */
	ML_DF_INHERITED = 1 << 18,   /* values that stages take over from their parents, in all */
	ML_DF_PIPELINE = 256,        /* commands in one pipeline whose names are kept */
	ML_DF_PATH = 4096,           /* bytes of a working directory, as Linux has it */
};

/* Indexes into ml_df_keyword_vocab. */
enum ml_df_keyword {
	ML_DF_ADD, ML_DF_ARG, ML_DF_CMD, ML_DF_COPY, ML_DF_ENTRYPOINT, ML_DF_ENV, ML_DF_EXPOSE, ML_DF_FROM, ML_DF_HEALTHCHECK,
	ML_DF_LABEL, ML_DF_MAINTAINER, ML_DF_ONBUILD, ML_DF_RUN, ML_DF_SHELL, ML_DF_STOPSIGNAL, ML_DF_USER, ML_DF_VOLUME,
	ML_DF_WORKDIR, ML_DF_KEYWORDS,
};
enum ml_df_form { ML_DF_FORM_NONE, ML_DF_FORM_EXEC, ML_DF_FORM_SHELL, ML_DF_FORM_HEREDOC };

/* `--name=value`; value without quotes, variables not filled in. */
struct ml_df_flag {
	struct ml_str name;
	struct ml_df_text value;
	uint32_t from, to; /* offsets in the file */
	bool valued;       /* an '=' is written */
};

struct ml_df_heredoc {
	struct ml_str name;
	bool quoted, chomp;
	uint32_t from, to; /* the body in the file, terminator left out */
};

struct ml_df_instr {
	int keyword;            /* enum ml_df_keyword; -1: unknown */
	struct ml_str word;     /* the keyword as written */
	bool onbuild;           /* the trigger of an ONBUILD */
	bool broken;            /* it could not be read; a diagnostic was given */
	uint32_t from, to;      /* offsets in the file, here-documents too */
	uint32_t word_from;     /* of the keyword; inside ONBUILD of the trigger's */
	struct ml_df_text text; /* behind the keyword, continuations joined, white space at the ends off */
	size_t args;            /* where in `text` the arguments begin, behind the flags */
	const struct ml_df_flag *flags;
	size_t nflags;
	const struct ml_df_heredoc *heredocs;
	size_t nheredocs;
	uint32_t bodies_from, bodies_to; /* here-documents in the file, terminators too */
	bool json, bad_json;
	const struct ml_df_text *words; /* json: the strings, decoded */
	size_t nwords;
	int stage;              /* -1 before the first FROM */
};

/* A span of the file that is never shown. */
struct ml_df_hidden {
	uint32_t from, to;
};

/* A secret on its way to the facts. */
struct ml_df_secret {
	uint32_t from, to;
	size_t instr;
	int where; /* index into ml_df_where_vocab */
	struct ml_str key;
	enum ml_secret_kind kind;
	const char *reason;
	bool weak;
};

/* A variable's value at some point of the build. */
struct ml_df_var {
	struct ml_str value; /* secrets hidden */
	bool known;          /* false: ARG without default, or the value is only known when building */
	bool runtime;        /* set, but only known when building: TARGETARCH … */
	bool env;            /* set by ENV, which an ARG does not change */
	uint32_t loc;        /* where it was set */
	/* An array of a shell script; `value` and `known` are those of its first element. */
	bool array;
	const struct ml_df_word *items;
	size_t nitems;
};

struct ml_df {
	struct ml_facts *facts;
	struct ml_arena *arena;
	const struct ml_reader *reader;
	const struct ml_dockerfile_request *request;
	uint32_t file;
	struct ml_str bytes;
	struct ml_df_lines lines;
	char escape;
	struct ml_df_text syntax, check, escape_text; /* directives; empty when not given */
	struct ml_df_instr *instrs;
	size_t ninstrs, instrs_cap;
	bool cut;           /* the file goes on behind what was parsed */
	struct ml_df_secret *secrets;
	size_t nsecrets, secrets_cap;
	struct ml_df_hidden *hidden; /* sorted, not overlapping */
	size_t nhidden, hidden_cap;
	struct ml_mask mask;
	struct ml_df_stage *stages;
	size_t nstages;
	struct ml_df_map names, all_names; /* to struct ml_df_stage: as of the stage that is looked at, and at the end */
	int target;         /* index of the stage that is built, -1: none */
	uint32_t owners;    /* of maps */
	size_t expanded;    /* bytes that variables gave */
	size_t inherited;
	size_t ncommands;
	/* The stage begins with nothing: a variable that the file does not set is empty. */
	bool nothing_else;
	bool warned_utf8, warned_expansion;
	int error;          /* sticky: ML_ENOMEM */
};

/* Diagnostics at offsets of the file; what is quoted of the file goes through ml_df_quotable. */
struct ml_diag *ml_df_diag(struct ml_df *df, enum ml_diag_level level, uint32_t from, uint32_t to, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* The start of a name that may be shown: letters, digits, '_', '-' and '.' only, cut at anything else; "…" when there is none. */
struct ml_str ml_df_quotable(struct ml_df *df, struct ml_str name);

/* Places. `to` is exclusive; an end on another line gives no end column. */
uint32_t ml_df_loc(struct ml_df *df, uint32_t from, uint32_t to);
uint32_t ml_df_loc_text(struct ml_df *df, const struct ml_df_text *text, size_t from, size_t to);

/* Facts of text. A string that is not UTF-8 becomes UNKNOWN, with one diagnostic a file. */
struct ml_value ml_df_string(struct ml_df *df, struct ml_str s);
/* UNKNOWN with a reason, which is kept; the facts are then incomplete. */
struct ml_value ml_df_unknown(struct ml_df *df, const char *reason);
/* text[from, to) as it may be shown: secrets as "***", white space around continuations one blank. */
struct ml_str ml_df_shown(struct ml_df *df, const struct ml_df_text *text, size_t from, size_t to);
/* Whether that byte of the file belongs to a secret, and where the secret ends. */
bool ml_df_is_hidden(const struct ml_df *df, uint32_t offset, uint32_t *end);
/* The first words of a text, at most 60 bytes: an element's identity. */
struct ml_str ml_df_first_words(struct ml_df *df, struct ml_str text);
/* A list, growing. */
struct ml_df_list {
	struct ml_value *items;
	size_t n, cap;
};
void ml_df_list_add(struct ml_df *df, struct ml_df_list *list, struct ml_value value);
struct ml_value ml_df_list_value(const struct ml_df_list *list);
/* Sets the sticky error when r is one. */
void ml_df_check(struct ml_df *df, int r);
/* Packs; UNKNOWN when memory ends (the sticky error says so). */
struct ml_value ml_df_pack(struct ml_df *df, struct ml_record_builder *builder, uint32_t loc);

/* parse.c: the file as instructions. */
void ml_df_parse(struct ml_df *df);
/* directives.c: reads them at the top of the file; *at is behind them (and behind a byte order mark). */
void ml_df_directives_read(struct ml_df *df);
/* instruction.c: keyword, flags and arguments of a logical line; adds it to df->instrs. */
void ml_df_instruction_parse(struct ml_df *df, const struct ml_df_text *line, uint32_t from, uint32_t to);
/* heredoc.c: here-document marks of arguments, for RUN, COPY and ADD. */
void ml_df_heredoc_marks(struct ml_df *df, struct ml_df_instr *instr);
/* json-form.c: text[from…) as a JSON list of strings; false when it is none. */
bool ml_df_json_list(struct ml_df *df, const struct ml_df_text *text, size_t from, const struct ml_df_text **words, size_t *n);
/* hide.c: finds the secrets of all instructions and comments; df->secrets, df->hidden and df->mask. */
void ml_df_hide(struct ml_df *df);
/* Once the facts are made: their bytes are masked wherever else they stand. */
void ml_df_hide_again(struct ml_df *df);
struct ml_value ml_df_secret_facts(struct ml_df *df);

/* The flag of that name, the last one; NULL when not given. */
const struct ml_df_flag *ml_df_flag_get(const struct ml_df_instr *instr, const char *name);
bool ml_df_blank(int byte);

#endif

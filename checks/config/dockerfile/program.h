/* SPDX-License-Identifier: Apache-2.0 */
/* What is known about programs: which options take values, which have subcommands, what package managers are asked to do. All of it is tables
 * (manual pages of the programs in Debian 12, Alpine 3.20, Fedora 40, npm 10, pip 24, …). */
#ifndef ML_CHECKS_CONFIG_DOCKERFILE_PROGRAM_H
#define ML_CHECKS_CONFIG_DOCKERFILE_PROGRAM_H

#include "checks/config/dockerfile/shell.h"

/* Indexes into ml_df_manager_vocab and ml_df_action_vocab. */
enum ml_df_manager {
	ML_DF_NO_MANAGER, ML_DF_APK, ML_DF_APT, ML_DF_BUNDLER, ML_DF_CARGO, ML_DF_COMPOSER, ML_DF_CONDA, ML_DF_DNF, ML_DF_DPKG, ML_DF_GEM,
	ML_DF_GO, ML_DF_MICRODNF, ML_DF_NPM, ML_DF_PACMAN, ML_DF_PIP, ML_DF_PIPX, ML_DF_PNPM, ML_DF_RPM, ML_DF_TDNF, ML_DF_UV, ML_DF_YARN,
	ML_DF_YUM, ML_DF_ZYPPER, ML_DF_MANAGERS,
};
enum ml_df_action { ML_DF_NO_ACTION, ML_DF_REFRESH, ML_DF_INSTALL, ML_DF_UPGRADE, ML_DF_REMOVE, ML_DF_CLEAN, ML_DF_OTHER };

enum {
	ML_DF_P_SUB = 1 << 0,         /* the first operand is a subcommand */
	ML_DF_P_LONG = 1 << 1,        /* `-name` is one option, no cluster */
	ML_DF_P_SHELL = 1 << 2,       /* runs a shell script: -c, a file, or its input */
	ML_DF_P_INTERPRETER = 1 << 3, /* runs a program from a file or its input */
	ML_DF_P_DOWNLOADS = 1 << 4,   /* writes what it downloads to its output or a file */
	ML_DF_P_FIRST = 1 << 5,       /* its options end at the first operand */
};

struct ml_df_program {
	const char *name;
	const char *values; /* options that take a value, blanks between */
	unsigned flags;
	enum ml_df_manager manager;
};

/* Never NULL: a program that is not known has no options with values. Versioned names (pip3.11, python3) count as the plain ones. */
const struct ml_df_program *ml_df_program_find(struct ml_str name);

/* A program that runs the rest of its words. */
struct ml_df_wrapper {
	const char *name, *values;
	int skip;    /* operands before the program: timeout's duration */
	bool assigns; /* NAME=value words may stand before the program */
	bool root;   /* runs it as root */
};
/* NULL: it is none. */
const struct ml_df_wrapper *ml_df_wrapper_find(struct ml_str name);
/* Whether `option` stands in `values`. */
bool ml_df_takes_value(const char *values, struct ml_str option);

/* An option as it was read; value ptr NULL when it has none. */
struct ml_df_option {
	struct ml_str name, value;
	size_t word;
};
struct ml_df_args {
	struct ml_str sub;
	size_t sub_word;
	const size_t *operands; /* indexes of words */
	size_t noperands;
	const struct ml_df_option *options;
	size_t noptions;
};
/* Sorts the words of a command into options and operands. */
struct ml_df_args ml_df_args_read(struct ml_df *df, const struct ml_df_command *command, const struct ml_df_program *program);
bool ml_df_has_option(const struct ml_df_args *args, const char *name);
/* The last value of the option; ptr NULL when it is not given or has none. */
struct ml_str ml_df_option_value(const struct ml_df_args *args, const char *name);
/* Whether the word is one of the words in `list`, which blanks separate. */
bool ml_df_in_words(const char *list, struct ml_str word);

/* Package managers. */
struct ml_df_packaging {
	enum ml_df_action action;
	bool refreshes, assume_yes, no_recommends, no_cache, unsigned_;
	size_t skip;  /* operands that are no packages: `group` of `dnf group install` */
};
struct ml_df_packaging ml_df_packaging_read(const struct ml_df_command *command, const struct ml_df_program *program,
	const struct ml_df_args *args, const struct ml_df_map *env);

/* A package that is named. */
struct ml_df_package {
	struct ml_str text, name, version, op;
	const char *kind;
	bool pinned, dynamic;
	size_t word;
};
struct ml_df_packages {
	const struct ml_df_package *items;
	size_t n;
};
struct ml_df_packages ml_df_packages_read(struct ml_df *df, const struct ml_df_command *command, const struct ml_df_program *program,
	const struct ml_df_args *args, const struct ml_df_packaging *packaging);
/* One specification in the manager's syntax. */
struct ml_df_package ml_df_package_parse(enum ml_df_manager manager, struct ml_str text);

/* Package caches that the command empties: names of the schema's vocabulary, at most `max`; their number. */
size_t ml_df_cleans_read(const struct ml_df_command *command, const struct ml_df_program *program, const struct ml_df_args *args,
	const struct ml_df_packaging *packaging, const char **out, size_t max);
/* Package caches that it fills, by installing or by refreshing an index. */
size_t ml_df_fills_read(const struct ml_df_program *program, const struct ml_df_packaging *packaging, const char **out, size_t max);

/* Modes (chmod(1)): octal or symbolic. */
struct ml_df_mode {
	bool world_writable, setid;
	int value; /* -1: symbolic or odd */
};
struct ml_df_mode ml_df_mode_read(struct ml_str text);
/* The mode that chmod, install or mkdir sets; ptr NULL when it sets none. */
struct ml_str ml_df_mode_of(const struct ml_df_command *command, const struct ml_df_args *args);

/* Whether it turns certificate checks off. */
bool ml_df_tls_unverified(const struct ml_df_command *command, const struct ml_df_args *args);
/* Whether it runs what was downloaded unseen. `i` is its index in the script. */
bool ml_df_runs_download(const struct ml_df_script *script, size_t i, const struct ml_df_args *args);

/* Files that were downloaded and that no command looked at since: whatever verifies one is taken to verify all. Commands are handed
 * in order to ml_df_runs_fetched and then ml_df_fetched_note. */
struct ml_df_fetched {
	struct ml_df_map files; /* absolute paths */
	struct ml_str dir;      /* where relative ones begin */
};
void ml_df_fetched_add(struct ml_df *df, struct ml_df_fetched *fetched, struct ml_str path);
/* The last part of a URL's path: what a download is called when nobody says. */
struct ml_str ml_df_url_name(struct ml_str url);
void ml_df_fetched_note(struct ml_df *df, struct ml_df_fetched *fetched, const struct ml_df_script *script, size_t i,
	const struct ml_df_args *args);
/* Whether the command runs one of them. */
bool ml_df_runs_fetched(struct ml_df *df, const struct ml_df_fetched *fetched, const struct ml_df_script *script, size_t i,
	const struct ml_df_args *args);

#endif

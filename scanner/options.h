/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: one table of options for all binaries, from which parsing, --help and the completion come. */
#ifndef ML_SCANNER_OPTIONS_H
#define ML_SCANNER_OPTIONS_H

#include "base/buf.h"
#include "base/error.h"

#define ML_OPTION_LIST_MAX 4096 /* values of one repeatable option, or operands */

/* Words from argv: the strings are argv's own. */
struct ml_words {
	const char **items;
	size_t n, cap;
};

/* -o FORMAT[=FILE] */
struct ml_output {
	struct ml_str format;
	const char *path; /* NULL: standard output */
};

enum ml_sandbox_mode { ML_MODE_DEFAULT, ML_MODE_STRICT, ML_MODE_DEGRADE };

/* Everything that any command takes. Zero is the default. */
struct ml_options {
	struct ml_arena *arena;
	struct ml_words operands;
	struct ml_words policies;      /* -p */
	struct ml_words compose_files; /* -f */
	struct ml_words profiles;      /* --profile */
	struct ml_words build_args;    /* --build-arg NAME=VALUE */
	struct ml_words waivers;       /* --waivers */
	struct ml_output *outputs;     /* -o */
	size_t noutputs, outputs_cap;
	const char *plan, *baseline, *facts_dir, *kind, *target_stage, *root;
	const char *fail_on; /* the word behind --fail-on, NULL when it was not given */
	int severity;   /* of --fail-on: index into ml_severities; default medium */
	unsigned timeout; /* --timeout: seconds for one endpoint; 0: the default */
	unsigned deadline; /* --deadline: seconds for all endpoints; 0: none */
	const char *server_name; /* --servername */
	const char *ca;          /* --ca: PEM file of trusted roots; NULL: the system's */
	unsigned http_port;      /* --http-port; 0: not given */
	const char *http_path;   /* --http-path */
	const char *starttls;    /* --starttls: a protocol that ml_protocol_read knows */
	unsigned jobs;  /* -j; 0: the machine's processors */
	enum ml_sandbox_mode sandbox;
	bool use_environment; /* --env: interpolate from the environment too */
	bool no_ignore;       /* --no-ignore */
	const char *output_file; /* -o of `policy from-facts`; NULL: standard output */
	bool pin_certificate;    /* --pin-certificate */
	bool batch;           /* --batch: merlon-config as merlon starts it */
	bool verbose, quiet;
	int color;            /* -1 never, 0 when it is a terminal, 1 always */
	bool help, version;
};

/* Which commands take an option: a bit each. */
enum {
	ML_CMD_SCAN = 1 << 0,
	ML_CMD_EVAL = 1 << 1,
	ML_CMD_REPORT = 1 << 2,
	ML_CMD_LINT = 1 << 3,
	ML_CMD_TEST = 1 << 4,
	ML_CMD_LIST = 1 << 5,
	ML_CMD_SHOW = 1 << 6,
	ML_CMD_FACTS = 1 << 7,
	ML_CMD_EXPLAIN = 1 << 8,
	ML_CMD_CONFIG = 1 << 9, /* merlon-config */
	ML_CMD_TLS = 1 << 10,   /* merlon-tls */
	ML_CMD_FROM_FACTS = 1 << 11,
	ML_CMD_ALL = (1 << 12) - 1,
};

/* Reads argv[from…]: options of `command` and operands, in any order; "--" ends the options. 0; ML_EINVAL with a message that names the option and,
 * where one is near, a suggestion; ML_ENOMEM. */
int ml_options_parse(int argc, char **argv, int from, unsigned command, struct ml_arena *arena,
	struct ml_options *out, struct ml_error *err);

/* The options of `command`, a line each, for --help. */
void ml_options_help(struct ml_buf *out, unsigned command);

/* "info" … "critical", NULL-terminated. */
extern const char *const ml_severities[];

/* The kinds that a target can be taken as, NULL-terminated. */
extern const char *const ml_target_kinds[];

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A command of a binary: a row of its table. */
#ifndef ML_SCANNER_COMMAND_H
#define ML_SCANNER_COMMAND_H

#include "scanner/options.h"

/* DESIGN's exit codes, the same for every binary. */
enum ml_exit { ML_EXIT_PASS = 0, ML_EXIT_FAIL = 1, ML_EXIT_USAGE = 2, ML_EXIT_UNKNOWN = 3 };

struct ml_command {
	const char *name; /* "scan", "policy lint" */
	const char *operands; /* "[TARGET...]" */
	const char *about;
	unsigned options; /* its ML_CMD_ bit */
	int (*run)(const struct ml_options *options); /* an exit code */
};

/* Finds the command in argv[1] (and argv[2]), reads its options, runs it, and returns the exit code. --help and --version of
 * the program and of each command are answered here. `commands` ends with a NULL name. */
int ml_command_main(int argc, char **argv, const char *program, const char *about, const struct ml_command *commands);

/* A program with one command: options at once. */
int ml_single_main(int argc, char **argv, const char *program, const struct ml_command *command);

int ml_cmd_scan(const struct ml_options *options);
int ml_cmd_eval(const struct ml_options *options);
int ml_cmd_report(const struct ml_options *options);
int ml_cmd_lint(const struct ml_options *options);
int ml_cmd_test(const struct ml_options *options);
int ml_cmd_list(const struct ml_options *options);
int ml_cmd_show(const struct ml_options *options);
int ml_cmd_from_facts(const struct ml_options *options);
int ml_cmd_facts(const struct ml_options *options);
int ml_cmd_explain(const struct ml_options *options);

#endif

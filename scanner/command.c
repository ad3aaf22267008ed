/* SPDX-License-Identifier: Apache-2.0 */
/* From argv to a command's run. */
#include "scanner/command.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "scanner/files.h"

enum { ARENA_BYTES = 1 << 28 };

static int print(struct ml_buf *out)
{
	struct ml_error err;

	if (ml_file_write(NULL, ml_buf_get(out), &err) == 0)
		return ML_EXIT_PASS;
	ml_log_error(&err);
	return ML_EXIT_USAGE;
}

static int print_version(const char *program)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, 4096);
	ml_buf_printf(&out, "%s %s\n", program, PACKAGE_VERSION);
	return print(&out);
}

static int print_command_help(const char *program, const struct ml_command *command)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, 65536);
	ml_buf_printf(&out, "usage: %s%s%s [OPTION...] %s\n\n%s\n\n", program,
		command->name[0] ? " " : "", command->name, command->operands, command->about);
	ml_options_help(&out, command->options);
	ml_buf_puts(&out, "\nExit codes: 0 passed, 1 a finding at or above --fail-on, 2 usage or "
			  "policy error,\n"
			  "3 could not vouch.\n");
	return print(&out);
}

/* Whether the command's name is one of `group`: "policy lint" of "policy". NULL: of any. */
static bool is_in_group(const struct ml_command *command, const char *group)
{
	size_t n = group ? strlen(group) : 0;

	return !group || (strncmp(command->name, group, n) == 0 && command->name[n] == ' ');
}

static bool is_group(const struct ml_command *commands, const char *word)
{
	for (; commands->name; commands++)
		if (is_in_group(commands, word))
			return true;
	return false;
}

static int print_program_help(const char *program, const char *about,
	const struct ml_command *commands, const char *group)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, 65536);
	if (group)
		ml_buf_printf(
			&out, "usage: %s %s COMMAND [OPTION...] [OPERAND...]\n\n", program, group);
	else
		ml_buf_printf(&out, "usage: %s COMMAND [OPTION...] [OPERAND...]\n\n%s\n\n", program,
			about);
	for (; commands->name; commands++)
		if (is_in_group(commands, group))
			ml_buf_printf(&out, "  %-18s %s\n", commands->name, commands->about);
	ml_buf_printf(&out,
		"\n`%s COMMAND --help` shows the options of a command; see also man %s.\n", program,
		program);
	return print(&out);
}

static int usage(const char *message)
{
	ml_log(ML_LOG_ERROR, "%s", message);
	return ML_EXIT_USAGE;
}

static int run(
	int argc, char **argv, int from, const char *program, const struct ml_command *command)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_options options;
	struct ml_error err = {0};

	if (!arena || ml_options_parse(argc, argv, from, command->options, arena, &options, &err))
		return usage(arena ? err.message : "out of memory");
	ml_log_init(program, options.quiet     ? ML_LOG_ERROR
			     : options.verbose ? ML_LOG_DEBUG
					       : ML_LOG_INFO);
	if (options.help)
		return print_command_help(program, command);
	if (options.version)
		return print_version(program);
	return command->run(&options);
}

/* A program may be started with standard descriptors closed; then its own files would take their
 * numbers. Reading what stands there ends at once, writing is an error. */
static void hold_standard_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* How many words of argv the command's name takes; 0 when it is another. */
static int matches(int argc, char **argv, const char *name)
{
	struct ml_str rest = ml_str(name), word;
	int n = 0;

	while (ml_str_split(&rest, ' ', &word)) {
		if (n + 1 >= argc || !ml_str_is(word, argv[n + 1]))
			return 0;
		n++;
	}
	return n;
}

static const struct ml_command *find(
	int argc, char **argv, const struct ml_command *commands, int *words)
{
	for (; commands->name; commands++)
		if ((*words = matches(argc, argv, commands->name)))
			return commands;
	return NULL;
}

static int unknown_command(int argc, char **argv, const struct ml_command *commands)
{
	const char *names[32], *near;
	bool group = is_group(commands, argv[1]);
	char word[256];
	size_t n = 0;

	if (group && argc < 3)
		return usage("a command is missing; see --help");
	snprintf(word, sizeof(word), "%s%s%s", argv[1], group ? " " : "", group ? argv[2] : "");

	for (; commands[n].name && n < 32; n++)
		names[n] = commands[n].name;
	near = ml_str_nearest(ml_str(word), names, n);
	ml_log(ML_LOG_ERROR, "no command \"%s\"%s%s%s; see --help", word,
		near ? ", did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return ML_EXIT_USAGE;
}

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

int ml_command_main(int argc, char **argv, const char *program, const char *about,
	const struct ml_command *commands)
{
	const struct ml_command *command;
	int words = 0;

	hold_standard_descriptors();
	ml_log_init(program, ML_LOG_INFO);
	if (argc < 2)
		return usage("a command is missing; see --help");
	if (is_help(argv[1]))
		return print_program_help(program, about, commands, NULL);
	if (argc > 2 && is_help(argv[2]) && is_group(commands, argv[1]))
		return print_program_help(program, about, commands, argv[1]);
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
		return print_version(program);
	command = find(argc, argv, commands, &words);
	return command ? run(argc, argv, words + 1, program, command)
		       : unknown_command(argc, argv, commands);
}

int ml_single_main(int argc, char **argv, const char *program, const struct ml_command *command)
{
	hold_standard_descriptors();
	ml_log_init(program, ML_LOG_INFO);
	return run(argc, argv, 1, program, command);
}

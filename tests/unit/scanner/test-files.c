/* SPDX-License-Identifier: Apache-2.0 */
/* Files that the user names: reports that are there whole or not at all. */
#include "tests/unit/test.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "scanner/files.h"

enum { BYTES = 48 << 20, PATIENCE = 10000 };

/* How many files the directory has; *partial: one of them is no report yet. */
static int count(const char *path, bool *partial)
{
	DIR *dir = opendir(path);
	int n = 0;

	*partial = false;
	assert_non_null(dir);
	for (const struct dirent *entry; (entry = readdir(dir));) {
		if (entry->d_name[0] == '.')
			continue;
		n++;
		*partial = *partial || strcmp(entry->d_name, "report.json") != 0;
	}
	closedir(dir);
	return n;
}

static void write_report(const char *report)
{
	char *bytes = calloc(1, BYTES);

	ml_file_write(report, (struct ml_str){bytes, bytes ? BYTES : 0}, NULL);
	_exit(bytes ? 0 : 1);
}

static void no_part_is_left(void **state)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		char directory[] = "/tmp/merlon-files.XXXXXX", report[64];
		bool partial = false;
		int status, wait = 0;
		pid_t child;
		assert_non_null(mkdtemp(directory));
		snprintf(report, sizeof(report), "%s/report.json", directory);
		child = fork();
		assert_true(child >= 0);
		if (child == 0)
			write_report(report);
		while (!partial && wait++ < PATIENCE && count(directory, &partial) == 0)
			usleep(100);
		kill(child, signals[i]);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (!partial)
			print_message("# too fast to be interrupted\n");
		else
			assert_true(WIFSIGNALED(status) && WTERMSIG(status) == signals[i]);
		count(directory, &partial);
		assert_false(partial);
		unlink(report);
		assert_int_equal(rmdir(directory), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(no_part_is_left)};

	return cmocka_run_group_tests_name("scanner/files", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Prints those of the paths on standard input that the .gitignore files named on the command line ignore: compared with git itself. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "scanner/files.h"
#include "scanner/ignore.h"

/* "a/b/.gitignore" stands in "a/b". */
static struct ml_str directory_of(const char *path)
{
	struct ml_str p = ml_str(path);
	size_t slash = ml_str_rchr(p, '/');

	return slash == ML_NPOS ? ML_STR("") : ml_str_sub(p, 0, slash);
}

int main(int argc, char **argv)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 26);
	struct ml_ignore ignore = {.arena = arena};
	struct ml_error err;
	char line[4096];

	for (int i = 1; i < argc; i++) {
		struct ml_str text;
		if (ml_file_read(arena, argv[i], 1 << 20, &text, &err) || ml_ignore_add(&ignore, directory_of(argv[i]), text)) {
			fprintf(stderr, "%s: %s\n", argv[i], err.message);
			return 2;
		}
	}
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		if (ml_ignored(&ignore, ml_str(line)))
			puts(line);
	}
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A main for fuzz targets without libFuzzer: runs each file of tests/fuzz/corpus/NAME (or those named) once and says so in TAP. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_BYTES = 1 << 22 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static int run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = malloc(INPUT_BYTES), *exact;
	size_t n;

	if (!file || !bytes) {
		free(bytes);
		return -1;
	}
	n = fread(bytes, 1, INPUT_BYTES, file);
	fclose(file);
	exact = malloc(n ? n : 1); /* as long as the input, so that a sanitizer sees the byte behind it */
	if (exact) {
		memcpy(exact, bytes, n);
		LLVMFuzzerTestOneInput(exact, n);
	}
	free(exact);
	free(bytes);
	return exact ? 0 : -1;
}

static int is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int run_corpus(const char *name)
{
	const char *root = getenv("ML_SRCDIR");
	char dir[2048], path[4096];
	struct dirent **entries = NULL;
	int n, failed = 0;

	snprintf(dir, sizeof(dir), "%s/tests/fuzz/corpus/%s", root ? root : ".", name);
	n = scandir(dir, &entries, is_file, alphasort);
	printf("1..%d\n", n > 0 ? n : 1);
	if (n <= 0)
		printf("not ok 1 - %s: no corpus\n", dir);
	for (int i = 0; i < n; i++) {
		int r;
		snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);
		r = run_file(path);
		printf("%s %d - %s\n", r ? "not ok" : "ok", i + 1, entries[i]->d_name);
		fflush(stdout);
		failed += r != 0;
		free(entries[i]);
	}
	free(entries);
	return failed || n <= 0;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
	int failed = 0;

	if (argc == 1)
		return run_corpus(strncmp(name, "fuzz-", 5) == 0 ? name + 5 : name);
	for (int i = 1; i < argc; i++)
		failed += run_file(argv[i]) != 0;
	return failed != 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Trusted roots as the broker opens them: by hash, and nothing else. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "scanner/tls-trust.h"

static char directory[] = "/tmp/merlon-trust-XXXXXX";

static void put(const char *name, const char *text)
{
	char path[200];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int set_up(void **state)
{
	assert_non_null(mkdtemp(directory));
	return 0;
}

static int tear_down(void **state)
{
	char command[200];

	snprintf(command, sizeof(command), "rm -r %s", directory);
	return system(command);
}

static void a_directory_without_hashes_is_none(void **state)
{
	put("a.pem", "x");
	setenv("SSL_CERT_DIR", directory, 1);
	assert_int_equal(ml_trust_directory(), -1);
	setenv("SSL_CERT_DIR", "/no/such/directory", 1);
	assert_int_equal(ml_trust_directory(), -1);
}

static const struct {
	const char *argument;
	int code; /* 0: a descriptor */
} rows[] = {
	{"1234abcd0", 0},
	{"1234abcd1", ML_ENOENT},
	{"1234ABCD0", ML_ENOENT},
	{"1234abcd", ML_ENOENT},
	{"1234abcd00", ML_ENOENT},
	{"1234abcdx", ML_ENOENT},
	{"../../etc", ML_ENOENT},
	{"", ML_ENOENT},
	{"secret.pe", ML_ENOENT},
	{"00000000", ML_ENOENT},
	{"000000010", ML_ETYPE},
	{"000000020", ML_ELIMIT},
	{"000000030", ML_ETYPE},
};

static void files_are_opened_by_hash_alone(void **state)
{
	char path[200];
	int fd, big;

	put("1234abcd.0", "x");
	put("secret.pem", "x");
	snprintf(path, sizeof(path), "%s/00000001.0", directory);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/00000002.0", directory);
	big = open(path, O_CREAT | O_WRONLY, 0600);
	assert_int_equal(ftruncate(big, (off_t)ML_TRUST_BYTES + 1), 0);
	close(big);
	snprintf(path, sizeof(path), "%s/00000003.0", directory);
	assert_int_equal(mkfifo(path, 0600), 0);
	snprintf(path, sizeof(path), "%s:/elsewhere", directory);
	setenv("SSL_CERT_DIR", path, 1);
	fd = ml_trust_directory();
	assert_true(fd >= 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int got = ml_trust_open(fd, ml_str(rows[i].argument));
		if (rows[i].code ? got != rows[i].code : got < 0)
			fail_msg("%s: got %d, want %d", rows[i].argument, got, rows[i].code);
		if (got >= 0)
			close(got);
	}
	assert_int_equal(ml_trust_open(-1, ML_STR("1234abcd0")), ML_EACCES);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_directory_without_hashes_is_none),
		cmocka_unit_test(files_are_opened_by_hash_alone)};

	return cmocka_run_group_tests_name("scanner/tls-trust", tests, set_up, tear_down);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Trusted roots of the system. */
#include "scanner/tls-trust.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scanner/files.h"
#include "scanner/tls-endpoints.h"

enum { HASH_DIGITS = 8, NAME_BYTES = HASH_DIGITS + 2, LONGEST_PATH = 4096 };

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* "1234abcd" and more. */
static bool is_hash(const char *name)
{
	for (int i = 0; i < HASH_DIGITS; i++)
		if (!is_hex(name[i]))
			return false;
	return true;
}

static bool has_hashes(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	DIR *directory = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	bool found = false;

	if (!directory && copy >= 0)
		close(copy);
	while (directory && !found && (entry = readdir(directory)) != NULL)
		found = is_hash(entry->d_name) && entry->d_name[HASH_DIGITS] == '.';
	if (directory)
		closedir(directory);
	return found;
}

static int open_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && has_hashes(fd))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

int ml_trust_directory(void)
{
	/* Debian, SUSE, Arch, Alpine; Fedora and its kin. */
	static const char *const usual[] = {
		"/etc/ssl/certs", "/etc/pki/ca-trust/extracted/pem/directory-hash"};
	const char *named = getenv("SSL_CERT_DIR");
	char path[LONGEST_PATH];
	int fd = -1;

	if (named && named[0]) {
		snprintf(path, sizeof(path), "%.*s", (int)strcspn(named, ":"), named);
		return open_directory(path);
	}
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]) && fd < 0; i++)
		fd = open_directory(usual[i]);
	return fd;
}

static int check_file(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return ML_EIO;
	if (!S_ISREG(st.st_mode))
		return ML_ETYPE;
	return (uint64_t)st.st_size > ML_TRUST_BYTES ? ML_ELIMIT : 0;
}

int ml_trust_open(int directory, struct ml_str argument)
{
	char name[NAME_BYTES + 1];
	int fd, r;

	if (argument.len != HASH_DIGITS + 1 || !is_hash(argument.ptr) ||
		argument.ptr[HASH_DIGITS] < '0' || argument.ptr[HASH_DIGITS] > '9')
		return ML_ENOENT;
	if (directory < 0)
		return ML_EACCES;
	snprintf(name, sizeof(name), "%.8s.%c", argument.ptr, argument.ptr[HASH_DIGITS]);
	fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return errno == ENOENT ? ML_ENOENT : ML_EACCES;
	r = check_file(fd);
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

static int find(
	void *ctx, struct ml_arena *arena, uint32_t hash, unsigned index, struct ml_str *pem)
{
	char argument[HASH_DIGITS + 2];
	int fd, r;

	if (index > 9)
		return ML_ENOENT;
	snprintf(argument, sizeof(argument), "%08x%u", hash, index);
	fd = ml_worker_ask(ctx, ML_REQUEST_ROOT, (struct ml_str){argument, HASH_DIGITS + 1});
	if (fd < 0)
		return fd;
	r = ml_fd_read(arena, fd, ML_TRUST_BYTES, pem, NULL);
	close(fd);
	return r;
}

struct ml_tls_trust ml_trust_in_worker(struct ml_worker *worker, struct ml_str given)
{
	return (struct ml_tls_trust){.find = find, .ctx = worker, .given = given};
}

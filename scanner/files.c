/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing the files that the user names. */
#include "scanner/files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

#define AUTO_CLOSE __attribute__((cleanup(close_fd))) int

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static int errno_code(int number)
{
	switch (number) {
	case ENOENT:
	case ENOTDIR:
		return ML_ENOENT;
	case EACCES:
	case EPERM:
		return ML_EPERM;
	case EISDIR:
		return ML_ETYPE;
	default:
		return ML_EIO;
	}
}

static int fail_file(struct ml_error *err, int code, const char *path, const char *why)
{
	return ml_fail_at(err, code, path, 0, 0, "%s", why);
}

int ml_fd_read(struct ml_arena *arena, int fd, size_t max, struct ml_str *out, struct ml_error *err)
{
	ML_BUF_AUTO bytes;
	ssize_t n;

	ml_buf_init(&bytes, max);
	do {
		char part[65536];
		n = read(fd, part, sizeof(part));
		if (n > 0)
			ml_buf_add(&bytes, part, (size_t)n);
	} while ((n > 0 && !bytes.error) || (n < 0 && errno == EINTR));
	if (n < 0)
		return ml_fail(err, errno_code(errno), "%s", strerror(errno));
	if (bytes.error)
		return ml_fail(err, bytes.error, "bigger than %zu bytes", max);
	*out = ml_str_dup(arena, ml_buf_get(&bytes));
	return out->ptr ? 0 : ml_fail(err, ML_ENOMEM, "out of memory");
}

/* "/dev/fd/63", as the shell's <(…) has it, and what else stands for a descriptor that the caller
 * opened; nothing, too. */
static bool is_given(const char *path)
{
	static const char *const prefixes[] = {"/dev/fd/", "/proc/self/fd/"};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (ml_str_starts(ml_str(path), ml_str(prefixes[i])))
			return true;
	return strcmp(path, "/dev/stdin") == 0 || strcmp(path, "/dev/null") == 0;
}

/* A regular file, or a pipe that the user handed over: then reading waits for its end. */
static int is_readable(const char *path, int fd, struct ml_error *err)
{
	struct stat st;

	if (fstat(fd, &st))
		return ml_fail(err, ML_EIO, "%s", strerror(errno));
	if (S_ISREG(st.st_mode))
		return 0;
	if (S_ISDIR(st.st_mode))
		return ml_fail(err, ML_ETYPE, "%s", strerror(EISDIR));
	if (!is_given(path))
		return ml_fail(
			err, ML_ETYPE, "not a regular file; write - or /dev/stdin to read a pipe");
	return fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK)
		       ? ml_fail(err, ML_EIO, "%s", strerror(errno))
		       : 0;
}

int ml_file_read(struct ml_arena *arena, const char *path, size_t max, struct ml_str *out,
	struct ml_error *err)
{
	struct ml_error why = {0};
	int r;

	if (strcmp(path, "-") == 0) {
		r = ml_fd_read(arena, STDIN_FILENO, max, out, &why);
		return r ? fail_file(err, r, "standard input", why.message) : 0;
	}
	AUTO_CLOSE fd =
		open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY |
				   O_NONBLOCK); /* a FIFO that nobody writes to would never open */
	if (fd < 0)
		return fail_file(err, errno_code(errno), path, strerror(errno));
	r = is_readable(path, fd, &why);
	r = r ? r : ml_fd_read(arena, fd, max, out, &why);
	return r ? fail_file(err, r, path, why.message) : 0;
}

int ml_fd_write(int fd, struct ml_str bytes, struct ml_error *err)
{
	while (bytes.len) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ml_fail(err, ML_EIO, "writing: %s", strerror(errno));
		bytes = ml_str_sub(bytes, (size_t)n, bytes.len);
	}
	return 0;
}

/* Not regular, but there: a terminal, a pipe, /dev/stdout. */
static bool is_special(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static int write_directly(const char *path, struct ml_str bytes, struct ml_error *err)
{
	struct ml_error why = {0};
	AUTO_CLOSE fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return fail_file(err, ML_EIO, path, strerror(errno));
	return ml_fd_write(fd, bytes, &why) ? fail_file(err, ML_EIO, path, why.message) : 0;
}

static int fill(const char *path, int fd, struct ml_str bytes, struct ml_error *err)
{
	struct ml_error why = {0};
	mode_t mask = umask(0);

	umask(mask);
	if (ml_fd_write(fd, bytes, &why))
		return fail_file(err, ML_EIO, path, why.message);
	if (fchmod(fd, 0666 & ~mask) || fsync(fd))
		return fail_file(err, ML_EIO, path, strerror(errno));
	return 0;
}

/* By way of a temporary file; nothing interrupts it, so that none is left behind. */
static int write_beside(const char *path, struct ml_str bytes, struct ml_error *err)
{
	char temporary[4096];
	int r;

	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= (int)sizeof(temporary))
		return fail_file(err, ML_EIO, path, "path too long");
	AUTO_CLOSE fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return fail_file(err, ML_EIO, path, strerror(errno));
	r = fill(path, fd, bytes, err);
	if (r == 0 && rename(temporary, path))
		r = fail_file(err, ML_EIO, path, strerror(errno));
	if (r)
		unlink(temporary);
	return r;
}

int ml_file_write(const char *path, struct ml_str bytes, struct ml_error *err)
{
	sigset_t ends, before;
	int r;

	if (!path || strcmp(path, "-") == 0)
		return ml_fd_write(STDOUT_FILENO, bytes, err);
	if (is_special(path))
		return write_directly(path, bytes, err);
	sigemptyset(&ends);
	sigaddset(&ends, SIGHUP);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, &before);
	r = write_beside(path, bytes, err);
	sigprocmask(SIG_SETMASK, &before, NULL); /* now it ends, if it was told to */
	return r;
}

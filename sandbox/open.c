/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a regular file beneath a directory. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/sandbox.h"

static int errno_code(int number)
{
	switch (number) {
	case ENOENT:
	case ENOTDIR:
		return ML_ENOENT;
	case EACCES:
	case EPERM:
		return ML_EPERM;
	case EXDEV: /* leads out of the root */
		return ML_EACCES;
	case ELOOP: /* a magic link, or links in a circle */
	case ENXIO: /* a socket, or a FIFO without a writer */
	case ENODEV:
	case EISDIR:
		return ML_ETYPE;
	default:
		return ML_EIO;
	}
}

int ml_open_beneath(int root, const char *path, uint64_t max_size)
{
	struct open_how how = {.flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
	struct stat st;
	int fd, code = 0;

	do {
		fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	} while (fd < 0 && (errno == EINTR || errno == EAGAIN));
	if (fd < 0)
		return errno_code(errno);
	if (fstat(fd, &st))
		code = ML_EIO;
	else if (!S_ISREG(st.st_mode))
		code = ML_ETYPE;
	else if ((uint64_t)st.st_size > max_size)
		code = ML_ELIMIT;
	if (code == 0)
		return fd;
	close(fd);
	return code;
}

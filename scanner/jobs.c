/* SPDX-License-Identifier: Apache-2.0 */
/* The mains' common part around sealed workers. */
#include "scanner/jobs.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/num.h"

enum { REQUEST_OPEN = 1, PATH_BYTES = 4096 };

static int open_beneath(void *ctx, struct ml_str argument)
{
	const struct ml_job_root *root = ctx;
	char path[PATH_BYTES + 1];

	if (root->fd < 0)
		return ML_EACCES;
	if (argument.len > PATH_BYTES || (argument.len && memchr(argument.ptr, 0, argument.len)))
		return ML_ENOENT;
	memcpy(path, argument.ptr, argument.len);
	path[argument.len] = 0;
	return ml_open_beneath(root->fd, path, ML_TARGET_BYTES);
}

const struct ml_request ml_open_requests[] = {
	{REQUEST_OPEN, "open beneath the root", ML_OPENS, PATH_BYTES, open_beneath},
};
const size_t ml_open_nrequests = 1;

struct ml_worker_spec ml_job_spec(const struct ml_options *options, const char *name,
	int (*run)(struct ml_worker *worker, void *arg), void *arg)
{
	static const enum ml_sandbox_strictness modes[] = {
		[ML_MODE_DEFAULT] = ML_SANDBOX_DEFAULT, [ML_MODE_STRICT] = ML_SANDBOX_STRICT, [ML_MODE_DEGRADE] = ML_SANDBOX_DEGRADE,
	};

	return (struct ml_worker_spec){.name = name, .run = run, .arg = arg, .max_output = (size_t)512 << 20,
		.max_memory = (size_t)1536 << 20, .cpu_seconds = 60, .wall_seconds = 120, .strictness = modes[options->sandbox]};
}

static int fail_path(struct ml_error *err, int code, struct ml_str path, const char *why)
{
	return ml_fail(err, code, "%.*s: %s", ML_STR_ARG(path), why);
}

static const char *why(int code)
{
	switch (code) {
	case ML_ENOENT:
		return "no such file";
	case ML_EACCES:
		return "it leads out of the scanned directory";
	case ML_EPERM:
		return "no permission";
	case ML_ETYPE:
		return "not a regular file";
	case ML_ELIMIT:
		return "too big, or too many files";
	default:
		return "cannot be read";
	}
}

/* The whole of `fd`, which is a regular file that may grow or shrink under our eyes. */
static int read_all(struct ml_arena *arena, int fd, struct ml_str *bytes)
{
	struct stat st;
	size_t size, n = 0;
	ssize_t got;
	char *text;

	if (fstat(fd, &st) || st.st_size < 0)
		return ML_EIO;
	if ((uint64_t)st.st_size > ML_TARGET_BYTES)
		return ML_ELIMIT;
	size = (size_t)st.st_size;
	text = ml_alloc(arena, size + 1);
	if (!text)
		return ML_ENOMEM;
	while (n < size && ((got = read(fd, text + n, size - n)) > 0 || (got < 0 && errno == EINTR)))
		n += got > 0 ? (size_t)got : 0;
	*bytes = (struct ml_str){text, n};
	return n == size ? 0 : ML_EIO;
}

static int read_through_broker(void *ctx, struct ml_arena *arena, struct ml_str path, struct ml_str *bytes, struct ml_error *err)
{
	int fd = ml_worker_ask(ctx, REQUEST_OPEN, path), r;

	if (fd < 0)
		return fail_path(err, fd, path, why(fd));
	r = read_all(arena, fd, bytes);
	close(fd);
	return r ? fail_path(err, r, path, why(r)) : 0;
}

struct ml_reader ml_job_reader(struct ml_worker *worker)
{
	return (struct ml_reader){read_through_broker, worker};
}

int ml_frame_write(struct ml_worker *worker, enum ml_frame type, struct ml_str bytes)
{
	uint64_t len = bytes.len;
	char head[9];
	int r;

	head[0] = (char)type;
	memcpy(head + 1, &len, sizeof(len));
	r = ml_worker_write(worker, (struct ml_str){head, sizeof(head)});
	return r ? r : ml_worker_write(worker, bytes);
}

bool ml_frame_next(struct ml_str *rest, enum ml_frame *type, struct ml_str *bytes, bool *broken)
{
	uint64_t len = 0;

	if (rest->len == 0)
		return false;
	*broken = true;
	if (rest->len >= 9) {
		memcpy(&len, rest->ptr + 1, sizeof(len));
		*broken = len > rest->len - 9;
	}
	if (*broken) {
		*rest = ML_STR("");
		return false;
	}
	*type = (enum ml_frame)rest->ptr[0];
	*bytes = ml_str_sub(*rest, 9, 9 + (size_t)len);
	*rest = ml_str_sub(*rest, 9 + (size_t)len, rest->len);
	return true;
}

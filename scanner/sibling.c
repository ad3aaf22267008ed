/* SPDX-License-Identifier: Apache-2.0 */
/* Other binaries of ours, side by side. */
#include "scanner/sibling.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIBLINGS_MAX = 256 };

struct child {
	pid_t pid;
	int fd; /* -1: its output has ended */
};

/* PREFIX/bin/merlon-config for PREFIX/bin/merlon. */
static int path_of(const char *name, char *out, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", out, size - 1);
	char *slash;

	if (n <= 0)
		return ML_EIO;
	out[n] = 0;
	slash = strrchr(out, '/');
	if (!slash || (size_t)(slash - out) + strlen(name) + 2 > size)
		return ML_EIO;
	snprintf(slash + 1, size - (size_t)(slash + 1 - out), "%s", name);
	return 0;
}

static void become(const char *path, const struct ml_sibling *sibling, int out)
{
	int in = sibling->input >= 0 ? sibling->input : open("/dev/null", O_RDONLY);

	if (in < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
		_exit(127);
	execv(path, (char *const *)(uintptr_t)sibling->argv);
	_exit(127);
}

static int start(const struct ml_sibling *sibling, struct child *child, struct ml_error *err)
{
	char path[4096];
	int ends[2];

	if (path_of(sibling->argv[0], path, sizeof(path)) || access(path, X_OK))
		return ml_fail(err, ML_EIO, "%s is not installed beside this program", sibling->argv[0]);
	if (pipe2(ends, O_CLOEXEC))
		return ml_fail(err, ML_EIO, "%s: %s", sibling->argv[0], strerror(errno));
	child->pid = fork();
	if (child->pid == 0)
		become(path, sibling, ends[1]);
	close(ends[1]);
	child->fd = ends[0];
	if (child->pid > 0)
		return 0;
	close(ends[0]);
	child->fd = -1;
	return ml_fail(err, ML_EIO, "%s: %s", sibling->argv[0], strerror(errno));
}

/* Takes what is there; closes at the end, or when it is too much. */
static void take(struct ml_sibling *sibling, struct child *child)
{
	char part[65536];
	ssize_t n = read(child->fd, part, sizeof(part));

	if (n > 0)
		ml_buf_add(&sibling->output, part, (size_t)n);
	if ((n < 0 && errno != EINTR) || n == 0 || sibling->output.error) {
		close(child->fd);
		child->fd = -1;
		if (sibling->output.error)
			kill(child->pid, SIGKILL);
	}
}

static bool listen_once(struct ml_sibling *siblings, struct child *children, size_t n)
{
	struct pollfd fds[SIBLINGS_MAX];
	bool open = false;

	for (size_t i = 0; i < n; i++) {
		fds[i] = (struct pollfd){.fd = children[i].fd, .events = POLLIN};
		open = open || children[i].fd >= 0;
	}
	if (open)
		poll(fds, n, -1);
	for (size_t i = 0; i < n && open; i++)
		if (children[i].fd >= 0 && fds[i].revents)
			take(&siblings[i], &children[i]);
	return open;
}

static void reap(struct ml_sibling *sibling, const struct child *child)
{
	int status = 0;

	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	sibling->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int ml_siblings_run(struct ml_sibling *siblings, size_t n, struct ml_error *err)
{
	struct child children[SIBLINGS_MAX];
	size_t started = 0;
	int r = n > SIBLINGS_MAX ? ml_fail(err, ML_ELIMIT, "more than %d programs at the same time", SIBLINGS_MAX) : 0;

	while (r == 0 && started < n) {
		r = start(&siblings[started], &children[started], err);
		started += r == 0;
	}
	while (listen_once(siblings, children, started))
		;
	for (size_t i = 0; i < started; i++)
		reap(&siblings[i], &children[i]);
	return r;
}

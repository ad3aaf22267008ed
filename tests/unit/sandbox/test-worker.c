/* SPDX-License-Identifier: Apache-2.0 */
/* Workers: what they may ask, how they end, and that none of their lies reaches further than an outcome. */
#include "tests/unit/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/channel-priv.h"
#include "sandbox/sandbox.h"

enum { OPEN = 1, CHANNEL = 3 };

static int root_fd;

static int handle_open(void *ctx, struct ml_str argument)
{
	char path[256] = {0};

	memcpy(path, argument.ptr, argument.len);
	return ml_open_beneath(*(int *)ctx, path, 1000);
}

static const struct ml_request requests[] = {{OPEN, "open", 3, 200, handle_open}};

/* What came of the one worker of a test. */
struct seen {
	int code, status;
	struct ml_error error;
	struct ml_attestation attestation;
	char output[4096];
	size_t n;
};

static void keep(void *ctx, size_t i, struct ml_outcome *outcome)
{
	struct seen *seen = ctx;

	seen->code = outcome->code;
	seen->status = outcome->status;
	seen->error = outcome->error;
	seen->attestation = outcome->attestation;
	seen->n = outcome->output.len;
	if (outcome->output.len)
		memcpy(seen->output, outcome->output.ptr, outcome->output.len < 4095 ? outcome->output.len : 4095);
}

static struct ml_worker_spec spec_of(int (*run)(struct ml_worker *worker, void *arg), void *arg)
{
	return (struct ml_worker_spec){.name = "test", .run = run, .arg = arg, .requests = requests, .nrequests = 1, .broker_ctx = &root_fd,
		.max_output = 1 << 20, .max_memory = (size_t)1 << 30, .cpu_seconds = 2, .wall_seconds = 5};
}

static int open_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* Runs it and checks that the broker is as it was. */
static struct seen run_spec(struct ml_worker_spec spec)
{
	struct seen seen = {0};
	struct ml_error err = {0};
	int before = open_descriptors();

	if (ml_workers_run(&spec, 1, 1, keep, &seen, &err))
		fail_msg("%s", err.message);
	assert_int_equal(open_descriptors(), before);
	return seen;
}

static struct seen run(int (*worker)(struct ml_worker *worker, void *arg), void *arg)
{
	return run_spec(spec_of(worker, arg));
}

static int ask_and_tell(struct ml_worker *worker, void *arg)
{
	char bytes[64];
	ssize_t n;
	int fd = ml_worker_ask(worker, OPEN, ml_str(arg));

	if (fd < 0)
		return -fd;
	n = read(fd, bytes, sizeof(bytes));
	return n < 0 || ml_worker_write(worker, (struct ml_str){bytes, (size_t)n}) ? 99 : 0;
}

static void test_ask(void **state)
{
	static const struct {
		const char *path;
		int code;
	} cases[] = {
		{"file", 0}, {"sub/../file", 0}, {"inside", 0}, {"sub/up", 0}, {"absent", ML_ENOENT}, {"file/x", ML_ENOENT},
		{"outside", ML_EACCES}, {"../escape", ML_EACCES}, {"/etc/passwd", ML_EACCES}, {"absolute", ML_EACCES}, {"loop", ML_ETYPE},
		{"fifo", ML_ETYPE}, {"sub", ML_ETYPE}, {"big", ML_ELIMIT}, {"", ML_ENOENT},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct seen seen = run(ask_and_tell, (void *)(uintptr_t)cases[i].path);
		assert_int_equal(seen.code, 0);
		if (seen.status != -cases[i].code)
			fail_msg("%s: got %d, want %d", cases[i].path, -seen.status, cases[i].code);
		if (cases[i].code == 0)
			assert_memory_equal(seen.output, "hello", 5);
	}
}

static int ask_too_often(struct ml_worker *worker, void *arg)
{
	for (int i = 0; i < 4; i++)
		ml_worker_ask(worker, OPEN, ML_STR("absent"));
	return 0;
}

static int ask_unknown(struct ml_worker *worker, void *arg)
{
	return ml_worker_ask(worker, 77, ML_STR("file"));
}

static int ask_long(struct ml_worker *worker, void *arg)
{
	static char path[201];

	return ml_worker_ask(worker, OPEN, (struct ml_str){path, sizeof(path)});
}

static int ask_nothing(struct ml_worker *worker, void *arg)
{
	ml_channel_send(CHANNEL, ML_MSG_ASK, ML_STR(""), -1, 0);
	return 0;
}

static int ready_twice(struct ml_worker *worker, void *arg)
{
	struct ml_ready ready = {0};

	ml_channel_send(CHANNEL, ML_MSG_READY, (struct ml_str){(char *)&ready, sizeof(ready)}, -1, 0);
	while (ml_worker_write(worker, ML_STR("x")) == 0)
		;
	return 0;
}

static int unknown_message(struct ml_worker *worker, void *arg)
{
	ml_channel_send(CHANNEL, (enum ml_message)'z', ML_STR("x"), -1, 0);
	while (ml_worker_write(worker, ML_STR("x")) == 0)
		;
	return 0;
}

static int send_descriptor(struct ml_worker *worker, void *arg)
{
	for (;;)
		if (ml_channel_send(CHANNEL, ML_MSG_OUTPUT, ML_STR("x"), CHANNEL, 0))
			return 0;
}

static int never_take_answers(struct ml_worker *worker, void *arg)
{
	for (;;)
		if (ml_channel_send(CHANNEL, ML_MSG_ASK, ML_STR("\1absent"), -1, 0))
			return 0;
}

static void test_liars(void **state)
{
	static const struct {
		int (*run)(struct ml_worker *worker, void *arg);
		const char *name;
	} liars[] = {
		{ask_too_often, "too often"}, {ask_unknown, "unknown request"}, {ask_long, "long argument"}, {ask_nothing, "empty request"},
		{ready_twice, "ready twice"}, {unknown_message, "unknown message"}, {send_descriptor, "descriptor"},
		{never_take_answers, "answers not taken"},
	};

	for (size_t i = 0; i < sizeof(liars) / sizeof(liars[0]); i++) {
		struct seen seen = run(liars[i].run, NULL);
		if (seen.code != ML_EPROTO || !seen.error.message[0])
			fail_msg("%s: got %d (%s)", liars[i].name, seen.code, seen.error.message);
	}
}

static int flood(struct ml_worker *worker, void *arg)
{
	static char bytes[ML_MESSAGE_MAX];

	while (ml_worker_write(worker, (struct ml_str){bytes, sizeof(bytes)}) == 0)
		;
	return 0;
}

static int spin(struct ml_worker *worker, void *arg)
{
	volatile int turns = 0;

	while (turns >= 0)
		turns = !turns;
	return 0;
}

static int wait_forever(struct ml_worker *worker, void *arg)
{
	char byte;

	return (int)read(CHANNEL, &byte, 1);
}

static int eat_memory(struct ml_worker *worker, void *arg)
{
	for (;;) {
		char *p = malloc(1 << 20);
		if (!p)
			return 42;
		memset(p, 1, 1 << 20);
	}
}

static int die_half_way(struct ml_worker *worker, void *arg)
{
	ml_worker_write(worker, ML_STR("half"));
	__builtin_trap();
	return 0;
}

static int close_and_go_on(struct ml_worker *worker, void *arg)
{
	close(CHANNEL);
	return spin(worker, arg);
}

static void test_bombs(void **state)
{
	struct ml_worker_spec spec = spec_of(wait_forever, NULL);
	struct seen seen;

	assert_int_equal(run(flood, NULL).code, ML_ELIMIT);
	seen = run(spin, NULL);
	assert_int_equal(seen.code, ML_ELIMIT);
	spec.wall_seconds = 1;
	seen = run_spec(spec);
	assert_int_equal(seen.code, ML_ELIMIT);
	assert_string_equal(seen.error.message, "the worker was killed: out of time");
	spec = spec_of(eat_memory, NULL);
	spec.max_memory = (size_t)128 << 20;
	seen = run_spec(spec);
	assert_int_equal(seen.code, 0);
	assert_int_equal(seen.status, 42);
	seen = run(die_half_way, NULL);
	assert_int_equal(seen.code, ML_EIO);
	assert_memory_equal(seen.output, "half", 4);
	assert_int_equal(run(close_and_go_on, NULL).code, ML_EPROTO);
}

static int forbidden(struct ml_worker *worker, void *arg)
{
	syscall(*(long *)arg, -1, "/etc/passwd", 0, 0, 0);
	return 0;
}

static void test_forbidden(void **state)
{
	static long calls[] = {SYS_openat, SYS_socket, SYS_execve, SYS_getppid, SYS_prctl};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct seen seen = run(forbidden, &calls[i]);
		assert_int_equal(seen.code, ML_ESANDBOX);
		assert_non_null(strstr(seen.error.message, "killed by the sandbox"));
	}
}

static int name_itself(struct ml_worker *worker, void *arg)
{
	return ml_worker_write(worker, ml_str(arg));
}

struct many {
	int n, right;
};

static void count(void *ctx, size_t i, struct ml_outcome *outcome)
{
	struct many *many = ctx;

	many->n++;
	many->right += outcome->code == 0 && outcome->output.len == 2 && outcome->output.ptr[0] == (char)('a' + i % 26);
}

static void test_many(void **state)
{
	static char names[50][3];
	struct ml_worker_spec specs[50];
	struct many many = {0};
	struct ml_error err;

	for (int i = 0; i < 50; i++) {
		names[i][0] = (char)('a' + i % 26);
		names[i][1] = '!';
		specs[i] = spec_of(name_itself, names[i]);
	}
	assert_int_equal(ml_workers_run(specs, 50, 4, count, &many, &err), 0);
	assert_int_equal(many.n, 50);
	assert_int_equal(many.right, 50);
}

static void make_file(const char *name, size_t size)
{
	int fd = openat(root_fd, name, O_CREAT | O_WRONLY | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "hello", 5), 5);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	close(fd);
}

static char place[] = "/tmp/merlon-test-XXXXXX";

static int set_up(void **state)
{
	char root[64];

	if (!mkdtemp(place))
		return -1;
	snprintf(root, sizeof(root), "%s/root", place);
	if (mkdir(root, 0755) || chmod(place, 0755))
		return -1;
	root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	make_file("file", 5);
	make_file("big", 1001);
	make_file("../escape", 5);
	if (mkdirat(root_fd, "sub", 0755) || mkfifoat(root_fd, "fifo", 0600))
		return -1;
	return symlinkat("file", root_fd, "inside") || symlinkat("../file", root_fd, "sub/up") || symlinkat("../escape", root_fd, "outside") ||
		symlinkat("/etc/passwd", root_fd, "absolute") || symlinkat("loop", root_fd, "loop");
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	return remove(path);
}

static int tear_down(void **state)
{
	return nftw(place, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ask), cmocka_unit_test(test_liars), cmocka_unit_test(test_bombs), cmocka_unit_test(test_forbidden),
		cmocka_unit_test(test_many),
	};

#ifdef ML_UNSEALED
	puts("1..0 # SKIP a sanitizer build has no sealed workers");
	return 0;
#endif
	return cmocka_run_group_tests_name("sandbox/worker", tests, set_up, tear_down);
}

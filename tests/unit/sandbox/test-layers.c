/* SPDX-License-Identifier: Apache-2.0 */
/* Each layer is seen to work, and a worker without it is seen: take one away and this turns red. */
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/seal-priv.h"

/* A probe runs in a worker that lacks only the system call filter (which would kill it for asking) and perhaps one more layer: 1 when the
 * layer holds, 2 when it does not. */
static int probe_namespaces(struct ml_worker *worker, void *arg)
{
	return getpid() == 1 ? 1 : 2;
}

static int probe_descriptors(struct ml_worker *worker, void *arg)
{
	for (int fd = 4; fd < 64; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			return 2;
	return 1;
}

static int probe_environment(struct ml_worker *worker, void *arg)
{
	return getenv("MERLON_TEST_SECRET") ? 2 : 1;
}

static int probe_process(struct ml_worker *worker, void *arg)
{
	struct sigaction action;

	return umask(0) == 077 && getsid(0) == getpid() && sigaction(SIGSEGV, NULL, &action) == 0 && action.sa_handler == SIG_DFL ? 1 : 2;
}

/* With the root, nothing is there to be found; without it Landlock says no. */
static int probe_root(struct ml_worker *worker, void *arg)
{
	struct stat st;

	return stat("/etc", &st) && errno == ENOENT ? 1 : 2;
}

static int probe_limits(struct ml_worker *worker, void *arg)
{
	struct rlimit core, files, memory;

	return getrlimit(RLIMIT_FSIZE, &files) == 0 && files.rlim_max == 0 && getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0 &&
			getrlimit(RLIMIT_AS, &memory) == 0 && memory.rlim_max == (rlim_t)1 << 30
		? 1
		: 2;
}

static int probe_bounding(struct ml_worker *worker, void *arg)
{
	return prctl(PR_CAPBSET_READ, 0) == 0 && (prctl(PR_GET_SECUREBITS) & 3) == 3 ? 1 : 2;
}

static int probe_capabilities(struct ml_worker *worker, void *arg)
{
	return geteuid() != 0 && chroot("/") && errno == EPERM ? 1 : 2;
}

static int probe_privileges(struct ml_worker *worker, void *arg)
{
	int signal = 0;

	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 && prctl(PR_GET_DUMPABLE) == 0 && prctl(PR_GET_PDEATHSIG, &signal) == 0 &&
			signal == SIGKILL
		? 1
		: 2;
}

static int probe_mdwe(struct ml_worker *worker, void *arg)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);

	return mprotect(page, 4096, PROT_READ | PROT_EXEC) && errno == EACCES ? 1 : 2;
}

static int probe_landlock(struct ml_worker *worker, void *arg)
{
	return open("/", O_RDONLY | O_DIRECTORY) < 0 && errno == EACCES ? 1 : 2;
}

static int probe_files(struct ml_worker *worker, void *arg)
{
	for (int i = 0; i < 16; i++)
		if (dup(3) < 0)
			return errno == EMFILE ? 1 : 2;
	return 2;
}

static int probe_seccomp(struct ml_worker *worker, void *arg)
{
	return getppid() >= 0 ? 2 : 2;
}

typedef int (*probe)(struct ml_worker *worker, void *arg);
static const probe probes[ML_LAYERS] = {
	[ML_LAYER_NAMESPACES] = probe_namespaces, [ML_LAYER_DESCRIPTORS] = probe_descriptors, [ML_LAYER_ENVIRONMENT] = probe_environment,
	[ML_LAYER_PROCESS] = probe_process, [ML_LAYER_ROOT] = probe_root, [ML_LAYER_LIMITS] = probe_limits,
	[ML_LAYER_BOUNDING] = probe_bounding, [ML_LAYER_CAPABILITIES] = probe_capabilities, [ML_LAYER_PRIVILEGES] = probe_privileges,
	[ML_LAYER_MDWE] = probe_mdwe, [ML_LAYER_LANDLOCK] = probe_landlock, [ML_LAYER_FILES] = probe_files, [ML_LAYER_SECCOMP] = probe_seccomp,
};

/* Those that show in /proc: a worker without them is refused by the broker, whatever it says of itself. */
static const bool proved[ML_LAYERS] = {
	[ML_LAYER_LIMITS] = true, [ML_LAYER_BOUNDING] = true, [ML_LAYER_CAPABILITIES] = true, [ML_LAYER_PRIVILEGES] = true,
	[ML_LAYER_FILES] = true, [ML_LAYER_SECCOMP] = true,
};

struct seen {
	int code, status;
	struct ml_error error;
	struct ml_attestation attestation;
};

static void keep(void *ctx, size_t i, struct ml_outcome *outcome)
{
	*(struct seen *)ctx = (struct seen){outcome->code, outcome->status, outcome->error, outcome->attestation};
}

static struct seen run(probe run_probe, uint32_t skip, enum ml_sandbox_strictness strictness)
{
	struct ml_worker_spec spec = {.name = "probe", .run = run_probe, .max_output = 1, .max_memory = (size_t)1 << 30, .cpu_seconds = 5,
		.wall_seconds = 10, .skip_layers = skip, .strictness = strictness};
	struct seen seen = {0};
	struct ml_error err = {0};

	if (ml_workers_run(&spec, 1, 1, keep, &seen, &err))
		fail_msg("%s", err.message);
	return seen;
}

static int nothing(struct ml_worker *worker, void *arg)
{
	return 1;
}

static uint32_t bit(int layer)
{
	return (uint32_t)1 << layer;
}

/* An ordinary user who gets no user namespace has no capability that could be taken: the layer shows no difference. */
static bool nothing_to_drop(int layer, const struct ml_attestation *attestation)
{
	return layer == ML_LAYER_CAPABILITIES && geteuid() != 0 && attestation->lacking[ML_LAYER_NAMESPACES];
}

/* As the broker sees it: with all layers it starts; without a layer that shows in /proc it does not. */
static void test_proof(void **state)
{
	struct seen seen = run(nothing, 0, ML_SANDBOX_DEFAULT);
	struct ml_attestation attestation = seen.attestation;

	assert_int_equal(seen.code, 0);
	assert_int_equal(seen.status, 1);
	assert_true(seen.attestation.sealed);
	for (int layer = 0; layer < ML_LAYERS; layer++) {
		if (!proved[layer] || attestation.lacking[layer] || nothing_to_drop(layer, &attestation))
			continue;
		seen = run(nothing, bit(layer), ML_SANDBOX_DEFAULT);
		if (seen.code != ML_ESANDBOX || seen.attestation.sealed)
			fail_msg("without %s: got %d (%s)", ml_layer_name((enum ml_layer)layer), seen.code, seen.error.message);
	}
}

/* The probes need system calls that the filter forbids, so these workers are fully sealed but for that; they run unproved, by a broker that
 * is told so: here the child's half alone, forked by hand. */
static int probe_child(int layer, uint32_t skip)
{
	struct ml_seal seal = {.channel = 3, .max_memory = (size_t)1 << 30, .cpu_seconds = 5, .open_files = 8};
	int lacking[ML_LAYERS] = {0}, ends[2], status;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends))
		return -1;
	seal.channel = ends[1];
	pid = (pid_t)syscall(SYS_clone, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP | SIGCHLD |
		(geteuid() ? CLONE_NEWUSER : 0), NULL, NULL, NULL, NULL);
	if (pid < 0 || (skip & bit(ML_LAYER_NAMESPACES))) {
		if (pid == 0)
			_exit(0);
		if (pid > 0)
			waitpid(pid, &status, 0);
		seal.namespaces_errno = EPERM;
		pid = fork();
	} else {
		seal.user_namespace = geteuid() != 0;
	}
	if (pid == 0) {
		ml_seal(&seal, skip | bit(ML_LAYER_SECCOMP), lacking);
		_exit(lacking[layer] ? 3 : probes[layer](NULL, NULL));
	}
	close(ends[0]);
	close(ends[1]);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* Layers that another one stands in for, so that the probe has to do without both. */
static uint32_t also_without(int layer)
{
	if (layer == ML_LAYER_LANDLOCK || layer == ML_LAYER_ROOT)
		return layer == ML_LAYER_ROOT ? bit(ML_LAYER_LANDLOCK) : 0;
	if (layer == ML_LAYER_CAPABILITIES)
		return bit(ML_LAYER_BOUNDING);
	return 0;
}

static void test_each_layer(void **state)
{
	struct seen seen = run(nothing, 0, ML_SANDBOX_DEFAULT);

	for (int layer = 0; layer < ML_LAYER_SECCOMP; layer++) {
		uint32_t without = also_without(layer);
		int with_it = probe_child(layer, without), without_it = probe_child(layer, without | bit(layer));
		if (with_it == 3 || nothing_to_drop(layer, &seen.attestation)) {
			print_message("# layer %s is refused here, or has nothing to do\n", ml_layer_name((enum ml_layer)layer));
			continue;
		}
		if (with_it != 1 || without_it != 2)
			fail_msg("%s: with it %d (want 1), without it %d (want 2)", ml_layer_name((enum ml_layer)layer), with_it, without_it);
	}
}

static void test_seccomp(void **state)
{
	struct seen seen = run(probe_seccomp, 0, ML_SANDBOX_DEFAULT);

	assert_int_equal(seen.code, ML_ESANDBOX);
	assert_non_null(strstr(seen.error.message, "not allowed"));
}

/* What a hardened host does: a filter in the parent that refuses namespaces, as Docker's default profile does. */
static int refuse_namespaces(void)
{
	struct sock_filter code[] = {
		{BPF_LD | BPF_W | BPF_ABS, 0, 0, 0}, {BPF_JMP | BPF_JEQ | BPF_K, 0, 2, SYS_clone},
		{BPF_LD | BPF_W | BPF_ABS, 0, 0, 16}, {BPF_JMP | BPF_JSET | BPF_K, 1, 0, CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID},
		{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}, {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EPERM},
	};
	struct sock_fprog program = {6, code};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* In a child, so that the filter stays there: 0 when all is as it should be, else the number of the check. */
static int in_container(bool as_nobody)
{
	struct seen seen;

	if (as_nobody && geteuid() == 0 && (setgroups(0, NULL) || setgid(65534) || setuid(65534)))
		return 1;
	if (refuse_namespaces())
		return 2;
	seen = run(nothing, 0, ML_SANDBOX_DEFAULT);
	if (seen.code || seen.status != 1 || !seen.attestation.sealed)
		return 3;
	if (seen.attestation.lacking[ML_LAYER_NAMESPACES] != EPERM || seen.attestation.lacking[ML_LAYER_ROOT] != EPERM)
		return 4;
	if (as_nobody && !seen.attestation.lacking[ML_LAYER_BOUNDING])
		return 5;
	/* The container's own filter must not stand in for ours. */
	seen = run(nothing, bit(ML_LAYER_SECCOMP), ML_SANDBOX_DEFAULT);
	if (seen.code != ML_ESANDBOX || seen.attestation.sealed)
		return 7;
	seen = run(nothing, 0, ML_SANDBOX_STRICT);
	if (seen.code != ML_ESANDBOX || !strstr(seen.error.message, "\"namespaces\""))
		return 6;
	return 0;
}

static int as_user(void)
{
	struct seen seen;

	if (geteuid() == 0 && (setgroups(0, NULL) || setgid(65534) || setuid(65534)))
		return 1;
	seen = run(nothing, 0, ML_SANDBOX_DEFAULT);
	return seen.code || seen.status != 1 || !seen.attestation.sealed ? 2 : 0;
}

static int status_of(pid_t pid)
{
	int status;

	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

static void test_ordinary_user(void **state)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(as_user());
	assert_int_equal(status_of(pid), 0);
}

static void test_container(void **state)
{
	for (int nobody = geteuid() != 0; nobody < 2; nobody++) {
		pid_t pid = fork();
		if (pid == 0)
			_exit(in_container(nobody));
		assert_int_equal(status_of(pid), 0);
	}
}

static int set_up(void **state)
{
	return setenv("MERLON_TEST_SECRET", "x", 1) || fcntl(0, F_DUPFD, 20) < 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_proof), cmocka_unit_test(test_each_layer), cmocka_unit_test(test_seccomp),
		cmocka_unit_test(test_ordinary_user), cmocka_unit_test(test_container),
	};

#ifdef ML_UNSEALED
	puts("1..0 # SKIP a sanitizer build has no sealed workers");
	return 0;
#endif
	return cmocka_run_group_tests_name("sandbox/layers", tests, set_up, NULL);
}

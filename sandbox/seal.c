/* SPDX-License-Identifier: Apache-2.0 */
/* The seal: one function a layer, and the order in which they stand. The order is load-bearing; each function says what it needs. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/seal-priv.h"

#ifndef PR_SET_MDWE
#define PR_SET_MDWE               65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

enum { NOBODY = 65534 };

static int negative_errno(int result)
{
	return result < 0 ? -errno : 0;
}

/* The clone did it, or the kernel refused. */
static int apply_namespaces(struct ml_seal *seal)
{
	return -seal->namespaces_errno;
}

static int null_standard_descriptors(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return -errno;
	for (int fd = 0; fd < 3; fd++)
		if (dup2(null, fd) < 0)
			return -errno;
	return 0;
}

/* Before the root goes: /dev/null must still be there. */
static int apply_descriptors(struct ml_seal *seal)
{
	int r = null_standard_descriptors();

	if (r)
		return r;
	if (seal->channel != ML_CHANNEL_FD && dup2(seal->channel, ML_CHANNEL_FD) < 0)
		return -errno;
	return negative_errno((int)syscall(SYS_close_range, ML_CHANNEL_FD + 1, ~0u, 0));
}

static int apply_environment(struct ml_seal *seal)
{
	return negative_errno(clearenv() ? -1 : 0);
}

/* The parent's handlers would run in here, with what they know of the parent. */
static void reset_signals(void)
{
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int apply_process(struct ml_seal *seal)
{
	reset_signals();
	umask(077);
	return setsid() < 0 && errno != EPERM ? -errno : 0;
}

/* A mount point that is there on any system. */
static const char *mount_point(void)
{
	static const char *const places[] = {"/tmp", "/var/tmp", "/usr", "/etc"};
	struct stat st;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (stat(places[i], &st) == 0 && S_ISDIR(st.st_mode))
			return places[i];
	return "/";
}

/* Needs the mount namespace, and the capabilities that the next layers take away. */
static int apply_root(struct ml_seal *seal)
{
	const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	const char *place = mount_point();

	if (seal->namespaces_errno)
		return -seal->namespaces_errno;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount("none", place, "tmpfs", flags, "size=4k,nr_inodes=2,mode=0555"))
		return -errno;
	if (chdir(place) || syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/"))
		return -errno;
	return negative_errno(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | flags, NULL));
}

static int limit(int resource, rlim_t value)
{
	struct rlimit now, want = {value, value};

	if (getrlimit(resource, &now) == 0 && now.rlim_max < value)
		want = (struct rlimit){now.rlim_max, now.rlim_max};
	return negative_errno(setrlimit(resource, &want));
}

static int apply_limits(struct ml_seal *seal)
{
	const struct {
		int resource;
		rlim_t value;
	} limits[] = {
		{RLIMIT_AS, (rlim_t)seal->max_memory}, {RLIMIT_CPU, seal->cpu_seconds}, {RLIMIT_CORE, 0}, {RLIMIT_FSIZE, 0},
		{RLIMIT_NPROC, 0}, {RLIMIT_MEMLOCK, 0}, {RLIMIT_MSGQUEUE, 0},
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		int r = limit(limits[i].resource, limits[i].value);
		if (r)
			return r;
	}
	return 0;
}

static int drop_bounding(void)
{
	int refused = 0;

	for (int cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
		if (prctl(PR_CAPBSET_READ, cap) == 1 && prctl(PR_CAPBSET_DROP, cap))
			refused = errno;
	return -refused;
}

/* As root of the first user namespace: become nobody. In one of its own there is no other uid to become. */
static int drop_user(const struct ml_seal *seal)
{
	if (geteuid() != 0 || seal->user_namespace)
		return 0;
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY))
		return -errno;
	return 0;
}

static int clear_capabilities(void)
{
	cap_t none = cap_init();
	int r = none ? cap_set_proc(none) : -1;

	if (none)
		cap_free(none);
	return negative_errno(r);
}

/* Needs CAP_SETPCAP, which an ordinary user without a user namespace never had: no_new_privs makes them moot then. */
static int apply_bounding(struct ml_seal *seal)
{
	const unsigned long bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
		SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
	int r = drop_bounding();

	return r ? r : negative_errno(prctl(PR_SET_SECUREBITS, bits));
}

static int apply_capabilities(struct ml_seal *seal)
{
	int r = drop_user(seal);

	if (r)
		return r;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
		return -errno;
	return clear_capabilities();
}

/* After the change of uid, which would clear the death signal. */
static int apply_privileges(struct ml_seal *seal)
{
	bool failed = prctl(PR_SET_PDEATHSIG, SIGKILL) || prctl(PR_SET_DUMPABLE, 0) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);

	return failed ? -errno : 0;
}

static int apply_mdwe(struct ml_seal *seal)
{
	return negative_errno(prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0));
}

/* The kernel's struct grew with its ABI; ours has the fields up to ABI 6. */
struct landlock_attr {
	uint64_t fs, net, scoped;
};

/* Everything that an ABI can handle (include/uapi/linux/landlock.h of Linux 6.12). */
static struct landlock_attr everything(int abi, size_t *size)
{
	static const int fs_bits[] = {0, 13, 14, 15, 15, 16, 16};
	int known = abi < 6 ? abi : 6;

	*size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
	return (struct landlock_attr){.fs = ((uint64_t)1 << fs_bits[known]) - 1, .net = abi >= 4 ? 3 : 0, .scoped = abi >= 6 ? 3 : 0};
}

/* Needs no_new_privs. */
static int apply_landlock(struct ml_seal *seal)
{
	int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION), ruleset, r;
	struct landlock_attr attr;
	size_t size;

	if (abi < 1)
		return abi < 0 ? -errno : -ENOSYS;
	attr = everything(abi, &size);
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, size, 0);
	if (ruleset < 0)
		return -errno;
	r = negative_errno((int)syscall(SYS_landlock_restrict_self, ruleset, 0));
	close(ruleset);
	seal->landlock_abi = r ? 0 : abi;
	return r;
}

/* After Landlock, whose ruleset is a descriptor. */
static int apply_files(struct ml_seal *seal)
{
	return limit(RLIMIT_NOFILE, seal->open_files);
}

/* Last: it forbids what every layer above needed. */
static int apply_seccomp(struct ml_seal *seal)
{
	return negative_errno((int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, seal->filter));
}

const struct ml_layer_def ml_layer_defs[ML_LAYERS] = {
	[ML_LAYER_NAMESPACES] = {"namespaces", apply_namespaces, true, true},
	[ML_LAYER_DESCRIPTORS] = {"descriptors", apply_descriptors, false, false},
	[ML_LAYER_ENVIRONMENT] = {"environment", apply_environment, false, false},
	[ML_LAYER_PROCESS] = {"process", apply_process, false, false},
	[ML_LAYER_ROOT] = {"root", apply_root, true, true},
	[ML_LAYER_LIMITS] = {"limits", apply_limits, false, false},
	[ML_LAYER_BOUNDING] = {"bounding", apply_bounding, true, true},
	[ML_LAYER_CAPABILITIES] = {"capabilities", apply_capabilities, false, false},
	[ML_LAYER_PRIVILEGES] = {"privileges", apply_privileges, false, false},
	[ML_LAYER_MDWE] = {"mdwe", apply_mdwe, true, true},
	[ML_LAYER_LANDLOCK] = {"landlock", apply_landlock, false, true},
	[ML_LAYER_FILES] = {"files", apply_files, false, false},
	[ML_LAYER_SECCOMP] = {"seccomp", apply_seccomp, false, false},
};

const char *ml_layer_name(enum ml_layer layer)
{
	return ml_layer_defs[layer].name;
}

bool ml_layer_required(enum ml_layer layer, enum ml_sandbox_strictness strictness)
{
	const struct ml_layer_def *def = &ml_layer_defs[layer];

	switch (strictness) {
	case ML_SANDBOX_STRICT:
		return true;
	case ML_SANDBOX_DEGRADE:
		return !def->may_degrade;
	default:
		return !def->may_lack;
	}
}

void ml_seal(struct ml_seal *seal, uint32_t skip, int lacking[ML_LAYERS])
{
	for (int layer = 0; layer < ML_LAYERS; layer++) {
		if (layer == ML_LAYER_LIMITS && seal->warm_up)
			seal->warm_up(seal->arg);
		if (skip >> layer & 1)
			continue;
		lacking[layer] = -ml_layer_defs[layer].apply(seal);
	}
}

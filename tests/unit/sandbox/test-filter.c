/* SPDX-License-Identifier: Apache-2.0 */
/* Each table's seccomp program, simulated over every system call number and compared with the table that it was made from. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "sandbox/filter.h"
#include "tests/unit/sandbox/bpf.h"

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#endif

enum { NUMBERS = 2048 };

static const struct ml_filter_table *table;
static struct sock_fprog program;

/* *state: the table. */
static int compile(void **state)
{
	table = *state;
	return ml_filter_compile(table, &program, NULL);
}

static int release(void **state)
{
	free(program.filter);
	return 0;
}

/* What the table says, read in the plainest way. */
static bool allowed(int number, const uint64_t args[6])
{
	for (size_t i = 0; i < table->n; i++) {
		const struct ml_filter_rule *rule = &table->rules[i];
		bool holds = rule->syscall == number;
		for (unsigned c = 0; c < rule->nconditions; c++)
			holds = holds && (args[rule->conditions[c].argument] & rule->conditions[c].mask) == rule->conditions[c].value;
		if (holds)
			return true;
	}
	return false;
}

static void compare(int number, const uint64_t args[6])
{
	struct seccomp_data data = {.nr = number, .arch = NATIVE};
	uint32_t got, want = allowed(number, args) ? SECCOMP_RET_ALLOW : SECCOMP_RET_KILL_PROCESS;

	memcpy(data.args, args, sizeof(data.args));
	got = ml_bpf_run(&program, &data);
	if (got != want)
		fail_msg("system call %d(%llx, %llx, %llx, %llx): got %x, want %x", number, (unsigned long long)args[0],
			(unsigned long long)args[1], (unsigned long long)args[2], (unsigned long long)args[3], got, want);
}

/* Arguments that tell the conditions apart, and high halves that a 32-bit comparison would miss. */
static const uint64_t values[] = {
	0, 1, F_GETFL, F_SETFL, F_SETOWN, PROT_EXEC, PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC, MAP_SHARED, MAP_PRIVATE,
	MAP_ANONYMOUS | MAP_PRIVATE, MAP_ANONYMOUS | MAP_SHARED, MAP_ANONYMOUS | MAP_PRIVATE | MAP_FIXED, AT_EMPTY_PATH,
	AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, 0x100000000u, 0x100000003u, UINT64_MAX, UINT32_MAX,
};
enum { NVALUES = sizeof(values) / sizeof(values[0]) };

static void test_every_number(void **state)
{
	for (int number = 0; number < NUMBERS; number++)
		for (size_t v = 0; v < NVALUES; v++) {
			uint64_t args[6];
			for (int i = 0; i < 6; i++)
				args[i] = values[v];
			compare(number, args);
		}
}

static void test_conditions(void **state)
{
	for (size_t r = 0; r < table->n; r++)
		for (size_t v = 0; v < NVALUES; v++)
			for (size_t w = 0; w < NVALUES; w++) {
				uint64_t args[6] = {values[v], values[w], values[v], values[w], values[v], values[w]};
				compare(table->rules[r].syscall, args);
			}
}

static uint32_t verdict(int number, uint32_t arch)
{
	struct seccomp_data data = {.nr = number, .arch = arch};

	return ml_bpf_run(&program, &data);
}

static void test_other_architectures(void **state)
{
	static const uint32_t others[] = {AUDIT_ARCH_I386, AUDIT_ARCH_ARM, AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64, AUDIT_ARCH_MIPS, 0};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		for (int number = 0; number < NUMBERS; number++)
			if (others[i] != NATIVE)
				assert_int_equal(verdict(number, others[i]), SECCOMP_RET_KILL_PROCESS);
}

static void test_x32(void **state)
{
	for (int number = 0; number < NUMBERS; number++)
		assert_int_equal(verdict(0x40000000 | number, NATIVE), SECCOMP_RET_KILL_PROCESS);
	assert_int_equal(verdict(-1, NATIVE), SECCOMP_RET_KILL_PROCESS);
}

/* Never, whatever the arguments: the list that a reviewer would look for. */
static void test_never(void **state)
{
	static const int never[] = {SYS_openat, SYS_openat2, SYS_execve, SYS_execveat, SYS_clone, SYS_clone3, SYS_socket, SYS_connect, SYS_bind,
		SYS_ptrace, SYS_mount, SYS_unshare, SYS_setns, SYS_kill, SYS_tgkill, SYS_prctl, SYS_seccomp, SYS_bpf, SYS_io_uring_setup,
		SYS_userfaultfd, SYS_memfd_create, SYS_ioctl, SYS_prlimit64, SYS_setrlimit, SYS_fchmod, SYS_fsetxattr, SYS_unlinkat, SYS_renameat2,
		SYS_process_vm_readv, SYS_keyctl, SYS_shmat, SYS_pkey_mprotect, SYS_dup3, SYS_sendto, SYS_accept4};

	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		uint64_t none[6] = {0};
		assert_false(allowed(never[i], none));
		assert_int_equal(verdict(never[i], NATIVE), SECCOMP_RET_KILL_PROCESS);
	}
}

#define OF_EACH_TABLE(test) \
	{#test " parser", test, compile, release, (void *)(uintptr_t)&ml_filter_tables[ML_TABLE_PARSER]}, \
	{#test " sockets", test, compile, release, (void *)(uintptr_t)&ml_filter_tables[ML_TABLE_SOCKETS]}

int main(void)
{
	_Static_assert(ML_TABLES == 2, "the list above has each table");
	const struct CMUnitTest tests[] = {
		OF_EACH_TABLE(test_every_number), OF_EACH_TABLE(test_conditions), OF_EACH_TABLE(test_other_architectures), OF_EACH_TABLE(test_x32),
		OF_EACH_TABLE(test_never),
	};

	return cmocka_run_group_tests_name("sandbox/filter", tests, NULL, NULL);
}

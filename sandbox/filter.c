/* SPDX-License-Identifier: Apache-2.0 */
/* From the table of allowed system calls to a seccomp program, by libseccomp. */
#include "sandbox/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Only anonymous private memory, and never executable: a descriptor of the target must not become code. */
#define MAP_KIND (MAP_ANONYMOUS | MAP_PRIVATE | MAP_SHARED)

/* What zlib, zstd, libfyaml, jansson, PCRE2, OpenSSL and malloc were seen to need, and recvmsg and sendmsg on the channel. */
#define PARSER_RULES \
	{SYS_read, 0, {{0}}}, \
	{SYS_readv, 0, {{0}}}, \
	{SYS_write, 0, {{0}}}, \
	{SYS_writev, 0, {{0}}}, \
	{SYS_pread64, 0, {{0}}}, \
	{SYS_lseek, 0, {{0}}}, \
	{SYS_close, 0, {{0}}}, \
	{SYS_recvmsg, 0, {{0}}}, \
	{SYS_sendmsg, 0, {{0}}}, \
	{SYS_brk, 0, {{0}}}, \
	{SYS_mmap, 2, {{2, PROT_EXEC, 0}, {3, MAP_KIND, MAP_ANONYMOUS | MAP_PRIVATE}}}, \
	{SYS_mprotect, 1, {{2, PROT_EXEC, 0}}}, \
	{SYS_munmap, 0, {{0}}}, \
	{SYS_mremap, 0, {{0}}}, \
	{SYS_madvise, 0, {{0}}}, \
	{SYS_futex, 0, {{0}}}, \
	{SYS_fstat, 0, {{0}}}, \
	{SYS_newfstatat, 1, {{3, AT_EMPTY_PATH, AT_EMPTY_PATH}}}, \
	{SYS_fcntl, 1, {{1, UINT64_MAX, F_GETFL}}}, \
	{SYS_exit_group, 0, {{0}}}, \
	{SYS_rt_sigreturn, 0, {{0}}}, \
	{SYS_clock_gettime, 0, {{0}}}, \
	{SYS_getrandom, 0, {{0}}},

static const struct ml_filter_rule parser_rules[] = {PARSER_RULES};
/* Waiting for several sockets at once; OpenSSL's random generator asks before each use whether it was forked. */
static const struct ml_filter_rule socket_rules[] = {PARSER_RULES {SYS_ppoll, 0, {{0}}}, {SYS_getpid, 0, {{0}}}};

#define TABLE(rules, open_files) {rules, sizeof(rules) / sizeof((rules)[0]), open_files}
const struct ml_filter_table ml_filter_tables[ML_TABLES] = {
	[ML_TABLE_PARSER] = TABLE(parser_rules, 8),
	[ML_TABLE_SOCKETS] = TABLE(socket_rules, 40),
};

static int add_rule(scmp_filter_ctx ctx, const struct ml_filter_rule *rule)
{
	struct scmp_arg_cmp cmp[3];

	for (unsigned i = 0; i < rule->nconditions; i++)
		cmp[i] = (struct scmp_arg_cmp){rule->conditions[i].argument, SCMP_CMP_MASKED_EQ, rule->conditions[i].mask,
			rule->conditions[i].value};
	return seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, rule->syscall, rule->nconditions, cmp);
}

/* The program as bytes, by way of an anonymous file: libseccomp writes it nowhere else. */
static int read_program(scmp_filter_ctx ctx, struct sock_fprog *out)
{
	int fd = memfd_create("filter", MFD_CLOEXEC), r = ML_ESANDBOX;
	off_t size;

	if (fd < 0)
		return ML_ESANDBOX;
	if (seccomp_export_bpf(ctx, fd) == 0 && (size = lseek(fd, 0, SEEK_END)) > 0) {
		out->filter = malloc((size_t)size);
		out->len = (unsigned short)((size_t)size / sizeof(struct sock_filter));
		r = !out->filter ? ML_ENOMEM : pread(fd, out->filter, (size_t)size, 0) == size ? 0 : ML_ESANDBOX;
	}
	close(fd);
	return r;
}

int ml_filter_compile(const struct ml_filter_table *table, struct sock_fprog *out, struct ml_error *err)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int r = ctx ? seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) : -ENOMEM;

	*out = (struct sock_fprog){0};
	for (size_t i = 0; i < table->n && r == 0; i++)
		r = add_rule(ctx, &table->rules[i]);
	if (r == 0)
		r = read_program(ctx, out);
	if (ctx)
		seccomp_release(ctx);
	if (r == 0)
		return 0;
	free(out->filter);
	*out = (struct sock_fprog){0};
	return ml_fail(err, ML_ESANDBOX, "the seccomp filter cannot be compiled (%d)", r);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The seccomp filters of workers: tables of what is allowed, and the programs made from them. */
#ifndef ML_SANDBOX_FILTER_H
#define ML_SANDBOX_FILTER_H

#include <linux/filter.h>
#include <stddef.h>

#include "sandbox/sandbox.h"

/* One condition on an argument: (argument & mask) == value. */
struct ml_filter_condition {
	unsigned argument;
	uint64_t mask, value;
};

/* One system call that is allowed when all its conditions hold. A call may have several rows. */
struct ml_filter_rule {
	int syscall; /* SYS_… of the native architecture */
	unsigned nconditions;
	struct ml_filter_condition conditions[3];
};

/* What one kind of worker may do. */
struct ml_filter_table {
	const struct ml_filter_rule *rules;
	size_t n;
	unsigned open_files; /* RLIMIT_NOFILE */
};
extern const struct ml_filter_table ml_filter_tables[ML_TABLES];

/* Compiles a table: default KILL_PROCESS, native architecture only. The program's memory is the caller's to free(). ML_ESANDBOX, ML_ENOMEM. */
int ml_filter_compile(const struct ml_filter_table *table, struct sock_fprog *out, struct ml_error *err);

#endif

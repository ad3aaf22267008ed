/* SPDX-License-Identifier: Apache-2.0 */
/* The seccomp filter of a parser worker: a table of what is allowed, and the program made from it. */
#ifndef ML_SANDBOX_FILTER_H
#define ML_SANDBOX_FILTER_H

#include <linux/filter.h>
#include <stddef.h>

#include "base/error.h"

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

/* What zlib, zstd, libfyaml, jansson, PCRE2 and malloc were seen to need, and recvmsg and sendmsg on the channel. */
extern const struct ml_filter_rule ml_parser_rules[];
extern const size_t ml_parser_nrules;

/* Compiles a table: default KILL_PROCESS, native architecture only. The program's memory is the caller's to free(). ML_ESANDBOX, ML_ENOMEM. */
int ml_filter_compile(const struct ml_filter_rule *rules, size_t n, struct sock_fprog *out, struct ml_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A small interpreter of classic BPF over struct seccomp_data: what a filter would say to a system call, without making it. */
#ifndef ML_TESTS_UNIT_SANDBOX_BPF_H
#define ML_TESTS_UNIT_SANDBOX_BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <string.h>

#define ML_BPF_BAD 0xffffffffu /* the program does what seccomp programs do not do */

static inline uint32_t ml_bpf_run(const struct sock_fprog *program, const struct seccomp_data *data)
{
	uint32_t a = 0, word;

	for (unsigned pc = 0, steps = 0; pc < program->len && steps < 100000; steps++) {
		const struct sock_filter *i = &program->filter[pc++];
		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (i->k > sizeof(*data) - 4)
				return ML_BPF_BAD;
			memcpy(&word, (const char *)data + i->k, 4);
			a = word;
			break;
		case BPF_JMP | BPF_JA:
			pc += i->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += a == i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			pc += a > i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			pc += a >= i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			pc += a & i->k ? i->jt : i->jf;
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			break;
		case BPF_RET | BPF_K:
			return i->k;
		default:
			return ML_BPF_BAD;
		}
	}
	return ML_BPF_BAD;
}

#endif

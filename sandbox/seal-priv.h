/* SPDX-License-Identifier: Apache-2.0 */
/* Sealing a process, layer by layer: the child's side of starting a worker. */
#ifndef ML_SANDBOX_SEAL_PRIV_H
#define ML_SANDBOX_SEAL_PRIV_H

#include <linux/filter.h>

#include "sandbox/sandbox.h"

enum { ML_CHANNEL_FD = 3 };

/* What the layers need to know. */
struct ml_seal {
	int channel;          /* before it is moved to ML_CHANNEL_FD */
	int namespaces_errno; /* 0: the clone had them */
	bool user_namespace;  /* it has one of its own */
	size_t max_memory;
	unsigned cpu_seconds, open_files;
	const struct sock_fprog *filter;
	void (*warm_up)(void *arg);
	void *arg;
	int landlock_abi; /* out */
};

/* One layer: applied in the child, 0 or -errno. */
struct ml_layer_def {
	const char *name;
	int (*apply)(struct ml_seal *seal);
	bool may_lack;    /* with ML_SANDBOX_DEFAULT */
	bool may_degrade; /* with ML_SANDBOX_DEGRADE */
};
extern const struct ml_layer_def ml_layer_defs[ML_LAYERS];

/* Whether a layer that the kernel refused ends the worker. */
bool ml_layer_required(enum ml_layer layer, enum ml_sandbox_strictness strictness);

/* Applies all layers in order, leaving out those of the bit set `skip` (tests only; 0 in every binary), and notes in lacking[] what the kernel refused.
 * The warm-up runs before the limits. */
void ml_seal(struct ml_seal *seal, uint32_t skip, int lacking[ML_LAYERS]);

#endif

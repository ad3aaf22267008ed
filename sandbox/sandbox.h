/* SPDX-License-Identifier: Apache-2.0 */
/* The sealed worker as its users see it: what it may do, what it may ask, how it is started and what came of it. */
#ifndef ML_SANDBOX_SANDBOX_H
#define ML_SANDBOX_SANDBOX_H

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"

/* The layers, in the order in which they are applied. */
enum ml_layer {
	ML_LAYER_NAMESPACES,   /* mount, pid, ipc, uts, cgroup; user too when not root */
	ML_LAYER_DESCRIPTORS,  /* 0 to 2 are /dev/null, 3 the channel, nothing else is open */
	ML_LAYER_ENVIRONMENT,  /* empty */
	ML_LAYER_PROCESS,      /* a session of its own, umask 077, no signal handlers */
	ML_LAYER_ROOT,         /* an empty read-only root; needs the namespaces */
	ML_LAYER_LIMITS,       /* memory, CPU time, no core, no file growth, no process */
	ML_LAYER_BOUNDING,     /* bounding set empty, securebits locked; needs CAP_SETPCAP */
	ML_LAYER_CAPABILITIES, /* all other sets empty, uid and gid nobody when it was root */
	ML_LAYER_PRIVILEGES,   /* no_new_privs, not dumpable, dies with its parent */
	ML_LAYER_MDWE,         /* memory that was writable never becomes executable (Linux 6.3) */
	ML_LAYER_LANDLOCK,     /* every access of the kernel's ABI handled, nothing granted (Linux 5.13) */
	ML_LAYER_FILES,        /* RLIMIT_NOFILE: what is in use, and what its table allows from the broker */
	ML_LAYER_SECCOMP,      /* the allow-list; everything else kills the process */
	ML_LAYERS,
};

/* "namespaces" … */
const char *ml_layer_name(enum ml_layer layer);

enum ml_sandbox_strictness {
	/* What containers and the kernels of supported distributions refuse may be lacking, and is then named in the attestation and
	 * in every report: namespaces and root (a default Docker container), bounding (an ordinary user without a user namespace), mdwe (before
	 * Linux 6.3). Every other layer is required. */
	ML_SANDBOX_DEFAULT,
	ML_SANDBOX_STRICT,  /* every layer or no worker */
	ML_SANDBOX_DEGRADE, /* Landlock may be lacking too (before Linux 5.13, or off at boot) */
};

/* What is known of a worker's seal. A layer is proved when the broker saw it in /proc or the kernel reported its success to the child before the
 * child had read anything. */
struct ml_attestation {
	bool sealed;               /* false only in builds with ML_UNSEALED */
	int lacking[ML_LAYERS];    /* 0: applied; else the errno with which the kernel refused */
	int landlock_abi;
	unsigned uid;              /* as the broker sees it */
	uint32_t filter_length;    /* instructions of the seccomp program */
	uint8_t filter_sha256[32];
};

/* As a JSON object: {"capabilities":"none","landlock":7,…}, sorted keys. */
void ml_attestation_json(const struct ml_attestation *attestation, struct ml_json *json);
/* "namespaces (Operation not permitted), root (…)" or "" when nothing is lacking. In the arena. */
struct ml_str ml_attestation_lacking(const struct ml_attestation *attestation, struct ml_arena *arena);

/* One thing that a worker may ask of its broker: a row of a constant table. */
struct ml_request {
	uint8_t id;
	const char *name;
	uint32_t max_times;    /* more end the worker */
	uint32_t max_argument; /* bytes; longer ends the worker */
	/* Runs in the broker. A descriptor (the broker sends and closes it), or ML_ENOENT, ML_EACCES, ML_EPERM, ML_ETYPE, ML_ELIMIT, ML_EIO. The argument is
	 * hostile; it must not be parsed beyond what the kernel does with it. */
	int (*handle)(void *ctx, struct ml_str argument);
};

struct ml_worker; /* the worker's side */

/* What a worker may do beyond computing: which table of system calls it gets. */
enum ml_table {
	ML_TABLE_PARSER,  /* reads and writes what it was given, one descriptor at a time */
	ML_TABLE_SOCKETS, /* the same with many descriptors, and waits for them: ppoll */
	ML_TABLES,
};

struct ml_worker_spec {
	const char *name; /* for messages */
	/* The worker's life after the seal. Its return value (0 to 255) reaches the broker as `status`. */
	int (*run)(struct ml_worker *worker, void *arg);
	void (*warm_up)(void *arg); /* before the seal, in the child: what a library would do lazily. May be NULL */
	void *arg;
	enum ml_table table;
	const struct ml_request *requests;
	size_t nrequests;
	void *broker_ctx;   /* for the handlers */
	size_t max_output;  /* bytes; more end the worker */
	size_t max_memory;  /* bytes of address space, the program itself included */
	unsigned cpu_seconds;
	unsigned wall_seconds;
	enum ml_sandbox_strictness strictness;
	uint32_t skip_layers; /* for the sandbox's own tests: these are not applied. 0 in every binary */
};

/* What came of a worker. */
struct ml_outcome {
	int code;             /* 0: it ended by itself; ML_ESANDBOX: could not be sealed, or was killed by a layer; ML_ELIMIT: time,
	                         memory or output; ML_EPROTO: it lied; ML_EIO: died otherwise */
	int status;           /* exit status when code is 0 */
	bool refused;         /* it never ran: a required layer is lacking, or the seal could not be proved. The machine's fault, not the target's */
	struct ml_error error; /* why, when code is not 0 */
	struct ml_attestation attestation; /* valid once it was sealed */
	struct ml_buf output; /* what it wrote, in order; the caller's to free */
};

/* Runs `n` workers, at most `jobs` at a time, each a fork of this process. done(ctx, i, outcome) is called in the order of
 * ending, then outcome->output is freed. The caller is single-threaded. 0; ML_ENOMEM, ML_ESANDBOX with what to do when this machine cannot seal at all. */
int ml_workers_run(const struct ml_worker_spec *specs, size_t n, unsigned jobs,
	void (*done)(void *ctx, size_t i, struct ml_outcome *outcome), void *ctx, struct ml_error *err);

/* In the worker: asks, and gets a descriptor of its own to close; or the handler's error. */
int ml_worker_ask(struct ml_worker *worker, uint8_t request, struct ml_str argument);
/* In the worker: output. ML_EIO when the broker is gone. */
int ml_worker_write(struct ml_worker *worker, struct ml_str bytes);

/* Opens the regular file `path` beneath the directory `root` for reading: symbolic links are followed as long as they stay beneath it (openat2 with
 * RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS). A descriptor; ML_ENOENT; ML_EACCES: it leads out; ML_EPERM: no permission; ML_ETYPE: not a
 * regular file, or links in a circle; ML_ELIMIT: over `max_size` bytes; ML_EIO. Never blocks. */
int ml_open_beneath(int root, const char *path, uint64_t max_size);

#endif

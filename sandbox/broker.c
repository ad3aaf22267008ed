/* SPDX-License-Identifier: Apache-2.0 */
/* The broker: starts workers, proves their seal, answers what the table allows, bounds what they write, and ends them in time. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sha256.h"
#include "sandbox/attest-priv.h"
#include "sandbox/channel-priv.h"
#include "sandbox/filter.h"
#include "sandbox/worker-priv.h"

enum { JOBS_MAX = 256, REQUESTS_MAX = 32, BURST = 64 };

/* A worker that runs: its slot in the pool. */
struct running {
	bool used, proved, killed;
	pid_t pid;
	int channel;
	int64_t deadline; /* milliseconds of CLOCK_MONOTONIC */
	size_t index;     /* into specs */
	uint32_t asked[REQUESTS_MAX];
	struct ml_outcome outcome;
};

/* A table's seccomp program, made when the first worker needs it. */
struct program {
	struct sock_fprog filter;
	uint8_t sha256[32];
};

struct pool {
	const struct ml_worker_spec *specs;
	struct program programs[ML_TABLES];
	struct running *slots;
	unsigned jobs;
	bool root;
};

/* Notes why a worker is ended, once, and kills it. */
static void end(struct running *slot, int code, const char *why)
{
	if (!slot->outcome.code) {
		slot->outcome.code = code;
		ml_fail(&slot->outcome.error, code, "%s", why);
	}
	if (!slot->killed)
		kill(slot->pid, SIGKILL);
	slot->killed = true;
}

#define NAMESPACES (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)

/* A fork with as many namespaces as the kernel grants: as root plainly, else (or when root has not the capability) inside a user
 * namespace of its own, else none. */
static pid_t fork_with_namespaces(bool root, struct ml_seal *seal)
{
	const unsigned long attempts[] = {NAMESPACES, NAMESPACES | CLONE_NEWUSER, 0};
	pid_t pid = -1;

	for (int i = root ? 0 : 1; i < 3; i++) {
		seal->user_namespace = (attempts[i] & CLONE_NEWUSER) != 0;
		if (attempts[i])
			seal->namespaces_errno = 0;
		pid = (pid_t)syscall(SYS_clone, attempts[i] | SIGCHLD, NULL, NULL, NULL, NULL);
		if (pid >= 0)
			return pid;
		seal->namespaces_errno = errno;
	}
	return pid;
}

static int compile(struct pool *pool, enum ml_table table, struct ml_error *err)
{
	struct program *program = &pool->programs[table];
	int r;

	if (program->filter.filter)
		return 0;
	r = ml_filter_compile(&ml_filter_tables[table], &program->filter, err);
	if (r == 0)
		ml_sha256((struct ml_str){(char *)program->filter.filter, program->filter.len * sizeof(struct sock_filter)}, program->sha256);
	return r;
}

static int start(struct pool *pool, struct running *slot, size_t index, struct ml_error *err)
{
	const struct ml_worker_spec *spec = &pool->specs[index];
	struct ml_seal seal = {.max_memory = spec->max_memory, .cpu_seconds = spec->cpu_seconds, .filter = &pool->programs[spec->table].filter,
		.open_files = ml_filter_tables[spec->table].open_files, .warm_up = spec->warm_up, .arg = spec->arg};
	int ends[2], r = compile(pool, spec->table, err);

	if (r)
		return r;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return ml_fail(err, ML_ESANDBOX, "no socket for worker %s: %s", spec->name, strerror(errno));
	*slot = (struct running){.used = true, .channel = ends[0], .index = index};
	slot->deadline = ml_clock_ms() + 1000 * (int64_t)spec->wall_seconds;
	ml_buf_init(&slot->outcome.output, spec->max_output);
	seal.channel = ends[1];
	slot->pid = fork_with_namespaces(pool->root, &seal);
	if (slot->pid == 0)
		ml_worker_life(spec, &seal);
	close(ends[1]);
	if (slot->pid > 0)
		return 0;
	close(ends[0]);
	slot->used = false;
	return ml_fail(err, ML_ESANDBOX, "worker %s cannot be started: %s", spec->name, strerror(errno));
}

/* The first layer without which no worker may run, or -1. */
static int missing_layer(const struct ml_worker_spec *spec, const struct ml_attestation *attestation)
{
	for (int layer = 0; layer < ML_LAYERS; layer++)
		if (attestation->lacking[layer] && ml_layer_required((enum ml_layer)layer, spec->strictness))
			return layer;
	return -1;
}

/* It has read nothing, and will not. */
static void refuse(struct running *slot, const char *why)
{
	slot->outcome.refused = true;
	end(slot, ML_ESANDBOX, why);
}

static void refuse_layer(struct running *slot, int layer)
{
	const char *hint = layer == ML_LAYER_NAMESPACES || layer == ML_LAYER_ROOT
		? "; allow user namespaces (sysctl kernel.unprivileged_userns_clone, user.max_user_namespaces), or leave --sandbox=strict"
		: layer == ML_LAYER_LANDLOCK ? "; boot with lsm=landlock,… or accept it with --sandbox=degrade" : "";
	char why[384];

	snprintf(why, sizeof(why), "the kernel refuses the sandbox's layer \"%s\": %s%s", ml_layer_name((enum ml_layer)layer),
		strerrordesc_np(slot->outcome.attestation.lacking[layer]), hint);
	refuse(slot, why);
}

/* The worker says that it is sealed. It has read nothing yet, so its word on what the kernel refused is still our own; what shows in /proc is looked
 * at all the same. */
static void prove(struct pool *pool, struct running *slot, struct ml_str payload)
{
	const struct ml_worker_spec *spec = &pool->specs[slot->index];
	struct ml_attestation *attestation = &slot->outcome.attestation;
	struct ml_ready ready;
	int layer;

	if (payload.len != sizeof(ready) || slot->proved) {
		end(slot, ML_EPROTO, "the worker broke the protocol: said twice or wrongly that it is ready");
		return;
	}
	memcpy(&ready, payload.ptr, sizeof(ready));
	memcpy(attestation->lacking, ready.lacking, sizeof(attestation->lacking));
	attestation->landlock_abi = ready.landlock_abi;
	attestation->filter_length = pool->programs[spec->table].filter.len;
	memcpy(attestation->filter_sha256, pool->programs[spec->table].sha256, 32);
	layer = missing_layer(spec, attestation);
	if (layer >= 0) {
		refuse_layer(slot, layer);
		return;
	}
#ifndef ML_UNSEALED
	struct ml_error err = {0};
	if (ml_attest(slot->pid, pool->root, ml_filter_tables[spec->table].open_files, attestation, &err)) {
		refuse(slot, err.message);
		return;
	}
#endif
	slot->proved = true;
	if (ml_channel_send(slot->channel, ML_MSG_GO, ML_STR(""), -1, MSG_DONTWAIT))
		end(slot, ML_EIO, "the worker died before it began");
}

static const struct ml_request *find_request(const struct ml_worker_spec *spec, uint8_t id, size_t *at)
{
	for (*at = 0; *at < spec->nrequests && *at < REQUESTS_MAX; ++*at)
		if (spec->requests[*at].id == id)
			return &spec->requests[*at];
	return NULL;
}

static void answer(struct pool *pool, struct running *slot, struct ml_str payload)
{
	const struct ml_worker_spec *spec = &pool->specs[slot->index];
	size_t at = 0;
	const struct ml_request *request = payload.len ? find_request(spec, (uint8_t)payload.ptr[0], &at) : NULL;
	struct ml_str argument = ml_str_sub(payload, 1, payload.len);
	int result, code, fd = -1;

	if (!request || argument.len > request->max_argument || ++slot->asked[at] > request->max_times) {
		end(slot, ML_EPROTO, "the worker asked for something that it may not ask");
		return;
	}
	result = request->handle(spec->broker_ctx, argument);
	code = result < 0 ? result : 0;
	if (result >= 0)
		fd = result;
	if (ml_channel_send(slot->channel, ML_MSG_ANSWER, (struct ml_str){(char *)&code, sizeof(code)}, fd, MSG_DONTWAIT))
		end(slot, ML_EPROTO, "the worker does not take its answers");
	if (fd >= 0)
		close(fd);
}

static void take_output(struct running *slot, struct ml_str payload)
{
	ml_buf_str(&slot->outcome.output, payload);
	if (slot->outcome.output.error)
		end(slot, ML_ELIMIT, "the worker wrote more than it may");
}

static void take_message(struct pool *pool, struct running *slot, char type, struct ml_str payload)
{
	if (type == ML_MSG_READY)
		prove(pool, slot, payload);
	else if (!slot->proved)
		end(slot, ML_EPROTO, "the worker broke the protocol: spoke before its seal was proved");
	else if (type == ML_MSG_ASK)
		answer(pool, slot, payload);
	else if (type == ML_MSG_OUTPUT)
		take_output(slot, payload);
	else
		end(slot, ML_EPROTO, "the worker broke the protocol: unknown message");
}

/* How the kernel says that it ended, in words. */
static void judge_status(struct running *slot, int status)
{
	struct ml_outcome *outcome = &slot->outcome;
	int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (outcome->code)
		return;
	outcome->refused = !slot->proved;
	if (outcome->refused)
		outcome->code = ml_fail(&outcome->error, ML_ESANDBOX, "the worker ended before it was sealed");
	else if (signal == SIGSYS)
		outcome->code = ml_fail(&outcome->error, ML_ESANDBOX, "the worker was killed by the sandbox: it made a system call that is not allowed");
	else if (signal == SIGKILL || signal == SIGXCPU)
		outcome->code = ml_fail(&outcome->error, ML_ELIMIT, "the worker was killed: out of CPU time or memory");
	else if (signal)
		outcome->code = ml_fail(&outcome->error, ML_EIO, "the worker died: %s", sigdescr_np(signal));
	else
		outcome->status = WEXITSTATUS(status);
}

/* Its channel is closed: whatever it still does, it is over. */
static void bury(struct running *slot)
{
	int status = 0;
	int64_t limit = ml_clock_ms() + 1000;

	/* It closes its channel by exiting; one that closed it and goes on is killed. */
	while (waitpid(slot->pid, &status, WNOHANG) == 0) {
		if (ml_clock_ms() > limit || slot->killed) {
			end(slot, ML_EPROTO, "the worker closed its channel and went on");
			waitpid(slot->pid, &status, 0);
			break;
		}
		struct timespec pause = {0, 50000};
		nanosleep(&pause, NULL);
	}
	judge_status(slot, status);
	close(slot->channel);
}

/* Takes what is there, at most a burst, so that one that floods does not starve the others. False at the end. */
static bool listen_to(struct pool *pool, struct running *slot)
{
	static char message[ML_MESSAGE_MAX];

	for (int i = 0; i < BURST && !slot->killed; i++) {
		char type;
		int fd, n;
		errno = 0;
		n = ml_channel_receive(slot->channel, &type, message, &fd, MSG_DONTWAIT);
		if (fd >= 0) {
			close(fd);
			n = ML_EPROTO;
		}
		if (n == ML_EPROTO) {
			end(slot, ML_EPROTO, "the worker broke the protocol: a malformed message, or a descriptor");
			return false;
		}
		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK;
		take_message(pool, slot, type, (struct ml_str){message, (size_t)n});
	}
	return !slot->killed;
}

static int poll_timeout(const struct pool *pool)
{
	int64_t now = ml_clock_ms(), soonest = INT_MAX;

	for (unsigned i = 0; i < pool->jobs; i++)
		if (pool->slots[i].used && pool->slots[i].deadline - now < soonest)
			soonest = pool->slots[i].deadline - now;
	return soonest < 0 ? 0 : (int)soonest;
}

static void serve(struct pool *pool, void (*done)(void *ctx, size_t i, struct ml_outcome *outcome), void *ctx)
{
	struct pollfd fds[JOBS_MAX];

	for (unsigned i = 0; i < pool->jobs; i++)
		fds[i] = (struct pollfd){.fd = pool->slots[i].used ? pool->slots[i].channel : -1, .events = POLLIN};
	poll(fds, pool->jobs, poll_timeout(pool));
	for (unsigned i = 0; i < pool->jobs; i++) {
		struct running *slot = &pool->slots[i];
		bool alive = true;
		if (!slot->used)
			continue;
		if (fds[i].revents)
			alive = listen_to(pool, slot);
		if (alive && ml_clock_ms() > slot->deadline) {
			end(slot, ML_ELIMIT, "the worker was killed: out of time");
			alive = false;
		}
		if (alive)
			continue;
		bury(slot);
		slot->used = false;
		done(ctx, slot->index, &slot->outcome);
		ml_buf_free(&slot->outcome.output);
	}
}

/* Starts what has room; the index of the next spec, or an error. */
static int fill(struct pool *pool, size_t n, size_t *next, struct ml_error *err)
{
	for (unsigned i = 0; i < pool->jobs && *next < n; i++) {
		int r;
		if (pool->slots[i].used)
			continue;
		r = start(pool, &pool->slots[i], *next, err);
		if (r)
			return r;
		++*next;
	}
	return 0;
}

static bool busy(const struct pool *pool)
{
	for (unsigned i = 0; i < pool->jobs; i++)
		if (pool->slots[i].used)
			return true;
	return false;
}

static void stop(struct pool *pool)
{
	for (unsigned i = 0; i < pool->jobs; i++) {
		if (!pool->slots[i].used)
			continue;
		end(&pool->slots[i], ML_EIO, "stopped");
		bury(&pool->slots[i]);
		ml_buf_free(&pool->slots[i].outcome.output);
	}
}

int ml_workers_run(const struct ml_worker_spec *specs, size_t n, unsigned jobs,
	void (*done)(void *ctx, size_t i, struct ml_outcome *outcome), void *ctx, struct ml_error *err)
{
	struct pool pool = {.specs = specs, .jobs = jobs < 1 ? 1 : jobs > JOBS_MAX ? JOBS_MAX : jobs, .root = geteuid() == 0};
	size_t next = 0;
	int r = 0;

	pool.slots = calloc(pool.jobs, sizeof(*pool.slots));
	if (!pool.slots)
		r = ml_fail(err, ML_ENOMEM, "out of memory");
	while (r == 0 && (next < n || busy(&pool))) {
		r = fill(&pool, n, &next, err);
		if (r == 0)
			serve(&pool, done, ctx);
	}
	if (r && pool.slots)
		stop(&pool);
	free(pool.slots);
	for (size_t i = 0; i < ML_TABLES; i++)
		free(pool.programs[i].filter.filter);
	return r;
}

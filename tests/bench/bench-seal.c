/* SPDX-License-Identifier: Apache-2.0 */
/* What sealing costs: a worker from fork to its end, against fork and exec of true in the same run. */
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/sandbox.h"
#include "tests/bench/bench.h"

enum { RUNS = 301 };

static void run_true(void *arg)
{
	static char name[] = "true", *argv[] = {name, NULL}, *environment[] = {NULL};
	pid_t pid;

	if (posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environment) == 0)
		waitpid(pid, NULL, 0);
}

static void run_fork(void *arg)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
}

static int nothing(struct ml_worker *worker, void *arg)
{
	return 0;
}

static int failures;

static void done(void *ctx, size_t i, struct ml_outcome *outcome)
{
	failures += outcome->code != 0;
}

static void run_sealed(void *arg)
{
	struct ml_worker_spec spec = {.name = "bench", .run = nothing, .max_output = 1, .max_memory = (size_t)1 << 30, .cpu_seconds = 1,
		.wall_seconds = 5};
	struct ml_error err;

	failures += ml_workers_run(&spec, 1, 1, done, NULL, &err) != 0;
}

int main(void)
{
	double with_exec = ml_bench_median(run_true, NULL, RUNS), plain = ml_bench_median(run_fork, NULL, RUNS);
	double sealed = ml_bench_median(run_sealed, NULL, RUNS);

	printf("fork and exec of true        %7.3f ms\n", with_exec);
	printf("fork alone                   %7.3f ms\n", plain);
	printf("sealed worker, start to end  %7.3f ms (%.2f of fork and exec; filter compiled, sealed, proved, reaped)\n", sealed, sealed / with_exec);
	printf("sealing adds                 %7.3f ms to a fork (want at most 3)\n", sealed - plain);
	return failures ? 1 : 0;
}

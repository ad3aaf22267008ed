/* SPDX-License-Identifier: Apache-2.0 */
/* What loading a pack costs each worker: its YAML alone, then parsed, checked and compiled, with and without the tests that stand in it. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "facts/dockerfile.h"
#include "policies/policy.h"
#include "tests/bench/bench.h"

enum { RUNS = 101, BYTES = 1 << 24, ARENA = 1 << 28 };

struct pack {
	struct ml_policy_source source;
	struct ml_policies_wish wish;
	size_t rules, memory;
	int failures;
};

static void parse(void *arg)
{
	struct pack *pack = arg;
	ML_ARENA_AUTO arena = ml_arena_new(ARENA);
	struct ml_yaml yaml;

	pack->failures += !arena || ml_yaml_parse(arena, pack->source.bytes, NULL, &yaml) != 0;
}

static void load(void *arg)
{
	struct pack *pack = arg;
	ML_ARENA_AUTO arena = ml_arena_new(ARENA);
	struct ml_diags diags = {.arena = arena};
	struct ml_policies policies;

	if (!arena || ml_policies_load(arena, &pack->source, 1, &pack->wish, &diags, &policies)) {
		pack->failures++;
		return;
	}
	pack->rules = policies.n ? policies.items[0].nrules : 0;
	pack->memory = ml_arena_used(arena);
}

/* As a worker does it: once, in a process whose heap is new. */
static void load_in_child(void *arg)
{
	struct pack *pack = arg;
	pid_t pid = fork();
	int status = 1;

	if (pid == 0) {
		load(pack);
		_exit(pack->failures != 0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		pack->failures++;
}

static void fork_alone(void *arg)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
}

static bool read_pack(struct pack *pack, const char *path)
{
	static char bytes[BYTES];
	FILE *file = fopen(path, "rb");
	size_t n = file ? fread(bytes, 1, sizeof(bytes), file) : 0;

	if (file)
		fclose(file);
	pack->source = (struct ml_policy_source){ml_str(path), ML_STR(""), {bytes, n}, true};
	return n > 0;
}

int main(int argc, char **argv)
{
	static const struct ml_kind other = {.name = "config.other", .about = "none", .root = &ml_df_root};
	const char *root = getenv("ML_SRCDIR");
	char path[4096];
	struct pack pack = {0};
	double yaml, whole, tests, passed, child, alone;

	snprintf(path, sizeof(path), "%s/policies/packs/dockerfile-hardening.yaml", root ? root : ".");
	if (!read_pack(&pack, argc > 1 ? argv[1] : path)) {
		fprintf(stderr, "%s: cannot be read\n", path);
		return 1;
	}
	child = ml_bench_median(load_in_child, &pack, RUNS);
	alone = ml_bench_median(fork_alone, &pack, RUNS);
	yaml = ml_bench_median(parse, &pack, RUNS);
	whole = ml_bench_median(load, &pack, RUNS);
	pack.wish.tests = true;
	tests = ml_bench_median(load, &pack, RUNS);
	pack.wish.kind = &other;
	passed = ml_bench_median(load, &pack, RUNS);
	pack.wish = (struct ml_policies_wish){0};
	load(&pack);
	printf("%zu bytes, %zu rules, %zu KiB of memory\n", pack.source.bytes.len, pack.rules, pack.memory >> 10);
	printf("YAML tree alone              %7.3f ms\n", yaml);
	printf("loaded without tests         %7.3f ms (%.1f us a rule)\n", whole, pack.rules ? 1e3 * whole / (double)pack.rules : 0);
	printf("the same in a new process    %7.3f ms (a fork alone, %.3f ms, taken off)\n", child - alone, alone);
	printf("loaded with tests            %7.3f ms\n", tests);
	printf("passed over, of another kind %7.3f ms\n", passed);
	return pack.failures ? 1 : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What judging Dockerfiles costs: judge-cost PACK FILE…, a line "STEPS FILE" for each, steps as CEL counts
 * them (ml_run.cost). For growth.sh. */
#include <stdio.h>

#include "checks/config/dockerfile/dockerfile.h"
#include "facts/dockerfile.h"
#include "policies/judge.h"

enum { BYTES = 16 << 20 };

static struct ml_str read_whole(struct ml_arena *arena, const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = ml_alloc(arena, BYTES);
	size_t n = file && text ? fread(text, 1, BYTES, file) : 0;

	if (file)
		fclose(file);
	return file && text ? (struct ml_str){text, n} : ML_STR_NONE;
}

static int read_file(void *ctx, struct ml_arena *arena, struct ml_str path, struct ml_str *bytes,
	struct ml_error *err)
{
	struct ml_str name = ml_strf(arena, "%.*s", ML_STR_ARG(path));

	*bytes = read_whole(arena, name.ptr);
	return bytes->ptr ? 0 : ml_fail(err, ML_ENOENT, "%s: no such file", name.ptr);
}

static bool measure(const struct ml_policies *policies, struct ml_str file)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)1 << 30);
	struct ml_facts *facts = ml_facts_new(arena, &ml_kind_dockerfile, file);
	struct ml_reader reader = {read_file, NULL};
	struct ml_dockerfile_request request = {.file = file, .context = ml_str("none")};
	struct ml_run run;

	if (!facts || ml_dockerfile_collect(facts, &reader, &request) ||
		ml_judge(arena, facts, policies, &run))
		return false;
	printf("%llu %.*s\n", (unsigned long long)run.cost, ML_STR_ARG(file));
	return true;
}

int main(int argc, char **argv)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)256 << 20);
	struct ml_policy_source source = {.name = ML_STR("pack"), .chosen = true};
	struct ml_policies_wish wish = {.kind = &ml_kind_dockerfile};
	struct ml_diags diags = {.arena = arena};
	struct ml_policies policies;
	bool good;

	if (argc < 3)
		return 2;
	source.bytes = read_whole(arena, argv[1]);
	good = ml_policies_load(arena, &source, 1, &wish, &diags, &policies) == 0;
	for (int i = 2; good && i < argc; i++)
		good = measure(&policies, ml_str(argv[i]));
	return good ? 0 : 1;
}

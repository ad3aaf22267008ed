/* SPDX-License-Identifier: Apache-2.0 */
/* What CEL costs: one field test, all() over ten maps, compiling one rule: medians of wall time, and instructions as callgrind counts them
 * (comparable between machines). `bench-cel count NAME N` runs one of them N times and prints nothing: for callgrind, perf and the like. */
#include <stdio.h>
#include <string.h>

#include "policies/cel/cel.h"
#include "tests/bench/bench.h"

enum { RUNS = 101, FEW = 200, MANY = 1200 };

static const struct ml_value no = {.kind = ML_V_BOOL};
static const struct ml_field fields[] = {
	{"image", &ml_type_string, "the image", NULL, 0}, {"privileged", &ml_type_bool, "has every capability", &no, 0},
	{"labels", &ml_type_map_string, "labels", NULL, 0}, {"ports", &ml_type_list_int, "ports", NULL, 0},
};
static const struct ml_type service = {.kind = ML_T_RECORD, .name = "service", .fields = fields, .nfields = 4};
static const struct ml_type maps = {.kind = ML_T_LIST, .elem = &ml_type_map_string};
static const struct ml_cel_var vars[] = {{{"it", 2}, &service}, {{"maps", 4}, &maps}, {{"key", 3}, &ml_type_string}};
static const struct ml_cel_env env = {.vars = vars, .nvars = 3};

/* One thing that is measured. */
struct subject {
	const char *name, *title, *text;
	double most; /* nanoseconds, as the house wants it */
	int batch;   /* evaluations in one run */
	bool compile;
	struct ml_arena *arena;
	const struct ml_cel_program *program;
	struct ml_value values[3];
	int failures;
};

static struct subject subjects[] = {
	{"field", "field test", "it.privileged == false", 150, 20000, false},
	{"all", "all() over 10 maps", "maps.all(m, m.mode == 'ro')", 2000, 2000, false},
	{"compile", "compile and check a rule",
		"it.ports.all(p, p in [80, 443] || (p > 1024 && p < 65536)) && !it.image.matches('^.*:latest$') && 'team' in it.labels", 50000, 100, true},
};

static const struct ml_cel_program *compile(struct subject *s)
{
	struct ml_diags diags = {.arena = s->arena};
	const struct ml_cel_program *program = NULL;

	s->failures += ml_cel_compile(s->arena, &env, ml_str(s->text), &diags, &program) != 0;
	return program;
}

static void once(struct subject *s)
{
	struct ml_arena_mark mark = ml_arena_mark(s->arena);
	struct ml_cel_run run = {.arena = s->arena, .vars = s->values};
	struct ml_value v;

	if (s->compile) {
		compile(s);
	} else {
		v = ml_cel_eval(s->program, &run);
		s->failures += v.kind != ML_V_BOOL || !v.b;
	}
	ml_arena_release(s->arena, mark);
}

static void batch(void *arg)
{
	struct subject *s = arg;

	for (int i = 0; i < s->batch; i++)
		once(s);
}

static void prepare(struct subject *s)
{
	static struct ml_entry entries[10][2];
	static struct ml_value lists[10];
	struct ml_record_builder builder;

	for (int i = 0; i < 10; i++) {
		entries[i][0] = (struct ml_entry){ml_string(ML_STR("mode")), ml_string(ML_STR("ro"))};
		entries[i][1] = (struct ml_entry){ml_string(ML_STR("source")), ml_string(ML_STR("/srv"))};
		s->failures += ml_map(entries[i], 2, &lists[i], NULL) != 0;
	}
	s->arena = ml_arena_new((size_t)64 << 20);
	ml_record_begin(&builder, &service);
	ml_record_set(&builder, 0, ml_string(ML_STR("api:1.2")));
	s->failures += ml_record_pack(&builder, s->arena, 1, &s->values[0]) != 0;
	s->values[1] = ml_list(lists, 10);
	s->values[2] = ml_string(ML_STR("api"));
	s->program = compile(s);
}

/* Instructions of `n` evaluations with everything around them, or 0. */
static unsigned long long collected(const char *program, const struct subject *s, int n)
{
	unsigned long long count = 0;
	char line[1024];
	FILE *out;

	snprintf(line, sizeof(line), "valgrind --tool=callgrind --callgrind-out-file=/dev/null '%s' count %s %d 2>&1", program, s->name, n);
	out = popen(line, "r");
	while (out && fgets(line, sizeof(line), out)) {
		const char *at = strstr(line, "Collected :");
		if (at)
			sscanf(at, "Collected : %llu", &count);
	}
	if (out)
		pclose(out);
	return count;
}

static void measure(const char *program, struct subject *s)
{
	double ns = ml_bench_median(batch, s, RUNS) * 1e6 / s->batch;
	unsigned long long few = collected(program, s, FEW), many = collected(program, s, MANY);

	printf("%-26s %9.0f ns (want at most %.0f)", s->title, ns, s->most);
	if (few && many > few)
		printf(", %llu instructions\n", (many - few) / (MANY - FEW));
	else
		printf(", valgrind is not there to count instructions\n");
}

int main(int argc, char **argv)
{
	int failures = 0;

	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		struct subject *s = &subjects[i];
		prepare(s);
		if (argc < 4)
			measure(argv[0], s);
		else if (strcmp(argv[2], s->name) == 0)
			for (int n = atoi(argv[3]); n > 0; n--)
				once(s);
		failures += s->failures;
		ml_arena_free(s->arena);
	}
	return failures ? 1 : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes CEL: compiles any bytes checked and unchecked, and evaluates what compiles, with and without a trace. */
#include <stdint.h>

#include "base/error.h"
#include "policies/cel/cel.h"

enum { ARENA_BYTES = 1 << 26, COST = 20000 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct ml_vocab words = {.name = "word", .words = (const char *const[]){"no", "always", NULL}};
static const struct ml_type word = {.kind = ML_T_STRING, .vocab = &words};
static const struct ml_type word_list = {.kind = ML_T_LIST, .elem = &word};
static const struct ml_field fields[] = {
	{.name = "name", .type = &ml_type_string}, {.name = "on", .type = &ml_type_bool}, {.name = "words", .type = &word_list},
	{.name = "labels", .type = &ml_type_map_string}, {.name = "any", .type = &ml_type_dyn, .flags = ML_F_OPTIONAL},
};
static const struct ml_type record = {.kind = ML_T_RECORD, .name = "record", .fields = fields, .nfields = 5};
static const struct ml_type record_list = {.kind = ML_T_LIST, .elem = &record};

static const struct ml_cel_var vars[] = {
	{ML_STR("it"), &record}, {ML_STR("all"), &record_list}, {ML_STR("x"), &ml_type_int}, {ML_STR("d"), &ml_type_dyn}, {ML_STR("a.b"), &ml_type_string},
};

enum { NVARS = sizeof(vars) / sizeof(vars[0]) };

static bool bind(struct ml_arena *arena, struct ml_value *values)
{
	static const struct ml_value word_values[] = {{.kind = ML_V_STRING, .len = 2, .text = "no"}, {.kind = ML_V_STRING, .len = 3, .text = "odd"}};
	struct ml_record_builder builder;
	struct ml_value *items = ml_alloc_array(arena, 2, sizeof(items[0]));

	ml_record_begin(&builder, &record);
	ml_record_set(&builder, 0, ml_string(ML_STR("na\xc3\xafve")));
	ml_record_set(&builder, 1, ml_unknown(ML_STR("unreadable")));
	ml_record_set(&builder, 2, ml_list(word_values, 2));
	if (!items || ml_record_pack(&builder, arena, 1, &values[0]))
		return false;
	items[0] = items[1] = values[0];
	values[1] = ml_list(items, 2);
	values[2] = ml_int(INT64_MIN);
	values[3] = ml_list(items, 1);
	return true;
}

static void evaluate(struct ml_arena *arena, const struct ml_cel_program *program, const struct ml_value *values)
{
	struct ml_cel_trace trace = {0};
	struct ml_cel_run run = {.arena = arena, .vars = values, .cost_limit = COST};
	struct ml_cel_run traced = {.arena = arena, .vars = values, .cost_limit = COST, .trace = &trace};
	struct ml_value v = ml_cel_eval(program, &run);

	if (v.kind == ML_V_ABSENT)
		__builtin_trap();
	ml_value_show(arena, &v, 200);
	ml_cel_eval(program, &traced);
	if (trace.n > 64)
		__builtin_trap();
}

static void compile(struct ml_str text, bool unchecked)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_value values[NVARS] = {0};
	struct ml_diags diags = {.arena = arena};
	struct ml_cel_env env = {.vars = vars, .nvars = NVARS, .unchecked = unchecked, .container = ML_STR("a.c")};
	const struct ml_cel_program *program;
	int error;

	if (!arena || !bind(arena, values))
		return;
	error = ml_cel_compile(arena, &env, text, &diags, &program);
	if ((error == 0) != (program != NULL) || (error && error != ML_ENOMEM && diags.errors == 0))
		__builtin_trap();
	if (!program)
		return;
	for (size_t i = 0; i < NVARS; i++)
		ml_cel_uses(program, i, -1);
	evaluate(arena, program, values);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct ml_str text = {(const char *)bytes, len};

	compile(text, false);
	compile(text, true);
	return 0;
}

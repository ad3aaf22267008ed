/* SPDX-License-Identifier: Apache-2.0 */
/* CEL's front half: the tables of tests/cel (types, errors, uses), limits, and memory that ends. */
#include "tests/unit/test.h"

#include <stdlib.h>

#include "base/diag.h"
#include "base/error.h"
#include "policies/cel/ast-priv.h"

/* The facts that the tables speak of. */
static const struct ml_vocab restart_words = {.name = "restart policy",
	.words = (const char *const[]){"no", "always", "on-failure", "unless-stopped", NULL}};
static const struct ml_vocab restart2_words = {.name = "old restart policy", .words = (const char *const[]){"no", "always", NULL}};
static const struct ml_vocab cap_words = {.name = "capability", .words = (const char *const[]){"ALL", "NET_ADMIN", "SYS_ADMIN", NULL}};
static const struct ml_vocab limit_words = {.name = "limit", .words = (const char *const[]){"cpus", "memory", NULL}};
static const struct ml_vocab open_words = {.name = "driver", .words = (const char *const[]){"bridge", NULL}, .open = true};
static const struct ml_type restart = {.kind = ML_T_STRING, .vocab = &restart_words};
static const struct ml_type restart2 = {.kind = ML_T_STRING, .vocab = &restart2_words};
static const struct ml_type cap = {.kind = ML_T_STRING, .vocab = &cap_words};
static const struct ml_type limit = {.kind = ML_T_STRING, .vocab = &limit_words};
static const struct ml_type open = {.kind = ML_T_STRING, .vocab = &open_words};
static const struct ml_field port_fields[] = {{.name = "number", .type = &ml_type_int}, {.name = "protocol", .type = &ml_type_string}};
static const struct ml_type port = {.kind = ML_T_RECORD, .name = "port", .fields = port_fields, .nfields = 2};
static const struct ml_type ports = {.kind = ML_T_LIST, .elem = &port};
static const struct ml_type caps = {.kind = ML_T_LIST, .elem = &cap};
static const struct ml_field service_fields[] = {
	{.name = "image", .type = &ml_type_string}, {.name = "privileged", .type = &ml_type_bool}, {.name = "ports", .type = &ports},
	{.name = "restart", .type = &restart}, {.name = "restart2", .type = &restart2}, {.name = "caps", .type = &caps},
	{.name = "labels", .type = &ml_type_map_string}, {.name = "open", .type = &open},
};
static const struct ml_type service = {.kind = ML_T_RECORD, .name = "service", .fields = service_fields,
	.nfields = sizeof(service_fields) / sizeof(service_fields[0])};
static const struct ml_type services = {.kind = ML_T_MAP, .key = &ml_type_string, .elem = &service};
static const struct ml_type limits = {.kind = ML_T_MAP, .key = &limit, .elem = &ml_type_double};
static const struct ml_type numbered = {.kind = ML_T_MAP, .key = &ml_type_int, .elem = &ml_type_string};

static const struct ml_type param_t = {.kind = ML_T_PARAM, .name = "T"}, param_u = {.kind = ML_T_PARAM, .name = "U"},
	param_v = {.kind = ML_T_PARAM, .name = "V"};
static const struct ml_type tuple = {.kind = ML_T_OPAQUE, .name = "tuple", .nargs = 3,
	.args = (const struct ml_type *const[]){&param_t, &param_u, &param_v}};
static const struct ml_type triple = {.kind = ML_T_OPAQUE, .name = "tuple", .nargs = 3,
	.args = (const struct ml_type *const[]){&param_t, &param_t, &param_t}};

static const struct ml_cel_var vars[] = {
	{ML_STR("x"), &ml_type_int}, {ML_STR("it"), &service}, {ML_STR("services"), &services}, {ML_STR("any"), &ml_type_dyn},
	{ML_STR("a.b"), &ml_type_int}, {ML_STR("a.b.c"), &ml_type_string}, {ML_STR("limits"), &limits}, {ML_STR("numbered"), &numbered},
};
static const struct ml_cel_function functions[] = {
	{ML_STR("declared"), false, &ml_type_string, (const struct ml_type *const[]){&ml_type_string, &ml_type_int}, 2},
	{ML_STR("tuple"), false, &tuple, (const struct ml_type *const[]){&param_t, &param_u, &param_v}, 3},
	{ML_STR("same"), false, &triple, (const struct ml_type *const[]){&triple}, 1},
	{ML_STR("first"), true, &param_t, (const struct ml_type *const[]){&tuple}, 1},
};

enum { NVARS = sizeof(vars) / sizeof(vars[0]) };
static const struct ml_cel_env env = {.vars = vars, .nvars = NVARS, .functions = functions, .nfunctions = 4};
static const struct ml_cel_env unchecked = {.unchecked = true};

/* One compilation. */
struct compiled {
	struct ml_arena *arena;
	struct ml_diags diags;
	const struct ml_cel_program *program;
	int error;
};

static void compile_in(struct compiled *c, const struct ml_cel_env *in, struct ml_str text, size_t fail_at)
{
	*c = (struct compiled){.arena = ml_arena_new(256 << 20)};
	assert_non_null(c->arena);
	c->diags.arena = c->arena;
	ml_arena_fail_at(c->arena, fail_at);
	c->error = ml_cel_compile(c->arena, in, text, &c->diags, &c->program);
	assert_true((c->error == 0) == (c->program != NULL));
	assert_true(c->error == 0 || c->error == ML_ENOMEM || c->diags.errors > 0);
}

static char *read_table(const char *name, struct ml_str *text)
{
	char path[1024];
	char *bytes = calloc(1, 1 << 20);
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/cel/%s", getenv("ML_SRCDIR") ? getenv("ML_SRCDIR") : ".", name);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(bytes);
	*text = (struct ml_str){bytes, fread(bytes, 1, (1 << 20) - 1, file)};
	fclose(file);
	assert_true(text->len > 0);
	return bytes;
}

/* What a table's row says the expression gives, as text in the arena of `c`. */
typedef struct ml_str (*answer_fn)(struct compiled *c);

static struct ml_str first_error(struct compiled *c)
{
	return ml_strf(c->arena, "error: %.*s", ML_STR_ARG(c->diags.items[0].message));
}

static struct ml_str answer_type(struct compiled *c)
{
	return c->program ? ml_type_str(c->arena, ml_cel_type(c->program)) : first_error(c);
}

static struct ml_str answer_value(struct compiled *c)
{
	struct ml_cel_run run = {.arena = c->arena};
	struct ml_value v;

	if (!c->program)
		return first_error(c);
	v = ml_cel_eval(c->program, &run);
	if (v.kind == ML_V_ERROR)
		return ml_strf(c->arena, "error: %.*s", ML_STR_ARG(ml_value_text(&v)));
	return ml_value_show(c->arena, &v, 200);
}

static void used_fields(struct ml_buf *out, const struct ml_cel_program *program, size_t var)
{
	struct ml_str name = vars[var].name;
	size_t n = vars[var].type->nfields, used = 0;
	uint64_t set[ML_CEL_READ_WORDS] = {0};
	bool by_slots = ml_cel_reads(program, var, set);

	for (size_t i = 0; i < n; i++) {
		used += ml_cel_uses(program, var, (int)i);
		assert_int_equal(!by_slots || (set[i / 64] >> i % 64 & 1), ml_cel_uses(program, var, (int)i));
	}
	if (n == 0 || used == n)
		ml_buf_printf(out, "%s%.*s%s", out->len ? " " : "", ML_STR_ARG(name), n ? ".*" : "");
	for (size_t i = 0; i < n && used < n; i++)
		if (ml_cel_uses(program, var, (int)i))
			ml_buf_printf(out, "%s%.*s.%s", out->len ? " " : "", ML_STR_ARG(name), vars[var].type->fields[i].name);
}

static struct ml_str answer_uses(struct compiled *c)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, 4096);
	for (size_t i = 0; c->program && i < NVARS; i++)
		if (ml_cel_uses(c->program, i, -1))
			used_fields(&out, c->program, i);
	return c->program ? ml_str_dup(c->arena, ml_buf_get(&out)) : first_error(c);
}

static void run_table(const char *name, const struct ml_cel_env *in, answer_fn answer)
{
	struct ml_str text, line;
	char *bytes = read_table(name, &text);
	size_t cases = 0, failures = 0;

	while (ml_str_split(&text, '\n', &line)) {
		size_t at = ml_str_rfind(line, ML_STR(" => "));
		struct compiled c;
		if (ml_str_starts(line, ML_STR("#")) || at == ML_NPOS)
			continue;
		compile_in(&c, in, ml_str_sub(line, 0, at), 0);
		struct ml_str want = ml_str_sub(line, at + 4, line.len), got = answer(&c);
		cases++;
		if (!ml_str_eq(got, want)) {
			failures++;
			print_message("# %.*s\n#   got %.*s\n", ML_STR_ARG(line), ML_STR_ARG(got));
		}
		ml_arena_free(c.arena);
	}
	free(bytes);
	print_message("# %s: %zu cases\n", name, cases);
	assert_true(cases > 0);
	assert_int_equal(failures, 0);
}

static void types(void **state)
{
	run_table("types.txt", &env, answer_type);
}

static void uses(void **state)
{
	run_table("uses.txt", &env, answer_uses);
}

static void without_check(void **state)
{
	run_table("unchecked.txt", &unchecked, answer_value);
}

static struct ml_str show(struct ml_arena *arena, const struct ml_diag *diag)
{
	struct ml_str end = diag->end_col ? ml_strf(arena, "-%u", diag->end_col) : ML_STR("");
	struct ml_str hint = diag->hint.len ? ml_strf(arena, " | %.*s", ML_STR_ARG(diag->hint)) : ML_STR("");

	return ml_strf(arena, "%u:%u%.*s: %.*s%.*s", diag->line, diag->col, ML_STR_ARG(end), ML_STR_ARG(diag->message), ML_STR_ARG(hint));
}

/* Compiles what stands in `text` and compares with the lines in `want`. */
static bool says(struct ml_str text, struct ml_str want)
{
	struct compiled c;
	bool same = true;
	struct ml_str line, got;

	compile_in(&c, &env, text, 0);
	for (size_t i = 0; i < c.diags.n; i++) {
		got = show(c.arena, &c.diags.items[i]);
		same &= ml_str_split(&want, '\n', &line) && ml_str_eq(line, got);
		if (!same)
			print_message("# %.*s\n#   got %.*s\n", ML_STR_ARG(text), ML_STR_ARG(got));
	}
	same &= c.diags.n > 0 && want.len == 0;
	if (!same)
		print_message("# %.*s: %zu diagnostics, not as wanted\n", ML_STR_ARG(text), c.diags.n);
	ml_arena_free(c.arena);
	return same;
}

static void errors(void **state)
{
	struct ml_str text, line;
	char *bytes = read_table("errors.txt", &text);
	ML_BUF_AUTO expression, want;
	size_t cases = 0, failures = 0;
	bool more = true;

	ml_buf_init(&expression, 1 << 16);
	ml_buf_init(&want, 1 << 16);
	while (more) {
		more = ml_str_split(&text, '\n', &line);
		bool begins = !more || ml_str_starts(line, ML_STR(">"));
		if (begins && want.len) {
			cases++;
			failures += !says(ml_buf_get(&expression), ml_str_sub(ml_buf_get(&want), 0, want.len - 1));
			ml_buf_clear(&expression);
			ml_buf_clear(&want);
		}
		if (!more || line.len == 0 || line.ptr[0] == '#')
			continue;
		if (begins && expression.len)
			ml_buf_putc(&expression, '\n');
		ml_buf_str(begins ? &expression : &want, begins ? ml_str_sub(line, 2, line.len) : line);
		if (!begins)
			ml_buf_putc(&want, '\n');
	}
	free(bytes);
	print_message("# errors.txt: %zu cases\n", cases);
	assert_true(cases > 0);
	assert_int_equal(failures, 0);
}

/* `head`, `body` n times, `tail`. */
static char *repeat(const char *head, const char *body, size_t n, const char *tail, size_t *len)
{
	size_t h = strlen(head), b = strlen(body), t = strlen(tail);
	char *out = malloc(h + n * b + t + 1);

	assert_non_null(out);
	memcpy(out, head, h);
	for (size_t i = 0; i < n; i++)
		memcpy(out + h + i * b, body, b);
	memcpy(out + h + n * b, tail, t + 1);
	*len = h + n * b + t;
	return out;
}

static void limits_hold(void **state)
{
	static const struct {
		const char *head, *body, *tail;
		size_t n;
		int want;
	} rows[] = {
		{"", "(", "", 200000, ML_ELIMIT}, {"", "[", "", 200000, ML_ELIMIT}, {"", "{1:", "", 60000, ML_ELIMIT},
		{"", "!", "true", 200000, ML_ELIMIT}, {"", "-", "x", 200000, ML_ELIMIT}, {"", "f(", "", 100000, ML_ELIMIT},
		{"", "x[", "", 100000, ML_ELIMIT}, {"x", ".y", "", 100000, ML_ELIMIT}, {"any", "[0]", "", 60000, ML_ELIMIT},
		{"x", "+x", "", 100000, ML_ELIMIT}, {"", "true?1:", "1", 30000, ML_ELIMIT}, {"x", "<x", "", 100000, ML_ELIMIT},
		{"", "[1].map(a,", "", 20000, ML_ELIMIT}, {"", "cel.bind(a,1,", "", 15000, ML_ELIMIT}, {"any", ".f()", "", 50000, ML_ELIMIT},
		{"", " ", "1", 300000, ML_ELIMIT}, {"any", ".?a", "", 60000, ML_ELIMIT}, {"'", "\\", "", 200000, ML_ESYNTAX},
		{"true", "&&true", "", 40000, 0}, {"[1", ",1", "]", 100000, 0}, {"it.image in ['a'", ",'b'", "]", 50000, 0},
		{"", "(", "1", 240, ML_ESYNTAX}, {"x", "+x", "", 240, 0}, {"nope", "+nope", "", 200, ML_ETYPE},
		{"[nope", ",nope", "]", 40000, ML_ETYPE}, {"[it.restart", ",'x'", "] == ['y']", 200, ML_ETYPE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct compiled c;
		struct ml_str text;
		char *bytes = repeat(rows[i].head, rows[i].body, rows[i].n, rows[i].tail, &text.len);
		text.ptr = bytes;
		compile_in(&c, &env, text, 0);
		if (c.error != rows[i].want)
			print_message("# %s%s…: got %d, want %d\n", rows[i].head, rows[i].body, c.error, rows[i].want);
		assert_int_equal(c.error, rows[i].want);
		assert_true(c.diags.errors <= 21);
		ml_arena_free(c.arena);
		free(bytes);
	}
}

/* Types that grow with every binding: an error at worst, never minutes. */
static void types_stay_small(void **state)
{
	ML_BUF_AUTO text;
	struct compiled c;

	ml_buf_init(&text, ML_CEL_TEXT_MAX);
	ml_buf_puts(&text, "cel.bind(v0, tuple(1, 2, 3), ");
	for (int i = 1; i < 100; i++)
		ml_buf_printf(&text, "cel.bind(v%d, tuple(v%d, v%d, v%d), ", i, i - 1, i - 1, i - 1);
	ml_buf_puts(&text, "v99 == tuple(v98, v98, v98)");
	for (int i = 0; i < 100; i++)
		ml_buf_putc(&text, ')');
	compile_in(&c, &env, ml_buf_get(&text), 0);
	assert_true(c.error == 0 || c.error == ML_ELIMIT || c.error == ML_ETYPE);
	ml_arena_free(c.arena);
}

static void memory_ends(void **state)
{
	static const char *const texts[] = {
		"it.ports.all(p, p.number in [80, 443]) && it.?restart.orValue('x') == 'always' && 'a\\n' + 'b' != ''",
		"services.transformMap(k, s, has(s.image), s.image.split(':')).size() == math.greatest(1, 2, 3, 4, 5, 6)",
		"[3, 1].sortBy(n, -n) == cel.bind(t, tuple(1, 2, 3), [t.first()]) ? nope : it.restart == 'alwas'",
		"[[], [[]], [optional.of(1)]] == {'a': type(int)}.map(k, k) || declared(1) || 'a'.conains('b')",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		for (size_t at = 1; at < 400; at++) {
			struct compiled c;
			compile_in(&c, &env, ml_str(texts[i]), at);
			ml_arena_free(c.arena);
		}
	}
}

static void positions(void **state)
{
	static const struct ml_str text = ML_STR("aé\nb\r\nc\rd");
	static const struct {
		size_t at;
		uint32_t line, col;
	} rows[] = {{0, 1, 1}, {1, 1, 2}, {3, 1, 3}, {4, 2, 1}, {7, 3, 1}, {9, 4, 1}, {10, 4, 2}, {99, 4, 2}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t line, col;
		ml_cel_position(text, rows[i].at, &line, &col);
		assert_int_equal(line, rows[i].line);
		assert_int_equal(col, rows[i].col);
	}
}

static void bytes_that_are_no_text(void **state)
{
	struct compiled c;

	compile_in(&c, &env, ML_STR("'a' + '\xff'"), 0);
	assert_int_equal(c.error, ML_ESYNTAX);
	assert_int_equal(c.diags.items[0].col, 8);
	ml_arena_free(c.arena);
	compile_in(&c, &env, ML_STR("1 \0 + 2"), 0);
	assert_int_equal(c.error, ML_ESYNTAX);
	ml_arena_free(c.arena);
	compile_in(&c, &env, ML_STR_NONE, 0);
	assert_int_equal(c.error, ML_ESYNTAX);
	ml_arena_free(c.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types), cmocka_unit_test(errors), cmocka_unit_test(uses), cmocka_unit_test(without_check),
		cmocka_unit_test(limits_hold), cmocka_unit_test(types_stay_small), cmocka_unit_test(memory_ends), cmocka_unit_test(positions),
		cmocka_unit_test(bytes_that_are_no_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

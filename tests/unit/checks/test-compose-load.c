/* SPDX-License-Identifier: Apache-2.0 */
/* Loading Compose projects that are too big for tests/compose/load, and without memory at every place. */
#include "tests/unit/test.h"

#include "base/buf.h"
#include "checks/config/compose/tree-priv.h"
#include "facts/compose.h"

enum { MANY = 5000, ARENA_BYTES = 1 << 30 };

struct loaded {
	struct ml_arena *arena;
	struct ml_facts *facts;
	struct ml_cproject project;
	int r;
};

static struct loaded load(const struct ml_memory_file *files, size_t n, size_t fail_at)
{
	static struct ml_memory_reader table; /* the project goes on asking it for env files */
	static struct ml_reader reader;
	static const struct ml_str name = ML_STR("docker-compose.yml");
	static const struct ml_compose_request request = {.files = &name, .nfiles = 1};
	struct loaded out = {.arena = ml_arena_new(ARENA_BYTES)};

	table = (struct ml_memory_reader){files, n};
	reader = ml_memory_reader(&table);
	out.facts = ml_facts_new(out.arena, &ml_kind_compose, name);
	assert_non_null(out.facts);
	ml_arena_fail_at(out.arena, fail_at);
	out.r = ml_compose_load(out.facts, out.facts->arena, &reader, &request, &out.project);
	return out;
}

static struct loaded load_one(const struct ml_buf *text)
{
	struct ml_memory_file file = {ML_STR("docker-compose.yml"), ml_buf_get(text)};

	assert_int_equal(text->error, 0);
	return load(&file, 1, 0);
}

static void test_brackets(void **state)
{
	ML_BUF_AUTO text;
	struct loaded got;

	ml_buf_init(&text, 1 << 20);
	for (int i = 0; i < 200000; i++)
		ml_buf_putc(&text, '[');
	got = load_one(&text);
	assert_int_equal(got.r, 0);
	assert_int_equal(got.project.root->kind, ML_C_UNKNOWN);
	assert_true(got.facts->incomplete);
	assert_true(got.facts->diags.errors > 0 && got.facts->diags.items[0].line == 1 && got.facts->diags.items[0].col > 1);
	ml_arena_free(got.arena);
}

static void test_deep_map(void **state)
{
	ML_BUF_AUTO text;
	struct loaded got;

	ml_buf_init(&text, 64 << 20);
	ml_buf_puts(&text, "services:\n  fine: {image: a}\n  deep:\n");
	for (int i = 0; i < MANY; i++)
		ml_buf_printf(&text, "%*sk:\n", 4 + i, "");
	got = load_one(&text);
	assert_int_equal(got.r, 0);
	assert_int_equal(ml_cnode_get(ml_cnode_get(got.project.root, "services"), "fine")->kind, ML_C_MAP);
	assert_int_equal(ml_cnode_get(ml_cnode_get(got.project.root, "services"), "deep")->kind, ML_C_UNKNOWN);
	assert_true(got.project.broken.len > 0 && got.facts->diags.errors > 0);
	ml_arena_free(got.arena);
}

/* Ten levels of ten aliases each, as a list, as merge keys, and as services that extend. */
static void bomb(struct ml_buf *text, const char *first, const char *open, const char *close)
{
	ml_buf_printf(text, "x-0: &x0 %s\n", first);
	for (int i = 1; i <= 10; i++) {
		ml_buf_printf(text, "x-%d: &x%d %s", i, i, open);
		for (int k = 0; k < 10; k++)
			ml_buf_printf(text, "%s*x%d", k ? ", " : "", i - 1);
		ml_buf_printf(text, "%s\n", close);
	}
	ml_buf_puts(text, "services: {a: {image: x, labels: *x10}, b: {image: y}}\n");
}

static void check_bomb(const char *first, const char *open, const char *close)
{
	ML_BUF_AUTO text;
	struct loaded got;

	ml_buf_init(&text, 1 << 20);
	bomb(&text, first, open, close);
	got = load_one(&text);
	assert_int_equal(got.r, 0);
	assert_true(got.facts->incomplete);
	assert_int_equal(got.facts->diags.errors, 1);
	assert_true(got.facts->diags.items[0].line > 0);
	assert_true(ml_arena_used(got.arena) < (size_t)400 << 20);
	ml_arena_free(got.arena);
}

static void test_alias_bomb(void **state)
{
	check_bomb("[lol, lol]", "[", "]");
	check_bomb("{a: 1, b: 2}", "{<<: [", "]}");
}

static void test_long_chain(void **state)
{
	ML_BUF_AUTO text;
	struct loaded got;
	const struct ml_cnode *services;

	ml_buf_init(&text, 8 << 20);
	ml_buf_puts(&text, "services:\n  s0: {image: x}\n");
	for (int i = 1; i < MANY; i++)
		ml_buf_printf(&text, "  s%d: {extends: s%d}\n", i, i - 1);
	got = load_one(&text);
	services = ml_cnode_get(got.project.root, "services");
	assert_int_equal(got.r, 0);
	assert_int_equal(got.project.ngaps, 0);
	assert_true(ml_str_is(ml_cnode_get(services->items[MANY - 1], "image")->text, "x"));
	ml_arena_free(got.arena);

	/* In the other order each needs the next one: beyond the limit the inherited part is a gap. */
	ml_buf_clear(&text);
	ml_buf_puts(&text, "services:\n");
	for (int i = MANY - 1; i > 0; i--)
		ml_buf_printf(&text, "  s%d: {extends: s%d}\n", i, i - 1);
	ml_buf_puts(&text, "  s0: {image: x}\n");
	got = load_one(&text);
	assert_int_equal(got.r, 0);
	assert_true(got.project.ngaps > 0 && got.facts->diags.errors > 0);
	ml_arena_free(got.arena);
}

static void test_variable_bomb(void **state)
{
	ML_BUF_AUTO value, yaml;
	struct ml_memory_file files[2] = {{ML_STR("docker-compose.yml"), ML_STR_NONE}, {ML_STR(".env"), ML_STR_NONE}};
	struct loaded got;

	ml_buf_init(&value, 1 << 20);
	ml_buf_init(&yaml, 1 << 20);
	ml_buf_puts(&value, "BIG=");
	for (int i = 0; i < 500000; i++)
		ml_buf_putc(&value, 'x');
	ml_buf_puts(&yaml, "services:\n  a:\n    image: x\n    command: \"");
	for (int i = 0; i < MANY; i++)
		ml_buf_puts(&yaml, "$BIG ");
	ml_buf_puts(&yaml, "\"\n");
	files[0].bytes = ml_buf_get(&yaml);
	files[1].bytes = ml_buf_get(&value);
	got = load(files, 2, 0);
	assert_int_equal(got.r, 0);
	assert_int_equal(ml_cnode_get(ml_cnode_get(ml_cnode_get(got.project.root, "services"), "a"), "command")->kind, ML_C_UNKNOWN);
	ml_arena_free(got.arena);
}

static const struct ml_memory_file small[] = {
	{ML_STR("docker-compose.yml"), ML_STR("x-a: &a {image: a, labels: [l=1, m=2]}\ninclude: [sub/inc.yml]\nservices:\n  one: {<<: *a, ports: ['80:80', $P]}\n"
		"  two: {extends: one, build: ., environment: {A: '${V:-d}', B: !reset x}}\n  three: {extends: {file: sub/base.yml, service: b}}\n"
		"networks: {n: {labels: {a: 1}}}\n")},
	{ML_STR("docker-compose.override.yml"), ML_STR("services:\n  one: {labels: {l: 3}, ports: ['81:81', {target: 80}], depends_on: [two]}\n"
		"  two: {environment: [C=$V], depends_on: [one]}\nnetworks: {n: {labels: [b=2]}}\n")},
	{ML_STR(".env"), ML_STR("# x\nV='a b'\nP=\"82:${Q:-82}\"\nodd line\n")},
	{ML_STR("sub/base.yml"), ML_STR("services: {b: {build: ./c, volumes: ['./x:/x'], env_file: [a.env]}}\n")},
	{ML_STR("sub/inc.yml"), ML_STR("services: {four: {image: '$V'}, one: {image: z}}\nsecrets: {s: {file: ./s}}\n")},
};
enum { SMALL = sizeof(small) / sizeof(small[0]) };

/* Each allocation fails once: an error or a result, never a crash. */
static void test_no_memory(void **state)
{
	size_t n = 1;
	bool ended = false;

	for (; !ended && n < 100000; n++) {
		struct loaded got = load(small, SMALL, n);
		ended = !ml_arena_failed(got.arena);
		assert_true(got.r == ML_ENOMEM || (got.r == 0 && got.project.root != NULL));
		ml_arena_free(got.arena);
	}
	assert_true(ended && n > 100);
}

static void test_env_file(void **state)
{
	struct loaded got = load(small, SMALL, 0);
	const struct ml_cenv *env, *again;
	struct ml_str why;

	assert_int_equal(ml_compose_env_file(&got.project, ML_STR("./.env"), false, &env, &why), 0);
	assert_int_equal(env->n, 2);
	assert_true(env->broken.len > 0);
	assert_true(ml_str_is(ml_cenv_get(env, ML_STR("P"))->value, "82:82"));
	assert_int_equal(ml_compose_env_file(&got.project, ML_STR("x/../.env"), false, &again, &why), 0);
	assert_int_equal(ml_compose_env_file(&got.project, ML_STR("none.env"), false, &env, &why), ML_ENOENT);
	assert_true(ml_str_is(why, "none.env: no such file"));
	assert_int_equal(ml_compose_env_file(&got.project, ML_STR("../x"), false, &env, &why), ML_EACCES);
	ml_arena_free(got.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_brackets), cmocka_unit_test(test_deep_map), cmocka_unit_test(test_alias_bomb), cmocka_unit_test(test_long_chain),
		cmocka_unit_test(test_variable_bomb), cmocka_unit_test(test_no_memory), cmocka_unit_test(test_env_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

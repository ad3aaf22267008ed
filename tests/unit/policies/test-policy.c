/* SPDX-License-Identifier: Apache-2.0 */
/* Loading policies and profiles, by the cases in tests/policies/: what each file makes the loader say, byte for byte. With ML_ACCEPT=1 in the environment
 * the expectations are rewritten, to be reviewed with git diff. */
#include "tests/unit/test.h"

#include <dirent.h>
#include <stdlib.h>

#include "facts/dockerfile.h"
#include "policies/doc-priv.h"
#include "policies/policy.h"

enum { FILE_BYTES = 1 << 20, ARENA_BYTES = 1 << 28, SOURCES = 8, PATH_BYTES = 1000 };

static struct ml_str read_path(struct ml_arena *arena, const char *path)
{
	static char bytes[FILE_BYTES];
	FILE *file = fopen(path, "rb");
	size_t n;

	if (!file)
		return ML_STR_NONE;
	n = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	return ml_str_dup(arena, (struct ml_str){bytes, n});
}

static void in_tree(char out[PATH_BYTES], const char *rest)
{
	const char *root = getenv("ML_SRCDIR");

	snprintf(out, PATH_BYTES, "%s/%s", root ? root : ".", rest);
}

static void compare(const char *path, struct ml_str got)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_str want = read_path(arena, path);

	if (getenv("ML_ACCEPT")) {
		FILE *file = fopen(path, "wb");
		assert_non_null(file);
		fwrite(got.ptr ? got.ptr : "", 1, got.len, file);
		fclose(file);
		return;
	}
	if (want.ptr && ml_str_eq(want, got))
		return;
	print_error("%s: got\n%.*s\nwant\n%.*s\n", path, ML_STR_ARG(got), ML_STR_ARG(want));
	fail();
}

static void show_policy(struct ml_arena *arena, const struct ml_policy *policy, struct ml_buf *out)
{
	ml_buf_printf(out, "policy %.*s \"%.*s\" kind %s, %zu left out\n", ML_STR_ARG(policy->id), ML_STR_ARG(policy->title), policy->kind->name,
		policy->left_out);
	for (size_t i = 0; i < policy->nparams; i++) {
		const struct ml_value *value = ml_record_get(policy->params_value.record, (int)i);
		assert_true(ml_value_eq(value, &policy->params[i].value, 8));
		ml_buf_printf(out, "param %.*s = %.*s\n", ML_STR_ARG(policy->params[i].name), ML_STR_ARG(ml_value_show(arena, value, 200)));
	}
	for (size_t i = 0; i < policy->nrules; i++)
		ml_buf_printf(out, "rule %.*s %s\n", ML_STR_ARG(policy->rules[i].id), ml_severity_words[policy->rules[i].severity]);
}

/* Loads sources and writes what came of it: diagnostics, then policies when there was no error. */
static int load(struct ml_arena *arena, const struct ml_policy_source *sources, size_t n, const struct ml_policies_wish *wish, bool show,
	struct ml_buf *out)
{
	struct ml_diags diags = {.arena = arena};
	struct ml_policies policies;
	int r = ml_policies_load(arena, sources, n, wish, &diags, &policies);

	for (size_t i = 0; i < diags.n; i++)
		ml_diag_print(out, &diags.items[i]);
	if (r != ML_ENOMEM)
		assert_int_equal(r, diags.errors ? ML_ESYNTAX : 0);
	for (size_t i = 0; r == 0 && show && i < policies.n; i++)
		show_policy(arena, &policies.items[i], out);
	return r;
}

static int is_case(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && (!strchr(entry->d_name, '.') || ml_str_ends(ml_str(entry->d_name), ML_STR(".yaml")));
}

static void each_entry(const char *dir, void (*run)(const char *dir, const char *name))
{
	char path[PATH_BYTES];
	struct dirent **entries;
	int n;

	in_tree(path, dir);
	n = scandir(path, &entries, is_case, alphasort);
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		run(path, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

static void error_case(const char *dir, const char *name)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_policies_wish wish = {.tests = true, .strict = true};
	char path[PATH_BYTES];
	struct ml_policy_source source = {.name = ml_str(name), .chosen = true};
	ML_BUF_AUTO out;

	ml_buf_init(&out, FILE_BYTES);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	source.bytes = read_path(arena, path);
	load(arena, &source, 1, &wish, false, &out);
	snprintf(path, sizeof(path), "%s/%.*s.expected", dir, (int)source.name.len - 5, source.name.ptr);
	compare(path, ml_buf_get(&out));
}

static void errors(void **state)
{
	each_entry("tests/policies/errors", error_case);
}

/* All files of a directory are sources; profile.yaml is the one that is chosen. */
static void profile_case(const char *dir, const char *name)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_policy_source sources[SOURCES];
	struct ml_policies_wish wish = {0};
	struct dirent **entries;
	char path[PATH_BYTES];
	ML_BUF_AUTO out;
	int n;

	ml_buf_init(&out, FILE_BYTES);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	n = scandir(path, &entries, is_case, alphasort);
	assert_in_range(n, 1, SOURCES);
	for (int i = 0; i < n; i++) {
		struct ml_str file = ml_str_dup(arena, ml_str(entries[i]->d_name));
		bool chosen = ml_str_is(file, "profile.yaml");
		snprintf(path, sizeof(path), "%s/%s/%s", dir, name, entries[i]->d_name);
		sources[i] = (struct ml_policy_source){file, chosen ? ML_STR("") : ml_str_sub(file, 0, file.len - 5), read_path(arena, path), chosen};
		free(entries[i]);
	}
	free(entries);
	load(arena, sources, (size_t)n, &wish, true, &out);
	snprintf(path, sizeof(path), "%s/%s/expected", dir, name);
	compare(path, ml_buf_get(&out));
}

static void profiles(void **state)
{
	each_entry("tests/policies/profiles", profile_case);
}

static const char small[] =
	"merlon: policy/v1\nid: small\ntitle: Small\nkind: config.dockerfile\n"
	"params:\n  words: { type: 'list(string)', default: [image, stage], about: words }\n"
	"rules:\n  - { id: A, title: A, severity: low, each: stages, when: it.index >= 0, assert: it.base.kind in params.words, message: it.name,\n"
	"      refs: { a: [b] }, tests: [{ facts: {}, expect: pass }] }\n";
static const char small_profile[] = "merlon: profile/v1\nid: mine\ntitle: Mine\nextends: [small]\nselect: { rules: ['*'] }\nset: { words: [scratch] }\n";

static void small_sources(struct ml_policy_source sources[2], bool profile)
{
	sources[0] = (struct ml_policy_source){ML_STR("small.yaml"), ML_STR("small"), ml_str(small), !profile};
	sources[1] = (struct ml_policy_source){ML_STR("mine.yaml"), ML_STR(""), ml_str(small_profile), profile};
}

/* Every allocation fails once: an error, never a crash, and never a policy that is taken for whole. */
static void memory(void **state)
{
	struct ml_policies_wish wish = {.tests = true, .strict = true};
	struct ml_policy_source sources[2];
	int r = ML_ENOMEM;

	small_sources(sources, true);
	for (size_t at = 1; r != 0; at++) {
		ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
		struct ml_diags diags = {.arena = arena};
		struct ml_policies policies;
		ml_arena_fail_at(arena, at);
		r = ml_policies_load(arena, sources, 2, &wish, &diags, &policies);
		assert_true(r == 0 || r == ML_ENOMEM || diags.errors);
		assert_true(r == 0 ? !ml_arena_failed(arena) : true);
		assert_true(at < 100000);
	}
}

static void kinds(void **state)
{
	static const struct ml_kind other = {.name = "config.other", .about = "none", .root = &ml_df_root};
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_policies_wish wish = {.kind = &other};
	struct ml_diags diags = {.arena = arena};
	struct ml_policy_source sources[2];
	struct ml_policies policies;

	for (int profile = 0; profile < 2; profile++) {
		small_sources(sources, profile);
		wish.kind = &other;
		assert_int_equal(ml_policies_load(arena, sources, 2, &wish, &diags, &policies), 0);
		assert_int_equal(policies.n, 0);
		wish.kind = &ml_kind_dockerfile;
		assert_int_equal(ml_policies_load(arena, sources, 2, &wish, &diags, &policies), 0);
		assert_int_equal(policies.n, 1);
		assert_null(policies.items[0].rules[0].tests);
	}
}

/* The same file twice, as a pack and by its path, is one policy; what a chosen profile file extends is judged as the profile says; and a pack that
 * extends another chosen pack is an error. */
static void once(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_diags diags = {.arena = arena};
	struct ml_policy_source sources[2];
	struct ml_policies policies;
	const struct ml_policy *policy;

	small_sources(sources, false);
	sources[1] = (struct ml_policy_source){ML_STR("./small.yaml"), ML_STR(""), ml_str(small), true};
	assert_int_equal(ml_policies_load(arena, sources, 2, NULL, &diags, &policies), 0);
	assert_int_equal(policies.n, 1);
	assert_non_null(ml_policies_rule(&policies, ML_STR("A"), &policy));
	assert_ptr_equal(policy, &policies.items[0]);
	assert_null(ml_policies_rule(&policies, ML_STR("B"), NULL));
	assert_string_equal(ml_policies_nearest(arena, &policies, ML_STR("B")), "A");
	small_sources(sources, true);
	sources[0].chosen = true;
	assert_int_equal(ml_policies_load(arena, sources, 2, NULL, &diags, &policies), 0);
	assert_int_equal(policies.n, 1);
	assert_true(ml_str_is(policies.items[0].id, "mine"));
	sources[1].id = ML_STR("mine");
	assert_int_equal(ml_policies_load(arena, sources, 2, NULL, &diags, &policies), ML_ESYNTAX);
	assert_int_equal(diags.errors, 1);
}

static void digests(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_diags diags = {.arena = arena};
	struct ml_policy_source sources[2];
	struct ml_policies policies, changed;
	static const char larger[sizeof(small)] = {0};

	small_sources(sources, true);
	assert_int_equal(ml_policies_load(arena, sources, 2, NULL, &diags, &policies), 0);
	sources[0].bytes = ml_str_dup(arena, sources[0].bytes);
	((char *)(uintptr_t)sources[0].bytes.ptr)[sizeof(small) - 2] = ' '; /* the last newline of what it extends */
	assert_int_equal(ml_policies_load(arena, sources, 2, NULL, &diags, &changed), 0);
	assert_memory_not_equal(policies.items[0].sha256, changed.items[0].sha256, 32);
	assert_memory_not_equal(policies.items[0].sha256, larger, 32);
}

/* For every byte of a scalar in every style, the place is where that character stands. */
static void places(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	static const char text[] = "a: one two\n   three\nb: 'it''s\n\n  ä b'\nc: \"x\\n\\x41\\u00e4 y\\\n  z\"\nd: |\n  l1\n    l2\n\n  l3\ne: >2\n   f1\n  f2\n  f3\n";
	static const struct {
		const char *key;
		size_t at;
		uint32_t line, col;
	} cases[] = {
		{"a", 0, 1, 4}, {"a", 4, 1, 8}, {"a", 8, 2, 4}, {"a", 12, 2, 8}, {"a", 13, 2, 9}, {"a", 3, 1, 7},
		{"b", 0, 3, 5}, {"b", 2, 3, 7}, {"b", 3, 3, 9}, {"b", 5, 5, 3}, {"b", 8, 5, 5},
		{"c", 0, 6, 5}, {"c", 2, 6, 8}, {"c", 3, 6, 12}, {"c", 6, 6, 19}, {"c", 7, 7, 3},
		{"d", 0, 9, 3}, {"d", 5, 10, 5}, {"d", 9, 12, 3},
		{"e", 1, 14, 4}, {"e", 4, 15, 3}, {"e", 7, 16, 3},
	};
	struct ml_doc doc = {.arena = arena, .bytes = ml_str(text)};
	struct ml_diags diags = {.arena = arena};

	doc.diags = &diags;
	assert_true(ml_doc_open(&doc, doc.bytes));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t line, col;
		ml_doc_place(&doc, ml_yaml_get(doc.root, cases[i].key), cases[i].at, &line, &col);
		if (line != cases[i].line || col != cases[i].col)
			print_error("%s[%zu]: got %u:%u, want %u:%u\n", cases[i].key, cases[i].at, line, col, cases[i].line, cases[i].col);
		assert_int_equal(line, cases[i].line);
		assert_int_equal(col, cases[i].col);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors), cmocka_unit_test(profiles), cmocka_unit_test(memory), cmocka_unit_test(kinds),
		cmocka_unit_test(once), cmocka_unit_test(digests), cmocka_unit_test(places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

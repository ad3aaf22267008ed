/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that stand in rules: facts, and the verdicts expected of them. Here their form is read; ml_judge_test runs them. */
#include "base/sort.h"
#include "policies/load-priv.h"

struct test_draft {
	struct ml_policy_draft *draft;
	struct ml_policy_test *test;
};

/* ml_verdict_words, which belong to findings.h, without "waived": a rule's test knows no waivers. */
static const char *const verdicts[] = {"pass", "fail", "unknown", "notapplicable", NULL};

static void read_facts(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	if (node->kind != ML_YAML_MAP)
		ml_doc_want(doc, node, "a mapping");
	else
		((struct test_draft *)into)->test->facts = node;
}

static int by_text(const void *left, const void *right)
{
	const struct ml_yaml_node *a = *(const struct ml_yaml_node *const *)left, *b = *(const struct ml_yaml_node *const *)right;

	return ml_str_cmp(ml_yaml_text(a), ml_yaml_text(b));
}

/* An element that is named twice stands for another that is not named. */
static void check_twins(struct ml_doc *doc, const struct ml_yaml_node **elements, size_t n)
{
	if (ml_sort(doc->arena, elements, n, sizeof(*elements), by_text))
		return;
	for (size_t i = 1; i < n; i++)
		if (by_text(&elements[i - 1], &elements[i]) == 0)
			ml_doc_error(doc, elements[i], "expect: \"%.*s\" stands twice", ML_STR_ARG(ml_yaml_text(elements[i])));
}

static void check_verdicts(struct ml_doc *doc, const struct ml_yaml_node *map)
{
	const struct ml_yaml_node **elements = NULL;
	size_t n = 0, cap = 0;

	ml_doc_no_twins(doc, map);
	for (uint32_t i = 0; i < map->n; i++) {
		const struct ml_yaml_node *value = ml_yaml_deref(ml_yaml_value(map, i));
		struct ml_strs strs;
		if (ml_doc_word(doc, ml_yaml_deref(ml_yaml_key(map, i)), verdicts) < 0 || !ml_doc_strings(doc, value, &strs))
			continue;
		if (ml_alloc_grow(doc->arena, &elements, &cap, n + strs.n, sizeof(*elements)))
			return;
		for (size_t k = 0; k < strs.n; k++)
			elements[n++] = value->kind == ML_YAML_SEQ ? ml_yaml_deref(value->items[k]) : value;
	}
	check_twins(doc, elements, n);
}

static void read_expect(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	struct test_draft *t = into;

	if (node->kind == ML_YAML_SEQ || (node->kind == ML_YAML_MAP && node->n == 0))
		ml_doc_want(doc, node, "a verdict, or a mapping from verdicts to elements");
	else if (node->kind == ML_YAML_MAP)
		check_verdicts(doc, node);
	else
		ml_doc_word(doc, node, verdicts);
	t->test->expect = node;
}

static void unknown_param(struct ml_doc *doc, const struct ml_policy *policy, const struct ml_yaml_node *key, struct ml_str name)
{
	const char *names[ML_RECORD_MAX];
	struct ml_diag *diag = ml_doc_error(doc, key, "params: this policy has no \"%.*s\"", ML_STR_ARG(name));

	for (size_t i = 0; i < policy->nparams; i++)
		names[i] = policy->params[i].name.ptr ? policy->params[i].name.ptr : "";
	diag->hint = ml_diag_suggest(doc->arena, ml_str_nearest(name, names, policy->nparams));
}

static void read_params(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	struct test_draft *t = into;
	const struct ml_policy *policy = t->draft->policy;

	if (node->kind != ML_YAML_MAP) {
		ml_doc_want(doc, node, "a mapping from parameters to values");
		return;
	}
	ml_doc_no_twins(doc, node);
	for (uint32_t i = 0; i < node->n; i++) {
		struct ml_str name;
		int slot;
		if (!ml_doc_key_text(doc, ml_yaml_key(node, i), &name))
			continue;
		slot = t->draft->params_type ? ml_type_field(t->draft->params_type, name) : -1;
		if (slot < 0) {
			unknown_param(doc, policy, ml_yaml_key(node, i), name);
		} else if (policy->params[slot].type) {
			struct ml_param copy = policy->params[slot];
			ml_param_set(doc, &copy, ml_yaml_deref(ml_yaml_value(node, i)));
		}
	}
	t->test->params = node;
}

static const struct ml_doc_key test_keys[] = {
	{"facts", true, read_facts},
	{"expect", true, read_expect},
	{"params", false, read_params},
};

void ml_rule_tests_read(struct ml_policy_draft *draft, const struct ml_yaml_node *node, struct ml_rule *rule)
{
	struct ml_policy_test *tests;

	if (node->kind != ML_YAML_SEQ) {
		ml_doc_error(draft->doc, node, "tests: got %s, want a list", ml_yaml_what(node));
		return;
	}
	tests = ml_alloc_array(draft->doc->arena, node->n, sizeof(*tests));
	for (uint32_t i = 0; tests && i < node->n; i++) {
		const struct ml_yaml_node *item = ml_yaml_deref(node->items[i]);
		struct test_draft t = {draft, &tests[i]};
		tests[i].line = item->line;
		tests[i].col = item->col;
		if (ml_doc_step(draft->doc, item))
			ml_doc_map(draft->doc, item, "a test", test_keys, sizeof(test_keys) / sizeof(test_keys[0]), &t);
	}
	rule->tests = tests;
	rule->ntests = tests ? node->n : 0;
}

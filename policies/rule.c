/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of policies: their keys, their expressions, and what an element is called in them. */
#include "policies/load-priv.h"

enum { EACH_KEPT = 64, ID_MAX = 128 };

struct rule_draft {
	struct ml_policy_draft *draft;
	struct ml_rule *rule;
	/* Expressions wait until all keys are read: `each` says what the others may name. */
	const struct ml_yaml_node *id, *each, *when, *assertion, *message, *at, *tests;
	const struct ml_type *element;
};

static bool is_id(struct ml_str s)
{
	bool ok = s.len > 0 && s.len <= ID_MAX;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
		ok = ok && (letter || (i > 0 && ((c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.')));
	}
	return ok;
}

static void read_id(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	struct rule_draft *r = into;
	struct ml_str *id = &r->rule->id;

	r->id = node;
	if (!ml_doc_string(doc, node, id))
		return;
	if (!is_id(*id))
		ml_doc_error(doc, node, "id: got \"%.*s\", want letters, digits, '-', '_' and '.', a letter first", ML_STR_ARG(*id));
	if (ml_str_starts(*id, ML_STR("MERLON-")))
		ml_doc_error(doc, node, "id: \"%.*s\": names that start with MERLON- are Merlon's own", ML_STR_ARG(*id));
}

static void read_title(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	ml_doc_string(doc, node, &((struct rule_draft *)into)->rule->title);
}

static void read_severity(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	int word = ml_doc_word(doc, node, ml_severity_words);

	((struct rule_draft *)into)->rule->severity = word < 0 ? ML_SEV_MEDIUM : (enum ml_severity)word;
}

static void read_each(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	((struct rule_draft *)into)->each = node;
}

static void read_when(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	((struct rule_draft *)into)->when = node;
}

static void read_assert(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	((struct rule_draft *)into)->assertion = node;
}

static void read_message(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	((struct rule_draft *)into)->message = node;
}

static void read_at(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	((struct rule_draft *)into)->at = node;
}

static void read_rationale(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	ml_doc_string(doc, node, &((struct rule_draft *)into)->rule->rationale);
}

static void read_fix(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	ml_doc_string(doc, node, &((struct rule_draft *)into)->rule->fix);
}

static void read_refs(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	struct ml_rule *rule = ((struct rule_draft *)into)->rule;
	struct ml_policy_ref *refs;

	if (node->kind != ML_YAML_MAP) {
		ml_doc_want(doc, node, "a mapping from framework to identifiers");
		return;
	}
	refs = ml_alloc_array(doc->arena, node->n, sizeof(*refs));
	ml_doc_no_twins(doc, node);
	for (uint32_t i = 0; refs && i < node->n; i++) {
		struct ml_strs ids = {0};
		if (!ml_doc_key_text(doc, ml_yaml_key(node, i), &refs[i].framework))
			continue;
		if (ml_doc_strings(doc, ml_yaml_deref(ml_yaml_value(node, i)), &ids) && ids.n == 0)
			ml_doc_error(doc, ml_yaml_key(node, i), "refs: \"%.*s\" has no identifiers", ML_STR_ARG(refs[i].framework));
		refs[i].ids = ids.items;
		refs[i].n = ids.n;
	}
	rule->refs = refs;
	rule->nrefs = refs ? node->n : 0;
}

static void read_tests(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	((struct rule_draft *)into)->tests = node;
}

static const struct ml_doc_key rule_keys[] = {
	{"id", true, read_id},
	{"title", true, read_title},
	{"severity", true, read_severity},
	{"each", false, read_each},
	{"when", false, read_when},
	{"at", false, read_at},
	{"assert", true, read_assert},
	{"message", true, read_message},
	{"rationale", false, read_rationale},
	{"fix", false, read_fix},
	{"refs", false, read_refs},
	{"tests", false, read_tests},
};

static void expression(struct rule_draft *r, const char *key, const struct ml_yaml_node *node, const struct ml_cel_env *env, struct ml_policy_expr *out)
{
	if (!node)
		return;
	r->draft->doc->key = key;
	if (ml_expr_compile(r->draft->doc, env, node, out))
		ml_expr_check(r->draft, node, out);
	else
		r->draft->broken = true;
}

/* An expression of the one type that its key has. */
static void typed(struct rule_draft *r, const char *key, const struct ml_yaml_node *node, enum ml_type_kind want, struct ml_policy_expr *out)
{
	const struct ml_type *type;
	struct ml_diag *diag;

	expression(r, key, node, r->rule->env, out);
	if (!out->program)
		return;
	type = ml_cel_type(out->program);
	if (type->kind == want)
		return;
	diag = ml_doc_error(r->draft->doc, node, "%s: got %.*s, want %s", key, ML_STR_ARG(ml_type_str(r->draft->doc->arena, type)),
		want == ML_T_BOOL ? "bool" : "string");
	if (type->kind == ML_T_DYN)
		diag->hint = ml_str(want == ML_T_BOOL ? "its type is open: compare it, or wrap it in bool(…)" : "its type is open: wrap it in string(…)");
	else if (want == ML_T_STRING)
		diag->hint = ml_str("wrap it in string(…)");
}

/* The policy's variables and, behind them, `it` and for a map `key`. */
static const struct ml_cel_env *element_env(struct ml_policy_draft *draft, const struct ml_each *each, const struct ml_type *key)
{
	const struct ml_cel_env *base = draft->policy->env;
	struct ml_cel_var *vars = ml_alloc_array(draft->doc->arena, base->nvars + 2, sizeof(*vars));
	struct ml_cel_env *env = ml_alloc(draft->doc->arena, sizeof(*env));

	if (!vars || !env)
		return base;
	memcpy(vars, base->vars, base->nvars * sizeof(*vars));
	*env = *base;
	env->vars = vars;
	vars[env->nvars++] = (struct ml_cel_var){ML_STR("it"), each->element};
	if (each->map)
		vars[env->nvars++] = (struct ml_cel_var){ML_STR("key"), key};
	return env;
}

static const struct ml_each *known_each(const struct ml_policy_draft *draft, struct ml_str text)
{
	for (size_t i = 0; i < draft->neach; i++)
		if (ml_str_eq(draft->each[i].expr.text, text))
			return &draft->each[i];
	return NULL;
}

/* Compiles an `each`, or finds it; NULL with an error. */
static const struct ml_each *compile_each(struct rule_draft *r)
{
	struct ml_policy_draft *draft = r->draft;
	const struct ml_each *known = r->each->kind == ML_YAML_SCALAR ? known_each(draft, ml_yaml_text(r->each)) : NULL;
	struct ml_each *each;
	const struct ml_type *type;

	if (known)
		return known;
	if (draft->neach < EACH_KEPT && !ml_alloc_grow(draft->doc->arena, &draft->each, &draft->each_cap, draft->neach + 1, sizeof(*each)))
		each = &draft->each[draft->neach];
	else
		each = ml_alloc(draft->doc->arena, sizeof(*each));
	if (!each)
		return NULL;
	*each = (struct ml_each){0};
	expression(r, "each", r->each, draft->policy->env, &each->expr);
	if (!each->expr.program)
		return NULL;
	type = ml_cel_type(each->expr.program);
	if (type->kind != ML_T_LIST && type->kind != ML_T_MAP) {
		ml_doc_error(draft->doc, r->each, "each: got %.*s, want a list or a map", ML_STR_ARG(ml_type_str(draft->doc->arena, type)));
		draft->broken = true;
		return NULL;
	}
	each->map = type->kind == ML_T_MAP;
	each->element = type->elem ? type->elem : &ml_type_dyn;
	each->env = element_env(draft, each, type->key ? type->key : &ml_type_dyn);
	draft->neach += draft->neach < EACH_KEPT && each == &draft->each[draft->neach];
	return each;
}

/* Sets what the other expressions are compiled against. False when `each` is not valid: then nothing is said of them. */
static bool bind_element(struct rule_draft *r)
{
	const struct ml_each *each;

	r->rule->env = r->draft->policy->env;
	if (!r->each)
		return true;
	each = compile_each(r);
	if (!each)
		return false;
	r->rule->each = each->expr;
	r->rule->each.line = r->each->line;
	r->rule->each.col = r->each->col;
	r->rule->element = each->element;
	r->rule->each_map = each->map;
	r->rule->env = each->env;
	return true;
}

static void check_place(struct rule_draft *r)
{
	if (r->rule->at.program && !ml_expr_has_place(&r->rule->at, r->draft->policy->kind->root->nfields))
		ml_doc_error(r->draft->doc, r->at, "at: want a fact, which has a place, not a value that was computed");
}

static void be_strict(struct rule_draft *r)
{
	struct ml_doc *doc = r->draft->doc;
	const struct ml_rule *rule = r->rule;

	if (rule->rationale.len == 0)
		ml_doc_warn(doc, r->id, "%.*s has no rationale", ML_STR_ARG(rule->id));
	if (rule->fix.len == 0)
		ml_doc_warn(doc, r->id, "%.*s has no fix", ML_STR_ARG(rule->id));
	if (rule->nrefs == 0)
		ml_doc_warn(doc, r->id, "%.*s has no refs", ML_STR_ARG(rule->id));
	if (!r->tests)
		ml_doc_warn(doc, r->id, "%.*s has no tests", ML_STR_ARG(rule->id));
}

void ml_rule_read(struct ml_policy_draft *draft, const struct ml_yaml_node *node, struct ml_rule *rule)
{
	struct rule_draft r = {.draft = draft, .rule = rule};

	rule->line = node->line;
	rule->col = node->col;
	ml_doc_map(draft->doc, node, "a rule", rule_keys, sizeof(rule_keys) / sizeof(rule_keys[0]), &r);
	if (bind_element(&r)) {
		typed(&r, "when", r.when, ML_T_BOOL, &rule->when);
		typed(&r, "assert", r.assertion, ML_T_BOOL, &rule->assertion);
		typed(&r, "message", r.message, ML_T_STRING, &rule->message);
		expression(&r, "at", r.at, rule->env, &rule->at);
		check_place(&r);
	} else {
		draft->broken = true;
	}
	if (r.tests && draft->wish->tests)
		ml_rule_tests_read(draft, r.tests, rule);
	if (draft->wish->strict && r.id)
		be_strict(&r);
}

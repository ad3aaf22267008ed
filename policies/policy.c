/* SPDX-License-Identifier: Apache-2.0 */
/* Policy files: their keys, and the variables that their rules see. */
#include "policies/load-priv.h"

struct policy_keys {
	struct ml_policy *policy;
	struct ml_str pack_id;
	const struct ml_yaml_node *params, *rules;
};

void ml_policy_id(struct ml_doc *doc, const struct ml_yaml_node *node, struct ml_str pack_id, struct ml_str *out)
{
	bool ok = true;

	if (!ml_doc_string(doc, node, out))
		return;
	for (size_t i = 0; i < out->len; i++) {
		char c = out->ptr[i];
		ok = ok && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (i > 0 && (c == '-' || c == '_' || c == '.')));
	}
	if (!ok || out->len > 128)
		ml_doc_error(doc, node, "id: got \"%.*s\", want lower-case letters, digits, '-', '_' and '.'", ML_STR_ARG(*out));
	else if (pack_id.len && !ml_str_eq(*out, pack_id))
		ml_doc_error(doc, node, "id: got \"%.*s\", but the pack's file is called %.*s.yaml", ML_STR_ARG(*out), ML_STR_ARG(pack_id));
}

static void read_version(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	/* ml_load_file chose the reader by it. */
}

static void read_id(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	struct policy_keys *k = into;

	ml_policy_id(doc, node, k->pack_id, &k->policy->id);
}

static void read_title(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	ml_doc_string(doc, node, &((struct policy_keys *)into)->policy->title);
}

void ml_policy_on_request(struct ml_doc *doc, const struct ml_yaml_node *node, bool *out)
{
	struct ml_value value;

	if (ml_param_value(doc, &ml_type_bool, node, &value))
		*out = value.b;
}

static void read_on_request(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	ml_policy_on_request(doc, node, &((struct policy_keys *)into)->policy->on_request);
}

static void read_kind(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	struct policy_keys *k = into;
	const char *names[64];
	struct ml_str word;
	size_t n = 0;

	if (!ml_doc_string(doc, node, &word))
		return;
	k->policy->kind = ml_kind_find(word);
	if (k->policy->kind)
		return;
	for (; n < 64 && ml_kinds[n]; n++)
		names[n] = ml_kinds[n]->name;
	ml_doc_error(doc, node, "kind: no kind of facts is called \"%.*s\"; `merlon facts` lists them", ML_STR_ARG(word))->hint =
		ml_diag_suggest(doc->arena, ml_str_nearest(word, names, n));
}

static void read_params(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	((struct policy_keys *)into)->params = node;
}

static void read_rules(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	struct policy_keys *k = into;

	if (node->kind != ML_YAML_SEQ || node->n == 0)
		ml_doc_want(doc, node, "a list of rules");
	else if (node->n > ML_POLICY_RULES_MAX)
		ml_doc_error(doc, node, "rules: got %u of them, want at most %d", node->n, ML_POLICY_RULES_MAX);
	else
		k->rules = node;
}

static const struct ml_doc_key policy_keys[] = {
	{"merlon", true, read_version},
	{"id", true, read_id},
	{"title", true, read_title},
	{"on_request", false, read_on_request},
	{"kind", true, read_kind},
	{"params", false, read_params},
	{"rules", true, read_rules},
};

/* The root's fields in slot order, then `params`. */
static const struct ml_cel_env *root_env(struct ml_arena *arena, const struct ml_kind *kind, const struct ml_type *params)
{
	const struct ml_type *root = kind->root;
	struct ml_cel_var *vars = ml_alloc_array(arena, root->nfields + 1, sizeof(*vars));
	struct ml_cel_env *env = ml_alloc(arena, sizeof(*env));

	if (!vars || !env)
		return NULL;
	for (size_t i = 0; i < root->nfields; i++)
		vars[i] = (struct ml_cel_var){ml_str(root->fields[i].name), root->fields[i].type};
	vars[root->nfields] = (struct ml_cel_var){ML_STR("params"), params};
	*env = (struct ml_cel_env){.vars = vars, .nvars = root->nfields + 1};
	return env;
}

/* Everything that follows from the kind: without one there is nothing to check against. */
static void read_body(struct ml_policy_draft *draft, const struct policy_keys *k)
{
	struct ml_policy *policy = draft->policy;
	size_t errors = draft->doc->diags->errors;

	ml_params_read(draft, k->params);
	draft->broken = draft->doc->diags->errors > errors;
	policy->env = draft->params_type ? root_env(draft->doc->arena, policy->kind, draft->params_type) : NULL;
	if (!policy->env || !k->rules)
		return;
	policy->rules = ml_alloc_array(draft->doc->arena, k->rules->n, sizeof(*policy->rules));
	for (uint32_t i = 0; policy->rules && i < k->rules->n; i++) {
		const struct ml_yaml_node *node = ml_yaml_deref(k->rules->items[i]);
		if (ml_doc_step(draft->doc, node))
			ml_rule_read(draft, node, &policy->rules[policy->nrules++]);
	}
	if (!draft->broken)
		ml_params_check(draft);
}

int ml_policy_read(struct ml_doc *doc, const struct ml_policies_wish *wish, struct ml_str pack_id, struct ml_policy *out)
{
	struct ml_policy_draft draft = {.doc = doc, .wish = wish, .policy = out};
	struct policy_keys k = {.policy = out, .pack_id = pack_id};

	*out = (struct ml_policy){.file = doc->name};
	ml_doc_map(doc, doc->root, "a policy", policy_keys, sizeof(policy_keys) / sizeof(policy_keys[0]), &k);
	if (out->kind && (!wish->kind || wish->kind == out->kind))
		read_body(&draft, &k);
	return ml_arena_failed(doc->arena) ? ML_ENOMEM : 0;
}

bool ml_policy_other_kind(struct ml_str bytes, const struct ml_kind *kind)
{
	struct ml_str word = ML_STR_NONE, rest = bytes;
	const struct ml_kind *other;

	if (!ml_str_has(bytes, "merlon: policy/v1"))
		return false;
	for (size_t at; (at = ml_str_find(rest, ML_STR("\nkind:"))) != ML_NPOS; ) {
		if (word.ptr)
			return false; /* two such lines: YAML must say which is the key */
		rest = ml_str_sub(rest, at + 6, rest.len);
		word = ml_str_trim(ml_str_sub(rest, 0, ml_str_chr(rest, '\n')));
	}
	other = word.ptr ? ml_kind_find(word) : NULL;
	return other && other != kind;
}

bool ml_policy_says_on_request(struct ml_str bytes)
{
	struct ml_str line;

	/* In a block mapping no scalar of whatever style goes on in the column of the keys (YAML 1.2, 6.1 and 8.1). */
	while (ml_str_split(&bytes, '\n', &line))
		if (ml_str_starts(line, ML_STR("on_request:")))
			return ml_str_is(ml_str_trim(ml_str_sub(line, 11, line.len)), "true");
	return false;
}

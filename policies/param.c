/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters of policies: declared with type and default, seen by expressions as the record `params`, set by profiles. */
#include "policies/load-priv.h"

struct draft_param {
	struct ml_param *param;
	const struct ml_yaml_node *value;
};

/* A parameter's values are what YAML can say without a second notation. */
static bool is_param_type(const struct ml_type *type, int depth)
{
	if (depth == 0)
		return false;
	switch (type->kind) {
	case ML_T_BOOL:
	case ML_T_INT:
	case ML_T_DOUBLE:
	case ML_T_STRING:
		return true;
	case ML_T_LIST:
	case ML_T_MAP:
		return is_param_type(type->elem, depth - 1);
	default:
		return false;
	}
}

static void read_type(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	static const char *const names[] = {"bool", "int", "double", "string", "list(string)", "list(int)", "map(string, string)"};
	struct draft_param *draft = into;
	struct ml_str text;
	const struct ml_type *type;

	if (!ml_doc_string(doc, node, &text))
		return;
	type = ml_type_parse(doc->arena, text);
	if (type && is_param_type(type, 8)) {
		draft->param->type = type;
		return;
	}
	ml_doc_error(doc, node, "type: got \"%.*s\", want bool, int, double, string, list(T) or map(string, T) of these", ML_STR_ARG(text))->hint =
		ml_diag_suggest(doc->arena, ml_str_nearest(text, names, sizeof(names) / sizeof(names[0])));
}

static void read_default(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	struct draft_param *draft = into;

	draft->value = node;
}

static void read_about(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	struct draft_param *draft = into;

	ml_doc_string(doc, node, &draft->param->about);
}

static const struct ml_doc_key param_keys[] = {
	{"type", true, read_type},
	{"default", true, read_default},
	{"about", true, read_about},
};

static bool misfit(struct ml_doc *doc, const struct ml_type *type, const struct ml_yaml_node *node)
{
	ml_doc_want(doc, node, ml_type_str(doc->arena, type).ptr);
	return false;
}

static bool scalar_value(struct ml_doc *doc, const struct ml_type *type, const struct ml_yaml_node *node, struct ml_value *out)
{
	struct ml_yaml_scalar scalar = ml_yaml_resolve(node, ML_YAML_CORE);

	if (type->kind == ML_T_BOOL && scalar.type == ML_YAML_BOOL)
		*out = ml_bool(scalar.b);
	else if (type->kind == ML_T_INT && scalar.type == ML_YAML_INT)
		*out = ml_int(scalar.i);
	else if (type->kind == ML_T_DOUBLE && scalar.type == ML_YAML_FLOAT)
		*out = ml_double(scalar.d);
	else if (type->kind == ML_T_DOUBLE && scalar.type == ML_YAML_INT)
		*out = ml_double((double)scalar.i);
	else if (type->kind == ML_T_STRING && scalar.type == ML_YAML_STR)
		*out = ml_string(ml_yaml_text(node));
	else
		return misfit(doc, type, node);
	return true;
}

static bool list_value(struct ml_doc *doc, const struct ml_type *type, const struct ml_yaml_node *node, struct ml_value *out)
{
	struct ml_value *items = ml_alloc_array(doc->arena, node->n, sizeof(*items));
	bool all = items != NULL;

	for (uint32_t i = 0; items && i < node->n; i++)
		all = ml_param_value(doc, type->elem, ml_yaml_deref(node->items[i]), &items[i]) && all;
	*out = ml_list(items, node->n);
	return all;
}

static bool map_value(struct ml_doc *doc, const struct ml_type *type, const struct ml_yaml_node *node, struct ml_value *out)
{
	struct ml_entry *entries = ml_alloc_array(doc->arena, node->n, sizeof(*entries));
	bool all = entries != NULL;
	size_t twin;

	for (uint32_t i = 0; entries && i < node->n; i++) {
		struct ml_str key;
		all = ml_doc_key_text(doc, ml_yaml_key(node, i), &key) && all;
		all = all && ml_param_value(doc, type->elem, ml_yaml_deref(ml_yaml_value(node, i)), &entries[i].value);
		entries[i].key = ml_string(all ? key : ML_STR(""));
	}
	if (all && ml_map(entries, node->n, out, &twin)) {
		ml_doc_no_twins(doc, node);
		return false;
	}
	return all;
}

bool ml_param_value(struct ml_doc *doc, const struct ml_type *type, const struct ml_yaml_node *node, struct ml_value *out)
{
	if (!ml_doc_step(doc, node))
		return false;
	if (node->kind == ML_YAML_SCALAR)
		return scalar_value(doc, type, node, out);
	if (node->kind == ML_YAML_SEQ && type->kind == ML_T_LIST)
		return list_value(doc, type, node, out);
	if (node->kind == ML_YAML_MAP && type->kind == ML_T_MAP)
		return map_value(doc, type, node, out);
	return misfit(doc, type, node);
}

static bool is_name(struct ml_str s)
{
	bool ok = s.len > 0 && s.len <= 64 && !(s.ptr[0] >= '0' && s.ptr[0] <= '9');

	for (size_t i = 0; i < s.len; i++)
		ok = ok && ((s.ptr[i] >= 'a' && s.ptr[i] <= 'z') || (s.ptr[i] >= '0' && s.ptr[i] <= '9') || s.ptr[i] == '_');
	return ok;
}

static void read_param(struct ml_policy_draft *draft, const struct ml_yaml_node *map, uint32_t i, struct ml_field *field)
{
	struct ml_doc *doc = draft->doc;
	struct draft_param d = {.param = &draft->policy->params[i]};

	draft->params[i].name = ml_yaml_key(map, i);
	if (!ml_doc_key_text(doc, draft->params[i].name, &d.param->name))
		return;
	if (!is_name(d.param->name))
		ml_doc_error(doc, draft->params[i].name, "parameter: got \"%.*s\", want a name of a-z, 0-9 and _", ML_STR_ARG(d.param->name));
	ml_doc_map(doc, ml_yaml_deref(ml_yaml_value(map, i)), "a parameter", param_keys, sizeof(param_keys) / sizeof(param_keys[0]), &d);
	doc->key = "default";
	if (d.param->type && d.value && ml_param_value(doc, d.param->type, d.value, &d.param->value))
		draft->params[i].value = d.value;
	/* A YAML scalar's text has a NUL behind it. One without a valid type is of every type, so that only one error is said. */
	*field = (struct ml_field){.name = d.param->name.ptr, .type = d.param->type ? d.param->type : &ml_type_dyn, .about = d.param->about.ptr};
}

/* The type of the record `params`. NULL when memory ended. */
static const struct ml_type *record_type(struct ml_arena *arena, const struct ml_field *fields, size_t n)
{
	struct ml_type *type = ml_alloc(arena, sizeof(*type));

	if (type)
		*type = (struct ml_type){.kind = ML_T_RECORD, .name = "params", .fields = fields, .nfields = n};
	return type;
}

int ml_params_pack(struct ml_arena *arena, const struct ml_type *type, struct ml_policy *policy)
{
	struct ml_record_builder builder;

	ml_record_begin(&builder, type);
	for (size_t i = 0; i < policy->nparams; i++)
		ml_record_set(&builder, (int)i, policy->params[i].value);
	return ml_record_pack(&builder, arena, 0, &policy->params_value);
}

void ml_params_read(struct ml_policy_draft *draft, const struct ml_yaml_node *node)
{
	struct ml_arena *arena = draft->doc->arena;
	uint32_t n = node && node->kind == ML_YAML_MAP ? node->n : 0;
	struct ml_field *fields;

	if (node && node->kind != ML_YAML_MAP)
		ml_doc_error(draft->doc, node, "params: got %s, want a mapping", ml_yaml_what(node));
	if (n > ML_RECORD_MAX) {
		ml_doc_error(draft->doc, node, "params: got %u of them, want at most %d", n, ML_RECORD_MAX);
		n = 0;
	}
	fields = ml_alloc_array(arena, n, sizeof(*fields));
	draft->policy->params = ml_alloc_array(arena, n, sizeof(*draft->policy->params));
	draft->params = ml_alloc_array(arena, n, sizeof(*draft->params));
	if (!fields || !draft->policy->params || !draft->params)
		return;
	if (n)
		ml_doc_no_twins(draft->doc, node);
	for (uint32_t i = 0; i < n; i++)
		read_param(draft, node, i, &fields[i]);
	draft->policy->nparams = n;
	draft->params_type = record_type(arena, fields, n);
	if (draft->params_type)
		ml_params_pack(arena, draft->params_type, draft->policy);
}

/* One string that must be a word. */
static bool check_word(struct ml_doc *doc, const struct ml_vocab *vocab, const struct ml_yaml_node *node)
{
	struct ml_str word = ml_yaml_text(node);
	struct ml_diag *diag;

	if (ml_vocab_has(vocab, word))
		return true;
	diag = ml_doc_error(doc, node, "\"%.*s\" is no %s, and an expression compares it with one", ML_STR_ARG(word), vocab->name);
	diag->hint = ml_diag_suggest(doc->arena, ml_vocab_nearest(vocab, word));
	return false;
}

/* The strings of a value: itself, a list's elements, a map's keys (which is what `in` looks at). */
static bool check_words(struct ml_doc *doc, const struct ml_param *param, const struct ml_yaml_node *node)
{
	bool all = true;

	if (param->type->kind == ML_T_STRING)
		return check_word(doc, param->vocab, node);
	if (param->type->kind == ML_T_LIST && param->type->elem->kind == ML_T_STRING)
		for (uint32_t i = 0; i < node->n; i++)
			all = check_word(doc, param->vocab, ml_yaml_deref(node->items[i])) && all;
	if (param->type->kind == ML_T_MAP)
		for (uint32_t i = 0; i < node->n; i++)
			all = check_word(doc, param->vocab, ml_yaml_deref(ml_yaml_key(node, i))) && all;
	return all;
}

void ml_params_check(struct ml_policy_draft *draft)
{
	for (size_t i = 0; i < draft->policy->nparams; i++) {
		const struct ml_param *param = &draft->policy->params[i];
		if (!(draft->used[i / 64] >> i % 64 & 1))
			ml_doc_error(draft->doc, draft->params[i].name, "no expression uses the parameter \"%.*s\"", ML_STR_ARG(param->name));
		else if (param->vocab && draft->params[i].value)
			check_words(draft->doc, param, draft->params[i].value);
	}
}

bool ml_param_set(struct ml_doc *doc, struct ml_param *param, const struct ml_yaml_node *node)
{
	doc->key = param->name.ptr;
	return ml_param_value(doc, param->type, node, &param->value) && (!param->vocab || check_words(doc, param, node));
}

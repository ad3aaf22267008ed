/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of a rule's test: YAML typed by the kind's schema, with the places of the policy file.
 */
#include "base/num.h"
#include "policies/judge-priv.h"

enum { STEPS = 1000000, DEPTH = 64 };

struct maker {
	struct ml_facts *facts;
	const struct ml_yaml_node *node; /* the first that does not fit; NULL: all do */
	struct ml_str message;
	const char *near; /* what was meant, or NULL */
	uint32_t steps;
};

static bool misfit(
	struct maker *m, const struct ml_yaml_node *node, const char *what, struct ml_str detail)
{
	if (m->node)
		return false;
	m->node = node;
	m->message = ml_strf(m->facts->arena, "facts: %s%.*s", what, ML_STR_ARG(detail));
	return false;
}

static bool suggest(struct maker *m, const char *near)
{
	if (!m->near)
		m->near = near;
	return false;
}

static bool want_type(struct maker *m, const struct ml_yaml_node *node, const struct ml_type *type)
{
	struct ml_arena *arena = m->facts->arena;

	return misfit(m, node, "",
		ml_strf(arena, "got %s, want %.*s", ml_yaml_what(node),
			ML_STR_ARG(ml_type_str(arena, type))));
}

static uint32_t place(
	struct maker *m, const struct ml_yaml_node *node, const struct ml_yaml_node *key)
{
	struct ml_loc loc = {.line = node->line, .col = node->col};

	loc.end_col =
		node->kind == ML_YAML_SCALAR && node->end_line == node->line ? node->end_col : 0;
	loc.key_line = key ? key->line : 0;
	loc.key_col = key ? key->col : 0;
	return ml_facts_loc(m->facts, loc);
}

static bool make(struct maker *m, const struct ml_yaml_node *written,
	const struct ml_yaml_node *key, const struct ml_type *type, int depth,
	struct ml_value *out);

/* "30s", "1.5s", and as a bare number of seconds. */
static bool duration(struct ml_str text, struct ml_value *out)
{
	struct ml_str digits = text.len && text.ptr[text.len - 1] == 's'
				       ? ml_str_sub(text, 0, text.len - 1)
				       : text;
	double seconds;

	if (!ml_parse_double(digits, &seconds) || seconds > 1e12 || seconds < -1e12)
		return false;
	*out = ml_duration((int64_t)seconds, (int32_t)((seconds - (double)(int64_t)seconds) * 1e9));
	return true;
}

static bool make_dyn(
	const struct ml_yaml_node *node, const struct ml_yaml_scalar *scalar, struct ml_value *out)
{
	*out = scalar->type == ML_YAML_NULL    ? ml_null()
	       : scalar->type == ML_YAML_BOOL  ? ml_bool(scalar->b)
	       : scalar->type == ML_YAML_INT   ? ml_int(scalar->i)
	       : scalar->type == ML_YAML_FLOAT ? ml_double(scalar->d)
					       : ml_string(ml_yaml_text(node));
	return true;
}

static bool make_string(struct maker *m, const struct ml_yaml_node *node,
	const struct ml_type *type, struct ml_value *out)
{
	struct ml_str text = ml_yaml_text(node);

	*out = ml_string(text);
	if (!type->vocab || type->vocab->open || ml_vocab_has(type->vocab, text))
		return true;
	misfit(m, node, "",
		ml_strf(m->facts->arena, "\"%.*s\" is no %s", ML_STR_ARG(text), type->vocab->name));
	return suggest(m, ml_vocab_nearest(type->vocab, text));
}

static bool make_scalar(struct maker *m, const struct ml_yaml_node *node,
	const struct ml_type *type, struct ml_value *out)
{
	struct ml_yaml_scalar scalar = ml_yaml_resolve(node, ML_YAML_CORE);

	if (type->kind == ML_T_DYN)
		return make_dyn(node, &scalar, out);
	if (type->kind == ML_T_STRING && scalar.type == ML_YAML_STR)
		return make_string(m, node, type, out);
	if (type->kind == ML_T_TIMESTAMP && ml_cel_read_time(ml_yaml_text(node), out) &&
		out->kind == ML_V_TIMESTAMP)
		return true;
	if (type->kind == ML_T_DURATION && duration(ml_yaml_text(node), out))
		return true;
	if (type->kind == ML_T_BOOL && scalar.type == ML_YAML_BOOL)
		*out = ml_bool(scalar.b);
	else if (type->kind == ML_T_INT && scalar.type == ML_YAML_INT)
		*out = ml_int(scalar.i);
	else if (type->kind == ML_T_UINT && scalar.type == ML_YAML_INT && scalar.i >= 0)
		*out = ml_uint((uint64_t)scalar.i);
	else if (type->kind == ML_T_DOUBLE &&
		 (scalar.type == ML_YAML_FLOAT || scalar.type == ML_YAML_INT))
		*out = ml_double(scalar.type == ML_YAML_INT ? (double)scalar.i : scalar.d);
	else if (type->kind == ML_T_BYTES)
		*out = ml_bytes(ml_yaml_text(node));
	else
		return want_type(m, node, type);
	return true;
}

static bool make_list(struct maker *m, const struct ml_yaml_node *node, const struct ml_type *elem,
	int depth, struct ml_value *out)
{
	struct ml_value *items = ml_alloc_array(m->facts->arena, node->n, sizeof(*items));

	for (uint32_t i = 0; items && i < node->n; i++)
		if (!make(m, node->items[i], NULL, elem, depth, &items[i]))
			return false;
	*out = ml_list(items, node->n);
	return items != NULL;
}

/* The field of an element that says its key ("name"): a test need not repeat it. */
static int key_slot(const struct ml_type *type)
{
	int slot = type->kind == ML_T_RECORD ? ml_type_field(type, ML_STR("name")) : -1;

	return slot >= 0 && (type->fields[slot].flags & ML_F_ID) ? slot : -1;
}

static bool no_such_field(
	struct maker *m, const struct ml_yaml_node *field, const struct ml_type *type)
{
	struct ml_str name = field->kind == ML_YAML_SCALAR ? ml_yaml_text(field) : ML_STR("?");
	const char *names[ML_RECORD_MAX];

	for (size_t i = 0; i < type->nfields; i++)
		names[i] = type->fields[i].name;
	misfit(m, field, type->name,
		ml_strf(m->facts->arena, " has no field \"%.*s\"", ML_STR_ARG(name)));
	return suggest(m, ml_str_nearest(name, names, type->nfields));
}

static bool make_record(struct maker *m, const struct ml_yaml_node *node,
	const struct ml_yaml_node *key, const struct ml_type *type, int depth, struct ml_value *out)
{
	struct ml_record_builder builder;
	int name = key ? key_slot(type) : -1;

	ml_record_begin(&builder, type);
	for (uint32_t i = 0; i < node->n; i++) {
		const struct ml_yaml_node *field = ml_yaml_deref(ml_yaml_key(node, i));
		int slot = field->kind == ML_YAML_SCALAR ? ml_type_field(type, ml_yaml_text(field))
							 : -1;
		if (slot < 0)
			return no_such_field(m, field, type);
		if (builder.slots[slot].kind != ML_V_ABSENT)
			return misfit(m, field, "a field stands twice", ML_STR_NONE);
		if (!make(m, ml_yaml_value(node, i), field, type->fields[slot].type, depth,
			    &builder.slots[slot]))
			return false;
	}
	if (name >= 0 && builder.slots[name].kind == ML_V_ABSENT)
		ml_record_set(
			&builder, name, ml_at(ml_string(ml_yaml_text(key)), place(m, key, NULL)));
	return ml_record_pack(&builder, m->facts->arena, 0, out) == 0;
}

static bool make_map(struct maker *m, const struct ml_yaml_node *node, const struct ml_type *type,
	int depth, struct ml_value *out)
{
	const struct ml_type *elem = type->kind == ML_T_MAP ? type->elem : &ml_type_dyn;
	struct ml_entry *entries = ml_alloc_array(m->facts->arena, node->n, sizeof(*entries));

	for (uint32_t i = 0; entries && i < node->n; i++) {
		const struct ml_yaml_node *key = ml_yaml_deref(ml_yaml_key(node, i));
		if (key->kind != ML_YAML_SCALAR)
			return misfit(m, key, "got a key that is no scalar", ML_STR_NONE);
		if (type->kind == ML_T_MAP && type->key->kind != ML_T_STRING
				? !make_scalar(m, key, type->key, &entries[i].key)
				: (entries[i].key = ml_string(ml_yaml_text(key)), false))
			return false;
		if (!make(m, ml_yaml_value(node, i), key, elem, depth, &entries[i].value))
			return false;
	}
	if (entries && ml_map(entries, node->n, out, NULL))
		return misfit(m, node, "a key stands twice", ML_STR_NONE);
	return entries != NULL;
}

/* {$unknown: reason}, as in fact files. */
static bool make_unknown(struct maker *m, const struct ml_yaml_node *node, struct ml_value *out)
{
	const struct ml_yaml_node *reason =
		node->kind == ML_YAML_MAP && node->n == 1 ? ml_yaml_get(node, "$unknown") : NULL;

	if (!reason || reason->kind != ML_YAML_SCALAR)
		return false;
	*out = ml_unknown(ml_yaml_text(reason));
	m->facts->incomplete = true;
	return true;
}

static bool make_any(struct maker *m, const struct ml_yaml_node *node,
	const struct ml_yaml_node *key, const struct ml_type *type, int depth, struct ml_value *out)
{
	bool dyn = type->kind == ML_T_DYN;

	if (node->kind == ML_YAML_SCALAR)
		return make_scalar(m, node, type, out);
	if (node->kind == ML_YAML_SEQ && (dyn || type->kind == ML_T_LIST))
		return make_list(m, node, dyn ? type : type->elem, depth + 1, out);
	if (node->kind == ML_YAML_MAP && type->kind == ML_T_RECORD)
		return make_record(m, node, key, type, depth + 1, out);
	if (node->kind == ML_YAML_MAP && (dyn || type->kind == ML_T_MAP))
		return make_map(m, node, type, depth + 1, out);
	return want_type(m, node, type);
}

static bool make(struct maker *m, const struct ml_yaml_node *written,
	const struct ml_yaml_node *key, const struct ml_type *type, int depth, struct ml_value *out)
{
	const struct ml_yaml_node *node = ml_yaml_deref(written);

	if (m->steps++ > STEPS || depth > DEPTH)
		return misfit(m, written, "too many or too deep", ML_STR_NONE);
	if (!make_unknown(m, node, out) && !make_any(m, node, key, type, depth, out))
		return false;
	out->loc = place(m, written, key);
	return true;
}

static bool make_params(struct maker *m, const struct ml_policy *policy,
	const struct ml_yaml_node *node, struct ml_value *out)
{
	const struct ml_type *type = policy->params_value.record->type;
	struct ml_record_builder builder;

	ml_record_begin(&builder, type);
	for (size_t i = 0; i < type->nfields; i++)
		ml_record_set(
			&builder, (int)i, *ml_record_get(policy->params_value.record, (int)i));
	for (uint32_t i = 0; i < node->n; i++) {
		const struct ml_yaml_node *key = ml_yaml_deref(ml_yaml_key(node, i));
		int slot =
			key->kind == ML_YAML_SCALAR ? ml_type_field(type, ml_yaml_text(key)) : -1;
		struct ml_value value;
		if (slot < 0)
			return misfit(m, key, "there is no such parameter", ML_STR_NONE);
		if (!make(m, ml_yaml_value(node, i), key, type->fields[slot].type, 0, &value))
			return false;
		ml_record_set(&builder, slot, ml_at(value, 0));
	}
	return ml_record_pack(&builder, m->facts->arena, 0, out) == 0;
}

static struct ml_facts *make_facts(struct maker *m, struct ml_arena *arena,
	const struct ml_policy *policy, const struct ml_policy_test *test, struct ml_value *params)
{
	m->facts = ml_facts_new(arena, policy->kind, policy->file);
	*params = ml_absent();
	if (!m->facts || ml_facts_source(m->facts, policy->file, ML_STR_NONE) < 0)
		return NULL;
	if (test->params && !make_params(m, policy, ml_yaml_deref(test->params), params))
		return NULL;
	return make(m, ml_yaml_deref(test->facts), NULL, policy->kind->root, 0, &m->facts->root)
		       ? m->facts
		       : NULL;
}

struct ml_facts *ml_judge_facts(struct ml_arena *arena, const struct ml_policy *policy,
	const struct ml_policy_test *test, struct ml_value *params, struct ml_str *why)
{
	struct maker m = {0};
	struct ml_facts *facts = make_facts(&m, arena, policy, test, params);

	*why = ML_STR_NONE;
	if (m.node)
		*why = ml_strf(arena, "%.*s:%u:%u: %.*s%s%s%s", ML_STR_ARG(policy->file),
			m.node->line, m.node->col, ML_STR_ARG(m.message),
			m.near ? "; did you mean `" : "", m.near ? m.near : "", m.near ? "`?" : "");
	return facts;
}

int ml_judge_check_test(struct ml_arena *arena, const struct ml_policy *policy,
	const struct ml_policy_test *test, struct ml_str bytes, struct ml_diags *diags)
{
	struct maker m = {0};
	struct ml_value params;
	struct ml_diag *diag;

	if (make_facts(&m, arena, policy, test, &params))
		return 0;
	if (!m.node)
		return ML_ENOMEM;
	diag = ml_diag_add(diags, ML_DIAG_ERROR, policy->file, m.node->line, m.node->col, "%.*s",
		ML_STR_ARG(m.message));
	diag->end_col = m.node->end_line == m.node->line ? m.node->end_col : 0;
	diag->hint = ml_diag_suggest(arena, m.near);
	diag->source = ml_text_line(bytes, m.node->line);
	return ML_ETYPE;
}

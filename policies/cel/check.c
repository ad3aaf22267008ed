/* SPDX-License-Identifier: Apache-2.0 */
/* The checker: gives each node its meaning and its type (langdef.md, "Gradual Type Checking"; cel-go, checker/checker.go). */
#include "policies/cel/check-priv.h"

#include <stdarg.h>
#include <stdio.h>

void ml_cel_typed(struct ml_cel_checker *c, struct ml_cel_node *node, const struct ml_type *type)
{
	node->type = c->env->unchecked || !type ? &ml_type_dyn : type;
}

const char *ml_cel_type_name(struct ml_cel_checker *c, const struct ml_type *type)
{
	struct ml_str name = ml_type_str(c->arena, ml_cel_resolve(&c->in, type, true));

	return name.ptr ? name.ptr : "?";
}

void ml_cel_fault(struct ml_cel_checker *c, struct ml_cel_node *node, struct ml_str text)
{
	node->op = ML_CEL_FAULT;
	node->n = 0;
	node->value = ml_verror(text);
	ml_cel_typed(c, node, &ml_type_dyn);
}

struct ml_diag *ml_cel_report(struct ml_cel_checker *c, const struct ml_cel_node *node, const char *fmt, ...)
{
	static struct ml_diag nowhere;
	char text[768];
	uint32_t line, col, end_line, end_col;
	struct ml_diag *diag;
	va_list ap;

	if (!c->error)
		c->error = ML_ETYPE;
	if (c->errors++ >= ML_CEL_ERRORS)
		return &nowhere;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ml_cel_position(c->text, node->at, &line, &col);
	ml_cel_position(c->text, node->end, &end_line, &end_col);
	diag = ml_diag_add(c->diags, ML_DIAG_ERROR, ML_STR(""), line, col, "%s", text);
	diag->end_col = end_line == line && end_col > col ? end_col : 0;
	return diag;
}

static const struct ml_type *deref(struct ml_cel_checker *c, const struct ml_type *type)
{
	return ml_cel_deref(&c->in, type);
}

/* A parameter that is used as if it were anything becomes dyn. */
static const struct ml_type *settle(struct ml_cel_checker *c, const struct ml_type *type)
{
	type = deref(c, type);
	if (type->kind == ML_T_PARAM)
		ml_cel_fits(&c->in, &ml_type_dyn, type);
	return type->kind == ML_T_PARAM ? &ml_type_dyn : type;
}

static void check_const(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	static const struct ml_type *const types[] = {
		[ML_V_NULL] = &ml_type_null, [ML_V_BOOL] = &ml_type_bool, [ML_V_INT] = &ml_type_int, [ML_V_UINT] = &ml_type_uint,
		[ML_V_DOUBLE] = &ml_type_double, [ML_V_STRING] = &ml_type_string, [ML_V_BYTES] = &ml_type_bytes,
	};

	ml_cel_typed(c, node, types[node->value.kind]);
}

static void check_ident(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	if (!ml_cel_check_name(c, node))
		ml_cel_undeclared(c, node);
}

static void check_message(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	if (c->env->unchecked) {
		ml_cel_fault(c, node, ml_strf(c->arena, "unknown type: '%.*s'", ML_STR_ARG(node->name)));
		return;
	}
	ml_cel_report(c, node, "a message literal: got \"%.*s{…}\", but there are no messages here", ML_STR_ARG(ml_str_sub(node->name, 0, 80)));
	ml_cel_typed(c, node, &ml_type_dyn);
}

static const struct ml_type *record_field(struct ml_cel_checker *c, struct ml_cel_node *node, const struct ml_type *record)
{
	node->slot = ml_type_field(record, node->name);
	if (node->slot >= 0)
		return record->fields[node->slot].type;
	ml_cel_report(c, node, "no field \"%.*s\" in %s", ML_STR_ARG(node->name), ml_cel_type_name(c, record))->hint =
		ml_diag_suggest(c->arena, ml_type_nearest(record, node->name));
	return &ml_type_dyn;
}

static const struct ml_type *map_field(struct ml_cel_checker *c, struct ml_cel_node *node, const struct ml_type *map)
{
	const struct ml_type *key = deref(c, map->key);

	if (key->kind != ML_T_STRING && key->kind != ML_T_DYN && key->kind != ML_T_PARAM)
		ml_cel_report(c, node, "no field \"%.*s\" in %s, whose keys are no strings", ML_STR_ARG(node->name), ml_cel_type_name(c, map));
	else
		ml_cel_check_key_words(c, node, key);
	return map->elem;
}

/* The type of `field` in something of type `type`. */
static const struct ml_type *field(struct ml_cel_checker *c, struct ml_cel_node *node, const struct ml_type *type)
{
	type = settle(c, type);
	switch (type->kind) {
	case ML_T_RECORD:
		return record_field(c, node, type);
	case ML_T_MAP:
		return map_field(c, node, type);
	case ML_T_DYN:
		return &ml_type_dyn;
	default:
		ml_cel_report(c, node, "no field \"%.*s\" in %s", ML_STR_ARG(node->name), ml_cel_type_name(c, type));
		return &ml_type_dyn;
	}
}

/* optional(T) or, when it is no optional, T itself; *is tells. */
static const struct ml_type *unwrap(struct ml_cel_checker *c, const struct ml_type *type, bool *is)
{
	type = deref(c, type);
	*is = type->kind == ML_T_OPTIONAL;
	return *is ? type->elem : type;
}

static void check_select(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	const struct ml_type *type;
	bool is_optional;

	if (ml_cel_check_name(c, node))
		return;
	ml_cel_check_node(c, node->args[0]);
	type = field(c, node, unwrap(c, node->args[0]->type, &is_optional));
	if (node->flags & ML_CEL_F_HAS)
		type = &ml_type_bool;
	else if (is_optional || node->flags & ML_CEL_F_OPTIONAL)
		type = ml_type_optional(c->arena, type);
	ml_cel_typed(c, node, type);
}

/* Whether the node's type fits; reports when not. */
static bool want(struct ml_cel_checker *c, const struct ml_cel_node *node, const struct ml_type *type, const char *what)
{
	if (ml_cel_fits(&c->in, node->type, type))
		return true;
	ml_cel_report(c, node, "%s: got %s, want %s", what, ml_cel_type_name(c, node->type), ml_cel_type_name(c, type));
	return false;
}

static const struct ml_type *element(struct ml_cel_checker *c, struct ml_cel_node *node, const struct ml_type *type)
{
	const struct ml_cel_node *index = node->args[1];

	type = settle(c, type);
	switch (type->kind) {
	case ML_T_LIST:
		want(c, index, &ml_type_int, "index of a list");
		return type->elem;
	case ML_T_MAP:
		if (want(c, index, type->key, "key of a map"))
			ml_cel_check_key_words(c, node, type->key);
		return type->elem;
	case ML_T_DYN:
		return &ml_type_dyn;
	default:
		ml_cel_report(c, node, "no overload of _[_] for (%s, %s)", ml_cel_type_name(c, type), ml_cel_type_name(c, index->type));
		return &ml_type_dyn;
	}
}

static void check_index(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	const struct ml_type *type;
	bool is_optional;

	ml_cel_check_node(c, node->args[0]);
	ml_cel_check_node(c, node->args[1]);
	type = element(c, node, unwrap(c, node->args[0]->type, &is_optional));
	if (is_optional || node->flags & ML_CEL_F_OPTIONAL)
		type = ml_type_optional(c->arena, type);
	ml_cel_typed(c, node, type);
}

static void check_logic(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	for (uint32_t i = 0; i < node->n; i++) {
		ml_cel_check_node(c, node->args[i]);
		want(c, node->args[i], &ml_type_bool, node->op == ML_CEL_AND ? "operand of &&" : "operand of ||");
	}
	ml_cel_typed(c, node, &ml_type_bool);
}

static void check_cond(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	struct ml_cel_node *a = node->args[1], *b = node->args[2];

	for (uint32_t i = 0; i < 3; i++)
		ml_cel_check_node(c, node->args[i]);
	want(c, node->args[0], &ml_type_bool, "condition of ?:");
	ml_cel_typed(c, a, ml_cel_literal_type(c, a, b->type));
	ml_cel_typed(c, b, ml_cel_literal_type(c, b, a->type));
	if (ml_cel_fits(&c->in, a->type, b->type)) {
		ml_cel_typed(c, node, ml_cel_join(&c->in, a->type, b->type));
		return;
	}
	ml_cel_report(c, node, "branches of ?: differ: got %s and %s; dyn() joins them", ml_cel_type_name(c, a->type), ml_cel_type_name(c, b->type));
	ml_cel_typed(c, node, &ml_type_dyn);
}

/* What an element of a literal adds to the type of those before it; an optional one adds what is inside. */
static const struct ml_type *joined(struct ml_cel_checker *c, struct ml_cel_node *node, bool optional, const struct ml_type *before)
{
	const struct ml_type *type = node->type;
	bool is_optional = false;

	if (optional) {
		type = unwrap(c, settle(c, type), &is_optional);
		if (!is_optional && type->kind != ML_T_DYN)
			ml_cel_report(c, node, "optional element: got %s, want optional", ml_cel_type_name(c, type));
	} else if (before) {
		type = ml_cel_literal_type(c, node, before);
	}
	if (!before)
		return type;
	return ml_cel_fits(&c->in, before, type) ? ml_cel_join(&c->in, before, type) : &ml_type_dyn;
}

static void check_list(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	const struct ml_type *elem = NULL;

	for (uint32_t i = 0; i < node->n; i++) {
		ml_cel_check_node(c, node->args[i]);
		elem = joined(c, node->args[i], node->args[i]->flags & ML_CEL_F_ENTRY, elem);
	}
	ml_cel_typed(c, node, ml_type_list(c->arena, elem ? elem : ml_cel_fresh(&c->in)));
}

static void check_map_key(struct ml_cel_checker *c, const struct ml_cel_node *key)
{
	switch (deref(c, key->type)->kind) {
	case ML_T_BOOL:
	case ML_T_INT:
	case ML_T_UINT:
	case ML_T_STRING:
	case ML_T_DYN:
	case ML_T_PARAM:
		return;
	default:
		ml_cel_report(c, key, "key of a map: got %s, want bool, int, uint or string", ml_cel_type_name(c, key->type));
	}
}

static void check_map(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	const struct ml_type *key = NULL, *elem = NULL;

	for (uint32_t i = 0; i + 1 < node->n; i += 2) {
		ml_cel_check_node(c, node->args[i]);
		ml_cel_check_node(c, node->args[i + 1]);
		check_map_key(c, node->args[i]);
		key = joined(c, node->args[i], false, key);
		elem = joined(c, node->args[i + 1], node->args[i]->flags & ML_CEL_F_ENTRY, elem);
	}
	ml_cel_typed(c, node, ml_type_map(c->arena, key ? key : ml_cel_fresh(&c->in), elem ? elem : ml_cel_fresh(&c->in)));
}

/* Opens the scope of a macro's variable and returns its slot. */
static int32_t open_local(struct ml_cel_checker *c, struct ml_str name, const struct ml_type *type)
{
	if (ml_alloc_grow(c->arena, &c->locals, &c->locals_cap, c->nlocals + 1, sizeof(c->locals[0]))) {
		c->error = ML_ENOMEM;
		return -1;
	}
	c->locals[c->nlocals] = (struct ml_cel_local){name, type};
	if (++c->nlocals > c->most_locals)
		c->most_locals = c->nlocals;
	return (int32_t)c->nlocals - 1;
}

/* The types of a range's variables: `one` when it has one, else `first` and `second`. */
struct range {
	const struct ml_type *one, *first, *second;
};

static struct range range_types(struct ml_cel_checker *c, const struct ml_cel_node *node)
{
	const struct ml_type *type = settle(c, node->type);

	if (type->kind == ML_T_LIST)
		return (struct range){type->elem, &ml_type_int, type->elem};
	if (type->kind == ML_T_MAP)
		return (struct range){type->key, type->key, type->elem};
	if (type->kind != ML_T_DYN)
		ml_cel_report(c, node, "range of a macro: got %s, want a list or a map", ml_cel_type_name(c, type));
	return (struct range){&ml_type_dyn, &ml_type_dyn, &ml_type_dyn};
}

static const struct ml_type *loop_type(struct ml_cel_checker *c, const struct ml_cel_node *node, const struct range *range)
{
	const struct ml_type *type = node->args[2] ? node->args[2]->type : NULL, *entry;

	switch (node->loop) {
	case ML_CEL_LOOP_FILTER:
		return ml_type_list(c->arena, range->one);
	case ML_CEL_LOOP_MAP:
		return ml_type_list(c->arena, type);
	case ML_CEL_LOOP_MAP_VALUES:
		return ml_type_map(c->arena, range->first, type);
	case ML_CEL_LOOP_MAP_ENTRIES:
		entry = ml_type_map(c->arena, ml_cel_fresh(&c->in), ml_cel_fresh(&c->in));
		return entry && want(c, node->args[2], entry, "entry of transformMapEntry") ? ml_cel_resolve(&c->in, entry, false) : NULL;
	default:
		return &ml_type_bool;
	}
}

static void check_loop(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	size_t outer = c->nlocals;
	struct range range;

	ml_cel_check_node(c, node->args[0]);
	range = range_types(c, node->args[0]);
	node->slot = open_local(c, node->name, node->name2.len ? range.first : range.one);
	if (node->name2.len)
		node->slot2 = open_local(c, node->name2, range.second);
	if (node->args[1]) {
		ml_cel_check_node(c, node->args[1]);
		want(c, node->args[1], &ml_type_bool, "predicate of a macro");
	}
	if (node->args[2])
		ml_cel_check_node(c, node->args[2]);
	c->nlocals = outer;
	ml_cel_typed(c, node, loop_type(c, node, &range));
}

static void check_bind(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	size_t outer = c->nlocals;

	ml_cel_check_node(c, node->args[0]);
	node->slot = open_local(c, node->name, node->args[0]->type);
	ml_cel_check_node(c, node->args[1]);
	c->nlocals = outer;
	ml_cel_typed(c, node, node->args[1]->type);
}

static void check_opt_map(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	bool flat = node->op == ML_CEL_OPTFLATMAP, is_optional;
	size_t outer = c->nlocals;
	const struct ml_type *type;

	ml_cel_check_node(c, node->args[0]);
	type = unwrap(c, settle(c, node->args[0]->type), &is_optional);
	if (!is_optional && type->kind != ML_T_DYN)
		ml_cel_report(c, node->args[0], "%s: got %s, want optional", flat ? "optFlatMap" : "optMap", ml_cel_type_name(c, type));
	node->slot = open_local(c, node->name, is_optional ? type : &ml_type_dyn);
	ml_cel_check_node(c, node->args[1]);
	c->nlocals = outer;
	type = node->args[1]->type;
	if (!flat) {
		ml_cel_typed(c, node, ml_type_optional(c->arena, type));
		return;
	}
	unwrap(c, settle(c, type), &is_optional);
	if (!is_optional && deref(c, type)->kind != ML_T_DYN)
		ml_cel_report(c, node->args[1], "optFlatMap: got %s, want optional", ml_cel_type_name(c, type));
	ml_cel_typed(c, node, type);
}

void ml_cel_check_node(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	static void (*const checks[])(struct ml_cel_checker *c, struct ml_cel_node *node) = {
		[ML_CEL_IDENT] = check_ident, [ML_CEL_MESSAGE] = check_message, [ML_CEL_CONST] = check_const, [ML_CEL_SELECT] = check_select,
		[ML_CEL_INDEX] = check_index, [ML_CEL_CALL] = ml_cel_check_call, [ML_CEL_AND] = check_logic, [ML_CEL_OR] = check_logic,
		[ML_CEL_COND] = check_cond, [ML_CEL_LIST] = check_list, [ML_CEL_MAP] = check_map, [ML_CEL_LOOP] = check_loop,
		[ML_CEL_BIND] = check_bind, [ML_CEL_OPTMAP] = check_opt_map, [ML_CEL_OPTFLATMAP] = check_opt_map,
	};

	if (!ml_arena_failed(c->arena))
		checks[node->op](c, node);
}

/* Closes the types: parameters that stayed free are dyn. */
static void finish(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	node->type = ml_cel_resolve(&c->in, node->type, true);
	for (uint32_t i = 0; i < node->n; i++)
		if (node->args[i])
			finish(c, node->args[i]);
}

static int memory(struct ml_cel_checker *c)
{
	ml_diag_add(c->diags, ML_DIAG_ERROR, ML_STR(""), 1, 1, "out of memory");
	return ML_ENOMEM;
}

int ml_cel_check(struct ml_arena *arena, const struct ml_cel_env *env, struct ml_str text, struct ml_cel_node *root, struct ml_diags *diags,
	struct ml_cel_program *out)
{
	struct ml_cel_checker c = {.arena = arena, .env = env, .text = text, .diags = diags, .in = {.arena = arena, .fuel = ML_CEL_FUEL}};

	ml_cel_check_node(&c, root);
	if (!ml_arena_failed(arena) && !c.error && !env->unchecked)
		finish(&c, root);
	if (ml_arena_failed(arena))
		return memory(&c);
	if (c.in.fuel == 0) {
		ml_cel_report(&c, root, "too complex: its types take too long to find");
		return ML_ELIMIT;
	}
	*out = (struct ml_cel_program){.env = env, .text = text, .root = root, .type = root->type, .nlocals = (uint32_t)c.most_locals};
	return c.error;
}

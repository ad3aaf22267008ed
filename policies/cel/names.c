/* SPDX-License-Identifier: Apache-2.0 */
/* Names: which variable, macro variable or type a (qualified) identifier means (langdef.md, "Name Resolution"). */
#include "policies/cel/check-priv.h"

static const struct ml_type type_list = {.kind = ML_T_LIST, .elem = &ml_type_dyn};
static const struct ml_type type_map = {.kind = ML_T_MAP, .key = &ml_type_dyn, .elem = &ml_type_dyn};
static const struct ml_type type_optional = {.kind = ML_T_OPTIONAL, .elem = &ml_type_dyn};

/* The names of types, which are values. */
static const struct {
	const char *name;
	const struct ml_type *type;
} types[] = {
	{"bool", &ml_type_bool},
	{"int", &ml_type_int},
	{"uint", &ml_type_uint},
	{"double", &ml_type_double},
	{"string", &ml_type_string},
	{"bytes", &ml_type_bytes},
	{"list", &type_list},
	{"map", &type_map},
	{"null_type", &ml_type_null},
	{"type", &ml_type_type},
	{"optional_type", &type_optional},
	{"google.protobuf.Timestamp", &ml_type_timestamp},
	{"google.protobuf.Duration", &ml_type_duration},
	{"net.IP", &ml_type_ip},
	{"net.CIDR", &ml_type_cidr},
};

static const struct ml_cel_node *leftmost(const struct ml_cel_node *node)
{
	for (; node->op == ML_CEL_SELECT; node = node->args[0])
		if (node->flags & (ML_CEL_F_HAS | ML_CEL_F_OPTIONAL | ML_CEL_F_QUOTED))
			return NULL;
	return node->op == ML_CEL_IDENT ? node : NULL;
}

/* The slot of a macro's variable, or -1. */
static int find_local(const struct ml_cel_checker *c, const struct ml_cel_node *ident)
{
	if (ident->flags & ML_CEL_F_LEADING_DOT)
		return -1;
	for (size_t i = c->nlocals; i-- > 0;)
		if (ml_str_eq(c->locals[i].name, ident->name))
			return (int)i;
	return -1;
}

static bool cut_suffix(struct ml_str *s, struct ml_str suffix)
{
	if (!ml_str_ends(*s, suffix))
		return false;
	s->len -= suffix.len;
	return true;
}

/* Whether `name` ends in the chain; *prefix is what stands before it, with its dot, or "". */
static bool ends_in_chain(struct ml_str name, const struct ml_cel_node *node, struct ml_str *prefix)
{
	*prefix = name;
	for (; node->op == ML_CEL_SELECT; node = node->args[0])
		if (!cut_suffix(prefix, node->name) || !cut_suffix(prefix, ML_STR(".")))
			return false;
	return cut_suffix(prefix, node->name) && (prefix->len == 0 || prefix->ptr[prefix->len - 1] == '.');
}

/* Whether `prefix` ("a.b." or "") is the container or a parent of it. */
static bool encloses(struct ml_str container, struct ml_str prefix)
{
	if (prefix.len == 0)
		return true;
	prefix.len--;
	return ml_str_starts(container, prefix) && (container.len == prefix.len || container.ptr[prefix.len] == '.');
}

/* Whether `name`, found at a prefix longer than *best, is what the chain means. */
static bool means(const struct ml_cel_checker *c, const struct ml_cel_node *chain, const struct ml_cel_node *first, struct ml_str name, int *best)
{
	struct ml_str prefix;

	if (!ends_in_chain(name, chain, &prefix) || (int)prefix.len <= *best)
		return false;
	if (!encloses(first->flags & ML_CEL_F_LEADING_DOT ? ML_STR("") : c->env->container, prefix))
		return false;
	*best = (int)prefix.len;
	return true;
}

static void become_type(struct ml_cel_checker *c, struct ml_cel_node *node, const struct ml_type *type)
{
	struct ml_type *of = ml_alloc(c->arena, sizeof(*of));

	if (of)
		*of = (struct ml_type){.kind = ML_T_TYPE, .elem = type};
	node->op = ML_CEL_CONST;
	node->n = 0;
	node->value = (struct ml_value){.kind = ML_V_TYPE, .type = type};
	ml_cel_typed(c, node, of ? of : &ml_type_type);
}

bool ml_cel_check_name(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	const struct ml_cel_node *first = leftmost(node);
	int best = -1, slot = first ? find_local(c, first) : -1;
	size_t var = 0, type = sizeof(types) / sizeof(types[0]);

	if (slot >= 0 && node == first) {
		node->op = ML_CEL_LOCAL;
		node->slot = slot;
		ml_cel_typed(c, node, c->locals[slot].type);
	}
	if (!first || slot >= 0)
		return slot >= 0 && node == first;
	for (size_t i = 0; i < c->env->nvars; i++)
		if (means(c, node, first, c->env->vars[i].name, &best))
			var = i;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (means(c, node, first, ml_str(types[i].name), &best))
			type = i;
	if (best < 0)
		return false;
	if (type < sizeof(types) / sizeof(types[0])) {
		become_type(c, node, types[type].type);
		return true;
	}
	node->op = ML_CEL_VAR;
	node->slot = (int32_t)var;
	node->n = 0;
	ml_cel_typed(c, node, c->env->vars[var].type);
	return true;
}

static const char *nearest(struct ml_cel_checker *c, struct ml_str name)
{
	size_t n = 0, most = c->env->nvars + c->nlocals;
	const char **names = ml_alloc_array(c->arena, most, sizeof(names[0]));

	if (!names || name.len < 2) /* every name of one letter is near another */
		return NULL;
	for (size_t i = 0; i < most; i++) {
		struct ml_str s = i < c->nlocals ? c->locals[i].name : c->env->vars[i - c->nlocals].name;
		names[n] = ml_str_dup(c->arena, s).ptr;
		n += names[n] && names[n][0] != '@';
	}
	return ml_str_nearest(name, names, n);
}

void ml_cel_undeclared(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	if (c->env->unchecked) {
		ml_cel_fault(c, node, ml_strf(c->arena, "undeclared reference to '%.*s'", ML_STR_ARG(node->name)));
		return;
	}
	ml_cel_report(c, node, "undeclared reference to \"%.*s\"", ML_STR_ARG(node->name))->hint =
		ml_diag_suggest(c->arena, c->errors < ML_CEL_ERRORS ? nearest(c, node->name) : NULL);
	ml_cel_typed(c, node, &ml_type_dyn);
}

bool ml_cel_path(struct ml_cel_checker *c, const struct ml_cel_node *node, char *out, size_t cap, size_t *len)
{
	const struct ml_cel_node *first = leftmost(node);
	size_t n = 0, at;

	if (!first || find_local(c, first) >= 0)
		return false;
	for (const struct ml_cel_node *i = node; i != first; i = i->args[0])
		n += i->name.len + 1;
	n += first->name.len;
	if (n > cap)
		return false;
	*len = at = n;
	for (const struct ml_cel_node *i = node;; i = i->args[0]) {
		at -= i->name.len;
		memcpy(out + at, i->name.ptr, i->name.len);
		if (i == first)
			return true;
		out[--at] = '.';
	}
}

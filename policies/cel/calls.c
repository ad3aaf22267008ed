/* SPDX-License-Identifier: Apache-2.0 */
/* Calls: finding the function, and which of its overloads fit the arguments. */
#include "base/buf.h"
#include "policies/cel/check-priv.h"
#include "policies/cel/parser-priv.h"

enum { NAME_MAX_BYTES = 128 };

/* The overloads of a name: the standard ones, and behind them the environment's. */
struct found {
	const struct ml_cel_overload *const *list;
	size_t n;
};

static struct ml_cel_overload *declared(struct ml_cel_checker *c, const struct ml_cel_function *function)
{
	struct ml_cel_overload *overload = ml_alloc(c->arena, sizeof(*overload));

	if (!overload)
		return NULL;
	overload->name = ml_str_dup(c->arena, function->name).ptr;
	overload->receiver = function->receiver;
	overload->nargs = (uint8_t)function->nargs;
	overload->result = function->result;
	for (size_t i = 0; i < function->nargs; i++)
		overload->args[i] = function->args[i];
	return overload->name ? overload : NULL;
}

static bool is_declared(const struct ml_cel_function *function, struct ml_str name, bool receiver)
{
	return function->receiver == receiver && function->nargs <= ML_CEL_ARGS_MAX && ml_str_eq(function->name, name);
}

static bool find(struct ml_cel_checker *c, struct ml_str name, bool receiver, struct found *found)
{
	const struct ml_cel_overload **list;
	size_t own = 0;

	found->list = ml_cel_function(name, receiver, &found->n);
	if (!found->list)
		found->n = 0;
	for (size_t i = 0; i < c->env->nfunctions; i++)
		own += is_declared(&c->env->functions[i], name, receiver);
	if (own == 0)
		return found->n > 0;
	list = ml_alloc_array(c->arena, found->n + own, sizeof(list[0]));
	if (!list)
		return false;
	if (found->n)
		memcpy(list, found->list, found->n * sizeof(list[0]));
	for (size_t i = 0; i < c->env->nfunctions; i++)
		if (is_declared(&c->env->functions[i], name, receiver) && (list[found->n] = declared(c, &c->env->functions[i])))
			found->n++;
	found->list = list;
	return found->n > 0;
}

/* Finds a function by its path in the container, its parents, and the root. */
static bool find_path(struct ml_cel_checker *c, struct ml_str path, bool at_root, struct found *found)
{
	char name[2 * NAME_MAX_BYTES + 1];
	struct ml_str container = at_root ? ML_STR("") : c->env->container;

	for (; container.len; container = ml_str_sub(container, 0, ml_str_rchr(container, '.') == ML_NPOS ? 0 : ml_str_rchr(container, '.'))) {
		if (container.len > NAME_MAX_BYTES || path.len > NAME_MAX_BYTES)
			continue;
		memcpy(name, container.ptr, container.len);
		name[container.len] = '.';
		memcpy(name + container.len + 1, path.ptr, path.len);
		if (find(c, (struct ml_str){name, container.len + 1 + path.len}, false, found))
			return true;
	}
	return find(c, path, false, found);
}

/* Whether x.f(y) is the function "x.f" of y; the node is then that call. */
static bool find_qualified(struct ml_cel_checker *c, struct ml_cel_node *node, struct found *found)
{
	char path[NAME_MAX_BYTES];
	struct ml_str name = {path, 0};
	const struct ml_cel_node *first = node->args[0];

	if (!ml_cel_path(c, first, path, sizeof(path), &name.len) || name.len + 1 + node->name.len > sizeof(path))
		return false;
	path[name.len++] = '.';
	memcpy(path + name.len, node->name.ptr, node->name.len);
	name.len += node->name.len;
	while (first->op == ML_CEL_SELECT)
		first = first->args[0];
	if (!find_path(c, name, first->flags & ML_CEL_F_LEADING_DOT, found))
		return false;
	node->name = ml_str(found->list[0]->name);
	node->flags &= (uint8_t)~ML_CEL_F_RECEIVER;
	node->args++;
	node->n--;
	return true;
}

static bool find_function(struct ml_cel_checker *c, struct ml_cel_node *node, struct found *found)
{
	if (node->flags & ML_CEL_F_RECEIVER)
		return find_qualified(c, node, found) || find(c, node->name, true, found);
	return find_path(c, node->name, node->flags & ML_CEL_F_LEADING_DOT, found);
}

/* "(int, string)" */
static const char *argument_types(struct ml_cel_checker *c, const struct ml_cel_node *node)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, 600);
	for (uint32_t i = 0; i < node->n; i++) {
		ml_buf_puts(&out, i ? ", " : "(");
		ml_buf_puts(&out, ml_cel_type_name(c, node->args[i]->type));
	}
	ml_buf_puts(&out, node->n ? ")" : "()");
	return out.error ? "(…)" : ml_str_dup(c->arena, ml_buf_get(&out)).ptr;
}

static void unknown_function(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	bool receiver = node->flags & ML_CEL_F_RECEIVER;
	const char *counts = ml_cel_macro_counts(node->name, receiver);
	struct ml_diag *diag;
	size_t n;

	if (c->env->unchecked) {
		ml_cel_fault(c, node, ml_strf(c->arena, "unbound function: %.*s", ML_STR_ARG(node->name)));
		return;
	}
	ml_cel_typed(c, node, &ml_type_dyn);
	if (counts) {
		uint32_t got = node->n - receiver;
		ml_cel_report(c, node, "%.*s: got %u argument%s, want %s", ML_STR_ARG(node->name), got, got == 1 ? "" : "s", counts);
		return;
	}
	diag = ml_cel_report(c, node, "undeclared function \"%.*s\"", ML_STR_ARG(node->name));
	if (c->errors >= ML_CEL_ERRORS)
		return;
	if (ml_cel_function(node->name, !receiver, &n))
		diag->hint = ml_strf(c->arena, receiver ? "did you mean `%.*s(x)`?" : "did you mean `x.%.*s()`?", ML_STR_ARG(node->name));
	else
		diag->hint = ml_diag_suggest(c->arena, ml_cel_function_nearest(node->name, receiver));
}

static bool try(struct ml_cel_checker *c, const struct ml_cel_node *node, const struct ml_cel_overload *overload, const struct ml_type **result)
{
	struct ml_cel_instance instance = {0};
	size_t mark = ml_cel_mark(&c->in);

	for (uint32_t i = 0; i < node->n; i++) {
		if (!ml_cel_fits(&c->in, node->args[i]->type, ml_cel_instantiate(&c->in, &instance, overload->args[i]))) {
			ml_cel_undo(&c->in, mark);
			return false;
		}
	}
	*result = ml_cel_resolve(&c->in, ml_cel_instantiate(&c->in, &instance, overload->result), false);
	return true;
}

/* The overloads that fit, and the type that they agree on. */
static void resolve(struct ml_cel_checker *c, struct ml_cel_node *node, const struct found *found)
{
	const struct ml_type *type = NULL, *result = NULL;
	const struct ml_cel_overload **fit = NULL;
	size_t first = 0;
	uint32_t n = 0;

	for (size_t i = 0; i < found->n; i++) {
		if (found->list[i]->nargs != node->n || !try(c, node, found->list[i], &result))
			continue;
		type = !type || ml_type_eq(type, result) ? result : &ml_type_dyn;
		first = n ? first : i;
		if (n && !fit && i != first + n) { /* not side by side in the table any more */
			fit = ml_alloc_array(c->arena, found->n, sizeof(fit[0]));
			if (!fit)
				return;
			memcpy(fit, &found->list[first], n * sizeof(fit[0]));
		}
		if (fit)
			fit[n] = found->list[i];
		n++;
	}
	node->noverloads = n;
	node->overloads = fit ? fit : found->list + first;
	if (n) {
		ml_cel_typed(c, node, type);
	} else if (c->env->unchecked) {
		ml_cel_fault(c, node, ML_STR("no such overload"));
	} else {
		ml_cel_typed(c, node, &ml_type_dyn);
		ml_cel_report(c, node, "no overload of %.*s for %s", ML_STR_ARG(node->name), argument_types(c, node));
	}
}

/* math.greatest and math.least of more arguments than the table has: of their list. */
static void wrap_arguments(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	struct ml_cel_node *list = ml_alloc(c->arena, sizeof(*list)), **args = ml_alloc(c->arena, sizeof(args[0]));

	if (!list || !args)
		return;
	*list = (struct ml_cel_node){.op = ML_CEL_LIST, .at = node->at, .end = node->end, .depth = node->depth, .slot = -1, .slot2 = -1,
		.args = node->args, .n = node->n, .type = &ml_type_dyn};
	args[0] = list;
	node->args = args;
	node->n = 1;
}

void ml_cel_check_call(struct ml_cel_checker *c, struct ml_cel_node *node)
{
	struct found found;
	bool known = find_function(c, node, &found);

	if (known && node->n > ML_CEL_ARGS_MAX && (ml_str_is(node->name, "math.greatest") || ml_str_is(node->name, "math.least")))
		wrap_arguments(c, node);
	for (uint32_t i = 0; i < node->n; i++)
		ml_cel_check_node(c, node->args[i]);
	if (!known) {
		unknown_function(c, node);
		return;
	}
	if (node->n == 2 && ml_str_is(node->name, "orValue") && node->args[0]->type->kind == ML_T_OPTIONAL)
		ml_cel_typed(c, node->args[1], ml_cel_literal_type(c, node->args[1], node->args[0]->type->elem));
	resolve(c, node, &found);
	if (node->noverloads && !c->env->unchecked)
		ml_cel_check_words(c, node);
}

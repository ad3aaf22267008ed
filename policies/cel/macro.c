/* SPDX-License-Identifier: Apache-2.0 */
/* The macros: calls whose arguments bind variables or are not evaluated (langdef.md, "Macros"; cel-go ext/README.md for the two-variable
 * comprehensions, cel.bind, optMap, optFlatMap and sortBy). */
#include "base/error.h"
#include "policies/cel/parser-priv.h"

/* The names that a macro over a list or map takes before its predicate ('p') and its transform ('t'). */
static const struct loop {
	const char *name;
	const char *body;
	uint8_t vars, loop;
} loops[] = {
	{"all", "p", 1, ML_CEL_LOOP_ALL},
	{"all", "p", 2, ML_CEL_LOOP_ALL},
	{"exists", "p", 1, ML_CEL_LOOP_EXISTS},
	{"exists", "p", 2, ML_CEL_LOOP_EXISTS},
	{"exists_one", "p", 1, ML_CEL_LOOP_ONE},
	{"exists_one", "p", 2, ML_CEL_LOOP_ONE},
	{"existsOne", "p", 1, ML_CEL_LOOP_ONE},
	{"existsOne", "p", 2, ML_CEL_LOOP_ONE},
	{"filter", "p", 1, ML_CEL_LOOP_FILTER},
	{"map", "t", 1, ML_CEL_LOOP_MAP},
	{"map", "pt", 1, ML_CEL_LOOP_MAP},
	{"transformList", "t", 2, ML_CEL_LOOP_MAP},
	{"transformList", "pt", 2, ML_CEL_LOOP_MAP},
	{"transformMap", "t", 2, ML_CEL_LOOP_MAP_VALUES},
	{"transformMap", "pt", 2, ML_CEL_LOOP_MAP_VALUES},
	{"transformMapEntry", "t", 2, ML_CEL_LOOP_MAP_ENTRIES},
	{"transformMapEntry", "pt", 2, ML_CEL_LOOP_MAP_ENTRIES},
};

#define LOOPS (sizeof(loops) / sizeof(loops[0]))

/* The name that argument `i` of `call` binds; its ptr is NULL after an error. */
static struct ml_str variable(struct ml_cel_parser *p, const struct ml_cel_node *call, uint32_t i)
{
	const struct ml_cel_node *arg = call->args[i];

	if (arg->op == ML_CEL_IDENT && !(arg->flags & ML_CEL_F_LEADING_DOT))
		return arg->name;
	ml_cel_syntax(p, ML_ESYNTAX, arg->at, arg->end, "%.*s: argument %u: want a simple name for the variable", ML_STR_ARG(call->name), i);
	return ML_STR_NONE;
}

static struct ml_cel_node *make(struct ml_cel_parser *p, const struct ml_cel_node *call, enum ml_cel_op op,
	struct ml_cel_node *const *args, size_t n)
{
	struct ml_cel_node *node = ml_cel_node(p, op, call->at, ML_STR_NONE);
	struct ml_cel_nodes list = {.n = n};

	list.items = p->error ? NULL : ml_alloc_array(p->lexer.arena, n, sizeof(list.items[0]));
	if (!list.items)
		return ml_cel_syntax(p, ML_ENOMEM, call->at, call->at, "out of memory");
	memcpy(list.items, args, n * sizeof(list.items[0]));
	return ml_cel_finish(p, node, &list);
}

static struct ml_cel_node *loop(struct ml_cel_parser *p, struct ml_cel_node *call, const struct loop *row)
{
	uint32_t i = 1 + row->vars;
	struct ml_cel_node *filter = row->body[0] == 'p' ? call->args[i++] : NULL;
	struct ml_cel_node *transform = i < call->n ? call->args[i] : NULL, *node;
	struct ml_str name = variable(p, call, 1), name2 = row->vars == 2 ? variable(p, call, 2) : ML_STR("");

	if (p->error)
		return NULL;
	if (ml_str_eq(name, name2))
		return ml_cel_syntax(p, ML_ESYNTAX, call->args[2]->at, call->args[2]->end, "%.*s: the variable \"%.*s\" stands twice",
			ML_STR_ARG(call->name), ML_STR_ARG(name));
	node = make(p, call, ML_CEL_LOOP, (struct ml_cel_node *[]){call->args[0], filter, transform}, 3);
	if (!node)
		return NULL;
	node->loop = row->loop;
	node->name = name;
	node->name2 = name2;
	return node;
}

static struct ml_cel_node *has(struct ml_cel_parser *p, struct ml_cel_node *call)
{
	struct ml_cel_node *arg = call->args[0];

	if (arg->op != ML_CEL_SELECT || arg->flags & ML_CEL_F_OPTIONAL)
		return ml_cel_syntax(p, ML_ESYNTAX, arg->at, arg->end, "has: want a field selection: has(x.field)");
	arg->flags |= ML_CEL_F_HAS;
	arg->at = call->at;
	arg->end = call->end;
	return arg;
}

/* target.name(x, body) as `op` over the target and the body. */
static struct ml_cel_node *binding(struct ml_cel_parser *p, struct ml_cel_node *call, enum ml_cel_op op, struct ml_cel_node *target, uint32_t var)
{
	struct ml_str name = variable(p, call, var);
	struct ml_cel_node *node;

	if (!name.ptr)
		return NULL;
	node = make(p, call, op, (struct ml_cel_node *[]){target, call->args[call->n - 1]}, 2);
	if (node)
		node->name = name;
	return node;
}

static struct ml_cel_node *bind(struct ml_cel_parser *p, struct ml_cel_node *call)
{
	return binding(p, call, ML_CEL_BIND, call->args[2], 1);
}

static struct ml_cel_node *opt_map(struct ml_cel_parser *p, struct ml_cel_node *call)
{
	return binding(p, call, ML_CEL_OPTMAP, call->args[0], 1);
}

static struct ml_cel_node *opt_flat_map(struct ml_cel_parser *p, struct ml_cel_node *call)
{
	return binding(p, call, ML_CEL_OPTFLATMAP, call->args[0], 1);
}

/* l.sortBy(x, key): cel.bind(@l, l, @l.@sortByAssociatedKeys(@l.map(x, key))) */
static struct ml_cel_node *sort_by(struct ml_cel_parser *p, struct ml_cel_node *call)
{
	struct ml_str name = variable(p, call, 1), list = ML_STR("@sortBy");
	struct ml_cel_node *keys, *sorted, *node;

	if (p->error)
		return NULL;
	keys = make(p, call, ML_CEL_LOOP, (struct ml_cel_node *[]){ml_cel_node(p, ML_CEL_IDENT, call->args[0]->at, list), NULL, call->args[2]}, 3);
	if (!keys)
		return NULL;
	keys->loop = ML_CEL_LOOP_MAP;
	keys->name = name;
	sorted = make(p, call, ML_CEL_CALL, (struct ml_cel_node *[]){ml_cel_node(p, ML_CEL_IDENT, call->args[0]->at, list), keys}, 2);
	if (!sorted)
		return NULL;
	sorted->flags = ML_CEL_F_RECEIVER;
	sorted->name = ML_STR("@sortByAssociatedKeys");
	node = make(p, call, ML_CEL_BIND, (struct ml_cel_node *[]){call->args[0], sorted}, 2);
	if (node)
		node->name = list;
	return node;
}

static const struct {
	const char *name, *target; /* target: the name before the dot, "" for any, NULL for none */
	const char *counts;
	uint32_t n; /* children of the call */
	struct ml_cel_node *(*expand)(struct ml_cel_parser *p, struct ml_cel_node *call);
} others[] = {
	{"has", NULL, "1", 1, has},
	{"bind", "cel", "3", 4, bind},
	{"optMap", "", "2", 3, opt_map},
	{"optFlatMap", "", "2", 3, opt_flat_map},
	{"sortBy", "", "2", 3, sort_by},
};

#define OTHERS (sizeof(others) / sizeof(others[0]))

static bool is_target(const struct ml_cel_node *call, const char *target)
{
	if (!target || !(call->flags & ML_CEL_F_RECEIVER))
		return !target && !(call->flags & ML_CEL_F_RECEIVER);
	return target[0] == '\0' || (call->args[0]->op == ML_CEL_IDENT && ml_str_is(call->args[0]->name, target));
}

struct ml_cel_node *ml_cel_macro(struct ml_cel_parser *p, struct ml_cel_node *call)
{
	if (!call)
		return NULL;
	for (size_t i = 0; i < OTHERS; i++)
		if (call->n == others[i].n && ml_str_is(call->name, others[i].name) && is_target(call, others[i].target))
			return others[i].expand(p, call);
	if (!(call->flags & ML_CEL_F_RECEIVER))
		return call;
	for (size_t i = 0; i < LOOPS; i++)
		if (call->n == 1u + loops[i].vars + strlen(loops[i].body) && ml_str_is(call->name, loops[i].name))
			return loop(p, call, &loops[i]);
	return call;
}

const char *ml_cel_macro_counts(struct ml_str name, bool receiver)
{
	size_t n = 0, least = 0;

	for (size_t i = 0; i < OTHERS; i++)
		if (ml_str_is(name, others[i].name) && receiver == (others[i].target != NULL))
			return others[i].counts;
	for (size_t i = 0; i < LOOPS && receiver; i++) {
		if (!ml_str_is(name, loops[i].name))
			continue;
		least = n++ ? least : loops[i].vars + strlen(loops[i].body);
	}
	return n == 0 ? NULL : n == 1 ? "2" : least == 2 ? "2 or 3" : "3 or 4";
}

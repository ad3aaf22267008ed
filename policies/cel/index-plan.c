/* SPDX-License-Identifier: Apache-2.0 */
/* What of a macro's predicate can be looked up: its parts, sorted by what they hang on. */
#include "policies/cel/index-priv.h"

enum { NODES_MAX = 400 };

struct planner {
	const struct ml_cel_node *loop;
	struct ml_cel_plan plan;
	uint64_t inner; /* the macro's variable and those bound within its predicate, a bit each;
			   those above 62 share the last */
	uint32_t nodes;
};

static uint64_t bit(int32_t slot)
{
	return slot < 0 ? 0 : (uint64_t)1 << (slot < 63 ? slot : 63);
}

/* Counts the nodes and notes what is bound. */
static void survey(struct planner *p, const struct ml_cel_node *node)
{
	if (p->nodes++ > NODES_MAX)
		return;
	if (node->op == ML_CEL_LOOP || node->op == ML_CEL_BIND || node->op == ML_CEL_OPTMAP ||
		node->op == ML_CEL_OPTFLATMAP)
		p->inner |= bit(node->slot) | bit(node->slot2);
	for (uint32_t i = 0; i < node->n; i++)
		if (node->args[i])
			survey(p, node->args[i]);
}

static bool is_inner(const struct planner *p, const struct ml_cel_node *node)
{
	bool found = node->op == ML_CEL_LOCAL && (p->inner & bit(node->slot));

	for (uint32_t i = 0; !found && i < node->n; i++)
		found = node->args[i] && is_inner(p, node->args[i]);
	return found;
}

static bool is_outer(const struct planner *p, const struct ml_cel_node *node)
{
	bool found = node->op == ML_CEL_VAR ||
		     (node->op == ML_CEL_LOCAL && !(p->inner & bit(node->slot)));

	for (uint32_t i = 0; !found && i < node->n; i++)
		found = node->args[i] && is_outer(p, node->args[i]);
	return found;
}

static bool scalar(const struct ml_cel_node *node)
{
	return node->type && (node->type->kind == ML_T_INT || node->type->kind == ML_T_STRING ||
				     node->type->kind == ML_T_BOOL);
}

/* A field of the element, or of a record in it: its value is a fact, which stays where it is. */
static bool is_field(const struct planner *p, const struct ml_cel_node *node)
{
	if (!scalar(node) || node->type->kind == ML_T_BOOL)
		return false;
	while (node->op == ML_CEL_SELECT && !(node->flags & (ML_CEL_F_HAS | ML_CEL_F_OPTIONAL)))
		node = node->args[0];
	return node->op == ML_CEL_LOCAL && node->slot == p->loop->slot;
}

static bool is_term(const struct planner *p, const struct ml_cel_node *node)
{
	return scalar(node) && !is_inner(p, node) && is_outer(p, node);
}

/* The terms of a part, the largest that there are; false: it hangs on something else outside, or on
 * too many. */
static bool find_terms(struct planner *p, const struct ml_cel_node *node)
{
	if (!is_outer(p, node))
		return true;
	if (is_term(p, node)) {
		if (p->plan.nterms == ML_CEL_PLAN_TERMS)
			return false;
		p->plan.terms[p->plan.nterms++] = node;
		return true;
	}
	if (node->n == 0 || !is_inner(p, node))
		return false;
	for (uint32_t i = 0; i < node->n; i++)
		if (node->args[i] && !find_terms(p, node->args[i]))
			return false;
	return true;
}

static bool is_call(const struct ml_cel_node *node, const char *name)
{
	return node->op == ML_CEL_CALL && node->n == 2 && ml_str_is(node->name, name);
}

static bool same_type(const struct ml_cel_node *a, const struct ml_cel_node *b)
{
	return a->type->kind == b->type->kind;
}

static bool plan_equal(struct planner *p, const struct ml_cel_node *part)
{
	struct ml_cel_plan *plan = &p->plan;

	if (plan->nequal == ML_CEL_PLAN_EQUAL || !is_call(part, plan->neutral ? "_!=_" : "_==_"))
		return false;
	for (uint32_t i = 0; i < 2; i++) {
		const struct ml_cel_node *field = part->args[i], *term = part->args[1 - i];
		if (!is_field(p, field) || !is_term(p, term) || !same_type(field, term))
			continue;
		plan->equal[plan->nequal].field = field;
		plan->equal[plan->nequal++].term = term;
		return true;
	}
	return false;
}

/* element.field < term: in a list that ascends by the field nothing follows where it is false. */
static bool plan_order(struct planner *p, const struct ml_cel_node *part)
{
	bool less = is_call(part, "_<_") || is_call(part, "_<=_"),
	     more = is_call(part, "_>_") || is_call(part, "_>=_");
	const struct ml_cel_node *field = less ? part->args[0] : more ? part->args[1] : NULL;
	const struct ml_cel_node *term = less ? part->args[1] : more ? part->args[0] : NULL;

	if (!field || p->plan.order || p->plan.neutral || !is_field(p, field) ||
		!is_term(p, term) || field->type->kind != ML_T_INT || !same_type(field, term))
		return false;
	p->plan.order = part;
	p->plan.order_field = field;
	return true;
}

static void plan_part(struct planner *p, const struct ml_cel_node *part)
{
	struct ml_cel_plan *plan = &p->plan;
	uint8_t nterms = plan->nterms;

	if (!is_outer(p, part)) {
		plan->fixed[plan->nfixed++] = part;
		return;
	}
	if (plan_equal(p, part))
		return;
	plan->all_fixed = false;
	if (plan_order(p, part))
		return;
	if (is_inner(p, part) && find_terms(p, part))
		plan->keyed[plan->nkeyed++] = part;
	else
		plan->nterms = nterms;
}

/* A path of facts: what it gives stays where it is. */
static bool is_path(const struct ml_cel_node *node)
{
	while ((node->op == ML_CEL_SELECT || node->op == ML_CEL_INDEX) &&
		!(node->flags & (ML_CEL_F_HAS | ML_CEL_F_OPTIONAL)))
		node = node->args[0];
	return node->op == ML_CEL_VAR;
}

static bool can_plan(const struct ml_cel_node *loop)
{
	bool quantifier = loop->loop == ML_CEL_LOOP_ALL || loop->loop == ML_CEL_LOOP_EXISTS ||
			  loop->loop == ML_CEL_LOOP_ONE;

	return quantifier && loop->slot >= 0 && loop->slot < 63 && loop->slot2 < 0 &&
	       loop->args[1] && is_path(loop->args[0]);
}

bool ml_cel_index_plan(struct ml_arena *arena, struct ml_cel_node *loop)
{
	struct planner p = {.loop = loop,
		.plan = {.neutral = loop->loop == ML_CEL_LOOP_ALL, .all_fixed = true}};
	const struct ml_cel_node *predicate = loop->args[1], *const *parts = &predicate;
	uint32_t n = 1;

	if (!can_plan(loop))
		return true;
	p.inner = bit(loop->slot);
	survey(&p, predicate);
	if (predicate->op == (p.plan.neutral ? ML_CEL_OR : ML_CEL_AND)) {
		parts = (const struct ml_cel_node *const *)predicate->args;
		n = predicate->n;
	}
	if (p.nodes > NODES_MAX || n > ML_CEL_PLAN_PARTS)
		return true;
	for (uint32_t i = 0; i < n; i++)
		plan_part(&p, parts[i]);
	if (!p.plan.nfixed && !p.plan.nequal && !p.plan.nkeyed)
		return true;
	loop->cache = ml_alloc_copy(arena, &p.plan, sizeof(p.plan));
	return loop->cache != NULL;
}

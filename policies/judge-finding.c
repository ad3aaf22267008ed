/* SPDX-License-Identifier: Apache-2.0 */
/* What a finding says: where, which facts, in which words. */
#include <inttypes.h>

#include "base/utf8.h"
#include "policies/judge-priv.h"

enum {
	WORDS_MAX = 8,
	EXPLAINING = 8
};
	/* EXPLAINING: that part of the budget */ /* of a list that a finding shows whole */
enum { LAST_WORDS = 100000 }; /* steps for what a finding says when the budget is used up */

bool ml_judge_used_up(const struct ml_judge *j)
{
	return j->judged->cost >= j->budget.rule || j->run->cost >= j->budget.target;
}

/* Steps for one evaluation. */
static uint64_t left(const struct ml_judge *j)
{
	uint64_t rule = j->budget.rule - j->judged->cost, target = j->budget.target - j->run->cost;
	uint64_t least = rule < target ? rule : target;

	if (ml_judge_used_up(j) || least < LAST_WORDS)
		return LAST_WORDS;
	return least < ML_CEL_COST ? least : ML_CEL_COST;
}

struct ml_value ml_judge_eval(
	struct ml_judge *j, const struct ml_policy_expr *expr, struct ml_cel_trace *trace)
{
	struct ml_cel_run run = {
		.arena = j->scratch, .vars = j->vars, .cache = j->cache, .trace = trace};
	struct ml_value value;

	run.cost_limit = left(j);
	value = ml_cel_eval(expr->program, &run);
	j->judged->cost += run.cost;
	j->run->cost += run.cost;
	return value;
}

/* Whether a path starts with a variable: behind it stands nothing, '.' or '['. */
static bool starts_with(struct ml_str path, struct ml_str var)
{
	return ml_str_starts(path, var) &&
	       (path.len == var.len || path.ptr[var.len] == '.' || path.ptr[var.len] == '[');
}

static bool within(const struct ml_case *c, const struct ml_cel_read *read)
{
	return c->it &&
	       (starts_with(read->path, ML_STR("it")) || starts_with(read->path, ML_STR("key")));
}

/* A read's path as a path of the facts. */
static struct ml_str fact_path(
	struct ml_judge *j, const struct ml_case *c, const struct ml_cel_read *read)
{
	struct ml_str rest = read->path, element = ML_STR_NONE;

	if (within(c, read)) {
		element = ml_element_path(j, c->elements, c->index);
		rest = ml_str_starts(rest, ML_STR("it")) ? ml_str_sub(rest, 2, rest.len)
							 : ML_STR_NONE;
	}
	return ml_strf(
		j->arena, "%.*s%.*s", ML_STR_ARG(element), ML_STR_ARG(ml_str_sub(rest, 0, 1000)));
}

static bool is_container(const struct ml_value *value)
{
	return value->kind == ML_V_RECORD || value->kind == ML_V_LIST || value->kind == ML_V_MAP;
}

/* A list of a few words can be read in a report; of what is bigger, or holds more containers, only
 * the size is told. */
static bool is_bulky(const struct ml_value *value)
{
	if (value->kind == ML_V_MAP || value->kind == ML_V_LIST)
		return value->len > WORDS_MAX ||
		       (value->len > 0 &&
			       (value->kind == ML_V_MAP || is_container(&value->items[0])));
	return value->kind == ML_V_RECORD;
}

static struct ml_str evidence(struct ml_judge *j, const struct ml_value *value)
{
	const char *unit = value->kind == ML_V_MAP ? value->len == 1 ? "entry" : "entries"
			   : value->len == 1       ? "element"
						   : "elements";

	if (!is_bulky(value))
		return ml_judge_value(j->arena, value);
	if (value->kind == ML_V_RECORD)
		return ML_STR("\"(a record)\"");
	return ml_strf(j->arena, "\"(%" PRIu32 " %s)\"", value->len, unit);
}

static size_t count_bulky(const struct ml_cel_trace *trace)
{
	size_t n = 0;

	for (size_t i = 0; i < trace->n; i++)
		n += is_bulky(&trace->items[i].value);
	return n;
}

static struct ml_because because(
	struct ml_judge *j, const struct ml_case *c, const struct ml_cel_read *read)
{
	return (struct ml_because){
		.fact = fact_path(j, c, read),
		.value = evidence(j, &read->value),
		/* A default has the place of what is around it. */
		.place = c->it && read->loc == c->it->loc ? ml_judge_offence(j, read->loc)
							  : ml_judge_place(j, read->loc),
	};
}

/* The reads that decided. Where one is a plain value, what was only searched for it (all services,
 * a long parameter) is left out. */
static void add_because(struct ml_judge *j, const struct ml_case *c,
	const struct ml_cel_trace *trace, struct ml_result *out)
{
	size_t bulky = count_bulky(trace);
	bool all = bulky == trace->n;
	size_t n = all ? trace->n : trace->n - bulky, max = n < ML_BECAUSE_MAX ? n : ML_BECAUSE_MAX;

	out->because = ml_alloc_array(j->arena, max, sizeof(*out->because));
	out->because_dropped = trace->dropped + n - max;
	for (size_t i = 0; out->because && i < trace->n && out->nbecause < max; i++)
		if (all || !is_bulky(&trace->items[i].value))
			out->because[out->nbecause++] = because(j, c, &trace->items[i]);
}

/* The first deciding fact of the element that was written, else the element, else the first fact
 * with a place, else the first line. */
static struct ml_place decided_place(
	struct ml_judge *j, const struct ml_case *c, const struct ml_cel_trace *trace)
{
	const struct ml_cel_read *any = NULL;

	for (size_t i = 0; i < trace->n; i++) {
		const struct ml_cel_read *read = &trace->items[i];
		if (c->it ? within(c, read) && read->value.loc && read->value.loc != c->it->loc
			  : read->value.loc != 0)
			return ml_judge_offence(j, read->value.loc);
		if (!any && read->loc)
			any = read;
	}
	if (c->it && c->it->loc)
		return ml_judge_offence(j, c->it->loc);
	return any ? ml_judge_offence(j, any->loc) : ml_judge_start(j);
}

/* `at`, which is a part of the facts: its place, or that of what is around it. False: neither has
 * one. */
static bool at_place(struct ml_judge *j, struct ml_place *out)
{
	struct ml_cel_trace trace = {.max = ML_BECAUSE_MAX};
	struct ml_value value = ml_judge_eval(j, &j->rule->at, &trace);

	if (value.loc && value.kind != ML_V_ERROR) {
		*out = ml_judge_offence(j, value.loc);
		return true;
	}
	for (size_t i = 0; i < trace.n; i++) {
		if (!trace.items[i].loc)
			continue;
		*out = ml_judge_offence(j, trace.items[i].loc);
		return true;
	}
	return false;
}

static struct ml_str fail_message(struct ml_judge *j)
{
	const struct ml_rule *rule = j->rule;
	struct ml_value value;

	if (!rule->message.program)
		return rule->title;
	value = ml_judge_eval(j, &rule->message, NULL);
	if (value.kind == ML_V_STRING && value.len > 0)
		return ml_str_dup(j->arena, ml_utf8_cut(ml_value_text(&value), ML_MESSAGE_MAX));
	return ml_strf(j->arena, "%.*s (its message could not be made: %.*s)",
		ML_STR_ARG(rule->title),
		ML_STR_ARG(value.kind == ML_V_STRING
				   ? ML_STR("it is empty")
				   : ml_utf8_cut(ml_value_text(&value), ML_MESSAGE_MAX)));
}

/* The fact that was not known, or NULL when something else went wrong. */
static const struct ml_cel_read *unknown_read(const struct ml_cel_trace *trace)
{
	for (size_t i = 0; i < trace->n; i++)
		if (trace->items[i].value.kind == ML_V_UNKNOWN)
			return &trace->items[i];
	return NULL;
}

static struct ml_str unknown_message(
	struct ml_judge *j, const struct ml_case *c, const struct ml_cel_trace *trace)
{
	const struct ml_cel_read *read = unknown_read(trace);

	if (read)
		return ml_strf(j->arena, "%.*s is not known: %.*s",
			ML_STR_ARG(fact_path(j, c, read)),
			ML_STR_ARG(ml_utf8_cut(ml_value_text(&read->value), ML_MESSAGE_MAX)));
	return ml_strf(j->arena, "`%.*s` could not be decided: %.*s",
		ML_STR_ARG(ml_str_sub(c->decided->text, 0, 100)),
		ML_STR_ARG(ml_utf8_cut(ml_value_text(&c->value), ML_MESSAGE_MAX)));
}

static void explain_unknown(struct ml_judge *j, const struct ml_case *c,
	const struct ml_cel_trace *trace, struct ml_result *out)
{
	const struct ml_cel_read *read = unknown_read(trace);

	out->message = unknown_message(j, c, trace);
	out->place = read && read->value.loc ? ml_judge_offence(j, read->value.loc)
					     : decided_place(j, c, trace);
}

static void explain_fail(struct ml_judge *j, const struct ml_case *c,
	const struct ml_cel_trace *trace, struct ml_result *out)
{
	out->message = fail_message(j);
	if (!j->rule->at.program)
		out->place = decided_place(j, c, trace);
	else if (!at_place(j, &out->place))
		out->place =
			c->it && c->it->loc ? ml_judge_offence(j, c->it->loc) : ml_judge_start(j);
}

static struct ml_place element_place(struct ml_judge *j, const struct ml_case *c)
{
	struct ml_place place = {0};

	if (c->it && c->it->loc) {
		place = ml_judge_offence(j, c->it->loc);
		place.text = ML_STR_NONE;
		place.origin = NULL;
		place.end_col = 0;
	}
	return place;
}

/* Looking for what decided takes as long as all elements that the rule looks through. Where many
 * findings are listed it must not use up what judging the other elements takes: then the later ones
 * stand at their element, and without their facts. */
static bool is_too_dear(const struct ml_judge *j, const struct ml_case *c)
{
	return j->judged->counts[c->verdict] > ML_FINDINGS_LISTED &&
	       (j->judged->cost > j->budget.rule / EXPLAINING ||
		       j->run->cost > j->budget.target / EXPLAINING);
}

static void find_reads(struct ml_judge *j, const struct ml_case *c, struct ml_cel_trace *trace)
{
	ml_judge_eval(j, c->decided, trace);
	if (c->verdict == ML_FAIL && trace->n == 0 && j->rule->when.program)
		ml_judge_eval(j, &j->rule->when,
			trace); /* `assert: 'false'`: the condition is what was found */
}

void ml_judge_explain(struct ml_judge *j, const struct ml_case *c, struct ml_result *out)
{
	struct ml_cel_trace trace = {0};
	struct ml_str path = c->elements && c->elements->simple ? c->elements->text : ML_STR_NONE;
	struct ml_str identity =
		c->it ? ml_element_identity(j, c->elements, c->index) : ML_STR_NONE;

	if (!is_too_dear(j, c))
		find_reads(j, c, &trace);
	add_because(j, c, &trace, out);
	(c->verdict == ML_FAIL ? explain_fail : explain_unknown)(j, c, &trace, out);
	out->element_place = element_place(j, c);
	ml_fingerprint(j->run->kind, j->run->uri, j->rule->id, path, identity, out->fingerprint);
}

void ml_judge_give_up(struct ml_judge *j, const struct ml_case *c, struct ml_result *out)
{
	bool simple = c->elements && c->elements->simple;
	struct ml_str path = simple ? c->elements->text : ML_STR_NONE, identity = ML_STR_NONE;
	bool rule = j->judged->cost >= j->budget.rule;

	if (c->it)
		identity = ml_element_identity(j, c->elements, c->index);
	out->message = ml_strf(j->arena, "not judged: %.*s took more than %" PRIu64 " steps",
		ML_STR_ARG(rule ? ml_str_sub(j->rule->id, 0, 100) : ML_STR("all rules together")),
		rule ? j->budget.rule : j->budget.target);
	out->place = c->it && c->it->loc ? ml_judge_offence(j, c->it->loc) : ml_judge_start(j);
	out->element_place = element_place(j, c);
	ml_fingerprint(j->run->kind, j->run->uri, j->rule->id, path, identity, out->fingerprint);
}

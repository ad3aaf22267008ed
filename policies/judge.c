/* SPDX-License-Identifier: Apache-2.0 */
/* Judging: rules over elements, verdicts by one table. */
#include "policies/judge.h"

#include "base/sort.h"
#include "policies/judge-priv.h"

#define SCRATCH_BYTES ((size_t)256 << 20)
#define PATTERN_BYTES ((size_t)128 << 20)

/* What an expression that must be bool gave. */
enum outcome { SAYS_TRUE, SAYS_FALSE, SAYS_UNKNOWN, SAYS_ERROR, OUTCOMES };

static enum outcome outcome_of(const struct ml_value *value)
{
	if (value->kind == ML_V_BOOL)
		return value->b ? SAYS_TRUE : SAYS_FALSE;
	return value->kind == ML_V_UNKNOWN ? SAYS_UNKNOWN : SAYS_ERROR;
}

/* Verdict by `when` (true when it is not written), then by `assert`. Only what is true all through
 * passes. */
static const uint8_t verdict_table[OUTCOMES][OUTCOMES] = {
	[SAYS_TRUE] = {[SAYS_TRUE] = ML_PASS,
		[SAYS_FALSE] = ML_FAIL,
		[SAYS_UNKNOWN] = ML_UNKNOWN,
		[SAYS_ERROR] = ML_UNKNOWN},
	[SAYS_FALSE] = {ML_NOTAPPLICABLE, ML_NOTAPPLICABLE, ML_NOTAPPLICABLE, ML_NOTAPPLICABLE},
	[SAYS_UNKNOWN] = {ML_UNKNOWN, ML_UNKNOWN, ML_UNKNOWN, ML_UNKNOWN},
	[SAYS_ERROR] = {ML_UNKNOWN, ML_UNKNOWN, ML_UNKNOWN, ML_UNKNOWN},
};

/* Whether further results of that verdict are only counted. */
static bool is_full(const struct ml_judge *j, enum ml_verdict verdict)
{
	size_t n = j->judged->counts[verdict];
	bool gated = (verdict == ML_FAIL || verdict == ML_UNKNOWN) &&
		     j->run->rules[j->judged->text].severity >= j->budget.gate;

	if (n < ML_FINDINGS_LISTED)
		return false;
	return !gated || n >= ML_FINDINGS_GATED || j->gated >= ML_FINDINGS_GATED_ALL;
}

/* Room for a result, or NULL when the verdict is only counted from here on. */
static struct ml_result *new_result(struct ml_judge *j, enum ml_verdict verdict)
{
	struct ml_run *run = j->run;
	struct ml_rule_text *text = &run->rules[j->judged->text];
	struct ml_result *result;

	if (is_full(j, verdict)) {
		j->judged->counts[verdict]++;
		text->unlisted[verdict]++;
		return NULL;
	}
	j->gated += j->judged->counts[verdict]++ >= ML_FINDINGS_LISTED;
	if (ml_alloc_grow(j->arena, &run->results, &j->results_cap, run->nresults + 1,
		    sizeof(*run->results))) {
		j->error = ML_ENOMEM;
		return NULL;
	}
	result = &run->results[run->nresults++];
	*result = (struct ml_result){
		.rule = text->id, .severity = text->severity, .verdict = verdict};
	return result;
}

static void decide(struct ml_judge *j, struct ml_case *c)
{
	const struct ml_rule *rule = j->rule;
	enum outcome when = SAYS_TRUE, asserted = SAYS_ERROR;

	if (rule->when.program) {
		c->decided = &rule->when;
		c->value = ml_judge_eval(j, &rule->when, NULL);
		when = outcome_of(&c->value);
	}
	if (when == SAYS_TRUE) {
		c->decided = &rule->assertion;
		c->value = ml_judge_eval(j, &rule->assertion, NULL);
		asserted = outcome_of(&c->value);
	}
	c->verdict = (enum ml_verdict)verdict_table[when][asserted];
}

/* False: the budget was used up before it was decided, and it is unknown. */
static bool decide_within(struct ml_judge *j, struct ml_case *c)
{
	c->verdict = ML_UNKNOWN;
	if (ml_judge_used_up(j))
		return false;
	decide(j, c);
	return c->verdict != ML_UNKNOWN || !ml_judge_used_up(j);
}

static void take_rule(struct ml_judge *j, struct ml_judged_rule *judged)
{
	j->judged = judged;
	j->rule = judged->rule;
}

/* Whether the verdict is known from an element like this one, and no finding wants what decided. */
static bool known_already(struct ml_judge *j, struct ml_case *c)
{
	struct ml_plain *plain = &j->judged->plain;

	if (!plain->known)
		return false;
	c->verdict = plain->verdict;
	return c->verdict == ML_PASS || c->verdict == ML_NOTAPPLICABLE || is_full(j, c->verdict);
}

static void judge_case(struct ml_judge *j, struct ml_case *c)
{
	struct ml_arena_mark mark = ml_arena_mark(j->scratch);
	bool is_plain = c->it && ml_judge_is_plain(&j->judged->plain, c->it), gave_up = false;
	struct ml_result *result;

	if (!is_plain || !known_already(j, c))
		gave_up = !decide_within(j, c);
	if (is_plain && !gave_up) {
		j->judged->plain.known = true;
		j->judged->plain.verdict = c->verdict;
	}
	result = new_result(j, c->verdict);
	if (result && c->it)
		result->element = ml_element_name(j, c->elements, c->index);
	if (result && gave_up)
		ml_judge_give_up(j, c, result);
	else if (result && (c->verdict == ML_FAIL || c->verdict == ML_UNKNOWN))
		ml_judge_explain(j, c, result);
	ml_arena_release(j->scratch, mark);
}

/* One verdict for a rule whose elements there are none of, or are not known. */
static void judge_none(struct ml_judge *j, struct ml_elements *elements, enum ml_verdict verdict,
	struct ml_str message)
{
	struct ml_result *result = new_result(j, verdict);

	if (!result || verdict == ML_NOTAPPLICABLE)
		return;
	result->message = message;
	result->place =
		elements->value.loc ? ml_judge_place(j, elements->value.loc) : ml_judge_start(j);
	ml_fingerprint(j->run->kind, j->run->uri, j->rule->id,
		elements->simple ? elements->text : ML_STR_NONE, ML_STR_NONE, result->fingerprint);
}

static void judge_empty(struct ml_judge *j, struct ml_elements *elements)
{
	struct ml_str hidden = ml_elements_hidden(j, elements);

	judge_none(j, elements, hidden.len ? ML_UNKNOWN : ML_NOTAPPLICABLE,
		hidden.len
			? ml_strf(j->arena,
				  "`%.*s` is empty, but a part of what it reads is not known: %.*s",
				  ML_STR_ARG(ml_str_sub(elements->text, 0, 100)),
				  ML_STR_ARG(ml_str_sub(hidden, 0, ML_MESSAGE_MAX)))
			: ML_STR_NONE);
}

static void judge_unknown_list(struct ml_judge *j, struct ml_elements *elements)
{
	struct ml_str why = ml_value_text(&elements->value);

	judge_none(j, elements, ML_UNKNOWN,
		ml_strf(j->arena, "`%.*s` is not known: %.*s",
			ML_STR_ARG(ml_str_sub(elements->text, 0, 100)),
			ML_STR_ARG(why.len ? ml_str_sub(why, 0, ML_MESSAGE_MAX)
					   : ML_STR("it is neither a list nor a map"))));
}

/* Element by element, each under all its rules: its facts come to the processor's cache once, not
 * once a rule. */
static void judge_each(struct ml_judge *j, struct ml_elements *elements)
{
	size_t root = j->facts->kind->root->nfields;
	bool map = elements->value.kind == ML_V_MAP;

	for (size_t i = 0; elements->rules && i < elements->value.len && !j->error; i++) {
		struct ml_case c = {.elements = elements, .index = i};
		c.it = map ? &elements->value.entries[i].value : &elements->value.items[i];
		j->vars[root + 1] = *c.it;
		j->vars[root + 2] = map ? ml_at(elements->value.entries[i].key, 0) : ml_absent();
		for (struct ml_judged_rule *judged = elements->rules; judged && !j->error;
			judged = judged->next) {
			take_rule(j, judged);
			judge_case(j, &c);
		}
	}
	j->vars[root + 1] = j->vars[root + 2] = ml_absent();
}

static void judge_rule(struct ml_judge *j, struct ml_judged_rule *judged)
{
	struct ml_elements *elements = NULL;
	struct ml_case whole = {0};

	take_rule(j, judged);
	if (j->rule->each.program && !(elements = ml_judge_elements(j))) {
		j->error = ML_ENOMEM;
	} else if (!elements) {
		judge_case(j, &whole);
	} else if (elements->value.kind != ML_V_LIST && elements->value.kind != ML_V_MAP) {
		judge_unknown_list(j, elements);
	} else if (elements->value.len == 0) {
		judge_empty(j, elements);
	} else {
		judged->plain = ml_judge_plain(j->rule, j->facts->kind->root->nfields + 1);
		judged->next = elements->rules;
		elements->rules = judged;
	}
}

static bool add_policy(struct ml_judge *j, const struct ml_policy *policy)
{
	struct ml_run *run = j->run;
	struct ml_policy_text *text;
	char hex[65];

	ml_hex(policy->sha256, 32, hex);
	for (size_t i = 0; i < run->npolicies; i++) {
		if (!ml_str_eq(run->policies[i].id, policy->id) ||
			strcmp(run->policies[i].sha256, hex) != 0)
			continue;
		run->policies[i].left_out +=
			policy->left_out; /* a profile is an item for each policy that it extends */
		return true;
	}
	if (ml_alloc_grow(j->arena, &run->policies, &j->policies_cap, run->npolicies + 1,
		    sizeof(*run->policies)))
		return false;
	text = &run->policies[run->npolicies++];
	*text = (struct ml_policy_text){
		.id = policy->id, .title = policy->title, .left_out = policy->left_out};
	memcpy(text->sha256, hex, sizeof(hex));
	return true;
}

/* The rule's text to the run. */
static bool begin_rule(
	struct ml_judge *j, const struct ml_rule *rule, struct ml_judged_rule *judged)
{
	struct ml_run *run = j->run;

	if (ml_alloc_grow(
		    j->arena, &run->rules, &j->rules_cap, run->nrules + 1, sizeof(*run->rules)))
		return false;
	*judged = (struct ml_judged_rule){.rule = rule, .text = run->nrules};
	run->rules[run->nrules++] = (struct ml_rule_text){.id = rule->id,
		.policy = j->policy->id,
		.title = rule->title,
		.rationale = rule->rationale,
		.fix = rule->fix,
		.severity = rule->severity,
		.refs = rule->refs,
		.nrefs = rule->nrefs};
	return true;
}

static void judge_rules(struct ml_judge *j, const struct ml_policy *policy)
{
	struct ml_judged_rule *judged = ml_alloc_array(j->arena, policy->nrules, sizeof(*judged));

	j->error = judged ? j->error : ML_ENOMEM;
	for (size_t i = 0; i < policy->nrules && !j->error; i++) {
		if (begin_rule(j, &policy->rules[i], &judged[i]))
			judge_rule(j, &judged[i]);
		else
			j->error = ML_ENOMEM;
	}
	for (size_t i = 0; i < j->nelements && !j->error; i++)
		judge_each(j, &j->elements[i]);
}

static void judge_policy(struct ml_judge *j, const struct ml_policy *policy)
{
	j->policy = policy;
	j->nelements = 0;
	j->vars[j->facts->kind->root->nfields] =
		j->params.kind == ML_V_ABSENT ? policy->params_value : j->params;
	judge_rules(j, policy);
}

/* The root's fields in slot order, params, it, key. */
static bool bind(struct ml_judge *j)
{
	const struct ml_value *root = &j->facts->root;

	j->nvars = j->facts->kind->root->nfields + 3;
	j->vars = ml_alloc_array(j->arena, j->nvars, sizeof(*j->vars));
	for (size_t i = 0; j->vars && i < j->nvars; i++)
		j->vars[i] = i + 3 >= j->nvars           ? ml_absent()
			     : root->kind == ML_V_RECORD ? *ml_record_get(root->record, (int)i)
							 : *root;
	return j->vars != NULL;
}

/* What a parser skipped cannot be vouched for. */
static void judge_diagnostics(struct ml_judge *j)
{
	const struct ml_diags *diags = &j->facts->diags;
	const struct ml_rule_text *own = ml_own_rule(ML_STR("MERLON-PARSE"));
	struct ml_judged_rule judged = {.text = j->run->nrules};
	const struct ml_diag *first = NULL;
	struct ml_result *result;

	for (size_t i = 0; !first && i < diags->n; i++)
		first = diags->items[i].level == ML_DIAG_ERROR ? &diags->items[i] : NULL;
	if (diags->errors == 0 && !first)
		return;
	if (ml_alloc_grow(j->arena, &j->run->rules, &j->rules_cap, j->run->nrules + 1,
		    sizeof(*j->run->rules))) {
		j->error = ML_ENOMEM;
		return;
	}
	j->run->rules[j->run->nrules++] = *own;
	j->judged = &judged;
	result = new_result(j, ML_UNKNOWN);
	j->judged = NULL;
	if (!result)
		return;
	result->message = first ? first->message : ML_STR("errors that were too many to keep");
	if (diags->errors > 1)
		result->message = ml_strf(j->arena, "%.*s (and %zu more)",
			ML_STR_ARG(ml_str_sub(result->message, 0, ML_MESSAGE_MAX)),
			diags->errors - 1);
	result->place = first ? (struct ml_place){first->file, first->line, first->col,
					first->end_col, first->source, NULL}
			      : ml_judge_start(j);
	ml_fingerprint(
		j->run->kind, j->run->uri, own->id, ML_STR_NONE, ML_STR_NONE, result->fingerprint);
}

static bool add_comments(struct ml_judge *j)
{
	const struct ml_facts *facts = j->facts;
	struct ml_run *run = j->run;

	run->comments = ml_alloc_array(j->arena, facts->nwaivers, sizeof(*run->comments));
	for (size_t i = 0; run->comments && i < facts->nwaivers; i++) {
		const struct ml_comment *comment = &facts->waivers[i];
		struct ml_place place = {.line = comment->line, .col = comment->col};
		if (comment->file < facts->nsources)
			place.file = facts->sources[comment->file].name;
		place.text = ml_lines_get(&j->lines, comment->file, comment->line);
		run->comments[run->ncomments++] = (struct ml_comment_waiver){comment->text, place};
	}
	return run->comments != NULL;
}

static int by_id(const void *a, const void *b)
{
	return ml_str_cmp(
		((const struct ml_rule_text *)a)->id, ((const struct ml_rule_text *)b)->id);
}

/* A rule that a pack and a profile of it both judged has one text. */
static int join_rules(struct ml_arena *arena, struct ml_run *run)
{
	size_t n = 0;

	if (ml_sort(arena, run->rules, run->nrules, sizeof(*run->rules), by_id))
		return ML_ENOMEM;
	for (size_t i = 0; i < run->nrules; i++) {
		struct ml_rule_text *last = n ? &run->rules[n - 1] : NULL;
		if (!last || !ml_str_eq(last->id, run->rules[i].id)) {
			run->rules[n++] = run->rules[i];
			continue;
		}
		last->severity = last->severity > run->rules[i].severity ? last->severity
									 : run->rules[i].severity;
		for (int v = 0; v < ML_VERDICTS; v++)
			last->unlisted[v] += run->rules[i].unlisted[v];
	}
	run->nrules = n;
	return 0;
}

static int begin(struct ml_judge *j)
{
	const struct ml_facts *facts = j->facts;
	struct ml_run *run = j->run;

	*run = (struct ml_run){.uri = facts->uri,
		.kind = ml_str(facts->kind->name),
		.diags = facts->diags.items,
		.ndiags = facts->diags.n,
		.diags_dropped = facts->diags.dropped};
	if (facts->nsources)
		ml_hex(facts->sources[0].sha256, 32, run->sha256);
	return bind(j) && ml_lines_begin(&j->lines, facts, j->arena) == 0 && add_comments(j)
		       ? 0
		       : ML_ENOMEM;
}

static int judge_all(struct ml_judge *j, const struct ml_policies *policies)
{
	int r = begin(j);

	if (r)
		return r;
	judge_diagnostics(j);
	for (size_t i = 0; i < policies->n && !j->error; i++) {
		if (policies->items[i].kind != j->facts->kind)
			continue;
		if (!add_policy(j, &policies->items[i]))
			return ML_ENOMEM;
		judge_policy(j, &policies->items[i]);
	}
	r = j->error ? j->error : ml_arena_failed(j->arena) ? ML_ENOMEM : 0;
	return r                                                                 ? r
	       : join_rules(j->arena, j->run) || ml_run_settle(j->arena, j->run) ? ML_ENOMEM
										 : 0;
}

/* With the memory that lives as long as the judging. */
static int judge(struct ml_judge *j, const struct ml_policies *policies)
{
	ML_ARENA_AUTO scratch = ml_arena_new(SCRATCH_BYTES);
	ML_ARENA_AUTO patterns = ml_arena_new(PATTERN_BYTES);

	if (!scratch || !patterns)
		return ML_ENOMEM;
	j->scratch = scratch;
	j->cache = ml_cel_cache_new(patterns);
	return j->cache ? judge_all(j, policies) : ML_ENOMEM;
}

static const struct ml_judge_budget usual = {
	ML_JUDGE_RULE_COST, ML_JUDGE_TARGET_COST, ML_SEV_MEDIUM};

int ml_judge(struct ml_arena *arena, const struct ml_facts *facts,
	const struct ml_policies *policies, struct ml_run *out)
{
	return ml_judge_within(arena, facts, policies, usual, out);
}

int ml_judge_within(struct ml_arena *arena, const struct ml_facts *facts,
	const struct ml_policies *policies, struct ml_judge_budget budget, struct ml_run *out)
{
	struct ml_judge j = {.arena = arena, .facts = facts, .run = out, .budget = budget};

	return judge(&j, policies);
}

int ml_judge_one(struct ml_arena *arena, const struct ml_facts *facts,
	const struct ml_policy *policy, const struct ml_value *params, struct ml_run *out)
{
	struct ml_judge j = {
		.arena = arena, .facts = facts, .run = out, .params = *params, .budget = usual};
	struct ml_policies policies = {.items = (struct ml_policy[]){*policy}, .n = 1};

	return judge(&j, &policies);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Which rules of what it extends a profile keeps, and how severe it calls them. What it leaves out is counted, so that a report can say so. */
#include "policies/load-priv.h"

enum { PATTERNS_MAX = 256, PATTERN_BYTES = 256 };

/* A list of patterns, and which of them matched anything. */
struct patterns {
	const struct ml_yaml_node *node;
	struct ml_strs strs;
	bool *matched;
};

struct selection {
	struct patterns rules, refs, except;
	int least; /* severity; -1: any */
};

static void read_patterns(struct ml_doc *doc, const struct ml_yaml_node *node, struct patterns *out)
{
	struct ml_strs strs;

	if (!ml_doc_strings(doc, node, &strs))
		return;
	for (size_t i = 0; i < strs.n; i++)
		if (strs.items[i].len > PATTERN_BYTES)
			strs.n = PATTERNS_MAX + 1;
	if (strs.n == 0 || strs.n > PATTERNS_MAX) {
		ml_doc_error(doc, node, "%s: want 1 to %d patterns of at most %d bytes", doc->key, PATTERNS_MAX, PATTERN_BYTES);
		return;
	}
	*out = (struct patterns){node, strs, ml_alloc_array(doc->arena, strs.n, sizeof(bool))};
	if (!out->matched)
		out->strs.n = 0;
}

static void read_rules(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	read_patterns(doc, node, &((struct selection *)into)->rules);
}

static void read_refs(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	read_patterns(doc, node, &((struct selection *)into)->refs);
}

static void read_except(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	read_patterns(doc, node, &((struct selection *)into)->except);
}

static void read_least(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	((struct selection *)into)->least = ml_doc_word(doc, node, ml_severity_words);
}

static const struct ml_doc_key select_keys[] = {
	{"rules", false, read_rules},
	{"severity", false, read_least},
	{"refs", false, read_refs},
	{"except", false, read_except},
};

static bool any_matches(struct patterns *patterns, struct ml_str s)
{
	bool any = false;

	for (size_t i = 0; i < patterns->strs.n; i++)
		if (ml_str_glob(patterns->strs.items[i], s))
			any = patterns->matched[i] = true;
	return any;
}

static bool any_ref(struct patterns *patterns, const struct ml_rule *rule)
{
	bool any = false;

	for (size_t i = 0; i < rule->nrefs; i++)
		any = any_matches(patterns, rule->refs[i].framework) || any;
	return any;
}

/* Every list is asked, even when an earlier one has decided: a pattern that matches no rule at all is an error. */
static bool selected(struct selection *s, const struct ml_rule *rule)
{
	bool in = s->rules.strs.n == 0 || any_matches(&s->rules, rule->id);
	bool by_ref = s->refs.strs.n == 0 || any_ref(&s->refs, rule);
	bool out = any_matches(&s->except, rule->id);

	return in && by_ref && !out && (int)rule->severity >= s->least;
}

static void keep(struct selection *s, struct ml_policy *item)
{
	size_t n = 0;

	for (size_t i = 0; i < item->nrules; i++)
		if (selected(s, &item->rules[i]))
			item->rules[n++] = item->rules[i];
	item->left_out += item->nrules - n;
	item->nrules = n;
}

static const char *nearest_rule(const struct ml_profile_draft *p, struct ml_str id)
{
	struct ml_policies all = {p->out->items, p->out->n};

	return ml_policies_nearest(p->load->arena, &all, id);
}

static void check_matched(struct ml_profile_draft *p, const char *key, const struct patterns *patterns, bool of_rules)
{
	for (size_t i = 0; i < patterns->strs.n; i++) {
		struct ml_str pattern = patterns->strs.items[i];
		const struct ml_yaml_node *node = patterns->node->kind == ML_YAML_SEQ ? ml_yaml_deref(patterns->node->items[i]) : patterns->node;
		if (!patterns->matched[i])
			ml_doc_error(p->doc, node, "%s: \"%.*s\" matches nothing that is extended", key, ML_STR_ARG(pattern))->hint =
				ml_diag_suggest(p->load->arena, of_rules ? nearest_rule(p, pattern) : NULL);
	}
}

/* Once over all rules for what the patterns match at all, while suggestions can still be found, and once more to sift. */
static void check_patterns(struct ml_profile_draft *p, struct selection *s)
{
	if (p->out->partial || p->out->broken)
		return;
	for (size_t i = 0; i < p->out->n; i++)
		for (size_t k = 0; k < p->out->items[i].nrules; k++)
			selected(s, &p->out->items[i].rules[k]);
	check_matched(p, "rules", &s->rules, true);
	check_matched(p, "refs", &s->refs, false);
	check_matched(p, "except", &s->except, true);
}

static void sift(struct ml_profile_draft *p, struct selection *s)
{
	size_t n = 0;

	check_patterns(p, s);
	for (size_t i = 0; i < p->out->n; i++) {
		keep(s, &p->out->items[i]);
		n += p->out->items[i].nrules;
	}
	if (n == 0 && !p->out->partial && !p->out->broken)
		ml_doc_error(p->doc, p->select, "select: no rule is left");
}

static struct ml_rule *find_rule(struct ml_profile_draft *p, struct ml_str id)
{
	for (size_t i = 0; i < p->out->n; i++)
		for (size_t k = 0; k < p->out->items[i].nrules; k++)
			if (ml_str_eq(p->out->items[i].rules[k].id, id))
				return &p->out->items[i].rules[k];
	return NULL;
}

static void set_severity(struct ml_profile_draft *p, const struct ml_yaml_node *key, const struct ml_yaml_node *value)
{
	struct ml_str id;
	struct ml_rule *rule;
	int word;

	if (!ml_doc_key_text(p->doc, key, &id))
		return;
	rule = find_rule(p, id);
	p->doc->key = "severity";
	word = ml_doc_word(p->doc, value, ml_severity_words);
	if (rule && word >= 0)
		rule->severity = (enum ml_severity)word;
	else if (!rule && !p->out->partial && !p->out->broken)
		ml_doc_error(p->doc, key, "severity: no rule \"%.*s\" is selected", ML_STR_ARG(id))->hint =
			ml_diag_suggest(p->load->arena, nearest_rule(p, id));
}

static void set_severities(struct ml_profile_draft *p)
{
	p->doc->key = "severity";
	if (p->severity->kind != ML_YAML_MAP) {
		ml_doc_want(p->doc, p->severity, "a mapping from rules to severities");
		return;
	}
	ml_doc_no_twins(p->doc, p->severity);
	for (uint32_t i = 0; i < p->severity->n; i++)
		set_severity(p, ml_yaml_key(p->severity, i), ml_yaml_deref(ml_yaml_value(p->severity, i)));
}

void ml_profile_select(struct ml_profile_draft *p)
{
	struct selection s = {.least = -1};

	if (p->select) {
		ml_doc_map(p->doc, p->select, "select", select_keys, sizeof(select_keys) / sizeof(select_keys[0]), &s);
		sift(p, &s);
	}
	if (p->severity)
		set_severities(p);
}

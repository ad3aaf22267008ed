/* SPDX-License-Identifier: Apache-2.0 */
/* SARIF: the driver with its rules, and the frameworks that the rules refer to as taxonomies. */
#include "base/sort.h"
#include "reports/sarif-priv.h"

/* GitHub shows ten tags of a rule. */
enum { TAGS_MAX = 10 };

struct level {
	const char *level, *security; /* CVSS-like, by the ranges that GitHub documents; NULL: not a security severity */
};
static const struct level levels[ML_SEVERITIES] = {
	[ML_SEV_INFO] = {"note", NULL},
	[ML_SEV_LOW] = {"note", "3.0"},
	[ML_SEV_MEDIUM] = {"warning", "5.5"},
	[ML_SEV_HIGH] = {"error", "8.0"},
	[ML_SEV_CRITICAL] = {"error", "9.5"},
};

struct framework {
	const char *id, *name, *organization;
};
static const struct framework frameworks[] = {
	{"cis-docker-1.6", "CIS Docker Benchmark v1.6.0", "Center for Internet Security"},
	{"cwe", "Common Weakness Enumeration", "MITRE"},
	{"iso-27001-2022", "ISO/IEC 27001:2022 Annex A", "ISO/IEC"},
	{"nist-800-190", "NIST SP 800-190 Application Container Security Guide", "NIST"},
	{"nist-800-53r5", "NIST SP 800-53 Rev. 5", "NIST"},
	{"pci-dss-4", "PCI DSS v4", "PCI Security Standards Council"},
	{"soc2", "SOC 2 Trust Services Criteria", "AICPA"},
};

const char *ml_sarif_level(enum ml_severity severity)
{
	return levels[(unsigned)severity < ML_SEVERITIES ? severity : ML_SEV_INFO].level;
}

static int cmp_rule(const void *va, const void *vb)
{
	const struct ml_sarif_rule *a = va, *b = vb;
	int order = ml_str_cmp(a->id, b->id);

	return order ? order : (a->text == NULL) - (b->text == NULL);
}

static int cmp_taxon(const void *va, const void *vb)
{
	const struct ml_sarif_taxon *a = va, *b = vb;
	int order = ml_str_cmp(a->framework, b->framework);

	return order ? order : ml_str_cmp(a->id, b->id);
}

static void add_rules(struct ml_sarif *sarif)
{
	const struct ml_findings *findings = sarif->findings;

	for (size_t i = 0; i < findings->nruns; i++)
		for (size_t j = 0; j < findings->runs[i].nrules; j++) {
			const struct ml_rule_text *text = &findings->runs[i].rules[j];
			sarif->rules[sarif->nrules++] = (struct ml_sarif_rule){text->id, text, text->severity};
		}
	for (size_t i = 0; i < sarif->items.n; i++) {
		const struct ml_item *item = &sarif->items.items[i];
		if (!item->rule)
			sarif->rules[sarif->nrules++] = (struct ml_sarif_rule){item->result->rule, NULL, item->result->severity};
	}
}

static bool gather_rules(struct ml_sarif *sarif, struct ml_arena *scratch)
{
	size_t most = sarif->items.n, n = 0;

	for (size_t i = 0; i < sarif->findings->nruns; i++)
		most += sarif->findings->runs[i].nrules;
	sarif->rules = ml_alloc_array(scratch, most, sizeof(*sarif->rules));
	if (!sarif->rules)
		return false;
	add_rules(sarif);
	if (ml_sort(scratch, sarif->rules, sarif->nrules, sizeof(*sarif->rules), cmp_rule))
		return false;
	for (size_t i = 0; i < sarif->nrules; i++)
		if (n == 0 || !ml_str_eq(sarif->rules[n - 1].id, sarif->rules[i].id))
			sarif->rules[n++] = sarif->rules[i];
	sarif->nrules = n;
	return true;
}

static void add_taxa(struct ml_sarif *sarif, const struct ml_rule_text *text)
{
	for (size_t i = 0; text && i < text->nrefs; i++)
		for (size_t j = 0; j < text->refs[i].n; j++)
			sarif->taxa[sarif->ntaxa++] = (struct ml_sarif_taxon){text->refs[i].framework, text->refs[i].ids[j]};
}

static bool gather_taxa(struct ml_sarif *sarif, struct ml_arena *scratch)
{
	size_t most = 0, n = 0;

	for (size_t i = 0; i < sarif->nrules; i++)
		for (size_t j = 0; sarif->rules[i].text && j < sarif->rules[i].text->nrefs; j++)
			most += sarif->rules[i].text->refs[j].n;
	sarif->taxa = ml_alloc_array(scratch, most, sizeof(*sarif->taxa));
	if (!sarif->taxa)
		return false;
	for (size_t i = 0; i < sarif->nrules; i++)
		add_taxa(sarif, sarif->rules[i].text);
	if (ml_sort(scratch, sarif->taxa, sarif->ntaxa, sizeof(*sarif->taxa), cmp_taxon))
		return false;
	for (size_t i = 0; i < sarif->ntaxa; i++)
		if (n == 0 || cmp_taxon(&sarif->taxa[n - 1], &sarif->taxa[i]) != 0)
			sarif->taxa[n++] = sarif->taxa[i];
	sarif->ntaxa = n;
	return true;
}

bool ml_sarif_gather(struct ml_sarif *sarif, struct ml_arena *scratch)
{
	return gather_rules(sarif, scratch) && gather_taxa(sarif, scratch);
}

size_t ml_sarif_rule_index(const struct ml_sarif *sarif, struct ml_str id)
{
	size_t from = 0, to = sarif->nrules;

	while (to - from > 1) {
		size_t middle = from + (to - from) / 2;

		if (ml_str_cmp(sarif->rules[middle].id, id) <= 0)
			from = middle;
		else
			to = middle;
	}
	return from;
}

/* GitHub links tags of this form to the weakness. */
static void put_tag(struct ml_sarif *sarif, struct ml_str framework, struct ml_str id)
{
	ml_sarif_scratch(sarif, &sarif->text);
	if (ml_str_is(framework, "cwe")) {
		struct ml_str lower = ml_str_istarts(id, ML_STR("cwe-")) ? ml_str_sub(id, 4, id.len) : id;
		ml_buf_puts(&sarif->text, "external/cwe/cwe-");
		ml_buf_escaped(&sarif->text, lower);
	} else {
		ml_buf_escaped(&sarif->text, framework);
		ml_buf_putc(&sarif->text, '/');
		ml_buf_escaped(&sarif->text, id);
	}
	ml_json_str(&sarif->json, ml_buf_get(&sarif->text));
}

static void put_tags(struct ml_sarif *sarif, const struct ml_rule_text *text)
{
	size_t n = 1;

	ml_json_key(&sarif->json, "tags");
	ml_json_array(&sarif->json);
	ml_json_puts(&sarif->json, "security");
	for (size_t i = 0; text && i < text->nrefs; i++)
		for (size_t j = 0; j < text->refs[i].n && n < TAGS_MAX; j++, n++)
			put_tag(sarif, text->refs[i].framework, text->refs[i].ids[j]);
	ml_json_end_array(&sarif->json);
}

static void put_rule_properties(struct ml_sarif *sarif, const struct ml_sarif_rule *rule)
{
	const char *security = levels[(unsigned)rule->severity < ML_SEVERITIES ? rule->severity : ML_SEV_INFO].security;
	struct ml_json *json = &sarif->json;

	ml_json_key(json, "properties");
	ml_json_object(json);
	if (rule->text && rule->text->policy.len) {
		ml_json_key(json, "policy");
		ml_json_str(json, rule->text->policy);
	}
	ml_json_key(json, "precision");
	ml_json_puts(json, "high");
	if (security) {
		ml_json_key(json, "security-severity");
		ml_json_puts(json, security);
	}
	ml_json_key(json, "severity");
	ml_json_puts(json, ml_report_severity(rule->severity));
	put_tags(sarif, rule->text);
	ml_json_end_object(json);
}

static void add_refs(struct ml_buf *out, const struct ml_rule_text *text, void (*add)(struct ml_buf *out, struct ml_str s))
{
	for (size_t i = 0; i < text->nrefs; i++) {
		ml_buf_puts(out, i ? "; " : "");
		add(out, text->refs[i].framework);
		for (size_t j = 0; j < text->refs[i].n; j++) {
			ml_buf_puts(out, j ? ", " : " ");
			add(out, text->refs[i].ids[j]);
		}
	}
}

/* A part of the help with its heading; nothing when there is no text. */
static void add_part(struct ml_buf *out, const char *heading, struct ml_str s, void (*add)(struct ml_buf *out, struct ml_str s))
{
	if (s.len == 0)
		return;
	ml_buf_puts(out, out->len ? "\n\n" : "");
	ml_buf_puts(out, heading);
	add(out, ml_str_trim(s));
}

/* GitHub wants a help text and a full description of each rule, so the title stands in where a policy says no more. */
static void put_help(struct ml_sarif *sarif, const struct ml_rule_text *text, struct ml_str title)
{
	struct form {
		const char *key, *why, *fix, *refs;
		void (*add)(struct ml_buf *out, struct ml_str s);
	};
	static const struct form forms[] = {
		{"markdown", "**Why it matters.** ", "**How to fix it.** ", "**References.** ", ml_markdown_add},
		{"text", "Why it matters: ", "How to fix it: ", "References: ", ml_buf_str},
	};

	ml_json_key(&sarif->json, "help");
	ml_json_object(&sarif->json);
	for (size_t i = 0; i < 2; i++) {
		ml_sarif_scratch(sarif, &sarif->text);
		add_part(&sarif->text, forms[i].why, text->rationale, forms[i].add);
		add_part(&sarif->text, forms[i].fix, text->fix, forms[i].add);
		if (text->nrefs) {
			ml_buf_puts(&sarif->text, sarif->text.len ? "\n\n" : "");
			ml_buf_puts(&sarif->text, forms[i].refs);
			add_refs(&sarif->text, text, forms[i].add);
		}
		if (sarif->text.len == 0)
			forms[i].add(&sarif->text, title);
		ml_json_key(&sarif->json, forms[i].key);
		ml_json_str(&sarif->json, ml_buf_get(&sarif->text));
	}
	ml_json_end_object(&sarif->json);
}

static void put_relationships(struct ml_sarif *sarif, const struct ml_rule_text *text)
{
	struct ml_json *json = &sarif->json;

	ml_json_key(json, "relationships");
	ml_json_array(json);
	for (size_t i = 0; i < text->nrefs; i++)
		for (size_t j = 0; j < text->refs[i].n; j++) {
			ml_json_object(json);
			ml_json_key(json, "kinds");
			ml_json_array(json);
			ml_json_puts(json, "relevant");
			ml_json_end_array(json);
			ml_json_key(json, "target");
			ml_json_object(json);
			ml_json_key(json, "id");
			ml_json_str(json, text->refs[i].ids[j]);
			ml_json_key(json, "toolComponent");
			ml_json_object(json);
			ml_json_key(json, "name");
			ml_json_str(json, text->refs[i].framework);
			ml_json_end_object(json);
			ml_json_end_object(json);
			ml_json_end_object(json);
		}
	ml_json_end_array(json);
}

static void put_text(struct ml_json *json, const char *key, struct ml_str text)
{
	ml_json_key(json, key);
	ml_json_object(json);
	ml_json_key(json, "text");
	ml_json_str(json, text);
	ml_json_end_object(json);
}

static void put_rule(struct ml_sarif *sarif, const struct ml_sarif_rule *rule)
{
	const struct ml_rule_text nothing = {0}, *text = rule->text ? rule->text : &nothing;
	struct ml_str title = text->title.len ? text->title : rule->id;
	struct ml_json *json = &sarif->json;

	ml_json_object(json);
	ml_json_key(json, "defaultConfiguration");
	ml_json_object(json);
	ml_json_key(json, "level");
	ml_json_puts(json, ml_sarif_level(rule->severity));
	ml_json_end_object(json);
	put_text(json, "fullDescription", text->rationale.len ? ml_str_trim(text->rationale) : title);
	put_help(sarif, text, title);
	ml_json_key(json, "id");
	ml_json_str(json, rule->id);
	put_rule_properties(sarif, rule);
	if (text->nrefs)
		put_relationships(sarif, text);
	put_text(json, "shortDescription", title);
	ml_json_end_object(json);
}

void ml_sarif_driver(struct ml_sarif *sarif)
{
	struct ml_json *json = &sarif->json;

	ml_json_key(json, "tool");
	ml_json_object(json);
	ml_json_key(json, "driver");
	ml_json_object(json);
	ml_json_key(json, "name");
	ml_json_puts(json, "Merlon");
	ml_json_key(json, "rules");
	ml_json_array(json);
	for (size_t i = 0; i < sarif->nrules; i++)
		put_rule(sarif, &sarif->rules[i]);
	ml_json_end_array(json);
	if (sarif->options->version.len) {
		ml_json_key(json, "version");
		ml_json_str(json, sarif->options->version);
	}
	ml_json_end_object(json);
	ml_json_end_object(json);
}

static void put_framework(struct ml_json *json, struct ml_str id)
{
	for (size_t i = 0; i < sizeof(frameworks) / sizeof(frameworks[0]); i++) {
		if (!ml_str_is(id, frameworks[i].id))
			continue;
		ml_json_key(json, "fullName");
		ml_json_puts(json, frameworks[i].name);
		ml_json_key(json, "organization");
		ml_json_puts(json, frameworks[i].organization);
	}
	ml_json_key(json, "isComprehensive");
	ml_json_bool(json, false);
	ml_json_key(json, "name");
	ml_json_str(json, id);
}

void ml_sarif_taxonomies(struct ml_sarif *sarif)
{
	struct ml_json *json = &sarif->json;

	if (sarif->ntaxa == 0)
		return;
	ml_json_key(json, "taxonomies");
	ml_json_array(json);
	for (size_t i = 0; i < sarif->ntaxa;) {
		struct ml_str framework = sarif->taxa[i].framework;

		ml_json_object(json);
		put_framework(json, framework);
		ml_json_key(json, "taxa");
		ml_json_array(json);
		for (; i < sarif->ntaxa && ml_str_eq(sarif->taxa[i].framework, framework); i++) {
			ml_json_object(json);
			ml_json_key(json, "id");
			ml_json_str(json, sarif->taxa[i].id);
			ml_json_end_object(json);
		}
		ml_json_end_array(json);
		ml_json_end_object(json);
	}
	ml_json_end_array(json);
}

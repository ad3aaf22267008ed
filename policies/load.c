/* SPDX-License-Identifier: Apache-2.0 */
/* Loading: which files are read, in which order, and what must be unique over all of them. */
#include "base/sha256.h"
#include "base/sort.h"
#include "policies/load-priv.h"

static const char *const versions[] = {"policy/v1", "profile/v1", NULL};

/* Which of `versions` a file says it is; -1 with an error. */
static int version_of(struct ml_doc *doc)
{
	const struct ml_yaml_node *node = ml_yaml_get(doc->root, "merlon");

	if (!node) {
		ml_doc_error_at(doc, doc->root->line, doc->root->col, 0, "`merlon: policy/v1` or `merlon: profile/v1` is missing");
		return -1;
	}
	doc->key = "merlon";
	return ml_doc_word(doc, node, versions);
}

static int read_policy(struct ml_load *load, struct ml_doc *doc, size_t source, struct ml_policy_file *file)
{
	struct ml_policy *policy = ml_alloc(load->arena, sizeof(*policy));
	int r = policy ? ml_policy_read(doc, load->wish, load->sources[source].id, policy) : ML_ENOMEM;

	if (r)
		return r;
	ml_sha256(load->sources[source].bytes, policy->sha256);
	load->rules += policy->nrules;
	if (load->rules > ML_POLICY_RULES_MAX)
		ml_doc_error(doc, doc->root, "more than %d rules in all files", ML_POLICY_RULES_MAX);
	file->partial = policy->kind && load->wish->kind && policy->kind != load->wish->kind;
	file->items = policy;
	file->n = policy->kind && !file->partial;
	return 0;
}

static int read_source(struct ml_load *load, size_t source, struct ml_policy_file *file)
{
	const struct ml_policy_source *s = &load->sources[source];
	struct ml_doc doc = {.arena = load->arena, .name = s->name, .bytes = s->bytes, .diags = load->diags,
		.want = "a mapping with `merlon: policy/v1` or `merlon: profile/v1`"};
	int version;

	if (ml_str_starts(doc.bytes, ML_STR("\xef\xbb\xbf")))
		doc.bytes = ml_str_sub(doc.bytes, 3, doc.bytes.len);
	if (load->wish->kind && ml_policy_other_kind(s->bytes, load->wish->kind)) {
		file->partial = true;
		return 0;
	}
	if (!ml_doc_open(&doc, load->wish->tests ? doc.bytes : ml_policy_cut_tests(load->arena, doc.bytes)))
		return ml_arena_failed(load->arena) ? ML_ENOMEM : 0;
	version = version_of(&doc);
	if (version == 0)
		return read_policy(load, &doc, source, file);
	file->profile = version == 1;
	return version == 1 ? ml_profile_read(load, &doc, source, file) : 0;
}

int ml_load_file(struct ml_load *load, size_t source)
{
	struct ml_policy_file *file = &load->files[source];
	size_t errors = load->diags->errors;
	int r;

	if (file->state == ML_FILE_READ)
		return 0;
	file->state = ML_FILE_READING;
	r = read_source(load, source, file);
	file->state = ML_FILE_READ;
	file->broken = load->diags->errors > errors;
	return r;
}

/* A file that was named twice, or as a pack and by its path. */
static bool same_bytes_chosen(const struct ml_load *load, size_t source)
{
	for (size_t i = 0; i < source; i++)
		if (load->sources[i].chosen && ml_str_eq(load->sources[i].bytes, load->sources[source].bytes))
			return true;
	return false;
}

/* What a profile extends is judged as the profile says, also when it was named itself. */
static void mark_extended(const struct ml_load *load, size_t source, bool *extended, int depth)
{
	const struct ml_policy_file *file = &load->files[source];

	for (size_t i = 0; i < file->nbases && depth > 0; i++) {
		if (extended[file->bases[i]])
			continue;
		extended[file->bases[i]] = true;
		mark_extended(load, file->bases[i], extended, depth - 1);
	}
}

static int take(struct ml_load *load, const struct ml_policy_file *file, struct ml_policies *out, size_t *cap)
{
	int r;

	if (file->n && load->wish->unasked && file->items[0].on_request)
		return 0;
	r = file->n ? ml_alloc_grow(load->arena, &out->items, cap, out->n + file->n, sizeof(*out->items)) : 0;
	if (r == 0 && file->n)
		memcpy(out->items + out->n, file->items, file->n * sizeof(*out->items));
	out->n += r ? 0 : file->n;
	return r;
}

static int load_chosen(struct ml_load *load, struct ml_policies *out)
{
	bool *skip = ml_alloc_array(load->arena, load->n, sizeof(*skip)), *extended = ml_alloc_array(load->arena, load->n, sizeof(*extended));
	size_t cap = 0;
	int r = skip && extended ? 0 : ML_ENOMEM;

	for (size_t i = 0; i < load->n && r == 0; i++) {
		skip[i] = !load->sources[i].chosen || same_bytes_chosen(load, i) ||
			(load->wish->unasked && ml_policy_says_on_request(load->sources[i].bytes));
		if (!skip[i])
			r = ml_load_file(load, i);
		/* Only by a profile that the user named as a file: a pack that takes the place of another unasked is seen as a rule in two policies. */
		if (r == 0 && !skip[i] && load->sources[i].id.len == 0)
			mark_extended(load, i, extended, ML_PROFILE_DEPTH);
	}
	for (size_t i = 0; i < load->n && r == 0; i++)
		if (!skip[i] && !extended[i])
			r = take(load, &load->files[i], out, &cap);
	return r;
}

/* A rule and where it came from, for finding ids that stand twice. */
struct entry {
	const struct ml_rule *rule;
	const struct ml_policy *policy;
};

static int by_id(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	return ml_str_cmp(a->rule->id, b->rule->id);
}

static void twin(struct ml_load *load, const struct entry *first, const struct entry *second)
{
	struct ml_doc doc = {.arena = load->arena, .name = second->policy->file, .diags = load->diags};
	const struct ml_policy *a = first->policy, *b = second->policy;

	for (size_t i = 0; i < load->n; i++)
		if (ml_str_eq(load->sources[i].name, doc.name))
			doc.bytes = load->sources[i].bytes;
	if (ml_str_eq(a->id, b->id))
		ml_doc_error_at(&doc, second->rule->line, second->rule->col, 0, "the rule id %.*s stands twice; the first is at %.*s:%u",
			ML_STR_ARG(second->rule->id), ML_STR_ARG(a->file), first->rule->line);
	else
		ml_doc_error_at(&doc, second->rule->line, second->rule->col, 0, "the rule %.*s is in two policies that are judged by: %.*s and %.*s",
			ML_STR_ARG(second->rule->id), ML_STR_ARG(a->id), ML_STR_ARG(b->id));
}

/* The same rule in a policy and in a profile of it that nobody judges by beside it. */
static bool may_be_twins(const struct ml_load *load, const struct entry *a, const struct entry *b)
{
	return load->wish->apart && a->policy != b->policy && (a->policy->on_request || b->policy->on_request);
}

static int check_ids(struct ml_load *load, const struct ml_policies *policies)
{
	size_t n = 0, total = 0;
	struct entry *entries;
	int r;

	for (size_t i = 0; i < policies->n; i++)
		total += policies->items[i].nrules;
	entries = ml_alloc_array(load->arena, total, sizeof(*entries));
	if (!entries)
		return ML_ENOMEM;
	for (size_t i = 0; i < policies->n; i++)
		for (size_t k = 0; k < policies->items[i].nrules; k++)
			if (policies->items[i].rules[k].id.len)
				entries[n++] = (struct entry){&policies->items[i].rules[k], &policies->items[i]};
	r = ml_sort(load->arena, entries, n, sizeof(*entries), by_id);
	for (size_t i = 1; i < n && r == 0; i++)
		if (by_id(&entries[i - 1], &entries[i]) == 0 && !may_be_twins(load, &entries[i - 1], &entries[i]))
			twin(load, &entries[i - 1], &entries[i]);
	return r;
}

int ml_policies_load(struct ml_arena *arena, const struct ml_policy_source *sources, size_t n, const struct ml_policies_wish *wish,
	struct ml_diags *diags, struct ml_policies *out)
{
	static const struct ml_policies_wish everything = {0};
	struct ml_load load = {.arena = arena, .sources = sources, .n = n, .wish = wish ? wish : &everything, .diags = diags};
	size_t errors = diags->errors;
	int r;

	*out = (struct ml_policies){0};
	load.files = ml_alloc_array(arena, n, sizeof(*load.files));
	if (!load.files)
		return ML_ENOMEM;
	r = load_chosen(&load, out);
	if (r == 0)
		r = check_ids(&load, out);
	if (r || ml_arena_failed(arena))
		return ML_ENOMEM;
	return diags->errors > errors ? ML_ESYNTAX : 0;
}

const struct ml_rule *ml_policies_rule(const struct ml_policies *policies, struct ml_str id, const struct ml_policy **policy)
{
	for (size_t i = 0; i < policies->n; i++)
		for (size_t k = 0; k < policies->items[i].nrules; k++)
			if (ml_str_eq(policies->items[i].rules[k].id, id)) {
				if (policy)
					*policy = &policies->items[i];
				return &policies->items[i].rules[k];
			}
	return NULL;
}

const char *ml_policies_nearest(struct ml_arena *arena, const struct ml_policies *policies, struct ml_str id)
{
	size_t n = 0, total = 0;
	const char **names;

	for (size_t i = 0; i < policies->n; i++)
		total += policies->items[i].nrules;
	names = ml_alloc_array(arena, total, sizeof(*names));
	for (size_t i = 0; names && i < policies->n; i++)
		for (size_t k = 0; k < policies->items[i].nrules; k++)
			if (policies->items[i].rules[k].id.ptr)
				names[n++] = policies->items[i].rules[k].id.ptr; /* a YAML scalar's text: NUL behind it */
	return ml_str_nearest(id, names, n);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles: which rules of other files are judged by, with which parameters and severities. */
#include "base/sha256.h"
#include "policies/load-priv.h"

static void read_version(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	/* ml_load_file chose the reader by it. */
}

static void read_id(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	struct ml_profile_draft *p = into;

	ml_policy_id(doc, node, p->load->sources[p->source].id, &p->id);
}

static void read_title(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	ml_doc_string(doc, node, &((struct ml_profile_draft *)into)->title);
}

static void read_on_request(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	ml_policy_on_request(doc, node, &((struct ml_profile_draft *)into)->on_request);
}

static void read_extends(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	((struct ml_profile_draft *)into)->extends = node;
}

static void read_select(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	((struct ml_profile_draft *)into)->select = node;
}

static void read_set(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	((struct ml_profile_draft *)into)->set = node;
}

static void read_severity(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	((struct ml_profile_draft *)into)->severity = node;
}

static const struct ml_doc_key profile_keys[] = {
	{"merlon", true, read_version},
	{"id", true, read_id},
	{"title", true, read_title},
	{"on_request", false, read_on_request},
	{"extends", true, read_extends},
	{"select", false, read_select},
	{"set", false, read_set},
	{"severity", false, read_severity},
};

/* The parameter that a key of `set` means: NAME, or POLICY.NAME. NULL with an error, or when it may be in what was passed over. */
static struct ml_param *find_param(struct ml_profile_draft *p, const struct ml_yaml_node *key, struct ml_str name)
{
	size_t dot = ml_str_rchr(name, '.');
	struct ml_str policy = dot == ML_NPOS ? ML_STR("") : ml_str_sub(name, 0, dot);
	struct ml_str last = dot == ML_NPOS ? name : ml_str_sub(name, dot + 1, name.len);
	struct ml_param *found = NULL;
	const struct ml_policy *in = NULL;

	for (size_t i = 0; i < p->out->n; i++) {
		struct ml_policy *item = &p->out->items[i];
		for (size_t k = 0; k < item->nparams; k++) {
			if (!ml_str_eq(item->params[k].name, last) || (policy.len && !ml_str_eq(item->id, policy)))
				continue;
			if (found)
				ml_doc_error(p->doc, key, "set: both %.*s and %.*s have a parameter %.*s; write POLICY.%.*s", ML_STR_ARG(in->id),
					ML_STR_ARG(item->id), ML_STR_ARG(last), ML_STR_ARG(last));
			found = found ? found : &item->params[k];
			in = item;
		}
	}
	return found;
}

static void no_param(struct ml_profile_draft *p, const struct ml_yaml_node *key, struct ml_str name)
{
	const char *names[4 * ML_RECORD_MAX];
	size_t n = 0;

	for (size_t i = 0; i < p->out->n; i++)
		for (size_t k = 0; k < p->out->items[i].nparams && n < 4 * ML_RECORD_MAX; k++)
			if (p->out->items[i].params[k].name.ptr)
				names[n++] = p->out->items[i].params[k].name.ptr;
	ml_doc_error(p->doc, key, "set: no policy that is extended has a parameter \"%.*s\"", ML_STR_ARG(name))->hint =
		ml_diag_suggest(p->load->arena, ml_str_nearest(name, names, n));
}

static void set_params(struct ml_profile_draft *p)
{
	if (!p->set)
		return;
	p->doc->key = "set";
	if (p->set->kind != ML_YAML_MAP) {
		ml_doc_want(p->doc, p->set, "a mapping from parameters to values");
		return;
	}
	ml_doc_no_twins(p->doc, p->set);
	for (uint32_t i = 0; i < p->set->n; i++) {
		const struct ml_yaml_node *key = ml_yaml_key(p->set, i);
		struct ml_param *param;
		struct ml_str name;
		if (!ml_doc_key_text(p->doc, key, &name))
			continue;
		param = find_param(p, key, name);
		if (param && param->type)
			ml_param_set(p->doc, param, ml_yaml_deref(ml_yaml_value(p->set, i)));
		else if (!param && !p->out->partial && !p->out->broken)
			no_param(p, key, name);
	}
}

/* The extended policies' arrays are shared by all that extend them: each profile gets its own. */
static int own(struct ml_arena *arena, struct ml_policy *item)
{
	struct ml_param *params = ml_alloc_array(arena, item->nparams, sizeof(*params));
	struct ml_rule *rules = ml_alloc_array(arena, item->nrules, sizeof(*rules));

	if (!params || !rules)
		return ML_ENOMEM;
	if (item->nparams)
		memcpy(params, item->params, item->nparams * sizeof(*params));
	if (item->nrules)
		memcpy(rules, item->rules, item->nrules * sizeof(*rules));
	item->params = params;
	item->rules = rules;
	return 0;
}

/* The bytes of a file and, behind them, of what it extends; each file once. */
static void hash(const struct ml_load *load, size_t source, bool *seen, struct ml_sha256 *sha, int depth)
{
	const struct ml_policy_file *file = &load->files[source];

	if (seen[source] || depth < 0)
		return;
	seen[source] = true;
	ml_sha256_field(sha, load->sources[source].bytes);
	for (size_t i = 0; i < file->nbases; i++)
		hash(load, file->bases[i], seen, sha, depth - 1);
}

static int finish(struct ml_profile_draft *p)
{
	bool *seen = ml_alloc_array(p->load->arena, p->load->n, sizeof(*seen));
	struct ml_sha256 sha;
	uint8_t digest[32];
	int r = 0;

	if (!seen)
		return ML_ENOMEM;
	ml_sha256_begin(&sha);
	hash(p->load, p->source, seen, &sha, ML_PROFILE_DEPTH);
	ml_sha256_end(&sha, digest);
	for (size_t i = 0; i < p->out->n && r == 0; i++) {
		struct ml_policy *item = &p->out->items[i];
		const struct ml_type *params = item->env ? item->env->vars[item->kind->root->nfields].type : NULL;
		item->id = p->id;
		item->title = p->title;
		item->file = p->doc->name;
		item->on_request = p->on_request;
		memcpy(item->sha256, digest, sizeof(digest));
		if (params)
			r = ml_params_pack(p->load->arena, params, item);
	}
	return r;
}

int ml_profile_read(struct ml_load *load, struct ml_doc *doc, size_t source, struct ml_policy_file *out)
{
	struct ml_profile_draft p = {.load = load, .doc = doc, .source = source, .out = out};

	ml_doc_map(doc, doc->root, "a profile", profile_keys, sizeof(profile_keys) / sizeof(profile_keys[0]), &p);
	ml_profile_extend(&p);
	for (size_t i = 0; i < out->n && p.error == 0; i++)
		p.error = own(load->arena, &out->items[i]);
	if (p.error)
		return p.error;
	set_params(&p);
	ml_profile_select(&p);
	return finish(&p);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What a profile extends: other files, found by name, read once, never in a circle. */
#include "policies/load-priv.h"

static struct ml_str last_part(struct ml_str path)
{
	size_t slash = ml_str_rchr(path, '/');

	return slash == ML_NPOS ? path : ml_str_sub(path, slash + 1, path.len);
}

/* A source by pack id, by the name of a file, or by the last part of such a name. */
static int64_t find_source(const struct ml_load *load, struct ml_str name)
{
	for (size_t i = 0; i < load->n; i++)
		if ((load->sources[i].id.len && ml_str_eq(load->sources[i].id, name)) || ml_str_eq(load->sources[i].name, name))
			return (int64_t)i;
	for (size_t i = 0; i < load->n; i++)
		if (ml_str_eq(last_part(load->sources[i].name), last_part(name)))
			return (int64_t)i;
	return -1;
}

static void no_source(struct ml_profile_draft *p, const struct ml_yaml_node *node, struct ml_str name)
{
	struct ml_load *load = p->load;
	const char **names = ml_alloc_array(load->arena, load->n, sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; names && i < load->n; i++) {
		struct ml_str z = ml_str_dup(load->arena, load->sources[i].id.len ? load->sources[i].id : load->sources[i].name);
		if (z.ptr && i != p->source)
			names[n++] = z.ptr;
	}
	ml_doc_error(p->doc, node, "extends: there is no pack and no file \"%.*s\"", ML_STR_ARG(name))->hint =
		ml_diag_suggest(load->arena, ml_str_nearest(name, names, n));
}

/* The same policy by two ways would be judged twice. */
static bool has_policy(const struct ml_profile_draft *p, const struct ml_policy *policy)
{
	for (size_t i = 0; i < p->out->n; i++)
		if (p->out->items[i].env == policy->env)
			return true;
	return false;
}

static void adopt(struct ml_profile_draft *p, const struct ml_yaml_node *node, const struct ml_policy_file *base)
{
	struct ml_policy *items = ml_alloc_array(p->load->arena, p->out->n + base->n, sizeof(*items));

	if (!items)
		return;
	if (p->out->n)
		memcpy(items, p->out->items, p->out->n * sizeof(*items));
	p->out->items = items;
	for (size_t i = 0; i < base->n; i++) {
		if (has_policy(p, &base->items[i]))
			ml_doc_error(p->doc, node, "extends: the policy in %.*s is extended twice", ML_STR_ARG(base->items[i].file));
		else
			p->out->items[p->out->n++] = base->items[i];
	}
	p->out->partial = p->out->partial || base->partial;
	p->out->broken = p->out->broken || base->broken;
}

static void extend(struct ml_profile_draft *p, const struct ml_yaml_node *node, struct ml_str name)
{
	struct ml_load *load = p->load;
	int64_t source = find_source(load, name);
	size_t errors = load->diags->errors;

	if (source < 0) {
		no_source(p, node, name);
	} else if (load->files[source].state == ML_FILE_READING) {
		ml_doc_error(p->doc, node, (size_t)source == p->source ? "extends: \"%.*s\" is this profile itself" :
			"extends: \"%.*s\" extends this profile in turn", ML_STR_ARG(name));
	} else if (load->depth == ML_PROFILE_DEPTH) {
		ml_doc_error(p->doc, node, "extends: more than %d profiles extend each other", ML_PROFILE_DEPTH);
	} else {
		load->depth++;
		p->error = ml_load_file(load, (size_t)source);
		load->depth--;
		p->out->bases[p->out->nbases++] = (size_t)source;
		if (p->error == 0)
			adopt(p, node, &load->files[source]);
	}
	/* What is not extended cannot be missed in what follows. */
	p->out->broken = p->out->broken || load->diags->errors > errors;
}

void ml_profile_extend(struct ml_profile_draft *p)
{
	const struct ml_yaml_node *node = p->extends;
	struct ml_strs names;

	p->doc->key = "extends";
	if (!node || !ml_doc_strings(p->doc, node, &names))
		return;
	if (names.n == 0)
		ml_doc_want(p->doc, node, "packs or files");
	p->out->bases = ml_alloc_array(p->load->arena, names.n, sizeof(*p->out->bases));
	if (!p->out->bases)
		p->error = ML_ENOMEM;
	for (size_t i = 0; i < names.n && p->error == 0; i++)
		extend(p, node->kind == ML_YAML_SEQ ? ml_yaml_deref(node->items[i]) : node, names.items[i]);
}

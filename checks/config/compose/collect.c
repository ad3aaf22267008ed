/* SPDX-License-Identifier: Apache-2.0 */
/* Collecting: a project is loaded, then its tree is turned into facts. */
#include "base/sort.h"
#include "checks/config/compose/norm-priv.h"

/* The sections are read by themselves; `include` is resolved. */
static const struct ml_cn_key root_keys[] = {
	{"configs", ML_CN_ELSEWHERE, NULL, NULL, NULL},
	{"include", ML_CN_ELSEWHERE, NULL, NULL, NULL},
	{"models", 0, NULL, NULL, NULL},
	{"name", ML_CO_NAME, ml_cn_string, NULL, NULL},
	{"networks", ML_CN_ELSEWHERE, NULL, NULL, NULL},
	{"secrets", ML_CN_ELSEWHERE, NULL, NULL, NULL},
	{"services", ML_CN_ELSEWHERE, NULL, NULL, NULL},
	{"version", ML_CO_VERSION, ml_cn_string, NULL, NULL},
	{"volumes", ML_CN_ELSEWHERE, NULL, NULL, NULL},
};

static int index_sections(struct ml_cn *cn)
{
	static const char *const keys[] = {"services", "networks", "volumes", "secrets", "configs"};
	struct ml_cindex *const indexes[] = {
		&cn->services, &cn->networks, &cn->volumes, &cn->secrets, &cn->configs};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		int r = ml_cindex_make(
			cn->arena, ml_cnode_get(cn->project->root, keys[i]), indexes[i]);
		if (r)
			return r;
	}
	return 0;
}

static int by_service(const void *a, const void *b)
{
	const struct ml_cgap *x = a, *y = b;

	return ml_str_cmp(x->service, y->service);
}

static void read_extensions(struct ml_cn *cn, struct ml_record_builder *root)
{
	const struct ml_cnode *node = cn->project->root;
	struct ml_entry *entries = NULL;
	size_t n = 0, cap = 0;

	for (uint32_t i = 0; i < node->n; i++) {
		struct ml_cn_at at = {node->items[i], node->keys[i], node->key_locs[i]};
		if (!ml_str_starts(at.key, ML_STR("x-")))
			continue;
		if (ml_alloc_grow(cn->arena, &entries, &cap, n + 1, sizeof(*entries)))
			cn->memory = true;
		else
			entries[n++] = (struct ml_entry){
				ml_at(ml_string(at.key), at.loc), ml_cn_dyn(cn, &at, NULL)};
	}
	if (n)
		ml_record_set(root, ML_CO_EXTENSIONS, ml_cn_map_value(cn, entries, n, 0));
}

static void read_root(struct ml_cn *cn, struct ml_record_builder *root)
{
	static const struct ml_cn_keys keys = ML_CN_KEYS(root_keys);
	const struct ml_cnode *node = cn->project->root;
	struct ml_cn_list unknown = {0};

	ml_cn_map(cn, &(struct ml_cn_at){node, ML_STR(""), node->loc}, &keys, root, &unknown);
	if (unknown.n)
		ml_record_set(root, ML_CO_UNKNOWN_KEYS, ml_cn_list_value(&unknown, 0));
	read_extensions(cn, root);
}

static void read_services(struct ml_cn *cn, struct ml_record_builder *root)
{
	const struct ml_cnode *node = cn->project->root;

	for (uint32_t i = 0; i < node->n; i++)
		if (ml_str_is(node->keys[i], "services") && node->items[i]->kind != ML_C_NULL)
			ml_cn_services(cn, node->items[i], node->key_locs[i], root);
	cn->section = NULL;
	if (root->slots[ML_CO_SERVICES].kind == ML_V_ABSENT && cn->project->broken.len)
		ml_record_set(root, ML_CO_SERVICES, ml_cn_unknown(cn, 0, cn->project->broken));
}

static int by_text(const void *a, const void *b)
{
	return ml_str_cmp(ml_value_text(a), ml_value_text(b));
}

/* All profiles that services name, each once. */
static void read_profiles(struct ml_cn *cn, struct ml_record_builder *root)
{
	const struct ml_value *services = &root->slots[ML_CO_SERVICES];
	struct ml_cn_list list = {0};
	size_t n = 0;

	for (uint32_t i = 0; services->kind == ML_V_MAP && i < services->len; i++) {
		const struct ml_value *service = &services->entries[i].value, *profiles;
		if (service->kind != ML_V_RECORD)
			continue;
		profiles = ml_record_get(service->record, ML_CO_SVC_PROFILES);
		for (uint32_t k = 0; profiles->kind == ML_V_LIST && k < profiles->len; k++)
			if (profiles->items[k].kind == ML_V_STRING)
				ml_cn_push(cn, &list, profiles->items[k]);
	}
	if (ml_sort(cn->arena, list.items, list.n, sizeof(*list.items), by_text))
		cn->memory = true;
	for (size_t i = 0; i < list.n; i++)
		if (n == 0 || by_text(&list.items[n - 1], &list.items[i]) != 0)
			list.items[n++] = list.items[i];
	list.n = n;
	if (n)
		ml_record_set(root, ML_CO_PROFILES, ml_cn_list_value(&list, 0));
}

static void put_lists(struct ml_cn *cn, struct ml_record_builder *root)
{
	struct ml_cn_list files = {0};

	for (size_t i = 0; i < cn->facts->nsources; i++)
		ml_cn_push(cn, &files, ml_string(cn->facts->sources[i].name));
	ml_record_set(root, ML_CO_FILES, ml_cn_list_value(&files, 0));
	if (cn->project->has_override)
		ml_record_set(root, ML_CO_HAS_OVERRIDE, ml_bool(true));
	for (int slot = ML_CO_PORTS; slot < ML_CO_ROOT_SLOTS; slot++) {
		if (cn->project->broken.len && slot != ML_CO_SECRETS_FOUND &&
			slot != ML_CO_INTERPOLATIONS)
			ml_cn_push(cn, &cn->flat[slot], ml_cn_unknown(cn, 0, cn->project->broken));
		if (cn->flat[slot].n)
			ml_record_set(root, slot, ml_cn_list_value(&cn->flat[slot], 0));
	}
}

static int normalise(struct ml_cn *cn)
{
	struct ml_record_builder root;
	struct ml_facts *facts = cn->facts;
	int r;

	if (!cn->project->root || cn->project->root->kind != ML_C_MAP) {
		facts->root = ml_cn_unknown(cn, 0,
			cn->project->root && cn->project->root->text.len
				? cn->project->root->text
				: ML_STR("no Compose file could be read"));
		return 0;
	}
	ml_cn_fill_paths(cn);
	r = index_sections(cn);
	if (r == 0)
		r = ml_sort(cn->arena, cn->project->gaps, cn->project->ngaps,
			sizeof(*cn->project->gaps), by_service);
	if (r)
		return r;
	if (cn->project->broken.len || cn->project->ngaps)
		facts->incomplete = true;
	ml_record_begin(&root, &ml_co_root);
	read_root(cn, &root);
	read_services(cn, &root);
	ml_cn_shares(cn);
	ml_cn_sections(cn, &root);
	read_profiles(cn, &root);
	ml_cn_interpolations(cn);
	ml_cn_unite_secrets(cn);
	put_lists(cn, &root);
	facts->root = ml_cn_pack(cn, &root, 0);
	return 0;
}

int ml_compose_collect(struct ml_facts *facts, const struct ml_reader *reader,
	const struct ml_compose_request *request)
{
	ML_ARENA_AUTO tree = ml_arena_new(ml_arena_limit(facts->arena));
	struct ml_cproject project = {0};
	struct ml_cn *cn = ml_alloc(facts->arena, sizeof(*cn));
	int r = cn && tree ? ml_compose_load(facts, tree, reader, request, &project) : ML_ENOMEM;

	if (r)
		return r;
	cn->facts = facts;
	cn->arena = cn->mask.arena = facts->arena;
	cn->scratch = tree;
	cn->reader = reader;
	cn->project = &project;
	cn->partial = request->partial;
	cn->nsources = facts->nsources;
	cn->lines = ml_alloc_array(cn->arena, cn->nsources, sizeof(*cn->lines));
	cn->nlines = ml_alloc_array(cn->arena, cn->nsources, sizeof(*cn->nlines));
	if (!cn->lines || !cn->nlines)
		return ML_ENOMEM;
	r = normalise(cn);
	if (r == 0 && !cn->memory) {
		ml_cn_mask_facts(cn);
		ml_cn_redact_sources(cn);
		ml_cn_redact_diags(cn);
	}
	return r ? r : cn->memory || ml_arena_failed(cn->arena) ? ML_ENOMEM : 0;
}

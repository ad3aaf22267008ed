/* SPDX-License-Identifier: Apache-2.0 */
/* Networks, volumes, secrets and configurations of the project, each with the services that use it.
 */
#include "checks/config/compose/norm-priv.h"

/* `external: {name: x}` is the old form of `external: true` with a name. */
static void external(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b,
	int slot, int real_name)
{
	const struct ml_cnode *name = ml_cnode_get(at->node, "name");

	ml_record_set(b, slot,
		at->node->kind == ML_C_MAP ? ml_at(ml_bool(true), at->loc)
					   : ml_cn_bool(cn, at, NULL));
	if (name)
		ml_cn_set(b, real_name,
			ml_cn_string(
				cn, &(struct ml_cn_at){name, ML_STR("name"), name->loc}, NULL));
}

static void external_network(
	struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	external(cn, at, b, ML_CO_NET_EXTERNAL, ML_CO_NET_REAL_NAME);
}

static void external_volume(
	struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	external(cn, at, b, ML_CO_VOL_EXTERNAL, ML_CO_VOL_REAL_NAME);
}

static void external_object(
	struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	external(cn, at, b, ML_CO_OBJ_EXTERNAL, ML_CO_OBJ_REAL_NAME);
}

/* A driver option as a switch; `otherwise` when it is not written. */
static void option_switch(
	struct ml_record_builder *b, const struct ml_value *options, const char *key, int slot)
{
	const struct ml_value *value = options->kind == ML_V_MAP ? ml_map_gets(options, ml_str(key))
				       : options->kind == ML_V_UNKNOWN ? options
								       : NULL;
	bool on;

	if (value && value->kind == ML_V_UNKNOWN)
		ml_record_set(b, slot, *value);
	else if (value && !ml_cvalue_bool(ml_value_text(value), &on))
		ml_record_set(b, slot, ml_at(ml_bool(on), value->loc));
	else if (value && ml_value_text(value).len == 1)
		ml_record_set(b, slot, ml_at(ml_bool(value->text[0] == '1'), value->loc));
}

static void add_subnet(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx)
{
	const struct ml_cnode *subnet =
		item->node->kind == ML_C_MAP ? ml_cnode_get(item->node, "subnet") : NULL;

	if (subnet && subnet->kind != ML_C_NULL)
		ml_cn_push(cn, ctx,
			ml_cn_string(cn, &(struct ml_cn_at){subnet, ML_STR("subnet"), subnet->loc},
				NULL));
}

static void ipam(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	const struct ml_cnode *config = ml_cnode_get(at->node, "config");
	struct ml_cn_list list = {0};

	if (at->node->kind == ML_C_MAP && config && config->kind == ML_C_SEQ &&
		ml_cn_each(cn, &(struct ml_cn_at){config, at->key, at->loc}, add_subnet, &list))
		ml_record_set(b, ML_CO_NET_SUBNETS, ml_cn_list_value(&list, at->loc));
}

static const struct ml_cn_key network_keys[] = {
	{"attachable", ML_CO_NET_ATTACHABLE, ml_cn_bool, NULL, NULL},
	{"driver", ML_CO_NET_DRIVER, ml_cn_string, NULL, NULL},
	{"driver_opts", ML_CO_NET_OPTIONS, ml_cn_string_map, NULL, NULL},
	{"enable_ipv4", 0, NULL, NULL, NULL},
	{"enable_ipv6", ML_CO_NET_IPV6, ml_cn_bool, NULL, NULL},
	{"external", ML_CO_NET_EXTERNAL, NULL, NULL, external_network},
	{"internal", ML_CO_NET_INTERNAL, ml_cn_bool, NULL, NULL},
	{"ipam", ML_CO_NET_SUBNETS, NULL, NULL, ipam},
	{"labels", ML_CO_NET_LABELS, ml_cn_labels_of, "network", NULL},
	{"name", ML_CO_NET_REAL_NAME, ml_cn_string, NULL, NULL},
};

static void finish_network(struct ml_cn *cn, struct ml_record_builder *b)
{
	const struct ml_value *options = &b->slots[ML_CO_NET_OPTIONS], *binding = NULL;

	(void)cn;
	option_switch(b, options, "com.docker.network.bridge.enable_icc", ML_CO_NET_ICC);
	option_switch(
		b, options, "com.docker.network.bridge.enable_ip_masquerade", ML_CO_NET_MASQUERADE);
	option_switch(b, options, "encrypted", ML_CO_NET_ENCRYPTED);
	if (options->kind == ML_V_UNKNOWN)
		ml_record_set(b, ML_CO_NET_HOST_BINDING, *options);
	if (options->kind != ML_V_MAP)
		return;
	binding = ml_map_gets(options, ML_STR("com.docker.network.bridge.host_binding_ipv4"));
	if (binding)
		ml_record_set(b, ML_CO_NET_HOST_BINDING, *binding);
	binding = ml_map_gets(options, ML_STR("encrypted"));
	if (binding && binding->kind == ML_V_STRING &&
		binding->len == 0) /* the key alone switches it on */
		ml_record_set(b, ML_CO_NET_ENCRYPTED, ml_at(ml_bool(true), binding->loc));
}

static const struct ml_cn_key volume_keys[] = {
	{"driver", ML_CO_VOL_DRIVER, ml_cn_string, NULL, NULL},
	{"driver_opts", ML_CO_VOL_OPTIONS, ml_cn_string_map, NULL, NULL},
	{"external", ML_CO_VOL_EXTERNAL, NULL, NULL, external_volume},
	{"labels", ML_CO_VOL_LABELS, ml_cn_labels_of, "volume", NULL},
	{"name", ML_CO_VOL_REAL_NAME, ml_cn_string, NULL, NULL},
};

static void finish_volume(struct ml_cn *cn, struct ml_record_builder *b)
{
	const struct ml_value *options = &b->slots[ML_CO_VOL_OPTIONS], *type, *o, *device;
	struct ml_cpath path;
	struct ml_str clean;

	if (options->kind == ML_V_UNKNOWN)
		for (int slot = ML_CO_VOL_HOST_PATH; slot <= ML_CO_VOL_SENSITIVE; slot++)
			ml_record_set(b, slot, *options);
	if (options->kind != ML_V_MAP)
		return;
	type = ml_map_gets(options, ML_STR("type"));
	o = ml_map_gets(options, ML_STR("o"));
	device = ml_map_gets(options, ML_STR("device"));
	if (type)
		ml_record_set(b, ML_CO_VOL_FILESYSTEM, *type);
	if (!o || !device || (o->kind == ML_V_STRING && !ml_str_has(ml_value_text(o), "bind")))
		return;
	if (o->kind == ML_V_UNKNOWN || device->kind == ML_V_UNKNOWN) {
		ml_record_set(b, ML_CO_VOL_HOST_PATH, device->kind == ML_V_UNKNOWN ? *device : *o);
		ml_record_set(b, ML_CO_VOL_SENSITIVE, b->slots[ML_CO_VOL_HOST_PATH]);
		return;
	}
	clean = ml_cvalue_clean_path(cn->arena, ml_value_text(device));
	ml_cvalue_path(clean, &path);
	ml_record_set(b, ML_CO_VOL_HOST_PATH, ml_cn_text(cn, clean, device->loc));
	ml_record_set(b, ML_CO_VOL_SENSITIVE, ml_cn_word(path.kind, device->loc));
}

/* "name = value" as in configuration files, line by line. */
static enum ml_secret_kind assignments(struct ml_cn *cn, const struct ml_cnode *node)
{
	enum ml_secret_kind first = ML_SECRET_NONE, kind;
	struct ml_str line, rest = node->text;

	while (ml_str_split(&rest, '\n', &line)) {
		size_t equals = ml_str_chr(line, '=');
		struct ml_str name = ml_str_trim(ml_str_sub(line, 0, equals)),
			      value = ml_str_trim(ml_str_sub(
				      line, equals == ML_NPOS ? line.len : equals + 1, line.len));
		if (equals == ML_NPOS || name.len == 0 || ml_str_chr(name, ' ') != ML_NPOS)
			continue;
		ml_cn_hide_node(cn, node, value, "config", name, &kind);
		first = first ? first : kind;
	}
	return first;
}

/* The text of a configuration: not a fact, but secrets in it are. */
static void content(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	enum ml_secret_kind kind = ML_SECRET_NONE;

	ml_record_set(b, ML_CO_OBJ_KIND, ml_cn_word("content", at->loc));
	if (!ml_cn_is_scalar(at->node))
		return;
	kind = assignments(cn, at->node);
	if (!kind)
		ml_cn_hide_node(cn, at->node, at->node->text, "config", ML_STR(""), &kind);
	if (kind)
		ml_record_set(
			b, ML_CO_OBJ_SECRET, ml_cn_word(ml_secret_kind_words[kind], at->node->loc));
}

static const struct ml_cn_key object_keys[] = {
	{"content", ML_CO_OBJ_KIND, NULL, NULL, content},
	{"driver", ML_CO_OBJ_DRIVER, ml_cn_string, NULL, NULL},
	{"driver_opts", 0, NULL, NULL, NULL},
	{"environment", ML_CO_OBJ_ENVIRONMENT, ml_cn_string, NULL, NULL},
	{"external", ML_CO_OBJ_EXTERNAL, NULL, NULL, external_object},
	{"file", ML_CO_OBJ_FILE, ml_cn_string, NULL, NULL},
	{"labels", ML_CO_OBJ_LABELS, ml_cn_labels_of, "secret", NULL},
	{"name", ML_CO_OBJ_REAL_NAME, ml_cn_string, NULL, NULL},
	{"template_driver", ML_CO_OBJ_DRIVER, ml_cn_string, NULL, NULL},
};

/* Whether the file lies in what is scanned: the broker says so, and its bytes are dropped. */
static const char *state_of(struct ml_cn *cn, struct ml_str path, bool outside)
{
	struct ml_arena_mark mark = ml_arena_mark(cn->arena);
	struct ml_str joined, bytes;
	struct ml_error err;
	int r = outside ? ML_EACCES
			: ml_path_join(cn->arena, cn->project->directory, path, &joined);

	if (r == 0)
		r = ml_read(cn->reader, cn->arena, joined, &bytes, &err);
	ml_arena_release(cn->arena, mark);
	return r == 0 || r == ML_ELIMIT ? "present"
	       : r == ML_ENOENT         ? "missing"
	       : r == ML_EACCES         ? "outside"
					: "unreadable";
}

static void finish_object(struct ml_cn *cn, struct ml_record_builder *b)
{
	const struct ml_value *path = &b->slots[ML_CO_OBJ_FILE],
			      *external = &b->slots[ML_CO_OBJ_EXTERNAL],
			      *kind = &b->slots[ML_CO_OBJ_KIND];
	struct ml_str clean;
	bool outside;

	if (kind->kind == ML_V_ABSENT)
		ml_record_set(b, ML_CO_OBJ_KIND,
			path->kind != ML_V_ABSENT ? ml_cn_word("file", path->loc)
			: b->slots[ML_CO_OBJ_ENVIRONMENT].kind != ML_V_ABSENT
				? ml_cn_word("environment", b->slots[ML_CO_OBJ_ENVIRONMENT].loc)
			: external->kind == ML_V_ABSENT ? ml_cn_word("driver", 0)
							: ml_cn_word("external", external->loc));
	if (path->kind == ML_V_UNKNOWN) {
		ml_record_set(b, ML_CO_OBJ_OUTSIDE, *path);
		ml_record_set(b, ML_CO_OBJ_STATE, *path);
	}
	if (path->kind != ML_V_STRING)
		return;
	clean = ml_cvalue_clean_path(cn->arena, ml_value_text(path));
	outside = ml_str_starts(clean, ML_STR("..")) || !ml_str_starts(clean, ML_STR("."));
	if (outside)
		ml_record_set(b, ML_CO_OBJ_OUTSIDE, ml_at(ml_bool(true), path->loc));
	ml_record_set(b, ML_CO_OBJ_STATE, ml_cn_word(state_of(cn, clean, outside), path->loc));
}

/* One of the project's maps. */
struct section {
	const char *key;
	int root, name, services; /* slots: of the root; of the record's name and users */
	const struct ml_type *type;
	struct ml_cn_keys keys;
	void (*finish)(struct ml_cn *cn, struct ml_record_builder *b);
};

static const struct section sections[] = {
	{"networks", ML_CO_NETWORKS, ML_CO_NET_NAME, ML_CO_NET_SERVICES, &ml_co_network,
		ML_CN_KEYS(network_keys), finish_network},
	{"volumes", ML_CO_VOLUMES, ML_CO_VOL_NAME, ML_CO_VOL_SERVICES, &ml_co_volume,
		ML_CN_KEYS(volume_keys), finish_volume},
	{"secrets", ML_CO_SECRETS, ML_CO_OBJ_NAME, ML_CO_OBJ_SERVICES, &ml_co_object,
		ML_CN_KEYS(object_keys), finish_object},
	{"configs", ML_CO_CONFIGS, ML_CO_OBJ_NAME, ML_CO_OBJ_SERVICES, &ml_co_object,
		ML_CN_KEYS(object_keys), finish_object},
};

/* Who uses the items of a section, by their position; one more for `default`. */
static void add_user(struct ml_cn *cn, struct ml_cn_list *users, const struct ml_cindex *index,
	struct ml_str name, const struct ml_value *service)
{
	int64_t at = ml_cindex_find(index, name);
	struct ml_cn_list *list = &users[at >= 0 ? (size_t)at : index->map ? index->map->n : 0];

	if (at < 0 && !ml_str_is(name, "default"))
		return;
	if (list->n && ml_str_eq(ml_value_text(&list->items[list->n - 1]), ml_value_text(service)))
		return;
	ml_cn_push(cn, list, *service);
}

static void network_users(
	struct ml_cn *cn, struct ml_cn_list *users, const struct ml_value *services)
{
	for (uint32_t i = 0; services->kind == ML_V_MAP && i < services->len; i++) {
		const struct ml_value *service = &services->entries[i].value, *networks;
		if (service->kind != ML_V_RECORD)
			continue;
		networks = ml_record_get(service->record, ML_CO_SVC_NETWORKS);
		for (uint32_t k = 0; networks->kind == ML_V_MAP && k < networks->len; k++)
			add_user(cn, users, &cn->networks, ml_value_text(&networks->entries[k].key),
				&services->entries[i].key);
	}
}

/* From a root list whose records name an item and a service. */
static void listed_users(struct ml_cn *cn, struct ml_cn_list *users, const struct ml_cindex *index,
	int list, int name, int service, const char *kind)
{
	for (size_t i = 0; i < cn->flat[list].n; i++) {
		const struct ml_value *item = &cn->flat[list].items[i], *used;
		if (item->kind != ML_V_RECORD ||
			(kind && !ml_str_is(ml_value_text(
						    ml_record_get(item->record, ML_CO_GRANT_KIND)),
					 kind)))
			continue;
		used = ml_record_get(item->record, name);
		if (used->kind == ML_V_STRING && used->len)
			add_user(cn, users, index, ml_value_text(used),
				ml_record_get(item->record, service));
	}
}

static struct ml_value read_item(struct ml_cn *cn, const struct section *section,
	const struct ml_cn_at *at, const struct ml_cn_list *users)
{
	struct ml_cn_at whole = {at->node, ML_STR(""), at->loc};
	struct ml_record_builder b;

	cn->owner = at->key;
	cn->owner_loc = at->loc;
	ml_record_begin(&b, section->type);
	ml_record_set(&b, section->name, ml_at(ml_string(at->key), at->loc));
	if (at->node->kind == ML_C_UNKNOWN)
		return ml_cn_unknown(cn, at->loc, at->node->text);
	if (at->node->kind != ML_C_NULL && !ml_cn_map(cn, &whole, &section->keys, &b, NULL))
		return ml_cn_unknown(cn, at->loc, ML_STR("not a mapping"));
	section->finish(cn, &b);
	if (users->n)
		ml_record_set(&b, section->services, ml_cn_list_value(users, at->loc));
	return ml_cn_pack(cn, &b, at->loc);
}

/* The network that services join when nothing is written. */
static struct ml_value implicit_network(struct ml_cn *cn, const struct ml_cn_list *users)
{
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_co_network);
	ml_record_set(&b, ML_CO_NET_NAME, ml_string(ML_STR("default")));
	ml_record_set(&b, ML_CO_NET_IMPLICIT, ml_bool(true));
	ml_record_set(&b, ML_CO_NET_SERVICES, ml_cn_list_value(users, 0));
	return ml_cn_pack(cn, &b, 0);
}

/* Where the section's key stands. */
static uint32_t key_loc(const struct ml_cn *cn, const char *key)
{
	const struct ml_cnode *root = cn->project->root;

	for (uint32_t i = 0; i < root->n; i++)
		if (ml_str_is(root->keys[i], key))
			return root->key_locs[i];
	return 0;
}

static void read_section(struct ml_cn *cn, const struct section *section,
	const struct ml_cindex *index, const struct ml_cn_list *users,
	struct ml_record_builder *root)
{
	const struct ml_cnode *map = index->map && index->map->kind == ML_C_MAP ? index->map : NULL;
	uint32_t n = map ? map->n : 0;
	struct ml_entry *entries = ml_alloc_array(cn->arena, (size_t)n + 1, sizeof(*entries));
	size_t kept = 0;

	cn->section = section->key;
	for (uint32_t i = 0; entries && i < n; i++) {
		struct ml_cn_at at = {map->items[i], map->keys[i], map->key_locs[i]};
		entries[kept++] = (struct ml_entry){
			ml_at(ml_string(at.key), at.loc), read_item(cn, section, &at, &users[i])};
	}
	if (entries && section->root == ML_CO_NETWORKS && users[n].n)
		entries[kept++] = (struct ml_entry){
			ml_string(ML_STR("default")), implicit_network(cn, &users[n])};
	cn->owner = ML_STR("");
	cn->owner_loc = 0;
	cn->memory = cn->memory || !entries;
	if (kept)
		ml_record_set(root, section->root,
			ml_cn_map_value(cn, entries, kept, key_loc(cn, section->key)));
	else if (cn->project->broken.len)
		ml_record_set(root, section->root, ml_cn_unknown(cn, 0, cn->project->broken));
}

void ml_cn_sections(struct ml_cn *cn, struct ml_record_builder *root)
{
	const struct ml_cindex *const indexes[] = {
		&cn->networks, &cn->volumes, &cn->secrets, &cn->configs};
	const struct ml_value *services = &root->slots[ML_CO_SERVICES];

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		const struct ml_cnode *node = ml_cnode_get(cn->project->root, sections[i].key);
		size_t n = indexes[i]->map ? indexes[i]->map->n : 0;
		struct ml_cn_list *users = ml_alloc_array(cn->arena, n + 1, sizeof(*users));
		if (node && node->kind != ML_C_MAP && node->kind != ML_C_NULL) {
			cn->section = NULL;
			ml_record_set(root, sections[i].root,
				node->kind == ML_C_UNKNOWN
					? ml_cn_unknown(cn, node->loc, node->text)
					: ml_cn_bad(cn,
						  &(struct ml_cn_at){
							  node, ml_str(sections[i].key), node->loc},
						  "a mapping"));
			continue;
		}
		if (!users) {
			cn->memory = true;
			return;
		}
		if (i == 0)
			network_users(cn, users, services);
		else if (i == 1)
			listed_users(cn, users, indexes[i], ML_CO_MOUNTS, ML_CO_MNT_VOLUME,
				ML_CO_MNT_SERVICE, NULL);
		else
			listed_users(cn, users, indexes[i], ML_CO_GRANTS, ML_CO_GRANT_SOURCE,
				ML_CO_GRANT_SERVICE, i == 2 ? "secret" : "config");
		read_section(cn, &sections[i], indexes[i], users, root);
	}
	cn->section = NULL;
}

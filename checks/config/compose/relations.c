/* SPDX-License-Identifier: Apache-2.0 */
/* What a service has to do with others: networks, dependencies, granted secrets and configurations,
 * hosts, watches. */
#include "checks/config/compose/norm-priv.h"

static const struct ml_cn_key attachment_keys[] = {
	{"aliases", ML_CO_ATT_ALIASES, ml_cn_strings, NULL, NULL},
	{"driver_opts", 0, NULL, NULL, NULL},
	{"gw_priority", 0, NULL, NULL, NULL},
	{"interface_name", 0, NULL, NULL, NULL},
	{"ipv4_address", ML_CO_ATT_IPV4, ml_cn_string, NULL, NULL},
	{"ipv6_address", ML_CO_ATT_IPV6, ml_cn_string, NULL, NULL},
	{"link_local_ips", ML_CO_ATT_LINK_LOCAL, ml_cn_strings, NULL, NULL},
	{"mac_address", ML_CO_ATT_MAC, ml_cn_string, NULL, NULL},
	{"priority", ML_CO_ATT_PRIORITY, ml_cn_int, NULL, NULL},
};

/* Entries while they are gathered from a list of names or a map by name. */
struct named {
	struct ml_entry *entries;
	size_t n;
};

static struct ml_value attachment(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_str name)
{
	static const struct ml_cn_keys keys = ML_CN_KEYS(attachment_keys);
	bool defined = ml_str_is(name, "default") || ml_cindex_find(&cn->networks, name) >= 0;
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_co_attachment);
	if (at && at->node->kind == ML_C_UNKNOWN)
		return ml_cn_unknown(cn, at->loc, at->node->text);
	if (at && at->node->kind != ML_C_NULL && !ml_cn_map(cn, at, &keys, &b, NULL))
		return ml_cn_unknown(cn, at->loc, ML_STR("not a mapping"));
	if (!defined && cn->project->broken.len == 0)
		ml_record_set(&b, ML_CO_ATT_DEFINED, ml_at(ml_bool(false), at ? at->loc : 0));
	else if (!defined)
		ml_record_set(&b, ML_CO_ATT_DEFINED, ml_unknown(cn->project->broken));
	return ml_cn_pack(cn, &b, at ? at->loc : cn->owner_loc);
}

/* Calls `make` for each name of a list or map, and gives the map of what it makes. */
static struct ml_value by_names(struct ml_cn *cn, const struct ml_cn_at *at,
	struct ml_value (*make)(struct ml_cn *, const struct ml_cn_at *, struct ml_str))
{
	struct named named = {
		ml_alloc_array(cn->arena, at->node->n + 1, sizeof(struct ml_entry)), 0};
	struct ml_value value;
	struct ml_str name;

	if (at->node->kind == ML_C_UNKNOWN)
		return ml_cn_unknown(cn, at->loc, at->node->text);
	if (at->node->kind != ML_C_SEQ && at->node->kind != ML_C_MAP)
		return ml_cn_bad(cn, at, "a list of names or a mapping");
	cn->memory = cn->memory || !named.entries;
	for (uint32_t i = 0; named.entries && i < at->node->n; i++) {
		struct ml_cnode none = {.kind = ML_C_NULL};
		struct ml_cn_at item = {at->node->items[i], at->key, at->node->items[i]->loc};
		if (at->node->kind == ML_C_MAP) {
			item.key = name = at->node->keys[i];
			item.loc = at->node->key_locs[i];
		} else if (!ml_cn_scalar(cn, &item, &name, &value)) {
			if (value.kind == ML_V_UNKNOWN)
				return value;
			continue;
		} else {
			item.node = &none;
		}
		named.entries[named.n++] =
			(struct ml_entry){ml_at(ml_string(name), item.loc), make(cn, &item, name)};
	}
	return ml_cn_map_value(cn, named.entries, named.n, at->loc);
}

void ml_cn_networks(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	ml_record_set(b, ML_CO_SVC_NETWORKS, by_names(cn, at, attachment));
}

/* The default network, where no other and no mode is written. Files of version 1 know no networks:
 * their services are on Docker's own bridge. */
void ml_cn_finish_networks(struct ml_cn *cn, struct ml_record_builder *b)
{
	const struct ml_value *mode = &b->slots[ML_CO_SVC_NETWORK_MODE],
			      *networks = &b->slots[ML_CO_SVC_NETWORKS];
	bool none =
		networks->kind == ML_V_ABSENT || (networks->kind == ML_V_MAP && networks->len == 0);
	struct ml_entry *entry;

	if (networks->kind == ML_V_MAP)
		ml_cn_engine_network(cn, b);
	if (cn->project->version_1 && mode->kind == ML_V_ABSENT)
		ml_record_set(b, ML_CO_SVC_NETWORK_MODE, ml_cn_word("bridge", cn->owner_loc));
	if (mode->kind == ML_V_UNKNOWN && none) {
		ml_record_set(b, ML_CO_SVC_NETWORKS, *mode);
		ml_record_set(b, ML_CO_SVC_DEFAULT_NETWORK, *mode);
	}
	if (!none || cn->project->version_1 ||
		(mode->kind != ML_V_ABSENT &&
			!(mode->kind == ML_V_STRING && ml_str_is(ml_value_text(mode), "default"))))
		return;
	entry = ml_alloc(cn->arena, sizeof(*entry));
	if (!entry) {
		cn->memory = true;
		return;
	}
	*entry = (struct ml_entry){ml_at(ml_string(ML_STR("default")), cn->owner_loc),
		attachment(cn, NULL, ML_STR("default"))};
	ml_record_set(b, ML_CO_SVC_NETWORKS, ml_cn_map_value(cn, entry, 1, cn->owner_loc));
	ml_cn_engine_network(cn, b);
	ml_record_set(b, ML_CO_SVC_DEFAULT_NETWORK, ml_at(ml_bool(true), cn->owner_loc));
}

static const struct ml_cn_key dependency_keys[] = {
	{"condition", ML_CO_DEP_CONDITION, ml_cn_vocab, &ml_co_condition_vocab, NULL},
	{"required", ML_CO_DEP_REQUIRED, ml_cn_bool, NULL, NULL},
	{"restart", ML_CO_DEP_RESTART, ml_cn_bool, NULL, NULL},
};

/* Whether a service of the tree writes a healthcheck that is on. */
static bool has_healthcheck(const struct ml_cnode *service)
{
	const struct ml_cnode *health = ml_cnode_get(service, "healthcheck"),
			      *off = health ? ml_cnode_get(health, "disable") : NULL;
	const struct ml_cnode *test = health ? ml_cnode_get(health, "test") : NULL;

	if (!health || health->kind != ML_C_MAP || (off && off->kind == ML_C_BOOL && off->b))
		return false;
	if (test && test->kind == ML_C_SEQ && test->n)
		test = test->items[0];
	return !(test && test->kind == ML_C_STR && ml_str_is(test->text, "NONE"));
}

static struct ml_value dependency(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_str name)
{
	static const struct ml_cn_keys keys = ML_CN_KEYS(dependency_keys);
	int64_t service = ml_cindex_find(&cn->services, name);
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_co_dependency);
	if (at->node->kind == ML_C_UNKNOWN)
		return ml_cn_unknown(cn, at->loc, at->node->text);
	if (at->node->kind != ML_C_NULL && !ml_cn_map(cn, at, &keys, &b, NULL))
		return ml_cn_unknown(cn, at->loc, ML_STR("not a mapping"));
	if (service < 0)
		ml_record_set(&b, ML_CO_DEP_DEFINED,
			cn->project->broken.len ? ml_unknown(cn->project->broken)
						: ml_at(ml_bool(false), at->loc));
	else if (has_healthcheck(cn->services.map->items[service]))
		ml_record_set(&b, ML_CO_DEP_HAS_HEALTHCHECK, ml_bool(true));
	return ml_cn_pack(cn, &b, at->loc);
}

void ml_cn_depends_on(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	ml_record_set(b, ML_CO_SVC_DEPENDS_ON, by_names(cn, at, dependency));
}

/* A file mode: octal in a string, and what YAML 1.1 made of an octal number. */
static struct ml_value mode(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	struct ml_value value;
	struct ml_str text;
	int64_t i = 0;
	const char *want;

	(void)arg;
	if (!ml_cn_scalar(cn, at, &text, &value))
		return value;
	if (at->node->kind == ML_C_INT && at->node->i >= 0 && at->node->i <= 07777)
		return ml_at(ml_int(at->node->i), at->node->loc);
	want = ml_cvalue_mode(text, &i);
	return want ? ml_cn_bad(cn, at, want) : ml_at(ml_int(i), at->node->loc);
}

static const struct ml_cn_key grant_keys[] = {
	{"gid", ML_CO_GRANT_GID, ml_cn_string, NULL, NULL},
	{"mode", ML_CO_GRANT_MODE, mode, NULL, NULL},
	{"source", ML_CO_GRANT_SOURCE, ml_cn_string, NULL, NULL},
	{"target", ML_CO_GRANT_TARGET, ml_cn_string, NULL, NULL},
	{"uid", ML_CO_GRANT_UID, ml_cn_string, NULL, NULL},
};

struct grants {
	struct ml_cn_list list;
	const char *kind; /* "secret" or "config" */
	const struct ml_cindex *defined;
};

/* Path in the container: secrets lie in /run/secrets, configurations at the root. */
static void complete_target(struct ml_cn *cn, struct ml_record_builder *b, bool secret)
{
	struct ml_value *target = &b->slots[ML_CO_GRANT_TARGET];
	struct ml_value source = b->slots[ML_CO_GRANT_SOURCE];
	struct ml_str name = ml_value_text(target->kind == ML_V_ABSENT ? &source : target);

	if (target->kind == ML_V_UNKNOWN ||
		(target->kind == ML_V_ABSENT && source.kind == ML_V_UNKNOWN)) {
		*target = target->kind == ML_V_UNKNOWN ? *target : source;
		return;
	}
	if (name.len == 0 || name.ptr[0] != '/')
		name = ml_strf(
			cn->arena, "%s%.*s", secret ? "/run/secrets/" : "/", ML_STR_ARG(name));
	*target = ml_cn_text(cn, name, target->loc ? target->loc : source.loc);
}

static struct ml_value read_grant(
	struct ml_cn *cn, const struct ml_cn_at *item, const struct grants *grants)
{
	static const struct ml_cn_keys keys = ML_CN_KEYS(grant_keys);
	bool secret = strcmp(grants->kind, "secret") == 0;
	struct ml_record_builder b;
	const struct ml_value *source = &b.slots[ML_CO_GRANT_SOURCE],
			      *file_mode = &b.slots[ML_CO_GRANT_MODE];

	ml_record_begin(&b, &ml_co_grant);
	ml_record_set(&b, ML_CO_GRANT_SERVICE, ml_at(ml_string(cn->owner), cn->owner_loc));
	if (!secret)
		ml_record_set(&b, ML_CO_GRANT_KIND, ml_string(ml_str(grants->kind)));
	if (item->node->kind == ML_C_MAP) {
		ml_cn_map(cn, item, &keys, &b, NULL);
		ml_record_set(&b, ML_CO_GRANT_LONG, ml_at(ml_bool(true), item->node->loc));
	} else {
		ml_cn_set(&b, ML_CO_GRANT_SOURCE, ml_cn_string(cn, item, NULL));
	}
	if (source->kind == ML_V_ABSENT)
		return ml_cn_bad(cn, item, "a name");
	if (source->kind == ML_V_UNKNOWN && item->node->kind != ML_C_MAP)
		return *source;
	complete_target(cn, &b, secret);
	if (file_mode->kind != ML_V_ABSENT)
		ml_record_set(&b, ML_CO_GRANT_WORLD_READABLE,
			file_mode->kind == ML_V_INT
				? ml_at(ml_bool(file_mode->i & 4), file_mode->loc)
				: *file_mode);
	if (source->kind == ML_V_UNKNOWN)
		ml_record_set(&b, ML_CO_GRANT_DEFINED, *source);
	else if (ml_cindex_find(grants->defined, ml_value_text(source)) < 0)
		ml_record_set(&b, ML_CO_GRANT_DEFINED,
			cn->project->broken.len ? ml_unknown(cn->project->broken)
						: ml_at(ml_bool(false), source->loc));
	return ml_cn_pack(cn, &b, item->node->loc);
}

static void add_grant(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx)
{
	struct grants *grants = ctx;

	if (item->node->kind == ML_C_UNKNOWN)
		ml_cn_both(cn, &grants->list, ML_CO_GRANTS,
			ml_cn_unknown(cn, item->loc, item->node->text));
	else
		ml_cn_both(cn, &grants->list, ML_CO_GRANTS, read_grant(cn, item, grants));
}

void ml_cn_secrets(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct grants grants = {.kind = "secret", .defined = &cn->secrets};
	bool ok = ml_cn_each(cn, at, add_grant, &grants);

	ml_record_set(b, ML_CO_SVC_SECRETS,
		ok ? ml_cn_list_value(&grants.list, at->loc)
		   : ml_cn_unknown(cn, at->loc, ML_STR("not a list")));
}

void ml_cn_configs(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct grants grants = {.kind = "config", .defined = &cn->configs};
	bool ok = ml_cn_each(cn, at, add_grant, &grants);

	ml_record_set(b, ML_CO_SVC_CONFIGS,
		ok ? ml_cn_list_value(&grants.list, at->loc)
		   : ml_cn_unknown(cn, at->loc, ML_STR("not a list")));
}

static void add_host(struct ml_cn *cn, struct ml_cn_list *list, struct ml_str name,
	struct ml_str address, uint32_t loc)
{
	struct ml_record_builder b;

	if (address.len >= 2 && address.ptr[0] == '[' && address.ptr[address.len - 1] == ']')
		address = ml_str_sub(address, 1, address.len - 1);
	ml_record_begin(&b, &ml_co_host);
	ml_record_set(&b, ML_CO_HOST_SERVICE, ml_at(ml_string(cn->owner), cn->owner_loc));
	ml_record_set(&b, ML_CO_HOST_NAME, ml_cn_text(cn, name, loc));
	ml_record_set(&b, ML_CO_HOST_ADDRESS, ml_cn_text(cn, address, loc));
	ml_cn_both(cn, list, ML_CO_HOSTS, ml_cn_pack(cn, &b, loc));
}

/* "name:address" and "name=address"; in a map an address or a list of them. */
static void read_host(
	struct ml_cn *cn, const struct ml_cn_at *at, struct ml_cn_list *list, struct ml_str name)
{
	struct ml_value value;
	struct ml_str text;
	size_t cut;

	if (!ml_cn_scalar(cn, at, &text, &value)) {
		if (value.kind != ML_V_ABSENT)
			ml_cn_both(cn, list, ML_CO_HOSTS, value);
		return;
	}
	if (name.ptr) {
		add_host(cn, list, name, text, at->node->loc);
		return;
	}
	cut = ml_str_chr(text, '=');
	cut = cut == ML_NPOS ? ml_str_chr(text, ':') : cut;
	if (cut == ML_NPOS || cut == 0)
		ml_cn_both(cn, list, ML_CO_HOSTS, ml_cn_bad(cn, at, "NAME=ADDRESS"));
	else
		add_host(cn, list, ml_str_sub(text, 0, cut), ml_str_sub(text, cut + 1, text.len),
			at->node->loc);
}

void ml_cn_extra_hosts(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct ml_cn_list list = {0};
	bool map = at->node->kind == ML_C_MAP;

	if (!map && at->node->kind != ML_C_SEQ) {
		ml_record_set(b, ML_CO_SVC_EXTRA_HOSTS, ml_cn_bad(cn, at, "a list or a mapping"));
		return;
	}
	for (uint32_t i = 0; i < at->node->n; i++) {
		struct ml_cn_at item = {at->node->items[i], at->key, at->node->items[i]->loc};
		struct ml_str name = map ? at->node->keys[i] : ML_STR_NONE;
		for (uint32_t k = 0; map && item.node->kind == ML_C_SEQ && k < item.node->n; k++)
			read_host(cn, &(struct ml_cn_at){item.node->items[k], item.key, item.loc},
				&list, name);
		if (!map || item.node->kind != ML_C_SEQ)
			read_host(cn, &item, &list, name);
	}
	ml_record_set(b, ML_CO_SVC_EXTRA_HOSTS, ml_cn_list_value(&list, at->loc));
}

static const char *const watch_words[] = {
	"sync", "rebuild", "restart", "sync+restart", "sync+exec", NULL};
static const struct ml_vocab watch_vocab = {.name = "watch action", .words = watch_words};
static const struct ml_cn_key watch_keys[] = {
	{"action", ML_CO_WATCH_ACTION, ml_cn_vocab, &watch_vocab, NULL},
	{"exec", 0, NULL, NULL, NULL},
	{"ignore", 0, NULL, NULL, NULL},
	{"include", 0, NULL, NULL, NULL},
	{"initial_sync", 0, NULL, NULL, NULL},
	{"path", ML_CO_WATCH_PATH, ml_cn_string, NULL, NULL},
	{"target", ML_CO_WATCH_TARGET, ml_cn_string, NULL, NULL},
};

static void add_watch(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx)
{
	static const struct ml_cn_keys keys = ML_CN_KEYS(watch_keys);
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_co_watch);
	if (item->node->kind == ML_C_UNKNOWN || !ml_cn_map(cn, item, &keys, &b, NULL))
		ml_cn_push(cn, ctx, ml_cn_unknown(cn, item->loc, ML_STR("not a mapping")));
	else if (b.slots[ML_CO_WATCH_PATH].kind == ML_V_ABSENT ||
		 b.slots[ML_CO_WATCH_ACTION].kind == ML_V_ABSENT)
		ml_cn_push(cn, ctx, ml_cn_bad(cn, item, "a watch with path and action"));
	else
		ml_cn_push(cn, ctx, ml_cn_pack(cn, &b, item->loc));
}

void ml_cn_develop(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	const struct ml_cnode *watch = ml_cnode_get(at->node, "watch");
	struct ml_cn_list list = {0};

	if (at->node->kind != ML_C_MAP)
		ml_record_set(b, ML_CO_SVC_WATCH, ml_cn_bad(cn, at, "a mapping"));
	else if (watch && watch->kind != ML_C_NULL &&
		 ml_cn_each(cn, &(struct ml_cn_at){watch, ML_STR("watch"), watch->loc}, add_watch,
			 &list))
		ml_record_set(b, ML_CO_SVC_WATCH, ml_cn_list_value(&list, at->loc));
}

void ml_cn_provider(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	const struct ml_cnode *type = ml_cnode_get(at->node, "type");

	if (at->node->kind != ML_C_MAP || !type)
		ml_record_set(b, ML_CO_SVC_PROVIDER, ml_cn_bad(cn, at, "a mapping with a type"));
	else
		ml_cn_set(b, ML_CO_SVC_PROVIDER,
			ml_cn_string(
				cn, &(struct ml_cn_at){type, ML_STR("type"), type->loc}, NULL));
}

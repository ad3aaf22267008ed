/* SPDX-License-Identifier: Apache-2.0 */
/* Merging one Compose document upon another, and a service upon the one that it extends: one table of rules by path. */
#include "checks/config/compose/load-priv.h"

#include "base/sort.h"

/* How two values of one key become one. Sources: Compose specification, "Merge and override" and "extends"; where they leave it open, docker-compose 1.29. */
enum how {
	DEEP,    /* mappings key by key, lists appended without repeating, anything else replaced: every path without a rule */
	REPLACE, /* the later one counts */
	NAMED,   /* DEEP, and the keys are names of the user's: a '*' in the paths below */
	PAIRS,   /* a mapping, or a list of NAME=VALUE */
	HOSTS,   /* a mapping, or a list of NAME=VALUE or NAME:VALUE */
	NAMES,   /* NAMED, or a list of names */
	DEPENDS, /* NAMES, where a name alone means condition: service_started */
	LIST,    /* a list, or a single value: appended, repeated ones too */
	KEYED,   /* a list whose elements have a key: of the same key the later one counts */
	BUILD,   /* DEEP, or the context alone */
	LOGGING, /* DEEP when the driver is the same or not said, else REPLACE */
};

struct rule {
	const char *path;
	enum how how;
	struct ml_str (*key)(struct ml_cload *load, const struct ml_cnode *item);
};

/* Sorted by path. */
static const struct rule rules[] = {
	{"configs", NAMED, NULL},
	{"configs.*.labels", PAIRS, NULL},
	{"networks", NAMED, NULL},
	{"networks.*.ipam.config", KEYED, ml_ckey_subnet},
	{"networks.*.labels", PAIRS, NULL},
	{"secrets", NAMED, NULL},
	{"secrets.*.labels", PAIRS, NULL},
	{"services", NAMED, NULL},
	{"services.*.annotations", PAIRS, NULL},
	{"services.*.blkio_config.device_read_bps", KEYED, ml_ckey_path},
	{"services.*.blkio_config.device_read_iops", KEYED, ml_ckey_path},
	{"services.*.blkio_config.device_write_bps", KEYED, ml_ckey_path},
	{"services.*.blkio_config.device_write_iops", KEYED, ml_ckey_path},
	{"services.*.blkio_config.weight_device", KEYED, ml_ckey_path},
	{"services.*.build", BUILD, NULL},
	{"services.*.build.additional_contexts", PAIRS, NULL},
	{"services.*.build.args", PAIRS, NULL},
	{"services.*.build.extra_hosts", HOSTS, NULL},
	{"services.*.build.labels", PAIRS, NULL},
	{"services.*.command", REPLACE, NULL},
	{"services.*.configs", KEYED, ml_ckey_config},
	{"services.*.depends_on", DEPENDS, NULL},
	{"services.*.deploy.labels", PAIRS, NULL},
	{"services.*.devices", KEYED, ml_ckey_target},
	{"services.*.dns", LIST, NULL},
	{"services.*.dns_search", LIST, NULL},
	{"services.*.entrypoint", REPLACE, NULL},
	{"services.*.env_file", LIST, NULL},
	{"services.*.environment", PAIRS, NULL},
	{"services.*.extends", REPLACE, NULL},
	{"services.*.extra_hosts", HOSTS, NULL},
	{"services.*.healthcheck.test", REPLACE, NULL},
	{"services.*.label_file", LIST, NULL},
	{"services.*.labels", PAIRS, NULL},
	{"services.*.links", KEYED, ml_ckey_alias},
	{"services.*.logging", LOGGING, NULL},
	{"services.*.models", NAMES, NULL},
	{"services.*.networks", NAMES, NULL},
	{"services.*.ports", KEYED, ml_ckey_port},
	{"services.*.secrets", KEYED, ml_ckey_secret},
	{"services.*.sysctls", PAIRS, NULL},
	{"services.*.tmpfs", LIST, NULL},
	{"services.*.ulimits", NAMED, NULL},
	{"services.*.ulimits.*", REPLACE, NULL},
	{"services.*.volumes", KEYED, ml_ckey_target},
	{"volumes", NAMED, NULL},
	{"volumes.*.labels", PAIRS, NULL},
};
static const struct rule no_rule = {"", DEEP, NULL};

enum { PATH_BYTES = 128, FEW = 12 };

struct path {
	char text[PATH_BYTES];
	size_t len; /* PATH_BYTES: longer than any rule's */
};

struct merger {
	struct ml_cload *load;
	struct path path;
	bool replaced; /* note the place of what was replaced: override files, not extends */
	int depth;
};

static struct ml_cnode *merge(struct merger *m, struct ml_cnode *base, struct ml_cnode *over);

static const struct rule *find_rule(const struct path *path)
{
	size_t low = 0, high = sizeof(rules) / sizeof(rules[0]);
	struct ml_str text = {path->text, path->len};

	while (path->len < PATH_BYTES && low < high) {
		size_t middle = low + (high - low) / 2;
		int order = ml_str_cmp(text, ml_str(rules[middle].path));
		if (order == 0)
			return &rules[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return &no_rule;
}

static size_t enter(struct path *path, struct ml_str key)
{
	size_t before = path->len;

	if (before + 1 + key.len >= PATH_BYTES) {
		path->len = PATH_BYTES;
		return before;
	}
	if (before > 0)
		path->text[path->len++] = '.';
	memcpy(path->text + path->len, key.ptr, key.len);
	path->len += key.len;
	return before;
}

static bool collection(const struct ml_cnode *node)
{
	return node->kind == ML_C_SEQ || node->kind == ML_C_MAP;
}

/* The later value, whose place tells what it replaced. */
static struct ml_cnode *replace(struct merger *m, const struct ml_cnode *base, struct ml_cnode *over)
{
	struct ml_cnode *copy;

	over->tag = over->tag == ML_C_OVERRIDE ? ML_C_PLAIN : over->tag;
	if (!m->replaced || base->kind == ML_C_NULL)
		return over;
	copy = ml_cnode_new(m->load, over->kind, 0);
	if (!copy)
		return NULL;
	*copy = *over;
	copy->loc = ml_cload_via(m->load, over->loc, base->loc);
	return copy;
}

static struct ml_cnode *cannot(struct merger *m, const struct ml_cnode *over)
{
	ml_cload_say(m->load, ML_DIAG_ERROR, over->loc, "%.*s: a mapping and a list or single value cannot be merged", ML_STR_ARG(((struct ml_str){
		m->path.text, m->path.len < PATH_BYTES ? m->path.len : 0})));
	return ml_cnode_unknown(m->load, over->loc, "cannot be merged with what it overrides");
}

/* Position of each key of `over` in `base`, or -1. */
static bool match_keys(struct merger *m, const struct ml_cnode *base, const struct ml_cnode *over, int64_t *at)
{
	struct ml_cindex index;

	if (base->n > FEW && over->n > FEW) {
		if (ml_cindex_make(m->load->arena, base, &index))
			return false;
		for (uint32_t i = 0; i < over->n; i++)
			at[i] = ml_cindex_find(&index, over->keys[i]);
		return true;
	}
	for (uint32_t i = 0; i < over->n; i++) {
		at[i] = -1;
		for (uint32_t k = 0; k < base->n && at[i] < 0; k++)
			at[i] = ml_str_eq(base->keys[k], over->keys[i]) ? (int64_t)k : -1;
	}
	return true;
}

/* A thing that several files speak of stands where the first one has it; what inherits by extends stands where it is. */
static uint32_t united_place(const struct merger *m, const struct ml_cnode *base, const struct ml_cnode *over)
{
	return m->replaced ? base->loc : over->loc;
}

static bool merge_key(struct merger *m, struct ml_cnode *out, int64_t at, const struct ml_cnode *over, uint32_t i, bool named)
{
	size_t before = enter(&m->path, named ? ML_STR("*") : over->keys[i]);
	struct ml_cnode *value = at < 0 ? over->items[i] : merge(m, out->items[at], over->items[i]);

	m->path.len = before;
	if (!value)
		return false;
	if (at < 0) {
		ml_cnode_push(out, over->keys[i], over->key_locs[i], value);
	} else {
		out->items[at] = value;
		if (!m->replaced || !collection(value))
			out->key_locs[at] = over->key_locs[i];
	}
	return true;
}

static struct ml_cnode *merge_maps(struct merger *m, const struct ml_cnode *base, const struct ml_cnode *over, bool named)
{
	struct ml_cnode *out = ml_cnode_room(m->load, ML_C_MAP, united_place(m, base, over), (size_t)base->n + over->n);
	int64_t *at = ml_alloc_array(m->load->tree, over->n, sizeof(*at));

	if (!out || !at || !match_keys(m, base, over, at)) {
		m->load->memory = true;
		return NULL;
	}
	for (uint32_t i = 0; i < base->n; i++)
		ml_cnode_push(out, base->keys[i], base->key_locs[i], base->items[i]);
	for (uint32_t i = 0; i < over->n; i++)
		if (!merge_key(m, out, at[i], over, i, named))
			return NULL;
	return out;
}

/* An element with its key, to find those that are the same. */
struct element {
	struct ml_str key;
	struct ml_cnode *node;
	uint32_t seq;
	bool over;
};

static int by_key(const void *left, const void *right)
{
	const struct element *a = left, *b = right;

	return ml_str_cmp(a->key, b->key);
}

static int by_seq(const void *left, const void *right)
{
	const struct element *a = left, *b = right;

	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

/* Of elements with one key the last stays, at the place of the first; of equal ones (`equal`: the key is all of it) the first. Elements without a key (ptr NULL)
 * all stay. */
static bool unite(struct merger *m, struct element *items, size_t *n, bool equal)
{
	size_t kept = 0;

	if (ml_sort(m->load->tree, items, *n, sizeof(*items), by_key))
		return false;
	for (size_t i = 0; i < *n; i++) {
		struct element *last = kept ? &items[kept - 1] : NULL;
		if (!last || !items[i].key.ptr || !ml_str_eq(last->key, items[i].key)) {
			items[kept++] = items[i];
			continue;
		}
		if (equal)
			continue;
		last->node = items[i].over && !last->over ? replace(m, last->node, items[i].node) : items[i].node;
		last->over = items[i].over;
		if (!last->node)
			return false;
	}
	*n = kept;
	return ml_sort(m->load->tree, items, kept, sizeof(*items), by_seq) == 0;
}

static struct ml_cnode *merge_lists(struct merger *m, const struct ml_cnode *base, const struct ml_cnode *over, const struct rule *rule)
{
	size_t n = (size_t)base->n + over->n;
	struct ml_cnode *out = ml_cnode_room(m->load, ML_C_SEQ, united_place(m, base, over), n);
	struct element *items = ml_alloc_array(m->load->tree, n, sizeof(*items));

	if (!out || !items)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct ml_cnode *node = i < base->n ? base->items[i] : over->items[i - base->n];
		items[i] = (struct element){.node = node, .seq = (uint32_t)i, .over = i >= base->n};
		if (rule->how != LIST)
			items[i].key = rule->key ? rule->key(m->load, node) : ml_ckey_text(m->load, node);
	}
	if (m->load->memory || (rule->how != LIST && !unite(m, items, &n, !rule->key)))
		return NULL;
	for (size_t i = 0; i < n; i++)
		ml_cnode_push(out, ML_STR_NONE, 0, items[i].node);
	return out;
}

static struct ml_cnode *deep(struct merger *m, struct ml_cnode *base, struct ml_cnode *over, const struct rule *rule)
{
	if (base->kind == ML_C_UNKNOWN && collection(over))
		return base;
	if (base->kind == ML_C_MAP && over->kind == ML_C_MAP)
		return merge_maps(m, base, over, rule->how == NAMED || rule->how == NAMES);
	if (base->kind == ML_C_SEQ && over->kind == ML_C_SEQ)
		return merge_lists(m, base, over, rule);
	if (over->kind != ML_C_UNKNOWN && base->kind != ML_C_NULL && collection(base) != collection(over))
		return cannot(m, over);
	if (collection(base) && collection(over))
		return cannot(m, over);
	return replace(m, base, over);
}

static bool same_driver(const struct ml_cnode *base, const struct ml_cnode *over)
{
	const struct ml_cnode *a = ml_cnode_get(base, "driver"), *b = ml_cnode_get(over, "driver");

	return !a || !b || ml_str_eq(a->text, b->text);
}

/* The value in the one shape that its rule merges. */
static struct ml_cnode *shape(struct merger *m, struct ml_cnode *node, enum how how)
{
	switch (how) {
	case PAIRS:
		return ml_cshape_pairs(m->load, node, "=");
	case HOSTS:
		return ml_cshape_pairs(m->load, node, "=:");
	case NAMES:
		return ml_cshape_names(m->load, node, false);
	case DEPENDS:
		return ml_cshape_names(m->load, node, true);
	case LIST:
		return ml_cshape_list(m->load, node);
	case BUILD:
		return ml_cshape_build(m->load, node);
	default:
		return node;
	}
}

static struct ml_cnode *merge_by(struct merger *m, struct ml_cnode *base, struct ml_cnode *over, const struct rule *rule)
{
	if (over->tag == ML_C_RESET)
		return over;
	if (over->tag == ML_C_OVERRIDE || base->tag == ML_C_RESET || rule->how == REPLACE)
		return replace(m, base, over);
	if (over->kind == ML_C_NULL)
		return base;
	base = shape(m, base, rule->how);
	over = base ? shape(m, over, rule->how) : NULL;
	if (!base || !over)
		return NULL;
	if (rule->how == LOGGING && base->kind == ML_C_MAP && over->kind == ML_C_MAP && !same_driver(base, over))
		return replace(m, base, over);
	return deep(m, base, over, rule);
}

static struct ml_cnode *merge(struct merger *m, struct ml_cnode *base, struct ml_cnode *over)
{
	struct ml_cnode *out;

	if (++m->depth > ML_C_DEPTH + 10)
		out = ml_cnode_unknown(m->load, over->loc, "nested too deeply");
	else
		out = merge_by(m, base, over, find_rule(&m->path));
	m->depth--;
	return out;
}

struct ml_cnode *ml_cmerge_root(struct ml_cload *load, struct ml_cnode *base, struct ml_cnode *over)
{
	struct merger m = {.load = load, .replaced = true};

	return merge(&m, base, over);
}

struct ml_cnode *ml_cmerge_service(struct ml_cload *load, struct ml_cnode *base, struct ml_cnode *over)
{
	struct merger m = {.load = load};

	enter(&m.path, ML_STR("services.*"));
	return merge(&m, base, over);
}

void ml_cmerge_prune(struct ml_cnode *node)
{
	uint32_t kept = 0;

	node->tag = ML_C_PLAIN;
	if (!collection(node))
		return;
	for (uint32_t i = 0; i < node->n; i++) {
		if (node->items[i]->tag == ML_C_RESET)
			continue;
		ml_cmerge_prune(node->items[i]);
		node->items[kept] = node->items[i];
		if (node->kind == ML_C_MAP) {
			node->keys[kept] = node->keys[i];
			node->key_locs[kept] = node->key_locs[i];
		}
		kept++;
	}
	node->n = kept;
}

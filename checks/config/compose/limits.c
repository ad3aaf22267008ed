/* SPDX-License-Identifier: Apache-2.0 */
/* How much a container may take, and how often it is started again: the keys of version 2 and those
 * of `deploy`. */
#include "base/num.h"
#include "checks/config/compose/norm-priv.h"

/* Bytes, or -1 for no limit. */
void ml_cn_mem_swap(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	if (ml_str_is(at->node->text, "-1"))
		ml_record_set(b, ML_CO_SVC_MEMORY_SWAP, ml_at(ml_int(-1), at->node->loc));
	else
		ml_cn_set(b, ML_CO_SVC_MEMORY_SWAP, ml_cn_bytes(cn, at, NULL));
}

static struct ml_value pids(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	struct ml_value value = ml_cn_int(cn, at, arg);

	if (value.kind == ML_V_INT && value.i < 0)
		value.i = 0;
	return value;
}

void ml_cn_pids_limit(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	/* `deploy` may have been read before, and what it says counts. */
	if (b->slots[ML_CO_SVC_PIDS_LIMIT].kind == ML_V_ABSENT)
		ml_cn_set(b, ML_CO_SVC_PIDS_LIMIT, pids(cn, at, NULL));
}

static const struct ml_cn_key blkio_keys[] = {
	{"device_read_bps", 0, NULL, NULL, NULL},
	{"device_read_iops", 0, NULL, NULL, NULL},
	{"device_write_bps", 0, NULL, NULL, NULL},
	{"device_write_iops", 0, NULL, NULL, NULL},
	{"weight", ML_CO_SVC_BLKIO_WEIGHT, ml_cn_int, NULL, NULL},
	{"weight_device", 0, NULL, NULL, NULL},
};

void ml_cn_blkio(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	static const struct ml_cn_keys keys = ML_CN_KEYS(blkio_keys);

	ml_cn_map(cn, at, &keys, b, NULL);
}

static struct ml_value limit(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	if (ml_str_is(at->node->text, "unlimited"))
		return ml_at(ml_int(-1), at->node->loc);
	return ml_cn_int(cn, at, arg);
}

static const struct ml_cn_key ulimit_keys[] = {
	{"hard", ML_CO_ULIMIT_HARD, limit, NULL, NULL},
	{"soft", ML_CO_ULIMIT_SOFT, limit, NULL, NULL},
};

/* -1 is unlimited (docker/go-units). docker-compose 1.29 compares it as a number; Compose since
 * version 2 and the engine do not. */
static bool is_over(const struct ml_value *soft, const struct ml_value *hard)
{
	if (soft->kind != ML_V_INT || hard->kind != ML_V_INT || hard->i < 0)
		return false;
	return soft->i < 0 || soft->i > hard->i;
}

static struct ml_value ulimit(struct ml_cn *cn, const struct ml_cn_at *at)
{
	static const struct ml_cn_keys keys = ML_CN_KEYS(ulimit_keys);
	struct ml_record_builder b;
	struct ml_value both;

	ml_record_begin(&b, &ml_co_ulimit);
	if (at->node->kind == ML_C_MAP) {
		ml_cn_map(cn, at, &keys, &b, NULL);
		for (int slot = 0; slot < ML_CO_ULIMIT_SLOTS; slot++)
			if (b.slots[slot].kind == ML_V_ABSENT)
				return ml_cn_bad(cn, at, "a limit with soft and hard");
	} else {
		both = limit(cn, at, NULL);
		if (both.kind != ML_V_INT)
			return both.kind == ML_V_UNKNOWN ? both : ml_cn_bad(cn, at, "a number");
		ml_record_set(&b, ML_CO_ULIMIT_SOFT, both);
		ml_record_set(&b, ML_CO_ULIMIT_HARD, both);
	}
	if (is_over(&b.slots[ML_CO_ULIMIT_SOFT], &b.slots[ML_CO_ULIMIT_HARD]))
		ml_cn_say(cn, ML_DIAG_ERROR, at->node->loc,
			"ulimits: the soft limit of %.*s is above the hard one: Docker refuses it",
			ML_STR_ARG(at->key));
	return ml_cn_pack(cn, &b, at->loc);
}

void ml_cn_ulimits(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct ml_entry *entries;
	size_t n = 0;

	if (at->node->kind != ML_C_MAP) {
		ml_record_set(b, ML_CO_SVC_ULIMITS, ml_cn_bad(cn, at, "a mapping"));
		return;
	}
	entries = ml_alloc_array(cn->arena, at->node->n, sizeof(*entries));
	for (uint32_t i = 0; entries && i < at->node->n; i++) {
		struct ml_cn_at item = {
			at->node->items[i], at->node->keys[i], at->node->key_locs[i]};
		if (item.node->kind != ML_C_NULL)
			entries[n++] = (struct ml_entry){
				ml_at(ml_string(item.key), item.loc), ulimit(cn, &item)};
	}
	cn->memory = cn->memory || !entries;
	ml_record_set(b, ML_CO_SVC_ULIMITS, ml_cn_map_value(cn, entries, n, at->loc));
}

/* `no`, `always`, `unless-stopped`, `on-failure[:N]`; an unquoted `no` is false in YAML 1.1. */
void ml_cn_restart(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct ml_str text, attempts;
	struct ml_value value;
	int64_t n;

	if (!ml_cn_scalar(cn, at, &text, &value)) {
		ml_cn_set(b, ML_CO_SVC_RESTART, value);
		ml_cn_set(b, ML_CO_SVC_RESTART_MAX, value);
		return;
	}
	if (at->node->kind == ML_C_BOOL && !at->node->b)
		text = ML_STR("no");
	if (text.len == 0)
		return;
	if (!ml_str_starts(text, ML_STR("on-failure:"))) {
		ml_record_set(b, ML_CO_SVC_RESTART,
			at->node->kind == ML_C_BOOL && !at->node->b
				? ml_cn_word("no", at->node->loc)
				: ml_cn_vocab(cn, at, &ml_co_restart_vocab));
		return;
	}
	attempts = ml_str_sub(text, 11, text.len);
	ml_record_set(b, ML_CO_SVC_RESTART, ml_cn_word("on-failure", at->node->loc));
	ml_record_set(b, ML_CO_SVC_RESTART_MAX,
		ml_parse_i64(attempts, 10, &n) && n >= 0
			? ml_at(ml_int(n), at->node->loc)
			: ml_cn_bad(cn, at, "a restart policy such as on-failure:5"));
}

static const struct ml_cn_key limit_keys[] = {
	{"cpus", ML_CO_SVC_CPUS, ml_cn_cpus, NULL, NULL},
	{"memory", ML_CO_SVC_MEMORY_LIMIT, ml_cn_bytes, NULL, NULL},
	{"pids", ML_CO_SVC_PIDS_LIMIT, pids, NULL, NULL},
};
static const struct ml_cn_key reservation_keys[] = {
	{"cpus", ML_CO_SVC_CPU_RESERVATION, ml_cn_cpus, NULL, NULL},
	{"devices", ML_CO_SVC_DEVICE_REQUESTS, ml_cn_device_requests, NULL, NULL},
	{"generic_resources", 0, NULL, NULL, NULL},
	{"memory", ML_CO_SVC_MEMORY_RESERVATION, ml_cn_bytes, NULL, NULL},
};

/* A map that is only a floor of another: its keys go to the same record. */
static void inner(struct ml_cn *cn, const struct ml_cnode *map, const char *key,
	const struct ml_cn_keys *keys, struct ml_record_builder *b)
{
	const struct ml_cnode *node = ml_cnode_get(map, key);

	if (node && node->kind != ML_C_NULL)
		ml_cn_map(cn, &(struct ml_cn_at){node, ml_str(key), node->loc}, keys, b, NULL);
}

/* `deploy.resources`: into the service itself. */
static void resources(
	struct ml_cn *cn, const struct ml_cnode *node, struct ml_record_builder *service)
{
	static const struct ml_cn_keys limits = ML_CN_KEYS(limit_keys),
				       reservations = ML_CN_KEYS(reservation_keys);
	static const struct ml_cn_key both[] = {{"limits", ML_CN_ELSEWHERE, NULL, NULL, NULL},
		{"reservations", ML_CN_ELSEWHERE, NULL, NULL, NULL}};
	static const struct ml_cn_keys known = ML_CN_KEYS(both);

	if (!ml_cn_map(cn, &(struct ml_cn_at){node, ML_STR("resources"), node->loc}, &known, NULL,
		    NULL))
		return;
	inner(cn, node, "limits", &limits, service);
	inner(cn, node, "reservations", &reservations, service);
}

static const struct ml_cn_key restart_keys[] = {
	{"condition", ML_CO_DEPLOY_RESTART_CONDITION, ml_cn_vocab, &ml_co_restart_condition_vocab,
		NULL},
	{"delay", ML_CO_DEPLOY_RESTART_DELAY, ml_cn_duration, NULL, NULL},
	{"max_attempts", ML_CO_DEPLOY_RESTART_MAX, ml_cn_int, NULL, NULL},
	{"window", ML_CO_DEPLOY_RESTART_WINDOW, ml_cn_duration, NULL, NULL},
};
static const struct ml_cn_key update_keys[] = {
	{"delay", 0, NULL, NULL, NULL},
	{"failure_action", ML_CO_DEPLOY_UPDATE_FAILURE, ml_cn_vocab, &ml_co_failure_vocab, NULL},
	{"max_failure_ratio", 0, NULL, NULL, NULL},
	{"monitor", 0, NULL, NULL, NULL},
	{"order", ML_CO_DEPLOY_UPDATE_ORDER, ml_cn_vocab, &ml_co_order_vocab, NULL},
	{"parallelism", ML_CO_DEPLOY_UPDATE_PARALLELISM, ml_cn_int, NULL, NULL},
};
static const struct ml_cn_key placement_keys[] = {
	{"constraints", ML_CO_DEPLOY_CONSTRAINTS, ml_cn_strings, NULL, NULL},
	{"max_replicas_per_node", 0, NULL, NULL, NULL},
	{"preferences", 0, NULL, NULL, NULL},
};

static void restart_policy(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	static const struct ml_cn_keys keys = ML_CN_KEYS(restart_keys);

	ml_cn_map(cn, at, &keys, b, NULL);
	if (b->slots[ML_CO_DEPLOY_RESTART_CONDITION].kind == ML_V_ABSENT)
		ml_record_set(b, ML_CO_DEPLOY_RESTART_CONDITION, ml_cn_word("any", at->loc));
}

static void update_config(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	static const struct ml_cn_keys keys = ML_CN_KEYS(update_keys);

	ml_cn_map(cn, at, &keys, b, NULL);
}

static void placement(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	static const struct ml_cn_keys keys = ML_CN_KEYS(placement_keys);

	ml_cn_map(cn, at, &keys, b, NULL);
}

static const char *const mode_words[] = {
	"replicated", "global", "replicated-job", "global-job", NULL};
static const struct ml_vocab mode_vocab = {.name = "deployment mode", .words = mode_words};
static const char *const endpoint_words[] = {"vip", "dnsrr", NULL};
static const struct ml_vocab endpoint_vocab = {.name = "endpoint mode", .words = endpoint_words};

static const struct ml_cn_key deploy_keys[] = {
	{"endpoint_mode", ML_CO_DEPLOY_ENDPOINT_MODE, ml_cn_vocab, &endpoint_vocab, NULL},
	{"labels", ML_CO_DEPLOY_LABELS, ml_cn_labels_of, "deploy", NULL},
	{"mode", ML_CO_DEPLOY_MODE, ml_cn_vocab, &mode_vocab, NULL},
	{"placement", ML_CO_DEPLOY_CONSTRAINTS, NULL, NULL, placement},
	{"replicas", ML_CO_DEPLOY_REPLICAS, ml_cn_int, NULL, NULL},
	{"resources", ML_CN_ELSEWHERE, NULL, NULL, NULL},
	{"restart_policy", ML_CO_DEPLOY_RESTART_CONDITION, NULL, NULL, restart_policy},
	{"rollback_config", ML_CO_DEPLOY_HAS_ROLLBACK, ml_cn_written, NULL, NULL},
	{"update_config", ML_CO_DEPLOY_UPDATE_ORDER, NULL, NULL, update_config},
};

void ml_cn_deploy(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	static const struct ml_cn_keys keys = ML_CN_KEYS(deploy_keys);
	const struct ml_cnode *node = ml_cnode_get(at->node, "resources");
	struct ml_record_builder deploy;

	ml_record_begin(&deploy, &ml_co_deploy);
	ml_record_set(&deploy, ML_CO_DEPLOY_SET, ml_at(ml_bool(true), at->loc));
	if (!ml_cn_map(cn, at, &keys, &deploy, NULL)) {
		ml_record_set(
			b, ML_CO_SVC_DEPLOY, ml_cn_unknown(cn, at->loc, ML_STR("not a mapping")));
		return;
	}
	if (node && node->kind != ML_C_NULL)
		resources(cn, node, b);
	ml_record_set(b, ML_CO_SVC_DEPLOY, ml_cn_pack(cn, &deploy, at->loc));
}

/* What the service says itself and what `deploy.resources` says are one limit: docker compose
 * refuses two different ones (also one against none, compose-go's check of consistency),
 * docker-compose 1.29 takes the service's own. */
static const struct twice {
	const char *key, *group, *part;
	int slot;
	ml_cn_read *read;
} twice[] = {
	{"cpus", "limits", "cpus", ML_CO_SVC_CPUS, ml_cn_cpus},
	{"mem_limit", "limits", "memory", ML_CO_SVC_MEMORY_LIMIT, ml_cn_bytes},
	{"mem_reservation", "reservations", "memory", ML_CO_SVC_MEMORY_RESERVATION, ml_cn_bytes},
	{"pids_limit", "limits", "pids", ML_CO_SVC_PIDS_LIMIT, pids},
};

static const struct ml_cnode *map_in(const struct ml_cnode *map, const char *key)
{
	const struct ml_cnode *node = map && map->kind == ML_C_MAP ? ml_cnode_get(map, key) : NULL;

	return node && node->kind == ML_C_MAP ? node : NULL;
}

static void agree(struct ml_cn *cn, struct ml_record_builder *b, const struct twice *t,
	const struct ml_cnode *own, const struct ml_cnode *group)
{
	const struct ml_cnode *part = ml_cnode_get(group, t->part);
	struct ml_value mine, theirs = ml_absent();

	if (b->slots[t->slot].kind == ML_V_UNKNOWN || own->nvars ||
		(part && (!ml_cn_is_scalar(part) || part->nvars)))
		return;
	mine = t->read(cn, &(struct ml_cn_at){own, ml_str(t->key), own->loc}, NULL);
	if (part)
		theirs = t->read(cn, &(struct ml_cn_at){part, ml_str(t->part), part->loc}, NULL);
	if (mine.kind == ML_V_UNKNOWN || theirs.kind == ML_V_UNKNOWN ||
		(theirs.kind != ML_V_ABSENT && ml_number_cmp(&mine, &theirs) == 0))
		return;
	ml_cn_say(cn, ML_DIAG_ERROR, own->loc,
		"%s and deploy.resources.%s.%s differ: docker compose refuses that, docker-compose "
		"1 takes %s",
		t->key, t->group, t->part, t->key);
	b->slots[t->slot] = mine;
}

static void compare_with_deploy(
	struct ml_cn *cn, struct ml_record_builder *b, const struct ml_cnode *service)
{
	const struct ml_cnode *resources = map_in(map_in(service, "deploy"), "resources");

	for (size_t i = 0; resources && i < sizeof(twice) / sizeof(twice[0]); i++) {
		const struct ml_cnode *group = map_in(resources, twice[i].group),
				      *own = ml_cnode_get(service, twice[i].key);
		if (group && own && ml_cn_is_scalar(own))
			agree(cn, b, &twice[i], own, group);
	}
}

/* The key under which a limit would stand: as much of `deploy.resources.limits` as is written. */
static const struct ml_cnode *place_of_limits(const struct ml_cnode *service)
{
	static const char *const keys[] = {"deploy", "resources", "limits"};
	const struct ml_cnode *found = NULL, *in = service;

	for (size_t i = 0; in && in->kind == ML_C_MAP && i < sizeof(keys) / sizeof(keys[0]); i++) {
		in = ml_cnode_get(in, keys[i]);
		found = in ? in : found;
	}
	return found;
}

/* A limit that is not there is 0, as by default, but at the place where it is missing. */
static void place_missing(struct ml_record_builder *b, const struct ml_cnode *service)
{
	static const int slots[] = {ML_CO_SVC_CPUS, ML_CO_SVC_MEMORY_LIMIT, ML_CO_SVC_PIDS_LIMIT};
	const struct ml_cnode *place = place_of_limits(service);

	for (size_t i = 0; place && i < sizeof(slots) / sizeof(slots[0]); i++)
		if (b->slots[slots[i]].kind == ML_V_ABSENT)
			ml_record_set(b, slots[i],
				ml_at(slots[i] == ML_CO_SVC_CPUS ? ml_double(0) : ml_int(0),
					place->loc));
}

/* A quota of CPU time in each period is so many processors. */
static void cpus_of_quota(struct ml_record_builder *b)
{
	const struct ml_value *quota = &b->slots[ML_CO_SVC_CPU_QUOTA],
			      *period = &b->slots[ML_CO_SVC_CPU_PERIOD];
	struct ml_value *cpus = &b->slots[ML_CO_SVC_CPUS];
	int64_t micros = period->kind == ML_V_INT && period->i > 0 ? period->i : 100000;

	if (cpus->kind != ML_V_ABSENT)
		return;
	if (quota->kind == ML_V_UNKNOWN || period->kind == ML_V_UNKNOWN)
		*cpus = quota->kind == ML_V_UNKNOWN ? *quota : *period;
	else if (quota->kind == ML_V_INT && quota->i > 0)
		*cpus = ml_at(ml_double((double)quota->i / (double)micros), quota->loc);
}

void ml_cn_finish_limits(
	struct ml_cn *cn, struct ml_record_builder *b, const struct ml_cnode *service)
{
	compare_with_deploy(cn, b, service);
	cpus_of_quota(b);
	place_missing(b, service);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Services: each key by its row, then what several keys say together. */
#include "base/sort.h"
#include "checks/config/compose/norm-priv.h"

static const char *const isolation_words[] = {"default", "process", "hyperv", NULL};
static const struct ml_vocab isolation_vocab = {.name = "isolation", .words = isolation_words};

/* Sorted. `extends` is resolved by the loader; what is left of it says nothing. */
static const struct ml_cn_key service_keys[] = {
	{"annotations", ML_CO_SVC_ANNOTATIONS, NULL, NULL, ml_cn_annotations},
	{"attach", 0, NULL, NULL, NULL},
	{"blkio_config", ML_CO_SVC_BLKIO_WEIGHT, NULL, NULL, ml_cn_blkio},
	{"build", ML_CO_SVC_BUILD, NULL, NULL, ml_cn_build},
	{"cap_add", ML_CO_SVC_CAP_ADD, NULL, NULL, ml_cn_cap_add},
	{"cap_drop", ML_CO_SVC_CAP_DROP, NULL, NULL, ml_cn_cap_drop},
	{"cgroup", ML_CO_SVC_CGROUP_MODE, NULL, NULL, ml_cn_cgroup},
	{"cgroup_parent", ML_CO_SVC_CGROUP_PARENT, ml_cn_string, NULL, NULL},
	{"command", ML_CO_SVC_COMMAND, NULL, NULL, ml_cn_command},
	{"configs", ML_CO_SVC_CONFIGS, NULL, NULL, ml_cn_configs},
	{"container_name", ML_CO_SVC_CONTAINER_NAME, ml_cn_string, NULL, NULL},
	{"cpu_count", 0, NULL, NULL, NULL},
	{"cpu_percent", 0, NULL, NULL, NULL},
	{"cpu_period", ML_CO_SVC_CPU_PERIOD, ml_cn_int, NULL, NULL},
	{"cpu_quota", ML_CO_SVC_CPU_QUOTA, ml_cn_int, NULL, NULL},
	{"cpu_rt_period", 0, NULL, NULL, NULL},
	{"cpu_rt_runtime", 0, NULL, NULL, NULL},
	{"cpu_shares", ML_CO_SVC_CPU_SHARES, ml_cn_int, NULL, NULL},
	{"cpus", ML_CO_SVC_CPUS, ml_cn_cpus, NULL, NULL},
	{"cpuset", ML_CO_SVC_CPUSET, ml_cn_string, NULL, NULL},
	{"credential_spec", ML_CO_SVC_CREDENTIAL_SPEC, ml_cn_string_map, NULL, NULL},
	{"depends_on", ML_CO_SVC_DEPENDS_ON, NULL, NULL, ml_cn_depends_on},
	{"deploy", ML_CO_SVC_DEPLOY, NULL, NULL, ml_cn_deploy},
	{"develop", ML_CO_SVC_WATCH, NULL, NULL, ml_cn_develop},
	{"device_cgroup_rules", ML_CO_SVC_DEVICE_CGROUP_RULES, ml_cn_strings, NULL, NULL},
	{"devices", ML_CO_SVC_DEVICES, NULL, NULL, ml_cn_devices},
	{"dns", ML_CO_SVC_DNS, ml_cn_strings, NULL, NULL},
	{"dns_opt", ML_CO_SVC_DNS_OPT, ml_cn_strings, NULL, NULL},
	{"dns_search", ML_CO_SVC_DNS_SEARCH, ml_cn_strings, NULL, NULL},
	{"dockerfile", 0, NULL, NULL, NULL},
	{"domainname", ML_CO_SVC_DOMAINNAME, ml_cn_string, NULL, NULL},
	{"entrypoint", ML_CO_SVC_ENTRYPOINT, NULL, NULL, ml_cn_entrypoint},
	{"env_file", ML_CN_ELSEWHERE, NULL, NULL, NULL},
	{"environment", ML_CN_ELSEWHERE, NULL, NULL, NULL},
	{"expose", ML_CO_SVC_EXPOSE, ml_cn_strings, NULL, NULL},
	{"extends", 0, NULL, NULL, NULL},
	{"external_links", ML_CO_SVC_EXTERNAL_LINKS, ml_cn_strings, NULL, NULL},
	{"extra_hosts", ML_CO_SVC_EXTRA_HOSTS, NULL, NULL, ml_cn_extra_hosts},
	{"gpus", ML_CO_SVC_DEVICE_REQUESTS, NULL, NULL, ml_cn_gpus},
	{"group_add", ML_CO_SVC_GROUP_ADD, ml_cn_strings, NULL, NULL},
	{"healthcheck", ML_CO_SVC_HEALTHCHECK, NULL, NULL, ml_cn_healthcheck},
	{"hostname", ML_CO_SVC_HOSTNAME, ml_cn_string, NULL, NULL},
	{"image", ML_CO_SVC_IMAGE, NULL, NULL, ml_cn_image},
	{"init", ML_CO_SVC_INIT, ml_cn_true, NULL, NULL},
	{"ipc", ML_CO_SVC_IPC_MODE, NULL, NULL, ml_cn_ipc},
	{"isolation", ML_CO_SVC_ISOLATION, ml_cn_vocab, &isolation_vocab, NULL},
	{"label_file", ML_CN_ELSEWHERE, NULL, NULL, NULL},
	{"labels", ML_CO_SVC_LABELS, NULL, NULL, ml_cn_labels},
	{"links", ML_CO_SVC_LINKS, ml_cn_strings, NULL, NULL},
	{"log_driver", ML_CO_SVC_LOGGING, NULL, NULL, ml_cn_log_driver},
	{"log_opt", ML_CO_SVC_LOGGING, NULL, NULL, ml_cn_log_opt},
	{"logging", ML_CO_SVC_LOGGING, NULL, NULL, ml_cn_logging},
	{"mac_address", ML_CO_SVC_MAC_ADDRESS, ml_cn_string, NULL, NULL},
	{"mem_limit", ML_CO_SVC_MEMORY_LIMIT, ml_cn_bytes, NULL, NULL},
	{"mem_reservation", ML_CO_SVC_MEMORY_RESERVATION, ml_cn_bytes, NULL, NULL},
	{"mem_swappiness", ML_CO_SVC_MEMORY_SWAPPINESS, ml_cn_int, NULL, NULL},
	{"memswap_limit", ML_CO_SVC_MEMORY_SWAP, NULL, NULL, ml_cn_mem_swap},
	{"models", 0, NULL, NULL, NULL},
	{"net", ML_CO_SVC_NETWORK_MODE, NULL, NULL, ml_cn_network_mode},
	{"network_mode", ML_CO_SVC_NETWORK_MODE, NULL, NULL, ml_cn_network_mode},
	{"networks", ML_CO_SVC_NETWORKS, NULL, NULL, ml_cn_networks},
	{"oom_kill_disable", ML_CO_SVC_OOM_KILL_DISABLE, ml_cn_bool, NULL, NULL},
	{"oom_score_adj", ML_CO_SVC_OOM_SCORE_ADJ, ml_cn_int, NULL, NULL},
	{"pid", ML_CO_SVC_PID_MODE, NULL, NULL, ml_cn_pid},
	{"pids_limit", ML_CO_SVC_PIDS_LIMIT, NULL, NULL, ml_cn_pids_limit},
	{"platform", ML_CO_SVC_PLATFORM, ml_cn_string, NULL, NULL},
	{"ports", ML_CO_SVC_PORTS, NULL, NULL, ml_cn_ports},
	{"post_start", ML_CO_SVC_HOOKS, NULL, NULL, ml_cn_post_start},
	{"pre_stop", ML_CO_SVC_HOOKS, NULL, NULL, ml_cn_pre_stop},
	{"privileged", ML_CO_SVC_PRIVILEGED, ml_cn_bool, NULL, NULL},
	{"profiles", ML_CO_SVC_PROFILES, ml_cn_strings, NULL, NULL},
	{"provider", ML_CO_SVC_PROVIDER, NULL, NULL, ml_cn_provider},
	{"pull_policy", ML_CO_SVC_PULL_POLICY, NULL, NULL, ml_cn_pull_policy},
	{"pull_refresh_after", 0, NULL, NULL, NULL},
	{"read_only", ML_CO_SVC_READ_ONLY, ml_cn_bool, NULL, NULL},
	{"restart", ML_CO_SVC_RESTART, NULL, NULL, ml_cn_restart},
	{"runtime", ML_CO_SVC_RUNTIME, ml_cn_string, NULL, NULL},
	{"scale", ML_CO_SVC_SCALE, ml_cn_int, NULL, NULL},
	{"secrets", ML_CO_SVC_SECRETS, NULL, NULL, ml_cn_secrets},
	{"security_opt", ML_CO_SVC_SECURITY_OPT, NULL, NULL, ml_cn_security_opt},
	{"shm_size", ML_CO_SVC_SHM_SIZE, ml_cn_bytes, NULL, NULL},
	{"stdin_open", ML_CO_SVC_STDIN_OPEN, ml_cn_bool, NULL, NULL},
	{"stop_grace_period", ML_CO_SVC_STOP_GRACE_PERIOD, ml_cn_duration, NULL, NULL},
	{"stop_signal", ML_CO_SVC_STOP_SIGNAL, ml_cn_string, NULL, NULL},
	{"storage_opt", ML_CO_SVC_STORAGE_OPT, ml_cn_string_map, NULL, NULL},
	{"sysctls", ML_CO_SVC_SYSCTLS, ml_cn_string_map, NULL, NULL},
	{"tmpfs", ML_CO_SVC_MOUNTS, NULL, NULL, ml_cn_tmpfs},
	{"tty", ML_CO_SVC_TTY, ml_cn_bool, NULL, NULL},
	{"ulimits", ML_CO_SVC_ULIMITS, NULL, NULL, ml_cn_ulimits},
	{"use_api_socket", ML_CO_SVC_USE_API_SOCKET, ml_cn_bool, NULL, NULL},
	{"user", ML_CO_SVC_USER, NULL, NULL, ml_cn_user},
	{"userns_mode", ML_CO_SVC_USERNS_MODE, NULL, NULL, ml_cn_userns},
	{"uts", ML_CO_SVC_UTS_MODE, NULL, NULL, ml_cn_uts},
	{"volume_driver", ML_CO_SVC_VOLUME_DRIVER, ml_cn_string, NULL, NULL},
	{"volumes", ML_CO_SVC_MOUNTS, NULL, NULL, ml_cn_volumes},
	{"volumes_from", ML_CO_SVC_VOLUMES_FROM, NULL, NULL, ml_cn_volumes_from},
	{"working_dir", ML_CO_SVC_WORKING_DIR, ml_cn_string, NULL, NULL},
};

static int by_text(const void *a, const void *b)
{
	return ml_str_cmp(ml_value_text(a), ml_value_text(b));
}

/* Names of keys, and the x- ones with what they hold. */
static void read_keys(struct ml_cn *cn, const struct ml_cnode *node, struct ml_record_builder *b)
{
	struct ml_entry *extensions = NULL;
	struct ml_cn_list keys = {0};
	size_t n = 0, cap = 0;

	ml_cn_room(cn, &keys, node->n);
	for (uint32_t i = 0; i < node->n; i++) {
		struct ml_cn_at at = {node->items[i], node->keys[i], node->key_locs[i]};
		ml_cn_push(cn, &keys, ml_at(ml_string(at.key), at.loc));
		if (!ml_str_starts(at.key, ML_STR("x-")))
			continue;
		if (ml_alloc_grow(cn->arena, &extensions, &cap, n + 1, sizeof(*extensions)))
			cn->memory = true;
		else
			extensions[n++] = (struct ml_entry){
				ml_at(ml_string(at.key), at.loc), ml_cn_dyn(cn, &at, NULL)};
	}
	if (ml_sort(cn->arena, keys.items, keys.n, sizeof(*keys.items), by_text))
		cn->memory = true;
	ml_record_set(b, ML_CO_SVC_KEYS, ml_cn_list_value(&keys, cn->owner_loc));
	if (n)
		ml_record_set(
			b, ML_CO_SVC_EXTENSIONS, ml_cn_map_value(cn, extensions, n, cn->owner_loc));
}

/* Why part of the service is missing; the gaps are sorted. ptr NULL: it is whole. */
static struct ml_str gap_of(const struct ml_cn *cn)
{
	size_t low = 0, high = cn->project->ngaps;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct ml_cgap *gap = &cn->project->gaps[middle];
		int order = ml_str_cmp(cn->owner, gap->service);
		if (order == 0)
			return gap->reason.len ? gap->reason
					       : ML_STR("the inherited part is missing");
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return ML_STR_NONE;
}

/* The root's lists that a service adds to, each with the service's own. */
static const struct {
	int service, root;
} lists[] = {
	{ML_CO_SVC_PORTS, ML_CO_PORTS},
	{ML_CO_SVC_MOUNTS, ML_CO_MOUNTS},
	{ML_CO_SVC_DEVICES, ML_CO_DEVICES},
	{ML_CO_SVC_CAP_ADD, ML_CO_CAPABILITIES},
	{ML_CO_SVC_SECURITY_OPT, ML_CO_SECURITY_OPTS},
	{ML_CO_SVC_ENVIRONMENT, ML_CO_ENVIRONMENT},
	{ML_CO_SVC_BUILD, ML_CO_ARGS},
	{ML_CO_SVC_LABELS, ML_CO_LABELS},
	{ML_CO_SVC_ENV_FILES, ML_CO_ENV_FILES},
	{ML_CO_SVC_COMMAND, ML_CO_COMMANDS},
	{ML_CO_SVC_SECRETS, ML_CO_GRANTS},
	{ML_CO_SVC_EXTRA_HOSTS, ML_CO_HOSTS},
};

static void unknown_in_lists(struct ml_cn *cn, struct ml_str why)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		ml_cn_push(cn, &cn->flat[lists[i].root], ml_cn_unknown(cn, cn->owner_loc, why));
}

/* Part of the service is missing: what it does not set is unknown, and its lists may be longer, its
 * maps fuller. */
static void fill_gap(struct ml_cn *cn, struct ml_record_builder *b, struct ml_str why)
{
	for (size_t i = 0; i < ml_co_service.nfields; i++) {
		struct ml_value *slot = &b->slots[i];
		struct ml_cn_list longer = {0};
		if (i == ML_CO_SVC_KEYS || i == ML_CO_SVC_UNKNOWN_KEYS || i == ML_CO_SVC_EXTENSIONS)
			continue;
		if (slot->kind == ML_V_ABSENT || slot->kind == ML_V_MAP) {
			*slot = ml_cn_unknown(cn, cn->owner_loc, why);
		} else if (slot->kind == ML_V_LIST && i != ML_CO_SVC_CAPABILITIES) {
			for (uint32_t k = 0; k < slot->len; k++)
				ml_cn_push(cn, &longer, slot->items[k]);
			ml_cn_push(cn, &longer, ml_cn_unknown(cn, cn->owner_loc, why));
			*slot = ml_cn_list_value(&longer, slot->loc);
		}
	}
	unknown_in_lists(cn, why);
}

static void read_service(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	static const struct ml_cn_keys keys = ML_CN_KEYS(service_keys);
	struct ml_str gap = gap_of(cn);
	struct ml_cn_list unknown = {0};
	struct ml_cn_at whole = {at->node, ML_STR(""), at->loc};

	ml_record_begin(b, &ml_co_service);
	ml_record_set(b, ML_CO_SVC_NAME, ml_at(ml_string(cn->owner), cn->owner_loc));
	ml_cn_map(cn, &whole, &keys, b, &unknown);
	read_keys(cn, at->node, b);
	if (unknown.n)
		ml_record_set(b, ML_CO_SVC_UNKNOWN_KEYS, ml_cn_list_value(&unknown, cn->owner_loc));
	ml_cn_finish_environment(cn, b, at->node);
	ml_cn_finish_labels(cn, b, at->node);
	ml_cn_finish_limits(cn, b, at->node);
	ml_cn_finish_security(cn, b, gap);
	if (!gap.ptr) {
		ml_cn_finish_networks(cn, b);
		ml_cn_check_service(cn, b, at->node);
		return;
	}
	ml_cn_engine_network(cn, b);
	fill_gap(cn, b, gap);
}

static struct ml_value service(struct ml_cn *cn, const struct ml_cn_at *at)
{
	struct ml_record_builder b;

	cn->owner = at->key;
	cn->owner_loc = at->loc;
	if (at->node->kind == ML_C_UNKNOWN) {
		unknown_in_lists(cn, at->node->text);
		return ml_cn_unknown(cn, at->loc, at->node->text);
	}
	if (at->node->kind != ML_C_MAP) {
		struct ml_value bad = ml_cn_bad(cn, at, "a mapping");
		unknown_in_lists(cn, ml_value_text(&bad));
		return bad;
	}
	read_service(cn, at, &b);
	return ml_cn_pack(cn, &b, at->loc);
}

void ml_cn_services(struct ml_cn *cn, const struct ml_cnode *services, uint32_t loc,
	struct ml_record_builder *root)
{
	struct ml_entry *entries;
	size_t n = 0;

	if (services->kind != ML_C_MAP) {
		cn->section = NULL;
		ml_record_set(root, ML_CO_SERVICES,
			services->kind == ML_C_UNKNOWN
				? ml_cn_unknown(cn, loc, services->text)
				: ml_cn_bad(cn,
					  &(struct ml_cn_at){services, ML_STR("services"), loc},
					  "a mapping"));
		return;
	}
	entries = ml_alloc_array(cn->arena, services->n, sizeof(*entries));
	cn->memory = cn->memory || !entries;
	cn->section = "services";
	cn->in_service = true;
	for (uint32_t i = 0; entries && i < services->n && !cn->memory; i++) {
		struct ml_cn_at at = {services->items[i], services->keys[i], services->key_locs[i]};
		entries[n++] =
			(struct ml_entry){ml_at(ml_string(at.key), at.loc), service(cn, &at)};
	}
	cn->in_service = false;
	cn->owner = ML_STR("");
	ml_record_set(root, ML_CO_SERVICES, ml_cn_map_value(cn, entries, n, loc));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of Compose projects: services and the project itself. */
#include "facts/compose.h"

#include "facts/schema-priv.h"

static VOCAB(seccomp_vocab, "seccomp", "default", "unconfined", "profile");
static VOCAB(apparmor_vocab, "AppArmor", "default", "unconfined", "profile");
static VOCAB(selinux_vocab, "SELinux", "default", "disabled", "options");
static VOCAB(isolation_vocab, "isolation", "default", "process", "hyperv");

WORD_TYPE(seccomp, seccomp_vocab);
WORD_TYPE(apparmor, apparmor_vocab);
WORD_TYPE(selinux, selinux_vocab);
WORD_TYPE(isolation, isolation_vocab);
WORD_TYPE(pull, ml_co_pull_vocab);
WORD_TYPE(capability, ml_co_capability_vocab);
WORD_TYPE(network_mode, ml_co_network_mode_vocab);
WORD_TYPE(pid_mode, ml_co_pid_mode_vocab);
WORD_TYPE(ipc_mode, ml_co_ipc_mode_vocab);
WORD_TYPE(uts_mode, ml_co_uts_mode_vocab);
WORD_TYPE(userns_mode, ml_co_userns_mode_vocab);
WORD_TYPE(cgroup_mode, ml_co_cgroup_mode_vocab);
WORD_TYPE(restart, ml_co_restart_vocab);

LIST_TYPE(capability_words, capability);
LIST_TYPE(capability_list, ml_co_capability);
LIST_TYPE(security_opt_list, ml_co_security_opt);
LIST_TYPE(device_list, ml_co_device);
LIST_TYPE(device_request_list, ml_co_device_request);
LIST_TYPE(port_list, ml_co_port);
LIST_TYPE(mount_list, ml_co_mount);
LIST_TYPE(share_list, ml_co_share);
LIST_TYPE(volumes_from_list, ml_co_volumes_from);
LIST_TYPE(hook_list, ml_co_hook);
LIST_TYPE(env_file_list, ml_co_env_file);
LIST_TYPE(variable_list, ml_co_variable);
LIST_TYPE(label_list, ml_co_label);
LIST_TYPE(process_list, ml_co_process);
LIST_TYPE(grant_list, ml_co_grant);
LIST_TYPE(host_list, ml_co_host);
LIST_TYPE(watch_list, ml_co_watch);
LIST_TYPE(secret_list, ml_co_secret);
LIST_TYPE(interpolation_list, ml_co_interpolation);
MAP_TYPE(ulimit_map, ml_co_ulimit);
MAP_TYPE(dependency_map, ml_co_dependency);
MAP_TYPE(attachment_map, ml_co_attachment);
MAP_TYPE(service_map, ml_co_service);
MAP_TYPE(network_map, ml_co_network);
MAP_TYPE(volume_map, ml_co_volume);
MAP_TYPE(object_map, ml_co_object);

RECORD_DEFAULT(no_image, ml_co_image);
RECORD_DEFAULT(no_build, ml_co_build);
RECORD_DEFAULT(no_user, ml_co_user);
RECORD_DEFAULT(no_deploy, ml_co_deploy);
RECORD_DEFAULT(no_healthcheck, ml_co_healthcheck);
RECORD_DEFAULT(no_process, ml_co_process);
RECORD_DEFAULT(no_logging, ml_co_logging);
DURATION_DEFAULT(ten_seconds, 10);

/* What Docker gives a container that asks for nothing (moby oci/caps/defaults.go), sorted. */
#define CAP(literal) {.kind = ML_V_STRING, .len = sizeof(literal) - 1, .text = (literal)}
static const struct ml_value default_capabilities[] = {
	CAP("AUDIT_WRITE"), CAP("CHOWN"), CAP("DAC_OVERRIDE"), CAP("FOWNER"), CAP("FSETID"), CAP("KILL"), CAP("MKNOD"),
	CAP("NET_BIND_SERVICE"), CAP("NET_RAW"), CAP("SETFCAP"), CAP("SETGID"), CAP("SETPCAP"), CAP("SETUID"), CAP("SYS_CHROOT"),
};
static const struct ml_value docker_capabilities = {.kind = ML_V_LIST,
	.len = sizeof(default_capabilities) / sizeof(default_capabilities[0]), .items = default_capabilities};

static const struct ml_field service_fields[] = {
	[ML_CO_SVC_NAME] = {"name", &ml_type_string, "its key", ID},
	[ML_CO_SVC_IMAGE] = {"image", &ml_co_image, "the image that it runs, or the name that the build gives it", .def = &no_image},
	[ML_CO_SVC_BUILD] = {"build", &ml_co_build, "how the image is built", .def = &no_build},
	[ML_CO_SVC_PULL_POLICY] = {"pull_policy", &pull, "when the image is fetched; `if_not_present` is `missing`, `every_…` is `every`", WORD("missing")},
	[ML_CO_SVC_PLATFORM] = {"platform", &ml_type_string, "`os/arch`; \"\": the engine's", EMPTY},
	[ML_CO_SVC_PRIVILEGED] = {"privileged", &ml_type_bool, "all capabilities and devices, no seccomp, no AppArmor", FALSE},
	[ML_CO_SVC_CAP_ADD] = {"cap_add", &capability_words, "in upper case, without CAP_", NIL},
	[ML_CO_SVC_CAP_DROP] = {"cap_drop", &capability_words, "in upper case, without CAP_", NIL},
	[ML_CO_SVC_DROPS_ALL] = {"drops_all", &ml_type_bool, "`cap_drop` has ALL", FALSE},
	[ML_CO_SVC_CAPABILITIES] = {"capabilities", &capability_words, "those in effect, sorted: Docker's 14 without the dropped and with the added ones; ALL alone when it has all", .def = &docker_capabilities},
	[ML_CO_SVC_SECURITY_OPT] = {"security_opt", &security_opt_list, "in order", NIL},
	[ML_CO_SVC_NO_NEW_PRIVILEGES] = {"no_new_privileges", &ml_type_bool, "set-user-ID programs give nothing", FALSE},
	[ML_CO_SVC_SECCOMP] = {"seccomp", &seccomp, "Docker's profile, none, or one of its own; `unconfined` when privileged", WORD("default")},
	[ML_CO_SVC_APPARMOR] = {"apparmor", &apparmor, "Docker's profile, none, or another; `unconfined` when privileged", WORD("default")},
	[ML_CO_SVC_SELINUX] = {"selinux", &selinux, "disabled by `label:disable`, or with other labels", WORD("default")},
	[ML_CO_SVC_SYSTEMPATHS_UNCONFINED] = {"systempaths_unconfined", &ml_type_bool, "/proc and /sys are neither masked nor read-only", FALSE},
	[ML_CO_SVC_USER] = {"user", &ml_co_user, "who runs the first process", .def = &no_user},
	[ML_CO_SVC_GROUP_ADD] = {"group_add", &ml_type_list_string, "further groups", NIL},
	[ML_CO_SVC_READ_ONLY] = {"read_only", &ml_type_bool, "the container's root file system cannot be written", FALSE},
	[ML_CO_SVC_NETWORK_MODE] = {"network_mode", &network_mode, "`network` is any other name that the engine may know; also `host`, `none` and `bridge` of a service that joins a network of that name", WORD("default")},
	[ML_CO_SVC_NETWORK_OF] = {"network_of", &ml_type_string, "the service, container or network named there", EMPTY},
	[ML_CO_SVC_PID_MODE] = {"pid_mode", &pid_mode, "whose processes it sees", WORD("private")},
	[ML_CO_SVC_PID_OF] = {"pid_of", &ml_type_string, "the service or container named there", EMPTY},
	[ML_CO_SVC_IPC_MODE] = {"ipc_mode", &ipc_mode, "whose shared memory it sees", WORD("default")},
	[ML_CO_SVC_IPC_OF] = {"ipc_of", &ml_type_string, "the service or container named there", EMPTY},
	[ML_CO_SVC_UTS_MODE] = {"uts_mode", &uts_mode, "whose host name it has", WORD("private")},
	[ML_CO_SVC_USERNS_MODE] = {"userns_mode", &userns_mode, "`host`: no remapping of users even where the engine remaps", WORD("default")},
	[ML_CO_SVC_CGROUP_MODE] = {"cgroup_mode", &cgroup_mode, "whose control groups it sees (`cgroup`)", WORD("default")},
	[ML_CO_SVC_CGROUP_PARENT] = {"cgroup_parent", &ml_type_string, "\"\": the engine's", EMPTY},
	[ML_CO_SVC_ISOLATION] = {"isolation", &isolation, "Windows container isolation", WORD("default")},
	[ML_CO_SVC_RUNTIME] = {"runtime", &ml_type_string, "OCI runtime; \"\": the engine's", EMPTY},
	[ML_CO_SVC_SYSCTLS] = {"sysctls", &ml_type_map_string, "kernel parameters", NOMAP},
	[ML_CO_SVC_DEVICES] = {"devices", &device_list, "host devices", NIL},
	[ML_CO_SVC_DEVICE_CGROUP_RULES] = {"device_cgroup_rules", &ml_type_list_string, "`c 1:3 mr`", NIL},
	[ML_CO_SVC_DEVICE_REQUESTS] = {"device_requests", &device_request_list, "`gpus` and `deploy.resources.reservations.devices`", NIL},
	[ML_CO_SVC_USE_API_SOCKET] = {"use_api_socket", &ml_type_bool, "Compose gives it the engine's socket", FALSE},
	[ML_CO_SVC_PORTS] = {"ports", &port_list, "published ports", NIL},
	[ML_CO_SVC_EXPOSE] = {"expose", &ml_type_list_string, "ports for other services, not published", NIL},
	[ML_CO_SVC_MOUNTS] = {"mounts", &mount_list, "`volumes` and `tmpfs`", NIL},
	[ML_CO_SVC_VOLUMES_FROM] = {"volumes_from", &volumes_from_list, "all volumes of another container", NIL},
	[ML_CO_SVC_VOLUME_DRIVER] = {"volume_driver", &ml_type_string, "\"\": the engine's", EMPTY},
	[ML_CO_SVC_STORAGE_OPT] = {"storage_opt", &ml_type_map_string, "of the storage driver: `size`", NOMAP},
	[ML_CO_SVC_MEMORY_LIMIT] = {"memory_limit", &ml_type_int, "bytes, `mem_limit` or `deploy.resources.limits.memory`; 0: none", ZERO},
	[ML_CO_SVC_MEMORY_RESERVATION] = {"memory_reservation", &ml_type_int, "bytes; 0: none", ZERO},
	[ML_CO_SVC_MEMORY_SWAP] = {"memory_swap", &ml_type_int, "bytes of memory and swap; 0: twice the memory; -1: unlimited", ZERO},
	[ML_CO_SVC_MEMORY_SWAPPINESS] = {"memory_swappiness", &ml_type_int, "0 to 100; -1: the host's", NONE},
	[ML_CO_SVC_OOM_KILL_DISABLE] = {"oom_kill_disable", &ml_type_bool, "not killed when memory ends", FALSE},
	[ML_CO_SVC_OOM_SCORE_ADJ] = {"oom_score_adj", &ml_type_int, "-1000 (never killed) to 1000", ZERO},
	[ML_CO_SVC_SHM_SIZE] = {"shm_size", &ml_type_int, "bytes of /dev/shm; 0: Docker's 64 MiB", ZERO},
	[ML_CO_SVC_CPUS] = {"cpus", &ml_type_double, "ceiling in CPUs: `cpus`, `deploy.resources.limits.cpus`, or `cpu_quota` by `cpu_period`; 0: none", .def = &(const struct ml_value){.kind = ML_V_DOUBLE, .d = 0}},
	[ML_CO_SVC_CPU_RESERVATION] = {"cpu_reservation", &ml_type_double, "CPUs; 0: none", .def = &(const struct ml_value){.kind = ML_V_DOUBLE, .d = 0}},
	[ML_CO_SVC_CPU_SHARES] = {"cpu_shares", &ml_type_int, "relative weight; 0: 1024", ZERO},
	[ML_CO_SVC_CPU_QUOTA] = {"cpu_quota", &ml_type_int, "microseconds in a period; 0: none", ZERO},
	[ML_CO_SVC_CPU_PERIOD] = {"cpu_period", &ml_type_int, "microseconds; 0: 100,000", ZERO},
	[ML_CO_SVC_CPUSET] = {"cpuset", &ml_type_string, "CPUs that it may use: `0-3`; \"\": all", EMPTY},
	[ML_CO_SVC_PIDS_LIMIT] = {"pids_limit", &ml_type_int, "processes and threads, `pids_limit` or `deploy.resources.limits.pids`; 0: none (also for -1)", ZERO},
	[ML_CO_SVC_BLKIO_WEIGHT] = {"blkio_weight", &ml_type_int, "10 to 1000; 0: not written", ZERO},
	[ML_CO_SVC_ULIMITS] = {"ulimits", &ulimit_map, "by name: `nofile`, `nproc` …", NOMAP},
	[ML_CO_SVC_RESTART] = {"restart", &restart, "of `restart`; see deploy.restart_condition for Swarm's", WORD("no")},
	[ML_CO_SVC_RESTART_MAX] = {"restart_max", &ml_type_int, "attempts of `on-failure:N`; 0: for ever", ZERO},
	[ML_CO_SVC_DEPLOY] = {"deploy", &ml_co_deploy, "replicas, updates, placement", .def = &no_deploy},
	[ML_CO_SVC_SCALE] = {"scale", &ml_type_int, "containers", .def = &ml_def_one},
	[ML_CO_SVC_HEALTHCHECK] = {"healthcheck", &ml_co_healthcheck, "how the engine sees that it works", .def = &no_healthcheck},
	[ML_CO_SVC_DEPENDS_ON] = {"depends_on", &dependency_map, "services that are started before", NOMAP},
	[ML_CO_SVC_COMMAND] = {"command", &ml_co_process, "instead of the image's CMD", .def = &no_process},
	[ML_CO_SVC_ENTRYPOINT] = {"entrypoint", &ml_co_process, "instead of the image's ENTRYPOINT", .def = &no_process},
	[ML_CO_SVC_WORKING_DIR] = {"working_dir", &ml_type_string, "\"\": the image's", EMPTY},
	[ML_CO_SVC_HOOKS] = {"hooks", &hook_list, "`post_start` and `pre_stop`", NIL},
	[ML_CO_SVC_INIT] = {"init", &ml_type_bool, "an init process reaps and forwards signals", FALSE},
	[ML_CO_SVC_STDIN_OPEN] = {"stdin_open", &ml_type_bool, "standard input stays open", FALSE},
	[ML_CO_SVC_TTY] = {"tty", &ml_type_bool, "with a terminal", FALSE},
	[ML_CO_SVC_STOP_GRACE_PERIOD] = {"stop_grace_period", &ml_type_duration, "between signal and kill", .def = &ten_seconds},
	[ML_CO_SVC_STOP_SIGNAL] = {"stop_signal", &ml_type_string, "\"\": the image's, usually SIGTERM", EMPTY},
	[ML_CO_SVC_ENVIRONMENT] = {"environment", &ml_type_map_string, "all variables, those of env files beneath, secrets hidden; unknown when only the shell has the value", NOMAP},
	[ML_CO_SVC_ENV_FILES] = {"env_files", &env_file_list, "`env_file` in order", NIL},
	[ML_CO_SVC_LABELS] = {"labels", &ml_type_map_string, "of the container, secrets hidden", NOMAP},
	[ML_CO_SVC_ANNOTATIONS] = {"annotations", &ml_type_map_string, "of the container, secrets hidden", NOMAP},
	[ML_CO_SVC_SECRETS] = {"secrets", &grant_list, "secrets that it is granted", NIL},
	[ML_CO_SVC_CONFIGS] = {"configs", &grant_list, "configurations that it is granted", NIL},
	[ML_CO_SVC_LOGGING] = {"logging", &ml_co_logging, "where its output goes", .def = &no_logging},
	[ML_CO_SVC_NETWORKS] = {"networks", &attachment_map, "networks that it joins, by key; `default` when none is written and network_mode is default", NOMAP},
	[ML_CO_SVC_DEFAULT_NETWORK] = {"default_network", &ml_type_bool, "it joins the project's default network because nothing else is written", FALSE},
	[ML_CO_SVC_CONTAINER_NAME] = {"container_name", &ml_type_string, "\"\": made by Compose", EMPTY},
	[ML_CO_SVC_HOSTNAME] = {"hostname", &ml_type_string, "\"\": made by the engine", EMPTY},
	[ML_CO_SVC_DOMAINNAME] = {"domainname", &ml_type_string, "\"\": none", EMPTY},
	[ML_CO_SVC_MAC_ADDRESS] = {"mac_address", &ml_type_string, "\"\": made by the engine", EMPTY},
	[ML_CO_SVC_EXTRA_HOSTS] = {"extra_hosts", &host_list, "added to /etc/hosts", NIL},
	[ML_CO_SVC_DNS] = {"dns", &ml_type_list_string, "name servers", NIL},
	[ML_CO_SVC_DNS_SEARCH] = {"dns_search", &ml_type_list_string, "search domains", NIL},
	[ML_CO_SVC_DNS_OPT] = {"dns_opt", &ml_type_list_string, "resolver options", NIL},
	[ML_CO_SVC_LINKS] = {"links", &ml_type_list_string, "deprecated links to services", NIL},
	[ML_CO_SVC_EXTERNAL_LINKS] = {"external_links", &ml_type_list_string, "links to containers outside of the project", NIL},
	[ML_CO_SVC_PROFILES] = {"profiles", &ml_type_list_string, "started only with one of these; none: always", NIL},
	[ML_CO_SVC_WATCH] = {"watch", &watch_list, "`develop.watch`", NIL},
	[ML_CO_SVC_CREDENTIAL_SPEC] = {"credential_spec", &ml_type_map_string, "of a Windows service account", NOMAP},
	[ML_CO_SVC_PROVIDER] = {"provider", &ml_type_string, "`provider.type`: something else than a container is started; \"\": none", EMPTY},
	[ML_CO_SVC_EXTENSIONS] = {"extensions", &ml_type_map_dyn, "x- keys, secrets hidden", NOMAP},
	[ML_CO_SVC_KEYS] = {"keys", &ml_type_list_string, "keys that are written, sorted, inherited ones too", NIL},
	[ML_CO_SVC_UNKNOWN_KEYS] = {"unknown_keys", &ml_type_list_string, "keys that Compose does not know", NIL},
};
RECORD(ml_co_service, "service", service_fields, ML_CO_SVC_SLOTS);

static const struct ml_field root_fields[] = {
	[ML_CO_NAME] = {"name", &ml_type_string, "of the project, when it is written", EMPTY},
	[ML_CO_VERSION] = {"version", &ml_type_string, "the obsolete `version` key; \"\" when it is not written", EMPTY},
	[ML_CO_SERVICES] = {"services", &service_map, "by name", NOMAP},
	[ML_CO_NETWORKS] = {"networks", &network_map, "by key; `default` too when a service joins it", NOMAP},
	[ML_CO_VOLUMES] = {"volumes", &volume_map, "named volumes by key", NOMAP},
	[ML_CO_SECRETS] = {"secrets", &object_map, "secrets of the project by key", NOMAP},
	[ML_CO_CONFIGS] = {"configs", &object_map, "configurations of the project by key", NOMAP},
	[ML_CO_EXTENSIONS] = {"extensions", &ml_type_map_dyn, "x- keys, secrets hidden", NOMAP},
	[ML_CO_UNKNOWN_KEYS] = {"unknown_keys", &ml_type_list_string, "top-level keys that Compose does not know", NIL},
	[ML_CO_FILES] = {"files", &ml_type_list_string, "files that were read, in order", NIL},
	[ML_CO_HAS_OVERRIDE] = {"has_override", &ml_type_bool, "an override file beside it was merged by itself", FALSE},
	[ML_CO_PROFILES] = {"profiles", &ml_type_list_string, "all profiles of services, sorted", NIL},
	[ML_CO_PORTS] = {"ports", &port_list, "published ports of all services", NIL},
	[ML_CO_MOUNTS] = {"mounts", &mount_list, "mounts of all services", NIL},
	[ML_CO_SHARES] = {"shares", &share_list, "host paths and named volumes that several services mount", NIL},
	[ML_CO_DEVICES] = {"devices", &device_list, "devices of all services", NIL},
	[ML_CO_CAPABILITIES] = {"capabilities", &capability_list, "entries of cap_add and cap_drop of all services", NIL},
	[ML_CO_SECURITY_OPTS] = {"security_opts", &security_opt_list, "security options of all services", NIL},
	[ML_CO_ENVIRONMENT] = {"environment", &variable_list, "environment variables of all services", NIL},
	[ML_CO_ARGS] = {"build_args", &variable_list, "build arguments of all services", NIL},
	[ML_CO_LABELS] = {"labels", &label_list, "labels of everything", NIL},
	[ML_CO_ENV_FILES] = {"env_files", &env_file_list, "env files of all services", NIL},
	[ML_CO_COMMANDS] = {"commands", &process_list, "commands, entrypoints, healthcheck tests and hooks of all services", NIL},
	[ML_CO_GRANTS] = {"grants", &grant_list, "secrets and configurations granted to services", NIL},
	[ML_CO_HOSTS] = {"hosts", &host_list, "extra hosts of all services", NIL},
	[ML_CO_SECRETS_FOUND] = {"secrets_found", &secret_list, "secrets that stand in clear in the files", NIL},
	[ML_CO_INTERPOLATIONS] = {"interpolations", &interpolation_list, "variables that values read", NIL},
};
RECORD(ml_co_root, "compose", root_fields, ML_CO_ROOT_SLOTS);

const struct ml_kind ml_kind_compose = {
	.name = "config.compose",
	.about = "a Docker Compose project: services, networks, volumes, secrets, in one normalised shape",
	.root = &ml_co_root,
};

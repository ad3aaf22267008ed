/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of Compose projects: the records that services and the project are made of. */
#include "facts/compose.h"
#include "facts/secret.h"

#include "facts/schema-priv.h"

static VOCAB(user_kind_vocab, "user kind", "root", "nonroot", "image");
static VOCAB(context_kind_vocab, "build context kind", "path", "git", "url", "other");
static VOCAB(form_vocab, "command form", "none", "list", "string");
static VOCAB(hook_vocab, "life cycle event", "post_start", "pre_stop");
static VOCAB(from_vocab, "origin of a variable", "environment", "env_file");
static VOCAB(owner_vocab, "owner of a label", "service", "deploy", "build", "network", "volume", "secret", "config");
static VOCAB(state_vocab, "state of a file", "present", "missing", "unreadable", "outside", "unchecked");
static VOCAB(grant_vocab, "kind of grant", "secret", "config");
static VOCAB(volumes_from_vocab, "source of volumes", "service", "container");
static VOCAB(selinux_vocab, "SELinux relabelling", "none", "shared", "private");
static VOCAB(isolation_vocab, "isolation", "default", "process", "hyperv");
static VOCAB(deploy_mode_vocab, "deployment mode", "replicated", "global", "replicated-job", "global-job");
static VOCAB(endpoint_vocab, "endpoint mode", "vip", "dnsrr");
static VOCAB(watch_vocab, "watch action", "sync", "rebuild", "restart", "sync+restart", "sync+exec");
static VOCAB(env_format_vocab, "format of an env file", "default", "raw");
static OPEN_VOCAB(log_driver_vocab, "logging driver", "none", "local", "json-file", "syslog", "journald", "gelf", "fluentd",
	"awslogs", "splunk", "etwlogs", "gcplogs", "loki");
static OPEN_VOCAB(network_driver_vocab, "network driver", "bridge", "host", "none", "overlay", "macvlan", "ipvlan");
static OPEN_VOCAB(volume_driver_vocab, "volume driver", "local");

WORD_TYPE(user_kind, user_kind_vocab);
WORD_TYPE(context_kind, context_kind_vocab);
WORD_TYPE(form, form_vocab);
WORD_TYPE(hook_event, hook_vocab);
WORD_TYPE(from, from_vocab);
WORD_TYPE(owner, owner_vocab);
WORD_TYPE(state, state_vocab);
WORD_TYPE(grant_kind, grant_vocab);
WORD_TYPE(volumes_from_kind, volumes_from_vocab);
WORD_TYPE(selinux, selinux_vocab);
WORD_TYPE(isolation, isolation_vocab);
WORD_TYPE(deploy_mode, deploy_mode_vocab);
WORD_TYPE(endpoint, endpoint_vocab);
WORD_TYPE(watch_action, watch_vocab);
WORD_TYPE(env_format, env_format_vocab);
WORD_TYPE(log_driver, log_driver_vocab);
WORD_TYPE(network_driver, network_driver_vocab);
WORD_TYPE(volume_driver, volume_driver_vocab);
WORD_TYPE(capability, ml_co_capability_vocab);
WORD_TYPE(protocol, ml_co_protocol_vocab);
WORD_TYPE(publish_mode, ml_co_publish_mode_vocab);
WORD_TYPE(address, ml_co_address_vocab);
WORD_TYPE(mount_type, ml_co_mount_type_vocab);
WORD_TYPE(propagation, ml_co_propagation_vocab);
WORD_TYPE(sensitive, ml_co_sensitive_vocab);
WORD_TYPE(socket_, ml_co_socket_vocab);
WORD_TYPE(condition, ml_co_condition_vocab);
WORD_TYPE(restart_condition, ml_co_restart_condition_vocab);
WORD_TYPE(security, ml_co_security_vocab);
WORD_TYPE(device_class, ml_co_device_class_vocab);
WORD_TYPE(object_kind, ml_co_object_kind_vocab);
WORD_TYPE(where, ml_co_where_vocab);
WORD_TYPE(order, ml_co_order_vocab);
WORD_TYPE(failure, ml_co_failure_vocab);
LIST_TYPE(sensitive_list, sensitive);

DURATION_DEFAULT(thirty_seconds, 30);
DURATION_DEFAULT(five_seconds, 5);
DURATION_DEFAULT(no_time, 0);
INT_DEFAULT(three, 3);

static const struct ml_field image_fields[] = {
	[ML_CO_IMG_SET] = {"set", &ml_type_bool, "`image` is written", FALSE},
	[ML_CO_IMG_TEXT] = {"text", &ml_type_string, "as written, variables filled in", EMPTY},
	[ML_CO_IMG_REGISTRY] = {"registry", &ml_type_string, "host and port; `docker.io` when none is written", WORD("docker.io")},
	[ML_CO_IMG_REPOSITORY] = {"repository", &ml_type_string, "without registry; `library/` in front of Docker's own images: `library/nginx`", EMPTY},
	[ML_CO_IMG_NAME] = {"name", &ml_type_string, "last part of the repository: `nginx`", EMPTY},
	[ML_CO_IMG_TAG] = {"tag", &ml_type_string, "as written; \"\" when none is", EMPTY},
	[ML_CO_IMG_DIGEST] = {"digest", &ml_type_string, "`sha256:…`; \"\" when none is", EMPTY},
	[ML_CO_IMG_TAGGED] = {"tagged", &ml_type_bool, "a tag or a digest is written", FALSE},
	[ML_CO_IMG_PINNED] = {"pinned", &ml_type_bool, "a digest is written", FALSE},
	[ML_CO_IMG_LATEST] = {"latest", &ml_type_bool, "it means the tag `latest`: written, or neither tag nor digest is", FALSE},
	[ML_CO_IMG_OFFICIAL] = {"official", &ml_type_bool, "an official image of Docker Hub (`docker.io/library/…`)", FALSE},
	[ML_CO_IMG_INTERPOLATED] = {"interpolated", &ml_type_bool, "a variable is in it", FALSE},
};
RECORD(ml_co_image, "image", image_fields, ML_CO_IMG_SLOTS);

static const struct ml_field build_fields[] = {
	[ML_CO_BUILD_SET] = {"set", &ml_type_bool, "`build` is written", FALSE},
	[ML_CO_BUILD_CONTEXT] = {"context", &ml_type_string, "as written", WORD(".")},
	[ML_CO_BUILD_CONTEXT_KIND] = {"context_kind", &context_kind, "a directory, a Git repository, another URL", WORD("path")},
	[ML_CO_BUILD_CONTEXT_OUTSIDE] = {"context_outside", &ml_type_bool, "a directory that is not beneath the project's", FALSE},
	[ML_CO_BUILD_DOCKERFILE] = {"dockerfile", &ml_type_string, "relative to the context", WORD("Dockerfile")},
	[ML_CO_BUILD_INLINE] = {"inline", &ml_type_bool, "the Dockerfile stands in the Compose file", FALSE},
	[ML_CO_BUILD_TARGET] = {"target", &ml_type_string, "stage; \"\" is the last", EMPTY},
	[ML_CO_BUILD_ARGS] = {"args", &ml_type_map_string, "build arguments, secrets hidden; unknown when only the shell has the value", NOMAP},
	[ML_CO_BUILD_NETWORK] = {"network", &ml_type_string, "network of RUN: `default`, `none`, `host` or a name", WORD("default")},
	[ML_CO_BUILD_PRIVILEGED] = {"privileged", &ml_type_bool, "the build runs privileged", FALSE},
	[ML_CO_BUILD_ENTITLEMENTS] = {"entitlements", &ml_type_list_string, "`network.host`, `security.insecure` …", NIL},
	[ML_CO_BUILD_SECRETS] = {"secrets", &ml_type_list_string, "names of secrets that the build may mount", NIL},
	[ML_CO_BUILD_SSH] = {"ssh", &ml_type_list_string, "SSH agents or keys that the build may use", NIL},
	[ML_CO_BUILD_CACHE_FROM] = {"cache_from", &ml_type_list_string, "images and caches that layers are taken from", NIL},
	[ML_CO_BUILD_CACHE_TO] = {"cache_to", &ml_type_list_string, "where the cache is written", NIL},
	[ML_CO_BUILD_PULL] = {"pull", &ml_type_bool, "base images are fetched anew", FALSE},
	[ML_CO_BUILD_NO_CACHE] = {"no_cache", &ml_type_bool, "no layer comes from a cache", FALSE},
	[ML_CO_BUILD_EXTRA_HOSTS] = {"extra_hosts", &ml_type_list_string, "names added to /etc/hosts of RUN: `name=address`", NIL},
	[ML_CO_BUILD_SHM_SIZE] = {"shm_size", &ml_type_int, "bytes; 0: Docker's default", ZERO},
	[ML_CO_BUILD_ISOLATION] = {"isolation", &isolation, "Windows container isolation", WORD("default")},
	[ML_CO_BUILD_PLATFORMS] = {"platforms", &ml_type_list_string, "platforms to build for", NIL},
	[ML_CO_BUILD_TAGS] = {"tags", &ml_type_list_string, "further names of the image", NIL},
	[ML_CO_BUILD_LABELS] = {"labels", &ml_type_map_string, "labels of the image, secrets hidden", NOMAP},
	[ML_CO_BUILD_CONTEXTS] = {"additional_contexts", &ml_type_map_string, "named contexts", NOMAP},
	[ML_CO_BUILD_SBOM] = {"sbom", &ml_type_bool, "a bill of materials is attested", FALSE},
	[ML_CO_BUILD_PROVENANCE] = {"provenance", &ml_type_bool, "provenance is attested", FALSE},
};
RECORD(ml_co_build, "build", build_fields, ML_CO_BUILD_SLOTS);

static const struct ml_field user_fields[] = {
	[ML_CO_USER_SET] = {"set", &ml_type_bool, "`user` is written", FALSE},
	[ML_CO_USER_TEXT] = {"text", &ml_type_string, "as written", EMPTY},
	[ML_CO_USER_NAME] = {"name", &ml_type_string, "name or number of the user; \"\" when not written", EMPTY},
	[ML_CO_USER_GROUP] = {"group", &ml_type_string, "name or number of the group; \"\" when not written", EMPTY},
	[ML_CO_USER_UID] = {"uid", &ml_type_int, "numeric user; 0 for `root`; -1 when only the image knows", NONE},
	[ML_CO_USER_GID] = {"gid", &ml_type_int, "numeric group; 0 for `root`; -1 when not written or only the image knows", NONE},
	[ML_CO_USER_KIND] = {"kind", &user_kind, "root (uid 0), nonroot (another number or name), or whatever the image says", WORD("image")},
};
RECORD(ml_co_user, "user", user_fields, ML_CO_USER_SLOTS);

static const struct ml_field port_fields[] = {
	[ML_CO_PORT_SERVICE] = {"service", &ml_type_string, "name of the service; placed at its key", ID},
	[ML_CO_PORT_ID] = {"id", &ml_type_string, "in Docker's short form: `127.0.0.1:8080:80/tcp`", ID},
	[ML_CO_PORT_TEXT] = {"text", &ml_type_string, "as written; \"\" in long form", EMPTY},
	[ML_CO_PORT_TARGET_FROM] = {"target_from", &ml_type_int, "first port in the container"},
	[ML_CO_PORT_TARGET_TO] = {"target_to", &ml_type_int, "last port in the container"},
	[ML_CO_PORT_PUBLISHED_FROM] = {"published_from", &ml_type_int, "first port on the host; 0: Docker chooses", ZERO},
	[ML_CO_PORT_PUBLISHED_TO] = {"published_to", &ml_type_int, "last port on the host; 0: Docker chooses", ZERO},
	[ML_CO_PORT_RANDOM] = {"random", &ml_type_bool, "the host's port is not written, or one out of a wider range than the container's", FALSE},
	[ML_CO_PORT_HOST_IP] = {"host_ip", &ml_type_string, "address on the host without brackets; \"\": all", EMPTY},
	[ML_CO_PORT_ADDRESS] = {"address", &address, "which addresses of the host it is published on; all is `\"\"`, `0.0.0.0` and `::`", WORD("all")},
	[ML_CO_PORT_PROTOCOL] = {"protocol", &protocol, "transport", WORD("tcp")},
	[ML_CO_PORT_MODE] = {"mode", &publish_mode, "through Swarm's mesh or on the host itself", WORD("ingress")},
	[ML_CO_PORT_HOST_PRIVILEGED] = {"host_privileged", &ml_type_bool, "some port on the host is from 1 to 1023", FALSE},
	[ML_CO_PORT_TARGET_PRIVILEGED] = {"target_privileged", &ml_type_bool, "some port in the container is from 1 to 1023", FALSE},
	[ML_CO_PORT_NAME] = {"name", &ml_type_string, "in long form", EMPTY},
	[ML_CO_PORT_APP_PROTOCOL] = {"app_protocol", &ml_type_string, "in long form: `http`", EMPTY},
};
RECORD(ml_co_port, "port", port_fields, ML_CO_PORT_SLOTS);

static const struct ml_field mount_fields[] = {
	[ML_CO_MNT_SERVICE] = {"service", &ml_type_string, "name of the service; placed at its key", ID},
	[ML_CO_MNT_TARGET] = {"target", &ml_type_string, "path in the container", ID},
	[ML_CO_MNT_TYPE] = {"type", &mount_type, "`volumes` entries and `tmpfs` alike; a short entry with a host path is `bind`, else `volume`"},
	[ML_CO_MNT_SOURCE] = {"source", &ml_type_string, "as written: path, name of a volume, image; \"\" for tmpfs and anonymous volumes", EMPTY},
	[ML_CO_MNT_TEXT] = {"text", &ml_type_string, "the short form as written; \"\" in long form", EMPTY},
	[ML_CO_MNT_HOST_PATH] = {"host_path", &ml_type_string, "path on the host, cleaned: `/a/b`, `./a` and `../a` from the project's directory, `~/a`, `C:/a`; also of a named volume whose driver binds a path; \"\": none", EMPTY},
	[ML_CO_MNT_HOST_ROOT] = {"host_root", &ml_type_bool, "the host path is the root directory", FALSE},
	[ML_CO_MNT_RELATIVE] = {"relative", &ml_type_bool, "the host path is relative to the project's directory", FALSE},
	[ML_CO_MNT_OUTSIDE] = {"outside", &ml_type_bool, "the host path is not beneath the project's directory, as far as it can be told", FALSE},
	[ML_CO_MNT_VOLUME] = {"volume", &ml_type_string, "key in `volumes`; \"\": anonymous or no volume", EMPTY},
	[ML_CO_MNT_READ_ONLY] = {"read_only", &ml_type_bool, "the container cannot write to it", FALSE},
	[ML_CO_MNT_PROPAGATION] = {"propagation", &propagation, "of mounts beneath it", WORD("rprivate")},
	[ML_CO_MNT_SELINUX] = {"selinux", &selinux, "relabelled for all containers (`z`) or this one (`Z`)", WORD("none")},
	[ML_CO_MNT_NOCOPY] = {"nocopy", &ml_type_bool, "the image's files are not copied into a new volume", FALSE},
	[ML_CO_MNT_CREATE_HOST_PATH] = {"create_host_path", &ml_type_bool, "a missing host path is made, as root", TRUE},
	[ML_CO_MNT_OPTIONS] = {"options", &ml_type_list_string, "options of the short form and of tmpfs, as written", NIL},
	[ML_CO_MNT_NOEXEC] = {"noexec", &ml_type_bool, "no program can be run from it; Docker's default for tmpfs", FALSE},
	[ML_CO_MNT_NOSUID] = {"nosuid", &ml_type_bool, "set-user-ID has no effect; Docker's default for tmpfs", FALSE},
	[ML_CO_MNT_NODEV] = {"nodev", &ml_type_bool, "device files have no effect; Docker's default for tmpfs", FALSE},
	[ML_CO_MNT_SIZE] = {"size", &ml_type_int, "ceiling of a tmpfs in bytes; 0: half of the memory", ZERO},
	[ML_CO_MNT_MODE] = {"mode", &ml_type_int, "file mode of a tmpfs; -1: 01777", NONE},
	[ML_CO_MNT_SENSITIVE] = {"sensitive", &sensitive, "what the host path itself is or stands in", WORD("none")},
	[ML_CO_MNT_EXPOSES] = {"exposes", &sensitive_list, "every kind of sensitive path that is the host path, above it or beneath it", NIL},
	[ML_CO_MNT_SOCKET] = {"socket", &socket_, "the container runtime whose control socket is reachable by it, also through a directory above", WORD("none")},
	[ML_CO_MNT_SHARED_WITH] = {"shared_with", &ml_type_list_string, "other services that mount the same host path or named volume, at most 8; `shares` has all", NIL},
};
RECORD(ml_co_mount, "mount", mount_fields, ML_CO_MNT_SLOTS);

static const struct ml_field share_fields[] = {
	[ML_CO_SHARE_SOURCE] = {"source", &ml_type_string, "the host path or the volume's key", ID},
	[ML_CO_SHARE_TYPE] = {"type", &mount_type, "bind or volume"},
	[ML_CO_SHARE_SERVICES] = {"services", &ml_type_list_string, "services that mount it, two or more"},
	[ML_CO_SHARE_WRITERS] = {"writers", &ml_type_list_string, "those of them that can write to it", NIL},
};
RECORD(ml_co_share, "share", share_fields, ML_CO_SHARE_SLOTS);

static const struct ml_field device_fields[] = {
	[ML_CO_DEV_SERVICE] = {"service", &ml_type_string, "name of the service; placed at its key", ID},
	[ML_CO_DEV_HOST_PATH] = {"host_path", &ml_type_string, "device on the host, or the name of a CDI device", ID},
	[ML_CO_DEV_CONTAINER_PATH] = {"container_path", &ml_type_string, "in the container", EMPTY},
	[ML_CO_DEV_PERMISSIONS] = {"permissions", &ml_type_string, "of r, w, m (make nodes)", WORD("rwm")},
	[ML_CO_DEV_CLASS] = {"class", &device_class, "what the device gives access to", WORD("other")},
	[ML_CO_DEV_WRITABLE] = {"writable", &ml_type_bool, "the permissions have w", TRUE},
	[ML_CO_DEV_CDI] = {"cdi", &ml_type_bool, "a Container Device Interface name: `vendor.com/class=name`", FALSE},
};
RECORD(ml_co_device, "device", device_fields, ML_CO_DEV_SLOTS);

static const struct ml_field device_request_fields[] = {
	[ML_CO_REQ_DRIVER] = {"driver", &ml_type_string, "`nvidia`; \"\" when not written", EMPTY},
	[ML_CO_REQ_COUNT] = {"count", &ml_type_int, "how many; -1: all", NONE},
	[ML_CO_REQ_IDS] = {"device_ids", &ml_type_list_string, "which ones", NIL},
	[ML_CO_REQ_CAPABILITIES] = {"capabilities", &ml_type_list_string, "`gpu`, `tpu` …", NIL},
};
RECORD(ml_co_device_request, "device_request", device_request_fields, ML_CO_REQ_SLOTS);

static const struct ml_field security_opt_fields[] = {
	[ML_CO_OPT_SERVICE] = {"service", &ml_type_string, "name of the service; placed at its key", ID},
	[ML_CO_OPT_TEXT] = {"text", &ml_type_string, "as written", ID},
	[ML_CO_OPT_NAME] = {"name", &security, "before the first `=` or `:`; `other` when Docker knows no such option"},
	[ML_CO_OPT_VALUE] = {"value", &ml_type_string, "behind it; `true` for a bare `no-new-privileges`", EMPTY},
};
RECORD(ml_co_security_opt, "security_option", security_opt_fields, ML_CO_OPT_SLOTS);

static const struct ml_field capability_fields[] = {
	[ML_CO_CAP_SERVICE] = {"service", &ml_type_string, "name of the service; placed at its key", ID},
	[ML_CO_CAP_NAME] = {"name", &capability, "in upper case, without CAP_", ID},
	[ML_CO_CAP_ADDED] = {"added", &ml_type_bool, "by `cap_add`; false: dropped by `cap_drop`", ID},
};
RECORD(ml_co_capability, "capability", capability_fields, ML_CO_CAP_SLOTS);

static const struct ml_field ulimit_fields[] = {
	[ML_CO_ULIMIT_SOFT] = {"soft", &ml_type_int, "-1: unlimited"},
	[ML_CO_ULIMIT_HARD] = {"hard", &ml_type_int, "-1: unlimited"},
};
RECORD(ml_co_ulimit, "ulimit", ulimit_fields, ML_CO_ULIMIT_SLOTS);

static const struct ml_field process_fields[] = {
	[ML_CO_PROC_SERVICE] = {"service", &ml_type_string, "name of the service; placed at its key", .def = &ml_def_empty, ID},
	[ML_CO_PROC_ID] = {"id", &ml_type_string, "`command`, `entrypoint`, `healthcheck`, `post_start`, `pre_stop`", .def = &ml_def_empty, ID},
	[ML_CO_PROC_SET] = {"set", &ml_type_bool, "it is written", FALSE},
	[ML_CO_PROC_FORM] = {"form", &form, "a list of words, or a string that Docker splits", WORD("none")},
	[ML_CO_PROC_TEXT] = {"text", &ml_type_string, "its words with blanks between them, secrets hidden", EMPTY},
	[ML_CO_PROC_PROGRAM] = {"program", &ml_type_string, "base name of the first word; \"\" when there is none", EMPTY},
	[ML_CO_PROC_WORDS] = {"words", &ml_type_list_string, "the program and its arguments, secrets hidden", NIL},
	[ML_CO_PROC_SHELL] = {"shell", &ml_type_bool, "a shell runs a script: `sh -c …`, CMD-SHELL", FALSE},
	[ML_CO_PROC_SCRIPT] = {"script", &ml_type_string, "that script, secrets hidden; \"\" when none", EMPTY},
	[ML_CO_PROC_CLEARED] = {"cleared", &ml_type_bool, "written empty: the image's own is taken away", FALSE},
};
RECORD(ml_co_process, "process", process_fields, ML_CO_PROC_SLOTS);
RECORD_DEFAULT(no_process, ml_co_process);

static const struct ml_field healthcheck_fields[] = {
	[ML_CO_HEALTH_SET] = {"set", &ml_type_bool, "`healthcheck` is written", FALSE},
	[ML_CO_HEALTH_DISABLED] = {"disabled", &ml_type_bool, "`disable: true` or `test: NONE`: the image's own is off too", FALSE},
	[ML_CO_HEALTH_TEST] = {"test", &ml_co_process, "what is run, without CMD or CMD-SHELL; not set: the image's own", .def = &no_process},
	[ML_CO_HEALTH_INTERVAL] = {"interval", &ml_type_duration, "between two checks", .def = &thirty_seconds},
	[ML_CO_HEALTH_TIMEOUT] = {"timeout", &ml_type_duration, "of one check", .def = &thirty_seconds},
	[ML_CO_HEALTH_START_PERIOD] = {"start_period", &ml_type_duration, "in which failures do not count", .def = &no_time},
	[ML_CO_HEALTH_START_INTERVAL] = {"start_interval", &ml_type_duration, "between two checks in that period", .def = &five_seconds},
	[ML_CO_HEALTH_RETRIES] = {"retries", &ml_type_int, "failures in a row that make it unhealthy", .def = &three},
};
RECORD(ml_co_healthcheck, "healthcheck", healthcheck_fields, ML_CO_HEALTH_SLOTS);

static const struct ml_field hook_fields[] = {
	[ML_CO_HOOK_EVENT] = {"event", &hook_event, "when it runs", ID},
	[ML_CO_HOOK_COMMAND] = {"command", &ml_co_process, "what is run", .def = &no_process},
	[ML_CO_HOOK_USER] = {"user", &ml_type_string, "who runs it; \"\": the container's user", EMPTY},
	[ML_CO_HOOK_PRIVILEGED] = {"privileged", &ml_type_bool, "it runs privileged", FALSE},
};
RECORD(ml_co_hook, "hook", hook_fields, ML_CO_HOOK_SLOTS);

static const struct ml_field logging_fields[] = {
	[ML_CO_LOG_SET] = {"set", &ml_type_bool, "`logging` is written", FALSE},
	[ML_CO_LOG_DRIVER] = {"driver", &log_driver, "\"\": the daemon's default, usually json-file without rotation", EMPTY},
	[ML_CO_LOG_OPTIONS] = {"options", &ml_type_map_string, "as written, secrets hidden", NOMAP},
	[ML_CO_LOG_MAX_SIZE] = {"max_size", &ml_type_int, "`max-size` in bytes; 0: not written; -1: unlimited", ZERO},
	[ML_CO_LOG_MAX_FILE] = {"max_file", &ml_type_int, "`max-file`; 0: not written", ZERO},
	[ML_CO_LOG_BOUNDED] = {"bounded", &ml_type_bool, "logs cannot fill the host's disk: rotated, or not kept as files by Docker", FALSE},
};
RECORD(ml_co_logging, "logging", logging_fields, ML_CO_LOG_SLOTS);

static const struct ml_field variable_fields[] = {
	[ML_CO_VAR_SERVICE] = {"service", &ml_type_string, "name of the service; placed at its key", ID},
	[ML_CO_VAR_NAME] = {"name", &ml_type_string, "of the variable", ID},
	[ML_CO_VAR_VALUE] = {"value", &ml_type_string, "secrets hidden; unknown when only the shell has it"},
	[ML_CO_VAR_SET] = {"set", &ml_type_bool, "the value is written; false: taken from the shell that starts the project", TRUE},
	[ML_CO_VAR_FROM] = {"from", &from, "`environment`, or an `env_file` beneath it", WORD("environment")},
	[ML_CO_VAR_FILE] = {"file", &ml_type_string, "the env file that sets it; \"\": none", EMPTY},
	[ML_CO_VAR_SECRET_NAME] = {"secret_name", &ml_secret_kind_type, "the kind of secret that its name promises, whatever the value", WORD("none")},
	[ML_CO_VAR_SECRET] = {"secret", &ml_secret_kind_type, "the kind of secret that the value is or has in it", WORD("none")},
	[ML_CO_VAR_INTERPOLATED] = {"interpolated", &ml_type_bool, "the value comes from a variable", FALSE},
};
RECORD(ml_co_variable, "variable", variable_fields, ML_CO_VAR_SLOTS);

static const struct ml_field label_fields[] = {
	[ML_CO_LABEL_OWNER] = {"owner", &ml_type_string, "name of the service, network …; placed at its key", ID},
	[ML_CO_LABEL_NAME] = {"name", &ml_type_string, "of the label", ID},
	[ML_CO_LABEL_VALUE] = {"value", &ml_type_string, "secrets hidden", EMPTY},
	[ML_CO_LABEL_ON] = {"on", &owner, "what it is put on", .def = &ML_DEF_WORD("service"), ID},
	[ML_CO_LABEL_SECRET] = {"secret", &ml_secret_kind_type, "the kind of secret that the value is or has in it", WORD("none")},
};
RECORD(ml_co_label, "label", label_fields, ML_CO_LABEL_SLOTS);

static const struct ml_field env_file_fields[] = {
	[ML_CO_ENVF_SERVICE] = {"service", &ml_type_string, "name of the service; placed at its key", ID},
	[ML_CO_ENVF_PATH] = {"path", &ml_type_string, "as written", ID},
	[ML_CO_ENVF_REQUIRED] = {"required", &ml_type_bool, "Compose stops when it is not there", TRUE},
	[ML_CO_ENVF_FORMAT] = {"format", &env_format, "whether quotes and variables mean something", WORD("default")},
	[ML_CO_ENVF_STATE] = {"state", &state, "whether it could be read", WORD("present")},
	[ML_CO_ENVF_OUTSIDE] = {"outside", &ml_type_bool, "not beneath the project's directory", FALSE},
	[ML_CO_ENVF_NAMES] = {"names", &ml_type_list_string, "variables that it sets, sorted", NIL},
	[ML_CO_ENVF_SECRETS] = {"secrets", &ml_type_int, "how many of them hold a secret", ZERO},
};
RECORD(ml_co_env_file, "env_file", env_file_fields, ML_CO_ENVF_SLOTS);

static const struct ml_field grant_fields[] = {
	[ML_CO_GRANT_SERVICE] = {"service", &ml_type_string, "name of the service; placed at its key", ID},
	[ML_CO_GRANT_KIND] = {"kind", &grant_kind, "from `secrets` or `configs`", .def = &ML_DEF_WORD("secret"), ID},
	[ML_CO_GRANT_SOURCE] = {"source", &ml_type_string, "key in the project's `secrets` or `configs`", ID},
	[ML_CO_GRANT_TARGET] = {"target", &ml_type_string, "path of the file in the container: `/run/secrets/NAME` when not written"},
	[ML_CO_GRANT_UID] = {"uid", &ml_type_string, "owner; \"\" when not written (root)", EMPTY},
	[ML_CO_GRANT_GID] = {"gid", &ml_type_string, "group; \"\" when not written (root)", EMPTY},
	[ML_CO_GRANT_MODE] = {"mode", &ml_type_int, "file mode; -1 when not written (0444)", NONE},
	[ML_CO_GRANT_WORLD_READABLE] = {"world_readable", &ml_type_bool, "every user in the container can read it", TRUE},
	[ML_CO_GRANT_LONG] = {"long", &ml_type_bool, "written in long form", FALSE},
	[ML_CO_GRANT_DEFINED] = {"defined", &ml_type_bool, "the project defines it", TRUE},
};
RECORD(ml_co_grant, "grant", grant_fields, ML_CO_GRANT_SLOTS);

static const struct ml_field dependency_fields[] = {
	[ML_CO_DEP_CONDITION] = {"condition", &condition, "what is waited for", WORD("service_started")},
	[ML_CO_DEP_RESTART] = {"restart", &ml_type_bool, "restarted together with it", FALSE},
	[ML_CO_DEP_REQUIRED] = {"required", &ml_type_bool, "it must be there", TRUE},
	[ML_CO_DEP_DEFINED] = {"defined", &ml_type_bool, "the project has a service of that name", TRUE},
	[ML_CO_DEP_HAS_HEALTHCHECK] = {"has_healthcheck", &ml_type_bool, "that service writes a healthcheck that is not disabled", FALSE},
};
RECORD(ml_co_dependency, "dependency", dependency_fields, ML_CO_DEP_SLOTS);

static const struct ml_field attachment_fields[] = {
	[ML_CO_ATT_ALIASES] = {"aliases", &ml_type_list_string, "further names of the service in that network", NIL},
	[ML_CO_ATT_IPV4] = {"ipv4_address", &ml_type_string, "fixed address; \"\": none", EMPTY},
	[ML_CO_ATT_IPV6] = {"ipv6_address", &ml_type_string, "fixed address; \"\": none", EMPTY},
	[ML_CO_ATT_LINK_LOCAL] = {"link_local_ips", &ml_type_list_string, "link-local addresses", NIL},
	[ML_CO_ATT_MAC] = {"mac_address", &ml_type_string, "\"\": Docker chooses", EMPTY},
	[ML_CO_ATT_PRIORITY] = {"priority", &ml_type_int, "order of connecting", ZERO},
	[ML_CO_ATT_DEFINED] = {"defined", &ml_type_bool, "the project defines that network, or it is `default`", TRUE},
};
RECORD(ml_co_attachment, "attachment", attachment_fields, ML_CO_ATT_SLOTS);

static const struct ml_field host_fields[] = {
	[ML_CO_HOST_SERVICE] = {"service", &ml_type_string, "name of the service; placed at its key", ID},
	[ML_CO_HOST_NAME] = {"name", &ml_type_string, "name in /etc/hosts", ID},
	[ML_CO_HOST_ADDRESS] = {"address", &ml_type_string, "`host-gateway` is the host itself", ID},
};
RECORD(ml_co_host, "extra_host", host_fields, ML_CO_HOST_SLOTS);

static const struct ml_field volumes_from_fields[] = {
	[ML_CO_FROM_SOURCE] = {"source", &ml_type_string, "name of the service or container", ID},
	[ML_CO_FROM_KIND] = {"kind", &volumes_from_kind, "a service of the project, or any container", WORD("service")},
	[ML_CO_FROM_READ_ONLY] = {"read_only", &ml_type_bool, "its volumes cannot be written", FALSE},
};
RECORD(ml_co_volumes_from, "volumes_from", volumes_from_fields, ML_CO_FROM_SLOTS);

static const struct ml_field deploy_fields[] = {
	[ML_CO_DEPLOY_SET] = {"set", &ml_type_bool, "`deploy` is written", FALSE},
	[ML_CO_DEPLOY_MODE] = {"mode", &deploy_mode, "how many tasks there are", WORD("replicated")},
	[ML_CO_DEPLOY_REPLICAS] = {"replicas", &ml_type_int, "tasks of a replicated service", .def = &ml_def_one},
	[ML_CO_DEPLOY_ENDPOINT_MODE] = {"endpoint_mode", &endpoint, "how clients find it", WORD("vip")},
	[ML_CO_DEPLOY_LABELS] = {"labels", &ml_type_map_string, "labels of the service, secrets hidden", NOMAP},
	[ML_CO_DEPLOY_CONSTRAINTS] = {"constraints", &ml_type_list_string, "`placement.constraints`", NIL},
	[ML_CO_DEPLOY_RESTART_CONDITION] = {"restart_condition", &restart_condition, "\"\" when `restart_policy` is not written", EMPTY},
	[ML_CO_DEPLOY_RESTART_MAX] = {"restart_max_attempts", &ml_type_int, "0: not written, for ever", ZERO},
	[ML_CO_DEPLOY_RESTART_DELAY] = {"restart_delay", &ml_type_duration, "between attempts", .def = &no_time},
	[ML_CO_DEPLOY_RESTART_WINDOW] = {"restart_window", &ml_type_duration, "after which an attempt counts as good", .def = &no_time},
	[ML_CO_DEPLOY_UPDATE_ORDER] = {"update_order", &order, "stop or start first", WORD("stop-first")},
	[ML_CO_DEPLOY_UPDATE_FAILURE] = {"update_failure_action", &failure, "when an update fails", WORD("pause")},
	[ML_CO_DEPLOY_UPDATE_PARALLELISM] = {"update_parallelism", &ml_type_int, "tasks updated at once; 0: all", .def = &ml_def_one},
	[ML_CO_DEPLOY_HAS_ROLLBACK] = {"has_rollback", &ml_type_bool, "`rollback_config` is written", FALSE},
};
RECORD(ml_co_deploy, "deploy", deploy_fields, ML_CO_DEPLOY_SLOTS);

static const struct ml_field watch_fields[] = {
	[ML_CO_WATCH_PATH] = {"path", &ml_type_string, "what is watched", ID},
	[ML_CO_WATCH_ACTION] = {"action", &watch_action, "what a change does"},
	[ML_CO_WATCH_TARGET] = {"target", &ml_type_string, "in the container", EMPTY},
};
RECORD(ml_co_watch, "watch", watch_fields, ML_CO_WATCH_SLOTS);

static const struct ml_field network_fields[] = {
	[ML_CO_NET_NAME] = {"name", &ml_type_string, "its key", ID},
	[ML_CO_NET_REAL_NAME] = {"real_name", &ml_type_string, "`name`, or the one that `external` has; \"\" when not written", EMPTY},
	[ML_CO_NET_DRIVER] = {"driver", &network_driver, "\"\": the engine's default, usually bridge", EMPTY},
	[ML_CO_NET_OPTIONS] = {"driver_opts", &ml_type_map_string, "as written", NOMAP},
	[ML_CO_NET_EXTERNAL] = {"external", &ml_type_bool, "made by someone else", FALSE},
	[ML_CO_NET_INTERNAL] = {"internal", &ml_type_bool, "without a way out", FALSE},
	[ML_CO_NET_ATTACHABLE] = {"attachable", &ml_type_bool, "containers outside the project can join", FALSE},
	[ML_CO_NET_IPV6] = {"enable_ipv6", &ml_type_bool, "addresses of IPv6 too", FALSE},
	[ML_CO_NET_ICC] = {"icc", &ml_type_bool, "its containers can reach each other (`com.docker.network.bridge.enable_icc`)", TRUE},
	[ML_CO_NET_MASQUERADE] = {"masquerade", &ml_type_bool, "`com.docker.network.bridge.enable_ip_masquerade`", TRUE},
	[ML_CO_NET_HOST_BINDING] = {"host_binding", &ml_type_string, "address that ports are published on when none is written (`com.docker.network.bridge.host_binding_ipv4`); \"\": all", EMPTY},
	[ML_CO_NET_ENCRYPTED] = {"encrypted", &ml_type_bool, "an overlay network with encrypted data", FALSE},
	[ML_CO_NET_SUBNETS] = {"subnets", &ml_type_list_string, "of `ipam`", NIL},
	[ML_CO_NET_LABELS] = {"labels", &ml_type_map_string, "secrets hidden", NOMAP},
	[ML_CO_NET_IMPLICIT] = {"implicit", &ml_type_bool, "the `default` network that nobody wrote", FALSE},
	[ML_CO_NET_SERVICES] = {"services", &ml_type_list_string, "services that join it", NIL},
};
RECORD(ml_co_network, "network", network_fields, ML_CO_NET_SLOTS);

static const struct ml_field volume_fields[] = {
	[ML_CO_VOL_NAME] = {"name", &ml_type_string, "its key", ID},
	[ML_CO_VOL_REAL_NAME] = {"real_name", &ml_type_string, "`name`, or the one that `external` has; \"\" when not written", EMPTY},
	[ML_CO_VOL_DRIVER] = {"driver", &volume_driver, "\"\": the engine's default, local", EMPTY},
	[ML_CO_VOL_OPTIONS] = {"driver_opts", &ml_type_map_string, "as written, secrets hidden", NOMAP},
	[ML_CO_VOL_EXTERNAL] = {"external", &ml_type_bool, "made by someone else", FALSE},
	[ML_CO_VOL_LABELS] = {"labels", &ml_type_map_string, "secrets hidden", NOMAP},
	[ML_CO_VOL_HOST_PATH] = {"host_path", &ml_type_string, "path of the host that the local driver binds (`o: bind`, `device`); \"\": none", EMPTY},
	[ML_CO_VOL_FILESYSTEM] = {"filesystem", &ml_type_string, "`type` of driver_opts: `nfs`, `tmpfs`, `cifs` …; \"\": none", EMPTY},
	[ML_CO_VOL_SENSITIVE] = {"sensitive", &sensitive, "what that host path is or stands in", WORD("none")},
	[ML_CO_VOL_SERVICES] = {"services", &ml_type_list_string, "services that mount it", NIL},
};
RECORD(ml_co_volume, "volume", volume_fields, ML_CO_VOL_SLOTS);

static const struct ml_field object_fields[] = {
	[ML_CO_OBJ_NAME] = {"name", &ml_type_string, "its key", ID},
	[ML_CO_OBJ_REAL_NAME] = {"real_name", &ml_type_string, "`name`, or the one that `external` has; \"\" when not written", EMPTY},
	[ML_CO_OBJ_KIND] = {"kind", &object_kind, "where its content comes from"},
	[ML_CO_OBJ_FILE] = {"file", &ml_type_string, "as written; \"\": no file", EMPTY},
	[ML_CO_OBJ_OUTSIDE] = {"outside", &ml_type_bool, "the file is not beneath the project's directory", FALSE},
	[ML_CO_OBJ_STATE] = {"state", &state, "whether the file lies in the tree that was scanned; its content is not read", WORD("unchecked")},
	[ML_CO_OBJ_ENVIRONMENT] = {"environment", &ml_type_string, "variable that holds it; \"\": none", EMPTY},
	[ML_CO_OBJ_EXTERNAL] = {"external", &ml_type_bool, "kept by the engine", FALSE},
	[ML_CO_OBJ_SECRET] = {"secret", &ml_secret_kind_type, "the kind of secret that the `content` of a configuration has in it", WORD("none")},
	[ML_CO_OBJ_DRIVER] = {"driver", &ml_type_string, "or `template_driver`; \"\": none", EMPTY},
	[ML_CO_OBJ_LABELS] = {"labels", &ml_type_map_string, "secrets hidden", NOMAP},
	[ML_CO_OBJ_SERVICES] = {"services", &ml_type_list_string, "services that are granted it", NIL},
};
RECORD(ml_co_object, "object", object_fields, ML_CO_OBJ_SLOTS);

static const struct ml_field secret_fields[] = {
	[ML_CO_SEC_ID] = {"id", &ml_type_string, "where it stands: `api environment DB_PASSWORD`", ID},
	[ML_CO_SEC_SERVICE] = {"service", &ml_type_string, "name of the service; \"\": it is the project's", EMPTY},
	[ML_CO_SEC_WHERE] = {"where", &where, "kind of place"},
	[ML_CO_SEC_KEY] = {"key", &ml_type_string, "the name it stands under; \"\" in free text", EMPTY},
	[ML_CO_SEC_KIND] = {"kind", &ml_secret_kind_type, "what it is"},
	[ML_CO_SEC_REASON] = {"reason", &ml_type_string, "why it is taken for one"},
	[ML_CO_SEC_WEAK] = {"weak", &ml_type_bool, "a placeholder or a password that everybody tries: `changeme`", FALSE},
	[ML_CO_SEC_LENGTH] = {"length", &ml_type_int, "its bytes"},
	[ML_CO_SEC_FINGERPRINT] = {"fingerprint", &ml_type_string, "salted, 32 bits"},
	[ML_CO_SEC_FILE] = {"file", &ml_type_string, "the file that it is written in"},
	[ML_CO_SEC_VARIABLE] = {"variable", &ml_type_string, "the interpolated variable that brought it; \"\": none", EMPTY},
	[ML_CO_SEC_IN_ENV_FILE] = {"in_env_file", &ml_type_bool, "it is written in `.env` or an env file, not in a Compose file", FALSE},
};
RECORD(ml_co_secret, "secret", secret_fields, ML_CO_SEC_SLOTS);

static const struct ml_field interpolation_fields[] = {
	[ML_CO_INT_SERVICE] = {"service", &ml_type_string, "name of the service; \"\": outside of services", .def = &ml_def_empty, ID},
	[ML_CO_INT_PATH] = {"path", &ml_type_string, "where it stands: `environment.DB_HOST`, `ports[0]`", ID},
	[ML_CO_INT_NAME] = {"name", &ml_type_string, "of the variable", ID},
	[ML_CO_INT_DEFAULTED] = {"defaulted", &ml_type_bool, "its default was taken", FALSE},
	[ML_CO_INT_UNSET] = {"unset", &ml_type_bool, "no file sets it, it has no default, and it is neither PWD nor HOME, which shells set", FALSE},
	[ML_CO_INT_REQUIRED] = {"required", &ml_type_bool, "Compose stops when it is not set: `${NAME:?}`", FALSE},
	[ML_CO_INT_SECRET_NAME] = {"secret_name", &ml_secret_kind_type, "the kind of secret that its name promises", WORD("none")},
};
RECORD(ml_co_interpolation, "interpolation", interpolation_fields, ML_CO_INT_SLOTS);

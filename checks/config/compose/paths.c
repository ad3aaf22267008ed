/* SPDX-License-Identifier: Apache-2.0 */
/* What a path of the host gives away. */
#include "checks/config/compose/values-priv.h"

/* How far below itself an entry reaches. */
enum reach { ALONE, BENEATH };

struct entry {
	const char *path, *kind;
	enum reach reach;
	const char *socket;
};

/* A deeper entry counts before one above it. "none" are exceptions that containers are given all
 * the time. */
static const struct entry entries[] = {
	{"/", "root", ALONE, NULL},
	{"/bin", "usr", BENEATH, NULL},
	{"/boot", "boot", BENEATH, NULL},
	{"/dev", "dev", BENEATH, NULL},
	{"/dev/null", "none", ALONE, NULL},
	{"/dev/random", "none", ALONE, NULL},
	{"/dev/shm", "none", BENEATH, NULL},
	{"/dev/urandom", "none", ALONE, NULL},
	{"/etc", "etc", BENEATH, NULL},
	{"/etc/cron.d", "cron", BENEATH, NULL},
	{"/etc/cron.daily", "cron", BENEATH, NULL},
	{"/etc/cron.hourly", "cron", BENEATH, NULL},
	{"/etc/crontab", "cron", ALONE, NULL},
	{"/etc/kubernetes", "kubelet", BENEATH, NULL},
	{"/etc/localtime", "none", ALONE, NULL},
	{"/etc/ssh", "ssh", BENEATH, NULL},
	{"/etc/ssl/certs", "none", BENEATH, NULL},
	{"/etc/timezone", "none", ALONE, NULL},
	{"/home", "home", ALONE, NULL},
	{"/lib", "usr", BENEATH, NULL},
	{"/lib/modules", "modules", BENEATH, NULL},
	{"/lib32", "usr", BENEATH, NULL},
	{"/lib64", "usr", BENEATH, NULL},
	{"/proc", "proc", BENEATH, NULL},
	{"/root", "root-home", BENEATH, NULL},
	{"/run", "run", BENEATH, NULL},
	{"/run/buildkit/buildkitd.sock", "runtime-socket", ALONE, "other"},
	{"/run/containerd/containerd.sock", "runtime-socket", ALONE, "containerd"},
	{"/run/cri-dockerd.sock", "runtime-socket", ALONE, "other"},
	{"/run/crio/crio.sock", "runtime-socket", ALONE, "cri-o"},
	{"/run/docker.sock", "runtime-socket", ALONE, "docker"},
	{"/run/dockershim.sock", "runtime-socket", ALONE, "other"},
	{"/run/k3s/containerd/containerd.sock", "runtime-socket", ALONE, "containerd"},
	{"/run/podman/podman.sock", "runtime-socket", ALONE, "podman"},
	{"/sbin", "usr", BENEATH, NULL},
	{"/sys", "sys", BENEATH, NULL},
	{"/usr", "usr", BENEATH, NULL},
	{"/usr/lib/modules", "modules", BENEATH, NULL},
	{"/usr/local/share", "none", BENEATH, NULL},
	{"/usr/share", "none", BENEATH, NULL},
	{"/var", "var", ALONE, NULL},
	{"/var/lib", "docker-data", ALONE, NULL},
	{"/var/lib/containerd", "docker-data", BENEATH, NULL},
	{"/var/lib/containers", "docker-data", BENEATH, NULL},
	{"/var/lib/docker", "docker-data", BENEATH, NULL},
	{"/var/lib/kubelet", "kubelet", BENEATH, NULL},
	{"/var/log", "log", BENEATH, NULL},
	{"/var/spool", "cron", ALONE, NULL},
	{"/var/spool/cron", "cron", BENEATH, NULL},
};
enum { ENTRIES = sizeof(entries) / sizeof(entries[0]) };

/* A part of any path, absolute or not. `last`: only as the last part. */
static const struct {
	const char *part, *kind;
	bool last;
	const char *socket;
} parts[] = {
	{".ssh", "ssh", false, NULL},
	{".aws", "cloud-credentials", false, NULL},
	{".azure", "cloud-credentials", false, NULL},
	{"gcloud", "cloud-credentials", false, NULL},
	{".oci", "cloud-credentials", false, NULL},
	{".docker", "registry-credentials", false, NULL},
	{".dockercfg", "registry-credentials", true, NULL},
	{".netrc", "registry-credentials", true, NULL},
	{".kube", "kubeconfig", false, NULL},
	{"kubeconfig", "kubeconfig", true, NULL},
	{".env", "env-file", true, NULL},
	{".git", "vcs", false, NULL},
	{"id_rsa", "ssh", true, NULL},
	{"id_ed25519", "ssh", true, NULL},
	{"docker.sock", "runtime-socket", true, "docker"},
	{"docker.sock.raw", "runtime-socket", true, "docker"},
	{"docker_engine", "runtime-socket", true, "docker"},
	{"containerd.sock", "runtime-socket", true, "containerd"},
	{"crio.sock", "runtime-socket", true, "cri-o"},
	{"podman.sock", "runtime-socket", true, "podman"},
};

/* Whether `path` is `above` or beneath it. */
static bool within(struct ml_str path, struct ml_str above)
{
	if (ml_str_is(above, "/"))
		return path.len > 0 && path.ptr[0] == '/';
	return ml_str_starts(path, above) && (path.len == above.len || path.ptr[above.len] == '/');
}

static void expose(struct ml_cpath *out, const char *kind)
{
	for (size_t i = 0; i < out->nexposes; i++)
		if (strcmp(out->exposes[i], kind) == 0)
			return;
	if (strcmp(kind, "none") != 0 &&
		out->nexposes < sizeof(out->exposes) / sizeof(out->exposes[0]))
		out->exposes[out->nexposes++] = kind;
}

static bool covers(const struct entry *entry, struct ml_str path)
{
	struct ml_str at = ml_str(entry->path);

	return entry->reach == ALONE ? ml_str_eq(path, at) : within(path, at);
}

static void match_entries(struct ml_str path, struct ml_cpath *out)
{
	const struct entry *best = NULL;

	for (size_t i = 0; i < ENTRIES; i++) {
		if (covers(&entries[i], path) &&
			(!best || strlen(entries[i].path) > strlen(best->path)))
			best = &entries[i];
	}
	if (best) {
		out->kind = best->kind;
		expose(out, best->kind);
	}
	for (size_t i = 0; i < ENTRIES; i++) {
		if (!within(ml_str(entries[i].path), path))
			continue;
		expose(out, entries[i].kind);
		if (entries[i].socket && (strcmp(out->socket, "none") == 0 ||
						 strcmp(entries[i].socket, "docker") == 0))
			out->socket = entries[i].socket;
	}
}

static void match_parts(struct ml_str path, struct ml_cpath *out)
{
	struct ml_str part, rest = path;

	while (ml_str_split(&rest, '/', &part)) {
		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
			if (!ml_str_ieq(part, ml_str(parts[i].part)) || (parts[i].last && rest.ptr))
				continue;
			out->kind = parts[i].kind;
			if (parts[i].socket)
				out->socket = parts[i].socket;
			expose(out, parts[i].kind);
		}
	}
}

/* "/home/someone" and "~", where all of a person's files are. */
static bool is_home(struct ml_str path)
{
	if (ml_str_is(path, "~"))
		return true;
	return ml_str_starts(path, ML_STR("/home/")) &&
	       ml_str_chr(ml_str_sub(path, 6, path.len), '/') == ML_NPOS;
}

/* /proc/PID/root and cwd are links into a process' own tree: of any process of the host to its root
 * (proc(5)). */
static struct ml_str through_proc(struct ml_str path)
{
	struct ml_str rest = path, part;

	for (int links = 0; links < 8 && ml_str_starts(rest, ML_STR("/proc/")); links++) {
		struct ml_str here = ml_str_sub(rest, 6, rest.len);
		ml_str_split(&here, '/', &part);
		if (!here.ptr || !ml_str_split(&here, '/', &part) ||
			!(ml_str_is(part, "root") || ml_str_is(part, "cwd")))
			return rest;
		rest = here.ptr ? (struct ml_str){here.ptr - 1, here.len + 1} : ML_STR("/");
	}
	return rest;
}

void ml_cvalue_path(struct ml_str path, struct ml_cpath *out)
{
	static const char *const in_home[] = {
		"ssh", "cloud-credentials", "registry-credentials", "kubeconfig"};
	bool homes;

	path = through_proc(path);
	homes = is_home(path) || ml_str_is(path, "/") || ml_str_is(path, "/home") ||
		ml_str_is(path, "/root");
	*out = (struct ml_cpath){.kind = "none", .socket = "none"};
	if (within(path, ML_STR("/var/run")))
		path = ml_str_sub(path, 4, path.len); /* /var/run is a link to /run */
	if (ml_str_is(path, "/var")) {                /* and so leads there */
		out->socket = "docker";
		expose(out, "run");
		expose(out, "runtime-socket");
	}
	if (path.len == 3 && path.ptr[1] == ':' && path.ptr[2] == '/')
		path = ML_STR("/");
	match_entries(path, out);
	if (is_home(path)) {
		out->kind = "home";
		expose(out, "home");
	}
	for (size_t i = 0; homes && i < sizeof(in_home) / sizeof(in_home[0]); i++)
		expose(out, in_home[i]);
	match_parts(path, out);
}

/* Whether the path, or a directory above it other than the root, ends so. */
static bool leads_to(struct ml_str path, struct ml_str end)
{
	for (size_t slash; path.len > 1; path = ml_str_sub(path, 0, slash)) {
		if (ml_str_ends(path, end))
			return true;
		slash = ml_str_rchr(path, '/');
	}
	return false;
}

void ml_cvalue_path_end(struct ml_str end, struct ml_cpath *out)
{
	bool open = leads_to(ML_STR("/var/run"), end);

	*out = (struct ml_cpath){.kind = NULL, .socket = NULL};
	match_parts(end, out);
	for (size_t i = 0; i < ENTRIES && !open; i++)
		open = entries[i].socket && leads_to(ml_str(entries[i].path), end);
	if (!out->socket && !open)
		out->socket = "none";
}

static const struct {
	const char *prefix, *class;
} devices[] = {
	{"/dev/mem", "memory"},
	{"/dev/kmem", "memory"},
	{"/dev/port", "memory"},
	{"/dev/sd", "disk"},
	{"/dev/hd", "disk"},
	{"/dev/nvme", "disk"},
	{"/dev/vd", "disk"},
	{"/dev/xvd", "disk"},
	{"/dev/mapper", "disk"},
	{"/dev/dm-", "disk"},
	{"/dev/loop", "disk"},
	{"/dev/md", "disk"},
	{"/dev/disk", "disk"},
	{"/dev/block", "disk"},
	{"/dev/mmcblk", "disk"},
	{"/dev/sg", "disk"},
	{"/dev/sr", "disk"},
	{"/dev/zd", "disk"},
	{"/dev/kvm", "kvm"},
	{"/dev/vhost", "kvm"},
	{"/dev/fuse", "fuse"},
	{"/dev/net/tun", "tun"},
	{"/dev/dri", "gpu"},
	{"/dev/nvidia", "gpu"},
	{"/dev/kfd", "gpu"},
	{"/dev/snd", "sound"},
	{"/dev/video", "video"},
	{"/dev/media", "video"},
	{"/dev/input", "input"},
	{"/dev/uinput", "input"},
	{"/dev/hidraw", "input"},
	{"/dev/tty", "serial"},
	{"/dev/serial", "serial"},
	{"/dev/bus/usb", "usb"},
	{"/dev/usb", "usb"},
	{"/dev/tpm", "tpm"},
	{"/dev/null", "null"},
	{"/dev/zero", "null"},
	{"/dev/full", "null"},
	{"/dev/random", "null"},
	{"/dev/urandom", "null"},
};

const char *ml_cvalue_device(struct ml_str path)
{
	if (ml_str_is(path, "/dev") || ml_str_is(path, "/"))
		return "all";
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (ml_str_starts(path, ml_str(devices[i].prefix)))
			return devices[i].class;
	return "other";
}

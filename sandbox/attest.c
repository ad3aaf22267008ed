/* SPDX-License-Identifier: Apache-2.0 */
/* Proof of the seal: what the broker sees of a worker in /proc, and how the attestation is written down. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/num.h"
#include "base/sha256.h"
#include "sandbox/attest-priv.h"

/* Reads a /proc file of the worker; it fits or it is not what we think. */
static int read_proc(pid_t pid, const char *name, char *out, size_t size, struct ml_error *err)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ml_fail(err, ML_ESANDBOX, "the seal cannot be proved: %s: %s", path, strerror(errno));
	n = read(fd, out, size - 1);
	close(fd);
	if (n <= 0)
		return ml_fail(err, ML_ESANDBOX, "the seal cannot be proved: %s cannot be read", path);
	out[n] = 0;
	return 0;
}

/* The text behind "Name:" at the start of a line, without the white space; "" when it is not there. */
static struct ml_str field(const char *text, const char *name)
{
	struct ml_str line, rest = ml_str(text);
	size_t len = strlen(name);

	while (ml_str_split(&rest, '\n', &line))
		if (line.len > len && memcmp(line.ptr, name, len) == 0 && line.ptr[len] == ':')
			return ml_str_trim(ml_str_sub(line, len + 1, line.len));
	return ML_STR("");
}

struct expectation {
	enum ml_layer layer;
	const char *name, *value;
};

static const struct expectation expectations[] = {
	{ML_LAYER_SECCOMP, "Seccomp", "2"},
	{ML_LAYER_PRIVILEGES, "NoNewPrivs", "1"},
	{ML_LAYER_CAPABILITIES, "CapInh", "0000000000000000"},
	{ML_LAYER_CAPABILITIES, "CapPrm", "0000000000000000"},
	{ML_LAYER_CAPABILITIES, "CapEff", "0000000000000000"},
	{ML_LAYER_CAPABILITIES, "CapAmb", "0000000000000000"},
	{ML_LAYER_BOUNDING, "CapBnd", "0000000000000000"},
	{ML_LAYER_SECCOMP, "Threads", "1"},
};

static int disproved(struct ml_error *err, enum ml_layer layer, const char *name, struct ml_str got, const char *want)
{
	return ml_fail(err, ML_ESANDBOX, "the seal is broken: layer %s: %s is \"%.*s\", want \"%s\"", ml_layer_name(layer), name,
		ML_STR_ARG(got), want);
}

/* Where the broker itself runs under a filter (a container), "Seccomp: 2" is inherited and proves nothing: the worker must have one filter more.
 * Before Linux 5.9 there is no such count, and then the broker may have none. */
static int check_filters(const char *status, const char *own, struct ml_error *err)
{
	struct ml_str got = field(status, "Seccomp_filters"), ours = field(own, "Seccomp_filters");
	uint64_t n = 0, inherited = 0;
	char want[24];

	if (got.len == 0 && ml_str_is(field(own, "Seccomp"), "0"))
		return 0;
	if (!ml_parse_u64(ours, 10, &inherited))
		return disproved(err, ML_LAYER_SECCOMP, "Seccomp_filters of the broker", ours, "a number");
	snprintf(want, sizeof(want), "%llu", (unsigned long long)inherited + 1);
	if (!ml_parse_u64(got, 10, &n) || n != inherited + 1)
		return disproved(err, ML_LAYER_SECCOMP, "Seccomp_filters", got, want);
	return 0;
}

static int check_status(const char *status, const struct ml_attestation *a, struct ml_error *err)
{
	for (size_t i = 0; i < sizeof(expectations) / sizeof(expectations[0]); i++) {
		const struct expectation *e = &expectations[i];
		struct ml_str got = field(status, e->name);
		if (!a->lacking[e->layer] && !ml_str_is(got, e->value))
			return disproved(err, e->layer, e->name, got, e->value);
	}
	/* "NSpid: 4711 1": a number for each PID namespace down to its own. */
	struct ml_str pids = field(status, "NSpid");
	if (!a->lacking[ML_LAYER_NAMESPACES] && !ml_str_ends(pids, ML_STR("\t1")))
		return disproved(err, ML_LAYER_NAMESPACES, "NSpid", pids, "… 1");
	return 0;
}

/* The first uid of "Uid: real effective saved fs". All four are equal, or it is not sealed. */
static int check_uid(const char *status, bool was_root, struct ml_attestation *a, struct ml_error *err)
{
	struct ml_str part, uids = field(status, "Uid");
	uint64_t uid = 0, first = 0;

	for (int i = 0; i < 4; i++) {
		if (!ml_str_split(&uids, '\t', &part) || !ml_parse_u64(part, 10, &uid) || (i && uid != first))
			return disproved(err, ML_LAYER_CAPABILITIES, "Uid", field(status, "Uid"), "four equal uids");
		first = uid;
	}
	a->uid = (unsigned)first;
	if (was_root && first == 0)
		return disproved(err, ML_LAYER_CAPABILITIES, "Uid", ML_STR("0"), "not root");
	return 0;
}

/* "Max file size             0                    0                    bytes" */
static int check_limit(const char *limits, const char *name, const char *want, enum ml_layer layer, struct ml_error *err)
{
	struct ml_str all = ml_str(limits), word, rest;
	size_t at = ml_str_find(all, ml_str(name));

	if (at == ML_NPOS)
		return disproved(err, layer, name, ML_STR(""), want);
	rest = ml_str_trim(ml_str_sub(all, at + strlen(name), at + strlen(name) + 26));
	if (!ml_str_split(&rest, ' ', &word) || !ml_str_is(word, want))
		return disproved(err, layer, name, word, want);
	return 0;
}

static int check_limits(const char *limits, unsigned open_files, const struct ml_attestation *a, struct ml_error *err)
{
	char files[16];
	const struct {
		const char *name, *want;
		enum ml_layer layer;
	} wanted[] = {
		{"Max file size", "0", ML_LAYER_LIMITS}, {"Max core file size", "0", ML_LAYER_LIMITS},
		{"Max processes", "0", ML_LAYER_LIMITS}, {"Max open files", files, ML_LAYER_FILES},
	};

	snprintf(files, sizeof(files), "%u", open_files);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		int r = a->lacking[wanted[i].layer] ? 0 : check_limit(limits, wanted[i].name, wanted[i].want, wanted[i].layer, err);
		if (r)
			return r;
	}
	return 0;
}

int ml_attest(pid_t pid, bool was_root, unsigned open_files, struct ml_attestation *attestation, struct ml_error *err)
{
	char text[8192], own[8192];
	int r = read_proc(pid, "status", text, sizeof(text), err);

	if (r == 0)
		r = check_status(text, attestation, err);
	if (r == 0)
		r = read_proc(getpid(), "status", own, sizeof(own), err);
	if (r == 0)
		r = check_filters(text, own, err);
	if (r == 0)
		r = check_uid(text, was_root, attestation, err);
	if (r == 0)
		r = read_proc(pid, "limits", text, sizeof(text), err);
	if (r == 0)
		r = check_limits(text, open_files, attestation, err);
	attestation->sealed = r == 0;
	return r;
}

struct ml_str ml_attestation_lacking(const struct ml_attestation *attestation, struct ml_arena *arena)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, 4096);
	for (int layer = 0; layer < ML_LAYERS; layer++)
		if (attestation->lacking[layer])
			ml_buf_printf(&out, "%s%s (%s)", out.len ? ", " : "", ml_layer_name((enum ml_layer)layer),
				strerrordesc_np(attestation->lacking[layer]));
	return ml_str_dup(arena, ml_buf_get(&out));
}

/* Layers in the order of their names, so that equal seals are equal bytes. */
static const enum ml_layer by_name[ML_LAYERS] = {
	ML_LAYER_BOUNDING, ML_LAYER_CAPABILITIES, ML_LAYER_DESCRIPTORS, ML_LAYER_ENVIRONMENT, ML_LAYER_FILES, ML_LAYER_LANDLOCK,
	ML_LAYER_LIMITS, ML_LAYER_MDWE, ML_LAYER_NAMESPACES, ML_LAYER_PRIVILEGES, ML_LAYER_PROCESS, ML_LAYER_ROOT, ML_LAYER_SECCOMP,
};

void ml_attestation_json(const struct ml_attestation *a, struct ml_json *json)
{
	char hex[65];

	ml_json_object(json);
	if (a->sealed) {
		ml_hex(a->filter_sha256, 32, hex);
		ml_json_key(json, "filter");
		ml_json_puts(json, hex);
		ml_json_key(json, "landlock_abi");
		ml_json_int(json, a->landlock_abi);
		ml_json_key(json, "layers");
		ml_json_object(json);
		for (int i = 0; i < ML_LAYERS; i++) {
			int lacking = a->lacking[by_name[i]];
			ml_json_key(json, ml_layer_name(by_name[i]));
			if (lacking)
				ml_json_puts(json, strerrordesc_np(lacking));
			else
				ml_json_bool(json, true);
		}
		ml_json_end_object(json);
	}
	ml_json_key(json, "sealed");
	ml_json_bool(json, a->sealed);
	ml_json_end_object(json);
}

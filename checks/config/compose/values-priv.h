/* SPDX-License-Identifier: Apache-2.0 */
/* Small values of Compose files: text in, normalised value out, or why it is none. Pure: no places, no diagnostics. */
#ifndef ML_CHECKS_CONFIG_COMPOSE_VALUES_PRIV_H
#define ML_CHECKS_CONFIG_COMPOSE_VALUES_PRIV_H

#include "base/str.h"

/* Each returns NULL, or a constant that says what was wanted: `want "a byte size such as 512m"`. Results point into the text or the arena. */

/* docker/go-units RAMInBytes: 512, 1.5g, 64 MiB; powers of 1024, no sign. */
const char *ml_cvalue_bytes(struct ml_str text, int64_t *out);

/* Go's time.ParseDuration without a sign, and days and weeks: 1h30m, 1.5s, 300ms, 2d, 0. */
const char *ml_cvalue_duration(struct ml_str text, int64_t *seconds, int32_t *nanos);

/* A number of CPUs: 0 or more, finite. */
const char *ml_cvalue_cpus(struct ml_str text, double *out);

/* A file mode in octal: 0440, 0o440, 440. */
const char *ml_cvalue_mode(struct ml_str text, int64_t *out);

/* Docker's short port syntax (go-connections nat.ParsePortSpec): [[ADDRESS:][HOST]:]CONTAINER[/PROTOCOL], HOST and CONTAINER being a port or a range. */
struct ml_cport {
	struct ml_str address; /* without brackets; "" when none */
	struct ml_str protocol;
	uint32_t host_from, host_to; /* 0: none is written */
	uint32_t from, to;
	bool uneven; /* two ranges of different length: Docker refuses them */
};
const char *ml_cvalue_port(struct ml_str text, struct ml_cport *out);
/* "80" or "80-90"; 1 to 65535, 0 too where `zero` is allowed. */
const char *ml_cvalue_port_range(struct ml_str text, bool zero, uint32_t *from, uint32_t *to);
/* An IPv4 or IPv6 address (a zone is allowed). */
bool ml_cvalue_is_ip(struct ml_str text);
bool ml_cvalue_is_any(struct ml_str ip);      /* 0.0.0.0, ::, "" */
bool ml_cvalue_is_loopback(struct ml_str ip); /* 127/8, ::1, localhost */

/* Docker's short volume syntax: [SOURCE:]TARGET[:OPTIONS], with Windows drives. compose-go takes the letter before any first ':' for a drive, docker-compose 1.29 on
 * Linux none; we take one when an absolute target follows, so that "v:/x" is what it can only mean on Linux. */
struct ml_cmount {
	struct ml_str source, target, options;
	bool bind; /* the source is a host path */
};
const char *ml_cvalue_mount(struct ml_str text, struct ml_cmount *out);
/* Whether a source is a host path (`.`, `/`, `~`, a Windows drive or share) and not the name of a volume. */
bool ml_cvalue_is_path(struct ml_str source);
/* The path without `.`, `..`, doubled and trailing slashes: `/a/b`, `./a`, `../a`, `~/a`, `C:/a`. ptr NULL: no memory. */
struct ml_str ml_cvalue_clean_path(struct ml_arena *arena, struct ml_str path);

/* An image reference (distribution/reference): the registry docker.io and library/ are filled in. */
struct ml_cimage {
	struct ml_str registry, repository, name, tag, digest;
};
const char *ml_cvalue_image(struct ml_arena *arena, struct ml_str text, struct ml_cimage *out);

/* A capability as in ml_co_capability_vocab, with or without CAP_, in any case; the vocabulary's own word, or NULL. */
const char *ml_cvalue_capability(struct ml_str text);

/* `user` or `user:group`. uid, gid -1 when it is a name other than root. */
struct ml_cuser {
	struct ml_str name, group;
	int64_t uid, gid;
};
const char *ml_cvalue_user(struct ml_str text, struct ml_cuser *out);

/* Words of a command line as Python's shlex.split and mattn/go-shellwords have them: quotes, backslashes, no variables. */
const char *ml_cvalue_words(struct ml_arena *arena, struct ml_str text, struct ml_str **words, size_t *n);

/* `true`, `yes`, `on`, `y` … in any case, as compose-go casts strings. */
const char *ml_cvalue_bool(struct ml_str text, bool *out);

/* What a path of the host gives away: paths-table of Docker Bench 5.5 and what holds credentials. Words of ml_co_sensitive_vocab and ml_co_socket_vocab. `path` is clean. */
struct ml_cpath {
	const char *kind;        /* what it is or stands in; "none" */
	const char *socket;      /* the runtime whose socket it reaches; "none" */
	const char *exposes[32]; /* every kind that is it, above it or beneath it */
	size_t nexposes;
};
void ml_cvalue_path(struct ml_str path, struct ml_cpath *out);
/* The same of every path that ends in `end` ("/db", clean, not "/"), whatever stands before it:
 * `kind` and `socket` NULL where that decides. */
void ml_cvalue_path_end(struct ml_str end, struct ml_cpath *out);

/* The class of a device by its path, a word of ml_co_device_class_vocab. */
const char *ml_cvalue_device(struct ml_str path);

#endif

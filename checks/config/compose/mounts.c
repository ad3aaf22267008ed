/* SPDX-License-Identifier: Apache-2.0 */
/* Mounts: `volumes` in short and long syntax and `tmpfs` to one shape, with what their host paths
 * give away. */
#include "checks/config/compose/norm-priv.h"
#include "facts/defaults.h"

/* A mount on its way to a record. */
struct mount {
	struct ml_str source, target, text, options;
	const char *type;
	struct ml_value unknown_source; /* UNKNOWN: the source cannot be known */
	struct ml_str end;              /* then what stands at its end, behind the variable */
	uint32_t loc, source_loc;       /* of the long form's `source`; 0 when it has no place of its own */
	struct ml_record_builder b;
};

static void set_true(struct mount *m, int slot)
{
	ml_record_set(&m->b, slot, ml_at(ml_bool(true), m->loc));
}

static struct ml_value words(struct ml_cn *cn, const struct ml_cpath *path, uint32_t loc)
{
	struct ml_cn_list list = {0};

	for (size_t i = 0; i < path->nexposes; i++)
		ml_cn_push(cn, &list, ml_cn_word(path->exposes[i], loc));
	return ml_cn_list_value(&list, loc);
}

static void set_host_path(struct ml_cn *cn, struct mount *m, struct ml_str source)
{
	struct ml_str clean = ml_cvalue_clean_path(cn->arena, source);
	bool relative = clean.len > 0 && clean.ptr[0] == '.';
	struct ml_cpath path;

	ml_cvalue_path(clean, &path);
	ml_record_set(&m->b, ML_CO_MNT_HOST_PATH, ml_cn_text(cn, clean, m->loc));
	if (relative)
		set_true(m, ML_CO_MNT_RELATIVE);
	if (!relative || ml_str_starts(clean, ML_STR("..")))
		set_true(m, ML_CO_MNT_OUTSIDE);
	if (strcmp(path.kind, "none") != 0)
		ml_record_set(&m->b, ML_CO_MNT_SENSITIVE, ml_cn_word(path.kind, m->loc));
	if (strcmp(path.kind, "root") == 0)
		set_true(m, ML_CO_MNT_HOST_ROOT);
	if (path.nexposes)
		ml_record_set(&m->b, ML_CO_MNT_EXPOSES, words(cn, &path, m->loc));
	if (strcmp(path.socket, "none") != 0)
		ml_record_set(&m->b, ML_CO_MNT_SOCKET, ml_cn_word(path.socket, m->loc));
}

/* The value of an option in mount(8)'s notation; ptr NULL when it is not there. */
static struct ml_str mount_option(struct ml_str options, const char *name)
{
	struct ml_str option;

	while (ml_str_split(&options, ',', &option)) {
		size_t equals = ml_str_chr(option, '=');
		if (ml_str_is(ml_str_sub(option, 0, equals), name))
			return equals == ML_NPOS ? ML_STR("")
						 : ml_str_sub(option, equals + 1, option.len);
	}
	return ML_STR_NONE;
}

/* Of an overlay's layers the first that gives something away, else the last. */
static struct ml_str worst_of(struct ml_cn *cn, struct ml_str layers)
{
	struct ml_str layer = ML_STR("");
	struct ml_cpath path;

	while (ml_str_split(&layers, ':', &layer)) {
		ml_cvalue_path(ml_cvalue_clean_path(cn->arena, layer), &path);
		if (strcmp(path.kind, "none") != 0)
			return layer;
	}
	return layer;
}

/* What is true of a path whatever the variable before its end brings: "${DATA}/db" is neither the
 * root directory nor a socket. */
static void set_end(struct ml_cn *cn, struct mount *m)
{
	struct ml_str end = ml_str_sub(m->end, ml_str_chr(m->end, '/'), m->end.len);
	struct ml_cpath path;

	end = ml_cvalue_clean_path(cn->arena, end);
	if (end.len < 2 || end.ptr[0] != '/' || ml_str_ends(end, ML_STR("/root")) ||
		ml_str_ends(end, ML_STR("/cwd"))) /* those may be links in /proc */
		return;
	ml_cvalue_path_end(end, &path);
	ml_record_set(&m->b, ML_CO_MNT_HOST_ROOT, ml_at(ml_bool(false), m->loc));
	if (path.socket)
		ml_record_set(&m->b, ML_CO_MNT_SOCKET, ml_cn_word(path.socket, m->loc));
	if (path.kind)
		ml_record_set(&m->b, ML_CO_MNT_SENSITIVE, ml_cn_word(path.kind, m->loc));
}

static void set_unknown_path(struct ml_cn *cn, struct mount *m)
{
	static const int slots[] = {ML_CO_MNT_HOST_PATH, ML_CO_MNT_HOST_ROOT, ML_CO_MNT_RELATIVE,
		ML_CO_MNT_OUTSIDE, ML_CO_MNT_SENSITIVE, ML_CO_MNT_EXPOSES, ML_CO_MNT_SOCKET};

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
		ml_record_set(&m->b, slots[i], m->unknown_source);
	set_end(cn, m);
}

static void set_unknown_source(struct ml_cn *cn, struct mount *m)
{
	ml_record_set(&m->b, ML_CO_MNT_SOURCE, m->unknown_source);
	ml_record_set(&m->b, ML_CO_MNT_VOLUME, m->unknown_source);
	ml_record_set(&m->b, ML_CO_MNT_SHARED_WITH, m->unknown_source);
	set_unknown_path(cn, m);
}

/* What a local volume is made of; each NULL when it is not written. */
struct local {
	const struct ml_cnode *o, *device;
};

static struct local local_of(struct ml_cn *cn, struct ml_str volume)
{
	int64_t at = ml_cindex_find(&cn->volumes, volume);
	const struct ml_cnode *options =
		at < 0 ? NULL : ml_cnode_get(cn->volumes.map->items[at], "driver_opts");

	return (struct local){options ? ml_cnode_get(options, "o") : NULL,
		options ? ml_cnode_get(options, "device") : NULL};
}

/* The path of the host that it is made of: what it binds, a disk, a layer of an overlay; "" when it
 * has none (docs.docker.com, "Volumes"). */
static struct ml_str host_path_of(struct ml_cn *cn, const struct local *local)
{
	struct ml_str flags = local->o && ml_cn_is_scalar(local->o) ? local->o->text : ML_STR(""),
		      lower = mount_option(flags, "lowerdir");

	if (lower.len)
		return worst_of(cn, lower);
	if (!local->device || !ml_cn_is_scalar(local->device))
		return ML_STR("");
	return ml_str_has(flags, "bind") || ml_str_starts(local->device->text, ML_STR("/"))
		       ? local->device->text
		       : ML_STR("");
}

static void set_volume(struct ml_cn *cn, struct mount *m)
{
	struct local local = local_of(cn, m->source);
	struct ml_str bound, why = local.device ? ml_cn_why(cn, local.device) : ML_STR_NONE;

	if (m->source.len == 0)
		return;
	if (!why.ptr && local.o)
		why = ml_cn_why(cn, local.o);
	else if (why.ptr && ml_cn_is_scalar(local.device))
		m->end = ml_cn_behind_holes(local.device);
	if (why.ptr) {
		m->unknown_source = ml_at(ml_unknown(why), m->loc);
		set_unknown_path(cn, m);
	}
	ml_record_set(&m->b, ML_CO_MNT_VOLUME, ml_at(ml_string(m->source), m->loc));
	if (ml_cindex_find(&cn->volumes, m->source) < 0 && cn->project->broken.len == 0 &&
		!cn->project->version_1)
		ml_cn_refuse(cn, m->loc, "volume \"%.*s\" is not defined",
			ML_STR_ARG(ml_str_sub(m->source, 0, 60)));
	bound = why.ptr ? ML_STR("") : host_path_of(cn, &local);
	if (bound.len)
		set_host_path(cn, m, bound);
}

static const struct {
	const char *word, *propagation;
	int slot; /* set to true; -1: none */
} short_options[] = {
	{"ro", NULL, ML_CO_MNT_READ_ONLY},
	{"nocopy", NULL, ML_CO_MNT_NOCOPY},
	{"noexec", NULL, ML_CO_MNT_NOEXEC},
	{"nosuid", NULL, ML_CO_MNT_NOSUID},
	{"nodev", NULL, ML_CO_MNT_NODEV},
	{"private", "private", -1},
	{"rprivate", "rprivate", -1},
	{"shared", "shared", -1},
	{"rshared", "rshared", -1},
	{"slave", "slave", -1},
	{"rslave", "rslave", -1},
};

static void apply_option(struct ml_cn *cn, struct mount *m, struct ml_str option, bool tmpfs)
{
	int64_t i;

	for (size_t k = 0; k < sizeof(short_options) / sizeof(short_options[0]); k++) {
		if (!ml_str_is(option, short_options[k].word))
			continue;
		if (short_options[k].slot >= 0)
			set_true(m, short_options[k].slot);
		else
			ml_record_set(&m->b, ML_CO_MNT_PROPAGATION,
				ml_cn_word(short_options[k].propagation, m->loc));
	}
	if (ml_str_is(option, "z") || ml_str_is(option, "Z"))
		ml_record_set(&m->b, ML_CO_MNT_SELINUX,
			ml_cn_word(option.ptr[0] == 'z' ? "shared" : "private", m->loc));
	if (tmpfs && (ml_str_is(option, "exec") || ml_str_is(option, "suid") ||
			     ml_str_is(option, "dev")))
		ml_record_set(&m->b,
			option.ptr[0] == 'e'   ? ML_CO_MNT_NOEXEC
			: option.ptr[0] == 's' ? ML_CO_MNT_NOSUID
					       : ML_CO_MNT_NODEV,
			ml_at(ml_bool(false), m->loc));
	if (tmpfs && ml_str_starts(option, ML_STR("size=")) &&
		!ml_cvalue_bytes(ml_str_sub(option, 5, option.len), &i))
		ml_record_set(&m->b, ML_CO_MNT_SIZE, ml_at(ml_int(i), m->loc));
	if (tmpfs && ml_str_starts(option, ML_STR("mode=")) &&
		!ml_cvalue_mode(ml_str_sub(option, 5, option.len), &i))
		ml_record_set(&m->b, ML_CO_MNT_MODE, ml_at(ml_int(i), m->loc));
	(void)cn;
}

static void set_options(struct ml_cn *cn, struct mount *m, bool tmpfs)
{
	struct ml_cn_list list = {0};
	struct ml_str rest = m->options, option;

	if (tmpfs) { /* Docker's defaults */
		set_true(m, ML_CO_MNT_NOEXEC);
		set_true(m, ML_CO_MNT_NOSUID);
		set_true(m, ML_CO_MNT_NODEV);
	}
	while (rest.len && ml_str_split(&rest, ',', &option)) {
		ml_cn_push(cn, &list, ml_at(ml_string(option), m->loc));
		apply_option(cn, m, option, tmpfs);
	}
	if (list.n)
		ml_record_set(&m->b, ML_CO_MNT_OPTIONS, ml_cn_list_value(&list, m->loc));
}

static struct ml_value pack(struct ml_cn *cn, struct mount *m)
{
	ml_record_set(&m->b, ML_CO_MNT_SERVICE, ml_at(ml_string(cn->owner), cn->owner_loc));
	ml_record_set(&m->b, ML_CO_MNT_TARGET, ml_cn_text(cn, m->target, m->loc));
	ml_record_set(&m->b, ML_CO_MNT_TYPE, ml_cn_word(m->type, m->loc));
	if (m->text.len)
		ml_record_set(&m->b, ML_CO_MNT_TEXT, ml_at(ml_string(m->text), m->loc));
	if (m->unknown_source.kind == ML_V_UNKNOWN) {
		set_unknown_source(cn, m);
		return ml_cn_pack(cn, &m->b, m->loc);
	}
	if (m->source.len)
		ml_record_set(
			&m->b, ML_CO_MNT_SHARED_WITH, ml_def_list); /* kept free for shares.c */
	if (m->source.len)
		ml_record_set(&m->b, ML_CO_MNT_SOURCE, ml_at(ml_string(m->source), m->source_loc ? m->source_loc : m->loc));
	if (strcmp(m->type, "bind") == 0 || strcmp(m->type, "npipe") == 0)
		set_host_path(cn, m, m->source);
	else if (strcmp(m->type, "volume") == 0)
		set_volume(cn, m);
	return ml_cn_pack(cn, &m->b, m->loc);
}

/* "${DATA}/db:/var/lib/db" with DATA not set: target and options are known, whether it is a path is
 * likely. */
static struct ml_value short_unset(
	struct ml_cn *cn, struct mount *m, const struct ml_cnode *node, struct ml_str why)
{
	size_t colon = ml_str_chr(m->text, ':'), hole = m->text.len - ml_cn_behind_holes(node).len;
	struct ml_str rest =
		colon == ML_NPOS ? ML_STR("") : ml_str_sub(m->text, colon + 1, m->text.len);

	if (colon == ML_NPOS || rest.len == 0 || rest.ptr[0] != '/')
		return ml_at(ml_unknown(why), m->loc);
	m->source = ml_str_sub(m->text, 0, colon);
	m->end = ml_str_sub(
		m->source, hole, colon); /* none when the last variable stands behind the source */
	colon = ml_str_chr(rest, ':');
	m->target = ml_str_sub(rest, 0, colon);
	m->options = colon == ML_NPOS ? ML_STR("") : ml_str_sub(rest, colon + 1, rest.len);
	m->type = m->source.len && ml_cvalue_is_path(m->source) ? "bind" : "volume";
	m->unknown_source = ml_at(ml_unknown(why), m->loc);
	set_options(cn, m, false);
	return pack(cn, m);
}

static struct ml_value short_mount(struct ml_cn *cn, const struct ml_cn_at *item)
{
	struct mount m = {.loc = item->node->loc, .text = item->node->text};
	struct ml_str why = ml_cn_why(cn, item->node);
	struct ml_cmount spec;
	const char *want;

	ml_record_begin(&m.b, &ml_co_mount);
	if (why.ptr)
		return ml_cn_is_scalar(item->node) ? short_unset(cn, &m, item->node, why)
						   : ml_at(ml_unknown(why), m.loc);
	want = ml_cvalue_mount(m.text, &spec);
	if (want)
		return ml_cn_bad(cn, item, want);
	m.source = spec.source;
	m.target = spec.target;
	m.options = spec.options;
	m.type = spec.bind ? "bind" : "volume";
	set_options(cn, &m, false);
	return pack(cn, &m);
}

static struct ml_value selinux(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	struct ml_value value;
	struct ml_str text;

	(void)arg;
	if (!ml_cn_scalar(cn, at, &text, &value))
		return value;
	if (!ml_str_is(text, "z") && !ml_str_is(text, "Z"))
		return ml_cn_bad(cn, at, "z or Z");
	return ml_cn_word(text.ptr[0] == 'z' ? "shared" : "private", at->node->loc);
}

/* A tmpfs' mode: a number in octal, or what YAML made of one. */
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

static const struct ml_cn_key bind_keys[] = {
	{"create_host_path", ML_CO_MNT_CREATE_HOST_PATH, ml_cn_bool, NULL, NULL},
	{"propagation", ML_CO_MNT_PROPAGATION, ml_cn_vocab, &ml_co_propagation_vocab, NULL},
	{"recursive", 0, NULL, NULL, NULL},
	{"selinux", ML_CO_MNT_SELINUX, selinux, NULL, NULL},
};
static const struct ml_cn_key volume_keys[] = {
	{"labels", 0, NULL, NULL, NULL},
	{"nocopy", ML_CO_MNT_NOCOPY, ml_cn_bool, NULL, NULL},
	{"subpath", 0, NULL, NULL, NULL},
};
static const struct ml_cn_key tmpfs_keys[] = {
	{"mode", ML_CO_MNT_MODE, mode, NULL, NULL},
	{"size", ML_CO_MNT_SIZE, ml_cn_bytes, NULL, NULL},
};

static void part(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	static const struct ml_cn_keys bind = ML_CN_KEYS(bind_keys),
				       volume = ML_CN_KEYS(volume_keys),
				       tmpfs = ML_CN_KEYS(tmpfs_keys);

	ml_cn_map(cn, at,
		ml_str_is(at->key, "bind")     ? &bind
		: ml_str_is(at->key, "volume") ? &volume
					       : &tmpfs,
		b, NULL);
}

static const struct ml_cn_key long_keys[] = {
	{"bind", ML_CO_MNT_PROPAGATION, NULL, NULL, part},
	{"cluster", 0, NULL, NULL, NULL},
	{"consistency", 0, NULL, NULL, NULL},
	{"image", 0, NULL, NULL, NULL},
	{"read_only", ML_CO_MNT_READ_ONLY, ml_cn_bool, NULL, NULL},
	{"source", 0, NULL, NULL, NULL},
	{"target", 0, NULL, NULL, NULL},
	{"tmpfs", ML_CO_MNT_SIZE, NULL, NULL, part},
	{"type", 0, NULL, NULL, NULL},
	{"volume", ML_CO_MNT_NOCOPY, NULL, NULL, part},
};

/* A scalar of the long form; ABSENT when it is not written. */
static struct ml_value text_of(
	struct ml_cn *cn, const struct ml_cnode *map, const char *key, struct ml_str *text)
{
	const struct ml_cnode *node = ml_cnode_get(map, key);
	struct ml_value value = ml_absent();

	*text = ML_STR("");
	if (node)
		ml_cn_scalar(cn, &(struct ml_cn_at){node, ml_str(key), node->loc}, text, &value);
	return value;
}

static struct ml_value long_mount(struct ml_cn *cn, const struct ml_cn_at *item)
{
	static const struct ml_cn_keys keys = ML_CN_KEYS(long_keys);
	struct mount m = {.loc = item->node->loc};
	const struct ml_cnode *type = ml_cnode_get(item->node, "type"),
			      *source = ml_cnode_get(item->node, "source");
	struct ml_value kind = ml_cn_word("volume", m.loc), target;

	ml_record_begin(&m.b, &ml_co_mount);
	ml_cn_map(cn, item, &keys, &m.b, NULL);
	if (type)
		kind = ml_cn_vocab(cn, &(struct ml_cn_at){type, ML_STR("type"), type->loc},
			&ml_co_mount_type_vocab);
	target = text_of(cn, item->node, "target", &m.target);
	m.unknown_source = text_of(cn, item->node, "source", &m.source);
	if (source && ml_cn_is_scalar(source)) {
		m.end = ml_cn_behind_holes(source);
		m.source_loc = source->loc;
	}
	if (kind.kind == ML_V_UNKNOWN || target.kind == ML_V_UNKNOWN)
		return kind.kind == ML_V_UNKNOWN ? kind : target;
	if (m.target.len == 0)
		return ml_cn_bad(cn, item, "a mount with a target");
	m.type = kind.text;
	if (strcmp(m.type, "tmpfs") == 0)
		set_options(cn, &m, true);
	return pack(cn, &m);
}

static void add_mount(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx)
{
	struct ml_value mount;

	if (item->node->kind == ML_C_MAP)
		mount = long_mount(cn, item);
	else if (item->node->kind == ML_C_SEQ)
		mount = ml_cn_bad(cn, item, "a mount");
	else
		mount = short_mount(cn, item);
	ml_cn_both(cn, ctx, ML_CO_MOUNTS, mount);
}

static void add_tmpfs(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx)
{
	struct mount m = {.loc = item->node->loc, .type = "tmpfs"};
	struct ml_value value;
	struct ml_str text;
	size_t colon;

	if (!ml_cn_scalar(cn, item, &text, &value)) {
		if (value.kind != ML_V_ABSENT)
			ml_cn_both(cn, ctx, ML_CO_MOUNTS, value);
		return;
	}
	ml_record_begin(&m.b, &ml_co_mount);
	m.text = text;
	colon = ml_str_chr(text, ':');
	m.target = ml_str_sub(text, 0, colon);
	m.options = colon == ML_NPOS ? ML_STR("") : ml_str_sub(text, colon + 1, text.len);
	set_options(cn, &m, true);
	ml_cn_both(cn, ctx, ML_CO_MOUNTS, pack(cn, &m));
}

/* `volumes` and `tmpfs` go to one list. */
static void gather(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b,
	void (*add)(struct ml_cn *, const struct ml_cn_at *, void *))
{
	struct ml_value *slot = &b->slots[ML_CO_SVC_MOUNTS];
	struct ml_cn_list list = {0};
	uint32_t loc = slot->kind == ML_V_LIST && slot->loc ? slot->loc : at->loc;

	for (uint32_t i = 0; slot->kind == ML_V_LIST && i < slot->len; i++)
		ml_cn_push(cn, &list, slot->items[i]);
	if (!ml_cn_each(cn, at, add, &list))
		ml_cn_both(
			cn, &list, ML_CO_MOUNTS, ml_cn_unknown(cn, at->loc, ML_STR("not a list")));
	ml_record_set(b, ML_CO_SVC_MOUNTS, ml_cn_list_value(&list, loc));
}

void ml_cn_volumes(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	gather(cn, at, b, add_mount);
}

void ml_cn_tmpfs(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	gather(cn, at, b, add_tmpfs);
}

static void add_from(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx)
{
	struct ml_record_builder b;
	struct ml_value value;
	struct ml_str text;
	bool container, read_only;

	if (!ml_cn_scalar(cn, item, &text, &value)) {
		if (value.kind != ML_V_ABSENT)
			ml_cn_push(cn, ctx, value);
		return;
	}
	container = ml_str_starts(text, ML_STR("container:"));
	text = container ? ml_str_sub(text, 10, text.len) : text;
	read_only = ml_str_ends(text, ML_STR(":ro"));
	ml_record_begin(&b, &ml_co_volumes_from);
	ml_record_set(&b, ML_CO_FROM_SOURCE,
		ml_cn_text(cn, ml_str_sub(text, 0, ml_str_chr(text, ':')), item->node->loc));
	if (container)
		ml_record_set(&b, ML_CO_FROM_KIND, ml_cn_word("container", item->node->loc));
	if (read_only)
		ml_record_set(&b, ML_CO_FROM_READ_ONLY, ml_at(ml_bool(true), item->node->loc));
	ml_cn_push(cn, ctx, ml_cn_pack(cn, &b, item->node->loc));
}

void ml_cn_volumes_from(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct ml_cn_list list = {0};
	bool ok = ml_cn_each(cn, at, add_from, &list);

	ml_record_set(b, ML_CO_SVC_VOLUMES_FROM,
		ok ? ml_cn_list_value(&list, at->loc)
		   : ml_cn_unknown(cn, at->loc, ML_STR("not a list")));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The syntaxes of one thing brought into one shape before merging, and what makes two elements of a list the same. */
#include "base/utf8.h"
#include "checks/config/compose/load-priv.h"

static struct ml_str text_of(const struct ml_cnode *node)
{
	return node && node->kind < ML_C_SEQ ? node->text : ML_STR("");
}

/* The place behind the separator of "KEY=value", with the key's place that of the item. */
static uint32_t value_place(struct ml_cload *load, const struct ml_cnode *item, struct ml_str before)
{
	const struct ml_loc *at = ml_facts_at(load->facts, item->loc);
	struct ml_loc loc;

	if (!at)
		return item->loc;
	loc = *at;
	loc.key_line = at->line;
	loc.key_col = at->col;
	if (!item->interpolated)
		loc.col += (uint32_t)ml_utf8_count(before) + 1 + item->quoted;
	return ml_facts_loc(load->facts, loc);
}

/* NAME=VALUE as a pair; NAME alone has no value. */
static bool push_pair(struct ml_cload *load, struct ml_cnode *out, const struct ml_cnode *item, const char *separators)
{
	struct ml_str text = text_of(item), name = text;
	struct ml_cnode *value;
	size_t at = 0;

	while (at < text.len && !strchr(separators, text.ptr[at]))
		at++;
	value = ml_cnode_new(load, at < text.len ? ML_C_STR : ML_C_NULL, item->loc);
	if (!value)
		return false;
	if (at < text.len) {
		name = ml_str_sub(text, 0, at);
		*value = *item;
		value->kind = ML_C_STR;
		value->quoted = true;
		value->text = ml_str_sub(text, at + 1, text.len);
		value->loc = value_place(load, item, name);
	}
	ml_cnode_push(out, name, item->loc, value);
	return true;
}

static int64_t position(const struct ml_cindex *index, const struct ml_cnode *map, struct ml_str key)
{
	if (index->map)
		return ml_cindex_find(index, key);
	for (uint32_t i = 0; i < map->n; i++)
		if (ml_str_eq(map->keys[i], key))
			return i;
	return -1;
}

/* A list may have a name twice: the last counts. */
static struct ml_cnode *last_of_each(struct ml_cload *load, struct ml_cnode *map)
{
	struct ml_cnode *out = ml_cnode_room(load, ML_C_MAP, map->loc, map->n);
	struct ml_cindex index = {0};
	uint32_t *to = ml_alloc_array(load->arena, map->n, sizeof(*to));

	if (!out || !to || (map->n > 12 && ml_cindex_make(load->arena, map, &index))) {
		load->memory = true;
		return NULL;
	}
	for (uint32_t i = 0; i < map->n; i++) {
		int64_t first = position(&index, map, map->keys[i]);
		if (first < (int64_t)i) {
			out->items[to[first]] = map->items[i];
			out->key_locs[to[first]] = map->key_locs[i];
			continue;
		}
		to[i] = out->n;
		ml_cnode_push(out, map->keys[i], map->key_locs[i], map->items[i]);
	}
	return out;
}

struct ml_cnode *ml_cshape_pairs(struct ml_cload *load, struct ml_cnode *node, const char *separators)
{
	struct ml_cnode *out;

	if (node->kind != ML_C_SEQ)
		return node;
	out = ml_cnode_room(load, ML_C_MAP, node->loc, node->n);
	for (uint32_t i = 0; out && i < node->n; i++) {
		if (node->items[i]->kind >= ML_C_SEQ)
			return ml_cnode_unknown(load, node->items[i]->loc, "an element is not NAME=VALUE");
		if (!push_pair(load, out, node->items[i], separators))
			return NULL;
	}
	return out ? last_of_each(load, out) : NULL;
}

static struct ml_cnode *started(struct ml_cload *load, uint32_t loc)
{
	struct ml_cnode *out = ml_cnode_room(load, ML_C_MAP, loc, 1), *condition = ml_cnode_new(load, ML_C_STR, loc);

	if (!out || !condition)
		return NULL;
	condition->text = ML_STR("service_started");
	ml_cnode_push(out, ML_STR("condition"), loc, condition);
	return out;
}

struct ml_cnode *ml_cshape_names(struct ml_cload *load, struct ml_cnode *node, bool depends_on)
{
	struct ml_cnode *out;

	if (node->kind != ML_C_SEQ)
		return node;
	out = ml_cnode_room(load, ML_C_MAP, node->loc, node->n);
	for (uint32_t i = 0; out && i < node->n; i++) {
		uint32_t loc = node->items[i]->loc;
		struct ml_cnode *value = depends_on ? started(load, loc) : ml_cnode_new(load, ML_C_NULL, loc);
		if (!value)
			return NULL;
		if (node->items[i]->kind >= ML_C_SEQ)
			return ml_cnode_unknown(load, loc, "an element is not a name");
		ml_cnode_push(out, text_of(node->items[i]), loc, value);
	}
	return out ? last_of_each(load, out) : NULL;
}

struct ml_cnode *ml_cshape_list(struct ml_cload *load, struct ml_cnode *node)
{
	struct ml_cnode *out;

	if (node->kind >= ML_C_SEQ)
		return node;
	out = ml_cnode_room(load, ML_C_SEQ, node->loc, 1);
	if (out && node->kind != ML_C_NULL)
		ml_cnode_push(out, ML_STR_NONE, 0, node);
	return out;
}

struct ml_cnode *ml_cshape_build(struct ml_cload *load, struct ml_cnode *node)
{
	struct ml_cnode *out;

	if (node->kind >= ML_C_SEQ || node->kind == ML_C_NULL)
		return node;
	out = ml_cnode_room(load, ML_C_MAP, node->loc, 1);
	if (out)
		ml_cnode_push(out, ML_STR("context"), node->loc, node);
	return out;
}

static void write_text(struct ml_buf *out, const struct ml_cnode *node, int depth)
{
	bool map = node->kind == ML_C_MAP;

	if (node->kind < ML_C_SEQ || node->kind == ML_C_UNKNOWN || depth > ML_C_DEPTH) {
		ml_buf_printf(out, "%zu:", node->text.len);
		ml_buf_str(out, node->text);
		return;
	}
	ml_buf_printf(out, "%c%u", map ? 'm' : 's', node->n);
	for (uint32_t i = 0; i < node->n; i++) {
		if (map) {
			ml_buf_printf(out, "%zu:", node->keys[i].len);
			ml_buf_str(out, node->keys[i]);
		}
		write_text(out, node->items[i], depth + 1);
	}
}

static struct ml_str collection_text(struct ml_cload *load, const struct ml_cnode *item)
{
	ML_BUF_AUTO out;
	struct ml_str key;

	ml_buf_init(&out, (size_t)1 << 30);
	write_text(&out, item, 0);
	key = ml_str_dup(load->arena, ml_buf_get(&out));
	load->memory = load->memory || out.error || !key.ptr;
	return key;
}

struct ml_str ml_ckey_text(struct ml_cload *load, const struct ml_cnode *item)
{
	if (item->kind == ML_C_SEQ || item->kind == ML_C_MAP)
		return collection_text(load, item);
	return item->text.ptr ? item->text : ML_STR("");
}

/* Without a drive letter in front ("C:\x"): what stands before it has that length. */
static size_t drive(struct ml_str s)
{
	bool letter = s.len > 2 && ((s.ptr[0] >= 'a' && s.ptr[0] <= 'z') || (s.ptr[0] >= 'A' && s.ptr[0] <= 'Z'));

	return letter && s.ptr[1] == ':' && (s.ptr[2] == '\\' || s.ptr[2] == '/') ? 2 : 0;
}

/* SOURCE:TARGET[:MODE] or TARGET: the path in the container. */
static struct ml_str mount_target(struct ml_str spec)
{
	size_t skip = drive(spec), colon = ml_str_chr(ml_str_sub(spec, skip, spec.len), ':');
	struct ml_str target;

	if (colon == ML_NPOS)
		return spec;
	target = ml_str_sub(spec, skip + colon + 1, spec.len);
	skip = drive(target);
	colon = ml_str_rchr(ml_str_sub(target, skip, target.len), ':');
	return colon == ML_NPOS ? target : ml_str_sub(target, 0, skip + colon);
}

struct ml_str ml_ckey_target(struct ml_cload *load, const struct ml_cnode *item)
{
	const struct ml_cnode *target = ml_cnode_get(item, "target");

	if (item->kind == ML_C_MAP)
		return target && target->kind < ML_C_SEQ ? text_of(target) : ML_STR_NONE;
	return item->kind < ML_C_SEQ ? mount_target(text_of(item)) : ML_STR_NONE;
}

static struct ml_str beneath(struct ml_cload *load, const char *directory, struct ml_str name)
{
	struct ml_str path;

	if (ml_str_starts(name, ML_STR("/")))
		return name;
	path = ml_strf(load->arena, "%s/%.*s", directory, ML_STR_ARG(name));
	load->memory = load->memory || !path.ptr;
	return path;
}

static struct ml_str grant_target(struct ml_cload *load, const struct ml_cnode *item, const char *directory)
{
	const struct ml_cnode *target = ml_cnode_get(item, "target");

	if (item->kind != ML_C_MAP)
		return item->kind < ML_C_SEQ ? beneath(load, directory, text_of(item)) : ML_STR_NONE;
	if (!target || target->kind == ML_C_NULL)
		target = ml_cnode_get(item, "source");
	return target && target->kind < ML_C_SEQ ? beneath(load, directory, text_of(target)) : ML_STR_NONE;
}

struct ml_str ml_ckey_secret(struct ml_cload *load, const struct ml_cnode *item)
{
	return grant_target(load, item, "/run/secrets");
}

struct ml_str ml_ckey_config(struct ml_cload *load, const struct ml_cnode *item)
{
	return grant_target(load, item, "");
}

static struct ml_str member(const struct ml_cnode *item, const char *key, const char *otherwise)
{
	const struct ml_cnode *value = ml_cnode_get(item, key);

	return value && value->kind != ML_C_NULL && value->kind < ML_C_SEQ ? value->text : ml_str(otherwise);
}

/* The decimal form, so that 0x50 and 80 are one port. */
static struct ml_str port_number(struct ml_cload *load, const struct ml_cnode *node)
{
	struct ml_str text;

	if (!node || node->kind == ML_C_NULL || node->kind >= ML_C_SEQ)
		return ML_STR("");
	if (node->kind != ML_C_INT || ml_str_chr(node->text, ':') != ML_NPOS)
		return node->text;
	text = ml_strf(load->arena, "%lld", (long long)node->i);
	load->memory = load->memory || !text.ptr;
	return text;
}

struct port {
	struct ml_str ip, published, target, protocol;
};

/* [IP:][PUBLISHED:]TARGET[/PROTOCOL] */
static struct port split_port(struct ml_str spec)
{
	size_t slash = ml_str_rchr(spec, '/'), colon;
	struct port port = {.protocol = slash == ML_NPOS ? ML_STR("tcp") : ml_str_sub(spec, slash + 1, spec.len)};
	struct ml_str rest = ml_str_sub(spec, 0, slash);

	colon = ml_str_rchr(rest, ':');
	port.target = colon == ML_NPOS ? rest : ml_str_sub(rest, colon + 1, rest.len);
	if (colon == ML_NPOS)
		return port;
	rest = ml_str_sub(rest, 0, colon);
	colon = ml_str_rchr(rest, ':');
	port.published = colon == ML_NPOS ? rest : ml_str_sub(rest, colon + 1, rest.len);
	if (colon != ML_NPOS)
		port.ip = ml_str_sub(rest, 0, colon);
	return port;
}

struct ml_str ml_ckey_port(struct ml_cload *load, const struct ml_cnode *item)
{
	struct port port;
	struct ml_str key;

	if (item->kind == ML_C_SEQ || item->kind == ML_C_UNKNOWN)
		return ML_STR_NONE;
	if (item->kind == ML_C_MAP)
		port = (struct port){member(item, "host_ip", ""), port_number(load, ml_cnode_get(item, "published")),
			port_number(load, ml_cnode_get(item, "target")), member(item, "protocol", "tcp")};
	else
		port = split_port(port_number(load, item));
	key = ml_strf(load->arena, "%.*s|%.*s|%.*s|%.*s", ML_STR_ARG(port.ip), ML_STR_ARG(port.published), ML_STR_ARG(port.target),
		ML_STR_ARG(port.protocol));
	load->memory = load->memory || !key.ptr;
	return key;
}

struct ml_str ml_ckey_alias(struct ml_cload *load, const struct ml_cnode *item)
{
	struct ml_str text = text_of(item);
	size_t colon = ml_str_chr(text, ':');

	if (item->kind >= ML_C_SEQ)
		return ML_STR_NONE;
	return colon == ML_NPOS || colon + 1 == text.len ? ml_str_sub(text, 0, colon) : ml_str_sub(text, colon + 1, text.len);
}

struct ml_str ml_ckey_path(struct ml_cload *load, const struct ml_cnode *item)
{
	struct ml_str path = member(item, "path", "");

	return path.len ? path : ML_STR_NONE;
}

struct ml_str ml_ckey_subnet(struct ml_cload *load, const struct ml_cnode *item)
{
	struct ml_str subnet = member(item, "subnet", "");

	return subnet.len ? subnet : ML_STR_NONE;
}

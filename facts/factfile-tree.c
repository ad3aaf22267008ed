/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the two trees of a fact file side by side: values by their schema, and their places. */
#include <stdio.h>

#include "base/num.h"
#include "facts/factfile-priv.h"

/* Where a reader is in the tree of places. */
struct node {
	uint32_t number;
	json_t *tree, *keys; /* of a container; NULL: no places within */
	size_t used;         /* members of `tree` and `keys` that had a value */
};

static bool read(struct ml_fact_reader *f, const struct ml_jpath *path, json_t *json, json_t *places, const struct ml_type *type, int depth, struct ml_value *out);

static bool read_number(struct ml_fact_reader *f, const struct ml_jpath *path, json_t *json, uint32_t *out)
{
	if (!json_is_integer(json) || json_integer_value(json) < 0 || json_integer_value(json) >= (json_int_t)f->nlocs)
		return ml_jread_fail(&f->r, path, ML_ETYPE, "its place is not the number of a location");
	*out = (uint32_t)json_integer_value(json);
	return true;
}

/* The place of a scalar, or [number, tree, keys] of a container. */
static bool open_node(struct ml_fact_reader *f, const struct ml_jpath *path, json_t *places, json_type tree, struct node *out)
{
	size_t n = json_array_size(places);

	*out = (struct node){0};
	if (!places)
		return true;
	if (!json_is_array(places) && (tree == JSON_NULL || json_integer_value(places) == 0))
		return read_number(f, path, places, &out->number);
	out->tree = json_array_get(places, 1);
	out->keys = json_array_get(places, 2);
	if (tree == JSON_NULL || n < 2 || n > (tree == JSON_OBJECT ? 3 : 2) || json_typeof(out->tree) != tree || (out->keys && json_typeof(out->keys) != tree))
		return ml_jread_fail(&f->r, path, ML_ETYPE, "its places are not of its shape");
	return read_number(f, path, json_array_get(places, 0), &out->number);
}

static json_t *member(struct node *node, json_t *of, const char *key)
{
	json_t *places = of ? json_object_get(of, key) : NULL;

	node->used += places != NULL;
	return places;
}

static bool all_used(struct ml_fact_reader *f, const struct ml_jpath *path, const struct node *node)
{
	if (node->used == json_object_size(node->tree) + json_object_size(node->keys))
		return true;
	return ml_jread_fail(&f->r, path, ML_ETYPE, "there are places for what is not there");
}

static bool unknown_field(struct ml_fact_reader *f, const struct ml_jpath *path, const struct ml_type *type, const char *key)
{
	const char *near = ml_type_nearest(type, ml_str(key));

	return ml_jread_fail(&f->r, path, ML_ETYPE, "%s has no such field%s%s%s", type->name, near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
}

static bool complete(struct ml_fact_reader *f, const struct ml_jpath *path, const struct ml_record_builder *builder)
{
	for (size_t i = 0; i < builder->type->nfields; i++) {
		const struct ml_field *field = &builder->type->fields[i];
		if (builder->slots[i].kind == ML_V_ABSENT && !field->def && !(field->flags & ML_F_OPTIONAL))
			return ml_jread_fail(&f->r, path, ML_ETYPE, "the field \"%s\" is missing", field->name);
	}
	return true;
}

static bool read_record(struct ml_fact_reader *f, const struct ml_jpath *path, json_t *json, struct node *node, const struct ml_type *type, int depth,
	struct ml_value *out)
{
	struct ml_record_builder builder;
	const char *key;
	json_t *value;

	ml_record_begin(&builder, type);
	json_object_foreach(json, key, value) {
		struct ml_jpath at = {path, key, 0};
		int slot = ml_type_field(type, ml_str(key));
		if (slot < 0)
			return unknown_field(f, &at, type, key);
		if (!read(f, &at, value, member(node, node->tree, key), type->fields[slot].type, depth, &builder.slots[slot]))
			return false;
	}
	if (!complete(f, path, &builder) || !all_used(f, path, node))
		return false;
	return ml_record_pack(&builder, f->r.arena, 0, out) == 0 || ml_jread_nomem(&f->r);
}

static bool read_list(struct ml_fact_reader *f, const struct ml_jpath *path, json_t *json, const struct node *node, const struct ml_type *elem, int depth,
	struct ml_value *out)
{
	size_t n = json_array_size(json);
	struct ml_value *items = ml_alloc_array(f->r.arena, n, sizeof(*items));

	if (!items)
		return ml_jread_nomem(&f->r);
	if (node->tree && json_array_size(node->tree) != n)
		return ml_jread_fail(&f->r, path, ML_ETYPE, "its places are not of its shape");
	for (size_t i = 0; i < n; i++) {
		struct ml_jpath at = {path, NULL, i};
		if (!read(f, &at, json_array_get(json, i), node->tree ? json_array_get(node->tree, i) : NULL, elem, depth, &items[i]))
			return false;
	}
	*out = ml_list(items, n);
	return true;
}

/* A map's key from that of an object. */
static bool read_key(struct ml_fact_reader *f, const struct ml_jpath *path, const char *key, const struct ml_type *type, struct ml_value *out)
{
	struct ml_str s = ml_str(key);
	bool good = true;

	if (type->kind == ML_T_STRING || type->kind == ML_T_DYN) {
		good = s.len == 0 || s.ptr[0] != '$' || (s.len > 1 && s.ptr[1] == '$');
		s = ml_str_dup(f->r.arena, ml_str_sub(s, good && s.len > 0 && s.ptr[0] == '$', s.len));
		*out = ml_string(s);
		if (!s.ptr)
			return ml_jread_nomem(&f->r);
	} else if (type->kind == ML_T_BOOL) {
		good = ml_str_is(s, "true") || ml_str_is(s, "false");
		*out = ml_bool(ml_str_is(s, "true"));
	} else if (type->kind == ML_T_INT) {
		*out = ml_int(0);
		good = ml_parse_i64(s, 10, &out->i);
	} else {
		*out = ml_uint(0);
		good = type->kind == ML_T_UINT && ml_parse_u64(s, 10, &out->u);
	}
	return good ? true : ml_jread_fail(&f->r, path, ML_ETYPE, "not a key of this map");
}

static bool read_map(struct ml_fact_reader *f, const struct ml_jpath *path, json_t *json, struct node *node, const struct ml_type *type, int depth,
	struct ml_value *out)
{
	static const struct ml_type dyn_map = {.kind = ML_T_MAP, .key = &ml_type_string, .elem = &ml_type_dyn};
	const struct ml_type *map = type->kind == ML_T_MAP ? type : &dyn_map;
	struct ml_entry *entries = ml_alloc_array(f->r.arena, json_object_size(json), sizeof(*entries));
	const char *key;
	json_t *value;
	size_t n = 0;
	int error;

	if (!entries)
		return ml_jread_nomem(&f->r);
	json_object_foreach(json, key, value) {
		struct ml_jpath at = {path, key, 0};
		json_t *key_place = member(node, node->keys, key);
		if (!read_key(f, &at, key, map->key, &entries[n].key) || (key_place && !read_number(f, &at, key_place, &entries[n].key.loc)) ||
			!read(f, &at, value, member(node, node->tree, key), map->elem, depth, &entries[n].value))
			return false;
		n++;
	}
	error = ml_map(entries, n, out, NULL);
	if (error)
		return ml_jread_fail(&f->r, path, error, "a key stands twice");
	return all_used(f, path, node);
}

static bool read_text(struct ml_fact_reader *f, const struct ml_jpath *path, json_t *json, enum ml_value_kind kind, struct ml_value *out)
{
	struct ml_str text;

	if (!ml_jread_str(&f->r, path, json, &text))
		return false;
	if (kind == ML_V_STRING || kind == ML_V_UNKNOWN)
		*out = ml_text(kind, text);
	else if (!ml_fact_parse(f->r.arena, kind, text, out))
		return ml_jread_fail(&f->r, path, ML_ETYPE, "not a %s", ml_value_kind_name(kind));
	return true;
}

/* {"$unknown": …} anywhere; the other tags only where the type is dyn. -1: not a tag. */
static int tag_of(json_t *json, const struct ml_type *type, json_t **text)
{
	static const uint8_t tags[] = {ML_V_UNKNOWN, ML_V_UINT, ML_V_DOUBLE, ML_V_BYTES, ML_V_TIMESTAMP, ML_V_DURATION};
	size_t n = type->kind == ML_T_DYN ? sizeof(tags) : 1;

	if (json_object_size(json) != 1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		char key[20];
		snprintf(key, sizeof(key), "$%s", ml_value_kind_name(tags[i]));
		*text = json_object_get(json, key);
		if (*text)
			return tags[i];
	}
	return -1;
}

static bool read_plain(struct ml_fact_reader *f, const struct ml_jpath *path, json_t *json, const struct ml_type *type, struct ml_value *out)
{
	bool dyn = type->kind == ML_T_DYN;

	if (json_is_string(json) && (dyn || type->kind == ML_T_STRING))
		return read_text(f, path, json, ML_V_STRING, out);
	if (json_is_boolean(json) && (dyn || type->kind == ML_T_BOOL))
		*out = ml_bool(json_is_true(json));
	else if (json_is_integer(json) && (dyn || type->kind == ML_T_INT))
		*out = ml_int(json_integer_value(json));
	else if (json_is_real(json) && (dyn || type->kind == ML_T_DOUBLE))
		*out = ml_double(json_real_value(json));
	else if (json_is_null(json) && (dyn || type->kind == ML_T_NULL))
		*out = ml_null();
	else if (json_is_integer(json) && type->kind == ML_T_UINT && json_integer_value(json) >= 0)
		*out = ml_uint((uint64_t)json_integer_value(json));
	else if (json_is_string(json) && type->kind == ML_T_UINT)
		return read_text(f, path, json, ML_V_UINT, out);
	else if (json_is_string(json) && type->kind == ML_T_DOUBLE)
		return read_text(f, path, json, ML_V_DOUBLE, out);
	else if (json_is_string(json) && type->kind == ML_T_BYTES)
		return read_text(f, path, json, ML_V_BYTES, out);
	else if (json_is_string(json) && type->kind == ML_T_TIMESTAMP)
		return read_text(f, path, json, ML_V_TIMESTAMP, out);
	else if (json_is_string(json) && type->kind == ML_T_DURATION)
		return read_text(f, path, json, ML_V_DURATION, out);
	else
		return ml_jread_want(&f->r, path, json, ml_type_str(f->r.arena, type).ptr);
	return true;
}

static bool read_value(struct ml_fact_reader *f, const struct ml_jpath *path, json_t *json, struct node *node, const struct ml_type *type, int depth,
	struct ml_value *out)
{
	bool dyn = type->kind == ML_T_DYN;

	if (json_is_array(json) && (dyn || type->kind == ML_T_LIST))
		return read_list(f, path, json, node, dyn ? type : type->elem, depth + 1, out);
	if (json_is_object(json) && type->kind == ML_T_RECORD)
		return read_record(f, path, json, node, type, depth + 1, out);
	if (json_is_object(json) && (dyn || type->kind == ML_T_MAP))
		return read_map(f, path, json, node, type, depth + 1, out);
	return read_plain(f, path, json, type, out);
}

static bool read(struct ml_fact_reader *f, const struct ml_jpath *path, json_t *json, json_t *places, const struct ml_type *type, int depth, struct ml_value *out)
{
	struct node node;
	json_t *text = NULL;
	int tag = tag_of(json, type, &text);
	json_type tree = tag >= 0 ? JSON_NULL : json_is_array(json) ? JSON_ARRAY : json_is_object(json) ? JSON_OBJECT : JSON_NULL;
	struct ml_jpath at = {path, "$", 0};

	if (depth > ML_FACT_DEPTH)
		return ml_jread_fail(&f->r, path, ML_ELIMIT, "nested too deeply");
	if (!open_node(f, path, places, tree, &node))
		return false;
	if (tag >= 0 ? !read_text(f, &at, text, (enum ml_value_kind)tag, out) : !read_value(f, path, json, &node, type, depth, out))
		return false;
	out->loc = node.number;
	return true;
}

bool ml_fact_read(struct ml_fact_reader *f, const struct ml_jpath *path, json_t *json, json_t *places, const struct ml_type *type, struct ml_value *out)
{
	return read(f, path, json, places, type, 0, out);
}

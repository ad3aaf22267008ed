/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into values (fields, indexes, has) and making lists and maps. */
#include "base/error.h"
#include "policies/cel/eval-priv.h"
#include "policies/cel/trace-priv.h"

/* What a look gives: a value, nothing there (ABSENT), or what is wrong with looking (ERROR). */
static struct ml_value field_of(const struct ml_value *v, const struct ml_cel_node *node)
{
	const struct ml_type *type = node->args[0]->type;
	const struct ml_value *found;
	int slot = node->slot;

	if (v->kind == ML_V_MAP) {
		found = ml_map_gets(v, node->name);
		return found ? *found : ml_absent();
	}
	if (v->kind != ML_V_RECORD)
		return ml_cel_no_overload();
	if (slot < 0 || !type || type->fields != v->record->type->fields)
		slot = ml_type_field(v->record->type, node->name);
	return slot < 0 ? ml_absent() : *ml_record_get(v->record, slot);
}

static struct ml_value element_of(struct ml_cel_ctx *ctx, const struct ml_value *list, const struct ml_value *index)
{
	struct ml_value at = *index;

	if (at.kind == ML_V_DOUBLE && at.d >= 0 && at.d < 0x1p32 && at.d == (double)(int64_t)at.d)
		at = ml_int((int64_t)at.d);
	else if (at.kind == ML_V_UINT && at.u <= INT64_MAX)
		at.kind = ML_V_INT;
	if (at.kind != ML_V_INT)
		return ml_cel_wrong("invalid_argument: a list is indexed by a whole number");
	return at.i >= 0 && at.i < list->len ? list->items[at.i] : ml_absent();
}

static bool is_key(const struct ml_value *v)
{
	return v->kind == ML_V_BOOL || v->kind == ML_V_INT || v->kind == ML_V_UINT || v->kind == ML_V_STRING;
}

static struct ml_value item_of(struct ml_cel_ctx *ctx, const struct ml_value *v, const struct ml_value *key)
{
	const struct ml_value *found;
	int slot;

	if (v->kind == ML_V_LIST)
		return element_of(ctx, v, key);
	if (v->kind == ML_V_MAP && (is_key(key) || key->kind == ML_V_DOUBLE)) {
		found = ml_map_get(v, key);
		return found ? *found : ml_absent();
	}
	if (v->kind != ML_V_RECORD || key->kind != ML_V_STRING)
		return ml_cel_no_overload();
	slot = ml_type_field(v->record->type, ml_value_text(key));
	return slot < 0 ? ml_absent() : *ml_record_get(v->record, slot);
}

/* What stands without a place of its own stands where the thing around it does. */
static struct ml_value placed(struct ml_value v, const struct ml_value *around)
{
	return v.loc ? v : ml_at(v, around->loc);
}

/* From what a look gave to what `.?f` gives. */
static struct ml_value as_optional(struct ml_cel_ctx *ctx, struct ml_value v, const struct ml_value *around)
{
	if (v.kind == ML_V_ABSENT)
		return ml_cel_none();
	return ml_cel_bad(&v) ? v : ml_cel_some(ctx, placed(v, around));
}

/* has(): a map's entry is there also when it could not be read; whether a record's field is, is then not known. */
static struct ml_value has(struct ml_cel_ctx *ctx, const struct ml_cel_node *node, const struct ml_value *v)
{
	struct ml_value found = field_of(v, node);

	if (ctx->tracer) {
		ml_cel_trace_field(ctx, ctx->tracer->last, node->name, &found);
		ml_cel_trace_use(ctx, &found);
	}
	if (found.kind == ML_V_ERROR || (found.kind == ML_V_UNKNOWN && v->kind != ML_V_MAP))
		return found;
	return ml_bool(found.kind != ML_V_ABSENT);
}

/* An optional on the left is looked through, and makes the result an optional. */
static bool look_through(struct ml_value *v, bool *optional)
{
	if (v->kind != ML_V_OPTIONAL)
		return true;
	*optional = true;
	if (!v->inner)
		return false;
	*v = *v->inner;
	return true;
}

struct ml_value ml_cel_select(struct ml_cel_ctx *ctx, const struct ml_cel_node *node)
{
	struct ml_value v = ml_cel_give(ctx, node->args[0]), found;
	bool optional = node->flags & ML_CEL_F_OPTIONAL;

	if (ml_cel_bad(&v))
		return v;
	if (!look_through(&v, &optional))
		return node->flags & ML_CEL_F_HAS ? ml_bool(false) : ml_cel_none();
	if (ml_cel_bad(&v))
		return v;
	if (node->flags & ML_CEL_F_HAS)
		return has(ctx, node, &v);
	found = field_of(&v, node);
	if (ctx->tracer)
		ml_cel_trace_field(ctx, ctx->tracer->last, node->name, &found);
	if (optional)
		return as_optional(ctx, found, &v);
	return found.kind == ML_V_ABSENT ? ml_cel_no_key(ctx, node->name) : placed(found, &v);
}

static struct ml_value no_item(struct ml_cel_ctx *ctx, const struct ml_value *v, const struct ml_value *key)
{
	if (v->kind == ML_V_LIST)
		return key->kind == ML_V_DOUBLE ? ml_cel_wrong("invalid_argument: index out of bounds")
						: ml_cel_faultf(ctx, "invalid_argument: index out of bounds: %lld", (long long)key->i);
	if (key->kind == ML_V_STRING)
		return ml_cel_no_key(ctx, ml_value_text(key));
	if (key->kind == ML_V_INT || key->kind == ML_V_UINT)
		return ml_cel_faultf(ctx, key->kind == ML_V_INT ? "no such key: %lld" : "no such key: %llu", (long long)key->i);
	return ml_cel_wrong("no such key");
}

/* The key of an index, noted unless it only repeats where the walk is. */
static struct ml_value index_key(struct ml_cel_ctx *ctx, const struct ml_cel_node *node)
{
	struct ml_value key = ml_cel_give(ctx, node);

	if (ctx->tracer && !(ctx->tracer->last && ctx->tracer->last->is_key))
		ml_cel_trace_use(ctx, &key);
	return key;
}

struct ml_value ml_cel_index(struct ml_cel_ctx *ctx, const struct ml_cel_node *node)
{
	struct ml_value v = ml_cel_give(ctx, node->args[0]), key, found;
	const struct ml_cel_path *path = ctx->tracer ? ctx->tracer->last : NULL;
	bool optional = node->flags & ML_CEL_F_OPTIONAL, there = look_through(&v, &optional);

	key = index_key(ctx, node->args[1]);
	if (ctx->tracer)
		ctx->tracer->last = path;
	if (v.kind == ML_V_UNKNOWN || (v.kind == ML_V_ERROR && key.kind != ML_V_UNKNOWN))
		return v;
	if (ml_cel_bad(&key)) {
		if (ctx->tracer)
			ctx->tracer->last = NULL;
		return key;
	}
	if (!there)
		return ml_cel_none();
	found = item_of(ctx, &v, &key);
	if (ctx->tracer)
		ml_cel_trace_item(ctx, path, &key, &found);
	if (optional)
		return as_optional(ctx, found, &v);
	return found.kind == ML_V_ABSENT ? no_item(ctx, &v, &key) : placed(found, &v);
}

/* An element or entry that may be left out: false when it is. */
static bool unwrap(struct ml_value *v, bool optional)
{
	if (!optional || ml_cel_bad(v))
		return true;
	if (v->kind != ML_V_OPTIONAL)
		*v = ml_cel_wrong("cannot initialize an optional element from a non-optional value");
	else if (!v->inner)
		return false;
	else
		*v = *v->inner;
	return true;
}

/* Unknown before error, the first of each. */
static void worse(struct ml_value *bad, const struct ml_value *v)
{
	if (bad->kind == ML_V_ABSENT || (bad->kind == ML_V_ERROR && v->kind == ML_V_UNKNOWN))
		*bad = *v;
}

struct ml_value ml_cel_make_list(struct ml_cel_ctx *ctx, const struct ml_cel_node *node)
{
	struct ml_value *items = ml_cel_values(ctx, node->n), bad = ml_absent();
	const struct ml_cel_path **paths = ctx->tracer ? ml_alloc_array(ctx->arena, node->n, sizeof(*paths)) : NULL;
	size_t n = 0;

	if (!items || (ctx->tracer && !paths))
		return ml_cel_over(ctx);
	for (uint32_t i = 0; i < node->n; i++) {
		items[n] = ml_cel_give(ctx, node->args[i]);
		if (paths)
			paths[n] = ctx->tracer->last;
		if (!unwrap(&items[n], node->args[i]->flags & ML_CEL_F_ENTRY))
			continue;
		if (!ml_cel_bad(&items[n])) {
			n++;
			continue;
		}
		worse(&bad, &items[n]);
		if (ctx->tracer)
			ml_cel_trace_use(ctx, &items[n]);
	}
	if (ctx->tracer)
		ctx->tracer->last = bad.kind == ML_V_ABSENT ? ml_cel_trace_made(ctx, paths, n, false) : NULL;
	return bad.kind == ML_V_ABSENT ? ml_list(items, n) : bad;
}

static struct ml_value used(struct ml_cel_ctx *ctx, const struct ml_cel_node *node)
{
	struct ml_value v = ml_cel_give(ctx, node);

	if (ctx->tracer)
		ml_cel_trace_use(ctx, &v);
	return v;
}

struct ml_value ml_cel_make_map(struct ml_cel_ctx *ctx, const struct ml_cel_node *node)
{
	struct ml_entry *entries = ml_alloc_array(ctx->arena, node->n / 2, sizeof(*entries));
	struct ml_value bad = ml_absent(), map;
	size_t n = 0;
	int code;

	if (!entries)
		return ml_cel_over(ctx);
	for (uint32_t i = 0; i + 1 < node->n; i += 2) {
		struct ml_entry *e = &entries[n];
		*e = (struct ml_entry){ml_at(used(ctx, node->args[i]), 0), used(ctx, node->args[i + 1])};
		if (!unwrap(&e->value, node->args[i]->flags & ML_CEL_F_ENTRY))
			continue;
		if (!ml_cel_bad(&e->key) && !is_key(&e->key))
			e->key = ml_cel_wrong("unsupported key type");
		if (ml_cel_bad(&e->key))
			worse(&bad, &e->key);
		else if (ml_cel_bad(&e->value))
			worse(&bad, &e->value);
		else
			n++;
	}
	if (bad.kind != ML_V_ABSENT)
		return bad;
	code = ml_map(entries, n, &map, NULL);
	return code == ML_EDUP ? ml_cel_wrong("Failed with repeated key") : code ? ml_cel_over(ctx) : map;
}

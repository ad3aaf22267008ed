/* SPDX-License-Identifier: Apache-2.0 */
/* Which facts an evaluation read. */
#include "policies/cel/trace-priv.h"

#include "base/buf.h"

enum { PATH_MAX_BYTES = 4096 };

static const struct ml_cel_path *new_path(struct ml_cel_ctx *ctx, struct ml_cel_path path, const struct ml_value *value)
{
	struct ml_cel_path *copy = ml_alloc(ctx->arena, sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = path;
	copy->loc = value && value->loc ? value->loc : path.parent ? path.parent->loc : 0;
	return copy;
}

void ml_cel_trace_var(struct ml_cel_ctx *ctx, struct ml_str name, const struct ml_value *value)
{
	ctx->tracer->last = new_path(ctx, (struct ml_cel_path){.name = name}, value);
}

void ml_cel_trace_field(struct ml_cel_ctx *ctx, const struct ml_cel_path *parent, struct ml_str name, const struct ml_value *value)
{
	ctx->tracer->last = parent && !parent->elems ? new_path(ctx, (struct ml_cel_path){.parent = parent, .name = name}, value) : NULL;
}

const struct ml_cel_path *ml_cel_trace_elem(struct ml_cel_ctx *ctx, const struct ml_cel_path *parent, const struct ml_value *key, const struct ml_value *value)
{
	if (!parent)
		return NULL;
	if (parent->elems)
		return key->kind == ML_V_INT && (uint64_t)key->i < parent->nelems ? parent->elems[key->i] : NULL;
	return new_path(ctx, (struct ml_cel_path){.parent = parent, .key = *key}, value);
}

void ml_cel_trace_item(struct ml_cel_ctx *ctx, const struct ml_cel_path *parent, const struct ml_value *key, const struct ml_value *value)
{
	ctx->tracer->last = ml_cel_trace_elem(ctx, parent, key, value);
}

const struct ml_cel_path *ml_cel_trace_key(struct ml_cel_ctx *ctx, const struct ml_cel_path *parent, const struct ml_value *key)
{
	if (!parent || parent->elems)
		return NULL;
	return new_path(ctx, (struct ml_cel_path){.parent = parent, .key = *key, .is_key = true}, key);
}

const struct ml_cel_path *ml_cel_trace_made(struct ml_cel_ctx *ctx, const struct ml_cel_path *const *elems, size_t n, bool quiet)
{
	for (size_t i = 0; elems && i < n; i++)
		if (elems[i])
			return new_path(ctx, (struct ml_cel_path){.elems = elems, .nelems = n, .quiet = quiet}, NULL);
	return NULL;
}

static bool same_key(const struct ml_value *a, const struct ml_value *b)
{
	return a->kind == b->kind && (a->kind == ML_V_ABSENT || ml_value_cmp_key(a, b) == 0);
}

static bool same_path(const struct ml_cel_path *a, const struct ml_cel_path *b)
{
	for (; a != b; a = a->parent, b = b->parent)
		if (!a || !b || a->is_key != b->is_key || !ml_str_eq(a->name, b->name) || !same_key(&a->key, &b->key))
			return false;
	return true;
}

static bool noted(const struct ml_cel_tracer *t, size_t from, size_t to, const struct ml_cel_path *path)
{
	for (size_t i = from; i < to; i++)
		if (same_path(t->items[i].path, path))
			return true;
	return false;
}

/* What a reader of the report wants to see: absent for what was looked for in vain, and what an optional holds. */
static struct ml_value shown(const struct ml_value *value)
{
	if (value->kind == ML_V_ERROR)
		return ml_absent();
	if (value->kind == ML_V_OPTIONAL)
		return value->inner ? *value->inner : ml_absent();
	return *value;
}

static void note(struct ml_cel_ctx *ctx, const struct ml_cel_path *path, const struct ml_value *value)
{
	struct ml_cel_tracer *t = ctx->tracer;

	if (noted(t, t->base, t->n, path))
		return;
	if (t->n - t->base >= t->max || ml_alloc_grow(ctx->arena, &t->items, &t->cap, t->n + 1, sizeof(*t->items))) {
		t->dropped++;
		return;
	}
	t->items[t->n++] = (struct ml_cel_note){path, shown(value)};
}

static void note_made(struct ml_cel_ctx *ctx, const struct ml_cel_path *made, const struct ml_value *value)
{
	if (made->quiet || value->kind != ML_V_LIST)
		return;
	for (size_t i = 0; i < made->nelems && i < value->len; i++) {
		if (made->elems[i] && made->elems[i]->elems)
			note_made(ctx, made->elems[i], &value->items[i]);
		else if (made->elems[i])
			note(ctx, made->elems[i], &value->items[i]);
	}
}

void ml_cel_trace_use(struct ml_cel_ctx *ctx, const struct ml_value *value)
{
	const struct ml_cel_path *path = ctx->tracer->last;

	ctx->tracer->last = NULL;
	if (path && path->elems)
		note_made(ctx, path, value);
	else if (path)
		note(ctx, path, value);
}

void ml_cel_choice_begin(struct ml_cel_ctx *ctx, struct ml_cel_choice *choice)
{
	struct ml_cel_tracer *t = ctx->tracer;

	*choice = (struct ml_cel_choice){.start = t->n, .outer_base = t->base, .dropped = t->dropped};
}

void ml_cel_choice_operand(struct ml_cel_ctx *ctx, struct ml_cel_choice *choice)
{
	choice->operand = ctx->tracer->n;
	choice->operand_dropped = ctx->tracer->dropped;
	ctx->tracer->base = ctx->tracer->n;
}

/* Adds the operand's notes to those kept: each once, at most `max`. */
static void keep(struct ml_cel_tracer *t, const struct ml_cel_choice *choice)
{
	size_t n = choice->operand;

	for (size_t i = choice->operand; i < t->n; i++) {
		if (n - choice->start >= t->max)
			t->dropped++;
		else if (!noted(t, choice->start, n, t->items[i].path))
			t->items[n++] = t->items[i];
	}
	t->n = n;
}

void ml_cel_choice_weigh(struct ml_cel_ctx *ctx, struct ml_cel_choice *choice, enum ml_cel_weight weight)
{
	struct ml_cel_tracer *t = ctx->tracer;

	t->base = choice->outer_base;
	if (weight < choice->weight) {
		t->n = choice->operand;
		t->dropped = choice->operand_dropped;
		return;
	}
	if (weight > choice->weight) {
		size_t n = t->n - choice->operand;
		if (n)
			memmove(t->items + choice->start, t->items + choice->operand, n * sizeof(*t->items));
		t->n = choice->start + n;
		t->dropped -= choice->operand_dropped - choice->dropped;
		choice->weight = weight;
		return;
	}
	keep(t, choice);
}

/* The whole becomes part of what is around it. */
void ml_cel_choice_end(struct ml_cel_ctx *ctx, struct ml_cel_choice *choice)
{
	struct ml_cel_tracer *t = ctx->tracer;
	size_t n = choice->start;

	t->base = choice->outer_base;
	for (size_t i = choice->start; i < t->n; i++) {
		if (n - t->base >= t->max)
			t->dropped++;
		else if (!noted(t, t->base, n, t->items[i].path))
			t->items[n++] = t->items[i];
	}
	t->n = n;
	t->last = NULL;
}

static bool plain_name(struct ml_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (i && c >= '0' && c <= '9')))
			return false;
	}
	return s.len > 0;
}

static void put_key(struct ml_buf *out, const struct ml_value *key)
{
	if (key->kind == ML_V_STRING && plain_name(ml_value_text(key))) {
		ml_buf_putc(out, '.');
		ml_buf_str(out, ml_value_text(key));
		return;
	}
	ml_buf_putc(out, '[');
	if (key->kind == ML_V_STRING) {
		ml_buf_putc(out, '"');
		ml_buf_escaped(out, ml_value_text(key));
		ml_buf_putc(out, '"');
	} else if (key->kind == ML_V_BOOL)
		ml_buf_puts(out, key->b ? "true" : "false");
	else if (key->kind == ML_V_INT)
		ml_buf_printf(out, "%lld", (long long)key->i);
	else if (key->kind == ML_V_UINT)
		ml_buf_printf(out, "%llu", (unsigned long long)key->u);
	else
		ml_cel_put_double(out, key->d, true);
	ml_buf_putc(out, ']');
}

static struct ml_str path_text(struct ml_cel_ctx *ctx, const struct ml_cel_path *path)
{
	const struct ml_cel_path *steps[ML_CEL_VALUE_DEPTH];
	size_t n = 0;
	ML_BUF_AUTO out;

	ml_buf_init(&out, PATH_MAX_BYTES);
	for (; path && n < ML_CEL_VALUE_DEPTH; path = path->parent)
		steps[n++] = path;
	while (n-- > 0) {
		if (steps[n]->key.kind != ML_V_ABSENT)
			put_key(&out, &steps[n]->key);
		else {
			ml_buf_puts(&out, steps[n]->parent ? "." : "");
			ml_buf_str(&out, steps[n]->name);
		}
	}
	return ml_str_dup(ctx->arena, ml_buf_get(&out));
}

static bool emitted(const struct ml_cel_trace *out, struct ml_str path)
{
	for (size_t i = 0; i < out->n; i++)
		if (ml_str_eq(out->items[i].path, path))
			return true;
	return false;
}

void ml_cel_trace_emit(struct ml_cel_ctx *ctx, struct ml_cel_trace *out)
{
	const struct ml_cel_tracer *t = ctx->tracer;

	out->dropped += t->dropped;
	for (size_t i = 0; i < t->n; i++) {
		struct ml_str path = path_text(ctx, t->items[i].path);
		if (emitted(out, path))
			continue;
		if (!path.ptr || out->n >= t->max || ml_alloc_grow(ctx->arena, &out->items, &out->cap, out->n + 1, sizeof(*out->items))) {
			out->dropped++;
			continue;
		}
		out->items[out->n++] = (struct ml_cel_read){path, t->items[i].value, t->items[i].path->loc};
	}
}

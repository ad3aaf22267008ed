/* SPDX-License-Identifier: Apache-2.0 */
/* The evaluator: a walk over the checked tree. */
#include <stdarg.h>
#include <stdio.h>

#include "policies/cel/impl-priv.h"
#include "policies/cel/trace-priv.h"

enum { FEW_LOCALS = 16 };

struct ml_value ml_cel_over(const struct ml_cel_ctx *ctx)
{
	return ml_unknown(ctx->cost > ctx->limit ? ML_STR("cost limit reached") : ML_STR("out of memory"));
}

struct ml_value ml_cel_wrong(const char *text)
{
	return ml_verror(ml_str(text));
}

struct ml_value ml_cel_no_overload(void)
{
	return ml_verror(ML_STR("no such overload"));
}

struct ml_value ml_cel_faultf(struct ml_cel_ctx *ctx, const char *fmt, ...)
{
	char text[256];
	struct ml_str copy;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	copy = ml_str_dup(ctx->arena, (struct ml_str){text, len < 0 ? 0 : (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1});
	return copy.ptr ? ml_verror(copy) : ml_cel_over(ctx);
}

struct ml_value ml_cel_no_key(struct ml_cel_ctx *ctx, struct ml_str key)
{
	return ml_cel_faultf(ctx, "no such key: '%.*s'", ML_STR_ARG(ml_str_sub(key, 0, 100)));
}

char *ml_cel_bytes(struct ml_cel_ctx *ctx, size_t n)
{
	if (!ml_cel_spend_bytes(ctx, n) || n > INT32_MAX)
		return NULL;
	return ml_alloc(ctx->arena, n);
}

struct ml_value *ml_cel_values(struct ml_cel_ctx *ctx, size_t n)
{
	size_t bytes;

	if (!ml_mul_size(n, sizeof(struct ml_value), &bytes))
		return NULL;
	return (struct ml_value *)(void *)ml_cel_bytes(ctx, bytes);
}

struct ml_value ml_cel_string_copy(struct ml_cel_ctx *ctx, struct ml_str s)
{
	char *text = ml_cel_bytes(ctx, s.len);

	if (!text)
		return ml_cel_over(ctx);
	if (s.len)
		memcpy(text, s.ptr, s.len);
	return ml_string((struct ml_str){text, s.len});
}

static struct ml_value constant(struct ml_cel_ctx *ctx, const struct ml_cel_node *node)
{
	return node->value;
}

static struct ml_value variable(struct ml_cel_ctx *ctx, const struct ml_cel_node *node)
{
	const struct ml_value *v = &ctx->vars[node->slot];

	if (ctx->tracer)
		ml_cel_trace_var(ctx, ctx->env->vars[node->slot].name, v);
	if (v->kind == ML_V_ABSENT)
		return ml_cel_faultf(ctx, "no such attribute: %.*s", ML_STR_ARG(ctx->env->vars[node->slot].name));
	return *v;
}

static struct ml_value local(struct ml_cel_ctx *ctx, const struct ml_cel_node *node)
{
	if (ctx->tracer)
		ctx->tracer->last = ctx->tracer->locals[node->slot];
	return ctx->locals[node->slot];
}

/* A value that is used: in a trace it is noted. */
static inline struct ml_value used(struct ml_cel_ctx *ctx, const struct ml_cel_node *node)
{
	struct ml_value v = ml_cel_give(ctx, node);

	if (ctx->tracer)
		ml_cel_trace_use(ctx, &v);
	return v;
}

bool ml_cel_stands(const struct ml_value *v, const struct ml_type *type)
{
	static const uint8_t kinds[] = {
		[ML_T_NULL] = ML_V_NULL, [ML_T_BOOL] = ML_V_BOOL, [ML_T_INT] = ML_V_INT, [ML_T_UINT] = ML_V_UINT,
		[ML_T_DOUBLE] = ML_V_DOUBLE, [ML_T_STRING] = ML_V_STRING, [ML_T_BYTES] = ML_V_BYTES,
		[ML_T_TIMESTAMP] = ML_V_TIMESTAMP, [ML_T_DURATION] = ML_V_DURATION, [ML_T_LIST] = ML_V_LIST,
		[ML_T_MAP] = ML_V_MAP, [ML_T_RECORD] = ML_V_RECORD, [ML_T_OPTIONAL] = ML_V_OPTIONAL,
		[ML_T_TYPE] = ML_V_TYPE, [ML_T_IP] = ML_V_IP, [ML_T_CIDR] = ML_V_CIDR, [ML_T_OPAQUE] = 0,
	};

	return kinds[type->kind] == v->kind || type->kind == ML_T_DYN || type->kind == ML_T_PARAM;
}

static bool all_fit(const struct ml_cel_overload *overload, const struct ml_value *args, uint32_t n)
{
	if (overload->nargs != n)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!ml_cel_stands(&args[i], overload->args[i]))
			return false;
	return true;
}

/* The kinds that came decide, also where one overload is left: a fact of a wrong kind is an error of the evaluation and nothing worse. */
static struct ml_value dispatch(struct ml_cel_ctx *ctx, const struct ml_cel_node *node, const struct ml_value *args)
{
	for (uint32_t i = 0; i < node->noverloads; i++) {
		if (!node->overloads[i]->impl || !all_fit(node->overloads[i], args, node->n)) /* NULL: declared for checking only */
			continue;
		ctx->call = node;
		return node->overloads[i]->impl(ctx, args, node->n);
	}
	return ml_cel_no_overload();
}

/* a.or(b) and a.orValue(b) look at b only when a is none. */
static bool is_lazy(const struct ml_cel_node *node)
{
	return node->noverloads == 1 && (node->overloads[0]->impl == ml_celf_optional_or || node->overloads[0]->impl == ml_celf_or_value);
}

static struct ml_value call(struct ml_cel_ctx *ctx, const struct ml_cel_node *node)
{
	struct ml_value args[ML_CEL_ARGS_MAX], bad = {.kind = ML_V_ABSENT};

	if (node->n > ML_CEL_ARGS_MAX)
		return ml_cel_no_overload();
	for (uint32_t i = 0; i < node->n; i++) {
		args[i] = used(ctx, node->args[i]);
		if (ml_cel_bad(&args[i]) && (bad.kind == ML_V_ABSENT || (bad.kind == ML_V_ERROR && args[i].kind == ML_V_UNKNOWN)))
			bad = args[i];
		if (i == 0 && args[0].kind == ML_V_OPTIONAL && args[0].inner && is_lazy(node))
			return node->overloads[0]->impl(ctx, args, node->n);
	}
	return bad.kind == ML_V_ABSENT ? dispatch(ctx, node, args) : bad;
}

static struct ml_value condition(struct ml_cel_ctx *ctx, const struct ml_cel_node *node)
{
	struct ml_value v = used(ctx, node->args[0]);

	if (v.kind != ML_V_BOOL)
		return ml_cel_bad(&v) ? v : ml_cel_no_overload();
	return ml_cel_give(ctx, node->args[v.b ? 1 : 2]);
}

static void set_local(struct ml_cel_ctx *ctx, int32_t slot, struct ml_value value)
{
	ctx->locals[slot] = value;
	if (ctx->tracer)
		ctx->tracer->locals[slot] = ctx->tracer->last;
}

/* An error in what is bound is one only where it is used. */
static struct ml_value bind(struct ml_cel_ctx *ctx, const struct ml_cel_node *node)
{
	set_local(ctx, node->slot, ml_cel_give(ctx, node->args[0]));
	return ml_cel_give(ctx, node->args[1]);
}

static struct ml_value optional_map(struct ml_cel_ctx *ctx, const struct ml_cel_node *node)
{
	struct ml_value v = ml_cel_give(ctx, node->args[0]);

	if (v.kind != ML_V_OPTIONAL || !v.inner) {
		if (ctx->tracer)
			ml_cel_trace_use(ctx, &v);
		return v.kind == ML_V_OPTIONAL || ml_cel_bad(&v) ? v : ml_cel_no_overload();
	}
	set_local(ctx, node->slot, *v.inner);
	v = ml_cel_give(ctx, node->args[1]);
	if (ml_cel_bad(&v))
		return v;
	if (node->op == ML_CEL_OPTMAP)
		return ml_cel_some(ctx, v);
	return v.kind == ML_V_OPTIONAL ? v : ml_cel_no_overload();
}

struct ml_value ml_cel_give(struct ml_cel_ctx *ctx, const struct ml_cel_node *node)
{
	static struct ml_value (*const handlers[])(struct ml_cel_ctx *ctx, const struct ml_cel_node *node) = {
		[ML_CEL_IDENT] = constant, [ML_CEL_MESSAGE] = constant, [ML_CEL_CONST] = constant, [ML_CEL_VAR] = variable,
		[ML_CEL_LOCAL] = local, [ML_CEL_SELECT] = ml_cel_select, [ML_CEL_INDEX] = ml_cel_index, [ML_CEL_CALL] = call,
		[ML_CEL_AND] = ml_cel_junction, [ML_CEL_OR] = ml_cel_junction, [ML_CEL_COND] = condition,
		[ML_CEL_LIST] = ml_cel_make_list, [ML_CEL_MAP] = ml_cel_make_map, [ML_CEL_LOOP] = ml_cel_loop, [ML_CEL_BIND] = bind,
		[ML_CEL_OPTMAP] = optional_map, [ML_CEL_OPTFLATMAP] = optional_map, [ML_CEL_FAULT] = constant,
	};

	if (!ml_cel_spend(ctx, 1))
		return ml_cel_over(ctx);
	if (ctx->tracer)
		ctx->tracer->last = NULL;
	return handlers[node->op](ctx, node);
}

static struct ml_value traced(struct ml_cel_ctx *ctx, const struct ml_cel_node *root, uint32_t nlocals, struct ml_cel_trace *out)
{
	struct ml_cel_tracer tracer = {.max = out->max ? out->max : 64};
	struct ml_value v;

	tracer.locals = ml_alloc_array(ctx->arena, nlocals, sizeof(struct ml_cel_path *));
	if (!tracer.locals)
		return ml_cel_over(ctx);
	ctx->tracer = &tracer;
	v = used(ctx, root);
	ml_cel_trace_emit(ctx, out);
	ctx->tracer = NULL;
	return v;
}

struct ml_value ml_cel_eval(const struct ml_cel_program *program, struct ml_cel_run *run)
{
	struct ml_value few[FEW_LOCALS], result;
	struct ml_cel_ctx ctx = {
		.arena = run->arena, .vars = run->vars, .locals = few, .env = program->env, .cache = run->cache,
		.limit = run->cost_limit ? run->cost_limit : ML_CEL_COST,
	};

	if (program->nlocals > FEW_LOCALS)
		ctx.locals = ml_alloc_array(run->arena, program->nlocals, sizeof(struct ml_value));
	if (!ctx.locals)
		return ml_cel_over(&ctx);
	if (run->trace)
		result = traced(&ctx, program->root, program->nlocals, run->trace);
	else
		result = ml_cel_give(&ctx, program->root);
	run->cost = ctx.cost + ctx.shared;
	return result;
}

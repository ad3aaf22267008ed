/* SPDX-License-Identifier: Apache-2.0 */
/* Type inference: assignability, joining and parameters. */
#include "policies/cel/infer-priv.h"

enum { COPY_COST = 64 };

struct ml_cel_undo {
	size_t param;
	const struct ml_type *old;
};

/* One step down into a type; false, and nothing fits from then on, when it is too deep or took too long. */
static bool enter(struct ml_cel_infer *in)
{
	if (in->depth >= ML_CEL_TYPE_DEPTH || in->fuel < 2) {
		in->fuel = 0;
		return false;
	}
	in->fuel--;
	in->depth++;
	return true;
}

const struct ml_type *ml_cel_fresh(struct ml_cel_infer *in)
{
	struct ml_type *type = ml_alloc(in->arena, sizeof(*type));

	if (!type || ml_alloc_grow(in->arena, &in->bound, &in->cap, in->n + 1, sizeof(in->bound[0])))
		return &ml_type_dyn;
	*type = (struct ml_type){.kind = ML_T_PARAM, .name = "T", .nargs = in->n};
	in->bound[in->n++] = NULL;
	return type;
}

const struct ml_type *ml_cel_deref(const struct ml_cel_infer *in, const struct ml_type *type)
{
	while (type->kind == ML_T_PARAM && in->bound[type->nargs])
		type = in->bound[type->nargs];
	return type;
}

size_t ml_cel_mark(const struct ml_cel_infer *in)
{
	return in->ntrail;
}

void ml_cel_undo(struct ml_cel_infer *in, size_t mark)
{
	while (in->ntrail > mark) {
		in->ntrail--;
		in->bound[in->trail[in->ntrail].param] = in->trail[in->ntrail].old;
	}
}

static bool bind(struct ml_cel_infer *in, const struct ml_type *param, const struct ml_type *to)
{
	if (ml_alloc_grow(in->arena, &in->trail, &in->trail_cap, in->ntrail + 1, sizeof(in->trail[0])))
		return false;
	in->trail[in->ntrail++] = (struct ml_cel_undo){param->nargs, in->bound[param->nargs]};
	in->bound[param->nargs] = to;
	return true;
}

static bool occurs(struct ml_cel_infer *in, const struct ml_type *param, const struct ml_type *type);

static bool occurs_in(struct ml_cel_infer *in, const struct ml_type *param, const struct ml_type *type)
{
	switch (type->kind) {
	case ML_T_PARAM:
		return in->bound[type->nargs] && occurs(in, param, in->bound[type->nargs]);
	case ML_T_LIST:
	case ML_T_OPTIONAL:
		return occurs(in, param, type->elem);
	case ML_T_MAP:
		return occurs(in, param, type->key) || occurs(in, param, type->elem);
	case ML_T_OPAQUE:
		for (size_t i = 0; i < type->nargs; i++)
			if (occurs(in, param, type->args[i]))
				return true;
		return false;
	default:
		return false;
	}
}

/* Whether `param` stands somewhere in `type`. */
static bool occurs(struct ml_cel_infer *in, const struct ml_type *param, const struct ml_type *type)
{
	bool found;

	if (type == param || !enter(in))
		return true;
	found = occurs_in(in, param, type);
	in->depth--;
	return found;
}

bool ml_cel_vocab_within(const struct ml_vocab *a, const struct ml_vocab *b)
{
	if (a == b)
		return true;
	for (size_t i = 0; a->words[i]; i++)
		if (!ml_vocab_has(b, ml_str(a->words[i])))
			return false;
	return true;
}

static bool less_specific(struct ml_cel_infer *in, const struct ml_type *a, const struct ml_type *b);

static bool less_specific_args(struct ml_cel_infer *in, const struct ml_type *a, const struct ml_type *b)
{
	if (a->nargs != b->nargs || strcmp(a->name, b->name) != 0)
		return false;
	for (size_t i = 0; i < a->nargs; i++)
		if (!less_specific(in, a->args[i], b->args[i]))
			return false;
	return true;
}

static bool less_specific_kind(struct ml_cel_infer *in, const struct ml_type *a, const struct ml_type *b)
{
	switch (a->kind) {
	case ML_T_STRING:
		return !a->vocab || (b->vocab && a->vocab->open == b->vocab->open && ml_cel_vocab_within(b->vocab, a->vocab));
	case ML_T_LIST:
	case ML_T_OPTIONAL:
		return less_specific(in, a->elem, b->elem);
	case ML_T_MAP:
		return less_specific(in, a->key, b->key) && less_specific(in, a->elem, b->elem);
	case ML_T_OPAQUE:
		return less_specific_args(in, a, b);
	default:
		return true;
	}
}

/* Whether `a` is `b` or more general than it. */
static bool less_specific(struct ml_cel_infer *in, const struct ml_type *a, const struct ml_type *b)
{
	bool less;

	if (a == b || a->kind == ML_T_DYN || a->kind == ML_T_PARAM)
		return true;
	if (a->kind != b->kind || !enter(in))
		return false;
	less = less_specific_kind(in, a, b);
	in->depth--;
	return less;
}

static bool nullable(const struct ml_type *type)
{
	switch (type->kind) {
	case ML_T_TIMESTAMP:
	case ML_T_DURATION:
	case ML_T_OPTIONAL:
	case ML_T_OPAQUE:
	case ML_T_IP:
	case ML_T_CIDR:
		return true;
	default:
		return false;
	}
}

static const struct ml_type *join_kind(struct ml_cel_infer *in, const struct ml_type *a, const struct ml_type *b)
{
	const struct ml_type *key, *elem;

	switch (a->kind) {
	case ML_T_STRING:
		return &ml_type_string; /* two vocabularies: any string */
	case ML_T_LIST:
		elem = ml_type_list(in->arena, ml_cel_join(in, a->elem, b->elem));
		break;
	case ML_T_OPTIONAL:
		elem = ml_type_optional(in->arena, ml_cel_join(in, a->elem, b->elem));
		break;
	case ML_T_MAP:
		key = ml_cel_join(in, a->key, b->key);
		elem = ml_type_map(in->arena, key, ml_cel_join(in, a->elem, b->elem));
		break;
	default:
		return b;
	}
	return elem ? elem : &ml_type_dyn;
}

const struct ml_type *ml_cel_join(struct ml_cel_infer *in, const struct ml_type *a, const struct ml_type *b)
{
	const struct ml_type *joined;

	if (a->kind == ML_T_NULL && nullable(b))
		return b;
	if ((b->kind == ML_T_NULL && nullable(a)) || less_specific(in, a, b))
		return a;
	if (less_specific(in, b, a) || a->kind != b->kind || !enter(in))
		return b;
	joined = join_kind(in, a, b);
	in->depth--;
	return joined;
}

static bool fits(struct ml_cel_infer *in, const struct ml_type *have, const struct ml_type *want);

/* Whether the parameter `param` can be `type`, or be widened to it. *had: it was bound already. */
static bool substitute(struct ml_cel_infer *in, const struct ml_type *type, const struct ml_type *param, bool *had)
{
	const struct ml_type *old = in->bound[param->nargs], *joined;

	*had = old || type == param;
	if (type == param || type == old)
		return true;
	if (!old)
		return !occurs(in, param, type) && bind(in, param, type);
	if (!fits(in, type, old))
		return false;
	joined = ml_cel_join(in, type, old);
	if (joined != old && !occurs(in, param, joined))
		bind(in, param, joined);
	return true;
}

static bool fits_args(struct ml_cel_infer *in, const struct ml_type *have, const struct ml_type *want)
{
	if (have->nargs != want->nargs || strcmp(have->name, want->name) != 0)
		return false;
	for (size_t i = 0; i < have->nargs; i++)
		if (!fits(in, have->args[i], want->args[i]))
			return false;
	return true;
}

static bool fits_kind(struct ml_cel_infer *in, const struct ml_type *have, const struct ml_type *want)
{
	if (have->kind != want->kind)
		return false;
	switch (have->kind) {
	case ML_T_LIST:
	case ML_T_OPTIONAL:
		return fits(in, have->elem, want->elem);
	case ML_T_MAP:
		return fits(in, have->key, want->key) && fits(in, have->elem, want->elem);
	case ML_T_RECORD:
		return have->fields == want->fields;
	case ML_T_OPAQUE:
		return fits_args(in, have, want);
	default:
		return true;
	}
}

static bool fits_types(struct ml_cel_infer *in, const struct ml_type *have, const struct ml_type *want)
{
	bool had;

	if (want->kind == ML_T_PARAM) {
		if (substitute(in, have, want, &had))
			return true;
		if (had)
			return false;
	}
	if (have->kind == ML_T_PARAM)
		return substitute(in, want, have, &had);
	if (have->kind == ML_T_DYN || want->kind == ML_T_DYN)
		return true;
	if ((have->kind == ML_T_NULL && nullable(want)) || (want->kind == ML_T_NULL && nullable(have)))
		return true;
	return fits_kind(in, have, want);
}

static bool fits(struct ml_cel_infer *in, const struct ml_type *have, const struct ml_type *want)
{
	bool fit;

	if (have == want)
		return true;
	if (!enter(in))
		return false;
	fit = fits_types(in, have, want);
	in->depth--;
	return fit;
}

bool ml_cel_fits(struct ml_cel_infer *in, const struct ml_type *have, const struct ml_type *want)
{
	size_t mark = ml_cel_mark(in);

	if (fits(in, have, want))
		return true;
	ml_cel_undo(in, mark);
	return false;
}

/* A copy costs more than a look. */
static void spend_copy(struct ml_cel_infer *in)
{
	in->fuel -= in->fuel > COPY_COST ? COPY_COST : in->fuel;
}

/* What a type that is made of others becomes: a parameter of a signature instantiated, or a bound one replaced. */
struct rewrite {
	struct ml_cel_infer *in;
	struct ml_cel_instance *instance; /* NULL: resolving */
	bool close;
};

static const struct ml_type *rewrite(const struct rewrite *r, const struct ml_type *type);

static const struct ml_type *rewrite_args(const struct rewrite *r, const struct ml_type *type)
{
	const struct ml_type **args = ml_alloc_array(r->in->arena, type->nargs, sizeof(args[0]));
	struct ml_type *copy = ml_alloc(r->in->arena, sizeof(*copy));

	if (!args || !copy)
		return NULL;
	spend_copy(r->in);
	for (size_t i = 0; i < type->nargs; i++)
		args[i] = rewrite(r, type->args[i]);
	*copy = *type;
	copy->args = args;
	return copy;
}

static const struct ml_type *rewrite_elem(const struct rewrite *r, const struct ml_type *type)
{
	const struct ml_type *key = type->key ? rewrite(r, type->key) : NULL;
	const struct ml_type *elem = type->elem ? rewrite(r, type->elem) : NULL;
	struct ml_type *copy;

	if (key == type->key && elem == type->elem)
		return type;
	spend_copy(r->in);
	copy = ml_alloc(r->in->arena, sizeof(*copy));
	if (copy)
		*copy = (struct ml_type){.kind = type->kind, .key = key, .elem = elem};
	return copy;
}

static const struct ml_type *instantiate_param(struct ml_cel_infer *in, struct ml_cel_instance *instance, const struct ml_type *type)
{
	size_t n = instance->n;

	for (size_t i = 0; i < n; i++)
		if (strcmp(instance->names[i], type->name) == 0)
			return instance->fresh[i];
	if (n == sizeof(instance->names) / sizeof(instance->names[0]))
		return &ml_type_dyn;
	instance->names[n] = type->name;
	instance->fresh[n] = ml_cel_fresh(in);
	return instance->fresh[instance->n++];
}

static const struct ml_type *rewrite(const struct rewrite *r, const struct ml_type *type)
{
	if (!r->instance)
		type = ml_cel_deref(r->in, type);
	if (type->kind == ML_T_PARAM && r->instance)
		return instantiate_param(r->in, r->instance, type);
	if (type->kind == ML_T_PARAM)
		return r->close ? &ml_type_dyn : type;
	if ((!type->elem && type->kind != ML_T_OPAQUE) || !enter(r->in))
		return type;
	type = type->kind != ML_T_OPAQUE ? rewrite_elem(r, type) : type->nargs ? rewrite_args(r, type) : type;
	r->in->depth--;
	return type ? type : &ml_type_dyn;
}

const struct ml_type *ml_cel_resolve(struct ml_cel_infer *in, const struct ml_type *type, bool close)
{
	return rewrite(&(struct rewrite){.in = in, .close = close}, type);
}

const struct ml_type *ml_cel_instantiate(struct ml_cel_infer *in, struct ml_cel_instance *instance, const struct ml_type *type)
{
	return rewrite(&(struct rewrite){.in = in, .instance = instance}, type);
}

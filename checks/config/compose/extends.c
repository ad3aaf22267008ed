/* SPDX-License-Identifier: Apache-2.0 */
/* `extends`: a service takes over what another has, from the same document or from another file. */
#include "checks/config/compose/load-priv.h"

enum state { FRESH, OPEN, DONE };

struct resolver {
	struct ml_cload *load;
	int depth;
};

static void resolve(struct resolver *r, struct ml_clayer *layer, uint32_t i);

/* The service stays without its inherited part. */
static void miss(struct resolver *r, struct ml_clayer *layer, uint32_t i, uint32_t loc, struct ml_str reason)
{
	ml_cload_say(r->load, ML_DIAG_ERROR, loc, "service `%.*s`: %.*s", ML_STR_ARG(layer->services->keys[i]), ML_STR_ARG(reason));
	r->load->memory = r->load->memory || !reason.ptr;
	layer->gap[i] = reason;
	r->load->facts->incomplete = true;
}

struct base {
	struct ml_clayer *layer;
	int64_t at; /* -1: missing, and said */
};

static bool find_in(struct ml_cloaded *file, struct ml_str service, struct base *out)
{
	for (size_t k = file->layers.n; k > 0; k--) {
		struct ml_clayer *layer = file->layers.items[k - 1];
		out->layer = layer;
		out->at = ml_cindex_find(&layer->index, service);
		if (out->at >= 0)
			return true;
	}
	return false;
}

static struct base in_file(struct resolver *r, struct ml_clayer *layer, uint32_t i, const struct ml_cnode *file, struct ml_str service)
{
	struct ml_arena *arena = r->load->arena;
	struct base base = {.at = -1};
	struct ml_cloaded *loaded;
	struct ml_str path, dir;
	int error = ml_path_join(arena, layer->dir, file->text, &path);

	if (error) {
		r->load->memory = r->load->memory || error == ML_ENOMEM;
		miss(r, layer, i, file->loc, ml_strf(arena, "the file %.*s of extends leads out of the root", ML_STR_ARG(file->text)));
		return base;
	}
	dir = ml_path_dir(path);
	loaded = ml_cload_layers(r->load, path, ml_str_eq(dir, layer->dir) ? layer->dir : dir, layer->env);
	if (!loaded)
		return base;
	if (loaded->error)
		miss(r, layer, i, file->loc, ml_strf(arena, "the file of extends cannot be used: %.*s", ML_STR_ARG(loaded->broken)));
	else if (!find_in(loaded, service, &base))
		miss(r, layer, i, file->loc, ml_strf(arena, "extends: no service `%.*s` in %.*s", ML_STR_ARG(service), ML_STR_ARG(path)));
	return base;
}

static struct base find_base(struct resolver *r, struct ml_clayer *layer, uint32_t i, const struct ml_cnode *extends)
{
	const struct ml_cnode *service = extends->kind == ML_C_MAP ? ml_cnode_get(extends, "service") : extends;
	const struct ml_cnode *file = ml_cnode_get(extends, "file");
	struct base base = {.layer = layer, .at = -1};

	if (!service || service->kind == ML_C_UNKNOWN || service->kind >= ML_C_SEQ || service->text.len == 0 ||
		(file && (file->kind >= ML_C_SEQ || file->kind == ML_C_UNKNOWN))) {
		miss(r, layer, i, extends->loc, ML_STR("extends must name a service, and may name a file"));
		return base;
	}
	if (file && file->kind != ML_C_NULL)
		return in_file(r, layer, i, file, service->text);
	base.at = ml_cindex_find(&layer->index, service->text);
	if (base.at < 0)
		miss(r, layer, i, service->loc, ml_strf(r->load->arena, "extends: no service `%.*s` in this file", ML_STR_ARG(service->text)));
	return base;
}

static void inherit(struct resolver *r, struct ml_clayer *layer, uint32_t i, const struct base *base, uint32_t loc)
{
	struct ml_cnode *own = layer->services->items[i], *from = base->layer->services->items[base->at], *copy;

	if (base->layer->gap[base->at].ptr)
		layer->gap[i] = base->layer->gap[base->at];
	if (from->kind != ML_C_MAP) {
		layer->gap[i] = ML_STR("the service that it extends is unknown");
		return;
	}
	copy = ml_cnode_copy(r->load, from, loc);
	if (!copy)
		return;
	if (copy->kind != ML_C_MAP) {
		layer->gap[i] = copy->text;
		return;
	}
	if (!ml_str_eq(base->layer->dir, layer->dir))
		ml_crebase_service(r->load, copy, base->layer->dir, layer->dir);
	copy = ml_cmerge_service(r->load, copy, own);
	if (copy)
		layer->services->items[i] = copy;
}

static void resolve_open(struct resolver *r, struct ml_clayer *layer, uint32_t i, const struct ml_cnode *extends)
{
	struct base base = find_base(r, layer, i, extends);

	if (base.at < 0 || r->load->memory)
		return;
	if (base.layer->state[base.at] == OPEN)
		miss(r, layer, i, extends->loc, ML_STR("extends goes round in a circle"));
	else if (r->depth >= ML_C_CHAIN)
		miss(r, layer, i, extends->loc, ML_STR("extends goes through too many services"));
	else
		resolve(r, base.layer, (uint32_t)base.at);
	if (base.layer->state[base.at] == DONE && !r->load->memory)
		inherit(r, layer, i, &base, extends->loc);
}

static void resolve(struct resolver *r, struct ml_clayer *layer, uint32_t i)
{
	struct ml_cnode *service = layer->services->items[i];
	const struct ml_cnode *extends = ml_cnode_get(service, "extends");

	if (layer->state[i] != FRESH)
		return;
	layer->state[i] = OPEN;
	r->depth++;
	if (extends && extends->kind != ML_C_NULL && extends->tag != ML_C_RESET)
		resolve_open(r, layer, i, extends);
	r->depth--;
	layer->state[i] = DONE;
	if (extends)
		ml_cnode_drop(layer->services->items[i], "extends");
}

void ml_cload_extends(struct ml_cload *load, struct ml_clayer *layer)
{
	struct resolver r = {.load = load};

	for (uint32_t i = 0; layer->services && i < layer->services->n && !load->memory; i++)
		resolve(&r, layer, i);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Variables that values read: where, which, and whether they have a value. */
#include "checks/config/compose/norm-priv.h"

enum { DEPTH = 220, PATH = 4096 };

/* A way into the tree: one step a level. */
struct walk {
	struct ml_cn *cn;
	struct ml_buf path;
	struct ml_str service;
	uint32_t service_loc;
};

static void add(struct walk *w, const struct ml_cnode *node, const struct ml_cvar *var)
{
	enum ml_secret_kind named = ml_secret_key(var->name);
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_co_interpolation);
	if (w->service.len)
		ml_record_set(&b, ML_CO_INT_SERVICE, ml_at(ml_string(w->service), w->service_loc));
	ml_record_set(
		&b, ML_CO_INT_PATH, ml_string(ml_str_dup(w->cn->arena, ml_buf_get(&w->path))));
	ml_record_set(&b, ML_CO_INT_NAME, ml_at(ml_string(var->name), node->loc));
	if (var->defaulted)
		ml_record_set(&b, ML_CO_INT_DEFAULTED, ml_bool(true));
	if (var->unset && var->op != '?' && !ml_cvar_shell_path(var->name))
		ml_record_set(&b, ML_CO_INT_UNSET, ml_bool(true));
	if (var->op == '?')
		ml_record_set(&b, ML_CO_INT_REQUIRED, ml_bool(true));
	if (named)
		ml_record_set(&b, ML_CO_INT_SECRET_NAME,
			ml_cn_word(ml_secret_kind_words[named], node->loc));
	ml_cn_push(w->cn, &w->cn->flat[ML_CO_INTERPOLATIONS], ml_cn_pack(w->cn, &b, node->loc));
}

static void walk(struct walk *w, const struct ml_cnode *node, int depth)
{
	for (uint32_t i = 0; ml_cn_is_scalar(node) && i < node->nvars; i++)
		add(w, node, &node->vars[i]);
	if (depth == 0 || (node->kind != ML_C_SEQ && node->kind != ML_C_MAP))
		return;
	for (uint32_t i = 0; i < node->n; i++) {
		size_t len = w->path.len;
		if (node->kind == ML_C_MAP) {
			if (len)
				ml_buf_putc(&w->path, '.');
			ml_buf_str(&w->path, ml_str_sub(node->keys[i], 0, 100));
		} else {
			ml_buf_printf(&w->path, "[%u]", i);
		}
		walk(w, node->items[i], depth - 1);
		w->path.len = len;
		w->path.error = 0; /* a path that is too long is cut */
	}
}

static void walk_services(struct walk *w, const struct ml_cnode *services)
{
	for (uint32_t i = 0; services->kind == ML_C_MAP && i < services->n; i++) {
		w->service = services->keys[i];
		w->service_loc = services->key_locs[i];
		walk(w, services->items[i], DEPTH);
	}
	w->service = ML_STR("");
}

void ml_cn_interpolations(struct ml_cn *cn)
{
	const struct ml_cnode *root = cn->project->root;
	struct walk w = {.cn = cn, .service = ML_STR("")};

	ml_buf_init(&w.path, PATH);
	for (uint32_t i = 0; root->kind == ML_C_MAP && i < root->n; i++) {
		if (ml_str_is(root->keys[i], "services")) {
			walk_services(&w, root->items[i]);
			continue;
		}
		ml_buf_str(&w.path, ml_str_sub(root->keys[i], 0, 100));
		walk(&w, root->items[i], DEPTH);
		w.path.len = 0;
	}
	ml_buf_free(&w.path);
}

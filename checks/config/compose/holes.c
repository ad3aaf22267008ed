/* SPDX-License-Identifier: Apache-2.0 */
/* Texts with a hole, where a variable is not set: what is known of them whatever the variable
 * brings. */
#include "checks/config/compose/load-priv.h"
#include "checks/config/compose/norm-priv.h"

/* How much of the text stands behind the first and behind the last hole. False: there is none. */
static bool holes(const struct ml_cnode *node, size_t *first, size_t *last)
{
	bool any = false;

	*first = *last = node->text.len;
	for (uint32_t i = 0; ml_cn_is_scalar(node) && i < node->nvars; i++) {
		size_t tail = node->vars[i].tail;
		if (!node->vars[i].unset || tail > node->text.len)
			continue;
		*first = any && *first > tail ? *first : tail;
		*last = any && *last < tail ? *last : tail;
		any = true;
	}
	return any;
}

struct ml_str ml_cn_behind_holes(const struct ml_cnode *node)
{
	size_t first, last;

	holes(node, &first, &last);
	return ml_str_sub(node->text, node->text.len - last, node->text.len);
}

bool ml_cn_may_be(const struct ml_cnode *node, struct ml_str text)
{
	size_t first, last;

	if (!holes(node, &first, &last))
		return ml_str_eq(node->text, text);
	return text.len >= node->text.len - first + last &&
	       ml_str_starts(text, ml_str_sub(node->text, 0, node->text.len - first)) &&
	       ml_str_ends(text, ml_cn_behind_holes(node));
}

/* The variable without which the path would be known, when it is the only such. */
static const struct ml_cvar *only_hole(const struct ml_cnode *node)
{
	const struct ml_cvar *hole = NULL;

	for (uint32_t i = 0; i < node->nvars; i++) {
		if (node->vars[i].unset && hole)
			return NULL;
		hole = node->vars[i].unset ? &node->vars[i] : hole;
	}
	return hole;
}

/* "$PWD/x" is "./x": shells set PWD to where Compose is started, Compose itself sets it since 2.35,
 * and that is the project's directory. "$HOME/x" is "~/x". */
static void fill_path(struct ml_cn *cn, struct ml_cnode *node)
{
	const struct ml_cvar *hole = node && ml_cn_is_scalar(node) ? only_hole(node) : NULL;
	const char *path =
		hole && hole->tail == node->text.len ? ml_cvar_shell_path(hole->name) : NULL;
	struct ml_cvar *vars;

	if (!path || (node->text.len && node->text.ptr[0] != '/' && node->text.ptr[0] != ':'))
		return;
	vars = ml_alloc_array(cn->arena, node->nvars, sizeof(*vars));
	node->text = ml_strf(cn->arena, "%s%.*s", path, ML_STR_ARG(node->text));
	if (!vars || !node->text.ptr) {
		cn->memory = true;
		return;
	}
	memcpy(vars, node->vars, node->nvars * sizeof(*vars));
	vars[hole - node->vars].unset = false;
	node->vars = vars;
	node->kind = ML_C_STR;
}

static void fill_mounts(struct ml_cn *cn, struct ml_cnode *volumes)
{
	for (uint32_t i = 0; volumes && volumes->kind == ML_C_SEQ && i < volumes->n; i++)
		fill_path(cn, volumes->items[i]->kind == ML_C_MAP
				      ? ml_cnode_mutable_get(volumes->items[i], "source")
				      : volumes->items[i]);
}

static void fill_service(struct ml_cn *cn, struct ml_cnode *service)
{
	struct ml_cnode *build = ml_cnode_mutable_get(service, "build"),
			*files = ml_cnode_mutable_get(service, "env_file");

	fill_mounts(cn, ml_cnode_mutable_get(service, "volumes"));
	fill_path(cn,
		build && build->kind == ML_C_MAP ? ml_cnode_mutable_get(build, "context") : build);
	fill_path(cn, files);
	for (uint32_t i = 0; files && files->kind == ML_C_SEQ && i < files->n; i++)
		fill_path(cn, files->items[i]->kind == ML_C_MAP
				      ? ml_cnode_mutable_get(files->items[i], "path")
				      : files->items[i]);
}

static void fill_section(
	struct ml_cn *cn, struct ml_cnode *section, const char *key, const char *within)
{
	for (uint32_t i = 0; section && section->kind == ML_C_MAP && i < section->n; i++) {
		struct ml_cnode *item = section->items[i];
		fill_path(cn, ml_cnode_mutable_get(
				      within ? ml_cnode_mutable_get(item, within) : item, key));
	}
}

void ml_cn_fill_paths(struct ml_cn *cn)
{
	struct ml_cnode *root = cn->project->root,
			*services = ml_cnode_mutable_get(root, "services");

	for (uint32_t i = 0; services && services->kind == ML_C_MAP && i < services->n; i++)
		fill_service(cn, services->items[i]);
	fill_section(cn, ml_cnode_mutable_get(root, "secrets"), "file", NULL);
	fill_section(cn, ml_cnode_mutable_get(root, "configs"), "file", NULL);
	fill_section(cn, ml_cnode_mutable_get(root, "volumes"), "device", "driver_opts");
}

/* SPDX-License-Identifier: Apache-2.0 */
/* `include`: other projects, each loaded with its own directory and variables, whose resources become ours. Compose specification, "Include". */
#include "checks/config/compose/load-priv.h"

static const char *const sections[] = {"services", "networks", "volumes", "secrets", "configs"};

/* One entry, understood. */
struct entry {
	struct ml_str paths[16];
	size_t npaths;
	struct ml_str dir;
	const struct ml_cenv *env;
	uint32_t loc;
};

static void broken(struct ml_cload *load, struct ml_cproject *project, uint32_t loc, const char *what, struct ml_str why)
{
	ml_cload_say(load, ML_DIAG_ERROR, loc, "include: %s%s%.*s", what, why.len ? ": " : "", ML_STR_ARG(why));
	if (project->broken.len == 0)
		project->broken = ML_STR("a file that is included could not be read");
	load->facts->incomplete = true;
}

static bool is_text(const struct ml_cnode *node)
{
	return node && node->kind < ML_C_SEQ && node->kind != ML_C_NULL && node->text.len > 0;
}

static int join(struct ml_cload *load, struct ml_str dir, struct ml_str path, struct ml_str *out)
{
	int r = ml_str_has(path, "://") || ml_str_starts(path, ML_STR("git@")) ? ML_EUNSUP : ml_path_join(load->arena, dir, path, out);

	load->memory = load->memory || r == ML_ENOMEM;
	return r;
}

static const char *add_path(struct ml_cload *load, struct entry *e, const struct ml_cnode *node, struct ml_str dir)
{
	int r;

	if (!is_text(node))
		return "a path must be a string";
	if (e->npaths == sizeof(e->paths) / sizeof(e->paths[0]))
		return "too many paths in one entry";
	r = join(load, dir, node->text, &e->paths[e->npaths]);
	if (r)
		return r == ML_EUNSUP ? "a remote file is not read" : "a path leads out of the root";
	e->npaths++;
	return NULL;
}

static const char *take_paths(struct ml_cload *load, struct entry *e, const struct ml_cnode *node, struct ml_str dir)
{
	const struct ml_cnode *path = node->kind == ML_C_MAP ? ml_cnode_get(node, "path") : node;
	const char *wrong = NULL;

	if (!path)
		return "an entry has no `path`";
	if (path->kind != ML_C_SEQ)
		return add_path(load, e, path, dir);
	for (uint32_t i = 0; i < path->n && !wrong; i++)
		wrong = add_path(load, e, path->items[i], dir);
	return path->n == 0 ? "an entry has no `path`" : wrong;
}

/* One file of variables, which goes behind what the including project knows. */
static const char *add_env(struct ml_cload *load, struct entry *e, struct ml_str name, bool needed)
{
	struct ml_cfile *file = ml_cload_file(load, name);

	if (!file)
		return NULL;
	if (file->error)
		return needed || file->error != ML_ENOENT ? "a file of variables cannot be read" : NULL;
	e->env = ml_cenv_of_file(load, file, e->env, false);
	return NULL;
}

static const char *take_env(struct ml_cload *load, struct entry *e, const struct ml_cnode *node, struct ml_str dir)
{
	const struct ml_cnode *files = ml_cnode_get(node, "env_file");
	const char *wrong = NULL;
	struct ml_str name;

	if (!files || files->kind == ML_C_NULL)
		return join(load, e->dir, ML_STR(".env"), &name) == 0 ? add_env(load, e, name, false) : NULL;
	for (uint32_t i = files->kind == ML_C_SEQ ? files->n : 1; i > 0 && !wrong; i--) {
		const struct ml_cnode *file = files->kind == ML_C_SEQ ? files->items[i - 1] : files;
		if (!is_text(file) || join(load, dir, file->text, &name))
			return "env_file names no file beneath the root";
		wrong = add_env(load, e, name, true);
	}
	return wrong;
}

static const char *understand(struct ml_cload *load, struct entry *e, const struct ml_cnode *node, struct ml_str dir)
{
	const struct ml_cnode *directory = ml_cnode_get(node, "project_directory");
	const char *wrong;

	if (node->kind == ML_C_UNKNOWN || node->kind == ML_C_SEQ)
		return "an entry must be a path or a mapping";
	wrong = take_paths(load, e, node, dir);
	if (wrong)
		return wrong;
	e->dir = ml_path_dir(e->paths[0]);
	if (directory && (!is_text(directory) || join(load, dir, directory->text, &e->dir)))
		return "project_directory is no directory beneath the root";
	return take_env(load, e, node, dir);
}

static bool add_resource(struct ml_cload *load, struct ml_cproject *project, struct ml_cnode *to, const struct ml_cnode *from, uint32_t i,
	const struct ml_cindex *index, uint32_t loc)
{
	struct ml_cnode *copy;
	bool service = ml_str_is(project->root->keys[0], "services") && to == project->root->items[0];

	if (ml_cindex_find(index, from->keys[i]) >= 0) {
		ml_cload_say(load, ML_DIAG_ERROR, loc, "include: `%.*s` is there already: Compose refuses such a project", ML_STR_ARG(from->keys[i]));
		if (service)
			ml_cload_gap(load, project, from->keys[i], ML_STR("an included file has a service of this name too"));
		return true;
	}
	copy = ml_cnode_copy(load, from->items[i], loc);
	if (!copy)
		return false;
	ml_cnode_push(to, from->keys[i], ml_cload_via(load, from->key_locs[i], loc), copy);
	return true;
}

/* The section with room for more. */
static struct ml_cnode *widen(struct ml_cload *load, struct ml_cnode *root, const char *name, uint32_t more)
{
	struct ml_cnode *old = ml_cnode_mutable_get(root, name), *wide;

	wide = ml_cnode_room(load, ML_C_MAP, old ? old->loc : root->loc, (size_t)more + (old ? old->n : 0));
	for (uint32_t i = 0; wide && old && i < old->n; i++)
		ml_cnode_push(wide, old->keys[i], old->key_locs[i], old->items[i]);
	for (uint32_t i = 0; wide && i < root->n; i++)
		if (ml_str_is(root->keys[i], name))
			root->items[i] = wide;
	return wide;
}

static void add_section(struct ml_cload *load, struct ml_cproject *project, const struct ml_cnode *from, const char *name, uint32_t loc)
{
	struct ml_cnode *section = ml_cnode_mutable_get(project->root, name), *to;
	struct ml_cindex index;

	if (!from || from->kind != ML_C_MAP || from->n == 0)
		return;
	if (section && section->kind != ML_C_MAP)
		return;
	if (ml_cindex_make(load->arena, section, &index) || !(to = widen(load, project->root, name, from->n))) {
		load->memory = true;
		return;
	}
	for (uint32_t i = 0; i < from->n; i++)
		if (!add_resource(load, project, to, from, i, &index, loc))
			return;
}

static void take_over(struct ml_cload *load, struct ml_cproject *project, struct ml_cproject *other, const struct entry *e)
{
	if (other->root->kind != ML_C_MAP) {
		broken(load, project, e->loc, "nothing can be taken from the file", other->root->text);
		return;
	}
	if (other->broken.len)
		broken(load, project, e->loc, "not all can be taken from the file", other->broken);
	if (!ml_str_eq(other->directory, project->directory))
		ml_crebase_root(load, other->root, other->directory, project->directory);
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]) && !load->memory; i++)
		add_section(load, project, ml_cnode_get(other->root, sections[i]), sections[i], e->loc);
	for (size_t i = 0; i < other->ngaps; i++)
		ml_cload_gap(load, project, other->gaps[i].service, other->gaps[i].reason);
}

static bool circular(const struct ml_cload *load, struct ml_str path)
{
	for (int i = 0; i < load->depth; i++)
		if (ml_str_eq(load->including[i], path))
			return true;
	return false;
}

static void one(struct ml_cload *load, struct ml_cproject *project, const struct ml_cnode *node, struct ml_str dir, const struct ml_cenv *env)
{
	struct entry e = {.env = env, .loc = node->loc};
	struct ml_cproject other = {0};
	const char *wrong = understand(load, &e, node, dir);

	if (load->memory)
		return;
	if (!wrong && circular(load, e.paths[0]))
		wrong = "goes round in a circle";
	if (!wrong && (load->depth >= ML_C_INCLUDES || ++load->included > ML_C_FILES))
		wrong = "too many files, or nested too deeply";
	if (wrong) {
		broken(load, project, node->loc, wrong, ML_STR(""));
		return;
	}
	load->including[load->depth++] = e.paths[0];
	if (ml_cload_project(load, e.paths, e.npaths, e.dir, e.env, &other) == 0)
		take_over(load, project, &other, &e);
	load->depth--;
}

void ml_cload_include(struct ml_cload *load, struct ml_cproject *project, const struct ml_cnode *include, struct ml_str dir, const struct ml_cenv *env)
{
	if (include->kind == ML_C_NULL)
		return;
	if (include->kind != ML_C_SEQ) {
		broken(load, project, include->loc, "must be a list", ML_STR(""));
		return;
	}
	for (uint32_t i = 0; i < include->n && !load->memory; i++)
		one(load, project, include->items[i], dir, env);
}

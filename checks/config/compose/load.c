/* SPDX-License-Identifier: Apache-2.0 */
/* Loading a Compose project: its files, each with its extends, merged in order; what they include;
 * the profiles that are asked for. */
#include "checks/config/compose/load-priv.h"

/* In the order in which docker compose looks for them; any of the second goes with any of the
 * first. */
static const char *const default_names[] = {
	"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"};
static const char *const override_names[] = {"compose.override.yml", "compose.override.yaml",
	"docker-compose.override.yml", "docker-compose.override.yaml"};
static const char *const sections[] = {"services", "networks", "volumes", "secrets", "configs"};

void ml_cload_gap(struct ml_cload *load, struct ml_cproject *project, struct ml_str service,
	struct ml_str reason)
{
	for (size_t i = 0; i < project->ngaps; i++)
		if (ml_str_eq(project->gaps[i].service, service))
			return;
	if (ml_alloc_grow(load->arena, &project->gaps, &project->gaps_cap, project->ngaps + 1,
		    sizeof(*project->gaps))) {
		load->memory = true;
		return;
	}
	project->gaps[project->ngaps++] = (struct ml_cgap){service, reason};
	load->facts->incomplete = true;
}

static void take_gaps(
	struct ml_cload *load, struct ml_cproject *project, const struct ml_clayer *layer)
{
	for (uint32_t i = 0; layer->services && i < layer->services->n; i++)
		if (layer->gap[i].ptr)
			ml_cload_gap(load, project, layer->services->keys[i], layer->gap[i]);
}

/* The layers of one file upon what is there. */
static void add_layers(struct ml_cload *load, struct ml_cproject *project,
	const struct ml_cloaded *file, struct ml_cnode **includes)
{
	for (size_t i = 0; i < file->layers.n && !load->memory; i++) {
		struct ml_clayer *layer = file->layers.items[i];
		struct ml_cnode *include = ml_cnode_mutable_get(layer->root, "include");
		ml_cload_extends(load, layer);
		if (load->memory)
			return;
		take_gaps(load, project, layer);
		if (include)
			*includes = *includes ? ml_cmerge_root(load, *includes, include) : include;
		project->root = project->root ? ml_cmerge_root(load, project->root, layer->root)
					      : layer->root;
		load->memory = load->memory || !project->root;
	}
}

static uint32_t first_place(struct ml_cload *load, const struct ml_cloaded *file)
{
	return file->from->error
		       ? 0
		       : ml_facts_loc(load->facts,
				 (struct ml_loc){.file = file->from->source, .line = 1, .col = 1});
}

/* Compose takes an empty file for an override that says nothing, but not for a project. */
static bool skip_empty(struct ml_cload *load, const struct ml_cloaded *file, bool first)
{
	if (file->empty)
		ml_cload_say(load, first ? ML_DIAG_ERROR : ML_DIAG_WARNING, first_place(load, file),
			"the file is empty");
	return file->empty && !first;
}

/* A file that cannot be used: without the first there is no project, without a later one it is not
 * whole. */
static void miss(struct ml_cload *load, struct ml_cproject *project, const struct ml_cloaded *file,
	bool first)
{
	if (file->from->error &&
		load->depth ==
			0) /* else it was said where it stands, or is where the include stands */
		ml_diag_add(&load->facts->diags, ML_DIAG_ERROR, file->name, 0, 0, "%.*s",
			ML_STR_ARG(file->broken));
	if (project->broken.len == 0)
		project->broken = file->broken;
	load->facts->incomplete = true;
	if (first)
		project->root = ml_cnode_unknown(load, first_place(load, file), file->broken.ptr);
}

/* The top level of the result: sections always mappings, what was only for the loader dropped,
 * services first. */
static struct ml_cnode *finish_root(struct ml_cload *load, struct ml_cnode *root)
{
	struct ml_cnode *out = ml_cnode_room(
		load, ML_C_MAP, root->loc, root->n + sizeof(sections) / sizeof(sections[0]));

	for (size_t i = 0; out && i < sizeof(sections) / sizeof(sections[0]); i++) {
		struct ml_cnode *section = NULL;
		uint32_t key_loc = 0;
		for (uint32_t k = 0; k < root->n; k++) {
			if (!ml_str_is(root->keys[k], sections[i]))
				continue;
			section = root->items[k];
			key_loc = root->key_locs[k];
		}
		if (!section)
			section = ml_cnode_room(load, ML_C_MAP, root->loc, 0);
		if (!section)
			return NULL;
		ml_cnode_push(out, ml_str(sections[i]), key_loc, section);
	}
	for (uint32_t k = 0; out && k < root->n; k++)
		if (ml_str_is(root->keys[k], "name") || ml_str_is(root->keys[k], "version") ||
			ml_str_starts(root->keys[k], ML_STR("x-")))
			ml_cnode_push(out, root->keys[k], root->key_locs[k], root->items[k]);
	return out;
}

int ml_cload_project(struct ml_cload *load, const struct ml_str *files, size_t n, struct ml_str dir,
	const struct ml_cenv *env, struct ml_cproject *out)
{
	struct ml_cnode *includes = NULL;

	*out = (struct ml_cproject){.directory = dir, .env = env, .load = load};
	for (size_t i = 0; i < n && !load->memory; i++) {
		const struct ml_cloaded *file = ml_cload_layers(load, files[i], dir, env);
		if (!file)
			break;
		if (skip_empty(load, file, i == 0))
			continue;
		if (file->error)
			miss(load, out, file, i == 0);
		if (out->root && out->root->kind == ML_C_UNKNOWN)
			break;
		if (file->broken.len && out->broken.len == 0)
			out->broken = file->broken;
		out->version_1 = out->version_1 || file->version_1;
		add_layers(load, out, file, &includes);
	}
	if (load->memory)
		return ML_ENOMEM;
	if (!out->root)
		out->root = ml_cnode_unknown(load, 0, "there is no file");
	else if (out->root->kind == ML_C_MAP)
		out->root = finish_root(load, out->root);
	if (includes && out->root && out->root->kind == ML_C_MAP)
		ml_cload_include(load, out, includes, dir, env);
	return load->memory || !out->root ? ML_ENOMEM : 0;
}

/* A name that only the deployment knows may be any. */
static bool is_open(const struct ml_cnode *name)
{
	for (uint32_t i = 0; name->kind < ML_C_SEQ && i < name->nvars; i++)
		if (name->vars[i].unset)
			return true;
	return name->kind >= ML_C_SEQ;
}

static bool selected(const struct ml_compose_request *request, const struct ml_cnode *service)
{
	const struct ml_cnode *profiles = ml_cnode_get(service, "profiles");

	if (!profiles || profiles->kind != ML_C_SEQ || profiles->n == 0)
		return true;
	for (uint32_t i = 0; i < profiles->n; i++)
		for (size_t k = 0; k < request->nprofiles; k++)
			if (is_open(profiles->items[i]) ||
				ml_str_eq(profiles->items[i]->text, request->profiles[k]) ||
				ml_str_is(request->profiles[k], "*"))
				return true;
	return false;
}

/* Services of other profiles are left out, also those that a selected one depends on: Compose
 * refuses such a project. */
static void select_profiles(struct ml_cload *load, struct ml_cnode *root)
{
	struct ml_cnode *services = ml_cnode_mutable_get(root, "services");
	uint32_t kept = 0;

	if (load->request->nprofiles == 0 || !services || services->kind != ML_C_MAP)
		return;
	for (uint32_t i = 0; i < services->n; i++) {
		if (!selected(load->request, services->items[i]))
			continue;
		services->keys[kept] = services->keys[i];
		services->key_locs[kept] = services->key_locs[i];
		services->items[kept++] = services->items[i];
	}
	services->n = kept;
}

bool ml_compose_is_default(struct ml_str name)
{
	for (size_t i = 0; i < sizeof(default_names) / sizeof(default_names[0]); i++)
		if (ml_str_is(name, default_names[i]))
			return true;
	return false;
}

/* The override file beside the first, when there is one. */
static bool find_override(struct ml_cload *load, struct ml_str dir, struct ml_str *out)
{
	bool found = false;

	for (size_t i = 0; i < sizeof(override_names) / sizeof(override_names[0]) && !load->memory;
		i++) {
		struct ml_str path;
		struct ml_cfile *file;
		if (ml_path_join(load->arena, dir, ml_str(override_names[i]), &path)) {
			load->memory = true;
			return false;
		}
		file = ml_cload_file(load, path);
		if (!file || file->error == ML_ENOENT)
			continue;
		if (found)
			ml_diag_add(&load->facts->diags, ML_DIAG_WARNING, path, 0, 0,
				"a second override file: only %.*s is merged", ML_STR_ARG(*out));
		else
			*out = path;
		found = true;
	}
	return found;
}

/* COMPOSE_FILE in .env names what docker compose reads instead of the default file. */
static const struct ml_cenv *look_for_files(struct ml_cload *load, const struct ml_cenv *env)
{
	const struct ml_compose_request *request = load->request;
	const struct ml_cenv_entry *entry = env ? ml_cenv_get(env, ML_STR("COMPOSE_FILE")) : NULL;

	if (!entry || entry->value.len == 0 || request->no_override || request->nfiles != 1 ||
		!ml_compose_is_default(ml_path_base(request->files[0])))
		return env;
	ml_cload_say(load, ML_DIAG_ERROR, entry->loc,
		"COMPOSE_FILE names other files than this: scan them together with -f");
	load->facts->incomplete = true;
	return env;
}

/* Nothing that runs is nothing that was judged. */
static void want_services(struct ml_cload *load, const struct ml_cproject *project)
{
	const struct ml_cnode *services = ml_cnode_get(project->root, "services");

	if (!services || services->n || services->kind == ML_C_UNKNOWN || project->broken.len)
		return;
	ml_cload_say(load, ML_DIAG_ERROR, services->loc ? services->loc : project->root->loc,
		"there are no services");
	load->facts->incomplete = true;
}

static const struct ml_cenv *environment(
	struct ml_cload *load, struct ml_cproject *project, struct ml_str dir)
{
	const struct ml_cenv *env = ml_cenv_of_request(load);
	struct ml_cfile *file;
	struct ml_str path;

	if (!env || ml_path_join(load->arena, dir, ML_STR(".env"), &path))
		return NULL;
	file = ml_cload_file(load, path);
	if (!file)
		return NULL;
	if (file->error == 0)
		return look_for_files(load, ml_cenv_of_file(load, file, env, false));
	if (file->error != ML_ENOENT) {
		ml_diag_add(&load->facts->diags, ML_DIAG_ERROR, path, 0, 0, "%.*s",
			ML_STR_ARG(file->why));
		project->broken = ML_STR("the .env file could not be read");
		load->facts->incomplete = true;
	}
	return env;
}

static struct ml_str project_name(const struct ml_cnode *root)
{
	const struct ml_cnode *name = ml_cnode_get(root, "name");

	return name && name->kind < ML_C_SEQ && name->kind != ML_C_NULL ? name->text : ML_STR("");
}

/* The files to merge, the override file behind them; NULL: no memory. */
static struct ml_str *list_files(struct ml_cload *load, struct ml_str dir, size_t *n)
{
	const struct ml_compose_request *request = load->request;
	struct ml_str *files = ml_alloc_array(load->arena, request->nfiles + 1, sizeof(*files));

	*n = request->nfiles;
	if (!files)
		return NULL;
	for (size_t i = 0; i < request->nfiles; i++)
		files[i] = request->files[i];
	if (request->nfiles == 1 && !request->no_override &&
		ml_compose_is_default(ml_path_base(files[0])) &&
		find_override(load, dir, &files[1]))
		*n = 2;
	return files;
}

int ml_compose_load(struct ml_facts *facts, struct ml_arena *tree, const struct ml_reader *reader,
	const struct ml_compose_request *request, struct ml_cproject *out)
{
	struct ml_cload *load = ml_alloc(facts->arena, sizeof(*load));
	struct ml_str dir, broken;
	const struct ml_cenv *env;
	struct ml_str *files;
	size_t n = 0;

	*out = (struct ml_cproject){0};
	if (!load)
		return ML_ENOMEM;
	*load = (struct ml_cload){.facts = facts,
		.arena = facts->arena,
		.tree = tree,
		.reader = reader,
		.request = request};
	dir = request->nfiles ? ml_path_dir(request->files[0]) : ML_STR("");
	env = environment(load, out, dir);
	files = env ? list_files(load, dir, &n) : NULL;
	broken = out->broken;
	if (!files || ml_cload_project(load, files, n, dir, env, out))
		return ML_ENOMEM;
	if (out->broken.len == 0)
		out->broken = broken;
	out->has_override = n > request->nfiles;
	if (load->tags)
		ml_cmerge_prune(out->root);
	select_profiles(load, out->root);
	want_services(load, out);
	out->name = project_name(out->root);
	return load->memory ? ML_ENOMEM : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A service's environment: `environment` above the env files, each variable with its place. */
#include "base/sort.h"
#include "checks/config/compose/norm-priv.h"

/* A variable while they are gathered. */
struct var {
	struct ml_str name, value;
	uint32_t loc, key_loc;
	const char *from;
	struct ml_str file;
	struct ml_str why; /* ptr not NULL: the value cannot be known */
	bool set, interpolated;
	enum ml_secret_kind secret;
	uint32_t order;
};
struct vars {
	struct var *items;
	size_t n, cap;
	struct ml_str missing; /* why some variables cannot be known; ptr NULL: they can */
};

static struct var *new_var(struct ml_cn *cn, struct vars *vars)
{
	if (ml_alloc_grow(
		    cn->scratch, &vars->items, &vars->cap, vars->n + 1, sizeof(*vars->items))) {
		cn->memory = true;
		return NULL;
	}
	vars->items[vars->n].order = (uint32_t)vars->n;
	return &vars->items[vars->n++];
}

/* A name alone: the value of what variables are looked up in, else only the shell has it. */
static void from_shell(struct ml_cn *cn, struct var *var)
{
	const struct ml_cenv_entry *entry =
		cn->project->env ? ml_cenv_get(cn->project->env, var->name) : NULL;
	struct ml_cn_secret secret = {.where = "environment", .key = var->name, .env_file = true};

	var->why = ML_STR("only the shell has the value");
	var->set = false;
	if (!entry || !entry->has_value)
		return;
	secret.text = entry->value;
	secret.loc = entry->loc;
	var->why = ml_cn_why_unset(cn, entry->holes, entry->nholes);
	var->set = !var->why.ptr;
	var->interpolated = true;
	if (entry->loc) {
		var->value = ml_cn_hide(cn, &secret, &var->secret);
	} else { /* from the caller's environment: it stands in no file, and is nobody's business */
		var->value = ml_secret_key(var->name) ? ML_STR("***") : entry->value;
	}
}

static void add_pair(struct ml_cn *cn, const struct ml_cn_pair *pair, void *ctx)
{
	struct var *var = new_var(cn, ctx);

	if (!var)
		return;
	var->name = pair->key;
	var->loc = pair->loc;
	var->key_loc = pair->key_loc;
	var->from = "environment";
	var->set = true;
	var->value = ML_STR("");
	var->interpolated = ml_cn_is_scalar(pair->node) && pair->node->interpolated;
	var->why = pair->why;
	if (pair->why.ptr)
		var->set = false;
	else if (!pair->has_value)
		from_shell(cn, var);
	else
		var->value = ml_cn_hide_node(
			cn, pair->node, pair->value, "environment", pair->key, &var->secret);
}

/* An env file on its way to a record. */
struct env_file {
	struct ml_str path;
	bool required, raw;
	uint32_t loc;
	const char *state;
	struct ml_cn_list names;
	int64_t secrets;
};

static void add_entry(struct ml_cn *cn, struct vars *vars, struct env_file *file,
	const struct ml_cenv_entry *entry)
{
	struct var *var = new_var(cn, vars);
	struct ml_cn_secret secret = {.where = "env-file",
		.key = entry->name,
		.text = entry->value,
		.loc = entry->loc,
		.env_file = true};

	if (!var)
		return;
	var->name = entry->name;
	var->loc = var->key_loc = entry->loc;
	var->from = "env_file";
	var->file = file->path;
	var->set = entry->has_value;
	var->interpolated = entry->interpolated;
	var->why = ml_cn_why_unset(cn, entry->holes, entry->nholes);
	if (entry->has_value)
		var->value = ml_cn_hide(cn, &secret, &var->secret);
	else
		from_shell(cn, var);
	file->secrets += var->secret != ML_SECRET_NONE;
	ml_cn_push(cn, &file->names, ml_at(ml_string(var->name), var->loc));
}

static int by_text(const void *a, const void *b)
{
	return ml_str_cmp(ml_value_text(a), ml_value_text(b));
}

static const char *state_of(int r)
{
	return r == 0           ? "present"
	       : r == ML_ENOENT ? "missing"
	       : r == ML_EACCES ? "outside"
				: "unreadable";
}

static void read_file(struct ml_cn *cn, struct vars *vars, struct env_file *file)
{
	const struct ml_cenv *env = NULL;
	struct ml_str why = ML_STR("");
	int r = ml_compose_env_file(cn->project, file->path, file->raw, &env, &why);

	if (r == ML_ENOMEM) {
		cn->memory = true;
		return;
	}
	file->state = state_of(r);
	if (r == ML_ENOENT && !file->required)
		return;
	if (r) {
		ml_cn_say(cn, ML_DIAG_WARNING, file->loc, "env_file: %.*s", ML_STR_ARG(why));
		vars->missing = ml_strf(
			cn->arena, "env file %.*s: %s", ML_STR_ARG(file->path), file->state);
		cn->facts->incomplete = true;
		return;
	}
	for (size_t i = 0; env && i < env->n; i++)
		add_entry(cn, vars, file, &env->entries[i]);
	if (env && env->broken.len) {
		vars->missing = ml_strf(cn->arena, "env file %.*s: %.*s", ML_STR_ARG(file->path),
			ML_STR_ARG(env->broken));
		cn->facts->incomplete = true;
	}
	if (ml_sort(cn->arena, file->names.items, file->names.n, sizeof(*file->names.items),
		    by_text))
		cn->memory = true;
}

static void pack_file(struct ml_cn *cn, struct ml_cn_list *list, const struct env_file *file)
{
	struct ml_str clean = ml_cvalue_clean_path(cn->arena, file->path);
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_co_env_file);
	ml_record_set(&b, ML_CO_ENVF_SERVICE, ml_at(ml_string(cn->owner), cn->owner_loc));
	ml_record_set(&b, ML_CO_ENVF_PATH, ml_at(ml_string(file->path), file->loc));
	if (!file->required)
		ml_record_set(&b, ML_CO_ENVF_REQUIRED, ml_at(ml_bool(false), file->loc));
	if (file->raw)
		ml_record_set(&b, ML_CO_ENVF_FORMAT, ml_cn_word("raw", file->loc));
	if (strcmp(file->state, "present") != 0)
		ml_record_set(&b, ML_CO_ENVF_STATE, ml_cn_word(file->state, file->loc));
	if (ml_str_starts(clean, ML_STR("..")) || !ml_str_starts(clean, ML_STR(".")))
		ml_record_set(&b, ML_CO_ENVF_OUTSIDE, ml_at(ml_bool(true), file->loc));
	if (file->names.n)
		ml_record_set(&b, ML_CO_ENVF_NAMES, ml_cn_list_value(&file->names, file->loc));
	if (file->secrets)
		ml_record_set(&b, ML_CO_ENVF_SECRETS, ml_at(ml_int(file->secrets), file->loc));
	ml_cn_both(cn, list, ML_CO_ENV_FILES, ml_cn_pack(cn, &b, file->loc));
}

struct env_files {
	struct ml_cn_list list;
	struct vars *vars;
};

/* A field of the long form; its default when it is not written. */
static bool switched(struct ml_cn *cn, const struct ml_cnode *map, const char *key, bool otherwise)
{
	const struct ml_cnode *node = ml_cnode_get(map, key);
	struct ml_value value =
		node ? ml_cn_bool(cn, &(struct ml_cn_at){node, ml_str(key), node->loc}, NULL)
		     : ml_absent();

	return value.kind == ML_V_BOOL ? value.b : otherwise;
}

static void add_file(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx)
{
	struct env_files *files = ctx;
	struct env_file file = {.required = true, .loc = item->node->loc, .state = "present"};
	bool map = item->node->kind == ML_C_MAP;
	const struct ml_cnode *path = map ? ml_cnode_get(item->node, "path") : item->node,
			      *format = map ? ml_cnode_get(item->node, "format") : NULL;
	struct ml_value value = ml_absent();

	if (!path || !ml_cn_scalar(cn, &(struct ml_cn_at){path, item->key, path->loc}, &file.path,
			     &value)) {
		value = value.kind == ML_V_UNKNOWN ? value : ml_cn_bad(cn, item, "a path");
		files->vars->missing = ml_value_text(&value);
		ml_cn_both(cn, &files->list, ML_CO_ENV_FILES, value);
		return;
	}
	file.required = !map || switched(cn, item->node, "required", true);
	file.raw = format && ml_cn_is_scalar(format) && ml_str_is(format->text, "raw");
	read_file(cn, files->vars, &file);
	pack_file(cn, &files->list, &file);
}

static int by_name(const void *a, const void *b)
{
	const struct var *x = a, *y = b;
	int order = ml_str_cmp(x->name, y->name);

	return order ? order : x->order < y->order ? -1 : x->order > y->order;
}

static struct ml_value value_of(struct ml_cn *cn, const struct var *var)
{
	if (var->why.ptr)
		return ml_at(ml_unknown(var->why), var->loc);
	return ml_cn_text(cn, var->value, var->loc);
}

static struct ml_value pack_var(struct ml_cn *cn, const struct var *var)
{
	enum ml_secret_kind named = ml_secret_key(var->name);
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_co_variable);
	ml_record_set(&b, ML_CO_VAR_SERVICE, ml_at(ml_string(cn->owner), cn->owner_loc));
	ml_record_set(&b, ML_CO_VAR_NAME, ml_at(ml_string(var->name), var->key_loc));
	ml_record_set(&b, ML_CO_VAR_VALUE, value_of(cn, var));
	if (!var->set)
		ml_record_set(&b, ML_CO_VAR_SET, ml_at(ml_bool(false), var->loc));
	if (strcmp(var->from, "environment") != 0)
		ml_record_set(&b, ML_CO_VAR_FROM, ml_cn_word(var->from, var->loc));
	if (var->file.len)
		ml_record_set(&b, ML_CO_VAR_FILE, ml_at(ml_string(var->file), var->loc));
	if (named)
		ml_record_set(&b, ML_CO_VAR_SECRET_NAME,
			ml_cn_word(ml_secret_kind_words[named], var->key_loc));
	if (var->secret)
		ml_record_set(&b, ML_CO_VAR_SECRET,
			ml_cn_word(ml_secret_kind_words[var->secret], var->loc));
	if (var->interpolated)
		ml_record_set(&b, ML_CO_VAR_INTERPOLATED, ml_at(ml_bool(true), var->loc));
	return ml_cn_pack(cn, &b, var->loc);
}

/* Of several of a name the last counts. */
static void put(struct ml_cn *cn, struct ml_record_builder *b, struct vars *vars, uint32_t loc)
{
	struct ml_entry *entries = ml_alloc_array(cn->arena, vars->n, sizeof(*entries));
	size_t n = 0;

	if (!entries || ml_sort(cn->arena, vars->items, vars->n, sizeof(*vars->items), by_name)) {
		cn->memory = true;
		return;
	}
	for (size_t i = 0; i < vars->n; i++) {
		const struct var *var = &vars->items[i];
		if (i + 1 < vars->n && ml_str_eq(var->name, var[1].name))
			continue;
		entries[n++] = (struct ml_entry){
			ml_at(ml_string(var->name), var->key_loc), value_of(cn, var)};
		ml_cn_push(cn, &cn->flat[ML_CO_ENVIRONMENT], pack_var(cn, var));
	}
	if (vars->missing.ptr) {
		ml_record_set(b, ML_CO_SVC_ENVIRONMENT, ml_at(ml_unknown(vars->missing), loc));
		ml_cn_push(cn, &cn->flat[ML_CO_ENVIRONMENT],
			ml_at(ml_unknown(vars->missing), cn->owner_loc));
	} else {
		ml_record_set(b, ML_CO_SVC_ENVIRONMENT, ml_cn_map_value(cn, entries, n, loc));
	}
}

/* Where a key of the service stands. */
static uint32_t key_loc(const struct ml_cnode *service, const char *key)
{
	for (uint32_t i = 0; i < service->n; i++)
		if (ml_str_is(service->keys[i], key))
			return service->key_locs[i];
	return service->loc;
}

void ml_cn_finish_environment(
	struct ml_cn *cn, struct ml_record_builder *b, const struct ml_cnode *service)
{
	const struct ml_cnode *env = ml_cnode_get(service, "environment"),
			      *file = ml_cnode_get(service, "env_file");
	struct vars vars = {.missing = ML_STR_NONE};
	struct env_files files = {.vars = &vars};
	struct ml_arena_mark mark = ml_arena_mark(cn->scratch);
	uint32_t loc = key_loc(service, env && env->kind != ML_C_NULL ? "environment" : "env_file");

	if (file && file->kind == ML_C_UNKNOWN)
		vars.missing = file->text;
	else if (file && file->kind != ML_C_NULL) {
		struct ml_cn_at at = {file, ML_STR("env_file"), key_loc(service, "env_file")};
		if (file->kind == ML_C_MAP)
			add_file(cn, &at, &files);
		else
			ml_cn_each(cn, &at, add_file, &files);
		ml_record_set(b, ML_CO_SVC_ENV_FILES, ml_cn_list_value(&files.list, at.loc));
	}
	if (env && env->kind == ML_C_UNKNOWN)
		vars.missing = env->text;
	else if (env && env->kind != ML_C_NULL &&
		 !ml_cn_pairs(
			 cn, &(struct ml_cn_at){env, ML_STR("environment"), loc}, add_pair, &vars))
		vars.missing = ML_STR("environment: neither a mapping nor a list");
	if (vars.n || vars.missing.ptr)
		put(cn, b, &vars, loc);
	ml_arena_release(cn->scratch, mark);
}

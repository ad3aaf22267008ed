/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a merlon.yaml. */
#include "scanner/plan.h"

#include "base/yaml.h"
#include "scanner/options.h"

struct reader {
	struct ml_arena *arena;
	struct ml_str name, bytes;
	struct ml_diags *diags;
};

/* A key of a mapping: where its value goes, and how it is read. */
struct key {
	const char *name;
	void (*read)(struct reader *r, const struct ml_yaml_node *value, void *into);
	size_t offset;
	const char *const *words; /* what a string may be; NULL: anything */
	const char *wrong;        /* what another is */
};

static void complain(struct reader *r, const struct ml_yaml_node *node, const char *near, const char *what, struct ml_str got)
{
	struct ml_diag *diag = ml_diag_add(r->diags, ML_DIAG_ERROR, r->name, node->line, node->col, "%s%s%.*s%s", what,
		got.len ? ": got \"" : "", ML_STR_ARG(got), got.len ? "\"" : "");

	diag->source = ml_text_line(r->bytes, node->line);
	diag->end_col = node->end_line == node->line ? node->end_col : 0;
	diag->hint = ml_diag_suggest(r->arena, near);
}

static void read_string(struct reader *r, const struct ml_yaml_node *value, void *into)
{
	const struct ml_yaml_node *node = ml_yaml_deref(value);

	if (node->kind != ML_YAML_SCALAR || node->n == 0)
		complain(r, value, NULL, "want a string", ml_str(ml_yaml_what(node)));
	else
		*(struct ml_str *)into = ml_yaml_text(node);
}

struct strings {
	struct ml_str *items;
	size_t n;
};

static struct strings string_list(struct reader *r, const struct ml_yaml_node *value)
{
	const struct ml_yaml_node *node = ml_yaml_deref(value);
	struct strings out = {0};

	if (node->kind != ML_YAML_SEQ) {
		complain(r, value, NULL, "want a list of strings", ml_str(ml_yaml_what(node)));
		return out;
	}
	out.items = ml_alloc_array(r->arena, node->n, sizeof(*out.items));
	for (uint32_t i = 0; out.items && i < node->n; i++)
		read_string(r, node->items[i], &out.items[out.n++]);
	return out;
}

static void read_policies(struct reader *r, const struct ml_yaml_node *value, void *into)
{
	struct strings list = string_list(r, value);
	struct ml_plan *plan = into;

	plan->policies = list.items;
	plan->npolicies = list.n;
}

static void read_waivers(struct reader *r, const struct ml_yaml_node *value, void *into)
{
	struct strings list = string_list(r, value);
	struct ml_plan *plan = into;

	plan->waivers = list.items;
	plan->nwaivers = list.n;
}

static void read_files(struct reader *r, const struct ml_yaml_node *value, void *into)
{
	struct strings list = string_list(r, value);
	struct ml_plan_target *target = into;

	target->files = list.items;
	target->nfiles = list.n;
}

static void read_version(struct reader *r, const struct ml_yaml_node *value, void *into)
{
	struct ml_str version = {0};

	read_string(r, value, &version);
	if (version.ptr && !ml_str_is(version, "plan/v1"))
		complain(r, value, "plan/v1", "not a plan", version);
}

static void read_value(struct reader *r, const struct ml_yaml_node *value, const struct key *key, void *into)
{
	struct ml_str *word = into;
	size_t n = 0;

	key->read(r, value, into);
	if (!key->words || !word->ptr)
		return;
	for (; key->words[n]; n++)
		if (ml_str_is(*word, key->words[n]))
			return;
	complain(r, value, ml_str_nearest(*word, key->words, n), key->wrong, *word);
}

static void read_mapping(struct reader *r, const struct ml_yaml_node *map, const struct key *keys, size_t n, void *into)
{
	const char *names[16];
	const struct ml_yaml_node *twice = ml_yaml_duplicate(r->arena, map);

	if (twice)
		complain(r, twice, NULL, "this key stands twice", ml_yaml_text(ml_yaml_deref(twice)));
	for (size_t k = 0; k < n; k++)
		names[k] = keys[k].name;
	for (uint32_t i = 0; i < map->n; i++) {
		const struct ml_yaml_node *key = ml_yaml_deref(ml_yaml_key(map, i));
		struct ml_str name = key->kind == ML_YAML_SCALAR ? ml_yaml_text(key) : ML_STR("");
		size_t k = 0;
		while (k < n && !ml_str_is(name, keys[k].name))
			k++;
		if (k == n)
			complain(r, ml_yaml_key(map, i), ml_str_nearest(name, names, n), "unknown key", name);
		else
			read_value(r, ml_yaml_value(map, i), &keys[k], (char *)into + keys[k].offset);
	}
}

static const struct key target_keys[] = {
	{"path", read_string, offsetof(struct ml_plan_target, path)},
	{"kind", read_string, offsetof(struct ml_plan_target, kind), ml_target_kinds, "no such kind"},
	{"root", read_string, offsetof(struct ml_plan_target, root)},
	{"files", read_files, 0},
};

static void read_target(struct reader *r, const struct ml_yaml_node *value, struct ml_plan_target *target)
{
	const struct ml_yaml_node *node = ml_yaml_deref(value);

	if (node->kind == ML_YAML_SCALAR) {
		read_string(r, value, &target->path);
		return;
	}
	if (node->kind != ML_YAML_MAP) {
		complain(r, value, NULL, "want a path or a mapping", ml_str(ml_yaml_what(node)));
		return;
	}
	read_mapping(r, node, target_keys, sizeof(target_keys) / sizeof(target_keys[0]), target);
	if ((target->path.len == 0) == (target->nfiles == 0))
		complain(r, value, NULL, "a target has either a path or files", ML_STR_NONE);
}

static void read_targets(struct reader *r, const struct ml_yaml_node *value, void *into)
{
	const struct ml_yaml_node *node = ml_yaml_deref(value);
	struct ml_plan *plan = into;

	if (node->kind != ML_YAML_SEQ || node->n == 0) {
		complain(r, value, NULL, "want a list of targets", ml_str(ml_yaml_what(node)));
		return;
	}
	plan->targets = ml_alloc_array(r->arena, node->n, sizeof(*plan->targets));
	for (uint32_t i = 0; plan->targets && i < node->n; i++)
		read_target(r, node->items[i], &plan->targets[plan->ntargets++]);
}

static const struct key plan_keys[] = {
	{"merlon", read_version, 0},
	{"targets", read_targets, 0},
	{"policies", read_policies, 0},
	{"waivers", read_waivers, 0},
	{"fail-on", read_string, offsetof(struct ml_plan, fail_on), ml_severities, "no such severity"},
	{"baseline", read_string, offsetof(struct ml_plan, baseline)},
};

static void read_root(struct reader *r, const struct ml_yaml *yaml, struct ml_plan *out)
{
	const struct ml_yaml_node *root = yaml->ndocs == 1 ? ml_yaml_deref(yaml->docs[0]) : NULL;
	static const struct ml_yaml_node start = {.line = 1, .col = 1, .end_line = 1, .end_col = 1};

	if (!root || root->kind != ML_YAML_MAP) {
		complain(r, root ? root : &start, NULL, "a plan is one mapping that starts with `merlon: plan/v1`", ML_STR_NONE);
		return;
	}
	read_mapping(r, root, plan_keys, sizeof(plan_keys) / sizeof(plan_keys[0]), out);
	if (ml_yaml_find(root, ML_STR("merlon")) < 0)
		complain(r, root, NULL, "`merlon: plan/v1` is missing", ML_STR_NONE);
	if (ml_yaml_find(root, ML_STR("targets")) < 0)
		complain(r, root, NULL, "`targets` is missing", ML_STR_NONE);
}

int ml_plan_read(struct ml_arena *arena, struct ml_str name, struct ml_str bytes, struct ml_diags *diags, struct ml_plan *out)
{
	struct reader r = {arena, name, bytes, diags};
	struct ml_yaml yaml;
	int code;

	*out = (struct ml_plan){0};
	code = ml_yaml_parse(arena, bytes, NULL, &yaml);
	if (code)
		return code;
	if (yaml.error.code) {
		struct ml_yaml_node at = {.line = yaml.error.line, .col = yaml.error.col};
		complain(&r, &at, NULL, yaml.error.message, ML_STR_NONE);
	} else {
		read_root(&r, &yaml, out);
	}
	if (ml_arena_failed(arena))
		return ML_ENOMEM;
	return diags->errors ? ML_ESYNTAX : 0;
}

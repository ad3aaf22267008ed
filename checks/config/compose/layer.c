/* SPDX-License-Identifier: Apache-2.0 */
/* The documents of one Compose file: read, converted, and brought into the shape of the present format. */
#include "checks/config/compose/convert-priv.h"

enum { ARENA = 1 << 30 };

static const char *const sections[] = {"services", "networks", "volumes", "secrets", "configs"};
static const char *const top_keys[] = {"services", "networks", "volumes", "secrets", "configs", "name", "version", "include", "models"};
/* Keys that make a mapping at the root a service of a file of version 1. */
static const char *const service_keys[] = {"image", "build", "extends", "command", "entrypoint", "container_name", "ports", "expose", "volumes",
	"volumes_from", "environment", "env_file", "links", "restart", "net", "dockerfile", "privileged"};

static bool among(struct ml_str word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ml_str_is(word, words[i]))
			return true;
	return false;
}
#define AMONG(word, words) among(word, words, sizeof(words) / sizeof((words)[0]))

static bool is_service(const struct ml_cnode *node)
{
	for (uint32_t i = 0; node->kind == ML_C_MAP && i < node->n; i++)
		if (AMONG(node->keys[i], service_keys))
			return true;
	return false;
}

/* Services at the root: nothing but mappings, no section of the later formats, and at least one that looks like a service. */
static bool is_version_1(const struct ml_cnode *root)
{
	const struct ml_cnode *version = ml_cnode_get(root, "version");
	bool any = false;

	if (version && version->kind != ML_C_MAP && !ml_str_starts(version->text, ML_STR("1")))
		return false;
	for (uint32_t i = 0; i < root->n; i++) {
		const struct ml_cnode *value = root->items[i];
		if (AMONG(root->keys[i], sections) || ml_str_is(root->keys[i], "include"))
			return false;
		if (value->kind != ML_C_MAP && value != version && !ml_str_starts(root->keys[i], ML_STR("x-")))
			return false;
		any = any || is_service(value);
	}
	return any;
}

static struct ml_cnode *from_version_1(struct ml_cload *load, struct ml_cnode *root)
{
	struct ml_cnode *out = ml_cnode_room(load, ML_C_MAP, root->loc, 1 + root->n);
	struct ml_cnode *services = ml_cnode_room(load, ML_C_MAP, root->loc, root->n);

	if (!out || !services)
		return NULL;
	ml_cnode_push(out, ML_STR("services"), root->loc, services);
	for (uint32_t i = 0; i < root->n; i++) {
		bool service = root->items[i]->kind == ML_C_MAP || !ml_str_is(root->keys[i], "version");
		struct ml_cnode *to = service && !ml_str_starts(root->keys[i], ML_STR("x-")) ? services : out;
		ml_cnode_push(to, root->keys[i], root->key_locs[i], root->items[i]);
	}
	return out;
}

static bool has_known_key(const struct ml_cnode *root)
{
	for (uint32_t i = 0; i < root->n; i++)
		if (AMONG(root->keys[i], top_keys) || ml_str_starts(root->keys[i], ML_STR("x-")))
			return true;
	return false;
}

static const char *strange_root(const struct ml_cnode *root)
{
	if (root->kind != ML_C_MAP)
		return "not a Compose file: a mapping must stand at the root";
	if (ml_cnode_get(root, "apiVersion") && ml_cnode_get(root, "kind"))
		return "not a Compose file: a Kubernetes manifest";
	if (root->n > 0 && !has_known_key(root) && !is_version_1(root))
		return "not a Compose file: none of its top-level keys is one of Compose's";
	return NULL;
}

static void unknown_key(struct ml_cload *load, const struct ml_cnode *root, uint32_t i)
{
	const char *near = ml_str_nearest(root->keys[i], top_keys, sizeof(top_keys) / sizeof(top_keys[0]));

	ml_cload_say(load, ML_DIAG_ERROR, root->key_locs[i], "unknown top-level key `%.*s`%s%s%s", ML_STR_ARG(root->keys[i]),
		near ? ": did you mean `" : "", near ? near : "", near ? "`?" : "");
	load->facts->incomplete = true;
}

static struct ml_cnode *known_keys(struct ml_cload *load, struct ml_cnode *root)
{
	struct ml_cnode *out = ml_cnode_room(load, ML_C_MAP, root->loc, root->n);

	for (uint32_t i = 0; out && i < root->n; i++) {
		if (AMONG(root->keys[i], top_keys) || ml_str_starts(root->keys[i], ML_STR("x-")))
			ml_cnode_push(out, root->keys[i], root->key_locs[i], root->items[i]);
		else
			unknown_key(load, root, i);
	}
	return out;
}

static const char *kind_name(const struct ml_cnode *node)
{
	static const char *const names[] = {"nothing", "a boolean", "an integer", "a number", "a string", "a sequence", "a mapping", "an unknown value"};

	return names[node->kind];
}

/* The node when it is a mapping; an empty one for nothing; else UNKNOWN, and said. */
static struct ml_cnode *as_mapping(struct ml_cload *load, struct ml_cnode *node, struct ml_str name)
{
	if (node->kind == ML_C_MAP || node->kind == ML_C_UNKNOWN || node->tag == ML_C_RESET)
		return node;
	if (node->kind == ML_C_NULL)
		return ml_cnode_room(load, ML_C_MAP, node->loc, 0);
	ml_cload_say(load, ML_DIAG_ERROR, node->loc, "`%.*s` must be a mapping: got %s", ML_STR_ARG(name), kind_name(node));
	return ml_cnode_unknown(load, node->loc, "not a mapping");
}

static void check_sections(struct ml_cload *load, struct ml_cnode *root)
{
	for (uint32_t i = 0; i < root->n && !load->memory; i++) {
		struct ml_cnode *section;
		bool services = ml_str_is(root->keys[i], "services");
		if (!AMONG(root->keys[i], sections))
			continue;
		section = root->items[i] = as_mapping(load, root->items[i], root->keys[i]);
		for (uint32_t k = 0; section && services && section->kind == ML_C_MAP && k < section->n && !load->memory; k++)
			section->items[k] = as_mapping(load, section->items[k], section->keys[k]);
	}
}

static bool add_layer(struct ml_cload *load, struct ml_cloaded *file, struct ml_cnode *root)
{
	struct ml_clayer *layer = ml_alloc(load->arena, sizeof(*layer));
	struct ml_cnode *services = ml_cnode_mutable_get(root, "services");
	size_t n = services && services->kind == ML_C_MAP ? services->n : 0;

	if (!layer)
		return false;
	*layer = (struct ml_clayer){.file = file->name, .dir = file->dir, .env = file->env, .root = root, .services = n ? services : NULL};
	layer->state = ml_alloc_array(load->arena, n, sizeof(*layer->state));
	layer->gap = ml_alloc_array(load->arena, n, sizeof(*layer->gap));
	if (!layer->state || !layer->gap || ml_cindex_make(load->arena, layer->services, &layer->index) ||
		ml_alloc_grow(load->arena, &file->layers.items, &file->layers.cap, file->layers.n + 1, sizeof(layer)))
		return false;
	file->layers.items[file->layers.n++] = layer;
	return true;
}

static void take_document(struct ml_cload *load, struct ml_cloaded *file, struct ml_cnode *root)
{
	const char *strange = strange_root(root);

	if (strange) {
		if (file->broken.len == 0)
			ml_cload_say(load, ML_DIAG_ERROR, root->loc, "%s", strange);
		file->error = ML_ETYPE;
		file->broken = file->broken.len ? file->broken : ml_str(strange);
		return;
	}
	if (is_version_1(root)) {
		root = from_version_1(load, root);
		file->version_1 = true;
	} else {
		root = known_keys(load, root);
	}
	if (root)
		check_sections(load, root);
	load->memory = load->memory || !root || !add_layer(load, file, root);
}

/* What stood last when a syntax error came: the last service, the last section, or all. */
static const struct ml_yaml_node *last_part(const struct ml_yaml_node *root)
{
	const struct ml_yaml_node *last;

	if (!root || root->kind != ML_YAML_MAP || root->n == 0)
		return root;
	last = ml_yaml_value(root, root->n - 1);
	if (last->kind == ML_YAML_MAP && last->n > 0)
		return ml_yaml_value(last, last->n - 1);
	return last;
}

static void tell_syntax(struct ml_cload *load, struct ml_cloaded *file, const struct ml_cfile *from, const struct ml_error *error)
{
	struct ml_loc loc = {.file = from->source, .line = error->line ? error->line : 1, .col = error->col ? error->col : 1};

	ml_cload_say(load, ML_DIAG_ERROR, ml_facts_loc(load->facts, loc), "%s: %s",
		error->code == ML_ELIMIT ? "the file is not read to its end" : "not valid YAML", error->message);
	file->broken = ML_STR("the file is not valid YAML to its end");
	load->facts->incomplete = true;
}

static bool is_nothing(const struct ml_yaml_node *root)
{
	return root->kind == ML_YAML_SCALAR && ml_yaml_resolve(root, ML_YAML_1_1).type == ML_YAML_NULL;
}

static void convert(struct ml_cload *load, struct ml_cloaded *file, struct ml_cconv *c, const struct ml_yaml *yaml)
{
	size_t found = 0;

	for (size_t i = 0; i < yaml->ndocs && !load->memory; i++) {
		struct ml_cnode *root;
		if (!yaml->docs[i] || is_nothing(yaml->docs[i]))
			continue;
		c->cut = yaml->error.code && i + 1 == yaml->ndocs ? last_part(yaml->docs[i]) : NULL;
		root = ml_cconv_node(c, yaml->docs[i], NULL, 0);
		if (root)
			take_document(load, file, root);
		found++;
	}
	file->empty = found == 0 && !yaml->error.code;
}

static void parse(struct ml_cload *load, struct ml_cloaded *file, const struct ml_cfile *from)
{
	ML_ARENA_AUTO scratch = ml_arena_new(ARENA);
	struct ml_cconv c = {.load = load, .file = from, .env = file->env, .scratch = scratch};
	struct ml_yaml yaml;

	if (!scratch || ml_yaml_parse(scratch, from->bytes, NULL, &yaml) || ml_cconv_begin(&c)) {
		load->memory = true;
		return;
	}
	if (yaml.error.code)
		tell_syntax(load, file, from, &yaml.error);
	convert(load, file, &c, &yaml);
	if (file->layers.n == 0 && !file->error) {
		file->error = file->empty ? ML_ETYPE : ML_ESYNTAX;
		file->broken = file->empty ? ML_STR("the file is empty") : file->broken;
	}
}

static struct ml_cloaded *find(struct ml_cload *load, struct ml_str name, struct ml_str dir, const struct ml_cenv *env)
{
	for (size_t i = 0; i < load->nloaded; i++) {
		struct ml_cloaded *file = load->loaded[i];
		if (file->env == env && ml_str_eq(file->name, name) && ml_str_eq(file->dir, dir))
			return file;
	}
	return NULL;
}

struct ml_cloaded *ml_cload_layers(struct ml_cload *load, struct ml_str name, struct ml_str dir, const struct ml_cenv *env)
{
	struct ml_cloaded *file = find(load, name, dir, env);
	struct ml_cfile *from;

	if (file)
		return file;
	from = ml_cload_file(load, name);
	file = ml_alloc(load->arena, sizeof(*file));
	if (!from || !file ||
		ml_alloc_grow(load->arena, &load->loaded, &load->loaded_cap, load->nloaded + 1, sizeof(*load->loaded))) {
		load->memory = true;
		return NULL;
	}
	*file = (struct ml_cloaded){.name = from->name, .dir = dir, .env = env, .error = from->error, .broken = from->why, .from = from};
	if (load->nloaded >= ML_C_FILES) {
		file->error = ML_ELIMIT;
		file->broken = ML_STR("too many files");
		return file;
	}
	load->loaded[load->nloaded++] = file;
	if (!file->error)
		parse(load, file, from);
	return load->memory ? NULL : file;
}

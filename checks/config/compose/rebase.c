/* SPDX-License-Identifier: Apache-2.0 */
/* Relative paths that start at another file's directory, made to start at the project's. */
#include "checks/config/compose/load-priv.h"

struct rebaser {
	struct ml_cload *load;
	struct ml_str prefix; /* from the project's directory to the other one: "../common" */
};

/* How many leading parts two directories share, and the part of each behind them. */
static void drop_common(struct ml_str *a, struct ml_str *b)
{
	while (a->len && b->len) {
		struct ml_str rest_a = *a, rest_b = *b, part_a, part_b;
		ml_str_split(&rest_a, '/', &part_a);
		ml_str_split(&rest_b, '/', &part_b);
		if (!ml_str_eq(part_a, part_b))
			return;
		*a = rest_a.ptr ? rest_a : ML_STR("");
		*b = rest_b.ptr ? rest_b : ML_STR("");
	}
}

static bool begin(struct rebaser *r, struct ml_cload *load, struct ml_str from, struct ml_str to)
{
	struct ml_str part;
	ML_BUF_AUTO out;

	*r = (struct rebaser){.load = load};
	ml_buf_init(&out, from.len + 3 * to.len + 16);
	drop_common(&from, &to);
	while (to.len && ml_str_split(&to, '/', &part))
		ml_buf_puts(&out, "../");
	if (out.len == 0)
		ml_buf_puts(&out, "./");
	ml_buf_str(&out, from);
	if (from.len)
		ml_buf_puts(&out, "/");
	r->prefix = ml_str_dup(load->arena, ml_buf_get(&out));
	load->memory = load->memory || !r->prefix.ptr;
	return r->prefix.ptr;
}

static bool is_remote(struct ml_str path)
{
	static const char *const starts[] = {"http://", "https://", "git://", "ssh://", "git@", "github.com/", "docker-image://", "oci://", "oci-layout://",
		"service:", "target:"};

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (ml_str_starts(path, ml_str(starts[i])))
			return true;
	return ml_str_has(path, "://");
}

/* The prefix before what the text has from `at` on. */
static void put_prefix(struct rebaser *r, struct ml_cnode *node)
{
	struct ml_str rest = node->text, text;

	while (ml_str_starts(rest, ML_STR("./")))
		rest = ml_str_sub(rest, 2, rest.len);
	if (ml_str_is(rest, "."))
		rest = ML_STR("");
	text = ml_strf(r->load->arena, "%.*s%.*s", ML_STR_ARG(r->prefix), ML_STR_ARG(rest));
	r->load->memory = r->load->memory || !text.ptr;
	node->text = text;
}

static void path(struct rebaser *r, struct ml_cnode *node)
{
	bool absolute;

	if (!node || node->kind >= ML_C_SEQ || node->kind == ML_C_NULL || node->text.len == 0)
		return;
	absolute = ml_str_starts(node->text, ML_STR("/")) || ml_str_starts(node->text, ML_STR("~"));
	if (!absolute && !is_remote(node->text))
		put_prefix(r, node);
}

/* Only what starts with '.' is a path: anything else names a volume. */
static void mount(struct rebaser *r, struct ml_cnode *node)
{
	struct ml_cnode *source = node->kind == ML_C_MAP ? ml_cnode_mutable_get(node, "source") : node;
	const struct ml_cnode *type = ml_cnode_get(node, "type");

	if (type && !ml_str_is(type->text, "bind"))
		return;
	if (!source || source->kind >= ML_C_SEQ || !ml_str_starts(source->text, ML_STR(".")))
		return;
	if (node->kind == ML_C_MAP || ml_str_chr(source->text, ':') != ML_NPOS)
		put_prefix(r, source);
}

static void one_or_many(struct rebaser *r, struct ml_cnode *node, const char *member)
{
	if (node && node->kind == ML_C_SEQ) {
		for (uint32_t i = 0; i < node->n; i++)
			path(r, node->items[i]->kind == ML_C_MAP ? ml_cnode_mutable_get(node->items[i], member) : node->items[i]);
		return;
	}
	path(r, node);
}

static void build(struct rebaser *r, struct ml_cnode *node)
{
	struct ml_cnode *more = ml_cnode_mutable_get(node, "additional_contexts");

	path(r, node && node->kind == ML_C_MAP ? ml_cnode_mutable_get(node, "context") : node);
	for (uint32_t i = 0; more && more->kind == ML_C_MAP && i < more->n; i++)
		path(r, more->items[i]);
}

static void service(struct rebaser *r, struct ml_cnode *node)
{
	struct ml_cnode *volumes = ml_cnode_mutable_get(node, "volumes");
	struct ml_cnode *watch = ml_cnode_mutable_get(ml_cnode_mutable_get(node, "develop"), "watch");

	build(r, ml_cnode_mutable_get(node, "build"));
	one_or_many(r, ml_cnode_mutable_get(node, "env_file"), "path");
	one_or_many(r, ml_cnode_mutable_get(node, "label_file"), "path");
	one_or_many(r, watch, "path");
	for (uint32_t i = 0; volumes && volumes->kind == ML_C_SEQ && i < volumes->n; i++)
		mount(r, volumes->items[i]);
}

void ml_crebase_service(struct ml_cload *load, struct ml_cnode *node, struct ml_str from, struct ml_str to)
{
	struct rebaser r;

	if (begin(&r, load, from, to))
		service(&r, node);
}

static void files(struct rebaser *r, struct ml_cnode *section)
{
	for (uint32_t i = 0; section && section->kind == ML_C_MAP && i < section->n; i++)
		path(r, ml_cnode_mutable_get(section->items[i], "file"));
}

/* A local volume that is a bind mount. */
static void volumes_of(struct rebaser *r, struct ml_cnode *section)
{
	for (uint32_t i = 0; section && section->kind == ML_C_MAP && i < section->n; i++) {
		struct ml_cnode *options = ml_cnode_mutable_get(section->items[i], "driver_opts");
		const struct ml_cnode *o = ml_cnode_get(options, "o");
		if (o && ml_str_has(o->text, "bind"))
			path(r, ml_cnode_mutable_get(options, "device"));
	}
}

void ml_crebase_root(struct ml_cload *load, struct ml_cnode *root, struct ml_str from, struct ml_str to)
{
	struct ml_cnode *services = ml_cnode_mutable_get(root, "services");
	struct rebaser r;

	if (!begin(&r, load, from, to))
		return;
	for (uint32_t i = 0; services && services->kind == ML_C_MAP && i < services->n; i++)
		service(&r, services->items[i]);
	files(&r, ml_cnode_mutable_get(root, "secrets"));
	files(&r, ml_cnode_mutable_get(root, "configs"));
	volumes_of(&r, ml_cnode_mutable_get(root, "volumes"));
}

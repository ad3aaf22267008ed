/* SPDX-License-Identifier: Apache-2.0 */
/* How a service's image is built. */
#include "checks/config/compose/norm-priv.h"
#include "checks/secrets.h"

static const struct ml_vocab *isolation_vocab(void)
{
	static const char *const words[] = {"default", "process", "hyperv", NULL};
	static const struct ml_vocab vocab = {.name = "isolation", .words = words};

	return &vocab;
}

static const char *context_kind(struct ml_str context)
{
	if (ml_str_starts(context, ML_STR("git@")) || ml_str_starts(context, ML_STR("git://")) || ml_str_starts(context, ML_STR("github.com/")) ||
		ml_str_starts(context, ML_STR("ssh://")) || ml_str_has(context, ".git"))
		return ml_str_has(context, "://") || !ml_cvalue_is_path(context) ? "git" : "path";
	if (ml_str_starts(context, ML_STR("http://")) || ml_str_starts(context, ML_STR("https://")))
		return "url";
	return ml_str_has(context, "://") ? "other" : "path";
}

static void read_context(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct ml_value value;
	struct ml_str text, clean;
	const char *kind;
	bool outside;

	if (!ml_cn_scalar(cn, at, &text, &value)) {
		ml_cn_set(b, ML_CO_BUILD_CONTEXT, value);
		for (int slot = ML_CO_BUILD_CONTEXT_KIND; value.kind != ML_V_ABSENT && slot <= ML_CO_BUILD_CONTEXT_OUTSIDE; slot++)
			ml_record_set(b, slot, value);
		return;
	}
	kind = context_kind(text);
	clean = strcmp(kind, "path") == 0 ? ml_cvalue_clean_path(cn->arena, text) : text;
	outside = strcmp(kind, "path") == 0 && (ml_str_starts(clean, ML_STR("..")) || ml_str_starts(clean, ML_STR("/")) || ml_str_starts(clean, ML_STR("~")));
	ml_record_set(b, ML_CO_BUILD_CONTEXT, ml_cn_text(cn, ml_cn_hide_node(cn, at->node, text, "other", ML_STR(""), NULL), at->node->loc));
	ml_record_set(b, ML_CO_BUILD_CONTEXT_KIND, ml_cn_word(kind, at->node->loc));
	if (outside)
		ml_record_set(b, ML_CO_BUILD_CONTEXT_OUTSIDE, ml_at(ml_bool(true), at->node->loc));
}

static void read_inline(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	ml_record_set(b, ML_CO_BUILD_INLINE, ml_at(ml_bool(true), at->loc));
	if (ml_cn_is_scalar(at->node))
		ml_cn_hide_node(cn, at->node, at->node->text, "option", ML_STR(""), NULL);
}

struct args {
	struct ml_entry *entries;
	size_t n;
};

/* A build argument, in the map and in the root's list. */
static void add_arg(struct ml_cn *cn, const struct ml_cn_pair *pair, void *ctx)
{
	struct args *args = ctx;
	struct ml_value value = ml_at(ml_unknown(pair->why), pair->loc);
	enum ml_secret_kind kind = ML_SECRET_NONE, named = ml_secret_key(pair->key);
	struct ml_record_builder b;

	if (!pair->why.ptr && !pair->has_value)
		value = ml_at(ml_unknown(ML_STR("only the shell has the value")), pair->loc);
	else if (!pair->why.ptr)
		value = ml_cn_text(cn, ml_cn_hide_node(cn, pair->node, pair->value, "build-arg", pair->key, &kind), pair->loc);
	args->entries[args->n++] = (struct ml_entry){ml_at(ml_string(pair->key), pair->key_loc), value};
	ml_record_begin(&b, &ml_co_variable);
	ml_record_set(&b, ML_CO_VAR_SERVICE, ml_at(ml_string(cn->owner), cn->owner_loc));
	ml_record_set(&b, ML_CO_VAR_NAME, ml_at(ml_string(pair->key), pair->key_loc));
	ml_record_set(&b, ML_CO_VAR_VALUE, value);
	if (value.kind == ML_V_UNKNOWN)
		ml_record_set(&b, ML_CO_VAR_SET, ml_bool(false));
	if (named)
		ml_record_set(&b, ML_CO_VAR_SECRET_NAME, ml_cn_word(ml_secret_kind_words[named], pair->key_loc));
	if (kind)
		ml_record_set(&b, ML_CO_VAR_SECRET, ml_cn_word(ml_secret_kind_words[kind], pair->loc));
	if (pair->node->interpolated)
		ml_record_set(&b, ML_CO_VAR_INTERPOLATED, ml_at(ml_bool(true), pair->loc));
	ml_cn_push(cn, &cn->flat[ML_CO_ARGS], ml_cn_pack(cn, &b, pair->key_loc));
}

static void read_args(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct args args = {ml_alloc_array(cn->arena, at->node->n, sizeof(struct ml_entry)), 0};

	if (!args.entries)
		cn->memory = true;
	else if (!ml_cn_pairs(cn, at, add_arg, &args))
		ml_record_set(b, ML_CO_BUILD_ARGS, ml_cn_unknown(cn, at->loc, ML_STR("not a mapping")));
	else
		ml_record_set(b, ML_CO_BUILD_ARGS, ml_cn_map_value(cn, args.entries, args.n, at->loc));
}

static void add_name(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx)
{
	const struct ml_cnode *source = item->node->kind == ML_C_MAP ? ml_cnode_get(item->node, "source") : item->node;

	if (source)
		ml_cn_push(cn, ctx, ml_cn_string(cn, &(struct ml_cn_at){source, item->key, source->loc}, NULL));
}

/* Names of secrets: in long form those of `source`. */
static struct ml_value names(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	struct ml_cn_list list = {0};

	(void)arg;
	if (!ml_cn_each(cn, at, add_name, &list))
		return ml_cn_unknown(cn, at->loc, ML_STR("not a list"));
	return ml_cn_list_value(&list, at->loc);
}

static void add_flat(struct ml_cn *cn, const struct ml_cn_pair *pair, void *ctx)
{
	struct ml_value value = ml_at(ml_unknown(pair->why), pair->loc);

	if (!pair->why.ptr)
		value = ml_cn_text(cn, pair->has_value ? ml_strf(cn->arena, "%.*s=%.*s", ML_STR_ARG(pair->key), ML_STR_ARG(pair->value)) : pair->key, pair->loc);
	ml_cn_push(cn, ctx, value);
}

/* A list, or a map, as "key=value". */
static struct ml_value flat(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	struct ml_cn_list list = {0};

	(void)arg;
	if (!ml_cn_pairs(cn, at, add_flat, &list))
		return ml_cn_unknown(cn, at->loc, ML_STR("not a list"));
	return ml_cn_list_value(&list, at->loc);
}

static struct ml_value isolation(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	(void)arg;
	return ml_cn_vocab(cn, at, isolation_vocab());
}

static const struct ml_cn_key build_keys[] = {
	{"additional_contexts", ML_CO_BUILD_CONTEXTS, ml_cn_string_map, NULL, NULL},
	{"args", ML_CO_BUILD_ARGS, NULL, NULL, read_args},
	{"cache_from", ML_CO_BUILD_CACHE_FROM, ml_cn_strings, NULL, NULL},
	{"cache_to", ML_CO_BUILD_CACHE_TO, ml_cn_strings, NULL, NULL},
	{"context", ML_CO_BUILD_CONTEXT, NULL, NULL, read_context},
	{"dockerfile", ML_CO_BUILD_DOCKERFILE, ml_cn_string, NULL, NULL},
	{"dockerfile_inline", ML_CO_BUILD_INLINE, NULL, NULL, read_inline},
	{"entitlements", ML_CO_BUILD_ENTITLEMENTS, ml_cn_strings, NULL, NULL},
	{"extra_hosts", ML_CO_BUILD_EXTRA_HOSTS, flat, NULL, NULL},
	{"isolation", ML_CO_BUILD_ISOLATION, isolation, NULL, NULL},
	{"labels", ML_CO_BUILD_LABELS, ml_cn_labels_of, "build", NULL},
	{"network", ML_CO_BUILD_NETWORK, ml_cn_string, NULL, NULL},
	{"no_cache", ML_CO_BUILD_NO_CACHE, ml_cn_bool, NULL, NULL},
	{"no_cache_filter", 0, NULL, NULL, NULL},
	{"platforms", ML_CO_BUILD_PLATFORMS, ml_cn_strings, NULL, NULL},
	{"privileged", ML_CO_BUILD_PRIVILEGED, ml_cn_bool, NULL, NULL},
	{"provenance", ML_CO_BUILD_PROVENANCE, ml_cn_true, NULL, NULL},
	{"pull", ML_CO_BUILD_PULL, ml_cn_bool, NULL, NULL},
	{"sbom", ML_CO_BUILD_SBOM, ml_cn_true, NULL, NULL},
	{"secrets", ML_CO_BUILD_SECRETS, names, NULL, NULL},
	{"shm_size", ML_CO_BUILD_SHM_SIZE, ml_cn_bytes, NULL, NULL},
	{"ssh", ML_CO_BUILD_SSH, flat, NULL, NULL},
	{"tags", ML_CO_BUILD_TAGS, ml_cn_strings, NULL, NULL},
	{"target", ML_CO_BUILD_TARGET, ml_cn_string, NULL, NULL},
	{"ulimits", 0, NULL, NULL, NULL},
};

void ml_cn_build(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	static const struct ml_cn_keys keys = ML_CN_KEYS(build_keys);
	struct ml_record_builder build;

	ml_record_begin(&build, &ml_co_build);
	ml_record_set(&build, ML_CO_BUILD_SET, ml_at(ml_bool(true), at->loc));
	if (ml_cn_is_scalar(at->node))
		read_context(cn, at, &build);
	else if (!ml_cn_map(cn, at, &keys, &build, NULL)) {
		ml_record_set(b, ML_CO_SVC_BUILD, ml_cn_unknown(cn, at->loc, ML_STR("not a mapping")));
		return;
	}
	ml_record_set(b, ML_CO_SVC_BUILD, ml_cn_pack(cn, &build, at->loc));
}

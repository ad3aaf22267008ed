/* SPDX-License-Identifier: Apache-2.0 */
/* Labels and annotations of anything, and where a service's output goes. */
#include "base/num.h"
#include "checks/config/compose/norm-priv.h"

struct labels {
	struct ml_entry *entries;
	size_t n;
	const char *on;
};

static void add_label(struct ml_cn *cn, const struct ml_cn_pair *pair, void *ctx)
{
	struct labels *labels = ctx;
	enum ml_secret_kind kind = ML_SECRET_NONE;
	struct ml_value value = ml_at(ml_unknown(pair->why), pair->loc);
	struct ml_record_builder b;

	if (!pair->why.ptr)
		value = ml_cn_text(cn, ml_cn_hide_node(cn, pair->node, pair->value, "label", pair->key, &kind), pair->loc);
	labels->entries[labels->n++] = (struct ml_entry){ml_at(ml_string(pair->key), pair->key_loc), value};
	if (!labels->on)
		return;
	ml_record_begin(&b, &ml_co_label);
	ml_record_set(&b, ML_CO_LABEL_OWNER, ml_at(ml_string(cn->owner), cn->owner_loc));
	ml_record_set(&b, ML_CO_LABEL_NAME, ml_at(ml_string(pair->key), pair->key_loc));
	ml_record_set(&b, ML_CO_LABEL_VALUE, value);
	if (strcmp(labels->on, "service") != 0)
		ml_record_set(&b, ML_CO_LABEL_ON, ml_string(ml_str(labels->on)));
	if (kind)
		ml_record_set(&b, ML_CO_LABEL_SECRET, ml_cn_word(ml_secret_kind_words[kind], pair->loc));
	ml_cn_push(cn, &cn->flat[ML_CO_LABELS], ml_cn_pack(cn, &b, pair->loc));
}

static struct ml_value read_labels(struct ml_cn *cn, const struct ml_cn_at *at, const char *on)
{
	struct labels labels = {ml_alloc_array(cn->arena, at->node->n, sizeof(struct ml_entry)), 0, on};

	if (at->node->kind == ML_C_UNKNOWN)
		return ml_cn_unknown(cn, at->loc, at->node->text);
	if (!labels.entries) {
		cn->memory = true;
		return ml_absent();
	}
	if (!ml_cn_pairs(cn, at, add_label, &labels))
		return ml_cn_unknown(cn, at->loc, ML_STR("not a mapping"));
	return ml_cn_map_value(cn, labels.entries, labels.n, at->loc);
}

struct ml_value ml_cn_labels_of(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	return read_labels(cn, at, arg);
}

void ml_cn_labels(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	ml_record_set(b, ML_CO_SVC_LABELS, read_labels(cn, at, "service"));
}

struct label_files {
	struct ml_entry *entries;
	size_t n, cap;
	const struct ml_value *written; /* `labels`, which go before */
	struct ml_str missing;
};

static void add_from_file(struct ml_cn *cn, struct label_files *files, const struct ml_cenv_entry *entry)
{
	struct ml_cn_secret secret = {.where = "label", .key = entry->name, .text = entry->value, .loc = entry->loc, .env_file = true};
	enum ml_secret_kind kind = ML_SECRET_NONE;
	struct ml_record_builder b;
	struct ml_value value;

	if (files->written->kind == ML_V_MAP && ml_map_gets(files->written, entry->name))
		return;
	if (ml_alloc_grow(cn->arena, &files->entries, &files->cap, files->n + 1, sizeof(*files->entries))) {
		cn->memory = true;
		return;
	}
	value = ml_cn_text(cn, ml_cn_hide(cn, &secret, &kind), entry->loc);
	files->entries[files->n++] = (struct ml_entry){ml_at(ml_string(entry->name), entry->loc), value};
	ml_record_begin(&b, &ml_co_label);
	ml_record_set(&b, ML_CO_LABEL_OWNER, ml_at(ml_string(cn->owner), cn->owner_loc));
	ml_record_set(&b, ML_CO_LABEL_NAME, ml_at(ml_string(entry->name), entry->loc));
	ml_record_set(&b, ML_CO_LABEL_VALUE, value);
	if (kind)
		ml_record_set(&b, ML_CO_LABEL_SECRET, ml_cn_word(ml_secret_kind_words[kind], entry->loc));
	ml_cn_push(cn, &cn->flat[ML_CO_LABELS], ml_cn_pack(cn, &b, entry->loc));
}

static void add_label_file(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx)
{
	struct label_files *files = ctx;
	const struct ml_cenv *env = NULL;
	struct ml_str path, why;
	struct ml_value value;
	int r;

	if (!ml_cn_scalar(cn, item, &path, &value)) {
		files->missing = value.kind == ML_V_UNKNOWN ? ml_value_text(&value) : files->missing;
		return;
	}
	r = ml_compose_env_file(cn->project, path, false, &env, &why);
	if (r == ML_ENOMEM) {
		cn->memory = true;
	} else if (r) {
		ml_cn_say(cn, ML_DIAG_ERROR, item->node->loc, "label_file: %.*s", ML_STR_ARG(why));
		files->missing = ml_strf(cn->arena, "label file %.*s: %.*s", ML_STR_ARG(path), ML_STR_ARG(why));
	}
	for (size_t i = 0; env && i < env->n; i++)
		add_from_file(cn, files, &env->entries[i]);
	if (env && env->broken.len)
		files->missing = env->broken;
}

/* `label_file` below `labels` (compose-spec, "label_file"). */
void ml_cn_finish_labels(struct ml_cn *cn, struct ml_record_builder *b, const struct ml_cnode *service)
{
	const struct ml_cnode *node = ml_cnode_get(service, "label_file");
	struct ml_value *slot = &b->slots[ML_CO_SVC_LABELS];
	struct label_files files = {.written = slot, .missing = ML_STR_NONE};

	if (!node || node->kind == ML_C_NULL)
		return;
	if (!ml_cn_each(cn, &(struct ml_cn_at){node, ML_STR("label_file"), node->loc}, add_label_file, &files))
		files.missing = ML_STR("label_file: not a list");
	if (files.missing.ptr) {
		*slot = ml_cn_unknown(cn, node->loc, files.missing);
		ml_cn_push(cn, &cn->flat[ML_CO_LABELS], ml_cn_unknown(cn, cn->owner_loc, files.missing));
		return;
	}
	for (uint32_t i = 0; slot->kind == ML_V_MAP && i < slot->len; i++) {
		if (ml_alloc_grow(cn->arena, &files.entries, &files.cap, files.n + 1, sizeof(*files.entries))) {
			cn->memory = true;
			return;
		}
		files.entries[files.n++] = slot->entries[i];
	}
	if (slot->kind != ML_V_UNKNOWN)
		*slot = ml_cn_map_value(cn, files.entries, files.n, slot->loc ? slot->loc : node->loc);
}

void ml_cn_annotations(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	ml_record_set(b, ML_CO_SVC_ANNOTATIONS, read_labels(cn, at, NULL));
}

/* Drivers that keep files on the host without end unless `max-size` says so. `local` rotates by itself; "" is the daemon's, usually json-file. */
static bool keeps_files(struct ml_str driver)
{
	return driver.len == 0 || ml_str_is(driver, "json-file");
}

static void read_max_size(struct ml_cn *cn, struct ml_record_builder *b, const struct ml_value *options)
{
	const struct ml_value *size = ml_map_gets(options, ML_STR("max-size")), *files = ml_map_gets(options, ML_STR("max-file"));
	int64_t n;

	(void)cn;
	if (size && size->kind == ML_V_UNKNOWN)
		ml_record_set(b, ML_CO_LOG_MAX_SIZE, *size);
	else if (size && ml_str_is(ml_value_text(size), "-1"))
		ml_record_set(b, ML_CO_LOG_MAX_SIZE, ml_at(ml_int(-1), size->loc));
	else if (size && !ml_cvalue_bytes(ml_value_text(size), &n))
		ml_record_set(b, ML_CO_LOG_MAX_SIZE, ml_at(ml_int(n), size->loc));
	if (files && files->kind == ML_V_UNKNOWN)
		ml_record_set(b, ML_CO_LOG_MAX_FILE, *files);
	else if (files && ml_parse_i64(ml_value_text(files), 10, &n))
		ml_record_set(b, ML_CO_LOG_MAX_FILE, ml_at(ml_int(n), files->loc));
}

/* Packs what was read of `logging` or of the old log_driver and log_opt. */
static void put_logging(struct ml_cn *cn, struct ml_record_builder *service, struct ml_record_builder *b, uint32_t loc)
{
	const struct ml_value *driver = &b->slots[ML_CO_LOG_DRIVER], *options = &b->slots[ML_CO_LOG_OPTIONS], *size = &b->slots[ML_CO_LOG_MAX_SIZE];

	if (options->kind == ML_V_MAP)
		read_max_size(cn, b, options);
	if (driver->kind == ML_V_UNKNOWN || options->kind == ML_V_UNKNOWN || size->kind == ML_V_UNKNOWN)
		ml_record_set(b, ML_CO_LOG_BOUNDED, driver->kind == ML_V_UNKNOWN ? *driver : options->kind == ML_V_UNKNOWN ? *options : *size);
	else if (!keeps_files(ml_value_text(driver)) || (size->kind == ML_V_INT && size->i > 0))
		ml_record_set(b, ML_CO_LOG_BOUNDED, ml_at(ml_bool(true), loc));
	ml_record_set(service, ML_CO_SVC_LOGGING, ml_cn_pack(cn, b, loc));
}

static const struct ml_cn_key logging_keys[] = {
	{"driver", ML_CO_LOG_DRIVER, ml_cn_string, NULL, NULL},
	{"options", ML_CO_LOG_OPTIONS, ml_cn_string_map, NULL, NULL},
};

void ml_cn_logging(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	static const struct ml_cn_keys keys = ML_CN_KEYS(logging_keys);
	struct ml_record_builder logging;

	ml_record_begin(&logging, &ml_co_logging);
	ml_record_set(&logging, ML_CO_LOG_SET, ml_at(ml_bool(true), at->loc));
	if (ml_cn_map(cn, at, &keys, &logging, NULL))
		put_logging(cn, b, &logging, at->loc);
	else
		ml_record_set(b, ML_CO_SVC_LOGGING, ml_cn_unknown(cn, at->loc, ML_STR("not a mapping")));
}

/* Version 1: two keys, in either order. */
static void old_logging(struct ml_cn *cn, struct ml_record_builder *b, int slot, struct ml_value value, uint32_t loc)
{
	const struct ml_value *before = &b->slots[ML_CO_SVC_LOGGING];
	struct ml_record_builder logging;

	ml_record_begin(&logging, &ml_co_logging);
	for (int i = 0; before->kind == ML_V_RECORD && i < ML_CO_LOG_SLOTS; i++)
		if (ml_record_has(before->record, i))
			ml_record_set(&logging, i, *ml_record_get(before->record, i));
	ml_record_set(&logging, ML_CO_LOG_SET, ml_at(ml_bool(true), loc));
	ml_cn_set(&logging, slot, value);
	put_logging(cn, b, &logging, loc);
}

void ml_cn_log_driver(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	old_logging(cn, b, ML_CO_LOG_DRIVER, ml_cn_string(cn, at, NULL), at->loc);
}

void ml_cn_log_opt(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	old_logging(cn, b, ML_CO_LOG_OPTIONS, ml_cn_string_map(cn, at, NULL), at->loc);
}

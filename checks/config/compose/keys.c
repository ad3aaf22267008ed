/* SPDX-License-Identifier: Apache-2.0 */
/* Maps with known keys: each key by its row, and what is no key is said. */
#include "checks/config/compose/norm-priv.h"

enum { KEYS = 160 };

static const struct ml_cn_key *find(const struct ml_cn_keys *keys, struct ml_str key)
{
	size_t low = 0, high = keys->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = ml_str_cmp(key, ml_str(keys->items[middle].key));
		if (order == 0)
			return &keys->items[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static void say_unknown(struct ml_cn *cn, const struct ml_cn_at *at, const struct ml_cn_keys *keys, uint32_t i, struct ml_cn_list *unknown)
{
	const char *names[KEYS], *near;
	struct ml_str key = at->node->keys[i];
	bool inner = at->key.len > 0;

	if (ml_str_starts(key, ML_STR("x-")))
		return;
	for (size_t k = 0; k < keys->n && k < KEYS; k++)
		names[k] = keys->items[k].key;
	near = ml_str_nearest(key, names, keys->n < KEYS ? keys->n : KEYS);
	ml_cn_say(cn, ML_DIAG_WARNING, at->node->key_locs[i], "%.*s%sunknown key \"%.*s\"%s%s%s", ML_STR_ARG(at->key), inner ? ": " : "",
		ML_STR_ARG(ml_str_sub(key, 0, 60)), near ? ": did you mean `" : "", near ? near : "", near ? "`?" : "");
	if (unknown)
		ml_cn_push(cn, unknown, ml_cn_text(cn, key, at->node->key_locs[i]));
}

bool ml_cn_map(struct ml_cn *cn, const struct ml_cn_at *at, const struct ml_cn_keys *keys, struct ml_record_builder *b, struct ml_cn_list *unknown)
{
	if (at->node->kind != ML_C_MAP) {
		ml_cn_bad(cn, at, "a mapping");
		return false;
	}
	for (uint32_t i = 0; i < at->node->n; i++) {
		const struct ml_cn_key *row = find(keys, at->node->keys[i]);
		struct ml_cn_at value = {at->node->items[i], at->node->keys[i], at->node->key_locs[i]};
		if (!row) {
			say_unknown(cn, at, keys, i, unknown);
			if (at->node != cn->project->root || !ml_str_starts(value.key, ML_STR("x-"))) /* those of the root are read by themselves */
				ml_cn_dyn(cn, &value, NULL);
		} else if (value.node->kind == ML_C_NULL)
			continue;
		else if (row->read)
			ml_cn_set(b, row->slot, row->read(cn, &value, row->arg));
		else if (row->fill && value.node->kind == ML_C_UNKNOWN)
			ml_record_set(b, row->slot, ml_cn_unknown(cn, value.loc, value.node->text));
		else if (row->fill)
			row->fill(cn, &value, b);
		else if (row->slot != ML_CN_ELSEWHERE)
			ml_cn_dyn(cn, &value, NULL);
	}
	return true;
}

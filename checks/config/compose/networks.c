/* SPDX-License-Identifier: Apache-2.0 */
/* Networks that the engine brings itself: a service on the one that is called `host` has the host's
 * network, whatever the project calls it. */
#include "checks/config/compose/norm-priv.h"

/* The worst first. */
static const char *const engine_networks[] = {"host", "bridge", "none"};

/* The name that the engine knows a network by: a scalar. NULL: one of the project's own, or its
 * key. */
static const struct ml_cnode *name_of(const struct ml_cnode *network, bool *external)
{
	const struct ml_cnode *name = ml_cnode_get(network, "name"),
			      *made = ml_cnode_get(network, "external");

	*external =
		made &&
		(made->kind == ML_C_MAP || made->kind == ML_C_UNKNOWN || ml_cn_is_scalar(made)) &&
		!(made->kind == ML_C_BOOL && !made->b);
	if (made && made->kind == ML_C_MAP && ml_cnode_get(made, "name"))
		name = ml_cnode_get(made, "name");
	return name && name->kind != ML_C_NULL ? name : NULL;
}

/* Whether the network is the engine's `word`, or *unknown: may be. A name with a variable in it can
 * be any only where someone else made the network. */
static bool is_engine(struct ml_cn *cn, struct ml_str key, const char *word, struct ml_str *unknown)
{
	int64_t at = ml_cindex_find(&cn->networks, key);
	const struct ml_cnode *network = at < 0 ? NULL : cn->networks.map->items[at], *name;
	bool external = false;
	struct ml_str why;

	if (!network || network->kind != ML_C_MAP)
		return false;
	name = name_of(network, &external);
	if (!name)
		return external && ml_str_is(key, word);
	why = ml_cn_why(cn, name);
	if (!why.ptr)
		return ml_cn_is_scalar(name) && ml_str_is(name->text, word);
	if (external && (!ml_cn_is_scalar(name) || ml_cn_may_be(name, ml_str(word))))
		*unknown = why;
	return false;
}

/* True when some network is it, or may be: then the mode is set. */
static bool try_word(struct ml_cn *cn, struct ml_record_builder *b, const char *word)
{
	const struct ml_value *networks = &b->slots[ML_CO_SVC_NETWORKS];
	struct ml_str unknown = ML_STR_NONE;
	uint32_t loc = 0;

	for (uint32_t i = 0; i < networks->len; i++) {
		const struct ml_value *key = &networks->entries[i].key;
		struct ml_str why = ML_STR_NONE;
		if (is_engine(cn, ml_value_text(key), word, &why)) {
			ml_record_set(b, ML_CO_SVC_NETWORK_MODE, ml_cn_word(word, key->loc));
			return true;
		}
		loc = why.ptr && !unknown.ptr ? key->loc : loc;
		unknown = unknown.ptr ? unknown : why;
	}
	if (unknown.ptr)
		ml_record_set(b, ML_CO_SVC_NETWORK_MODE, ml_cn_unknown(cn, loc, unknown));
	return unknown.ptr;
}

void ml_cn_engine_network(struct ml_cn *cn, struct ml_record_builder *b)
{
	const struct ml_value *mode = &b->slots[ML_CO_SVC_NETWORK_MODE];

	if (b->slots[ML_CO_SVC_NETWORKS].kind != ML_V_MAP ||
		(mode->kind != ML_V_ABSENT && !ml_str_is(ml_value_text(mode), "default")))
		return;
	for (size_t i = 0; i < sizeof(engine_networks) / sizeof(engine_networks[0]); i++)
		if (try_word(cn, b, engine_networks[i]))
			return;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What several services mount: the same host path, or the same named volume. */
#include "base/sort.h"
#include "checks/config/compose/norm-priv.h"

struct use {
	struct ml_str source; /* host path, else the volume's key */
	bool bind;
	uint32_t mount;       /* index in the root's mounts */
};

static const struct ml_value *field(const struct ml_cn *cn, uint32_t mount, int slot)
{
	return ml_record_get(cn->flat[ML_CO_MOUNTS].items[mount].record, slot);
}

static int by_source(const void *a, const void *b)
{
	const struct use *x = a, *y = b;
	int order = ml_str_cmp(x->source, y->source);

	return order ? order : (int)x->bind - (int)y->bind;
}

static size_t gather(struct ml_cn *cn, struct use *uses)
{
	size_t n = 0;

	for (size_t i = 0; i < cn->flat[ML_CO_MOUNTS].n; i++) {
		const struct ml_value *path, *volume;
		if (cn->flat[ML_CO_MOUNTS].items[i].kind != ML_V_RECORD)
			continue;
		path = field(cn, (uint32_t)i, ML_CO_MNT_HOST_PATH);
		volume = field(cn, (uint32_t)i, ML_CO_MNT_VOLUME);
		if (path->kind == ML_V_STRING && path->len)
			uses[n++] = (struct use){ml_value_text(path), true, (uint32_t)i};
		else if (volume->kind == ML_V_STRING && volume->len)
			uses[n++] = (struct use){ml_value_text(volume), false, (uint32_t)i};
	}
	return n;
}

/* Names of the services of uses [0, n), each once; only those that can write when `writers`. Mounts stand in the services' order. */
static struct ml_cn_list services_of(struct ml_cn *cn, const struct use *uses, size_t n, bool writers)
{
	struct ml_cn_list list = {0};

	for (size_t i = 0; i < n; i++) {
		const struct ml_value *service = field(cn, uses[i].mount, ML_CO_MNT_SERVICE), *read_only = field(cn, uses[i].mount, ML_CO_MNT_READ_ONLY);
		if (writers && read_only->kind == ML_V_BOOL && read_only->b)
			continue;
		if (list.n == 0 || !ml_str_eq(ml_value_text(&list.items[list.n - 1]), ml_value_text(service)))
			ml_cn_push(cn, &list, *service);
	}
	return list;
}

/* As many others as a mount names: all of them at each mount would be quadratic. */
enum { NAMED = 8 };

/* The mounts' records are packed already; those with a source kept this slot free. */
static void tell(struct ml_cn *cn, const struct use *use, const struct ml_cn_list *services)
{
	const struct ml_value *slot = field(cn, use->mount, ML_CO_MNT_SHARED_WITH), *mine = field(cn, use->mount, ML_CO_MNT_SERVICE);
	struct ml_cn_list others = {0};

	if (!ml_record_has(cn->flat[ML_CO_MOUNTS].items[use->mount].record, ML_CO_MNT_SHARED_WITH))
		return;
	for (size_t i = 0; i < services->n && others.n < NAMED; i++)
		if (!ml_str_eq(ml_value_text(&services->items[i]), ml_value_text(mine)))
			ml_cn_push(cn, &others, services->items[i]);
	*(struct ml_value *)(uintptr_t)slot = ml_cn_list_value(&others, 0);
}

static void share(struct ml_cn *cn, const struct use *uses, size_t n, struct ml_cn_list *shares)
{
	struct ml_cn_list services = services_of(cn, uses, n, false), writers;
	struct ml_record_builder b;

	if (services.n < 2)
		return;
	for (size_t i = 0; i < n; i++)
		tell(cn, &uses[i], &services);
	writers = services_of(cn, uses, n, true);
	ml_record_begin(&b, &ml_co_share);
	ml_record_set(&b, ML_CO_SHARE_SOURCE, ml_string(uses[0].source));
	ml_record_set(&b, ML_CO_SHARE_TYPE, ml_string(ml_str(uses[0].bind ? "bind" : "volume")));
	ml_record_set(&b, ML_CO_SHARE_SERVICES, ml_cn_list_value(&services, 0));
	ml_record_set(&b, ML_CO_SHARE_WRITERS, ml_cn_list_value(&writers, 0));
	ml_cn_push(cn, shares, ml_cn_pack(cn, &b, cn->flat[ML_CO_MOUNTS].items[uses[0].mount].loc));
}

void ml_cn_shares(struct ml_cn *cn)
{
	struct use *uses = ml_alloc_array(cn->arena, cn->flat[ML_CO_MOUNTS].n, sizeof(*uses));
	size_t n = uses ? gather(cn, uses) : 0, from = 0;


	if (!uses || ml_sort(cn->arena, uses, n, sizeof(*uses), by_source)) {
		cn->memory = true;
		return;
	}
	for (size_t i = 1; i <= n; i++) {
		if (i < n && by_source(&uses[from], &uses[i]) == 0)
			continue;
		share(cn, uses + from, i - from, &cn->flat[ML_CO_SHARES]);
		from = i;
	}
}

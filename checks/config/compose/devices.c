/* SPDX-License-Identifier: Apache-2.0 */
/* Host devices and GPUs. */
#include "checks/config/compose/norm-priv.h"

struct device {
	struct ml_str host, container, permissions;
	uint32_t loc;
};

static bool has(struct ml_str s, char c)
{
	return ml_str_chr(s, c) != ML_NPOS;
}

static struct ml_value pack(struct ml_cn *cn, const struct device *device)
{
	struct ml_str clean = has(device->host, '=') ? device->host : ml_cvalue_clean_path(cn->arena, device->host);
	bool cdi = device->host.len && device->host.ptr[0] != '/' && has(device->host, '=');
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_co_device);
	ml_record_set(&b, ML_CO_DEV_SERVICE, ml_at(ml_string(cn->owner), cn->owner_loc));
	ml_record_set(&b, ML_CO_DEV_HOST_PATH, ml_cn_text(cn, clean, device->loc));
	ml_record_set(&b, ML_CO_DEV_CONTAINER_PATH, ml_cn_text(cn, device->container.len ? device->container : cdi ? ML_STR("") : clean, device->loc));
	if (device->permissions.len) {
		ml_record_set(&b, ML_CO_DEV_PERMISSIONS, ml_at(ml_string(device->permissions), device->loc));
		ml_record_set(&b, ML_CO_DEV_WRITABLE, ml_at(ml_bool(has(device->permissions, 'w')), device->loc));
	}
	ml_record_set(&b, ML_CO_DEV_CLASS, ml_cn_word(cdi && ml_str_has(clean, "gpu") ? "gpu" : ml_cvalue_device(clean), device->loc));
	if (cdi)
		ml_record_set(&b, ML_CO_DEV_CDI, ml_at(ml_bool(true), device->loc));
	return ml_cn_pack(cn, &b, device->loc);
}

/* Only r, w and m, each at most once. */
static bool valid(struct ml_str permissions)
{
	for (size_t i = 0; i < permissions.len; i++)
		if (!strchr("rwm", permissions.ptr[i]) || permissions.len > 3)
			return false;
	return true;
}

static struct ml_value read_device(struct ml_cn *cn, const struct ml_cn_at *item, struct device *device)
{
	static const char *const keys[] = {"source", "target", "permissions"};
	struct ml_str *const parts[] = {&device->host, &device->container, &device->permissions};
	struct ml_value value = ml_absent();
	struct ml_str text, rest;
	size_t i = 0;

	if (item->node->kind == ML_C_MAP) {
		for (i = 0; i < 3; i++) {
			const struct ml_cnode *node = ml_cnode_get(item->node, keys[i]);
			if (node && !ml_cn_scalar(cn, &(struct ml_cn_at){node, ml_str(keys[i]), node->loc}, parts[i], &value) && value.kind == ML_V_UNKNOWN)
				return value;
		}
	} else if (ml_cn_scalar(cn, item, &text, &value)) {
		for (rest = text; i < 3 && ml_str_split(&rest, ':', parts[i]); i++)
			continue;
		if (i == 2 && valid(device->container)) { /* SOURCE:PERMISSIONS */
			device->permissions = device->container;
			device->container = ML_STR("");
		}
		if (rest.ptr)
			return ml_cn_bad(cn, item, "SOURCE[:TARGET[:PERMISSIONS]]");
	} else {
		return value;
	}
	if (device->host.len == 0 || !valid(device->permissions))
		return ml_cn_bad(cn, item, "SOURCE[:TARGET[:PERMISSIONS]], permissions of r, w and m");
	return pack(cn, device);
}

static void add_device(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx)
{
	struct device device = {.loc = item->node->loc};
	struct ml_value value = read_device(cn, item, &device);

	if (value.kind != ML_V_ABSENT)
		ml_cn_both(cn, ctx, ML_CO_DEVICES, value);
}

void ml_cn_devices(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct ml_cn_list list = {0};
	bool ok = ml_cn_each(cn, at, add_device, &list);

	ml_record_set(b, ML_CO_SVC_DEVICES, ok ? ml_cn_list_value(&list, at->loc) : ml_cn_unknown(cn, at->loc, ML_STR("not a list")));
}

static struct ml_value count(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	if (ml_str_is(at->node->text, "all"))
		return ml_at(ml_int(-1), at->node->loc);
	return ml_cn_int(cn, at, arg);
}

static const struct ml_cn_key request_keys[] = {
	{"capabilities", ML_CO_REQ_CAPABILITIES, ml_cn_strings, NULL, NULL},
	{"count", ML_CO_REQ_COUNT, count, NULL, NULL},
	{"device_ids", ML_CO_REQ_IDS, ml_cn_strings, NULL, NULL},
	{"driver", ML_CO_REQ_DRIVER, ml_cn_string, NULL, NULL},
	{"options", 0, NULL, NULL, NULL},
};

static void add_request(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx)
{
	static const struct ml_cn_keys keys = ML_CN_KEYS(request_keys);
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_co_device_request);
	if (item->node->kind == ML_C_UNKNOWN)
		ml_cn_push(cn, ctx, ml_cn_unknown(cn, item->loc, item->node->text));
	else if (ml_cn_map(cn, item, &keys, &b, NULL))
		ml_cn_push(cn, ctx, ml_cn_pack(cn, &b, item->node->loc));
	else
		ml_cn_push(cn, ctx, ml_cn_unknown(cn, item->loc, ML_STR("not a mapping")));
}

struct ml_value ml_cn_device_requests(struct ml_cn *cn, const struct ml_cn_at *at, const void *arg)
{
	struct ml_cn_list list = {0};

	(void)arg;
	if (!ml_cn_each(cn, at, add_request, &list))
		return ml_cn_unknown(cn, at->loc, ML_STR("not a list"));
	return ml_cn_list_value(&list, at->loc);
}

/* `gpus: all`, or requests as in deploy. */
void ml_cn_gpus(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct ml_cn_list list = {0}, gpu = {0};
	struct ml_record_builder request;

	if (!ml_str_is(at->node->text, "all")) {
		ml_record_set(b, ML_CO_SVC_DEVICE_REQUESTS, ml_cn_device_requests(cn, at, NULL));
		return;
	}
	ml_record_begin(&request, &ml_co_device_request);
	ml_cn_push(cn, &gpu, ml_cn_word("gpu", at->loc));
	ml_record_set(&request, ML_CO_REQ_CAPABILITIES, ml_cn_list_value(&gpu, at->loc));
	ml_cn_push(cn, &list, ml_cn_pack(cn, &request, at->loc));
	ml_record_set(b, ML_CO_SVC_DEVICE_REQUESTS, ml_cn_list_value(&list, at->loc));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Projects that Compose refuses although their files can be read: nothing to run, and names that
 * nothing has (compose-go's checkConsistency, docker-compose 1.29's validation). Nobody runs them
 * as they are, so nobody can vouch for them. */
#include <stdarg.h>
#include <stdio.h>

#include "checks/config/compose/norm-priv.h"

enum { SHOWN = 60, MESSAGE = 240 };

void ml_cn_refuse(struct ml_cn *cn, uint32_t loc, const char *fmt, ...)
{
	char text[MESSAGE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (cn->partial)
		ml_cn_say(cn, ML_DIAG_WARNING, loc,
			"%s: Compose refuses it alone; scan it with its other files by -f", text);
	else
		ml_cn_say(cn, ML_DIAG_ERROR, loc, "%s: Compose refuses such a project", text);
}

static bool is_false(const struct ml_value *value)
{
	return value->kind == ML_V_BOOL && !value->b;
}

static bool written(const struct ml_cnode *service, const char *key)
{
	const struct ml_cnode *node = ml_cnode_get(service, key);

	return node && node->kind != ML_C_NULL &&
	       !((node->kind == ML_C_SEQ || node->kind == ML_C_MAP) && node->n == 0);
}

/* Keys of a map whose records say that nobody defines them. */
static void check_map(
	struct ml_cn *cn, const struct ml_value *map, int defined, int required, const char *what)
{
	for (uint32_t i = 0; map->kind == ML_V_MAP && i < map->len; i++) {
		const struct ml_value *key = &map->entries[i].key, *value = &map->entries[i].value;
		if (value->kind != ML_V_RECORD || !is_false(ml_record_get(value->record, defined)))
			continue;
		if (required < 0 || !is_false(ml_record_get(value->record, required)))
			ml_cn_refuse(cn, key->loc, "%s \"%.*s\" is not defined", what,
				ML_STR_ARG(ml_str_sub(ml_value_text(key), 0, SHOWN)));
	}
}

static void check_grants(struct ml_cn *cn, const struct ml_value *list, const char *what)
{
	for (uint32_t i = 0; list->kind == ML_V_LIST && i < list->len; i++) {
		const struct ml_value *item = &list->items[i];
		if (item->kind == ML_V_RECORD &&
			is_false(ml_record_get(item->record, ML_CO_GRANT_DEFINED)))
			ml_cn_refuse(cn, item->loc, "%s \"%.*s\" is not defined", what,
				ML_STR_ARG(ml_str_sub(ml_value_text(ml_record_get(
							      item->record, ML_CO_GRANT_SOURCE)),
					0, SHOWN)));
	}
}

static void check_service(struct ml_cn *cn, const struct ml_value *name, const char *key)
{
	struct ml_str text = ml_value_text(name);

	text = ml_str_sub(text, 0, ml_str_chr(text, ':'));
	if (text.len && ml_cindex_find(&cn->services, text) < 0)
		ml_cn_refuse(cn, name->loc, "%s: service \"%.*s\" is not defined", key,
			ML_STR_ARG(ml_str_sub(text, 0, SHOWN)));
}

/* network_mode, pid and ipc as "service:NAME". */
static void check_modes(struct ml_cn *cn, const struct ml_record_builder *b)
{
	static const struct {
		int mode, of;
		const char *key;
	} modes[] = {
		{ML_CO_SVC_NETWORK_MODE, ML_CO_SVC_NETWORK_OF, "network_mode"},
		{ML_CO_SVC_PID_MODE, ML_CO_SVC_PID_OF, "pid"},
		{ML_CO_SVC_IPC_MODE, ML_CO_SVC_IPC_OF, "ipc"},
	};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (ml_str_is(ml_value_text(&b->slots[modes[i].mode]), "service"))
			check_service(cn, &b->slots[modes[i].of], modes[i].key);
}

static void check_links(struct ml_cn *cn, const struct ml_record_builder *b)
{
	const struct ml_value *links = &b->slots[ML_CO_SVC_LINKS],
			      *from = &b->slots[ML_CO_SVC_VOLUMES_FROM];

	for (uint32_t i = 0; links->kind == ML_V_LIST && i < links->len; i++)
		check_service(cn, &links->items[i], "links");
	for (uint32_t i = 0; from->kind == ML_V_LIST && !cn->project->version_1 && i < from->len;
		i++) /* version 1: or any container */
		if (from->items[i].kind == ML_V_RECORD &&
			ml_str_is(ml_value_text(
					  ml_record_get(from->items[i].record, ML_CO_FROM_KIND)),
				"service"))
			check_service(cn, ml_record_get(from->items[i].record, ML_CO_FROM_SOURCE),
				"volumes_from");
}

void ml_cn_check_service(
	struct ml_cn *cn, const struct ml_record_builder *b, const struct ml_cnode *service)
{
	if (cn->project->broken.len)
		return;
	if (!written(service, "image") && !written(service, "build") &&
		!written(service, "provider"))
		ml_cn_refuse(cn, cn->owner_loc, "neither image nor build");
	if (written(service, "network_mode") && written(service, "networks"))
		ml_cn_refuse(
			cn, b->slots[ML_CO_SVC_NETWORKS].loc, "both network_mode and networks");
	check_map(cn, &b->slots[ML_CO_SVC_DEPENDS_ON], ML_CO_DEP_DEFINED, ML_CO_DEP_REQUIRED,
		"depends_on: service");
	check_map(cn, &b->slots[ML_CO_SVC_NETWORKS], ML_CO_ATT_DEFINED, -1, "network");
	check_grants(cn, &b->slots[ML_CO_SVC_SECRETS], "secret");
	check_grants(cn, &b->slots[ML_CO_SVC_CONFIGS], "configuration");
	check_modes(cn, b);
	check_links(cn, b);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* RUN --mount: comma-separated fields (Dockerfile reference, "RUN --mount"). */
#include "base/num.h"
#include "checks/config/dockerfile/evaluate.h"

/* Names of a field, and the slot that it fills. */
enum as { TEXT, FLAG, NUMBER, OCTAL };
static const struct {
	const char *name;
	int slot;
	enum as as;
} fields[] = {
	{"type", ML_DF_MOUNT_TYPE, TEXT}, {"target", ML_DF_MOUNT_TARGET, TEXT}, {"dst", ML_DF_MOUNT_TARGET, TEXT}, {"destination", ML_DF_MOUNT_TARGET, TEXT},
	{"source", ML_DF_MOUNT_SOURCE, TEXT}, {"src", ML_DF_MOUNT_SOURCE, TEXT}, {"from", ML_DF_MOUNT_FROM, TEXT}, {"id", ML_DF_MOUNT_ID, TEXT},
	{"env", ML_DF_MOUNT_ENV, TEXT}, {"required", ML_DF_MOUNT_REQUIRED, FLAG}, {"readonly", ML_DF_MOUNT_READONLY, FLAG},
	{"ro", ML_DF_MOUNT_READONLY, FLAG}, {"sharing", ML_DF_MOUNT_SHARING, TEXT}, {"mode", ML_DF_MOUNT_MODE, OCTAL}, {"uid", ML_DF_MOUNT_UID, NUMBER},
	{"gid", ML_DF_MOUNT_GID, NUMBER},
};

struct mount {
	struct ml_df *df;
	struct ml_record_builder b;
	struct ml_str type, target;
	bool writable; /* rw, readwrite */
};

static struct ml_value as_value(struct ml_df *df, enum as as, struct ml_str value, bool given)
{
	int64_t number;

	if (as == FLAG)
		return ml_bool(!given || ml_str_ieq(value, ML_STR("true")) || ml_str_is(value, "1"));
	if (as == TEXT)
		return ml_df_string(df, value);
	if (!ml_parse_i64(value, as == OCTAL ? 8 : 10, &number))
		return ml_df_unknown(df, "the mount's number could not be read");
	return ml_int(number);
}

static void take_field(struct mount *m, struct ml_str field)
{
	size_t equals = ml_str_chr(field, '=');
	struct ml_str name = ml_str_sub(field, 0, equals), value = equals == ML_NPOS ? ML_STR("") : ml_str_sub(field, equals + 1, field.len);

	if (ml_str_is(name, "rw") || ml_str_is(name, "readwrite"))
		m->writable = equals == ML_NPOS || ml_str_is(value, "true");
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (ml_str_ieq(name, ml_str(fields[i].name)))
			ml_record_set(&m->b, fields[i].slot, as_value(m->df, fields[i].as, value, equals != ML_NPOS));
	if (ml_str_is(name, "type"))
		m->type = value;
	if (ml_str_is(name, "target") || ml_str_is(name, "dst") || ml_str_is(name, "destination"))
		m->target = value;
}

struct ml_value ml_df_mount_facts(struct ml_df *df, const struct ml_df_map *vars, const struct ml_df_flag *flag, struct ml_df_list *cached)
{
	struct mount m = {.df = df, .type = ML_STR("bind")};
	struct ml_df_expanded value = ml_df_expand(df, vars, &flag->value, 0, flag->value.s.len);
	struct ml_str field, rest = value.text.s;

	ml_record_begin(&m.b, &ml_df_mount);
	while (ml_str_split(&rest, ',', &field))
		take_field(&m, ml_str_trim(field));
	ml_record_set(&m.b, ML_DF_MOUNT_TYPE, ml_df_string(df, m.type));
	if (!m.b.slots[ML_DF_MOUNT_READONLY].kind && ml_str_is(m.type, "bind"))
		ml_record_set(&m.b, ML_DF_MOUNT_READONLY, ml_bool(!m.writable));
	if ((ml_str_is(m.type, "cache") || ml_str_is(m.type, "tmpfs")) && m.target.len)
		ml_df_list_add(df, cached, ml_df_string(df, m.target));
	return ml_df_pack(df, &m.b, ml_df_loc(df, flag->from, flag->to));
}

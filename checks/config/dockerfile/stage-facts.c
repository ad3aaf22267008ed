/* SPDX-License-Identifier: Apache-2.0 */
/* A stage's state at its beginning, and at its end as facts. */
#include "base/error.h"
#include "checks/config/dockerfile/evaluate.h"

static const char too_much[] = "stages inherit too much";
static const char not_read[] = "an instruction that sets it could not be read";

struct ml_str ml_df_stage_id(const struct ml_df_stage *stage)
{
	return stage ? stage->id : ML_STR("global");
}

/* A record taken over from the parent: it is inherited, and this stage writes none of its own. */
static struct ml_value inherit(struct ml_df *df, struct ml_value value, int inherited_slot, int count_slot)
{
	const struct ml_record *record = value.record;
	struct ml_record_builder b;

	if (value.kind != ML_V_RECORD)
		return value;
	ml_record_begin(&b, record->type);
	for (size_t i = 0; i < record->type->nfields; i++)
		if (ml_record_has(record, (int)i))
			b.slots[i] = *ml_record_get(record, (int)i);
	if (inherited_slot >= 0)
		ml_record_set(&b, inherited_slot, ml_bool(true));
	ml_record_set(&b, count_slot, ml_int(0));
	return ml_df_pack(df, &b, value.loc);
}

/* Images that Windows runs: what Microsoft publishes, and tags that say which edition they are made for. */
static bool is_windows(const struct ml_value *base)
{
	struct ml_str image;

	if (base->kind != ML_V_RECORD)
		return false;
	image = ml_value_text(ml_record_get(base->record, ML_DF_BASE_IMAGE));
	return ml_str_istarts(image, ML_STR("mcr.microsoft.com/windows")) || ml_str_has(image, "windowsservercore") ||
		ml_str_has(image, "nanoserver") || ml_str_istarts(image, ML_STR("mcr.microsoft.com/dotnet/framework/"));
}

/* Docker's official images are of Linux where their tag does not say Windows. */
static bool is_official(const struct ml_value *base)
{
	return base->kind == ML_V_RECORD &&
		ml_str_starts(ml_value_text(ml_record_get(base->record, ML_DF_BASE_REPOSITORY)), ML_STR("library/"));
}

/* A shell of Windows by its name, unless this is Linux for sure: there it is anything that was called so. */
void ml_df_stage_shell_set(struct ml_df_stage *stage)
{
	bool named = ml_str_is(stage->shell_name, "powershell") || ml_str_is(stage->shell_name, "cmd");

	stage->windows = stage->windows || (named && !stage->ran_posix && !is_official(&stage->root_base));
}

/* `/bin/sh -c`, and `cmd /S /C` on Windows (Dockerfile reference, "SHELL"). */
static struct ml_value default_shell(struct ml_df *df, bool windows)
{
	static const char *const words[2][4] = {{"/bin/sh", "-c", NULL}, {"cmd", "/S", "/C", NULL}};
	struct ml_record_builder b;
	struct ml_df_list list = {0};

	for (const char *const *word = words[windows]; *word; word++)
		ml_df_list_add(df, &list, ml_df_word_value(*word));
	ml_record_begin(&b, &ml_df_shell);
	ml_record_set(&b, ML_DF_SHELL_WORDS, ml_df_list_value(&list));
	ml_record_set(&b, ML_DF_SHELL_NAME, ml_df_word_value(windows ? "cmd" : "sh"));
	if (windows)
		ml_record_set(&b, ML_DF_SHELL_KIND, ml_df_word_value("cmd"));
	return ml_df_pack(df, &b, 0);
}

static void take_over(struct ml_df *df, struct ml_df_stage *stage, struct ml_df_stage *parent)
{
	stage->vars = ml_df_map_share(&parent->vars, &df->owners);
	stage->env = ml_df_map_share(&parent->env, &df->owners);
	stage->labels = ml_df_map_share(&parent->labels, &df->owners);
	stage->fetched = ml_df_map_share(&parent->fetched, &df->owners);
	stage->user = inherit(df, parent->user, ML_DF_USER_INHERITED, ML_DF_USER_COUNT);
	stage->workdir = inherit(df, parent->workdir, -1, ML_DF_WORKDIR_COUNT);
	stage->healthcheck = inherit(df, parent->healthcheck, ML_DF_HEALTH_INHERITED, ML_DF_HEALTH_COUNT);
	stage->cmd = inherit(df, parent->cmd, ML_DF_PROC_INHERITED, ML_DF_PROC_COUNT);
	stage->entrypoint = inherit(df, parent->entrypoint, ML_DF_PROC_INHERITED, ML_DF_PROC_COUNT);
	stage->shell = parent->shell;
	stage->stopsignal = parent->stopsignal;
	stage->maintainer = parent->maintainer;
	stage->user_kind = parent->user_kind;
	stage->workdir_path = parent->workdir_path;
	stage->workdir_set = parent->workdir_set;
	stage->windows = parent->windows;
	stage->ran_posix = parent->ran_posix;
	stage->shell_name = parent->shell_name;
	stage->shell_kind = parent->shell_kind;
	stage->shell_set = parent->shell_set;
	stage->shell_pipefail = parent->shell_pipefail;
	stage->ports = parent->ports;
	stage->volumes = parent->volumes;
	stage->tainted |= parent->tainted;
}

void ml_df_stage_begin(struct ml_df_eval *eval, struct ml_df_stage *stage)
{
	struct ml_df *df = eval->df;

	stage->args.owner = ++df->owners;
	if (stage->base_stage >= 0) {
		take_over(df, stage, &df->stages[stage->base_stage]);
		return;
	}
	stage->vars.owner = ++df->owners;
	stage->env.owner = ++df->owners;
	stage->labels.owner = ++df->owners;
	stage->user_kind = ML_STR("base");
	stage->workdir_path = ML_STR("/");
	stage->windows = is_windows(&stage->base);
	stage->shell = default_shell(df, stage->windows);
	stage->shell_name = stage->windows ? ML_STR("cmd") : ML_STR("sh");
	stage->shell_kind = stage->windows ? ML_STR("cmd") : ML_STR("posix");
}

struct gathering {
	struct ml_df *df;
	struct ml_entry *entries;
	size_t n;
};

static void gather(void *ctx, struct ml_str name, const void *value)
{
	struct gathering *g = ctx;
	const struct ml_df_var *var = value;

	g->entries[g->n].key = ml_df_string(g->df, name);
	g->entries[g->n].value = ml_at(var->value.len > ML_DF_VALUE ? ml_df_unknown(g->df, "the value grows too big") : ml_df_string(g->df, var->value), var->loc);
	g->n++;
}

/* Whether so many more values may be written for stages. */
static bool afford(struct ml_df *df, size_t n)
{
	df->inherited += n;
	if (df->inherited <= ML_DF_INHERITED)
		return true;
	if (df->inherited - n <= ML_DF_INHERITED)
		ml_diag_add(&df->facts->diags, ML_DIAG_ERROR, df->request->file, 0, 0, "stages: they inherit too much; some of it is unknown");
	return false;
}

static struct ml_value map_of(struct ml_df *df, const struct ml_df_map *map)
{
	struct gathering g = {.df = df};
	struct ml_value value;
	size_t dup;

	if (!afford(df, map->n))
		return ml_df_unknown(df, too_much);
	g.entries = ml_alloc_array(df->arena, map->n + 1, sizeof(*g.entries));
	if (!g.entries)
		return ml_df_unknown(df, "no memory");
	ml_df_map_walk(map, gather, &g);
	return ml_map(g.entries, g.n, &value, &dup) ? ml_df_unknown(df, "a name of it is not UTF-8") : value;
}

static struct ml_value list_of(struct ml_df *df, const struct ml_df_chain *chain)
{
	size_t n = chain ? chain->length : 0;
	struct ml_value *items;

	if (!afford(df, n))
		return ml_df_unknown(df, too_much);
	items = ml_alloc_array(df->arena, n + 1, sizeof(*items));
	if (!items)
		return ml_df_unknown(df, "no memory");
	for (size_t i = n; i > 0; i--, chain = chain->before)
		items[i - 1] = chain->value;
	return ml_list(items, n);
}

static struct ml_value counts_of(struct ml_df *df, const struct ml_df_stage *stage)
{
	struct ml_entry *entries = ml_alloc_array(df->arena, ML_DF_KEYWORDS, sizeof(*entries));
	struct ml_value value;
	size_t dup;

	if (!entries)
		return ml_df_unknown(df, "no memory");
	for (int i = 0; i < ML_DF_KEYWORDS; i++)
		entries[i] = (struct ml_entry){ml_df_word_value(ml_df_keyword_vocab.words[i]), ml_int(stage->counts[i])};
	return ml_map(entries, ML_DF_KEYWORDS, &value, &dup) ? ml_df_unknown(df, "no memory") : value;
}

static void set_if(struct ml_record_builder *b, int slot, struct ml_value value)
{
	if (value.kind != ML_V_ABSENT)
		ml_record_set(b, slot, value);
}

/* What an unreadable instruction would have set. */
static void set_tainted(struct ml_df *df, struct ml_record_builder *b, uint32_t tainted)
{
	static const struct {
		int keyword, slot;
	} table[] = {
		{ML_DF_USER, ML_DF_STAGE_USER}, {ML_DF_WORKDIR, ML_DF_STAGE_WORKDIR}, {ML_DF_EXPOSE, ML_DF_STAGE_PORTS},
		{ML_DF_HEALTHCHECK, ML_DF_STAGE_HEALTHCHECK}, {ML_DF_ENTRYPOINT, ML_DF_STAGE_ENTRYPOINT}, {ML_DF_CMD, ML_DF_STAGE_CMD},
		{ML_DF_SHELL, ML_DF_STAGE_SHELL}, {ML_DF_ENV, ML_DF_STAGE_ENV}, {ML_DF_ARG, ML_DF_STAGE_ARGS}, {ML_DF_LABEL, ML_DF_STAGE_LABELS},
		{ML_DF_VOLUME, ML_DF_STAGE_VOLUMES}, {ML_DF_STOPSIGNAL, ML_DF_STAGE_STOPSIGNAL}, {ML_DF_ONBUILD, ML_DF_STAGE_ONBUILD},
		{ML_DF_MAINTAINER, ML_DF_STAGE_MAINTAINER}, {ML_DF_RUN, ML_DF_STAGE_INSTALLS},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (tainted >> table[i].keyword & 1)
			ml_record_set(b, table[i].slot, ml_df_unknown(df, not_read));
}

static void set_state(struct ml_df *df, struct ml_record_builder *b, const struct ml_df_stage *stage)
{
	set_if(b, ML_DF_STAGE_USER, stage->user);
	set_if(b, ML_DF_STAGE_WORKDIR, stage->workdir);
	set_if(b, ML_DF_STAGE_HEALTHCHECK, stage->healthcheck);
	set_if(b, ML_DF_STAGE_ENTRYPOINT, stage->entrypoint);
	set_if(b, ML_DF_STAGE_CMD, stage->cmd);
	set_if(b, ML_DF_STAGE_STOPSIGNAL, stage->stopsignal);
	set_if(b, ML_DF_STAGE_MAINTAINER, stage->maintainer);
	ml_record_set(b, ML_DF_STAGE_SHELL, stage->shell);
	ml_record_set(b, ML_DF_STAGE_PORTS, list_of(df, stage->ports));
	ml_record_set(b, ML_DF_STAGE_VOLUMES, list_of(df, stage->volumes));
	ml_record_set(b, ML_DF_STAGE_ONBUILD, list_of(df, stage->onbuild));
	ml_record_set(b, ML_DF_STAGE_ENV, map_of(df, &stage->env));
	ml_record_set(b, ML_DF_STAGE_ARGS, map_of(df, &stage->args));
	ml_record_set(b, ML_DF_STAGE_LABELS, map_of(df, &stage->labels));
	ml_record_set(b, ML_DF_STAGE_KEYWORDS, counts_of(df, stage));
	ml_record_set(b, ML_DF_STAGE_INSTALLS, ml_df_manager_list(df, stage->installs));
}

struct ml_value ml_df_stage_facts(struct ml_df_eval *eval, struct ml_df_stage *stage)
{
	struct ml_df *df = eval->df;
	const struct ml_df_instr *instr = &df->instrs[stage->instr];
	size_t index = (size_t)(stage - df->stages);
	struct ml_df_list depends = {0};
	struct ml_record_builder b;

	for (size_t i = 0; i < stage->ndepends; i++)
		ml_df_list_add(df, &depends, ml_int(stage->depends[i]));
	ml_record_begin(&b, &ml_df_stage);
	ml_record_set(&b, ML_DF_STAGE_ID, ml_df_string(df, stage->id));
	ml_record_set(&b, ML_DF_STAGE_INDEX, ml_int((int64_t)index));
	ml_record_set(&b, ML_DF_STAGE_NAME, ml_df_string(df, stage->name));
	ml_record_set(&b, ML_DF_STAGE_DUPLICATE, ml_bool(stage->duplicate));
	ml_record_set(&b, ML_DF_STAGE_BASE, stage->base);
	ml_record_set(&b, ML_DF_STAGE_ROOT_BASE, stage->root_base);
	ml_record_set(&b, ML_DF_STAGE_PLATFORM, ml_df_string(df, stage->platform));
	ml_record_set(&b, ML_DF_STAGE_FINAL, ml_bool(index + 1 == df->nstages));
	ml_record_set(&b, ML_DF_STAGE_TARGET, ml_bool((int)index == df->target));
	ml_record_set(&b, ML_DF_STAGE_NEEDED, ml_bool(stage->needed));
	ml_record_set(&b, ML_DF_STAGE_SHIPPED, ml_bool(stage->shipped));
	ml_record_set(&b, ML_DF_STAGE_DEPENDS, ml_df_list_value(&depends));
	set_state(df, &b, stage);
	set_tainted(df, &b, stage->tainted);
	return ml_df_pack(df, &b, ml_df_loc_instr(df, instr));
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Stages: names, bases, dependencies, which one is built and what is in its image. */
#include "checks/config/dockerfile/stage.h"

#include "base/error.h"
#include "base/num.h"
#include "base/sort.h"

struct ml_df_spans ml_df_words_split(
	struct ml_df *df, const struct ml_df_text *text, size_t from, bool quotes)
{
	struct ml_df_spans out = {0};
	struct ml_str s = text->s;

	for (size_t at = from; at < s.len;) {
		size_t start;
		char quote = 0;
		while (at < s.len && ml_df_blank(s.ptr[at]))
			at++;
		for (start = at; at < s.len && (quote || !ml_df_blank(s.ptr[at])); at++) {
			char c = s.ptr[at];
			if (!quotes)
				continue;
			if (c == df->escape && quote != '\'' && at + 1 < s.len)
				at++;
			else if (quote == c)
				quote = 0;
			else if (!quote && (c == '"' || c == '\''))
				quote = c;
		}
		if (at == start || ml_alloc_grow(df->arena, &out.items, &out.cap, out.n + 1,
					   sizeof(*out.items)))
			break;
		out.items[out.n++] = (struct ml_df_span){start, at};
	}
	return out;
}

static const char *const platform_args[] = {"TARGETPLATFORM", "TARGETOS", "TARGETARCH",
	"TARGETVARIANT", "BUILDPLATFORM", "BUILDOS", "BUILDARCH", "BUILDVARIANT", "TARGETSTAGE"};
static const char *const proxy_args[] = {"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy",
	"FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy",
	"SOURCE_DATE_EPOCH", "BUILDKIT_SYNTAX", "BUILDKIT_CACHE_MOUNT_NS",
	"BUILDKIT_CONTEXT_KEEP_GIT_DIR", "BUILDKIT_INLINE_CACHE", "BUILDKIT_MULTI_PLATFORM",
	"BUILDKIT_SANDBOX_HOSTNAME", "BUILDKIT_DOCKERFILE_CHECK"};

enum {
	NPLATFORM = sizeof(platform_args) / sizeof(platform_args[0]),
	NPROXY = sizeof(proxy_args) / sizeof(proxy_args[0])
};

bool ml_df_is_predefined(struct ml_str name)
{
	for (size_t i = 0; i < NPLATFORM; i++)
		if (ml_str_is(name, platform_args[i]))
			return true;
	for (size_t i = 0; i < NPROXY; i++)
		if (ml_str_is(name, proxy_args[i]))
			return true;
	return false;
}

/* What the request gives for an argument, secrets hidden; ptr NULL when nothing. */
static struct ml_str build_arg(struct ml_df *df, struct ml_str name)
{
	for (size_t i = df->request->nbuild_args; i > 0; i--) {
		struct ml_str arg = df->request->build_args[i - 1], value;
		struct ml_secret_hits hits;
		if (arg.len <= name.len || !ml_str_starts(arg, name) || arg.ptr[name.len] != '=')
			continue;
		value = ml_str_sub(arg, name.len + 1, arg.len);
		if (ml_secret_classify(df->arena, name, value, &hits))
			return ML_STR("***");
		value = ml_secret_redact(df->arena, value, &hits);
		return value.len ? value : ML_STR("");
	}
	return ML_STR_NONE;
}

struct ml_df_var *ml_df_arg_read(struct ml_df *df, const struct ml_df_map *vars,
	const struct ml_df_map *globals, const struct ml_df_text *text, size_t from, size_t to,
	struct ml_str *name, bool *written)
{
	size_t equals = ml_str_chr(ml_str_sub(text->s, from, to), '=');
	struct ml_df_expanded key =
		ml_df_expand(df, vars, text, from, equals == ML_NPOS ? to : from + equals);
	struct ml_df_var *var = ml_alloc(df->arena, sizeof(*var));
	const struct ml_df_var *global;
	struct ml_str given;

	*name = key.text.s;
	*written = equals != ML_NPOS;
	if (!var || name->len == 0)
		return NULL;
	var->loc = ml_df_loc_text(df, text, from, to);
	given = build_arg(df, *name);
	if (given.ptr) {
		*var = (struct ml_df_var){.value = given, .known = true, .loc = var->loc};
	} else if (equals != ML_NPOS) {
		struct ml_df_expanded value = ml_df_expand(df, vars, text, from + equals + 1, to);
		var->value = value.text.s;
		var->known = !value.dynamic && value.text.s.len <= ML_DF_VALUE;
		var->runtime = !var->known;
	} else if (globals && (global = ml_df_map_get(globals, *name)) != NULL) {
		*var = *global;
	}
	return var;
}

static void add_arg(struct ml_df *df, struct ml_df_map *map, const struct ml_df_instr *instr)
{
	struct ml_df_spans words = ml_df_words_split(df, &instr->text, instr->args, true);

	for (size_t i = 0; i < words.n; i++) {
		struct ml_str name;
		bool written;
		struct ml_df_var *var = ml_df_arg_read(df, map, NULL, &instr->text,
			words.items[i].from, words.items[i].to, &name, &written);
		if (var)
			ml_df_check(df, ml_df_map_set(df->arena, map, name, var));
	}
}

struct ml_df_map ml_df_global_args(struct ml_df *df)
{
	struct ml_df_map map = {.owner = ++df->owners};
	static const struct ml_df_var runtime = {.runtime = true};

	for (size_t i = 0; i < NPLATFORM; i++)
		ml_df_check(df, ml_df_map_set(df->arena, &map, ml_str(platform_args[i]), &runtime));
	for (size_t i = 0; i < df->ninstrs && df->instrs[i].keyword != ML_DF_FROM; i++)
		if (df->instrs[i].keyword == ML_DF_ARG && !df->instrs[i].broken &&
			!df->instrs[i].onbuild)
			add_arg(df, &map, &df->instrs[i]);
	return map;
}

static size_t count_stages(struct ml_df *df)
{
	size_t n = 0;

	for (size_t i = 0; i < df->ninstrs; i++) {
		bool from = df->instrs[i].keyword == ML_DF_FROM && !df->instrs[i].onbuild;
		if (from && n == ML_DF_STAGES_MAX) {
			ml_df_diag(df, ML_DIAG_ERROR, df->instrs[i].from, df->instrs[i].from,
				"too many stages: the rest of the file is unknown");
			df->ninstrs = i;
			df->cut = true;
		}
		n += from;
	}
	return n < ML_DF_STAGES_MAX ? n : ML_DF_STAGES_MAX;
}

/* A letter, then letters, digits, '-', '_' and '.': BuildKit refuses any other name
 * (frontend/dockerfile/instructions, parseBuildStageName). */
static bool is_stage_name(struct ml_str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		bool letter = c >= 'a' && c <= 'z',
		     other = (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
		if (!letter && (i == 0 || !other))
			return false;
	}
	return name.len > 0;
}

static void read_name(struct ml_df *df, struct ml_df_stage *stage, const struct ml_df_instr *instr,
	struct ml_df_span word)
{
	stage->name = ml_str_lower(df->arena, ml_df_shown(df, &instr->text, word.from, word.to));
	if (!is_stage_name(stage->name))
		ml_df_diag(df, ML_DIAG_ERROR, ml_df_origin(&instr->text, word.from, NULL),
			ml_df_origin(&instr->text, word.to - 1, NULL) + 1,
			"FROM: a stage's name begins with a letter and has letters, digits, '-', "
			"'_' and '.' only");
}

/* FROM [--platform=p] image [AS name] */
static void read_from(struct ml_df *df, struct ml_df_stage *stage, const struct ml_df_map *globals)
{
	const struct ml_df_instr *instr = &df->instrs[stage->instr];
	struct ml_df_spans words = ml_df_words_split(df, &instr->text, instr->args, false);
	const struct ml_df_flag *platform = ml_df_flag_get(instr, "platform");
	size_t index = (size_t)(stage - df->stages);
	struct ml_df_expanded image;
	const struct ml_df_stage *base;
	uint32_t loc;

	stage->id = ml_strf(df->arena, "stage %zu", index);
	stage->platform =
		platform ? ml_df_shown(df, &platform->value, 0, platform->value.s.len) : ML_STR("");
	if (words.n == 0) {
		stage->base = stage->root_base = ml_df_unknown(df, "FROM could not be read");
		return;
	}
	image = ml_df_expand(df, globals, &instr->text, words.items[0].from, words.items[0].to);
	base = image.dynamic ? NULL
			     : ml_df_map_get(&df->names, ml_str_lower(df->arena, image.text.s));
	stage->base_stage = base ? (int)(base - df->stages) : -1;
	loc = ml_df_loc_text(df, &instr->text, words.items[0].from, words.items[0].to);
	if (image.var && loc)
		ml_facts_at(df->facts, loc)->origin = image.var->loc;
	stage->base = ml_df_image_facts(df,
		ml_df_shown(df, &instr->text, words.items[0].from, words.items[0].to), &image,
		stage->base_stage, loc);
	stage->root_base = base ? base->root_base : stage->base;
	if (words.n >= 3 &&
		ml_str_ieq(ml_str_sub(instr->text.s, words.items[1].from, words.items[1].to),
			ML_STR("as")))
		read_name(df, stage, instr, words.items[2]);
	if (words.n > 3 || (words.n > 1 && !stage->name.len))
		ml_df_diag(df, ML_DIAG_ERROR, instr->from, instr->from,
			"FROM: want an image, or an image AS a name");
	if (stage->name.len)
		stage->id = stage->name;
	stage->duplicate = stage->name.len && ml_df_map_get(&df->names, stage->name);
	if (stage->name.len)
		ml_df_stage_enter(df, stage);
}

void ml_df_stage_enter(struct ml_df *df, const struct ml_df_stage *stage)
{
	if (stage->name.len)
		ml_df_check(df, ml_df_map_set(df->arena, &df->names, stage->name, stage));
}

int ml_df_stage_named(struct ml_df *df, struct ml_str name, int stage)
{
	struct ml_str lower = ml_str_lower(df->arena, name);
	const struct ml_df_stage *found;
	uint64_t number;

	if (ml_parse_u64(name, 10, &number))
		return number <= (uint64_t)stage ? (int)number : -1;
	found = ml_df_map_get(&df->names, lower);
	if (!found)
		found = ml_df_map_get(&df->all_names, lower);
	return found ? (int)(found - df->stages) : -1;
}

static void depend(struct ml_df *df, struct ml_df_stage *stage, int on)
{
	if (on < 0 || on == (int)(stage - df->stages) ||
		(stage->ndepends && stage->depends[stage->ndepends - 1] == on))
		return;
	if (!ml_alloc_grow(df->arena, &stage->depends, &stage->depends_cap, stage->ndepends + 1,
		    sizeof(int)))
		stage->depends[stage->ndepends++] = on;
}

/* The value of `from=` in a mount. */
static struct ml_str mount_from(struct ml_str mount)
{
	struct ml_str part;

	while (ml_str_split(&mount, ',', &part))
		if (ml_str_starts(part, ML_STR("from=")))
			return ml_str_sub(part, 5, part.len);
	return ML_STR_NONE;
}

static void depend_by_flags(
	struct ml_df *df, struct ml_df_stage *stage, const struct ml_df_instr *instr)
{
	int index = (int)(stage - df->stages);

	for (size_t i = 0; i < instr->nflags; i++) {
		struct ml_str value = instr->flags[i].value.s, from = ML_STR_NONE;
		if (instr->keyword == ML_DF_COPY && ml_str_is(instr->flags[i].name, "from"))
			from = value;
		else if (instr->keyword == ML_DF_RUN && ml_str_is(instr->flags[i].name, "mount"))
			from = mount_from(value);
		if (from.len)
			depend(df, stage, ml_df_stage_named(df, from, index));
	}
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Sorted, each once. */
static void tidy_depends(struct ml_df *df, struct ml_df_stage *stage)
{
	size_t n = 0;

	ml_df_check(
		df, ml_sort(df->arena, stage->depends, stage->ndepends, sizeof(int), by_number));
	for (size_t i = 0; i < stage->ndepends; i++)
		if (n == 0 || stage->depends[n - 1] != stage->depends[i])
			stage->depends[n++] = stage->depends[i];
	stage->ndepends = n;
}

/* The stage that the request asks for; the last one when it asks for none or for one that is not
 * there. */
static int find_target(struct ml_df *df)
{
	struct ml_str want = df->request->target;
	int last = (int)df->nstages - 1, found;

	if (want.len == 0 || last < 0)
		return last;
	found = ml_df_stage_named(df, want, last);
	if (found >= 0)
		return found;
	ml_diag_add(&df->facts->diags, ML_DIAG_ERROR, df->request->file, 0, 0,
		"target: there is no stage \"%.*s\"", ML_STR_ARG(ml_df_quotable(df, want)));
	df->facts->incomplete = true;
	return last;
}

/* Marks what the target needs, without recursion. */
static void mark_needed(struct ml_df *df)
{
	int *stack = ml_alloc_array(df->arena, df->nstages + 1, sizeof(*stack));
	size_t n = 0;

	if (!stack || df->target < 0)
		return;
	df->stages[df->target].needed = true;
	stack[n++] = df->target;
	while (n) {
		const struct ml_df_stage *stage = &df->stages[stack[--n]];
		for (size_t i = 0; i < stage->ndepends; i++) {
			struct ml_df_stage *other = &df->stages[stage->depends[i]];
			if (other->needed)
				continue;
			other->needed = true;
			stack[n++] = stage->depends[i];
		}
	}
	for (int i = df->target; i >= 0; i = df->stages[i].base_stage)
		df->stages[i].shipped = true;
}

static void find_all(struct ml_df *df, const struct ml_df_map *globals)
{
	int current = -1;

	for (size_t i = 0; i < df->ninstrs; i++) {
		struct ml_df_instr *instr = &df->instrs[i];
		if (instr->keyword == ML_DF_FROM && !instr->onbuild) {
			df->stages[++current].instr = i;
			df->stages[current].base_stage = -1;
			df->stages[current].last_user = ML_NPOS;
			read_from(df, &df->stages[current], globals);
		}
		instr->stage = current;
		if (current >= 0 && !instr->broken)
			df->stages[current]
				.counts[instr->onbuild ? ML_DF_ONBUILD : instr->keyword]++;
		if (current >= 0 && instr->keyword == ML_DF_USER && !instr->onbuild)
			df->stages[current].last_user = i;
	}
	df->all_names = ml_df_map_share(&df->names, &df->owners);
}

void ml_df_stages_find(struct ml_df *df)
{
	struct ml_df_map globals = ml_df_global_args(df);

	df->nstages = count_stages(df);
	df->stages = ml_alloc_array(df->arena, df->nstages + 1, sizeof(*df->stages));
	if (!df->stages) {
		df->nstages = 0;
		ml_df_check(df, ML_ENOMEM);
		return;
	}
	find_all(df, &globals);
	df->names = (struct ml_df_map){.owner = ++df->owners};
	for (size_t i = 0; i < df->ninstrs; i++) {
		const struct ml_df_instr *instr = &df->instrs[i];
		if (instr->keyword == ML_DF_FROM && !instr->onbuild) {
			ml_df_stage_enter(df, &df->stages[instr->stage]);
			depend(df, &df->stages[instr->stage], df->stages[instr->stage].base_stage);
		}
		if (instr->stage >= 0)
			depend_by_flags(df, &df->stages[instr->stage], instr);
	}
	for (size_t i = 0; i < df->nstages; i++)
		tidy_depends(df, &df->stages[i]);
	df->target = find_target(df);
	mark_needed(df);
	df->names = (struct ml_df_map){.owner = ++df->owners};
}

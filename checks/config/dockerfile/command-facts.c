/* SPDX-License-Identifier: Apache-2.0 */
/* The simple commands of a script as facts. */
#include "base/error.h"
#include "checks/config/dockerfile/evaluate.h"

static const char *const operators[] = {"", "&&", "||", ";", "|", "|&", "&"};

/* The names of a pipeline's commands. Each of them has those before it: the same list, cut. */
struct pipe_names {
	const size_t *pipeline;
	struct ml_df_list list;
};

/* One command on its way. */
struct making {
	const struct ml_df_command_env *env;
	struct ml_df *df;
	const struct ml_df_script *script;
	const struct ml_df_command *c;
	const struct ml_df_program *program;
	struct ml_df_args args;
	struct ml_df_packaging packaging;
	struct pipe_names *pipe_names;
	struct ml_record_builder b;
};

/* Where a word stands. In exec form each word knows it by itself. */
static uint32_t word_loc(struct ml_df *df, const struct ml_df_command *c, size_t i)
{
	if (c->exec_words)
		return ml_df_loc_text(df, &c->exec_words[i], 0, c->exec_words[i].s.len);
	return ml_df_loc_text(df, c->text, c->words[i].from, c->words[i].to);
}

static void set_list(struct making *m, int slot, const struct ml_df_list *list)
{
	if (list->n)
		ml_record_set(&m->b, slot, ml_df_list_value(list));
}

static void set_text(struct making *m, int slot, struct ml_str s)
{
	if (s.len)
		ml_record_set(&m->b, slot, ml_df_string(m->df, s));
}

static void set_true(struct making *m, int slot, bool yes)
{
	if (yes)
		ml_record_set(&m->b, slot, ml_bool(true));
}

static void set_words(struct making *m)
{
	struct ml_df_list words = {0}, wrappers = {0}, operands = {0}, subs = {0};
	const struct ml_df_command *c = m->c;

	for (size_t i = c->first; i < c->nwords; i++)
		ml_df_list_add(m->df, &words, ml_df_string(m->df, c->words[i].s));
	for (size_t i = 0; i < c->nwrappers; i++)
		ml_df_list_add(m->df, &wrappers, ml_df_string(m->df, c->wrappers[i]));
	for (size_t i = 0; i < m->args.noperands; i++)
		ml_df_list_add(m->df, &operands,
			ml_at(ml_df_string(m->df, c->words[m->args.operands[i]].s), word_loc(m->df, c, m->args.operands[i])));
	for (size_t i = 0; i < c->nsubs; i++)
		if (c->subs[i] < m->script->n)
			ml_df_list_add(m->df, &subs, ml_df_string(m->df, m->script->commands[c->subs[i]].name));
	set_list(m, ML_DF_CMD_WORDS, &words);
	set_list(m, ML_DF_CMD_WRAPPERS, &wrappers);
	set_list(m, ML_DF_CMD_OPERANDS, &operands);
	set_list(m, ML_DF_CMD_SUBSTITUTIONS, &subs);
}

struct ml_value ml_df_map_value(struct ml_df *df, struct ml_entry *entries, size_t n)
{
	struct ml_value map;
	size_t dup = 0, kept = 0;
	int r = ml_map(entries, n, &map, &dup);

	if (r == ML_EDUP) { /* sorted by now, the later one later */
		for (size_t i = 0; i < n; i++) {
			if (i + 1 < n && ml_value_cmp_key(&entries[i].key, &entries[i + 1].key) == 0)
				continue;
			entries[kept++] = entries[i];
		}
		r = ml_map(entries, kept, &map, &dup);
	}
	if (r == ML_ENOMEM)
		ml_df_check(df, r);
	return r ? ml_df_unknown(df, "a name of it is not UTF-8") : map;
}

static void set_options(struct making *m)
{
	struct ml_df_list flags = {0};
	struct ml_entry *entries = ml_alloc_array(m->df->arena, m->args.noptions + 1, sizeof(*entries));

	if (!m->args.noptions || !entries)
		return;
	for (size_t i = 0; i < m->args.noptions; i++) {
		const struct ml_df_option *option = &m->args.options[i];
		uint32_t loc = word_loc(m->df, m->c, option->word);
		entries[i].key = ml_at(ml_df_string(m->df, option->name), loc);
		entries[i].value = ml_at(ml_df_string(m->df, option->value), loc);
		ml_df_list_add(m->df, &flags, entries[i].key);
	}
	set_list(m, ML_DF_CMD_FLAGS, &flags);
	ml_record_set(&m->b, ML_DF_CMD_OPTIONS, ml_df_map_value(m->df, entries, m->args.noptions));
}

static void set_assignments(struct making *m)
{
	struct ml_entry *entries = ml_alloc_array(m->df->arena, m->c->nassigns + 1, sizeof(*entries));

	if (!m->c->nassigns || !entries)
		return;
	for (size_t i = 0; i < m->c->nassigns; i++) {
		entries[i].key = ml_df_string(m->df, m->c->assigns[i].name);
		entries[i].value = ml_df_string(m->df, m->c->assigns[i].value);
	}
	ml_record_set(&m->b, ML_DF_CMD_ASSIGNMENTS, ml_df_map_value(m->df, entries, m->c->nassigns));
}

static void set_redirects(struct making *m)
{
	struct ml_df_list list = {0};

	for (size_t i = 0; i < m->c->nredirects; i++) {
		const struct ml_df_redirect *redirect = &m->c->redirects[i];
		struct ml_record_builder b;
		ml_record_begin(&b, &ml_df_redirect);
		ml_record_set(&b, ML_DF_REDIR_OPERATOR, ml_df_word_value(redirect->op));
		if (redirect->fd >= 0)
			ml_record_set(&b, ML_DF_REDIR_FD, ml_int(redirect->fd));
		ml_record_set(&b, ML_DF_REDIR_TARGET, ml_df_string(m->df, redirect->target));
		ml_df_list_add(m->df, &list, ml_df_pack(m->df, &b, 0));
	}
	set_list(m, ML_DF_CMD_REDIRECTS, &list);
}

static bool in_scheme(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

/* URLs in a word, also behind `--registry=` and the like. */
static void add_urls(struct ml_df *df, struct ml_str word, uint32_t loc, struct ml_df_list *out)
{
	for (size_t at = 0; at < word.len;) {
		size_t colon = ml_str_find(ml_str_sub(word, at, word.len), ML_STR("://")), from, to;
		if (colon == ML_NPOS)
			return;
		colon += at;
		for (from = colon; from > at && in_scheme(word.ptr[from - 1]);)
			from--;
		for (to = colon + 3; to < word.len && !strchr(" \t\n\"'`<>|", word.ptr[to]);)
			to++;
		if (from < colon)
			ml_df_list_add(df, out, ml_at(ml_df_string(df, ml_str_sub(word, from, to)), loc));
		at = to;
	}
}

static void set_urls(struct making *m)
{
	struct ml_df_list urls = {0};

	for (size_t i = m->c->first; i < m->c->nwords; i++)
		if (ml_str_find(m->c->words[i].s, ML_STR("://")) != ML_NPOS)
			add_urls(m->df, m->c->words[i].s, word_loc(m->df, m->c, i), &urls);
	set_list(m, ML_DF_CMD_URLS, &urls);
}

static struct ml_str pipe_name(const struct making *m, size_t index, bool reader)
{
	struct ml_str name = m->script->commands[index].name;

	return name.len || !reader ? name : ML_STR("?");
}

static struct ml_value names_before(struct making *m)
{
	const struct ml_df_command *c = m->c;
	struct pipe_names *names = m->pipe_names;
	struct ml_value value;

	if (names->pipeline != c->pipeline)
		*names = (struct pipe_names){.pipeline = c->pipeline};
	for (size_t i = names->list.n; i < c->npipeline; i++)
		ml_df_list_add(m->df, &names->list,
			ml_df_string(m->df, pipe_name(m, c->pipeline[i], false)));
	value = ml_df_list_value(&names->list);
	value.len = value.len < c->npipeline ? value.len : (uint32_t)c->npipeline;
	return value;
}

static void set_pipeline(struct making *m)
{
	const struct ml_df_command *c = m->c;

	if (c->piped_from)
		set_text(m, ML_DF_CMD_PIPED_FROM, pipe_name(m, c->piped_from - 1, true));
	if (c->piped_to)
		set_text(m, ML_DF_CMD_PIPED_TO, pipe_name(m, c->piped_to - 1, true));
	if (c->pipeline_cut)
		ml_record_set(&m->b, ML_DF_CMD_PIPELINE, ml_df_unknown(m->df, "the pipeline is too long"));
	else if (c->npipeline)
		ml_record_set(&m->b, ML_DF_CMD_PIPELINE, names_before(m));
}

static struct ml_value package_facts(struct making *m, const struct ml_df_package *p)
{
	uint32_t loc = word_loc(m->df, m->c, p->word);
	struct ml_record_builder b;

	if (p->dynamic)
		return ml_at(ml_df_unknown(m->df, "the package's name is only known when building"), loc);
	ml_record_begin(&b, &ml_df_package);
	ml_record_set(&b, ML_DF_PKG_TEXT, ml_df_string(m->df, p->text));
	ml_record_set(&b, ML_DF_PKG_NAME, ml_df_string(m->df, p->name));
	ml_record_set(&b, ML_DF_PKG_VERSION, ml_df_string(m->df, p->version));
	ml_record_set(&b, ML_DF_PKG_OPERATOR, ml_df_string(m->df, p->op));
	ml_record_set(&b, ML_DF_PKG_PINNED, ml_bool(p->pinned));
	ml_record_set(&b, ML_DF_PKG_KIND, ml_df_word_value(p->kind));
	return ml_df_pack(m->df, &b, loc);
}

static void set_packages(struct making *m)
{
	struct ml_df_packages packages = ml_df_packages_read(m->df, m->c, m->program, &m->args, &m->packaging);
	struct ml_df_list list = {0};

	ml_record_set(&m->b, ML_DF_CMD_MANAGER, ml_df_word_value(ml_df_manager_vocab.words[m->program->manager]));
	ml_record_set(&m->b, ML_DF_CMD_ACTION, ml_df_word_value(ml_df_action_vocab.words[m->packaging.action]));
	for (size_t i = 0; i < packages.n; i++)
		ml_df_list_add(m->df, &list, package_facts(m, &packages.items[i]));
	set_list(m, ML_DF_CMD_PACKAGES, &list);
	set_true(m, ML_DF_CMD_ASSUME_YES, m->packaging.assume_yes);
	set_true(m, ML_DF_CMD_NO_RECOMMENDS, m->packaging.no_recommends);
	set_true(m, ML_DF_CMD_NO_CACHE, m->packaging.no_cache);
	set_true(m, ML_DF_CMD_REFRESHES, m->packaging.refreshes);
	set_true(m, ML_DF_CMD_UNSIGNED, m->packaging.unsigned_);
}

static void add_clean(struct ml_df *df, struct ml_df_list *list, const char *cache)
{
	for (size_t i = 0; i < list->n; i++)
		if (ml_str_is(ml_value_text(&list->items[i]), cache))
			return;
	ml_df_list_add(df, list, ml_df_word_value(cache));
}

static void remove_clean(struct ml_df_list *list, const char *cache)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++)
		if (!ml_str_is(ml_value_text(&list->items[i]), cache))
			list->items[kept++] = list->items[i];
	list->n = kept;
}

/* What was emptied before the packages came is full again. */
static void fill_caches(struct making *m, struct ml_df_run_sum *sum)
{
	const char *caches[4];
	size_t n = ml_df_fills_read(m->program, &m->packaging, caches, 4);

	for (size_t i = 0; i < n; i++)
		remove_clean(&sum->cleans, caches[i]);
}

static void set_cleans(struct making *m, struct ml_df_run_sum *sum)
{
	const char *caches[16];
	size_t n = ml_df_cleans_read(m->c, m->program, &m->args, &m->packaging, caches, 16);
	struct ml_df_list list = {0};

	fill_caches(m, sum);
	for (size_t i = 0; i < n; i++) {
		ml_df_list_add(m->df, &list, ml_df_word_value(caches[i]));
		add_clean(m->df, &sum->cleans, caches[i]);
	}
	set_list(m, ML_DF_CMD_CLEANS, &list);
}

static void set_mode(struct making *m)
{
	struct ml_str text = ml_df_mode_of(m->c, &m->args);
	struct ml_df_mode mode;

	if (!text.len)
		return;
	mode = ml_df_mode_read(text);
	set_text(m, ML_DF_CMD_MODE, text);
	set_true(m, ML_DF_CMD_WORLD_WRITABLE, mode.world_writable);
	set_true(m, ML_DF_CMD_SETID, mode.setid);
}

static void set_place(struct making *m)
{
	const struct ml_df_command_env *env = m->env;
	const struct ml_df_stage *stage = env->stage;

	if (env->run >= 0)
		ml_record_set(&m->b, ML_DF_CMD_RUN, ml_int(env->run));
	ml_record_set(&m->b, ML_DF_CMD_STAGE, ml_int(env->stage_index));
	ml_record_set(&m->b, ML_DF_CMD_OPERATOR, ml_df_word_value(operators[m->c->op]));
	ml_record_set(&m->b, ML_DF_CMD_CONTEXT, ml_df_word_value(ml_df_context_vocab.words[m->c->context]));
	set_true(m, ML_DF_CMD_PIPEFAIL, m->c->pipefail);
	set_true(m, ML_DF_CMD_DYNAMIC, m->c->dynamic);
	set_true(m, ML_DF_CMD_ONBUILD, env->onbuild);
	set_true(m, ML_DF_CMD_SHIPPED, env->shipped);
	if (m->c->sudo)
		ml_record_set(&m->b, ML_DF_CMD_USER, ml_df_word_value("root"));
	else if (!stage || !stage->user_kind.ptr)
		ml_record_set(&m->b, ML_DF_CMD_USER, stage ? ml_df_unknown(m->df, "USER is not known") : ml_df_word_value("base"));
	else
		ml_record_set(&m->b, ML_DF_CMD_USER, ml_string(stage->user_kind));
}

/* The command as written; in exec form its words with blanks between. */
static struct ml_str command_text(struct ml_df *df, const struct ml_df_command *c)
{
	size_t len = 0;
	char *out;

	if (!c->exec_words)
		return ml_df_shown(df, c->text, c->from, c->to);
	for (size_t i = 0; i < c->nwords; i++)
		len += c->words[i].s.len + 1;
	out = ml_alloc(df->arena, len + 1);
	len = 0;
	for (size_t i = 0; out && i < c->nwords; i++) {
		if (i)
			out[len++] = ' ';
		if (c->words[i].s.len)
			memcpy(out + len, c->words[i].s.ptr, c->words[i].s.len);
		len += c->words[i].s.len;
	}
	return out ? (struct ml_str){out, len} : ML_STR("");
}

static uint32_t command_loc(struct ml_df *df, const struct ml_df_command *c)
{
	return c->exec_words && c->nwords ? word_loc(df, c, 0) : ml_df_loc_text(df, c->text, c->from, c->to);
}

static bool runs_download(struct making *m, size_t i)
{
	bool runs = ml_df_runs_download(m->script, i, &m->args) || ml_df_runs_fetched(m->df, m->env->fetched, m->script, i, &m->args);

	ml_df_fetched_note(m->df, m->env->fetched, m->script, i, &m->args);
	return runs;
}

static struct ml_value make(struct making *m, struct ml_df_run_sum *sum)
{
	const struct ml_df_command *c = m->c;
	struct ml_str text = command_text(m->df, c);

	ml_record_begin(&m->b, &ml_df_command);
	ml_record_set(&m->b, ML_DF_CMD_ID, ml_df_string(m->df, ml_df_first_words(m->df, text)));
	ml_record_set(&m->b, ML_DF_CMD_TEXT, ml_df_string(m->df, text));
	set_text(m, ML_DF_CMD_NAME, c->name);
	set_text(m, ML_DF_CMD_PATH, c->path);
	set_text(m, ML_DF_CMD_SUB, m->args.sub);
	set_words(m);
	set_options(m);
	set_assignments(m);
	set_redirects(m);
	set_pipeline(m);
	set_urls(m);
	if (m->program->manager)
		set_packages(m);
	set_cleans(m, sum);
	set_mode(m);
	set_true(m, ML_DF_CMD_TLS_UNVERIFIED, ml_df_tls_unverified(c, &m->args));
	set_true(m, ML_DF_CMD_RUNS_DOWNLOAD, runs_download(m, (size_t)(c - m->script->commands)));
	set_place(m);
	return ml_df_pack(m->df, &m->b, command_loc(m->df, c));
}

static void add_up(struct making *m, struct ml_df_run_sum *sum)
{
	ml_df_list_add(m->df, &sum->names, ml_df_string(m->df, m->c->name));
	if (m->packaging.refreshes)
		sum->refreshes |= (uint32_t)1 << m->program->manager;
	if (m->packaging.action == ML_DF_INSTALL)
		sum->installs |= (uint32_t)1 << m->program->manager;
	/* What cannot fail in earnest needs no pipefail. */
	if (m->c->piped_to && !m->c->pipefail && !ml_df_in_words("echo printf yes true :", m->c->name))
		sum->unsafe_pipe = true;
}

void ml_df_command_facts(const struct ml_df_command_env *env, const struct ml_df_script *script, struct ml_df_list *out, struct ml_df_run_sum *sum)
{
	struct pipe_names names = {0};

	for (size_t i = 0; i < script->n && !env->df->error; i++) {
		struct making m = {.env = env, .df = env->df, .script = script,
			.c = &script->commands[i], .pipe_names = &names};
		m.program = ml_df_program_find(m.c->name);
		m.args = ml_df_args_read(env->df, m.c, m.program);
		m.packaging = ml_df_packaging_read(m.c, m.program, &m.args, env->env);
		ml_df_list_add(env->df, out, make(&m, sum));
		add_up(&m, sum);
	}
}

struct ml_value ml_df_manager_list(struct ml_df *df, uint32_t bits)
{
	struct ml_df_list list = {0};

	for (int i = 1; i < ML_DF_MANAGERS; i++)
		if (bits >> i & 1)
			ml_df_list_add(df, &list, ml_df_word_value(ml_df_manager_vocab.words[i]));
	return ml_df_list_value(&list);
}

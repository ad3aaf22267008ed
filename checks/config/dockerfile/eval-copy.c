/* SPDX-License-Identifier: Apache-2.0 */
/* COPY and ADD: what comes from where, and where it goes. */
#include "base/error.h"
#include "base/num.h"
#include "checks/config/dockerfile/evaluate.h"

/* One on its way. */
struct copy {
	struct ml_df_step *step;
	struct ml_df *df;
	bool add, from_context;
	struct ml_record_builder b;
	struct ml_df_list sources;
	struct ml_str text; /* for its identity */
	struct ml_str url, destination; /* the last ones */
};

static bool is_git(struct ml_str s)
{
	size_t hash = ml_str_chr(s, '#'), query = ml_str_chr(s, '?');
	struct ml_str path = ml_str_sub(s, 0, hash < query ? hash : query);

	return ml_str_starts(s, ML_STR("git@")) || ml_str_starts(s, ML_STR("git://")) || ml_str_starts(s, ML_STR("ssh://")) ||
		((ml_str_starts(s, ML_STR("http://")) || ml_str_starts(s, ML_STR("https://"))) && ml_str_ends(path, ML_STR(".git")));
}

static const char *source_kind(const struct copy *c, struct ml_str s)
{
	if (ml_str_starts(s, ML_STR("<<")))
		return "heredoc";
	if (!c->add)
		return "path";
	if (is_git(s))
		return "git";
	return ml_str_starts(s, ML_STR("http://")) || ml_str_starts(s, ML_STR("https://")) || ml_str_starts(s, ML_STR("ftp://")) ? "url" : "path";
}

/* Names of archives that ADD unpacks: tar, alone or compressed. */
static bool is_archive(struct ml_str s)
{
	static const char *const ends[] = {".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz", ".tar.zst", ".tzst", ".tar.lzma", ".taz", ".tar.Z"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ml_str_ends(s, ml_str(ends[i])))
			return true;
	return false;
}

/* The source relative to the context: "/src/" is "src"; "" is the context itself. */
static struct ml_str in_context(struct ml_df *df, struct ml_str s)
{
	struct ml_str path = ml_df_path(df, ML_STR(""), s);

	return ml_str_sub(path, 1, path.len);
}

static bool is_whole(struct ml_str path)
{
	return path.len == 0 || ml_str_is(path, "*") || ml_str_is(path, "**");
}

static void add_source(struct copy *c, struct ml_str text, uint32_t loc)
{
	const char *kind = source_kind(c, text);
	bool is_path = strcmp(kind, "path") == 0, literal = ml_str_chr(text, '$') == ML_NPOS;
	struct ml_str path = in_context(c->df, text);
	struct ml_record_builder b;

	if (strcmp(kind, "url") == 0)
		c->url = text;
	ml_record_begin(&b, &ml_df_source);
	ml_record_set(&b, ML_DF_SRC_TEXT, ml_df_string(c->df, text));
	ml_record_set(&b, ML_DF_SRC_KIND, ml_df_word_value(kind));
	ml_record_set(&b, ML_DF_SRC_ARCHIVE, ml_bool(strcmp(kind, "heredoc") != 0 && strcmp(kind, "git") != 0 && is_archive(text)));
	ml_record_set(&b, ML_DF_SRC_WHOLE, ml_bool(is_path && c->from_context && literal && is_whole(path)));
	ml_record_set(&b, ML_DF_SRC_SENSITIVE, ml_df_word_value(ml_df_sensitive_vocab.words[is_path ? ml_df_sensitive(text) : 0]));
	if (is_path && c->from_context && c->step->eval->ignore.unknown)
		ml_record_set(&b, ML_DF_SRC_IGNORED, ml_df_unknown(c->df, c->step->eval->ignore.unknown));
	else
		ml_record_set(&b, ML_DF_SRC_IGNORED,
			ml_bool(is_path && c->from_context && path.len && ml_df_is_ignored(&c->step->eval->ignore, path)));
	ml_df_list_add(c->df, &c->sources, ml_df_pack(c->df, &b, loc));
}

/* Appends a word to the text that names this copy, as long as that is short. */
static void name_it(struct copy *c, struct ml_str word)
{
	if (c->text.len < 200)
		c->text = ml_strf(c->df->arena, "%.*s%s%.*s", ML_STR_ARG(c->text), c->text.len ? " " : "", ML_STR_ARG(ml_str_sub(word, 0, 200)));
}

static void take_word(struct copy *c, struct ml_str word, uint32_t loc, bool last)
{
	struct ml_str dir = c->step->stage->workdir_path;

	ml_df_list_add(c->df, &c->step->words, ml_df_string(c->df, word));
	name_it(c, word);
	if (!last) {
		add_source(c, word, loc);
		return;
	}
	c->destination = word;
	ml_record_set(&c->b, ML_DF_COPY_DESTINATION, ml_at(ml_df_string(c->df, word), loc));
	ml_record_set(&c->b, ML_DF_COPY_PATH, ml_at(ml_df_string(c->df, ml_str_starts(word, ML_STR("$")) ? word : ml_df_path(c->df, dir, word)), loc));
}

static void take_words(struct copy *c)
{
	const struct ml_df_instr *instr = c->step->instr;
	const struct ml_df_map *vars = &c->step->stage->vars;
	struct ml_df_spans spans = {0};

	if (!instr->json)
		spans = ml_df_words_split(c->df, &instr->text, instr->args, false);
	for (size_t i = 0; i < (instr->json ? instr->nwords : spans.n); i++) {
		const struct ml_df_text *text = instr->json ? &instr->words[i] : &instr->text;
		size_t from = instr->json ? 0 : spans.items[i].from, to = instr->json ? text->s.len : spans.items[i].to;
		struct ml_df_expanded word = ml_df_expand(c->df, vars, text, from, to);
		bool doc = !instr->json && ml_str_starts(ml_str_sub(text->s, from, to), ML_STR("<<"));
		take_word(c, doc ? ml_df_shown(c->df, text, from, to) : word.text.s, ml_df_loc_text(c->df, text, from, to),
			i + 1 == (instr->json ? instr->nwords : spans.n));
	}
	ml_record_set(&c->b, ML_DF_COPY_SOURCES, ml_df_list_value(&c->sources));
	if ((instr->json ? instr->nwords : spans.n) < 2)
		ml_df_diag(c->df, ML_DIAG_ERROR, instr->word_from, instr->word_from, "%s: want a source and a destination",
			ml_df_keyword_vocab.words[instr->keyword]);
}

static void set_from(struct copy *c)
{
	const struct ml_df_flag *flag = ml_df_flag_get(c->step->instr, "from");
	struct ml_df_expanded image = {0};
	struct ml_str text;
	int stage;
	uint32_t loc;

	c->from_context = !flag;
	if (!flag)
		return;
	loc = ml_df_loc(c->df, flag->from, flag->to);
	text = ml_df_shown(c->df, &flag->value, 0, flag->value.s.len);
	stage = ml_df_stage_named(c->df, text, (int)(c->step->stage - c->df->stages));
	ml_record_set(&c->b, ML_DF_COPY_FROM, ml_at(ml_df_string(c->df, text), loc));
	ml_record_set(&c->b, ML_DF_COPY_FROM_KIND, ml_at(ml_df_word_value(stage >= 0 ? "stage" : "image"), loc));
	if (stage >= 0) {
		ml_record_set(&c->b, ML_DF_COPY_FROM_STAGE, ml_at(ml_int(stage), loc));
		ml_record_set(&c->b, ML_DF_COPY_FROM_SELF, ml_at(ml_bool(&c->df->stages[stage] == c->step->stage), loc));
		return;
	}
	image.text = flag->value;
	image.text.s = text;
	ml_record_set(&c->b, ML_DF_COPY_FROM_BASE, ml_df_image_facts(c->df, text, &image, -1, loc));
}

/* The flag's value with variables filled in; ptr NULL when it is not given. */
static struct ml_str flag_value(struct copy *c, const char *name, uint32_t *loc)
{
	const struct ml_df_flag *flag = ml_df_flag_get(c->step->instr, name);
	struct ml_df_expanded value;

	if (!flag)
		return ML_STR_NONE;
	*loc = ml_df_loc(c->df, flag->from, flag->to);
	value = ml_df_expand(c->df, &c->step->stage->vars, &flag->value, 0, flag->value.s.len);
	return value.text.s.ptr ? value.text.s : ML_STR("");
}

static void set_text(struct copy *c, int slot, const char *name)
{
	uint32_t loc;
	struct ml_str value = flag_value(c, name, &loc);

	if (value.ptr)
		ml_record_set(&c->b, slot, ml_at(ml_df_string(c->df, value), loc));
}

static void set_flag(struct copy *c, int slot, const char *name)
{
	uint32_t loc;
	struct ml_str value = flag_value(c, name, &loc);

	if (value.ptr)
		ml_record_set(&c->b, slot, ml_at(ml_bool(!ml_str_ieq(value, ML_STR("false")) && !ml_str_is(value, "0")), loc));
}

static void set_mode(struct copy *c)
{
	uint32_t loc;
	struct ml_str value = flag_value(c, "chmod", &loc);
	struct ml_df_mode mode;

	if (!value.ptr)
		return;
	ml_record_set(&c->b, ML_DF_COPY_CHMOD, ml_at(ml_df_string(c->df, value), loc));
	if (ml_str_chr(value, '$') != ML_NPOS) {
		struct ml_value unknown = ml_at(ml_df_unknown(c->df, "a variable that is only known when building decides it"), loc);
		ml_record_set(&c->b, ML_DF_COPY_MODE, unknown);
		ml_record_set(&c->b, ML_DF_COPY_WORLD_WRITABLE, unknown);
		ml_record_set(&c->b, ML_DF_COPY_SETID, unknown);
		return;
	}
	mode = ml_df_mode_read(value);
	ml_record_set(&c->b, ML_DF_COPY_MODE, ml_at(ml_int(mode.value), loc));
	ml_record_set(&c->b, ML_DF_COPY_WORLD_WRITABLE, ml_at(ml_bool(mode.world_writable), loc));
	ml_record_set(&c->b, ML_DF_COPY_SETID, ml_at(ml_bool(mode.setid), loc));
}

static void set_excludes(struct copy *c)
{
	struct ml_df_list list = {0};

	for (size_t i = 0; i < c->step->instr->nflags; i++) {
		const struct ml_df_flag *flag = &c->step->instr->flags[i];
		if (ml_str_is(flag->name, "exclude"))
			ml_df_list_add(c->df, &list, ml_df_string(c->df, ml_df_shown(c->df, &flag->value, 0, flag->value.s.len)));
	}
	if (list.n)
		ml_record_set(&c->b, ML_DF_COPY_EXCLUDE, ml_df_list_value(&list));
}

/* What ADD downloads without a checksum. */
static void note_download(struct copy *c)
{
	struct ml_df_stage *stage = c->step->stage;
	struct ml_df_fetched fetched = {stage->fetched, stage->workdir_path};

	if (!c->url.len || c->step->instr->onbuild || ml_df_flag_get(c->step->instr, "checksum"))
		return;
	ml_df_fetched_add(c->df, &fetched, c->destination);
	ml_df_fetched_add(c->df, &fetched,
		ml_strf(c->df->arena, "%.*s/%.*s", ML_STR_ARG(c->destination), ML_STR_ARG(ml_df_url_name(c->url))));
	stage->fetched = fetched.files;
}

void ml_df_eval_copy(struct ml_df_step *step)
{
	const struct ml_df_instr *instr = step->instr;
	const char *keyword = ml_df_keyword_vocab.words[instr->keyword];
	struct copy c = {.step = step, .df = step->df, .add = instr->keyword == ML_DF_ADD};

	if (!step->stage || !step->facts) {
		ml_df_step_words(step, true);
		return;
	}
	ml_record_begin(&c.b, &ml_df_copy);
	name_it(&c, ml_str(keyword));
	set_from(&c);
	take_words(&c);
	set_text(&c, ML_DF_COPY_CHOWN, "chown");
	set_text(&c, ML_DF_COPY_CHECKSUM, "checksum");
	set_text(&c, ML_DF_COPY_UNPACK, "unpack");
	set_flag(&c, ML_DF_COPY_LINK, "link");
	set_flag(&c, ML_DF_COPY_PARENTS, "parents");
	set_flag(&c, ML_DF_COPY_KEEP_GIT_DIR, "keep-git-dir");
	set_mode(&c);
	set_excludes(&c);
	note_download(&c);
	ml_record_set(&c.b, ML_DF_COPY_ID, ml_df_string(step->df, ml_df_first_words(step->df, c.text)));
	ml_record_set(&c.b, ML_DF_COPY_KEYWORD, ml_df_word_value(keyword));
	ml_record_set(&c.b, ML_DF_COPY_STAGE, ml_int(instr->stage));
	ml_record_set(&c.b, ML_DF_COPY_FORM, ml_df_word_value(ml_df_form_word(instr)));
	ml_record_set(&c.b, ML_DF_COPY_ONBUILD, ml_bool(instr->onbuild));
	ml_record_set(&c.b, ML_DF_COPY_MERGEABLE, ml_int((int64_t)step->eval->mergeable[step->index]));
	ml_record_set(&c.b, ML_DF_COPY_SHIPPED, ml_bool(step->stage->shipped && !instr->onbuild));
	ml_df_list_add(step->df, &step->eval->copies, ml_df_pack(step->df, &c.b, step->loc));
}

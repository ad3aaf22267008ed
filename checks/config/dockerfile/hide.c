/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets of the file: found before anything becomes a fact, so that nothing of them does. */
#include "base/error.h"
#include "base/sort.h"
#include "checks/config/dockerfile/evaluate.h"

/* Indexes into ml_df_where_vocab. */
enum where { IN_ENV, IN_ARG, IN_LABEL, IN_RUN, IN_CMD, IN_ENTRYPOINT, IN_HEALTHCHECK, IN_COPY, IN_HEREDOC, IN_OTHER };

enum { RUN_OF_KEY = 16 }; /* bytes in a row that look like key material */

static enum where where_of(int keyword)
{
	switch (keyword) {
	case ML_DF_ENV: return IN_ENV;
	case ML_DF_ARG: return IN_ARG;
	case ML_DF_LABEL: return IN_LABEL;
	case ML_DF_RUN: return IN_RUN;
	case ML_DF_CMD: return IN_CMD;
	case ML_DF_ENTRYPOINT: return IN_ENTRYPOINT;
	case ML_DF_HEALTHCHECK: return IN_HEALTHCHECK;
	case ML_DF_COPY: case ML_DF_ADD: return IN_COPY;
	default: return IN_OTHER;
	}
}

static void hide_span(struct ml_df *df, uint32_t from, uint32_t to)
{
	if (from >= to)
		return;
	if (ml_alloc_grow(df->arena, &df->hidden, &df->hidden_cap, df->nhidden + 1, sizeof(*df->hidden)))
		ml_df_check(df, ML_ENOMEM);
	else
		df->hidden[df->nhidden++] = (struct ml_df_hidden){from, to};
}

/* The part of the file that text[from, to) comes from. */
static struct ml_df_hidden in_file(const struct ml_df_text *text, size_t from, size_t to)
{
	bool fixed;
	uint32_t start = ml_df_origin(text, from, NULL), last = ml_df_origin(text, to - 1, &fixed);

	if (fixed && to < text->s.len) /* an escape is longer than what it stands for */
		last = ml_df_origin(text, to, NULL) - 1;
	return (struct ml_df_hidden){start, last + 1};
}

static bool is_key_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
}

static void hide_run(struct ml_df *df, const struct ml_df_text *text, size_t from, size_t to)
{
	struct ml_df_hidden span = in_file(text, from, to);

	hide_span(df, span.from, span.to);
	ml_mask_add(&df->mask, ml_str_sub(text->s, from, to));
}

/* What may stand between the lines of a key that a script writes: white space, quotes, "\n". */
static size_t behind_separators(struct ml_str s, size_t at, size_t to)
{
	for (; at < to; at++) {
		char c = s.ptr[at];
		if (c == '\\' && at + 1 < to && (s.ptr[at + 1] == 'n' || s.ptr[at + 1] == 'r'))
			at++;
		else if (c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != '"' && c != '\'' && c != '\\')
			break;
	}
	return at;
}

/* A private key in a script: only its base64, so that nobody hides commands between BEGIN and END. A run
 * is long, or the rest of a key: behind a long one and right before END. */
static void hide_key(struct ml_df *df, const struct ml_df_text *text, size_t from, size_t to)
{
	struct ml_str s = text->s;
	size_t rest = ML_NPOS; /* where a last line could begin */

	for (size_t at = from, end; at < to; at = end > at ? end : at + 1) {
		for (end = at; end < to && is_key_byte(s.ptr[end]);)
			end++;
		if (end - at >= RUN_OF_KEY) {
			hide_run(df, text, at, end);
			rest = behind_separators(s, end, to);
			end = rest > end ? rest : end;
		} else if (at == rest && end > at &&
			ml_str_starts(ml_str_sub(s, behind_separators(s, end, to), to), ML_STR("-----END"))) {
			hide_run(df, text, at, end);
		}
	}
}

struct found {
	struct ml_df *df;
	size_t instr;
	enum where where;
	struct ml_str key;
	bool script;
};

/* A value that is put together when it runs is cut before its substitution: what runs there must be seen. */
static size_t before_substitution(struct ml_str s, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (s.ptr[i] == '`' || (s.ptr[i] == '$' && i + 1 < to && s.ptr[i + 1] == '('))
			return i;
	return to;
}

static void take_hit(const struct found *f, const struct ml_df_text *text, const struct ml_secret_hit *hit)
{
	struct ml_df *df = f->df;
	size_t from = hit->span.from, to = f->script ? before_substitution(text->s, from, hit->span.to) : hit->span.to;
	struct ml_df_hidden span;

	if (from >= to || to > text->s.len)
		return;
	span = in_file(text, from, to);
	if (f->script && hit->kind == ML_SECRET_PRIVATE_KEY)
		hide_key(df, text, from, to);
	else
		hide_span(df, span.from, span.to);
	if (!hit->weak && hit->kind != ML_SECRET_PRIVATE_KEY) {
		ml_mask_add(&df->mask, ml_str_sub(text->s, from, to));
		ml_mask_add(&df->mask, ml_str_sub(df->bytes, span.from, span.to));
	}
	if (ml_alloc_grow(df->arena, &df->secrets, &df->secrets_cap, df->nsecrets + 1, sizeof(*df->secrets))) {
		ml_df_check(df, ML_ENOMEM);
		return;
	}
	df->secrets[df->nsecrets++] = (struct ml_df_secret){span.from, span.to, f->instr, (int)f->where, f->key, hit->kind, hit->reason, hit->weak};
}

static void take_hits(const struct found *f, const struct ml_df_text *text, const struct ml_secret_hits *hits)
{
	for (size_t i = 0; i < hits->n; i++)
		take_hit(f, text, &hits->items[i]);
}

static void scan(const struct found *f, const struct ml_df_text *text)
{
	struct ml_secret_hits hits = {0};

	ml_df_check(f->df, ml_secret_scan(f->df->arena, text->s, &hits));
	take_hits(f, text, &hits);
}

static void classify(struct found *f, const struct ml_df_text *text, size_t name_from, size_t name_to, size_t from, size_t to)
{
	struct ml_df_text value = ml_df_unquote(f->df, text, from, to);
	struct ml_secret_hits hits = {0};

	f->key = ml_df_unquote(f->df, text, name_from, name_to).s;
	ml_df_check(f->df, ml_secret_classify(f->df->arena, f->key, value.s, &hits));
	take_hits(f, &value, &hits);
}

/* Defaults of variables that are named as secrets: ${PASSWORD:-hunter2}, wherever they stand. */
static void look_at_defaults(struct found *f, const struct ml_df_text *text)
{
	struct ml_str key = f->key;

	for (size_t at = 0; at < text->s.len;) {
		size_t open = ml_str_find(ml_str_sub(text->s, at, text->s.len), ML_STR("${")), end;
		struct ml_df_parameter p;
		if (open == ML_NPOS)
			break;
		at += open + 2;
		p = ml_df_parameter_read(text->s, at);
		if ((p.op != ML_DF_DEFAULT && p.op != ML_DF_ALTERNATIVE) || ml_secret_key(p.name) == ML_SECRET_NONE)
			continue;
		end = ml_str_chr(ml_str_sub(text->s, p.word, text->s.len), '}');
		if (end == ML_NPOS)
			break;
		if (p.op == ML_DF_DEFAULT || ml_secret_can_be_alternative(ml_str_sub(text->s, p.word, p.word + end)))
			classify(f, text, at, at + p.name.len, p.word, p.word + end);
		at = p.word + end;
	}
	f->key = key;
}

/* ARG NAME VALUE: a mistake, since ARG takes names. A second name is written like one. */
static bool is_name(struct ml_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z') && !(s.ptr[i] >= '0' && s.ptr[i] <= '9') && s.ptr[i] != '_')
			return ml_secret_key(s) != ML_SECRET_NONE;
	return true;
}

/* ENV, ARG, LABEL: values under names. */
static void look_at_pairs(struct found *f, const struct ml_df_instr *instr)
{
	struct ml_df_spans words = ml_df_words_split(f->df, &instr->text, instr->args, true);
	struct ml_str s = instr->text.s;

	for (size_t i = 0; i < words.n; i++) {
		struct ml_df_span word = words.items[i];
		size_t equals = ml_str_chr(ml_str_sub(s, word.from, word.to), '=');
		if (equals != ML_NPOS) {
			classify(f, &instr->text, word.from, word.from + equals, word.from + equals + 1, word.to);
		} else if (instr->keyword == ML_DF_ARG) {
			if (i > 0 && !is_name(ml_str_sub(s, word.from, word.to)))
				classify(f, &instr->text, words.items[i - 1].from, words.items[i - 1].to, word.from, word.to);
		} else if (i == 0 && words.n > 1) {
			classify(f, &instr->text, word.from, word.to, words.items[1].from, s.len);
			return;
		}
	}
}

/* The words of exec form with blanks between them, as they would be written for a shell. */
static void look_at_words(const struct found *f, const struct ml_df_instr *instr)
{
	struct ml_df_build build = {.arena = f->df->arena};
	struct ml_df_text joined;

	for (size_t i = 0; i < instr->nwords; i++) {
		const struct ml_df_text *word = &instr->words[i];
		bool quote = ml_str_chr(word->s, ' ') != ML_NPOS && ml_str_chr(word->s, '"') == ML_NPOS && ml_str_chr(word->s, '=') == ML_NPOS;
		uint32_t from = ml_df_origin(word, 0, NULL);
		if (i)
			ml_df_put(&build, " ", 1, from, true);
		if (quote)
			ml_df_put(&build, "\"", 1, from, true);
		ml_df_put_text(&build, word, 0, word->s.len);
		if (quote)
			ml_df_put(&build, "\"", 1, from, true);
	}
	joined = ml_df_built(&build);
	scan(f, &joined);
}

static void look_at_bodies(struct found *f, const struct ml_df_instr *instr)
{
	struct ml_df_build build = {.arena = f->df->arena};
	struct ml_df_text text;

	if (!instr->nheredocs || instr->bodies_to <= instr->bodies_from)
		return;
	if (f->script && !instr->json) { /* who reads them */
		ml_df_put_text(&build, &instr->text, 0, instr->text.s.len);
		ml_df_put(&build, "\n", 1, instr->bodies_from, true);
	}
	ml_df_put(&build, f->df->bytes.ptr + instr->bodies_from, instr->bodies_to - instr->bodies_from, instr->bodies_from, false);
	text = ml_df_built(&build);
	f->where = IN_HEREDOC;
	scan(f, &text);
}

/* FROM user:password@registry/name */
static void look_at_images(const struct found *f, const struct ml_df_instr *instr)
{
	struct ml_df_spans words = ml_df_words_split(f->df, &instr->text, instr->args, false);
	struct ml_secret_hits hits = {0};

	for (size_t i = 0; i < words.n; i++) {
		struct ml_df_text word = ml_df_part(f->df->arena, &instr->text, words.items[i].from, words.items[i].to);
		ml_df_check(f->df, ml_secret_in_image(f->df->arena, word.s, &hits));
		take_hits(f, &word, &hits);
	}
}

static void look_at(struct ml_df *df, size_t index)
{
	const struct ml_df_instr *instr = &df->instrs[index];
	struct found f = {.df = df, .instr = index, .where = where_of(instr->keyword), .key = ML_STR("")};

	f.script = f.where >= IN_RUN && f.where <= IN_HEALTHCHECK;
	look_at_defaults(&f, &instr->text); /* first: it knows the name */
	if (f.where <= IN_LABEL && !instr->broken)
		look_at_pairs(&f, instr);
	else if (instr->keyword == ML_DF_FROM)
		look_at_images(&f, instr);
	else if (instr->json)
		look_at_words(&f, instr);
	else
		scan(&f, &instr->text);
	for (size_t i = 0; i < instr->nflags; i++)
		if (f.where <= IN_LABEL || instr->json)
			scan(&f, &instr->flags[i].value);
	look_at_bodies(&f, instr);
	if (instr->broken && instr->word.len) { /* a line that is no instruction may be a value */
		struct ml_df_build build = {.arena = df->arena};
		struct ml_df_text word;
		ml_df_put(&build, df->bytes.ptr + instr->word_from, instr->word.len, instr->word_from, false);
		word = ml_df_built(&build);
		scan(&f, &word);
	}
}

/* Comments are in no image, but their lines may be shown. */
static void look_at_comments(struct ml_df *df)
{
	struct ml_str line, rest = df->bytes;

	while (ml_str_split(&rest, '\n', &line)) {
		size_t at = 0;
		struct ml_secret_hits hits = {0};
		while (at < line.len && ml_df_blank(line.ptr[at]))
			at++;
		if (at == line.len || line.ptr[at] != '#' || line.len < 12)
			continue;
		ml_df_check(df, ml_secret_scan(df->arena, line, &hits));
		for (size_t i = 0; i < hits.n; i++) {
			uint32_t from = (uint32_t)(line.ptr - df->bytes.ptr);
			hide_span(df, from + hits.items[i].span.from, from + hits.items[i].span.to);
			if (!hits.items[i].weak)
				ml_mask_add(&df->mask, ml_str_sub(line, hits.items[i].span.from, hits.items[i].span.to));
		}
	}
}

static int by_place(const void *a, const void *b)
{
	const struct ml_df_hidden *x = a, *y = b;

	return x->from != y->from ? (x->from < y->from ? -1 : 1) : x->to < y->to ? -1 : x->to > y->to;
}

static int by_start(const void *a, const void *b)
{
	const struct ml_df_secret *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

/* Sorted, and what overlaps is one. */
static void put_in_order(struct ml_df *df)
{
	size_t n = 0;

	ml_df_check(df, ml_sort(df->arena, df->hidden, df->nhidden, sizeof(*df->hidden), by_place));
	ml_df_check(df, ml_sort(df->arena, df->secrets, df->nsecrets, sizeof(*df->secrets), by_start));
	for (size_t i = 0; i < df->nhidden; i++) {
		if (n && df->hidden[i].from <= df->hidden[n - 1].to) {
			if (df->hidden[i].to > df->hidden[n - 1].to)
				df->hidden[n - 1].to = df->hidden[i].to;
			continue;
		}
		df->hidden[n++] = df->hidden[i];
	}
	df->nhidden = n;
	n = 0;
	for (size_t i = 0; i < df->nsecrets; i++)
		if (n == 0 || df->secrets[i].from >= df->secrets[n - 1].to)
			df->secrets[n++] = df->secrets[i];
	df->nsecrets = n;
}

static void give_spans(struct ml_df *df)
{
	struct ml_source *source = &df->facts->sources[df->file];
	struct ml_span *spans;

	put_in_order(df);
	spans = ml_alloc_array(df->arena, df->nhidden + 1, sizeof(*spans));
	if (!spans) {
		ml_df_check(df, ML_ENOMEM);
		return;
	}
	for (size_t i = 0; i < df->nhidden; i++)
		spans[i] = (struct ml_span){df->hidden[i].from, df->hidden[i].to};
	source->secrets = spans;
	source->nsecrets = df->nhidden;
}

/* --build-arg NAME=VALUE stands in no file, and its value nowhere else either. */
static void mask_build_args(struct ml_df *df)
{
	for (size_t i = 0; i < df->request->nbuild_args; i++) {
		struct ml_str value = df->request->build_args[i], name = ML_STR("");
		struct ml_secret_hits hits = {0};
		ml_str_split(&value, '=', &name);
		if (value.len)
			ml_df_check(df, ml_secret_classify(df->arena, name, value, &hits));
		for (size_t h = 0; h < hits.n; h++)
			ml_mask_add(&df->mask, ml_str_sub(value, hits.items[h].span.from, hits.items[h].span.to));
	}
}

void ml_df_hide(struct ml_df *df)
{
	mask_build_args(df);
	for (size_t i = 0; i < df->ninstrs && !df->error; i++)
		look_at(df, i);
	look_at_comments(df);
	give_spans(df);
}

void ml_df_hide_again(struct ml_df *df)
{
	static const char *const names[] = {"image", "registry", "repository", "tag", "name", "path", "sub", "flags", "wrappers",
		"names", "pipeline", "piped_from", "piped_to", "substitutions", "user", "shell", NULL};
	size_t from = 0, to = 0;

	ml_mask_ready(&df->mask);
	ml_mask_spare(&df->mask, df->facts, names);
	ml_mask_facts(&df->mask, df->facts);
	for (; ml_mask_next(&df->mask, df->bytes, &from, &to); from = to)
		hide_span(df, (uint32_t)from, (uint32_t)to);
	ml_df_check(df, df->mask.memory ? ML_ENOMEM : 0);
	give_spans(df);
}

static struct ml_value secret_record(struct ml_df *df, const struct ml_df_secret *secret)
{
	int stage = df->instrs[secret->instr].stage;
	const char *where = ml_df_where_vocab.words[secret->where];
	struct ml_str id = ml_strf(df->arena, "%s %.*s", where, ML_STR_ARG(secret->key.len ? secret->key : ml_str(ml_secret_kind_words[secret->kind])));
	struct ml_record_builder b;
	char fingerprint[9];

	ml_secret_fingerprint(id, ml_str_sub(df->bytes, secret->from, secret->to), fingerprint);
	ml_record_begin(&b, &ml_df_secret);
	ml_record_set(&b, ML_DF_SECRET_ID, ml_df_string(df, id));
	ml_record_set(&b, ML_DF_SECRET_WHERE, ml_df_word_value(where));
	ml_record_set(&b, ML_DF_SECRET_KEY, ml_df_string(df, secret->key));
	ml_record_set(&b, ML_DF_SECRET_KIND, ml_df_word_value(ml_secret_kind_words[secret->kind]));
	ml_record_set(&b, ML_DF_SECRET_REASON, ml_df_word_value(secret->reason));
	ml_record_set(&b, ML_DF_SECRET_WEAK, ml_bool(secret->weak));
	ml_record_set(&b, ML_DF_SECRET_LENGTH, ml_int((int64_t)secret->to - (int64_t)secret->from));
	ml_record_set(&b, ML_DF_SECRET_FINGERPRINT, ml_string(ml_str_dup(df->arena, ml_str(fingerprint))));
	ml_record_set(&b, ML_DF_SECRET_STAGE, ml_int(stage));
	ml_record_set(&b, ML_DF_SECRET_SHIPPED, ml_bool(stage >= 0 && df->stages[stage].shipped));
	return ml_df_pack(df, &b, ml_df_loc(df, secret->from, secret->to));
}

struct ml_value ml_df_secret_facts(struct ml_df *df)
{
	struct ml_df_list list = {0};

	for (size_t i = 0; i < df->nsecrets; i++)
		ml_df_list_add(df, &list, secret_record(df, &df->secrets[i]));
	return ml_df_list_value(&list);
}

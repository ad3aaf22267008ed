/* SPDX-License-Identifier: Apache-2.0 */
/* Instructions: keyword, flags, arguments, form (BuildKit frontend/dockerfile/parser/split_command.go and line_parsers.go). */
#include "base/error.h"
#include "checks/config/dockerfile/dockerfile-priv.h"

/* What each keyword takes. */
enum {
	JSON = 1 << 0,    /* may be in exec form */
	HEREDOC = 1 << 1, /* may have here-documents */
	BARE = 1 << 2,    /* may stand without arguments */
};
static const unsigned char takes[ML_DF_KEYWORDS] = {
	[ML_DF_ADD] = JSON | HEREDOC, [ML_DF_COPY] = JSON | HEREDOC, [ML_DF_RUN] = JSON | HEREDOC, [ML_DF_CMD] = JSON | BARE,
	[ML_DF_ENTRYPOINT] = JSON | BARE, [ML_DF_SHELL] = JSON, [ML_DF_VOLUME] = JSON,
};

/* The flags that BuildKit knows. */
static const struct {
	int keyword;
	const char *names[12];
} flags_of[] = {
	{ML_DF_ADD, {"from", "chown", "chmod", "link", "checksum", "keep-git-dir", "unpack", "exclude", "parents"}},
	{ML_DF_COPY, {"from", "chown", "chmod", "link", "parents", "exclude"}},
	{ML_DF_RUN, {"mount", "network", "security", "device"}},
	{ML_DF_FROM, {"platform"}},
	{ML_DF_HEALTHCHECK, {"interval", "timeout", "start-period", "start-interval", "retries"}},
};

static int keyword_of(struct ml_str word)
{
	for (int i = 0; i < ML_DF_KEYWORDS; i++)
		if (ml_str_ieq(word, ml_str(ml_df_keyword_vocab.words[i])))
			return i;
	return -1;
}

static size_t skip_blanks(struct ml_str s, size_t at)
{
	while (at < s.len && ml_df_blank(s.ptr[at]))
		at++;
	return at;
}

/* The value of a flag from `at` on, quotes and escapes off; returns its end. */
static size_t flag_value(struct ml_df *df, const struct ml_df_text *text, size_t at, struct ml_df_text *out)
{
	struct ml_df_build build = {.arena = df->arena};
	char quote = 0;

	for (; at < text->s.len; at++) {
		char c = text->s.ptr[at];
		if (!quote && ml_df_blank(c))
			break;
		if (quote == c) {
			quote = 0;
			continue;
		}
		if (!quote && (c == '"' || c == '\'')) {
			quote = c;
			continue;
		}
		if (c == df->escape && quote != '\'' && at + 1 < text->s.len)
			at++;
		ml_df_put_text(&build, text, at, at + 1);
	}
	*out = ml_df_built(&build);
	return at;
}

static bool known_flag(int keyword, struct ml_str name)
{
	for (size_t i = 0; i < sizeof(flags_of) / sizeof(flags_of[0]); i++)
		for (size_t k = 0; flags_of[i].keyword == keyword && k < 12 && flags_of[i].names[k]; k++)
			if (ml_str_is(name, flags_of[i].names[k]))
				return true;
	return false;
}

static size_t take_flag(struct ml_df *df, struct ml_df_instr *instr, size_t at, struct ml_df_flag *flag)
{
	struct ml_str s = instr->text.s;
	size_t name = at + 2, end = name;

	while (end < s.len && !ml_df_blank(s.ptr[end]) && s.ptr[end] != '=')
		end++;
	*flag = (struct ml_df_flag){.name = ml_str_sub(s, name, end), .from = ml_df_origin(&instr->text, at, NULL)};
	flag->valued = end < s.len && s.ptr[end] == '=';
	if (flag->valued)
		end = flag_value(df, &instr->text, end + 1, &flag->value);
	flag->to = ml_df_origin(&instr->text, end - 1, NULL) + 1;
	if (!known_flag(instr->keyword, flag->name))
		ml_df_diag(df, ML_DIAG_WARNING, flag->from, flag->to, "flag --%.*s is not one of %s",
			ML_STR_ARG(ml_df_quotable(df, flag->name)), ml_df_keyword_vocab.words[instr->keyword]);
	return end;
}

static void take_flags(struct ml_df *df, struct ml_df_instr *instr)
{
	struct ml_df_flag *flags = NULL;
	struct ml_str s = instr->text.s;
	size_t at = 0, cap = 0;

	while (ml_str_starts(ml_str_sub(s, at, s.len), ML_STR("--"))) {
		if (at + 2 == s.len || ml_df_blank(s.ptr[at + 2])) {
			at = skip_blanks(s, at + 2);
			break;
		}
		if (ml_alloc_grow(df->arena, &flags, &cap, instr->nflags + 1, sizeof(*flags)))
			return;
		at = skip_blanks(s, take_flag(df, instr, at, &flags[instr->nflags++]));
	}
	instr->flags = flags;
	instr->args = at;
}

static void take_form(struct ml_df *df, struct ml_df_instr *instr)
{
	struct ml_str args = ml_str_sub(instr->text.s, instr->args, instr->text.s.len);

	if (!(takes[instr->keyword] & JSON) || !ml_str_starts(args, ML_STR("[")))
		return;
	instr->json = ml_df_json_list(df, &instr->text, instr->args, &instr->words, &instr->nwords);
	instr->bad_json = !instr->json;
}

static void unknown_keyword(struct ml_df *df, struct ml_df_instr *instr)
{
	struct ml_str shown = ml_df_quotable(df, instr->word), upper = ml_str_dup(df->arena, shown);
	const char *nearest;
	struct ml_diag *diag;

	for (size_t i = 0; i < upper.len; i++)
		if (upper.ptr[i] >= 'a' && upper.ptr[i] <= 'z')
			((char *)(uintptr_t)upper.ptr)[i] -= 'a' - 'A';
	nearest = shown.len == instr->word.len ? ml_str_nearest(upper, ml_df_keyword_vocab.words, ML_DF_KEYWORDS) : NULL;
	diag = ml_df_diag(df, ML_DIAG_ERROR, instr->word_from, instr->word_from + (uint32_t)shown.len, "unknown instruction \"%.*s\"",
		ML_STR_ARG(shown));
	diag->hint = ml_diag_suggest(df->arena, nearest);
	instr->keyword = nearest ? keyword_of(ml_str(nearest)) : -1;
	instr->broken = true;
}

/* The part of a line that is one instruction: the whole line, or what stands behind ONBUILD. */
static void take_instruction(struct ml_df *df, struct ml_df_instr *instr, const struct ml_df_text *line, size_t at)
{
	struct ml_str s = line->s;
	size_t end = at, rest, last = s.len;

	while (end < s.len && !ml_df_blank(s.ptr[end]))
		end++;
	rest = skip_blanks(s, end);
	while (last > rest && ml_df_blank(s.ptr[last - 1]))
		last--;
	instr->word = ml_str_sub(s, at, end);
	instr->word_from = ml_df_origin(line, at, NULL);
	instr->keyword = keyword_of(instr->word);
	instr->text = ml_df_part(df->arena, line, rest, last);
	if (instr->keyword < 0) {
		unknown_keyword(df, instr);
		return;
	}
	if (instr->keyword == ML_DF_ONBUILD)
		return;
	take_flags(df, instr);
	if (instr->args >= instr->text.s.len && !(takes[instr->keyword] & BARE)) {
		ml_df_diag(df, ML_DIAG_ERROR, instr->word_from, instr->word_from + (uint32_t)instr->word.len, "%s without arguments",
			ml_df_keyword_vocab.words[instr->keyword]);
		instr->broken = true;
		return;
	}
	take_form(df, instr);
	if ((takes[instr->keyword] & HEREDOC) && !instr->json)
		ml_df_heredoc_marks(df, instr);
}

/* What stands behind ONBUILD takes its place; ONBUILD of ONBUILD, FROM or MAINTAINER is not allowed. */
static void take_trigger(struct ml_df *df, struct ml_df_instr *instr)
{
	struct ml_df_text line = instr->text;

	instr->onbuild = true;
	if (line.s.len == 0) {
		ml_df_diag(df, ML_DIAG_ERROR, instr->word_from, instr->word_from + (uint32_t)instr->word.len, "ONBUILD without a trigger");
		instr->broken = true;
		return;
	}
	take_instruction(df, instr, &line, 0);
	if (instr->keyword != ML_DF_ONBUILD && instr->keyword != ML_DF_FROM && instr->keyword != ML_DF_MAINTAINER)
		return;
	ml_df_diag(df, ML_DIAG_ERROR, instr->word_from, instr->word_from + (uint32_t)instr->word.len, "ONBUILD %s is not allowed",
		ml_df_keyword_vocab.words[instr->keyword]);
	instr->broken = true;
}

void ml_df_instruction_parse(struct ml_df *df, const struct ml_df_text *line, uint32_t from, uint32_t to)
{
	struct ml_df_instr *instr;

	if (ml_alloc_grow(df->arena, &df->instrs, &df->instrs_cap, df->ninstrs + 1, sizeof(*df->instrs))) {
		ml_df_check(df, ML_ENOMEM);
		return;
	}
	instr = &df->instrs[df->ninstrs++];
	*instr = (struct ml_df_instr){.from = from, .to = to, .stage = -1};
	take_instruction(df, instr, line, 0);
	if (instr->keyword == ML_DF_ONBUILD && !instr->broken)
		take_trigger(df, instr);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The file as logical lines: continuations, comments and empty lines inside them, here-documents behind them. Follows BuildKit's
 * frontend/dockerfile/parser. */
#include "checks/config/dockerfile/dockerfile-priv.h"

/* Where reading is. */
struct reading {
	struct ml_df *df;
	size_t at;
};

/* One line of the file without its end. False at the end of the file. */
static bool next_line(struct reading *in, struct ml_str *line)
{
	struct ml_str rest = ml_str_sub(in->df->bytes, in->at, in->df->bytes.len);
	size_t end = ml_str_chr(rest, '\n');

	if (rest.len == 0)
		return false;
	*line = ml_str_sub(rest, 0, end == ML_NPOS ? rest.len : end);
	in->at += line->len + (end != ML_NPOS);
	while (line->len && line->ptr[line->len - 1] == '\r')
		line->len--;
	return true;
}

static uint32_t offset_of(const struct reading *in, const char *at)
{
	return (uint32_t)(at - in->df->bytes.ptr);
}

static size_t first_visible(struct ml_str line)
{
	size_t at = 0;

	while (at < line.len && ml_df_blank(line.ptr[at]))
		at++;
	return at;
}

/* Cuts an escape at the end of the line, behind which only blanks stand, and says whether there was one. A doubled escape is none. */
static bool cut_continuation(struct ml_str *line, char escape)
{
	size_t end = line->len;

	while (end > 0 && (line->ptr[end - 1] == ' ' || line->ptr[end - 1] == '\t'))
		end--;
	if (end == 0 || line->ptr[end - 1] != escape || (end > 1 && line->ptr[end - 2] == escape))
		return false;
	line->len = end - 1;
	return true;
}

/* Joins the lines that follow a continuation. */
static void join(struct reading *in, struct ml_df_build *build)
{
	struct ml_str line;

	while (next_line(in, &line)) {
		size_t visible = first_visible(line);
		bool more;
		if (visible == line.len || line.ptr[visible] == '#')
			continue;
		more = cut_continuation(&line, in->df->escape);
		ml_df_put(build, line.ptr, line.len, offset_of(in, line.ptr), false);
		if (!more)
			return;
	}
}

static bool ends_heredoc(struct ml_str line, const struct ml_df_heredoc *doc)
{
	size_t at = 0;

	while (doc->chomp && at < line.len && line.ptr[at] == '\t')
		at++;
	return ml_str_eq(ml_str_sub(line, at, line.len), doc->name);
}

static bool read_heredoc(struct reading *in, struct ml_df_heredoc *doc)
{
	struct ml_str line;

	doc->from = doc->to = (uint32_t)in->at;
	while (next_line(in, &line)) {
		if (ends_heredoc(line, doc))
			return true;
		doc->to = (uint32_t)in->at;
	}
	return false;
}

static void read_heredocs(struct reading *in, struct ml_df_instr *instr)
{
	struct ml_df_heredoc *docs = (struct ml_df_heredoc *)(uintptr_t)instr->heredocs;

	instr->bodies_from = (uint32_t)in->at;
	for (size_t i = 0; i < instr->nheredocs; i++) {
		if (read_heredoc(in, &docs[i]))
			continue;
		ml_df_diag(in->df, ML_DIAG_ERROR, instr->word_from, instr->word_from,
			"here-document: no line ends it, so everything behind belongs to it");
		instr->broken = true;
		in->df->cut = true;
	}
	instr->to = instr->bodies_to = (uint32_t)in->at;
}

/* One instruction from `line` on. */
static void read_instruction(struct reading *in, struct ml_str line)
{
	struct ml_df_build build = {.arena = in->df->arena};
	size_t visible = first_visible(line), before = in->df->ninstrs;
	struct ml_df_text text;
	bool more;

	line = ml_str_sub(line, visible, line.len);
	more = cut_continuation(&line, in->df->escape);
	if (!more && line.len == 0)
		return;
	ml_df_put(&build, line.ptr, line.len, offset_of(in, line.ptr), false);
	if (more)
		join(in, &build);
	text = ml_df_built(&build);
	if (text.s.len == 0)
		return;
	ml_df_instruction_parse(in->df, &text, ml_df_origin(&text, 0, NULL), (uint32_t)in->at);
	if (in->df->ninstrs > before && in->df->instrs[before].nheredocs)
		read_heredocs(in, &in->df->instrs[before]);
}

void ml_df_parse(struct ml_df *df)
{
	struct reading in = {.df = df};
	struct ml_str line;

	df->escape = '\\';
	ml_df_directives_read(df);
	if (ml_str_starts(df->bytes, ML_STR("\xef\xbb\xbf")))
		in.at = 3;
	while (!df->error && !ml_arena_failed(df->arena) && next_line(&in, &line)) {
		size_t visible = first_visible(line);
		if (visible == line.len || line.ptr[visible] == '#')
			continue;
		if (df->ninstrs >= ML_DF_INSTRUCTIONS_MAX) {
			ml_df_diag(df, ML_DIAG_ERROR, offset_of(&in, line.ptr), offset_of(&in, line.ptr),
				"too many instructions: the rest of the file is unknown");
			df->cut = true;
			return;
		}
		read_instruction(&in, line);
	}
}

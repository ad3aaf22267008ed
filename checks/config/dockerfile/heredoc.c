/* SPDX-License-Identifier: Apache-2.0 */
/* Here-document marks of RUN, COPY and ADD: `<<EOF`, `<<-EOF`, `<<"EOF"`, `3<<EOF`, several in one instruction. */
#include "base/error.h"
#include "checks/config/dockerfile/dockerfile-priv.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool ends_name(char c)
{
	return ml_df_blank(c) || c == '<' || c == '>' || c == '|' || c == '&' || c == ';' || c == '(' || c == ')';
}

/* The end of the word that begins at `at`; quotes and escapes belong to it. */
static size_t word_end(const struct ml_df *df, struct ml_str s, size_t at)
{
	char quote = 0;

	for (; at < s.len && (quote || !ml_df_blank(s.ptr[at])); at++) {
		char c = s.ptr[at];
		if (quote == c)
			quote = 0;
		else if (!quote && (c == '"' || c == '\''))
			quote = c;
		else if (c == df->escape && quote != '\'')
			at++;
	}
	return at < s.len ? at : s.len;
}

/* The name from `at` on, quotes off. False when there is none. */
static bool take_name(struct ml_df *df, struct ml_str s, size_t at, size_t end, struct ml_df_heredoc *doc)
{
	char *name = ml_alloc(df->arena, end - at + 1), quote = 0;
	size_t n = 0;

	if (!name)
		return false;
	for (; at < end && (quote || !ends_name(s.ptr[at])); at++) {
		char c = s.ptr[at];
		if (quote == c) {
			quote = 0;
		} else if (!quote && (c == '"' || c == '\'')) {
			quote = c;
			doc->quoted = true;
		} else if (!quote && c == df->escape && at + 1 < end) {
			name[n++] = s.ptr[++at];
			doc->quoted = true;
		} else {
			name[n++] = c;
		}
	}
	doc->name = (struct ml_str){name, n};
	return n > 0;
}

/* Whether the word is `[0-9]*<<-?name`. */
static bool take_mark(struct ml_df *df, struct ml_str s, size_t at, size_t end, struct ml_df_heredoc *doc)
{
	*doc = (struct ml_df_heredoc){0};
	while (at < end && is_digit(s.ptr[at]))
		at++;
	if (end - at < 3 || s.ptr[at] != '<' || s.ptr[at + 1] != '<')
		return false;
	at += 2;
	doc->chomp = s.ptr[at] == '-';
	at += doc->chomp;
	return at < end && s.ptr[at] != '<' && take_name(df, s, at, end, doc);
}

void ml_df_heredoc_marks(struct ml_df *df, struct ml_df_instr *instr)
{
	struct ml_str s = instr->text.s;
	struct ml_df_heredoc *docs = NULL, doc;
	size_t cap = 0;

	if (ml_str_find(s, ML_STR("<<")) == ML_NPOS)
		return;
	for (size_t at = instr->args, end; at < s.len; at = end) {
		if (ml_df_blank(s.ptr[at])) {
			end = at + 1;
			continue;
		}
		end = word_end(df, s, at);
		if (!take_mark(df, s, at, end, &doc))
			continue;
		if (ml_alloc_grow(df->arena, &docs, &cap, instr->nheredocs + 1, sizeof(*docs)))
			break;
		docs[instr->nheredocs++] = doc;
	}
	instr->heredocs = docs;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* How text of the file becomes facts: places, hidden secrets, unknowns, diagnostics. */
#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"
#include "base/utf8.h"
#include "checks/config/dockerfile/dockerfile-priv.h"

enum { ID_BYTES = 60 };

void ml_df_check(struct ml_df *df, int r)
{
	if (r && !df->error)
		df->error = r;
}

bool ml_df_blank(int byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\v' || byte == '\f';
}

struct ml_diag *ml_df_diag(struct ml_df *df, enum ml_diag_level level, uint32_t from, uint32_t to, const char *fmt, ...)
{
	char message[512];
	uint32_t line, col, end_line, end_col;
	struct ml_diag *diag;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	ml_df_place(&df->lines, from, &line, &col);
	ml_df_place(&df->lines, to, &end_line, &end_col);
	diag = ml_diag_add(&df->facts->diags, level, df->request->file, line, col, "%s", message);
	diag->end_col = end_line == line && end_col > col ? end_col : 0;
	return diag;
}

struct ml_str ml_df_quotable(struct ml_df *df, struct ml_str name)
{
	size_t n = 0;

	while (n < name.len && n < 40) {
		char c = name.ptr[n];
		bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
		if (!fine)
			break;
		n++;
	}
	return n ? ml_str_sub(name, 0, n) : ML_STR("…");
}

uint32_t ml_df_loc(struct ml_df *df, uint32_t from, uint32_t to)
{
	struct ml_loc loc = {.file = df->file};
	uint32_t end_line = 0, end_col = 0;

	ml_df_place(&df->lines, from, &loc.line, &loc.col);
	if (to > from)
		ml_df_place(&df->lines, to, &end_line, &end_col);
	if (end_line == loc.line)
		loc.end_col = end_col;
	return ml_facts_loc(df->facts, loc);
}

uint32_t ml_df_loc_text(struct ml_df *df, const struct ml_df_text *text, size_t from, size_t to)
{
	uint32_t start = ml_df_origin(text, from, NULL);

	return ml_df_loc(df, start, to > from ? ml_df_origin(text, to - 1, NULL) + 1 : start);
}

/* Once a file, at the first such byte. */
static void warn_utf8(struct ml_df *df)
{
	size_t at = df->warned_utf8 ? ML_NPOS : ml_utf8_invalid(df->bytes);
	uint32_t offset = at == ML_NPOS ? 0 : (uint32_t)at;

	if (!df->warned_utf8)
		ml_df_diag(df, ML_DIAG_WARNING, offset, offset, "a byte that is no UTF-8: text with such bytes is unknown");
	df->warned_utf8 = true;
}

struct ml_value ml_df_string(struct ml_df *df, struct ml_str s)
{
	if (s.len <= UINT32_MAX && ml_utf8_invalid(s) == ML_NPOS)
		return ml_string(s);
	warn_utf8(df);
	return ml_df_unknown(df, "it has bytes that are no UTF-8");
}

struct ml_value ml_df_unknown(struct ml_df *df, const char *reason)
{
	df->facts->incomplete = true;
	return ml_unknown(ml_str(reason));
}

bool ml_df_is_hidden(const struct ml_df *df, uint32_t offset, uint32_t *end)
{
	size_t low = 0, high = df->nhidden;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (df->hidden[middle].to <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == df->nhidden || df->hidden[low].from > offset)
		return false;
	*end = df->hidden[low].to;
	return true;
}

/* Whether the text goes on behind a continuation at `seg`: then blanks before and behind it are one. */
static bool at_joint(const char *out, size_t n, bool joint, char c)
{
	return joint && ml_df_blank(c) && (n == 0 || ml_df_blank(out[n - 1]) || out[n - 1] == '\n');
}

struct ml_str ml_df_shown(struct ml_df *df, const struct ml_df_text *text, size_t from, size_t to)
{
	char *out;
	size_t n = 0, seg;
	uint32_t hidden_to = 0;
	bool joint = false;

	if (to > text->s.len)
		to = text->s.len;
	if (from >= to)
		return ML_STR("");
	out = ml_alloc(df->arena, (to - from) * (df->nhidden ? 3 : 1) + 4);
	if (!out)
		return ML_STR("");
	seg = ml_df_seg_index(text, from);
	for (size_t i = from; i < to; i++) {
		uint32_t offset;
		if (seg + 1 < text->nsegs && text->segs[seg + 1].at == i) {
			seg++;
			joint = !text->segs[seg].fixed;
			hidden_to = 0;
		}
		offset = text->segs[seg].from + (uint32_t)(i - text->segs[seg].at);
		if (!text->segs[seg].fixed && df->nhidden) {
			if (offset < hidden_to)
				continue;
			if (ml_df_is_hidden(df, offset, &hidden_to)) {
				if (n < 3 || memcmp(out + n - 3, "***", 3) != 0) {
					memcpy(out + n, "***", 3);
					n += 3;
				}
				continue;
			}
		}
		if (at_joint(out, n, joint, text->s.ptr[i]))
			continue;
		joint = false;
		out[n++] = text->s.ptr[i];
	}
	return (struct ml_str){out, n};
}

struct ml_str ml_df_first_words(struct ml_df *df, struct ml_str text)
{
	size_t end = text.len < ID_BYTES ? text.len : ID_BYTES;
	size_t line = ml_str_chr(ml_str_sub(text, 0, end), '\n');
	size_t space;

	if (line != ML_NPOS)
		end = line;
	space = end < text.len && line == ML_NPOS ? ml_str_rchr(ml_str_sub(text, 0, end), ' ') : ML_NPOS;
	if (space != ML_NPOS && space > 0)
		end = space;
	return ml_str_trim(ml_utf8_cut(text, end));
}

void ml_df_list_add(struct ml_df *df, struct ml_df_list *list, struct ml_value value)
{
	int r = ml_alloc_grow(df->arena, &list->items, &list->cap, list->n + 1, sizeof(*list->items));

	ml_df_check(df, r);
	if (!r)
		list->items[list->n++] = value;
}

struct ml_value ml_df_list_value(const struct ml_df_list *list)
{
	return ml_list(list->items, list->n);
}

/* Whether the value says no more than the schema's default does. */
static bool is_default(const struct ml_value *value, const struct ml_value *def)
{
	if (!def || value->loc || value->kind != def->kind)
		return false;
	switch (value->kind) {
	case ML_V_BOOL: return value->b == def->b;
	case ML_V_INT: return value->i == def->i;
	case ML_V_STRING: return ml_str_eq(ml_value_text(value), ml_value_text(def));
	case ML_V_LIST: case ML_V_MAP: return value->len == 0 && def->len == 0;
	default: return false;
	}
}

struct ml_value ml_df_pack(struct ml_df *df, struct ml_record_builder *builder, uint32_t loc)
{
	struct ml_value value;
	int r;

	for (size_t i = 0; i < builder->type->nfields; i++)
		if (is_default(&builder->slots[i], builder->type->fields[i].def))
			builder->slots[i] = ml_absent();
	r = ml_record_pack(builder, df->arena, loc, &value);

	ml_df_check(df, r);
	return r ? ml_unknown(ML_STR("no memory")) : value;
}

const struct ml_df_flag *ml_df_flag_get(const struct ml_df_instr *instr, const char *name)
{
	for (size_t i = instr->nflags; i > 0; i--)
		if (ml_str_is(instr->flags[i - 1].name, name))
			return &instr->flags[i - 1];
	return NULL;
}

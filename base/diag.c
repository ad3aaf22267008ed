/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics: collecting them within a bound, and printing one with its caret line. */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

enum { DIAG_MAX = 100, SHOWN_COLUMNS = 160, MESSAGE_BYTES = 1024 };

static struct ml_diag *scratch(void)
{
	static struct ml_diag nowhere;

	nowhere = (struct ml_diag){0};
	return &nowhere;
}

static struct ml_diag *new_diag(struct ml_diags *diags)
{
	size_t max = diags->max ? diags->max : DIAG_MAX;

	if (diags->n >= max || !diags->arena ||
		ml_alloc_grow(diags->arena, &diags->items, &diags->cap, diags->n + 1, sizeof(*diags->items))) {
		diags->dropped++;
		return scratch();
	}
	return &diags->items[diags->n++];
}

struct ml_diag *ml_diag_add(struct ml_diags *diags, enum ml_diag_level level, struct ml_str file,
	uint32_t line, uint32_t col, const char *fmt, ...)
{
	char text[MESSAGE_BYTES];
	struct ml_diag *diag = new_diag(diags);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	diags->errors += level == ML_DIAG_ERROR;
	diags->warnings += level == ML_DIAG_WARNING;
	*diag = (struct ml_diag){.level = level, .file = file, .line = line, .col = col};
	if (diags->arena)
		diag->message = ml_str_dup(diags->arena, ml_str(text));
	return diag;
}

struct ml_str ml_diag_suggest(struct ml_arena *arena, const char *word)
{
	return word ? ml_strf(arena, "did you mean `%s`?", word) : ML_STR_NONE;
}

/* Where the window of a long line starts and ends, in bytes, so that column `col` is inside. */
static struct ml_str window(struct ml_str line, uint32_t col, uint32_t *first_col)
{
	size_t at = 0, from = 0, to;
	uint32_t column = 1, cp;
	uint32_t start = col > SHOWN_COLUMNS / 2 ? col - SHOWN_COLUMNS / 2 : 1;

	*first_col = 1;
	if (ml_utf8_count(line) <= SHOWN_COLUMNS)
		return line;
	for (; at < line.len && column < start + SHOWN_COLUMNS; column++) {
		size_t n = ml_utf8_next(line, at, &cp);
		if (column == start) {
			from = at;
			*first_col = column;
		}
		at += n ? n : 1;
	}
	to = at;
	return ml_str_sub(line, from, to);
}

/* How many terminal columns the escaped form of the first `n` code points of `s` takes, one a code point when it is printed as it is. */
static size_t shown_width(struct ml_str s, uint32_t n)
{
	ML_BUF_AUTO out;
	size_t at = 0;
	uint32_t cp;

	ml_buf_init(&out, 16 * SHOWN_COLUMNS);
	for (uint32_t i = 0; i < n && at < s.len; i++) {
		size_t len = ml_utf8_next(s, at, &cp);
		at += len ? len : 1;
	}
	ml_buf_escaped(&out, ml_str_sub(s, 0, at));
	return ml_utf8_count(ml_buf_get(&out));
}

static struct ml_str tabs_to_blanks(struct ml_str s, char *out)
{
	for (size_t i = 0; i < s.len; i++)
		out[i] = s.ptr[i] == '\t' ? ' ' : s.ptr[i];
	return (struct ml_str){out, s.len};
}

static void print_caret(struct ml_buf *out, const struct ml_diag *diag)
{
	char copy[4 * SHOWN_COLUMNS + 4];
	uint32_t first, end = diag->end_col > diag->col ? diag->end_col : diag->col + 1;
	struct ml_str line = window(diag->source, diag->col, &first);
	size_t pad, width;

	line = tabs_to_blanks(ml_str_sub(line, 0, sizeof(copy)), copy);
	pad = shown_width(line, diag->col - first);
	width = shown_width(line, end - first);
	ml_buf_printf(out, "%6u | ", diag->line);
	ml_buf_escaped(out, line);
	ml_buf_puts(out, "\n       | ");
	for (size_t i = 0; i < pad; i++)
		ml_buf_putc(out, ' ');
	ml_buf_putc(out, '^');
	for (size_t i = pad + 1; i < width; i++)
		ml_buf_putc(out, '~');
	ml_buf_putc(out, '\n');
}

void ml_diag_print(struct ml_buf *out, const struct ml_diag *diag)
{
	static const char *const names[] = {"error", "warning", "note"};

	if (diag->file.len) {
		ml_buf_escaped(out, diag->file);
		ml_buf_putc(out, ':');
	}
	if (diag->line)
		ml_buf_printf(out, "%u:", diag->line);
	if (diag->line && diag->col)
		ml_buf_printf(out, "%u:", diag->col);
	ml_buf_printf(out, "%s%s: ", diag->file.len || diag->line ? " " : "", names[diag->level]);
	ml_buf_escaped(out, diag->message);
	ml_buf_putc(out, '\n');
	if (diag->source.len && diag->line && diag->col)
		print_caret(out, diag);
	if (diag->hint.len) {
		ml_buf_puts(out, "       = ");
		ml_buf_escaped(out, diag->hint);
		ml_buf_putc(out, '\n');
	}
}

struct ml_str ml_text_line(struct ml_str text, uint32_t line)
{
	struct ml_str part, rest = text;

	if (!text.ptr || line == 0)
		return ML_STR_NONE;
	for (uint32_t i = 1; ml_str_split(&rest, '\n', &part); i++)
		if (i == line)
			return part.len && part.ptr[part.len - 1] == '\r' ? ml_str_sub(part, 0, part.len - 1) : part;
	return ML_STR_NONE;
}

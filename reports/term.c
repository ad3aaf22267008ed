/* SPDX-License-Identifier: Apache-2.0 */
/* A terminal page: words that wrap at the width, colour when wanted, nothing of the target unescaped. */
#include "reports/term-priv.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

enum { WIDTH_DEFAULT = 80, WIDTH_MIN = 40, WORD_BYTES = 1 << 24 };

/* SGR parameters (ECMA-48): the eight colours that every theme has. */
static const char *const sgr[ML_STYLES] = {
	[ML_STYLE_BOLD] = "1",
	[ML_STYLE_DIM] = "2",
	[ML_STYLE_INFO] = "34",
	[ML_STYLE_LOW] = "36",
	[ML_STYLE_MEDIUM] = "33",
	[ML_STYLE_HIGH] = "31",
	[ML_STYLE_CRITICAL] = "1;31",
	[ML_STYLE_GOOD] = "32",
};

/* Empties a scratch buffer; an error in it becomes the report's. */
static void reset(struct ml_term *term, struct ml_buf *buf)
{
	if (buf->error && !term->out->error)
		term->out->error = buf->error;
	ml_buf_clear(buf);
}

void ml_term_begin(struct ml_term *term, struct ml_buf *out, unsigned width, bool color)
{
	if (width == 0)
		width = WIDTH_DEFAULT;
	*term = (struct ml_term){.out = out, .width = width < WIDTH_MIN ? WIDTH_MIN : width, .color = color, .fresh = true};
	ml_buf_init(&term->word, WORD_BYTES);
	ml_buf_init(&term->run, WORD_BYTES);
	ml_buf_init(&term->place, WORD_BYTES);
}

void ml_term_free(struct ml_term *term)
{
	reset(term, &term->word);
	reset(term, &term->run);
	reset(term, &term->place);
	ml_buf_free(&term->word);
	ml_buf_free(&term->run);
	ml_buf_free(&term->place);
}

static void blanks(struct ml_term *term, unsigned columns)
{
	for (unsigned i = 0; i < columns; i++)
		ml_buf_putc(term->out, ' ');
	term->col += columns;
}

void ml_term_line(struct ml_term *term, unsigned indent, unsigned hang)
{
	term->col = 0;
	term->hang = hang;
	term->gap = false;
	term->fresh = true;
	blanks(term, indent);
}

void ml_term_end(struct ml_term *term)
{
	ml_term_flush(term);
	ml_buf_putc(term->out, '\n');
	ml_term_line(term, 0, 0);
}

void ml_term_pad(struct ml_term *term, unsigned columns)
{
	ml_term_flush(term);
	blanks(term, columns);
	term->gap = false;
}

void ml_term_pad_to(struct ml_term *term, unsigned column)
{
	ml_term_flush(term);
	if (term->col < column)
		ml_term_pad(term, column - term->col);
}

/* A style waits for its first word, so that neither blanks nor the wrapping before that word are in it. */
void ml_term_style(struct ml_term *term, enum ml_style style)
{
	if (!term->color)
		return;
	if (style == ML_STYLE_PLAIN && term->style == ML_STYLE_PLAIN)
		ml_buf_puts(term->run.len ? &term->run : term->out, "\x1b[0m");
	term->style = style;
}

static void put_style(struct ml_term *term, struct ml_buf *out)
{
	if (term->style != ML_STYLE_PLAIN)
		ml_buf_printf(out, "\x1b[%sm", sgr[term->style]);
	term->style = ML_STYLE_PLAIN;
}

static void wrap(struct ml_term *term)
{
	ml_buf_putc(term->out, '\n');
	term->col = 0;
	term->fresh = true;
	blanks(term, term->hang);
}

/* The length of our own style code at `at`, or 0: the escape characters of others are escaped. */
static size_t style_code(struct ml_str s, size_t at)
{
	size_t end = at;

	if (s.ptr[at] != '\x1b')
		return 0;
	while (end < s.len && s.ptr[end] != 'm')
		end++;
	return end + 1 - at;
}

/* Puts what the line has room for, wraps, and so on. */
static void put_pieces(struct ml_term *term, struct ml_str run)
{
	for (size_t at = 0; at < run.len;) {
		uint32_t cp = 0;
		size_t n = style_code(run, at);
		unsigned columns = 0;

		if (n == 0) {
			n = ml_utf8_next(run, at, &cp);
			columns = ml_columns_of(cp);
		}
		if (term->col + columns > term->width && !term->fresh)
			wrap(term);
		ml_buf_add(term->out, run.ptr + at, n ? n : 1);
		term->col += columns;
		term->fresh = term->fresh && columns == 0;
		at += n ? n : 1;
	}
}

void ml_term_flush(struct ml_term *term)
{
	struct ml_str run = ml_buf_get(&term->run);

	if (run.len == 0)
		return;
	if (!term->fresh && term->col + term->run_gap + term->run_columns > term->width && (term->run_gap || term->run_whole))
		wrap(term);
	if (term->run_gap && !term->fresh)
		blanks(term, 1);
	if (term->col + term->run_columns > term->width && !term->run_whole) {
		put_pieces(term, run);
	} else {
		ml_buf_str(term->out, run);
		term->col += term->run_columns;
		term->fresh = false;
	}
	reset(term, &term->run);
	term->run_columns = 0;
	term->run_whole = term->run_gap = false;
}

/* A word that is escaped already. */
static void put_word(struct ml_term *term, struct ml_str word, bool whole)
{
	if (word.len == 0)
		return;
	if (term->gap) {
		ml_term_flush(term);
		term->run_gap = true;
		term->gap = false;
	}
	put_style(term, &term->run);
	ml_buf_str(&term->run, word);
	term->run_columns += (unsigned)ml_columns(word);
	term->run_whole |= whole;
}

static void escape_word(struct ml_term *term, struct ml_str s, bool whole)
{
	reset(term, &term->word);
	ml_buf_escaped(&term->word, s);
	put_word(term, ml_buf_get(&term->word), whole);
}

static void words(struct ml_term *term, struct ml_str s, bool prose)
{
	for (size_t at = 0; at < s.len;) {
		size_t from = at;

		while (at < s.len && s.ptr[at] != ' ' && !(prose && (s.ptr[at] == '\n' || s.ptr[at] == '\t' || s.ptr[at] == '\r')))
			at++;
		escape_word(term, ml_str_sub(s, from, at), false);
		if (at < s.len) {
			term->gap = true;
			at++;
		}
	}
}

void ml_term_text(struct ml_term *term, struct ml_str s)
{
	words(term, s, false);
}

void ml_term_cut(struct ml_term *term, struct ml_str s, size_t bytes)
{
	size_t to = bytes;

	if (s.len <= bytes) {
		words(term, s, false);
		return;
	}
	while (to > bytes - 4 && ((unsigned char)s.ptr[to] & 0xc0) == 0x80)
		to--;
	words(term, ml_str_sub(s, 0, to), false);
	ml_term_puts(term, "…");
}

void ml_term_prose(struct ml_term *term, struct ml_str s)
{
	words(term, ml_str_trim(s), true);
}

void ml_term_puts(struct ml_term *term, const char *z)
{
	words(term, ml_str(z), false);
}

void ml_term_printf(struct ml_term *term, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ml_term_puts(term, text);
}

void ml_term_whole(struct ml_term *term, struct ml_str s)
{
	escape_word(term, s, true);
}

void ml_term_raw(struct ml_term *term, struct ml_str s)
{
	ml_term_flush(term);
	put_style(term, term->out);
	ml_buf_str(term->out, s);
	term->col += (unsigned)ml_columns(s);
	term->gap = term->fresh = false;
}

void ml_term_place(struct ml_term *term, struct ml_str file, uint32_t line, uint32_t col)
{
	reset(term, &term->place);
	ml_buf_str(&term->place, file);
	if (line)
		ml_buf_printf(&term->place, ":%u", line);
	if (line && col)
		ml_buf_printf(&term->place, ":%u", col);
	ml_term_whole(term, ml_buf_get(&term->place));
}

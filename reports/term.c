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

void ml_term_begin(struct ml_term *term, struct ml_buf *out, unsigned width, bool color)
{
	if (width == 0)
		width = WIDTH_DEFAULT;
	*term = (struct ml_term){.out = out, .width = width < WIDTH_MIN ? WIDTH_MIN : width, .color = color, .fresh = true};
	ml_buf_init(&term->word, WORD_BYTES);
	ml_buf_init(&term->place, WORD_BYTES);
}

/* Empties a scratch buffer; an error in it becomes the report's. */
static void reset(struct ml_term *term, struct ml_buf *buf)
{
	if (buf->error && !term->out->error)
		term->out->error = buf->error;
	ml_buf_clear(buf);
}

void ml_term_free(struct ml_term *term)
{
	reset(term, &term->word);
	reset(term, &term->place);
	ml_buf_free(&term->word);
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
	ml_buf_putc(term->out, '\n');
	ml_term_line(term, 0, 0);
}

void ml_term_pad(struct ml_term *term, unsigned columns)
{
	blanks(term, columns);
	term->gap = false;
}

/* A style waits for its first word, so that neither blanks nor the wrapping before that word are in it. */
void ml_term_style(struct ml_term *term, enum ml_style style)
{
	if (!term->color)
		return;
	if (style == ML_STYLE_PLAIN && term->style == ML_STYLE_PLAIN)
		ml_buf_puts(term->out, "\x1b[0m");
	term->style = style;
}

static void flush_style(struct ml_term *term)
{
	if (term->style != ML_STYLE_PLAIN)
		ml_buf_printf(term->out, "\x1b[%sm", sgr[term->style]);
	term->style = ML_STYLE_PLAIN;
}

static void wrap(struct ml_term *term)
{
	ml_buf_putc(term->out, '\n');
	term->col = 0;
	term->gap = false;
	term->fresh = true;
	blanks(term, term->hang);
}

/* Puts what the line has room for, wraps, and so on. */
static void put_pieces(struct ml_term *term, struct ml_str word)
{
	for (size_t at = 0; at < word.len;) {
		uint32_t cp = 0;
		size_t n = ml_utf8_next(word, at, &cp);
		unsigned columns = ml_columns_of(cp);

		if (term->col + columns > term->width && !term->fresh)
			wrap(term);
		ml_buf_add(term->out, word.ptr + at, n ? n : 1);
		term->col += columns;
		term->fresh = false;
		at += n ? n : 1;
	}
}

/* A word that is escaped already. */
static void put_word(struct ml_term *term, struct ml_str word, bool whole)
{
	size_t columns = ml_columns(word);

	if (word.len == 0)
		return;
	if (!term->fresh && term->col + term->gap + columns > term->width && (term->gap || whole))
		wrap(term);
	if (term->gap && !term->fresh)
		blanks(term, 1);
	term->gap = false;
	flush_style(term);
	if (term->col + columns > term->width && !whole) {
		put_pieces(term, word);
		return;
	}
	ml_buf_str(term->out, word);
	term->col += (unsigned)columns;
	term->fresh = false;
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
	flush_style(term);
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

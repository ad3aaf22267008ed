/* SPDX-License-Identifier: Apache-2.0 */
/* From a byte of a scalar's text back to the line and column where it was written. Folding and indentation change white space alone, so the
 * characters that are none are counted on both sides, escapes decoded. */
#include "base/utf8.h"
#include "policies/doc-priv.h"

/* A walk over the source of a scalar. */
struct walk {
	struct ml_str source;
	size_t at;
	uint32_t line, col;
	enum ml_yaml_style style;
};

static bool is_white(uint32_t cp)
{
	return cp == ' ' || cp == '\t' || cp == '\n' || cp == '\r';
}

static size_t take(struct ml_str s, size_t at, uint32_t *cp)
{
	size_t n = ml_utf8_next(s, at, cp);

	if (n == 0)
		*cp = 0xfffd;
	return n ? n : 1;
}

static uint32_t hex(struct ml_str digits)
{
	uint32_t cp = 0;

	for (size_t i = 0; i < digits.len; i++) {
		char c = digits.ptr[i];
		cp = cp << 4 | (uint32_t)(c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : 0);
	}
	return cp;
}

/* The length of the escape at a backslash, and what it stands for: white or not is all that matters. */
static size_t escape(struct ml_str s, size_t at, uint32_t *cp)
{
	char c = at + 1 < s.len ? s.ptr[at + 1] : 0;
	size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;

	*cp = c == 'n' || c == 't' || c == 'r' || c == ' ' || c == '\t' || c == '\n' || c == '\r' ? ' ' : 'x';
	if (digits)
		*cp = hex(ml_str_sub(s, at + 2, at + 2 + digits));
	return 2 + digits;
}

/* The unit of source at the walk: its bytes, and the code point that it stands for. */
static size_t unit(const struct walk *w, uint32_t *cp)
{
	char c = w->source.ptr[w->at];

	if (w->style == ML_YAML_DOUBLE && c == '\\')
		return escape(w->source, w->at, cp);
	if (w->style == ML_YAML_SINGLE && c == '\'') {
		*cp = '\'';
		return 2;
	}
	return take(w->source, w->at, cp);
}

static void pass(struct walk *w, size_t n)
{
	size_t end = w->at + n < w->source.len ? w->at + n : w->source.len;

	while (w->at < end) {
		uint32_t cp;
		size_t len = take(w->source, w->at, &cp);
		w->line += cp == '\n';
		w->col = cp == '\n' ? 1 : w->col + 1;
		w->at += len;
	}
}

/* At the first unit of the scalar's content. */
static struct walk begin(const struct ml_doc *doc, const struct ml_yaml_node *scalar)
{
	struct walk w = {.source = doc->bytes, .line = 1, .col = 1, .style = (enum ml_yaml_style)scalar->style};
	bool quoted = w.style == ML_YAML_SINGLE || w.style == ML_YAML_DOUBLE;
	const char *newline;

	while (w.line < scalar->line && (newline = memchr(w.source.ptr + w.at, '\n', w.source.len - w.at))) {
		w.at = (size_t)(newline - w.source.ptr) + 1;
		w.line++;
	}
	while (w.col < scalar->col && w.at < w.source.len)
		pass(&w, 1);
	if (quoted)
		pass(&w, 1);
	return w;
}

void ml_doc_place(const struct ml_doc *doc, const struct ml_yaml_node *scalar, size_t at, uint32_t *line, uint32_t *col)
{
	struct ml_str text = ml_yaml_text(scalar);
	struct walk w = begin(doc, scalar);
	size_t solid = 0, blanks = 0;
	uint32_t cp;

	for (size_t i = 0, n; i < at && i < text.len; i += n) {
		n = take(text, i, &cp);
		solid += !is_white(cp);
		blanks = is_white(cp) ? blanks + 1 : 0;
	}
	while (solid && w.at < w.source.len) {
		size_t n = unit(&w, &cp);
		solid -= !is_white(cp);
		pass(&w, n);
	}
	if (at < text.len && !is_white((uint8_t)text.ptr[at])) {
		size_t n = 1;
		while (w.at < w.source.len && (n = unit(&w, &cp)) && is_white(cp))
			pass(&w, n);
	} else {
		/* Between words, or at the end: as far as the blanks stand on this line. */
		while (blanks-- && w.at < w.source.len && (w.source.ptr[w.at] == ' ' || w.source.ptr[w.at] == '\t'))
			pass(&w, 1);
	}
	*line = w.line;
	*col = w.col;
}

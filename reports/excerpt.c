/* SPDX-License-Identifier: Apache-2.0 */
/* A source line with its caret. */
#include "reports/excerpt-priv.h"

#include <stdio.h>

#include "base/utf8.h"

enum { TAB = 4, LEAST_CODE = 12 };

/* One code point as it is shown. */
struct cell {
	size_t bytes; /* in the source */
	struct ml_str shown;
	unsigned columns;
};

/* Where the parts of the line stand, in columns of the shown line. */
struct extent {
	size_t caret, caret_end, total;
};

static struct cell next_cell(struct ml_term *term, struct ml_str text, size_t at, size_t column)
{
	struct cell cell;
	uint32_t cp = 0;
	size_t n = ml_utf8_next(text, at, &cp);

	cell.bytes = n ? n : 1;
	if (n && cp == '\t') {
		cell.columns = TAB - column % TAB;
		cell.shown = (struct ml_str){"    ", cell.columns};
		return cell;
	}
	ml_buf_clear(&term->word);
	ml_buf_escaped(&term->word, ml_str_sub(text, at, at + cell.bytes));
	cell.shown = ml_buf_get(&term->word);
	cell.columns = (unsigned)ml_columns(cell.shown);
	return cell;
}

static struct extent measure(struct ml_term *term, const struct ml_excerpt *excerpt)
{
	struct extent extent = {SIZE_MAX, SIZE_MAX, 0};
	uint32_t end = excerpt->end_col > excerpt->col ? excerpt->end_col : excerpt->col + 1;
	uint32_t col = 1;

	for (size_t at = 0; at < excerpt->text.len; col++) {
		struct cell cell = next_cell(term, excerpt->text, at, extent.total);

		if (col == excerpt->col)
			extent.caret = extent.total;
		if (col == end)
			extent.caret_end = extent.total;
		extent.total += cell.columns;
		at += cell.bytes;
	}
	if (col == excerpt->col) /* just behind the line: something is missing there */
		extent.caret = extent.total;
	if (extent.caret_end == SIZE_MAX)
		extent.caret_end = extent.total;
	return extent;
}

/* The columns [from, to) of the line that are shown. A third of the room stays in front of the caret, which may stand just behind the line. */
static void choose_window(const struct extent *extent, size_t room, size_t *from, size_t *to)
{
	size_t caret = extent->caret == SIZE_MAX ? 0 : extent->caret;
	size_t total = extent->total + (caret == extent->total);

	*from = 0;
	*to = extent->total;
	if (total <= room)
		return;
	if (caret > room / 3)
		*from = caret - room / 3;
	if (*from > total - (room - 1))
		*from = total - (room - 1);
	*to = *from + room - 1 - (*from > 0);
	if (*to >= extent->total || (*from > 0 && *from + room - 1 >= total))
		*to = extent->total;
}

/* Cells that lie in the window whole; a cell that its edge cuts is left to the "…". Returns the column of the line that stands first. */
static size_t put_window(struct ml_term *term, struct ml_str text, size_t from, size_t to, size_t total)
{
	size_t column = 0, first = SIZE_MAX;

	if (from > 0)
		ml_term_raw(term, ML_STR("…"));
	for (size_t at = 0; at < text.len && column < to;) {
		struct cell cell = next_cell(term, text, at, column);

		if (column >= from && column + cell.columns <= to) {
			first = first == SIZE_MAX ? column : first;
			ml_term_raw(term, cell.shown);
		}
		column += cell.columns;
		at += cell.bytes;
	}
	if (to < total)
		ml_term_raw(term, ML_STR("…"));
	return first == SIZE_MAX ? from : first;
}

static void put_caret(struct ml_term *term, const struct extent *extent, size_t first, size_t cut, size_t room)
{
	size_t start = cut + extent->caret - first;
	size_t end = extent->caret_end > extent->caret ? cut + extent->caret_end - first : start + 1;

	ml_term_pad(term, (unsigned)start);
	ml_term_raw(term, ML_STR("^"));
	for (size_t i = start + 1; i < end && i < room; i++)
		ml_term_raw(term, ML_STR("~"));
	ml_term_style(term, ML_STYLE_PLAIN);
}

static void put_gutter(struct ml_term *term, unsigned indent, const char *number)
{
	ml_term_line(term, indent, indent);
	ml_term_style(term, ML_STYLE_DIM);
	ml_term_whole(term, ml_str(number));
	ml_term_style(term, ML_STYLE_PLAIN);
	ml_term_pad(term, 1);
}

void ml_excerpt_put(struct ml_term *term, const struct ml_excerpt *excerpt, unsigned indent)
{
	char number[16], blank[16];
	struct extent extent;
	size_t from, to, room, first;

	if (excerpt->line == 0 || excerpt->text.len == 0)
		return;
	snprintf(number, sizeof(number), "%5u |", excerpt->line);
	snprintf(blank, sizeof(blank), "%*s", (int)strlen(number), "|");
	room = term->width > indent + strlen(number) + 1 + LEAST_CODE ? term->width - indent - strlen(number) - 1 : LEAST_CODE;
	extent = measure(term, excerpt);
	choose_window(&extent, room, &from, &to);
	put_gutter(term, indent, number);
	first = put_window(term, excerpt->text, from, to, extent.total);
	ml_term_end(term);
	if (excerpt->col == 0 || extent.caret == SIZE_MAX)
		return;
	put_gutter(term, indent, blank);
	ml_term_style(term, excerpt->style);
	put_caret(term, &extent, first, from > 0, room);
	ml_term_end(term);
}

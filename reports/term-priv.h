/* SPDX-License-Identifier: Apache-2.0 */
/* A terminal page: words that wrap at the width, colour when wanted, nothing of the target unescaped. */
#ifndef ML_REPORTS_TERM_PRIV_H
#define ML_REPORTS_TERM_PRIV_H

#include "base/buf.h"

enum ml_style {
	ML_STYLE_PLAIN,
	ML_STYLE_BOLD,
	ML_STYLE_DIM,
	ML_STYLE_INFO, /* the severities, in their order */
	ML_STYLE_LOW,
	ML_STYLE_MEDIUM,
	ML_STYLE_HIGH,
	ML_STYLE_CRITICAL,
	ML_STYLE_GOOD,
	ML_STYLES,
};

struct ml_term {
	struct ml_buf *out;
	struct ml_buf word;  /* scratch of this module */
	struct ml_buf run;   /* pieces without a blank between them, which stay together on a line when they can */
	unsigned run_columns;
	bool run_gap;   /* a blank stands before them */
	bool run_whole; /* they are never broken */
	struct ml_buf place; /* scratch of ml_term_place */
	unsigned width;     /* columns, at least 40 */
	unsigned col;       /* taken on this line */
	unsigned hang;      /* where a wrapped line goes on */
	bool color;
	enum ml_style style; /* waits for the next word */
	bool gap;   /* a blank is due before the next word */
	bool fresh; /* nothing but indentation on this line */
};

void ml_term_begin(struct ml_term *term, struct ml_buf *out, unsigned width, bool color);
void ml_term_free(struct ml_term *term);

/* Starts a line `indent` columns in, wrapping to `hang`. */
void ml_term_line(struct ml_term *term, unsigned indent, unsigned hang);
/* Ends it. Alone it is an empty line. */
void ml_term_end(struct ml_term *term);
/* Columns of blanks on the line, not wrapped; what follows is not set apart by another blank. */
void ml_term_pad(struct ml_term *term, unsigned columns);
/* Up to a column; none when the line is there already. */
void ml_term_pad_to(struct ml_term *term, unsigned column);
/* Puts what is held back, so that `col` is true. */
void ml_term_flush(struct ml_term *term);

/* Until ML_STYLE_PLAIN, which every other style must be followed by. */
void ml_term_style(struct ml_term *term, enum ml_style style);

/* Words of the target: escaped, wrapped at blanks, cut in pieces when one is wider than a line. Blanks at either end separate it
 * from what stands beside it. */
void ml_term_text(struct ml_term *term, struct ml_str s);
/* The same, at most `bytes` of it, then "…". */
void ml_term_cut(struct ml_term *term, struct ml_str s, size_t bytes);
/* Prose of a policy: line breaks are blanks too. */
void ml_term_prose(struct ml_term *term, struct ml_str s);
void ml_term_puts(struct ml_term *term, const char *z);
void ml_term_printf(struct ml_term *term, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* One word that is never broken, however long and whatever blanks it has: a place, which people click on and copy. */
void ml_term_whole(struct ml_term *term, struct ml_str s);
/* file:line:col, whole; numbers that are 0 are left out. */
void ml_term_place(struct ml_term *term, struct ml_str file, uint32_t line, uint32_t col);
/* Bytes that are safe already, where the line stands, without wrapping. */
void ml_term_raw(struct ml_term *term, struct ml_str s);

/* Columns that a code point takes: 0 for combining marks, 2 for East Asian wide and emoji (the blocks of UAX #11, not each exception). */
unsigned ml_columns_of(uint32_t cp);
/* Of a string that is printable as it is. */
size_t ml_columns(struct ml_str s);

#endif

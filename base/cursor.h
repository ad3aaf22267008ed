/* SPDX-License-Identifier: Apache-2.0 */
/* A cursor over text: reads forward, knows its line and column, and keeps the first error. */
#ifndef ML_BASE_CURSOR_H
#define ML_BASE_CURSOR_H

#include "base/str.h"

struct ml_cursor {
	struct ml_str text;
	size_t at;
	uint32_t line, col; /* of `at`; 1-based; columns count code points, "\n", "\r\n" and a lone "\r" end a line */
	int error;          /* 0, or the first ML_E…: from then on every read gives nothing */
	int depth, max_depth;
};

struct ml_cursor ml_cursor(struct ml_str text, int max_depth);

/* The next byte without taking it, or -1 at the end or after an error; `ahead` 0 is the next. */
int ml_cursor_peek(const struct ml_cursor *c, size_t ahead);
/* Takes one byte; -1 as above. */
int ml_cursor_next(struct ml_cursor *c);
/* Takes `literal` when it stands next. */
bool ml_cursor_take(struct ml_cursor *c, struct ml_str literal);
/* Takes `n` bytes (fewer at the end). */
struct ml_str ml_cursor_skip(struct ml_cursor *c, size_t n);
/* Takes while `accept` holds (from ctype-like tables of the caller). */
struct ml_str ml_cursor_while(struct ml_cursor *c, bool (*accept)(int byte));
/* Takes up to, not including, the end of the line; then the end itself. *line_text without it. False at the end of the text. */
bool ml_cursor_line(struct ml_cursor *c, struct ml_str *line_text);
bool ml_cursor_done(const struct ml_cursor *c);

/* Sets the error when it is the first. */
void ml_cursor_fail(struct ml_cursor *c, int error);
/* One level deeper; false, with ML_ELIMIT, beyond max_depth. */
bool ml_cursor_enter(struct ml_cursor *c);
void ml_cursor_leave(struct ml_cursor *c);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics: what is wrong with a policy or a target, each with its place, a hint, and a bound on their number. */
#ifndef ML_BASE_DIAG_H
#define ML_BASE_DIAG_H

#include "base/buf.h"

enum ml_diag_level { ML_DIAG_ERROR, ML_DIAG_WARNING, ML_DIAG_NOTE };

struct ml_diag {
	enum ml_diag_level level;
	struct ml_str file;     /* relative or as given; "" when none */
	uint32_t line, col;     /* 1-based; 0: none. Columns count code points */
	uint32_t end_col;       /* exclusive, same line; 0: unknown */
	struct ml_str message;  /* one line: what: got "x", want y */
	struct ml_str hint;     /* "did you mean `privileged`?"; "" when none */
	struct ml_str source;   /* the source line, for the caret; "" when none */
};

/* Zero-initialised plus an arena. Beyond `max` (0: 100) diagnostics are only counted. */
struct ml_diags {
	struct ml_arena *arena;
	struct ml_diag *items;
	size_t n, cap, max;
	size_t errors, warnings; /* counted in full */
	size_t dropped;
};

/* Adds one and returns it, so that the caller may set end_col, hint and source; strings in `diag` are kept. Never NULL: what is over
 * the maximum, or finds no memory, goes to a scratch element. */
struct ml_diag *ml_diag_add(struct ml_diags *diags, enum ml_diag_level level, struct ml_str file,
	uint32_t line, uint32_t col, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* "did you mean `x`?" in the arena; "" when word is NULL. */
struct ml_str ml_diag_suggest(struct ml_arena *arena, const char *word);

/* file:line:col: error: message, and below it, where known, the source line with a caret and the hint. Control characters
 * escaped, lines longer than 160 columns cut around the caret. */
void ml_diag_print(struct ml_buf *out, const struct ml_diag *diag);

/* The `line`-th line of `text` (1-based) without its end; NULL ptr when there is none. */
struct ml_str ml_text_line(struct ml_str text, uint32_t line);

#endif

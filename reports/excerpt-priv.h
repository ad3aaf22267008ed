/* SPDX-License-Identifier: Apache-2.0 */
/* A source line with its caret. */
#ifndef ML_REPORTS_EXCERPT_PRIV_H
#define ML_REPORTS_EXCERPT_PRIV_H

#include "reports/term-priv.h"

struct ml_excerpt {
	struct ml_str text;          /* the line, without its end */
	uint32_t line, col, end_col; /* as in struct ml_place */
	enum ml_style style;         /* of the caret */
};

/* The line and, when the column lies in it, `^~~~` beneath; `indent` columns in. A line wider than the terminal is cut around the column, tabs go to the next
 * multiple of 4. Nothing when the text is empty or the line is 0. Linear in the text. */
void ml_excerpt_put(struct ml_term *term, const struct ml_excerpt *excerpt, unsigned indent);

#endif

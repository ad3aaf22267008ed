/* SPDX-License-Identifier: Apache-2.0 */
/* The sections of the terminal report. */
#ifndef ML_REPORTS_TERMINAL_PRIV_H
#define ML_REPORTS_TERMINAL_PRIV_H

#include "reports/items-priv.h"
#include "reports/seal-priv.h"
#include "reports/term-priv.h"

struct ml_page {
	struct ml_term term;
	const struct ml_findings *findings;
	const struct ml_report_options *options;
	struct ml_arena *scratch;
	struct ml_tally tally;
	struct ml_seal seal;
	size_t left_out; /* rules that profiles leave out */
};

/* Sections, in their order on the page. Each writes nothing when it has nothing to say. */
void ml_page_failed(struct ml_page *page);    /* at or above the threshold, in full */
void ml_page_below(struct ml_page *page);     /* below it, a line each */
void ml_page_unknown(struct ml_page *page);   /* what could not be judged, by reason */
void ml_page_diags(struct ml_page *page);     /* what was odd in the targets */
void ml_page_others(struct ml_page *page);    /* waived; verbose: known, not applicable, passed */
void ml_page_targets(struct ml_page *page);
void ml_page_seal(struct ml_page *page);
void ml_page_left_alone(struct ml_page *page);
void ml_page_narrowed(struct ml_page *page); /* what profiles leave out; counts left_out */
void ml_page_verdict(struct ml_page *page);
void ml_page_seal_warning(struct ml_page *page); /* on the first line, when the seal lacks what the default asks for */

/* "2 things", "1 thing". */
void ml_page_count(struct ml_term *term, size_t n, const char *one, const char *many);
/* Starts a part of the page: an empty line when there is something above. */
void ml_page_gap(struct ml_page *page);
/* A section's heading: an empty line, then `title` in `style`; the line stays open. */
void ml_page_heading(struct ml_page *page, enum ml_style style, const char *title);
/* file:line:col, or the target when there is no place. */
void ml_page_place(struct ml_page *page, const struct ml_run *run, const struct ml_place *place);
static inline enum ml_style ml_page_style(enum ml_severity severity)
{
	return (enum ml_style)(ML_STYLE_INFO + ((unsigned)severity < ML_SEVERITIES ? severity : ML_SEV_INFO));
}
/* The element and the message, without saying the element twice. */
void ml_page_message(struct ml_page *page, const struct ml_result *result);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal report: what fails first and in full, what matters less in a line, what was not looked at by number. */
#include "reports/terminal-priv.h"
#include "reports/writers-priv.h"

#include "base/error.h"

enum { MESSAGE_BYTES = 1000 };

void ml_page_count(struct ml_term *term, size_t n, const char *one, const char *many)
{
	ml_term_printf(term, "%zu %s", n, n == 1 ? one : many);
}

void ml_page_gap(struct ml_page *page)
{
	if (page->term.out->len)
		ml_term_end(&page->term);
	ml_term_line(&page->term, 0, 2);
}

void ml_page_heading(struct ml_page *page, enum ml_style style, const char *title)
{
	struct ml_term *term = &page->term;

	ml_page_gap(page);
	ml_term_style(term, style);
	ml_term_puts(term, title);
	ml_term_style(term, ML_STYLE_PLAIN);
	ml_term_puts(term, " ");
}

void ml_page_place(struct ml_page *page, const struct ml_run *run, const struct ml_place *place)
{
	ml_term_place(&page->term, place->file.len ? place->file : run->uri, place->line, place->col);
}

void ml_page_message(struct ml_page *page, const struct ml_result *result)
{
	struct ml_term *term = &page->term;

	if (result->element.len && (result->message.len == 0 || ml_str_find(result->message, result->element) == ML_NPOS)) {
		ml_term_cut(term, result->element, MESSAGE_BYTES);
		if (result->message.len)
			ml_term_puts(term, ": ");
	}
	ml_term_cut(term, result->message, MESSAGE_BYTES);
}

static void (*const sections[])(struct ml_page *page) = {
	ml_page_seal_warning, ml_page_failed, ml_page_unknown, ml_page_below,      ml_page_diags,
	ml_page_others,       ml_page_targets, ml_page_seal,   ml_page_left_alone, ml_page_narrowed,
	ml_page_verdict,
};

void ml_write_terminal(const struct ml_findings *findings, const struct ml_report_options *options, struct ml_arena *scratch,
	struct ml_buf *out)
{
	struct ml_page page = {.findings = findings, .options = options, .scratch = scratch};

	ml_term_begin(&page.term, out, options->width, options->color);
	ml_tally(findings, options->fail_on, &page.tally);
	ml_seal_read(findings, &page.seal);
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		sections[i](&page);
	ml_term_free(&page.term);
	if (ml_arena_failed(scratch) && !out->error)
		out->error = ML_ENOMEM;
}

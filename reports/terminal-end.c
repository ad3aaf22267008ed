/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal report's end: targets, the seal, what was left alone, and the verdict in the last line. */
#include <stdio.h>

#include "base/utf8.h"
#include "reports/terminal-priv.h"

enum {
	TARGETS_MAX = 20, /* rows; beyond, targets without findings are only counted. --verbose shows all */
	KIND_COLUMNS = 20,
	WIDE = 72, /* columns from which on the kind has room */
	NAME_LEAST = 20,
};

struct column {
	const char *title;
	enum ml_class classes[2];
	unsigned width;
};
static const struct column columns[] = {
	{"fail", {ML_CLASS_FAILED, ML_CLASS_BELOW}, 6},
	{"unknown", {ML_CLASS_UNKNOWN, ML_CLASS_UNKNOWN}, 9},
	{"pass", {ML_CLASS_PASSED, ML_CLASS_PASSED}, 7},
	{"n/a", {ML_CLASS_NOTAPPLICABLE, ML_CLASS_NOTAPPLICABLE}, 7},
};

static unsigned numbers_width(void)
{
	unsigned width = 0;

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		width += columns[i].width;
	return width;
}

static size_t cell_value(const struct column *column, const struct ml_tally *tally)
{
	size_t value = tally->by_class[column->classes[0]];

	return column->classes[1] == column->classes[0] ? value : value + tally->by_class[column->classes[1]];
}

static void put_numbers(struct ml_page *page, const struct ml_tally *tally)
{
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		char cell[32];
		bool bad = i < 2 && cell_value(&columns[i], tally);

		snprintf(cell, sizeof(cell), "%*zu", (int)columns[i].width, cell_value(&columns[i], tally));
		ml_term_style(&page->term, bad ? ML_STYLE_BOLD : ML_STYLE_PLAIN);
		ml_term_raw(&page->term, ml_str(cell));
		if (bad)
			ml_term_style(&page->term, ML_STYLE_PLAIN);
	}
}

/* Like df: a name that is too long for its column has a line for itself. */
static void put_target(struct ml_page *page, const struct ml_run *run, const struct ml_tally *tally, size_t name_width, bool kinds)
{
	struct ml_term *term = &page->term;

	ml_term_line(term, 2, 2);
	ml_term_whole(term, run->uri);
	ml_term_flush(term);
	if (term->col > 2 + name_width) {
		ml_term_end(term);
		ml_term_line(term, 2, 2);
	}
	ml_term_pad_to(term, 2 + (unsigned)name_width);
	if (kinds) {
		ml_term_pad(term, 2);
		ml_term_whole(term, ml_str_sub(run->kind, 0, KIND_COLUMNS - 2));
		ml_term_pad_to(term, 2 + (unsigned)name_width + KIND_COLUMNS);
	}
	put_numbers(page, tally);
	ml_term_end(term);
}

static void put_table_head(struct ml_page *page, size_t name_width, bool kinds)
{
	struct ml_term *term = &page->term;

	ml_page_gap(page);
	ml_term_style(term, ML_STYLE_BOLD);
	ml_term_puts(term, "TARGETS");
	ml_term_style(term, ML_STYLE_PLAIN);
	ml_term_style(term, ML_STYLE_DIM);
	ml_term_pad_to(term, 2 + (unsigned)name_width);
	if (kinds)
		ml_term_raw(term, ML_STR("  kind              "));
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		char cell[32];

		snprintf(cell, sizeof(cell), "%*s", (int)columns[i].width, columns[i].title);
		ml_term_raw(term, ml_str(cell));
	}
	ml_term_style(term, ML_STYLE_PLAIN);
	ml_term_end(term);
}

static size_t name_column(const struct ml_page *page, bool kinds)
{
	size_t room = page->term.width - 2 - numbers_width() - (kinds ? KIND_COLUMNS : 0), longest = NAME_LEAST;

	for (size_t i = 0; i < page->findings->nruns; i++) {
		size_t width = ml_utf8_count(page->findings->runs[i].uri);

		if (width > longest && width <= room)
			longest = width;
	}
	return longest < room ? longest : room;
}

static bool is_clean(const struct ml_tally *tally)
{
	return tally->by_class[ML_CLASS_FAILED] + tally->by_class[ML_CLASS_BELOW] + tally->by_class[ML_CLASS_UNKNOWN] == 0;
}

static void put_hidden(struct ml_page *page, size_t n, const char *what)
{
	if (n == 0)
		return;
	ml_term_line(&page->term, 2, 4);
	ml_term_printf(&page->term, "… and %zu more %s (--verbose lists them)", n, what);
	ml_term_end(&page->term);
}

void ml_page_targets(struct ml_page *page)
{
	const struct ml_findings *findings = page->findings;
	bool kinds = page->term.width >= WIDE, all = page->options->verbose || findings->nruns <= TARGETS_MAX;
	size_t name_width = name_column(page, kinds), shown = 0, clean = 0, hidden = 0;

	if (findings->nruns == 0)
		return;
	put_table_head(page, name_width, kinds);
	for (size_t i = 0; i < findings->nruns; i++) {
		struct ml_tally tally = {0};

		ml_tally_run(&findings->runs[i], page->options->fail_on, &tally);
		if (!all && is_clean(&tally))
			clean++;
		else if (!all && shown == TARGETS_MAX)
			hidden++;
		else
			shown++;
		if (all || (!is_clean(&tally) && hidden == 0))
			put_target(page, &findings->runs[i], &tally, name_width, kinds);
	}
	put_hidden(page, hidden, "with findings");
	put_hidden(page, clean, "without findings");
}

static void put_lacking(struct ml_page *page)
{
	struct ml_term *term = &page->term;
	const struct ml_seal *seal = &page->seal;
	const char *separator = "; lacking: ";

	for (size_t i = 0; i < seal->nlayers; i++) {
		if (seal->layers[i].lacking == 0)
			continue;
		ml_term_puts(term, separator);
		ml_term_cut(term, seal->layers[i].name, 40);
		ml_term_puts(term, " (");
		ml_term_cut(term, seal->layers[i].why, 80);
		if (seal->layers[i].lacking < seal->sealed)
			ml_term_printf(term, ", for %zu of %zu targets", seal->layers[i].lacking, seal->sealed);
		ml_term_puts(term, ")");
		separator = ", ";
	}
}

static void put_seal(struct ml_page *page)
{
	struct ml_term *term = &page->term;
	const struct ml_seal *seal = &page->seal;

	if (seal->sealed) {
		ml_term_printf(term, "sealed: %zu of %zu layers", seal->nlayers - seal->nlacking, seal->nlayers);
		put_lacking(page);
	}
	if (seal->unsealed) {
		ml_term_puts(term, seal->sealed ? "; NOT SEALED: " : "NOT SEALED: ");
		ml_page_count(term, seal->unsealed, "target was parsed outside a sandbox", "targets were parsed outside a sandbox");
	}
	if (seal->unattested) {
		ml_term_puts(term, seal->sealed + seal->unsealed ? "; " : "");
		ml_page_count(term, seal->unattested, "target has no attestation of its sandbox", "targets have no attestation of their sandbox");
	}
}

void ml_page_seal(struct ml_page *page)
{
	if (page->findings->nruns == 0)
		return;
	ml_page_gap(page);
	put_seal(page);
	ml_term_end(&page->term);
}

void ml_page_seal_warning(struct ml_page *page)
{
	if (!page->seal.beyond)
		return;
	ml_term_line(&page->term, 0, 2);
	ml_term_style(&page->term, ML_STYLE_CRITICAL);
	ml_term_puts(&page->term, "WARNING: the sandbox was degraded. ");
	ml_term_style(&page->term, ML_STYLE_PLAIN);
	put_seal(page);
	ml_term_end(&page->term);
}

void ml_page_left_alone(struct ml_page *page)
{
	const struct ml_report_options *options = page->options;
	struct ml_term *term = &page->term;

	if (options->ignored + options->vendored) {
		ml_term_line(term, 0, 2);
		ml_term_puts(term, "left alone: ");
		if (options->ignored)
			ml_page_count(term, options->ignored, "git-ignored path", "git-ignored paths");
		ml_term_puts(term, options->ignored && options->vendored ? ", " : "");
		if (options->vendored)
			ml_page_count(term, options->vendored, "vendored folder", "vendored folders");
		ml_term_puts(term, " (--no-ignore looks into them)");
		ml_term_end(term);
	}
}

void ml_page_narrowed(struct ml_page *page)
{
	struct ml_narrowed all[ML_NARROWED_MAX];
	size_t n = ml_narrowed_find(page->findings, all, ML_NARROWED_MAX);
	struct ml_term *term = &page->term;

	for (size_t i = 0; i < n; i++) {
		ml_term_line(term, 0, 2);
		ml_term_puts(term, "not judged: the profile ");
		ml_term_cut(term, all[i].policy->id, 100);
		ml_term_puts(term, " leaves out ");
		ml_page_count(term, all[i].policy->left_out, "rule", "rules");
		ml_term_puts(term, " for ");
		ml_term_cut(term, all[i].kind, 100);
		ml_term_end(term);
		page->left_out += all[i].policy->left_out;
	}
}

static void put_failed(struct ml_page *page)
{
	const char *separator = "";

	for (int i = ML_SEVERITIES - 1; i >= 0; i--) {
		if (page->tally.failed[i] == 0)
			continue;
		ml_term_printf(&page->term, "%s%zu %s", separator, page->tally.failed[i], ml_severity_words[i]);
		separator = ", ";
	}
}

static void put_counts(struct ml_page *page)
{
	const size_t *n = page->tally.by_class;
	struct ml_term *term = &page->term;

	ml_term_printf(term, " (%zu passed, ", n[ML_CLASS_PASSED]);
	if (n[ML_CLASS_BELOW])
		ml_term_printf(term, "%zu below the threshold, ", n[ML_CLASS_BELOW]);
	ml_term_printf(term, "%zu unknown, %zu not applicable, %zu waived", n[ML_CLASS_UNKNOWN], n[ML_CLASS_NOTAPPLICABLE],
		n[ML_CLASS_WAIVED]);
	if (n[ML_CLASS_KNOWN])
		ml_term_printf(term, ", %zu known", n[ML_CLASS_KNOWN]);
	if (page->left_out) {
		ml_term_puts(term, ", ");
		ml_page_count(term, page->left_out, "rule left out", "rules left out");
	}
	ml_term_puts(term, ")");
}

static void put_verdict(struct ml_page *page, int code)
{
	struct ml_term *term = &page->term;
	const struct ml_tally *tally = &page->tally;

	ml_term_style(term, code == 1 ? ML_STYLE_CRITICAL : code ? ML_STYLE_MEDIUM : ML_STYLE_GOOD);
	ml_term_puts(term, code == 1 ? "FAIL: " : code ? "UNKNOWN: " : "PASS: ");
	ml_term_style(term, ML_STYLE_PLAIN);
	if (code == 1)
		put_failed(page);
	else if (page->findings->nruns == 0)
		ml_term_puts(term, "there was no target, nothing was judged");
	else if (code)
		ml_term_printf(term, "%zu could not be judged", tally->unknown_gated);
	else if (tally->by_class[ML_CLASS_PASSED] == 0)
		ml_term_puts(term, "nothing fails, but no rule passed either");
	else
		ml_term_puts(term, "nothing fails");
	if (page->findings->nruns)
		ml_term_printf(term, " at or above %s", ml_report_severity(page->options->fail_on));
}

void ml_page_verdict(struct ml_page *page)
{
	static const char *const meaning[] = {
		[0] = "exit code 0, the gate is open",
		[1] = "exit code 1, the gate is closed",
		[3] = "exit code 3, nobody can vouch for what was not read",
	};
	int code = ml_findings_gate(page->findings, page->options->fail_on);

	ml_page_gap(page);
	put_verdict(page, code);
	put_counts(page);
	ml_term_puts(&page->term, "; ");
	ml_term_puts(&page->term, meaning[code == 1 || code == 3 ? code : 0]);
	ml_term_end(&page->term);
}

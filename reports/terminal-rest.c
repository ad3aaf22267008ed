/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal report's lists: what could not be judged, what was odd in the targets, what was waived or known before. */
#include "base/error.h"
#include "base/sort.h"
#include "reports/excerpt-priv.h"
#include "reports/terminal-priv.h"

enum {
	INDENT = 2,
	DEEP = 4,
	LIST_MAX = 20,    /* lines of a list; --verbose shows all */
	RULES_MAX = 8,    /* lines of one reason */
	ELEMENTS_MAX = 8, /* of one rule and reason */
	DIAGS_MAX = 10,   /* of one target */
	TEXT_BYTES = 400,
};

/* Results that are unknown for the same reason. */
struct reason {
	const struct ml_item *items;
	size_t n;
};

/* What stands behind "FACT is not known: ": one missing file makes many facts unknown, and is said once. */
static struct ml_str cause_of(const struct ml_item *item)
{
	static const struct ml_str between = {" is not known: ", sizeof(" is not known: ") - 1};
	struct ml_str message = item->result->message;
	size_t at = ml_str_find(message, between);

	return at == ML_NPOS ? message : ml_str_sub(message, at + between.len, message.len);
}

static int cmp_cause(const void *va, const void *vb)
{
	const struct ml_item *a = va, *b = vb;
	int order = ml_str_cmp(cause_of(a), cause_of(b));

	order = order ? order : ml_str_cmp(a->run->uri, b->run->uri);
	return order ? order : ml_item_cmp(a, b);
}

static int cmp_reason(const void *va, const void *vb)
{
	const struct reason *a = va, *b = vb;

	return ml_item_cmp(a->items, b->items);
}

/* Cuts items that are sorted by cause into reasons, the worst first. */
static struct reason *find_reasons(struct ml_page *page, const struct ml_items *items, size_t *n)
{
	struct reason *reasons = ml_alloc_array(page->scratch, items->n, sizeof(*reasons));

	*n = 0;
	if (!reasons)
		return NULL;
	for (size_t i = 0; i < items->n; i++) {
		bool same = i > 0 && items->items[i].run == items->items[i - 1].run &&
			ml_str_eq(cause_of(&items->items[i]), cause_of(&items->items[i - 1]));

		if (!same)
			reasons[(*n)++].items = &items->items[i];
		reasons[*n - 1].n++;
	}
	return ml_sort(page->scratch, reasons, *n, sizeof(*reasons), cmp_reason) ? NULL : reasons;
}

static void put_more(struct ml_page *page, unsigned indent, size_t n)
{
	ml_term_line(&page->term, indent, indent + 2);
	ml_term_printf(&page->term, "… and %zu more%s", n, page->options->verbose ? "" : " (--verbose lists them)");
	ml_term_end(&page->term);
}

static size_t limited(const struct ml_page *page, size_t n, size_t max)
{
	return page->options->verbose || n < max ? n : max;
}

/* severity RULE element, element … of the same rule; how many items that were. */
static size_t put_rule_elements(struct ml_page *page, const struct ml_item *items, size_t n)
{
	struct ml_term *term = &page->term;
	size_t same = 1, shown;

	while (same < n && items[same].result->severity == items->result->severity &&
		ml_str_eq(items[same].result->rule, items->result->rule))
		same++;
	shown = limited(page, same, ELEMENTS_MAX);
	ml_term_line(term, DEEP, DEEP + 4);
	ml_term_style(term, ml_page_style(items->result->severity));
	ml_term_puts(term, ml_report_severity(items->result->severity));
	ml_term_style(term, ML_STYLE_PLAIN);
	ml_term_puts(term, " ");
	ml_term_whole(term, items->result->rule);
	for (size_t i = 0; i < shown; i++) {
		if (items[i].result->element.len == 0)
			continue;
		ml_term_puts(term, i ? ", " : " ");
		ml_term_cut(term, items[i].result->element, TEXT_BYTES);
	}
	if (shown < same)
		ml_term_printf(term, ", … and %zu more", same - shown);
	ml_term_end(term);
	return same;
}

static void put_reason(struct ml_page *page, const struct reason *reason)
{
	const struct ml_place *place = &reason->items->result->place;
	struct ml_term *term = &page->term;
	size_t lines = 0, i = 0;

	ml_term_line(term, INDENT, DEEP);
	ml_page_place(page, reason->items->run, place);
	ml_term_puts(term, ": ");
	ml_term_style(term, ML_STYLE_BOLD);
	if (reason->items->result->message.len)
		ml_term_cut(term, reason->n > 1 ? cause_of(reason->items) : reason->items->result->message, TEXT_BYTES);
	else
		ml_term_puts(term, "no reason was given");
	ml_term_style(term, ML_STYLE_PLAIN);
	ml_term_end(term);
	ml_excerpt_put(term, &(struct ml_excerpt){place->text, place->line, place->col, place->end_col, ML_STYLE_MEDIUM}, INDENT);
	for (; i < reason->n && (page->options->verbose || lines < RULES_MAX); lines++)
		i += put_rule_elements(page, reason->items + i, reason->n - i);
	if (i < reason->n)
		put_more(page, DEEP, reason->n - i);
}

void ml_page_unknown(struct ml_page *page)
{
	struct ml_items items;
	struct reason *reasons;
	size_t n, shown, all = page->tally.by_class[ML_CLASS_UNKNOWN];

	if (all == 0)
		return;
	if (!ml_items_collect(page->findings, page->options->fail_on, 1u << ML_CLASS_UNKNOWN, page->scratch, &items) ||
		ml_sort(page->scratch, items.items, items.n, sizeof(*items.items), cmp_cause))
		return;
	reasons = find_reasons(page, &items, &n);
	if (!reasons)
		return;
	ml_page_heading(page, ML_STYLE_MEDIUM, "COULD NOT BE JUDGED");
	ml_page_count(&page->term, all, "result", "results");
	ml_term_end(&page->term);
	shown = limited(page, n, LIST_MAX);
	for (size_t i = 0; i < shown; i++) {
		ml_term_end(&page->term);
		put_reason(page, &reasons[i]);
	}
	if (shown < n)
		put_more(page, INDENT, n - shown);
	if (all > items.n) {
		ml_term_line(&page->term, INDENT, DEEP);
		ml_term_printf(&page->term, "… and %zu results that the findings only count", all - items.n);
		ml_term_end(&page->term);
	}
}

static void put_diag(struct ml_page *page, const struct ml_run *run, const struct ml_diag *diag)
{
	static const char *const words[] = {"error", "warning", "note"};
	static const enum ml_style styles[] = {ML_STYLE_HIGH, ML_STYLE_MEDIUM, ML_STYLE_INFO};
	unsigned level = (unsigned)diag->level <= ML_DIAG_NOTE ? diag->level : ML_DIAG_NOTE;
	struct ml_term *term = &page->term;

	ml_term_line(term, INDENT, DEEP);
	ml_page_place(page, run, &(struct ml_place){.file = diag->file, .line = diag->line, .col = diag->col});
	ml_term_puts(term, ": ");
	ml_term_style(term, styles[level]);
	ml_term_printf(term, "%s:", words[level]);
	ml_term_style(term, ML_STYLE_PLAIN);
	ml_term_puts(term, " ");
	ml_term_cut(term, diag->message, TEXT_BYTES);
	ml_term_end(term);
	ml_excerpt_put(term, &(struct ml_excerpt){diag->source, diag->line, diag->col, diag->end_col, styles[level]}, INDENT);
	if (diag->hint.len == 0)
		return;
	ml_term_line(term, DEEP, DEEP + 2);
	ml_term_cut(term, diag->hint, TEXT_BYTES);
	ml_term_end(term);
}

static void put_run_diags(struct ml_page *page, const struct ml_run *run)
{
	size_t shown = limited(page, run->ndiags, DIAGS_MAX);

	for (size_t i = 0; i < shown; i++)
		put_diag(page, run, &run->diags[i]);
	if (run->ndiags - shown + run->diags_dropped)
		put_more(page, INDENT, run->ndiags - shown + run->diags_dropped);
}

void ml_page_diags(struct ml_page *page)
{
	const struct ml_findings *findings = page->findings;
	size_t n = 0, targets = 0, shown = 0;

	for (size_t i = 0; i < findings->nruns; i++) {
		n += findings->runs[i].ndiags + findings->runs[i].diags_dropped;
		targets += findings->runs[i].ndiags > 0;
	}
	if (n == 0)
		return;
	ml_page_heading(page, ML_STYLE_BOLD, "ODD OR UNREADABLE");
	ml_page_count(&page->term, n, "remark", "remarks");
	ml_term_end(&page->term);
	for (size_t i = 0; i < findings->nruns && shown < limited(page, targets, LIST_MAX); i++) {
		put_run_diags(page, &findings->runs[i]);
		shown += findings->runs[i].ndiags > 0;
	}
	if (shown < targets)
		put_more(page, INDENT, targets - shown);
}

/* One line: severity place RULE element or waiver. */
static void put_line(struct ml_page *page, const struct ml_item *item)
{
	struct ml_term *term = &page->term;

	ml_term_line(term, INDENT, DEEP);
	ml_page_place(page, item->run, &item->result->place);
	ml_term_puts(term, ": ");
	ml_term_text(term, item->result->rule);
	if (item->result->element.len) {
		ml_term_puts(term, " ");
		ml_term_cut(term, item->result->element, TEXT_BYTES);
	}
	if (item->result->waiver.len) {
		ml_term_puts(term, ": ");
		ml_term_cut(term, item->result->waiver, TEXT_BYTES);
	}
	ml_term_end(term);
}

struct list {
	enum ml_class class;
	const char *title;
	bool verbose; /* only then */
};
static const struct list lists[] = {
	{ML_CLASS_WAIVED, "WAIVED", false},
	{ML_CLASS_KNOWN, "KNOWN FROM THE BASELINE", true},
	{ML_CLASS_NOTAPPLICABLE, "NOT APPLICABLE", true},
	{ML_CLASS_PASSED, "PASSED", true},
};

static void put_list(struct ml_page *page, const struct list *list)
{
	struct ml_items items;
	size_t n = page->tally.by_class[list->class], shown;

	if (n == 0 || (list->verbose && !page->options->verbose))
		return;
	if (!ml_items_collect(page->findings, page->options->fail_on, 1u << list->class, page->scratch, &items))
		return;
	ml_page_heading(page, ML_STYLE_BOLD, list->title);
	ml_page_count(&page->term, n, "result", "results");
	ml_term_end(&page->term);
	shown = limited(page, items.n, LIST_MAX);
	for (size_t i = 0; i < shown; i++)
		put_line(page, &items.items[i]);
	if (shown < n)
		put_more(page, INDENT, n - shown);
}

void ml_page_others(struct ml_page *page)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		put_list(page, &lists[i]);
}

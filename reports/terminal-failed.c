/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal report's main part: what fails at or above the threshold, by severity and rule, and in a line each what fails below it. */
#include "reports/excerpt-priv.h"
#include "reports/terminal-priv.h"

enum {
	PLACES_MAX = 10, /* of one rule in one file; --verbose shows all */
	BECAUSE_MAX = 5,
	ORIGINS_MAX = 4,
	VALUE_BYTES = 200,
	BELOW_MAX = 20, /* lines of the compact list */
	INDENT = 2,
	DEEP = 4,
};

static bool same_rule(const struct ml_item *a, const struct ml_item *b)
{
	return a->result->severity == b->result->severity && ml_str_eq(a->result->rule, b->result->rule);
}

static bool same_file(const struct ml_item *a, const struct ml_item *b)
{
	return same_rule(a, b) && a->order == b->order && ml_str_eq(a->result->place.file, b->result->place.file);
}

/* Results of one rule that its runs only count. */
static size_t unlisted(const struct ml_item *items, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (items[i].rule && (i == 0 || items[i].order != items[i - 1].order))
			count += items[i].rule->unlisted[ML_FAIL];
	return count;
}

/* Items from `from` on that are `same` as the first. */
static size_t group_end(const struct ml_items *items, size_t from, bool (*same)(const struct ml_item *a, const struct ml_item *b))
{
	size_t to = from + 1;

	while (to < items->n && same(&items->items[from], &items->items[to]))
		to++;
	return to;
}

static bool is_at(const struct ml_place *place, const struct ml_place *other)
{
	return place->line == other->line && ml_str_eq(place->file, other->file);
}

static bool has_place(const struct ml_place *place)
{
	return place->file.len || place->line;
}

/* Where a merged, inherited or interpolated value comes from; a value may have come a long way. */
static void put_from(struct ml_page *page, const struct ml_item *item, const struct ml_place *place)
{
	const struct ml_place *origin = place->origin;

	for (size_t i = 0; origin && i < ORIGINS_MAX; i++, place = origin, origin = origin->origin) {
		if (!has_place(origin) || is_at(origin, place))
			continue;
		ml_term_puts(&page->term, " from ");
		ml_page_place(page, item->run, origin);
	}
}

/* fact = value, and where it was written when that is not where the finding already points. */
static void put_because(struct ml_page *page, const struct ml_item *item, const struct ml_because *because)
{
	struct ml_term *term = &page->term;
	const struct ml_place *origin = because->place.origin, *shown = item->result->place.origin;
	bool here = is_at(&because->place, &item->result->place);

	ml_term_line(term, DEEP, DEEP + 4);
	ml_term_style(term, ML_STYLE_DIM);
	ml_term_puts(term, "because ");
	ml_term_style(term, ML_STYLE_PLAIN);
	ml_term_cut(term, because->fact, VALUE_BYTES);
	if (because->value.len) {
		ml_term_puts(term, " = ");
		ml_term_cut(term, because->value, VALUE_BYTES);
	} else {
		ml_term_puts(term, " is not set");
	}
	ml_term_style(term, ML_STYLE_DIM);
	if (has_place(&because->place) && !here) {
		ml_term_puts(term, " at ");
		ml_page_place(page, item->run, &because->place);
	}
	if (origin && !(here && shown && is_at(origin, shown)))
		put_from(page, item, &because->place);
	ml_term_style(term, ML_STYLE_PLAIN);
	ml_term_end(term);
}

static void put_reasons(struct ml_page *page, const struct ml_item *item)
{
	const struct ml_result *result = item->result;
	size_t shown = result->nbecause;

	if (!page->options->verbose && shown > BECAUSE_MAX)
		shown = BECAUSE_MAX;
	for (size_t i = 0; i < shown; i++)
		put_because(page, item, &result->because[i]);
	if (result->nbecause - shown + result->because_dropped == 0)
		return;
	ml_term_line(&page->term, DEEP, DEEP + 4);
	ml_term_puts(&page->term, "… and ");
	ml_page_count(&page->term, result->nbecause - shown + result->because_dropped, "more fact", "more facts");
	ml_term_end(&page->term);
}

static void put_origin(struct ml_page *page, const struct ml_item *item)
{
	const struct ml_place *origin = item->result->place.origin;

	if (!origin || !has_place(origin) || is_at(origin, &item->result->place))
		return;
	ml_term_line(&page->term, DEEP, DEEP + 4);
	ml_term_style(&page->term, ML_STYLE_DIM);
	put_from(page, item, &item->result->place);
	ml_term_style(&page->term, ML_STYLE_PLAIN);
	ml_term_end(&page->term);
	ml_excerpt_put(&page->term, &(struct ml_excerpt){origin->text, origin->line, origin->col, origin->end_col, ML_STYLE_DIM}, INDENT);
}

static void put_finding(struct ml_page *page, const struct ml_item *item)
{
	const struct ml_place *place = &item->result->place;
	struct ml_term *term = &page->term;

	ml_term_line(term, INDENT, DEEP);
	ml_term_style(term, ML_STYLE_BOLD);
	ml_page_place(page, item->run, place);
	ml_term_style(term, ML_STYLE_PLAIN);
	ml_term_puts(term, ": ");
	ml_page_message(page, item->result);
	ml_term_end(term);
	ml_excerpt_put(term, &(struct ml_excerpt){place->text, place->line, place->col, place->end_col,
				     ml_page_style(item->result->severity)}, INDENT);
	put_origin(page, item);
	put_reasons(page, item);
}

/* Places of one rule in one file. */
static void put_places(struct ml_page *page, const struct ml_item *items, size_t n)
{
	size_t shown = !page->options->verbose && n > PLACES_MAX ? PLACES_MAX : n;
	const struct ml_str file = items->result->place.file.len ? items->result->place.file : items->run->uri;

	for (size_t i = 0; i < shown; i++)
		put_finding(page, &items[i]);
	if (shown == n)
		return;
	ml_term_line(&page->term, INDENT, DEEP);
	ml_term_puts(&page->term, "… and ");
	ml_page_count(&page->term, n - shown, "more place in ", "more places in ");
	ml_term_whole(&page->term, file);
	ml_term_puts(&page->term, " (--verbose lists them)");
	ml_term_end(&page->term);
}

static void put_label(struct ml_page *page, const char *label, struct ml_str prose)
{
	struct ml_term *term = &page->term;

	if (prose.len == 0)
		return;
	ml_term_line(term, INDENT, INDENT + 5);
	ml_term_style(term, ML_STYLE_GOOD);
	ml_term_puts(term, label);
	ml_term_style(term, ML_STYLE_PLAIN);
	ml_term_pad(term, (unsigned)(5 - strlen(label)));
	ml_term_prose(term, prose);
	ml_term_end(term);
}

static void put_refs(struct ml_page *page, const struct ml_rule_text *rule)
{
	struct ml_term *term = &page->term;

	if (rule->nrefs == 0)
		return;
	ml_term_line(term, INDENT, INDENT + 5);
	ml_term_style(term, ML_STYLE_GOOD);
	ml_term_puts(term, "refs");
	ml_term_style(term, ML_STYLE_PLAIN);
	for (size_t i = 0; i < rule->nrefs; i++) {
		ml_term_puts(term, i ? "; " : " ");
		ml_term_text(term, rule->refs[i].framework);
		for (size_t j = 0; j < rule->refs[i].n; j++) {
			ml_term_puts(term, j ? ", " : " ");
			ml_term_text(term, rule->refs[i].ids[j]);
		}
	}
	ml_term_end(term);
}

static void put_rule_head(struct ml_page *page, const struct ml_item *item)
{
	struct ml_term *term = &page->term;

	ml_term_end(term);
	ml_term_line(term, 0, INDENT);
	ml_term_style(term, ml_page_style(item->result->severity));
	ml_term_whole(term, item->result->rule);
	ml_term_style(term, ML_STYLE_PLAIN);
	if (item->rule && item->rule->title.len) {
		ml_term_puts(term, ": ");
		ml_term_style(term, ML_STYLE_BOLD);
		ml_term_prose(term, item->rule->title);
		ml_term_style(term, ML_STYLE_PLAIN);
	}
	ml_term_end(term);
}

static void put_unlisted(struct ml_page *page, size_t n)
{
	if (n == 0)
		return;
	ml_term_line(&page->term, INDENT, DEEP);
	ml_term_printf(&page->term, "… and %zu more that the findings only count", n);
	ml_term_end(&page->term);
}

static void put_rule(struct ml_page *page, const struct ml_items *items, size_t from, size_t to)
{
	const struct ml_rule_text *rule = items->items[from].rule;

	put_rule_head(page, &items->items[from]);
	for (size_t i = from, end; i < to; i = end) {
		end = group_end(items, i, same_file);
		put_places(page, &items->items[i], end - i);
	}
	put_unlisted(page, unlisted(&items->items[from], to - from));
	if (!rule)
		return;
	if (page->options->verbose)
		put_label(page, "why", rule->rationale);
	put_label(page, "fix", rule->fix);
	if (page->options->verbose)
		put_refs(page, rule);
}

static void put_severity(struct ml_page *page, enum ml_severity severity)
{
	static const char *const titles[] = {"INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL"};
	unsigned known = (unsigned)severity < ML_SEVERITIES ? severity : ML_SEV_INFO;

	ml_page_heading(page, ml_page_style(severity), titles[known]);
	ml_page_count(&page->term, page->tally.failed[known], "finding", "findings");
	ml_term_end(&page->term);
}

static void put_rules(struct ml_page *page, const struct ml_items *items)
{
	for (size_t i = 0, end; i < items->n; i = end) {
		end = group_end(items, i, same_rule);
		put_rule(page, items, i, end);
	}
}

/* The part of the items from `from` on that has one severity. */
static struct ml_items of_severity(const struct ml_items *items, size_t from)
{
	struct ml_items part = {items->items + from, 1};

	while (from + part.n < items->n && part.items[part.n].result->severity == part.items->result->severity)
		part.n++;
	return part;
}

void ml_page_failed(struct ml_page *page)
{
	struct ml_items items, part;

	if (!ml_items_collect(page->findings, page->options->fail_on, 1u << ML_CLASS_FAILED, page->scratch, &items))
		return;
	for (size_t i = 0; i < items.n; i += part.n) {
		part = of_severity(&items, i);
		put_severity(page, part.items->result->severity);
		put_rules(page, &part);
	}
}

/* A rule's findings in one line: the first place stands for all. */
static void put_below(struct ml_page *page, const struct ml_item *item, size_t listed)
{
	size_t n = listed + unlisted(item, listed);
	struct ml_term *term = &page->term;
	const char *severity = ml_report_severity(item->result->severity);

	ml_term_line(term, INDENT, INDENT + 7);
	ml_term_style(term, ml_page_style(item->result->severity));
	ml_term_puts(term, severity);
	ml_term_style(term, ML_STYLE_PLAIN);
	ml_term_pad(term, strlen(severity) < 7 ? (unsigned)(7 - strlen(severity)) : 1);
	ml_page_place(page, item->run, &item->result->place);
	ml_term_puts(term, ": ");
	ml_term_text(term, item->result->rule);
	ml_term_puts(term, ": ");
	ml_page_message(page, item->result);
	if (n > 1) {
		ml_term_puts(term, " (and ");
		ml_page_count(term, n - 1, "more place)", "more places)");
	}
	ml_term_end(term);
}

static void put_below_lines(struct ml_page *page, const struct ml_items *items)
{
	size_t lines = 0, i = 0, done = 0;

	for (size_t end; i < items->n && lines < BELOW_MAX; i = end, lines++) {
		end = group_end(items, i, same_rule);
		put_below(page, &items->items[i], end - i);
		done += end - i + unlisted(&items->items[i], end - i);
	}
	if (i == items->n)
		return;
	ml_term_line(&page->term, INDENT, DEEP);
	ml_term_printf(&page->term, "… and %zu more (--verbose lists them)", page->tally.by_class[ML_CLASS_BELOW] - done);
	ml_term_end(&page->term);
}

void ml_page_below(struct ml_page *page)
{
	struct ml_items items;
	size_t n = page->tally.by_class[ML_CLASS_BELOW];

	if (n == 0 || !ml_items_collect(page->findings, page->options->fail_on, 1u << ML_CLASS_BELOW, page->scratch, &items))
		return;
	ml_page_heading(page, ML_STYLE_BOLD, "BELOW THE THRESHOLD");
	ml_page_count(&page->term, n, "finding under ", "findings under ");
	ml_term_puts(&page->term, ml_report_severity(page->options->fail_on));
	ml_term_end(&page->term);
	if (!page->options->verbose)
		put_below_lines(page, &items);
	else
		put_rules(page, &items);
}

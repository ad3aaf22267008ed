/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of one target: its files, its places, its lines. */
#include "facts/facts.h"

#include "base/error.h"
#include "base/sha256.h"
#include "facts/lines.h"

enum { SOURCES = 4096, LOCS = 1 << 26, WAIVERS = 10000 };

struct ml_facts *ml_facts_new(struct ml_arena *arena, const struct ml_kind *kind, struct ml_str uri)
{
	struct ml_facts *facts = ml_alloc(arena, sizeof(*facts));

	if (!facts)
		return NULL;
	facts->arena = arena;
	facts->kind = kind;
	facts->uri = uri;
	facts->diags.arena = arena;
	facts->root = ml_unknown(ML_STR("nothing was read"));
	ml_facts_loc_more(facts, (struct ml_loc){0}); /* "none" */
	return facts->nlocs ? facts : NULL;
}

static int add_waiver(struct ml_facts *facts, uint32_t file, uint32_t line, struct ml_str text, size_t at)
{
	struct ml_str comment = ml_str_trim(ml_str_sub(text, at, text.len));

	if (facts->nwaivers >= WAIVERS)
		return ML_ELIMIT;
	if (ml_alloc_grow(facts->arena, &facts->waivers, &facts->waivers_cap, facts->nwaivers + 1, sizeof(*facts->waivers)))
		return ML_ENOMEM;
	facts->waivers[facts->nwaivers++] = (struct ml_comment){file, line, (uint32_t)at + 1, ml_str_dup(facts->arena, comment)};
	return 0;
}

/* "# merlon:waive" with only white space between '#' and the word, at the start of a line or after white space. */
static size_t waiver_in(struct ml_str line)
{
	size_t word = ml_str_find(line, ML_STR("merlon:waive"));
	size_t hash = word;

	if (word == ML_NPOS)
		return ML_NPOS;
	while (hash > 0 && (line.ptr[hash - 1] == ' ' || line.ptr[hash - 1] == '\t'))
		hash--;
	if (hash == 0 || line.ptr[hash - 1] != '#')
		return ML_NPOS;
	hash--;
	return hash == 0 || line.ptr[hash - 1] == ' ' || line.ptr[hash - 1] == '\t' ? word : ML_NPOS;
}

static int find_waivers(struct ml_facts *facts, uint32_t file, struct ml_str bytes)
{
	struct ml_str line, rest = bytes;

	if (ml_str_find(bytes, ML_STR("merlon:waive")) == ML_NPOS)
		return 0;
	for (uint32_t n = 1; ml_str_split(&rest, '\n', &line); n++) {
		size_t at = waiver_in(line);
		int r = at == ML_NPOS ? 0 : add_waiver(facts, file, n, line, at);
		if (r)
			return r;
	}
	return 0;
}

int ml_facts_source(struct ml_facts *facts, struct ml_str name, struct ml_str bytes)
{
	struct ml_source *source;
	int r;

	if (facts->nsources >= SOURCES)
		return ML_ELIMIT;
	if (ml_alloc_grow(facts->arena, &facts->sources, &facts->sources_cap, facts->nsources + 1, sizeof(*facts->sources)))
		return ML_ENOMEM;
	source = &facts->sources[facts->nsources];
	*source = (struct ml_source){.name = name, .bytes = bytes};
	ml_sha256(bytes, source->sha256);
	r = find_waivers(facts, (uint32_t)facts->nsources, bytes);
	return r ? r : (int)facts->nsources++;
}

static bool same(const struct ml_loc *a, const struct ml_loc *b)
{
	return a->file == b->file && a->line == b->line && a->col == b->col && a->end_col == b->end_col &&
		a->key_line == b->key_line && a->key_col == b->key_col && a->origin == b->origin;
}

static struct ml_loc *new_page(struct ml_facts *facts)
{
	size_t page = facts->nlocs / ML_LOC_PAGE;
	struct ml_loc *locs;

	if (ml_alloc_grow(facts->arena, &facts->loc_pages, &facts->loc_pages_cap, page + 1, sizeof(*facts->loc_pages)))
		return NULL;
	locs = ml_alloc_array(facts->arena, ML_LOC_PAGE, sizeof(*locs));
	facts->loc_pages[page] = locs;
	return locs;
}

uint32_t ml_facts_loc_more(struct ml_facts *facts, struct ml_loc loc)
{
	if (facts->nlocs >= LOCS || (facts->nlocs % ML_LOC_PAGE == 0 && !new_page(facts)))
		return 0;
	facts->loc_pages[facts->nlocs / ML_LOC_PAGE][facts->nlocs % ML_LOC_PAGE] = loc;
	return (uint32_t)facts->nlocs++;
}

uint32_t ml_facts_loc(struct ml_facts *facts, struct ml_loc loc)
{
	const struct ml_loc *last = ml_facts_at(facts, (uint32_t)facts->nlocs - 1);

	return last && same(last, &loc) ? (uint32_t)facts->nlocs - 1 : ml_facts_loc_more(facts, loc);
}

static struct ml_str kept_line(const struct ml_source *source, uint32_t number)
{
	size_t low = 0, high = source->nlines;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (source->lines[middle].number == number)
			return source->lines[middle].text;
		if (source->lines[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return ML_STR_NONE;
}

struct ml_str ml_facts_line(const struct ml_facts *facts, struct ml_arena *arena, uint32_t file, uint32_t line)
{
	const struct ml_source *source;
	struct ml_str text;

	if (file >= facts->nsources)
		return ML_STR_NONE;
	source = &facts->sources[file];
	text = kept_line(source, line);
	if (text.ptr || !source->bytes.ptr)
		return text;
	text = ml_text_line(source->bytes, line);
	return text.ptr ? ml_source_redact(source, arena, text, (size_t)(text.ptr - source->bytes.ptr)) : text;
}

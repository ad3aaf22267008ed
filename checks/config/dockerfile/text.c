/* SPDX-License-Identifier: Apache-2.0 */
/* Text with a memory of where each byte was written, and offsets as lines and columns. */
#include "checks/config/dockerfile/text.h"

#include "base/error.h"

enum { STEP = 256 };

size_t ml_df_seg_index(const struct ml_df_text *text, size_t at)
{
	size_t low = 0, high = text->nsegs;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (text->segs[middle].at <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static const struct ml_df_seg *seg_at(const struct ml_df_text *text, size_t at)
{
	return &text->segs[ml_df_seg_index(text, at)];
}

uint32_t ml_df_origin(const struct ml_df_text *text, size_t at, bool *fixed)
{
	const struct ml_df_seg *seg;

	if (fixed)
		*fixed = false;
	if (text->nsegs == 0)
		return 0;
	if (text->s.len && at >= text->s.len)
		at = text->s.len - 1;
	seg = seg_at(text, at);
	if (fixed)
		*fixed = seg->fixed;
	return seg->fixed || at < seg->at ? seg->from : seg->from + (uint32_t)(at - seg->at);
}

/* Whether `from` carries on where the latest segment is. */
static bool goes_on(const struct ml_df_build *build, uint32_t from, bool fixed)
{
	const struct ml_df_seg *last = build->nsegs ? &build->segs[build->nsegs - 1] : NULL;

	if (!last || last->fixed != fixed)
		return false;
	return fixed ? last->from == from : last->from + (build->len - last->at) == from;
}

void ml_df_put(struct ml_df_build *build, const char *bytes, size_t len, uint32_t from, bool fixed)
{
	if (len == 0 || build->len + len > UINT32_MAX)
		return;
	if (!goes_on(build, from, fixed)) {
		if (ml_alloc_grow(build->arena, &build->segs, &build->segs_cap, build->nsegs + 1, sizeof(*build->segs)))
			return;
		build->segs[build->nsegs++] = (struct ml_df_seg){(uint32_t)build->len, from, fixed};
	}
	if (ml_alloc_grow(build->arena, &build->ptr, &build->cap, build->len + len, 1))
		return;
	memcpy(build->ptr + build->len, bytes, len);
	build->len += len;
}

void ml_df_put_text(struct ml_df_build *build, const struct ml_df_text *text, size_t from, size_t to)
{
	if (to > text->s.len)
		to = text->s.len;
	while (from < to && text->nsegs) {
		const struct ml_df_seg *seg = seg_at(text, from);
		size_t end = seg + 1 < text->segs + text->nsegs ? seg[1].at : text->s.len;
		if (end > to)
			end = to;
		ml_df_put(build, text->s.ptr + from, end - from, ml_df_origin(text, from, NULL), seg->fixed);
		from = end;
	}
}

struct ml_df_text ml_df_built(const struct ml_df_build *build)
{
	return (struct ml_df_text){{build->ptr, build->len}, build->segs, build->nsegs};
}

struct ml_df_text ml_df_part(struct ml_arena *arena, const struct ml_df_text *text, size_t from, size_t to)
{
	struct ml_df_text part = {.s = ml_str_sub(text->s, from, to)};
	const struct ml_df_seg *first, *last;
	struct ml_df_seg *segs;

	if (part.s.len == 0)
		return part;
	first = seg_at(text, from);
	last = seg_at(text, from + part.s.len - 1);
	segs = ml_alloc_array(arena, (size_t)(last - first) + 1, sizeof(*segs));
	if (!segs)
		return (struct ml_df_text){0};
	for (const struct ml_df_seg *seg = first; seg <= last; seg++, part.nsegs++)
		segs[part.nsegs] = (struct ml_df_seg){seg->at > from ? seg->at - (uint32_t)from : 0, seg->from, seg->fixed};
	segs[0].from = ml_df_origin(text, from, NULL);
	part.segs = segs;
	return part;
}

static bool starts_character(char byte)
{
	return ((unsigned char)byte & 0xc0) != 0x80;
}

int ml_df_lines_of(struct ml_arena *arena, struct ml_str bytes, struct ml_df_lines *lines)
{
	uint32_t count = 0;

	*lines = (struct ml_df_lines){.bytes = bytes};
	lines->counts = ml_alloc_array(arena, bytes.len / STEP + 1, sizeof(*lines->counts));
	if (!lines->counts || ml_alloc_grow(arena, &lines->starts, &lines->cap, 1, sizeof(*lines->starts)))
		return ML_ENOMEM;
	lines->n = 1;
	for (size_t i = 0; i < bytes.len; i++) {
		if (i % STEP == 0)
			lines->counts[i / STEP] = count;
		count += starts_character(bytes.ptr[i]);
		if (bytes.ptr[i] != '\n')
			continue;
		if (ml_alloc_grow(arena, &lines->starts, &lines->cap, lines->n + 1, sizeof(*lines->starts)))
			return ML_ENOMEM;
		lines->starts[lines->n++] = (uint32_t)i + 1;
	}
	if (bytes.len % STEP == 0)
		lines->counts[bytes.len / STEP] = count;
	return 0;
}

static uint32_t characters_before(const struct ml_df_lines *lines, uint32_t offset)
{
	uint32_t count = lines->counts[offset / STEP];

	for (uint32_t i = offset / STEP * STEP; i < offset; i++)
		count += starts_character(lines->bytes.ptr[i]);
	return count;
}

void ml_df_place(const struct ml_df_lines *lines, uint32_t offset, uint32_t *line, uint32_t *col)
{
	size_t low = 0, high = lines->n;

	if (offset > lines->bytes.len)
		offset = (uint32_t)lines->bytes.len;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (lines->starts[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	*line = (uint32_t)low + 1;
	*col = characters_before(lines, offset) - characters_before(lines, lines->starts[low]) + 1;
}

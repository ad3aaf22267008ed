/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a target's files: an index of their starts, and secrets hidden. */
#include "facts/lines.h"

#include "base/error.h"
#include "base/utf8.h"

enum { LINE_BYTES = 400 };

int ml_lines_begin(struct ml_lines *lines, const struct ml_facts *facts, struct ml_arena *arena)
{
	*lines = (struct ml_lines){.facts = facts, .arena = arena};
	lines->files = ml_alloc_array(arena, facts->nsources, sizeof(*lines->files));
	return lines->files ? 0 : ML_ENOMEM;
}

bool ml_lines_look(struct ml_lines *lines, uint32_t file)
{
	struct ml_str bytes = lines->facts->sources[file].bytes;
	struct ml_line_starts *starts = &lines->files[file];
	size_t n = 1;

	if (starts->at)
		return true;
	for (size_t i = 0; i < bytes.len; i++)
		n += bytes.ptr[i] == '\n';
	starts->at = bytes.len > UINT32_MAX ? NULL : ml_alloc_array(lines->arena, n, sizeof(*starts->at));
	if (!starts->at)
		return false;
	starts->n = 1;
	for (size_t i = 0; i < bytes.len; i++)
		if (bytes.ptr[i] == '\n')
			starts->at[starts->n++] = (uint32_t)i + 1;
	return true;
}

struct ml_str ml_lines_get(struct ml_lines *lines, uint32_t file, uint32_t line)
{
	const struct ml_source *source;
	const struct ml_line_starts *starts;
	size_t from, to;

	if (file >= lines->facts->nsources || line == 0)
		return ML_STR_NONE;
	source = &lines->facts->sources[file];
	if (!source->bytes.ptr || source->nlines)
		return ml_facts_line(lines->facts, lines->arena, file, line);
	if (!ml_lines_look(lines, file) || line > lines->files[file].n)
		return ML_STR_NONE;
	starts = &lines->files[file];
	from = starts->at[line - 1];
	to = line < starts->n ? starts->at[line] - 1 : source->bytes.len;
	to -= to > from && source->bytes.ptr[to - 1] == '\r';
	return ml_source_redact(source, lines->arena, ml_str_sub(source->bytes, from, to), from);
}

/* The first span that ends behind `from`. */
static size_t first_secret(const struct ml_source *source, size_t from)
{
	size_t low = 0, high = source->nsecrets;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (source->secrets[middle].to <= from)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct ml_str ml_source_redact(const struct ml_source *source, struct ml_arena *arena, struct ml_str line, size_t from)
{
	ML_BUF_AUTO out;
	size_t at = 0;

	ml_buf_init(&out, line.len + LINE_BYTES + 4096);
	for (size_t i = first_secret(source, from); i < source->nsecrets && out.len <= LINE_BYTES; i++) {
		size_t start = source->secrets[i].from, end = source->secrets[i].to;
		if (start >= from + line.len)
			break;
		start = start > from ? start - from : 0;
		ml_buf_str(&out, ml_str_sub(line, at, start));
		ml_buf_puts(&out, "***");
		at = end - from < line.len ? end - from : line.len;
	}
	if (out.len <= LINE_BYTES)
		ml_buf_str(&out, ml_str_sub(line, at, at + LINE_BYTES + 4));
	return ml_str_dup(arena, ml_utf8_cut(ml_buf_get(&out), LINE_BYTES));
}

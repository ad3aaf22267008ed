/* SPDX-License-Identifier: Apache-2.0 */
/* Fact files out: what stands around the trees, the locations they point to, and the lines kept as evidence. */
#include <inttypes.h>

#include "base/sha256.h"
#include "base/sort.h"
#include "facts/diag-json.h"
#include "facts/factfile-priv.h"
#include "facts/lines.h"

/* Numbers the location and those behind it in the order in which the facts point to them. */
static void number_loc(struct ml_fact_writer *w, const struct ml_facts *facts, uint32_t loc)
{
	while (loc && loc < facts->nlocs && w->number[loc] == 0) {
		w->order[w->norder++] = loc;
		w->number[loc] = (uint32_t)w->norder;
		loc = ml_facts_at(facts, loc)->origin;
	}
}

static void number_value(struct ml_fact_writer *w, const struct ml_facts *facts, const struct ml_value *value, int depth);

static void number_record(struct ml_fact_writer *w, const struct ml_facts *facts, const struct ml_record *record, int depth)
{
	uint8_t slots[ML_RECORD_MAX];
	size_t n = ml_record_sorted(record, slots);

	for (size_t i = 0; i < n; i++)
		number_value(w, facts, ml_record_get(record, slots[i]), depth);
}

static void number_value(struct ml_fact_writer *w, const struct ml_facts *facts, const struct ml_value *value, int depth)
{
	number_loc(w, facts, value->loc);
	if (depth > ML_FACT_DEPTH)
		return;
	if (value->kind == ML_V_RECORD)
		number_record(w, facts, value->record, depth + 1);
	for (uint32_t i = 0; value->kind == ML_V_LIST && i < value->len; i++)
		number_value(w, facts, &value->items[i], depth + 1);
	for (uint32_t i = 0; value->kind == ML_V_MAP && i < value->len; i++) {
		number_loc(w, facts, value->entries[i].key.loc);
		number_value(w, facts, &value->entries[i].value, depth + 1);
	}
}

static void write_str(struct ml_json *json, const char *key, struct ml_str s)
{
	ml_json_key(json, key);
	ml_json_str(json, s);
}

static void write_count(struct ml_json *json, const char *key, size_t n)
{
	ml_json_key(json, key);
	ml_json_uint(json, n);
}

/* Numbers in one line, without the zeros at the end. */
static void write_numbers(struct ml_json *json, const uint32_t *numbers, size_t n)
{
	while (n > 1 && numbers[n - 1] == 0)
		n--;
	ml_json_raw(json, ML_STR("["));
	for (size_t i = 0; i < n; i++)
		ml_buf_printf(json->out, "%s%" PRIu32, i ? "," : "", numbers[i]);
	ml_buf_putc(json->out, ']');
}

static void write_locations(struct ml_json *json, const struct ml_fact_writer *w, const struct ml_facts *facts)
{
	ml_json_key(json, "locations");
	ml_json_array(json);
	for (size_t i = 0; i < w->norder; i++) {
		const struct ml_loc *loc = ml_facts_at(facts, w->order[i]);
		uint32_t numbers[] = {loc->file, loc->line, loc->col, loc->end_col, loc->key_line, loc->key_col,
			loc->origin < facts->nlocs ? w->number[loc->origin] : 0};
		write_numbers(json, numbers, 7);
	}
	ml_json_end_array(json);
}

static void write_diagnostics(struct ml_json *json, const struct ml_diags *diags)
{
	ml_json_key(json, "diagnostics");
	ml_json_object(json);
	write_count(json, "dropped", diags->dropped);
	write_count(json, "errors", diags->errors);
	ml_json_key(json, "items");
	ml_json_array(json);
	for (size_t i = 0; i < diags->n; i++)
		ml_diag_write(json, &diags->items[i]);
	ml_json_end_array(json);
	write_count(json, "warnings", diags->warnings);
	ml_json_end_object(json);
}

static void write_waivers(struct ml_json *json, const struct ml_facts *facts)
{
	ml_json_key(json, "waivers");
	ml_json_array(json);
	for (size_t i = 0; i < facts->nwaivers; i++) {
		const struct ml_comment *comment = &facts->waivers[i];
		ml_json_object(json);
		write_count(json, "column", comment->col);
		write_count(json, "file", comment->file);
		write_count(json, "line", comment->line);
		write_str(json, "text", comment->text);
		ml_json_end_object(json);
	}
	ml_json_end_array(json);
}

/* A line as one number, so that they sort. */
static uint64_t line_key(uint32_t file, uint32_t line)
{
	return (uint64_t)file << 32 | line;
}

static int by_line(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

struct wanted {
	uint64_t *keys;
	size_t n;
};

/* The lines that something points to, sorted, each once. */
static bool want_lines(const struct ml_fact_writer *w, const struct ml_facts *facts, struct wanted *out)
{
	size_t n = 0, kept = 0;

	out->keys = ml_alloc_array(facts->arena, 2 * w->norder + facts->nwaivers + 1, sizeof(*out->keys));
	if (!out->keys)
		return false;
	out->keys[n++] = line_key(0, 1); /* the place of what has none */
	for (size_t i = 0; i < w->norder; i++) {
		const struct ml_loc *loc = ml_facts_at(facts, w->order[i]);
		out->keys[n++] = line_key(loc->file, loc->line);
		out->keys[n++] = line_key(loc->file, loc->key_line);
	}
	for (size_t i = 0; i < facts->nwaivers; i++)
		out->keys[n++] = line_key(facts->waivers[i].file, facts->waivers[i].line);
	if (ml_sort(facts->arena, out->keys, n, sizeof(*out->keys), by_line))
		return false;
	for (size_t i = 0; i < n; i++)
		if (i == 0 || out->keys[i] != out->keys[i - 1])
			out->keys[kept++] = out->keys[i];
	out->n = kept;
	return true;
}

static void write_line(struct ml_json *json, struct ml_lines *lines, uint64_t key)
{
	struct ml_arena_mark mark = ml_arena_mark(lines->arena);
	struct ml_str text = ml_lines_get(lines, (uint32_t)(key >> 32), (uint32_t)key);
	struct ml_json one;

	if (!text.ptr)
		return;
	ml_json_raw(json, ML_STR("["));
	ml_buf_printf(json->out, "%" PRIu32 ",", (uint32_t)key);
	ml_json_begin(&one, json->out, 0);
	ml_json_str(&one, text);
	ml_buf_putc(json->out, ']');
	ml_arena_release(lines->arena, mark);
}

static void write_sources(struct ml_json *json, const struct ml_facts *facts, struct ml_lines *lines, const struct wanted *wanted)
{
	size_t at = 0;

	ml_json_key(json, "sources");
	ml_json_array(json);
	for (uint32_t i = 0; i < facts->nsources; i++) {
		char hex[65];
		ml_json_object(json);
		ml_json_key(json, "lines");
		ml_json_array(json);
		ml_lines_look(lines, i);
		for (; at < wanted->n && wanted->keys[at] >> 32 <= i; at++)
			write_line(json, lines, wanted->keys[at]);
		ml_json_end_array(json);
		write_str(json, "name", facts->sources[i].name);
		ml_hex(facts->sources[i].sha256, 32, hex);
		write_str(json, "sha256", ml_str(hex));
		ml_json_end_object(json);
	}
	ml_json_end_array(json);
}

static void write_file(struct ml_fact_writer *w, const struct ml_facts *facts, struct ml_lines *lines, const struct wanted *wanted)
{
	struct ml_json json;

	ml_json_begin(&json, w->out, 1);
	ml_json_object(&json);
	write_diagnostics(&json, &facts->diags);
	ml_json_key(&json, "facts");
	ml_json_raw(&json, ML_STR_NONE);
	ml_fact_write(w, &facts->root, facts->kind->root, 1);
	ml_json_key(&json, "incomplete");
	ml_json_bool(&json, facts->incomplete);
	write_str(&json, "kind", ml_str(facts->kind->name));
	write_locations(&json, w, facts);
	write_str(&json, "merlon", ML_STR("facts/v1"));
	ml_json_key(&json, "places");
	ml_json_raw(&json, ML_STR_NONE);
	ml_places_write(w, &facts->root);
	write_sources(&json, facts, lines, wanted);
	write_str(&json, "uri", facts->uri);
	write_waivers(&json, facts);
	ml_json_end_object(&json);
	ml_buf_putc(w->out, '\n');
}

void ml_factfile_write(const struct ml_facts *facts, struct ml_buf *out)
{
	struct ml_arena_mark mark = ml_arena_mark(facts->arena);
	struct ml_fact_writer w = {.out = out, .nlocs = facts->nlocs};
	struct ml_lines lines;
	struct wanted wanted = {0};

	w.number = ml_alloc_array(facts->arena, facts->nlocs, sizeof(*w.number));
	w.order = ml_alloc_array(facts->arena, facts->nlocs, sizeof(*w.order));
	if (w.number && w.order)
		number_value(&w, facts, &facts->root, 1);
	if (!w.number || !w.order || !want_lines(&w, facts, &wanted) || ml_lines_begin(&lines, facts, facts->arena))
		out->error = out->error ? out->error : ML_ENOMEM;
	else
		write_file(&w, facts, &lines, &wanted);
	if (ml_arena_failed(facts->arena) && !out->error)
		out->error = ML_ENOMEM; /* a line is missing */
	ml_arena_release(facts->arena, mark);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Fact files in: strict, and the inverse of factfile-write.c. */
#include "base/sha256.h"
#include "facts/diag-json.h"
#include "facts/factfile-priv.h"
#include "facts/kinds.h"

/* A document being read. Its parts need each other, whatever their order in it: they are noted first. */
struct document {
	struct ml_facts *facts;
	const struct ml_kind *kind;
	json_t *tree, *places;
};

static bool note(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	*(json_t **)at = json;
	return true;
}

static bool read_version(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	if (!json_is_string(json) || strcmp(json_string_value(json), "facts/v1") != 0)
		return ml_jread_want(r, path, json, "\"facts/v1\"");
	return true;
}

static bool read_kind(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	struct document *d = at;
	struct ml_str name;

	if (!ml_jread_str(r, path, json, &name))
		return false;
	if (!d->kind)
		d->kind = ml_kind_find(name);
	if (!d->kind || !ml_str_is(name, d->kind->name))
		return ml_jread_fail(r, path, ML_ETYPE, "no kind of facts is called \"%.*s\"", (int)(name.len < 60 ? name.len : 60), name.ptr);
	return true;
}

static bool read_uri(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	return ml_jread_str(r, path, json, &((struct document *)at)->facts->uri);
}

static bool read_incomplete(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	return ml_jread_bool(r, path, json, &((struct document *)at)->facts->incomplete);
}

static bool read_location(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	struct ml_loc *loc = at;
	uint32_t *fields[] = {&loc->file, &loc->line, &loc->col, &loc->end_col, &loc->key_line, &loc->key_col, &loc->origin};
	size_t n = json_array_size(json);

	if (!json_is_array(json) || n == 0 || n > 7)
		return ml_jread_want(r, path, json, "[file, line, column, end column, key's line, key's column, origin]");
	for (size_t i = 0; i < n; i++) {
		struct ml_jpath number = {path, NULL, i};
		if (!ml_jread_u32(r, &number, json_array_get(json, i), fields[i]))
			return false;
	}
	return true;
}

/* locs[0] is "none". */
static bool read_locations(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	struct ml_facts *facts = ((struct document *)at)->facts;
	struct ml_loc *locs;
	size_t n = 0;

	if (!ml_jread_array(r, path, json, sizeof(*locs), read_location, &locs, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (ml_facts_loc_more(facts, locs[i]) == 0)
			return ml_jread_nomem(r);
	return true;
}

static bool read_line(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	struct ml_line *line = at;
	struct ml_jpath number = {path, NULL, 0}, text = {path, NULL, 1};

	if (!json_is_array(json) || json_array_size(json) != 2)
		return ml_jread_want(r, path, json, "[number, text]");
	if (!ml_jread_u32(r, &number, json_array_get(json, 0), &line->number) || !ml_jread_str(r, &text, json_array_get(json, 1), &line->text))
		return false;
	/* 400 bytes of which each, being no UTF-8, may have become three. */
	return line->text.len <= 1200 ? true : ml_jread_fail(r, &text, ML_ELIMIT, "a line of more than 1,200 bytes");
}

static bool read_lines(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	struct ml_source *source = at;
	struct ml_line *lines;

	if (!ml_jread_array(r, path, json, sizeof(*lines), read_line, &lines, &source->nlines))
		return false;
	for (size_t i = 1; i < source->nlines; i++)
		if (lines[i - 1].number >= lines[i].number)
			return ml_jread_fail(r, path, ML_ETYPE, "its lines are not in order");
	source->lines = lines;
	return true;
}

static bool read_digest(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	struct ml_source *source = at;
	char hex[65] = "";

	if (!ml_jread_hex(r, path, json, 64, hex))
		return false;
	if (!hex[0])
		return ml_jread_fail(r, path, ML_ETYPE, "want 64 lower-case hexadecimal digits");
	for (size_t i = 0; i < 32; i++) {
		char high = hex[2 * i], low = hex[2 * i + 1];
		source->sha256[i] = (uint8_t)((high <= '9' ? high - '0' : high - 'a' + 10) << 4 | (low <= '9' ? low - '0' : low - 'a' + 10));
	}
	return true;
}

static const struct ml_jfield source_fields[] = {
	{"lines", true, 0, read_lines},
	{"name", true, offsetof(struct ml_source, name), ml_jread_str},
	{"sha256", true, 0, read_digest},
};

static bool read_source(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	return ml_jread_object(r, path, json, source_fields, sizeof(source_fields) / sizeof(source_fields[0]), at);
}

static bool read_sources(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	struct ml_facts *facts = ((struct document *)at)->facts;

	return ml_jread_array(r, path, json, sizeof(*facts->sources), read_source, &facts->sources, &facts->nsources);
}

static const struct ml_jfield comment_fields[] = {
	{"column", true, offsetof(struct ml_comment, col), ml_jread_u32},
	{"file", true, offsetof(struct ml_comment, file), ml_jread_u32},
	{"line", true, offsetof(struct ml_comment, line), ml_jread_u32},
	{"text", true, offsetof(struct ml_comment, text), ml_jread_str},
};

static bool read_comment(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	return ml_jread_object(r, path, json, comment_fields, sizeof(comment_fields) / sizeof(comment_fields[0]), at);
}

static bool read_comments(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	struct ml_facts *facts = ((struct document *)at)->facts;

	return ml_jread_array(r, path, json, sizeof(*facts->waivers), read_comment, &facts->waivers, &facts->nwaivers);
}

static bool read_diag_items(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	struct ml_diags *diags = at;

	return ml_jread_array(r, path, json, sizeof(*diags->items), ml_jread_diag, &diags->items, &diags->n);
}

static const struct ml_jfield diags_fields[] = {
	{"dropped", true, offsetof(struct ml_diags, dropped), ml_jread_size},
	{"errors", true, offsetof(struct ml_diags, errors), ml_jread_size},
	{"items", true, 0, read_diag_items},
	{"warnings", true, offsetof(struct ml_diags, warnings), ml_jread_size},
};

/* The counts must hold at least what is listed: an error among the diagnostics is never counted away. */
static bool read_diags(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	struct ml_diags *diags = &((struct document *)at)->facts->diags;
	size_t errors = 0;

	if (!ml_jread_object(r, path, json, diags_fields, sizeof(diags_fields) / sizeof(diags_fields[0]), diags))
		return false;
	diags->cap = diags->n;
	for (size_t i = 0; i < diags->n; i++)
		errors += diags->items[i].level == ML_DIAG_ERROR;
	return diags->errors >= errors ? true : ml_jread_fail(r, path, ML_ETYPE, "%zu errors are listed, %zu counted", errors, diags->errors);
}

static const struct ml_jfield document_fields[] = {
	{"diagnostics", true, 0, read_diags},
	{"facts", true, offsetof(struct document, tree), note},
	{"incomplete", true, 0, read_incomplete},
	{"kind", true, 0, read_kind},
	{"locations", true, 0, read_locations},
	{"merlon", true, 0, read_version},
	{"places", true, offsetof(struct document, places), note},
	{"sources", true, 0, read_sources},
	{"uri", true, 0, read_uri},
	{"waivers", true, 0, read_comments},
};

static bool check_places(struct ml_jread *r, const struct ml_facts *facts)
{
	for (size_t i = 1; i < facts->nlocs; i++) {
		struct ml_jpath locations = {NULL, "locations", 0}, at = {&locations, NULL, i - 1};
		const struct ml_loc *loc = ml_facts_at(facts, (uint32_t)i);
		if (loc->file >= facts->nsources || loc->origin >= facts->nlocs)
			return ml_jread_fail(r, &at, ML_ETYPE, "there is no such file or location");
	}
	for (size_t i = 0; i < facts->nwaivers; i++) {
		struct ml_jpath waivers = {NULL, "waivers", 0}, at = {&waivers, NULL, i};
		if (facts->waivers[i].file >= facts->nsources)
			return ml_jread_fail(r, &at, ML_ETYPE, "there is no such file");
	}
	return true;
}

static bool read_document(struct ml_fact_reader *f, json_t *json, struct document *d)
{
	struct ml_jpath path = {NULL, "facts", 0};

	if (!ml_jread_object(&f->r, NULL, json, document_fields, sizeof(document_fields) / sizeof(document_fields[0]), d) || !check_places(&f->r, d->facts))
		return false;
	f->nlocs = d->facts->nlocs;
	d->facts->kind = d->kind;
	return ml_fact_read(f, &path, d->tree, d->places, d->kind->root, &d->facts->root);
}

int ml_factfile_read_as(struct ml_arena *arena, struct ml_str bytes, const struct ml_kind *kind, struct ml_facts **out, struct ml_error *err)
{
	struct ml_fact_reader f = {.r = {.arena = arena, .err = err}};
	struct document d = {.facts = ml_facts_new(arena, kind, ML_STR_NONE), .kind = kind};
	json_t *json = NULL;
	int error;

	if (!d.facts)
		return ml_fail(err, ML_ENOMEM, "%s", ml_strcode(ML_ENOMEM));
	error = ml_json_parse(bytes, ML_FACTFILE_BYTES, &json, err);
	if (error)
		return error;
	if (read_document(&f, json, &d))
		*out = d.facts;
	json_decref(json);
	/* Whatever was said of a value: without memory it could not be read. */
	return f.r.error && ml_arena_failed(arena) ? ml_fail(err, ML_ENOMEM, "%s", ml_strcode(ML_ENOMEM)) : f.r.error;
}

int ml_factfile_read(struct ml_arena *arena, struct ml_str bytes, struct ml_facts **out, struct ml_error *err)
{
	return ml_factfile_read_as(arena, bytes, NULL, out, err);
}

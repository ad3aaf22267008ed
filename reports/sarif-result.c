/* SPDX-License-Identifier: Apache-2.0 */
/* SARIF: results and their places. */
#include "base/utf8.h"
#include "reports/sarif-priv.h"

enum {
	RELATED_MAX = 100, /* GitHub reads no more locations of a result */
	SNIPPET_BYTES = 1000,
	MESSAGE_BYTES = 4000,
	VALUE_BYTES = 400,
};

/* `[text](1)` would be a link, `{0}` a placeholder. */
static void add_defused(struct ml_buf *out, struct ml_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i], next = i + 1 < s.len ? s.ptr[i + 1] : '\0';

		if (c == ']' && next == '(')
			ml_buf_putc(out, '\\');
		if (c == '{' && next >= '0' && next <= '9')
			ml_buf_putc(out, '{');
		ml_buf_putc(out, c);
	}
}

static struct ml_str cut(struct ml_str s, size_t bytes)
{
	size_t to = bytes;

	if (s.len <= bytes)
		return s;
	while (to > bytes - 4 && ((unsigned char)s.ptr[to] & 0xc0) == 0x80)
		to--;
	return ml_str_sub(s, 0, to);
}

struct ml_buf *ml_sarif_scratch(struct ml_sarif *sarif, struct ml_buf *buf)
{
	if (buf->error && !sarif->json.out->error)
		sarif->json.out->error = buf->error;
	ml_buf_clear(buf);
	return buf;
}

void ml_sarif_message(struct ml_sarif *sarif, const char *key, struct ml_str text)
{
	ml_buf_escaped(ml_sarif_scratch(sarif, &sarif->safe), text);
	add_defused(ml_sarif_scratch(sarif, &sarif->text), ml_buf_get(&sarif->safe));
	ml_json_key(&sarif->json, key);
	ml_json_object(&sarif->json);
	ml_json_key(&sarif->json, "text");
	ml_json_str(&sarif->json, ml_buf_get(&sarif->text));
	ml_json_end_object(&sarif->json);
}

/* The bytes of columns [col, end_col) of the line; to its end when end_col is 0. NULL ptr when they are not in it. */
static struct ml_str columns_of(const struct ml_place *place)
{
	size_t from = ML_NPOS, to = place->text.len;
	uint32_t col = 1, cp;

	for (size_t at = 0; at < place->text.len; col++) {
		size_t n = ml_utf8_next(place->text, at, &cp);

		if (col == place->col)
			from = at;
		if (place->end_col > place->col && col == place->end_col)
			to = at;
		at += n ? n : 1;
	}
	return from == ML_NPOS || from >= to ? ML_STR_NONE : ml_str_sub(place->text, from, to);
}

static void put_snippet(struct ml_json *json, struct ml_str text)
{
	if (text.len == 0 || text.len > SNIPPET_BYTES)
		return;
	ml_json_key(json, "snippet");
	ml_json_object(json);
	ml_json_key(json, "text");
	ml_json_str(json, text);
	ml_json_end_object(json);
}

static void put_region(struct ml_sarif *sarif, const struct ml_place *place)
{
	struct ml_json *json = &sarif->json;

	ml_json_key(json, "region");
	ml_json_object(json);
	if (place->col && place->end_col > place->col) {
		ml_json_key(json, "endColumn");
		ml_json_uint(json, place->end_col);
	}
	put_snippet(json, place->col ? columns_of(place) : place->text);
	if (place->col) {
		ml_json_key(json, "startColumn");
		ml_json_uint(json, place->col);
	}
	ml_json_key(json, "startLine");
	ml_json_uint(json, place->line);
	ml_json_end_object(json);
}

/* The whole line around a part of it. */
static void put_context(struct ml_sarif *sarif, const struct ml_place *place)
{
	struct ml_json *json = &sarif->json;

	if (place->col == 0 || place->text.len == 0 || place->text.len > SNIPPET_BYTES)
		return;
	ml_json_key(json, "contextRegion");
	ml_json_object(json);
	put_snippet(json, place->text);
	ml_json_key(json, "startLine");
	ml_json_uint(json, place->line);
	ml_json_end_object(json);
}

void ml_sarif_place(struct ml_sarif *sarif, const struct ml_run *run, const struct ml_place *place)
{
	struct ml_str file = place->file.len ? place->file : run->uri;
	struct ml_json *json = &sarif->json;

	ml_uri_add(ml_sarif_scratch(sarif, &sarif->text), file);
	ml_json_key(json, "physicalLocation");
	ml_json_object(json);
	ml_json_key(json, "artifactLocation");
	ml_json_object(json);
	ml_json_key(json, "uri");
	ml_json_str(json, ml_buf_get(&sarif->text));
	if (!ml_str_starts(file, ML_STR("/")) && !ml_uri_is_endpoint(file)) {
		ml_json_key(json, "uriBaseId");
		ml_json_puts(json, "SRCROOT");
	}
	ml_json_end_object(json);
	if (place->line) {
		put_context(sarif, place);
		put_region(sarif, place);
	}
	ml_json_end_object(json);
}

static void put_locations(struct ml_sarif *sarif, const struct ml_item *item)
{
	struct ml_json *json = &sarif->json;

	ml_json_key(json, "locations");
	ml_json_array(json);
	ml_json_object(json);
	if (item->result->element.len) {
		ml_json_key(json, "logicalLocations");
		ml_json_array(json);
		ml_json_object(json);
		ml_json_key(json, "name");
		ml_json_str(json, item->result->element);
		ml_json_end_object(json);
		ml_json_end_array(json);
	}
	ml_sarif_place(sarif, item->run, &item->result->place);
	ml_json_end_object(json);
	ml_json_end_array(json);
}

static void put_related(struct ml_sarif *sarif, const struct ml_run *run, const struct ml_place *place, struct ml_str text, size_t id)
{
	struct ml_json *json = &sarif->json;

	ml_json_object(json);
	ml_json_key(json, "id");
	ml_json_uint(json, id);
	ml_sarif_message(sarif, "message", text);
	ml_sarif_place(sarif, run, place);
	ml_json_end_object(json);
}

static bool has_place(const struct ml_place *place)
{
	return place && (place->line || place->file.len);
}

static void put_because(struct ml_sarif *sarif, const struct ml_run *run, const struct ml_because *because, size_t *id)
{
	struct ml_buf *text = ml_sarif_scratch(sarif, &sarif->join);

	if (!has_place(&because->place))
		return;
	ml_buf_str(text, cut(because->fact, VALUE_BYTES));
	ml_buf_puts(text, because->value.len ? " = " : " is not set");
	ml_buf_str(text, cut(because->value, VALUE_BYTES));
	put_related(sarif, run, &because->place, ml_buf_get(text), ++*id);
	if (has_place(because->place.origin)) {
		ml_buf_puts(text, " (where it comes from)");
		put_related(sarif, run, because->place.origin, ml_buf_get(text), ++*id);
	}
}

static void put_all_related(struct ml_sarif *sarif, const struct ml_item *item)
{
	const struct ml_result *result = item->result;
	struct ml_json *json = &sarif->json;
	size_t id = 0;

	if (result->nbecause == 0 && !has_place(result->place.origin))
		return;
	ml_json_key(json, "relatedLocations");
	ml_json_array(json);
	if (has_place(result->place.origin))
		put_related(sarif, item->run, result->place.origin, ML_STR("where this comes from"), ++id);
	for (size_t i = 0; i < result->nbecause && id + 2 <= RELATED_MAX; i++)
		put_because(sarif, item->run, &result->because[i], &id);
	ml_json_end_array(json);
}

/* element: message; the rule's title when there is no message. */
static void put_message(struct ml_sarif *sarif, const struct ml_item *item)
{
	const struct ml_result *result = item->result;
	struct ml_str message = cut(result->message, MESSAGE_BYTES);
	struct ml_buf *text = ml_sarif_scratch(sarif, &sarif->join);

	if (message.len == 0)
		message = item->rule && item->rule->title.len ? item->rule->title : result->rule;
	if (result->element.len && ml_str_find(message, result->element) == ML_NPOS) {
		ml_buf_str(text, cut(result->element, MESSAGE_BYTES));
		ml_buf_puts(text, ": ");
	}
	ml_buf_str(text, message);
	ml_sarif_message(sarif, "message", ml_buf_get(text));
}

static void put_suppressions(struct ml_sarif *sarif, const struct ml_result *result)
{
	struct ml_json *json = &sarif->json;

	if (result->verdict != ML_WAIVED)
		return;
	ml_json_key(json, "suppressions");
	ml_json_array(json);
	ml_json_object(json);
	ml_json_key(json, "justification");
	ml_json_str(json, result->waiver);
	ml_json_key(json, "kind");
	ml_json_puts(json, result->in_source ? "inSource" : "external");
	ml_json_key(json, "status");
	ml_json_puts(json, "accepted");
	ml_json_end_object(json);
	ml_json_end_array(json);
}

static void put_fingerprint(struct ml_json *json, const struct ml_result *result)
{
	if (!result->fingerprint[0])
		return;
	ml_json_key(json, "partialFingerprints");
	ml_json_object(json);
	ml_json_key(json, "merlonFingerprint/v1");
	ml_json_str(json, (struct ml_str){result->fingerprint, strnlen(result->fingerprint, sizeof(result->fingerprint))});
	ml_json_end_object(json);
}

static void put_properties(struct ml_sarif *sarif, const struct ml_item *item)
{
	struct ml_json *json = &sarif->json;

	ml_json_key(json, "properties");
	ml_json_object(json);
	ml_json_key(json, "severity");
	ml_json_puts(json, ml_report_severity(item->result->severity));
	ml_json_key(json, "target");
	ml_json_str(json, item->run->uri);
	ml_json_end_object(json);
}

/* What is unknown is SARIF's "open": the rule was evaluated, and there was not enough to decide (§3.27.9). Only "fail" has a level. */
static void put_result(struct ml_sarif *sarif, const struct ml_item *item)
{
	const struct ml_result *result = item->result;
	bool open = result->verdict == ML_UNKNOWN;
	struct ml_json *json = &sarif->json;

	ml_json_object(json);
	if (sarif->baseline) {
		ml_json_key(json, "baselineState");
		ml_json_puts(json, result->known ? "unchanged" : "new");
	}
	ml_json_key(json, "kind");
	ml_json_puts(json, open ? "open" : "fail");
	ml_json_key(json, "level");
	ml_json_puts(json, open ? "none" : ml_sarif_level(result->severity));
	put_locations(sarif, item);
	put_message(sarif, item);
	put_fingerprint(json, result);
	put_properties(sarif, item);
	put_all_related(sarif, item);
	ml_json_key(json, "ruleId");
	ml_json_str(json, result->rule);
	ml_json_key(json, "ruleIndex");
	ml_json_uint(json, ml_sarif_rule_index(sarif, result->rule));
	put_suppressions(sarif, result);
	ml_json_end_object(json);
}

void ml_sarif_results(struct ml_sarif *sarif)
{
	ml_json_key(&sarif->json, "results");
	ml_json_array(&sarif->json);
	for (size_t i = 0; i < sarif->nwritten; i++)
		put_result(sarif, &sarif->items.items[i]);
	ml_json_end_array(&sarif->json);
}

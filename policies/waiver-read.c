/* SPDX-License-Identifier: Apache-2.0 */
/* Reading waivers: files of them, and comments in a target. */
#include "base/num.h"
#include "policies/doc-priv.h"
#include "policies/waiver-priv.h"

enum { WAIVERS_MAX = 100000 };

/* Days since 1970-01-01 of a day of the proleptic Gregorian calendar (Howard Hinnant's days_from_civil, for years 1 and later). */
static int32_t days_of(int32_t year, int32_t month, int32_t day)
{
	int32_t y = month <= 2 ? year - 1 : year, era = y / 400, of_era = y - era * 400;
	int32_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int32_t month_length(int32_t year, int32_t month)
{
	static const int32_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return lengths[month - 1] + (month == 2 && leap);
}

bool ml_date_parse(struct ml_str text, int32_t *days)
{
	uint64_t year, month, day;

	if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-' || text.ptr[0] == '+' || text.ptr[5] == '+' || text.ptr[8] == '+')
		return false;
	if (!ml_parse_u64(ml_str_sub(text, 0, 4), 10, &year) || !ml_parse_u64(ml_str_sub(text, 5, 7), 10, &month) ||
		!ml_parse_u64(ml_str_sub(text, 8, 10), 10, &day))
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > (uint64_t)month_length((int32_t)year, (int32_t)month))
		return false;
	*days = days_of((int32_t)year, (int32_t)month, (int32_t)day);
	return true;
}

struct ml_str ml_date_text(struct ml_arena *arena, int32_t days)
{
	int64_t z = (int64_t)days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of_era = z - era * 146097;
	int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365, of_year = of_era - (365 * years + years / 4 - years / 100);
	int64_t m = (5 * of_year + 2) / 153, day = of_year - (153 * m + 2) / 5 + 1, month = m < 10 ? m + 3 : m - 9;

	return ml_strf(arena, "%04d-%02d-%02d", (int)(years + era * 400 + (month <= 2)), (int)month, (int)day);
}

#define STRING(field) \
	static void read_##field(struct ml_doc *doc, const struct ml_yaml_node *node, void *into) \
	{ \
		ml_doc_string(doc, node, &((struct ml_waiver *)into)->field); \
	}

STRING(rule)
STRING(target)
STRING(element)
STRING(fingerprint)
STRING(owner)
STRING(reason)

/* A plain date is a timestamp to YAML 1.1, so its text is what counts. */
static void read_until(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	struct ml_waiver *waiver = into;

	if (node->kind != ML_YAML_SCALAR || !ml_date_parse(ml_yaml_text(node), &waiver->until))
		ml_doc_want(doc, node, "a date like 2027-01-31");
}

static const struct ml_doc_key waiver_keys[] = {
	{"rule", true, read_rule}, {"target", false, read_target}, {"element", false, read_element}, {"fingerprint", false, read_fingerprint},
	{"owner", true, read_owner}, {"reason", true, read_reason}, {"until", true, read_until},
};

static void read_version(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	struct ml_str version;

	if (ml_doc_string(doc, node, &version) && !ml_str_is(version, "waivers/v1"))
		ml_doc_error(doc, node, "merlon: got \"%.*s\", want waivers/v1", ML_STR_ARG(version));
}

static void add_waiver(struct ml_doc *doc, const struct ml_yaml_node *node, struct ml_waivers *out)
{
	struct ml_waiver waiver = {.file = doc->name, .line = node->line, .col = node->col};

	if (out->n >= WAIVERS_MAX) {
		ml_doc_error(doc, node, "more than %d waivers", WAIVERS_MAX);
		return;
	}
	ml_doc_map(doc, node, "a waiver", waiver_keys, sizeof(waiver_keys) / sizeof(waiver_keys[0]), &waiver);
	if (ml_str_starts(waiver.rule, ML_STR("MERLON-")))
		ml_doc_error(doc, node, "rule: results of Merlon's own rules cannot be waived");
	if (ml_alloc_grow(doc->arena, &out->items, &out->cap, out->n + 1, sizeof(*out->items)) == 0)
		out->items[out->n++] = waiver;
}

static void read_waivers(struct ml_doc *doc, const struct ml_yaml_node *node, void *into)
{
	if (node->kind != ML_YAML_SEQ) {
		ml_doc_want(doc, node, "a list of waivers");
		return;
	}
	for (uint32_t i = 0; i < node->n; i++) {
		const struct ml_yaml_node *item = ml_yaml_deref(node->items[i]);
		if (!ml_doc_step(doc, item))
			return;
		add_waiver(doc, item, into);
	}
}

int ml_waivers_read(struct ml_arena *arena, struct ml_str name, struct ml_str bytes, struct ml_diags *diags, struct ml_waivers *out)
{
	static const struct ml_doc_key keys[] = {{"merlon", true, read_version}, {"waivers", true, read_waivers}};
	struct ml_doc doc = {.arena = arena, .name = name, .bytes = bytes, .diags = diags,
		.want = "a mapping with `merlon: waivers/v1`"};
	size_t errors = diags->errors;

	if (ml_str_starts(bytes, ML_STR("\xef\xbb\xbf")))
		doc.bytes = ml_str_sub(bytes, 3, bytes.len);
	if (ml_doc_open(&doc, doc.bytes))
		ml_doc_map(&doc, doc.root, "a waiver file", keys, sizeof(keys) / sizeof(keys[0]), out);
	if (ml_arena_failed(arena))
		return ML_ENOMEM;
	return diags->errors > errors ? ML_ESYNTAX : 0;
}

/* "merlon:waive RULE until=2027-01-31 reason words". */
const char *ml_waiver_inline(struct ml_str text, struct ml_waiver *out)
{
	struct ml_str rest = ml_str_trim(ml_str_sub(text, sizeof("merlon:waive") - 1, text.len)), word;

	if (!ml_str_split(&rest, ' ', &out->rule) || out->rule.len == 0)
		return "it names no rule";
	if (ml_str_starts(out->rule, ML_STR("MERLON-")))
		return "results of Merlon's own rules cannot be waived";
	rest = ml_str_trim(rest);
	if (!ml_str_split(&rest, ' ', &word) || !ml_str_starts(word, ML_STR("until=")))
		return "until=DATE does not follow the rule";
	if (!ml_date_parse(ml_str_sub(word, 6, word.len), &out->until))
		return "until is no date like 2027-01-31";
	out->reason = ml_str_trim(rest);
	return out->reason.len ? NULL : "it gives no reason";
}

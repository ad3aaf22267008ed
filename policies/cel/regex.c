/* SPDX-License-Identifier: Apache-2.0 */
/* Regular expressions with RE2's syntax (github google/re2, wiki Syntax), matched by PCRE2 without JIT and within limits. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/error.h"
#include "policies/cel/impl-priv.h"

enum {
	PATTERN_MAX = 4096,  /* bytes */
	SUBJECT_MAX = 1 << 20,
	FEW_CALLS = 500,     /* of the matcher, at each place where a match may begin: what a decent pattern needs */
	MANY_CALLS = 2000000, /* in all, when few were not enough */
	DEPTH_MAX = 20000,
	HEAP_KIB = 20000,
};

/* PCRE2's memory is the arena's: given back with a mark, or with the arena. */
static void *take(PCRE2_SIZE size, void *arena)
{
	return ml_alloc(arena, size);
}

static void leave(void *memory, void *arena)
{
}

void *ml_cel_regex_memory(struct ml_arena *arena)
{
	return pcre2_general_context_create(take, leave, arena);
}

static int build(struct ml_arena *arena, struct ml_str translated, void **out, struct ml_str *why)
{
	uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
	pcre2_general_context *memory = ml_cel_regex_memory(arena);
	pcre2_compile_context *context = memory ? pcre2_compile_context_create(memory) : NULL;
	PCRE2_UCHAR message[120];
	PCRE2_SIZE at;
	int error;

	if (!context)
		return ML_ENOMEM;
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	pcre2_set_parens_nest_limit(context, 100);
	*out = pcre2_compile((PCRE2_SPTR)translated.ptr, translated.len, options, &error, &at, context);
	if (*out)
		return 0;
	if (error == PCRE2_ERROR_NOMEMORY || ml_arena_failed(arena))
		return ML_ENOMEM;
	pcre2_get_error_message(error, message, sizeof(message));
	*why = ml_strf(arena, "%s", (const char *)message);
	return ML_ESYNTAX;
}

int ml_cel_regex(struct ml_arena *arena, struct ml_str pattern, void **out, struct ml_str *why)
{
	struct ml_str translated;
	int code;

	if (pattern.len > PATTERN_MAX) {
		*why = ml_strf(arena, "longer than %d bytes", PATTERN_MAX);
		return ML_ELIMIT;
	}
	code = ml_cel_regex_translate(arena, pattern, &translated, why);
	return code ? code : build(arena, translated, out, why);
}

/* The pattern in args[1], compiled: from the node's cache when it is a literal. */
static struct ml_value pattern_of(struct ml_cel_ctx *ctx, const struct ml_value *pattern, pcre2_code **code)
{
	struct ml_str why = ML_STR_NONE;
	void *made = ctx->call ? ctx->call->cache : NULL;
	int error;

	if (!made) {
		if (!ml_cel_spend(ctx, 50 + 2 * (uint64_t)pattern->len))
			return ml_cel_over(ctx);
		error = ml_cel_cached_regex(ctx->cache, ctx->arena, ml_value_text(pattern), &made, &why);
		if (error == ML_ENOMEM)
			return ml_cel_over(ctx);
		if (error)
			return ml_cel_faultf(ctx, "invalid regular expression: %.*s", ML_STR_ARG(why));
	}
	*code = made;
	return ml_absent();
}

/* A search under way over one text. */
struct search {
	struct ml_cel_ctx *ctx;
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
	struct ml_str text;
	size_t at;
	uint32_t groups;
	bool retry_empty; /* the last match was empty: the next one here may not be */
};

static bool is_anchored(const pcre2_code *code)
{
	uint32_t options = 0;

	pcre2_pattern_info(code, PCRE2_INFO_ALLOPTIONS, &options);
	return options & PCRE2_ANCHORED;
}

/* A pattern that may begin anywhere can look at the rest of the text from each place. */
static uint64_t price(const pcre2_code *code, size_t len)
{
	return 2 + (is_anchored(code) ? len / 64 : len / 64 + (uint64_t)len * len / 1024 / 64);
}

static struct ml_value begin(struct search *s, struct ml_cel_ctx *ctx, const struct ml_value *args)
{
	struct ml_value wrong = pattern_of(ctx, &args[1], &s->code);
	pcre2_general_context *memory;

	if (wrong.kind != ML_V_ABSENT)
		return wrong;
	s->ctx = ctx;
	s->text = ml_value_text(&args[0]);
	if (s->text.len > SUBJECT_MAX)
		return ml_unknown(ML_STR("regular expression limit: a text of more than 1 MiB"));
	pcre2_pattern_info(s->code, PCRE2_INFO_CAPTURECOUNT, &s->groups);
	memory = ml_cel_regex_memory(ctx->arena);
	s->data = ml_cel_cached_match_data(ctx->cache, s->groups);
	if (!s->data && memory)
		s->data = pcre2_match_data_create_from_pattern(s->code, memory);
	s->limits = memory ? pcre2_match_context_create(memory) : NULL;
	if (!s->data || !s->limits)
		return ml_cel_over(ctx);
	pcre2_set_depth_limit(s->limits, DEPTH_MAX);
	pcre2_set_heap_limit(s->limits, HEAP_KIB);
	return ml_absent();
}

static int match(struct search *s, uint32_t calls, uint32_t options)
{
	pcre2_set_match_limit(s->limits, calls);
	return pcre2_match(s->code, (PCRE2_SPTR)(s->text.ptr ? s->text.ptr : ""), s->text.len, s->at, options, s->data, s->limits);
}

/* The next match, from s->at: true or false, or what ended the search. PCRE2 counts calls anew at each place where it begins. */
static struct ml_value next(struct search *s)
{
	uint32_t options = s->at ? PCRE2_NO_UTF_CHECK : 0, many = (uint32_t)(MANY_CALLS / (s->text.len + 1));
	int found;

	if (s->retry_empty)
		options |= PCRE2_NOTEMPTY_ATSTART;
	if (!ml_cel_spend(s->ctx, price(s->code, s->text.len - s->at)))
		return ml_cel_over(s->ctx);
	found = match(s, FEW_CALLS, options);
	if (found == PCRE2_ERROR_MATCHLIMIT) {
		if (!ml_cel_spend(s->ctx, MANY_CALLS / 16))
			return ml_cel_over(s->ctx);
		found = match(s, many > 2 * FEW_CALLS ? many : 2 * FEW_CALLS, options);
	}
	if (found == PCRE2_ERROR_NOMATCH)
		return ml_bool(false);
	if (found == PCRE2_ERROR_NOMEMORY || ml_arena_failed(s->ctx->arena))
		return ml_cel_over(s->ctx);
	return found >= 0 ? ml_bool(true) : ml_unknown(ML_STR("regular expression limit reached"));
}

static struct ml_str group(const struct search *s, uint32_t i)
{
	const PCRE2_SIZE *spans = pcre2_get_ovector_pointer(s->data);

	return spans[2 * i] == PCRE2_UNSET ? ML_STR_NONE : ml_str_sub(s->text, spans[2 * i], spans[2 * i + 1]);
}

/* Behind the match; false when the text is at its end and nothing more can match there. */
static bool advance(struct search *s)
{
	const PCRE2_SIZE *spans = pcre2_get_ovector_pointer(s->data);

	s->retry_empty = spans[0] == spans[1];
	s->at = spans[1];
	return !s->retry_empty || s->at < s->text.len;
}

ML_CEL_IMPL(matches)
{
	struct ml_arena_mark mark = ml_arena_mark(ctx->arena);
	struct search s = {0};
	struct ml_value result = begin(&s, ctx, args);

	if (result.kind == ML_V_ABSENT)
		result = next(&s);
	if (result.kind != ML_V_ERROR)
		ml_arena_release(ctx->arena, mark);
	return result;
}

static const char one_group[] = "regular expression has more than one capturing group";

/* What extract gives of a match: its only group when it has one, else all of it. */
static bool extracted(const struct search *s, struct ml_value *out)
{
	struct ml_str part = group(s, s->groups);

	*out = ml_string(part);
	return part.ptr != NULL;
}

ML_CEL_IMPL(regex_extract)
{
	struct search s = {0};
	struct ml_value result = begin(&s, ctx, args), part;

	if (result.kind != ML_V_ABSENT)
		return result;
	if (s.groups > 1)
		return ml_cel_wrong(one_group);
	result = next(&s);
	if (ml_cel_bad(&result))
		return result;
	return result.b && extracted(&s, &part) ? ml_cel_some(ctx, part) : ml_cel_none();
}

ML_CEL_IMPL(regex_extract_all)
{
	struct search s = {0};
	struct ml_value found = begin(&s, ctx, args), *items = NULL;
	size_t count = 0, cap = 0;

	if (found.kind != ML_V_ABSENT)
		return found;
	if (s.groups > 1)
		return ml_cel_wrong(one_group);
	for (bool more = true; more; more = advance(&s)) {
		found = next(&s);
		if (ml_cel_bad(&found))
			return found;
		if (!found.b)
			break;
		if (ml_alloc_grow(ctx->arena, &items, &cap, count + 1, sizeof(*items)))
			return ml_cel_over(ctx);
		count += extracted(&s, &items[count]);
	}
	return ml_list(items, count);
}

/* Writes the replacement: \0 to \9 stand for groups, \\ for a backslash. */
static bool put_replacement(struct ml_buf *out, const struct search *s, struct ml_str with)
{
	for (size_t i = 0; i < with.len; i++) {
		char c = with.ptr[i];
		if (c != '\\') {
			ml_buf_putc(out, c);
			continue;
		}
		c = i + 1 < with.len ? with.ptr[++i] : 0;
		if (c == '\\')
			ml_buf_putc(out, c);
		else if (c >= '0' && c <= '9' && (uint32_t)(c - '0') <= s->groups)
			ml_buf_str(out, group(s, (uint32_t)(c - '0')));
		else
			return false;
	}
	return true;
}

ML_CEL_IMPL(regex_replace)
{
	int64_t left = n > 3 && args[3].i >= 0 ? args[3].i : INT64_MAX;
	struct search s = {0};
	struct ml_value found = begin(&s, ctx, args);
	size_t copied = 0;
	ML_BUF_AUTO out;

	ml_buf_init(&out, (size_t)16 << 20);
	if (found.kind != ML_V_ABSENT)
		return found;
	for (bool more = left > 0; more && left > 0; left--) {
		found = next(&s);
		if (ml_cel_bad(&found))
			return found;
		if (!found.b)
			break;
		ml_buf_str(&out, ml_str_sub(s.text, copied, pcre2_get_ovector_pointer(s.data)[0]));
		if (!put_replacement(&out, &s, ml_value_text(&args[2])))
			return ml_cel_wrong("invalid replacement: want \\0 to \\9 for a group that exists, or \\\\");
		copied = pcre2_get_ovector_pointer(s.data)[1];
		more = advance(&s);
	}
	ml_buf_str(&out, ml_str_sub(s.text, copied, s.text.len));
	return out.error ? ml_unknown(ML_STR("cost limit: regex.replace() gave more than 16 MiB")) : ml_cel_string_copy(ctx, ml_buf_get(&out));
}

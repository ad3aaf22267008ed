/* SPDX-License-Identifier: Apache-2.0 */
/* Strings and bytes: the standard functions and the string extension. Positions count code points. */
#include "base/utf8.h"
#include "policies/cel/impl-priv.h"

static struct ml_value out_of_range(struct ml_cel_ctx *ctx, int64_t index)
{
	return ml_cel_faultf(ctx, "index out of range: %lld", (long long)index);
}

/* Bytes of the code point at `at`; what is not valid counts as one. */
static size_t step(struct ml_str s, size_t at)
{
	uint32_t cp;
	size_t n = ml_utf8_next(s, at, &cp);

	return n ? n : 1;
}

static bool is_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* The byte offset of code point `index` (the length of `s` is one too), or ML_NPOS. */
static size_t offset_of(struct ml_str s, int64_t index)
{
	size_t at = 0;

	if (index < 0)
		return ML_NPOS;
	for (; index > 0 && at < s.len; index--)
		for (at++; at < s.len && is_tail(s.ptr[at]); at++)
			continue;
	return index ? ML_NPOS : at;
}

/* Code points in the first `offset` bytes. Strings are valid UTF-8, so that counting heads is enough, and fast. */
static int64_t index_of(struct ml_str s, size_t offset)
{
	int64_t n = 0;

	for (size_t i = 0; i < offset; i++)
		n += !is_tail(s.ptr[i]);
	return n;
}

ML_CEL_IMPL(size_string)
{
	if (!ml_cel_spend_bytes(ctx, args[0].len))
		return ml_cel_over(ctx);
	return ml_int(index_of(ml_value_text(&args[0]), args[0].len));
}

ML_CEL_IMPL(size_bytes)
{
	return ml_int(args[0].len);
}

/* Strings and bytes alike: the kind is the arguments'. */
ML_CEL_IMPL(concat)
{
	size_t total = (size_t)args[0].len + args[1].len;
	char *text;

	if (args[0].len == 0 || args[1].len == 0)
		return ml_at(args[args[0].len == 0], 0);
	text = ml_cel_bytes(ctx, total);
	if (!text)
		return ml_cel_over(ctx);
	memcpy(text, args[0].text, args[0].len);
	memcpy(text + args[0].len, args[1].text, args[1].len);
	return ml_text(args[0].kind, (struct ml_str){text, total});
}

ML_CEL_IMPL(contains)
{
	if (!ml_cel_spend_bytes(ctx, args[0].len))
		return ml_cel_over(ctx);
	return ml_bool(ml_str_find(ml_value_text(&args[0]), ml_value_text(&args[1])) != ML_NPOS);
}

ML_CEL_IMPL(starts_with)
{
	return ml_bool(ml_str_starts(ml_value_text(&args[0]), ml_value_text(&args[1])));
}

ML_CEL_IMPL(ends_with)
{
	return ml_bool(ml_str_ends(ml_value_text(&args[0]), ml_value_text(&args[1])));
}

ML_CEL_IMPL(char_at)
{
	struct ml_str s = ml_value_text(&args[0]);
	size_t at;

	if (!ml_cel_spend_bytes(ctx, s.len))
		return ml_cel_over(ctx);
	at = offset_of(s, args[1].i);
	if (at == ML_NPOS)
		return out_of_range(ctx, args[1].i);
	return ml_string(ml_str_sub(s, at, at < s.len ? at + step(s, at) : at));
}

ML_CEL_IMPL(index_of)
{
	struct ml_str s = ml_value_text(&args[0]), part = ml_value_text(&args[1]);
	size_t from = 0, found;

	if (!ml_cel_spend_bytes(ctx, s.len))
		return ml_cel_over(ctx);
	if (n > 2) {
		if (args[2].i < 0)
			return out_of_range(ctx, args[2].i);
		from = offset_of(s, args[2].i);
		if (from == ML_NPOS)
			return ml_int(-1);
	}
	found = ml_str_find(ml_str_sub(s, from, s.len), part);
	return ml_int(found == ML_NPOS ? -1 : index_of(s, from + found));
}

/* The last occurrence in linear time whatever the strings are: the first one of the mirrored needle in the mirrored text. */
static size_t find_last(struct ml_cel_ctx *ctx, struct ml_str s, struct ml_str part)
{
	struct ml_arena_mark mark = ml_arena_mark(ctx->arena);
	char *mirror = ml_cel_bytes(ctx, s.len + part.len);
	size_t found;

	if (!mirror)
		return ML_NPOS;
	for (size_t i = 0; i < s.len; i++)
		mirror[i] = s.ptr[s.len - 1 - i];
	for (size_t i = 0; i < part.len; i++)
		mirror[s.len + i] = part.ptr[part.len - 1 - i];
	found = ml_str_find((struct ml_str){mirror, s.len}, (struct ml_str){mirror + s.len, part.len});
	ml_arena_release(ctx->arena, mark);
	return found == ML_NPOS ? ML_NPOS : s.len - found - part.len;
}

ML_CEL_IMPL(last_index_of)
{
	struct ml_str s = ml_value_text(&args[0]), part = ml_value_text(&args[1]);
	size_t until = s.len, found;

	if (!ml_cel_spend_bytes(ctx, s.len))
		return ml_cel_over(ctx);
	if (n > 2) {
		until = offset_of(s, args[2].i);
		if (until == ML_NPOS || (until == s.len && part.len))
			return out_of_range(ctx, args[2].i);
		until = part.len > s.len - until ? s.len : until + part.len; /* it starts at `until` at the latest */
	}
	if (part.len == 0)
		return ml_int(index_of(s, until));
	found = find_last(ctx, ml_str_sub(s, 0, until), part);
	if (ctx->cost > ctx->limit || ml_arena_failed(ctx->arena))
		return ml_cel_over(ctx);
	return ml_int(found == ML_NPOS ? -1 : index_of(s, found));
}

ML_CEL_IMPL(join)
{
	struct ml_str between = n > 1 ? ml_value_text(&args[1]) : ML_STR_NONE;
	const struct ml_value *bad = ml_cel_bad_in(ctx, &args[0]), *items = args[0].items;
	size_t total = 0, at = 0;
	char *text;

	if (bad)
		return *bad;
	for (uint32_t i = 0; i < args[0].len; i++) {
		if (items[i].kind != ML_V_STRING)
			return ml_cel_no_overload();
		total += items[i].len + (i ? between.len : 0);
	}
	text = ml_cel_bytes(ctx, total);
	if (!text)
		return ml_cel_over(ctx);
	for (uint32_t i = 0; i < args[0].len; i++) {
		if (i && between.len) {
			memcpy(text + at, between.ptr, between.len);
			at += between.len;
		}
		if (items[i].len)
			memcpy(text + at, items[i].text, items[i].len);
		at += items[i].len;
	}
	return ml_string((struct ml_str){text, total});
}

static struct ml_value shift_case(struct ml_cel_ctx *ctx, const struct ml_value *s, char first, char last, int by)
{
	char *text = ml_cel_bytes(ctx, s->len);

	if (!text)
		return ml_cel_over(ctx);
	for (uint32_t i = 0; i < s->len; i++)
		text[i] = s->text[i] >= first && s->text[i] <= last ? (char)(s->text[i] + by) : s->text[i];
	return ml_string((struct ml_str){text, s->len});
}

ML_CEL_IMPL(lower_ascii)
{
	return shift_case(ctx, &args[0], 'A', 'Z', 'a' - 'A');
}

ML_CEL_IMPL(upper_ascii)
{
	return shift_case(ctx, &args[0], 'a', 'z', 'A' - 'a');
}

ML_CEL_IMPL(substring)
{
	struct ml_str s = ml_value_text(&args[0]);
	size_t from, to = s.len;

	if (!ml_cel_spend_bytes(ctx, s.len))
		return ml_cel_over(ctx);
	from = offset_of(s, args[1].i);
	if (from == ML_NPOS)
		return out_of_range(ctx, args[1].i);
	if (n > 2) {
		to = offset_of(s, args[2].i);
		if (to == ML_NPOS)
			return out_of_range(ctx, args[2].i);
		if (to < from)
			return ml_cel_faultf(ctx, "invalid substring range. start: %lld, end: %lld", (long long)args[1].i, (long long)args[2].i);
	}
	return ml_string(ml_str_sub(s, from, to));
}

/* White space as Unicode has it (property White_Space). */
static bool is_space(uint32_t cp)
{
	return (cp >= 9 && cp <= 13) || cp == ' ' || cp == 0x85 || cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) ||
		cp == 0x2028 || cp == 0x2029 || cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

ML_CEL_IMPL(trim)
{
	struct ml_str s = ml_value_text(&args[0]);
	size_t from = s.len, to = 0;

	if (!ml_cel_spend_bytes(ctx, 4 * s.len))
		return ml_cel_over(ctx);
	for (size_t at = 0, len; at < s.len; at += len) {
		uint32_t cp = 0xfffd;
		len = ml_utf8_next(s, at, &cp);
		len = len ? len : 1;
		if (is_space(cp))
			continue;
		from = at < from ? at : from;
		to = at + len;
	}
	return ml_string(ml_str_sub(s, from, to));
}

ML_CEL_IMPL(reverse_string)
{
	struct ml_str s = ml_value_text(&args[0]);
	char *text = ml_cel_spend_bytes(ctx, 3 * s.len) ? ml_cel_bytes(ctx, s.len) : NULL;

	if (!text)
		return ml_cel_over(ctx);
	for (size_t at = 0, len; at < s.len; at += len) {
		len = step(s, at);
		memcpy(text + s.len - at - len, s.ptr + at, len);
	}
	return ml_string((struct ml_str){text, s.len});
}

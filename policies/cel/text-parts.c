/* SPDX-License-Identifier: Apache-2.0 */
/* Strings taken apart and put together again: replace, split, quote. */
#include "base/utf8.h"
#include "policies/cel/impl-priv.h"

/* A walk over the places where `part` stands in `s`; an empty part stands before each code point and at the end. */
struct places {
	struct ml_str s, part;
	size_t at;
	bool done;
};

static size_t code_point(struct ml_str s, size_t at)
{
	uint32_t cp;
	size_t n = ml_utf8_next(s, at, &cp);

	return n ? n : 1;
}

/* The piece before the next place; false, with the rest, when there is none. */
static bool next_piece(struct places *p, struct ml_str *piece)
{
	size_t found = ml_str_find(ml_str_sub(p->s, p->at, p->s.len), p->part);

	if (found == ML_NPOS || p->done) {
		*piece = ml_str_sub(p->s, p->at, p->s.len);
		return false;
	}
	*piece = ml_str_sub(p->s, p->at, p->at + found);
	p->at += found + p->part.len;
	return true;
}

/* How often `part` stands in `s`, at most `max`. */
static size_t count_places(struct ml_str s, struct ml_str part, uint64_t max)
{
	struct places p = {s, part, 0, false};
	struct ml_str piece;
	size_t n = 0;

	while (n < max && next_piece(&p, &piece))
		n++;
	return n;
}

static uint64_t most(const struct ml_value *args, size_t n, size_t at)
{
	return n > at && args[at].i >= 0 ? (uint64_t)args[at].i : UINT64_MAX;
}

static char *put(char *to, struct ml_str s)
{
	if (s.len)
		memcpy(to, s.ptr, s.len);
	return to + s.len;
}

/* An empty text to replace: the new one before each code point and at the end, up to `max` times. */
static struct ml_value interleave(struct ml_cel_ctx *ctx, struct ml_str s, struct ml_str with, uint64_t max)
{
	uint64_t times = (uint64_t)ml_utf8_count(s) + 1;
	size_t total;
	char *text, *to;

	times = times < max ? times : max;
	if (!ml_cel_spend(ctx, s.len) || !ml_mul_size(times, with.len, &total) || !ml_add_size(total, s.len, &total))
		return ml_cel_over(ctx);
	text = to = ml_cel_bytes(ctx, total);
	if (!text)
		return ml_cel_over(ctx);
	for (size_t at = 0, len; at < s.len; at += len, times -= times > 0) {
		len = code_point(s, at);
		to = times ? put(to, with) : to;
		to = put(to, ml_str_sub(s, at, at + len));
	}
	if (times)
		put(to, with);
	return ml_string((struct ml_str){text, total});
}

ML_CEL_IMPL(replace)
{
	struct ml_str s = ml_value_text(&args[0]), old = ml_value_text(&args[1]), with = ml_value_text(&args[2]), piece;
	struct places p = {s, old, 0, false};
	uint64_t max = most(args, n, 3);
	size_t times, total;
	char *text, *to;

	if (!ml_cel_spend_bytes(ctx, s.len))
		return ml_cel_over(ctx);
	if (old.len == 0)
		return interleave(ctx, s, with, max);
	times = count_places(s, old, max);
	if (times == 0)
		return args[0];
	if (!ml_cel_spend(ctx, times) || !ml_mul_size(times, with.len, &total) || !ml_add_size(total, s.len - times * old.len, &total))
		return ml_cel_over(ctx);
	text = to = ml_cel_bytes(ctx, total);
	if (!text)
		return ml_cel_over(ctx);
	for (; times > 0 && next_piece(&p, &piece); times--)
		to = put(put(to, piece), with);
	put(to, ml_str_sub(s, p.at, s.len));
	return ml_string((struct ml_str){text, total});
}

/* Without a separator: code points, the last piece being the rest. */
static struct ml_value explode(struct ml_cel_ctx *ctx, struct ml_str s, uint64_t max)
{
	size_t count = ml_utf8_count(s), at = 0;
	struct ml_value *items;

	count = count < max ? count : (size_t)max;
	items = ml_cel_spend(ctx, s.len / 8 + count) ? ml_cel_values(ctx, count) : NULL;
	if (!items)
		return ml_cel_over(ctx);
	for (size_t i = 0; i < count; i++) {
		size_t len = i + 1 < count ? code_point(s, at) : s.len - at;
		items[i] = ml_string(ml_str_sub(s, at, at + len));
		at += len;
	}
	return ml_list(items, count);
}

ML_CEL_IMPL(split)
{
	struct ml_str s = ml_value_text(&args[0]), separator = ml_value_text(&args[1]), piece;
	struct places p = {s, separator, 0, false};
	uint64_t max = most(args, n, 2);
	struct ml_value *items;
	size_t count;

	if (max == 0)
		return ml_list(NULL, 0);
	if (!ml_cel_spend_bytes(ctx, s.len))
		return ml_cel_over(ctx);
	if (separator.len == 0)
		return explode(ctx, s, max);
	count = count_places(s, separator, max - 1) + 1;
	items = ml_cel_spend(ctx, count) ? ml_cel_values(ctx, count) : NULL;
	if (!items)
		return ml_cel_over(ctx);
	for (size_t i = 0; i < count; i++) {
		p.done = i + 1 == count;
		next_piece(&p, &piece);
		items[i] = ml_string(piece);
	}
	return ml_list(items, count);
}

static const char *quoted(unsigned char c)
{
	static const char *const escapes[] = {
		['\a'] = "\\a", ['\b'] = "\\b", ['\f'] = "\\f", ['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t", ['\v'] = "\\v",
		['"'] = "\\\"", ['\\'] = "\\\\",
	};

	return c < sizeof(escapes) / sizeof(escapes[0]) ? escapes[c] : NULL;
}

/* strings.quote: what is not valid UTF-8 becomes U+FFFD. */
ML_CEL_IMPL(quote)
{
	struct ml_str s = ml_value_text(&args[0]);
	char *text = ml_cel_spend(ctx, s.len / 8) ? ml_cel_bytes(ctx, 3 * s.len + 2) : NULL, *to = text;

	if (!text)
		return ml_cel_over(ctx);
	*to++ = '"';
	for (size_t at = 0; at < s.len;) {
		const char *escape = quoted((unsigned char)s.ptr[at]);
		uint32_t cp;
		size_t len = ml_utf8_next(s, at, &cp);
		to = put(to, escape ? ml_str(escape) : len ? ml_str_sub(s, at, at + len) : ML_STR("\xef\xbf\xbd"));
		at += len ? len : 1;
	}
	*to++ = '"';
	return ml_string((struct ml_str){text, (size_t)(to - text)});
}

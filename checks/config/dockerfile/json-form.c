/* SPDX-License-Identifier: Apache-2.0 */
/* The exec form: a JSON list of strings, decoded with the place of each byte. Anything else in brackets is shell form. */
#include "base/error.h"
#include "base/utf8.h"
#include "checks/config/dockerfile/dockerfile-priv.h"

struct json {
	struct ml_df *df;
	const struct ml_df_text *text;
	size_t at;
};

static int peek(const struct json *in)
{
	return in->at < in->text->s.len ? (unsigned char)in->text->s.ptr[in->at] : -1;
}

static int next(struct json *in)
{
	int c = peek(in);

	in->at += c >= 0;
	return c;
}

static void skip(struct json *in)
{
	while (peek(in) == ' ' || peek(in) == '\t' || peek(in) == '\r' || peek(in) == '\n')
		in->at++;
}

static bool take_hex4(struct json *in, uint32_t *out)
{
	*out = 0;
	for (int i = 0; i < 4; i++) {
		int c = next(in);
		int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
		if (digit < 0)
			return false;
		*out = *out << 4 | (uint32_t)digit;
	}
	return true;
}

/* Behind `\u`. A lone surrogate becomes U+FFFD, as Go's decoder has it. */
static bool take_unicode(struct json *in, struct ml_df_build *build, uint32_t from)
{
	char bytes[4];
	uint32_t cp, low;
	size_t back, n;

	if (!take_hex4(in, &cp))
		return false;
	if (cp >= 0xd800 && cp < 0xdc00) {
		back = in->at;
		if (next(in) == '\\' && next(in) == 'u' && take_hex4(in, &low) && low >= 0xdc00 && low < 0xe000)
			cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
		else
			in->at = back;
	}
	n = ml_utf8_put(cp, bytes);
	if (n == 0)
		n = ml_utf8_put(0xfffd, bytes);
	ml_df_put(build, bytes, n, from, true);
	return true;
}

static bool take_escape(struct json *in, struct ml_df_build *build, uint32_t from)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	int c = next(in);
	const char *at = c > 0 ? strchr(names, c) : NULL;

	if (c == 'u')
		return take_unicode(in, build, from);
	if (!at)
		return false;
	ml_df_put(build, &values[at - names], 1, from, true);
	return true;
}

static bool take_string(struct json *in, struct ml_df_text *word)
{
	struct ml_df_build build = {.arena = in->df->arena};
	int c;

	if (next(in) != '"')
		return false;
	while ((c = next(in)) != '"') {
		uint32_t from = ml_df_origin(in->text, in->at - 1, NULL);
		if (c < ' ')
			return false;
		if (c != '\\')
			ml_df_put(&build, in->text->s.ptr + in->at - 1, 1, from, false);
		else if (!take_escape(in, &build, from))
			return false;
	}
	*word = ml_df_built(&build);
	return true;
}

bool ml_df_json_list(struct ml_df *df, const struct ml_df_text *text, size_t from, const struct ml_df_text **words, size_t *n)
{
	struct json in = {df, text, from};
	struct ml_df_text *items = NULL;
	size_t count = 0, cap = 0;
	int c;

	skip(&in);
	if (next(&in) != '[')
		return false;
	skip(&in);
	c = peek(&in) == ']' ? next(&in) : ',';
	while (c == ',') {
		skip(&in);
		if (ml_alloc_grow(df->arena, &items, &cap, count + 1, sizeof(*items)) || !take_string(&in, &items[count]))
			return false;
		count++;
		skip(&in);
		c = next(&in);
	}
	skip(&in);
	*words = items;
	*n = count;
	return c == ']' && peek(&in) < 0;
}

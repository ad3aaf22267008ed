/* SPDX-License-Identifier: Apache-2.0 */
/* Words: command lines, capabilities, users. */
#include "base/num.h"
#include "checks/config/compose/values-priv.h"
#include "facts/compose.h"

struct splitter {
	struct ml_arena *arena;
	struct ml_str text;
	size_t at;
	char *out; /* unquoted bytes of all words, one behind the other */
	size_t len;
	struct ml_str *words;
	size_t n, cap;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Behind an opening quote, up to its end; false when there is none. */
static bool take_quoted(struct splitter *s, char quote)
{
	for (; s->at < s->text.len; s->at++) {
		char c = s->text.ptr[s->at];
		if (c == quote) {
			s->at++;
			return true;
		}
		if (c == '\\' && quote == '"' && s->at + 1 < s->text.len && strchr("\"\\", s->text.ptr[s->at + 1]))
			c = s->text.ptr[++s->at];
		s->out[s->len++] = c;
	}
	return false;
}

static bool take_word(struct splitter *s)
{
	while (s->at < s->text.len && !is_blank(s->text.ptr[s->at])) {
		char c = s->text.ptr[s->at++];
		if (c == '\'' || c == '"') {
			if (!take_quoted(s, c))
				return false;
			continue;
		}
		if (c == '\\') {
			if (s->at == s->text.len)
				return false;
			c = s->text.ptr[s->at++];
		}
		s->out[s->len++] = c;
	}
	return true;
}

const char *ml_cvalue_words(struct ml_arena *arena, struct ml_str text, struct ml_str **words, size_t *n)
{
	struct splitter s = {.arena = arena, .text = text, .out = ml_alloc(arena, text.len + 1)};

	*words = NULL;
	*n = 0;
	if (!s.out)
		return "memory";
	for (;;) {
		size_t start = s.len;
		while (s.at < text.len && is_blank(text.ptr[s.at]))
			s.at++;
		if (s.at == text.len)
			break;
		if (!take_word(&s))
			return "quotes that are closed";
		if (ml_alloc_grow(arena, &s.words, &s.cap, s.n + 1, sizeof(*s.words)))
			return "memory";
		s.words[s.n++] = (struct ml_str){s.out + start, s.len - start};
	}
	*words = s.words;
	*n = s.n;
	return NULL;
}

const char *ml_cvalue_capability(struct ml_str text)
{
	if (ml_str_istarts(text, ML_STR("CAP_")))
		text = ml_str_sub(text, 4, text.len);
	for (size_t i = 0; ml_co_capability_vocab.words[i]; i++)
		if (ml_str_ieq(text, ml_str(ml_co_capability_vocab.words[i])))
			return ml_co_capability_vocab.words[i];
	return NULL;
}

/* The number that a name is, 0 for root, -1 for another name; false: a number that no kernel has. */
static bool identity(struct ml_str name, int64_t *id)
{
	uint64_t number;
	bool digits = name.len > 0;

	for (size_t i = 0; i < name.len; i++)
		digits = digits && name.ptr[i] >= '0' && name.ptr[i] <= '9';
	*id = ml_str_is(name, "root") ? 0 : -1;
	if (!digits)
		return true;
	if (!ml_parse_u64(name, 10, &number) || number > 0x7fffffff)
		return false;
	*id = (int64_t)number;
	return true;
}

const char *ml_cvalue_user(struct ml_str text, struct ml_cuser *out)
{
	size_t colon = ml_str_chr(text, ':');

	out->name = ml_str_sub(text, 0, colon);
	out->group = colon == ML_NPOS ? ML_STR("") : ml_str_sub(text, colon + 1, text.len);
	if (!identity(out->name, &out->uid) || !identity(out->group, &out->gid))
		return "a user such as app, 1000 or 1000:1000";
	for (size_t i = 0; i < text.len; i++)
		if (is_blank(text.ptr[i]) || (text.ptr[i] == ':' && i != colon))
			return "a user such as app, 1000 or 1000:1000";
	return NULL;
}

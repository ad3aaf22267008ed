/* SPDX-License-Identifier: Apache-2.0 */
/* RE2's syntax checked and translated for PCRE2: what RE2 does not have (back-references, look-around, possessive quantifiers …) is refused, what
 * the two read differently is spelt out. */
#include "base/error.h"
#include "base/utf8.h"
#include "policies/cel/impl-priv.h"

enum { REPEAT_MAX = 1000 };

struct translator {
	struct ml_str in;
	size_t at;
	char *out;
	size_t n;
	const char *wrong; /* NULL: nothing yet */
	bool repeated;     /* a quantifier stands just before: another one is an error */
};

static int peek(const struct translator *t, size_t ahead)
{
	return t->at + ahead < t->in.len ? (unsigned char)t->in.ptr[t->at + ahead] : -1;
}

static void put(struct translator *t, const char *z)
{
	size_t len = strlen(z);

	memcpy(t->out + t->n, z, len);
	t->n += len;
}

static void copy(struct translator *t, size_t len)
{
	memcpy(t->out + t->n, t->in.ptr + t->at, len);
	t->n += len;
	t->at += len;
}

static void refuse(struct translator *t, const char *what)
{
	if (!t->wrong)
		t->wrong = what;
	t->at = t->in.len;
}

static bool is_octal(int c)
{
	return c >= '0' && c <= '7';
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

/* \0, \12, \123: up to three octal digits; a single digit from 1 would be a back-reference. */
static void octal(struct translator *t)
{
	static const char hex[] = "0123456789abcdef";
	unsigned value = 0;
	char text[] = "\\x{000}";

	if (peek(t, 1) != '0' && !(is_octal(peek(t, 1)) && is_octal(peek(t, 2)))) {
		refuse(t, "back-references are not supported");
		return;
	}
	t->at++;
	for (int i = 0; i < 3 && is_octal(peek(t, 0)); i++)
		value = value * 8 + (unsigned)(t->in.ptr[t->at++] - '0');
	text[3] = hex[value >> 8];
	text[4] = hex[value >> 4 & 15];
	text[5] = hex[value & 15];
	put(t, text);
}

/* \Q…\E: each character as itself. */
static void literal(struct translator *t)
{
	size_t end = ml_str_find(ml_str_sub(t->in, t->at, t->in.len), ML_STR("\\E"));
	size_t stop = end == ML_NPOS ? t->in.len : t->at + end;

	for (t->at += 2; t->at < stop;) {
		uint32_t cp;
		size_t len = ml_utf8_next(t->in, t->at, &cp);
		if (len == 1 && !(cp >= 'a' && cp <= 'z') && !(cp >= 'A' && cp <= 'Z') && !is_digit((int)cp) && cp != '_')
			put(t, "\\");
		copy(t, len ? len : 1);
	}
	t->at = end == ML_NPOS ? t->in.len : stop + 2;
}

/* \pL, \p{Greek}, \x41, \x{10ffff}: the same in both, when they are well formed. */
static void with_argument(struct translator *t, bool property)
{
	size_t len = peek(t, 2) == '{' ? ml_str_chr(ml_str_sub(t->in, t->at, t->in.len), '}') : property ? 2 : 3;

	if (len == ML_NPOS || peek(t, property ? 2 : 3) < 0)
		refuse(t, "invalid escape sequence");
	else
		copy(t, len + 1);
}

static void escape(struct translator *t, bool in_class)
{
	int c = peek(t, 1);

	if (c == 'Q' && !in_class)
		literal(t);
	else if (c == 'v') {
		put(t, "\\x0b"); /* one character in RE2, a class in PCRE2 */
		t->at += 2;
	} else if (is_digit(c))
		octal(t);
	else if (c == 'p' || c == 'P' || c == 'x')
		with_argument(t, c != 'x');
	else if (c > 0 && strchr(in_class ? "aftnrdDsSwW" : "aftnrdDsSwWbBAz", c))
		copy(t, 2);
	else if (c > ' ' && c < 0x7f && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z'))
		copy(t, 2);
	else
		refuse(t, "invalid escape sequence");
}

/* Copies a bracket expression; a "]" that stands first is itself. */
static void bracket(struct translator *t)
{
	copy(t, 1);
	if (peek(t, 0) == '^')
		copy(t, 1);
	if (peek(t, 0) == ']')
		copy(t, 1);
	while (t->at < t->in.len && peek(t, 0) != ']') {
		size_t end = peek(t, 0) == '[' && peek(t, 1) == ':' ? ml_str_find(ml_str_sub(t->in, t->at, t->in.len), ML_STR(":]")) : ML_NPOS;
		if (peek(t, 0) == '\\')
			escape(t, true);
		else if (end != ML_NPOS)
			copy(t, end + 2);
		else if (peek(t, 0) == '[') {
			put(t, "\\"); /* PCRE2 would take "[." and "[=" for something of its own */
			copy(t, 1);
		} else
			copy(t, 1);
	}
	if (t->at < t->in.len)
		copy(t, 1);
	else
		refuse(t, "missing ]");
}

/* "(?" and what follows: a name, or flags of i, m, s, U. */
static void group(struct translator *t)
{
	size_t i = 2;

	if (peek(t, 1) == '*') {
		refuse(t, "verbs are not supported");
		return;
	}
	if (peek(t, 1) != '?') {
		copy(t, 1);
		return;
	}
	if (peek(t, 2) == 'P' && peek(t, 3) == '<') {
		copy(t, 4);
		return;
	}
	if (peek(t, 2) == '<' && peek(t, 3) != '=' && peek(t, 3) != '!') {
		copy(t, 3);
		return;
	}
	while (peek(t, i) > 0 && strchr("imsU-", peek(t, i)))
		i++;
	if (peek(t, i) != ':' && !(peek(t, i) == ')' && i > 2))
		refuse(t, "look-around, conditions, comments and the like are not supported");
	else
		copy(t, i);
}

/* {n}, {n,} or {n,m}: its length, 0 when it is not one and stands for itself. */
static size_t counted(struct translator *t)
{
	uint64_t bound = 0;
	size_t i = 1;

	if (!is_digit(peek(t, 1)))
		return 0;
	for (; is_digit(peek(t, i)) || peek(t, i) == ','; i++) {
		bound = peek(t, i) == ',' ? 0 : bound * 10 + (uint64_t)(peek(t, i) - '0');
		if (bound > REPEAT_MAX) {
			refuse(t, "a repetition of more than 1000");
			return 0;
		}
	}
	return peek(t, i) == '}' ? i + 1 : 0;
}

/* A quantifier with its "?"; one more behind it is a possessive or nonsense. */
static void quantifier(struct translator *t, size_t len)
{
	if (t->repeated) {
		refuse(t, "bad repetition operator");
		return;
	}
	copy(t, len);
	if (peek(t, 0) == '?')
		copy(t, 1);
	t->repeated = true;
}

static void one(struct translator *t)
{
	int c = peek(t, 0);
	size_t len = c == '{' ? counted(t) : 0;

	if (c == '*' || c == '+' || c == '?' || len) {
		quantifier(t, len ? len : 1);
		return;
	}
	t->repeated = false;
	if (t->wrong)
		return;
	if (c == '\\')
		escape(t, false);
	else if (c == '[')
		bracket(t);
	else if (c == '(')
		group(t);
	else if (c == '{') {
		put(t, "\\");
		copy(t, 1);
	} else
		copy(t, 1);
}

int ml_cel_regex_translate(struct ml_arena *arena, struct ml_str pattern, struct ml_str *out, struct ml_str *why)
{
	struct translator t = {.in = pattern};

	/* The longest translation is of \1 to \12: "\x{00a}", 7 bytes for at least 2; and "\x0b" for "\v". */
	t.out = ml_alloc(arena, 8 * pattern.len + 8);
	if (!t.out)
		return ML_ENOMEM;
	while (t.at < t.in.len)
		one(&t);
	*out = (struct ml_str){t.out, t.n};
	if (!t.wrong)
		return 0;
	*why = ml_str(t.wrong);
	return ML_ESYNTAX;
}

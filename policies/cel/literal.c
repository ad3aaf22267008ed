/* SPDX-License-Identifier: Apache-2.0 */
/* String and bytes literals: finding their end, and their escapes (cel-spec, doc/langdef.md, "String and Bytes Values"). */
#include "base/error.h"
#include "base/num.h"
#include "base/utf8.h"
#include "policies/cel/lex-priv.h"

struct quoted {
	struct ml_cel_lexer *lexer;
	bool raw, bytes, changes; /* changes: the value is not the text itself */
	size_t from, to;          /* the text between the quotes */
	char *out;
	size_t n;
};

static bool fail(struct ml_cel_lexer *lexer, size_t bad, const char *why)
{
	lexer->why = why;
	lexer->bad = bad;
	lexer->error = ML_ESYNTAX;
	return false;
}

static int at(const struct quoted *q, size_t i)
{
	return i < q->lexer->text.len ? (unsigned char)q->lexer->text.ptr[i] : -1;
}

/* Sets from, to and the lexer's place behind the literal. */
static bool find_end(struct quoted *q)
{
	struct ml_cel_lexer *lexer = q->lexer;
	size_t i = lexer->at, begin = i;

	q->bytes = at(q, i) == 'b' || at(q, i) == 'B';
	i += q->bytes;
	q->raw = at(q, i) == 'r' || at(q, i) == 'R';
	i += q->raw;
	int quote = at(q, i);
	bool triple = at(q, i + 1) == quote && at(q, i + 2) == quote;
	q->from = i += triple ? 3 : 1;
	for (; at(q, i) >= 0; i++) {
		int c = at(q, i);
		if (c == quote && (!triple || (at(q, i + 1) == quote && at(q, i + 2) == quote))) {
			q->to = i;
			lexer->at = i + (triple ? 3 : 1);
			return true;
		}
		if (!triple && (c == '\n' || c == '\r'))
			break;
		q->changes |= c == '\r' || (c == '\\' && !q->raw);
		i += c == '\\' && !q->raw && at(q, i + 1) >= 0 && (triple || (at(q, i + 1) != '\n' && at(q, i + 1) != '\r'));
	}
	lexer->at = i;
	return fail(lexer, begin, q->bytes ? "unterminated bytes literal" : "unterminated string literal");
}

/* `digits` digits at `i` in base 8 or 16, all of them before q->to. */
static bool code(const struct quoted *q, size_t i, size_t digits, int base, uint32_t *out)
{
	uint64_t u;

	if (q->to - i < digits || !ml_parse_u64(ml_str_sub(q->lexer->text, i, i + digits), base, &u))
		return false;
	*out = (uint32_t)u;
	return true;
}

/* A numeric escape whose letter, or first octal digit, stands at `i`: its length, 0 when it is malformed. */
static size_t numeric(const struct quoted *q, size_t i, uint32_t *cp)
{
	switch (at(q, i)) {
	case 'x':
	case 'X':
		return code(q, i + 1, 2, 16, cp) ? 3 : 0;
	case 'u':
		return !q->bytes && code(q, i + 1, 4, 16, cp) ? 5 : 0;
	case 'U':
		return !q->bytes && code(q, i + 1, 8, 16, cp) ? 9 : 0;
	default:
		return at(q, i) >= '0' && at(q, i) <= '3' && code(q, i, 3, 8, cp) ? 3 : 0;
	}
}

/* The escape whose backslash stands before `i`: appends its value and returns its length, 0 when there is no such escape. */
static size_t escape(struct quoted *q, size_t i)
{
	static const char letters[] = "abfnrtv\\?\"'`", values[] = "\a\b\f\n\r\t\v\\?\"'`";
	const char *letter = at(q, i) > 0 ? strchr(letters, at(q, i)) : NULL;
	uint32_t cp = 0;
	size_t n, put;

	if (letter) {
		q->out[q->n++] = values[letter - letters];
		return 1;
	}
	n = numeric(q, i, &cp);
	if (n == 0)
		return 0;
	if (q->bytes) {
		q->out[q->n++] = (char)cp;
		return n;
	}
	put = ml_utf8_put(cp, q->out + q->n);
	q->n += put;
	return put ? n : 0;
}

/* A value is never longer than its text: the shortest escape of a code point of k bytes has at least k bytes. */
static bool unescape(struct quoted *q)
{
	size_t i = q->from;

	while (i < q->to) {
		int c = at(q, i++);
		if (c == '\r') { /* line ends are "\n" whatever the policy file's are */
			i += i < q->to && at(q, i) == '\n';
			q->out[q->n++] = '\n';
		} else if (c != '\\' || q->raw) {
			q->out[q->n++] = (char)c;
		} else {
			size_t n = i < q->to ? escape(q, i) : 0;
			if (n == 0) {
				q->lexer->at = i + 1;
				return fail(q->lexer, i - 1, q->bytes ? "invalid escape in a bytes literal" : "invalid escape in a string literal");
			}
			i += n;
		}
	}
	return true;
}

bool ml_cel_quoted(struct ml_cel_lexer *lexer, struct ml_value *out)
{
	struct quoted q = {.lexer = lexer};
	struct ml_str s;

	if (!find_end(&q))
		return false;
	s = ml_str_sub(lexer->text, q.from, q.to);
	if (q.changes) {
		q.out = ml_alloc(lexer->arena, s.len + 4);
		if (!q.out) {
			fail(lexer, q.from, "out of memory");
			lexer->error = ML_ENOMEM;
			return false;
		}
		if (!unescape(&q))
			return false;
		s = (struct ml_str){q.out, q.n};
	}
	*out = q.bytes ? ml_bytes(s) : ml_string(s);
	return true;
}

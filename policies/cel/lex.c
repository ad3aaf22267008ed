/* SPDX-License-Identifier: Apache-2.0 */
/* The lexer: bytes to tokens, one at a time. */
#include "policies/cel/lex-priv.h"

#include "base/error.h"
#include "base/num.h"

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(int c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool ml_cel_is_word(int c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int peek(const struct ml_cel_lexer *lexer, size_t ahead)
{
	size_t at = lexer->at + ahead;

	return at < lexer->text.len ? (unsigned char)lexer->text.ptr[at] : -1;
}

static void skip_blanks(struct ml_cel_lexer *lexer)
{
	for (;;) {
		int c = peek(lexer, 0);
		if (c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r') {
			lexer->at++;
		} else if (c == '/' && peek(lexer, 1) == '/') {
			while (peek(lexer, 0) >= 0 && peek(lexer, 0) != '\n')
				lexer->at++;
		} else {
			return;
		}
	}
}

static int fail(struct ml_cel_lexer *lexer, size_t bad, const char *why)
{
	lexer->why = why;
	lexer->bad = bad;
	lexer->error = ML_ESYNTAX;
	return ML_CEL_T_ERROR;
}

static void digits(struct ml_cel_lexer *lexer, bool (*accept)(int c))
{
	while (accept(peek(lexer, 0)))
		lexer->at++;
}

/* What follows the digits of a decimal; true when it makes them a double. */
static bool fraction(struct ml_cel_lexer *lexer)
{
	bool is_double = false;
	size_t sign;

	if (peek(lexer, 0) == '.' && is_digit(peek(lexer, 1))) {
		is_double = true;
		lexer->at++;
		digits(lexer, is_digit);
	}
	if (peek(lexer, 0) != 'e' && peek(lexer, 0) != 'E')
		return is_double;
	sign = peek(lexer, 1) == '+' || peek(lexer, 1) == '-';
	if (!is_digit(peek(lexer, 1 + sign)))
		return is_double;
	lexer->at += 1 + sign;
	digits(lexer, is_digit);
	return true;
}

static int number(struct ml_cel_lexer *lexer)
{
	size_t from = lexer->at;
	int kind = ML_CEL_T_INT;

	if (peek(lexer, 0) == '0' && peek(lexer, 1) == 'x' && is_hex(peek(lexer, 2))) {
		lexer->at += 2;
		digits(lexer, is_hex);
	} else {
		digits(lexer, is_digit);
		if (fraction(lexer))
			kind = ML_CEL_T_DOUBLE;
	}
	if (kind == ML_CEL_T_INT && (peek(lexer, 0) == 'u' || peek(lexer, 0) == 'U')) {
		kind = ML_CEL_T_UINT;
		lexer->at++;
	}
	if (!ml_cel_is_word(peek(lexer, 0)))
		return kind;
	digits(lexer, ml_cel_is_word);
	return fail(lexer, from, "malformed number");
}

bool ml_cel_number(const struct ml_cel_token *token, bool negative, struct ml_value *out)
{
	struct ml_str s = token->name;
	bool hex = ml_str_starts(s, ML_STR("0x"));
	uint64_t u;
	double d;

	if (token->kind == ML_CEL_T_DOUBLE) {
		if (!ml_parse_double(s, &d))
			return false;
		*out = ml_double(negative ? -d : d);
		return true;
	}
	s = ml_str_sub(s, hex ? 2 : 0, s.len - (token->kind == ML_CEL_T_UINT));
	if (!ml_parse_u64(s, hex ? 16 : 10, &u))
		return false;
	if (token->kind == ML_CEL_T_UINT) {
		*out = ml_uint(u);
		return true;
	}
	*out = ml_int((int64_t)(negative ? 0 - u : u));
	return u <= (uint64_t)INT64_MAX + negative;
}

/* langdef.md: the keywords first, then the reserved words. */
static const struct {
	const char *word;
	int kind;
} words[] = {
	{"in", ML_CEL_T_IN}, {"true", ML_CEL_T_CONST}, {"false", ML_CEL_T_CONST}, {"null", ML_CEL_T_CONST}, {"as", ML_CEL_T_RESERVED},
	{"break", ML_CEL_T_RESERVED}, {"const", ML_CEL_T_RESERVED}, {"continue", ML_CEL_T_RESERVED}, {"else", ML_CEL_T_RESERVED},
	{"for", ML_CEL_T_RESERVED}, {"function", ML_CEL_T_RESERVED}, {"if", ML_CEL_T_RESERVED}, {"import", ML_CEL_T_RESERVED},
	{"let", ML_CEL_T_RESERVED}, {"loop", ML_CEL_T_RESERVED}, {"package", ML_CEL_T_RESERVED}, {"namespace", ML_CEL_T_RESERVED},
	{"return", ML_CEL_T_RESERVED}, {"var", ML_CEL_T_RESERVED}, {"void", ML_CEL_T_RESERVED}, {"while", ML_CEL_T_RESERVED},
};

static int word(struct ml_cel_lexer *lexer, struct ml_cel_token *token)
{
	size_t from = lexer->at;

	digits(lexer, ml_cel_is_word);
	token->name = ml_str_sub(lexer->text, from, lexer->at);
	if (token->name.len > sizeof("namespace") - 1)
		return ML_CEL_T_IDENT;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!ml_str_is(token->name, words[i].word))
			continue;
		token->value = words[i].word[0] == 'n' ? ml_null() : ml_bool(words[i].word[0] == 't');
		return words[i].kind;
	}
	return ML_CEL_T_IDENT;
}

/* Whether a string or bytes literal begins here. */
static bool at_quote(const struct ml_cel_lexer *lexer)
{
	size_t i = 0;

	i += peek(lexer, i) == 'b' || peek(lexer, i) == 'B';
	i += peek(lexer, i) == 'r' || peek(lexer, i) == 'R';
	return peek(lexer, i) == '"' || peek(lexer, i) == '\'';
}

static bool is_quoted_name(int c)
{
	return ml_cel_is_word(c) || c == '.' || c == '-' || c == '/' || c == ' ';
}

static int quoted_name(struct ml_cel_lexer *lexer, struct ml_cel_token *token)
{
	size_t from = ++lexer->at;

	digits(lexer, is_quoted_name);
	token->name = ml_str_sub(lexer->text, from, lexer->at);
	if (peek(lexer, 0) != '`' || token->name.len == 0)
		return fail(lexer, from - 1, "a name in backticks: want letters, digits, and any of \"_.-/ \", then a backtick");
	lexer->at++;
	return ML_CEL_T_QUOTED;
}

static int punctuation(struct ml_cel_lexer *lexer)
{
	static const struct {
		char text[3];
		int kind;
	} pairs[] = {
		{"==", ML_CEL_T_EQ}, {"!=", ML_CEL_T_NE}, {"<=", ML_CEL_T_LE}, {">=", ML_CEL_T_GE}, {"&&", ML_CEL_T_AND}, {"||", ML_CEL_T_OR},
	};
	size_t from = lexer->at;
	int c = peek(lexer, 0);

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (c == pairs[i].text[0] && peek(lexer, 1) == pairs[i].text[1]) {
			lexer->at += 2;
			return pairs[i].kind;
		}
	}
	lexer->at++;
	if (c > 0 && strchr("<>+-*/%!?:,.()[]{}", c))
		return c;
	while ((peek(lexer, 0) & 0xc0) == 0x80 && peek(lexer, 0) >= 0)
		lexer->at++;
	return fail(lexer, from, "unexpected character");
}

static int scan(struct ml_cel_lexer *lexer, struct ml_cel_token *token)
{
	int c = peek(lexer, 0);

	if (c < 0)
		return ML_CEL_T_END;
	if (at_quote(lexer))
		return ml_cel_quoted(lexer, &token->value) ? ML_CEL_T_CONST : ML_CEL_T_ERROR;
	if (is_digit(c) || (c == '.' && is_digit(peek(lexer, 1))))
		return number(lexer);
	if (ml_cel_is_word(c))
		return word(lexer, token);
	return c == '`' ? quoted_name(lexer, token) : punctuation(lexer);
}

struct ml_cel_token ml_cel_next(struct ml_cel_lexer *lexer)
{
	struct ml_cel_token token = {.kind = ML_CEL_T_ERROR};

	if (lexer->error)
		return token;
	skip_blanks(lexer);
	token.at = (uint32_t)lexer->at;
	token.kind = scan(lexer, &token);
	token.end = (uint32_t)lexer->at;
	if (token.kind >= ML_CEL_T_INT && token.kind <= ML_CEL_T_DOUBLE)
		token.name = ml_str_sub(lexer->text, token.at, token.end);
	return token;
}

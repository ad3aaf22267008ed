/* SPDX-License-Identifier: Apache-2.0 */
/* The tokens of an expression (cel-spec, doc/langdef.md, "Syntax"). */
#ifndef ML_POLICIES_CEL_LEX_PRIV_H
#define ML_POLICIES_CEL_LEX_PRIV_H

#include "facts/value.h"

/* A token of one character is that character. */
enum ml_cel_tok {
	ML_CEL_T_END = 0,
	ML_CEL_T_ERROR = 256, /* lexer->why, lexer->bad */
	ML_CEL_T_IDENT,
	ML_CEL_T_RESERVED, /* a word that names no variable, but may name a field or a method */
	ML_CEL_T_QUOTED,   /* `a-b` */
	ML_CEL_T_CONST,    /* true, false, null, strings, bytes: value */
	ML_CEL_T_INT, ML_CEL_T_UINT, ML_CEL_T_DOUBLE, /* name: the digits, read by ml_cel_number */
	ML_CEL_T_EQ, ML_CEL_T_NE, ML_CEL_T_LE, ML_CEL_T_GE, ML_CEL_T_AND, ML_CEL_T_OR, ML_CEL_T_IN,
};

struct ml_cel_token {
	int kind;
	uint32_t at, end;
	struct ml_str name; /* IDENT, RESERVED, QUOTED without its quotes, numbers */
	struct ml_value value;
};

struct ml_cel_lexer {
	struct ml_arena *arena;
	struct ml_str text; /* valid UTF-8 */
	size_t at;
	const char *why; /* what is wrong, from byte `bad` to lexer->at */
	size_t bad;
	int error;
};

/* The next token; after an error always the error. */
struct ml_cel_token ml_cel_next(struct ml_cel_lexer *lexer);

/* Reads the string or bytes literal that begins at lexer->at, prefix included. False with `why`, `bad` and `error`. */
bool ml_cel_quoted(struct ml_cel_lexer *lexer, struct ml_value *out);

/* The value of a number's token. False when it does not fit its type. */
bool ml_cel_number(const struct ml_cel_token *token, bool negative, struct ml_value *out);

bool ml_cel_is_word(int c);

#endif

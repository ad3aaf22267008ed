/* SPDX-License-Identifier: Apache-2.0 */
/* The parser: recursive descent over the grammar of langdef.md, operators by precedence. */
#include "policies/cel/parser-priv.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"
#include "base/utf8.h"

static struct ml_cel_node *expression(struct ml_cel_parser *p);
static struct ml_cel_node *unary(struct ml_cel_parser *p);

void *ml_cel_syntax(struct ml_cel_parser *p, int error, uint32_t at, uint32_t end, const char *fmt, ...)
{
	char text[256];
	uint32_t line, col, end_line, end_col;
	struct ml_diag *diag;
	va_list ap;

	if (p->error)
		return NULL;
	p->error = error;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ml_cel_position(p->lexer.text, at, &line, &col);
	ml_cel_position(p->lexer.text, end, &end_line, &end_col);
	diag = ml_diag_add(p->diags, ML_DIAG_ERROR, ML_STR(""), line, col, "%s", text);
	diag->end_col = end_line == line && end_col > col ? end_col : 0;
	return NULL;
}

static void *no_memory(struct ml_cel_parser *p)
{
	return ml_cel_syntax(p, ML_ENOMEM, 0, 0, "out of memory");
}

static void *too_deep(struct ml_cel_parser *p, uint32_t at)
{
	return ml_cel_syntax(p, ML_ELIMIT, at, at, "nested too deeply: more than %d levels", ML_CEL_DEPTH);
}

struct ml_cel_node *ml_cel_node(struct ml_cel_parser *p, enum ml_cel_op op, uint32_t at, struct ml_str name)
{
	struct ml_cel_node *node = p->error ? NULL : ml_alloc(p->lexer.arena, sizeof(*node));

	if (!node)
		return no_memory(p);
	node->op = (uint8_t)op;
	node->depth = 1;
	node->at = at;
	node->end = p->last;
	node->slot = node->slot2 = -1;
	node->name = name;
	node->type = &ml_type_dyn;
	return node;
}

bool ml_cel_push(struct ml_cel_parser *p, struct ml_cel_nodes *list, struct ml_cel_node *node)
{
	if (!node || p->error)
		return false;
	if (ml_alloc_grow(p->lexer.arena, &list->items, &list->cap, list->n + 1, sizeof(list->items[0]))) {
		no_memory(p);
		return false;
	}
	list->items[list->n++] = node;
	return true;
}

struct ml_cel_node *ml_cel_finish(struct ml_cel_parser *p, struct ml_cel_node *node, const struct ml_cel_nodes *list)
{
	int depth = 0;

	if (!node || p->error)
		return NULL;
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i] && list->items[i]->depth > depth)
			depth = list->items[i]->depth;
	if (depth >= ML_CEL_DEPTH)
		return too_deep(p, node->at);
	node->args = list->items;
	node->n = (uint32_t)list->n;
	node->depth = (uint8_t)(depth + 1);
	node->end = p->last;
	return node;
}

static void next(struct ml_cel_parser *p)
{
	const struct ml_cel_lexer *lexer = &p->lexer;

	p->last = p->tok.end;
	p->tok = ml_cel_next(&p->lexer);
	if (p->tok.kind == ML_CEL_T_ERROR && lexer->why)
		ml_cel_syntax(p, lexer->error, (uint32_t)lexer->bad, (uint32_t)lexer->at, "%s", lexer->why);
}

static bool take(struct ml_cel_parser *p, int kind)
{
	if (p->error || p->tok.kind != kind)
		return false;
	next(p);
	return !p->error;
}

static void *unexpected(struct ml_cel_parser *p, const char *want)
{
	const struct ml_cel_token *tok = &p->tok;
	struct ml_str got = ml_str_sub(p->lexer.text, tok->at, tok->end);

	if (tok->kind == ML_CEL_T_END)
		return ml_cel_syntax(p, ML_ESYNTAX, tok->at, tok->end, "syntax: got the end of the expression, want %s", want);
	if (tok->kind == ML_CEL_T_RESERVED)
		return ml_cel_syntax(p, ML_ESYNTAX, tok->at, tok->end, "syntax: got the reserved word \"%.*s\", want %s", ML_STR_ARG(got), want);
	if (got.len > 40)
		return ml_cel_syntax(p, ML_ESYNTAX, tok->at, tok->end, "syntax: got a literal, want %s", want);
	return ml_cel_syntax(p, ML_ESYNTAX, tok->at, tok->end, "syntax: got \"%.*s\", want %s", ML_STR_ARG(got), want);
}

static bool expect(struct ml_cel_parser *p, int kind, const char *want)
{
	return take(p, kind) || unexpected(p, want);
}

static bool enter(struct ml_cel_parser *p)
{
	return ++p->nest <= ML_CEL_DEPTH || too_deep(p, p->tok.at);
}

static struct ml_cel_node *call(struct ml_cel_parser *p, uint32_t at, const char *name, struct ml_cel_node *a, struct ml_cel_node *b)
{
	struct ml_cel_node *node = ml_cel_node(p, ML_CEL_CALL, at, ml_str(name));
	struct ml_cel_nodes list = {0};

	if (!ml_cel_push(p, &list, a) || (b && !ml_cel_push(p, &list, b)))
		return NULL;
	return ml_cel_finish(p, node, &list);
}

static struct ml_cel_node *constant(struct ml_cel_parser *p)
{
	struct ml_cel_token tok = p->tok;
	struct ml_cel_node *node;

	next(p);
	node = ml_cel_node(p, ML_CEL_CONST, tok.at, ML_STR_NONE);
	if (node)
		node->value = tok.value;
	return node;
}

/* A number's token, behind a '-' that began at `at` when it is negative. */
static struct ml_cel_node *number(struct ml_cel_parser *p, uint32_t at, bool negative)
{
	static const char *const range[] = {"an int from -9223372036854775808 to 9223372036854775807", "a uint up to 18446744073709551615u",
		"a double of at most 400 digits, below 1.8e308"};

	if (!ml_cel_number(&p->tok, negative, &p->tok.value))
		return ml_cel_syntax(p, ML_ESYNTAX, at, p->tok.end, "number out of range: want %s", range[p->tok.kind - ML_CEL_T_INT]);
	struct ml_cel_node *node = constant(p);
	if (node)
		node->at = at;
	return node;
}

/* Expressions up to `close`, which is taken; a '?' before one makes it optional where `optional` allows. */
static bool expressions(struct ml_cel_parser *p, int close, bool is_list, struct ml_cel_nodes *list)
{
	const char *want = close == ')' ? "\",\" or \")\"" : "\",\" or \"]\"";

	while (p->tok.kind != close) {
		bool optional = is_list && take(p, '?');
		struct ml_cel_node *node = expression(p);
		if (!ml_cel_push(p, list, node))
			return false;
		if (optional)
			node->flags |= ML_CEL_F_ENTRY;
		if (!take(p, ','))
			break;
		if (p->tok.kind == close && !is_list)
			return unexpected(p, "an argument");
	}
	return expect(p, close, want);
}

static struct ml_cel_node *list_literal(struct ml_cel_parser *p)
{
	struct ml_cel_node *node = ml_cel_node(p, ML_CEL_LIST, p->tok.at, ML_STR_NONE);
	struct ml_cel_nodes list = {0};

	next(p);
	return expressions(p, ']', true, &list) ? ml_cel_finish(p, node, &list) : NULL;
}

/* One "key: value" or, in a message, "field: value". */
static bool entry(struct ml_cel_parser *p, bool is_map, struct ml_cel_nodes *list)
{
	bool optional = take(p, '?');
	struct ml_cel_node *node = NULL;

	if (is_map) {
		node = expression(p);
		if (!ml_cel_push(p, list, node))
			return false;
		if (optional)
			node->flags |= ML_CEL_F_ENTRY;
	} else if (!take(p, ML_CEL_T_IDENT) && !take(p, ML_CEL_T_RESERVED) && !take(p, ML_CEL_T_QUOTED)) {
		return unexpected(p, "a field");
	}
	return expect(p, ':', "\":\"") && ml_cel_push(p, list, expression(p));
}

static struct ml_cel_node *entries(struct ml_cel_parser *p, struct ml_cel_node *node)
{
	struct ml_cel_nodes list = {0};

	if (!node || p->error)
		return NULL;
	next(p);
	while (p->tok.kind != '}') {
		if (!entry(p, node->op == ML_CEL_MAP, &list))
			return NULL;
		if (!take(p, ','))
			break;
	}
	return expect(p, '}', "\",\" or \"}\"") ? ml_cel_finish(p, node, &list) : NULL;
}

static struct ml_cel_node *arguments(struct ml_cel_parser *p, struct ml_cel_node *node, struct ml_cel_node *target)
{
	struct ml_cel_nodes list = {0};

	next(p);
	if (!node || (target && !ml_cel_push(p, &list, target)) || !expressions(p, ')', false, &list))
		return NULL;
	return ml_cel_macro(p, ml_cel_finish(p, node, &list));
}

static struct ml_cel_node *identifier(struct ml_cel_parser *p)
{
	uint32_t at = p->tok.at;
	uint8_t flags = take(p, '.') ? ML_CEL_F_LEADING_DOT : 0;
	struct ml_str name = p->tok.name;
	struct ml_cel_node *node;

	if (!take(p, ML_CEL_T_IDENT))
		return unexpected(p, flags ? "a name" : "an expression");
	node = ml_cel_node(p, p->tok.kind == '(' ? ML_CEL_CALL : ML_CEL_IDENT, at, name);
	if (node)
		node->flags = flags;
	return node && node->op == ML_CEL_CALL ? arguments(p, node, NULL) : node;
}

static struct ml_cel_node *parenthesised(struct ml_cel_parser *p)
{
	uint32_t at = p->tok.at;
	struct ml_cel_node *node;

	next(p);
	node = expression(p);
	if (!node || !expect(p, ')', "\")\""))
		return NULL;
	node->at = at;
	node->end = p->last;
	return node;
}

static struct ml_cel_node *primary(struct ml_cel_parser *p)
{
	switch (p->tok.kind) {
	case ML_CEL_T_CONST:
		return constant(p);
	case ML_CEL_T_INT:
	case ML_CEL_T_UINT:
	case ML_CEL_T_DOUBLE:
		return number(p, p->tok.at, false);
	case '(':
		return parenthesised(p);
	case '[':
		return list_literal(p);
	case '{':
		return entries(p, ml_cel_node(p, ML_CEL_MAP, p->tok.at, ML_STR_NONE));
	default:
		return identifier(p);
	}
}

static struct ml_cel_node *wrap(struct ml_cel_parser *p, struct ml_cel_node *node, struct ml_cel_node *a, struct ml_cel_node *b)
{
	struct ml_cel_nodes list = {0};

	if (!node || !ml_cel_push(p, &list, a) || (b && !ml_cel_push(p, &list, b)))
		return NULL;
	return ml_cel_finish(p, node, &list);
}

/* ".name", ".?name" or ".name(…)" behind `base`. */
static struct ml_cel_node *selection(struct ml_cel_parser *p, struct ml_cel_node *base)
{
	struct ml_cel_token tok;
	struct ml_cel_node *node;
	bool optional;

	next(p);
	optional = take(p, '?');
	tok = p->tok;
	if (!take(p, ML_CEL_T_IDENT) && !take(p, ML_CEL_T_RESERVED) && !take(p, ML_CEL_T_QUOTED))
		return unexpected(p, "a field's name");
	if (p->tok.kind == '(' && !optional && tok.kind != ML_CEL_T_QUOTED) {
		node = ml_cel_node(p, ML_CEL_CALL, base->at, tok.name);
		if (node)
			node->flags = ML_CEL_F_RECEIVER;
		return arguments(p, node, base);
	}
	node = ml_cel_node(p, ML_CEL_SELECT, base->at, tok.name);
	if (node)
		node->flags = (uint8_t)((optional ? ML_CEL_F_OPTIONAL : 0) | (tok.kind == ML_CEL_T_QUOTED ? ML_CEL_F_QUOTED : 0));
	return wrap(p, node, base, NULL);
}

static struct ml_cel_node *indexing(struct ml_cel_parser *p, struct ml_cel_node *base)
{
	struct ml_cel_node *index, *node;
	bool optional;

	next(p);
	optional = take(p, '?');
	index = expression(p);
	if (!index || !expect(p, ']', "\"]\""))
		return NULL;
	node = ml_cel_node(p, ML_CEL_INDEX, base->at, ML_STR_NONE);
	if (node)
		node->flags = optional ? ML_CEL_F_OPTIONAL : 0;
	return wrap(p, node, base, index);
}

/* Whether `node` is written as a.b.c, so that a '{' behind it opens a message. */
static bool is_qualified(const struct ml_cel_node *node)
{
	for (; node->op == ML_CEL_SELECT; node = node->args[0])
		if (node->flags & (ML_CEL_F_OPTIONAL | ML_CEL_F_QUOTED | ML_CEL_F_HAS))
			return false;
	return node->op == ML_CEL_IDENT;
}

static struct ml_cel_node *postfix(struct ml_cel_parser *p, struct ml_cel_node *node)
{
	while (node && !p->error) {
		switch (p->tok.kind) {
		case '.':
			node = selection(p, node);
			break;
		case '[':
			node = indexing(p, node);
			break;
		case '{':
			if (!is_qualified(node))
				return node;
			node = entries(p, ml_cel_node(p, ML_CEL_MESSAGE, node->at, ml_str_sub(p->lexer.text, node->at, p->last)));
			break;
		default:
			return node;
		}
	}
	return NULL;
}

/* A run of one operator; "-5" is a literal, so that the smallest int can be written. */
static struct ml_cel_node *negation(struct ml_cel_parser *p, int op)
{
	uint32_t at = p->tok.at;
	struct ml_cel_node *operand;

	next(p);
	if (op == '-' && (p->tok.kind == ML_CEL_T_INT || p->tok.kind == ML_CEL_T_DOUBLE))
		return postfix(p, number(p, at, true));
	if (!enter(p))
		return NULL;
	operand = p->tok.kind == op ? negation(p, op) : op == '!' && p->tok.kind == '-' ? unary(p) : postfix(p, primary(p));
	p->nest--;
	return operand ? call(p, at, op == '-' ? "-_" : "!_", operand, NULL) : NULL;
}

static struct ml_cel_node *unary(struct ml_cel_parser *p)
{
	if (p->tok.kind == '!' || p->tok.kind == '-')
		return negation(p, p->tok.kind);
	return postfix(p, primary(p));
}

static const struct {
	int tok, precedence;
	const char *name;
} binaries[] = {
	{'<', 1, "_<_"}, {ML_CEL_T_LE, 1, "_<=_"}, {'>', 1, "_>_"}, {ML_CEL_T_GE, 1, "_>=_"}, {ML_CEL_T_EQ, 1, "_==_"}, {ML_CEL_T_NE, 1, "_!=_"},
	{ML_CEL_T_IN, 1, "@in"}, {'+', 2, "_+_"}, {'-', 2, "_-_"}, {'*', 3, "_*_"}, {'/', 3, "_/_"}, {'%', 3, "_%_"},
};

static int find_binary(int tok)
{
	for (size_t i = 0; i < sizeof(binaries) / sizeof(binaries[0]); i++)
		if (binaries[i].tok == tok)
			return (int)i;
	return -1;
}

static struct ml_cel_node *binary(struct ml_cel_parser *p, int precedence)
{
	struct ml_cel_node *left = unary(p), *right;
	int i;

	while (left && (i = find_binary(p->tok.kind)) >= 0 && binaries[i].precedence >= precedence) {
		next(p);
		right = p->error ? NULL : binary(p, binaries[i].precedence + 1);
		left = right ? call(p, left->at, binaries[i].name, left, right) : NULL;
	}
	return left;
}

/* a && b && c, and a || b || c over those. */
static struct ml_cel_node *logic(struct ml_cel_parser *p, int tok)
{
	struct ml_cel_node *first = tok == ML_CEL_T_OR ? logic(p, ML_CEL_T_AND) : binary(p, 1);
	struct ml_cel_nodes list = {0};
	struct ml_cel_node *node;

	if (!first || p->tok.kind != tok)
		return first;
	node = ml_cel_node(p, tok == ML_CEL_T_OR ? ML_CEL_OR : ML_CEL_AND, first->at, ML_STR_NONE);
	if (!ml_cel_push(p, &list, first))
		return NULL;
	while (take(p, tok))
		if (!ml_cel_push(p, &list, tok == ML_CEL_T_OR ? logic(p, ML_CEL_T_AND) : binary(p, 1)))
			return NULL;
	return ml_cel_finish(p, node, &list);
}

static struct ml_cel_node *conditional(struct ml_cel_parser *p)
{
	struct ml_cel_node *test = logic(p, ML_CEL_T_OR), *node;
	struct ml_cel_nodes list = {0};

	if (!test || !take(p, '?'))
		return p->error ? NULL : test;
	if (!ml_cel_push(p, &list, test) || !ml_cel_push(p, &list, logic(p, ML_CEL_T_OR)) || !expect(p, ':', "\":\"") ||
		!ml_cel_push(p, &list, expression(p)))
		return NULL;
	node = ml_cel_node(p, ML_CEL_COND, test->at, ML_STR_NONE);
	return ml_cel_finish(p, node, &list);
}

static struct ml_cel_node *expression(struct ml_cel_parser *p)
{
	struct ml_cel_node *node = NULL;

	if (!p->error && enter(p))
		node = conditional(p);
	p->nest--;
	return p->error ? NULL : node;
}

int ml_cel_parse(struct ml_arena *arena, struct ml_str text, struct ml_diags *diags, struct ml_cel_node **out)
{
	struct ml_cel_parser p = {.lexer = {.arena = arena, .text = text}, .diags = diags};
	size_t bad;

	*out = NULL;
	if (text.len > ML_CEL_TEXT_MAX) {
		ml_diag_add(diags, ML_DIAG_ERROR, ML_STR(""), 1, 1, "expression too long: got %zu bytes, want at most %zu", text.len, ML_CEL_TEXT_MAX);
		return ML_ELIMIT;
	}
	bad = ml_utf8_invalid(text);
	if (bad != ML_NPOS) {
		ml_cel_syntax(&p, ML_ESYNTAX, (uint32_t)bad, (uint32_t)bad, "not valid UTF-8");
		return p.error;
	}
	next(&p);
	*out = expression(&p);
	if (*out && p.tok.kind != ML_CEL_T_END)
		unexpected(&p, "an operator or the end of the expression");
	return p.error;
}

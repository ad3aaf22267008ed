/* SPDX-License-Identifier: Apache-2.0 */
/* Words: a string out of a closed vocabulary is only compared with words that it can be, for a misspelt one would make a rule that never matches. */
#include "base/buf.h"
#include "policies/cel/check-priv.h"

enum { WORDS_SHOWN = 8 };

static const struct ml_type *deref(struct ml_cel_checker *c, const struct ml_type *type)
{
	return ml_cel_deref(&c->in, type);
}

static const struct ml_vocab *closed(const struct ml_type *type)
{
	return type->kind == ML_T_STRING && type->vocab && !type->vocab->open ? type->vocab : NULL;
}

/* ", want one of a, b, c", or "" when they are many. */
static const char *wanted(struct ml_cel_checker *c, const struct ml_vocab *vocab)
{
	ML_BUF_AUTO out;
	size_t n = 0;

	ml_buf_init(&out, 1024);
	for (; n <= WORDS_SHOWN && vocab->words[n]; n++) {
		ml_buf_puts(&out, n ? ", " : ", want one of ");
		ml_buf_puts(&out, vocab->words[n][0] ? vocab->words[n] : "\"\"");
	}
	return n > WORDS_SHOWN || out.error || !out.ptr ? "" : ml_str_dup(c->arena, ml_buf_get(&out)).ptr;
}

static void no_such_word(struct ml_cel_checker *c, const struct ml_cel_node *node, const struct ml_vocab *vocab, struct ml_str word)
{
	const char *want = wanted(c, vocab);

	ml_cel_report(c, node, "%s: got \"%.*s\"%s", vocab->name, ML_STR_ARG(ml_str_sub(word, 0, 80)), want ? want : "")->hint =
		ml_diag_suggest(c->arena, ml_vocab_nearest(vocab, word));
}

/* Whether two closed vocabularies share no word. */
static bool disjoint(const struct ml_vocab *a, const struct ml_vocab *b)
{
	for (size_t i = 0; a->words[i]; i++)
		if (ml_vocab_has(b, ml_str(a->words[i])))
			return false;
	return true;
}

static void against_string(struct ml_cel_checker *c, const struct ml_vocab *vocab, const struct ml_cel_node *node)
{
	const struct ml_vocab *other = closed(deref(c, node->type));

	if (node->op == ML_CEL_CONST && node->value.kind == ML_V_STRING) {
		if (!ml_vocab_has(vocab, ml_value_text(&node->value)))
			no_such_word(c, node, vocab, ml_value_text(&node->value));
	} else if (other && disjoint(vocab, other)) {
		ml_cel_report(c, node, "%s and %s have no word in common", other->name, vocab->name);
	}
}

/* `node` is compared with something of type `type`. */
static void against(struct ml_cel_checker *c, const struct ml_type *type, const struct ml_cel_node *node)
{
	type = deref(c, type);
	if (node->op == ML_CEL_COND) {
		against(c, type, node->args[1]);
		against(c, type, node->args[2]);
	} else if (closed(type)) {
		against_string(c, closed(type), node);
	} else if (type->kind == ML_T_LIST && node->op == ML_CEL_LIST) {
		for (uint32_t i = 0; i < node->n; i++)
			against(c, type->elem, node->args[i]);
	} else if (type->kind == ML_T_MAP && node->op == ML_CEL_MAP) {
		for (uint32_t i = 0; i < node->n; i++)
			against(c, i % 2 ? type->elem : type->key, node->args[i]);
	} else if (type->kind == ML_T_OPTIONAL && node->op == ML_CEL_CALL && node->n == 1) { /* optional.of(x) */
		against(c, type->elem, node->args[0]);
	}
}

static void both(struct ml_cel_checker *c, const struct ml_cel_node *a, const struct ml_cel_node *b)
{
	int before = c->errors;

	against(c, a->type, b);
	if (c->errors == before)
		against(c, b->type, a);
}

/* `x` in `set`: a list's elements, a map's keys. */
static void membership(struct ml_cel_checker *c, const struct ml_cel_node *x, const struct ml_cel_node *set)
{
	const struct ml_type *type = deref(c, set->type);
	bool map = set->op == ML_CEL_MAP;
	int before = c->errors;

	for (uint32_t i = 0; (set->op == ML_CEL_LIST || map) && i < set->n; i += 1 + map)
		against(c, x->type, set->args[i]);
	if (c->errors != before)
		return;
	if (type->kind == ML_T_LIST)
		against(c, type->elem, x);
	else if (type->kind == ML_T_MAP)
		against(c, type->key, x);
}

void ml_cel_check_words(struct ml_cel_checker *c, const struct ml_cel_node *call)
{
	if (call->n != 2)
		return;
	if (ml_str_is(call->name, "@in"))
		membership(c, call->args[0], call->args[1]);
	else if (ml_str_is(call->name, "_==_") || ml_str_is(call->name, "_!=_") || ml_str_starts(call->name, ML_STR("sets.")))
		both(c, call->args[0], call->args[1]);
}

void ml_cel_check_key_words(struct ml_cel_checker *c, const struct ml_cel_node *node, const struct ml_type *key)
{
	const struct ml_vocab *vocab = closed(deref(c, key));

	if (!vocab)
		return;
	if (node->op == ML_CEL_INDEX)
		against_string(c, vocab, node->args[1]);
	else if (!ml_vocab_has(vocab, node->name))
		no_such_word(c, node, vocab, node->name);
}

/* `vocab` and one word more. */
static const struct ml_type *extended(struct ml_cel_checker *c, const struct ml_vocab *vocab, struct ml_str word)
{
	struct ml_type *type = ml_alloc(c->arena, sizeof(*type));
	struct ml_vocab *more = ml_alloc(c->arena, sizeof(*more));
	const char **words;
	size_t n = 0;

	while (vocab->words[n])
		n++;
	words = ml_alloc_array(c->arena, n + 2, sizeof(words[0]));
	if (!type || !more || !words)
		return NULL;
	memcpy(words, vocab->words, n * sizeof(words[0]));
	words[n] = ml_str_dup(c->arena, word).ptr;
	*more = (struct ml_vocab){.name = vocab->name, .words = words};
	*type = (struct ml_type){.kind = ML_T_STRING, .vocab = more};
	return words[n] ? type : NULL;
}

const struct ml_type *ml_cel_literal_type(struct ml_cel_checker *c, const struct ml_cel_node *node, const struct ml_type *type)
{
	const struct ml_type *more;
	struct ml_str word;

	type = deref(c, type);
	if (node->op != ML_CEL_CONST || node->value.kind != ML_V_STRING || !closed(type))
		return node->type;
	word = ml_value_text(&node->value);
	if (ml_vocab_has(closed(type), word))
		return type;
	more = memchr(word.ptr ? word.ptr : "", '\0', word.len) ? NULL : extended(c, closed(type), word);
	return more ? more : node->type;
}

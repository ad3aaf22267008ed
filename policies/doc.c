/* SPDX-License-Identifier: Apache-2.0 */
/* YAML files of ours, read by tables of keys. */
#include "policies/doc-priv.h"

#include <stdarg.h>
#include <stdio.h>

enum { MESSAGE_BYTES = 900, KEYS_MAX = 32 };

void ml_doc_source(struct ml_doc *doc, struct ml_diag *diag)
{
	/* What is beyond the maximum is only counted. */
	if (doc->diags->n && diag == &doc->diags->items[doc->diags->n - 1])
		diag->source = ml_text_line(doc->bytes, diag->line);
}

static struct ml_diag *add(struct ml_doc *doc, enum ml_diag_level level, uint32_t line, uint32_t col, uint32_t end_col, const char *text)
{
	struct ml_diag *diag = ml_diag_add(doc->diags, level, doc->name, line, col, "%s", text);

	diag->end_col = end_col;
	ml_doc_source(doc, diag);
	return diag;
}

static uint32_t end_on_line(const struct ml_yaml_node *node)
{
	return node->end_line == node->line ? node->end_col : 0;
}

struct ml_diag *ml_doc_error_at(struct ml_doc *doc, uint32_t line, uint32_t col, uint32_t end_col, const char *fmt, ...)
{
	char text[MESSAGE_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return add(doc, ML_DIAG_ERROR, line, col, end_col, text);
}

struct ml_diag *ml_doc_error(struct ml_doc *doc, const struct ml_yaml_node *node, const char *fmt, ...)
{
	char text[MESSAGE_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return add(doc, ML_DIAG_ERROR, node->line, node->col, end_on_line(node), text);
}

void ml_doc_warn(struct ml_doc *doc, const struct ml_yaml_node *node, const char *fmt, ...)
{
	char text[MESSAGE_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	add(doc, ML_DIAG_WARNING, node->line, node->col, end_on_line(node), text);
}

void ml_doc_want(struct ml_doc *doc, const struct ml_yaml_node *node, const char *want)
{
	ml_doc_error(doc, node, "%s: got %s, want %s", doc->key, ml_yaml_what(node), want);
}

bool ml_doc_step(struct ml_doc *doc, const struct ml_yaml_node *node)
{
	if (++doc->steps == ML_DOC_STEPS)
		ml_doc_error(doc, node, "aliases expand to more than %u nodes", ML_DOC_STEPS);
	return doc->steps < ML_DOC_STEPS;
}

/* What is wrong with a text of which lines were cut is said of the whole. */
static int parse(struct ml_doc *doc, struct ml_str text, struct ml_yaml *yaml)
{
	static const struct ml_yaml_limits limits = {.max_nodes = 2000000, .max_docs = 1};
	int r = ml_yaml_parse(doc->arena, text, &limits, yaml);

	if (r == 0 && yaml->error.code && text.ptr != doc->bytes.ptr)
		r = ml_yaml_parse(doc->arena, doc->bytes, &limits, yaml);
	return r;
}

bool ml_doc_open(struct ml_doc *doc, struct ml_str text)
{
	static const struct ml_yaml_node start = {.line = 1, .col = 1, .end_line = 1, .end_col = 1};
	struct ml_yaml yaml;

	if (parse(doc, text, &yaml))
		return false;
	if (yaml.error.code) {
		ml_doc_error_at(doc, yaml.error.line, yaml.error.col, 0, "%s", yaml.error.message);
		return false;
	}
	doc->root = ml_yaml_deref(yaml.ndocs ? yaml.docs[0] : NULL);
	if (doc->root && doc->root->kind == ML_YAML_MAP)
		return true;
	ml_doc_error(doc, doc->root ? doc->root : &start, "got %s, want %s", ml_yaml_what(doc->root), doc->want);
	return false;
}

bool ml_doc_key_text(struct ml_doc *doc, const struct ml_yaml_node *key, struct ml_str *out)
{
	const struct ml_yaml_node *node = ml_yaml_deref(key);

	if (node->kind != ML_YAML_SCALAR || node->n == 0 || ml_yaml_resolve(node, ML_YAML_CORE).type != ML_YAML_STR) {
		ml_doc_error(doc, key, "key: got %s, want a string", ml_yaml_what(node));
		return false;
	}
	*out = ml_yaml_text(node);
	return true;
}

static int find_key(const struct ml_doc_key *keys, size_t n, struct ml_str name)
{
	for (size_t k = 0; k < n; k++)
		if (ml_str_is(name, keys[k].name))
			return (int)k;
	return -1;
}

static void unknown_key(struct ml_doc *doc, const struct ml_yaml_node *key, const char *what, const struct ml_doc_key *keys, size_t n,
	struct ml_str name)
{
	const char *names[KEYS_MAX];
	struct ml_diag *diag = ml_doc_error(doc, key, "%s has no key \"%.*s\"", what, ML_STR_ARG(name));

	for (size_t k = 0; k < n; k++)
		names[k] = keys[k].name;
	diag->hint = ml_diag_suggest(doc->arena, ml_str_nearest(name, names, n));
}

void ml_doc_map(struct ml_doc *doc, const struct ml_yaml_node *node, const char *what, const struct ml_doc_key *keys, size_t n, void *into)
{
	uint32_t seen = 0;

	if (node->kind != ML_YAML_MAP) {
		ml_doc_error(doc, node, "%s: got %s, want a mapping", what, ml_yaml_what(node));
		return;
	}
	for (uint32_t i = 0; i < node->n; i++) {
		const struct ml_yaml_node *key = ml_yaml_key(node, i);
		struct ml_str name;
		int k;
		if (!ml_doc_step(doc, key) || !ml_doc_key_text(doc, key, &name))
			continue;
		k = find_key(keys, n, name);
		if (k < 0) {
			unknown_key(doc, key, what, keys, n, name);
		} else if (seen & 1u << k) {
			ml_doc_error(doc, key, "the key \"%s\" stands twice", keys[k].name);
		} else {
			seen |= 1u << k;
			doc->key = keys[k].name;
			keys[k].read(doc, ml_yaml_deref(ml_yaml_value(node, i)), into);
		}
	}
	for (size_t k = 0; k < n; k++)
		if (keys[k].required && !(seen & 1u << k))
			ml_doc_error_at(doc, node->line, node->col, 0, "%s has no `%s`", what, keys[k].name);
}

void ml_doc_no_twins(struct ml_doc *doc, const struct ml_yaml_node *map)
{
	const struct ml_yaml_node *twin = ml_yaml_duplicate(doc->arena, map);

	if (twin)
		ml_doc_error(doc, twin, "the key \"%.*s\" stands twice", ML_STR_ARG(ml_yaml_text(ml_yaml_deref(twin))));
}

bool ml_doc_string(struct ml_doc *doc, const struct ml_yaml_node *node, struct ml_str *out)
{
	if (node->kind != ML_YAML_SCALAR || ml_yaml_resolve(node, ML_YAML_CORE).type != ML_YAML_STR) {
		ml_doc_want(doc, node, "a string");
		return false;
	}
	if (ml_str_trim(ml_yaml_text(node)).len == 0) {
		ml_doc_error(doc, node, "%s: is empty", doc->key);
		return false;
	}
	*out = ml_yaml_text(node);
	return true;
}

bool ml_doc_strings(struct ml_doc *doc, const struct ml_yaml_node *node, struct ml_strs *out)
{
	uint32_t n = node->kind == ML_YAML_SEQ ? node->n : 1;
	bool all = true;

	if (node->kind == ML_YAML_MAP) {
		ml_doc_want(doc, node, "a list of strings");
		return false;
	}
	*out = (struct ml_strs){.items = ml_alloc_array(doc->arena, n, sizeof(*out->items))};
	for (uint32_t i = 0; out->items && i < n; i++) {
		const struct ml_yaml_node *item = node->kind == ML_YAML_SEQ ? ml_yaml_deref(node->items[i]) : node;
		if (!ml_doc_step(doc, node))
			return false;
		all = ml_doc_string(doc, item, &out->items[out->n]) && all;
		out->n++;
	}
	return all && out->items;
}

/* "a, b or c". */
static void list_words(struct ml_buf *out, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		ml_buf_puts(out, i == 0 ? "" : i + 1 == n ? " or " : ", ");
		ml_buf_puts(out, words[i]);
	}
}

int ml_doc_word(struct ml_doc *doc, const struct ml_yaml_node *node, const char *const *words)
{
	struct ml_str word;
	struct ml_diag *diag;
	size_t n = 0;
	ML_BUF_AUTO list;

	ml_buf_init(&list, MESSAGE_BYTES);
	if (!ml_doc_string(doc, node, &word))
		return -1;
	for (; words[n]; n++)
		if (ml_str_is(word, words[n]))
			return (int)n;
	list_words(&list, words, n);
	diag = ml_doc_error(doc, node, "%s: got \"%.*s\", want %.*s", doc->key, ML_STR_ARG(word), ML_STR_ARG(ml_buf_get(&list)));
	diag->hint = ml_diag_suggest(doc->arena, ml_str_nearest(word, words, n));
	return -1;
}

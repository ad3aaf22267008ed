/* SPDX-License-Identifier: Apache-2.0 */
/* YAML events into a bounded node tree. */
#include "base/yaml-priv.h"

#include <libfyaml.h>

#include "base/num.h"
#include "base/sort.h"
#include "base/utf8.h"

enum { DEPTH = 100, NODES = 8000000, ALIASES = 100000, DOCS = 1000, BUCKETS = 16384, CHAIN = 256 };

/* An anchor seen in this document; `open` while its node is not finished. */
struct anchor {
	struct anchor *next;
	struct ml_str name;
	struct ml_yaml_node *node;
};

/* A collection that is being read: its children wait on the builder's stack from `first` on. */
struct frame {
	struct ml_yaml_node *node;
	size_t first;
};

struct builder {
	struct ml_arena *arena;
	struct ml_str bytes;
	struct ml_yaml *out;
	struct ml_yaml_limits limits;
	struct fy_parser *parser;
	struct anchor **anchors; /* BUCKETS of them, on demand */
	struct frame *frames;
	size_t nframes, frames_cap;
	struct ml_yaml_node **children;
	size_t nchildren, children_cap;
	uint32_t nodes, aliases;
	uint32_t last_line, last_col; /* where the latest node with a place ended */
	size_t docs_cap;
	bool memory; /* ran out */
};

enum { OPEN = 1 }; /* ml_yaml_node.extra: a collection whose end was not seen yet */

static bool fail(struct builder *b, int code, const struct fy_mark *mark, const char *what)
{
	if (!b->out->error.code)
		ml_fail_at(&b->out->error, code, "", mark ? (uint32_t)mark->line + 1 : 0,
			mark ? (uint32_t)mark->column + 1 : 0, "%s", what);
	return false;
}

static bool no_memory(struct builder *b)
{
	b->memory = true;
	return false;
}

/* An empty node has no mark of its own: it stands where the node before it ended. */
static void place(struct builder *b, struct ml_yaml_node *node, const struct fy_mark *start, const struct fy_mark *end)
{
	node->line = start ? (uint32_t)start->line + 1 : b->last_line;
	node->col = start ? (uint32_t)start->column + 1 : b->last_col;
	node->end_line = end ? (uint32_t)end->line + 1 : node->line;
	node->end_col = end ? (uint32_t)end->column + 1 : node->col;
	b->last_line = node->end_line;
	b->last_col = node->end_col;
}

/* The library's marks leave out the quotes and the '*'. */
static void widen(struct ml_yaml_node *node, uint32_t before, uint32_t after)
{
	node->col -= node->col > before ? before : 0;
	node->end_col += after;
}

static struct ml_yaml_node *new_node(struct builder *b, struct fy_event *event, enum ml_yaml_kind kind)
{
	const struct fy_mark *start = fy_event_start_mark(event), *end = fy_event_end_mark(event);
	struct ml_yaml_node *node;

	if (++b->nodes > b->limits.max_nodes) {
		fail(b, ML_ELIMIT, start, "too many nodes");
		return NULL;
	}
	node = ml_alloc(b->arena, sizeof(*node));
	if (!node) {
		no_memory(b);
		return NULL;
	}
	node->kind = (uint8_t)kind;
	node->depth = (uint8_t)(b->nframes > 255 ? 255 : b->nframes);
	place(b, node, start, end);
	return node;
}

static bool attach(struct builder *b, struct ml_yaml_node *node)
{
	if (b->nframes == 0) {
		b->out->docs[b->out->ndocs - 1] = node;
		return true;
	}
	if (ml_alloc_grow(b->arena, &b->children, &b->children_cap, b->nchildren + 1, sizeof(struct ml_yaml_node *)))
		return no_memory(b);
	b->children[b->nchildren++] = node;
	return true;
}

static bool set_tag(struct builder *b, struct ml_yaml_node *node, struct fy_token *token)
{
	size_t len = 0;
	const char *text = token ? fy_token_get_text(token, &len) : NULL;

	if (text && !(node->tag = ml_alloc_copy(b->arena, text, len)))
		return no_memory(b);
	return true;
}

static struct anchor **bucket(struct builder *b, struct ml_str name)
{
	return &b->anchors[ml_str_hash(name) % BUCKETS];
}

static bool set_anchor(struct builder *b, struct ml_yaml_node *node, struct fy_token *token)
{
	struct ml_str name = {0};
	struct anchor *anchor, **head;
	int chain = 0;

	if (!token)
		return true;
	name.ptr = fy_token_get_text(token, &name.len);
	if (!b->anchors && !(b->anchors = ml_alloc_array(b->arena, BUCKETS, sizeof(struct anchor *))))
		return no_memory(b);
	anchor = ml_alloc(b->arena, sizeof(*anchor));
	if (!anchor || !(anchor->name = ml_str_dup(b->arena, name)).ptr)
		return no_memory(b);
	head = bucket(b, name);
	for (const struct anchor *other = *head; other; other = other->next)
		chain++;
	if (chain >= CHAIN)
		return fail(b, ML_ELIMIT, fy_token_start_mark(token), "too many anchors");
	anchor->node = node;
	anchor->next = *head;
	*head = anchor;
	return true;
}

static const struct anchor *find_anchor(struct builder *b, struct ml_str name)
{
	const struct anchor *anchor = b->anchors ? *bucket(b, name) : NULL;

	while (anchor && !ml_str_eq(anchor->name, name))
		anchor = anchor->next;
	return anchor;
}

static bool add_alias(struct builder *b, struct fy_event *event)
{
	struct ml_yaml_node *node = new_node(b, event, ML_YAML_ALIAS);
	struct ml_str name = {0};
	const struct anchor *anchor;
	struct fy_mark mark;

	if (!node)
		return false;
	widen(node, 1, 0);
	mark = (struct fy_mark){.line = (int)node->line - 1, .column = (int)node->col - 1};
	name.ptr = fy_token_get_text(event->alias.anchor, &name.len);
	if (++b->aliases > b->limits.max_aliases)
		return fail(b, ML_ELIMIT, &mark, "too many aliases");
	anchor = find_anchor(b, name);
	if (!anchor)
		return fail(b, ML_ESYNTAX, &mark, "alias of an anchor that is not defined");
	if (anchor->node->extra & OPEN)
		return fail(b, ML_ESYNTAX, &mark, "alias of a node that contains it");
	node->target = anchor->node;
	return attach(b, node);
}

static enum ml_yaml_style scalar_style(struct fy_token *token)
{
	switch (token ? fy_token_scalar_style(token) : FYSS_PLAIN) {
	case FYSS_SINGLE_QUOTED:
		return ML_YAML_SINGLE;
	case FYSS_DOUBLE_QUOTED:
		return ML_YAML_DOUBLE;
	case FYSS_LITERAL:
		return ML_YAML_LITERAL;
	case FYSS_FOLDED:
		return ML_YAML_FOLDED;
	default:
		return ML_YAML_PLAIN;
	}
}

static bool has_escapes(struct ml_str raw, bool twofold)
{
	return twofold ? ml_str_chr(raw, '\\') != ML_NPOS : ml_str_find(raw, ML_STR("''")) != ML_NPOS;
}

/* The text of a quoted scalar that has escapes, from the source; false when it has none, or with an error. */
static bool unquote(struct builder *b, struct fy_token *token, struct ml_yaml_node *node)
{
	const struct fy_mark *start = fy_token_start_mark(token), *end = fy_token_end_mark(token);
	bool twofold = node->style == ML_YAML_DOUBLE;
	struct ml_str raw = ml_str_sub(b->bytes, start->input_pos, end->input_pos);
	char quote = twofold ? '"' : '\'', *text;
	size_t len;

	if (start->input_pos == 0 || end->input_pos >= b->bytes.len || b->bytes.ptr[start->input_pos - 1] != quote || b->bytes.ptr[end->input_pos] != quote)
		return fail(b, ML_ESYNTAX, start, "quoted scalar without its quotes");
	if (!has_escapes(raw, twofold))
		return false;
	text = ml_alloc_array(b->arena, raw.len + 1, 2);
	if (!text)
		return no_memory(b);
	if (!ml_yaml_unquote(raw, twofold, text, &len))
		return fail(b, ML_ESYNTAX, start, "invalid escape in a quoted scalar");
	text[len] = 0; /* what was trimmed may stand there */
	node->text = text;
	node->n = (uint32_t)len;
	return true;
}

static bool set_text(struct builder *b, struct fy_token *token, struct ml_yaml_node *node)
{
	bool quoted = node->style == ML_YAML_SINGLE || node->style == ML_YAML_DOUBLE;
	size_t len = 0;
	const char *text;

	if (quoted && unquote(b, token, node))
		return true;
	if (b->memory || b->out->error.code)
		return false;
	text = token ? fy_token_get_text(token, &len) : "";
	if (len > UINT32_MAX || !(node->text = ml_alloc_copy(b->arena, text ? text : "", len)))
		return no_memory(b);
	node->n = (uint32_t)len;
	return true;
}

static bool add_scalar(struct builder *b, struct fy_event *event)
{
	struct ml_yaml_node *node = new_node(b, event, ML_YAML_SCALAR);
	struct fy_token *value = event->scalar.value;

	if (!node)
		return false;
	node->style = (uint8_t)scalar_style(value);
	if (!set_text(b, value, node))
		return false;
	if (node->n && memchr(node->text, 0, node->n))
		return fail(b, ML_ESYNTAX, fy_event_start_mark(event), "NUL character in a scalar");
	if (node->style == ML_YAML_SINGLE || node->style == ML_YAML_DOUBLE)
		widen(node, 1, 1);
	return set_tag(b, node, event->scalar.tag) && set_anchor(b, node, event->scalar.anchor) && attach(b, node);
}

static bool open_collection(struct builder *b, struct fy_event *event, enum ml_yaml_kind kind,
	struct fy_token *tag, struct fy_token *anchor)
{
	struct ml_yaml_node *node;
	const struct fy_mark *mark = fy_event_start_mark(event);

	if (b->nframes >= b->limits.max_depth)
		return fail(b, ML_ELIMIT, mark, "nested too deeply");
	node = new_node(b, event, kind);
	if (!node)
		return false;
	node->extra = OPEN;
	node->style = fy_event_get_node_style(event) == FYNS_FLOW ? ML_YAML_FLOW : ML_YAML_BLOCK;
	if (!set_tag(b, node, tag) || !set_anchor(b, node, anchor) || !attach(b, node))
		return false;
	if (ml_alloc_grow(b->arena, &b->frames, &b->frames_cap, b->nframes + 1, sizeof(*b->frames)))
		return no_memory(b);
	b->frames[b->nframes++] = (struct frame){node, b->nchildren};
	return true;
}

static bool close_collection(struct builder *b, const struct fy_mark *end)
{
	struct frame frame = b->frames[--b->nframes];
	size_t n = b->nchildren - frame.first;
	struct ml_yaml_node **items;

	if (frame.node->kind == ML_YAML_MAP)
		n &= ~(size_t)1; /* an incomplete stream may end behind a key */
	items = ml_alloc_array(b->arena, n, sizeof(struct ml_yaml_node *));
	if (!items)
		return no_memory(b);
	if (n)
		memcpy(items, b->children + frame.first, n * sizeof(struct ml_yaml_node *));
	b->nchildren = frame.first;
	frame.node->items = items;
	frame.node->n = (uint32_t)(frame.node->kind == ML_YAML_MAP ? n / 2 : n);
	frame.node->extra = 0;
	if (end) {
		frame.node->end_line = (uint32_t)end->line + 1;
		frame.node->end_col = (uint32_t)end->column + 1;
	}
	return true;
}

static bool open_document(struct builder *b, struct fy_event *event)
{
	struct ml_yaml *out = b->out;

	if (out->ndocs >= b->limits.max_docs)
		return fail(b, ML_ELIMIT, fy_event_start_mark(event), "too many documents");
	if (ml_alloc_grow(b->arena, &out->docs, &b->docs_cap, out->ndocs + 1, sizeof(struct ml_yaml_node *)))
		return no_memory(b);
	out->docs[out->ndocs++] = NULL;
	b->anchors = NULL;
	return true;
}

static bool take(struct builder *b, struct fy_event *event)
{
	switch (event->type) {
	case FYET_DOCUMENT_START:
		return open_document(b, event);
	case FYET_ALIAS:
		return add_alias(b, event);
	case FYET_SCALAR:
		return add_scalar(b, event);
	case FYET_SEQUENCE_START:
		return open_collection(b, event, ML_YAML_SEQ, event->sequence_start.tag, event->sequence_start.anchor);
	case FYET_MAPPING_START:
		return open_collection(b, event, ML_YAML_MAP, event->mapping_start.tag, event->mapping_start.anchor);
	case FYET_SEQUENCE_END:
	case FYET_MAPPING_END:
		return close_collection(b, fy_event_end_mark(event));
	default:
		return true;
	}
}

static void library_error(struct builder *b, struct fy_diag *diag)
{
	void *prev = NULL;
	const struct fy_diag_error *first = fy_diag_errors_iterate(diag, &prev);
	struct fy_mark mark = {0};

	if (!first) {
		fail(b, ML_ESYNTAX, NULL, "not valid YAML");
		return;
	}
	mark.line = first->line > 0 ? first->line - 1 : 0;
	mark.column = first->column > 0 ? first->column - 1 : 0;
	fail(b, ML_ESYNTAX, &mark, first->msg ? first->msg : "not valid YAML");
}

static void pull(struct builder *b, struct fy_diag *diag)
{
	struct fy_event *event;
	bool more = true, ended = false;

	while (more && (event = fy_parser_parse(b->parser))) {
		ended = event->type == FYET_STREAM_END;
		more = take(b, event) && !ended;
		fy_parser_event_free(b->parser, event);
	}
	if (!ended && !b->memory && !b->out->error.code)
		library_error(b, diag);
	while (b->nframes && !b->memory)
		close_collection(b, NULL);
	b->out->nodes = b->nodes;
}

/* The library's own diagnostics are collected, and nothing is printed. */
static struct fy_diag *quiet_diag(void)
{
	/* Not fy_diag_cfg_default(): it asks whether stderr is a terminal, and a sealed worker has no ioctl. */
	struct fy_diag_cfg cfg = {.level = FYET_ERROR, .module_mask = ~0u};
	struct fy_diag *diag = fy_diag_create(&cfg);

	if (diag)
		fy_diag_set_collect_errors(diag, true);
	return diag;
}

static int run(struct builder *b, struct ml_str bytes)
{
	struct fy_diag *diag = quiet_diag();
	struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2, .diag = diag};

	b->parser = diag ? fy_parser_create(&cfg) : NULL;
	if (b->parser && fy_parser_set_string(b->parser, bytes.ptr ? bytes.ptr : "", bytes.len) == 0)
		pull(b, diag);
	else
		b->memory = true;
	if (b->parser)
		fy_parser_destroy(b->parser);
	if (diag)
		fy_diag_destroy(diag);
	return b->memory ? ML_ENOMEM : 0;
}

/* Line and column of byte `at`. */
static void mark_of(struct ml_str bytes, size_t at, struct fy_mark *mark)
{
	struct ml_str before = ml_str_sub(bytes, 0, at);
	size_t newline = ml_str_rchr(before, '\n');

	mark->line = 0;
	for (size_t i = 0; i < at; i++)
		mark->line += bytes.ptr[i] == '\n';
	before = newline == ML_NPOS ? before : ml_str_sub(before, newline + 1, before.len);
	mark->column = (int)ml_utf8_count(before);
}

/* NULs and anything that is not UTF-8 end it before the library sees a byte. */
static bool is_text(struct builder *b, struct ml_str bytes)
{
	const char *nul = bytes.len ? memchr(bytes.ptr, 0, bytes.len) : NULL;
	size_t bad = ml_utf8_invalid(bytes);
	struct fy_mark mark = {0};

	if (nul && (size_t)(nul - bytes.ptr) < bad) {
		mark_of(bytes, (size_t)(nul - bytes.ptr), &mark);
		return fail(b, ML_ESYNTAX, &mark, "NUL character: not a text file in UTF-8");
	}
	if (bad == ML_NPOS)
		return true;
	mark_of(bytes, bad, &mark);
	return fail(b, ML_ESYNTAX, &mark, "invalid UTF-8");
}

int ml_yaml_parse(struct ml_arena *arena, struct ml_str bytes, const struct ml_yaml_limits *limits, struct ml_yaml *out)
{
	struct ml_yaml_limits l = limits ? *limits : (struct ml_yaml_limits){0};
	struct builder b = {.arena = arena, .out = out, .last_line = 1, .last_col = 1};

	*out = (struct ml_yaml){0};
	b.limits.max_depth = l.max_depth ? l.max_depth : DEPTH;
	b.limits.max_nodes = l.max_nodes ? l.max_nodes : NODES;
	b.limits.max_aliases = l.max_aliases ? l.max_aliases : ALIASES;
	b.limits.max_docs = l.max_docs ? l.max_docs : DOCS;
	if (ml_str_starts(bytes, ML_STR("\xef\xbb\xbf")))
		bytes = ml_str_sub(bytes, 3, bytes.len);
	b.bytes = bytes;
	if (!is_text(&b, bytes))
		return 0;
	return run(&b, bytes);
}

const struct ml_yaml_node *ml_yaml_deref(const struct ml_yaml_node *node)
{
	return node && node->kind == ML_YAML_ALIAS ? node->target : node;
}

int64_t ml_yaml_find(const struct ml_yaml_node *map, struct ml_str key)
{
	if (!map || map->kind != ML_YAML_MAP)
		return -1;
	for (int64_t i = (int64_t)map->n - 1; i >= 0; i--) {
		const struct ml_yaml_node *k = ml_yaml_deref(ml_yaml_key(map, (uint32_t)i));
		if (k->kind == ML_YAML_SCALAR && ml_str_eq(ml_yaml_text(k), key))
			return i;
	}
	return -1;
}

const struct ml_yaml_node *ml_yaml_get(const struct ml_yaml_node *map, const char *key)
{
	int64_t i = ml_yaml_find(map, ml_str(key));

	return i < 0 ? NULL : ml_yaml_deref(ml_yaml_value(map, (uint32_t)i));
}

static int by_text_then_place(const void *left, const void *right)
{
	const struct ml_yaml_node *a = *(const struct ml_yaml_node *const *)left;
	const struct ml_yaml_node *b = *(const struct ml_yaml_node *const *)right;
	int order = ml_str_cmp(ml_yaml_text(ml_yaml_deref(a)), ml_yaml_text(ml_yaml_deref(b)));

	if (order == 0 && a->line != b->line)
		order = a->line < b->line ? -1 : 1;
	if (order == 0 && a->col != b->col)
		order = a->col < b->col ? -1 : 1;
	return order;
}

const struct ml_yaml_node *ml_yaml_duplicate(struct ml_arena *arena, const struct ml_yaml_node *map)
{
	struct ml_arena_mark mark = ml_arena_mark(arena);
	const struct ml_yaml_node **keys = ml_alloc_array(arena, map->n, sizeof(struct ml_yaml_node *));
	const struct ml_yaml_node *twice = NULL;
	size_t n = 0;

	for (uint32_t i = 0; keys && i < map->n; i++)
		if (ml_yaml_deref(ml_yaml_key(map, i))->kind == ML_YAML_SCALAR)
			keys[n++] = ml_yaml_key(map, i);
	if (n > 1)
		ml_sort(arena, keys, n, sizeof(struct ml_yaml_node *), by_text_then_place);
	for (size_t i = 1; i < n && !twice; i++)
		if (ml_str_eq(ml_yaml_text(ml_yaml_deref(keys[i - 1])), ml_yaml_text(ml_yaml_deref(keys[i]))))
			twice = keys[i];
	ml_arena_release(arena, mark);
	return twice;
}

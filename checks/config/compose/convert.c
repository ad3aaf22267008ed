/* SPDX-License-Identifier: Apache-2.0 */
/* A YAML document as a tree of the project: aliases and merge keys resolved as PyYAML does, variables filled in, every place noted. */
#include "base/sort.h"
#include "checks/config/compose/convert-priv.h"

enum { FEW = 16 };

uint32_t ml_cconv_loc(struct ml_cconv *c, const struct ml_yaml_node *node, const struct ml_yaml_node *key, uint32_t origin)
{
	uint32_t end_col = node->end_line == node->line ? node->end_col : 0;
	struct ml_loc loc = {c->file->source, node->line, node->col, end_col, key ? key->line : 0, key ? key->col : 0, origin};
	uint32_t index = ml_facts_loc(c->load->facts, loc);

	c->load->memory = c->load->memory || index == 0;
	return index;
}

/* Where line `number` starts in the source, or ML_NPOS. */
static size_t line_start(struct ml_cconv *c, uint32_t number)
{
	return number >= 1 && number <= c->nlines ? c->lines[number - 1] : ML_NPOS;
}

struct ml_str ml_cconv_text(struct ml_cconv *c, const struct ml_yaml_node *node)
{
	struct ml_str text = ml_yaml_text(node), same;
	size_t start = line_start(c, node->line);
	size_t at = start + node->col - 1 + (node->style == ML_YAML_SINGLE || node->style == ML_YAML_DOUBLE);

	/* The tree of the parser is freed: the text is taken from the source where it stands there as it is, else copied. */
	if (start != ML_NPOS && at < c->file->bytes.len) {
		same = ml_str_sub(c->file->bytes, at, at + text.len);
		if (ml_str_eq(same, text))
			return same;
	}
	text = ml_str_dup(c->load->arena, text);
	c->load->memory = c->load->memory || !text.ptr;
	return text;
}

static void set_tag(struct ml_cconv *c, struct ml_cnode *node, const struct ml_yaml_node *from)
{
	struct ml_str tag = ml_str(from->tag);

	if (ml_str_is(tag, "!reset"))
		node->tag = ML_C_RESET;
	else if (ml_str_is(tag, "!override"))
		node->tag = ML_C_OVERRIDE;
	else if (tag.len && !ml_str_starts(tag, ML_STR("tag:yaml.org,2002:")) && !ml_str_is(tag, "!") && !c->quiet)
		ml_cload_say(c->load, ML_DIAG_WARNING, node->loc, "the tag %.*s is not known to Compose", ML_STR_ARG(tag));
	c->load->tags = c->load->tags || node->tag != ML_C_PLAIN;
}

/* A key of a map, and where it came from. */
struct pair {
	struct ml_str key;
	const struct ml_yaml_node *key_node, *value;
	const struct ml_yaml_node *map; /* that it stands in */
	uint32_t origin, seq;
};
struct pairs {
	struct pair *items;
	size_t n, cap;
	bool incomplete; /* the budget ended, or a merge key merges no map */
};

static bool is_merge(const struct ml_yaml_node *key)
{
	return key->kind == ML_YAML_SCALAR && key->n == 2 && ml_yaml_resolve(key, ML_YAML_1_1).type == ML_YAML_MERGE;
}

static void gather(struct ml_cconv *c, struct pairs *out, const struct ml_yaml_node *map, uint32_t origin, bool merges);

static void merge_one(struct ml_cconv *c, struct pairs *out, const struct ml_yaml_node *value, uint32_t origin)
{
	const struct ml_yaml_node *map = ml_yaml_deref(value);
	uint32_t at = ml_cconv_loc(c, value, NULL, origin);

	if (map->kind != ML_YAML_MAP) {
		if (!c->quiet)
			ml_cload_say(c->load, ML_DIAG_ERROR, at, "a merge key takes mappings: got %s", ml_yaml_what(map));
		out->incomplete = true;
		return;
	}
	if (++c->depth > ML_C_DEPTH || !ml_cload_spend(c->load, 1 + map->n, at))
		out->incomplete = true;
	else
		gather(c, out, map, at, true);
	c->depth--;
}

/* In a list of maps the first wins: so it comes last. */
static void merge_value(struct ml_cconv *c, struct pairs *out, const struct ml_yaml_node *value, uint32_t origin)
{
	const struct ml_yaml_node *list = ml_yaml_deref(value);

	if (list->kind != ML_YAML_SEQ) {
		merge_one(c, out, value, origin);
		return;
	}
	for (uint32_t i = list->n; i > 0 && !out->incomplete; i--)
		merge_one(c, out, list->items[i - 1], origin);
}

static void gather_own(struct ml_cconv *c, struct pairs *out, const struct ml_yaml_node *map, uint32_t i, uint32_t origin)
{
	const struct ml_yaml_node *key = ml_yaml_key(map, i), *text = ml_yaml_deref(key);

	if (text->kind != ML_YAML_SCALAR) {
		if (!c->quiet)
			ml_cload_say(c->load, ML_DIAG_ERROR, ml_cconv_loc(c, key, NULL, 0), "a key must be a string: got %s", ml_yaml_what(key));
		c->load->facts->incomplete = true;
		return;
	}
	if (ml_alloc_grow(c->scratch, &out->items, &out->cap, out->n + 1, sizeof(*out->items))) {
		c->load->memory = true;
		return;
	}
	out->items[out->n] = (struct pair){ml_yaml_text(text), key, ml_yaml_value(map, i), map, origin, (uint32_t)out->n};
	out->n++;
}

/* What is merged comes first, then what stands in the map itself: later ones count. */
static void gather(struct ml_cconv *c, struct pairs *out, const struct ml_yaml_node *map, uint32_t origin, bool merges)
{
	for (uint32_t i = 0; merges && i < map->n && !c->load->memory; i++)
		if (is_merge(ml_yaml_key(map, i)))
			merge_value(c, out, ml_yaml_value(map, i), origin);
	for (uint32_t i = 0; i < map->n && !c->load->memory; i++)
		if (!is_merge(ml_yaml_key(map, i)))
			gather_own(c, out, map, i, origin);
}

static int by_key(const void *left, const void *right)
{
	const struct pair *a = left, *b = right;

	return ml_str_cmp(a->key, b->key);
}

static int by_seq(const void *left, const void *right)
{
	const struct pair *a = left, *b = right;

	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

/* YAML forbids it, and readers differ in which one counts: an error, so that nobody vouches for the file. */
static void tell_twice(struct ml_cconv *c, const struct pair *first, const struct pair *second)
{
	if (first->map == second->map && first->key_node != second->key_node && !c->quiet)
		ml_cload_say(c->load, ML_DIAG_ERROR, ml_cconv_loc(c, second->key_node, NULL, 0), "the key `%.*s` stands twice: the last counts, "
			"other readers take the first or refuse", ML_STR_ARG(second->key));
}

/* Of equal keys the last value stays, at the place of the first. */
static void unite(struct ml_cconv *c, struct pairs *pairs)
{
	size_t kept = 0;

	if (ml_sort(c->scratch, pairs->items, pairs->n, sizeof(*pairs->items), by_key)) {
		c->load->memory = true;
		return;
	}
	for (size_t i = 0; i < pairs->n; i++) {
		struct pair *last = kept ? &pairs->items[kept - 1] : NULL;
		if (last && ml_str_eq(last->key, pairs->items[i].key)) {
			uint32_t seq = last->seq;
			tell_twice(c, last, &pairs->items[i]);
			*last = pairs->items[i];
			last->seq = seq;
		} else {
			pairs->items[kept++] = pairs->items[i];
		}
	}
	pairs->n = kept;
	if (ml_sort(c->scratch, pairs->items, pairs->n, sizeof(*pairs->items), by_seq))
		c->load->memory = true;
}

/* Whether the keys are few, scalar, all different and none a merge key: nearly every map. */
static bool simple(const struct ml_yaml_node *map)
{
	if (map->n > FEW)
		return false;
	for (uint32_t i = 0; i < map->n; i++) {
		const struct ml_yaml_node *key = ml_yaml_key(map, i);
		if (key->kind != ML_YAML_SCALAR || is_merge(key))
			return false;
		for (uint32_t k = 0; k < i; k++)
			if (ml_str_eq(ml_yaml_text(ml_yaml_key(map, k)), ml_yaml_text(key)))
				return false;
	}
	return true;
}

static bool push(struct ml_cconv *c, struct ml_cnode *node, const struct ml_yaml_node *key, const struct ml_yaml_node *value, uint32_t origin)
{
	const struct ml_yaml_node *text = ml_yaml_deref(key);
	bool quiet = c->quiet;
	struct ml_cnode *child;
	struct ml_str name = ml_cconv_text(c, text);
	uint32_t key_loc = ml_cconv_loc(c, key, NULL, origin);

	c->quiet = quiet || origin != 0;
	child = ml_cconv_node(c, value, key, origin);
	c->quiet = quiet;
	if (!child || c->load->memory)
		return false;
	ml_cnode_push(node, name, key_loc, child);
	return true;
}

static struct ml_cnode *simple_map(struct ml_cconv *c, const struct ml_yaml_node *map, uint32_t loc, uint32_t origin)
{
	struct ml_cnode *node = ml_cnode_room(c->load, ML_C_MAP, loc, map->n);

	for (uint32_t i = 0; node && i < map->n; i++)
		if (!push(c, node, ml_yaml_key(map, i), ml_yaml_value(map, i), origin))
			return NULL;
	return node;
}

static struct ml_cnode *merged_map(struct ml_cconv *c, const struct ml_yaml_node *map, uint32_t loc, uint32_t origin)
{
	struct pairs pairs = {0};
	struct ml_cnode *node;

	gather(c, &pairs, map, origin, true);
	unite(c, &pairs);
	if (c->load->memory)
		return NULL;
	if (pairs.incomplete)
		return ml_cnode_unknown(c->load, loc, "what its merge key brings is not known");
	node = ml_cnode_room(c->load, ML_C_MAP, loc, pairs.n);
	for (size_t i = 0; node && i < pairs.n; i++)
		if (!push(c, node, pairs.items[i].key_node, pairs.items[i].value, pairs.items[i].origin))
			return NULL;
	return node;
}

static struct ml_cnode *sequence(struct ml_cconv *c, const struct ml_yaml_node *seq, uint32_t loc, uint32_t origin)
{
	struct ml_cnode *node = ml_cnode_room(c->load, ML_C_SEQ, loc, seq->n);

	for (uint32_t i = 0; node && i < seq->n; i++) {
		struct ml_cnode *child = ml_cconv_node(c, seq->items[i], NULL, origin);
		if (!child)
			return NULL;
		ml_cnode_push(node, ML_STR_NONE, 0, child);
	}
	return node;
}

static struct ml_cnode *collection(struct ml_cconv *c, const struct ml_yaml_node *node, const struct ml_yaml_node *key, uint32_t origin)
{
	uint32_t loc = ml_cconv_loc(c, node, key, origin);
	struct ml_cnode *out;

	if (++c->depth > ML_C_DEPTH) {
		ml_cload_say(c->load, ML_DIAG_ERROR, loc, "nested too deeply");
		out = ml_cnode_unknown(c->load, loc, "nested too deeply");
	} else if (node->kind == ML_YAML_SEQ) {
		out = sequence(c, node, loc, origin);
	} else {
		out = simple(node) ? simple_map(c, node, loc, origin) : merged_map(c, node, loc, origin);
	}
	c->depth--;
	if (out)
		set_tag(c, out, node);
	return out;
}

static struct ml_cnode *alias(struct ml_cconv *c, const struct ml_yaml_node *node, const struct ml_yaml_node *key, uint32_t origin)
{
	uint32_t at = ml_cconv_loc(c, node, key, origin);
	bool quiet = c->quiet;
	struct ml_cnode *out;

	c->quiet = true; /* what is odd in an anchored node was said where it stands */
	out = ml_cconv_node(c, node->target, key, at);
	c->quiet = quiet;
	return out;
}

struct ml_cnode *ml_cconv_node(struct ml_cconv *c, const struct ml_yaml_node *node, const struct ml_yaml_node *key, uint32_t origin)
{
	struct ml_cnode *out;

	if (node == c->cut)
		return ml_cnode_unknown(c->load, ml_cconv_loc(c, node, key, origin), "the file is not valid YAML from here on");
	if (node->kind == ML_YAML_ALIAS)
		return alias(c, node, key, origin);
	c->load->written += origin == 0;
	if (origin && !ml_cload_spend(c->load, 1, origin))
		return ml_cnode_unknown(c->load, origin, "not expanded: too many values come by alias");
	if (node->kind != ML_YAML_SCALAR)
		return collection(c, node, key, origin);
	out = ml_cconv_scalar(c, node, key, origin);
	if (out)
		set_tag(c, out, node);
	return out;
}

/* Offsets of the lines, for texts that need no copy. */
static bool find_lines(struct ml_cconv *c)
{
	struct ml_str bytes = c->file->bytes;
	size_t n = 1, at;

	for (size_t i = 0; i < bytes.len; i++)
		n += bytes.ptr[i] == '\n';
	c->lines = ml_alloc_array(c->scratch, n, sizeof(*c->lines));
	if (!c->lines)
		return false;
	c->lines[c->nlines++] = ml_str_starts(bytes, ML_STR("\xef\xbb\xbf")) ? 3 : 0;
	for (at = 0; at < bytes.len; at++)
		if (bytes.ptr[at] == '\n')
			c->lines[c->nlines++] = (uint32_t)at + 1;
	return true;
}

int ml_cconv_begin(struct ml_cconv *c)
{
	c->load->memory = c->load->memory || !find_lines(c);
	return c->load->memory ? ML_ENOMEM : 0;
}

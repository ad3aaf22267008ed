/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes of a Compose project: made, copied with their places, found. */
#include <stdarg.h>
#include <stdio.h>

#include "base/sort.h"
#include "checks/config/compose/load-priv.h"

enum { COPIES = 1000000, ORIGINS = 8 };

struct ml_cnode *ml_cnode_new(struct ml_cload *load, enum ml_cnode_kind kind, uint32_t loc)
{
	struct ml_cnode *node = ml_alloc(load->tree, sizeof(*node));

	if (!node) {
		load->memory = true;
		return NULL;
	}
	node->kind = (uint8_t)kind;
	node->loc = loc;
	return node;
}

struct ml_cnode *ml_cnode_unknown(struct ml_cload *load, uint32_t loc, const char *reason)
{
	struct ml_cnode *node = ml_cnode_new(load, ML_C_UNKNOWN, loc);

	if (node)
		node->text = ml_str(reason);
	load->facts->incomplete = true;
	return node;
}

struct ml_cnode *ml_cnode_room(struct ml_cload *load, enum ml_cnode_kind kind, uint32_t loc, size_t n)
{
	struct ml_cnode *node = ml_cnode_new(load, kind, loc);
	size_t each = sizeof(struct ml_cnode *) + (kind == ML_C_MAP ? sizeof(struct ml_str) + sizeof(uint32_t) : 0);
	char *room = node ? ml_alloc_array(load->tree, n, each) : NULL;

	if (!room) {
		load->memory = true;
		return NULL;
	}
	node->items = (struct ml_cnode **)(void *)room;
	room += n * sizeof(struct ml_cnode *);
	if (kind == ML_C_MAP) {
		node->keys = (struct ml_str *)(void *)room;
		node->key_locs = (uint32_t *)(void *)(room + n * sizeof(struct ml_str));
	}
	return node;
}

void ml_cnode_push(struct ml_cnode *node, struct ml_str key, uint32_t key_loc, struct ml_cnode *value)
{
	node->items[node->n] = value;
	if (node->kind == ML_C_MAP) {
		node->keys[node->n] = key;
		node->key_locs[node->n] = key_loc;
	}
	node->n++;
}

bool ml_cload_spend(struct ml_cload *load, uint32_t n, uint32_t loc)
{
	load->copied += n;
	if (load->copied <= COPIES + 4 * load->written)
		return true;
	if (!load->budget_told)
		ml_cload_say(load, ML_DIAG_ERROR, loc, "too many values come by alias, merge key, extends or include: the rest is not expanded");
	load->budget_told = true;
	return false;
}

static uint32_t via(struct ml_cload *load, uint32_t loc, uint32_t origin, int more)
{
	const struct ml_loc *at = ml_facts_at(load->facts, loc);
	struct ml_loc copy;

	if (origin == 0 || !at || more == 0)
		return loc ? loc : origin;
	copy = *at;
	copy.origin = copy.origin ? via(load, copy.origin, origin, more - 1) : origin;
	if (copy.origin == at->origin)
		return loc;
	loc = ml_facts_loc(load->facts, copy);
	load->memory = load->memory || loc == 0;
	return loc;
}

uint32_t ml_cload_via(struct ml_cload *load, uint32_t loc, uint32_t origin)
{
	return via(load, loc, origin, ORIGINS); /* or a chain of extends would cost its square */
}

static struct ml_cnode *copy_children(struct ml_cload *load, const struct ml_cnode *node, uint32_t origin)
{
	struct ml_cnode *copy = ml_cnode_room(load, node->kind, ml_cload_via(load, node->loc, origin), node->n);

	if (!copy)
		return NULL;
	copy->tag = node->tag;
	for (uint32_t i = 0; i < node->n; i++) {
		struct ml_cnode *child = ml_cnode_copy(load, node->items[i], origin);
		if (!child)
			return NULL;
		ml_cnode_push(copy, node->keys ? node->keys[i] : ML_STR_NONE, node->keys ? node->key_locs[i] : 0, child);
	}
	return copy;
}

struct ml_cnode *ml_cnode_copy(struct ml_cload *load, const struct ml_cnode *node, uint32_t origin)
{
	struct ml_cnode *copy;

	if (!ml_cload_spend(load, 1, origin ? origin : node->loc))
		return ml_cnode_unknown(load, ml_cload_via(load, node->loc, origin), "not expanded: too many inherited values");
	if (node->kind == ML_C_MAP || node->kind == ML_C_SEQ)
		return copy_children(load, node, origin);
	copy = ml_cnode_new(load, node->kind, 0);
	if (!copy)
		return NULL;
	*copy = *node;
	copy->loc = ml_cload_via(load, node->loc, origin);
	return copy;
}

struct ml_cnode *ml_cnode_mutable_get(struct ml_cnode *map, const char *key)
{
	if (!map || map->kind != ML_C_MAP)
		return NULL;
	for (uint32_t i = 0; i < map->n; i++)
		if (ml_str_is(map->keys[i], key))
			return map->items[i];
	return NULL;
}

const struct ml_cnode *ml_cnode_get(const struct ml_cnode *map, const char *key)
{
	if (!map || map->kind != ML_C_MAP)
		return NULL;
	for (uint32_t i = 0; i < map->n; i++)
		if (ml_str_is(map->keys[i], key))
			return map->items[i];
	return NULL;
}

void ml_cnode_drop(struct ml_cnode *map, const char *key)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < map->n; i++) {
		if (ml_str_is(map->keys[i], key))
			continue;
		map->keys[kept] = map->keys[i];
		map->key_locs[kept] = map->key_locs[i];
		map->items[kept++] = map->items[i];
	}
	map->n = kept;
}

struct slot {
	struct ml_str key;
	uint32_t at;
};

static int by_key(const void *left, const void *right)
{
	const struct slot *a = left, *b = right;

	return ml_str_cmp(a->key, b->key);
}

int ml_cindex_make(struct ml_arena *arena, const struct ml_cnode *map, struct ml_cindex *out)
{
	uint32_t n = map && map->kind == ML_C_MAP ? map->n : 0;
	uint32_t *sorted = ml_alloc_array(arena, n, sizeof(*sorted));
	struct ml_arena_mark mark = ml_arena_mark(arena);
	struct slot *slots = ml_alloc_array(arena, n, sizeof(*slots));

	*out = (struct ml_cindex){.map = n ? map : NULL, .sorted = sorted};
	if (!sorted || !slots)
		return ML_ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		slots[i] = (struct slot){map->keys[i], i};
	if (ml_sort(arena, slots, n, sizeof(*slots), by_key))
		return ML_ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		sorted[i] = slots[i].at;
	ml_arena_release(arena, mark);
	return 0;
}

int64_t ml_cindex_find(const struct ml_cindex *index, struct ml_str key)
{
	uint32_t low = 0, n = index->map ? index->map->n : 0, high = n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (ml_str_cmp(index->map->keys[index->sorted[middle]], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && ml_str_eq(index->map->keys[index->sorted[low]], key) ? (int64_t)index->sorted[low] : -1;
}

void ml_cload_say(struct ml_cload *load, enum ml_diag_level level, uint32_t loc, const char *fmt, ...)
{
	const struct ml_loc *at = ml_facts_at(load->facts, loc);
	struct ml_str file = at ? load->facts->sources[at->file].name : ML_STR("");
	struct ml_diag *diag;
	char message[400];
	va_list args;
	ML_BUF_AUTO text;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	ml_buf_init(&text, 2000);
	ml_buf_escaped(&text, ml_str(message));
	diag = ml_diag_add(&load->facts->diags, level, file, at ? at->line : 0, at ? at->col : 0, "%.*s", ML_STR_ARG(ml_buf_get(&text)));
	diag->end_col = at ? at->end_col : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Persistent AVL trees: a change copies the path to it unless the nodes are the owner's own. */
#include "checks/config/dockerfile/map.h"

#include "base/error.h"

struct ml_df_node {
	struct ml_str name;
	const void *value;
	const struct ml_df_node *child[2];
	uint32_t owner;
	int height; /* at most 46 for 2^32 nodes: what bounds the recursion */
};

struct insertion {
	struct ml_arena *arena;
	struct ml_str name;
	const void *value;
	uint32_t owner;
	bool added;
};

struct ml_df_map ml_df_map_share(struct ml_df_map *map, uint32_t *owners)
{
	struct ml_df_map copy = *map;

	map->owner = ++*owners;
	copy.owner = ++*owners;
	return copy;
}

const void *ml_df_map_get(const struct ml_df_map *map, struct ml_str name)
{
	const struct ml_df_node *node = map->root;

	while (node) {
		int order = ml_str_cmp(name, node->name);
		if (order == 0)
			return node->value;
		node = node->child[order > 0];
	}
	return NULL;
}

static int height(const struct ml_df_node *node)
{
	return node ? node->height : 0;
}

/* The node itself when it is the owner's, else a copy that is. */
static struct ml_df_node *own(struct insertion *in, const struct ml_df_node *node)
{
	struct ml_df_node *copy;

	if (node->owner == in->owner)
		return (struct ml_df_node *)(uintptr_t)node;
	copy = ml_alloc(in->arena, sizeof(*copy));
	if (!copy)
		return NULL;
	*copy = *node;
	copy->owner = in->owner;
	return copy;
}

static void measure(struct ml_df_node *node)
{
	int left = height(node->child[0]), right = height(node->child[1]);

	node->height = (left > right ? left : right) + 1;
}

/* Lifts the child on `side` above the node. */
static struct ml_df_node *rotate(struct insertion *in, struct ml_df_node *node, int side)
{
	struct ml_df_node *child = own(in, node->child[side]);

	if (!child)
		return NULL;
	node->child[side] = child->child[!side];
	child->child[!side] = node;
	measure(node);
	measure(child);
	return child;
}

static struct ml_df_node *balance(struct insertion *in, struct ml_df_node *node)
{
	int lean = height(node->child[1]) - height(node->child[0]), side = lean > 0;
	struct ml_df_node *child;

	measure(node);
	if (lean >= -1 && lean <= 1)
		return node;
	if (height(node->child[side]->child[!side]) > height(node->child[side]->child[side])) {
		child = own(in, node->child[side]);
		child = child ? rotate(in, child, !side) : NULL;
		if (!child)
			return NULL;
		node->child[side] = child;
	}
	return rotate(in, node, side);
}

static struct ml_df_node *insert(struct insertion *in, const struct ml_df_node *at)
{
	struct ml_df_node *node, *child;
	int order;

	if (!at) {
		node = ml_alloc(in->arena, sizeof(*node));
		if (node)
			*node = (struct ml_df_node){.name = in->name, .value = in->value, .owner = in->owner, .height = 1};
		in->added = true;
		return node;
	}
	node = own(in, at);
	if (!node)
		return NULL;
	order = ml_str_cmp(in->name, node->name);
	if (order == 0) {
		node->value = in->value;
		return node;
	}
	child = insert(in, node->child[order > 0]);
	if (!child)
		return NULL;
	node->child[order > 0] = child;
	return balance(in, node);
}

int ml_df_map_set(struct ml_arena *arena, struct ml_df_map *map, struct ml_str name, const void *value)
{
	struct insertion in = {.arena = arena, .name = name, .value = value, .owner = map->owner};
	struct ml_df_node *root = insert(&in, map->root);

	if (!root)
		return ML_ENOMEM;
	map->root = root;
	map->n += in.added;
	return 0;
}

static void walk(const struct ml_df_node *node, void (*each)(void *, struct ml_str, const void *), void *ctx)
{
	if (!node)
		return;
	walk(node->child[0], each, ctx);
	each(ctx, node->name, node->value);
	walk(node->child[1], each, ctx);
}

void ml_df_map_walk(const struct ml_df_map *map, void (*each)(void *ctx, struct ml_str name, const void *value), void *ctx)
{
	walk(map->root, each, ctx);
}

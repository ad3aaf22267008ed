/* SPDX-License-Identifier: Apache-2.0 */
/* A map from names to pointers that can be copied in no time: a stage takes over its parent's variables, and neither sees the other's later ones. */
#ifndef ML_CHECKS_CONFIG_DOCKERFILE_MAP_H
#define ML_CHECKS_CONFIG_DOCKERFILE_MAP_H

#include "base/str.h"

/* A balanced tree of nodes that are never changed once they are shared. Empty: {0}. A copy of the struct is a copy of the map,
 * provided that one of the two gets a new owner by ml_df_map_share. */
struct ml_df_map {
	const struct ml_df_node *root;
	size_t n;
	uint32_t owner; /* nodes with this number are ours alone, and may be changed in place */
};

/* A copy with an owner number of its own; both may be changed from then on. *owners counts numbers up. */
struct ml_df_map ml_df_map_share(struct ml_df_map *map, uint32_t *owners);
/* NULL: not there. Logarithmic. */
const void *ml_df_map_get(const struct ml_df_map *map, struct ml_str name);
/* Sets; the name is kept. 0 or ML_ENOMEM. */
int ml_df_map_set(struct ml_arena *arena, struct ml_df_map *map, struct ml_str name, const void *value);
/* All in the order of names. */
void ml_df_map_walk(const struct ml_df_map *map, void (*each)(void *ctx, struct ml_str name, const void *value), void *ctx);

#endif

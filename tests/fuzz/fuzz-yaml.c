/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the YAML tree: whatever the bytes, places are in order and every node can be looked at. */
#include <stdint.h>

#include "base/yaml.h"

enum { ARENA_BYTES = 1 << 26 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void look(struct ml_arena *arena, const struct ml_yaml_node *node)
{
	uint32_t n = node->kind == ML_YAML_MAP ? 2 * node->n : node->kind == ML_YAML_SEQ ? node->n : 0;

	if (node->line == 0 || node->col == 0 || node->end_line < node->line)
		__builtin_trap();
	if (node->kind == ML_YAML_ALIAS && ml_yaml_deref(node)->kind == ML_YAML_ALIAS)
		__builtin_trap();
	if (node->kind == ML_YAML_SCALAR && node->text[node->n] != 0)
		__builtin_trap();
	if (node->kind == ML_YAML_SCALAR)
		ml_yaml_resolve(node, ML_YAML_1_1);
	if (node->kind == ML_YAML_MAP)
		ml_yaml_duplicate(arena, node);
	ml_yaml_what(node);
	for (uint32_t i = 0; i < n; i++)
		look(arena, node->items[i]); /* aliases are not followed: at most 100 deep */
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_yaml yaml;

	if (!arena || ml_yaml_parse(arena, (struct ml_str){(const char *)bytes, len}, NULL, &yaml))
		return 0;
	for (size_t i = 0; i < yaml.ndocs; i++)
		if (yaml.docs[i])
			look(arena, yaml.docs[i]);
	return 0;
}

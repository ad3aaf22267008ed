/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept over evaluations: patterns that are no literals, compiled, PCRE2's memory for a match,
 * and indexes over lists. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "policies/cel/impl-priv.h"
#include "policies/cel/index-priv.h"

enum { PATTERNS = 256, PROBES = 4, GROUPS = 31 };

struct ml_cel_cache {
	struct ml_arena *arena;
	pcre2_match_data *data;
	struct ml_cel_indexes *indexes;
	struct {
		struct ml_str pattern; /* ptr NULL: free */
		void *code;
	} slots[PATTERNS];
};

struct ml_cel_cache *ml_cel_cache_new(struct ml_arena *arena)
{
	struct ml_cel_cache *cache = ml_alloc(arena, sizeof(*cache));

	if (cache)
		cache->arena = arena;
	return cache;
}

static size_t hash(struct ml_str s)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.ptr[i]) * 16777619u;
	return h;
}

/* Nothing is thrown out, so that memory stays bounded: what finds no place is compiled where it is used. */
int ml_cel_cached_regex(struct ml_cel_cache *cache, struct ml_arena *arena, struct ml_str pattern, void **out, struct ml_str *why)
{
	size_t at = cache ? hash(pattern) : 0;
	void *code = NULL;

	for (size_t i = 0; cache && i < PROBES; i++) {
		size_t slot = (at + i) % PATTERNS;
		if (cache->slots[slot].pattern.ptr && !ml_str_eq(cache->slots[slot].pattern, pattern))
			continue;
		if (!cache->slots[slot].pattern.ptr && ml_cel_regex(cache->arena, pattern, &code, why) == 0) {
			cache->slots[slot].code = code;
			cache->slots[slot].pattern = ml_str_dup(cache->arena, pattern);
		}
		if (!cache->slots[slot].pattern.ptr)
			break;
		*out = cache->slots[slot].code;
		return 0;
	}
	return ml_cel_regex(arena, pattern, out, why);
}

void *ml_cel_cached_match_data(struct ml_cel_cache *cache, uint32_t groups)
{
	if (!cache || groups > GROUPS)
		return NULL;
	if (!cache->data)
		cache->data = pcre2_match_data_create(GROUPS + 1, ml_cel_regex_memory(cache->arena));
	return cache->data;
}

/* Half of the memory is for patterns. */
struct ml_cel_indexes **ml_cel_cached_indexes(struct ml_cel_cache *cache, struct ml_arena **arena)
{
	if (!cache || ml_arena_used(cache->arena) > ml_arena_limit(cache->arena) / 2)
		return NULL;
	*arena = cache->arena;
	return &cache->indexes;
}

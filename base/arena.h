/* SPDX-License-Identifier: Apache-2.0 */
/* An arena: memory for one target, handed out in order and freed whole. */
#ifndef ML_BASE_ARENA_H
#define ML_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct ml_arena;

/* A new arena that hands out at most `limit` bytes (blocks included). NULL when the heap is exhausted. */
struct ml_arena *ml_arena_new(size_t limit);

/* Frees everything that was ever handed out. NULL is allowed. */
void ml_arena_free(struct ml_arena *arena);

/* `size` zeroed bytes, aligned to 8; NULL when the ceiling or the heap is reached, and then
 * ml_arena_failed() stays true: a caller may check each call, or check once at the end of a phase
 * provided that it never dereferences NULL on the way. Size 0 gives a valid pointer. */
void *ml_alloc(struct ml_arena *arena, size_t size) __attribute__((malloc, alloc_size(2)));

/* `n` elements of `size` bytes, zeroed; NULL also when n*size overflows. */
void *ml_alloc_array(struct ml_arena *arena, size_t n, size_t size)
	__attribute__((malloc, alloc_size(2, 3)));

/* A copy of `len` bytes with a NUL after them. */
char *ml_alloc_copy(struct ml_arena *arena, const void *bytes, size_t len);

/* Grows an array that may be the arena's latest allocation (then in place, else by copying):
 * *items has room for *cap elements of `size` bytes, and afterwards for at least `want`. New room is
 * zeroed. 0, or ML_ENOMEM with *items and *cap unchanged. */
int ml_alloc_grow(struct ml_arena *arena, void *items, size_t *cap, size_t want, size_t size);

bool ml_arena_failed(const struct ml_arena *arena);

/* Bytes taken from the heap so far, and the ceiling. */
size_t ml_arena_used(const struct ml_arena *arena);
size_t ml_arena_limit(const struct ml_arena *arena);

/* A place to come back to. Releasing makes everything allocated since then reusable; marks nest. */
struct ml_arena_mark {
	void *block;
	size_t used;
};
struct ml_arena_mark ml_arena_mark(const struct ml_arena *arena);
void ml_arena_release(struct ml_arena *arena, struct ml_arena_mark mark);

/* Fault injection for tests: the n-th allocation from now fails (0: none). Per arena. */
void ml_arena_fail_at(struct ml_arena *arena, size_t n);

static inline void ml_arena_cleanup(struct ml_arena **arena)
{
	ml_arena_free(*arena);
}
#define ML_ARENA_AUTO __attribute__((cleanup(ml_arena_cleanup))) struct ml_arena *

#endif

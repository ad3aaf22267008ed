/* SPDX-License-Identifier: Apache-2.0 */
/* An arena: blocks of growing size in a list, the newest first. */
#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"

#define ALIGN       ((size_t)8) /* no type of ours wants more */
#define FIRST_BLOCK ((size_t)16 << 10)
#define MAX_BLOCK   ((size_t)1 << 20)
#define POPULATED   ((size_t)64 << 10) /* blocks from this size on */

struct block {
	struct block *prev;
	size_t size; /* usable bytes behind the header */
	size_t used;
};

struct ml_arena {
	struct block *top;
	struct block *spare; /* blocks given back by ml_arena_release */
	size_t limit;
	size_t taken;
	size_t fail_at;
	bool failed;
};

static unsigned char *block_bytes(struct block *b)
{
	return (unsigned char *)(b + 1);
}

struct ml_arena *ml_arena_new(size_t limit)
{
	struct ml_arena *arena = calloc(1, sizeof *arena);

	if (arena)
		arena->limit = limit;
	return arena;
}

static void free_list(struct block *b)
{
	while (b) {
		struct block *prev = b->prev;

		free(b);
		b = prev;
	}
}

void ml_arena_free(struct ml_arena *arena)
{
	if (!arena)
		return;
	free_list(arena->top);
	free_list(arena->spare);
	free(arena);
}

static struct block *take_spare(struct ml_arena *arena, size_t need)
{
	struct block **at = &arena->spare;

	while (*at && (*at)->size < need)
		at = &(*at)->prev;
	struct block *b = *at;
	if (b)
		*at = b->prev;
	return b;
}

/* Asks for the pages of a block at once: one call instead of a fault a page, which on virtual machines costs many times what the rest of the page's life
 * does. Before Linux 5.14 there is no such advice, and the pages come one by one. */
static void populate(struct block *b)
{
#ifdef MADV_POPULATE_WRITE
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = ((uintptr_t)b + page - 1) & ~(page - 1), to = ((uintptr_t)block_bytes(b) + b->size) & ~(page - 1);

	if (b->size >= POPULATED && from < to)
		(void)madvise((void *)from, to - from, MADV_POPULATE_WRITE);
#endif
}

static struct block *take_heap(struct ml_arena *arena, size_t need)
{
	size_t size = arena->top ? arena->top->size * 2 : FIRST_BLOCK;
	size_t left = arena->limit - arena->taken;

	if (size > MAX_BLOCK)
		size = MAX_BLOCK;
	if (size > left)
		size = left & ~(ALIGN - 1);
	if (size < need)
		size = need;
	if (size > left)
		return NULL;
	struct block *b = malloc(sizeof *b + size);
	if (!b)
		return NULL;
	b->size = size;
	populate(b);
	arena->taken += size;
	return b;
}

static bool injected(struct ml_arena *arena)
{
	return arena->fail_at > 0 && --arena->fail_at == 0;
}

static void *fail(struct ml_arena *arena)
{
	arena->failed = true;
	return NULL;
}

void *ml_alloc(struct ml_arena *arena, size_t size)
{
	if (injected(arena) || size > SIZE_MAX - ALIGN)
		return fail(arena);
	size_t need = size ? (size + ALIGN - 1) & ~(ALIGN - 1) : ALIGN;
	struct block *b = arena->top;
	if (!b || b->size - b->used < need) {
		b = take_spare(arena, need);
		if (!b)
			b = take_heap(arena, need);
		if (!b)
			return fail(arena);
		b->used = 0;
		b->prev = arena->top;
		arena->top = b;
	}
	void *p = block_bytes(b) + b->used;
	b->used += need;
	memset(p, 0, need);
	return p;
}

void *ml_alloc_array(struct ml_arena *arena, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return fail(arena);
	return ml_alloc(arena, bytes);
}

char *ml_alloc_copy(struct ml_arena *arena, const void *bytes, size_t len)
{
	if (len == SIZE_MAX)
		return fail(arena);
	char *p = ml_alloc(arena, len + 1);
	if (p && len)
		memcpy(p, bytes, len);
	return p;
}

/* True when `p` of `old` rounded bytes ends the top block and the block has room to make it `want`. */
static bool grow_in_place(struct ml_arena *arena, void *p, size_t old, size_t want)
{
	struct block *b = arena->top;

	if (!b || !p || want > SIZE_MAX - ALIGN)
		return false;
	size_t old_need = old ? (old + ALIGN - 1) & ~(ALIGN - 1) : ALIGN;
	size_t new_need = (want + ALIGN - 1) & ~(ALIGN - 1);
	if (old_need > b->used || (unsigned char *)p != block_bytes(b) + b->used - old_need)
		return false;
	if (new_need - old_need > b->size - b->used)
		return false;
	memset(block_bytes(b) + b->used, 0, new_need - old_need);
	b->used += new_need - old_need;
	return true;
}

int ml_alloc_grow(struct ml_arena *arena, void *items, size_t *cap, size_t want, size_t size)
{
	void *old;
	size_t n = *cap ? *cap : 4, bytes;

	if (want <= *cap)
		return 0;
	while (n < want) {
		if (n > SIZE_MAX / 2)
			return fail(arena), ML_ENOMEM;
		n *= 2;
	}
	if (__builtin_mul_overflow(n, size, &bytes) || injected(arena))
		return fail(arena), ML_ENOMEM;
	memcpy(&old, items, sizeof old);
	if (!grow_in_place(arena, old, *cap * size, bytes)) {
		void *fresh = ml_alloc(arena, bytes);
		if (!fresh)
			return ML_ENOMEM;
		if (*cap)
			memcpy(fresh, old, *cap * size);
		memcpy(items, &fresh, sizeof fresh);
	}
	*cap = n;
	return 0;
}

bool ml_arena_failed(const struct ml_arena *arena)
{
	return arena->failed;
}

size_t ml_arena_used(const struct ml_arena *arena)
{
	return arena->taken;
}

size_t ml_arena_limit(const struct ml_arena *arena)
{
	return arena->limit;
}

struct ml_arena_mark ml_arena_mark(const struct ml_arena *arena)
{
	struct ml_arena_mark m = {arena->top, arena->top ? arena->top->used : 0};

	return m;
}

void ml_arena_release(struct ml_arena *arena, struct ml_arena_mark mark)
{
	while (arena->top != mark.block) {
		struct block *b = arena->top;

		assert(b != NULL); /* the mark is of this arena and not yet released */
		arena->top = b->prev;
		b->prev = arena->spare;
		arena->spare = b;
	}
	if (arena->top)
		arena->top->used = mark.used;
}

void ml_arena_fail_at(struct ml_arena *arena, size_t n)
{
	arena->fail_at = n;
}

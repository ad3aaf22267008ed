/* SPDX-License-Identifier: Apache-2.0 */
/* A bottom-up merge sort. */
#include "base/sort.h"

#include <string.h>

#include "base/error.h"

struct job {
	size_t n, size;
	int (*cmp)(const void *a, const void *b);
};

static bool in_order(const struct job *job, const char *items)
{
	for (size_t i = 1; i < job->n; i++)
		if (job->cmp(items + (i - 1) * job->size, items + i * job->size) > 0)
			return false;
	return true;
}

/* Merges from[low, middle) and from[middle, high) into to[low, high). */
static void merge(const struct job *job, const char *from, char *to, size_t low, size_t middle, size_t high)
{
	size_t a = low, b = middle, size = job->size;

	for (size_t i = low; i < high; i++) {
		bool left = b >= high || (a < middle && job->cmp(from + a * size, from + b * size) <= 0);
		memcpy(to + i * size, from + (left ? a++ : b++) * size, size);
	}
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

int ml_sort(struct ml_arena *arena, void *items, size_t n, size_t size, int (*cmp)(const void *a, const void *b))
{
	const struct job job = {n, size, cmp};
	struct ml_arena_mark mark = ml_arena_mark(arena);
	char *from = items, *to, *swap;

	if (n < 2 || in_order(&job, items))
		return 0;
	to = ml_alloc_array(arena, n, size);
	if (!to)
		return ML_ENOMEM;
	for (size_t width = 1; width < n; width *= 2) {
		for (size_t low = 0; low < n; low += 2 * width)
			merge(&job, from, to, low, least(low + width, n), least(low + 2 * width, n));
		swap = from;
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, n * size);
	ml_arena_release(arena, mark); /* the copy: thousands of small sorts must not add up */
	return 0;
}

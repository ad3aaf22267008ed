/* SPDX-License-Identifier: Apache-2.0 */
/* Sorting: stable, n log n on every input, and without the system call that glibc's qsort makes above 1 KB (sysinfo, which a
 * sealed worker would die of). */
#ifndef ML_BASE_SORT_H
#define ML_BASE_SORT_H

#include "base/arena.h"

/* Sorts `n` elements of `size` bytes in place; equal ones keep their order. Takes n*size bytes of scratch from the arena when they are not in order
 * already. 0 or ML_ENOMEM, then nothing has moved. */
int ml_sort(struct ml_arena *arena, void *items, size_t n, size_t size, int (*cmp)(const void *a, const void *b));

#endif

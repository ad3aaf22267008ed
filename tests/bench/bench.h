/* SPDX-License-Identifier: Apache-2.0 */
/* What the benchmarks share: clocks and medians. */
#ifndef ML_TESTS_BENCH_BENCH_H
#define ML_TESTS_BENCH_BENCH_H

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

static inline double ml_bench_ms(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static inline int ml_bench_order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* The median of `n` wall times of run(arg), in milliseconds; n at most 1001. */
static inline double ml_bench_median(void (*run)(void *arg), void *arg, int n)
{
	static double times[1001];

	for (int i = 0; i < n; i++) {
		double start = ml_bench_ms(CLOCK_MONOTONIC);
		run(arg);
		times[i] = ml_bench_ms(CLOCK_MONOTONIC) - start;
	}
	qsort(times, (size_t)n, sizeof(times[0]), ml_bench_order);
	return times[n / 2];
}

#endif

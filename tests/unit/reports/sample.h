/* SPDX-License-Identifier: Apache-2.0 */
/* Findings built by hand, for what no findings file can hold or would make too long. */
#ifndef ML_TESTS_REPORTS_SAMPLE_H
#define ML_TESTS_REPORTS_SAMPLE_H

#include "reports/report.h"

/* One run of `n` failing results over `rules` rules in one file, sorted as judging sorts them. */
struct ml_findings sample_many(struct ml_arena *arena, size_t n, size_t rules);

/* Every string of every member is `text`; every verdict and severity occurs. */
struct ml_findings sample_of(struct ml_arena *arena, struct ml_str text);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: a findings file in, a report out. */
#ifndef ML_TESTS_RENDER_H
#define ML_TESTS_RENDER_H

#include "base/error.h"
#include "reports/report.h"

/* The whole of a file as a string in the arena; NULL ptr when it cannot be read. */
struct ml_str render_read(struct ml_arena *arena, const char *path);

/* 0, ML_ENOENT, or what ml_findings_read says, with the message on standard error. */
int render_load(struct ml_arena *arena, const char *path, struct ml_findings *out);

/* `how` is FORMAT[,OPTION…]: color, verbose, width=N, fail-on=SEVERITY. 0, ML_EINVAL, or the buffer's error. */
int render_report(const struct ml_findings *findings, struct ml_str how, struct ml_buf *out);

#endif

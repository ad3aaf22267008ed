/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for people on standard error: errors, warnings, progress. The only place outside scanner/ that prints. */
#ifndef ML_BASE_LOG_H
#define ML_BASE_LOG_H

#include <stdbool.h>

#include "base/error.h"

enum ml_log_level { ML_LOG_ERROR, ML_LOG_WARNING, ML_LOG_INFO, ML_LOG_DEBUG };

/* The program's name in front of each line, and the least important level that is printed (default INFO). */
void ml_log_init(const char *program, enum ml_log_level level);

/* One line, control characters escaped. Written with one write(2), so lines of several processes do not mix. */
void ml_log(enum ml_log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "file:line:col: message" of an error. */
void ml_log_error(const struct ml_error *err);

#endif

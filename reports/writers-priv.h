/* SPDX-License-Identifier: Apache-2.0 */
/* The writers behind ml_report_formats. */
#ifndef ML_REPORTS_WRITERS_PRIV_H
#define ML_REPORTS_WRITERS_PRIV_H

#include "reports/report.h"

void ml_write_terminal(const struct ml_findings *findings, const struct ml_report_options *options, struct ml_arena *scratch,
	struct ml_buf *out);
void ml_write_sarif(const struct ml_findings *findings, const struct ml_report_options *options, struct ml_arena *scratch,
	struct ml_buf *out);
void ml_write_junit(const struct ml_findings *findings, const struct ml_report_options *options, struct ml_arena *scratch,
	struct ml_buf *out);

#endif

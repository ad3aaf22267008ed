/* SPDX-License-Identifier: Apache-2.0 */
/* Reports: findings as a terminal page, SARIF, JUnit or JSON. Pure: findings in, bytes out. */
#ifndef ML_REPORTS_REPORT_H
#define ML_REPORTS_REPORT_H

#include "policies/findings.h"

struct ml_report_options {
	unsigned width;      /* terminal: columns; 0: 80 */
	bool color;          /* terminal */
	bool verbose;        /* terminal: passes, rationale and references too */
	enum ml_severity fail_on; /* what the gate looks at: the last line says what it decided */
	struct ml_str version;    /* of merlon */
	bool baseline; /* one was applied: results that it does not have are new */
	/* What discovery left alone, for the last lines: "12 git-ignored and 3 vendored folders were left alone". */
	size_t ignored, vendored;
};

struct ml_report_format {
	const char *name;  /* "terminal", "json", "sarif", "junit" */
	const char *about; /* one line */
	/* Writes the whole report. The only error is out's. */
	void (*write)(const struct ml_findings *findings, const struct ml_report_options *options, struct ml_arena *scratch, struct ml_buf *out);
};

/* Ends with a NULL name. */
extern const struct ml_report_format ml_report_formats[];

const struct ml_report_format *ml_report_find(struct ml_str name);

#endif

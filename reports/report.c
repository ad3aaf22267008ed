/* SPDX-License-Identifier: Apache-2.0 */
/* The table of report formats. */
#include "reports/writers-priv.h"

static void write_json(const struct ml_findings *findings, const struct ml_report_options *options, struct ml_arena *scratch,
	struct ml_buf *out)
{
	(void)options;
	(void)scratch;
	ml_findings_write(findings, out);
}

const struct ml_report_format ml_report_formats[] = {
	{"terminal", "for people: what fails, where, why and how to fix it", ml_write_terminal},
	{"json", "findings/v1: everything, canonical; what `merlon report` and --baseline read", write_json},
	{"sarif", "SARIF 2.1.0, for code hosts and editors", ml_write_sarif},
	{"junit", "JUnit XML, for CI servers", ml_write_junit},
	{NULL, NULL, NULL},
};

const struct ml_report_format *ml_report_find(struct ml_str name)
{
	for (const struct ml_report_format *format = ml_report_formats; format->name; format++)
		if (ml_str_is(name, format->name))
			return format;
	return NULL;
}

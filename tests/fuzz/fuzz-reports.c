/* SPDX-License-Identifier: Apache-2.0 */
/* Every report over arbitrary findings: written whole, and nothing in a page or an XML file that moves a cursor or breaks a parser. */
#include <stdlib.h>

#include "base/utf8.h"
#include "reports/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No control character but line feeds, valid UTF-8. */
static void want_text(struct ml_str s)
{
	if (ml_utf8_invalid(s) != ML_NPOS)
		abort();
	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.ptr[i] < 0x20 && s.ptr[i] != '\n') || s.ptr[i] == 0x7f)
			abort();
}

static void write_all(const struct ml_findings *findings, const struct ml_report_options *options)
{
	for (const struct ml_report_format *format = ml_report_formats; format->name; format++) {
		ML_ARENA_AUTO scratch = ml_arena_new((size_t)256 << 20);
		ML_BUF_AUTO out;

		ml_buf_init(&out, (size_t)256 << 20);
		format->write(findings, options, scratch, &out);
		if (out.error || out.len == 0)
			abort();
		want_text(ml_buf_get(&out));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)64 << 20);
	struct ml_report_options plain = {.fail_on = ML_SEV_MEDIUM}, verbose = {.width = 40, .verbose = true, .baseline = true};
	struct ml_findings findings;

	if (ml_findings_read(arena, (struct ml_str){(const char *)data, size}, &findings, NULL))
		return 0;
	write_all(&findings, &plain);
	write_all(&findings, &verbose);
	return 0;
}

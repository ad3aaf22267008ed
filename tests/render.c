/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: a findings file in, a report out. */
#include "tests/render.h"

#include <stdio.h>

#include "base/num.h"

struct ml_str render_read(struct ml_arena *arena, const char *path)
{
	FILE *file = fopen(path, "rb");
	struct ml_str bytes = ML_STR_NONE;
	ML_BUF_AUTO buf;
	char part[65536];
	size_t n;

	ml_buf_init(&buf, ML_FINDINGS_BYTES);
	if (!file)
		return bytes;
	while ((n = fread(part, 1, sizeof(part), file)) > 0)
		ml_buf_add(&buf, part, n);
	if (!ferror(file) && !buf.error)
		bytes = ml_str_dup(arena, ml_buf_get(&buf));
	fclose(file);
	return bytes;
}

int render_load(struct ml_arena *arena, const char *path, struct ml_findings *out)
{
	struct ml_str bytes = render_read(arena, path);
	struct ml_error err = {0};
	int code;

	if (!bytes.ptr)
		return ML_ENOENT;
	code = ml_findings_read(arena, bytes, out, &err);
	if (code)
		fprintf(stderr, "# %s: %s\n", path, err.message);
	return code;
}

static bool read_severity(struct ml_str word, enum ml_severity *out)
{
	for (int i = 0; i < ML_SEVERITIES; i++)
		if (ml_str_is(word, ml_severity_words[i])) {
			*out = (enum ml_severity)i;
			return true;
		}
	return false;
}

static bool read_option(struct ml_str option, struct ml_report_options *options)
{
	uint64_t width;

	if (ml_str_is(option, "color"))
		return options->color = true;
	if (ml_str_is(option, "verbose"))
		return options->verbose = true;
	if (ml_str_starts(option, ML_STR("fail-on=")))
		return read_severity(ml_str_sub(option, 8, option.len), &options->fail_on);
	if (!ml_str_starts(option, ML_STR("width=")) || !ml_parse_u64(ml_str_sub(option, 6, option.len), 10, &width))
		return false;
	options->width = (unsigned)width;
	return true;
}

int render_report(const struct ml_findings *findings, struct ml_str how, struct ml_buf *out)
{
	struct ml_report_options options = {.fail_on = ML_SEV_MEDIUM, .version = ML_STR("0.0.0")};
	ML_ARENA_AUTO scratch = ml_arena_new((size_t)4 << 30);
	const struct ml_report_format *format;
	struct ml_str part;

	ml_str_split(&how, ',', &part);
	format = ml_report_find(part);
	while (format && ml_str_split(&how, ',', &part))
		if (!read_option(part, &options))
			return ML_EINVAL;
	if (!format)
		return ML_EINVAL;
	format->write(findings, &options, scratch, out);
	return out->error;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for people on standard error. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"

static const char *log_program = "merlon";
static enum ml_log_level log_level = ML_LOG_INFO;

void ml_log_init(const char *program, enum ml_log_level level)
{
	log_program = program;
	log_level = level;
}

static void put(struct ml_str line)
{
	while (line.len) {
		ssize_t n = write(STDERR_FILENO, line.ptr, line.len);
		if (n <= 0)
			return; /* nowhere is left to say it */
		line = ml_str_sub(line, (size_t)n, line.len);
	}
}

void ml_log(enum ml_log_level level, const char *fmt, ...)
{
	static const char *const names[] = {"error: ", "warning: ", "", "debug: "};
	char text[2048];
	ML_BUF_AUTO line = {0};
	va_list ap;

	if (level > log_level)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	ml_buf_init(&line, 16384);
	ml_buf_printf(&line, "%s: %s", log_program, names[level]);
	ml_buf_escaped(&line, ml_str(text));
	ml_buf_putc(&line, '\n');
	put(ml_buf_get(&line));
}

void ml_log_error(const struct ml_error *err)
{
	const char *message = err->message[0] ? err->message : ml_strcode(err->code);

	if (err->file[0] && err->line)
		ml_log(ML_LOG_ERROR, "%s:%u:%u: %s", err->file, err->line, err->col, message);
	else if (err->file[0])
		ml_log(ML_LOG_ERROR, "%s: %s", err->file, message);
	else
		ml_log(ML_LOG_ERROR, "%s", message);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Errors are values: filling struct ml_error. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void copy_cut(char *dst, size_t size, const char *src)
{
	size_t n = strnlen(src, size);

	if (n >= size) {
		n = size - 1;
		while (n > 0 && ((unsigned char)src[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(dst, src, n);
	dst[n] = '\0';
}

static int __attribute__((format(printf, 6, 0))) fill(struct ml_error *err, int code, const char *file, uint32_t line, uint32_t col,
	const char *fmt, va_list ap)
{
	if (err) {
		err->code = code;
		err->line = line;
		err->col = col;
		copy_cut(err->file, sizeof err->file, file ? file : "");
		vsnprintf(err->message, sizeof err->message, fmt, ap);
	}
	return code;
}

int ml_fail(struct ml_error *err, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(err, code, NULL, 0, 0, fmt, ap);
	va_end(ap);
	return code;
}

int ml_fail_at(struct ml_error *err, int code, const char *file, uint32_t line, uint32_t col,
	const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(err, code, file, line, col, fmt, ap);
	va_end(ap);
	return code;
}

const char *ml_strcode(int code)
{
	static const char *const words[] = {
		"no error",
		"out of memory",
		"limit exceeded",
		"syntax error",
		"wrong type",
		"not found",
		"outside of what is granted",
		"input/output error",
		"invalid argument",
		"protocol error",
		"sandbox not available",
		"duplicate",
		"not supported",
		"permission denied",
	};
	unsigned i = code < 0 ? (unsigned)-code : 0;

	return i < sizeof words / sizeof *words ? words[i] : "unknown error";
}

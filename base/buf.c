/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer with a ceiling of its own and a sticky error. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/utf8.h"

void ml_buf_init(struct ml_buf *buf, size_t limit)
{
	*buf = (struct ml_buf){.limit = limit < SIZE_MAX / 4 ? limit : SIZE_MAX / 4};
}

void ml_buf_free(struct ml_buf *buf)
{
	free(buf->ptr);
	buf->ptr = NULL;
	buf->len = buf->cap = 0;
}

void ml_buf_clear(struct ml_buf *buf)
{
	buf->len = 0;
	buf->error = 0;
}

bool ml_buf_reserve(struct ml_buf *buf, size_t len)
{
	if (buf->error)
		return false;
	if (len > buf->limit - buf->len) {
		buf->error = ML_ELIMIT;
		return false;
	}
	size_t need = buf->len + len + 1;
	if (need <= buf->cap)
		return true;
	size_t cap = buf->cap ? buf->cap * 2 : 256;
	if (cap < need)
		cap = need;
	if (cap > buf->limit + 1)
		cap = buf->limit + 1;
	char *p = realloc(buf->ptr, cap);
	if (!p) {
		buf->error = ML_ENOMEM;
		return false;
	}
	buf->ptr = p;
	buf->cap = cap;
	return true;
}

void ml_buf_add(struct ml_buf *buf, const void *bytes, size_t len)
{
	if (!ml_buf_reserve(buf, len))
		return;
	if (len)
		memcpy(buf->ptr + buf->len, bytes, len);
	buf->len += len;
	buf->ptr[buf->len] = '\0';
}

void ml_buf_str(struct ml_buf *buf, struct ml_str s)
{
	ml_buf_add(buf, s.ptr, s.len);
}

void ml_buf_puts(struct ml_buf *buf, const char *z)
{
	ml_buf_add(buf, z, strlen(z));
}

void ml_buf_putc(struct ml_buf *buf, char c)
{
	ml_buf_add(buf, &c, 1);
}

void ml_buf_printf(struct ml_buf *buf, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	if (n >= 0 && ml_buf_reserve(buf, (size_t)n)) {
		vsnprintf(buf->ptr + buf->len, (size_t)n + 1, fmt, again);
		buf->len += (size_t)n;
	}
	va_end(again);
	va_end(ap);
}

/* Characters that change how a terminal or a reader shows what is around them. */
static bool is_unsafe(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || (cp >= 0x200b && cp <= 0x200f) ||
		(cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff ||
		(cp >= 0xfff9 && cp <= 0xfffb) || (cp >= 0xe0000 && cp <= 0xe007f);
}

static void put_escape(struct ml_buf *buf, uint32_t cp)
{
	if (cp == '\n')
		ml_buf_puts(buf, "\\n");
	else if (cp == '\t')
		ml_buf_puts(buf, "\\t");
	else if (cp == '\r')
		ml_buf_puts(buf, "\\r");
	else if (cp < 0x80)
		ml_buf_printf(buf, "\\x%02x", (unsigned)cp);
	else if (cp < 0x10000)
		ml_buf_printf(buf, "\\u%04x", (unsigned)cp);
	else
		ml_buf_printf(buf, "\\U%08x", (unsigned)cp);
}

void ml_buf_escaped(struct ml_buf *buf, struct ml_str s)
{
	size_t i = 0, plain = 0;

	while (i < s.len) {
		uint32_t cp;
		size_t n = ml_utf8_next(s, i, &cp);

		if (n == 0 || is_unsafe(cp)) {
			ml_buf_add(buf, s.ptr + plain, i - plain);
			if (n)
				put_escape(buf, cp);
			else
				ml_buf_printf(buf, "\\x%02x", (unsigned char)s.ptr[i]);
			plain = i + (n ? n : 1);
		}
		i += n ? n : 1;
	}
	if (s.len > plain)
		ml_buf_add(buf, s.ptr + plain, s.len - plain);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer with a ceiling of its own and a sticky error. */
#ifndef ML_BASE_BUF_H
#define ML_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Zero-initialise through ml_buf_init. Owned by the caller, freed by ml_buf_free. */
struct ml_buf {
	char *ptr; /* NUL-terminated once anything was added */
	size_t len;
	size_t cap;
	size_t limit; /* most bytes that `len` may reach */
	int error;    /* 0, ML_ENOMEM or ML_ELIMIT: set once, and from then on nothing is added */
};

void ml_buf_init(struct ml_buf *buf, size_t limit);
void ml_buf_free(struct ml_buf *buf);
/* Forgets the bytes and the error, keeps the memory. */
void ml_buf_clear(struct ml_buf *buf);

void ml_buf_add(struct ml_buf *buf, const void *bytes, size_t len);
void ml_buf_str(struct ml_buf *buf, struct ml_str s);
void ml_buf_puts(struct ml_buf *buf, const char *z);
void ml_buf_putc(struct ml_buf *buf, char c);
void ml_buf_printf(struct ml_buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* `s` with control characters, DEL, C1 controls, invalid UTF-8, bidirectional and zero-width format characters as
 * \n, \t, \x1b, \u202e: safe to print on a terminal in one line. */
void ml_buf_escaped(struct ml_buf *buf, struct ml_str s);

/* Room for `len` more bytes to be written at ptr + len by the caller, who then adds to `len`. False on error. */
bool ml_buf_reserve(struct ml_buf *buf, size_t len);

static inline struct ml_str ml_buf_get(const struct ml_buf *buf)
{
	return (struct ml_str){buf->ptr, buf->len};
}
#define ML_BUF_AUTO __attribute__((cleanup(ml_buf_free))) struct ml_buf

#endif

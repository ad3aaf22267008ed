/* SPDX-License-Identifier: Apache-2.0 */
/* Errors are values: a negative code, and where it helps a message with a position. */
#ifndef ML_BASE_ERROR_H
#define ML_BASE_ERROR_H

#include <stdint.h>

enum ml_code {
	ML_OK = 0,
	ML_ENOMEM = -1,   /* the heap or the arena's ceiling is reached */
	ML_ELIMIT = -2,   /* a limit of ours: depth, count, size, cost */
	ML_ESYNTAX = -3,  /* the bytes do not follow their grammar */
	ML_ETYPE = -4,    /* well formed, but of the wrong type or value */
	ML_ENOENT = -5,   /* not there */
	ML_EACCES = -6,   /* not for us: outside the granted root, or never granted */
	ML_EIO = -7,      /* reading or writing failed */
	ML_EINVAL = -8,   /* the caller's argument, or a command line */
	ML_EPROTO = -9,   /* the other side of a socket broke the protocol */
	ML_ESANDBOX = -10, /* a layer of the sandbox is missing or could not be proved */
	ML_EDUP = -11,    /* a name stands twice */
	ML_EUNSUP = -12,  /* valid, but not supported */
	ML_EPERM = -13,   /* there, but the system does not let us */
};

struct ml_error {
	int code;
	uint32_t line, col; /* 1-based; 0: no position. Columns count code points. */
	char file[256];     /* "" when none; cut, never split inside a UTF-8 sequence */
	char message[512];
};

/* Each returns `code`, so that a caller can write `return ml_fail(err, ML_EIO, …)`. `err` may be NULL.
 * A message says what is wrong in one line, without a full stop: `what: got "x", want y`. */
int ml_fail(struct ml_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int ml_fail_at(struct ml_error *err, int code, const char *file, uint32_t line, uint32_t col,
	const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* The code in words ("limit exceeded"); never NULL. */
const char *ml_strcode(int code);

#endif

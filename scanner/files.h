/* SPDX-License-Identifier: Apache-2.0 */
/* Files that the user names: reading them whole within a bound, writing reports atomically. Bytes only, no parsing. */
#ifndef ML_SCANNER_FILES_H
#define ML_SCANNER_FILES_H

#include "base/error.h"
#include "base/str.h"

/* Reads the file `path` ("-": standard input), at most `max` bytes, into the arena. 0; ML_ENOENT,
 * ML_EPERM, ML_ETYPE (no regular file, and no descriptor of ours such as /dev/stdin or /dev/fd/63),
 * ML_ELIMIT, ML_EIO, ML_ENOMEM with a message that names the file. Waits for nobody but the writer
 * of such a descriptor. */
int ml_file_read(struct ml_arena *arena, const char *path, size_t max, struct ml_str *out, struct ml_error *err);

/* Reads what is left in a descriptor, likewise. */
int ml_fd_read(struct ml_arena *arena, int fd, size_t max, struct ml_str *out, struct ml_error *err);

/* Writes the whole of `bytes` to `path` by way of a temporary file beside it and rename(2): there is
 * the old file or the new one, never a part. NULL or "-" is standard output; a path that is not a
 * regular file (/dev/stderr, a pipe) is written directly. SIGHUP, SIGINT and SIGTERM wait until no
 * temporary file is left. ML_EIO. */
int ml_file_write(const char *path, struct ml_str bytes, struct ml_error *err);

/* Writes all of `bytes` to a descriptor. ML_EIO. */
int ml_fd_write(int fd, struct ml_str bytes, struct ml_error *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* How a collector gets at further files: by asking. In a sealed worker the broker answers, in tests a table. */
#ifndef ML_CHECKS_READER_H
#define ML_CHECKS_READER_H

#include "base/error.h"
#include "base/path.h"
#include "base/str.h"

/* Reads the file `path` beneath the target's root, whole. `path` is relative with '/' between parts; "." and ".." parts are allowed as long as
 * the result stays beneath the root, symbolic links too. *bytes is in the arena.
 * 0; ML_ENOENT: not there; ML_EACCES: it leads out of the root; ML_EPERM: no permission; ML_ETYPE: not a regular file; ML_ELIMIT: bigger than
 * the cap, or asked too often; ML_EIO; ML_ENOMEM. err->message says it for people. */
struct ml_reader {
	int (*read)(void *ctx, struct ml_arena *arena, struct ml_str path, struct ml_str *bytes, struct ml_error *err);
	void *ctx;
};

static inline int ml_read(const struct ml_reader *reader, struct ml_arena *arena, struct ml_str path,
	struct ml_str *bytes, struct ml_error *err)
{
	return reader->read(reader->ctx, arena, path, bytes, err);
}

/* A reader over a table of names and bytes: for tests and fuzzing. */
struct ml_memory_file {
	struct ml_str name, bytes;
};
struct ml_memory_reader {
	const struct ml_memory_file *files;
	size_t n;
};
struct ml_reader ml_memory_reader(struct ml_memory_reader *table);

#endif

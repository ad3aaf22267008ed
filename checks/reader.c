/* SPDX-License-Identifier: Apache-2.0 */
/* A reader over a table in memory. */
#include "checks/reader.h"

static int read_memory(void *ctx, struct ml_arena *arena, struct ml_str path, struct ml_str *bytes, struct ml_error *err)
{
	const struct ml_memory_reader *table = ctx;
	struct ml_str plain;
	int r = ml_path_join(arena, ML_STR(""), path, &plain);

	if (r)
		return ml_fail(err, r, "%.*s: %s", ML_STR_ARG(path), r == ML_EACCES ? "leads out of the root" : "no memory");
	for (size_t i = 0; i < table->n; i++) {
		if (!ml_str_eq(table->files[i].name, plain))
			continue;
		*bytes = ml_str_dup(arena, table->files[i].bytes);
		return bytes->ptr ? 0 : ml_fail(err, ML_ENOMEM, "%.*s: no memory", ML_STR_ARG(path));
	}
	return ml_fail(err, ML_ENOENT, "%.*s: no such file", ML_STR_ARG(path));
}

struct ml_reader ml_memory_reader(struct ml_memory_reader *table)
{
	return (struct ml_reader){read_memory, table};
}

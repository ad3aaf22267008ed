/* SPDX-License-Identifier: Apache-2.0 */
/* Data files of tests, found beneath the source tree. */
#ifndef ML_TESTS_UNIT_DATA_H
#define ML_TESTS_UNIT_DATA_H

#include <stdlib.h>

#include "tests/unit/test.h"

#include "base/buf.h"
#include "base/error.h"

static inline struct ml_str test_file(struct ml_arena *arena, const char *name)
{
	const char *top = getenv("ML_SRCDIR");
	struct ml_str path = ml_strf(arena, "%s/%s", top ? top : ".", name), text;
	ML_BUF_AUTO out;
	char piece[65536];
	FILE *file = fopen(path.ptr, "rb");
	size_t n;

	if (!file)
		fail_msg("%s is not there", path.ptr);
	ml_buf_init(&out, (size_t)64 << 20);
	while ((n = fread(piece, 1, sizeof(piece), file)) > 0)
		ml_buf_add(&out, piece, n);
	fclose(file);
	text = ml_str_dup(arena, ml_buf_get(&out));
	return text;
}

#endif

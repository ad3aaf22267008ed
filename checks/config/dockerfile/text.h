/* SPDX-License-Identifier: Apache-2.0 */
/* Text with a memory: each byte knows where in the file it was written, through continuations, quotes and nested scripts. */
#ifndef ML_CHECKS_CONFIG_DOCKERFILE_TEXT_H
#define ML_CHECKS_CONFIG_DOCKERFILE_TEXT_H

#include "base/str.h"

/* The bytes from `at` on stand in the file from `from` on, one by one; when `fixed`, all of them come from that one place
 * (a variable's value stands where the variable was named). */
struct ml_df_seg {
	uint32_t at, from;
	bool fixed;
};

struct ml_df_text {
	struct ml_str s;
	const struct ml_df_seg *segs; /* sorted by `at`, the first at 0; NULL only when s is empty */
	size_t nsegs;
};

/* The file offset of byte `at`; of the last byte when `at` is behind the end; 0 for an empty text. *fixed (may be NULL): see above. */
uint32_t ml_df_origin(const struct ml_df_text *text, size_t at, bool *fixed);

/* The index of the segment that byte `at` belongs to. */
size_t ml_df_seg_index(const struct ml_df_text *text, size_t at);

/* A text while it is put together. Errors are the arena's (sticky); the result is then shorter. */
struct ml_df_build {
	struct ml_arena *arena;
	char *ptr;
	size_t len, cap;
	struct ml_df_seg *segs;
	size_t nsegs, segs_cap;
};
void ml_df_put(struct ml_df_build *build, const char *bytes, size_t len, uint32_t from, bool fixed);
/* Appends text[from, to) with its places. */
void ml_df_put_text(struct ml_df_build *build, const struct ml_df_text *text, size_t from, size_t to);
struct ml_df_text ml_df_built(const struct ml_df_build *build);

/* The part [from, to) as a text of its own. */
struct ml_df_text ml_df_part(struct ml_arena *arena, const struct ml_df_text *text, size_t from, size_t to);

/* Lines and columns of a file: built once, then any offset is found in logarithmic time whatever the length of its line. */
struct ml_df_lines {
	struct ml_str bytes;
	uint32_t *starts; /* offsets of the lines' first bytes */
	size_t n, cap;
	uint32_t *counts; /* code points before each 256th byte */
};
/* 0 or ML_ENOMEM. */
int ml_df_lines_of(struct ml_arena *arena, struct ml_str bytes, struct ml_df_lines *lines);
/* 1-based; columns count code points. */
void ml_df_place(const struct ml_df_lines *lines, uint32_t offset, uint32_t *line, uint32_t *col);

#endif

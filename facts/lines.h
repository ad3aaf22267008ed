/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a target's files by number, each found in constant time once a file was looked through: for who shows many of them. */
#ifndef ML_FACTS_LINES_H
#define ML_FACTS_LINES_H

#include "facts/facts.h"

struct ml_lines {
	const struct ml_facts *facts;
	struct ml_arena *arena;
	struct ml_line_starts {
		uint32_t *at; /* offset of each line */
		uint32_t n;
	} *files; /* beside facts->sources; `at` NULL: not looked through yet */
};

/* 0 or ML_ENOMEM. */
int ml_lines_begin(struct ml_lines *lines, const struct ml_facts *facts, struct ml_arena *arena);

/* Looks through a file now, so that ml_lines_get takes memory for its result alone. False when memory ends. */
bool ml_lines_look(struct ml_lines *lines, uint32_t file);

/* As ml_facts_line: without secrets, at most 400 bytes; NULL ptr when it is not there. In the arena. */
struct ml_str ml_lines_get(struct ml_lines *lines, uint32_t file, uint32_t line);

/* `line` of the source's bytes, which starts at offset `from`, with secret spans replaced by "***" and cut to 400 bytes between code points. */
struct ml_str ml_source_redact(const struct ml_source *source, struct ml_arena *arena, struct ml_str line, size_t from);

#endif

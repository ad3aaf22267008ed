/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of one target: a typed value tree, the places it came from, and what could not be read. */
#ifndef ML_FACTS_FACTS_H
#define ML_FACTS_FACTS_H

#include "base/diag.h"
#include "facts/value.h"

/* A kind of facts: one schema. The registry is facts/kinds.h. */
struct ml_kind {
	const char *name;           /* "config.compose" */
	const char *about;          /* one line */
	const struct ml_type *root; /* a record: its fields are the identifiers that a rule sees */
};

/* Where a value was written. `origin` is the second place of a merged, inherited or interpolated value (where the
 * merge, the `extends` or the variable's value stands): an index into the same table, or 0. */
struct ml_loc {
	uint32_t file; /* index into files */
	uint32_t line, col; /* 1-based; columns count code points */
	uint32_t end_col; /* on the same line, exclusive; 0 unknown */
	uint32_t key_line, key_col; /* of the key that the value stands under; 0: none */
	uint32_t origin;
};

/* A file that was read. */
struct ml_source {
	struct ml_str name;  /* relative to the scan's root, '/' between parts; never absolute */
	uint8_t sha256[32];  /* of the bytes as read */
	struct ml_str bytes; /* the text itself while collecting; NULL ptr in replayed facts */
	/* Spans of `bytes` that hold secrets, sorted, not overlapping: never shown. */
	const struct ml_span *secrets;
	size_t nsecrets;
	/* Lines kept as evidence, redacted, sorted by number: what a report shows beside a finding. */
	const struct ml_line *lines;
	size_t nlines;
};
struct ml_span {
	uint32_t from, to;
};
struct ml_line {
	uint32_t number;
	struct ml_str text; /* without its end of line, at most 400 bytes */
};

/* A comment `# merlon:waive RULE until=2027-01-31 reason` in a target: its law is policies/waiver.h's. */
struct ml_comment {
	uint32_t file, line, col;
	struct ml_str text; /* from "merlon:waive" to the end of the line, trimmed */
};

#define ML_LOC_PAGE 256

/* All memory belongs to `arena`. */
struct ml_facts {
	struct ml_arena *arena;
	const struct ml_kind *kind;
	struct ml_value root; /* RECORD of kind->root, or UNKNOWN when nothing could be read */
	struct ml_str uri;    /* the target as the user sees it, relative */
	struct ml_loc **loc_pages; /* ML_LOC_PAGE places each: they do not move when more come */
	size_t nlocs, loc_pages_cap; /* place 0 is "none" */
	struct ml_source *sources;
	size_t nsources, sources_cap;
	struct ml_comment *waivers; /* inline suppressions, as ml_facts_source found them, in order */
	size_t nwaivers, waivers_cap;
	struct ml_diags diags; /* what was odd or unreadable: shown, and what they touch is UNKNOWN in the tree */
	bool incomplete;       /* some part is UNKNOWN: a rule without elements may not pass over it in silence */
};

/* NULL when the arena fails. */
struct ml_facts *ml_facts_new(struct ml_arena *arena, const struct ml_kind *kind, struct ml_str uri);

/* Registers a file; its index, or ML_ENOMEM/ML_ELIMIT (4,096 files). Computes the digest and
 * gathers inline waivers. */
int ml_facts_source(struct ml_facts *facts, struct ml_str name, struct ml_str bytes);

/* Adds a place and returns its index; 0 when the table is full (2^26) or memory ends, which is sticky in the arena. The same
 * place twice in a row gives the same index. */
uint32_t ml_facts_loc(struct ml_facts *facts, struct ml_loc loc);

/* The same, also when it is that of the last one. */
uint32_t ml_facts_loc_more(struct ml_facts *facts, struct ml_loc loc);

/* The place, or NULL for index 0 and indexes out of range. It may be changed while collecting. */
static inline struct ml_loc *ml_facts_at(const struct ml_facts *facts, uint32_t loc)
{
	return loc == 0 || loc >= facts->nlocs ? NULL : &facts->loc_pages[loc / ML_LOC_PAGE][loc % ML_LOC_PAGE];
}

/* The text of a line of a source, for display: kept line, else cut from `bytes` with secret spans replaced by "***". NULL ptr when
 * it is not there. */
struct ml_str ml_facts_line(const struct ml_facts *facts, struct ml_arena *arena, uint32_t file, uint32_t line);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of secrets, to be found wherever else they stand: what is a secret under one name is
 * not shown under another. */
#ifndef ML_FACTS_MASK_H
#define ML_FACTS_MASK_H

#include "facts/facts.h"

/* Secrets shorter than this are only hidden where they were recognised: their bytes are words of
 * other things. Those below ML_MASK_ANYWHERE are found between bytes that are no letters and
 * digits. */
enum { ML_MASK_SHORTEST = 6, ML_MASK_ANYWHERE = 8 };

/* {.arena = …}. Errors are sticky in `memory`. */
struct ml_mask {
	struct ml_arena *arena;
	struct ml_str *items; /* lines of secrets, in pieces; sorted once ready, none twice */
	size_t n, cap;
	uint32_t
		*shorter; /* of each: index + 1 of the longest other that it begins with; 0: none */
	uint8_t *starts;  /* a bit for each hash of an item's first bytes */
	bool memory;      /* ran out */
};

/* Adds a secret, line by line; the bytes are kept. */
void ml_mask_add(struct ml_mask *mask, struct ml_str secret);

/* Sorts what was added: before anything is looked for. */
void ml_mask_ready(struct ml_mask *mask);

/* Index + 1 of that item; 0: it is none. */
size_t ml_mask_index(const struct ml_mask *mask, struct ml_str secret);

/* Lets go of secrets that are also names which rules decide by: a service, image, program, package
 * or network that is called like a password. A target could otherwise take a name from the rules by
 * calling it a password. Names are keys of maps and the fields of records that `fields` lists (NULL
 * at its end); only what consists of small letters, digits and "._:/-" can be one. Call
 * ml_mask_ready first. */
void ml_mask_spare(struct ml_mask *mask, const struct ml_facts *facts, const char *const *fields);

/* The next occurrence at or behind *from: [*from, *to). False: there is none. The beginning of a
 * secret counts, too, where the text was cut: before "…", and at the end of 40 bytes or more. Time
 * is linear in the text, times the logarithm of the secrets. */
bool ml_mask_next(const struct ml_mask *mask, struct ml_str text, size_t *from, size_t *to);

/* The text with "***" for each occurrence; the text itself when there is none. ptr NULL: no memory.
 */
struct ml_str ml_mask_text(const struct ml_mask *mask, struct ml_arena *arena, struct ml_str text);

/* Masks all text of the facts but words of closed vocabularies: strings, keys (which stay apart),
 * reasons, diagnostics, waivers. Source lines are not touched: they have their spans. A value in
 * which the secret reads like an option or a setting ("--skip-grant-tables") becomes UNKNOWN and
 * the facts incomplete: a rule may look for such words, and must not pass because they were taken
 * away. */
void ml_mask_facts(struct ml_mask *mask, struct ml_facts *facts);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Fact files: the notation of values, which writer and reader share.
 *
 * A value of a type that the schema gives is plain JSON: bytes are base64, a duration is "1.5s", a timestamp "@1700000000.5" (seconds since 1970), a uint above
 * 2^63-1 and a double that is no number are strings. Where the schema says dyn, what JSON cannot tell apart is tagged: {"$uint": …}, {"$double": …}, {"$bytes": …},
 * {"$timestamp": …}, {"$duration": …}. An unknown is {"$unknown": REASON} anywhere. Every key of a map that starts with '$' gets one more of them.
 *
 * Places stand beside the facts in a tree of the same shape, so that the facts can be read: of a scalar it is the number of its location (1 is the first of
 * "locations", 0 none); of a record, map or list [NUMBER, {KEY: …}] or [NUMBER, […]], behind it for a map the places of its keys where there are any. What has no place in it is
 * left out of an object, and 0 in a list. A location is [file, line, column, end column, key's line, key's column, origin], without the zeros at its end. */
#ifndef ML_FACTS_FACTFILE_PRIV_H
#define ML_FACTS_FACTFILE_PRIV_H

#include "facts/factfile.h"
#include "facts/json-read.h"

#define ML_FACT_DEPTH 110 /* levels of values; a target's YAML has at most 100 */

/* A fact file being written. */
struct ml_fact_writer {
	struct ml_buf *out;
	uint32_t *number; /* by location: its number in the file, 0 when nothing points to it */
	size_t nlocs;
	uint32_t *order;  /* by number - 1: the location */
	size_t norder;
};

/* factfile-value.c: the tree of facts, and that of its places. */
void ml_fact_write(struct ml_fact_writer *w, const struct ml_value *value, const struct ml_type *type, int depth);
void ml_places_write(struct ml_fact_writer *w, const struct ml_value *value);
/* factfile-scalar.c: scalars that are written as text. False: not that notation. */
void ml_fact_text(struct ml_buf *out, const struct ml_value *value);
bool ml_fact_parse(struct ml_arena *arena, enum ml_value_kind kind, struct ml_str text, struct ml_value *out);

/* factfile-tree.c: reads a value of a type, with its places (NULL: none). */
struct ml_fact_reader {
	struct ml_jread r;
	size_t nlocs;
};
bool ml_fact_read(struct ml_fact_reader *f, const struct ml_jpath *path, json_t *json, json_t *places, const struct ml_type *type, struct ml_value *out);

/* ml_factfile_read for a kind that need not be registered; NULL: the registry's. */
int ml_factfile_read_as(struct ml_arena *arena, struct ml_str bytes, const struct ml_kind *kind, struct ml_facts **out, struct ml_error *err);

#endif

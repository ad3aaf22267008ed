/* SPDX-License-Identifier: Apache-2.0 */
/* Fact files: the facts of one target as canonical JSON, out and in. Equal facts are equal bytes; what is read back gives the same findings. */
#ifndef ML_FACTS_FACTFILE_H
#define ML_FACTS_FACTFILE_H

#include "base/buf.h"
#include "base/error.h"
#include "facts/facts.h"

#define ML_FACTFILE_BYTES ((size_t)512 << 20)

/* Writes a fact file: {"merlon":"facts/v1","kind":…,"uri":…,"sources":[{name, sha256, lines}],"locations":[…],"facts":{…},"waivers":[…],"diagnostics":[…],
 * "incomplete":…}. Keys sorted, one number form, no clock, no host name, no absolute path, no bytes of the target but the redacted lines that places
 * point to. Only what was set is written; int, uint, double, bytes, timestamp, duration and unknown can be told apart when read back with the schema (an unknown is {"$unknown":
 * reason}). The only error is out's. */
void ml_factfile_write(const struct ml_facts *facts, struct ml_buf *out);

/* Reads a fact file back, validating every value against the kind's schema: unknown kind, unknown or repeated field, wrong type, bad location index, nesting over 100
 * are errors with the path ("facts.services.api.ports[0].published: got a string, want int"). The target's bytes are not there any more: ml_facts_line gives the
 * lines that were kept. ML_ESYNTAX, ML_ETYPE, ML_ELIMIT, ML_ENOMEM. */
int ml_factfile_read(struct ml_arena *arena, struct ml_str bytes, struct ml_facts **out, struct ml_error *err);

#endif

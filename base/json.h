/* SPDX-License-Identifier: Apache-2.0 */
/* Writing JSON (RFC 8259): one form for each value, so that equal documents are equal bytes. Reading is jansson's. */
#ifndef ML_BASE_JSON_H
#define ML_BASE_JSON_H

#include "base/buf.h"

/* Writes to `out`, whose sticky error is the only error. Keys are the caller's to sort. */
struct ml_json {
	struct ml_buf *out;
	int indent;       /* 0: one line; else blanks a level */
	int depth;
	uint64_t first;   /* bit per level: nothing written there yet */
	bool after_key;
};
#define ML_JSON_DEPTH 60 /* deeper nesting is an assertion: it must be bounded by the writer */

void ml_json_begin(struct ml_json *json, struct ml_buf *out, int indent);
void ml_json_object(struct ml_json *json);
void ml_json_end_object(struct ml_json *json);
void ml_json_array(struct ml_json *json);
void ml_json_end_array(struct ml_json *json);
void ml_json_key(struct ml_json *json, const char *key);
void ml_json_key_str(struct ml_json *json, struct ml_str key);

/* Escapes ", \, control characters, DEL, U+2028/9; other valid UTF-8 goes as it is, an invalid byte becomes U+FFFD. */
void ml_json_str(struct ml_json *json, struct ml_str s);
void ml_json_puts(struct ml_json *json, const char *z);
void ml_json_bool(struct ml_json *json, bool b);
void ml_json_null(struct ml_json *json);
void ml_json_int(struct ml_json *json, int64_t i);
void ml_json_uint(struct ml_json *json, uint64_t u);
/* The shortest form that reads back to the same double, always with a '.' or an exponent; NaN and infinities as the strings
 * "NaN", "Infinity", "-Infinity". */
void ml_json_double(struct ml_json *json, double d);
/* Bytes that are JSON already. */
void ml_json_raw(struct ml_json *json, struct ml_str s);

/* The shortest round-trip form alone, for other writers; independent of the locale. */
void ml_buf_double(struct ml_buf *out, double d);

#endif

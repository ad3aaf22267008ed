/* SPDX-License-Identifier: Apache-2.0 */
/* Reading JSON strictly: jansson behind limits, and objects read by tables of their keys. For our own documents, which a liar may have written. */
#ifndef ML_FACTS_JSON_READ_H
#define ML_FACTS_JSON_READ_H

#include <jansson.h>

#include "base/buf.h"
#include "base/error.h"

#define ML_JSON_READ_DEPTH  400u      /* brackets inside each other, counted before jansson, which recurses, sees them */
#define ML_JSON_READ_VALUES 20000000u /* commas and opening brackets: bounds jansson's memory to some 2 GB at worst */

/* To be called before a process is sealed: seeds jansson's hash tables from getrandom(2). Otherwise jansson opens /dev/urandom when the first object is made. The
 * random seed, and that no table has more keys than the document has commas, is what keeps a hostile document from flooding a table. */
void ml_json_warm_up(void);

/* Parses one document of at most `max` bytes: repeated keys, NULs in keys, invalid UTF-8 and anything behind the value are ML_ESYNTAX with line and column; ML_ELIMIT;
 * ML_ENOMEM. The caller gives *out back with json_decref. */
int ml_json_parse(struct ml_str bytes, size_t max, json_t **out, struct ml_error *err);

/* Where in the document the reader is: a chain on the stack. `key` NULL: an index. */
struct ml_jpath {
	const struct ml_jpath *up;
	const char *key;
	size_t index;
};

/* A document being read. `error` is sticky. */
struct ml_jread {
	struct ml_arena *arena; /* of everything that is read */
	struct ml_error *err;
	int error;
};

/* Sets the first error: "results[3].line: got a string, want a number". Returns false. */
bool ml_jread_fail(struct ml_jread *r, const struct ml_jpath *path, int code, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The same with what was got. */
bool ml_jread_want(struct ml_jread *r, const struct ml_jpath *path, json_t *got, const char *want);
bool ml_jread_nomem(struct ml_jread *r);

typedef bool ml_jread_fn(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at);

/* A key of an object: its value is read into base + offset. */
struct ml_jfield {
	const char *name;
	bool required;
	size_t offset;
	ml_jread_fn *read;
};

/* Reads an object by its table: unknown and missing keys are errors. */
bool ml_jread_object(struct ml_jread *r, const struct ml_jpath *path, json_t *json, const struct ml_jfield *fields, size_t n, void *base);
/* Reads an array of elements of `size` bytes; *items is NULL when it is empty. */
bool ml_jread_array(struct ml_jread *r, const struct ml_jpath *path, json_t *json, size_t size, ml_jread_fn *element, void *items, size_t *n);

/* Into struct ml_str, uint32_t, size_t, bool. Text is copied; numbers must not be negative and must fit. */
bool ml_jread_str(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at);
bool ml_jread_u32(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at);
bool ml_jread_size(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at);
bool ml_jread_bool(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at);
/* Any value, as canonical text (one line, sorted keys), into struct ml_str. */
bool ml_jread_text(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at);
/* `digits` lower-case hexadecimal digits, or none, into a char array with room for a NUL. */
bool ml_jread_hex(struct ml_jread *r, const struct ml_jpath *path, json_t *json, size_t digits, char *at);

/* The index of one of the NULL-terminated words, or -1 with an error that names them. */
int ml_jread_word(struct ml_jread *r, const struct ml_jpath *path, json_t *json, const char *const *words);

/* The keys of an object, sorted bytewise; NULL when memory ended. */
const char **ml_json_keys(struct ml_arena *arena, json_t *object);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What is pinned of which kind, and how a pin becomes rules. */
#ifndef ML_POLICIES_PIN_PRIV_H
#define ML_POLICIES_PIN_PRIV_H

#include "policies/pin.h"

enum ml_pin_shape {
	ML_PIN_SET, /* the `key`s of the elements of `list` (for which `where` holds): none is new,
		       none is gone */
	ML_PIN_ORDER, /* the `key`s of the elements of `list` with `field` (an int) from 0 on,
			 sorted by it, in each `where` (a string) */
	ML_PIN_FIELD, /* the value of `field`, a path from the root */
	ML_PIN_MAP,   /* the keys and values of `field`, a map of strings: none is new, gone or
			 changed */
	ML_PIN_EACH,  /* the value of `field`, a path from an element, for each element of `list` by
			 its `key` */
};

/* A row. Names are of the kind's schema, so `field` may be a path. */
struct ml_pin {
	enum ml_pin_shape shape;
	const char *id; /* of its rules: "CHAIN-ISSUER"; its parameter is called "chain_issuer" */
	const char
		*what; /* in titles and messages: "issuer"; letters, digits, blanks and hyphens */
	const char *list, *key, *where, *field;
	bool certificate; /* only with ml_pin_wish.certificate */
};

struct ml_pins {
	const char *kind;
	const char *needs; /* a path: where it is unknown, nothing else means anything */
	const struct ml_pin *rows;
	size_t n;
};

/* The kinds of which something is pinned; ends with a NULL kind. */
extern const struct ml_pins ml_pin_kinds[];

/* policies/pin-rule.c: the text of a row's rules, which depends on the row and the schema alone.
 * `root` is the kind's record. */
void ml_pin_rules(struct ml_buf *out, const struct ml_type *root, const struct ml_pin *row);
/* The parameter's name, and its type in the notation of `params`. */
void ml_pin_param_name(struct ml_buf *out, const struct ml_pin *row);
void ml_pin_param_type(struct ml_buf *out, const struct ml_type *root, const struct ml_pin *row);
/* The type at a path; lists stand for their elements on the way. NULL: the schema has no such path.
 */
const struct ml_type *ml_pin_type(const struct ml_type *type, const char *path);
/* Whether something on the path may be absent. */
bool ml_pin_may_be_absent(const struct ml_type *type, const char *path);

#define ML_PIN_TEXT_BYTES 4096 /* of a string that is pinned */

/* policies/pin-value.c: the value at a path; what is unknown or absent on the way stands for all
 * behind it. */
struct ml_value ml_pin_at(const struct ml_value *value, const char *path);
/* All but printable ASCII as \uXXXX, quotes and backslashes behind a backslash; the same between
 * double quotes. */
void ml_pin_put_escaped(struct ml_buf *out, struct ml_str s);
void ml_pin_put_quoted(struct ml_buf *out, struct ml_str s);
/* Why a string, or a value that should be of a type, cannot be pinned; "" when it can. */
const char *ml_pin_text_trouble(struct ml_str s, size_t max);
struct ml_str ml_pin_value_trouble(const struct ml_value *value, const struct ml_type *type);
/* Whether a string of that type may be this word. */
bool ml_pin_is_word(const struct ml_type *type, struct ml_str s);
/* A bool, an int, a string or a list of such, in YAML's flow style. */
void ml_pin_put_value(struct ml_buf *out, const struct ml_value *value);

#endif

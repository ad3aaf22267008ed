/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of secret recognition: names, values, shapes, free text. */
#ifndef ML_CHECKS_SECRETS_PRIV_H
#define ML_CHECKS_SECRETS_PRIV_H

#include "checks/secrets.h"

/* Hits while they are gathered, in any order. */
struct ml_secret_list {
	struct ml_arena *arena;
	struct ml_secret_hit *items;
	size_t n, cap;
	int error; /* sticky */
};
void ml_secret_add(struct ml_secret_list *list, struct ml_secret_hit hit);

static inline bool ml_secret_digit(int c) { return c >= '0' && c <= '9'; }
static inline bool ml_secret_upper(int c) { return c >= 'A' && c <= 'Z'; }
static inline bool ml_secret_lower(int c) { return c >= 'a' && c <= 'z'; }
static inline bool ml_secret_alnum(int c) { return ml_secret_digit(c) || ml_secret_upper(c) || ml_secret_lower(c); }
static inline bool ml_secret_name_byte(int c) { return ml_secret_alnum(c) || c == '_' || c == '-' || c == '.'; }
/* The byte at `at`, or -1. */
static inline int ml_secret_at(struct ml_str s, size_t at) { return at < s.len ? (unsigned char)s.ptr[at] : -1; }

/* How sure a name makes us. */
enum ml_secret_trust {
	ML_SECRET_NO,
	ML_SECRET_IF_RANDOM, /* only when the value looks random: "…_KEY" */
	ML_SECRET_IF_LOGIN,  /* when it looks random or is a login: "auth" */
	ML_SECRET_IF_PIN,    /* only when it is digits, as many as a PIN has */
	ML_SECRET_YES,
};
enum ml_secret_trust ml_secret_judge_key(struct ml_str key, enum ml_secret_kind *kind, const char **reason);

/* The part of a value that is a secret, given what its name says; false when there is none. */
bool ml_secret_judge_value(struct ml_str value, enum ml_secret_trust trust, enum ml_secret_kind kind, struct ml_span *span,
	bool *weak);
/* "changeme", "your-token-here", "xxxx": what stands in examples. */
bool ml_secret_is_placeholder(struct ml_str value);
/* "$X", "${X}", "{{ x }}", "<x>", "***", or empty: the secret itself is elsewhere. */
bool ml_secret_is_reference(struct ml_str value);
/* At least 16 bytes of mixed characters without the look of words or a path. */
bool ml_secret_is_random(struct ml_str value);

/* Base64 of "user:password" (RFC 7617). */
bool ml_secret_is_basic(struct ml_str token);
/* Where the credentials begin in "Bearer …", "Basic …" and their like (RFC 9110 11.4); 0: it is
 * none. */
size_t ml_secret_scheme(struct ml_str value);
/* The part of a value that lets somebody in: behind a scheme, the password of "user:password", else
 * all of what looks random. `span` comes as where the value stands. */
bool ml_secret_find_login(struct ml_str value, struct ml_span *span);
/* 4 to 12 digits. */
bool ml_secret_is_pin(struct ml_str value);

/* Adds what is recognisable by itself. */
void ml_secret_find_shapes(struct ml_secret_list *list, struct ml_str text);
/* Adds pairs of name and value, and secrets that known programs take as arguments. */
void ml_secret_find_pairs(struct ml_secret_list *list, struct ml_str text);

#endif

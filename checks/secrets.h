/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in configuration: recognised by the name they stand under and by their shape, described, never repeated. */
#ifndef ML_CHECKS_SECRETS_H
#define ML_CHECKS_SECRETS_H

#include "facts/facts.h"
#include "facts/secret.h"

/* One secret in a text. */
struct ml_secret_hit {
	struct ml_span span;      /* bytes of the text that must not be shown */
	enum ml_secret_kind kind;
	const char *reason;       /* constant, for people: "the name says password", "GitHub personal access token" */
	bool weak;                /* a placeholder or a word that everybody tries first: "changeme" */
};

struct ml_secret_hits {
	const struct ml_secret_hit *items; /* sorted by span, not overlapping */
	size_t n;
};

/* A value under a key (an environment variable, a build argument, a label, an option).
 * Found by shape and as pairs (see ml_secret_scan) anywhere in the value, and by key: then the whole value is one span. By key it is a secret when a word of the
 * key says so (password, passwd, pwd, secret, token, api key, access key, private key, credential, auth …), unless the key speaks of
 * something about it (…_FILE, …_PATH, …_MIN_LENGTH, …_EXPIRY, …_NAME, …_URL, public key …), or the value is none: empty, a boolean, a
 * number under a key that is not a password's, a path under a key that is not a password's, or a reference without a default ("$X", "${X}", "${X:?e}", "{{ x }}", "<x>").
 * A default counts ("${X:-hunter2}": the span is the default). Placeholders ("changeme") are found, weak.
 * Time is linear in the value. 0, ML_ENOMEM or ML_ELIMIT (4 GB); *hits in the arena, n 0 when there is none. */
int ml_secret_classify(struct ml_arena *arena, struct ml_str key, struct ml_str value, struct ml_secret_hits *hits);

/* Free text: a command, a source line, a file. Only shapes, and `name=value`, `--name value`, `name: value`, `-H "Authorization: …"`
 * pairs whose name alone would make ml_secret_classify say yes. Linear; 0 or ML_ENOMEM. */
int ml_secret_scan(struct ml_arena *arena, struct ml_str text, struct ml_secret_hits *hits);

/* An image reference. None has a password, but people write user:password@registry/name. 0 or ML_ENOMEM. */
int ml_secret_in_image(struct ml_arena *arena, struct ml_str text, struct ml_secret_hits *hits);

/* Whether the word of ${PASSWORD:+word} can be a secret at all: it mostly tells that there is one ("x", "set") or is an option
 * ("--password=$PASSWORD"). */
bool ml_secret_can_be_alternative(struct ml_str word);

/* Whether the key alone says that its value is a secret, and of which kind. */
enum ml_secret_kind ml_secret_key(struct ml_str key);

/* The text with each hit replaced by "***" (a weak one too). The text itself when there is none. ptr NULL: no memory. */
struct ml_str ml_secret_redact(struct ml_arena *arena, struct ml_str text, const struct ml_secret_hits *hits);

/* 32 bits of SHA-256 over `salt` (the fact's path, so that equal secrets in two places do not show as equal) and the secret's
 * bytes, as 8 hexadecimal digits and a NUL. */
void ml_secret_fingerprint(struct ml_str salt, struct ml_str secret, char out[9]);

#endif

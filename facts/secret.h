/* SPDX-License-Identifier: Apache-2.0 */
/* The facts about a secret that stands in a target: what it is and where, never the secret itself. */
#ifndef ML_FACTS_SECRET_H
#define ML_FACTS_SECRET_H

#include "facts/type.h"

/* What a secret is. "by-key" kinds say what its name says; the others are recognised by their shape. */
enum ml_secret_kind {
	ML_SECRET_NONE,
	ML_SECRET_PASSWORD,
	ML_SECRET_TOKEN,
	ML_SECRET_API_KEY,
	ML_SECRET_KEY, /* a private, encryption or signing key, by its name */
	ML_SECRET_CREDENTIAL,
	ML_SECRET_PRIVATE_KEY, /* a PEM, OpenSSH, PGP or age private key itself */
	ML_SECRET_AWS,
	ML_SECRET_AZURE,
	ML_SECRET_GOOGLE,
	ML_SECRET_GITHUB,
	ML_SECRET_GITLAB,
	ML_SECRET_DOCKER,
	ML_SECRET_NPM,
	ML_SECRET_PYPI,
	ML_SECRET_RUBYGEMS,
	ML_SECRET_SLACK,
	ML_SECRET_STRIPE,
	ML_SECRET_TWILIO,
	ML_SECRET_SENDGRID,
	ML_SECRET_AI,
	ML_SECRET_SERVICE, /* a token of another known service */
	ML_SECRET_JWT,
	ML_SECRET_URL,  /* a URL with a password in it */
	ML_SECRET_HASH, /* a password hash */
	ML_SECRET_KINDS,
};

/* Words by enum ml_secret_kind; [0] is "none". */
extern const char *const ml_secret_kind_words[];
extern const struct ml_vocab ml_secret_kind_vocab;
extern const struct ml_type ml_secret_kind_type; /* string with that vocabulary */

#endif

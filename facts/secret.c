/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of secrets. */
#include "facts/secret.h"

const char *const ml_secret_kind_words[ML_SECRET_KINDS + 1] = {
	[ML_SECRET_NONE] = "none",
	[ML_SECRET_PASSWORD] = "password",
	[ML_SECRET_TOKEN] = "token",
	[ML_SECRET_API_KEY] = "api-key",
	[ML_SECRET_KEY] = "key",
	[ML_SECRET_CREDENTIAL] = "credential",
	[ML_SECRET_PRIVATE_KEY] = "private-key",
	[ML_SECRET_AWS] = "aws",
	[ML_SECRET_AZURE] = "azure",
	[ML_SECRET_GOOGLE] = "google",
	[ML_SECRET_GITHUB] = "github",
	[ML_SECRET_GITLAB] = "gitlab",
	[ML_SECRET_DOCKER] = "docker",
	[ML_SECRET_NPM] = "npm",
	[ML_SECRET_PYPI] = "pypi",
	[ML_SECRET_RUBYGEMS] = "rubygems",
	[ML_SECRET_SLACK] = "slack",
	[ML_SECRET_STRIPE] = "stripe",
	[ML_SECRET_TWILIO] = "twilio",
	[ML_SECRET_SENDGRID] = "sendgrid",
	[ML_SECRET_AI] = "ai-provider",
	[ML_SECRET_SERVICE] = "service",
	[ML_SECRET_JWT] = "jwt",
	[ML_SECRET_URL] = "url-password",
	[ML_SECRET_HASH] = "password-hash",
	NULL,
};

const struct ml_vocab ml_secret_kind_vocab = {.name = "kind of secret", .words = ml_secret_kind_words};
const struct ml_type ml_secret_kind_type = {.kind = ML_T_STRING, .vocab = &ml_secret_kind_vocab};

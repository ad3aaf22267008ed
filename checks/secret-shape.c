/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes: secrets that are recognised by themselves. Prefixes and lengths are those that the
 * services document. */
#include "checks/secrets-priv.h"

enum charset { ALNUM, UPPER_DIGIT, HEX, BASE64URL, BASE64, DASHED, DOTTED };

/* `prefix`, then `min` to `max` bytes of `charset`, then no further byte of it. */
struct shape {
	const char *prefix;
	enum charset charset;
	unsigned min, max;
	enum ml_secret_kind kind;
	const char *reason;
};

static const struct shape shapes[] = {
	{"AKIA", UPPER_DIGIT, 16, 16, ML_SECRET_AWS, "AWS access key"},
	{"ASIA", UPPER_DIGIT, 16, 16, ML_SECRET_AWS, "AWS temporary access key"},
	{"ABIA", UPPER_DIGIT, 16, 16, ML_SECRET_AWS, "AWS bearer token"},
	{"ACCA", UPPER_DIGIT, 16, 16, ML_SECRET_AWS, "AWS context key"},
	{"AIza", BASE64URL, 35, 35, ML_SECRET_GOOGLE, "Google API key"},
	{"GOCSPX-", BASE64URL, 20, 40, ML_SECRET_GOOGLE, "Google OAuth client secret"},
	{"ya29.", BASE64URL, 30, 4096, ML_SECRET_GOOGLE, "Google OAuth access token"},
	{"ghp_", ALNUM, 36, 255, ML_SECRET_GITHUB, "GitHub personal access token"},
	{"gho_", ALNUM, 36, 255, ML_SECRET_GITHUB, "GitHub OAuth token"},
	{"ghu_", ALNUM, 36, 255, ML_SECRET_GITHUB, "GitHub user token"},
	{"ghs_", ALNUM, 36, 255, ML_SECRET_GITHUB, "GitHub server token"},
	{"ghr_", ALNUM, 36, 255, ML_SECRET_GITHUB, "GitHub refresh token"},
	{"github_pat_", BASE64URL, 22, 255, ML_SECRET_GITHUB, "GitHub fine-grained access token"},
	{"glpat-", BASE64URL, 20, 255, ML_SECRET_GITLAB, "GitLab access token"},
	{"gldt-", BASE64URL, 20, 255, ML_SECRET_GITLAB, "GitLab deploy token"},
	{"glrt-", BASE64URL, 20, 255, ML_SECRET_GITLAB, "GitLab runner token"},
	{"glptt-", BASE64URL, 20, 255, ML_SECRET_GITLAB, "GitLab trigger token"},
	{"glcbt-", BASE64URL, 20, 255, ML_SECRET_GITLAB, "GitLab job token"},
	{"gloas-", BASE64URL, 20, 255, ML_SECRET_GITLAB, "GitLab OAuth secret"},
	{"dckr_pat_", BASE64URL, 20, 255, ML_SECRET_DOCKER, "Docker access token"},
	{"dckr_oat_", BASE64URL, 20, 255, ML_SECRET_DOCKER, "Docker organisation token"},
	{"npm_", ALNUM, 36, 36, ML_SECRET_NPM, "npm access token"},
	{"pypi-AgE", BASE64URL, 50, 4096, ML_SECRET_PYPI, "PyPI upload token"},
	{"rubygems_", HEX, 48, 48, ML_SECRET_RUBYGEMS, "RubyGems API key"},
	{"xoxa-", DASHED, 10, 255, ML_SECRET_SLACK, "Slack token"},
	{"xoxb-", DASHED, 10, 255, ML_SECRET_SLACK, "Slack bot token"},
	{"xoxe-", DASHED, 10, 255, ML_SECRET_SLACK, "Slack refresh token"},
	{"xoxo-", DASHED, 10, 255, ML_SECRET_SLACK, "Slack token"},
	{"xoxp-", DASHED, 10, 255, ML_SECRET_SLACK, "Slack user token"},
	{"xoxr-", DASHED, 10, 255, ML_SECRET_SLACK, "Slack refresh token"},
	{"xoxs-", DASHED, 10, 255, ML_SECRET_SLACK, "Slack session token"},
	{"xapp-", DASHED, 20, 255, ML_SECRET_SLACK, "Slack application token"},
	{"sk_live_", ALNUM, 16, 255, ML_SECRET_STRIPE, "Stripe secret key"},
	{"sk_test_", ALNUM, 16, 255, ML_SECRET_STRIPE, "Stripe test key"},
	{"rk_live_", ALNUM, 16, 255, ML_SECRET_STRIPE, "Stripe restricted key"},
	{"rk_test_", ALNUM, 16, 255, ML_SECRET_STRIPE, "Stripe restricted test key"},
	{"whsec_", BASE64, 24, 255, ML_SECRET_STRIPE, "Stripe webhook secret"},
	{"SK", HEX, 32, 32, ML_SECRET_TWILIO, "Twilio API key"},
	{"sk-ant-", BASE64URL, 24, 255, ML_SECRET_AI, "Anthropic API key"},
	{"sk-proj-", BASE64URL, 24, 255, ML_SECRET_AI, "OpenAI project key"},
	{"sk-svcacct-", BASE64URL, 24, 255, ML_SECRET_AI, "OpenAI service account key"},
	{"sk-or-", BASE64URL, 24, 255, ML_SECRET_AI, "OpenRouter API key"},
	{"sk-", ALNUM, 32, 255, ML_SECRET_AI, "AI provider API key"},
	{"hf_", ALNUM, 34, 40, ML_SECRET_AI, "Hugging Face token"},
	{"gsk_", ALNUM, 40, 80, ML_SECRET_AI, "Groq API key"},
	{"xai-", ALNUM, 60, 100, ML_SECRET_AI, "xAI API key"},
	{"r8_", ALNUM, 37, 37, ML_SECRET_AI, "Replicate API token"},
	{"dop_v1_", HEX, 64, 64, ML_SECRET_SERVICE, "DigitalOcean token"},
	{"doo_v1_", HEX, 64, 64, ML_SECRET_SERVICE, "DigitalOcean OAuth token"},
	{"hvs.", BASE64URL, 24, 255, ML_SECRET_SERVICE, "HashiCorp Vault token"},
	{"hvb.", BASE64URL, 24, 4096, ML_SECRET_SERVICE, "HashiCorp Vault batch token"},
	{"shpat_", HEX, 32, 32, ML_SECRET_SERVICE, "Shopify access token"},
	{"shpss_", HEX, 32, 32, ML_SECRET_SERVICE, "Shopify shared secret"},
	{"shppa_", HEX, 32, 32, ML_SECRET_SERVICE, "Shopify private app token"},
	{"NRAK-", UPPER_DIGIT, 27, 27, ML_SECRET_SERVICE, "New Relic API key"},
	{"glsa_", BASE64URL, 32, 64, ML_SECRET_SERVICE, "Grafana service account token"},
	{"glc_", BASE64, 32, 400, ML_SECRET_SERVICE, "Grafana Cloud token"},
	{"sntrys_", BASE64, 40, 400, ML_SECRET_SERVICE, "Sentry token"},
	{"lin_api_", ALNUM, 32, 64, ML_SECRET_SERVICE, "Linear API key"},
	{"PMAK-", BASE64URL, 40, 80, ML_SECRET_SERVICE, "Postman API key"},
	{"dapi", HEX, 32, 32, ML_SECRET_SERVICE, "Databricks token"},
	{"pscale_tkn_", BASE64URL, 32, 64, ML_SECRET_SERVICE, "PlanetScale token"},
	{"dp.pt.", ALNUM, 40, 44, ML_SECRET_SERVICE, "Doppler token"},
	{"sq0atp-", BASE64URL, 22, 22, ML_SECRET_SERVICE, "Square access token"},
	{"sq0csp-", BASE64URL, 43, 43, ML_SECRET_SERVICE, "Square OAuth secret"},
	{"tskey-", BASE64URL, 20, 100, ML_SECRET_SERVICE, "Tailscale key"},
	{"ATATT3", BASE64URL, 100, 255, ML_SECRET_SERVICE, "Atlassian API token"},
	{"key-", HEX, 32, 32, ML_SECRET_SERVICE, "Mailgun API key"},
	{"figd_", BASE64URL, 40, 60, ML_SECRET_SERVICE, "Figma token"},
	{"sbp_", HEX, 40, 40, ML_SECRET_SERVICE, "Supabase token"},
	{"CCIPAT_", BASE64URL, 40, 80, ML_SECRET_SERVICE, "CircleCI token"},
	{"AGE-SECRET-KEY-1", UPPER_DIGIT, 58, 58, ML_SECRET_PRIVATE_KEY, "age private key"},
	{"SG.", DOTTED, 40, 80, ML_SECRET_SENDGRID, "SendGrid API key"},
	{"md5", HEX, 32, 32, ML_SECRET_HASH, "PostgreSQL MD5 password hash"},
};

static bool in_charset(enum charset charset, int c)
{
	switch (charset) {
	case ALNUM:
		return ml_secret_alnum(c);
	case UPPER_DIGIT:
		return ml_secret_upper(c) || ml_secret_digit(c);
	case HEX:
		return ml_secret_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
	case BASE64URL:
		return ml_secret_alnum(c) || c == '_' || c == '-';
	case BASE64:
		return ml_secret_alnum(c) || c == '+' || c == '/' || c == '=';
	case DASHED:
		return ml_secret_alnum(c) || c == '-';
	case DOTTED:
		return ml_secret_alnum(c) || c == '_' || c == '-' || c == '.';
	}
	return false;
}

static size_t run(struct ml_str text, size_t at, enum charset charset, size_t max)
{
	size_t n = 0;

	while (n <= max && in_charset(charset, ml_secret_at(text, at + n)))
		n++;
	return n;
}

static void add(struct ml_secret_list *list, struct ml_str text, size_t from, size_t to,
	enum ml_secret_kind kind, const char *reason)
{
	struct ml_str part = ml_str_sub(text, from, to);

	ml_secret_add(list, (struct ml_secret_hit){{(uint32_t)from, (uint32_t)to}, kind, reason,
				    ml_secret_is_placeholder(part)});
}

static size_t match_prefix(struct ml_secret_list *list, struct ml_str text, size_t at)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		const struct shape *shape = &shapes[i];
		size_t n, start;

		if (text.ptr[at] != shape->prefix[0] ||
			!ml_str_starts(ml_str_sub(text, at, text.len), ml_str(shape->prefix)))
			continue;
		start = at + strlen(shape->prefix);
		n = run(text, start, shape->charset, shape->max);
		if (n < shape->min || n > shape->max)
			continue;
		add(list, text, at, start + n, shape->kind, shape->reason);
		return start + n;
	}
	return at;
}

/* Three base64url parts joined by dots, the first two JSON objects ("eyJ" is `{"`). RFC 7519. */
static size_t match_jwt(struct ml_secret_list *list, struct ml_str text, size_t at)
{
	size_t end = at;

	for (int part = 0; part < 3; part++) {
		size_t n = run(text, end, BASE64URL, 65536);
		if (n < 10 || n > 65536 ||
			(part < 2 &&
				!ml_str_starts(ml_str_sub(text, end, text.len), ML_STR("eyJ"))))
			return at;
		end += n;
		if (part < 2 && ml_secret_at(text, end++) != '.')
			return at;
	}
	add(list, text, at, end, ML_SECRET_JWT, "JSON web token");
	return end;
}

/* A PEM or OpenSSH or PGP block: to its END line, or to the end of the text. */
static size_t match_pem(struct ml_secret_list *list, struct ml_str text, size_t at)
{
	struct ml_str head = ml_str_sub(text, at, at + 80), rest;
	size_t key = ml_str_find(head, ML_STR("PRIVATE KEY")), end, tail;

	if (key == ML_NPOS || ml_str_chr(ml_str_sub(head, 11, key), '-') != ML_NPOS)
		return at;
	rest = ml_str_sub(text, at + key, text.len);
	end = ml_str_find(rest, ML_STR("-----END"));
	if (end == ML_NPOS) {
		end = text.len;
	} else {
		tail = ml_str_find(ml_str_sub(rest, end + 8, end + 80), ML_STR("-----"));
		end = at + key + end + 8 + (tail == ML_NPOS ? 0 : tail + 5);
	}
	ml_secret_add(list, (struct ml_secret_hit){{(uint32_t)at, (uint32_t)end},
				    ML_SECRET_PRIVATE_KEY, "private key", false});
	return end;
}

static bool hash_byte(int c)
{
	return ml_secret_alnum(c) || c == '.' || c == '/' || c == '$' || c == '=' || c == ',' ||
	       c == '+' || c == '-';
}

/* crypt(5): "$id$…"; Compose writes each '$' twice. */
static size_t match_hash(struct ml_secret_list *list, struct ml_str text, size_t at)
{
	static const char *const ids[] = {"1$", "5$", "6$", "2a$", "2b$", "2y$", "y$", "7$",
		"apr1$", "argon2i$", "argon2id$", "argon2d$", "gy$"};
	size_t start = at + 1 + (ml_secret_at(text, at + 1) == '$'), end;
	struct ml_str rest = ml_str_sub(text, start, start + 16);

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		if (!ml_str_starts(rest, ml_str(ids[i])))
			continue;
		for (end = start; end < start + 512 && hash_byte(ml_secret_at(text, end)); end++)
			;
		if (end - start < 24)
			continue;
		add(list, text, at, end, ML_SECRET_HASH, "password hash");
		return end;
	}
	return at;
}

static size_t match_scram(struct ml_secret_list *list, struct ml_str text, size_t at)
{
	size_t end = at;

	while (end < at + 512 &&
		(hash_byte(ml_secret_at(text, end)) || ml_secret_at(text, end) == ':'))
		end++;
	if (end - at < 60)
		return at;
	add(list, text, at, end, ML_SECRET_HASH, "SCRAM password verifier");
	return end;
}

/* Slack's incoming webhooks carry their secret in the path. */
static size_t match_slack_hook(struct ml_secret_list *list, struct ml_str text, size_t at)
{
	size_t start = at + strlen("hooks.slack.com/services/"), n = run(text, start, BASE64, 200);

	if (n < 30)
		return at;
	add(list, text, start, start + n, ML_SECRET_SLACK, "Slack webhook");
	return start + n;
}

/* AccountKey= and SharedAccessKey= of Azure connection strings. */
static size_t match_azure(struct ml_secret_list *list, struct ml_str text, size_t at)
{
	size_t start = at + ml_str_chr(ml_str_sub(text, at, text.len), '=') + 1,
	       n = run(text, start, BASE64, 200);

	if (n < 40)
		return at;
	add(list, text, start, start + n, ML_SECRET_AZURE, "Azure connection string");
	return start + n;
}

/* "Basic dXNlcjpwYXNzd29yZA==" (RFC 7617), wherever it stands. */
static size_t match_basic(struct ml_secret_list *list, struct ml_str text, size_t at)
{
	size_t start = at + strlen("Basic "), n;

	while (ml_secret_at(text, start) == ' ')
		start++;
	n = run(text, start, BASE64, 600);
	if (!ml_secret_is_basic(ml_str_sub(text, start, start + n)))
		return at;
	add(list, text, start, start + n, ML_SECRET_CREDENTIAL,
		"credentials of Basic authentication");
	return start + n;
}

static const struct {
	const char *prefix;
	size_t (*match)(struct ml_secret_list *list, struct ml_str text, size_t at);
} special[] = {
	{"eyJ", match_jwt},
	{"-----BEGIN ", match_pem},
	{"$", match_hash},
	{"SCRAM-SHA-256$", match_scram},
	{"hooks.slack.com/services/", match_slack_hook},
	{"AccountKey=", match_azure},
	{"Basic ", match_basic},
	{"BASIC ", match_basic},
	{"basic ", match_basic},
	{"SharedAccessKey=", match_azure},
};

static size_t match_special(struct ml_secret_list *list, struct ml_str text, size_t at)
{
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (text.ptr[at] == special[i].prefix[0] &&
			ml_str_starts(ml_str_sub(text, at, at + 32), ml_str(special[i].prefix)))
			return special[i].match(list, text, at);
	return at;
}

static bool ends_authority(int c)
{
	return c <= ' ' || c == '/' || c == '?' || c == '#' || c == '"' || c == '\'' || c == '<' ||
	       c == '>' || c == '`' || c == '\\';
}

/* Past "${…}" when one begins here. */
static size_t skip_reference(struct ml_str text, size_t at)
{
	size_t end;

	if (ml_secret_at(text, at) != '$' || ml_secret_at(text, at + 1) != '{')
		return at;
	end = ml_str_chr(ml_str_sub(text, at, at + 256), '}');
	return end == ML_NPOS ? at : at + end;
}

/* scheme://user:password@host (RFC 3986 3.2.1); `at` is the first byte behind "://". */
static void match_url(struct ml_secret_list *list, struct ml_str text, size_t at)
{
	size_t colon = ML_NPOS, end = ML_NPOS;
	struct ml_str password;
	struct ml_span span;
	bool weak;

	for (size_t i = at; i < at + 4096 && !ends_authority(ml_secret_at(text, i)); i++) {
		i = skip_reference(text, i);
		if (text.ptr[i] == ':' && colon == ML_NPOS)
			colon = i;
		if (text.ptr[i] == '@')
			end = i;
	}
	if (colon == ML_NPOS || end == ML_NPOS || colon >= end)
		return;
	password = ml_str_sub(text, colon + 1, end);
	if (ml_secret_judge_value(password, ML_SECRET_YES, ML_SECRET_PASSWORD, &span, &weak))
		add(list, text, colon + 1 + span.from, colon + 1 + span.to, ML_SECRET_URL,
			"password in a URL");
}

static bool inside_word(struct ml_str text, size_t at)
{
	int before = at ? (unsigned char)text.ptr[at - 1] : ' ';

	return ml_secret_alnum(before) || before == '_' || (before == '-' && text.ptr[at] != '-');
}

/* Whether a shape begins at `at`: all but the URLs' begin where a word does. */
static size_t match_word(struct ml_secret_list *list, struct ml_str text, size_t at)
{
	size_t end;

	if (inside_word(text, at))
		return at;
	end = match_special(list, text, at);
	return end == at ? match_prefix(list, text, at) : end;
}

void ml_secret_find_shapes(struct ml_secret_list *list, struct ml_str text)
{
	for (size_t i = 0; i < text.len;) {
		size_t end = i;
		if (text.ptr[i] == ':' && ml_secret_at(text, i + 1) == '/' &&
			ml_secret_at(text, i + 2) == '/')
			match_url(list, text, i + 3);
		else
			end = match_word(list, text, i);
		i = end > i ? end : i + 1;
	}
}

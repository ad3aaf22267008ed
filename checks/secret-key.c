/* SPDX-License-Identifier: Apache-2.0 */
/* Names: which say that what stands under them is a secret. */
#include "checks/secrets-priv.h"

enum { MAX_WORDS = 12, MAX_KEY = 128 };

#define WORD(literal) {literal, sizeof(literal) - 1}
#define NONE          {NULL, 0}

/* A name cut into lower-case words. */
struct words {
	char bytes[MAX_KEY];
	struct ml_str word[MAX_WORDS];
	size_t n;
};

/* Two words in a row, or one when `second` is none. */
struct rule {
	struct ml_str first, second;
	enum ml_secret_kind kind;
	const char *reason;
};

/* Words that name a secret wherever they stand at the end of a word of the key ("dbpassword", "PGPASSWORD"). */
static const struct rule endings[] = {
	{WORD("password"), NONE, ML_SECRET_PASSWORD, "its name says password"},
	{WORD("passwords"), NONE, ML_SECRET_PASSWORD, "its name says password"},
	{WORD("passwd"), NONE, ML_SECRET_PASSWORD, "its name says password"},
	{WORD("passphrase"), NONE, ML_SECRET_PASSWORD, "its name says passphrase"},
	{WORD("userpass"), NONE, ML_SECRET_PASSWORD, "its name says password"},
	{WORD("pgpass"), NONE, ML_SECRET_PASSWORD, "its name says password"},
	{WORD("dbpass"), NONE, ML_SECRET_PASSWORD, "its name says password"},
	{WORD("rootpass"), NONE, ML_SECRET_PASSWORD, "its name says password"},
	{WORD("requirepass"), NONE, ML_SECRET_PASSWORD, "its name says password"},
	{WORD("masterauth"), NONE, ML_SECRET_PASSWORD, "its name says password"},
	{WORD("secret"), NONE, ML_SECRET_TOKEN, "its name says secret"},
	{WORD("secrets"), NONE, ML_SECRET_TOKEN, "its name says secret"},
	{WORD("secretkey"), NONE, ML_SECRET_KEY, "its name says secret key"},
	{WORD("token"), NONE, ML_SECRET_TOKEN, "its name says token"},
	{WORD("tokens"), NONE, ML_SECRET_TOKEN, "its name says token"},
	{WORD("apikey"), NONE, ML_SECRET_API_KEY, "its name says API key"},
	{WORD("accesskey"), NONE, ML_SECRET_API_KEY, "its name says access key"},
	{WORD("privatekey"), NONE, ML_SECRET_KEY, "its name says private key"},
	{WORD("credential"), NONE, ML_SECRET_CREDENTIAL, "its name says credential"},
	{WORD("credentials"), NONE, ML_SECRET_CREDENTIAL, "its name says credential"},
};

/* Whole words. */
static const struct rule wholes[] = {
	{WORD("pass"), NONE, ML_SECRET_PASSWORD, "its name says password"},
	{WORD("pwd"), NONE, ML_SECRET_PASSWORD, "its name says password"},
	{WORD("pw"), NONE, ML_SECRET_PASSWORD, "its name says password"},
	{WORD("creds"), NONE, ML_SECRET_CREDENTIAL, "its name says credential"},
	{WORD("jwt"), NONE, ML_SECRET_TOKEN, "its name says token"},
	{WORD("bearer"), NONE, ML_SECRET_TOKEN, "its name says token"},
	{WORD("api"), WORD("key"), ML_SECRET_API_KEY, "its name says API key"},
	{WORD("api"), WORD("keys"), ML_SECRET_API_KEY, "its name says API key"},
	{WORD("api"), WORD("pass"), ML_SECRET_PASSWORD, "its name says password"},
	{WORD("access"), WORD("key"), ML_SECRET_API_KEY, "its name says access key"},
	{WORD("auth"), WORD("key"), ML_SECRET_API_KEY, "its name says authentication key"},
	{WORD("account"), WORD("key"), ML_SECRET_API_KEY, "its name says account key"},
	{WORD("consumer"), WORD("key"), ML_SECRET_API_KEY, "its name says consumer key"},
	{WORD("subscription"), WORD("key"), ML_SECRET_API_KEY, "its name says subscription key"},
	{WORD("service"), WORD("key"), ML_SECRET_API_KEY, "its name says service key"},
	{WORD("license"), WORD("key"), ML_SECRET_API_KEY, "its name says licence key"},
	{WORD("licence"), WORD("key"), ML_SECRET_API_KEY, "its name says licence key"},
	{WORD("private"), WORD("key"), ML_SECRET_KEY, "its name says private key"},
	{WORD("secret"), WORD("key"), ML_SECRET_KEY, "its name says secret key"},
	{WORD("encryption"), WORD("key"), ML_SECRET_KEY, "its name says encryption key"},
	{WORD("signing"), WORD("key"), ML_SECRET_KEY, "its name says signing key"},
	{WORD("master"), WORD("key"), ML_SECRET_KEY, "its name says master key"},
	{WORD("hmac"), WORD("key"), ML_SECRET_KEY, "its name says HMAC key"},
	{WORD("jwt"), WORD("key"), ML_SECRET_KEY, "its name says JWT key"},
	{WORD("ssh"), WORD("key"), ML_SECRET_KEY, "its name says SSH key"},
	{WORD("deploy"), WORD("key"), ML_SECRET_KEY, "its name says deploy key"},
	{WORD("shared"), WORD("key"), ML_SECRET_KEY, "its name says shared key"},
	{WORD("session"), WORD("key"), ML_SECRET_KEY, "its name says session key"},
	{WORD("cookie"), WORD("key"), ML_SECRET_KEY, "its name says cookie key"},
	{WORD("app"), WORD("key"), ML_SECRET_KEY, "its name says application key"},
	{WORD("fernet"), WORD("key"), ML_SECRET_KEY, "its name says Fernet key"},
};

/* Whole words under which a login stands. */
static const struct rule logins[] = {
	{WORD("auth"), NONE, ML_SECRET_CREDENTIAL,
		"its name says authentication, and its value is a login or looks random"},
	{WORD("authorization"), NONE, ML_SECRET_CREDENTIAL,
		"its name says authorization, and its value is a login or looks random"},
};

static const struct rule pins[] = {
	{WORD("pin"), NONE, ML_SECRET_PASSWORD, "its name says PIN, and its value is digits"},
	{WORD("pincode"), NONE, ML_SECRET_PASSWORD, "its name says PIN, and its value is digits"},
};

/* Whole words that make a random-looking value a secret. */
static const struct rule hints[] = {
	{WORD("key"), NONE, ML_SECRET_KEY, "its name says key, and its value looks random"},
	{WORD("keys"), NONE, ML_SECRET_KEY, "its name says key, and its value looks random"},
	{WORD("salt"), NONE, ML_SECRET_KEY, "its name says salt, and its value looks random"},
	{WORD("pat"), NONE, ML_SECRET_TOKEN, "its name says access token, and its value looks random"},
	{WORD("webhook"), NONE, ML_SECRET_TOKEN, "its name says webhook, and its value looks random"},
	{WORD("seed"), NONE, ML_SECRET_KEY, "its name says seed, and its value looks random"},
};

/* A last word that turns the name into something about a secret. Sorted. */
static const char *const about[] = {
	"age", "alg", "algo", "algorithm", "algorithms", "allow", "allowed", "arn", "attempts", "audience", "authentication", "backend", "cache",
	"characters", "charset", "check", "class", "cmd", "command", "complexity", "cost", "count", "days", "dir", "directory",
	"disable", "disabled", "driver", "duration", "enable", "enabled", "encoder", "encoding", "encryption", "endpoint",
	"engine", "env", "expiration", "expire", "expires", "expiry", "field", "file", "filename", "files", "folder", "format",
	"grant", "group", "hash", "header", "helper", "hint", "history", "host", "hostname", "hours", "id", "ids", "interval",
	"issuer", "label", "len", "length", "lengths", "lifetime", "limit", "location", "login", "manager", "max", "method", "methods", "min",
	"minutes", "mode", "mount", "name", "names", "namespace", "param", "parameter", "path", "paths", "pattern", "period", "plugin",
	"policy", "port", "prefix", "prompt", "provider", "providers", "realm", "ref", "regex", "region", "required", "reset",
	"resource", "retries", "role", "rotation", "rounds", "rule", "scheme", "scope", "scopes", "seconds", "server", "service",
	"size", "source", "stdin", "storage", "store", "strategy", "strength", "suffix", "timeout", "ttl", "type", "types", "uri", "url", "usage",
	"user", "username", "validation", "validity", "version", "window",
};

/* Words anywhere in a name that make it no secret. */
static const char *const open[] = {"public", "publishable", "pub", "pubkey", "publickey", "passwordless", "allow", "empty", "random"};

static bool boundary(struct ml_str key, size_t i)
{
	int before = ml_secret_at(key, i - 1), here = ml_secret_at(key, i), after = ml_secret_at(key, i + 1);

	if (ml_secret_lower(before) && ml_secret_upper(here))
		return true;
	return ml_secret_upper(before) && ml_secret_upper(here) && ml_secret_lower(after);
}

static void end_word(struct words *w, size_t from, size_t to)
{
	while (to > from && ml_secret_digit(w->bytes[to - 1]))
		to--;
	if (to > from && w->n < MAX_WORDS)
		w->word[w->n++] = (struct ml_str){w->bytes + from, to - from};
}

/* Cuts at everything that is no letter or digit and where camel case has a hump; drops digits at word ends. Of a long key the
 * end counts. */
static void cut(struct ml_str key, struct words *w)
{
	size_t from = 0, i;

	w->n = 0;
	if (key.len > MAX_KEY)
		key = ml_str_sub(key, key.len - MAX_KEY, key.len);
	for (i = 0; i < key.len; i++) {
		int c = (unsigned char)key.ptr[i];
		w->bytes[i] = (char)(ml_secret_upper(c) ? c + 32 : c);
		if (!ml_secret_alnum(c)) {
			end_word(w, from, i);
			from = i + 1;
		} else if (i > from && boundary(key, i)) {
			end_word(w, from, i);
			from = i;
		}
	}
	end_word(w, from, i);
}

static bool in_list(struct ml_str word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (word.ptr[0] == list[i][0] && ml_str_is(word, list[i]))
			return true;
	return false;
}

static bool is_about(const struct words *w)
{
	if (in_list(w->word[w->n - 1], about, sizeof(about) / sizeof(about[0])))
		return true;
	for (size_t i = 0; i < w->n; i++)
		if (in_list(w->word[i], open, sizeof(open) / sizeof(open[0])))
			return true;
	return false;
}

static bool rule_at(const struct rule *rule, const struct words *w, size_t i)
{
	if (w->word[i].ptr[0] != rule->first.ptr[0] || !ml_str_eq(w->word[i], rule->first))
		return false;
	return !rule->second.len || (i + 1 < w->n && ml_str_eq(w->word[i + 1], rule->second));
}

static const struct rule *find_whole(const struct rule *rules, size_t n, const struct words *w)
{
	for (size_t i = w->n; i-- > 0;)
		for (size_t k = 0; k < n; k++)
			if (rule_at(&rules[k], w, i))
				return &rules[k];
	return NULL;
}

static bool ends(struct ml_str word, struct ml_str ending)
{
	return word.len >= ending.len && word.ptr[word.len - 1] == ending.ptr[ending.len - 1] && ml_str_ends(word, ending);
}

static const struct rule *find_ending(const struct words *w)
{
	for (size_t i = w->n; i-- > 0;)
		for (size_t k = 0; k < sizeof(endings) / sizeof(endings[0]); k++)
			if (ends(w->word[i], endings[k].first))
				return &endings[k];
	return NULL;
}

/* What is asked when no name is plain, the first that answers. */
static const struct {
	const struct rule *rules;
	size_t n;
	enum ml_secret_trust trust;
} doubtful[] = {
	{logins, sizeof(logins) / sizeof(logins[0]), ML_SECRET_IF_LOGIN},
	{pins, sizeof(pins) / sizeof(pins[0]), ML_SECRET_IF_PIN},
	{hints, sizeof(hints) / sizeof(hints[0]), ML_SECRET_IF_RANDOM},
};

enum ml_secret_trust ml_secret_judge_key(struct ml_str key, enum ml_secret_kind *kind, const char **reason)
{
	enum ml_secret_trust trust = ML_SECRET_YES;
	const struct rule *rule;
	struct words w;

	cut(key, &w);
	if (w.n == 0 || is_about(&w))
		return ML_SECRET_NO;
	rule = find_whole(wholes, sizeof(wholes) / sizeof(wholes[0]), &w);
	if (!rule)
		rule = find_ending(&w);
	for (size_t i = 0; !rule && i < sizeof(doubtful) / sizeof(doubtful[0]); i++) {
		rule = find_whole(doubtful[i].rules, doubtful[i].n, &w);
		trust = doubtful[i].trust;
	}
	if (!rule)
		return ML_SECRET_NO;
	*kind = rule->kind;
	*reason = rule->reason;
	return trust;
}

enum ml_secret_kind ml_secret_key(struct ml_str key)
{
	enum ml_secret_kind kind = ML_SECRET_NONE;
	const char *reason;

	return ml_secret_judge_key(key, &kind, &reason) == ML_SECRET_YES ? kind : ML_SECRET_NONE;
}

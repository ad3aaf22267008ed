/* SPDX-License-Identifier: Apache-2.0 */
/* Values: which can be a secret, which are placeholders, references, switches, numbers or paths. */
#include "checks/secrets-priv.h"

enum { ALTERNATIVE_MIN = 6, RANDOM_MIN = 16, LITERAL_MAX = 5, WORD_MAX = 64 };

/* Words that switch something, whatever the name. */
static const char *const switches[] = {
	"0", "1", "true", "false", "yes", "no", "on", "off", "none", "null", "nil", "undefined", "enabled", "disabled", "required",
	"optional", "auto", "default", "always", "never", "basic", "digest", "ldap", "oauth", "oauth2", "oidc", "saml", "jwt", "md5",
	"scram-sha-256", "peer", "trust", "ident", "bearer", "[]", "{}", "file", "env", "vault", "noop", "anonymous",
};

/* What everybody writes first. Compared without case and without '-', '_', ' ' and '.'. */
static const char *const placeholders[] = {
	"password", "passwd", "pass", "passw0rd", "p@ssw0rd", "p@ssword", "secret", "mysecret", "topsecret", "supersecret",
	"verysecret", "secretkey", "token", "mytoken", "apikey", "key", "admin", "administrator", "root", "toor", "user", "test",
	"testing", "tests", "test123", "demo", "dev", "development", "example", "sample", "dummy", "fake", "foo", "bar", "foobar", "baz",
	"postgres", "mysql", "mariadb", "mongo", "redis", "rabbitmq", "guest", "minio", "minioadmin", "elastic", "letmein", "qwerty",
	"welcome", "abc123", "123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890", "password1",
	"password123", "admin123", "root123", "todo", "fixme", "tbd", "value", "string", "replaceme", "notsecret", "insecure",
	"unsafe", "local", "localdev", "app", "s3cret", "s3cr3t", "hunter2", "mypassword", "mysecretpassword", "somepassword", "dbpassword",
};

/* Parts that make anything a placeholder. */
static const char *const placeholder_parts[] = {
	"changeme", "changeit", "changethis", "change-me", "change_me", "change-this", "change_this", "change me", "replaceme",
	"replace-me", "replace_me", "replace-with", "replace_with", "your-", "your_", "my-secret", "my_secret", "insert-", "insert_",
	"example", "placeholder", "dummy", "not-a-secret", "not_a_secret", "notasecret", "-here", "_here", "for-dev", "for_dev", "dev-only",
	"fill-me", "fill_me", "fillme", "xxxxxx",
};

/* Beginnings of a value that names where the secret is kept. */
static const char *const references[] = {
	"vault:", "op://", "arn:", "ssm:", "ref+", "enc[", "file:", "env:", "gcp-sm://", "awssm://", "akv://", "secretref:", "keyvault:",
	"{{", "<", "!ref", "%(", "@@", "sops:", "projects/", "${{", "bws://", "infisical:", "env.",
};

/* Directories under which a path stands, and no password. */
static const char *const roots[] = {
	"/run/", "/var/", "/etc/", "/home/", "/root/", "/usr/", "/opt/", "/mnt/", "/tmp/", "/app/", "/srv/", "/data/", "/secrets/", "/vault/",
	"/proc/", "/dev/", "/certs/", "/keys/", "/config/", "/workspace/", "/src/", "./", "../", "~/", "/bin/", "/sbin/", "/lib/", "c:\\",
};

static struct ml_str lower(struct ml_str value, char out[WORD_MAX], size_t max)
{
	size_t n = value.len < max ? value.len : max;

	for (size_t i = 0; i < n; i++)
		out[i] = (char)(ml_secret_upper(value.ptr[i]) ? value.ptr[i] + 32 : value.ptr[i]);
	return (struct ml_str){out, n};
}

/* Lower case, without what people put between words; "" when it is too long for one of ours. */
static struct ml_str squeeze(struct ml_str value, char out[WORD_MAX])
{
	size_t n = 0;

	if (value.len > WORD_MAX)
		return ML_STR_NONE;
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];
		if (c != '-' && c != '_' && c != ' ' && c != '.')
			out[n++] = (char)(ml_secret_upper(c) ? c + 32 : c);
	}
	return (struct ml_str){out, n};
}

static bool all_one_byte(struct ml_str s)
{
	for (size_t i = 1; i < s.len; i++)
		if (s.ptr[i] != s.ptr[0])
			return false;
	return s.len > 0;
}

bool ml_secret_is_placeholder(struct ml_str value)
{
	char bytes[WORD_MAX];
	struct ml_str s = squeeze(value, bytes);

	for (size_t i = 0; s.len && i < sizeof(placeholders) / sizeof(placeholders[0]); i++)
		if (ml_str_is(s, placeholders[i]))
			return true;
	if (value.len >= 3 && all_one_byte(value))
		return true;
	s = lower(value, bytes, WORD_MAX);
	for (size_t i = 0; i < sizeof(placeholder_parts) / sizeof(placeholder_parts[0]); i++)
		if (ml_str_has(s, placeholder_parts[i]))
			return true;
	return false;
}

static bool starts_with_any(struct ml_str value, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ml_str_istarts(value, ml_str(list[i])))
			return true;
	return false;
}

static bool is_mask(struct ml_str s)
{
	return s.len > 0 && (s.ptr[0] == '*' || s.ptr[0] == '.') && all_one_byte(s);
}

/* Where the reference that begins with the '$' at `at` ends; `at` itself when it is none. Braces and parentheses nest. */
static size_t reference_end(struct ml_str s, size_t at)
{
	int c = ml_secret_at(s, at + 1), depth = 0;
	size_t i = at + 1;

	if (c == '{' || c == '(') {
		for (; i < s.len; i++) {
			depth += (s.ptr[i] == '{' || s.ptr[i] == '(') - (s.ptr[i] == '}' || s.ptr[i] == ')');
			if (depth == 0)
				return i + 1;
		}
		return s.len;
	}
	if (!ml_secret_alnum(c) && c != '_')
		return at;
	while (ml_secret_alnum(ml_secret_at(s, i)) || ml_secret_at(s, i) == '_')
		i++;
	return i;
}

/* References and next to nothing else. */
static bool mostly_references(struct ml_str s)
{
	size_t literal = 0, found = 0, i = 0;

	while (i < s.len && literal <= LITERAL_MAX + 16) {
		size_t end = s.ptr[i] == '$' ? reference_end(s, i) : i;
		if (end > i) {
			found++;
			i = end;
		} else {
			literal += ml_secret_alnum(s.ptr[i]);
			i++;
		}
	}
	return found > 0 && literal <= LITERAL_MAX;
}

bool ml_secret_is_reference(struct ml_str value)
{
	value = ml_str_trim(value);
	if (value.len == 0 || is_mask(value) || mostly_references(value))
		return true;
	if (value.ptr[0] == '`' || (value.ptr[0] == '%' && value.len > 2 && value.ptr[value.len - 1] == '%'))
		return true;
	return starts_with_any(value, references, sizeof(references) / sizeof(references[0]));
}

/* Digits, with a sign, a point and a unit of up to three letters ("-1", "0.5", "30min"). */
static bool is_number(struct ml_str s)
{
	size_t i = ml_secret_at(s, 0) == '-', digits = 0;

	for (; ml_secret_digit(ml_secret_at(s, i)) || (digits && ml_secret_at(s, i) == '.'); i++)
		digits++;
	if (digits == 0 || digits >= RANDOM_MIN || s.len - i > 3)
		return false;
	while (ml_secret_alnum(ml_secret_at(s, i)) && !ml_secret_digit(ml_secret_at(s, i)))
		i++;
	return i == s.len;
}

static bool is_switch(struct ml_str value)
{
	char bytes[WORD_MAX];
	struct ml_str s = lower(value, bytes, WORD_MAX);

	if (value.len > WORD_MAX)
		return false;
	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
		if (ml_str_is(s, switches[i]))
			return true;
	return false;
}

/* Below a directory that we know, or absolute and in lower case. */
static bool is_path(struct ml_str value)
{
	size_t i = 1;

	if (starts_with_any(value, roots, sizeof(roots) / sizeof(roots[0])))
		return true;
	if (ml_secret_at(value, 0) != '/')
		return false;
	while (i < value.len && i < 256 && (ml_secret_name_byte((unsigned char)value.ptr[i]) || value.ptr[i] == '/') &&
		!ml_secret_upper(value.ptr[i]))
		i++;
	return i == value.len && i > 1;
}

static int class_of(int c)
{
	return ml_secret_digit(c) ? 1 : ml_secret_lower(c) ? 2 : ml_secret_upper(c) ? 3 : 0;
}

/* Digits and letters alternate as they do not in words, names and dates, and many different bytes occur. */
bool ml_secret_is_random(struct ml_str value)
{
	struct ml_str s = ml_str_sub(value, 0, 256);
	size_t changes = 0, other = 0, different = 0;
	bool seen[256] = {false};

	if (value.len < RANDOM_MIN || is_path(value))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		int here = class_of((unsigned char)s.ptr[i]), before = i ? class_of((unsigned char)s.ptr[i - 1]) : 0;
		if ((unsigned char)s.ptr[i] <= ' ')
			return false;
		changes += here && before && here != before;
		other += here == 0;
		different += !seen[(unsigned char)s.ptr[i]];
		seen[(unsigned char)s.ptr[i]] = true;
	}
	return changes * 6 >= s.len && other * 4 <= s.len && different >= 8;
}

/* "${X:-default}", "${X-default}" and "${X:+other}": where the default stands. */
static bool default_of(struct ml_str value, struct ml_span *span)
{
	size_t i = 2;

	if (!ml_str_starts(value, ML_STR("${")) || reference_end(value, 0) != value.len || value.ptr[value.len - 1] != '}')
		return false;
	while (ml_secret_alnum(ml_secret_at(value, i)) || ml_secret_at(value, i) == '_')
		i++;
	i += ml_secret_at(value, i) == ':';
	if (ml_secret_at(value, i) == '+' ? !ml_secret_can_be_alternative(ml_str_sub(value, i + 1, value.len - 1))
					  : ml_secret_at(value, i) != '-' && ml_secret_at(value, i) != '=')
		return false;
	*span = (struct ml_span){(uint32_t)i + 1, (uint32_t)value.len - 1};
	return true;
}

bool ml_secret_can_be_alternative(struct ml_str word)
{
	return word.len >= ALTERNATIVE_MIN && word.ptr[0] != '-' && ml_str_chr(word, '$') == ML_NPOS;
}

/* Without white space and one pair of quotes around it. */
static struct ml_span bare(struct ml_str value)
{
	struct ml_str s = ml_str_trim(value);
	size_t from = s.len ? (size_t)(s.ptr - value.ptr) : 0;

	if (s.len >= 2 && (s.ptr[0] == '"' || s.ptr[0] == '\'') && s.ptr[s.len - 1] == s.ptr[0])
		return (struct ml_span){(uint32_t)from + 1, (uint32_t)(from + s.len - 1)};
	return (struct ml_span){(uint32_t)from, (uint32_t)(from + s.len)};
}

/* A number is a bad password, but one. A "password" of one or two digits is a switch or a count. */
static bool is_no_secret(struct ml_str s, enum ml_secret_kind kind)
{
	if (ml_secret_is_reference(s) || is_switch(s) || is_path(s))
		return true;
	if (kind == ML_SECRET_PASSWORD)
		return s.len < 3 && is_number(s);
	return is_number(s) || s.ptr[0] == '/' || s.len < 4;
}

bool ml_secret_judge_value(struct ml_str value, enum ml_secret_trust trust, enum ml_secret_kind kind, struct ml_span *span,
	bool *weak)
{
	struct ml_span inner;
	struct ml_str s;

	*span = bare(value);
	s = ml_str_sub(value, span->from, span->to);
	if (default_of(s, &inner)) {
		*span = (struct ml_span){span->from + inner.from, span->from + inner.to};
		s = ml_str_sub(value, span->from, span->to);
	}
	if (s.len == 0 || is_no_secret(s, kind))
		return false;
	if ((trust == ML_SECRET_IF_RANDOM && !ml_secret_is_random(s)) ||
		(trust == ML_SECRET_IF_PIN && !ml_secret_is_pin(s)))
		return false;
	if (trust == ML_SECRET_IF_LOGIN && !ml_secret_find_login(s, span))
		return false;
	s = ml_str_sub(value, span->from, span->to);
	*weak = ml_secret_is_placeholder(s);
	return true;
}

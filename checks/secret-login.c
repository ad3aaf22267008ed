/* SPDX-License-Identifier: Apache-2.0 */
/* Logins: credentials of HTTP authentication, pairs of user and password, PINs. */
#include "checks/secrets-priv.h"

enum { TOKEN_MIN = 8, DECODED_MAX = 512, PASSWORD_MIN = 3, PIN_MIN = 4, PIN_MAX = 12 };

/* The value of a base64 digit (RFC 4648 4), or -1. */
static int sextet(int c)
{
	if (ml_secret_upper(c))
		return c - 'A';
	if (ml_secret_lower(c))
		return c - 'a' + 26;
	if (ml_secret_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Decodes to printable ASCII; the number of bytes, 0 when it is anything else. */
static size_t decode(struct ml_str s, char out[DECODED_MAX])
{
	unsigned bits = 0, have = 0;
	size_t n = 0;

	while (s.len && s.ptr[s.len - 1] == '=')
		s.len--;
	for (size_t i = 0; i < s.len; i++) {
		int value = sextet((unsigned char)s.ptr[i]);
		if (value < 0 || n == DECODED_MAX)
			return 0;
		bits = (bits << 6 | (unsigned)value) & 0xffff;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		out[n] = (char)(bits >> have & 0xff);
		if (out[n] < ' ' || out[n] > '~')
			return 0;
		n++;
	}
	return n;
}

bool ml_secret_is_basic(struct ml_str token)
{
	char bytes[DECODED_MAX];
	struct ml_str login = {bytes, token.len < TOKEN_MIN ? 0 : decode(token, bytes)};
	size_t colon = ml_str_chr(login, ':');

	return colon != ML_NPOS && colon > 0 && colon + 1 < login.len;
}

size_t ml_secret_scheme(struct ml_str value)
{
	static const char *const schemes[] = {"bearer", "basic", "token", "apikey", "digest"};
	size_t blank = ml_str_chr(value, ' '), at = blank;

	for (size_t i = 0; blank != ML_NPOS && i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (!ml_str_ieq(ml_str_sub(value, 0, blank), ml_str(schemes[i])))
			continue;
		while (ml_secret_at(value, at) == ' ')
			at++;
		return at;
	}
	return 0;
}

/* "user:password", as many programs take it from one variable, and Neo4j's "user/password". Ports
 * and URLs are none. */
static size_t password_of(struct ml_str value)
{
	size_t at = 0, digits;

	while (ml_secret_name_byte(ml_secret_at(value, at)) || ml_secret_at(value, at) == '@')
		at++;
	if (at == 0 ||
		(ml_secret_at(value, at) != ':' && !(ml_secret_at(value, at) == '/' &&
							   ml_str_starts(value, ML_STR("neo4j/")))))
		return 0;
	for (digits = ++at; ml_secret_digit(ml_secret_at(value, digits)); digits++)
		;
	return ml_secret_at(value, at) == '/' || digits == value.len ||
			       value.len - at < PASSWORD_MIN
		       ? 0
		       : at;
}

bool ml_secret_find_login(struct ml_str value, struct ml_span *span)
{
	size_t at = ml_secret_scheme(value);
	struct ml_str token = ml_str_sub(value, at, value.len);

	if (at == 0 && !ml_secret_is_random(value) && !ml_secret_is_basic(value)) {
		at = password_of(value);
		token = ml_str_sub(value, at, value.len);
		if (at == 0)
			return false;
	} else if (at && (token.len < TOKEN_MIN || ml_str_chr(token, ' ') != ML_NPOS)) {
		return false;
	}
	if (ml_secret_is_reference(token))
		return false;
	*span = (struct ml_span){span->from + (uint32_t)at, span->to};
	return true;
}

bool ml_secret_is_pin(struct ml_str value)
{
	size_t n = 0;

	while (ml_secret_digit(ml_secret_at(value, n)))
		n++;
	return n == value.len && n >= PIN_MIN && n <= PIN_MAX;
}

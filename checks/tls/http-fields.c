/* SPDX-License-Identifier: Apache-2.0 */
/* Header fields that say how a browser is to protect itself. */
#include "base/num.h"
#include "checks/tls/http.h"

#define MAX_AGE_MOST INT64_MAX

/* ---- Strict-Transport-Security ---- */

/* Cuts the directive before the next semicolon that is not in quotes off *rest. */
static bool next_directive(struct ml_str *rest, struct ml_str *directive)
{
	bool quoted = false;
	size_t i = 0;

	if (!rest->ptr)
		return false;
	for (; i < rest->len && (quoted || rest->ptr[i] != ';'); i++) {
		if (quoted && rest->ptr[i] == '\\')
			i++;
		else if (rest->ptr[i] == '"')
			quoted = !quoted;
	}
	*directive = ml_str_trim(ml_str_sub(*rest, 0, i));
	*rest = i < rest->len ? ml_str_sub(*rest, i + 1, rest->len) : ML_STR_NONE;
	return true;
}

/* Digits, in quotes or not. A number beyond all others is for ever. */
static bool read_seconds(struct ml_str text, int64_t *out)
{
	uint64_t seconds = 0;

	if (text.len >= 2 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"')
		text = ml_str_sub(text, 1, text.len - 1);
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
	if (text.len == 0)
		return false;
	*out = ml_parse_u64(text, 10, &seconds) && seconds < MAX_AGE_MOST ? (int64_t)seconds
									  : MAX_AGE_MOST;
	return true;
}

struct ml_http_hsts ml_http_hsts(struct ml_str value)
{
	struct ml_http_hsts hsts = {.valid = true};
	struct ml_str directive;
	unsigned ages = 0, subdomains = 0, preloads = 0;

	while (next_directive(&value, &directive)) {
		size_t equals = ml_str_chr(directive, '=');
		struct ml_str name = ml_str_trim(ml_str_sub(directive, 0, equals));
		bool has_value = equals != ML_NPOS;
		if (ml_str_ieq(name, ML_STR("max-age")))
			hsts.valid = has_value && ++ages == 1 &&
				     read_seconds(ml_str_trim(ml_str_sub(
							  directive, equals + 1, directive.len)),
					     &hsts.max_age) &&
				     hsts.valid;
		else if (ml_str_ieq(name, ML_STR("includeSubDomains")))
			hsts.valid = !has_value && ++subdomains == 1 && hsts.valid;
		else if (ml_str_ieq(name, ML_STR("preload")))
			preloads++;
	}
	hsts.valid = hsts.valid && ages == 1;
	if (!hsts.valid)
		return (struct ml_http_hsts){0};
	hsts.include_subdomains = subdomains > 0;
	hsts.preload = preloads > 0;
	return hsts;
}

/* ---- Set-Cookie ---- */

static const char *const same_sites[] = {"Strict", "Lax", "None", NULL};

static struct ml_str same_site(struct ml_str value)
{
	for (size_t i = 0; same_sites[i]; i++)
		if (ml_str_ieq(value, ml_str(same_sites[i])))
			return ml_str(same_sites[i]);
	return ML_STR("");
}

struct lifetime {
	bool aged, past_age, past_date;
};

static bool is_number(struct ml_str s)
{
	for (size_t i = s.len && s.ptr[0] == '-'; i < s.len; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return s.len > 0 && !ml_str_is(s, "-");
}

static bool zero_or_less(struct ml_str number)
{
	for (size_t i = 0; number.ptr[0] != '-' && i < number.len; i++)
		if (number.ptr[i] != '0')
			return false;
	return true;
}

/* Of an attribute that stands twice the last counts. */
static void attribute(struct ml_http_cookie *cookie, struct lifetime *life, struct ml_str name,
	struct ml_str value)
{
	if (ml_str_ieq(name, ML_STR("Secure")))
		cookie->secure = true;
	else if (ml_str_ieq(name, ML_STR("HttpOnly")))
		cookie->http_only = true;
	else if (ml_str_ieq(name, ML_STR("SameSite")))
		cookie->same_site = same_site(value);
	else if (ml_str_ieq(name, ML_STR("Domain")))
		cookie->domain = value.len > 0;
	else if (ml_str_ieq(name, ML_STR("Path")))
		cookie->root_path = ml_str_is(value, "/");
	else if (ml_str_ieq(name, ML_STR("Expires")))
		life->past_date = ml_str_has(value, " 1970 ") || ml_str_has(value, "-1970 ") ||
				  ml_str_has(value, "-70 ");
	else if (ml_str_ieq(name, ML_STR("Max-Age")) && is_number(value)) {
		life->aged = true;
		life->past_age = zero_or_less(value);
	}
}

bool ml_http_cookie(struct ml_str value, struct ml_http_cookie *out)
{
	struct lifetime life = {0};
	struct ml_str pair, part;
	size_t equals;

	*out = (struct ml_http_cookie){.same_site = ML_STR("")};
	if (!ml_str_split(&value, ';', &pair))
		return false;
	pair = ml_str_trim(pair);
	equals = ml_str_chr(pair, '=');
	out->name = equals == ML_NPOS ? ML_STR("") : ml_str_trim(ml_str_sub(pair, 0, equals));
	while (ml_str_split(&value, ';', &part)) {
		size_t at = ml_str_chr(part, '=');
		attribute(out, &life, ml_str_trim(ml_str_sub(part, 0, at)),
			at == ML_NPOS ? ML_STR("")
				      : ml_str_trim(ml_str_sub(part, at + 1, part.len)));
	}
	out->gone = life.aged ? life.past_age : life.past_date;
	return pair.len > 0 && !ml_str_is(pair, "=");
}

bool ml_http_cookie_prefix(const struct ml_http_cookie *cookie)
{
	if (ml_str_istarts(cookie->name, ML_STR("__Host-")))
		return cookie->secure && cookie->root_path && !cookie->domain;
	if (ml_str_istarts(cookie->name, ML_STR("__Secure-")))
		return cookie->secure;
	return true;
}

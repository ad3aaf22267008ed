/* SPDX-License-Identifier: Apache-2.0 */
/* Reading numbers from text without the locale and without silent overflow. */
#include "base/num.h"

#include <math.h>
#include <stdlib.h>

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return 99;
}

bool ml_parse_u64(struct ml_str s, int base, uint64_t *out)
{
	uint64_t n = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		int d = digit(s.ptr[i]);
		if (d >= base || !ml_mul_u64(n, (uint64_t)base, &n) || !ml_add_u64(n, (uint64_t)d, &n))
			return false;
	}
	*out = n;
	return true;
}

bool ml_parse_i64(struct ml_str s, int base, int64_t *out)
{
	bool negative = s.len && s.ptr[0] == '-';
	uint64_t n;

	if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+'))
		s = ml_str_sub(s, 1, s.len);
	if (!ml_parse_u64(s, base, &n) || n > (uint64_t)INT64_MAX + (negative ? 1 : 0))
		return false;
	*out = negative ? (int64_t)(0 - n) : (int64_t)n;
	return true;
}

/* [+-] digits [. digits] [e [+-] digits], with a digit before or after the point. */
static bool is_decimal(struct ml_str s)
{
	size_t i = 0, digits = 0;

	if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+'))
		i++;
	for (; i < s.len && digit(s.ptr[i]) < 10; i++)
		digits++;
	if (i < s.len && s.ptr[i] == '.')
		for (i++; i < s.len && digit(s.ptr[i]) < 10; i++)
			digits++;
	if (digits == 0)
		return false;
	if (i == s.len)
		return true;
	if (s.ptr[i] != 'e' && s.ptr[i] != 'E')
		return false;
	i++;
	if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+'))
		i++;
	if (i == s.len)
		return false;
	while (i < s.len && digit(s.ptr[i]) < 10)
		i++;
	return i == s.len;
}

bool ml_parse_double(struct ml_str s, double *out)
{
	char copy[401];

	if (s.len >= sizeof(copy) || !is_decimal(s))
		return false;
	memcpy(copy, s.ptr, s.len);
	copy[s.len] = 0;
	/* Every main keeps LC_NUMERIC at "C", so strtod's point is '.'. */
	*out = strtod(copy, NULL);
	return isfinite(*out);
}

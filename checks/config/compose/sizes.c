/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers with units: byte sizes, durations, CPUs, file modes, switches. */
#include "base/num.h"
#include "checks/config/compose/values-priv.h"

enum { DIGITS = 40 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* The digits at the start of *s, with at most one point among them; "" when there are none. */
static struct ml_str take_number(struct ml_str *s)
{
	struct ml_str number;
	size_t i = 0, points = 0, digits = 0;

	for (; i < s->len && (is_digit(s->ptr[i]) || (s->ptr[i] == '.' && points == 0)); i++) {
		points += s->ptr[i] == '.';
		digits += is_digit(s->ptr[i]);
	}
	number = ml_str_sub(*s, 0, digits && i <= DIGITS ? i : 0);
	*s = ml_str_sub(*s, number.len, s->len);
	return number;
}

/* number * unit, exactly when it is whole; false on overflow. */
static bool scale(struct ml_str number, int64_t unit, int64_t *out)
{
	int64_t whole;
	double d;

	if (ml_str_chr(number, '.') == ML_NPOS)
		return ml_parse_i64(number, 10, &whole) && ml_mul_i64(whole, unit, out);
	if (number.ptr[number.len - 1] == '.')
		number.len--;
	if (!ml_parse_double(number, &d) || d * (double)unit >= 0x1p62)
		return false;
	*out = (int64_t)(d * (double)unit);
	return true;
}

const char *ml_cvalue_bytes(struct ml_str text, int64_t *out)
{
	static const char *const want = "a byte size such as 512m";
	static const char units[] = "kmgtp";
	struct ml_str rest = text, number = take_number(&rest);
	int64_t unit = 1;

	if (number.len == 0)
		return want;
	if (rest.len > 0 && rest.ptr[0] == ' ')
		rest = ml_str_sub(rest, 1, rest.len);
	if (rest.len > 0) {
		const char *found = strchr(units, lower(rest.ptr[0]));
		if (found && *found) {
			unit = (int64_t)1 << 10 * (found - units + 1);
			rest = ml_str_sub(rest, 1, rest.len);
		}
	}
	if (rest.len > 0 && unit > 1 && lower(rest.ptr[0]) == 'i')
		rest = ml_str_sub(rest, 1, rest.len);
	if (rest.len > 0 && lower(rest.ptr[0]) == 'b')
		rest = ml_str_sub(rest, 1, rest.len);
	return rest.len == 0 && scale(number, unit, out) ? NULL : want;
}

static const struct {
	const char *name;
	int64_t nanos;
} time_units[] = {
	{"ns", 1}, {"us", 1000}, {"µs", 1000}, {"μs", 1000}, {"ms", 1000000}, {"s", 1000000000}, {"m", 60000000000},
	{"h", 3600000000000}, {"d", 86400000000000}, {"w", 604800000000000},
};

/* Takes a unit off *s: the letters up to the next digit. 0: none that we know. */
static int64_t take_unit(struct ml_str *s)
{
	size_t n = 0;
	struct ml_str unit;

	while (n < s->len && !is_digit(s->ptr[n]) && s->ptr[n] != '.')
		n++;
	unit = ml_str_sub(*s, 0, n);
	*s = ml_str_sub(*s, n, s->len);
	for (size_t i = 0; i < sizeof(time_units) / sizeof(time_units[0]); i++)
		if (ml_str_is(unit, time_units[i].name))
			return time_units[i].nanos;
	return 0;
}

const char *ml_cvalue_duration(struct ml_str text, int64_t *seconds, int32_t *nanos)
{
	static const char *const want = "a duration such as 1m30s";
	struct ml_str rest = text;
	int64_t total = 0, part, unit;

	if (ml_str_is(text, "0"))
		rest.len = 0;
	else if (text.len == 0)
		return want;
	while (rest.len > 0) {
		struct ml_str number = take_number(&rest);
		unit = number.len ? take_unit(&rest) : 0;
		if (unit == 0 || !scale(number, unit, &part) || !ml_add_i64(total, part, &total))
			return want;
	}
	*seconds = total / 1000000000;
	*nanos = (int32_t)(total % 1000000000);
	return NULL;
}

const char *ml_cvalue_cpus(struct ml_str text, double *out)
{
	if (!ml_parse_double(text, out) || *out < 0)
		return "a number of CPUs such as 0.5";
	return NULL;
}

const char *ml_cvalue_mode(struct ml_str text, int64_t *out)
{
	struct ml_str digits = text;
	uint64_t mode;

	if (ml_str_istarts(digits, ML_STR("0o")))
		digits = ml_str_sub(digits, 2, digits.len);
	if (!ml_parse_u64(digits, 8, &mode) || mode > 07777)
		return "a file mode in octal such as 0440";
	*out = (int64_t)mode;
	return NULL;
}

const char *ml_cvalue_bool(struct ml_str text, bool *out)
{
	static const char *const yes[] = {"true", "yes", "on", "y"};
	static const char *const no[] = {"false", "no", "off", "n"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (!ml_str_ieq(text, ml_str(yes[i])) && !ml_str_ieq(text, ml_str(no[i])))
			continue;
		*out = ml_str_ieq(text, ml_str(yes[i]));
		return NULL;
	}
	return "true or false";
}

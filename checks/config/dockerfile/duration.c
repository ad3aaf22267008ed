/* SPDX-License-Identifier: Apache-2.0 */
/* Durations in Go's notation: "1m30s", "1.5h", "500ms" (Go package time, ParseDuration). */
#include "base/num.h"
#include "checks/config/dockerfile/evaluate.h"

static const struct {
	const char *name;
	int64_t nanos;
} units[] = {
	{"ns", 1}, {"us", 1000}, {"µs", 1000}, {"μs", 1000}, {"ms", 1000000}, {"s", 1000000000}, {"m", 60000000000}, {"h", 3600000000000},
};

static bool is_number(char c)
{
	return (c >= '0' && c <= '9') || c == '.';
}

static int64_t unit_nanos(struct ml_str unit)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (ml_str_is(unit, units[i].name))
			return units[i].nanos;
	return 0;
}

/* number × unit in nanoseconds; false when it does not fit. */
static bool multiply(struct ml_str number, int64_t unit, int64_t *total)
{
	size_t dot = ml_str_chr(number, '.');
	struct ml_str whole = ml_str_sub(number, 0, dot), part = dot == ML_NPOS ? ML_STR("") : ml_str_sub(number, dot + 1, number.len);
	int64_t value = 0, fraction = 0, scale = 1;

	if ((whole.len == 0 && part.len == 0) || ml_str_chr(part, '.') != ML_NPOS)
		return false;
	if (whole.len && !ml_parse_i64(whole, 10, &value))
		return false;
	part = ml_str_sub(part, 0, 6);
	if (part.len && !ml_parse_i64(part, 10, &fraction))
		return false;
	for (size_t i = 0; i < part.len; i++)
		scale *= 10;
	if (!ml_mul_i64(value, unit, &value) || !ml_mul_i64(fraction, unit, &fraction))
		return false;
	return ml_add_i64(value, fraction / scale, &value) && ml_add_i64(*total, value, total);
}

bool ml_df_duration(struct ml_str text, int64_t *seconds, int32_t *nanos)
{
	int64_t total = 0;
	bool negative = text.len && text.ptr[0] == '-';

	text = ml_str_sub(text, negative || (text.len && text.ptr[0] == '+'), text.len);
	if (text.len == 0)
		return false;
	for (size_t i = 0; i < text.len && !ml_str_is(text, "0");) {
		size_t number = i, unit;
		while (i < text.len && is_number(text.ptr[i]))
			i++;
		for (unit = i; i < text.len && !is_number(text.ptr[i]);)
			i++;
		if (!multiply(ml_str_sub(text, number, unit), unit_nanos(ml_str_sub(text, unit, i)), &total) || unit == i ||
			!unit_nanos(ml_str_sub(text, unit, i)))
			return false;
	}
	*seconds = (negative ? -total : total) / 1000000000;
	*nanos = (int32_t)((negative ? -total : total) % 1000000000);
	return true;
}

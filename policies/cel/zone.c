/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones by name or as a fixed offset: a sealed worker has no zoneinfo files, so the rules are ours. Before 1970 a zone has its offset of 1970. */
#include "policies/cel/zone-priv.h"

#include "policies/cel/eval-priv.h"

/* "+02:00", "-8:00", "02:00". */
static bool fixed_offset(struct ml_str s, int32_t *offset)
{
	bool negative = s.len && s.ptr[0] == '-';
	size_t colon;
	uint64_t hours, minutes;

	if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+'))
		s = ml_str_sub(s, 1, s.len);
	colon = ml_str_chr(s, ':');
	if (colon == ML_NPOS || colon > 2 || s.len - colon != 3 || !ml_parse_u64(ml_str_sub(s, 0, colon), 10, &hours) ||
		!ml_parse_u64(ml_str_sub(s, colon + 1, s.len), 10, &minutes) || hours > 23 || minutes > 59)
		return false;
	*offset = (int32_t)(hours * 3600 + minutes * 60) * (negative ? -1 : 1);
	return true;
}

static bool has_name(const struct ml_zone *zone, struct ml_str name)
{
	struct ml_str rest = ml_str(zone->names), one;

	while (ml_str_split(&rest, ' ', &one))
		if (ml_str_eq(one, name))
			return true;
	return false;
}

static const struct ml_zone *find(struct ml_str name)
{
	for (size_t i = 0; i < ml_nzones; i++)
		if (has_name(&ml_zones[i], name))
			return &ml_zones[i];
	return NULL;
}

static size_t digit(char c)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

	return (size_t)(strchr(digits, c) - digits);
}

/* When a day of a rule comes in `year`, in seconds of local time. */
static int64_t moment(const struct ml_zone_day *day, int64_t year)
{
	int64_t first = ml_cel_days_of(year, day->month, 1), after = day->month == 12 ? first + 31 : ml_cel_days_of(year, day->month + 1, 1);
	int64_t weekday = ((first + 4) % 7 + 7) % 7, at = first + (day->weekday - weekday + 7) % 7 + (day->week - 1) * 7;

	while (at >= after)
		at -= 7;
	return at * 86400 + day->second;
}

static int32_t by_rule(const struct ml_zone_rule *rule, int64_t utc)
{
	int64_t year = ml_cel_year_of(utc + rule->standard);
	int64_t begin = moment(&rule->begin, year) - rule->standard, end = moment(&rule->end, year) - rule->summer;
	bool summer = begin < end ? utc >= begin && utc < end : !(utc >= end && utc < begin);

	return summer ? rule->summer : rule->standard;
}

static int32_t offset_at(const struct ml_zone *zone, int64_t utc)
{
	int32_t offset = zone->offset;
	int64_t at = 0;

	for (const char *p = zone->steps; *p; p += 2) {
		const struct ml_zone_step *step = &ml_zone_steps[digit(p[0]) * 64 + digit(p[1])];
		at += (int64_t)step->minutes * 60;
		if (utc < at)
			return offset;
		offset += step->change;
	}
	return zone->rule < 0 ? offset : by_rule(&ml_zone_rules[zone->rule], utc);
}

bool ml_cel_zone(struct ml_str name, int64_t utc, int32_t *offset)
{
	const struct ml_zone *zone;

	*offset = 0;
	if (name.len == 0 || ml_str_is(name, "UTC"))
		return true;
	if (ml_str_chr(name, ':') != ML_NPOS)
		return fixed_offset(name, offset);
	zone = find(name);
	if (zone)
		*offset = offset_at(zone, utc);
	return zone != NULL;
}

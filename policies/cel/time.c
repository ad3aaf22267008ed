/* SPDX-License-Identifier: Apache-2.0 */
/* Timestamps (RFC 3339, years 1 to 9999) and durations (64 bits of nanoseconds, as in cel-go): reading, writing, arithmetic, parts. */
#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "policies/cel/impl-priv.h"

#define TIME_MIN INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define TIME_MAX INT64_C(253402300799) /* 9999-12-31T23:59:59Z */
#define NANOS 1000000000
enum { ZONE_COST = 100 }; /* steps for looking through the table of zones */

static struct ml_value range(void)
{
	return ml_cel_wrong("range error: the timestamp or duration is out of range");
}

/* Days since 1970 of a date of the proleptic Gregorian calendar, and back (Howard Hinnant, "chrono-compatible low-level date algorithms"). */
int64_t ml_cel_days_of(int64_t year, int month, int day)
{
	int64_t y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

struct date {
	int64_t year;
	int month, day; /* from 1 */
	int64_t days;   /* since 1970 */
	int64_t second; /* of the day */
};

static struct date date_of(int64_t seconds)
{
	int64_t days = seconds / 86400 - (seconds % 86400 < 0), z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	int month = (int)(mp < 10 ? mp + 3 : mp - 9);

	return (struct date){yoe + era * 400 + (month <= 2), month, (int)(doy - (153 * mp + 2) / 5 + 1), days, seconds - days * 86400};
}

int64_t ml_cel_year_of(int64_t seconds)
{
	return date_of(seconds).year;
}

static int month_days(int64_t year, int month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

/* A reader of fixed digits with a sticky failure. */
struct reader {
	struct ml_str s;
	size_t at;
	bool bad;
};

static int64_t digits(struct reader *r, size_t n)
{
	uint64_t value = 0;

	if (r->s.len - r->at < n || !ml_parse_u64(ml_str_sub(r->s, r->at, r->at + n), 10, &value))
		r->bad = true;
	else
		r->at += n;
	return (int64_t)value;
}

static char peek(const struct reader *r)
{
	return r->at < r->s.len ? r->s.ptr[r->at] : 0;
}

static void expect(struct reader *r, char c)
{
	if (peek(r) != c)
		r->bad = true;
	else
		r->at++;
}

/* The digits of a fraction as nanoseconds; what lies beyond them is cut off. */
static int32_t fraction(struct reader *r)
{
	int32_t nanos = 0, unit = NANOS / 10;
	size_t from = r->at;

	for (; peek(r) >= '0' && peek(r) <= '9'; r->at++, unit /= 10)
		nanos += (peek(r) - '0') * unit;
	r->bad |= r->at == from;
	return nanos;
}

static int64_t utc_offset(struct reader *r)
{
	int sign = peek(r) == '-' ? -1 : 1;
	int64_t hours, minutes;

	if (peek(r) == 'Z') {
		r->at++;
		return 0;
	}
	if (peek(r) != '-')
		expect(r, '+');
	else
		r->at++;
	hours = digits(r, 2);
	expect(r, ':');
	minutes = digits(r, 2);
	r->bad |= hours > 23 || minutes > 59;
	return sign * (hours * 3600 + minutes * 60);
}

static struct ml_value time_value(int64_t seconds, int64_t nanos)
{
	if (nanos < 0 || nanos >= NANOS) {
		seconds += nanos < 0 ? -1 : 1;
		nanos += nanos < 0 ? NANOS : -NANOS;
	}
	return seconds < TIME_MIN || seconds > TIME_MAX ? range() : ml_timestamp(seconds, (int32_t)nanos);
}

bool ml_cel_read_time(struct ml_str text, struct ml_value *out)
{
	struct reader r = {.s = text};
	int64_t year, month, day, hour, minute, second, offset;
	int32_t nanos = 0;

	year = digits(&r, 4);
	expect(&r, '-');
	month = digits(&r, 2);
	expect(&r, '-');
	day = digits(&r, 2);
	expect(&r, 'T');
	hour = digits(&r, 2);
	expect(&r, ':');
	minute = digits(&r, 2);
	expect(&r, ':');
	second = digits(&r, 2);
	if (peek(&r) == '.') {
		r.at++;
		nanos = fraction(&r);
	}
	offset = utc_offset(&r);
	if (r.bad || r.at != r.s.len)
		return false;
	if (month < 1 || month > 12 || day < 1 || day > month_days(year, (int)month) || hour > 23 || minute > 59 || second > 59)
		*out = range();
	else
		*out = time_value(ml_cel_days_of(year, (int)month, (int)day) * 86400 + hour * 3600 + minute * 60 + second - offset, nanos);
	return true;
}

ML_CEL_IMPL(time_string)
{
	struct ml_str text = ml_value_text(&args[0]);
	struct ml_value time;

	if (ml_cel_read_time(text, &time))
		return time;
	return ml_cel_faultf(ctx, "timestamp: got \"%.*s\", want RFC 3339", ML_STR_ARG(ml_str_sub(text, 0, 60)));
}

ML_CEL_IMPL(time_int)
{
	return time_value(args[0].i < TIME_MIN ? TIME_MIN - 1 : args[0].i > TIME_MAX ? TIME_MAX + 1 : args[0].i, 0);
}

/* ".5", ".123456789" or nothing. */
static void put_fraction(struct ml_buf *out, int32_t nanos)
{
	char text[16];
	int n = 9;

	if (nanos == 0)
		return;
	snprintf(text, sizeof(text), "%09d", nanos < 0 ? -nanos : nanos);
	while (text[n - 1] == '0')
		n--;
	ml_buf_printf(out, ".%.*s", n, text);
}

void ml_cel_put_time(struct ml_buf *out, const struct ml_value *time)
{
	struct date d = date_of(time->i);

	ml_buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02d", (int)d.year, d.month, d.day, (int)(d.second / 3600), (int)(d.second / 60 % 60),
		(int)(d.second % 60));
	put_fraction(out, time->nanos);
	ml_buf_putc(out, 'Z');
}

void ml_cel_put_duration(struct ml_buf *out, const struct ml_value *duration)
{
	uint64_t size = duration->i < 0 ? 0 - (uint64_t)duration->i : (uint64_t)duration->i;

	ml_buf_printf(out, "%s%" PRIu64, duration->i < 0 || duration->nanos < 0 ? "-" : "", size);
	put_fraction(out, duration->nanos);
	ml_buf_putc(out, 's');
}

/* A duration of so many nanoseconds. */
static struct ml_value duration_value(__int128 nanos)
{
	if (nanos < INT64_MIN || nanos > INT64_MAX)
		return range();
	return ml_duration((int64_t)(nanos / NANOS), (int32_t)(nanos % NANOS));
}

static __int128 nanos_of(const struct ml_value *v)
{
	return (__int128)v->i * NANOS + v->nanos;
}

/* The unit that stands next, in nanoseconds; 0: none. */
static int64_t unit(struct reader *r)
{
	static const struct {
		const char *name;
		int64_t nanos;
	} units[] = {
		{"ns", 1}, {"us", 1000}, {"\u00b5s", 1000}, {"\u03bcs", 1000}, {"ms", 1000000}, {"s", NANOS}, {"m", 60LL * NANOS}, {"h", 3600LL * NANOS},
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (!ml_str_starts(ml_str_sub(r->s, r->at, r->s.len), ml_str(units[i].name)))
			continue;
		r->at += strlen(units[i].name);
		return units[i].nanos;
	}
	return 0;
}

/* One number with its unit, added to *sum; false when it is out of range. */
static bool part(struct reader *r, __int128 *sum)
{
	__int128 whole = 0, share = 0, scale = 1;
	size_t from = r->at, point = 0;
	int64_t size;

	for (; peek(r) >= '0' && peek(r) <= '9'; r->at++)
		whole = whole > INT64_MAX ? whole : whole * 10 + (peek(r) - '0');
	if (peek(r) == '.') {
		point = 1;
		for (r->at++; peek(r) >= '0' && peek(r) <= '9'; r->at++) {
			if (scale > (__int128)1000000000000000)
				continue;
			share = share * 10 + (peek(r) - '0');
			scale *= 10;
		}
	}
	r->bad |= r->at == from + point;
	size = unit(r);
	r->bad |= size == 0;
	*sum += whole * size + share * size / scale;
	return whole <= INT64_MAX && *sum <= (__int128)INT64_MAX + 1;
}

/* Go's time.ParseDuration: "1h30m", "-1.5s", "0". */
ML_CEL_IMPL(duration_string)
{
	struct reader r = {.s = ml_value_text(&args[0])};
	bool negative = peek(&r) == '-', fits = true;
	__int128 sum = 0;

	if (negative || peek(&r) == '+')
		r.at++;
	if (ml_str_is(ml_str_sub(r.s, r.at, r.s.len), "0"))
		return ml_duration(0, 0);
	r.bad = r.at == r.s.len;
	while (!r.bad && fits && r.at < r.s.len)
		fits = part(&r, &sum);
	if (r.bad)
		return ml_cel_faultf(ctx, "duration: got \"%.*s\", want for example \"1h30m\" or \"1.5s\"", ML_STR_ARG(ml_str_sub(r.s, 0, 60)));
	return fits ? duration_value(negative ? -sum : sum) : range();
}

static struct ml_value shifted(const struct ml_value *time, const struct ml_value *by, int sign)
{
	return time_value(time->i + sign * by->i, time->nanos + sign * (int64_t)by->nanos);
}

ML_CEL_IMPL(add_time_duration)
{
	return shifted(&args[0], &args[1], 1);
}

ML_CEL_IMPL(add_duration_time)
{
	return shifted(&args[1], &args[0], 1);
}

ML_CEL_IMPL(sub_time_duration)
{
	return shifted(&args[0], &args[1], -1);
}

ML_CEL_IMPL(sub_time)
{
	return duration_value(nanos_of(&args[0]) - nanos_of(&args[1]));
}

ML_CEL_IMPL(add_duration)
{
	return duration_value(nanos_of(&args[0]) + nanos_of(&args[1]));
}

ML_CEL_IMPL(sub_duration)
{
	return duration_value(nanos_of(&args[0]) - nanos_of(&args[1]));
}

enum get { YEAR, MONTH, DAY_OF_YEAR, DATE, DAY_OF_MONTH, DAY_OF_WEEK, HOURS, MINUTES, SECONDS, MILLIS };

static struct ml_value get(struct ml_cel_ctx *ctx, const struct ml_value *args, size_t n, enum get what)
{
	int32_t offset = 0;
	struct date d;

	if (n > 1 && !ml_cel_spend(ctx, ZONE_COST))
		return ml_cel_over(ctx);
	if (n > 1 && !ml_cel_zone(ml_value_text(&args[1]), args[0].i, &offset))
		return ml_cel_faultf(ctx, "unknown time zone: \"%.*s\"", ML_STR_ARG(ml_str_sub(ml_value_text(&args[1]), 0, 60)));
	d = date_of(args[0].i + offset);
	switch (what) {
	case YEAR:
		return ml_int(d.year);
	case MONTH:
		return ml_int(d.month - 1);
	case DAY_OF_YEAR:
		return ml_int(d.days - ml_cel_days_of(d.year, 1, 1));
	case DATE:
		return ml_int(d.day);
	case DAY_OF_MONTH:
		return ml_int(d.day - 1);
	case DAY_OF_WEEK:
		return ml_int(((d.days + 4) % 7 + 7) % 7);
	case HOURS:
		return ml_int(d.second / 3600);
	case MINUTES:
		return ml_int(d.second / 60 % 60);
	case SECONDS:
		return ml_int(d.second % 60);
	default:
		return ml_int(args[0].nanos / 1000000);
	}
}

#define GET(name, what) \
	ML_CEL_IMPL(name) \
	{ \
		return get(ctx, args, n, what); \
	}
GET(get_year, YEAR)
GET(get_month, MONTH)
GET(get_day_of_year, DAY_OF_YEAR)
GET(get_date, DATE)
GET(get_day_of_month, DAY_OF_MONTH)
GET(get_day_of_week, DAY_OF_WEEK)
GET(get_hours, HOURS)
GET(get_minutes, MINUTES)
GET(get_seconds, SECONDS)
GET(get_millis, MILLIS)

ML_CEL_IMPL(duration_hours)
{
	return ml_int(args[0].i / 3600);
}

ML_CEL_IMPL(duration_minutes)
{
	return ml_int(args[0].i / 60);
}

ML_CEL_IMPL(duration_seconds)
{
	return ml_int(args[0].i);
}

/* Of the second, not in all. */
ML_CEL_IMPL(duration_millis)
{
	return ml_int(args[0].nanos / 1000000);
}

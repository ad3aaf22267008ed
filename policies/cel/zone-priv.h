/* SPDX-License-Identifier: Apache-2.0 */
/* The form of the time zone tables. */
#ifndef ML_POLICIES_CEL_ZONE_PRIV_H
#define ML_POLICIES_CEL_ZONE_PRIV_H

#include <stddef.h>
#include <stdint.h>

/* A change of offset: minutes after the one before (or 1970), and by how many seconds. */
struct ml_zone_step {
	uint32_t minutes;
	int32_t change;
};
extern const struct ml_zone_step ml_zone_steps[];
extern const size_t ml_zone_nsteps;

/* A day of the year by its weekday, and a second of that day in local time. */
struct ml_zone_day {
	int8_t month, week, weekday; /* week 5: the last of the month */
	int32_t second;
};

/* Summer time as POSIX has it: "CET-1CEST,M3.5.0,M10.5.0/3". */
struct ml_zone_rule {
	int32_t standard, summer; /* seconds east of UTC */
	struct ml_zone_day begin, end;
};
extern const struct ml_zone_rule ml_zone_rules[];

struct ml_zone {
	const char *names; /* between blanks */
	int32_t offset;    /* in 1970 */
	int32_t rule;      /* index behind the last change; -1: none, the last offset stays */
	const char *steps; /* two base-64 digits a change: indexes into ml_zone_steps */
};
extern const struct ml_zone ml_zones[];
extern const size_t ml_nzones;

#endif

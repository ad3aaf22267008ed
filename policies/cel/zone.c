/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones by name or as a fixed offset: a sealed worker has no zoneinfo files, so the rules are ours. */
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

bool ml_cel_zone(struct ml_str name, int64_t utc, int32_t *offset)
{
	*offset = 0;
	return name.len == 0 || ml_str_is(name, "UTC") || fixed_offset(name, offset);
}

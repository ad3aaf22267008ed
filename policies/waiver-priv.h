/* SPDX-License-Identifier: Apache-2.0 */
/* Waivers: dates, and the comments in targets. */
#ifndef ML_POLICIES_WAIVER_PRIV_H
#define ML_POLICIES_WAIVER_PRIV_H

#include "policies/waiver.h"

/* "2027-01-31" as days since 1970-01-01; false when it is no day of years 1 to 9999. And back. */
bool ml_date_parse(struct ml_str text, int32_t *days);
struct ml_str ml_date_text(struct ml_arena *arena, int32_t days);

/* Reads the text of a comment from "merlon:waive" on into rule, until and reason. NULL, or what is wrong with it. */
const char *ml_waiver_inline(struct ml_str text, struct ml_waiver *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* SOURCE_DATE_EPOCH, or the clock. */
#include "scanner/epoch.h"

#include <stdlib.h>
#include <time.h>

#include "base/num.h"

int ml_epoch_now(int64_t *seconds, struct ml_error *err)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	uint64_t now = (uint64_t)time(NULL);

	if (epoch && epoch[0] &&
		(!ml_parse_u64(ml_str(epoch), 10, &now) || now > (uint64_t)INT32_MAX * 86400))
		return ml_fail(err, ML_EINVAL,
			"SOURCE_DATE_EPOCH: got \"%s\", want seconds since 1970", epoch);
	*seconds = (int64_t)now;
	return 0;
}

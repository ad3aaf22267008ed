/* SPDX-License-Identifier: Apache-2.0 */
/* The words of severities, alone so that who reads findings links no policy engine. */
#include "policies/policy.h"

const char *const ml_severity_words[] = {"info", "low", "medium", "high", "critical", NULL};

/* SPDX-License-Identifier: Apache-2.0 */
/* The registry of fact kinds. */
#include "facts/kinds.h"

#include "facts/compose.h"
#include "facts/dockerfile.h"
#include "facts/tls.h"

const struct ml_kind *const ml_kinds[] = {
	&ml_kind_compose,
	&ml_kind_dockerfile,
	&ml_kind_tls,
	NULL,
};

const struct ml_kind *ml_kind_find(struct ml_str name)
{
	for (size_t i = 0; ml_kinds[i]; i++)
		if (ml_str_is(name, ml_kinds[i]->name))
			return ml_kinds[i];
	return NULL;
}

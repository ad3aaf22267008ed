/* SPDX-License-Identifier: Apache-2.0 */
/* The findings reader on arbitrary bytes: what it accepts, it writes and reads back to the same bytes. */
#include <stdlib.h>

#include "facts/json-read.h"
#include "policies/findings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool written(const struct ml_findings *findings, struct ml_arena *arena, struct ml_str *text)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, (size_t)16 << 20);
	ml_findings_write(findings, &out);
	*text = ml_str_dup(arena, ml_buf_get(&out));
	return out.error == 0 && text->ptr;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)64 << 20);
	struct ml_findings findings, again;
	struct ml_str once, twice;

	if (!arena || ml_findings_read(arena, (struct ml_str){(const char *)data, size}, &findings, NULL) || !written(&findings, arena, &once))
		return 0;
	if (ml_findings_read(arena, once, &again, NULL) || !written(&again, arena, &twice) || !ml_str_eq(once, twice))
		abort();
	ml_findings_gate(&findings, ML_SEV_MEDIUM);
	return 0;
}

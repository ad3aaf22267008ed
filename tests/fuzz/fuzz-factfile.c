/* SPDX-License-Identifier: Apache-2.0 */
/* The fact file reader on arbitrary bytes: what it accepts, it writes and reads back to the same bytes. */
#include <stdlib.h>

#include "facts/factfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool written(const struct ml_facts *facts, struct ml_str *text)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, (size_t)16 << 20);
	ml_factfile_write(facts, &out);
	*text = ml_str_dup(facts->arena, ml_buf_get(&out));
	return out.error == 0 && text->ptr;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)64 << 20);
	struct ml_facts *facts, *again;
	struct ml_str once, twice;

	if (!arena || ml_factfile_read(arena, (struct ml_str){(const char *)data, size}, &facts, NULL) || !written(facts, &once))
		return 0;
	if (ml_factfile_read(arena, once, &again, NULL) || !written(again, &twice) || !ml_str_eq(once, twice))
		abort();
	return 0;
}

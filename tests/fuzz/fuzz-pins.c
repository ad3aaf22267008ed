/* SPDX-License-Identifier: Apache-2.0 */
/* Pinning arbitrary facts: what is written loads, passes its tests, and the facts pass it; twice
 * the same bytes. */
#include <stdio.h>
#include <stdlib.h>

#include "facts/factfile.h"
#include "policies/pin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool written(const struct ml_facts *facts, bool certificate, struct ml_str *text)
{
	struct ml_pin_wish wish = {certificate};
	ML_BUF_AUTO out;
	int r;

	ml_buf_init(&out, ML_PIN_BYTES);
	r = ml_pin_write(facts, &wish, &out, NULL);
	*text = r == 0 ? ml_str_dup(facts->arena, ml_buf_get(&out)) : ML_STR_NONE;
	return r == 0 && text->ptr;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)256 << 20);
	struct ml_facts *facts;
	struct ml_str once, twice;
	struct ml_error err = {0};
	bool certificate = size % 2;
	int r;

	if (!arena ||
		ml_factfile_read(arena, (struct ml_str){(const char *)data, size}, &facts, NULL) ||
		!written(facts, certificate, &once))
		return 0;
	r = ml_pin_check(facts, once, &err);
	if (r && r != ML_ENOMEM) {
		fprintf(stderr, "%s\n%.*s", err.message, ML_STR_ARG(once));
		abort();
	}
	if (!written(facts, certificate, &twice) || !ml_str_eq(once, twice))
		abort();
	return 0;
}

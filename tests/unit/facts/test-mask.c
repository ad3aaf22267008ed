/* SPDX-License-Identifier: Apache-2.0 */
/* Masks: where the bytes of secrets are found again. */
#include "tests/unit/test.h"

#include "base/error.h"
#include "facts/mask.h"

static struct ml_mask mask_of(struct ml_arena *arena, const char *const *secrets)
{
	struct ml_mask mask = {.arena = arena};

	for (; *secrets; secrets++)
		ml_mask_add(&mask, ml_str(*secrets));
	ml_mask_ready(&mask);
	return mask;
}

static void masks(const struct ml_mask *mask, const char *text, const char *want)
{
	struct ml_str got = ml_mask_text(mask, mask->arena, ml_str(text));

	if (!ml_str_is(got, want))
		fail_msg("%s: got %.*s, want %s", text, ML_STR_ARG(got), want);
}

static void test_text(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
	struct ml_mask mask = mask_of(
		arena, (const char *const[]){"q7Zk3x", "long-secret", "long-secret-er", "five5",
			       "first line\n  second line\nx", "long-secret", NULL});

	masks(&mask, "", "");
	masks(&mask, "nothing here", "nothing here");
	masks(&mask, "a q7Zk3x.", "a ***.");
	masks(&mask, "aq7Zk3x q7Zk3xb", "aq7Zk3x q7Zk3xb"); /* short: only alone */
	masks(&mask, "xlong-secretx long-secret-erlong-secret", "x***x ******");
	masks(&mask, "five5", "five5");
	masks(&mask, "second line, first line", "***, ***");
	masks(&mask, "got \"long-sec…\"", "got \"***…\"");
	masks(&mask, "long-sec", "long-sec");
	masks(&mask, "a text of forty bytes and more, then long-sec",
		"a text of forty bytes and more, then ***");
}

static void test_many(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(64 << 20);
	struct ml_mask mask = {.arena = arena};
	char secret[400];

	for (int i = 0; i < 2000; i++) /* one beginning, and each its own end */
		ml_mask_add(&mask, ml_strf(arena, "the-same-beginning-%d", i));
	memset(secret, 's', 300);
	secret[300] = '\0';
	ml_mask_add(&mask, ml_str(secret)); /* longer than a piece */
	ml_mask_ready(&mask);
	masks(&mask, "the-same-beginning-1999", "***");
	masks(&mask, "the-same-beginning-x", "the-same-beginning-x");
	masks(&mask, secret, "******");
	assert_false(mask.memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text), cmocka_unit_test(test_many)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

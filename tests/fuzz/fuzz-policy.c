/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the loader of policies and profiles: the input is a policy file and, behind a line "%%", a profile that may extend it as `pack`. */
#include <stdint.h>

#include "policies/policy.h"

enum { ARENA_BYTES = 1 << 26 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct ml_str all = {(const char *)bytes, len};
	size_t cut = ml_str_find(all, ML_STR("\n%%\n"));
	struct ml_policy_source sources[] = {
		{ML_STR("pack.yaml"), ML_STR("pack"), ml_str_sub(all, 0, cut), true},
		{ML_STR("profile.yaml"), ML_STR(""), cut == ML_NPOS ? ML_STR("") : ml_str_sub(all, cut + 4, len), cut != ML_NPOS},
	};
	struct ml_policies_wish wish = {.tests = true, .strict = true};
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_diags diags = {.arena = arena};
	struct ml_policies policies;
	ML_BUF_AUTO out = {0};

	if (!arena)
		return 0;
	ml_buf_init(&out, 1 << 20);
	sources[0].chosen = cut == ML_NPOS;
	if (ml_policies_load(arena, sources, 2, &wish, &diags, &policies) == ML_ESYNTAX && diags.errors == 0)
		__builtin_trap();
	for (size_t i = 0; i < diags.n; i++)
		ml_diag_print(&out, &diags.items[i]);
	return 0;
}

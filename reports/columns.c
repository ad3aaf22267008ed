/* SPDX-License-Identifier: Apache-2.0 */
/* How many columns of a terminal a text takes. */
#include "base/utf8.h"
#include "reports/term-priv.h"

struct range {
	uint32_t from, to;
	unsigned columns;
};

/* Sorted. Unicode Standard Annex #11, by block. */
static const struct range ranges[] = {
	{0x0300, 0x036f, 0},   {0x0483, 0x0489, 0},   {0x0591, 0x05bd, 0},   {0x0610, 0x061a, 0},   {0x064b, 0x065f, 0},
	{0x1100, 0x115f, 2},   {0x1ab0, 0x1aff, 0},   {0x1dc0, 0x1dff, 0},   {0x20d0, 0x20ff, 0},   {0x231a, 0x231b, 2},
	{0x23e9, 0x23ec, 2},   {0x2614, 0x2615, 2},   {0x26a1, 0x26a1, 2},   {0x2705, 0x2705, 2},   {0x274c, 0x274c, 2},
	{0x2753, 0x2757, 2},   {0x2795, 0x2797, 2},   {0x2e80, 0x303e, 2},   {0x3041, 0x33ff, 2},   {0x3400, 0x4dbf, 2},
	{0x4e00, 0x9fff, 2},   {0xa000, 0xa4cf, 2},   {0xa960, 0xa97f, 2},   {0xac00, 0xd7a3, 2},   {0xf900, 0xfaff, 2},
	{0xfe00, 0xfe0f, 0},   {0xfe10, 0xfe19, 2},   {0xfe20, 0xfe2f, 0},   {0xfe30, 0xfe6f, 2},   {0xff00, 0xff60, 2},
	{0xffe0, 0xffe6, 2},   {0x16fe0, 0x18aff, 2}, {0x1b000, 0x1b2ff, 2}, {0x1f004, 0x1f004, 2}, {0x1f0cf, 0x1f0cf, 2},
	{0x1f18e, 0x1f19a, 2}, {0x1f200, 0x1f320, 2}, {0x1f32d, 0x1f5a4, 2}, {0x1f5fb, 0x1f64f, 2}, {0x1f680, 0x1f6ff, 2},
	{0x1f7e0, 0x1f7eb, 2}, {0x1f900, 0x1f9ff, 2}, {0x1fa70, 0x1faff, 2}, {0x20000, 0x3fffd, 2}, {0xe0100, 0xe01ef, 0},
};

unsigned ml_columns_of(uint32_t cp)
{
	size_t from = 0, to = sizeof(ranges) / sizeof(ranges[0]);

	if (cp < ranges[0].from)
		return 1;
	while (from < to) {
		size_t middle = (from + to) / 2;

		if (cp > ranges[middle].to)
			from = middle + 1;
		else if (cp < ranges[middle].from)
			to = middle;
		else
			return ranges[middle].columns;
	}
	return 1;
}

size_t ml_columns(struct ml_str s)
{
	size_t columns = 0;

	for (size_t at = 0; at < s.len;) {
		uint32_t cp = 0;
		size_t n = ml_utf8_next(s, at, &cp);

		columns += ml_columns_of(cp);
		at += n ? n : 1;
	}
	return columns;
}

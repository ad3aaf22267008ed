/* SPDX-License-Identifier: Apache-2.0 */
/* Scalars of fact files that JSON has no form for: durations, timestamps, bytes, large and odd numbers. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/json.h"
#include "base/num.h"
#include "facts/factfile-priv.h"

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void write_base64(struct ml_buf *out, struct ml_str s)
{
	for (size_t i = 0; i < s.len; i += 3) {
		size_t n = s.len - i < 3 ? s.len - i : 3;
		uint32_t bits = (uint32_t)(unsigned char)s.ptr[i] << 16;
		bits |= n > 1 ? (uint32_t)(unsigned char)s.ptr[i + 1] << 8 : 0;
		bits |= n > 2 ? (unsigned char)s.ptr[i + 2] : 0;
		for (size_t k = 0; k < 4; k++)
			ml_buf_putc(out, k <= n ? digits64[bits >> (18 - 6 * k) & 63] : '=');
	}
}

static bool read_base64(struct ml_arena *arena, struct ml_str text, struct ml_value *out)
{
	unsigned char *bytes = ml_alloc(arena, text.len / 4 * 3 + 1);
	size_t n = 0, pad = 0;

	if (text.len % 4 || !bytes)
		return false;
	for (size_t i = 0; i < text.len; i += 4) {
		uint32_t bits = 0;
		for (size_t k = 0; k < 4; k++) {
			const char *digit = text.ptr[i + k] ? strchr(digits64, text.ptr[i + k]) : NULL;
			bool equals = text.ptr[i + k] == '=' && i + 4 == text.len && k > 1;
			if (equals ? 0 : (!digit || pad))
				return false;
			pad += equals;
			bits = bits << 6 | (equals ? 0 : (uint32_t)(digit - digits64));
		}
		if (bits & (pad == 2 ? 0xffffu : pad == 1 ? 0xffu : 0)) /* one form only */
			return false;
		for (size_t k = 0; k < 3 - pad; k++)
			bytes[n++] = (unsigned char)(bits >> (16 - 8 * k));
	}
	*out = ml_bytes((struct ml_str){(const char *)bytes, n});
	return true;
}

static void write_seconds(struct ml_buf *out, const struct ml_value *value)
{
	uint64_t size = value->i < 0 ? 0 - (uint64_t)value->i : (uint64_t)value->i;
	char fraction[16];
	int n = 9;

	ml_buf_printf(out, "%s%" PRIu64, value->i < 0 || value->nanos < 0 ? "-" : "", size);
	if (!value->nanos)
		return;
	snprintf(fraction, sizeof(fraction), "%09" PRId32, value->nanos < 0 ? -value->nanos : value->nanos);
	while (fraction[n - 1] == '0')
		n--;
	ml_buf_printf(out, ".%.*s", n, fraction);
}

/* [-]SECONDS[.FRACTION]. A timestamp's fraction counts upwards whatever the sign of its seconds. */
static bool read_seconds(struct ml_str text, bool duration, struct ml_value *out)
{
	size_t dot = ml_str_chr(text, '.');
	struct ml_str fraction = dot == ML_NPOS ? ML_STR_NONE : ml_str_sub(text, dot + 1, text.len);
	uint64_t nanos = 0;
	int64_t seconds;

	if (!ml_parse_i64(ml_str_sub(text, 0, dot), 10, &seconds) || text.ptr[0] == '+' || fraction.len > 9)
		return false;
	if (dot != ML_NPOS && (!ml_parse_u64(fraction, 10, &nanos) || fraction.ptr[fraction.len - 1] == '0'))
		return false;
	for (size_t i = fraction.len; i < 9; i++)
		nanos *= 10;
	out->i = seconds;
	out->nanos = duration && text.ptr[0] == '-' ? -(int32_t)nanos : (int32_t)nanos;
	return true;
}

void ml_fact_text(struct ml_buf *out, const struct ml_value *value)
{
	switch (value->kind) {
	case ML_V_BYTES:
		write_base64(out, ml_value_text(value));
		return;
	case ML_V_DURATION:
		write_seconds(out, value);
		ml_buf_putc(out, 's');
		return;
	case ML_V_TIMESTAMP:
		ml_buf_putc(out, '@');
		write_seconds(out, value);
		return;
	case ML_V_UINT:
		ml_buf_printf(out, "%" PRIu64, value->u);
		return;
	default:
		ml_buf_puts(out, isnan(value->d) ? "NaN" : value->d > 0 ? "Infinity" : "-Infinity");
	}
}

static bool read_odd_double(struct ml_str text, struct ml_value *out)
{
	if (!ml_str_is(text, "NaN") && !ml_str_is(text, "Infinity") && !ml_str_is(text, "-Infinity"))
		return false;
	*out = ml_double(text.ptr[0] == 'N' ? (double)NAN : text.ptr[0] == 'I' ? (double)INFINITY : -(double)INFINITY);
	return true;
}

bool ml_fact_parse(struct ml_arena *arena, enum ml_value_kind kind, struct ml_str text, struct ml_value *out)
{
	*out = (struct ml_value){.kind = (uint8_t)kind};
	switch (kind) {
	case ML_V_BYTES:
		return read_base64(arena, text, out);
	case ML_V_DURATION:
		return text.len > 1 && text.ptr[text.len - 1] == 's' && read_seconds(ml_str_sub(text, 0, text.len - 1), true, out);
	case ML_V_TIMESTAMP:
		return text.len > 1 && text.ptr[0] == '@' && read_seconds(ml_str_sub(text, 1, text.len), false, out) &&
			out->i >= -62135596800 && out->i <= 253402300799;
	case ML_V_UINT:
		return ml_parse_u64(text, 10, &out->u);
	default:
		return read_odd_double(text, out);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 (RFC 4648, section 4): padding written, and asked for by nobody when reading. */
#include "policies/cel/impl-priv.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

ML_CEL_IMPL(base64_encode)
{
	const unsigned char *in = (const unsigned char *)args[0].text;
	size_t len = args[0].len, total = (len + 2) / 3 * 4;
	char *out = ml_cel_bytes(ctx, total), *to = out;

	if (!out)
		return ml_cel_over(ctx);
	for (size_t i = 0; i < len; i += 3) {
		size_t have = len - i < 3 ? len - i : 3;
		uint32_t group = (uint32_t)in[i] << 16 | (have > 1 ? (uint32_t)in[i + 1] << 8 : 0) | (have > 2 ? in[i + 2] : 0);
		for (size_t k = 0; k < 4; k++)
			*to++ = k <= have ? alphabet[group >> (18 - 6 * k) & 63] : '=';
	}
	return ml_string((struct ml_str){out, total});
}

static int value_of(char c)
{
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

ML_CEL_IMPL(base64_decode)
{
	struct ml_str s = ml_value_text(&args[0]);
	size_t len = s.len, n_out = 0;
	uint32_t group = 0;
	char *out = ml_cel_bytes(ctx, s.len);

	if (!out)
		return ml_cel_over(ctx);
	if (len % 4 == 0)
		for (int pad = 0; pad < 2 && len && s.ptr[len - 1] == '='; pad++)
			len--;
	if (len % 4 == 1)
		return ml_cel_wrong("illegal base64 data: cut short");
	for (size_t i = 0; i < len; i++) {
		int six = value_of(s.ptr[i]);
		if (six < 0)
			return ml_cel_faultf(ctx, "illegal base64 data at input byte %zu", i);
		group = group << 6 | (uint32_t)six;
		if (i % 4 == 0)
			continue;
		out[n_out++] = (char)(group >> (6 - 2 * (i % 4)));
	}
	return ml_bytes((struct ml_str){out, n_out});
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Reading numbers and vectors of a message. */
#include "checks/tls/wire-priv.h"

struct ml_str ml_tls_read_bytes(struct ml_tls_reader *r, size_t n)
{
	struct ml_str part;

	if (r->short_ || n > r->rest.len) {
		*r = (struct ml_tls_reader){.short_ = true};
		return ML_STR_NONE;
	}
	part = ml_str_sub(r->rest, 0, n);
	r->rest = ml_str_sub(r->rest, n, r->rest.len);
	return part;
}

uint32_t ml_tls_read(struct ml_tls_reader *r, size_t bytes)
{
	struct ml_str part = ml_tls_read_bytes(r, bytes);
	uint32_t value = 0;

	for (size_t i = 0; i < part.len; i++)
		value = value << 8 | (unsigned char)part.ptr[i];
	return value;
}

struct ml_str ml_tls_read_vector(struct ml_tls_reader *r, size_t bytes)
{
	return ml_tls_read_bytes(r, ml_tls_read(r, bytes));
}

bool ml_tls_read_all(const struct ml_tls_reader *r)
{
	return !r->short_ && r->rest.len == 0;
}

bool ml_tls_codes_have(struct ml_tls_codes codes, uint16_t code)
{
	for (size_t i = 0; i < codes.n; i++)
		if (codes.items[i] == code)
			return true;
	return false;
}

const struct ml_tls_extension *ml_tls_extra(const struct ml_tls_hello *hello, uint16_t type)
{
	for (size_t i = 0; i < hello->nextra; i++)
		if (hello->extra[i].type == type)
			return &hello->extra[i];
	return NULL;
}

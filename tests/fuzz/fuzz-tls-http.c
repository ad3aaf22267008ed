/* SPDX-License-Identifier: Apache-2.0 */
/* The head of an HTTP answer: at once and byte by byte it must end at the same place, and every
 * field be within it. */
#include <stdlib.h>

#include "base/error.h"
#include "checks/tls/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be(bool that)
{
	if (!that)
		abort();
}

static void look_at(struct ml_arena *arena, const struct ml_http_head *head)
{
	for (size_t i = 0; i < head->nfields; i++) {
		struct ml_str value = head->fields[i].value,
			      all = ml_http_value(arena, head, head->fields[i].name.ptr);
		struct ml_http_hsts hsts = ml_http_hsts(value);
		struct ml_http_cookie cookie;
		must_be(head->fields[i].name.len > 0 && value.len <= ML_HTTP_HEAD_BYTES &&
			all.len >= value.len);
		must_be(hsts.max_age >= 0 && (hsts.valid || hsts.max_age == 0));
		if (ml_http_cookie(value, &cookie))
			must_be(cookie.name.len <= value.len && cookie.same_site.ptr &&
				(ml_http_cookie_prefix(&cookie) || cookie.name.len > 6));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)64 << 20);
	struct ml_str bytes = {(const char *)data, size};
	struct ml_http_scan whole = {0}, single = {0};
	enum ml_http_progress progress, again = ML_HTTP_MORE;
	struct ml_http_head head;
	const char *why;
	int r;

	if (size > ML_HTTP_HEAD_BYTES)
		return 0;
	progress = ml_http_scan(&whole, bytes);
	for (size_t n = 0; n <= size && again == ML_HTTP_MORE; n++)
		again = ml_http_scan(&single, ml_str_sub(bytes, 0, n));
	must_be(progress == again && whole.head == single.head && whole.line == single.line);
	if (progress != ML_HTTP_WHOLE)
		return 0;
	r = ml_http_read(arena, ml_str_sub(bytes, whole.head, whole.line), &head, &why);
	must_be((r == ML_ESYNTAX) == (why != NULL));
	if (r == 0)
		look_at(arena, &head);
	return 0;
}

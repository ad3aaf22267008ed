/* SPDX-License-Identifier: Apache-2.0 */
/* What a server says: its first flight, and what comes behind it. The first byte says which hello
 * it answers; read whole and byte by byte it must be the same. */
#include <stdlib.h>

#include "checks/tls/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint16_t suites[] = {0xc02f, 0x009e, 0x002f, 0x00a6, 0x1301, ML_TLS_RENEGOTIATION_SCSV};
static const uint16_t groups[] = {29, 23};
static const uint16_t schemes[] = {0x0403, 0x0401};
static const uint16_t versions[] = {ML_TLS_1_3, ML_TLS_1_2};
static const struct ml_tls_extension shares[] = {{29, {"key", 3}}};
static const struct ml_str protocols[] = {{"h2", 2}};

static struct ml_tls_hello hello(uint8_t choice)
{
	struct ml_tls_hello hello = {
		.version = choice & 1 ? ML_TLS_1_2 : ML_TLS_1_0, .random = ML_STR("0123456789abcdef0123456789abcdef"), .suites = {suites, 6},
		.groups = {groups, 2}, .schemes = {schemes, 2}, .server_name = ML_STR("x"), .alpn = protocols, .nalpn = 1,
		.status_request = choice & 2, .deflate = choice & 4, .bare = choice & 8,
	};

	if (choice & 16) {
		hello.versions = (struct ml_tls_codes){versions, 2};
		hello.empty_key_share = choice & 32;
		hello.session_id = ML_STR("fedcba9876543210fedcba9876543210");
	}
	if (choice & 16 && choice & 128) {
		hello.shares = shares;
		hello.nshares = 1;
	}
	return hello;
}

static void must_be(bool that)
{
	if (!that)
		abort();
}

static void same(const struct ml_tls_flight *a, const struct ml_tls_flight *b)
{
	must_be(a->hello.seen == b->hello.seen && a->hello.version == b->hello.version && a->hello.suite == b->hello.suite);
	must_be(a->hello.group == b->hello.group && a->hello.nextensions == b->hello.nextensions && ml_str_eq(a->hello.alpn, b->hello.alpn));
	must_be(a->ncertificates == b->ncertificates && a->exchange == b->exchange && a->curve == b->curve);
	must_be(ml_str_eq(a->status, b->status) && ml_str_eq(a->plain, b->plain) && ml_str_eq(a->dh_prime, b->dh_prime));
	must_be(a->violation == b->violation && a->alert.description == b->alert.description && a->nssl2_kinds == b->nssl2_kinds);
	must_be(ml_str_eq(a->request_types, b->request_types) &&
		ml_str_eq(a->request_schemes, b->request_schemes));
	must_be(a->request_names == b->request_names && ml_str_eq(a->ticket, b->ticket) &&
		a->bytes == b->bytes && a->records == b->records);
	must_be(memcmp(&a->later, &b->later, sizeof(a->later)) == 0);
	for (size_t i = 0; i < a->ncertificates; i++)
		must_be(ml_str_eq(a->certificates[i], b->certificates[i]));
}

/* Feeds both what they take until they end, one at once, the other in bytes; *rest is what neither
 * has taken. */
static void read_both(
	struct ml_tls_parser *whole, struct ml_tls_parser *single, struct ml_str *rest)
{
	enum ml_tls_progress progress = ml_tls_parser_feed(single, ML_STR_NONE);
	size_t n = 0;

	for (; n < rest->len && progress == ML_TLS_MORE; n++)
		progress = ml_tls_parser_feed(single, ml_str_sub(*rest, n, n + 1));
	must_be(ml_tls_parser_feed(whole, ml_str_sub(*rest, 0, n)) == progress);
	*rest = ml_str_sub(*rest, n, rest->len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)16 << 20);
	struct ml_tls_hello offer = hello(size ? data[0] : 0), second = hello(16 | 128 | 1);
	bool ssl2 = size && data[0] & 64;
	struct ml_tls_parser *whole = ssl2 ? ml_ssl2_parser_new(arena) : ml_tls_parser_new(arena, &offer);
	struct ml_tls_parser *single = ssl2 ? ml_ssl2_parser_new(arena) : ml_tls_parser_new(arena, &offer);
	struct ml_str bytes = {(const char *)data + 1, size ? size - 1 : 0};

	if (size == 0 || !whole || !single)
		return 0;
	read_both(whole, single, &bytes);
	if (ml_tls_parser_retry(whole, &second) == 0)
		must_be(ml_tls_parser_retry(single, &second) == 0);
	else
		must_be(ml_tls_parser_after(whole) == ml_tls_parser_after(single));
	read_both(whole, single, &bytes);
	must_be(ml_tls_parser_end(whole) == ml_tls_parser_end(single));
	must_be(ml_tls_parser_end(whole) != ML_TLS_MORE);
	same(ml_tls_parser_flight(whole), ml_tls_parser_flight(single));
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A server's first flight. The first byte says which hello it answers; read whole and byte by byte it must be the same. */
#include <stdlib.h>

#include "checks/tls/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint16_t suites[] = {0xc02f, 0x009e, 0x002f, 0x00a6, 0x1301, ML_TLS_RENEGOTIATION_SCSV};
static const uint16_t groups[] = {29, 23};
static const uint16_t schemes[] = {0x0403, 0x0401};
static const uint16_t versions[] = {ML_TLS_1_3, ML_TLS_1_2};
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
	for (size_t i = 0; i < a->ncertificates; i++)
		must_be(ml_str_eq(a->certificates[i], b->certificates[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)16 << 20);
	struct ml_tls_hello offer = hello(size ? data[0] : 0);
	bool ssl2 = size && data[0] & 64;
	struct ml_tls_parser *whole = ssl2 ? ml_ssl2_parser_new(arena) : ml_tls_parser_new(arena, &offer);
	struct ml_tls_parser *single = ssl2 ? ml_ssl2_parser_new(arena) : ml_tls_parser_new(arena, &offer);
	struct ml_str bytes = {(const char *)data + 1, size ? size - 1 : 0};

	if (size == 0 || !whole || !single)
		return 0;
	ml_tls_parser_feed(whole, bytes);
	for (size_t i = 0; i < bytes.len; i++)
		ml_tls_parser_feed(single, ml_str_sub(bytes, i, i + 1));
	must_be(ml_tls_parser_end(whole) == ml_tls_parser_end(single));
	must_be(ml_tls_parser_end(whole) != ML_TLS_MORE);
	same(ml_tls_parser_flight(whole), ml_tls_parser_flight(single));
	return 0;
}

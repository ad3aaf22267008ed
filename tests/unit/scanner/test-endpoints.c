/* SPDX-License-Identifier: Apache-2.0 */
/* TLS endpoints as people write them. */
#include "tests/unit/test.h"

#include "base/error.h"
#include "scanner/tls-endpoints.h"

static const struct {
	const char *text, *host, *uri; /* host NULL: refused */
	unsigned port;
	bool address;
} rows[] = {
	{"tls://example.org", "example.org", "tls://example.org:443", 443, false},
	{"tls://Example.ORG:8443/", "example.org", "tls://example.org:8443", 8443, false},
	{"example.org:25", "example.org", "tls://example.org:25", 25, false},
	{"192.0.2.1:443", "192.0.2.1", "tls://192.0.2.1:443", 443, true},
	{"tls://[2001:db8::1]", "2001:db8::1", "tls://[2001:db8::1]:443", 443, true},
	{"[::1]:8443", "::1", "tls://[::1]:8443", 8443, true},
	{"tls://a_b.example:1", "a_b.example", "tls://a_b.example:1", 1, false},
	{"example.org", NULL, NULL, 0, false},
	{"tls://", NULL, NULL, 0, false},
	{"tls://:443", NULL, NULL, 0, false},
	{"tls://a:0", NULL, NULL, 0, false},
	{"tls://a:65536", NULL, NULL, 0, false},
	{"tls://a:443x", NULL, NULL, 0, false},
	{"tls://a:", "a", "tls://a:443", 443, false},
	{"tls://a/b", NULL, NULL, 0, false},
	{"tls://a b:443", NULL, NULL, 0, false},
	{"tls://a@b:443", NULL, NULL, 0, false},
	{"tls://[::1:443", NULL, NULL, 0, false},
	{"tls://[::1]443", NULL, NULL, 0, false},
	{"tls://a\n:443", NULL, NULL, 0, false},
	{"https://a:443", NULL, NULL, 0, false},
};

static void endpoints_are_read(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ml_endpoint endpoint;
		struct ml_error err = {0};
		int r = ml_endpoint_read(arena, ml_str(rows[i].text), &endpoint, &err);
		if ((r == 0) != (rows[i].host != NULL))
			fail_msg("%s: %d, %s", rows[i].text, r, err.message);
		if (r) {
			assert_int_equal(r, ML_EINVAL);
			assert_true(err.message[0] != 0);
			continue;
		}
		assert_true(ml_str_is(endpoint.host, rows[i].host));
		assert_true(ml_str_is(endpoint.uri, rows[i].uri));
		assert_int_equal(endpoint.port, rows[i].port);
		assert_int_equal(endpoint.is_address, rows[i].address);
	}
}

/* An address is found without a resolver, and nobody is connected to what has none. */
static void addresses_are_found(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
	struct ml_endpoint endpoint;

	assert_int_equal(ml_endpoint_read(arena, ML_STR("127.0.0.1:9"), &endpoint, NULL), 0);
	ml_endpoint_resolve(&endpoint);
	assert_int_equal(endpoint.naddresses, 1);
	assert_int_equal(ml_endpoint_read(arena, ML_STR("999.0.0.1:9"), &endpoint, NULL), 0);
	ml_endpoint_resolve(&endpoint);
	assert_int_equal(endpoint.naddresses, 0);
	assert_int_equal(ml_connect_requests[0].handle(&endpoint, ML_STR_NONE), ML_ELIMIT); /* it has no second */
	endpoint.deadline = 0;
	endpoint.seconds = 5;
	assert_int_equal(ml_connect_requests[0].handle(&endpoint, ML_STR_NONE), ML_ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(endpoints_are_read), cmocka_unit_test(addresses_are_found)};

	return cmocka_run_group_tests_name("scanner/tls-endpoints", tests, NULL, NULL);
}

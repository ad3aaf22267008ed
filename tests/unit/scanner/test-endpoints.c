/* SPDX-License-Identifier: Apache-2.0 */
/* TLS endpoints as people write them. */
#include "tests/unit/test.h"

#include <netinet/in.h>
#include <unistd.h>

#include "base/error.h"
#include "scanner/tls-endpoints.h"
#include "scanner/tls-protocols.h"

static const struct {
	const char *text, *host, *uri; /* host NULL: refused */
	unsigned port;
	bool address;
	const char *starttls; /* --starttls */
} rows[] = {
	{"tls://example.org", "example.org", "tls://example.org:443", 443, false},
	{"tls://Example.ORG:8443/", "example.org", "tls://example.org:8443", 8443, false},
	{"example.org:25", "example.org", "tls://example.org:25", 25, false},
	{"192.0.2.1:443", "192.0.2.1", "tls://192.0.2.1:443", 443, true},
	{"tls://[2001:db8::1]", "2001:db8::1", "tls://[2001:db8::1]:443", 443, true},
	{"[::1]:8443", "::1", "tls://[::1]:8443", 8443, true},
	{"tls://a_b.example:1", "a_b.example", "tls://a_b.example:1", 1, false},
	{"tls://bücher.example", "xn--bcher-kva.example", "tls://xn--bcher-kva.example:443", 443, false},
	{"tls://BÜCHER.example:8443", "xn--bcher-kva.example", "tls://xn--bcher-kva.example:8443", 8443, false},
	{"tls://bu\xcc\x88" "cher.example", "xn--bcher-kva.example", "tls://xn--bcher-kva.example:443", 443, false}, /* decomposed */
	{"tls://stra\xc3\x9f" "e.example", "xn--strae-oqa.example", "tls://xn--strae-oqa.example:443", 443, false}, /* IDNA 2008 keeps it */
	{"\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88:25", "xn--r8jz45g.xn--zckzah", "tls://xn--r8jz45g.xn--zckzah:25", 25, false},
	{"tls://b\xfc" "cher.example", NULL, NULL, 0, false}, /* no UTF-8 */
	{"tls://a\xe2\x80\xae" "b.example", NULL, NULL, 0, false}, /* a character that turns the text around */
	{"tls://[\xc3\xbc]:443", NULL, NULL, 0, false},
	{"tls://\xe2\x98\x83.example", NULL, NULL, 0, false}, /* a symbol: no letter of IDNA 2008 */
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
	{"tls+smtp://mail.example.org", "mail.example.org", "tls+smtp://mail.example.org:25", 25, false},
	{"tls+submission://a", "a", "tls+smtp://a:587", 587, false},
	{"tls+postgresql://a:6432/", "a", "tls+postgres://a:6432", 6432, false},
	{"tls+mariadb://[::1]", "::1", "tls+mysql://[::1]:3306", 3306, true},
	{"tls+xmpp-server://a", "a", "tls+xmpp-server://a:5269", 5269, false},
	{"tls+redis://a", "a", "tls+redis://a:6379", 6379, false},
	{"tls://a:5432", "a", "tls://a:5432", 5432, false},
	{"a:25", "a", "tls+smtp://a:25", 25, false, "smtp"},
	{"a", "a", "tls+ldap://a:389", 389, false, "ldap"},
	{"tls://a", "a", "tls+imap://a:143", 143, false, "imap"},
	{"tls+pop3://a", "a", "tls+pop3://a:110", 110, false, "imap"}, /* what is nearer wins */
	{"tls+smpt://a", NULL, NULL, 0, false},
	{"tls+://a", NULL, NULL, 0, false},
	{"tls+none://a", NULL, NULL, 0, false},
	{"tls+smtp:a", NULL, NULL, 0, false},
	{"tls+SMTP://a", NULL, NULL, 0, false},
};

static void endpoints_are_read(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ml_endpoint endpoint;
		struct ml_error err = {0};
		int r = ml_endpoint_read(arena, ml_str(rows[i].text), rows[i].starttls, &endpoint, &err);
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

static int ask(struct ml_endpoint *endpoint, const char *argument, size_t n)
{
	return ml_connect_requests[0].handle(endpoint, (struct ml_str){argument, n});
}

/* An address is found without a resolver, and nobody is connected to what has none. */
static void addresses_are_found(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
	struct ml_endpoint endpoint;

	assert_int_equal(ml_endpoint_read(arena, ML_STR("127.0.0.1:9"), NULL, &endpoint, NULL), 0);
	ml_endpoint_resolve(&endpoint);
	assert_int_equal(endpoint.naddresses, 1);
	assert_int_equal(ml_endpoint_read(arena, ML_STR("999.0.0.1:9"), NULL, &endpoint, NULL), 0);
	ml_endpoint_resolve(&endpoint);
	assert_int_equal(endpoint.naddresses, 0);
	assert_int_equal(ask(&endpoint, "\0\0", 2), ML_ENOENT);
}

static uint16_t listen_somewhere(int *fd)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);

	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(*fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(*fd, 4), 0);
	assert_int_equal(getsockname(*fd, (struct sockaddr *)&address, &length), 0);
	return ntohs(address.sin_port);
}

/* Whether what the worker got leads to the port. */
static bool leads_to(int fd, uint16_t port)
{
	struct sockaddr_in peer = {0};
	socklen_t length = sizeof(peer);
	bool right = fd >= 0 && getpeername(fd, (struct sockaddr *)&peer, &length) == 0 && ntohs(peer.sin_port) == port;

	if (fd >= 0)
		close(fd);
	return right;
}

/* The worker's argument chooses among what the user named, and nothing else. */
static void connections_lead_where_they_may(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
	struct ml_endpoint endpoint;
	int tls, plain;
	uint16_t port = listen_somewhere(&tls), other = listen_somewhere(&plain);

	assert_int_equal(ml_endpoint_read(arena, ml_strf(arena, "127.0.0.1:%u", port), NULL, &endpoint, NULL), 0);
	ml_endpoint_resolve(&endpoint);
	assert_true(leads_to(ask(&endpoint, "\0\0", 2), port));
	assert_int_equal(ask(&endpoint, "\0\1", 2), ML_ENOENT); /* no port without TLS was named */
	assert_int_equal(ask(&endpoint, "\1\0", 2), ML_ENOENT);
	assert_int_equal(ask(&endpoint, "\377\0", 2), ML_ENOENT);
	assert_int_equal(ask(&endpoint, "", 0), ML_ENOENT);
	assert_int_equal(ask(&endpoint, "\0", 1), ML_ENOENT);
	endpoint.plain_port = other;
	assert_true(leads_to(ask(&endpoint, "\0\1", 2), other));
	assert_true(leads_to(ask(&endpoint, "\0\0", 2), port));
	close(tls);
	close(plain);
}

/* Each name is known, and has a port; a slip is set right. */
static void protocols_are_found(void **state)
{
	enum ml_starttls_protocol protocol;
	struct ml_error err = {0};
	uint16_t port;

	for (int p = ML_STARTTLS_POSTGRES; p < ML_STARTTLS_PROTOCOLS; p++) {
		const char *name = ml_starttls_name((enum ml_starttls_protocol)p);
		assert_int_equal(ml_protocol_read(ml_str(name), &protocol, &port, &err), 0);
		assert_int_equal(protocol, p);
		assert_true(port > 0);
	}
	assert_int_equal(ml_protocol_read(ML_STR("smpt"), &protocol, &port, &err), ML_EINVAL);
	assert_non_null(strstr(err.message, "did you mean \"smtp\"?"));
	assert_int_equal(ml_protocol_read(ML_STR("http"), &protocol, &port, &err), ML_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(protocols_are_found), cmocka_unit_test(endpoints_are_read), cmocka_unit_test(addresses_are_found),
		cmocka_unit_test(connections_lead_where_they_may)};

	return cmocka_run_group_tests_name("scanner/tls-endpoints", tests, NULL, NULL);
}

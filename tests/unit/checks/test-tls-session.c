/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions by libssl with a server in memory: what is seen of it, what is done afterwards, and
 * servers that want too much. */
#include "tests/unit/test.h"

#include <stdlib.h>

#include "checks/tls/session.h"
#include "tests/unit/checks/memory-server.h"

#define ARENA_BYTES ((size_t)16 << 20)

static struct ml_tls_library *library;
static const struct ml_str both[] = {{"h2", 2}, {"http/1.1", 8}}, strange[] = {{"merlon", 6}};
static const struct ml_str request = {"GET / HTTP/1.1\r\n\r\n", 18};

struct meeting {
	struct ml_arena *arena;
	struct memory_server server;
	struct ml_tls_session session;
};

static void meet(struct meeting *meeting, unsigned keys)
{
	*meeting = (struct meeting){.arena = ml_arena_new(ARENA_BYTES), .server = server_new(keys)};
}

static const struct ml_tls_seen *ask(struct meeting *meeting, struct ml_tls_session_wish wish)
{
	ml_tls_session_free(&meeting->session);
	server_serve(&meeting->server,
		ml_tls_session_init(&meeting->session, library, meeting->arena, &wish));
	return &meeting->session.seen;
}

static void part(struct meeting *meeting)
{
	ml_tls_session_free(&meeting->session);
	server_free(&meeting->server);
	ml_arena_free(meeting->arena);
}

static void test_made(void **state)
{
	struct meeting m;
	const struct ml_tls_seen *seen;

	meet(&m, SERVER_RSA);
	seen = ask(&m, (struct ml_tls_session_wish){.version = ML_TLS_1_3,
			       .name = ML_STR("localhost"),
			       .alpn = both,
			       .nalpn = 2});
	assert_true(seen->made);
	assert_int_equal(seen->version, ML_TLS_1_3);
	assert_int_equal(seen->suite, 0x1302);
	assert_int_equal(seen->group, 29);
	assert_int_equal(seen->scheme, 0x0804);
	assert_true(ml_str_is(seen->alpn, "h2"));
	assert_string_equal(
		SSL_get_servername(m.server.ssl, TLSEXT_NAMETYPE_host_name), "localhost");
	assert_false(
		seen->resumed || seen->alert_seen || seen->certificate_requested || seen->memory);
	assert_int_equal(seen->ncertificates, 1);
	assert_int_equal(
		seen->certificates[0].len, i2d_X509(SSL_get_certificate(m.server.ssl), NULL));
	part(&m);
}

static void test_groups(void **state)
{
	struct meeting m;

	meet(&m, SERVER_ECDSA);
	assert_true(SSL_CTX_set1_groups_list(m.server.context, (char *)(uintptr_t)"P-384"));
	assert_int_equal(ask(&m, (struct ml_tls_session_wish){.version = ML_TLS_1_3})->group, 24);
	part(&m);
}

/* Kind by kind: what the server signs with, and a refusal when it has no such key. */
static void test_keys(void **state)
{
	static const struct {
		unsigned server, wish;
		uint16_t scheme;
	} cases[] = {
		{SERVER_RSA | SERVER_ECDSA | SERVER_EDDSA, ML_TLS_KEY_RSA, 0x0804},
		{SERVER_RSA | SERVER_ECDSA | SERVER_EDDSA, ML_TLS_KEY_ECDSA, 0x0403},
		{SERVER_RSA | SERVER_ECDSA | SERVER_EDDSA, ML_TLS_KEY_EDDSA, 0x0807},
		{SERVER_RSA, ML_TLS_KEY_ECDSA | ML_TLS_KEY_EDDSA, 0},
		{SERVER_ECDSA, ML_TLS_KEY_RSA | ML_TLS_KEY_EDDSA, 0},
		{SERVER_EDDSA, ML_TLS_KEY_EDDSA | ML_TLS_KEY_RSA, 0x0807},
		{SERVER_ECDSA, ML_TLS_KEY_ECDSA | ML_TLS_KEY_RSA, 0x0403},
		{SERVER_EDDSA, ML_TLS_KEYS, 0x0807},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct meeting m;
		const struct ml_tls_seen *seen;
		meet(&m, cases[i].server);
		seen = ask(&m,
			(struct ml_tls_session_wish){.version = ML_TLS_1_3, .keys = cases[i].wish});
		assert_int_equal(seen->made, cases[i].scheme != 0);
		assert_int_equal(seen->scheme, cases[i].scheme);
		assert_int_equal(seen->alert_seen, cases[i].scheme == 0);
		assert_int_equal(seen->ncertificates, cases[i].scheme != 0);
		part(&m);
	}
}

static void test_alpn_refused(void **state)
{
	struct meeting m;
	const struct ml_tls_seen *seen;

	meet(&m, SERVER_ECDSA);
	seen = ask(&m,
		(struct ml_tls_session_wish){.version = ML_TLS_1_3, .alpn = strange, .nalpn = 1});
	assert_false(seen->made);
	assert_true(seen->alert_seen);
	assert_int_equal(seen->alert.description, SSL_AD_NO_APPLICATION_PROTOCOL);
	part(&m);
}

/* The SCTs' extension of the certificate, as a server of its own sends it. */
static int add_text(SSL *ssl, unsigned type, unsigned context, const unsigned char **out,
	size_t *len, X509 *x, size_t i, int *alert, void *arg)
{
	*out = (const unsigned char *)"some SCTs";
	*len = 9;
	return 1;
}

static int staple(SSL *ssl, void *arg)
{
	unsigned char *copy = OPENSSL_memdup("a staple", 8);

	SSL_set_tlsext_status_ocsp_resp(ssl, copy, 8);
	return SSL_TLSEXT_ERR_OK;
}

static void test_staple_and_scts(void **state)
{
	struct meeting m;
	const struct ml_tls_seen *seen;

	meet(&m, SERVER_ECDSA);
	SSL_CTX_set_tlsext_status_cb(m.server.context, staple);
	SSL_CTX_add_custom_ext(m.server.context, 18,
		SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_3_CERTIFICATE, add_text, NULL, NULL, NULL,
		NULL);
	seen = ask(&m, (struct ml_tls_session_wish){
			       .version = ML_TLS_1_3, .status_request = true, .scts = true});
	assert_true(seen->made);
	assert_true(ml_str_is(seen->staple, "a staple"));
	assert_true(ml_str_is(seen->scts, "some SCTs"));
	seen = ask(&m, (struct ml_tls_session_wish){.version = ML_TLS_1_3});
	assert_true(seen->made);
	assert_int_equal(seen->staple.len + seen->scts.len, 0);
	part(&m);
}

static void test_resumption_13(void **state)
{
	struct meeting m;
	const struct ml_tls_seen *seen;
	struct ml_tls_session first;

	meet(&m, SERVER_ECDSA);
	m.server.answer = "HTTP/1.1 200 OK\r\n\r\n";
	m.server.answer_bytes = 19;
	SSL_CTX_set_timeout(m.server.context, 12345);
	SSL_CTX_set_max_early_data(m.server.context, 777);
	seen = ask(&m, (struct ml_tls_session_wish){.version = ML_TLS_1_3, .request = request});
	assert_true(seen->made && seen->answered && !seen->resumed);
	assert_int_equal(seen->ntickets, 2);
	assert_int_equal(seen->lifetime, 12345);
	assert_int_equal(seen->early_data, 777);
	first = m.session;
	m.session = (struct ml_tls_session){0};
	assert_non_null(first.ticket);
	seen = ask(&m, (struct ml_tls_session_wish){.version = ML_TLS_1_3, .resume = first.ticket});
	assert_true(seen->made && seen->resumed);
	assert_int_equal(seen->ncertificates, 0);
	ml_tls_session_free(&first);
	m.server.answer = NULL;
	seen = ask(&m, (struct ml_tls_session_wish){.version = ML_TLS_1_3, .listens = true});
	assert_true(seen->made && m.session.ticket);
	assert_int_equal(seen->how, ML_TALK_DONE);
	assert_int_equal(seen->ntickets, 2);
	SSL_CTX_set_num_tickets(m.server.context, 0);
	seen = ask(&m, (struct ml_tls_session_wish){.version = ML_TLS_1_3, .listens = true});
	assert_true(seen->made && !m.session.ticket && m.session.talk.may_be_silent);
	assert_int_equal(seen->how, ML_TALK_SILENT);
	part(&m);
}

static void test_session_12(void **state)
{
	struct meeting m;
	const struct ml_tls_seen *seen;

	meet(&m, SERVER_ECDSA);
	SSL_CTX_set_timeout(m.server.context, 4321);
	seen = ask(&m, (struct ml_tls_session_wish){.version = ML_TLS_1_2, .goodbye = true});
	assert_true(seen->made);
	assert_int_equal(seen->version, ML_TLS_1_2);
	assert_int_equal(seen->how, ML_TALK_CLOSED);
	assert_int_equal(seen->ntickets, 1);
	assert_int_equal(seen->lifetime, 4321);
	assert_true(ml_tls_session_ticket(&m.session).len > 100);
	seen = ask(&m, (struct ml_tls_session_wish){
			       .version = ML_TLS_1_2, .no_ticket = true, .goodbye = true});
	assert_true(seen->made);
	assert_int_equal(seen->ntickets, 0);
	assert_int_equal(seen->session_id_bytes, 32);
	assert_int_equal(seen->ncertificates, 1);
	assert_int_equal(
		seen->certificates[0].len, i2d_X509(SSL_get_certificate(m.server.ssl), NULL));
	assert_int_equal(ml_tls_session_ticket(&m.session).len, 0);
	assert_int_equal(ml_tls_session_id(&m.session).len, 32);
	part(&m);
}

static void test_old_versions(void **state)
{
	static const uint16_t versions[] = {ML_TLS_1_0, ML_TLS_1_1, ML_TLS_1_2};
	struct meeting m;

	meet(&m, SERVER_RSA);
	SSL_CTX_set_min_proto_version(m.server.context, TLS1_VERSION);
	SSL_CTX_set_cipher_list(m.server.context, "ALL:@SECLEVEL=0");
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(
			ask(&m, (struct ml_tls_session_wish){.version = versions[i]})->version,
			versions[i]);
	SSL_CTX_set_dh_auto(m.server.context, 1);
	SSL_CTX_set_cipher_list(m.server.context, "DHE:@SECLEVEL=0");
	assert_false(ask(&m, (struct ml_tls_session_wish){.version = ML_TLS_1_2})->made);
	assert_true(
		ask(&m, (struct ml_tls_session_wish){.version = ML_TLS_1_2, .finite_field = true})
			->made);
	part(&m);
}

static void test_renegotiation(void **state)
{
	struct meeting m;
	const struct ml_tls_seen *seen;

	meet(&m, SERVER_ECDSA);
	seen = ask(&m, (struct ml_tls_session_wish){.version = ML_TLS_1_2, .renegotiations = 3});
	assert_true(seen->made && seen->renegotiating && seen->alert_seen);
	assert_int_equal(seen->renegotiated, 0);
	assert_int_equal(seen->alert.description, SSL_AD_NO_RENEGOTIATION);
	SSL_CTX_set_options(m.server.context, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
	seen = ask(&m, (struct ml_tls_session_wish){.version = ML_TLS_1_2, .renegotiations = 3});
	assert_int_equal(seen->renegotiated, 3);
	assert_false(seen->renegotiating);
	assert_int_equal(seen->how, ML_TALK_DONE);
	part(&m);
}

static void test_client_certificate(void **state)
{
	struct meeting m;
	const struct ml_tls_seen *seen;

	meet(&m, SERVER_ECDSA);
	m.server.answer = "HTTP/1.1 200 OK\r\n\r\n";
	m.server.answer_bytes = 19;
	SSL_CTX_set_verify(m.server.context, SSL_VERIFY_PEER, NULL);
	seen = ask(&m, (struct ml_tls_session_wish){.version = ML_TLS_1_3, .request = request});
	assert_true(seen->made && seen->certificate_requested && seen->answered);
	SSL_CTX_set_verify(
		m.server.context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	seen = ask(&m, (struct ml_tls_session_wish){.version = ML_TLS_1_3, .request = request});
	assert_true(
		seen->made && seen->certificate_requested && !seen->answered && seen->alert_seen);
	assert_int_equal(seen->alert.description, SSL_AD_CERTIFICATE_REQUIRED);
	part(&m);
}

/* The same in pieces of any size. */
static void test_answer(void **state)
{
	static const char answer[] = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 "
				     "OK\r\nServer: x\r\n\r\nbody";
	static const size_t pieces[] = {0, 1, 2, 7, 100};
	struct meeting m;

	meet(&m, SERVER_RSA);
	m.server.answer = answer;
	m.server.answer_bytes = sizeof(answer) - 1;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		const struct ml_tls_seen *seen;
		m.server.piece = pieces[i];
		seen = ask(
			&m, (struct ml_tls_session_wish){.version = i & 1 ? ML_TLS_1_2 : ML_TLS_1_3,
				    .request = request});
		assert_true(seen->answered);
		assert_true(ml_str_is(seen->answer, "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n"));
		assert_int_not_equal(seen->how, ML_TALK_SILENT);
	}
	part(&m);
}

static void test_no_answer(void **state)
{
	struct meeting m;
	const struct ml_tls_seen *seen;

	meet(&m, SERVER_ECDSA);
	seen = ask(&m, (struct ml_tls_session_wish){.version = ML_TLS_1_3, .request = request});
	assert_true(seen->made && !seen->answered && m.session.talk.may_be_silent);
	assert_int_equal(seen->how, ML_TALK_SILENT);
	m.server.answer = "220 ready\r\n";
	m.server.answer_bytes = 11;
	seen = ask(&m, (struct ml_tls_session_wish){.version = ML_TLS_1_3, .request = request});
	assert_false(seen->answered);
	assert_int_not_equal(seen->how, ML_TALK_SILENT);
	assert_true(ml_str_is(seen->answer, "220 ready\r\n"));
	part(&m);
}

/* What a server may say is bounded, whatever it is. */
static void test_limits(void **state)
{
	struct meeting m;
	const struct ml_tls_seen *seen;
	size_t n = 4 << 20;
	char *much = malloc(n);

	memset(much, 'a', n);
	memcpy(much, "HTTP/1.1 200 OK\r\nX: ", 20);
	meet(&m, SERVER_ECDSA);
	m.server.answer = much;
	m.server.answer_bytes = n;
	seen = ask(&m, (struct ml_tls_session_wish){.version = ML_TLS_1_3, .request = request});
	assert_true(seen->made && !seen->answered);
	assert_true(
		m.server.said <= ML_TLS_SESSION_BYTES && seen->answer.len <= ML_HTTP_HEAD_BYTES);
	m.server.answer_bytes = 1;
	m.server.tickets = 100;
	seen = ask(&m, (struct ml_tls_session_wish){.version = ML_TLS_1_3, .request = request});
	assert_int_equal(seen->how, ML_TALK_DONE);
	assert_true(seen->made);
	assert_in_range(
		seen->ntickets, ML_TLS_SESSION_TICKETS + 1, 99); /* what one read had of them */
	free(much);
	part(&m);
}

/* Bytes that are no TLS, or stop in its middle, at each byte of a handshake. */
static void test_broken(void **state)
{
	static const char *const kinds[] = {"HTTP/1.1 400 Bad Request\r\n", "\x16\x03\x03\xff\xff",
		"\x15\x03\x03\x00\x02\x02\x28", "\x80\x00\x00\x00\x00\x00"};
	static const size_t lengths[] = {26, 5, 7, 6};
	struct meeting m;

	meet(&m, SERVER_ECDSA);
	for (size_t i = 0; i < 4; i++) {
		struct ml_tls_session_wish wish = {.version = ML_TLS_1_3};
		struct ml_talk *talk = ml_tls_session_init(&m.session, library, m.arena, &wish);
		ML_BUF_AUTO out;
		ml_buf_init(&out, 1 << 20);
		assert_true(talk->ops->start(talk, &out));
		assert_true(out.len > 100);
		talk->ops->feed(talk, (struct ml_str){kinds[i], lengths[i]}, &out);
		talk->ops->ended(talk, ML_TALK_CLOSED);
		assert_false(m.session.seen.made);
		assert_int_equal(m.session.seen.alert_seen, i == 2);
	}
	part(&m);
}

/* A connection that was lost before a byte came: once more from the beginning. */
static void test_again(void **state)
{
	struct meeting m;
	struct ml_tls_session_wish wish = {.version = ML_TLS_1_3};
	struct ml_talk *talk;
	ML_BUF_AUTO out;

	meet(&m, SERVER_ECDSA);
	talk = ml_tls_session_init(&m.session, library, m.arena, &wish);
	ml_buf_init(&out, 1 << 20);
	assert_true(talk->ops->start(talk, &out));
	server_serve(&m.server, talk);
	assert_true(m.session.seen.made);
	part(&m);
}

static int set_up(void **state)
{
	library = ml_tls_library_new();
	return library ? 0 : -1;
}

static int tear_down(void **state)
{
	ml_tls_library_free(library);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_alpn_refused),
		cmocka_unit_test(test_staple_and_scts),
		cmocka_unit_test(test_resumption_13),
		cmocka_unit_test(test_session_12),
		cmocka_unit_test(test_old_versions),
		cmocka_unit_test(test_renegotiation),
		cmocka_unit_test(test_client_certificate),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_again),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Handshakes by libssl behind the seal: nothing of them needs more than a worker has. */
#include "tests/unit/test.h"

#include <stdlib.h>

#include "checks/tls/session.h"
#include "sandbox/sandbox.h"
#include "tests/unit/checks/memory-server.h"

#define ARENA_BYTES ((size_t)16 << 20)

static struct ml_tls_library *library;
static struct memory_server server;

static void warm_up(void *arg)
{
	library = ml_tls_library_new();
}

/* 1 when it was completed as wished. */
static bool made(
	struct ml_arena *arena, struct ml_tls_session *session, struct ml_tls_session_wish wish)
{
	server_serve(&server, ml_tls_session_init(session, library, arena, &wish));
	return session->seen.made;
}

/* Each kind of key, each version, an answer, a session that goes on, a renegotiation, a refusal: as
 * many as succeed. */
static int run(struct ml_worker *worker, void *arg)
{
	static const struct ml_str alpn[] = {{"http/1.1", 8}};
	struct ml_arena *arena = ml_arena_new(ARENA_BYTES);
	struct ml_tls_session session, first;
	int n = 0;

	for (unsigned keys = ML_TLS_KEY_RSA; keys <= ML_TLS_KEY_EDDSA; keys *= 2)
		n += made(arena, &session,
			(struct ml_tls_session_wish){.version = ML_TLS_1_3,
				.keys = keys,
				.status_request = true,
				.scts = true,
				.alpn = alpn,
				.nalpn = 1});
	for (uint16_t version = ML_TLS_1_0; version <= ML_TLS_1_2; version++)
		n += made(arena, &session,
			(struct ml_tls_session_wish){.version = version, .goodbye = true});
	n += made(arena, &first,
		     (struct ml_tls_session_wish){
			     .version = ML_TLS_1_3, .request = ML_STR("GET / HTTP/1.1\r\n\r\n")}) &&
	     first.seen.answered;
	n += made(arena, &session,
		     (struct ml_tls_session_wish){.version = ML_TLS_1_3, .resume = first.ticket}) &&
	     session.seen.resumed;
	n += made(arena, &session,
		     (struct ml_tls_session_wish){.version = ML_TLS_1_2, .renegotiations = 1}) &&
	     session.seen.renegotiated;
	n += made(arena, &session,
		(struct ml_tls_session_wish){.version = ML_TLS_1_2, .finite_field = true});
	SSL_CTX_set_cipher_list(server.context, "AES128-SHA");
	n += !made(arena, &session,
		(struct ml_tls_session_wish){.version = ML_TLS_1_2, .keys = ML_TLS_KEY_EDDSA});
	return n;
}

static void keep(void *ctx, size_t i, struct ml_outcome *outcome)
{
	if (outcome->code)
		fail_msg("%s", outcome->error.message);
	assert_int_equal(outcome->status, 11);
	*(bool *)ctx = true;
}

static void test_sealed(void **state)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\n\r\n";
	struct ml_worker_spec spec = {.name = "tls",
		.run = run,
		.warm_up = warm_up,
		.table = ML_TABLE_SOCKETS,
		.max_output = 1000,
		.max_memory = (size_t)1 << 30,
		.cpu_seconds = 20,
		.wall_seconds = 60};
	struct ml_error err;
	bool done = false;

	server = server_new(SERVER_RSA | SERVER_ECDSA | SERVER_EDDSA);
	server.answer = answer;
	server.answer_bytes = sizeof(answer) - 1;
	SSL_CTX_set_min_proto_version(server.context, TLS1_VERSION);
	SSL_CTX_set_cipher_list(server.context, "ALL:@SECLEVEL=0");
	SSL_CTX_set_options(server.context, SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
	assert_int_equal(ml_workers_run(&spec, 1, 1, keep, &done, &err), 0);
	assert_true(done);
	server_free(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_sealed)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The talk that completes a handshake. */
#include "checks/tls/session.h"

#include <openssl/err.h>

#include "checks/tls/session-priv.h"

enum { PIECE = 16384, ANSWER_MS = 3000, TICKETS_MS = 1000, GOODBYE_MS = 300 };
enum stage { HANDSHAKE, ANSWER, TICKETS, RENEGOTIATION, GOODBYE };
enum step { FORWARD, WAITS, OVER };

/* What libssl says after a call that did not succeed: it waits for bytes, or there is no more to be
 * had. */
static enum step after(struct ml_tls_session *session, int result)
{
	return SSL_get_error(session->ssl, result) == SSL_ERROR_WANT_READ ? WAITS : OVER;
}

static void note_session(struct ml_tls_session *session)
{
	SSL *ssl = session->ssl;
	struct ml_tls_seen *seen = &session->seen;
	const unsigned char *alpn;
	unsigned len;

	SSL_get0_alpn_selected(ssl, &alpn, &len);
	seen->made = true;
	seen->version = (uint16_t)SSL_version(ssl);
	seen->suite = SSL_CIPHER_get_protocol_id(SSL_get_current_cipher(ssl));
	seen->group = ml_tls_library_group((int)SSL_get_negotiated_group(ssl));
	seen->alpn = ml_str_dup(session->arena, (struct ml_str){(const char *)alpn, len});
	seen->resumed = SSL_session_reused(ssl);
	if (seen->version == TLS1_3_VERSION)
		return;
	session->ticket = SSL_get1_session(ssl);
	seen->session_id_bytes = ml_tls_session_id(session).len;
}

/* From here on silence is an answer, too. */
static enum step go_on(struct ml_tls_session *session, enum stage stage, unsigned patience_ms)
{
	session->stage = stage;
	session->talk.may_be_silent = true;
	session->talk.patience_ms = patience_ms;
	return FORWARD;
}

static enum step leave(struct ml_tls_session *session)
{
	SSL_shutdown(session->ssl);
	go_on(session, GOODBYE, GOODBYE_MS);
	return WAITS;
}

static enum step renegotiate(struct ml_tls_session *session)
{
	if (session->seen.renegotiated == session->wish.renegotiations)
		return OVER;
	session->seen.alert_seen = false;
	session->seen.renegotiating = SSL_renegotiate(session->ssl) == 1;
	return session->seen.renegotiating ? go_on(session, RENEGOTIATION, ANSWER_MS) : OVER;
}

/* The handshake is done. */
static enum step begin_afterwards(struct ml_tls_session *session)
{
	const struct ml_tls_session_wish *wish = &session->wish;

	note_session(session);
	if (wish->request.len && wish->request.len < INT32_MAX) {
		int n = SSL_write(session->ssl, wish->request.ptr, (int)wish->request.len);
		return n > 0 ? go_on(session, ANSWER, ANSWER_MS) : OVER;
	}
	if (wish->renegotiations && session->seen.version != TLS1_3_VERSION)
		return renegotiate(session);
	if (wish->listens && session->seen.version == TLS1_3_VERSION)
		return go_on(session, TICKETS, TICKETS_MS);
	return wish->goodbye ? leave(session) : OVER;
}

static enum step handshake(struct ml_tls_session *session)
{
	int r = SSL_do_handshake(session->ssl);

	return r == 1 ? begin_afterwards(session) : after(session, r);
}

static enum step listen_for_answer(struct ml_tls_session *session)
{
	char bytes[PIECE];
	int n = SSL_read(session->ssl, bytes, sizeof(bytes));
	enum ml_http_progress progress;

	if (n <= 0)
		return after(session, n);
	ml_buf_add(&session->text, bytes, (size_t)n);
	progress = ml_http_scan(&session->scan, ml_buf_get(&session->text));
	session->seen.answered = progress == ML_HTTP_WHOLE;
	if (progress == ML_HTTP_MORE)
		return session->text.error ? OVER : FORWARD;
	return session->ticket ? leave(session)
			       : OVER; /* or a server with sessions in memory may forget this one */
}

/* One is enough. */
static enum step listen_for_tickets(struct ml_tls_session *session)
{
	char bytes[PIECE];
	int n = SSL_read(session->ssl, bytes, sizeof(bytes));

	return n > 0 || session->seen.ntickets ? OVER : after(session, n);
}

static enum step handshake_again(struct ml_tls_session *session)
{
	int r = SSL_do_handshake(session->ssl);

	if (r != 1 || SSL_renegotiate_pending(session->ssl))
		return after(session, r);
	session->seen.renegotiated++;
	session->seen.renegotiating = false;
	return renegotiate(session);
}

static enum step one_step(struct ml_tls_session *session)
{
	ERR_clear_error();
	switch ((enum stage)session->stage) {
	case HANDSHAKE:
		return handshake(session);
	case ANSWER:
		return listen_for_answer(session);
	case TICKETS:
		return listen_for_tickets(session);
	case RENEGOTIATION:
		return handshake_again(session);
	case GOODBYE:
		break;
	}
	return OVER;
}

static void say(struct ml_tls_session *session, struct ml_buf *out)
{
	char *bytes;
	long n = BIO_get_mem_data((BIO *)session->out, &bytes);

	if (n > 0)
		ml_buf_add(out, bytes, (size_t)n);
	(void)BIO_reset((BIO *)session->out);
}

/* As far as what came goes. */
static bool advance(struct ml_tls_session *session, struct ml_buf *out)
{
	enum step step = FORWARD;

	while (step == FORWARD && !session->spent)
		step = one_step(session);
	say(session, out);
	return step == WAITS && !session->spent;
}

static void let_go(struct ml_tls_session *session)
{
	if (session->ssl)
		SSL_set_shutdown(session->ssl,
			SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); /* else libssl forbids that its
								       session goes on */
	SSL_free(session->ssl);
	session->ssl = session->in = session->out = NULL;
	ml_buf_free(&session->text);
}

static bool start(struct ml_talk *talk, struct ml_buf *out)
{
	struct ml_tls_session *session = (struct ml_tls_session *)talk;

	ml_tls_session_free(session);
	session->seen = (struct ml_tls_seen){.alpn = ML_STR("")};
	session->stage = HANDSHAKE;
	session->talk = (struct ml_talk){.ops = talk->ops};
	session->bytes = session->messages = 0;
	session->spent = false;
	session->scan = (struct ml_http_scan){0};
	ml_buf_init(&session->text, ML_HTTP_HEAD_BYTES);
	session->ssl = ml_tls_library_ssl(session);
	session->seen.memory = !session->ssl;
	return session->ssl && advance(session, out);
}

static bool feed(struct ml_talk *talk, struct ml_str bytes, struct ml_buf *out)
{
	struct ml_tls_session *session = (struct ml_tls_session *)talk;

	session->bytes += bytes.len;
	if (session->bytes > ML_TLS_SESSION_BYTES || bytes.len > INT32_MAX)
		return false;
	if (BIO_write(session->in, bytes.ptr, (int)bytes.len) != (int)bytes.len) {
		session->seen.memory = true;
		return false;
	}
	return advance(session, out);
}

static void ended(struct ml_talk *talk, enum ml_talk_end how)
{
	struct ml_tls_session *session = (struct ml_tls_session *)talk;

	session->seen.how = how;
	session->seen.answer = ml_str_dup(session->arena,
		session->seen.answered ? ml_str_sub(ml_buf_get(&session->text), session->scan.head,
						 session->scan.line)
				       : ml_buf_get(&session->text));
	session->seen.memory = session->seen.memory || ml_arena_failed(session->arena);
	let_go(session);
}

struct ml_talk *ml_tls_session_init(struct ml_tls_session *session, struct ml_tls_library *library,
	struct ml_arena *arena, const struct ml_tls_session_wish *wish)
{
	static const struct ml_talk_ops ops = {start, feed, ended};

	*session = (struct ml_tls_session){.talk = {.ops = &ops},
		.library = library,
		.arena = arena,
		.wish = *wish,
		.seen = {.how = ML_TALK_NEVER}};
	return &session->talk;
}

struct ml_str ml_tls_session_ticket(const struct ml_tls_session *session)
{
	const unsigned char *ticket = NULL;
	size_t len = 0;

	if (session->ticket)
		SSL_SESSION_get0_ticket(session->ticket, &ticket, &len);
	return (struct ml_str){(const char *)ticket, len};
}

struct ml_str ml_tls_session_id(const struct ml_tls_session *session)
{
	unsigned len = 0;
	const unsigned char *id =
		session->ticket ? SSL_SESSION_get_id(session->ticket, &len) : NULL;

	return (struct ml_str){(const char *)id, len};
}

void ml_tls_session_free(struct ml_tls_session *session)
{
	let_go(session);
	SSL_SESSION_free(session->ticket);
	session->ticket = NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The loop over many conversations: how each ends, how often the server is asked again, and that nothing goes on for ever. Servers are the other ends of socket pairs
 * that have said everything beforehand. */
#include "tests/unit/test.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "checks/tls/talk.h"

/* A machine under load makes servers look far away: then connections are made beforehand, and some for nothing. */
enum { CONNECTIONS = 2048, SPARE_ONES = 40 };

/* What the server does with a connection. */
enum act { ANSWERS, CLOSES, WAITS, REFUSES };

struct server {
	enum act (*act)(struct server *server, unsigned address);
	unsigned calls, addresses; /* how many it has */
	int ends[CONNECTIONS];
	size_t nends, open, most_open;
};

static int dial(void *ctx, unsigned address, bool plain)
{
	struct server *server = ctx;
	enum act act;
	int pair[2];

	if (address >= server->addresses)
		return ML_ENOENT;
	act = server->act(server, address);
	server->calls++;
	if (act == REFUSES)
		return ML_EACCES;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
	if (act == ANSWERS)
		assert_int_equal(write(pair[1], plain ? "p" : "a", 1), 1);
	if (act == CLOSES)
		close(pair[1]);
	else
		server->ends[server->nends++] = pair[1];
	return pair[0];
}

/* A talk that says a byte, and is done with the first that it hears. */
struct chat {
	struct ml_chain chain;
	struct ml_talk talk;
	struct ml_engine *engine;
	unsigned left, starts, ended, heard; /* left: further talks */
	enum ml_talk_end how;
	bool gives_up, stubborn;
};

#define CHAT_OF(talk_) ((struct chat *)(void *)((char *)(talk_) - offsetof(struct chat, talk)))

static bool start(struct ml_talk *talk, struct ml_buf *out)
{
	CHAT_OF(talk)->starts++;
	ml_buf_putc(out, '?');
	return true;
}

static bool feed(struct ml_talk *talk, struct ml_str bytes, struct ml_buf *out)
{
	struct chat *chat = CHAT_OF(talk);

	chat->heard += (unsigned)bytes.len;
	if (chat->gives_up)
		ml_engine_give_up(chat->engine, "enough");
	return false;
}

static void ended(struct ml_talk *talk, enum ml_talk_end how)
{
	CHAT_OF(talk)->how = how;
	CHAT_OF(talk)->ended++;
}

static const struct ml_talk_ops ops = {start, feed, ended};

static struct ml_talk *next(struct ml_chain *chain)
{
	struct chat *chat = (struct chat *)chain; /* its first member */

	if (chat->left == 0)
		return NULL;
	chat->left -= !chat->stubborn;
	return &chat->talk;
}

struct world {
	struct ml_arena *arena;
	struct server server;
	struct ml_tls_dialer dialer;
	struct ml_tls_request request;
	struct ml_engine *engine;
	struct chat chats[32];
};

static void begin(struct world *w, enum act (*act)(struct server *, unsigned), unsigned addresses, unsigned seconds)
{
	*w = (struct world){.arena = ml_arena_new(1 << 20), .server = {.act = act, .addresses = addresses}, .request.seconds = seconds};
	w->dialer = (struct ml_tls_dialer){dial, &w->server};
	w->engine = ml_engine_new(w->arena, &w->dialer, &w->request);
	assert_non_null(w->engine);
}

static struct chat *add(struct world *w, size_t i, unsigned talks)
{
	w->chats[i] = (struct chat){.chain = {next}, .talk = {.ops = &ops}, .engine = w->engine, .left = talks};
	ml_engine_add(w->engine, &w->chats[i].chain);
	return &w->chats[i];
}

static void finish(struct world *w)
{
	ml_engine_close(w->engine);
	for (size_t i = 0; i < w->server.nends; i++)
		close(w->server.ends[i]);
	ml_arena_free(w->arena);
}

static enum act always(struct server *server, unsigned address)
{
	return ANSWERS;
}

static void every_talk_ends_once(void **state)
{
	struct world w;

	begin(&w, always, 1, 30);
	for (size_t i = 0; i < 32; i++)
		add(&w, i, (unsigned)i);
	ml_engine_run(w.engine);
	for (unsigned i = 0; i < 32; i++) {
		assert_int_equal(w.chats[i].starts, i);
		assert_int_equal(w.chats[i].ended, i);
		assert_int_equal(w.chats[i].heard, i);
		assert_true(i == 0 || w.chats[i].how == ML_TALK_DONE);
	}
	assert_in_range(ml_engine_connections(w.engine), 31 * 32 / 2, 31 * 32 / 2 + SPARE_ONES);
	assert_true(ml_engine_reached(w.engine));
	assert_null(ml_engine_given_up(w.engine));
	finish(&w);
}

static enum act closes(struct server *server, unsigned address)
{
	return CLOSES;
}

static void a_closed_connection_is_no_answer(void **state)
{
	struct world w;

	begin(&w, closes, 1, 30);
	add(&w, 0, 2);
	ml_engine_run(w.engine);
	assert_int_equal(w.chats[0].ended, 2);
	assert_true(w.chats[0].how == ML_TALK_CLOSED || w.chats[0].how == ML_TALK_RESET);
	assert_null(ml_engine_given_up(w.engine));
	finish(&w);
}

static enum act second_waits(struct server *server, unsigned address)
{
	return server->calls == 1 ? WAITS : ANSWERS;
}

/* Among others a silence may be theirs: the talk has another go, alone. */
static void silence_is_tried_again_alone(void **state)
{
	struct world w;

	begin(&w, second_waits, 1, 30);
	for (size_t i = 0; i < 3; i++)
		add(&w, i, 30)->talk.patience_ms = 40;
	ml_engine_run(w.engine);
	assert_true(w.server.nends > 90); /* 90 answers, and the one that was waited for */
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(w.chats[i].ended, 30);
	assert_null(ml_engine_given_up(w.engine));
	finish(&w);
}

static enum act first_answers(struct server *server, unsigned address)
{
	return server->calls == 0 ? ANSWERS : WAITS;
}

static void a_silent_server_is_given_up(void **state)
{
	struct world w;

	begin(&w, first_answers, 1, 30);
	add(&w, 0, 100)->talk.patience_ms = 20;
	ml_engine_run(w.engine);
	assert_string_equal(ml_engine_given_up(w.engine), "the server does not answer in time");
	assert_int_equal(w.chats[0].ended, 100);
	assert_int_equal(w.chats[0].how, ML_TALK_NEVER);
	assert_in_range(ml_engine_connections(w.engine), 2, 6);
	finish(&w);
}

/* Unless its silence is an answer. */
static void a_silence_may_be_an_answer(void **state)
{
	struct world w;

	begin(&w, first_answers, 1, 30);
	add(&w, 0, 10)->talk = (struct ml_talk){.ops = &ops, .patience_ms = 10, .may_be_silent = true};
	ml_engine_run(w.engine);
	assert_null(ml_engine_given_up(w.engine));
	assert_int_equal(w.chats[0].ended, 10);
	assert_int_equal(w.chats[0].how, ML_TALK_SILENT);
	finish(&w);
}

static enum act second_address_answers(struct server *server, unsigned address)
{
	return address == 1 ? ANSWERS : REFUSES;
}

static void the_next_address_may_answer(void **state)
{
	struct world w;

	begin(&w, second_address_answers, 3, 30);
	for (size_t i = 0; i < 8; i++)
		add(&w, i, 2);
	ml_engine_run(w.engine);
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(w.chats[i].how, ML_TALK_DONE);
	finish(&w);
	begin(&w, second_address_answers, 1, 30);
	add(&w, 0, 1);
	ml_engine_run(w.engine);
	assert_int_equal(w.chats[0].how, ML_TALK_NEVER);
	assert_false(ml_engine_reached(w.engine));
	assert_string_equal(ml_engine_given_up(w.engine), "no connection could be made");
	finish(&w);
}

static void the_number_of_connections_is_limited(void **state)
{
	struct world w;

	begin(&w, always, 1, 30);
	add(&w, 0, CONNECTIONS);
	ml_engine_run(w.engine);
	assert_int_equal(ml_engine_connections(w.engine), ML_TLS_HANDSHAKES);
	assert_in_range(w.chats[0].starts, ML_TLS_HANDSHAKES - SPARE_ONES, ML_TLS_HANDSHAKES);
	assert_int_equal(w.chats[0].ended, CONNECTIONS);
	assert_string_equal(ml_engine_given_up(w.engine), "more handshakes than are allowed");
	finish(&w);
}

static enum act waits(struct server *server, unsigned address)
{
	return WAITS;
}

/* The deadline ends talks that would have more patience, and all chains, also one that has always another talk. */
static void the_deadline_is_kept(void **state)
{
	struct world w;

	begin(&w, waits, 1, 1);
	add(&w, 0, 5)->talk.patience_ms = 60000;
	add(&w, 1, 1)->stubborn = true;
	w.chats[1].talk.patience_ms = 60000;
	ml_engine_run(w.engine);
	assert_string_equal(ml_engine_given_up(w.engine), "it took too long");
	assert_int_equal(w.chats[0].ended, 5);
	assert_int_equal(w.chats[0].how, ML_TALK_NEVER);
	assert_true(w.chats[1].ended > 1);
	finish(&w);
}

static void giving_up_ends_all(void **state)
{
	struct world w;

	begin(&w, always, 1, 30);
	for (size_t i = 0; i < 20; i++)
		add(&w, i, 3);
	w.chats[2].gives_up = true;
	ml_engine_run(w.engine);
	assert_string_equal(ml_engine_given_up(w.engine), "enough");
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(w.chats[i].ended, 3);
	assert_int_equal(w.chats[19].how, ML_TALK_NEVER);
	finish(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_talk_ends_once), cmocka_unit_test(a_closed_connection_is_no_answer), cmocka_unit_test(silence_is_tried_again_alone),
		cmocka_unit_test(a_silent_server_is_given_up), cmocka_unit_test(a_silence_may_be_an_answer), cmocka_unit_test(the_next_address_may_answer),
		cmocka_unit_test(the_number_of_connections_is_limited), cmocka_unit_test(the_deadline_is_kept), cmocka_unit_test(giving_up_ends_all),
	};

	return cmocka_run_group_tests_name("checks/tls engine", tests, NULL, NULL);
}

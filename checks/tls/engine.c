/* SPDX-License-Identifier: Apache-2.0 */
/* Many conversations at once, over sockets that never block, in one loop. */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "checks/tls/talk.h"

enum {
	SEATS = 8,          /* connections at once */
	CONNECT_MS = 4000, PATIENCE_MS = 4000, PREAMBLE_MS = 8000, TALK_MS = 10000, BACK_OFF_MS = 50,
	TRIES = 3,          /* of one talk */
	STREAK = 8,         /* good ends after which one more connection is tried */
	FAR_MS = 5,         /* a connection that takes so long is made before it is needed */
	SPARES = 6, SPARE_MS = 1500,
	SILENCES = 3,       /* talks without an answer, after which the server is given up */
	OUT_BYTES = 1 << 17, PIECE = 16384, STUBBORN = 4096,
};

#define IN_BYTES ((uint64_t)64 << 20) /* in all */

/* A talk with its chain, waiting for a connection or having one. */
struct turn {
	struct ml_chain *chain;
	struct ml_talk *talk; /* NULL: the chain is to be asked for one */
	unsigned tries;
	bool alone;           /* it failed among others: now without them */
	bool fresh;           /* it failed on a spare connection: now on one of its own */
};

/* A connection that was made, or begun, before anybody needed it. */
struct spare {
	int fd;
	unsigned address;
	int64_t began;
};

struct seat {
	struct turn turn;
	bool used, connected, heard, broken; /* broken: nothing more can be written */
	bool spared;                         /* the connection was a spare one */
	bool clear, turned;                  /* before TLS; TLS has begun, and nothing was heard since */
	struct ml_starttls preamble;
	int fd;
	unsigned address;
	int64_t began, last; /* milliseconds: the connection, what was last heard */
	struct ml_buf out;
	size_t sent, ends; /* ends: talks that had ended when this one began */
};

struct ml_engine {
	struct ml_arena *arena;
	const struct ml_tls_dialer *dialer;
	const struct ml_tls_request *request;
	const char *given_up;
	int64_t deadline, pause; /* no connection before */
	bool reached;
	unsigned address;        /* that is tried, or that answered */
	size_t connections, silences, ends;
	int64_t latency;         /* -1: not known */
	uint64_t bytes;
	unsigned cap, streak;
	bool far;
	struct spare spares[SPARES]; /* the oldest first */
	size_t nspares;
	struct turn *turns;      /* first come, first served: [first, n) wait */
	size_t first, nturns, turns_cap;
	struct seat seats[SEATS];
	struct ml_starttls_seen preamble; /* the most telling */
};

struct ml_engine *ml_engine_new(struct ml_arena *arena, const struct ml_tls_dialer *dialer, const struct ml_tls_request *request)
{
	struct ml_engine *engine = ml_alloc(arena, sizeof(*engine));

	if (!engine)
		return NULL;
	*engine = (struct ml_engine){.arena = arena, .dialer = dialer, .request = request, .cap = SEATS, .latency = -1, .preamble.protocol = request->starttls,
		.deadline = ml_clock_ms() + (int64_t)request->seconds * 1000};
	if (request->deadline && request->deadline < engine->deadline)
		engine->deadline = request->deadline;
	return engine;
}

void ml_engine_give_up(struct ml_engine *engine, const char *reason)
{
	if (!engine->given_up)
		engine->given_up = reason;
}

const char *ml_engine_given_up(const struct ml_engine *engine)
{
	return engine->given_up;
}

bool ml_engine_reached(const struct ml_engine *engine)
{
	return engine->reached;
}

size_t ml_engine_connections(const struct ml_engine *engine)
{
	return engine->connections;
}

const struct ml_starttls_seen *ml_engine_preamble(const struct ml_engine *engine)
{
	return &engine->preamble;
}

unsigned ml_engine_latency(const struct ml_engine *engine)
{
	return engine->latency < 0 ? 0 : (unsigned)engine->latency;
}

/* ---- turns ---- */

static void wait_turn(struct ml_engine *engine, struct turn turn)
{
	if (engine->first > SEATS && engine->first * 2 > engine->nturns) {
		memmove(engine->turns, engine->turns + engine->first, (engine->nturns - engine->first) * sizeof(turn));
		engine->nturns -= engine->first;
		engine->first = 0;
	}
	if (ml_alloc_grow(engine->arena, &engine->turns, &engine->turns_cap, engine->nturns + 1, sizeof(turn)))
		ml_engine_give_up(engine, "out of memory"); /* the chain is left as it is; the arena tells the collector */
	else
		engine->turns[engine->nturns++] = turn;
}

void ml_engine_add(struct ml_engine *engine, struct ml_chain *chain)
{
	wait_turn(engine, (struct turn){.chain = chain});
}

static unsigned seats_used(const struct ml_engine *engine)
{
	unsigned n = 0;

	for (unsigned i = 0; i < SEATS; i++)
		n += engine->seats[i].used;
	return n;
}

/* The talk is over, and its chain waits for its next turn. */
static void finish(struct ml_engine *engine, struct turn turn, enum ml_talk_end how)
{
	turn.talk->ops->ended(turn.talk, how);
	engine->ends++;
	wait_turn(engine, (struct turn){.chain = turn.chain});
}

static void leave(struct seat *seat)
{
	close(seat->fd);
	ml_buf_free(&seat->out);
	seat->used = false;
}

/* The server had trouble with us: fewer at a time, and later. */
static void back_off(struct ml_engine *engine, unsigned tries)
{
	engine->cap = engine->cap > 1 ? engine->cap / 2 : 1;
	engine->streak = 0;
	engine->pause = ml_clock_ms() + ((int64_t)BACK_OFF_MS << tries);
}

static void note_good_end(struct ml_engine *engine)
{
	if (++engine->streak < STREAK)
		return;
	engine->streak = 0;
	engine->cap += engine->cap < SEATS;
}

static void drop_spares(struct ml_engine *engine)
{
	for (size_t i = 0; i < engine->nspares; i++)
		close(engine->spares[i].fd);
	engine->nspares = 0;
}

/* A server may have closed a spare connection before it was used: that says nothing of what was asked then. */
static bool closed_before_use(const struct ml_engine *engine, const struct seat *seat, enum ml_talk_end how)
{
	return seat->spared && !seat->heard && how != ML_TALK_DONE && !engine->given_up;
}

/* A reset or a silence without a word, while others talked too, may be theirs: once more, alone. */
static bool worth_another_try(const struct ml_engine *engine, const struct seat *seat, enum ml_talk_end how)
{
	bool lost = how == ML_TALK_RESET || (how == ML_TALK_SILENT && engine->bytes);
	bool among_others = seats_used(engine) > 1 || engine->ends != seat->ends;

	return lost && among_others && !seat->heard && !seat->turn.alone && !engine->given_up;
}

static void end_talk(struct ml_engine *engine, struct seat *seat, enum ml_talk_end how)
{
	struct turn turn = seat->turn;

	if (closed_before_use(engine, seat, how)) {
		turn.fresh = true;
		leave(seat);
		wait_turn(engine, turn);
		return;
	}
	if (worth_another_try(engine, seat, how)) {
		turn.alone = true;
		back_off(engine, turn.tries++);
		drop_spares(engine);
		engine->far = false;
		leave(seat);
		wait_turn(engine, turn);
		return;
	}
	if (how == ML_TALK_SILENT && !turn.talk->may_be_silent && (++engine->silences >= SILENCES || engine->bytes == 0))
		ml_engine_give_up(engine, "the server does not answer in time");
	if (how == ML_TALK_DONE || how == ML_TALK_CLOSED)
		note_good_end(engine);
	leave(seat);
	finish(engine, turn, how);
}

/* No connection was made. Another address may do, before one has; and what worked before may work again. */
static void connection_failed(struct ml_engine *engine, struct turn turn, unsigned address)
{
	if (turn.talk->plain) {
		finish(engine, turn, ML_TALK_NEVER);
		return;
	}
	if (!engine->reached && address == engine->address)
		engine->address++;
	else if (engine->reached && ++turn.tries > TRIES)
		ml_engine_give_up(engine, "no connection could be made");
	if (engine->reached)
		back_off(engine, turn.tries);
	wait_turn(engine, turn);
}

/* ---- before TLS ---- */

static void note_preamble(struct ml_engine *engine, const struct ml_starttls_seen *seen)
{
	static const uint8_t telling[] = {[ML_STARTTLS_MORE] = 0, [ML_STARTTLS_AWAY] = 1, [ML_STARTTLS_LIMIT] = 2, [ML_STARTTLS_BROKEN] = 3,
		[ML_STARTTLS_REFUSED] = 4, [ML_STARTTLS_READY] = 5};

	if (telling[seen->progress] > telling[engine->preamble.progress])
		engine->preamble = *seen;
	if (engine->preamble.injected.len == 0)
		engine->preamble.injected = seen->injected;
}

static void start_talk(struct ml_engine *engine, struct seat *seat)
{
	if (!seat->turn.talk->ops->start(seat->turn.talk, &seat->out))
		end_talk(engine, seat, ML_TALK_DONE);
}

/* Redis has no change to TLS: a talk of its own asks it (checks/tls/starttls-facts.c). */
static void begin_preamble(struct ml_engine *engine, struct seat *seat)
{
	enum ml_starttls_protocol protocol = engine->request->starttls == ML_STARTTLS_REDIS ? ML_STARTTLS_NONE : engine->request->starttls;

	seat->clear = !seat->turn.talk->plain && ml_starttls_begin(&seat->preamble, protocol, engine->request->name, &seat->out) == ML_STARTTLS_MORE;
	if (!seat->clear)
		start_talk(engine, seat);
}

/* No TLS on this connection. That is an answer, unless TLS was there before; who only has no time for us is asked again. */
static void turned_down(struct ml_engine *engine, struct seat *seat)
{
	enum ml_starttls_progress now = seat->preamble.seen.progress, before = engine->preamble.progress;
	bool answer = before != ML_STARTTLS_READY && (now == ML_STARTTLS_REFUSED || now == ML_STARTTLS_BROKEN || now == ML_STARTTLS_LIMIT);
	struct turn turn = seat->turn;

	note_preamble(engine, &seat->preamble.seen);
	turn.fresh = seat->spared;
	leave(seat);
	if (answer || ++turn.tries > TRIES)
		ml_engine_give_up(engine, answer ? "the server does not change to TLS" : "the server ends connections before TLS");
	if (engine->given_up) {
		finish(engine, turn, answer ? ML_TALK_TEXT : ML_TALK_NEVER);
		return;
	}
	back_off(engine, turn.tries);
	drop_spares(engine);
	engine->far = false;
	wait_turn(engine, turn);
}

static void hear_preamble(struct ml_engine *engine, struct seat *seat, struct ml_str bytes)
{
	enum ml_starttls_progress progress = ml_starttls_feed(&seat->preamble, bytes, &seat->out);

	if (progress == ML_STARTTLS_MORE)
		return;
	if (progress != ML_STARTTLS_READY) {
		turned_down(engine, seat);
		return;
	}
	note_preamble(engine, &seat->preamble.seen);
	seat->clear = false;
	seat->turned = true;
	seat->heard = seat->spared = false; /* of TLS; and it was good */
	seat->began = seat->last;
	start_talk(engine, seat);
}

/* ---- one connection ---- */

static void connected(struct ml_engine *engine, struct seat *seat)
{
	seat->connected = true;
	seat->last = ml_clock_ms();
	engine->far = engine->far || (!seat->spared && engine->cap == SEATS && seat->last - seat->began >= FAR_MS);
	if (!seat->turn.talk->plain) {
		engine->reached = true;
		engine->address = seat->address;
	}
	begin_preamble(engine, seat);
}

static void say(struct seat *seat)
{
	struct ml_str rest = ml_str_sub(ml_buf_get(&seat->out), seat->sent, seat->out.len);
	struct iovec piece = {.iov_base = (void *)(uintptr_t)rest.ptr, .iov_len = rest.len};
	struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
	ssize_t n = rest.len && !seat->broken ? sendmsg(seat->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		seat->broken = true; /* what it said before can still be read */
	seat->sent += n > 0 ? (size_t)n : 0;
	if (seat->sent == seat->out.len) {
		ml_buf_clear(&seat->out);
		seat->sent = 0;
	}
}

static void hear(struct ml_engine *engine, struct seat *seat)
{
	char bytes[PIECE];
	ssize_t n = read(seat->fd, bytes, sizeof(bytes));
	struct ml_talk *talk = seat->turn.talk;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 && seat->clear) {
		ml_starttls_end(&seat->preamble);
		turned_down(engine, seat);
		return;
	}
	if (n <= 0) {
		end_talk(engine, seat, n == 0 && !seat->broken ? ML_TALK_CLOSED : ML_TALK_RESET);
		return;
	}
	if (!seat->heard && (engine->latency < 0 || ml_clock_ms() - seat->last < engine->latency))
		engine->latency = ml_clock_ms() - seat->last;
	seat->heard = true;
	seat->last = ml_clock_ms();
	engine->bytes += (uint64_t)n;
	if (engine->bytes > IN_BYTES)
		ml_engine_give_up(engine, "more bytes than are allowed");
	if (seat->clear) {
		hear_preamble(engine, seat, (struct ml_str){bytes, (size_t)n});
	} else {
		if (seat->turned) {
			ml_starttls_behind(&seat->preamble, engine->request->starttls, (struct ml_str){bytes, (size_t)n}, &seat->out);
			note_preamble(engine, &seat->preamble.seen);
		}
		seat->turned = false;
		if (!talk->ops->feed(talk, (struct ml_str){bytes, (size_t)n}, &seat->out))
			end_talk(engine, seat, ML_TALK_DONE);
	}
	if (seat->used)
		say(seat);
}

/* A connection that is in error before anything was said: closed or reset by the server, which had taken it, or never made. */
static bool was_made(int fd)
{
	char byte;
	struct iovec piece = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};

	return recvmsg(fd, &message, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno == ECONNRESET || errno == EPIPE || errno == EAGAIN;
}

static void serve(struct ml_engine *engine, struct seat *seat, short events)
{
	if (!seat->connected && (events & (POLLERR | POLLHUP)) && !was_made(seat->fd)) {
		struct turn turn = seat->turn;
		unsigned address = seat->address;
		leave(seat);
		connection_failed(engine, turn, address);
		return;
	}
	if (!seat->connected && events)
		connected(engine, seat);
	if (seat->used && seat->connected && (events & POLLOUT))
		say(seat);
	if (seat->used && (events & (POLLIN | POLLHUP | POLLERR)))
		hear(engine, seat);
}

static int64_t patience(const struct seat *seat)
{
	if (seat->clear)
		return PREAMBLE_MS;
	return seat->turn.talk->patience_ms ? seat->turn.talk->patience_ms : PATIENCE_MS;
}

/* When something must happen on this connection. */
static int64_t expiry(const struct seat *seat)
{
	int64_t silence = seat->connected ? seat->last + patience(seat) : seat->began + CONNECT_MS, all = seat->began + TALK_MS;

	return silence < all ? silence : all;
}

static void expire(struct ml_engine *engine, struct seat *seat)
{
	struct turn turn = seat->turn;
	unsigned address = seat->address;

	if (seat->connected) {
		end_talk(engine, seat, ML_TALK_SILENT);
		return;
	}
	leave(seat);
	connection_failed(engine, turn, address);
}

/* ---- all of them ---- */

static bool over(struct ml_engine *engine)
{
	if (ml_clock_ms() >= engine->deadline)
		ml_engine_give_up(engine, "it took too long");
	return engine->given_up != NULL;
}

static int dial(struct ml_engine *engine, bool plain)
{
	int fd;

	if (engine->connections >= ML_TLS_HANDSHAKES) {
		ml_engine_give_up(engine, "more handshakes than are allowed");
		return ML_ELIMIT;
	}
	fd = engine->dialer->dial(engine->dialer->ctx, plain ? 0 : engine->address, plain);
	if (fd >= 0)
		engine->connections++;
	else if (!plain && fd != ML_EACCES)
		ml_engine_give_up(engine, fd == ML_ELIMIT ? "more connections than are allowed" : "no connection could be made");
	return fd;
}

/* The oldest one first, even when it is not there yet: a server that serves one after another waits for it. */
static bool take_spare(struct ml_engine *engine, const struct turn *turn, struct seat *seat)
{
	while (engine->nspares && !turn->talk->plain && !turn->fresh) {
		struct spare spare = engine->spares[0];
		engine->nspares--;
		memmove(engine->spares, engine->spares + 1, engine->nspares * sizeof(spare));
		if (ml_clock_ms() - spare.began < SPARE_MS) {
			*seat = (struct seat){.fd = spare.fd, .address = spare.address, .began = spare.began, .spared = true};
			return true;
		}
		close(spare.fd);
	}
	return false;
}

static void sit_down(struct ml_engine *engine, struct turn turn)
{
	unsigned address = engine->address;
	struct seat seat = {.address = address};

	if (!take_spare(engine, &turn, &seat)) {
		seat.fd = dial(engine, turn.talk->plain);
		seat.began = ml_clock_ms();
	}
	if (seat.fd < 0 && !engine->given_up) {
		connection_failed(engine, turn, address);
		return;
	}
	if (seat.fd < 0) {
		finish(engine, turn, ML_TALK_NEVER);
		return;
	}
	seat.turn = turn;
	seat.used = true;
	seat.ends = engine->ends;
	ml_buf_init(&seat.out, OUT_BYTES);
	for (unsigned i = 0; i < SEATS; i++)
		if (!engine->seats[i].used) {
			engine->seats[i] = seat;
			return;
		}
}

/* Where the server is far away, the next talks' connections are made while these talk. */
static void make_spares(struct ml_engine *engine)
{
	while (engine->far && !engine->given_up && engine->nspares < SPARES && engine->nspares < seats_used(engine)) {
		int fd = dial(engine, false);
		if (fd < 0)
			return;
		engine->spares[engine->nspares++] = (struct spare){fd, engine->address, ml_clock_ms()};
	}
}

/* Asks the chain for its talk. False: it has none left. */
static bool take_turn(struct ml_engine *engine, struct turn *turn)
{
	*turn = engine->turns[engine->first++];
	if (!turn->talk)
		turn->talk = turn->chain->next(turn->chain);
	return turn->talk != NULL;
}

/* A turn that is to be alone waits until all others are done, and lets nobody in. */
static bool may_sit_down(const struct ml_engine *engine)
{
	const struct turn *turn = &engine->turns[engine->first];
	unsigned used = seats_used(engine);

	if (engine->first == engine->nturns || used >= engine->cap || ml_clock_ms() < engine->pause)
		return false;
	for (unsigned i = 0; i < SEATS; i++)
		if (engine->seats[i].used && engine->seats[i].turn.alone)
			return false;
	return !turn->alone || used == 0;
}

static void fill(struct ml_engine *engine)
{
	struct turn turn;

	while (!over(engine) && may_sit_down(engine))
		if (take_turn(engine, &turn))
			sit_down(engine, turn);
	make_spares(engine);
}

/* Milliseconds until the first thing that must happen without a word from the server. */
static int timeout(const struct ml_engine *engine)
{
	int64_t first = engine->deadline, now = ml_clock_ms();

	for (unsigned i = 0; i < SEATS; i++)
		if (engine->seats[i].used && expiry(&engine->seats[i]) < first)
			first = expiry(&engine->seats[i]);
	if (engine->first < engine->nturns && engine->pause > now && engine->pause < first)
		first = engine->pause;
	return first <= now ? 0 : (int)(first - now);
}

static void wait_for_some(struct ml_engine *engine)
{
	struct pollfd fds[SEATS];
	struct timespec left;
	int ms = timeout(engine);

	for (unsigned i = 0; i < SEATS; i++) {
		const struct seat *seat = &engine->seats[i];
		bool writes = !seat->connected || (seat->out.len && !seat->broken);
		fds[i] = (struct pollfd){.fd = seat->used ? seat->fd : -1, .events = (short)((seat->connected ? POLLIN : 0) | (writes ? POLLOUT : 0))};
	}
	left = (struct timespec){.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
	if (ppoll(fds, SEATS, &left, NULL) < 0)
		return;
	for (unsigned i = 0; i < SEATS; i++) {
		struct seat *seat = &engine->seats[i];
		if (seat->used && fds[i].fd == seat->fd && fds[i].revents)
			serve(engine, seat, fds[i].revents);
		if (seat->used && expiry(seat) <= ml_clock_ms())
			expire(engine, seat);
	}
}

/* Nobody asks any more: every chain is told so until it is over. */
static void send_home(struct ml_engine *engine)
{
	struct turn turn;

	for (unsigned i = 0; i < SEATS; i++)
		if (engine->seats[i].used) {
			turn = engine->seats[i].turn;
			leave(&engine->seats[i]);
			finish(engine, turn, ML_TALK_NEVER);
		}
	for (size_t stubborn = 0; engine->first < engine->nturns && stubborn < STUBBORN; stubborn++)
		if (take_turn(engine, &turn))
			finish(engine, turn, ML_TALK_NEVER);
}

void ml_engine_run(struct ml_engine *engine)
{
	while (!over(engine) && (engine->first < engine->nturns || seats_used(engine))) {
		fill(engine);
		if (!engine->given_up && (seats_used(engine) || engine->first < engine->nturns))
			wait_for_some(engine);
	}
	send_home(engine);
	engine->first = engine->nturns = 0;
}

void ml_engine_close(struct ml_engine *engine)
{
	drop_spares(engine);
}

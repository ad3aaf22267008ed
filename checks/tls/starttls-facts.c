/* SPDX-License-Identifier: Apache-2.0 */
/* What was said before TLS, as facts. */
#include "checks/tls/starttls-facts.h"

#include <stddef.h>

#include "facts/tls.h"

/* ---- the program and its version ---- */

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Four numbers are an address, unless one is too big for that. */
static bool is_address(struct ml_str word)
{
	size_t parts = 0;
	struct ml_str part;

	while (ml_str_split(&word, '.', &part)) {
		for (size_t i = 0; i < part.len; i++)
			if (!digit(part.ptr[i]))
				return false;
		if (part.len < 1 || part.len > 3 || (part.len == 3 && ml_str_cmp(part, ML_STR("255")) > 0))
			return false;
		parts++;
	}
	return parts == 4;
}

/* "4.96", "v3.0.8": digits around a dot, and anything behind. */
static bool is_version(struct ml_str word)
{
	size_t dot;

	if (ml_str_istarts(word, ML_STR("v")))
		word = ml_str_sub(word, 1, word.len);
	dot = ml_str_chr(word, '.');
	if (dot == ML_NPOS || dot == 0 || dot + 1 == word.len || !digit(word.ptr[dot + 1]))
		return false;
	for (size_t i = 0; i < dot; i++)
		if (!digit(word.ptr[i]))
			return false;
	return !is_address(word);
}

/* Without the signs that sentences put around words. */
static struct ml_str bare(struct ml_str word)
{
	while (word.len && strchr("([{<\"'", word.ptr[0]))
		word = ml_str_sub(word, 1, word.len);
	while (word.len && strchr(")]}>\"'.;:!", word.ptr[word.len - 1]))
		word.len--;
	return word;
}

/* "Exim 4.96" of "220 mail ESMTP Exim 4.96 Tue, …": a version behind a word, or behind its slash. A comma in between begins something else. */
static struct ml_str named_software(struct ml_str greeting)
{
	struct ml_str before = ML_STR(""), word;

	while (ml_str_split(&greeting, ' ', &word)) {
		struct ml_str plain = bare(ml_str_ends(word, ML_STR(",")) ? ml_str_sub(word, 0, word.len - 1) : word);
		size_t slash = ml_str_chr(plain, '/');
		if (slash != ML_NPOS && slash > 0 && letter(plain.ptr[0]) && is_version(ml_str_sub(plain, slash + 1, plain.len)))
			return plain;
		if (before.len && letter(before.ptr[0]) && is_version(plain))
			return (struct ml_str){before.ptr, (size_t)(plain.ptr + plain.len - before.ptr)};
		before = ml_str_ends(word, ML_STR(",")) ? ML_STR("") : bare(word);
	}
	return ML_STR_NONE;
}

/* MariaDB names itself 5.5.5 first, for replicas that would not take a number of two digits. */
struct ml_str ml_starttls_software(const struct ml_starttls_seen *seen)
{
	struct ml_str greeting = ml_starttls_get(&seen->greeting), replica = ML_STR("5.5.5-");

	if (seen->protocol != ML_STARTTLS_MYSQL)
		return named_software(greeting);
	return ml_str_starts(greeting, replica) ? ml_str_sub(greeting, replica.len, greeting.len) : greeting;
}

/* ---- a port of Redis' ---- */

/* One talk, beside all others: a server that speaks in the clear waits for the end of the line that a hello seems to begin. */
struct ml_tls_redis {
	struct ml_talk talk;
	struct ml_chain chain;
	struct ml_tls_collector *collector;
	struct ml_starttls preamble;
	bool asked;
};

static struct ml_tls_redis *of(struct ml_talk *talk)
{
	return (struct ml_tls_redis *)talk; /* its first member */
}

static bool redis_start(struct ml_talk *talk, struct ml_buf *out)
{
	ml_starttls_begin(&of(talk)->preamble, ML_STARTTLS_REDIS, ML_STR_NONE, out);
	return true;
}

static bool redis_feed(struct ml_talk *talk, struct ml_str bytes, struct ml_buf *out)
{
	return ml_starttls_feed(&of(talk)->preamble, bytes, out) == ML_STARTTLS_MORE;
}

static void redis_ended(struct ml_talk *talk, enum ml_talk_end how)
{
	if (of(talk)->preamble.seen.progress == ML_STARTTLS_REFUSED)
		ml_engine_give_up(of(talk)->collector->engine, "it speaks Redis' protocol in the clear");
}

static struct ml_talk *redis_next(struct ml_chain *chain)
{
	struct ml_tls_redis *redis = (struct ml_tls_redis *)((char *)chain - offsetof(struct ml_tls_redis, chain));
	static const struct ml_talk_ops ops = {redis_start, redis_feed, redis_ended};

	if (redis->asked)
		return NULL;
	redis->asked = true;
	redis->talk = (struct ml_talk){.ops = &ops, .may_be_silent = true};
	return &redis->talk;
}

void ml_tls_starttls_first(struct ml_tls_collector *collector)
{
	struct ml_tls_redis *redis;

	if (collector->request->starttls != ML_STARTTLS_REDIS)
		return;
	redis = ml_alloc(collector->scratch, sizeof(*redis));
	collector->redis = redis;
	if (!redis)
		return; /* the arena tells */
	redis->collector = collector;
	redis->chain.next = redis_next;
	ml_engine_add(collector->engine, &redis->chain);
}

/* What was said before TLS. A port of Redis' that answers no PING, but speaks TLS, has said nothing. */
static struct ml_starttls_seen seen_before(const struct ml_tls_collector *collector)
{
	struct ml_starttls_seen seen = *ml_engine_preamble(collector->engine);

	if (!collector->redis)
		return seen;
	seen = collector->redis->preamble.seen;
	seen.protocol = ML_STARTTLS_REDIS;
	if (collector->tls && seen.progress != ML_STARTTLS_REFUSED)
		seen.progress = ML_STARTTLS_READY;
	return seen;
}

/* ---- facts ---- */

struct writer {
	struct ml_tls_collector *collector;
	const struct ml_starttls_seen *seen;
	struct ml_record_builder record;
	bool ended; /* it came to an answer about TLS */
};

static struct ml_str escaped(struct ml_tls_collector *collector, struct ml_str text)
{
	struct ml_str out;
	ML_BUF_AUTO buf;

	ml_buf_init(&buf, 8 * ML_STARTTLS_TEXT);
	ml_buf_escaped(&buf, ml_str_trim(text));
	out = buf.len ? ml_str_dup(collector->facts->arena, ml_buf_get(&buf)) : ML_STR("");
	return out;
}

static void set_text(struct writer *w, int slot, struct ml_str text)
{
	if (text.len)
		ml_record_set(&w->record, slot, ml_tls_text(w->collector, escaped(w->collector, text)));
}

/* Why nobody knows whether the server changes to TLS. */
static struct ml_value nobody_knows(struct writer *w)
{
	struct ml_arena *arena = w->collector->facts->arena;
	struct ml_str words = escaped(w->collector, ml_starttls_get(&w->seen->words)), reason;
	const char *name = ml_starttls_name(w->seen->protocol);

	if (w->seen->progress == ML_STARTTLS_MORE)
		return ml_tls_known_or(w->collector, false, ml_absent());
	w->collector->facts->incomplete = true;
	if (w->seen->progress == ML_STARTTLS_BROKEN)
		reason = ml_strf(arena, "it does not speak %s", name);
	else if (w->seen->progress == ML_STARTTLS_LIMIT)
		reason = ml_strf(arena, "it says more than is listened to before TLS (%s)", name);
	else if (words.len)
		reason = ml_strf(arena, "before TLS (%s) it says: %.*s", name, ML_STR_ARG(words));
	else
		reason = ml_strf(arena, "it ends the connection before TLS (%s)", name);
	w->collector->memory = w->collector->memory || !reason.ptr;
	return ml_unknown(reason);
}

static void set_answer(struct writer *w, int slot, enum ml_starttls_answer answer, bool shown)
{
	if (answer != ML_STARTTLS_UNSEEN)
		ml_record_set(&w->record, slot, ml_bool(answer == ML_STARTTLS_YES));
	else if (shown && !w->ended)
		ml_record_set(&w->record, slot, nobody_knows(w));
}

static void set_offered(struct writer *w)
{
	if (!w->ended)
		ml_record_set(&w->record, ML_TF_STLS_OFFERED, nobody_knows(w));
	else if (w->seen->protocol != ML_STARTTLS_REDIS)
		ml_record_set(&w->record, ML_TF_STLS_OFFERED, ml_bool(w->seen->progress == ML_STARTTLS_READY));
	if (w->seen->progress == ML_STARTTLS_REFUSED)
		set_text(w, ML_TF_STLS_REFUSAL, ml_starttls_get(&w->seen->words));
}

/* A number that POP3 servers greet with, another each time (RFC 1939, APOP), is no fact of theirs. */
static struct ml_str greeting(const struct ml_starttls_seen *seen)
{
	struct ml_str text = ml_starttls_get(&seen->greeting);
	size_t mark = seen->protocol == ML_STARTTLS_POP3 ? ml_str_rchr(text, '<') : ML_NPOS;

	if (seen->progress == ML_STARTTLS_BROKEN)
		return ML_STR_NONE;
	return mark != ML_NPOS && ml_str_ends(text, ML_STR(">")) ? ml_str_sub(text, 0, mark) : text;
}

static void set_greeting(struct writer *w)
{
	struct ml_str software = ml_starttls_software(w->seen);

	set_text(w, ML_TF_STLS_GREETING, greeting(w->seen));
	if (w->seen->greeting.len == 0 && !w->ended)
		ml_record_set(&w->record, ML_TF_STLS_SOFTWARE, nobody_knows(w));
	else if (w->seen->progress != ML_STARTTLS_BROKEN)
		set_text(w, ML_TF_STLS_SOFTWARE, software);
}

static bool shows_login(enum ml_starttls_protocol protocol)
{
	static const bool shows[ML_STARTTLS_PROTOCOLS] = {
		[ML_STARTTLS_SMTP] = true, [ML_STARTTLS_LMTP] = true, [ML_STARTTLS_IMAP] = true, [ML_STARTTLS_POP3] = true, [ML_STARTTLS_XMPP] = true,
		[ML_STARTTLS_XMPP_SERVER] = true, [ML_STARTTLS_NNTP] = true, [ML_STARTTLS_SIEVE] = true, [ML_STARTTLS_IRC] = true,
	};

	return shows[protocol];
}

static struct ml_value starttls_fact(struct ml_tls_collector *collector, const struct ml_starttls_seen *seen)
{
	struct writer w = {.collector = collector, .seen = seen,
		.ended = seen->progress == ML_STARTTLS_READY || seen->progress == ML_STARTTLS_REFUSED};
	bool xmpp = seen->protocol == ML_STARTTLS_XMPP || seen->protocol == ML_STARTTLS_XMPP_SERVER;

	ml_record_begin(&w.record, &ml_tf_starttls_type);
	ml_record_set(&w.record, ML_TF_STLS_PROTOCOL, ml_string(ml_str(ml_starttls_name(seen->protocol))));
	set_offered(&w);
	set_greeting(&w);
	set_answer(&w, ML_TF_STLS_PLAIN_LOGIN, seen->plain_login, shows_login(seen->protocol));
	set_text(&w, ML_TF_STLS_LOGIN, ml_starttls_get(&seen->login));
	set_answer(&w, ML_TF_STLS_REQUIRED, seen->required, xmpp);
	if (w.ended)
		set_text(&w, ML_TF_STLS_INJECTED, ml_starttls_get(&seen->injected));
	else
		ml_record_set(&w.record, ML_TF_STLS_INJECTED, nobody_knows(&w));
	return ml_tls_pack(collector, &w.record);
}

void ml_tls_starttls_write(struct ml_tls_collector *collector, struct ml_record_builder *root)
{
	struct ml_starttls_seen seen = seen_before(collector);
	struct ml_str text = ml_starttls_get(seen.greeting.len && seen.progress == ML_STARTTLS_REFUSED ? &seen.greeting : &seen.words);

	if (seen.protocol == ML_STARTTLS_NONE)
		return;
	ml_record_set(root, ML_TF_STARTTLS, starttls_fact(collector, &seen));
	if (collector->tls || (seen.progress != ML_STARTTLS_REFUSED && seen.progress != ML_STARTTLS_BROKEN))
		return;
	ml_record_set(root, ML_TF_SPEAKS, ml_string(ML_STR("text")));
	ml_record_set(root, ML_TF_TEXT, ml_tls_text(collector, escaped(collector, text)));
}

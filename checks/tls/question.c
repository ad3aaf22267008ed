/* SPDX-License-Identifier: Apache-2.0 */
/* One hello, and the flight that answers it. */
#include "checks/tls/question.h"

#include <sys/random.h>

#include "base/error.h"
#include "checks/tls/cert.h"
#include "checks/tls/wire-priv.h"

enum { RANDOM_BYTES = 32 };
#define ANSWER_BYTES ((size_t)4 << 20)

static struct ml_str random_bytes(struct ml_arena *arena)
{
	char *bytes = ml_alloc(arena, RANDOM_BYTES);

	if (bytes && getrandom(bytes, RANDOM_BYTES, 0) != RANDOM_BYTES)
		memset(bytes, 0x5a, RANDOM_BYTES); /* a server needs no good ones from us: nothing is ever encrypted */
	return (struct ml_str){bytes, bytes ? RANDOM_BYTES : 0};
}

static struct ml_tls_question *of(struct ml_talk *talk)
{
	return (struct ml_tls_question *)talk; /* its first member */
}

static bool begin(struct ml_tls_question *q, int built)
{
	q->flight = q->parser ? ml_tls_parser_flight(q->parser) : q->flight;
	q->progress = ML_TLS_MORE;
	if (built || !q->parser)
		q->collector->memory = true;
	return !built && q->parser;
}

static bool start(struct ml_talk *talk, struct ml_buf *out)
{
	struct ml_tls_question *q = of(talk);
	int built;

	q->offer.hello.random = random_bytes(q->arena);
	built = ml_tls_hello_build(&q->offer.hello, out);
	q->parser = ml_tls_parser_new(q->arena, &q->offer.hello);
	return begin(q, built);
}

static bool start_ssl2(struct ml_talk *talk, struct ml_buf *out)
{
	struct ml_tls_question *q = of(talk);
	uint32_t kinds[64];
	size_t n, offered = 0;
	const struct ml_tls_suite *all = ml_ssl2_kinds(&n);
	int built;

	for (size_t i = 0; i < n && offered < sizeof(kinds) / sizeof(kinds[0]); i++)
		kinds[offered++] = all[i].code;
	built = ml_ssl2_hello_build(kinds, offered, random_bytes(q->arena), out);
	q->parser = ml_ssl2_parser_new(q->arena);
	return begin(q, built);
}

static bool feed(struct ml_talk *talk, struct ml_str bytes, struct ml_buf *out)
{
	struct ml_tls_question *q = of(talk);

	q->progress = ml_tls_parser_feed(q->parser, bytes);
	return q->progress == ML_TLS_MORE;
}

static enum ml_tls_answer judge(struct ml_tls_question *q, enum ml_talk_end how)
{
	switch (q->progress) {
	case ML_TLS_DONE:
		return ML_TLS_AGREED;
	case ML_TLS_ALERTED:
		return ML_TLS_REFUSED;
	case ML_TLS_CLOSED:
		return q->flight->bytes == 0 && how != ML_TALK_SILENT ? ML_TLS_REFUSED : ML_TLS_NO_ANSWER;
	case ML_TLS_VIOLATION:
		if (!q->expected || strcmp(q->expected, q->flight->violation))
			ml_tls_note_violation(q->collector, q->asked, q->flight->violation);
		return ML_TLS_BROKEN;
	case ML_TLS_PLAIN:
		ml_tls_note_text(q->collector, q->flight->plain);
		return ML_TLS_BROKEN;
	case ML_TLS_NOMEM:
		q->collector->memory = true;
		return ML_TLS_NO_ANSWER;
	default:
		return ML_TLS_NO_ANSWER;
	}
}

/* What was not asked for has ptr NULL, what did not come has no bytes. */
static void see_certificates(struct ml_tls_question *q, bool extensions)
{
	const struct ml_tls_hello *hello = &q->offer.hello;
	const struct ml_tls_flight *flight = q->flight;
	const struct ml_tls_extension *extension = ml_tls_answered(&flight->hello, ML_TLS_SCT);
	struct ml_str staple = flight->status.len ? flight->status : ML_STR(""), scts = extension ? extension->body : ML_STR("");

	ml_tls_chain_seen(q->collector, flight->hello.version, flight->certificates, flight->ncertificates,
		extensions && hello->status_request ? staple : ML_STR_NONE, extensions && hello->scts ? scts : ML_STR_NONE);
}

static void ended(struct ml_talk *talk, enum ml_talk_end how)
{
	struct ml_tls_question *q = of(talk);

	q->how = how;
	q->answer = ML_TLS_NO_ANSWER;
	if (how == ML_TALK_NEVER || how == ML_TALK_TEXT || !q->parser)
		return;
	if (how != ML_TALK_SILENT && q->progress == ML_TLS_MORE)
		q->progress = ml_tls_parser_end(q->parser);
	q->collector->tls = q->collector->tls || q->flight->records > 0;
	q->answer = judge(q, how);
	if (q->answer == ML_TLS_AGREED)
		ml_tls_share_seen(&q->collector->shares, q->flight);
	if (q->answer == ML_TLS_AGREED && q->flight->certificates_seen)
		see_certificates(q, q->flight->hello.version != ML_SSL_2_0 && !q->offer.hello.bare);
}

static const struct ml_talk_ops ops = {start, feed, ended}, ssl2_ops = {start_ssl2, feed, ended};

int ml_tls_question_init(struct ml_tls_question *question, struct ml_tls_collector *collector)
{
	*question = (struct ml_tls_question){.collector = collector, .arena = ml_arena_new(ANSWER_BYTES), .next = collector->questions};
	if (!question->arena) {
		collector->memory = true;
		return ML_ENOMEM;
	}
	collector->questions = question;
	return 0;
}

static struct ml_talk *ask(struct ml_tls_question *q, const char *asked, const struct ml_talk_ops *how)
{
	static const struct ml_tls_flight nothing;

	ml_arena_release(q->arena, (struct ml_arena_mark){0});
	q->talk = (struct ml_talk){.ops = how, .may_be_silent = how == &ssl2_ops};
	q->asked = asked;
	q->parser = NULL;
	q->flight = &nothing;
	return &q->talk;
}

struct ml_talk *ml_tls_ask(struct ml_tls_question *question, const char *asked)
{
	return ask(question, asked, &ops);
}

struct ml_talk *ml_tls_ask_ssl2(struct ml_tls_question *question)
{
	return ask(question, "SSLv2", &ssl2_ops);
}

void ml_tls_questions_free(struct ml_tls_collector *collector)
{
	for (struct ml_tls_question *q = collector->questions; q; q = q->next)
		ml_arena_free(q->arena);
	collector->questions = NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* One question whose hello may be cut in odd records, and what is said behind its answer. */
#include "checks/tls/trial.h"

#include "checks/tls/wire-priv.h"

enum { HEADER = 5, FRAGMENT_MAX = 1 << 14 };

static struct ml_tls_trial *of(struct ml_talk *talk)
{
	return (struct ml_tls_trial *)talk; /* the first member of its first member */
}

static struct ml_tls_trial *of_chain(struct ml_chain *chain)
{
	return (struct ml_tls_trial *)(void *)((char *)chain - offsetof(struct ml_tls_trial, chain));
}

void ml_tls_put_record(struct ml_buf *out, uint8_t type, uint16_t version, struct ml_str body)
{
	const char header[HEADER] = {(char)type, (char)(version >> 8), (char)version,
		(char)(body.len >> 8), (char)body.len};

	ml_buf_add(out, header, HEADER);
	ml_buf_str(out, body);
}

/* The hello's handshake bytes again, in records of `piece`. */
static bool cut(struct ml_tls_trial *trial, struct ml_buf *out, size_t piece)
{
	struct ml_str record = ml_str_dup(trial->question.arena, ml_buf_get(out)), rest;
	uint16_t version = (uint16_t)(record.len ? (unsigned char)record.ptr[1] << 8 | (unsigned char)record.ptr[2] : 0);

	if (!record.ptr) {
		trial->question.collector->memory = true;
		return false;
	}
	rest = ml_str_sub(record, HEADER, record.len);
	ml_buf_clear(out);
	while (rest.len) {
		ml_tls_put_record(out, ML_TLS_RECORD_HANDSHAKE, version, ml_str_sub(rest, 0, piece));
		rest = ml_str_sub(rest, piece, rest.len);
	}
	return true;
}

static bool start(struct ml_talk *talk, struct ml_buf *out)
{
	struct ml_tls_trial *trial = of(talk);
	size_t piece = trial->record_bytes ? trial->record_bytes : FRAGMENT_MAX;

	if (!trial->asks->start(talk, out))
		return false;
	return out->len <= HEADER + piece || cut(trial, out, piece);
}

static bool speak_on(struct ml_tls_trial *trial, struct ml_buf *out)
{
	struct ml_tls_question *q = &trial->question;

	if (q->progress != ML_TLS_DONE || !trial->then || ml_tls_parser_after(q->parser))
		return false;
	trial->after = trial->then(trial, out);
	q->progress = trial->after ? ML_TLS_MORE : ML_TLS_DONE;
	return trial->after;
}

static bool feed(struct ml_talk *talk, struct ml_str bytes, struct ml_buf *out)
{
	struct ml_tls_trial *trial = of(talk);

	if (trial->asks->feed(talk, bytes, out))
		return trial->question.flight->later.sealed_alerts == 0;
	return !trial->after && speak_on(trial, out);
}

static struct ml_tls_reaction react(const struct ml_tls_question *q, enum ml_talk_end how)
{
	if (q->progress == ML_TLS_ALERTED)
		return (struct ml_tls_reaction){ML_TLS_REACTION_ALERT, q->flight->alert.description};
	if (q->progress != ML_TLS_MORE)
		return (struct ml_tls_reaction){.kind = ML_TLS_REACTION_OTHER};
	if (q->flight->later.sealed_alerts)
		return (struct ml_tls_reaction){.kind = ML_TLS_REACTION_SEALED};
	switch (how) {
	case ML_TALK_CLOSED:
		return (struct ml_tls_reaction){.kind = ML_TLS_REACTION_CLOSED};
	case ML_TALK_RESET:
		return (struct ml_tls_reaction){.kind = ML_TLS_REACTION_RESET};
	case ML_TALK_SILENT:
		return (struct ml_tls_reaction){.kind = ML_TLS_REACTION_SILENCE};
	default:
		return (struct ml_tls_reaction){.kind = ML_TLS_REACTION_OTHER};
	}
}

/* What a server does about nonsense breaks nothing: the question judges the flight alone. */
static void ended(struct ml_talk *talk, enum ml_talk_end how)
{
	struct ml_tls_trial *trial = of(talk);
	struct ml_tls_question *q = &trial->question;

	if (trial->after) {
		trial->reaction = react(q, how);
		q->collector->memory = q->collector->memory || q->progress == ML_TLS_NOMEM;
		q->progress = ML_TLS_DONE;
		how = ML_TALK_DONE;
	}
	trial->asks->ended(talk, how);
}

static const struct ml_talk_ops ops = {start, feed, ended};

static struct ml_talk *next(struct ml_chain *chain)
{
	struct ml_tls_trial *trial = of_chain(chain);
	struct ml_talk *talk;

	if (trial->begun) {
		trial->take(trial);
		return NULL;
	}
	trial->begun = true;
	talk = ml_tls_ask(&trial->question, trial->asked);
	trial->asks = talk->ops;
	talk->ops = &ops;
	talk->may_be_silent = true;
	talk->patience_ms = trial->patience_ms;
	return talk;
}

struct ml_tls_trial *ml_tls_trial_new(struct ml_tls_collector *collector, const char *asked, uint16_t version,
	void (*take)(struct ml_tls_trial *trial))
{
	struct ml_tls_trial *trial = ml_alloc(collector->scratch, sizeof(*trial));

	if (!trial) {
		collector->memory = true;
		return NULL;
	}
	*trial = (struct ml_tls_trial){.chain = {next}, .asked = asked, .take = take};
	if (ml_tls_question_init(&trial->question, collector))
		return NULL;
	ml_tls_offer_agreed(&trial->question.offer, &collector->found, version);
	ml_engine_add(collector->engine, &trial->chain);
	return trial;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked when it is known what the server takes: its order, staples, fallback, SSL 2.0; and what its extensions say. */
#include "checks/tls/extras-priv.h"

#include "checks/tls/wire-priv.h"
#include "facts/tls.h"

enum { INAPPROPRIATE_FALLBACK = 86 };

static const int extension_slots[] = {
	ML_TF_COMPRESSION, ML_TF_SECURE_RENEGOTIATION, ML_TF_EMS, ML_TF_TICKETS, ML_TF_HEARTBEATS, ML_TF_STAPLES,
};
enum { NEXTENSIONS = sizeof(extension_slots) / sizeof(extension_slots[0]) };

/* One question and what is made of its answer. */
struct extra {
	struct ml_chain chain;
	struct ml_tls_question question;
	struct ml_tls_collector *collector;
	const struct ml_tls_found_version *version;
	const char *asked;
	void (*take)(struct ml_tls_extras *extras, const struct extra *extra);
	bool begun;
};

static struct ml_talk *next(struct ml_chain *chain)
{
	struct extra *extra = (struct extra *)chain; /* its first member */

	if (extra->begun) {
		extra->take(extra->collector->extras, extra);
		return NULL;
	}
	extra->begun = true;
	return extra->version ? ml_tls_ask(&extra->question, extra->asked) : ml_tls_ask_ssl2(&extra->question);
}

/* A chain that asks what the server agrees to in `version`; the caller may change the offer. NULL: no memory. */
static struct extra *add(struct ml_tls_collector *c, const struct ml_tls_found_version *version, const char *asked,
	void (*take)(struct ml_tls_extras *extras, const struct extra *extra))
{
	struct extra *extra = ml_alloc(c->scratch, sizeof(*extra));

	if (!extra) {
		c->memory = true;
		return NULL;
	}
	*extra = (struct extra){.chain = {next}, .collector = c, .version = version, .asked = asked, .take = take};
	if (ml_tls_question_init(&extra->question, c))
		return NULL;
	if (version)
		ml_tls_offer_agreed(&extra->question.offer, &c->found, version->code);
	ml_engine_add(c->engine, &extra->chain);
	return extra;
}

/* ---- order ---- */

/* Whether the last of what it takes, offered first, is still not what it takes. */
static void take_order(struct ml_tls_extras *extras, const struct extra *extra)
{
	if (extra->question.answer != ML_TLS_AGREED) {
		extras->order = ml_tls_unknown(extra->collector);
		return;
	}
	extras->order = ml_bool(extra->question.flight->hello.suite == extra->version->suites[0].code);
	if (extras->order.b && extras->ordered)
		extras->ordered(extra->collector);
}

static void ask_order(struct ml_tls_collector *c)
{
	const struct ml_tls_found_version *v = ml_tls_found_newest(&c->found, ML_TLS_NEWEST, 2);
	struct extra *extra = v ? add(c, v, "order of suites", take_order) : NULL;

	for (size_t i = 0; extra && i < v->nsuites; i++)
		extra->question.offer.suites[i] = (uint16_t)v->suites[v->nsuites - 1 - i].code;
}

/* ---- extensions ---- */

void ml_tls_extensions_seen(struct ml_tls_extras *extras, const struct ml_tls_question *question)
{
	const struct ml_tls_flight *flight = question->flight;

	for (size_t i = 0; i < NEXTENSIONS && question->answer != ML_TLS_AGREED; i++)
		extras->extensions[i] = ml_tls_unknown(question->collector);
	if (question->answer != ML_TLS_AGREED)
		return;
	extras->extensions[0] = ml_bool(flight->hello.compression != 0);
	extras->extensions[1] = ml_bool(ml_tls_answered(&flight->hello, ML_TLS_RENEGOTIATION_INFO) != NULL);
	extras->extensions[2] = ml_bool(ml_tls_answered(&flight->hello, ML_TLS_EXTENDED_MASTER_SECRET) != NULL);
	extras->extensions[3] = ml_bool(ml_tls_answered(&flight->hello, ML_TLS_SESSION_TICKET) != NULL);
	extras->extensions[4] = ml_bool(ml_tls_answered(&flight->hello, ML_TLS_HEARTBEAT) != NULL);
	extras->extensions[5] = ml_bool(flight->status.len > 0);
}

/* ---- what comes with each chain ---- */

/* The question itself sees them: ml_tls_chain_seen. */
static void take_nothing(struct ml_tls_extras *extras, const struct extra *extra)
{
}

static bool by_rsa(uint32_t code)
{
	return ml_tls_suite((uint16_t)code)->auth == ML_AUTH_RSA;
}

static bool by_ecdsa(uint32_t code)
{
	return ml_tls_suite((uint16_t)code)->auth == ML_AUTH_ECDSA;
}

static bool by_dss(uint32_t code)
{
	return ml_tls_suite((uint16_t)code)->auth == ML_AUTH_DSS;
}

static bool any(const struct ml_tls_found_version *v, bool (*wanted)(uint32_t code))
{
	for (size_t i = 0; i < v->nsuites; i++)
		if (wanted(v->suites[i].code))
			return true;
	return false;
}

/* A server with several kinds of keys has a chain of each, with its own staple; the question about the first flight sees that of the first suite. Hellos that
 * enumerate do not ask for staples: some servers (wolfSSL) refuse them for it. */
static void ask_staples(struct ml_tls_collector *c)
{
	static bool (*const kinds[])(uint32_t code) = {by_rsa, by_ecdsa, by_dss};
	const struct ml_tls_found_version *v = ml_tls_found_newest(&c->found, ML_TLS_NEWEST - 1, 1);

	for (size_t i = 0; v && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct extra *extra = any(v, kinds[i]) && !kinds[i](v->suites[0].code) ? add(c, v, "certificates", take_nothing) : NULL;
		if (!extra)
			continue;
		ml_tls_offer_only(&extra->question.offer, kinds[i]);
		extra->question.offer.hello.status_request = extra->question.offer.hello.scts = true;
	}
}

/* ---- fallback: RFC 7507, an older version with the signal that a newer one failed ---- */

/* The same hello without the signal, after a connection that was closed without a word (as Dovecot does): only the signal can have been the reason. */
static void take_fallback_control(struct ml_tls_extras *extras, const struct extra *extra)
{
	if (extra->question.answer == ML_TLS_AGREED)
		extras->fallback = ml_bool(true);
}

static void take_fallback(struct ml_tls_extras *extras, const struct extra *extra)
{
	const struct ml_tls_question *q = &extra->question;

	if (q->answer == ML_TLS_REFUSED && q->flight->alert_seen)
		extras->fallback = ml_bool(q->flight->alert.description == INAPPROPRIATE_FALLBACK);
	else
		extras->fallback = q->answer == ML_TLS_AGREED ? ml_bool(false) : ml_tls_unknown(extra->collector);
	if (q->answer == ML_TLS_REFUSED && !q->flight->alert_seen)
		add(extra->collector, extra->version, "fallback", take_fallback_control);
}

static void ask_fallback(struct ml_tls_collector *c)
{
	const struct ml_tls_found_version *best = ml_tls_found_newest(&c->found, ML_TLS_NEWEST, 1), *older = NULL;
	struct extra *extra;

	for (size_t i = ML_TLS_OLDEST; best && &c->found.versions[i] < best; i++)
		if (c->found.versions[i].offered)
			older = &c->found.versions[i];
	extra = older ? add(c, older, "fallback", take_fallback) : NULL;
	if (extra)
		extra->question.offer.suites[extra->question.offer.hello.suites.n++] = ML_TLS_FALLBACK_SCSV;
}

/* ---- SSL 2.0 ---- */

/* A server of SSL 2.0 answers at once. One that waits took the hello for the beginning of a longer record: it does not know it. */
static void take_ssl2(struct ml_tls_extras *extras, const struct extra *extra)
{
	struct ml_tls_found_version *v = &extra->collector->found.versions[0];
	const struct ml_tls_question *q = &extra->question;

	v->offered = q->answer == ML_TLS_AGREED;
	v->known = q->answer != ML_TLS_NO_ANSWER || (q->how == ML_TALK_SILENT && q->flight->bytes == 0);
	for (size_t i = 0; v->offered && i < q->flight->nssl2_kinds && v->nsuites < ML_TLS_SUITES_MAX; i++)
		v->suites[v->nsuites++] = (struct ml_tls_agreed){.code = q->flight->ssl2_kinds[i]};
}

void ml_tls_extras_begin(struct ml_tls_collector *c)
{
	ask_order(c);
	ask_staples(c);
	ask_fallback(c);
	if (c->tls || c->text.len == 0)
		add(c, NULL, "SSLv2", take_ssl2);
}

/* ---- facts ---- */

static void set_if(struct ml_tls_collector *c, struct ml_record_builder *b, int slot, struct ml_value value)
{
	if (value.kind == ML_V_ABSENT)
		return;
	c->facts->incomplete = c->facts->incomplete || value.kind == ML_V_UNKNOWN;
	ml_record_set(b, slot, value);
}

void ml_tls_extras_write(struct ml_tls_collector *c, struct ml_record_builder *root)
{
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_tf_behaviour_type);
	set_if(c, &b, ML_TF_SERVER_ORDER, c->extras->order);
	for (size_t i = 0; i < NEXTENSIONS; i++)
		set_if(c, &b, extension_slots[i], c->extras->extensions[i]);
	set_if(c, &b, ML_TF_FALLBACK, c->extras->fallback);
	ml_record_set(root, ML_TF_BEHAVIOUR, ml_tls_pack(c, &b));
}

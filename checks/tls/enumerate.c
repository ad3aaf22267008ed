/* SPDX-License-Identifier: Apache-2.0 */
/* Choice by choice, in segments. */
#include "checks/tls/enumerate.h"

#include "base/error.h"

enum {
	HEAD = 6,    /* choices one after another, before a list is cut, and cut again */
	CUTS = 10, USUAL_LEFT = 6,
	FAR_MS = 15,
	PROTOCOL_VERSION = 70, /* the alert that says it is the version */
	SHORT = 128, /* suites of which no server was seen to say that they are too many (wolfSSL refuses more than 150) */
};

static uint16_t *items_of(struct ml_tls_enumeration *e, size_t **n)
{
	*n = e->groups ? &e->question.offer.hello.groups.n : &e->question.offer.hello.suites.n;
	return e->groups ? e->question.offer.groups : e->question.offer.suites;
}

static const char *name_of(const struct ml_tls_enumeration *e)
{
	return e->groups ? "groups" : ml_tls_version_name(e->collector->found.versions[e->version].code);
}

static struct ml_talk *next(struct ml_chain *chain);

static struct ml_tls_enumeration *new_enumeration(struct ml_tls_collector *c, size_t version, bool groups)
{
	struct ml_tls_enumeration *e = ml_alloc(c->scratch, sizeof(*e));

	if (!e) {
		c->memory = true;
		return NULL;
	}
	*e = (struct ml_tls_enumeration){.chain = {next}, .collector = c, .version = version, .groups = groups, .head = e};
	if (ml_tls_question_init(&e->question, c))
		return NULL;
	ml_tls_offer_all(&e->question.offer, c->found.name, c->found.versions[version].code);
	return e;
}

static void keep(struct ml_tls_enumeration *e, struct ml_tls_agreed agreed)
{
	if (agreed.dh_prime.len)
		agreed.dh_prime = ml_str_dup(e->collector->scratch, agreed.dh_prime);
	if (ml_alloc_grow(e->collector->scratch, &e->found, &e->cap, e->nfound + 1, sizeof(agreed)))
		e->collector->memory = true;
	else
		e->found[e->nfound++] = agreed;
}

/* The server's choice, taken out of what is offered. False: it chose nothing of what was asked for. */
static bool take(struct ml_tls_enumeration *e)
{
	const struct ml_tls_flight *flight = e->question.flight;
	struct ml_tls_agreed agreed = {flight->hello.suite, flight->curve, flight->dh_prime};
	uint16_t code = e->collector->found.versions[e->version].code;
	size_t *n;
	uint16_t *items = items_of(e, &n);

	if (flight->hello.version != code)
		return false;
	if (e->groups)
		agreed = (struct ml_tls_agreed){.code = code == ML_TLS_1_3 ? flight->hello.group : flight->curve};
	if (e->groups && agreed.code == 0)
		return false;
	if (e->nfound == 0)
		e->first_group = code == ML_TLS_1_3 ? flight->hello.group : flight->curve;
	keep(e, agreed);
	ml_tls_leave_out(items, n, (uint16_t)agreed.code);
	return true;
}

/* Whether the choices so far came in the order in which they were offered: then the list is cut where the server would. */
static bool in_our_order(const struct ml_tls_enumeration *e)
{
	struct ml_tls_offer whole;
	size_t at = 0, k = 0;

	ml_tls_offer_all(&whole, ML_STR(""), e->collector->found.versions[e->version].code);
	for (; at < whole.hello.suites.n && k < e->nfound; at++)
		k += whole.suites[at] == e->found[k].code;
	return k == e->nfound;
}

static void restrict_to(struct ml_tls_enumeration *e, const uint16_t *items, size_t n)
{
	size_t *count;
	uint16_t *own = items_of(e, &count);

	for (size_t i = 0; i < n; i++)
		own[i] = items[i];
	*count = n;
}

/* A suite that many servers have. */
static bool usual(uint16_t code)
{
	return ml_tls_suite_openssl(ml_tls_suite(code)) != NULL;
}

/* Where a part ends that begins at `at` and has its share of what servers usually have. */
static size_t part_end(const uint16_t *items, size_t n, size_t at, size_t share)
{
	size_t weight = 0;

	while (at < n && weight < share)
		weight += usual(items[at++]);
	return at;
}

/* The items are asked for by a chain of their own, and stand behind those of `e`. */
static struct ml_tls_enumeration *add_segment(struct ml_tls_enumeration *e, const uint16_t *items, size_t n)
{
	struct ml_tls_enumeration *segment = new_enumeration(e->collector, e->version, e->groups);

	if (!segment)
		return e;
	restrict_to(segment, items, n);
	segment->head = e->head;
	segment->after = e->after;
	e->after = segment;
	e->head->ncuts++;
	ml_engine_add(e->collector->engine, &segment->chain);
	return segment;
}

static size_t usual_ones(const uint16_t *items, size_t n)
{
	size_t usual_n = 0;

	for (size_t i = 0; i < n; i++)
		usual_n += usual(items[i]);
	return usual_n;
}

/* What is still offered, in parts with as many usual suites each: the first stays where it is. The first cut makes several, later ones two. */
static void cut(struct ml_tls_enumeration *e)
{
	size_t parts = e->head->ncuts ? 2 : e->collector->found.versions[e->version].code == ML_TLS_1_2 ? 5 : 3;
	uint16_t items[ML_TLS_SUITES_MAX];
	size_t *n, left, share, at, end;
	struct ml_tls_enumeration *last = e;

	memcpy(items, items_of(e, &n), sizeof(items));
	left = *n;
	share = usual_ones(items, left) / parts + 1;
	if (e->head->ncuts + parts > CUTS || usual_ones(items, left) < USUAL_LEFT || !in_our_order(e))
		return;
	at = part_end(items, left, 0, share);
	restrict_to(e, items, at);
	for (size_t i = 2; at < left; at = end, i++) {
		end = i == parts ? left : part_end(items, left, at, share);
		last = add_segment(last, items + at, end - at);
	}
}

/* Groups of finite fields in TLS 1.3, which few servers prefer, apart from the others. */
static void cut_groups(struct ml_tls_enumeration *e)
{
	uint16_t fields[ML_TLS_GROUPS_MAX];
	size_t *n, nfields = 0;
	uint16_t *own = items_of(e, &n);

	for (size_t i = 0; i < *n; i++)
		if (ml_tls_group(own[i])->kind == ML_GROUP_FFDHE)
			fields[nfields++] = own[i];
	if (nfields == 0 || nfields == *n || e->collector->found.versions[e->version].code != ML_TLS_1_3)
		return;
	for (size_t i = 0; i < nfields; i++)
		ml_tls_leave_out(own, n, fields[i]);
	add_segment(e, fields, nfields);
}

/* A refusal by an alert is an answer. A connection that is closed without a word is one only when the server still takes what it took before: it may be
 * tired of us. Where nothing was agreed on yet, a later agreement will show that it was there. */
static struct ml_talk *control(struct ml_tls_enumeration *e)
{
	const struct ml_tls_found_version *v = ml_tls_found_newest(&e->collector->found, ML_TLS_NEWEST, 1);

	if (e->question.flight->bytes > 0 || !v) {
		e->known = true;
		return NULL;
	}
	e->controls = true;
	ml_tls_offer_agreed(&e->question.offer, &e->collector->found, v->code);
	return ml_tls_ask(&e->question, "what was agreed on before");
}

static struct ml_talk *controlled(struct ml_tls_enumeration *e)
{
	e->known = e->question.answer == ML_TLS_AGREED;
	if (!e->known)
		ml_engine_give_up(e->collector->engine, "the server closes connections that it took before");
	return NULL;
}

/* What a shorter hello left out, now that there is an answer to it. */
static void ask_later(struct ml_tls_enumeration *e)
{
	for (size_t at = 0; at < e->nlater; at += SHORT)
		add_segment(e, e->later + at, e->nlater - at < SHORT ? e->nlater - at : SHORT);
	e->nlater = 0;
}

/* The answer to what was offered; the next question, or NULL. */
static struct ml_talk *go_on(struct ml_tls_enumeration *e)
{
	size_t *n;

	if (e->question.answer == ML_TLS_REFUSED)
		return control(e);
	if (e->question.answer != ML_TLS_AGREED)
		return NULL;
	if (!take(e)) {
		e->known = true;
		return NULL;
	}
	if (e->nlater)
		ask_later(e);
	else if (ml_engine_latency(e->collector->engine) >= FAR_MS && !e->groups && e->nfound % HEAD == 0)
		cut(e);
	items_of(e, &n);
	e->known = *n == 0;
	return e->known ? NULL : ml_tls_ask(&e->question, name_of(e));
}

static struct ml_talk *next(struct ml_chain *chain)
{
	struct ml_tls_enumeration *e = (struct ml_tls_enumeration *)chain; /* its first member */
	struct ml_talk *talk;
	size_t *n;

	if (e->controls)
		return controlled(e);
	if (!e->begun) {
		items_of(e, &n);
		e->begun = true;
		e->known = *n == 0;
		return e->known ? NULL : ml_tls_ask(&e->question, name_of(e));
	}
	talk = go_on(e);
	if (!e->started && e->first && (e->nfound || !talk)) {
		e->started = true;
		e->first(e);
	}
	return talk;
}

struct ml_tls_enumeration *ml_tls_enumerate_suites(struct ml_tls_collector *collector, size_t version)
{
	return new_enumeration(collector, version, false);
}

static bool has_curve(uint32_t code)
{
	const struct ml_tls_suite *suite = ml_tls_suite((uint16_t)code);

	return suite->kx == ML_KX_ECDHE || suite->kx == ML_KX_ECDHE_PSK;
}

struct ml_tls_enumeration *ml_tls_enumerate_groups(struct ml_tls_collector *collector, size_t version, uint16_t first)
{
	struct ml_tls_enumeration *head = new_enumeration(collector, version, true);
	size_t *n;
	uint16_t *items;

	if (!head)
		return NULL;
	if (collector->found.versions[version].code != ML_TLS_1_3) /* other suites would be agreed on when no group is left */
		ml_tls_offer_only(&head->question.offer, has_curve);
	items = items_of(head, &n);
	if (first) {
		keep(head, (struct ml_tls_agreed){.code = first});
		ml_tls_leave_out(items, n, first);
	}
	if (ml_engine_latency(collector->engine) >= FAR_MS)
		cut_groups(head);
	return head;
}

bool ml_tls_enumeration_result(const struct ml_tls_enumeration *head, struct ml_tls_agreed *out, size_t most, size_t *n)
{
	bool known = true;

	*n = 0;
	for (const struct ml_tls_enumeration *e = head; e; e = e->after) {
		known = known && e->known;
		for (size_t i = 0; i < e->nfound && *n < most; i++)
			out[(*n)++] = e->found[i];
	}
	return known;
}

static void begin_again(struct ml_tls_enumeration *e)
{
	e->begun = e->known = false;
	e->started = true;
	e->first = NULL;
	ml_engine_add(e->collector->engine, &e->chain);
}

/* ---- very many suites ---- */

void ml_tls_enumeration_shorten(struct ml_tls_enumeration *head, bool long_ones)
{
	uint16_t *own = head->question.offer.suites, *later;
	size_t n = head->question.offer.hello.suites.n, kept = 0;

	if (head->groups || head->nfound || n <= SHORT || long_ones || head->question.answer != ML_TLS_REFUSED || head->controls ||
		head->question.flight->alert.description == PROTOCOL_VERSION)
		return;
	later = ml_alloc_array(head->collector->scratch, n, sizeof(*later));
	if (!later) {
		head->collector->memory = true;
		return;
	}
	for (size_t i = 0; i < n; i++)
		if (usual(own[i]) && kept < SHORT)
			own[kept++] = own[i];
		else
			later[head->nlater++] = own[i];
	head->later = later;
	head->question.offer.hello.suites.n = kept;
	begin_again(head);
}

/* ---- the order across segments ---- */

/* Whether the server likes the last of one segment more than the first of the next. */
struct joint {
	struct ml_chain chain;
	struct ml_tls_question question;
	struct ml_tls_enumeration *head;
	uint16_t last;
	bool asked;
};

static uint32_t chosen(const struct ml_tls_enumeration *e, const struct ml_tls_question *q)
{
	return !e->groups ? q->flight->hello.suite : e->collector->found.versions[e->version].code == ML_TLS_1_3 ? q->flight->hello.group : q->flight->curve;
}

static struct ml_talk *next_joint(struct ml_chain *chain)
{
	struct joint *joint = (struct joint *)chain; /* its first member */

	if (!joint->asked) {
		joint->asked = true;
		return ml_tls_ask(&joint->question, joint->head->groups ? "order of groups" : "order of suites");
	}
	if (joint->question.answer != ML_TLS_AGREED || chosen(joint->head, &joint->question) != joint->last)
		joint->head->misjoined = true;
	return NULL;
}

/* In our order: a server without one of its own has nothing to mend. */
static void ask_joint(struct ml_tls_enumeration *head, uint32_t last, uint32_t first)
{
	struct joint *joint = ml_alloc(head->collector->scratch, sizeof(*joint));
	uint16_t pair[2] = {(uint16_t)last, (uint16_t)first};

	if (!joint) {
		head->collector->memory = true;
		return;
	}
	*joint = (struct joint){.chain = {next_joint}, .head = head, .last = (uint16_t)last};
	if (ml_tls_question_init(&joint->question, head->collector))
		return;
	ml_tls_offer_all(&joint->question.offer, head->collector->found.name, head->collector->found.versions[head->version].code);
	if (head->groups) {
		memcpy(joint->question.offer.groups, pair, sizeof(pair));
		joint->question.offer.hello.groups.n = 2;
	} else {
		memcpy(joint->question.offer.suites, pair, sizeof(pair));
		joint->question.offer.hello.suites.n = 2;
	}
	ml_engine_add(head->collector->engine, &joint->chain);
}

void ml_tls_enumeration_check(struct ml_tls_enumeration *head)
{
	const struct ml_tls_enumeration *before = head;

	for (const struct ml_tls_enumeration *segment = head->after; segment; segment = segment->after) {
		if (segment->nfound == 0)
			continue;
		if (before->nfound)
			ask_joint(head, before->found[before->nfound - 1].code, segment->found[0].code);
		before = segment;
	}
}

void ml_tls_enumeration_mend(struct ml_tls_enumeration *head)
{
	struct ml_tls_agreed all[ML_TLS_SUITES_MAX];
	uint16_t items[ML_TLS_SUITES_MAX];
	size_t n;

	if (!head->misjoined || !ml_tls_enumeration_result(head, all, ML_TLS_SUITES_MAX, &n))
		return;
	for (size_t i = 0; i < n; i++)
		items[i] = (uint16_t)all[i].code;
	ml_tls_offer_all(&head->question.offer, head->collector->found.name, head->collector->found.versions[head->version].code);
	restrict_to(head, items, n);
	head->nfound = 0;
	head->after = NULL;
	head->ncuts = CUTS;
	begin_again(head);
}

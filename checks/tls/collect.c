/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked, in which order, and what the answers say. */
#include "base/clock.h"
#include "base/error.h"
#include "checks/tls/probe-priv.h"
#include "checks/tls/wire-priv.h"
#include "facts/tls.h"

#define SCRATCH_BYTES ((size_t)16 << 20)

enum { NEWEST = ML_TLS_NVERSIONS - 1, OLDEST_TLS = 2, SSL3 = 1, UNRANKED = -1, INAPPROPRIATE_FALLBACK = 86 };

/* A suite that the server agreed to, with what its key exchange showed. */
struct agreed {
	uint32_t code;
	uint16_t curve, dh_bits;
};

struct version {
	uint16_t code;
	bool offered, known;
	struct agreed suites[ML_TLS_SUITES_MAX];
	size_t nsuites;
};

struct group {
	uint16_t code, version;
};

struct collector {
	struct ml_tls_probe probe;
	struct version versions[ML_TLS_NVERSIONS];
	struct group groups[2 * ML_TLS_GROUPS_MAX];
	size_t ngroups;
	struct ml_value order, extras[6], fallback; /* ABSENT: does not arise */
	bool groups_known;
};

static const uint16_t version_codes[ML_TLS_NVERSIONS] = {ML_SSL_2_0, ML_SSL_3_0, ML_TLS_1_0, ML_TLS_1_1, ML_TLS_1_2, ML_TLS_1_3};

static const char *version_name(const struct collector *c, const struct version *v)
{
	return ml_tf_version_vocab.words[v - c->versions];
}

static void next_question(struct collector *c)
{
	ml_arena_release(c->probe.scratch, (struct ml_arena_mark){0});
	c->probe.flight = NULL;
}

static struct version *newest(struct collector *c, size_t from, size_t suites);
static void only_agreed(struct collector *c, const struct version *v);

/* A refusal by an alert is an answer. A connection that is closed without a word is one only when the server still takes what it took before: it may be
 * tired of us. Where nothing was agreed on yet, a later agreement will show that it was there. */
static bool refused(struct collector *c, enum ml_tls_answer answer)
{
	struct version *v = newest(c, NEWEST, 1);

	if (answer != ML_TLS_REFUSED)
		return false;
	if (!v || !c->probe.flight || c->probe.flight->bytes > 0)
		return true;
	ml_tls_offer(&c->probe, v->code);
	only_agreed(c, v);
	next_question(c);
	if (ml_tls_ask(&c->probe, "what was agreed on before") == ML_TLS_AGREED)
		return true;
	if (!c->probe.given_up)
		c->probe.given_up = "the server closes connections that it took before";
	return false;
}

/* One suite after another, until the server wants none of those that are left. */
static void ask_version(struct collector *c, struct version *v)
{
	struct ml_tls_probe *probe = &c->probe;
	enum ml_tls_answer answer = ML_TLS_REFUSED;

	ml_tls_offer(probe, v->code);
	while (probe->hello.suites.n) {
		next_question(c);
		answer = ml_tls_ask(probe, version_name(c, v));
		if (answer != ML_TLS_AGREED || probe->flight->hello.version != v->code)
			break;
		v->offered = true;
		v->suites[v->nsuites++] = (struct agreed){probe->flight->hello.suite, probe->flight->curve, (uint16_t)(8 * probe->flight->dh_prime.len)};
		ml_tls_leave_out(probe->suites, &probe->hello.suites.n, probe->flight->hello.suite);
	}
	v->known = answer == ML_TLS_AGREED || refused(c, answer);
}

/* A server of SSL 2.0 answers at once. One that waits took the hello for the beginning of a longer record: it does not know it. */
static void ask_ssl2(struct collector *c, struct version *v)
{
	struct ml_tls_probe *probe = &c->probe;
	enum ml_tls_answer answer;

	if (probe->given_up)
		return;
	next_question(c);
	answer = ml_tls_ask_ssl2(probe);
	v->known = answer == ML_TLS_AGREED || answer == ML_TLS_BROKEN;
	v->offered = answer == ML_TLS_AGREED;
	for (size_t i = 0; v->offered && i < probe->flight->nssl2_kinds && v->nsuites < ML_TLS_SUITES_MAX; i++)
		v->suites[v->nsuites++] = (struct agreed){.code = probe->flight->ssl2_kinds[i]};
	if (answer == ML_TLS_NO_ANSWER && probe->flight && probe->flight->bytes == 0) {
		probe->given_up = NULL;
		answer = ML_TLS_REFUSED;
	}
	v->known = v->known || refused(c, answer);
}

static struct version *newest(struct collector *c, size_t from, size_t suites)
{
	for (size_t i = from + 1; i-- > OLDEST_TLS;)
		if (c->versions[i].offered && c->versions[i].nsuites >= suites)
			return &c->versions[i];
	return NULL;
}

static struct ml_value unknown(const struct collector *c)
{
	return ml_unknown(ml_str(c->probe.given_up ? c->probe.given_up : "the server's answer cannot be used"));
}

/* Whether the last of what it takes, offered first, is still not what it takes. */
static void ask_order(struct collector *c)
{
	struct version *v = newest(c, NEWEST, 2);

	if (!v)
		return;
	ml_tls_offer(&c->probe, v->code);
	c->probe.hello.suites.n = 0;
	for (size_t i = v->nsuites; i-- > 0;)
		c->probe.suites[c->probe.hello.suites.n++] = (uint16_t)v->suites[i].code;
	next_question(c);
	c->order = ml_tls_ask(&c->probe, "order of suites") == ML_TLS_AGREED ? ml_bool(c->probe.flight->hello.suite == v->suites[0].code) : unknown(c);
}

static void only_agreed(struct collector *c, const struct version *v)
{
	c->probe.hello.suites.n = 0;
	for (size_t i = 0; i < v->nsuites; i++)
		c->probe.suites[c->probe.hello.suites.n++] = (uint16_t)v->suites[i].code;
}

static bool has_extension(const struct ml_tls_flight *flight, uint16_t type)
{
	for (size_t i = 0; i < flight->hello.nextensions; i++)
		if (flight->hello.extensions[i].type == type)
			return true;
	return false;
}

static const int extra_slots[] = {
	ML_TF_COMPRESSION, ML_TF_SECURE_RENEGOTIATION, ML_TF_EMS, ML_TF_TICKETS, ML_TF_HEARTBEATS, ML_TF_STAPLES,
};

static void ask_extras(struct collector *c)
{
	struct version *v = newest(c, NEWEST - 1, 1);
	struct ml_tls_hello *hello = &c->probe.hello;
	const struct ml_tls_flight *flight;

	if (!v)
		return;
	ml_tls_offer(&c->probe, v->code);
	only_agreed(c, v);
	hello->deflate = hello->extended_master_secret = hello->session_ticket = hello->heartbeat = hello->status_request = true;
	next_question(c);
	if (ml_tls_ask(&c->probe, "extensions") != ML_TLS_AGREED) {
		for (size_t i = 0; i < sizeof(extra_slots) / sizeof(extra_slots[0]); i++)
			c->extras[i] = unknown(c);
		return;
	}
	flight = c->probe.flight;
	c->extras[0] = ml_bool(flight->hello.compression != 0);
	c->extras[1] = ml_bool(has_extension(flight, ML_TLS_RENEGOTIATION_INFO));
	c->extras[2] = ml_bool(has_extension(flight, ML_TLS_EXTENDED_MASTER_SECRET));
	c->extras[3] = ml_bool(has_extension(flight, ML_TLS_SESSION_TICKET));
	c->extras[4] = ml_bool(has_extension(flight, ML_TLS_HEARTBEAT));
	c->extras[5] = ml_bool(flight->status.len > 0);
}

/* RFC 7507: an older version with the signal that a newer one failed. */
static void ask_fallback(struct collector *c)
{
	struct version *best = newest(c, NEWEST, 1), *older = NULL;
	enum ml_tls_answer answer;

	for (size_t i = OLDEST_TLS; best && &c->versions[i] < best; i++)
		if (c->versions[i].offered)
			older = &c->versions[i];
	if (!older)
		return;
	ml_tls_offer(&c->probe, older->code);
	only_agreed(c, older);
	c->probe.suites[c->probe.hello.suites.n++] = ML_TLS_FALLBACK_SCSV;
	next_question(c);
	answer = ml_tls_ask(&c->probe, "fallback");
	if (answer == ML_TLS_REFUSED && c->probe.flight->alert_seen)
		c->fallback = ml_bool(c->probe.flight->alert.description == INAPPROPRIATE_FALLBACK);
	else
		c->fallback = answer == ML_TLS_AGREED ? ml_bool(false) : unknown(c);
}

static bool has_ecdhe(const struct version *v)
{
	for (size_t i = 0; i < v->nsuites; i++)
		if (v->suites[i].curve)
			return true;
	return false;
}

/* Of TLS 1.2 and older only suites with a curve: others would be agreed on when no group is left. */
static void only_ecdhe(struct collector *c, const struct version *v)
{
	c->probe.hello.suites.n = 0;
	for (size_t i = 0; i < v->nsuites; i++)
		if (v->suites[i].curve)
			c->probe.suites[c->probe.hello.suites.n++] = (uint16_t)v->suites[i].code;
}

static void ask_groups(struct collector *c, struct version *v)
{
	struct ml_tls_probe *probe = &c->probe;
	enum ml_tls_answer answer = ML_TLS_REFUSED;

	ml_tls_offer(probe, v->code);
	if (v->code == ML_TLS_1_3)
		only_agreed(c, v);
	else
		only_ecdhe(c, v);
	while (probe->hello.groups.n && c->ngroups < sizeof(c->groups) / sizeof(c->groups[0])) {
		uint16_t code;
		next_question(c);
		answer = ml_tls_ask(probe, "groups");
		code = answer != ML_TLS_AGREED ? 0 : v->code == ML_TLS_1_3 ? probe->flight->hello.group : probe->flight->curve;
		if (code == 0)
			break;
		c->groups[c->ngroups++] = (struct group){code, v->code};
		ml_tls_leave_out(probe->groups, &probe->hello.groups.n, code);
	}
	c->groups_known = c->groups_known && (answer == ML_TLS_AGREED || refused(c, answer));
}

static void ask_all_groups(struct collector *c)
{
	struct version *older = newest(c, NEWEST - 1, 1);

	c->groups_known = true;
	if (c->versions[NEWEST].offered)
		ask_groups(c, &c->versions[NEWEST]);
	if (older && has_ecdhe(older))
		ask_groups(c, older);
}

static void ask_everything(struct collector *c)
{
	for (size_t i = ML_TLS_NVERSIONS; i-- > SSL3;)
		ask_version(c, &c->versions[i]);
	ask_order(c);
	ask_all_groups(c);
	ask_extras(c);
	ask_fallback(c);
	if (c->probe.tls || c->probe.text.len == 0)
		ask_ssl2(c, &c->versions[0]);
}

/* ---- facts ---- */

static struct ml_value pack(struct collector *c, struct ml_record_builder *b)
{
	struct ml_value value = ml_absent();

	if (ml_record_pack(b, c->probe.facts->arena, 0, &value))
		c->probe.memory = true;
	return value;
}

static struct ml_value word(const char *z)
{
	return ml_string(ml_str(z));
}

static struct ml_value text(struct collector *c, struct ml_str s)
{
	c->probe.memory = c->probe.memory || !s.ptr;
	return ml_string(s);
}

/* Known, or why it is not; the target is then not wholly known either. */
static struct ml_value known_or(struct collector *c, bool known, struct ml_value value)
{
	if (known)
		return value;
	c->probe.facts->incomplete = true;
	return unknown(c);
}

struct list {
	struct ml_value *items;
	size_t n, cap;
};

static void push(struct collector *c, struct list *list, struct ml_value value)
{
	if (ml_alloc_grow(c->probe.facts->arena, &list->items, &list->cap, list->n + 1, sizeof(*list->items)))
		c->probe.memory = true;
	else
		list->items[list->n++] = value;
}

static struct ml_value version_fact(struct collector *c, const struct version *v)
{
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_tf_version_type);
	ml_record_set(&b, ML_TF_VER_NAME, word(version_name(c, v)));
	ml_record_set(&b, ML_TF_VER_OFFERED, known_or(c, v->known || v->offered, ml_bool(v->offered)));
	return pack(c, &b);
}

static struct ml_value suite_name(struct collector *c, const struct agreed *agreed, const struct ml_tls_suite *suite)
{
	return suite && suite->name ? word(suite->name) : text(c, ml_strf(c->probe.facts->arena, "0x%04X", (unsigned)agreed->code));
}

static void describe_suite(struct ml_record_builder *b, const struct ml_tls_suite *suite)
{
	ml_record_set(b, ML_TF_SUITE_KX, word(ml_tls_kx_name((enum ml_tls_kx)suite->kx)));
	ml_record_set(b, ML_TF_SUITE_AUTH, word(ml_tls_auth_name((enum ml_tls_auth)suite->auth)));
	ml_record_set(b, ML_TF_SUITE_CIPHER, word(ml_tls_cipher_name((enum ml_tls_cipher)suite->cipher)));
	ml_record_set(b, ML_TF_SUITE_BITS, ml_int(suite->bits));
	ml_record_set(b, ML_TF_SUITE_MAC, word(ml_tls_mac_name((enum ml_tls_mac)suite->mac)));
	ml_record_set(b, ML_TF_SUITE_EXPORT, ml_int(suite->export_bits));
	ml_record_set(b, ML_TF_SUITE_FORWARD, ml_bool(ml_tls_suite_forward(suite)));
	ml_record_set(b, ML_TF_SUITE_AEAD, ml_bool(suite->mac == ML_MAC_AEAD));
}

static struct ml_value suite_fact(struct collector *c, const struct version *v, size_t i)
{
	const struct agreed *agreed = &v->suites[i];
	const struct ml_tls_suite *suite = v->code == ML_SSL_2_0 ? ml_ssl2_kind(agreed->code) : ml_tls_suite((uint16_t)agreed->code);
	const struct ml_tls_group *group = ml_tls_group(agreed->curve);
	struct ml_record_builder b;
	struct ml_value name = suite_name(c, agreed, suite);

	if (!suite) /* SSL 2.0 servers may name kinds that nobody knows */
		return unknown(c);
	ml_record_begin(&b, &ml_tf_suite_type);
	ml_record_set(&b, ML_TF_SUITE_ID, text(c, ml_strf(c->probe.facts->arena, "%s %.*s", version_name(c, v), ML_STR_ARG(ml_value_text(&name)))));
	ml_record_set(&b, ML_TF_SUITE_VERSION, word(version_name(c, v)));
	ml_record_set(&b, ML_TF_SUITE_NAME, name);
	ml_record_set(&b, ML_TF_SUITE_CODE, ml_int(agreed->code));
	describe_suite(&b, suite);
	ml_record_set(&b, ML_TF_SUITE_RANK, ml_int(c->order.kind == ML_V_BOOL && c->order.b ? (int64_t)i : UNRANKED));
	ml_record_set(&b, ML_TF_SUITE_GROUP, word(group ? group->name : ""));
	ml_record_set(&b, ML_TF_SUITE_DH_BITS, ml_int(agreed->dh_bits));
	return pack(c, &b);
}

/* Where nothing of TLS was ever said, no refusal means anything. */
static void take_back(struct collector *c)
{
	if (c->probe.tls)
		return;
	if (!c->probe.given_up)
		c->probe.given_up = c->probe.text.len ? "it speaks no TLS" : "it closes every connection without a word";
	for (size_t i = 0; i < ML_TLS_NVERSIONS; i++)
		c->versions[i].known = c->versions[i].offered = false;
}

static struct ml_value speaks_fact(struct collector *c)
{
	if (c->probe.tls || c->probe.text.len)
		return word(c->probe.tls ? "tls" : "text");
	return known_or(c, false, ml_absent());
}

static struct ml_value versions_fact(struct collector *c)
{
	struct list list = {0};

	for (size_t i = 0; i < ML_TLS_NVERSIONS; i++)
		push(c, &list, version_fact(c, &c->versions[i]));
	return ml_list(list.items, list.n);
}

/* What was agreed on, and where a version was not asked to its end an unknown one. */
static struct ml_value suites_fact(struct collector *c)
{
	struct list list = {0};

	for (size_t i = ML_TLS_NVERSIONS; i-- > 0;) {
		const struct version *v = &c->versions[i];
		for (size_t k = 0; k < v->nsuites; k++)
			push(c, &list, suite_fact(c, v, k));
		if (!v->known)
			push(c, &list, known_or(c, false, ml_absent()));
	}
	return ml_list(list.items, list.n);
}

static struct ml_value group_fact(struct collector *c, size_t i, int64_t rank)
{
	const struct ml_tls_group *group = ml_tls_group(c->groups[i].code);
	const char *version = version_name(c, newest(c, c->groups[i].version == ML_TLS_1_3 ? NEWEST : NEWEST - 1, 1));
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_tf_group_type);
	ml_record_set(&b, ML_TF_GRP_ID, text(c, ml_strf(c->probe.facts->arena, "%s %s", version, group->name)));
	ml_record_set(&b, ML_TF_GRP_VERSION, word(version));
	ml_record_set(&b, ML_TF_GRP_NAME, word(group->name));
	ml_record_set(&b, ML_TF_GRP_CODE, ml_int(group->code));
	ml_record_set(&b, ML_TF_GRP_KIND, word(ml_tf_group_kind_vocab.words[group->kind]));
	ml_record_set(&b, ML_TF_GRP_BITS, ml_int(group->bits));
	ml_record_set(&b, ML_TF_GRP_RANK, ml_int(rank));
	return pack(c, &b);
}

static struct ml_value groups_fact(struct collector *c)
{
	struct list list = {0};
	int64_t rank = 0;

	for (size_t i = 0; i < c->ngroups; i++, rank++) {
		rank = i && c->groups[i].version != c->groups[i - 1].version ? 0 : rank;
		push(c, &list, group_fact(c, i, rank));
	}
	if (!c->groups_known || c->probe.given_up)
		push(c, &list, known_or(c, false, ml_absent()));
	return ml_list(list.items, list.n);
}

static struct ml_value violations_fact(struct collector *c)
{
	struct ml_record_builder b;
	struct list list = {0};

	for (size_t i = 0; i < c->probe.nviolations; i++) {
		ml_record_begin(&b, &ml_tf_violation_type);
		ml_record_set(&b, ML_TF_VIO_ID, word(c->probe.violations[i].asked));
		ml_record_set(&b, ML_TF_VIO_TEXT, word(c->probe.violations[i].text));
		push(c, &list, pack(c, &b));
	}
	return ml_list(list.items, list.n);
}

static void set_if(struct collector *c, struct ml_record_builder *b, int slot, struct ml_value value)
{
	if (value.kind == ML_V_ABSENT)
		return;
	c->probe.facts->incomplete = c->probe.facts->incomplete || value.kind == ML_V_UNKNOWN;
	ml_record_set(b, slot, value);
}

static struct ml_value behaviour_fact(struct collector *c)
{
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_tf_behaviour_type);
	set_if(c, &b, ML_TF_SERVER_ORDER, c->order);
	for (size_t i = 0; i < sizeof(extra_slots) / sizeof(extra_slots[0]); i++)
		set_if(c, &b, extra_slots[i], c->extras[i]);
	set_if(c, &b, ML_TF_FALLBACK, c->fallback);
	return pack(c, &b);
}

static void write_facts(struct collector *c)
{
	const struct ml_tls_request *request = c->probe.request;
	struct ml_facts *facts = c->probe.facts;
	struct ml_record_builder b;

	take_back(c);
	ml_record_begin(&b, &ml_tf_root);
	ml_record_set(&b, ML_TF_ENDPOINT, text(c, ml_str_dup(facts->arena, request->endpoint)));
	ml_record_set(&b, ML_TF_NAME, text(c, ml_str_dup(facts->arena, request->name)));
	ml_record_set(&b, ML_TF_PORT, ml_int(request->port));
	ml_record_set(&b, ML_TF_REACHABLE, ml_bool(c->probe.reached));
	ml_record_set(&b, ML_TF_SPEAKS, speaks_fact(c));
	ml_record_set(&b, ML_TF_TEXT, ml_string(ml_str_trim(c->probe.text)));
	ml_record_set(&b, ML_TF_VERSION_LIST, versions_fact(c));
	ml_record_set(&b, ML_TF_SUITES, suites_fact(c));
	ml_record_set(&b, ML_TF_GROUP_LIST, groups_fact(c));
	ml_record_set(&b, ML_TF_BEHAVIOUR, behaviour_fact(c));
	ml_record_set(&b, ML_TF_VIOLATIONS, violations_fact(c));
	facts->root = pack(c, &b);
}

int ml_tls_collect(struct ml_facts *facts, const struct ml_tls_dialer *dialer, const struct ml_tls_request *request)
{
	ML_ARENA_AUTO scratch = ml_arena_new(SCRATCH_BYTES);
	struct collector *c = ml_alloc(facts->arena, sizeof(*c));

	if (!c || !scratch)
		return ML_ENOMEM;
	c->probe = (struct ml_tls_probe){.facts = facts, .scratch = scratch, .dialer = dialer, .request = request, .deadline = ml_clock_ms() + (int64_t)request->seconds * 1000};
	for (size_t i = 0; i < ML_TLS_NVERSIONS; i++)
		c->versions[i].code = version_codes[i];
	ask_everything(c);
	write_facts(c);
	return c->probe.memory ? ML_ENOMEM : 0;
}

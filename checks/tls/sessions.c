/* SPDX-License-Identifier: Apache-2.0 */
/* What sessions are asked for, in which order, and the facts that come of it. */
#include "checks/tls/sessions-priv.h"

#include "checks/tls/cert.h"
#include "checks/tls/wire-priv.h"
#include "facts/tls.h"

enum { RENEGOTIATIONS = 3, SESSION_ID_BYTES = 32, FATAL = 2 };

static const struct ml_str http_1_1 = {"http/1.1", 8};

/* ---- chains ---- */

static struct ml_talk *next_session(struct ml_chain *chain)
{
	struct ml_tls_visit *visit = (struct ml_tls_visit *)chain; /* its first member */

	if (visit->begun && !visit->take(visit))
		return NULL;
	if (visit->begun && visit->session.seen.how == ML_TALK_NEVER)
		return NULL;
	ml_tls_session_free(&visit->session);
	visit->begun = true;
	return ml_tls_session_init(
		&visit->session, visit->all->library, visit->all->collector->scratch, &visit->wish);
}

void ml_tls_visit_begin(struct ml_tls_sessions *all, struct ml_tls_visit *visit,
	const struct ml_tls_session_wish *wish, bool (*take)(struct ml_tls_visit *))
{
	*visit = (struct ml_tls_visit){
		.chain = {next_session}, .all = all, .wish = *wish, .take = take};
	visit->wish.name = all->collector->request->name;
	ml_engine_add(all->collector->engine, &visit->chain);
}

static struct ml_talk *next_hello(struct ml_chain *chain)
{
	struct ml_tls_hail *hail = (struct ml_tls_hail *)chain;

	if (hail->begun && (!hail->take(hail) || hail->question.how == ML_TALK_NEVER))
		return NULL;
	hail->begun = true;
	return ml_tls_ask(&hail->question, hail->asked);
}

/* Up to TLS 1.2, with one suite that is known to be agreed on. */
bool ml_tls_hail_begin(struct ml_tls_sessions *all, struct ml_tls_hail *hail, uint16_t suite,
	const char *asked, bool (*take)(struct ml_tls_hail *))
{
	*hail = (struct ml_tls_hail){
		.chain = {next_hello}, .all = all, .asked = asked, .take = take};
	if (ml_tls_question_init(&hail->question, all->collector))
		return false;
	ml_tls_offer_agreed(&hail->question.offer, &all->collector->found, all->older);
	hail->question.offer.suites[0] = suite;
	hail->question.offer.hello.suites = (struct ml_tls_codes){hail->question.offer.suites, 1};
	/* As libssl: RFC 7627 5.3 refuses to go on otherwise. */
	hail->question.offer.hello.extended_master_secret = true;
	ml_engine_add(all->collector->engine, &hail->chain);
	return true;
}

static void know(struct ml_tls_sessions *all, int slot, struct ml_value value)
{
	all->values[slot] = value;
}

/* A handshake that was not completed is tried with less that could be in its way: application
 * protocols, then with DHE, too. */
static bool try_easier(struct ml_tls_visit *visit)
{
	struct ml_tls_session_wish *wish = &visit->wish;
	const struct ml_tls_seen *seen = &visit->session.seen;

	if (seen->made || seen->how == ML_TALK_NEVER || seen->how == ML_TALK_SILENT ||
		seen->how == ML_TALK_TEXT)
		return false;
	if (wish->nalpn) {
		if (seen->alert_seen)
			ml_tls_protocols_answer(
				visit->all, wish->alpn, wish->nalpn, ML_STR(""), &seen->alert);
		wish->nalpn = 0;
		return true;
	}
	if (wish->finite_field || wish->version == ML_TLS_1_3)
		return false;
	wish->finite_field = true;
	return true;
}

/* ---- kinds of keys of TLS 1.3 ---- */

/* Which kind signed: index into ml_tf_handshake_key_vocab; 1 << index is of enum ml_tls_keys. */
static unsigned kind_of_key(uint16_t scheme)
{
	return scheme == 0x0807 || scheme == 0x0808 ? 2 : (scheme & 0xff) == 3 ? 1 : 0;
}

static void note_handshake(struct ml_tls_sessions *all, const struct ml_tls_seen *seen)
{
	struct ml_str none = ML_STR(""); /* asked for, and did not come */

	ml_tls_chain_seen(all->collector, ML_TLS_1_3, seen->certificates, seen->ncertificates,
		seen->staple.ptr ? seen->staple : none, seen->scts.ptr ? seen->scts : none);
	if (all->nmade < ML_TLS_KEY_KINDS)
		all->made[all->nmade++] = *seen;
}

/* The kinds that have not shown themselves, until the server has none of them. */
static bool take_keys(struct ml_tls_visit *visit)
{
	const struct ml_tls_seen *seen = &visit->session.seen;

	if (!seen->made) {
		visit->all->keys_known = seen->alert_seen;
		return false;
	}
	note_handshake(visit->all, seen);
	visit->wish.keys &= ~(1u << kind_of_key(seen->scheme));
	visit->all->keys_known = visit->wish.keys == 0;
	return visit->wish.keys != 0 && visit->all->nmade < ML_TLS_KEY_KINDS;
}

/* ---- a name that no server can have ---- */

static void note_stranger(
	struct ml_tls_sessions *all, const struct ml_str *ours, const struct ml_str *theirs)
{
	know(all, ML_TF_SE_UNKNOWN_NAME,
		ml_string(
			ml_str(ml_tf_unknown_name_vocab.words[ml_str_eq(*ours, *theirs) ? 2 : 1])));
}

static bool take_stranger_13(struct ml_tls_visit *visit)
{
	const struct ml_tls_seen *seen = &visit->session.seen;

	if (seen->made && seen->ncertificates && visit->all->web_seen.ncertificates)
		note_stranger(visit->all, visit->all->web_seen.certificates, seen->certificates);
	else if (seen->alert_seen)
		know(visit->all, ML_TF_SE_UNKNOWN_NAME,
			ml_string(ml_str(ml_tf_unknown_name_vocab.words[0])));
	return false;
}

static bool take_stranger(struct ml_tls_hail *hail)
{
	const struct ml_tls_question *q = &hail->question;
	const struct ml_tls_seen *own = &hail->all->tickets.session.seen;

	if (q->answer == ML_TLS_AGREED && q->flight->ncertificates && own->ncertificates)
		note_stranger(hail->all, own->certificates, q->flight->certificates);
	else if (q->answer == ML_TLS_REFUSED && q->flight->alert_seen)
		know(hail->all, ML_TF_SE_UNKNOWN_NAME,
			ml_string(ml_str(ml_tf_unknown_name_vocab.words[0])));
	return false;
}

/* ---- the newest version ---- */

static bool take_resumed(struct ml_tls_visit *visit)
{
	const struct ml_tls_seen *seen = &visit->session.seen;

	if (seen->made) {
		know(visit->all, ML_TF_SE_PSK, ml_bool(seen->resumed));
		ml_tls_protocols_answer(
			visit->all, visit->wish.alpn, visit->wish.nalpn, seen->alpn, NULL);
	} else if (try_easier(visit)) {
		return true;
	}
	if (!visit->all->older)
		ml_tls_alpn_begin(visit->all);
	return false;
}

static void note_tickets_13(struct ml_tls_sessions *all, const struct ml_tls_seen *seen)
{
	all->arises[ML_TF_SE_PSK_TICKETS] = all->request.len > 0; /* else we leave with the first */
	if (all->request.len)
		know(all, ML_TF_SE_PSK_TICKETS, ml_int((int64_t)seen->ntickets));
	know(all, ML_TF_SE_EARLY_DATA, ml_bool(seen->early_data > 0));
	know(all, ML_TF_SE_EARLY_DATA_BYTES, ml_int(seen->early_data));
	all->arises[ML_TF_SE_PSK_LIFETIME] = seen->ntickets > 0;
	if (seen->ntickets)
		know(all, ML_TF_SE_PSK_LIFETIME, ml_int(seen->lifetime));
	else
		know(all, ML_TF_SE_PSK, ml_bool(false));
}

/* Having asked for one, a server that wants it says so after the handshake. */
static void note_client_certificate(struct ml_tls_sessions *all, const struct ml_tls_seen *seen)
{
	bool required = seen->certificate_requested && !seen->answered && seen->alert_seen &&
			seen->alert.level == FATAL;

	know(all, ML_TF_SE_CLIENT_CERTIFICATE,
		ml_string(ml_str(ml_tf_client_certificate_vocab
					 .words[required ? 2 : seen->certificate_requested])));
}

static void go_on_13(struct ml_tls_sessions *all)
{
	const struct ml_tls_seen *seen = &all->web_seen;
	struct ml_tls_session_wish keys = {.version = ML_TLS_1_3,
		.keys = ML_TLS_KEYS & ~(1u << kind_of_key(seen->scheme)),
		.status_request = true,
		.scts = true};
	struct ml_tls_session_wish again = {
		.version = ML_TLS_1_3, .resume = all->web.session.ticket};

	note_handshake(all, seen);
	note_tickets_13(all, seen);
	note_client_certificate(all, seen);
	ml_tls_visit_begin(all, &all->keys, &keys, take_keys);
	if (all->arises[ML_TF_SE_UNKNOWN_NAME] && !all->older) {
		struct ml_tls_session_wish stranger = {
			.version = ML_TLS_1_3, .keys = 1u << kind_of_key(seen->scheme)};
		ml_tls_visit_begin(all, &all->stranger_13, &stranger, take_stranger_13);
		all->stranger_13.wish.name = ML_STR("merlon.invalid");
	}
	if (!again.resume) {
		if (!all->older)
			ml_tls_alpn_begin(all);
		return;
	}
	ml_tls_visit_begin(all, &all->resumed, &again, take_resumed);
	if (all->web.wish.nalpn) {
		all->resumed.wish.alpn = all->resumed.alpn;
		all->resumed.alpn[0] = ML_STR("h2");
		all->resumed.alpn[1] = http_1_1;
		all->resumed.wish.nalpn = 2;
	}
}

static bool take_web(struct ml_tls_visit *visit)
{
	struct ml_tls_sessions *all = visit->all;

	if (try_easier(visit))
		return true;
	all->web_seen = visit->session.seen;
	if (!all->web_seen.made)
		return false;
	ml_tls_protocols_answer(all, visit->wish.alpn, visit->wish.nalpn, all->web_seen.alpn, NULL);
	if (visit->wish.version == ML_TLS_1_3)
		go_on_13(all);
	return false;
}

/* ---- up to TLS 1.2: tickets and renegotiation ---- */

static bool take_by_ticket(struct ml_tls_hail *hail)
{
	const struct ml_tls_flight *flight = hail->question.flight;
	struct ml_str id = flight->hello.session_id, ours = {hail->id, sizeof(hail->id)};
	bool bleeds = id.len == SESSION_ID_BYTES && ml_str_starts(id, ours);

	if (hail->question.answer != ML_TLS_AGREED && !bleeds)
		return false;
	know(hail->all, ML_TF_SE_TICKETS, ml_bool(flight->resumed || bleeds));
	if (flight->resumed || bleeds)
		know(hail->all, ML_TF_SE_TICKETBLEED, ml_bool(bleeds));
	return false;
}

/* The ticket, and an id that is shorter than a server's own: it echoes these bytes and no more. */
static void ask_by_ticket(struct ml_tls_sessions *all)
{
	struct ml_tls_hail *hail = &all->by_ticket;

	if (!ml_tls_hail_begin(
		    all, hail, all->tickets.session.seen.suite, "a ticket", take_by_ticket))
		return;
	hail->extra = (struct ml_tls_extension){
		ML_TLS_SESSION_TICKET, ml_tls_session_ticket(&all->tickets.session)};
	memcpy(hail->id, "a session's id, ", sizeof(hail->id));
	hail->question.offer.hello.extra = &hail->extra;
	hail->question.offer.hello.nextra = 1;
	hail->question.offer.hello.session_id = (struct ml_str){hail->id, sizeof(hail->id)};
	all->arises[ML_TF_SE_TICKETBLEED] = true;
}

/* A refusal is an alert, or that the server goes away. */
static void note_renegotiation(struct ml_tls_sessions *all, const struct ml_tls_seen *seen)
{
	bool refused = seen->renegotiating && (seen->alert_seen || seen->how == ML_TALK_CLOSED ||
						      seen->how == ML_TALK_RESET);

	if (seen->renegotiated || refused)
		know(all, ML_TF_SE_CLIENT_RENEGOTIATION, ml_bool(seen->renegotiated > 0));
	if (seen->renegotiated == RENEGOTIATIONS || refused)
		know(all, ML_TF_SE_RENEGOTIATIONS, ml_int(seen->renegotiated));
}

static bool take_tickets(struct ml_tls_visit *visit)
{
	struct ml_tls_sessions *all = visit->all;
	const struct ml_tls_seen *seen = &visit->session.seen;

	if (try_easier(visit))
		return true;
	if (!seen->made)
		return false;
	note_renegotiation(all, seen);
	if (all->arises[ML_TF_SE_UNKNOWN_NAME] &&
		ml_tls_hail_begin(
			all, &all->stranger, seen->suite, "an unknown name", take_stranger))
		all->stranger.question.offer.hello.server_name = ML_STR("merlon.invalid");
	if (ml_tls_session_ticket(&visit->session).len == 0) {
		know(all, ML_TF_SE_TICKETS, ml_bool(false));
		return false;
	}
	know(all, ML_TF_SE_TICKET_LIFETIME, ml_int(seen->lifetime));
	ask_by_ticket(all);
	return false;
}

/* ---- up to TLS 1.2: session ids ---- */

static bool take_by_id(struct ml_tls_hail *hail)
{
	if (hail->question.answer == ML_TLS_AGREED)
		know(hail->all, ML_TF_SE_SESSION_IDS, ml_bool(hail->question.flight->resumed));
	return false;
}

static bool take_ids(struct ml_tls_visit *visit)
{
	struct ml_tls_sessions *all = visit->all;
	const struct ml_tls_seen *seen = &visit->session.seen;
	struct ml_tls_hail *hail = &all->by_id;

	if (try_easier(visit))
		return true;
	if (!seen->made)
		return false;
	ml_tls_protocols_answer(all, visit->wish.alpn, visit->wish.nalpn, seen->alpn, NULL);
	ml_tls_alpn_begin(all);
	if (seen->session_id_bytes == 0)
		know(all, ML_TF_SE_SESSION_IDS, ml_bool(false));
	else if (ml_tls_hail_begin(all, hail, seen->suite, "a session's id", take_by_id))
		hail->question.offer.hello.session_id = ml_tls_session_id(&visit->session);
	return false;
}

/* ---- all ---- */

static void ask_older(struct ml_tls_sessions *all)
{
	static const int slots[] = {ML_TF_SE_SESSION_IDS, ML_TF_SE_TICKETS,
		ML_TF_SE_CLIENT_RENEGOTIATION, ML_TF_SE_RENEGOTIATIONS};
	struct ml_tls_session_wish tickets = {
		.version = all->older, .renegotiations = RENEGOTIATIONS};
	struct ml_tls_session_wish ids = {
		.version = all->older, .no_ticket = true, .goodbye = true};

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
		all->arises[slots[i]] = true;
	if (!all->library)
		return;
	ml_tls_visit_begin(all, &all->tickets, &tickets, take_tickets);
	ml_tls_visit_begin(all, &all->ids, &ids, take_ids);
	if (!all->request.len)
		return;
	all->ids.alpn[0] = ML_STR("h2");
	all->ids.alpn[1] = http_1_1;
	all->ids.wish.alpn = all->ids.alpn;
	all->ids.wish.nalpn = 2;
}

static void ask_newest(struct ml_tls_sessions *all)
{
	static const int slots[] = {ML_TF_SE_PSK, ML_TF_SE_PSK_TICKETS, ML_TF_SE_EARLY_DATA,
		ML_TF_SE_EARLY_DATA_BYTES, ML_TF_SE_CLIENT_CERTIFICATE};
	struct ml_tls_session_wish web = {.version = all->newest,
		.status_request = true,
		.scts = true,
		.request = all->request};

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]) && all->newest == ML_TLS_1_3; i++)
		all->arises[slots[i]] = true;
	if (all->request.len) { /* what changes to TLS from something else speaks no HTTP, and may
				   refuse who offers it */
		web.alpn = &http_1_1;
		web.nalpn = 1;
	}
	web.listens = !all->request.len;
	if (all->library)
		ml_tls_visit_begin(all, &all->web, &web, take_web);
}

void ml_tls_sessions_begin(struct ml_tls_collector *c)
{
	struct ml_tls_sessions *all = ml_alloc(c->scratch, sizeof(*all));
	const struct ml_tls_found_version *newest =
		ml_tls_found_newest(&c->found, ML_TLS_NEWEST, 1);
	const struct ml_tls_found_version *older =
		ml_tls_found_newest(&c->found, ML_TLS_NEWEST - 1, 1);

	c->sessions = all;
	c->memory = c->memory || !all;
	if (!all || !newest)
		return;
	*all = (struct ml_tls_sessions){.collector = c,
		.library = c->request->library,
		.newest = newest->code,
		.older = older ? older->code : 0};
	if (c->request->starttls == ML_STARTTLS_NONE)
		all->request = ml_tls_http_request(c);
	all->arises[ML_TF_SE_ALPN] = all->arises[ML_TF_SE_ALPN_STRICT] = true;
	all->arises[ML_TF_SE_UNKNOWN_NAME] = c->request->name.len > 0;
	ask_newest(all);
	if (older)
		ask_older(all);
}

/* ---- facts ---- */

static const char *suite_name(uint16_t code)
{
	const struct ml_tls_suite *suite = ml_tls_suite(code);

	return suite && suite->name ? suite->name : "";
}

static struct ml_value handshake_fact(struct ml_tls_collector *c, const struct ml_tls_seen *seen)
{
	const char *key = ml_tf_handshake_key_vocab.words[kind_of_key(seen->scheme)];
	const struct ml_tls_group *group = ml_tls_group(seen->group);
	const struct ml_tls_scheme *scheme = ml_tls_scheme(seen->scheme);
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_tf_handshake_type);
	ml_record_set(&b, ML_TF_HS_ID, ml_tls_text(c, ml_strf(c->facts->arena, "TLSv1.3 %s", key)));
	ml_record_set(&b, ML_TF_HS_VERSION, ml_string(ML_STR("TLSv1.3")));
	ml_record_set(&b, ML_TF_HS_KEY, ml_string(ml_str(key)));
	ml_record_set(&b, ML_TF_HS_SUITE, ml_string(ml_str(suite_name(seen->suite))));
	ml_record_set(&b, ML_TF_HS_GROUP, ml_string(ml_str(group ? group->name : "")));
	ml_record_set(&b, ML_TF_HS_SCHEME, ml_string(ml_str(scheme ? scheme->name : "")));
	return ml_tls_pack(c, &b);
}

static struct ml_value handshakes_fact(struct ml_tls_sessions *all)
{
	struct ml_value *items =
		ml_alloc_array(all->collector->facts->arena, ML_TLS_KEY_KINDS + 1, sizeof(*items));
	size_t n = 0;

	all->collector->memory = all->collector->memory || !items;
	for (size_t i = 0; i < all->nmade && items; i++)
		items[n++] = handshake_fact(all->collector, &all->made[i]);
	if (items && all->newest == ML_TLS_1_3 && !all->keys_known)
		items[n++] = ml_tls_known_or(all->collector, false, ml_absent());
	return ml_list(items, n);
}

static void end(struct ml_tls_sessions *all)
{
	struct ml_tls_visit *visits[] = {&all->web, &all->keys, &all->resumed, &all->tickets,
		&all->ids, &all->strict_13, &all->stranger_13};

	for (size_t i = 0; i < sizeof(visits) / sizeof(visits[0]); i++) {
		all->collector->memory = all->collector->memory || visits[i]->session.seen.memory;
		ml_tls_session_free(&visits[i]->session);
	}
}

void ml_tls_sessions_write(struct ml_tls_collector *c, struct ml_record_builder *root)
{
	struct ml_tls_sessions *all = c->sessions;
	struct ml_record_builder b;

	if (!all || !all->newest)
		return;
	all->values[ML_TF_SE_ALPN] = ml_tls_alpn_value(all);
	ml_record_begin(&b, &ml_tf_sessions_type);
	ml_record_set(&b, ML_TF_SE_HANDSHAKES, handshakes_fact(all));
	for (int slot = ML_TF_SE_HANDSHAKES + 1; slot < ML_TF_SE_SLOTS; slot++)
		if (all->values[slot].kind != ML_V_ABSENT || all->arises[slot])
			ml_record_set(&b, slot,
				ml_tls_known_or(c, all->values[slot].kind != ML_V_ABSENT,
					all->values[slot]));
	ml_record_set(root, ML_TF_SESSIONS, ml_tls_pack(c, &b));
	end(all);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Which application protocols a server chooses (RFC 7301), by elimination, and whether it refuses
 * clients that speak none of them: else what is meant for one protocol can be brought to a server
 * of another (ALPACA). */
#include "checks/tls/sessions-priv.h"

enum { NO_APPLICATION_PROTOCOL = 120 };

/* Of IANA's registry, what servers serve; acme-tls/1 is for those who issue certificates, and
 * answered to nobody else. */
static const struct ml_str protocols[ML_TLS_PROTOCOLS] = {
	{"h2", 2},
	{"http/1.1", 8},
	{"dot", 3},
	{"ftp", 3},
	{"imap", 4},
	{"mqtt", 4},
	{"pop3", 4},
	{"postgresql", 10},
	{"xmpp-client", 11},
	{"xmpp-server", 11},
};

int ml_tls_protocol(struct ml_str name)
{
	for (int i = 0; i < ML_TLS_PROTOCOLS; i++)
		if (ml_str_eq(name, protocols[i]))
			return i;
	return -1;
}

size_t ml_tls_protocols_left(const struct ml_tls_sessions *all, struct ml_str *out)
{
	size_t n = 0;

	for (size_t i = 0; i < ML_TLS_PROTOCOLS; i++)
		if (all->protocols[i] == ML_TLS_NOT_ASKED)
			out[n++] = protocols[i];
	out[n++] = ML_STR("merlon"); /* which nobody speaks: the list is never empty */
	return n;
}

/* What was offered and not chosen is known only when nothing was chosen. */
void ml_tls_protocols_answer(struct ml_tls_sessions *all, const struct ml_str *offered, size_t n,
	struct ml_str chosen, const struct ml_tls_alert *alert)
{
	bool refused = alert && alert->description == NO_APPLICATION_PROTOCOL;

	for (size_t i = 0; i < n; i++) {
		enum ml_tls_chosen *protocol = &all->protocols[ml_tls_protocol(offered[i])];
		if (ml_str_eq(chosen, offered[i]))
			*protocol = ML_TLS_CHOSEN;
		else if (*protocol == ML_TLS_NOT_ASKED && chosen.len == 0 && (!alert || refused))
			*protocol = ML_TLS_NOT_CHOSEN;
	}
}

/* The last offer: all that was left was not chosen. */
static bool end_with(struct ml_tls_sessions *all, bool strict)
{
	all->protocols_known = true;
	all->values[ML_TF_SE_ALPN_STRICT] = ml_bool(strict);
	return false;
}

/* True: one was chosen that we know, and the others are asked for. A liar chooses what is not left:
 * only so often. */
static bool weigh(struct ml_tls_sessions *all, struct ml_str chosen, bool agreed,
	const struct ml_tls_alert *alert)
{
	int i = agreed ? ml_tls_protocol(chosen) : -1;

	if (i >= 0) {
		all->protocols[i] = ML_TLS_CHOSEN;
		return ++all->rounds <= ML_TLS_PROTOCOLS;
	}
	if (agreed)
		return end_with(all, false);
	return alert && alert->description == NO_APPLICATION_PROTOCOL ? end_with(all, true) : false;
}

static bool take_13(struct ml_tls_visit *visit)
{
	const struct ml_tls_seen *seen = &visit->session.seen;
	bool again =
		weigh(visit->all, seen->alpn, seen->made, seen->alert_seen ? &seen->alert : NULL);

	visit->wish.nalpn = ml_tls_protocols_left(visit->all, visit->alpn);
	return again;
}

/* Apache and others choose a protocol that nobody offered: no more strict than one that ignores the
 * offer. */
static bool take(struct ml_tls_hail *hail)
{
	const struct ml_tls_question *q = &hail->question;
	bool refused = q->answer == ML_TLS_REFUSED && q->flight->alert_seen;
	bool foreign = q->answer == ML_TLS_BROKEN && q->flight->violation &&
		       strcmp(q->flight->violation, ML_TLS_FOREIGN_ALPN) == 0;
	bool again = weigh(hail->all, foreign ? ML_STR("") : q->flight->hello.alpn,
		foreign || q->answer == ML_TLS_AGREED, refused ? &q->flight->alert : NULL);

	hail->question.offer.hello.nalpn = ml_tls_protocols_left(hail->all, hail->alpn);
	return again;
}

void ml_tls_alpn_begin(struct ml_tls_sessions *all)
{
	struct ml_tls_session_wish wish = {.version = ML_TLS_1_3};

	if (all->older) {
		if (!ml_tls_hail_begin(all, &all->strict, all->ids.session.seen.suite,
			    "application protocols", take))
			return;
		all->strict.question.expected = ML_TLS_FOREIGN_ALPN;
		all->strict.question.offer.hello.alpn = all->strict.alpn;
		all->strict.question.offer.hello.nalpn =
			ml_tls_protocols_left(all, all->strict.alpn);
		return;
	}
	ml_tls_visit_begin(all, &all->strict_13, &wish, take_13);
	all->strict_13.wish.alpn = all->strict_13.alpn;
	all->strict_13.wish.nalpn = ml_tls_protocols_left(all, all->strict_13.alpn);
}

struct ml_value ml_tls_alpn_value(struct ml_tls_sessions *all)
{
	struct ml_value *items =
		ml_alloc_array(all->collector->facts->arena, ML_TLS_PROTOCOLS, sizeof(*items));
	size_t n = 0;

	all->collector->memory = all->collector->memory || !items;
	for (size_t i = 0; i < ML_TLS_PROTOCOLS && items; i++)
		if (all->protocols[i] == ML_TLS_CHOSEN)
			items[n++] = ml_string(protocols[i]);
	return all->protocols_known ? ml_list(items, n) : ml_absent();
}

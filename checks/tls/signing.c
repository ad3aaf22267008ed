/* SPDX-License-Identifier: Apache-2.0 */
/* What a server signs its key exchange with in TLS 1.2: the scheme that it prefers, which any flight shows, and every one with a weak hash, by elimination. The strong
 * ones are not listed to the end, as each would cost a connection; in TLS 1.3 the signature is encrypted and no weak hash is allowed. */
#include "checks/tls/misbehave-priv.h"
#include "checks/tls/wire-priv.h"
#include "facts/tls-weak.h"

enum { PATIENCE_MS = 2000 };

/* With MD5, SHA-1, SHA-224: RSA, ECDSA, DSA. */
static const uint16_t weak[] = {0x0101, 0x0103, 0x0102, 0x0201, 0x0203, 0x0202, 0x0301, 0x0303, 0x0302};
enum { NWEAK = sizeof(weak) / sizeof(weak[0]) };

static bool signs(uint32_t code)
{
	const struct ml_tls_suite *suite = ml_tls_suite((uint16_t)code);

	return suite && (suite->kx == ML_KX_ECDHE || suite->kx == ML_KX_DHE) && suite->auth != ML_AUTH_NONE;
}

static void note(struct ml_tls_misbehaviour *m, uint16_t scheme)
{
	for (size_t i = 0; i < m->nsigned; i++)
		if (m->signed_by[i] == scheme)
			return;
	if (scheme && m->nsigned < ML_TLS_SIGNED_MAX)
		m->signed_by[m->nsigned++] = scheme;
}

void ml_tls_trial_noted(struct ml_tls_trial *trial)
{
	struct ml_tls_misbehaviour *m = trial->question.collector->misbehaviour;
	const struct ml_tls_flight *flight = trial->question.flight;

	if (trial->question.answer != ML_TLS_AGREED)
		return;
	note(m, flight->exchange_scheme);
}

static void ask(struct ml_tls_collector *c);

/* A server that signs with what was not offered does not look at the list: it would not come to an end. */
static void take(struct ml_tls_trial *trial)
{
	struct ml_tls_question *q = &trial->question;
	struct ml_tls_misbehaviour *m = q->collector->misbehaviour;
	bool fresh;

	ml_tls_trial_noted(trial);
	note(m, q->answer == ML_TLS_BROKEN ? q->flight->exchange_scheme : 0);
	fresh = q->answer == ML_TLS_AGREED && q->flight->exchange_scheme;
	m->signed_known = q->answer != ML_TLS_NO_ANSWER;
	if (fresh)
		ask(q->collector);
}

static size_t offer_weak(const struct ml_tls_misbehaviour *m, uint16_t *schemes)
{
	size_t n = NWEAK;

	memcpy(schemes, weak, sizeof(weak));
	for (size_t i = 0; i < m->nsigned; i++)
		ml_tls_leave_out(schemes, &n, m->signed_by[i]);
	return n;
}

static void ask(struct ml_tls_collector *c)
{
	uint16_t *schemes = ml_alloc_array(c->scratch, NWEAK, sizeof(*schemes));
	size_t n = schemes ? offer_weak(c->misbehaviour, schemes) : 0;
	struct ml_tls_trial *trial = n ? ml_tls_trial_new(c, "weak signatures", ML_TLS_1_2, take) : NULL;
	struct ml_tls_offer *offer;

	c->memory = c->memory || !schemes;
	if (!trial)
		return;
	trial->patience_ms = PATIENCE_MS;
	offer = &trial->question.offer;
	ml_tls_offer_only(offer, signs);
	offer->hello.schemes = (struct ml_tls_codes){schemes, n};
}

void ml_tls_signing_try(struct ml_tls_collector *c)
{
	const struct ml_tls_found_version *old = c->misbehaviour->old;
	bool any = false;

	for (size_t i = 0; old && old->code == ML_TLS_1_2 && i < old->nsuites; i++)
		any = any || signs(old->suites[i].code);
	c->misbehaviour->signed_asked = any;
	if (any)
		ask(c);
}

/* ---- facts ---- */

/* RFC 5246 7.4.1.4.1: the hash is the first byte, but for RFC 8446's schemes. */
static const char *hash_of(uint16_t code)
{
	static const char *const hashes[] = {"none", "MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512"};
	static const char *const pss[] = {[4] = "SHA256", [5] = "SHA384", [6] = "SHA512", [9] = "SHA256", [10] = "SHA384", [11] = "SHA512"};

	if (code >> 8 < sizeof(hashes) / sizeof(hashes[0]))
		return hashes[code >> 8];
	if (code >> 8 == 8 && (code & 0xff) < sizeof(pss) / sizeof(pss[0]) && pss[code & 0xff])
		return pss[code & 0xff];
	return "none";
}

static struct ml_value fact(struct ml_tls_collector *c, uint16_t code)
{
	const struct ml_tls_scheme *scheme = ml_tls_scheme(code);
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_tf_signature_type);
	ml_record_set(&b, ML_TF_SIG_NAME, scheme ? ml_string(ml_str(scheme->name)) : ml_tls_text(c, ml_strf(c->facts->arena, "0x%04X", code)));
	ml_record_set(&b, ML_TF_SIG_CODE, ml_int(code));
	ml_record_set(&b, ML_TF_SIG_HASH, ml_string(ml_str(hash_of(code))));
	return ml_tls_pack(c, &b);
}

static void sort(uint16_t *items, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && items[k - 1] > items[k]; k--) {
			uint16_t other = items[k];
			items[k] = items[k - 1];
			items[k - 1] = other;
		}
}

struct ml_value ml_tls_signatures(struct ml_tls_collector *c)
{
	struct ml_tls_misbehaviour *m = c->misbehaviour;
	struct ml_tls_list list = {0};

	sort(m->signed_by, m->nsigned); /* talks end in any order, facts do not depend on it */
	for (size_t i = 0; i < m->nsigned; i++)
		ml_tls_list_add(c, &list, fact(c, m->signed_by[i]));
	if (m->signed_asked && !m->signed_known)
		ml_tls_list_add(c, &list, ml_tls_known_or(c, false, ml_absent()));
	return ml_list(list.items, list.n);
}

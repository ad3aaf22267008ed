/* SPDX-License-Identifier: Apache-2.0 */
/* Hellos that are right but unusual: a server that takes plain ones must take these. Several oddities go together in one hello; each is asked apart only where they
 * were not answered, and counts only where a plain hello was answered then. */
#include "checks/tls/misbehave-priv.h"
#include "checks/tls/wire-priv.h"
#include "facts/tls-weak.h"

enum {
	GREASE = 0xdada, UNKNOWN_EXTENSION = 0x8ee5, FUTURE_VERSION = 0x0305, OLD_RECORD = 0x0300, MIDDLE_BYTES = 380, MIDDLE_SUITES = 16,
	LONG_BYTES = 16600, SMALL_RECORD = 60, PATIENCE_MS = 1500,
};
#define BIT(oddity) (1u << (oddity))
enum {
	MODERN = BIT(ML_TLS_TOLERATES_GREASE) | BIT(ML_TLS_TOLERATES_EXTENSION) | BIT(ML_TLS_TOLERATES_VERSIONS) | BIT(ML_TLS_TOLERATES_SESSION_ID),
	ANCIENT = BIT(ML_TLS_TOLERATES_LEGACY) | BIT(ML_TLS_TOLERATES_RECORD) | BIT(ML_TLS_TOLERATES_MIDDLE) | BIT(ML_TLS_TOLERATES_FRAGMENTS),
	LENGTHY = BIT(ML_TLS_TOLERATES_LONG),
};

static const char zeroes[LONG_BYTES];
static const struct ml_tls_extension unknown_extension[] = {{UNKNOWN_EXTENSION, {zeroes, 3}}};
static const struct ml_tls_extension long_extension[] = {{ML_TLS_PADDING, {zeroes, LONG_BYTES}}};
/* By the index of what goes with the version that does not exist. */
static const uint16_t future[][2] = {
	{FUTURE_VERSION, ML_TLS_1_0}, {FUTURE_VERSION, ML_TLS_1_1}, {FUTURE_VERSION, ML_TLS_1_2}, {FUTURE_VERSION, ML_TLS_1_3},
};

/* The trial's version is that of its suites; variant is the set of oddities. */
static void make_odd(struct ml_tls_trial *trial, uint16_t version)
{
	struct ml_tls_hello *hello = &trial->question.offer.hello;
	unsigned odd = trial->variant;

	if (odd & BIT(ML_TLS_TOLERATES_GREASE))
		hello->grease = GREASE;
	if (odd & BIT(ML_TLS_TOLERATES_EXTENSION)) {
		hello->extra = unknown_extension;
		hello->nextra = 1;
	}
	if (odd & BIT(ML_TLS_TOLERATES_VERSIONS))
		hello->versions = (struct ml_tls_codes){future[version - ML_TLS_1_0], 2};
	if (odd & BIT(ML_TLS_TOLERATES_SESSION_ID))
		hello->session_id = ML_STR("nobody has had this session, ever");
	hello->session_id = ml_str_sub(hello->session_id, 0, 32);
	if (odd & BIT(ML_TLS_TOLERATES_LEGACY))
		hello->version = (enum ml_tls_version)FUTURE_VERSION;
	if (odd & BIT(ML_TLS_TOLERATES_RECORD))
		hello->record_version = OLD_RECORD;
	if (odd & BIT(ML_TLS_TOLERATES_MIDDLE)) {
		hello->suites.n = hello->suites.n < MIDDLE_SUITES ? hello->suites.n : MIDDLE_SUITES;
		hello->pad_to = MIDDLE_BYTES;
	}
	if (odd & BIT(ML_TLS_TOLERATES_LONG)) {
		hello->extra = long_extension;
		hello->nextra = 1;
	}
	if (odd & BIT(ML_TLS_TOLERATES_FRAGMENTS))
		trial->record_bytes = SMALL_RECORD;
}

static void ask(struct ml_tls_collector *c, unsigned odd, uint16_t version);

/* Agreed, and on the version that was meant: none is made up to please the client. */
static bool answered(const struct ml_tls_trial *trial)
{
	return trial->question.answer == ML_TLS_AGREED && trial->question.flight->hello.version == trial->round;
}

static void note(struct ml_tls_misbehaviour *m, unsigned odd, enum ml_tls_tolerated how)
{
	for (unsigned i = 0; i < ML_TLS_TOLERATES_ALL; i++)
		if (odd & BIT(i))
			m->tolerated[i] = how;
}

static void ask_apart(struct ml_tls_collector *c, unsigned odd, uint16_t version)
{
	for (unsigned i = 0; i < ML_TLS_TOLERATES_ALL; i++)
		if (odd & BIT(i))
			ask(c, BIT(i), version);
	ask(c, 0, version);
}

static void take(struct ml_tls_trial *trial)
{
	struct ml_tls_collector *c = trial->question.collector;
	struct ml_tls_misbehaviour *m = c->misbehaviour;
	unsigned odd = trial->variant;

	ml_tls_trial_noted(trial);
	if (odd == 0)
		m->plain_failed = m->plain_failed || !answered(trial);
	else if (answered(trial))
		note(m, odd, ML_TLS_TOLERATED);
	else if (trial->question.how == ML_TALK_NEVER)
		note(m, odd, ML_TLS_TOLERANCE_UNKNOWN);
	else if (odd & (odd - 1))
		ask_apart(c, odd, (uint16_t)trial->round);
	else
		note(m, odd, ML_TLS_NOT_TOLERATED);
}

static void ask(struct ml_tls_collector *c, unsigned odd, uint16_t version)
{
	struct ml_tls_trial *trial = ml_tls_trial_new(c, "an unusual hello", version, take);

	if (!trial)
		return;
	trial->variant = odd;
	trial->round = version;
	trial->patience_ms = PATIENCE_MS;
	make_odd(trial, version);
}

void ml_tls_tolerance_try(struct ml_tls_collector *c)
{
	const struct ml_tls_found_version *newest = ml_tls_found_newest(&c->found, ML_TLS_NEWEST, 1), *old = c->misbehaviour->old;

	if (!newest)
		return;
	ask(c, MODERN, newest->code);
	/* TLS 1.3 has no use for a legacy_version beyond TLS 1.2. */
	ask(c, old ? ANCIENT : ANCIENT & ~(unsigned)BIT(ML_TLS_TOLERATES_LEGACY), old ? old->code : newest->code);
	ask(c, LENGTHY, newest->code);
}

/* ---- facts ---- */

static struct ml_value fact(struct ml_tls_collector *c, unsigned oddity)
{
	const struct ml_tls_misbehaviour *m = c->misbehaviour;
	enum ml_tls_tolerated how = m->tolerated[oddity];
	bool known = how == ML_TLS_TOLERATED || (how == ML_TLS_NOT_TOLERATED && !m->plain_failed);
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_tf_tolerance_type);
	ml_record_set(&b, ML_TF_TOL_ID, ml_string(ml_str(ml_tf_tolerance_vocab.words[oddity])));
	ml_record_set(&b, ML_TF_TOL_OK, ml_tls_known_or(c, known, ml_bool(how == ML_TLS_TOLERATED)));
	return ml_tls_pack(c, &b);
}

struct ml_value ml_tls_tolerances(struct ml_tls_collector *c)
{
	struct ml_tls_list list = {0};

	for (unsigned i = 0; i < ML_TLS_TOLERATES_ALL; i++)
		if (c->misbehaviour->tolerated[i] != ML_TLS_TOLERATED_UNASKED)
			ml_tls_list_add(c, &list, fact(c, i));
	return ml_list(list.items, list.n);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the collector that speaks oddly. */
#include "checks/tls/misbehave.h"

#include "base/error.h"
#include "checks/tls/misbehave-priv.h"
#include "facts/tls.h"

/* Two key exchanges by DHE, so that a value that comes twice is seen: as many as were not seen yet. */
static void take_dhe(struct ml_tls_trial *trial)
{
	ml_tls_trial_noted(trial);
}

static bool is_dhe(uint32_t code)
{
	const struct ml_tls_suite *suite = ml_tls_suite((uint16_t)code);

	return suite && suite->kx == ML_KX_DHE;
}

static void try_dhe(struct ml_tls_collector *c)
{
	const struct ml_tls_found_version *old = c->misbehaviour->old;
	struct ml_tls_trial *trial;
	size_t n = 0;

	for (size_t i = 0; old && i < old->nsuites; i++)
		n += is_dhe(old->suites[i].code);
	for (unsigned i = c->shares.dhe; n && i < 2; i++) {
		trial = ml_tls_trial_new(c, "Diffie-Hellman keys", old->code, take_dhe);
		if (!trial)
			return;
		ml_tls_offer_only(&trial->question.offer, is_dhe);
	}
}

void ml_tls_misbehave_begin(struct ml_tls_collector *c)
{
	struct ml_tls_misbehaviour *m = ml_alloc(c->scratch, sizeof(*m));

	if (!m) {
		c->memory = true;
		return;
	}
	*m = (struct ml_tls_misbehaviour){
		.old = ml_tls_found_newest(&c->found, ML_TLS_NEWEST - 1, 1),
		.heartbleed = {.state = ML_TLS_WEAK_UNKNOWN}, .ccs = {.state = ML_TLS_WEAK_UNKNOWN}, .robot = {.state = ML_TLS_WEAK_UNKNOWN},
	};
	c->misbehaviour = m;
	if (!ml_tls_found_newest(&c->found, ML_TLS_NEWEST, 1))
		return;
	ml_tls_flight_try(c);
	ml_tls_ccs_try(c);
	ml_tls_robot_try(c);
	ml_tls_signing_try(c);
	ml_tls_tolerance_try(c);
	try_dhe(c);
}

static struct ml_value keys_fact(struct ml_tls_collector *c)
{
	const struct ml_tls_shares *shares = &c->shares;
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_tf_keys_type);
	if (shares->dhe > 1)
		ml_record_set(&b, ML_TF_KEYS_DHE, ml_bool(shares->dhe_again));
	if (shares->ecdhe > 1)
		ml_record_set(&b, ML_TF_KEYS_ECDHE, ml_bool(shares->ecdhe_again));
	return ml_tls_pack(c, &b);
}

static void write_flight(struct ml_tls_collector *c, struct ml_record_builder *root)
{
	const struct ml_tls_misbehaviour *m = c->misbehaviour;

	if (m->flight_asked)
		ml_record_set(root, ML_TF_FIRST_FLIGHT, ml_tls_known_or(c, m->flight.kind != ML_V_ABSENT, m->flight));
}

void ml_tls_misbehave_write(struct ml_tls_collector *c, struct ml_record_builder *root)
{
	if (!c->misbehaviour || !c->tls)
		return;
	ml_record_set(root, ML_TF_WEAKNESSES, ml_tls_weaknesses(c));
	ml_record_set(root, ML_TF_DH_PRIMES, ml_tls_dh_primes(c));
	ml_record_set(root, ML_TF_TOLERANCES, ml_tls_tolerances(c));
	ml_record_set(root, ML_TF_SIGNATURES, ml_tls_signatures(c));
	ml_record_set(root, ML_TF_KEYS, keys_fact(c));
	write_flight(c, root);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Misbehaviour: what trials showed, and what follows from what a server offers. */
#ifndef ML_CHECKS_TLS_MISBEHAVE_PRIV_H
#define ML_CHECKS_TLS_MISBEHAVE_PRIV_H

#include "checks/tls/primes.h"
#include "checks/tls/trial.h"

/* In the order of ml_tf_weak_state_vocab. */
enum ml_tls_weak_state { ML_TLS_WEAK_NOT, ML_TLS_WEAK_RISK, ML_TLS_WEAK_VULNERABLE, ML_TLS_WEAK_UNKNOWN };

/* `reason` is a constant that a report shows; NULL: there is none yet. */
struct ml_tls_weak {
	enum ml_tls_weak_state state;
	const char *reason;
};

enum { ML_TLS_SIGNED_MAX = 32, ML_TLS_ROBOT_VARIANTS = 5 };

/* How a server took an oddity that RFCs ask it to take. */
enum ml_tls_tolerated { ML_TLS_TOLERATED_UNASKED, ML_TLS_TOLERATED, ML_TLS_NOT_TOLERATED, ML_TLS_TOLERANCE_UNKNOWN };

/* In the order of ml_tf_tolerance_vocab. */
enum ml_tls_tolerance {
	ML_TLS_TOLERATES_GREASE, ML_TLS_TOLERATES_EXTENSION, ML_TLS_TOLERATES_VERSIONS, ML_TLS_TOLERATES_SESSION_ID,
	ML_TLS_TOLERATES_LEGACY, ML_TLS_TOLERATES_RECORD, ML_TLS_TOLERATES_MIDDLE,
	ML_TLS_TOLERATES_LONG, ML_TLS_TOLERATES_FRAGMENTS,
	ML_TLS_TOLERATES_ALL,
};

struct ml_tls_misbehaviour {
	const struct ml_tls_found_version *old; /* the newest up to TLS 1.2; NULL none */
	struct ml_tls_weak heartbleed, ccs, robot;
	struct ml_tls_trial *robots[ML_TLS_ROBOT_VARIANTS];
	struct ml_tls_reaction before[ML_TLS_ROBOT_VARIANTS]; /* of the round before */
	unsigned robots_left;
	enum ml_tls_tolerated tolerated[ML_TLS_TOLERATES_ALL];
	bool plain_failed; /* a plain hello, among those that were asked apart, was not answered either */
	/* Schemes that signed a key exchange of TLS 1.2. */
	uint16_t signed_by[ML_TLS_SIGNED_MAX];
	size_t nsigned;
	bool signed_asked, signed_known;
	/* The first flight up to TLS 1.2, a record of facts; ABSENT: none. Whether records were
	 * authenticated after encryption, where a suite with CBC was agreed on. */
	struct ml_value flight;
	bool flight_asked, compression, compression_known;
	enum ml_tls_weak_state cbc; /* NOT: encrypt-then-mac */
};

/* Each adds its trials for what was found. */
void ml_tls_flight_try(struct ml_tls_collector *collector); /* with the heartbeat */
void ml_tls_ccs_try(struct ml_tls_collector *collector);
void ml_tls_robot_try(struct ml_tls_collector *collector);
void ml_tls_tolerance_try(struct ml_tls_collector *collector);
void ml_tls_signing_try(struct ml_tls_collector *collector);

/* Of the heartbeat, in the trial of the first flight: what is said behind it, and what came of it. */
bool ml_tls_heartbeat_say(struct ml_tls_trial *trial, struct ml_buf *out);
void ml_tls_heartbeat_take(struct ml_tls_trial *trial);

/* What every flight of a trial shows beside what it was asked for. */
void ml_tls_trial_noted(struct ml_tls_trial *trial);

/* An RSA ciphertext of the block of `variant` for the key of a certificate (DER), as long as the modulus. ML_EINVAL: no RSA key, or
 * one that is too long or short; ML_ENOMEM, ML_EIO. */
int ml_tls_robot_block(struct ml_arena *arena, struct ml_str der, uint16_t version, unsigned variant, struct ml_str *out);

/* ---- facts ---- */

struct ml_value ml_tls_weaknesses(struct ml_tls_collector *collector);
struct ml_value ml_tls_dh_primes(struct ml_tls_collector *collector);
struct ml_value ml_tls_tolerances(struct ml_tls_collector *collector);
struct ml_value ml_tls_signatures(struct ml_tls_collector *collector);

#endif

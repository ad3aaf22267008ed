/* SPDX-License-Identifier: Apache-2.0 */
/* CCS injection (CVE-2014-0224): ChangeCipherSpec before keys were agreed on. A server that takes it
 * goes on with keys that anybody can know, and then cannot decrypt what is sent in clear; one that
 * does not says that it is unexpected, or hangs up. */
#include "checks/tls/misbehave-priv.h"
#include "checks/tls/wire-priv.h"

enum { UNEXPECTED_MESSAGE = 10, BAD_RECORD_MAC = 20, DECRYPTION_FAILED = 21, PATIENCE_MS = 2000 };

/* The second is what cannot be decrypted once the first was taken. A server that passes over both
 * hears that we are leaving. */
static bool say(struct ml_tls_trial *trial, struct ml_buf *out)
{
	uint16_t version = trial->question.flight->hello.version;

	ml_tls_put_record(out, ML_TLS_RECORD_CHANGE_CIPHER, version, ML_STR("\1"));
	ml_tls_put_record(out, ML_TLS_RECORD_CHANGE_CIPHER, version, ML_STR("\1"));
	ml_tls_put_record(out, ML_TLS_RECORD_ALERT, version, ML_STR("\1\0"));
	return true;
}

static struct ml_tls_weak judge(struct ml_tls_reaction reaction)
{
	switch (reaction.kind) {
	case ML_TLS_REACTION_ALERT:
		if (reaction.description == BAD_RECORD_MAC || reaction.description == DECRYPTION_FAILED)
			return (struct ml_tls_weak){ML_TLS_WEAK_VULNERABLE, "it took ChangeCipherSpec before its time, and could not decrypt what followed"};
		return (struct ml_tls_weak){ML_TLS_WEAK_NOT, reaction.description == UNEXPECTED_MESSAGE ?
			"it calls ChangeCipherSpec before its time unexpected" : "it ends the handshake at ChangeCipherSpec before its time"};
	case ML_TLS_REACTION_CLOSED:
	case ML_TLS_REACTION_RESET:
		return (struct ml_tls_weak){ML_TLS_WEAK_NOT, "it hangs up at ChangeCipherSpec before its time"};
	case ML_TLS_REACTION_SEALED:
		return (struct ml_tls_weak){ML_TLS_WEAK_VULNERABLE, "it encrypted its answer to ChangeCipherSpec before its time"};
	default:
		return (struct ml_tls_weak){ML_TLS_WEAK_UNKNOWN, "it says nothing to ChangeCipherSpec before its time"};
	}
}

static void take(struct ml_tls_trial *trial)
{
	struct ml_tls_misbehaviour *m = trial->question.collector->misbehaviour;

	ml_tls_trial_noted(trial);
	m->ccs = trial->after ? judge(trial->reaction) : (struct ml_tls_weak){ML_TLS_WEAK_UNKNOWN, NULL};
}

void ml_tls_ccs_try(struct ml_tls_collector *c)
{
	struct ml_tls_misbehaviour *m = c->misbehaviour;
	struct ml_tls_trial *trial;

	if (!m->old) {
		m->ccs = (struct ml_tls_weak){ML_TLS_WEAK_NOT, "TLS 1.3 has no such step"};
		return;
	}
	trial = ml_tls_trial_new(c, "ChangeCipherSpec before its time", m->old->code, take);
	if (!trial)
		return;
	trial->then = say;
	trial->patience_ms = PATIENCE_MS;
}

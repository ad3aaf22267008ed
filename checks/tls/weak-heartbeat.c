/* SPDX-License-Identifier: Apache-2.0 */
/* Heartbleed (CVE-2014-0160): a heartbeat whose length goes beyond its record, before the handshake
 * ends. RFC 6520 4: it is dropped without a word. */
#include "checks/tls/misbehave-priv.h"
#include "checks/tls/wire-priv.h"

/* What is asked for, and it is not there: so few bytes that no secret can be among them. */
enum { BEYOND = 4, RESPONSE = 2, RESPONSE_HEADER = 3 };

bool ml_tls_heartbeat_say(struct ml_tls_trial *trial, struct ml_buf *out)
{
	const struct ml_tls_flight *flight = trial->question.flight;
	const char request[] = {1, 0, BEYOND}, goodbye[] = {1, 0};

	if (!ml_tls_answered(&flight->hello, ML_TLS_HEARTBEAT))
		return false;
	ml_tls_put_record(out, ML_TLS_RECORD_HEARTBEAT, flight->hello.version, (struct ml_str){request, sizeof(request)});
	/* So that nobody waits for what does not come: close_notify. */
	ml_tls_put_record(out, ML_TLS_RECORD_ALERT, flight->hello.version, (struct ml_str){goodbye, sizeof(goodbye)});
	return true;
}

void ml_tls_heartbeat_take(struct ml_tls_trial *trial)
{
	struct ml_tls_misbehaviour *m = trial->question.collector->misbehaviour;
	const struct ml_tls_later *later = &trial->question.flight->later;

	if (trial->question.answer != ML_TLS_AGREED)
		m->heartbleed = (struct ml_tls_weak){ML_TLS_WEAK_UNKNOWN, NULL};
	else if (!trial->after)
		m->heartbleed = (struct ml_tls_weak){ML_TLS_WEAK_NOT, "it takes no heartbeats"};
	else if (later->heartbeat_bytes >= RESPONSE_HEADER + BEYOND && later->heartbeat[0] == RESPONSE)
		m->heartbleed = (struct ml_tls_weak){ML_TLS_WEAK_VULNERABLE, "it answered a heartbeat with bytes that nobody had sent"};
	else
		m->heartbleed = (struct ml_tls_weak){ML_TLS_WEAK_NOT, "it did not answer a heartbeat that is longer than its record"};
}

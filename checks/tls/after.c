/* SPDX-License-Identifier: Apache-2.0 */
/* Reading on behind a flight: after a second hello, or after something odd was sent. */
#include "base/error.h"
#include "checks/tls/wire-priv.h"

enum { ALERT_BYTES = 2 };

/* A byte too many is remembered, too. */
void ml_tls_keep_early(struct ml_tls_parser *p, struct ml_str bytes)
{
	if (p->progress != ML_TLS_DONE || !p->flight.hello.retry)
		return;
	for (size_t i = 0; i < bytes.len && p->nearly <= ML_TLS_EARLY_BYTES; i++, p->nearly++)
		if (p->nearly < ML_TLS_EARLY_BYTES)
			p->early[p->nearly] = bytes.ptr[i];
}

int ml_tls_parser_retry(struct ml_tls_parser *parser, const struct ml_tls_hello *second)
{
	const struct ml_tls_flight *flight = &parser->flight;
	struct ml_str early = {parser->early,
		parser->nearly < ML_TLS_EARLY_BYTES ? parser->nearly : ML_TLS_EARLY_BYTES};
	struct ml_tls_parser next = {
		.arena = parser->arena,
		.offer = second,
		.retried = true,
		.mode = ML_TLS_RECORDS_COME,
		.warnings = parser->warnings,
		.retry_suite = flight->hello.suite,
		.retry_group = flight->hello.group,
		.flight = {.bytes = flight->bytes, .records = flight->records},
	};

	if (parser->progress != ML_TLS_DONE || !flight->hello.retry)
		return ML_EINVAL;
	early = ml_str_dup(parser->arena, early);
	next.progress = early.ptr ? ML_TLS_MORE : ML_TLS_NOMEM;
	if (parser->nearly > ML_TLS_EARLY_BYTES || parser->nmessage || parser->body)
		ml_tls_violate(&next, "an answer before the second hello");
	*parser = next;
	ml_tls_parser_feed(parser, early);
	return 0;
}

int ml_tls_parser_after(struct ml_tls_parser *parser)
{
	if (parser->progress != ML_TLS_DONE || !parser->offer ||
		parser->flight.hello.version == ML_TLS_1_3 || parser->flight.resumed)
		return ML_EINVAL;
	parser->progress = ML_TLS_MORE;
	parser->after = true;
	return 0;
}

enum ml_tls_progress ml_tls_after_header(struct ml_tls_parser *p)
{
	struct ml_tls_later *later = &p->flight.later;

	p->sealed = p->header[0] == ML_TLS_RECORD_ALERT && p->body > ALERT_BYTES;
	later->changes += p->header[0] == ML_TLS_RECORD_CHANGE_CIPHER;
	later->handshakes += p->header[0] == ML_TLS_RECORD_HANDSHAKE;
	later->data += p->header[0] == ML_TLS_RECORD_DATA;
	later->heartbeats += p->header[0] == ML_TLS_RECORD_HEARTBEAT;
	later->sealed_alerts += p->sealed;
	return ML_TLS_MORE;
}

void ml_tls_after_body(struct ml_tls_parser *p, struct ml_str part)
{
	struct ml_tls_later *later = &p->flight.later;

	if (p->header[0] != ML_TLS_RECORD_HEARTBEAT)
		return;
	for (size_t i = 0; i < part.len; i++, later->heartbeat_bytes++)
		if (later->heartbeat_bytes < ML_TLS_HEARTBEAT_BYTES)
			later->heartbeat[later->heartbeat_bytes] = (uint8_t)part.ptr[i];
}

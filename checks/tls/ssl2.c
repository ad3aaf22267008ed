/* SPDX-License-Identifier: Apache-2.0 */
/* SSL 2.0: SERVER-HELLO and ERROR. */
#include "base/error.h"
#include "checks/tls/wire-priv.h"

enum { HEADER = 2, PADDED_HEADER = 3, PREFIX = 3, KIND = 3, X509 = 1, FATAL = 2 };

/* The record's first bytes say how long it is: two, or three with padding behind it. */
static size_t header_length(const struct ml_tls_parser *p)
{
	return (unsigned char)p->message[0] & 0x80 ? HEADER : PADDED_HEADER;
}

static size_t record_length(const struct ml_tls_parser *p)
{
	size_t high = (unsigned char)p->message[0], low = (unsigned char)p->message[1];

	return header_length(p) + ((high & 0x80 ? high & 0x7f : high & 0x3f) << 8 | low);
}

static enum ml_tls_progress add_kinds(struct ml_tls_parser *p, struct ml_str kinds)
{
	struct ml_tls_reader r = {.rest = kinds};
	size_t n = kinds.len / KIND;

	p->flight.ssl2_kinds = ml_alloc_array(p->arena, n, sizeof(*p->flight.ssl2_kinds));
	if (!p->flight.ssl2_kinds)
		return ml_tls_stop(p, ML_TLS_NOMEM);
	for (size_t i = 0; i < n; i++)
		p->flight.ssl2_kinds[i] = ml_tls_read(&r, KIND);
	p->flight.nssl2_kinds = n;
	return ML_TLS_MORE;
}

static enum ml_tls_progress add_certificate(struct ml_tls_parser *p, struct ml_str der)
{
	p->flight.certificates_seen = true;
	if (der.len == 0)
		return ML_TLS_MORE;
	p->flight.certificates = ml_alloc_array(p->arena, 1, sizeof(*p->flight.certificates));
	if (!p->flight.certificates)
		return ml_tls_stop(p, ML_TLS_NOMEM);
	p->flight.certificates[0] = ml_str_dup(p->arena, der);
	if (!p->flight.certificates[0].ptr)
		return ml_tls_stop(p, ML_TLS_NOMEM);
	p->flight.ncertificates = 1;
	return ML_TLS_MORE;
}

static enum ml_tls_progress server_hello(struct ml_tls_parser *p, struct ml_tls_reader *r)
{
	bool hit = ml_tls_read(r, 1) != 0;
	uint32_t type = ml_tls_read(r, 1), version = ml_tls_read(r, 2);
	uint32_t certificate_len = ml_tls_read(r, 2), kinds_len = ml_tls_read(r, 2), id_len = ml_tls_read(r, 2);
	struct ml_str certificate = ml_tls_read_bytes(r, certificate_len), kinds = ml_tls_read_bytes(r, kinds_len);

	ml_tls_read_bytes(r, id_len);
	if (r->short_ || kinds_len % KIND || hit)
		return ml_tls_violate(p, hit ? "a session that was not offered goes on" : "lengths of a SERVER-HELLO that do not fit");
	if (version != ML_SSL_2_0)
		return ml_tls_violate(p, "a version that was not offered");
	p->flight.hello.seen = true;
	p->flight.hello.version = ML_SSL_2_0;
	if (add_kinds(p, kinds) != ML_TLS_MORE || (type == X509 && add_certificate(p, certificate) != ML_TLS_MORE))
		return p->progress;
	return ml_tls_stop(p, ML_TLS_DONE);
}

static enum ml_tls_progress end_record(struct ml_tls_parser *p)
{
	struct ml_tls_reader r = {.rest = {p->message, p->nmessage}};

	ml_tls_read_bytes(&r, header_length(p));
	p->flight.records++;
	if (ml_tls_read(&r, 1) == ML_SSL2_SERVER_HELLO)
		return server_hello(p, &r);
	p->flight.alert = (struct ml_tls_alert){FATAL, (uint8_t)ml_tls_read(&r, 2)};
	p->flight.alert_seen = !r.short_;
	return r.short_ ? ml_tls_violate(p, "an ERROR without its code") : ml_tls_stop(p, ML_TLS_ALERTED);
}

/* Nothing but these two comes in answer: everything else is another protocol's text. */
static bool is_answer(const struct ml_tls_parser *p)
{
	unsigned char type = (unsigned char)p->message[header_length(p)];

	return type == ML_SSL2_SERVER_HELLO || type == ML_SSL2_ERROR;
}

enum ml_tls_progress ml_ssl2_byte(struct ml_tls_parser *p, uint8_t byte)
{
	if (ml_alloc_grow(p->arena, &p->message, &p->message_cap, p->nmessage + 1, 1))
		return ml_tls_stop(p, ML_TLS_NOMEM);
	p->message[p->nmessage++] = (char)byte;
	if (p->nmessage <= header_length(p))
		return ML_TLS_MORE;
	if (p->nmessage == header_length(p) + 1 && !is_answer(p))
		return ml_tls_turn_plain(p, p->message, p->nmessage);
	return p->nmessage >= record_length(p) ? end_record(p) : ML_TLS_MORE;
}

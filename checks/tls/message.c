/* SPDX-License-Identifier: Apache-2.0 */
/* The messages of a server's first flight, up to TLS 1.2. */
#include "base/error.h"
#include "checks/tls/suites.h"
#include "checks/tls/wire-priv.h"

enum { CERTIFICATES_MAX = 100, OCSP = 1, NAMED_CURVE = 3 };

/* Whether the message may come after what came: each at most once, in the order of RFC 5246 7.3. */
static bool in_order(struct ml_tls_parser *p, uint8_t type)
{
	static const uint8_t order[] = {
		ML_TLS_SERVER_HELLO, ML_TLS_CERTIFICATE, ML_TLS_CERTIFICATE_STATUS, ML_TLS_SERVER_KEY_EXCHANGE, ML_TLS_CERTIFICATE_REQUEST,
		ML_TLS_SERVER_HELLO_DONE,
	};

	for (size_t i = 0; i < sizeof(order); i++) {
		if (order[i] != type)
			continue;
		if (p->rank > (int)i || (p->rank == 0) != (i == 0))
			return false;
		p->rank = (int)i + 1;
		return true;
	}
	return false;
}

/* For SSL 2.0 no message of TLS is an answer. */
static const struct ml_tls_suite *suite_of(const struct ml_tls_parser *p)
{
	return ml_tls_suite(p->flight.hello.suite);
}

static enum ml_tls_progress certificates(struct ml_tls_parser *p, struct ml_str body)
{
	struct ml_tls_reader r = {.rest = body}, list = {.rest = ml_tls_read_vector(&r, 3)};
	struct ml_tls_flight *flight = &p->flight;

	flight->certificates_seen = true;
	flight->certificates = ml_alloc_array(p->arena, CERTIFICATES_MAX, sizeof(*flight->certificates));
	while (flight->certificates && list.rest.len && flight->ncertificates < CERTIFICATES_MAX) {
		struct ml_str der = ml_tls_read_vector(&list, 3);
		if (list.short_)
			break;
		if (der.len == 0)
			return ml_tls_violate(p, "a certificate without a byte");
		flight->certificates[flight->ncertificates++] = ml_str_dup(p->arena, der);
	}
	if (ml_arena_failed(p->arena))
		return ml_tls_stop(p, ML_TLS_NOMEM);
	if (!list.short_ && list.rest.len)
		return ml_tls_stop(p, ML_TLS_LIMIT);
	if (list.short_ || !ml_tls_read_all(&r))
		return ml_tls_violate(p, "a Certificate whose lengths do not fit");
	return ML_TLS_MORE;
}

/* RFC 6066 8; a status of another type is not read. */
static enum ml_tls_progress certificate_status(struct ml_tls_parser *p, struct ml_str body)
{
	struct ml_tls_reader r = {.rest = body};
	struct ml_str response;

	if (!p->offer->status_request)
		return ml_tls_violate(p, "a CertificateStatus that was not asked for");
	if (ml_tls_read(&r, 1) != OCSP)
		return r.short_ ? ml_tls_violate(p, "a CertificateStatus whose lengths do not fit") : ML_TLS_MORE;
	response = ml_tls_read_vector(&r, 3);
	if (!ml_tls_read_all(&r))
		return ml_tls_violate(p, "a CertificateStatus whose lengths do not fit");
	p->flight.status = ml_str_dup(p->arena, response);
	return p->flight.status.ptr ? ML_TLS_MORE : ml_tls_stop(p, ML_TLS_NOMEM);
}

/* RFC 8422 5.4. Explicit curves (types 1 and 2) are told by a curve of 0. */
static void read_ecdhe(struct ml_tls_parser *p, struct ml_tls_reader *r)
{
	uint32_t type = ml_tls_read(r, 1);

	p->flight.exchange = ML_TLS_EXCHANGE_ECDHE;
	if (type != NAMED_CURVE) {
		*r = (struct ml_tls_reader){.short_ = r->short_};
		return;
	}
	p->flight.curve = (uint16_t)ml_tls_read(r, 2);
	p->flight.ec_public = ml_str_dup(p->arena, ml_tls_read_vector(r, 1));
}

static void read_dhe(struct ml_tls_parser *p, struct ml_tls_reader *r)
{
	struct ml_str prime = ml_tls_read_vector(r, 2), generator = ml_tls_read_vector(r, 2), share = ml_tls_read_vector(r, 2);

	p->flight.exchange = ML_TLS_EXCHANGE_DHE;
	p->flight.dh_prime = ml_str_dup(p->arena, prime);
	p->flight.dh_generator = ml_str_dup(p->arena, generator);
	p->flight.dh_public = ml_str_dup(p->arena, share);
}

static void read_signature(struct ml_tls_parser *p, struct ml_tls_reader *r)
{
	if (p->flight.hello.version >= ML_TLS_1_2)
		p->flight.exchange_scheme = (uint16_t)ml_tls_read(r, 2);
	ml_tls_read_vector(r, 2);
}

static ml_tls_violation check_exchange(const struct ml_tls_parser *p)
{
	const struct ml_tls_flight *flight = &p->flight;

	if (flight->exchange == ML_TLS_EXCHANGE_DHE && (flight->dh_prime.len == 0 || flight->dh_public.len == 0))
		return "Diffie-Hellman parameters without a byte";
	if (flight->curve && p->offer->groups.n && !ml_tls_codes_have(p->offer->groups, flight->curve))
		return "a group that was not offered";
	if (flight->exchange_scheme && p->offer->schemes.n && !ml_tls_codes_have(p->offer->schemes, flight->exchange_scheme))
		return "a signature scheme that was not offered";
	return NULL;
}

static enum ml_tls_progress server_key_exchange(struct ml_tls_parser *p, struct ml_str body)
{
	const struct ml_tls_suite *suite = suite_of(p);
	struct ml_tls_reader r = {.rest = body};
	ml_tls_violation bad;

	p->flight.exchange = ML_TLS_EXCHANGE_OTHER;
	if (!suite || (suite->kx != ML_KX_DHE && suite->kx != ML_KX_ECDHE))
		return ML_TLS_MORE;
	if (suite->kx == ML_KX_ECDHE)
		read_ecdhe(p, &r);
	else
		read_dhe(p, &r);
	if (suite->auth != ML_AUTH_NONE && r.rest.len)
		read_signature(p, &r);
	if (ml_arena_failed(p->arena))
		return ml_tls_stop(p, ML_TLS_NOMEM);
	if (!ml_tls_read_all(&r))
		return ml_tls_violate(p, "a ServerKeyExchange whose lengths do not fit");
	bad = check_exchange(p);
	return bad ? ml_tls_violate(p, bad) : ML_TLS_MORE;
}

/* RFC 5246 7.4.4; before TLS 1.2 without schemes. */
static enum ml_tls_progress certificate_request(struct ml_tls_parser *p, struct ml_str body)
{
	struct ml_tls_flight *flight = &p->flight;
	struct ml_tls_reader r = {.rest = body}, names;

	flight->certificate_requested = true;
	flight->request_types = ml_str_dup(p->arena, ml_tls_read_vector(&r, 1));
	if (flight->hello.version >= ML_TLS_1_2)
		flight->request_schemes = ml_str_dup(p->arena, ml_tls_read_vector(&r, 2));
	names.rest = ml_tls_read_vector(&r, 2);
	names.short_ = r.short_;
	for (; names.rest.len && !names.short_; flight->request_names++)
		ml_tls_read_vector(&names, 2);
	if (ml_arena_failed(p->arena))
		return ml_tls_stop(p, ML_TLS_NOMEM);
	if (names.short_ || !ml_tls_read_all(&r) || flight->request_schemes.len % 2)
		return ml_tls_violate(p, "a CertificateRequest whose lengths do not fit");
	return ML_TLS_MORE;
}

/* RFC 5077 3.3: in a session that goes on it comes in clear, before ChangeCipherSpec. */
static enum ml_tls_progress session_ticket(struct ml_tls_parser *p, struct ml_str body)
{
	struct ml_tls_reader r = {.rest = body};

	if (p->rank != 1 || !ml_tls_session_goes_on(p) || p->flight.ticket.ptr)
		return ml_tls_violate(p, "a handshake message out of order");
	p->flight.ticket_lifetime = ml_tls_read(&r, 4);
	p->flight.ticket = ml_str_dup(p->arena, ml_tls_read_vector(&r, 2));
	if (!p->flight.ticket.ptr)
		return ml_tls_stop(p, ML_TLS_NOMEM);
	if (!ml_tls_read_all(&r))
		return ml_tls_violate(p, "a NewSessionTicket whose lengths do not fit");
	return ML_TLS_MORE;
}

static enum ml_tls_progress hello_done(struct ml_tls_parser *p, struct ml_str body)
{
	return body.len ? ml_tls_violate(p, "a ServerHelloDone with content") : ml_tls_stop(p, ML_TLS_DONE);
}

enum ml_tls_progress ml_tls_message(struct ml_tls_parser *p, uint8_t type, struct ml_str body)
{
	if (!p->offer)
		return ml_tls_violate(p, "a handshake of a version that was not offered");
	if (type == ML_TLS_HELLO_REQUEST) /* may come at any time (RFC 5246 7.4.1.1) */
		return body.len ? ml_tls_violate(p, "a HelloRequest with content") : ML_TLS_MORE;
	if (type == ML_TLS_NEW_SESSION_TICKET)
		return session_ticket(p, body);
	if (!in_order(p, type))
		return ml_tls_violate(p, "a handshake message out of order");
	switch (type) {
	case ML_TLS_SERVER_HELLO:
		return ml_tls_server_hello(p, body);
	case ML_TLS_CERTIFICATE:
		return certificates(p, body);
	case ML_TLS_CERTIFICATE_STATUS:
		return certificate_status(p, body);
	case ML_TLS_SERVER_KEY_EXCHANGE:
		return server_key_exchange(p, body);
	case ML_TLS_CERTIFICATE_REQUEST:
		return certificate_request(p, body);
	default:
		return hello_done(p, body);
	}
}

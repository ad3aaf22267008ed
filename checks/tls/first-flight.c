/* SPDX-License-Identifier: Apache-2.0 */
/* What the first flight up to TLS 1.2 shows beside suite and key exchange, and the suites with CBC asked apart for how their records are authenticated. */
#include "checks/tls/extras-priv.h"
#include "checks/tls/misbehave-priv.h"
#include "checks/tls/wire-priv.h"
#include "facts/tls-weak.h"

enum { PATIENCE_MS = 2000, UNRECOGNIZED_NAME = 112 };

/* RFC 5246 7.4.4, RFC 8422 5.5; NULL: another. */
static const char *certificate_type(uint8_t type)
{
	static const char *const names[] = {[1] = "rsa_sign", [2] = "dss_sign", [3] = "rsa_fixed_dh", [4] = "dss_fixed_dh", [64] = "ecdsa_sign",
		[65] = "rsa_fixed_ecdh", [66] = "ecdsa_fixed_ecdh"};

	return type < sizeof(names) / sizeof(names[0]) ? names[type] : NULL;
}

static struct ml_value number(struct ml_tls_collector *c, unsigned value)
{
	return ml_tls_text(c, ml_strf(c->facts->arena, "%u", value));
}

static struct ml_value certificate_types(struct ml_tls_collector *c, struct ml_str types)
{
	struct ml_tls_list list = {0};

	for (size_t i = 0; i < types.len; i++) {
		const char *name = certificate_type((uint8_t)types.ptr[i]);
		ml_tls_list_add(c, &list, name ? ml_string(ml_str(name)) : number(c, (uint8_t)types.ptr[i]));
	}
	return ml_list(list.items, list.n);
}

static struct ml_value extensions(struct ml_tls_collector *c, const struct ml_tls_server_hello *hello)
{
	struct ml_tls_list list = {0};

	for (size_t i = 0; i < hello->nextensions; i++) {
		const char *name = ml_tls_extension_name(hello->extensions[i].type);
		ml_tls_list_add(c, &list, name ? ml_string(ml_str(name)) : number(c, hello->extensions[i].type));
	}
	return ml_list(list.items, list.n);
}

/* RFC 8422 5.1.2: a list of bytes. */
static struct ml_value point_formats(struct ml_tls_collector *c, const struct ml_tls_flight *flight)
{
	static const char *const names[] = {"uncompressed", "ansiX962_compressed_prime", "ansiX962_compressed_char2"};
	const struct ml_tls_extension *extension = ml_tls_answered(&flight->hello, ML_TLS_POINT_FORMATS);
	struct ml_tls_reader r = {.rest = extension ? extension->body : ML_STR_NONE};
	struct ml_str formats = extension ? ml_tls_read_vector(&r, 1) : ML_STR_NONE;
	struct ml_tls_list list = {0};

	for (size_t i = 0; i < formats.len; i++) {
		uint8_t format = (uint8_t)formats.ptr[i];
		ml_tls_list_add(c, &list, format < sizeof(names) / sizeof(names[0]) ? ml_string(ml_str(names[format])) : number(c, format));
	}
	return ml_list(list.items, list.n);
}

static struct ml_value flight_fact(struct ml_tls_collector *c, const struct ml_tls_flight *flight)
{
	const char *version = ml_tls_version_name(flight->hello.version);
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_tf_flight_type);
	ml_record_set(&b, ML_TF_FLIGHT_VERSION, ml_string(ml_str(version)));
	ml_record_set(&b, ML_TF_FLIGHT_SESSION_ID, ml_int((int64_t)flight->hello.session_id.len));
	ml_record_set(&b, ML_TF_FLIGHT_EXTENSIONS, extensions(c, &flight->hello));
	ml_record_set(&b, ML_TF_FLIGHT_POINTS, point_formats(c, flight));
	ml_record_set(&b, ML_TF_FLIGHT_CLIENT_CERTIFICATE, ml_bool(flight->certificate_requested));
	ml_record_set(&b, ML_TF_FLIGHT_CLIENT_TYPES, certificate_types(c, flight->request_types));
	ml_record_set(&b, ML_TF_FLIGHT_CLIENT_NAMES, ml_int((int64_t)flight->request_names));
	ml_record_set(&b, ML_TF_FLIGHT_NAME_WARNING, ml_bool(flight->alert_seen && flight->alert.description == UNRECOGNIZED_NAME));
	return ml_tls_pack(c, &b);
}

static void take(struct ml_tls_trial *trial)
{
	struct ml_tls_collector *c = trial->question.collector;
	struct ml_tls_misbehaviour *m = c->misbehaviour;

	ml_tls_trial_noted(trial);
	ml_tls_heartbeat_take(trial);
	ml_tls_extensions_seen(c->extras, &trial->question);
	m->compression_known = trial->question.answer == ML_TLS_AGREED;
	if (!m->compression_known)
		return;
	m->compression = trial->question.flight->hello.compression != 0;
	m->flight = flight_fact(c, trial->question.flight);
}

/* ---- suites with CBC: RFC 7366 ---- */

static bool is_cbc(uint32_t code)
{
	const struct ml_tls_suite *suite = ml_tls_suite((uint16_t)code);

	return suite && ml_tls_suite_mode(suite) == ML_MODE_CBC;
}

static void take_cbc(struct ml_tls_trial *trial)
{
	const struct ml_tls_question *q = &trial->question;
	struct ml_tls_misbehaviour *m = q->collector->misbehaviour;

	ml_tls_trial_noted(trial);
	if (q->answer == ML_TLS_AGREED)
		m->cbc = ml_tls_answered(&q->flight->hello, ML_TLS_ENCRYPT_THEN_MAC) ? ML_TLS_WEAK_NOT : ML_TLS_WEAK_RISK;
	else
		m->cbc = ML_TLS_WEAK_UNKNOWN;
}

static void try_cbc(struct ml_tls_collector *c)
{
	const struct ml_tls_found_version *old = c->misbehaviour->old;
	struct ml_tls_trial *trial;
	struct ml_tls_offer *offer;
	size_t n = 0;

	for (size_t i = 0; i < old->nsuites; i++)
		n += is_cbc(old->suites[i].code);
	trial = n ? ml_tls_trial_new(c, "encrypt-then-mac", old->code, take_cbc) : NULL;
	if (!trial)
		return;
	offer = &trial->question.offer;
	ml_tls_offer_only(offer, is_cbc);
	offer->hello.encrypt_then_mac = true;
}

void ml_tls_flight_try(struct ml_tls_collector *c)
{
	struct ml_tls_misbehaviour *m = c->misbehaviour;
	struct ml_tls_trial *trial;
	struct ml_tls_hello *hello;

	if (!m->old) {
		m->heartbleed = (struct ml_tls_weak){ML_TLS_WEAK_NOT, "it offers nothing older than TLS 1.3"};
		return;
	}
	m->flight_asked = true;
	trial = ml_tls_trial_new(c, "first flight", m->old->code, take);
	if (!trial)
		return;
	trial->then = ml_tls_heartbeat_say;
	trial->patience_ms = PATIENCE_MS;
	hello = &trial->question.offer.hello;
	hello->heartbeat = hello->deflate = hello->extended_master_secret = hello->session_ticket = hello->status_request =
		hello->scts = true;
	try_cbc(c);
}

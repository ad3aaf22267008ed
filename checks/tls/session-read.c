/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of a handshake that libssl completes, read by ourselves: what is a fact is what was
 * sent, not what a library made of it. RFC 8446 4.4.2, 4.6.1. */
#include "checks/tls/session-priv.h"
#include "checks/tls/wire-priv.h"

enum {
	HEADER_BYTES = 4,
	CERTIFICATE_VERIFY = 15,
	ENCRYPTED_EXTENSIONS = 8,
	EARLY_DATA = 42,
	OCSP_STATUS = 1
};

/* Of the first certificate. */
static void read_extensions(
	struct ml_tls_seen *seen, struct ml_arena *arena, struct ml_str extensions)
{
	struct ml_tls_reader r = {.rest = extensions};

	while (r.rest.len && !r.short_) {
		uint32_t type = ml_tls_read(&r, 2);
		struct ml_tls_reader body = {.rest = ml_tls_read_vector(&r, 2)};
		if (type == ML_TLS_SCT)
			seen->scts = ml_str_dup(arena, body.rest);
		if (type == ML_TLS_STATUS_REQUEST && ml_tls_read(&body, 1) == OCSP_STATUS)
			seen->staple = ml_str_dup(arena, ml_tls_read_vector(&body, 3));
	}
}

/* Before TLS 1.3 (RFC 5246 7.4.2) without a context and extensions. */
static void read_certificate(struct ml_tls_session *session, struct ml_str body, bool new_protocol)
{
	struct ml_tls_seen *seen = &session->seen;
	struct ml_tls_reader r = {.rest = body}, list;

	if (new_protocol)
		ml_tls_read_vector(&r, 1);
	list = (struct ml_tls_reader){.rest = ml_tls_read_vector(&r, 3)};
	if (seen->certificates ||
		!(seen->certificates = ml_alloc_array(session->arena, ML_TLS_SESSION_CERTIFICATES,
			  sizeof(*seen->certificates))))
		return;
	while (list.rest.len && !list.short_ && seen->ncertificates < ML_TLS_SESSION_CERTIFICATES) {
		struct ml_str der = ml_tls_read_vector(&list, 3),
			      extensions =
				      new_protocol ? ml_tls_read_vector(&list, 2) : ML_STR_NONE;
		if (list.short_)
			return;
		if (seen->ncertificates == 0)
			read_extensions(seen, session->arena, extensions);
		seen->certificates[seen->ncertificates++] = ml_str_dup(session->arena, der);
	}
}

static void read_ticket(struct ml_tls_session *session, struct ml_str body)
{
	struct ml_tls_seen *seen = &session->seen;
	struct ml_tls_reader r = {.rest = body}, extensions;
	uint32_t lifetime = ml_tls_read(&r, 4);

	if (seen->ntickets++ == 0)
		seen->lifetime = lifetime;
	session->spent = session->spent || seen->ntickets > ML_TLS_SESSION_TICKETS;
	ml_tls_read(&r, 4);
	ml_tls_read_vector(&r, 1);
	ml_tls_read_vector(&r, 2);
	extensions = (struct ml_tls_reader){.rest = ml_tls_read_vector(&r, 2)};
	seen->early_data = 0;
	while (extensions.rest.len && !extensions.short_) {
		uint32_t type = ml_tls_read(&extensions, 2);
		struct ml_tls_reader extension = {.rest = ml_tls_read_vector(&extensions, 2)};
		if (type == EARLY_DATA)
			seen->early_data = ml_tls_read(&extension, 4);
	}
}

static void read_handshake(struct ml_tls_session *session, uint8_t type, struct ml_str body)
{
	bool new_protocol = session->wish.version == ML_TLS_1_3;

	if (type == ML_TLS_CERTIFICATE_REQUEST)
		session->seen.certificate_requested = true;
	if (type == ML_TLS_CERTIFICATE)
		read_certificate(session, body, new_protocol);
	if (type == CERTIFICATE_VERIFY && new_protocol)
		session->seen.scheme =
			(uint16_t)ml_tls_read(&(struct ml_tls_reader){.rest = body}, 2);
	if (type == ML_TLS_NEW_SESSION_TICKET && new_protocol)
		read_ticket(session, body);
	if (type == ML_TLS_NEW_SESSION_TICKET && !new_protocol && session->seen.ntickets++ == 0)
		session->seen.lifetime = ml_tls_read(&(struct ml_tls_reader){.rest = body}, 4);
}

void ml_tls_session_read(struct ml_tls_session *session, int content, struct ml_str message)
{
	if (content != SSL3_RT_HANDSHAKE && content != SSL3_RT_ALERT)
		return;
	if (++session->messages > ML_TLS_SESSION_MESSAGES) {
		session->spent = true;
		return;
	}
	if (content == SSL3_RT_HANDSHAKE && message.len >= HEADER_BYTES)
		read_handshake(session, (uint8_t)message.ptr[0],
			ml_str_sub(message, HEADER_BYTES, message.len));
	if (content == SSL3_RT_ALERT && message.len >= 2) {
		session->seen.alert_seen = true;
		session->seen.alert =
			(struct ml_tls_alert){(uint8_t)message.ptr[0], (uint8_t)message.ptr[1]};
	}
}

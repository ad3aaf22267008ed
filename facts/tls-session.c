/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of sessions: RFC 5246 (session ids, renegotiation), RFC 5077 (tickets), RFC 8446 (PSK, early data), RFC 7301 (ALPN), CVE-2016-9244 (Ticketbleed). */
#include "facts/tls-session.h"
#include "facts/tls.h"

#include "facts/schema-priv.h"

VOCAB(ml_tf_unknown_name_vocab, "answer to an unknown name", "refused", "other-certificate", "same-certificate");
VOCAB(ml_tf_client_certificate_vocab, "client certificate", "none", "requested", "required");
VOCAB(ml_tf_handshake_key_vocab, "kind of the server's key", "RSA", "ECDSA", "EdDSA");

WORD_TYPE(version, ml_tf_version_vocab);
WORD_TYPE(unknown_name, ml_tf_unknown_name_vocab);
WORD_TYPE(client_certificate, ml_tf_client_certificate_vocab);
WORD_TYPE(handshake_key, ml_tf_handshake_key_vocab);

static const struct ml_field handshake_fields[] = {
	[ML_TF_HS_ID] = {"id", &ml_type_string, "version and kind of key", ID},
	[ML_TF_HS_VERSION] = {"version", &version, "the protocol version"},
	[ML_TF_HS_KEY] = {"key", &handshake_key, "what the server signed with"},
	[ML_TF_HS_SUITE] = {"suite", &ml_type_string, "IANA's name of the cipher suite"},
	[ML_TF_HS_GROUP] = {"group", &ml_type_string, "IANA's name of the group; \"\": one that we do not know", EMPTY},
	[ML_TF_HS_SCHEME] = {"signature_scheme", &ml_type_string, "RFC 8446's name: \"rsa_pss_rsae_sha256\""},
};
RECORD(ml_tf_handshake_type, "tls_handshake", handshake_fields, ML_TF_HS_SLOTS);
LIST_TYPE(handshake_list, ml_tf_handshake_type);

#define MAY_BE_ABSENT .flags = ML_F_OPTIONAL

/* Absent: the question does not arise, as that version, or what the field rests on, is not offered. */
static const struct ml_field session_fields[] = {
	[ML_TF_SE_HANDSHAKES] = {"handshakes", &handshake_list, "handshakes of TLS 1.3 that were completed: one for each kind of key that the server has", NIL},
	[ML_TF_SE_SESSION_IDS] = {"session_ids", &ml_type_bool, "a session goes on by its id (up to TLS 1.2)", MAY_BE_ABSENT},
	[ML_TF_SE_TICKETS] = {"tickets", &ml_type_bool, "a session goes on by a ticket (RFC 5077, up to TLS 1.2)", MAY_BE_ABSENT},
	[ML_TF_SE_TICKET_LIFETIME] = {"ticket_lifetime", &ml_type_int, "of such a ticket in seconds, as the server hints; 0: it does not say; only where it gives one", MAY_BE_ABSENT},
	[ML_TF_SE_PSK] = {"psk", &ml_type_bool, "a session of TLS 1.3 goes on by a ticket", MAY_BE_ABSENT},
	[ML_TF_SE_PSK_LIFETIME] = {"psk_lifetime", &ml_type_int, "of a ticket of TLS 1.3 in seconds; RFC 8446 allows 604,800; only where it gives one", MAY_BE_ABSENT},
	[ML_TF_SE_PSK_TICKETS] = {"psk_tickets", &ml_type_int, "how many tickets of TLS 1.3 came with one handshake; not with STARTTLS", MAY_BE_ABSENT},
	[ML_TF_SE_EARLY_DATA] = {"early_data", &ml_type_bool, "a ticket of TLS 1.3 allows early data (0-RTT), which can be replayed", MAY_BE_ABSENT},
	[ML_TF_SE_EARLY_DATA_BYTES] = {"early_data_bytes", &ml_type_int, "how much of it; 0: none", MAY_BE_ABSENT},
	[ML_TF_SE_CLIENT_RENEGOTIATION] = {"client_renegotiation", &ml_type_bool, "the client can begin another handshake on the same connection (up to TLS 1.2)", MAY_BE_ABSENT},
	[ML_TF_SE_RENEGOTIATIONS] = {"renegotiations", &ml_type_int, "how many of three, one after the other", MAY_BE_ABSENT},
	[ML_TF_SE_TICKETBLEED] = {"ticketbleed", &ml_type_bool, "asked to go on with a ticket and a short session id, the server sends memory behind the id (CVE-2016-9244); only where tickets are taken", MAY_BE_ABSENT},
	[ML_TF_SE_ALPN] = {"alpn", &ml_type_list_string, "application protocols that the server chooses when they are offered", MAY_BE_ABSENT},
	[ML_TF_SE_ALPN_STRICT] = {"alpn_strict", &ml_type_bool, "offered only protocols that it does not speak, the server refuses with no_application_protocol (RFC 7301 3.2)", MAY_BE_ABSENT},
	[ML_TF_SE_UNKNOWN_NAME] = {"unknown_name", &unknown_name, "what a client gets that asks for a name that the server cannot have; only where a name was sent", MAY_BE_ABSENT},
	[ML_TF_SE_CLIENT_CERTIFICATE] = {"client_certificate", &client_certificate, "whether the server asks for one in TLS 1.3, and goes on without it", MAY_BE_ABSENT},
};
RECORD(ml_tf_sessions_type, "tls_sessions", session_fields, ML_TF_SE_SLOTS);

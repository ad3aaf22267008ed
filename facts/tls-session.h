/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of what shows only in completed handshakes: sessions that go on, tickets, early data, renegotiation, ALPN. Meanings stand in the tables of tls-session.c. */
#ifndef ML_FACTS_TLS_SESSION_H
#define ML_FACTS_TLS_SESSION_H

#include "facts/facts.h"

extern const struct ml_type ml_tf_sessions_type, ml_tf_handshake_type;
extern const struct ml_vocab ml_tf_unknown_name_vocab, ml_tf_client_certificate_vocab, ml_tf_handshake_key_vocab;

enum ml_tf_sessions_slot {
	ML_TF_SE_HANDSHAKES, ML_TF_SE_SESSION_IDS, ML_TF_SE_TICKETS, ML_TF_SE_TICKET_LIFETIME, ML_TF_SE_PSK, ML_TF_SE_PSK_LIFETIME, ML_TF_SE_PSK_TICKETS,
	ML_TF_SE_EARLY_DATA, ML_TF_SE_EARLY_DATA_BYTES, ML_TF_SE_CLIENT_RENEGOTIATION, ML_TF_SE_RENEGOTIATIONS, ML_TF_SE_TICKETBLEED, ML_TF_SE_ALPN,
	ML_TF_SE_ALPN_STRICT, ML_TF_SE_UNKNOWN_NAME, ML_TF_SE_CLIENT_CERTIFICATE,
	ML_TF_SE_SLOTS,
};
enum ml_tf_handshake_slot {
	ML_TF_HS_ID, ML_TF_HS_VERSION, ML_TF_HS_KEY, ML_TF_HS_SUITE, ML_TF_HS_GROUP, ML_TF_HS_SCHEME,
	ML_TF_HS_SLOTS,
};

#endif

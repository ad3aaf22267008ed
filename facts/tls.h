/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of TLS endpoints (kind `tls`): slots of each record. Meanings stand in the tables of tls.c. */
#ifndef ML_FACTS_TLS_H
#define ML_FACTS_TLS_H

#include "facts/facts.h"
#include "facts/tls-cert.h"
#include "facts/tls-starttls.h"
#include "facts/tls-weak.h"

extern const struct ml_kind ml_kind_tls;
extern const struct ml_type ml_tf_root, ml_tf_behaviour_type, ml_tf_version_type, ml_tf_suite_type, ml_tf_group_type, ml_tf_violation_type;
/* In the order of enum ml_tls_version, from SSL 2.0 on. */
extern const struct ml_vocab ml_tf_version_vocab;
extern const struct ml_vocab ml_tf_group_kind_vocab, ml_tf_speaks_vocab;

enum ml_tf_root_slot {
	ML_TF_ENDPOINT, ML_TF_NAME, ML_TF_PORT, ML_TF_REACHABLE, ML_TF_SPEAKS, ML_TF_TEXT, ML_TF_VERSION_LIST, ML_TF_SUITES, ML_TF_GROUP_LIST,
	ML_TF_BEHAVIOUR, ML_TF_VIOLATIONS, ML_TF_CHAINS, ML_TF_CERTIFICATES,
	ML_TF_SESSIONS, ML_TF_HTTP, ML_TF_HTTP_PLAIN, ML_TF_STARTTLS,
	ML_TF_WEAKNESSES, ML_TF_DH_PRIMES, ML_TF_TOLERANCES, ML_TF_SIGNATURES, ML_TF_FIRST_FLIGHT, ML_TF_KEYS,
	ML_TF_ROOT_SLOTS,
};
enum ml_tf_behaviour_slot {
	ML_TF_SERVER_ORDER, ML_TF_COMPRESSION, ML_TF_SECURE_RENEGOTIATION, ML_TF_EMS, ML_TF_TICKETS, ML_TF_HEARTBEATS, ML_TF_STAPLES, ML_TF_FALLBACK,
	ML_TF_BEHAVIOUR_SLOTS,
};
enum ml_tf_version_slot { ML_TF_VER_NAME, ML_TF_VER_OFFERED, ML_TF_VER_SLOTS };
enum ml_tf_suite_slot {
	ML_TF_SUITE_ID, ML_TF_SUITE_VERSION, ML_TF_SUITE_NAME, ML_TF_SUITE_CODE, ML_TF_SUITE_KX, ML_TF_SUITE_AUTH, ML_TF_SUITE_CIPHER, ML_TF_SUITE_BITS,
	ML_TF_SUITE_MAC, ML_TF_SUITE_EXPORT, ML_TF_SUITE_FORWARD, ML_TF_SUITE_AEAD, ML_TF_SUITE_RANK, ML_TF_SUITE_GROUP, ML_TF_SUITE_DH_BITS,
	ML_TF_SUITE_SLOTS,
};
enum ml_tf_group_slot {
	ML_TF_GRP_ID, ML_TF_GRP_VERSION, ML_TF_GRP_NAME, ML_TF_GRP_CODE, ML_TF_GRP_KIND, ML_TF_GRP_BITS, ML_TF_GRP_RANK,
	ML_TF_GRP_SLOTS,
};
enum ml_tf_violation_slot { ML_TF_VIO_ID, ML_TF_VIO_TEXT, ML_TF_VIO_SLOTS };

#endif

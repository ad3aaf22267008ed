/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of how TLS endpoints misbehave: slots of each record. Meanings stand in the tables of tls-weak.c. */
#ifndef ML_FACTS_TLS_WEAK_H
#define ML_FACTS_TLS_WEAK_H

#include "facts/facts.h"

extern const struct ml_type ml_tf_weakness_type, ml_tf_prime_type, ml_tf_tolerance_type, ml_tf_signature_type, ml_tf_flight_type, ml_tf_keys_type;
extern const struct ml_vocab ml_tf_weak_state_vocab, ml_tf_prime_kind_vocab, ml_tf_tolerance_vocab;
/* Lists of the first four. */
extern const struct ml_type ml_tf_weakness_list, ml_tf_prime_list, ml_tf_tolerance_list, ml_tf_signature_list;

enum ml_tf_weakness_slot { ML_TF_WEAK_ID, ML_TF_WEAK_STATE, ML_TF_WEAK_REASON, ML_TF_WEAK_CVES, ML_TF_WEAK_SLOTS };
enum ml_tf_prime_slot { ML_TF_PRIME_SHA256, ML_TF_PRIME_BITS, ML_TF_PRIME_NAME, ML_TF_PRIME_KIND, ML_TF_PRIME_SLOTS };
enum ml_tf_tolerance_slot { ML_TF_TOL_ID, ML_TF_TOL_OK, ML_TF_TOL_SLOTS };
enum ml_tf_signature_slot { ML_TF_SIG_NAME, ML_TF_SIG_CODE, ML_TF_SIG_HASH, ML_TF_SIG_SLOTS };
enum ml_tf_flight_slot {
	ML_TF_FLIGHT_VERSION, ML_TF_FLIGHT_SESSION_ID, ML_TF_FLIGHT_EXTENSIONS, ML_TF_FLIGHT_POINTS, ML_TF_FLIGHT_CLIENT_CERTIFICATE, ML_TF_FLIGHT_CLIENT_TYPES,
	ML_TF_FLIGHT_CLIENT_NAMES, ML_TF_FLIGHT_NAME_WARNING,
	ML_TF_FLIGHT_SLOTS,
};
enum ml_tf_keys_slot { ML_TF_KEYS_DHE, ML_TF_KEYS_ECDHE, ML_TF_KEYS_SLOTS };

#endif

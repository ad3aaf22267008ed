/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of what a server says before TLS, with STARTTLS and its relatives. */
#ifndef ML_FACTS_TLS_STARTTLS_H
#define ML_FACTS_TLS_STARTTLS_H

#include "facts/type.h"

extern const struct ml_type ml_tf_starttls_type;
/* "none" first; in the order of enum ml_starttls_protocol. */
extern const struct ml_vocab ml_tf_starttls_vocab;

enum ml_tf_starttls_slot {
	ML_TF_STLS_PROTOCOL, ML_TF_STLS_OFFERED, ML_TF_STLS_REFUSAL, ML_TF_STLS_GREETING, ML_TF_STLS_SOFTWARE, ML_TF_STLS_PLAIN_LOGIN, ML_TF_STLS_LOGIN, ML_TF_STLS_REQUIRED,
	ML_TF_STLS_INJECTED,
	ML_TF_STLS_SLOTS,
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What single questions show, once it is known what the server takes. */
#ifndef ML_CHECKS_TLS_EXTRAS_PRIV_H
#define ML_CHECKS_TLS_EXTRAS_PRIV_H

#include "checks/tls/question.h"

enum { ML_TLS_EXTENSION_FACTS = 6 };

/* Values are absent where the question does not arise. */
struct ml_tls_extras {
	struct ml_value order, extensions[ML_TLS_EXTENSION_FACTS], fallback;
	void (*ordered)(struct ml_tls_collector *collector); /* called when it is seen that the server has an order of its own */
};

/* Of the second run. Fills found->versions[0], SSL 2.0, too. */
void ml_tls_extras_begin(struct ml_tls_collector *collector);
/* What the extensions of a first flight say, whose hello offers them all and compression (first-flight.c); or that it is not known. */
void ml_tls_extensions_seen(struct ml_tls_extras *extras, const struct ml_tls_question *question);
/* Sets behaviour. */
void ml_tls_extras_write(struct ml_tls_collector *collector, struct ml_record_builder *root);

#endif

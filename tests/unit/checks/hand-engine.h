/* SPDX-License-Identifier: Apache-2.0 */
/* An engine that is turned by hand, in the place of checks/tls/engine.c: chains that are added wait here until a test takes them, and no connection is made.
 * Its functions stand before those of the library, which linkers want to be allowed. */
#ifndef ML_TESTS_UNIT_CHECKS_HAND_ENGINE_H
#define ML_TESTS_UNIT_CHECKS_HAND_ENGINE_H

#include "checks/tls/extras-priv.h"
#include "checks/tls/misbehave-priv.h"
#include "checks/tls/misbehave.h"
#include "checks/tls/question.h"
#include "facts/tls.h"

enum { HAND_CHAINS = 256 };

static struct ml_chain *hand_chains[HAND_CHAINS];
static size_t hand_nchains;

void ml_engine_add(struct ml_engine *engine, struct ml_chain *chain)
{
	if (hand_nchains < HAND_CHAINS)
		hand_chains[hand_nchains++] = chain;
}

const char *ml_engine_given_up(const struct ml_engine *engine)
{
	return NULL;
}

/* A collector for a server that takes these suites, in one version each; n is 0: not that version. */
static inline void hand_collector(struct ml_tls_collector *c, struct ml_arena *facts, struct ml_arena *scratch)
{
	static const uint16_t codes[ML_TLS_NVERSIONS] = {ML_SSL_2_0, ML_SSL_3_0, ML_TLS_1_0, ML_TLS_1_1, ML_TLS_1_2, ML_TLS_1_3};

	*c = (struct ml_tls_collector){.facts = ml_facts_new(facts, &ml_kind_tls, ML_STR("tls://x:1")), .scratch = scratch, .tls = true,
		.extras = ml_alloc(scratch, sizeof(struct ml_tls_extras))};
	for (size_t i = 0; i < ML_TLS_NVERSIONS; i++)
		c->found.versions[i] = (struct ml_tls_found_version){.code = codes[i], .known = true};
	hand_nchains = 0;
}

static inline void hand_offer(struct ml_tls_collector *c, size_t version, const uint16_t *suites, size_t n)
{
	struct ml_tls_found_version *v = &c->found.versions[version];

	v->offered = n > 0;
	for (size_t i = 0; i < n; i++)
		v->suites[v->nsuites++].code = suites[i];
}

/* The facts that the part writes. */
static inline struct ml_value hand_facts(struct ml_tls_collector *c)
{
	struct ml_record_builder root;

	ml_record_begin(&root, &ml_tf_root);
	ml_tls_misbehave_write(c, &root);
	return ml_tls_pack(c, &root);
}

#endif

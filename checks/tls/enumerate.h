/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that a server takes of one version, suites or groups: offered is what is left, until the server wants none of it. Its choices come in its order, so that one
 * question follows the other; where the server is far away a long list is cut into segments, asked side by side, and joined again. */
#ifndef ML_CHECKS_TLS_ENUMERATE_H
#define ML_CHECKS_TLS_ENUMERATE_H

#include "checks/tls/question.h"

struct ml_tls_enumeration {
	struct ml_chain chain;
	struct ml_tls_question question;
	struct ml_tls_collector *collector;
	size_t version; /* index into found->versions */
	bool groups;    /* else suites */
	void (*first)(struct ml_tls_enumeration *enumeration); /* called after the first answer; may be NULL */
	struct ml_tls_agreed *found; /* in the order of answers */
	size_t nfound, cap;
	bool known; /* asked to the end */
	uint16_t first_group; /* of suites: the group of the first choice; 0 none */
	/* Inside. */
	bool begun, controls, started;
	uint16_t *later; /* suites that a shorter hello left out; of segments, once the server takes one at all */
	size_t nlater;
	struct ml_tls_enumeration *head, *after; /* after: the segment that was cut off behind this one */
	size_t ncuts;                            /* of a head: how many there are */
	bool misjoined;
};

/* Of suites of version `version`, everything; NULL: no memory. */
struct ml_tls_enumeration *ml_tls_enumerate_suites(struct ml_tls_collector *collector, size_t version);
/* Of groups, behind `first`, which was chosen when all were offered; 0: none was. */
struct ml_tls_enumeration *ml_tls_enumerate_groups(struct ml_tls_collector *collector, size_t version, uint16_t first);
/* After its chains are over: what was refused with very many suites is asked for once more with fewer, unless `long_ones` are known to be taken. */
void ml_tls_enumeration_shorten(struct ml_tls_enumeration *head, bool long_ones);
/* Asks, in further chains, whether the segments stand in the server's order. */
void ml_tls_enumeration_check(struct ml_tls_enumeration *head);
/* After that: where they do not, asks for the order of all that was found, one by one. */
void ml_tls_enumeration_mend(struct ml_tls_enumeration *head);
/* All that was found, in order; false: not known to the end. May be called at any time. `most` is room in `out`. */
bool ml_tls_enumeration_result(const struct ml_tls_enumeration *head, struct ml_tls_agreed *out, size_t most, size_t *n);

#endif

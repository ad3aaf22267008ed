/* SPDX-License-Identifier: Apache-2.0 */
/* The collector's parts and what they share. A part asks in the second run of the engine, when it is known what the server takes, and then writes one field of
 * the facts. To add one: a file with these two functions, a row in collect.c, a field in facts/tls*.c. */
#ifndef ML_CHECKS_TLS_COLLECTOR_PRIV_H
#define ML_CHECKS_TLS_COLLECTOR_PRIV_H

#include "checks/tls/offer.h"
#include "checks/tls/shares.h"
#include "checks/tls/talk.h"
#include "facts/facts.h"

struct ml_tls_certificates; /* what servers presented: checks/tls/cert… */
struct ml_tls_misbehaviour; /* what odd conversations showed: checks/tls/misbehave-priv.h */

enum { ML_TLS_VIOLATIONS = 64 };

struct ml_tls_violations {
	const char *asked;
	ml_tls_violation text;
};

struct ml_tls_question;
struct ml_tls_extras;
struct ml_tls_sessions;
struct ml_tls_plain;
struct ml_tls_redis;

struct ml_tls_collector {
	struct ml_facts *facts;   /* facts->arena holds whatever facts point at */
	struct ml_arena *scratch; /* of the whole collection */
	struct ml_engine *engine;
	const struct ml_tls_request *request;
	struct ml_tls_found found;
	struct ml_tls_certificates *certificates; /* NULL: none were seen yet */
	bool tls;                 /* something of TLS came back */
	struct ml_str text;       /* what came instead, in the facts' arena */
	struct ml_tls_violations violations[ML_TLS_VIOLATIONS];
	size_t nviolations;
	struct ml_tls_question *questions; /* all that were made */
	struct ml_tls_extras *extras;
	struct ml_tls_shares shares; /* of all flights */
	struct ml_tls_sessions *sessions;
	struct ml_tls_plain *plain; /* HTTP without TLS */
	struct ml_tls_redis *redis; /* NULL: the endpoint is none */
	struct ml_tls_misbehaviour *misbehaviour;
	bool memory;              /* it ran out: the collection fails */
};

/* The second run: adds chains for what depends on `found`. */
typedef void ml_tls_part_begin(struct ml_tls_collector *collector);
/* Afterwards: sets slots of the root. */
typedef void ml_tls_part_write(struct ml_tls_collector *collector, struct ml_record_builder *root);

/* The first of its kind is kept; constants. */
void ml_tls_note_violation(struct ml_tls_collector *collector, const char *asked, ml_tls_violation violation);
/* What came where TLS was expected: the first text is kept. */
void ml_tls_note_text(struct ml_tls_collector *collector, struct ml_str text);
/* What stands for a fact that could not be had. */
struct ml_value ml_tls_unknown(const struct ml_tls_collector *collector);
/* `value` when known; else unknown with the reason, and the target is marked incomplete. */
struct ml_value ml_tls_known_or(struct ml_tls_collector *collector, bool known, struct ml_value value);
/* A list that grows in the facts' arena. */
struct ml_tls_list {
	struct ml_value *items;
	size_t n, cap;
};
void ml_tls_list_add(struct ml_tls_collector *collector, struct ml_tls_list *list, struct ml_value value);
/* A record as a value; notes when memory runs out. */
struct ml_value ml_tls_pack(struct ml_tls_collector *collector, struct ml_record_builder *builder);
/* A text, constant or of the facts' arena; notes when it is NULL. */
struct ml_value ml_tls_text(struct ml_tls_collector *collector, struct ml_str text);

#endif

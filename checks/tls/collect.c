/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked, side by side and after one another, and the facts in which it ends. */
#include "base/error.h"
#include "checks/tls/cert.h"
#include "checks/tls/enumerate.h"
#include "checks/tls/extras-priv.h"
#include "checks/tls/misbehave.h"
#include "checks/tls/record-priv.h"
#include "checks/tls/sessions-priv.h"
#include "checks/tls/starttls-facts.h"
#include "checks/tls/tls.h"
#include "facts/tls.h"

#define SCRATCH_BYTES ((size_t)32 << 20)

enum { SSL3 = 1 };

/* Parts of the collector beside versions, suites and groups. */
struct part {
	ml_tls_part_begin *early; /* as soon as it is known which versions are offered, with one suite each in `found`; may be NULL */
	ml_tls_part_begin *begin; /* when it is known what the server takes; may be NULL */
	ml_tls_part_write *write;
};

static const struct part parts[] = {
	{NULL, ml_tls_extras_begin, ml_tls_extras_write},
	{ml_tls_sessions_begin, NULL, ml_tls_sessions_write},
	{ml_tls_http_begin, NULL, ml_tls_http_write},
	{NULL, NULL, ml_tls_certificates_write},
	{NULL, NULL, ml_tls_starttls_write},
	{NULL, ml_tls_misbehave_begin, ml_tls_misbehave_write},
};
enum { NPARTS = sizeof(parts) / sizeof(parts[0]) };

/* What goes on. */
struct collection {
	struct ml_tls_collector collector; /* first: hooks get this */
	struct ml_tls_enumeration *suites[ML_TLS_NVERSIONS], *groups[ML_TLS_NVERSIONS];
	bool begun; /* the parts' early questions */
};

static struct collection *of(struct ml_tls_collector *collector)
{
	return (struct collection *)collector;
}

static void add(struct collection *c, struct ml_tls_enumeration *enumeration)
{
	if (enumeration)
		ml_engine_add(c->collector.engine, &enumeration->chain);
}

static void ask_groups(struct collection *c, size_t version)
{
	c->groups[version] = ml_tls_enumerate_groups(&c->collector, version, c->suites[version] ? c->suites[version]->first_group : 0);
	add(c, c->groups[version]);
}

/* Once every version has had its first answer. */
static void settle(struct collection *c)
{
	const struct ml_tls_found_version *older = ml_tls_found_newest(&c->collector.found, ML_TLS_NEWEST - 1, 1);

	for (size_t i = SSL3; i < ML_TLS_NVERSIONS; i++)
		if (c->suites[i] && !c->suites[i]->started)
			return;
	if (older && !c->groups[older - c->collector.found.versions]) {
		size_t i = (size_t)(older - c->collector.found.versions);
		ask_groups(c, i);
	}
	if (c->begun || (!older && !c->collector.found.versions[ML_TLS_NEWEST].offered))
		return;
	c->begun = true;
	for (size_t i = 0; i < NPARTS; i++)
		if (parts[i].early)
			parts[i].early(&c->collector);
}

static void first_answer(struct ml_tls_enumeration *e)
{
	struct ml_tls_found_version *v = &e->collector->found.versions[e->version];

	v->offered = e->nfound > 0;
	v->nsuites = v->offered;
	if (v->offered)
		v->suites[0] = e->found[0];
	if (v->offered && e->version == ML_TLS_NEWEST)
		ask_groups(of(e->collector), e->version);
	settle(of(e->collector));
}

static void gather(struct collection *c)
{
	struct ml_tls_agreed groups[ML_TLS_GROUPS_MAX];
	struct ml_tls_found *found = &c->collector.found;

	for (size_t i = SSL3; i < ML_TLS_NVERSIONS; i++) {
		struct ml_tls_found_version *v = &found->versions[i];
		if (c->suites[i])
			v->known = ml_tls_enumeration_result(c->suites[i], v->suites, ML_TLS_SUITES_MAX, &v->nsuites);
		v->offered = v->nsuites > 0;
		if (!c->groups[i])
			continue;
		found->groups_known[i] = ml_tls_enumeration_result(c->groups[i], groups, ML_TLS_GROUPS_MAX, &found->ngroups[i]);
		for (size_t k = 0; k < found->ngroups[i]; k++)
			found->groups[i][k] = (uint16_t)groups[k].code;
	}
}

/* Whether a hello of all suites was ever taken; where none was, shorter ones may be. True: there is something to run. */
static bool shorten(struct collection *c)
{
	bool taken = false;

	for (size_t i = SSL3; i < ML_TLS_NEWEST; i++)
		taken = taken || (c->suites[i] && c->suites[i]->nfound);
	for (size_t i = SSL3; i < ML_TLS_NEWEST && c->collector.tls; i++)
		if (c->suites[i])
			ml_tls_enumeration_shorten(c->suites[i], taken);
	return !taken && c->collector.tls;
}

/* Versions side by side, and groups beside them. */
static void first_run(struct collection *c)
{
	ml_tls_starttls_first(&c->collector);
	for (size_t i = ML_TLS_NVERSIONS; i-- > SSL3;) {
		c->suites[i] = ml_tls_enumerate_suites(&c->collector, i);
		if (c->suites[i])
			c->suites[i]->first = first_answer;
		add(c, c->suites[i]);
	}
	ml_engine_run(c->collector.engine);
	if (shorten(c)) {
		ml_engine_run(c->collector.engine);
		gather(c);
		settle(c);
		ml_engine_run(c->collector.engine);
	}
	gather(c);
}

static void check_order(struct ml_tls_collector *collector)
{
	struct collection *c = of(collector);

	for (size_t i = SSL3; i < ML_TLS_NVERSIONS; i++)
		if (c->suites[i])
			ml_tls_enumeration_check(c->suites[i]);
}

static void second_run(struct collection *c)
{
	for (size_t i = 0; i < NPARTS; i++)
		if (parts[i].begin)
			parts[i].begin(&c->collector);
	if (c->groups[ML_TLS_NEWEST])
		ml_tls_enumeration_check(c->groups[ML_TLS_NEWEST]);
	ml_engine_run(c->collector.engine);
}

static void third_run(struct collection *c)
{
	for (size_t i = SSL3; i < ML_TLS_NVERSIONS; i++) {
		if (c->suites[i])
			ml_tls_enumeration_mend(c->suites[i]);
		if (c->groups[i])
			ml_tls_enumeration_mend(c->groups[i]);
	}
	ml_engine_run(c->collector.engine);
	gather(c);
}

void ml_tls_note_violation(struct ml_tls_collector *c, const char *asked, ml_tls_violation violation)
{
	for (size_t i = 0; i < c->nviolations; i++)
		if (c->violations[i].text == violation) {
			if (strcmp(asked, c->violations[i].asked) < 0)
				c->violations[i].asked = asked; /* whoever came first */
			return;
		}
	if (c->nviolations < ML_TLS_VIOLATIONS)
		c->violations[c->nviolations++] = (struct ml_tls_violations){asked, violation};
}

void ml_tls_note_text(struct ml_tls_collector *c, struct ml_str text)
{
	if (c->text.len == 0)
		c->text = ml_str_dup(c->facts->arena, text);
}

/* Where nothing came back at all, nothing is known, whatever a part takes for a default. */
static void know_nothing(struct ml_tls_collector *c, struct ml_record_builder *root)
{
	static const int slots[] = {ML_TF_BEHAVIOUR, ML_TF_SESSIONS, ML_TF_HTTP, ML_TF_FIRST_FLIGHT, ML_TF_KEYS};
	static const int lists[] = {ML_TF_WEAKNESSES, ML_TF_DH_PRIMES, ML_TF_TOLERANCES, ML_TF_SIGNATURES};
	struct ml_value *unknown = ml_alloc(c->facts->arena, sizeof(*unknown));

	if (!unknown) {
		c->memory = true;
		return;
	}
	*unknown = ml_tls_unknown(c);
	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
		ml_record_set(root, slots[i], *unknown);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		ml_record_set(root, lists[i], ml_list(unknown, 1));
}

static void write_parts(struct ml_tls_collector *c)
{
	struct ml_record_builder root;

	ml_tls_record_begin(c, &root);
	for (size_t i = 0; i < NPARTS; i++)
		parts[i].write(c, &root);
	if (!c->tls && c->text.len == 0)
		know_nothing(c, &root);
	c->facts->root = ml_tls_pack(c, &root);
}

int ml_tls_collect(struct ml_facts *facts, const struct ml_tls_dialer *dialer, const struct ml_tls_request *request)
{
	static const uint16_t codes[ML_TLS_NVERSIONS] = {ML_SSL_2_0, ML_SSL_3_0, ML_TLS_1_0, ML_TLS_1_1, ML_TLS_1_2, ML_TLS_1_3};
	ML_ARENA_AUTO scratch = ml_arena_new(SCRATCH_BYTES);
	struct collection *c = scratch ? ml_alloc(scratch, sizeof(*c)) : NULL;
	struct ml_tls_extras extras = {.ordered = check_order};

	if (!c)
		return ML_ENOMEM;
	c->collector = (struct ml_tls_collector){.facts = facts, .scratch = scratch, .request = request, .extras = &extras,
		.engine = ml_engine_new(scratch, dialer, request), .found.name = request->name};
	for (size_t i = 0; i < ML_TLS_NVERSIONS; i++)
		c->collector.found.versions[i].code = codes[i];
	if (!c->collector.engine)
		return ML_ENOMEM;
	first_run(c);
	second_run(c);
	third_run(c);
	ml_engine_close(c->collector.engine);
	write_parts(&c->collector);
	ml_tls_questions_free(&c->collector);
	return c->collector.memory || ml_arena_failed(scratch) ? ML_ENOMEM : 0;
}

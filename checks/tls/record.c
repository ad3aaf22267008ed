/* SPDX-License-Identifier: Apache-2.0 */
/* From what was found to facts. */
#include "checks/tls/record-priv.h"

#include "base/sort.h"
#include "checks/tls/extras-priv.h"
#include "facts/tls.h"

enum { UNRANKED = -1 };

struct ml_value ml_tls_pack(struct ml_tls_collector *c, struct ml_record_builder *builder)
{
	struct ml_value value = ml_absent();

	if (ml_record_pack(builder, c->facts->arena, 0, &value))
		c->memory = true;
	return value;
}

static struct ml_value word(const char *z)
{
	return ml_string(ml_str(z));
}

struct ml_value ml_tls_text(struct ml_tls_collector *c, struct ml_str text)
{
	c->memory = c->memory || !text.ptr;
	return ml_string(text);
}

struct ml_value ml_tls_unknown(const struct ml_tls_collector *c)
{
	const char *reason = ml_engine_given_up(c->engine);

	return ml_unknown(ml_str(reason ? reason : "the server's answer cannot be used"));
}

struct ml_value ml_tls_known_or(struct ml_tls_collector *c, bool known, struct ml_value value)
{
	if (known)
		return value;
	c->facts->incomplete = true;
	return ml_tls_unknown(c);
}

void ml_tls_list_add(struct ml_tls_collector *c, struct ml_tls_list *list, struct ml_value value)
{
	if (ml_alloc_grow(c->facts->arena, &list->items, &list->cap, list->n + 1, sizeof(*list->items)))
		c->memory = true;
	else
		list->items[list->n++] = value;
}

static struct ml_value version_fact(struct ml_tls_collector *c, const struct ml_tls_found_version *v)
{
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_tf_version_type);
	ml_record_set(&b, ML_TF_VER_NAME, word(ml_tls_version_name(v->code)));
	ml_record_set(&b, ML_TF_VER_OFFERED, ml_tls_known_or(c, v->known || v->offered, ml_bool(v->offered)));
	return ml_tls_pack(c, &b);
}

static struct ml_value suite_name(struct ml_tls_collector *c, const struct ml_tls_agreed *agreed, const struct ml_tls_suite *suite)
{
	if (suite->name)
		return word(suite->name);
	return ml_tls_text(c, ml_strf(c->facts->arena, "0x%04X", (unsigned)agreed->code));
}

static void describe_suite(struct ml_record_builder *b, const struct ml_tls_suite *suite)
{
	ml_record_set(b, ML_TF_SUITE_KX, word(ml_tls_kx_name((enum ml_tls_kx)suite->kx)));
	ml_record_set(b, ML_TF_SUITE_AUTH, word(ml_tls_auth_name((enum ml_tls_auth)suite->auth)));
	ml_record_set(b, ML_TF_SUITE_CIPHER, word(ml_tls_cipher_name((enum ml_tls_cipher)suite->cipher)));
	ml_record_set(b, ML_TF_SUITE_BITS, ml_int(suite->bits));
	ml_record_set(b, ML_TF_SUITE_MAC, word(ml_tls_mac_name((enum ml_tls_mac)suite->mac)));
	ml_record_set(b, ML_TF_SUITE_EXPORT, ml_int(suite->export_bits));
	ml_record_set(b, ML_TF_SUITE_FORWARD, ml_bool(ml_tls_suite_forward(suite)));
	ml_record_set(b, ML_TF_SUITE_AEAD, ml_bool(suite->mac == ML_MAC_AEAD));
}

static bool ranked(const struct ml_tls_collector *c)
{
	return c->extras->order.kind == ML_V_BOOL && c->extras->order.b;
}

static struct ml_value suite_fact(struct ml_tls_collector *c, const struct ml_tls_found_version *v, size_t i)
{
	const struct ml_tls_agreed *agreed = &v->suites[i];
	const struct ml_tls_suite *suite = v->code == ML_SSL_2_0 ? ml_ssl2_kind(agreed->code) : ml_tls_suite((uint16_t)agreed->code);
	const struct ml_tls_group *group = ml_tls_group(agreed->curve);
	struct ml_record_builder b;
	struct ml_value name;

	if (!suite) /* SSL 2.0 servers may name kinds that nobody knows */
		return ml_tls_unknown(c);
	name = suite_name(c, agreed, suite);
	ml_record_begin(&b, &ml_tf_suite_type);
	ml_record_set(&b, ML_TF_SUITE_ID, ml_tls_text(c, ml_strf(c->facts->arena, "%s %.*s", ml_tls_version_name(v->code), ML_STR_ARG(ml_value_text(&name)))));
	ml_record_set(&b, ML_TF_SUITE_VERSION, word(ml_tls_version_name(v->code)));
	ml_record_set(&b, ML_TF_SUITE_NAME, name);
	ml_record_set(&b, ML_TF_SUITE_CODE, ml_int(agreed->code));
	describe_suite(&b, suite);
	ml_record_set(&b, ML_TF_SUITE_RANK, ml_int(ranked(c) ? (int64_t)i : UNRANKED));
	ml_record_set(&b, ML_TF_SUITE_GROUP, word(group ? group->name : ""));
	ml_record_set(&b, ML_TF_SUITE_DH_BITS, ml_int((int64_t)(8 * agreed->dh_prime.len)));
	return ml_tls_pack(c, &b);
}

/* Where nothing of TLS was ever said, no refusal means anything. */
static void take_back(struct ml_tls_collector *c)
{
	if (c->tls)
		return;
	ml_engine_give_up(c->engine, c->text.len ? "it speaks no TLS" : "it closes every connection without a word");
	for (size_t i = 0; i < ML_TLS_NVERSIONS; i++)
		c->found.versions[i].known = c->found.versions[i].offered = false;
}

static struct ml_value speaks_fact(struct ml_tls_collector *c)
{
	const struct ml_tls_request *request = c->request;
	struct ml_str line = ml_str_trim(c->text);

	if (c->tls || (line.len && request->starttls))
		return word(c->tls ? "tls" : "text");
	if (line.len == 0)
		return ml_tls_known_or(c, false, ml_absent());
	c->facts->incomplete = true; /* whoever answers: of TLS at this endpoint nothing is known */
	return ml_unknown(ml_strf(c->facts->arena, "it speaks no TLS; its first line is %.*s", ML_STR_ARG(line)));
}

static struct ml_value versions_fact(struct ml_tls_collector *c)
{
	struct ml_tls_list list = {0};

	for (size_t i = 0; i < ML_TLS_NVERSIONS; i++)
		ml_tls_list_add(c, &list, version_fact(c, &c->found.versions[i]));
	return ml_list(list.items, list.n);
}

/* What was agreed on, and where a version was not asked to its end an unknown one. */
static struct ml_value suites_fact(struct ml_tls_collector *c)
{
	struct ml_tls_list list = {0};

	for (size_t i = ML_TLS_NVERSIONS; i-- > 0;) {
		const struct ml_tls_found_version *v = &c->found.versions[i];
		for (size_t k = 0; k < v->nsuites; k++)
			ml_tls_list_add(c, &list, suite_fact(c, v, k));
		if (!v->known)
			ml_tls_list_add(c, &list, ml_tls_known_or(c, false, ml_absent()));
	}
	return ml_list(list.items, list.n);
}

static struct ml_value group_fact(struct ml_tls_collector *c, uint16_t version, uint16_t code, size_t rank)
{
	const struct ml_tls_group *group = ml_tls_group(code);
	const char *name = ml_tls_version_name(version);
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_tf_group_type);
	ml_record_set(&b, ML_TF_GRP_ID, ml_tls_text(c, ml_strf(c->facts->arena, "%s %s", name, group->name)));
	ml_record_set(&b, ML_TF_GRP_VERSION, word(name));
	ml_record_set(&b, ML_TF_GRP_NAME, word(group->name));
	ml_record_set(&b, ML_TF_GRP_CODE, ml_int(group->code));
	ml_record_set(&b, ML_TF_GRP_KIND, word(ml_tf_group_kind_vocab.words[group->kind]));
	ml_record_set(&b, ML_TF_GRP_BITS, ml_int(group->bits));
	ml_record_set(&b, ML_TF_GRP_RANK, ml_int((int64_t)rank));
	return ml_tls_pack(c, &b);
}

static bool has_ecdhe(const struct ml_tls_found_version *v)
{
	for (size_t i = 0; i < v->nsuites; i++)
		if (v->suites[i].curve)
			return true;
	return false;
}

static struct ml_value groups_fact(struct ml_tls_collector *c)
{
	const struct ml_tls_found_version *newest = &c->found.versions[ML_TLS_NEWEST], *older = ml_tls_found_newest(&c->found, ML_TLS_NEWEST - 1, 1);
	bool known = !ml_engine_given_up(c->engine);
	struct ml_tls_list list = {0};

	for (size_t i = ML_TLS_NVERSIONS; i-- > 0;) {
		const struct ml_tls_found_version *v = &c->found.versions[i];
		if ((v == newest && !v->offered) || (v != newest && v != older))
			continue;
		for (size_t k = 0; k < c->found.ngroups[i]; k++)
			ml_tls_list_add(c, &list, group_fact(c, v->code, c->found.groups[i][k], k));
		known = known && (c->found.groups_known[i] || (v == older && !has_ecdhe(v)));
	}
	if (!known)
		ml_tls_list_add(c, &list, ml_tls_known_or(c, false, ml_absent()));
	return ml_list(list.items, list.n);
}

static int by_text(const void *a, const void *b)
{
	const struct ml_tls_violations *x = a, *y = b;

	return strcmp(x->asked, y->asked) ? strcmp(x->asked, y->asked) : strcmp(x->text, y->text);
}

/* In an order of their own: that of answers is chance. */
static struct ml_value violations_fact(struct ml_tls_collector *c)
{
	struct ml_record_builder b;
	struct ml_tls_list list = {0};

	if (ml_sort(c->scratch, c->violations, c->nviolations, sizeof(c->violations[0]), by_text))
		c->memory = true;
	for (size_t i = 0; i < c->nviolations; i++) {
		ml_record_begin(&b, &ml_tf_violation_type);
		ml_record_set(&b, ML_TF_VIO_ID, word(c->violations[i].asked));
		ml_record_set(&b, ML_TF_VIO_TEXT, word(c->violations[i].text));
		ml_tls_list_add(c, &list, ml_tls_pack(c, &b));
	}
	return ml_list(list.items, list.n);
}

void ml_tls_record_begin(struct ml_tls_collector *c, struct ml_record_builder *root)
{
	const struct ml_tls_request *request = c->request;

	take_back(c);
	ml_record_begin(root, &ml_tf_root);
	ml_record_set(root, ML_TF_ENDPOINT, ml_tls_text(c, ml_str_dup(c->facts->arena, request->endpoint)));
	ml_record_set(root, ML_TF_NAME, ml_tls_text(c, ml_str_dup(c->facts->arena, request->name)));
	ml_record_set(root, ML_TF_PORT, ml_int(request->port));
	ml_record_set(root, ML_TF_REACHABLE, ml_bool(ml_engine_reached(c->engine)));
	ml_record_set(root, ML_TF_SPEAKS, speaks_fact(c));
	ml_record_set(root, ML_TF_TEXT, ml_string(ml_str_trim(c->text)));
	ml_record_set(root, ML_TF_VERSION_LIST, versions_fact(c));
	ml_record_set(root, ML_TF_SUITES, suites_fact(c));
	ml_record_set(root, ML_TF_GROUP_LIST, groups_fact(c));
	ml_record_set(root, ML_TF_VIOLATIONS, violations_fact(c));
}

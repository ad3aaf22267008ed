/* SPDX-License-Identifier: Apache-2.0 */
/* What a server presents: a chain with an OCSP staple and SCTs, read and judged. The first byte
 * says what is trusted and asked for; each piece has its length before it in two bytes, first the
 * staple, then the SCTs, then certificates; the last certificate may be the trusted root, which is
 * not sent. */
#include <openssl/evp.h>
#include <stdlib.h>

#include "base/buf.h"
#include "checks/tls/cert.h"
#include "facts/factfile.h"
#include "facts/tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MANY = 80, YEAR_2026 = 1795000000 };

static void must_be(bool that)
{
	if (!that)
		abort();
}

static struct ml_str piece(struct ml_str *rest)
{
	const uint8_t *at = (const uint8_t *)rest->ptr;
	size_t len = rest->len < 2 ? 0 : (size_t)at[0] << 8 | at[1];
	struct ml_str out = ml_str_sub(*rest, 2, 2 + len);

	*rest = ml_str_sub(*rest, 2 + len, rest->len);
	return out;
}

static int find(
	void *ctx, struct ml_arena *arena, uint32_t hash, unsigned index, struct ml_str *pem)
{
	return -5 - (int)(hash & 1); /* not there, or nobody knows */
}

/* Facts are of their schema, and read back they are the same. */
static void check(struct ml_facts *facts)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)512 << 20);
	ML_BUF_AUTO first, second;
	struct ml_facts *again;
	struct ml_str path;

	must_be(ml_value_is(&facts->root, facts->kind->root, arena, &path));
	ml_buf_init(&first, (size_t)256 << 20);
	ml_buf_init(&second, (size_t)256 << 20);
	ml_factfile_write(facts, &first);
	must_be(ml_factfile_read(arena, ml_buf_get(&first), &again, NULL) == 0);
	ml_factfile_write(again, &second);
	must_be(ml_str_eq(ml_buf_get(&first), ml_buf_get(&second)));
}

static struct ml_str pem_of(struct ml_arena *arena, struct ml_str der)
{
	EVP_ENCODE_CTX *ctx = EVP_ENCODE_CTX_new();
	unsigned char *text = ml_alloc(arena, 2 * der.len + 100);
	int n = 0, rest = 0;

	must_be(ctx && text);
	EVP_EncodeInit(ctx);
	EVP_EncodeUpdate(ctx, text, &n, (const unsigned char *)der.ptr, (int)der.len);
	EVP_EncodeFinal(ctx, text + n, &rest);
	EVP_ENCODE_CTX_free(ctx);
	return ml_strf(arena, "-----BEGIN CERTIFICATE-----\n%.*s-----END CERTIFICATE-----\n",
		n + rest, (const char *)text);
}

static void collect(struct ml_tls_collector *c, struct ml_tls_request *request, struct ml_str rest,
	unsigned choice)
{
	struct ml_str staple = piece(&rest), scts = piece(&rest), der[MANY];
	struct ml_record_builder root;
	size_t n = 0;

	while (rest.len && n < MANY)
		der[n++] = piece(&rest);
	if (choice & 4 && n)
		request->trust.given = pem_of(c->scratch, der[--n]);
	ml_tls_chain_seen(c, ML_TLS_1_2, der, n, choice & 1 ? staple : ML_STR_NONE,
		choice & 2 ? scts : ML_STR_NONE);
	if (n > 1)
		ml_tls_chain_seen(c, ML_TLS_1_3, der + 1, n - 1, staple, scts);
	ml_record_begin(&root, &ml_tf_root);
	ml_record_set(&root, ML_TF_ENDPOINT, ml_string(c->request->endpoint));
	ml_record_set(&root, ML_TF_PORT, ml_int(443));
	ml_record_set(&root, ML_TF_REACHABLE, ml_bool(true));
	ml_record_set(&root, ML_TF_SPEAKS, ml_string(ML_STR("tls")));
	ml_tls_certificates_write(c, &root);
	must_be(!c->memory);
	c->facts->root = ml_tls_pack(c, &root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)256 << 20);
	unsigned choice = size ? data[0] : 0;
	struct ml_tls_request request = {
		.endpoint = ML_STR("192.0.2.1:443"), .now = YEAR_2026, .trust = {.find = find}};
	struct ml_tls_collector c = {.scratch = arena, .request = &request};

	if (size == 0)
		return 0;
	if (choice & 8)
		request.name = ML_STR("a.example");
	for (size_t i = 0; i < ML_TLS_NVERSIONS; i++)
		c.found.versions[i].known = true;
	c.facts = ml_facts_new(arena, &ml_kind_tls, ML_STR("tls://192.0.2.1:443"));
	must_be(c.facts != NULL);
	ml_tls_certificates_warm_up();
	collect(&c, &request, (struct ml_str){(const char *)data + 1, size - 1}, choice);
	check(c.facts);
	return 0;
}

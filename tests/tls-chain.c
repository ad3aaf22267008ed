/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of one chain as a fact file on standard output, for tests/e2e/tls-chains.sh: tls-chain
 * NAME NOW CA|- STAPLE|-|none SCTS|-|none < CHAIN. CHAIN is a sequence of certificates in DER, each
 * with its length before it in four bytes, big-endian. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/num.h"
#include "checks/tls/cert.h"
#include "facts/factfile.h"
#include "facts/tls.h"

enum { MANY = 200, ARGUMENTS = 6 };

static struct ml_str read_stream(struct ml_arena *arena, FILE *in)
{
	ML_BUF_AUTO out;
	char piece[65536];
	size_t n;

	ml_buf_init(&out, (size_t)64 << 20);
	while (in && (n = fread(piece, 1, sizeof(piece), in)) > 0)
		ml_buf_add(&out, piece, n);
	return ml_str_dup(arena, ml_buf_get(&out));
}

/* "none": it was not asked for; "-": it did not come. */
static struct ml_str read_file(struct ml_arena *arena, const char *name)
{
	struct ml_str bytes;
	FILE *in;

	if (strcmp(name, "none") == 0)
		return ML_STR_NONE;
	if (strcmp(name, "-") == 0)
		return ML_STR("");
	in = fopen(name, "rb");
	bytes = read_stream(arena, in);
	if (in)
		fclose(in);
	return bytes;
}

static size_t split(struct ml_str in, struct ml_str *der)
{
	size_t n = 0;

	while (in.len >= 4 && n < MANY) {
		const unsigned char *at = (const unsigned char *)in.ptr;
		size_t len = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
		der[n++] = ml_str_sub(in, 4, 4 + len);
		in = ml_str_sub(in, 4 + len, in.len);
	}
	return n;
}

/* A trust store in a directory, as the broker opens it. */
static int find(
	void *ctx, struct ml_arena *arena, uint32_t hash, unsigned index, struct ml_str *pem)
{
	struct ml_str path = ml_strf(arena, "/etc/ssl/certs/%08x.%u", hash, index);
	FILE *in = fopen(path.ptr, "rb");

	if (!in)
		return ML_ENOENT;
	*pem = read_stream(arena, in);
	fclose(in);
	return 0;
}

static void write_facts(struct ml_tls_collector *c, const struct ml_str *der, size_t n,
	struct ml_str staple, struct ml_str scts)
{
	struct ml_record_builder root;
	ML_BUF_AUTO out;

	for (size_t i = 0; i < ML_TLS_NVERSIONS; i++)
		c->found.versions[i].known = true;
	ml_tls_chain_seen(c, ML_TLS_1_2, der, n, staple, scts);
	ml_record_begin(&root, &ml_tf_root);
	ml_record_set(&root, ML_TF_ENDPOINT, ml_string(c->request->endpoint));
	ml_tls_certificates_write(c, &root);
	c->facts->root = ml_tls_pack(c, &root);
	ml_buf_init(&out, (size_t)64 << 20);
	ml_factfile_write(c->facts, &out);
	fwrite(out.ptr, 1, out.len, stdout);
}

int main(int argc, char **argv)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)256 << 20);
	struct ml_tls_request request = {
		.endpoint = ML_STR("127.0.0.1:443"), .trust = {.find = find}};
	struct ml_tls_collector c = {.scratch = arena, .request = &request};
	struct ml_str der[MANY];

	if (argc != ARGUMENTS || !ml_parse_i64(ml_str(argv[2]), 10, &request.now))
		return 2;
	c.facts = ml_facts_new(arena, &ml_kind_tls, ML_STR("tls://127.0.0.1:443"));
	if (strchr(argv[1], ':'))
		request.endpoint = ml_str(argv[1]);
	else
		request.name = ml_str(argv[1]);
	if (strcmp(argv[3], "-") != 0)
		request.trust.given = read_file(arena, argv[3]);
	ml_tls_certificates_warm_up();
	write_facts(&c, der, split(read_stream(arena, stdin), der), read_file(arena, argv[4]),
		read_file(arena, argv[5]));
	return c.memory;
}

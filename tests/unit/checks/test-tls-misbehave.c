/* SPDX-License-Identifier: Apache-2.0 */
/* Odd conversations driven by hand: what is said, and what each answer makes of it. */
#include "tests/unit/test.h"

#include <openssl/bn.h>
#include <openssl/x509.h>

#include "tests/unit/checks/hand-engine.h"

#include "checks/tls/wire-priv.h"

#define ARENA_BYTES ((size_t)64 << 20)
enum { FLIGHT_BYTES = 8192, KEY_BITS = 1024 };

struct world {
	struct ml_arena *facts, *scratch;
	struct ml_tls_collector *c;
	EVP_PKEY *key;
	struct ml_str certificate;
};

static const uint16_t suites[] = {0xc02f, 0x009c};

static struct ml_str make_certificate(struct ml_arena *arena, EVP_PKEY *key)
{
	X509 *x = X509_new();
	unsigned char *der = NULL;
	int len;
	struct ml_str out;

	assert_true(X509_set_pubkey(x, key) && X509_gmtime_adj(X509_getm_notBefore(x), 0) && X509_gmtime_adj(X509_getm_notAfter(x), 1000));
	assert_true(X509_sign(x, key, EVP_sha256()));
	len = i2d_X509(x, &der);
	assert_true(len > 0);
	out = ml_str_dup(arena, (struct ml_str){(const char *)der, (size_t)len});
	OPENSSL_free(der);
	X509_free(x);
	return out;
}

static void begin(struct world *w, const uint16_t *offered, size_t n)
{
	*w = (struct world){.facts = ml_arena_new(ARENA_BYTES), .scratch = ml_arena_new(ARENA_BYTES), .key = EVP_RSA_gen(KEY_BITS)};
	assert_true(w->facts && w->scratch && w->key);
	w->certificate = make_certificate(w->facts, w->key);
	w->c = ml_alloc(w->facts, sizeof(*w->c));
	hand_collector(w->c, w->facts, w->scratch);
	hand_offer(w->c, 4, offered, n);
	ml_tls_misbehave_begin(w->c);
}

static void finish(struct world *w)
{
	ml_tls_questions_free(w->c);
	EVP_PKEY_free(w->key);
	ml_arena_free(w->facts);
	ml_arena_free(w->scratch);
}

static void put(struct ml_buf *out, size_t bytes, size_t value)
{
	while (bytes-- > 0)
		ml_buf_putc(out, (char)(value >> 8 * bytes));
}

/* A first flight of TLS 1.2 with one certificate; an RSA key exchange needs no more. */
static void put_flight(struct ml_buf *out, const struct world *w, uint16_t suite, struct ml_str extensions)
{
	size_t cert = w->certificate.len, all = 4 + 38 + 2 + extensions.len + 4 + 6 + cert + 4;

	put(out, 3, 0x160303);
	put(out, 2, all);
	put(out, 4, 0x02000000 | (38 + 2 + extensions.len));
	put(out, 2, 0x0303);
	for (int i = 0; i < 32; i++)
		put(out, 1, 'R');
	put(out, 1, 0);
	put(out, 2, suite);
	put(out, 1, 0);
	put(out, 2, extensions.len);
	ml_buf_str(out, extensions);
	put(out, 4, 0x0b000000 | (cert + 6));
	put(out, 3, cert + 3);
	put(out, 3, cert);
	ml_buf_str(out, w->certificate);
	put(out, 4, 0x0e000000);
}

static struct ml_tls_trial *trial_of(size_t i)
{
	return (struct ml_tls_trial *)(void *)((char *)hand_chains[i] - offsetof(struct ml_tls_trial, chain));
}

/* The trial of this name and variant, from the first that was not taken yet. */
static struct ml_tls_trial *find(const char *asked, unsigned variant)
{
	for (size_t i = 0; i < hand_nchains; i++)
		if (strcmp(trial_of(i)->asked, asked) == 0 && trial_of(i)->variant == variant && !trial_of(i)->begun)
			return trial_of(i);
	fail_msg("nobody asks for %s", asked);
	return NULL;
}

/* Answers a trial with a flight and then with `after`; `said`: what the trial said behind the flight. */
static void answer(struct world *w, struct ml_tls_trial *trial, struct ml_str flight, struct ml_str after, enum ml_talk_end how, struct ml_buf *said)
{
	struct ml_talk *talk = trial->chain.next(&trial->chain);
	bool on;
	ML_BUF_AUTO hello;

	ml_buf_init(&hello, 1 << 17);
	on = talk->ops->start(talk, &hello) && flight.len && talk->ops->feed(talk, flight, said);
	on = on && (after.len == 0 || talk->ops->feed(talk, after, said));
	talk->ops->ended(talk, on || flight.len == 0 ? how : ML_TALK_DONE);
	assert_null(trial->chain.next(&trial->chain));
}

static struct ml_tls_reaction react(struct world *w, struct ml_tls_trial *trial, struct ml_str extensions, struct ml_str after, enum ml_talk_end how, struct ml_buf *said)
{
	ML_BUF_AUTO flight;

	ml_buf_init(&flight, FLIGHT_BYTES);
	put_flight(&flight, w, 0x009c, extensions);
	answer(w, trial, ml_buf_get(&flight), after, how, said);
	return trial->reaction;
}

static void hex_is(struct ml_str bytes, const char *want)
{
	char *hex = calloc(2, bytes.len + 1);

	for (size_t i = 0; i < bytes.len; i++)
		snprintf(hex + 2 * i, 3, "%02x", (unsigned char)bytes.ptr[i]);
	assert_string_equal(hex, want);
	free(hex);
}

#define BYTES(literal) ((struct ml_str){literal, sizeof(literal) - 1})
#define HEARTBEAT BYTES("\0\x0f\0\1\1")
#define UNEXPECTED BYTES("\x15\3\3\0\2\2\x0a")
#define BAD_MAC BYTES("\x15\3\3\0\2\2\x14")
#define DECRYPT_ERROR BYTES("\x15\3\3\0\2\2\x33")
#define RESPONSE BYTES("\x18\3\3\0\x17\2\0\4abcd0123456789abcdef\x15\3\3\0\2\1\0")
#define SHORT_RESPONSE BYTES("\x18\3\3\0\x06\2\0\0abc\x15\3\3\0\2\1\0")
#define SEALED BYTES("\x15\3\3\0\x20" "0123456789abcdef0123456789abcdef")

static void ccs(void **state)
{
	const struct {
		struct ml_str after;
		enum ml_talk_end how;
		enum ml_tls_weak_state want;
	} all[] = {
		{UNEXPECTED, ML_TALK_CLOSED, ML_TLS_WEAK_NOT}, {BAD_MAC, ML_TALK_CLOSED, ML_TLS_WEAK_VULNERABLE},
		{BYTES("\x15\3\3\0\2\2\x15"), ML_TALK_CLOSED, ML_TLS_WEAK_VULNERABLE}, {BYTES("\x15\3\3\0\2\2\x28"), ML_TALK_CLOSED, ML_TLS_WEAK_NOT},
		{SEALED, ML_TALK_CLOSED, ML_TLS_WEAK_VULNERABLE}, {ML_STR_NONE, ML_TALK_CLOSED, ML_TLS_WEAK_NOT},
		{ML_STR_NONE, ML_TALK_RESET, ML_TLS_WEAK_NOT}, {ML_STR_NONE, ML_TALK_SILENT, ML_TLS_WEAK_UNKNOWN},
		{BYTES("\x99nonsense"), ML_TALK_CLOSED, ML_TLS_WEAK_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct world w;
		ML_BUF_AUTO said;
		ml_buf_init(&said, FLIGHT_BYTES);
		begin(&w, suites, 2);
		react(&w, find("ChangeCipherSpec before its time", 0), ML_STR_NONE, all[i].after, all[i].how, &said);
		hex_is(ml_buf_get(&said), "140303000101140303000101150303" "00020100");
		assert_int_equal(w.c->misbehaviour->ccs.state, all[i].want);
		assert_int_equal(w.c->nviolations, 0);
		finish(&w);
	}
}

static void heartbleed(void **state)
{
	const struct {
		struct ml_str extensions, after;
		enum ml_talk_end how;
		enum ml_tls_weak_state want;
		const char *said;
	} all[] = {
		{HEARTBEAT, RESPONSE, ML_TALK_CLOSED, ML_TLS_WEAK_VULNERABLE, "180303000301000415030300020100"},
		{HEARTBEAT, SHORT_RESPONSE, ML_TALK_CLOSED, ML_TLS_WEAK_NOT, "180303000301000415030300020100"},
		{HEARTBEAT, UNEXPECTED, ML_TALK_CLOSED, ML_TLS_WEAK_NOT, "180303000301000415030300020100"},
		{HEARTBEAT, ML_STR_NONE, ML_TALK_SILENT, ML_TLS_WEAK_NOT, "180303000301000415030300020100"},
		{ML_STR_NONE, RESPONSE, ML_TALK_CLOSED, ML_TLS_WEAK_NOT, ""},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct world w;
		ML_BUF_AUTO said;
		ml_buf_init(&said, FLIGHT_BYTES);
		begin(&w, suites, 2);
		react(&w, find("first flight", 0), all[i].extensions, all[i].after, all[i].how, &said);
		hex_is(ml_buf_get(&said), all[i].said);
		assert_int_equal(w.c->misbehaviour->heartbleed.state, all[i].want);
		finish(&w);
	}
}

static void no_flight_no_verdict(void **state)
{
	struct world w;

	begin(&w, suites, 2);
	answer(&w, find("first flight", 0), BYTES("\x15\3\3\0\2\2\x28"), ML_STR_NONE, ML_TALK_CLOSED, NULL);
	answer(&w, find("ChangeCipherSpec before its time", 0), ML_STR_NONE, ML_STR_NONE, ML_TALK_NEVER, NULL);
	for (unsigned i = 0; i < ML_TLS_ROBOT_VARIANTS; i++)
		answer(&w, find("RSA key exchange", i), ML_STR_NONE, ML_STR_NONE, ML_TALK_SILENT, NULL);
	assert_int_equal(w.c->misbehaviour->heartbleed.state, ML_TLS_WEAK_UNKNOWN);
	assert_int_equal(w.c->misbehaviour->ccs.state, ML_TLS_WEAK_UNKNOWN);
	assert_int_equal(w.c->misbehaviour->robot.state, ML_TLS_WEAK_UNKNOWN);
	finish(&w);
}

/* ---- ROBOT ---- */

/* What stands in the block that was said. */
static void decrypt(const struct world *w, struct ml_str said, unsigned char *block)
{
	BIGNUM *n = NULL, *d = NULL, *m = BN_new();
	BN_CTX *ctx = BN_CTX_new();

	assert_true(EVP_PKEY_get_bn_param(w->key, "n", &n) && EVP_PKEY_get_bn_param(w->key, "d", &d));
	assert_non_null(BN_bin2bn((const unsigned char *)said.ptr, (int)said.len, m));
	assert_true(BN_mod_exp(m, m, d, n, ctx));
	assert_int_equal(BN_bn2binpad(m, block, KEY_BITS / 8), KEY_BITS / 8);
	BN_free(n);
	BN_free(d);
	BN_free(m);
	BN_CTX_free(ctx);
}

static void blocks(void **state)
{
	struct world w;
	unsigned char b[KEY_BITS / 8];
	size_t len = sizeof(b), zero = len - 49;

	begin(&w, suites, 2);
	for (unsigned variant = 0; variant < ML_TLS_ROBOT_VARIANTS; variant++) {
		struct ml_str said;
		ML_BUF_AUTO out;
		ml_buf_init(&out, FLIGHT_BYTES);
		react(&w, find("RSA key exchange", variant), ML_STR_NONE, BAD_MAC, ML_TALK_CLOSED, &out);
		said = ml_buf_get(&out);
		assert_int_equal(said.len, 5 + 6 + len + 6 + 5 + 64);
		assert_memory_equal(said.ptr + 5, "\x10\0\0\x82\0\x80", 6);
		decrypt(&w, ml_str_sub(said, 11, 11 + len), b);
		assert_int_equal(b[0] == 0 && b[1] == 2, variant != 1);
		assert_int_equal(memchr(b + 2, 0, len - 2) == b + zero, variant != 2 && variant != 3);
		assert_int_equal(memchr(b + 2, 0, len - 2) != NULL, variant != 3);
		if (variant == 2)
			assert_ptr_equal(memchr(b + 2, 0, len - 2), b + len - 2);
		assert_int_equal(b[zero + 1] == 3 && b[zero + 2] == 3, variant != 4);
	}
	assert_int_equal(w.c->misbehaviour->robot.state, ML_TLS_WEAK_NOT);
	finish(&w);
}

/* Answers, one letter a variant: alert of bad_record_mac, of decrypt_error, closed, reset, silence. Rounds are parted by a bar; a further round must be asked for. */
static void verdict(const char *rounds, enum ml_tls_weak_state want, const char *reason)
{
	struct world w;

	begin(&w, suites, 2);
	for (; *rounds; rounds += *rounds == '|')
		for (unsigned i = 0; i < ML_TLS_ROBOT_VARIANTS; i++, rounds++) {
			struct ml_str after = *rounds == 'b' ? BAD_MAC : *rounds == 'd' ? DECRYPT_ERROR : ML_STR_NONE;
			enum ml_talk_end how = *rounds == 'r' ? ML_TALK_RESET : *rounds == 's' ? ML_TALK_SILENT : ML_TALK_CLOSED;
			ML_BUF_AUTO said;
			ml_buf_init(&said, FLIGHT_BYTES);
			react(&w, find("RSA key exchange", i), ML_STR_NONE, after, how, &said);
		}
	assert_int_equal(w.c->misbehaviour->robot.state, want);
	assert_true(ml_str_starts(ml_str(w.c->misbehaviour->robot.reason), ml_str(reason)));
	for (size_t i = 0; i < hand_nchains; i++)
		assert_true(strcmp(trial_of(i)->asked, "RSA key exchange") || trial_of(i)->begun);
	finish(&w);
}

static void oracles(void **state)
{
	verdict("bbbbb", ML_TLS_WEAK_NOT, "it answers five");
	verdict("bddbb|bddbb", ML_TLS_WEAK_VULNERABLE, "strong");
	verdict("bdddd|bdddd", ML_TLS_WEAK_VULNERABLE, "weak");
	verdict("bdbbb|bdbbb", ML_TLS_WEAK_VULNERABLE, "strong");
	verdict("scccc|scccc", ML_TLS_WEAK_VULNERABLE, "weak");
	verdict("bdbbb|bbdbb", ML_TLS_WEAK_UNKNOWN, "it answers the same");
	verdict("bdbbb|bbbbb", ML_TLS_WEAK_UNKNOWN, "it answers the same");
	verdict("ccccc|ccccc", ML_TLS_WEAK_NOT, "it answers five");
	verdict("ccccc|sdsss|sdsss", ML_TLS_WEAK_VULNERABLE, "strong");
	verdict("rrrrr|srrrr|rrrrr", ML_TLS_WEAK_UNKNOWN, "it answers the same");
}

static void only_where_it_applies(void **state)
{
	static const uint16_t ecdhe[] = {0xc02f}, modern[] = {0x1301};
	struct world w;

	begin(&w, ecdhe, 1);
	assert_int_equal(w.c->misbehaviour->robot.state, ML_TLS_WEAK_NOT);
	assert_int_equal(hand_nchains, 6); /* flight, ChangeCipherSpec, signatures, three hellos */
	finish(&w);
	begin(&w, NULL, 0);
	assert_int_equal(hand_nchains, 0);
	hand_offer(w.c, 5, modern, 1);
	ml_tls_misbehave_begin(w.c);
	assert_int_equal(w.c->misbehaviour->ccs.state, ML_TLS_WEAK_NOT);
	assert_int_equal(w.c->misbehaviour->heartbleed.state, ML_TLS_WEAK_NOT);
	assert_int_equal(hand_nchains, 3);
	finish(&w);
}

/* ---- unusual hellos ---- */

static unsigned untaken(const char *asked)
{
	unsigned n = 0;

	for (size_t i = 0; i < hand_nchains; i++)
		n += strcmp(trial_of(i)->asked, asked) == 0 && !trial_of(i)->begun;
	return n;
}

static const unsigned grease_bit = 1u << ML_TLS_TOLERATES_GREASE;

/* The four together are refused, then all but one taken; and a plain hello is, or is not. */
static void asked_apart(bool plain)
{
	struct world w;
	unsigned together = 15;
	struct ml_value facts, tolerances;
	ML_BUF_AUTO flight, said;

	ml_buf_init(&flight, FLIGHT_BYTES);
	ml_buf_init(&said, FLIGHT_BYTES);
	begin(&w, suites, 2);
	put_flight(&flight, &w, 0x009c, ML_STR_NONE);
	answer(&w, find("an unusual hello", together), BYTES("\x15\3\3\0\2\2\x28"), ML_STR_NONE, ML_TALK_CLOSED, &said);
	assert_int_equal(untaken("an unusual hello"), 2 + 4 + 1);
	for (unsigned bit = 1; bit < 16; bit <<= 1)
		answer(&w, find("an unusual hello", bit), bit == grease_bit ? BYTES("\x15\3\3\0\2\2\x28") : ml_buf_get(&flight), ML_STR_NONE, ML_TALK_CLOSED, &said);
	answer(&w, find("an unusual hello", 0), plain ? ml_buf_get(&flight) : BYTES("\x15\3\3\0\2\2\x28"), ML_STR_NONE, ML_TALK_CLOSED, &said);
	assert_int_equal(untaken("an unusual hello"), 2);
	facts = hand_facts(w.c);
	tolerances = *ml_record_get(facts.record, ML_TF_TOLERANCES);
	assert_int_equal(tolerances.len, 4);
	assert_int_equal(ml_record_get(tolerances.items[0].record, ML_TF_TOL_OK)->kind, plain ? ML_V_BOOL : ML_V_UNKNOWN);
	if (plain)
		assert_false(ml_record_get(tolerances.items[0].record, ML_TF_TOL_OK)->b);
	for (size_t i = 1; i < 4; i++)
		assert_true(ml_record_get(tolerances.items[i].record, ML_TF_TOL_OK)->b);
	finish(&w);
}

static void unusual_hellos(void **state)
{
	asked_apart(true);
	asked_apart(false);
}

static void shapes_of_hellos(void **state)
{
	struct world w;
	struct ml_tls_trial *trial;
	struct ml_talk *talk;
	size_t at = 0, longest = 0, handshake = 0;
	ML_BUF_AUTO out;

	ml_buf_init(&out, 1 << 17);
	begin(&w, suites, 2);
	trial = find("an unusual hello", 1u << ML_TLS_TOLERATES_LONG);
	talk = trial->chain.next(&trial->chain);
	assert_true(talk->ops->start(talk, &out));
	for (; at < out.len; at += 5 + longest, handshake += longest) {
		longest = (size_t)(unsigned char)out.ptr[at + 3] << 8 | (unsigned char)out.ptr[at + 4];
		assert_int_equal(out.ptr[at], 22);
		assert_true(longest <= 16384);
	}
	assert_true(handshake > 16384 && at == out.len);
	ml_buf_clear(&out);
	trial = find("an unusual hello", 1u << ML_TLS_TOLERATES_LEGACY | 1u << ML_TLS_TOLERATES_RECORD | 1u << ML_TLS_TOLERATES_MIDDLE | 1u << ML_TLS_TOLERATES_FRAGMENTS);
	talk = trial->chain.next(&trial->chain);
	assert_true(talk->ops->start(talk, &out));
	assert_memory_equal(out.ptr, "\x16\3\0\0\x3c\1\0", 7); /* SSL 3.0, 60 bytes, ClientHello */
	assert_memory_equal(out.ptr + 9, "\3\5", 2);
	handshake = (size_t)(unsigned char)out.ptr[7] << 8 | (unsigned char)out.ptr[8];
	assert_true(handshake + 4 >= 256 && handshake + 4 <= 511);
	finish(&w);
}

/* ---- failing memory ---- */

static void memory(void **state)
{
	for (size_t n = 1; n < 40; n++) {
		struct world w;
		begin(&w, NULL, 0);
		hand_offer(w.c, 4, suites, 2);
		ml_arena_fail_at(w.scratch, n);
		ml_tls_misbehave_begin(w.c);
		assert_true(w.c->memory || !ml_arena_failed(w.scratch));
		ml_arena_fail_at(w.facts, n);
		hand_facts(w.c);
		assert_true(w.c->memory || !ml_arena_failed(w.facts));
		finish(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ccs), cmocka_unit_test(heartbleed), cmocka_unit_test(no_flight_no_verdict), cmocka_unit_test(blocks), cmocka_unit_test(oracles),
		cmocka_unit_test(only_where_it_applies), cmocka_unit_test(unusual_hellos), cmocka_unit_test(shapes_of_hellos), cmocka_unit_test(memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

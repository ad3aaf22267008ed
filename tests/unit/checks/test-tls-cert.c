/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of what certificates become facts by: weak keys, names, limits, failing memory. Whole
 * chains: tests/e2e/tls-chains.sh. */
#include "tests/unit/test.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/error.h"
#include "checks/tls/cert-priv.h"

enum { KEYS = 8, NOW = 1795000000, HOUR = 3600 };

/* ---- weak keys ---- */

static BIGNUM *number(uint64_t value)
{
	BIGNUM *n = BN_new();

	assert_true(n && BN_set_word(n, value));
	return n;
}

static void fresh_keys_are_not_weak(void **state)
{
	for (int i = 0; i < KEYS; i++) {
		EVP_PKEY *key = EVP_RSA_gen(i % 2 ? 1024 : 2048);
		BIGNUM *n = NULL, *e = NULL;
		assert_true(key && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) &&
			    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e));
		assert_string_equal(ml_tls_weak_rsa(n, e), "none");
		BN_free(n);
		BN_free(e);
		EVP_PKEY_free(key);
	}
}

static BIGNUM *prime_from(BIGNUM *at, BN_CTX *ctx)
{
	BN_set_bit(at, 0);
	while (BN_check_prime(at, ctx, NULL) != 1)
		BN_add_word(at, 2);
	return at;
}

static void exponents_and_factors(void **state)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = BN_new(), *q = BN_new(), *n = BN_new(), *e = number(65537);
	static const struct {
		uint64_t e;
		const char *word;
	} rows[] = {{1, "exponent-one"}, {2, "exponent-even"}, {65536, "exponent-even"},
		{3, "exponent-small"}, {65535, "exponent-small"}, {65537, "none"}, {65539, "none"}};

	BN_rand(p, 512, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD);
	BN_rand(q, 512, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD);
	BN_mul(n, prime_from(p, ctx), prime_from(q, ctx), ctx);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		BN_set_word(e, rows[i].e);
		assert_string_equal(ml_tls_weak_rsa(n, e), rows[i].word);
	}
	BN_set_word(e, 65537);
	BN_lshift1(q, n);
	assert_string_equal(ml_tls_weak_rsa(q, e), "modulus-even");
	BN_set_word(q, 751);
	BN_mul(q, q, n, ctx);
	assert_string_equal(ml_tls_weak_rsa(q, e), "small-factor");
	BN_copy(q, p);
	BN_add_word(q, 2);
	BN_mul(n, p, prime_from(q, ctx), ctx); /* the next prime */
	assert_string_equal(ml_tls_weak_rsa(n, e), "close-primes");
	BN_sqr(n, p, ctx);
	assert_string_equal(ml_tls_weak_rsa(n, e), "close-primes");
	BN_free(p);
	BN_free(q);
	BN_free(n);
	BN_free(e);
	BN_CTX_free(ctx);
}

/* A prime as Infineon's library made them: k * M + 65537^a mod M. */
static BIGNUM *roca_prime(uint64_t a, BN_CTX *ctx)
{
	BIGNUM *m = number(1), *small = BN_new(), *power = BN_new(), *base = number(65537),
	       *exponent = number(a);

	for (unsigned i = 2; i <= 167; i++) {
		BN_set_word(small, i);
		if (BN_check_prime(small, ctx, NULL) == 1)
			BN_mul_word(m, i);
	}
	BN_mod_exp(power, base, exponent, m, ctx);
	BN_set_word(small, 1);
	BN_lshift(small, small, 512 - BN_num_bits(m));
	BN_mul(small, small, m, ctx);
	BN_add(power, power, small);
	while (BN_check_prime(power, ctx, NULL) != 1)
		BN_add(power, power, m);
	BN_free(m);
	BN_free(small);
	BN_free(base);
	BN_free(exponent);
	return power;
}

static void keys_of_a_broken_library_are_seen(void **state)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = roca_prime(12345678901, ctx), *q = roca_prime(98765432109, ctx), *n = BN_new(),
	       *e = number(65537);

	BN_mul(n, p, q, ctx);
	assert_string_equal(ml_tls_weak_rsa(n, e), "roca");
	BN_mul(n, p, prime_from((BN_add_word(q, 2), q), ctx),
		ctx); /* one of the two alone does not show */
	assert_string_not_equal(ml_tls_weak_rsa(n, e), "roca");
	BN_free(p);
	BN_free(q);
	BN_free(n);
	BN_free(e);
	BN_CTX_free(ctx);
}

/* ---- names ---- */

static const struct {
	const char *pattern, *host;
	bool matches;
} names[] = {
	{"a.example", "a.example", true},
	{"A.Example", "a.eXAMPLE", true},
	{"a.example", "b.example", false},
	{"a.example", "a.example.org", false},
	{"*.w.example", "a.w.example", true},
	{"*.w.example", "w.example", false},
	{"*.w.example", ".w.example", false},
	{"*.w.example", "a.b.w.example", false},
	{"*.example", "a.example", false},
	{"*.", "a.", false},
	{"*", "a", false},
	{"*.*.example", "a.b.example", false},
	{"a*.w.example", "ab.w.example", false},
	{"*a.w.example", "ba.w.example", false},
	{"w.*.example", "w.a.example", false},
	{"", "", false},
	{"a.example", "", false},
	{"", "a", false},
	{"*.xn--bcher-kva.example", "a.xn--bcher-kva.example", true},
};

static void names_match_as_in_rfc_9525(void **state)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (ml_tls_dns_matches(ml_str(names[i].pattern), ml_str(names[i].host)) !=
			names[i].matches)
			fail_msg("%s, %s", names[i].pattern, names[i].host);
}

/* ---- chains ---- */

struct fixture {
	struct ml_arena *arena, *scratch;
	struct ml_tls_request request;
	struct ml_tls_collector c;
};

static X509 *make(const char *name, EVP_PKEY *key, long serial)
{
	X509 *x509 = X509_new();

	X509_set_version(x509, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x509), serial);
	ASN1_TIME_set(X509_getm_notBefore(x509), NOW - HOUR);
	ASN1_TIME_set(X509_getm_notAfter(x509), NOW + HOUR);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
		(const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(x509, X509_get_subject_name(x509));
	X509_set_pubkey(x509, key);
	assert_true(X509_sign(x509, key, EVP_sha256()) > 0);
	return x509;
}

static struct ml_str der_of(struct ml_arena *arena, X509 *x509)
{
	unsigned char *der = NULL;
	int n = i2d_X509(x509, &der);
	struct ml_str out = ml_str_dup(arena, (struct ml_str){(char *)der, (size_t)n});

	OPENSSL_free(der);
	X509_free(x509);
	return out;
}

static void begin(struct fixture *f)
{
	*f = (struct fixture){.arena = ml_arena_new((size_t)64 << 20),
		.scratch = ml_arena_new((size_t)64 << 20),
		.request = {.endpoint = ML_STR("[::1]:443"), .now = NOW}};
	f->c = (struct ml_tls_collector){.scratch = f->scratch, .request = &f->request};
	f->c.facts = ml_facts_new(f->arena, &ml_kind_tls, ML_STR("tls://[::1]:443"));
	for (size_t i = 0; i < ML_TLS_NVERSIONS; i++)
		f->c.found.versions[i].known = true;
}

static void end(struct fixture *f)
{
	ml_arena_free(f->arena);
	ml_arena_free(f->scratch);
}

static const struct ml_value *chains(struct fixture *f)
{
	struct ml_record_builder root;

	ml_record_begin(&root, &ml_tf_root);
	ml_tls_certificates_write(&f->c, &root);
	f->c.facts->root = ml_tls_pack(&f->c, &root);
	return f->c.memory || f->c.facts->root.kind != ML_V_RECORD
		       ? NULL
		       : ml_record_get(f->c.facts->root.record, ML_TF_CHAINS);
}

static void the_order_of_answers_does_not_show(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
	EVP_PKEY *key = EVP_EC_gen("P-256");
	struct ml_str der[2] = {der_of(arena, make("a", key, 1)), der_of(arena, make("b", key, 2))};
	struct fixture f;
	const char *ids[] = {"ECDSA", "ECDSA 2"};
	struct ml_str first[2];

	for (int order = 0; order < 2; order++) {
		begin(&f);
		ml_tls_chain_seen(&f.c, ML_TLS_1_2, &der[order], 1, ML_STR(""), ML_STR(""));
		ml_tls_chain_seen(&f.c, ML_TLS_1_2, &der[1 - order], 1, ML_STR(""), ML_STR(""));
		ml_tls_chain_seen(&f.c, ML_TLS_1_3, &der[order], 1, ML_STR(""), ML_STR(""));
		const struct ml_value *list = chains(&f);
		assert_non_null(list);
		assert_int_equal(list->len, 2);
		for (size_t i = 0; i < 2; i++) {
			const struct ml_record *chain = list->items[i].record;
			struct ml_str path =
				ml_value_text(&ml_record_get(chain, ML_TF_CH_PATH)->items[0]);
			assert_true(ml_str_is(
				ml_value_text(ml_record_get(chain, ML_TF_CH_ID)), ids[i]));
			if (order == 0)
				first[i] = ml_str(ml_str_is(path, "CN=a") ? "CN=a" : "CN=b");
			assert_true(ml_str_eq(path, first[i]));
		}
		end(&f);
	}
	EVP_PKEY_free(key);
}

static void what_is_beyond_the_limits_is_unknown(void **state)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	const struct ml_value *list;
	struct fixture f;

	begin(&f);
	for (long i = 0; i <= ML_TLS_CHAINS_MAX; i++) {
		struct ml_str der = der_of(f.arena, make("a", key, i + 1));
		ml_tls_chain_seen(&f.c, ML_TLS_1_2, &der, 1, ML_STR(""), ML_STR(""));
	}
	list = chains(&f);
	assert_non_null(list);
	assert_int_equal(list->len, ML_TLS_CHAINS_MAX + 1);
	assert_int_equal(list->items[ML_TLS_CHAINS_MAX].kind, ML_V_UNKNOWN);
	assert_true(f.c.facts->incomplete);
	end(&f);
	EVP_PKEY_free(key);
}

static void nothing_seen_is_nothing_known(void **state)
{
	struct ml_tls_found_version *version;
	const struct ml_value *list;
	struct fixture f;

	begin(&f);
	list = chains(&f);
	assert_non_null(list);
	assert_int_equal(list->len, 0); /* nothing is offered that needs a certificate */
	assert_false(f.c.facts->incomplete);
	end(&f);
	for (int i = 0; i < 2; i++) {
		static const uint32_t suites[] = {
			0xc02f, 0x00a6}; /* ECDHE_RSA, and one that is anonymous */
		begin(&f);
		version = &f.c.found.versions[4];
		*version = (struct ml_tls_found_version){.code = ML_TLS_1_2,
			.offered = true,
			.known = true,
			.suites = {{.code = suites[i]}},
			.nsuites = 1};
		list = chains(&f);
		assert_non_null(list);
		assert_int_equal(list->len, i == 0);
		assert_int_equal(f.c.facts->incomplete, i == 0);
		if (i == 0)
			assert_int_equal(list->items[0].kind, ML_V_UNKNOWN);
		end(&f);
	}
	begin(&f);
	ml_tls_chain_seen(&f.c, ML_TLS_1_2, NULL, 0, ML_STR(""), ML_STR(""));
	list = chains(&f);
	assert_non_null(list);
	assert_int_equal(list->items[0].kind, ML_V_UNKNOWN); /* a chain without a certificate */
	end(&f);
}

/* Each allocation of an arena fails once; then the collection fails, and nothing else. */
static void memory_may_end_anywhere(void **state)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	size_t tried[2] = {0};
	struct fixture f;

	for (int which = 0; which < 2; which++) {
		for (bool failed = true; failed; tried[which]++) {
			begin(&f);
			struct ml_str der = der_of(f.arena, make("a", key, 1));
			ml_arena_fail_at(which ? f.scratch : f.arena, tried[which] + 1);
			ml_tls_chain_seen(&f.c, ML_TLS_1_2, &der, 1, ML_STR("x"), ML_STR("x"));
			chains(&f);
			failed = ml_arena_failed(which ? f.scratch : f.arena);
			if (f.c.memory != failed)
				fail_msg("arena %d, allocation %zu: memory %d, failed %d", which,
					tried[which] + 1, f.c.memory, failed);
			end(&f);
		}
	}
	assert_true(tried[0] > 20 && tried[1] > 3);
	EVP_PKEY_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(fresh_keys_are_not_weak),
		cmocka_unit_test(exponents_and_factors),
		cmocka_unit_test(keys_of_a_broken_library_are_seen),
		cmocka_unit_test(names_match_as_in_rfc_9525),
		cmocka_unit_test(the_order_of_answers_does_not_show),
		cmocka_unit_test(what_is_beyond_the_limits_is_unknown),
		cmocka_unit_test(nothing_seen_is_nothing_known),
		cmocka_unit_test(memory_may_end_anywhere)};

	ml_tls_certificates_warm_up();
	return cmocka_run_group_tests_name("checks/tls/cert", tests, NULL, NULL);
}

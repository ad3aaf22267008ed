/* SPDX-License-Identifier: Apache-2.0 */
/* Primes of Diffie-Hellman: each of tests/tls/primes.txt is known by its name, libcrypto's copies of those of RFCs among them; numbers are judged as what they are. */
#include "tests/unit/data.h"

#include <openssl/bn.h>

#include "checks/tls/primes.h"

#define ARENA_BYTES ((size_t)16 << 20)
enum { LISTED = 103, QUICK_BITS = 1100 };

static struct ml_str from_number(struct ml_arena *arena, BIGNUM *n)
{
	size_t len;
	unsigned char *bytes;

	assert_non_null(n);
	len = (size_t)BN_num_bytes(n);
	bytes = ml_alloc(arena, len);
	BN_bn2bin(n, bytes);
	BN_free(n);
	return (struct ml_str){(const char *)bytes, len};
}

static struct ml_str from_hex(struct ml_arena *arena, struct ml_str hex)
{
	BIGNUM *n = NULL;

	assert_int_equal(BN_hex2bn(&n, ml_str_dup(arena, hex).ptr), hex.len);
	return from_number(arena, n);
}

static enum ml_tls_prime_kind kind_of(struct ml_str word)
{
	return ml_str_is(word, "safe") ? ML_PRIME_SAFE : ml_str_is(word, "prime") ? ML_PRIME_OTHER : ML_PRIME_COMPOSITE;
}

static void check_line(struct ml_arena *arena, struct ml_str line)
{
	struct ml_str name = ML_STR_NONE, kind = ML_STR_NONE, hex = ML_STR_NONE;
	struct ml_str number;
	const struct ml_tls_prime *known;
	enum ml_tls_prime_kind judged;

	assert_true(ml_str_split(&line, '|', &name) && ml_str_split(&line, '|', &kind) && ml_str_split(&line, '|', &hex));
	number = from_hex(arena, ml_str_trim(hex));
	known = ml_tls_prime_known(number);
	assert_non_null(known);
	assert_true(ml_str_is(ml_str_trim(name), known->name));
	assert_int_equal(known->kind, kind_of(ml_str_trim(kind)));
	if (ml_tls_prime_bits(number) > QUICK_BITS)
		return;
	assert_int_equal(ml_tls_prime_judge(number, &judged), 0);
	assert_int_equal(judged, known->kind);
}

static void known_primes(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_str rest = test_file(arena, "tests/tls/primes.txt"), line;
	size_t n = 0;

	while (ml_str_split(&rest, '\n', &line)) {
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		check_line(arena, line);
		n++;
	}
	assert_int_equal(n, LISTED);
}

static void primes_of_rfcs(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	const struct {
		BIGNUM *n;
		const char *name;
	} all[] = {
		{BN_get_rfc2409_prime_768(NULL), "RFC 2409 group 1"},
		{BN_get_rfc2409_prime_1024(NULL), "RFC 2409 group 2"},
		{BN_get_rfc3526_prime_1536(NULL), "RFC 3526 group 5"},
		{BN_get_rfc3526_prime_2048(NULL), "RFC 3526 group 14"},
		{BN_get_rfc3526_prime_3072(NULL), "RFC 3526 group 15"},
		{BN_get_rfc3526_prime_4096(NULL), "RFC 3526 group 16"},
		{BN_get_rfc3526_prime_6144(NULL), "RFC 3526 group 17"},
		{BN_get_rfc3526_prime_8192(NULL), "RFC 3526 group 18"},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const struct ml_tls_prime *known = ml_tls_prime_known(from_number(arena, all[i].n));
		assert_non_null(known);
		assert_string_equal(known->name, all[i].name);
		assert_int_equal(known->kind, ML_PRIME_SAFE);
	}
}

static void unknown_numbers(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	BIGNUM *changed = BN_get_rfc3526_prime_2048(NULL);
	struct ml_str number = from_number(arena, BN_get_rfc2409_prime_1024(NULL)), more;
	char *padded = ml_alloc(arena, number.len + 3);

	memcpy(padded + 3, number.ptr, number.len);
	more = (struct ml_str){padded, number.len + 3};
	assert_ptr_equal(ml_tls_prime_known(more), ml_tls_prime_known(number));
	assert_int_equal(ml_tls_prime_bits(more), 1024);
	assert_true(BN_sub_word(changed, 2));
	assert_null(ml_tls_prime_known(from_number(arena, changed)));
	assert_null(ml_tls_prime_known(ML_STR_NONE));
	assert_int_equal(ml_tls_prime_bits(ML_STR_NONE), 0);
	assert_int_equal(ml_tls_prime_bits(ML_STR("\0\1\0")), 9);
}

/* Carmichael numbers and strong pseudoprimes to many fixed bases among them: the bases cannot be foreseen. */
static void numbers_judged(void **state)
{
	static const struct {
		const char *hex;
		enum ml_tls_prime_kind kind;
	} all[] = {
		{"00", ML_PRIME_COMPOSITE},
		{"01", ML_PRIME_COMPOSITE},
		{"02", ML_PRIME_COMPOSITE}, /* too small to protect anything */
		{"010001", ML_PRIME_OTHER},
		{"010002", ML_PRIME_COMPOSITE},
		{"7FFFFFFF", ML_PRIME_OTHER},         /* 2^31 - 1 */
		{"8000000000000A77", ML_PRIME_SAFE},
		{"8000000000000A79", ML_PRIME_COMPOSITE},
		{"FFFFFFFFFFFFFFC5", ML_PRIME_OTHER}, /* the largest of 64 bits */
		{"1758340B19", ML_PRIME_COMPOSITE},   /* a Carmichael number without small factors */
		{"BFA17DC7", ML_PRIME_COMPOSITE},     /* passes with bases 2 to 7 */
		{"351591274F9AF9FB", ML_PRIME_COMPOSITE},      /* 2 to 23 */
		{"437AE92817F9FC85B7E5", ML_PRIME_COMPOSITE},  /* 2 to 37 */
		{"02BE6951ADC5B22410A5FD", ML_PRIME_COMPOSITE}, /* 2 to 41 */
	};
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		enum ml_tls_prime_kind kind;
		struct ml_str number = from_hex(arena, ml_str(all[i].hex));
		assert_int_equal(ml_tls_prime_judge(number, &kind), 0);
		if (kind != all[i].kind)
			fail_msg("%s is %d", all[i].hex, kind);
	}
}

static void what_is_too_long(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_str number = from_number(arena, BN_get_rfc3526_prime_6144(NULL));
	enum ml_tls_prime_kind kind;

	assert_int_equal(ml_tls_prime_judge(number, &kind), 0);
	assert_int_equal(kind, ML_PRIME_UNJUDGED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_primes), cmocka_unit_test(primes_of_rfcs), cmocka_unit_test(unknown_numbers),
		cmocka_unit_test(numbers_judged), cmocka_unit_test(what_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The table of cipher suites against the field's list, in all its columns; skipped where the list is not there. */
#include "tests/unit/data.h"

#include "checks/tls/suites.h"
#include "checks/tls/wire.h"

#define ARENA_BYTES ((size_t)64 << 20)

static FILE *open_list(void)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/../shared/data/tls/ciphersuites.tsv",
		getenv("ML_SRCDIR") ? getenv("ML_SRCDIR") : ".");
	return fopen(path, "r");
}

/* A suite as the list of the field tells it, in its columns behind the name. */
static struct ml_str registry_row(struct ml_arena *arena, const struct ml_tls_suite *suite)
{
	static const char *const version[] = {"SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"};
	static const char *const kx[] = {
		[ML_KX_ANY] = "any",
		[ML_KX_NONE] = "None",
		[ML_KX_RSA] = "RSA",
		[ML_KX_DH_RSA] = "DH/RSA",
		[ML_KX_DH_DSS] = "DH/DSS",
		[ML_KX_DHE] = "DH",
		[ML_KX_ECDH_RSA] = "ECDH/RSA",
		[ML_KX_ECDH_ECDSA] = "ECDH/ECDSA",
		[ML_KX_ECDHE] = "ECDH",
		[ML_KX_PSK] = "PSK",
		[ML_KX_RSA_PSK] = "RSAPSK",
		[ML_KX_DHE_PSK] = "DHEPSK",
		[ML_KX_ECDHE_PSK] = "ECDHEPSK",
		[ML_KX_SRP] = "SRP",
		[ML_KX_KRB5] = "KRB5",
		[ML_KX_GOST] = "GOST",
		[ML_KX_CECPQ1] = "CECPQ1",
	};
	static const char *const auth[] = {
		[ML_AUTH_ANY] = "any",
		[ML_AUTH_NONE] = "None",
		[ML_AUTH_RSA] = "RSA",
		[ML_AUTH_DSS] = "DSS",
		[ML_AUTH_DH] = "DH",
		[ML_AUTH_ECDH] = "ECDH",
		[ML_AUTH_ECDSA] = "ECDSA",
		[ML_AUTH_PSK] = "PSK",
		[ML_AUTH_SRP] = "SRP",
		[ML_AUTH_KRB5] = "KRB5",
		[ML_AUTH_GOST94] = "GOST94",
		[ML_AUTH_GOST01] = "GOST01",
	};
	static const char *const cipher[] = {
		[ML_CIPHER_NULL] = "None",
		[ML_CIPHER_RC4] = "RC4",
		[ML_CIPHER_RC2] = "RC2",
		[ML_CIPHER_DES] = "DES",
		[ML_CIPHER_3DES] = "3DES",
		[ML_CIPHER_IDEA] = "IDEA",
		[ML_CIPHER_SEED] = "SEED",
		[ML_CIPHER_GOST] = "GOST",
		[ML_CIPHER_AES] = "AES",
		[ML_CIPHER_AES_GCM] = "AESGCM",
		[ML_CIPHER_AES_CCM] = "AESCCM",
		[ML_CIPHER_AES_CCM_8] = "AESCCM8",
		[ML_CIPHER_CAMELLIA] = "Camellia",
		[ML_CIPHER_CAMELLIA_GCM] = "CamelliaGCM",
		[ML_CIPHER_ARIA] = "ARIA",
		[ML_CIPHER_ARIA_GCM] = "ARIAGCM",
		[ML_CIPHER_CHACHA20] = "ChaCha20",
		[ML_CIPHER_SM4_GCM] = "SM4GCM",
		[ML_CIPHER_SM4_CCM] = "SM4CCM",
	};
	static const char *const mac[] = {
		[ML_MAC_AEAD] = "AEAD",
		[ML_MAC_NULL] = "Null",
		[ML_MAC_MD5] = "MD5",
		[ML_MAC_SHA1] = "SHA1",
		[ML_MAC_SHA256] = "SHA256",
		[ML_MAC_SHA384] = "SHA384",
		[ML_MAC_GOST89] = "GOST89IMIT",
		[ML_MAC_GOST94] = "GOST94",
		[ML_MAC_GOST_R3411] = "GOSTR3411",
		[ML_MAC_STREEBOG256] = "STREEBOG256",
	};
	const char *since =
		suite->version == ML_SSL_2_0 ? "SSLv2" : version[suite->version - ML_SSL_3_0];
	struct ml_str limit =
		suite->export_bits ? ml_strf(arena, "(%u)", suite->export_bits) : ML_STR("");
	struct ml_str bits = suite->cipher ? ml_strf(arena, "(%u)", suite->bits) : ML_STR("");

	return ml_strf(arena, "%s\t%s%.*s\t%s\t%s%.*s\t%s", since, kx[suite->kx], ML_STR_ARG(limit),
		auth[suite->auth], cipher[suite->cipher], ML_STR_ARG(bits),
		suite->code == 0xff8000 ? "M1" : mac[suite->mac]); /* one byte of MD5 */
}

static void suites_are_those_of_the_list(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	char line[512];
	size_t n = 0, all, old, differ = 0;
	FILE *file = open_list();

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		struct ml_str rest = ml_str_trim(ml_str(line)), code, name;
		ml_str_split(&rest, '\t', &code);
		ml_str_split(&rest, '\t', &name);
		if (ml_str_is(code, "code"))
			continue;
		uint32_t number = (uint32_t)strtoul(ml_str_dup(arena, code).ptr, NULL, 16);
		const struct ml_tls_suite *suite = code.len == 6 ? ml_ssl2_kind(number) : ml_tls_suite((uint16_t)number);
		assert_non_null(suite);
		assert_true(ml_str_is(name, suite->name ? suite->name : "-"));
		struct ml_str ours = registry_row(arena, suite);
		if (!ml_str_eq(ours, rest)) {
			print_message("%.*s: ours %.*s, theirs %.*s\n", ML_STR_ARG(code),
				ML_STR_ARG(ours), ML_STR_ARG(rest));
			differ++;
		}
		n++;
	}
	fclose(file);
	ml_tls_suites(&all);
	ml_ssl2_kinds(&old);
	assert_int_equal(n, all + old);
	assert_int_equal(differ, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(suites_are_those_of_the_list)};
	FILE *file = open_list();

	if (!file) {
		puts("1..0 # SKIP ../shared/data/tls/ciphersuites.tsv is not there");
		return 0;
	}
	fclose(file);
	return cmocka_run_group_tests_name("checks/tls, suites", tests, NULL, NULL);
}

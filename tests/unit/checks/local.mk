# SPDX-License-Identifier: Apache-2.0
CHECKS_TESTS = tests/unit/checks/test-reader tests/unit/checks/test-secrets tests/unit/checks/test-compose-values
check_PROGRAMS += $(CHECKS_TESTS)
TESTS += $(CHECKS_TESTS)
tests_unit_checks_test_reader_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_checks_test_reader_LDADD = $(ML_CHECKS_LIBS) $(CMOCKA_LIBS)
tests_unit_checks_test_secrets_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_checks_test_secrets_LDADD = $(ML_CHECKS_LIBS) $(CMOCKA_LIBS)
tests_unit_checks_test_compose_values_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_checks_test_compose_values_LDADD = $(ML_CHECKS_LIBS) $(CMOCKA_LIBS)
EXTRA_DIST += tests/compose/values.tsv
EXTRA_DIST += tests/secrets/by-key.tsv tests/secrets/by-shape.tsv tests/secrets/in-text.tsv
# The model of a Compose project on standard output: for tests/compose and tests/compose-oracle.
check_PROGRAMS += tests/compose-model
tests_compose_model_LDADD = $(ML_CHECKS_LIBS)
# Facts of Compose projects: the cases of tests/compose/facts as a test, or those of a directory on standard output.
check_PROGRAMS += tests/compose-facts
TESTS += tests/compose-facts
tests_compose_facts_CPPFLAGS = $(AM_CPPFLAGS)
tests_compose_facts_LDADD = $(ML_CHECKS_LIBS)
EXTRA_DIST += tests/compose/facts
EXTRA_DIST += tests/compose/load tests/compose-oracle/compare.py tests/compose-oracle/differences.tsv tests/compose-oracle/generate.py
# Parts of the Dockerfile collector by tables, big files, failing memory.
check_PROGRAMS += tests/unit/checks/test-dockerfile
TESTS += tests/unit/checks/test-dockerfile
tests_unit_checks_test_dockerfile_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_checks_test_dockerfile_LDADD = $(ML_CHECKS_LIBS) $(CMOCKA_LIBS)
EXTRA_DIST += tests/dockerfile
# The facts of a Dockerfile on standard output: for tests/dockerfile.
check_PROGRAMS += tests/dockerfile-facts
tests_dockerfile_facts_LDADD = $(ML_CHECKS_LIBS)
check_PROGRAMS += tests/unit/checks/test-compose-load
TESTS += tests/unit/checks/test-compose-load
tests_unit_checks_test_compose_load_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_checks_test_compose_load_LDADD = $(ML_CHECKS_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/checks/test-tls-wire
TESTS += tests/unit/checks/test-tls-wire
tests_unit_checks_test_tls_wire_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_checks_test_tls_wire_LDADD = $(ML_CHECKS_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/checks/test-tls-engine
TESTS += tests/unit/checks/test-tls-engine
tests_unit_checks_test_tls_engine_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_checks_test_tls_engine_LDADD = $(ML_CHECKS_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/checks/test-tls-suites
TESTS += tests/unit/checks/test-tls-suites
tests_unit_checks_test_tls_suites_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_checks_test_tls_suites_LDADD = $(ML_CHECKS_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/checks/test-starttls
TESTS += tests/unit/checks/test-starttls
tests_unit_checks_test_starttls_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_checks_test_starttls_LDADD = $(ML_CHECKS_LIBS) $(CMOCKA_LIBS)
EXTRA_DIST += tests/tls
# Sessions by libssl, with a server of OpenSSL in memory; the same behind the seal.
check_PROGRAMS += tests/unit/checks/test-tls-session tests/unit/checks/test-tls-sealed
TESTS += tests/unit/checks/test-tls-session tests/unit/checks/test-tls-sealed
noinst_HEADERS += tests/unit/checks/hand-engine.h tests/unit/checks/memory-server.h
tests_unit_checks_test_tls_session_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_checks_test_tls_session_LDADD = $(ML_CHECKS_LIBS) $(ML_TLS_LIBS) $(CMOCKA_LIBS)
tests_unit_checks_test_tls_sealed_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_checks_test_tls_sealed_LDADD = $(ML_CHECKS_LIBS) $(ML_SANDBOX_LIBS) $(ML_BASE_LIBS) $(ML_TLS_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/checks/test-tls-http
TESTS += tests/unit/checks/test-tls-http
tests_unit_checks_test_tls_http_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_checks_test_tls_http_LDADD = $(ML_CHECKS_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/checks/test-tls-cert
TESTS += tests/unit/checks/test-tls-cert
tests_unit_checks_test_tls_cert_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_checks_test_tls_cert_LDADD = $(ML_CHECKS_LIBS) $(ML_TLS_LIBS) $(CMOCKA_LIBS)
# The facts of a chain of certificates on standard output: for tests/e2e/tls-chains.sh.
check_PROGRAMS += tests/tls-chain
tests_tls_chain_LDADD = $(ML_CHECKS_LIBS) $(ML_TLS_LIBS)
# Misbehaviour: primes, and conversations in which something odd is said.
check_PROGRAMS += tests/unit/checks/test-tls-primes
TESTS += tests/unit/checks/test-tls-primes
tests_unit_checks_test_tls_primes_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_checks_test_tls_primes_LDADD = $(ML_CHECKS_LIBS) $(ML_TLS_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/checks/test-tls-misbehave
TESTS += tests/unit/checks/test-tls-misbehave
tests_unit_checks_test_tls_misbehave_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_checks_test_tls_misbehave_LDFLAGS = $(AM_LDFLAGS) -Wl,--allow-multiple-definition
tests_unit_checks_test_tls_misbehave_LDADD = $(ML_CHECKS_LIBS) $(ML_TLS_LIBS) $(CMOCKA_LIBS)

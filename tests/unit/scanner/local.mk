# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += tests/unit/scanner/test-plan
TESTS += tests/unit/scanner/test-plan
tests_unit_scanner_test_plan_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_scanner_test_plan_LDADD = libmlscanner.a $(ML_BASE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/scanner/test-endpoints
TESTS += tests/unit/scanner/test-endpoints
tests_unit_scanner_test_endpoints_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_scanner_test_endpoints_LDADD = libmlscanner.a $(ML_SANDBOX_LIBS) $(IDN_LIBS) $(ML_CHECKS_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/scanner/test-files
TESTS += tests/unit/scanner/test-files
tests_unit_scanner_test_files_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_scanner_test_files_LDADD = libmlscanner.a $(ML_BASE_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/scanner/test-tls-trust
TESTS += tests/unit/scanner/test-tls-trust
tests_unit_scanner_test_tls_trust_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_scanner_test_tls_trust_LDADD = libmlscanner.a $(ML_SANDBOX_LIBS) $(IDN_LIBS) $(ML_BASE_LIBS) $(CMOCKA_LIBS)

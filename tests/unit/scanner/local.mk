# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += tests/unit/scanner/test-plan
TESTS += tests/unit/scanner/test-plan
tests_unit_scanner_test_plan_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_scanner_test_plan_LDADD = libmlscanner.a $(ML_BASE_LIBS) $(CMOCKA_LIBS)

# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += tests/unit/reports/test-page
TESTS += tests/unit/reports/test-page
tests_unit_reports_test_page_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_reports_test_page_LDADD = $(ML_REPORTS_LIBS) $(CMOCKA_LIBS)

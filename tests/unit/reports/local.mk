# SPDX-License-Identifier: Apache-2.0
noinst_HEADERS += tests/render.h tests/unit/reports/sample.h
REPORTS_TESTS = tests/unit/reports/test-page tests/unit/reports/test-hostile tests/unit/reports/test-golden
check_PROGRAMS += $(REPORTS_TESTS) tests/render-report
TESTS += $(REPORTS_TESTS)
tests_unit_reports_test_page_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_reports_test_page_LDADD = $(ML_REPORTS_LIBS) $(CMOCKA_LIBS)
tests_unit_reports_test_hostile_SOURCES = tests/unit/reports/test-hostile.c tests/unit/reports/sample.c
tests_unit_reports_test_hostile_CPPFLAGS = $(ML_TEST_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_reports_test_hostile_LDADD = $(ML_REPORTS_LIBS) $(JANSSON_LIBS) $(CMOCKA_LIBS)
tests_unit_reports_test_golden_SOURCES = tests/unit/reports/test-golden.c tests/render.c
tests_unit_reports_test_golden_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_reports_test_golden_LDADD = $(ML_REPORTS_LIBS) $(CMOCKA_LIBS)
tests_render_report_SOURCES = tests/render-report.c tests/render.c
tests_render_report_LDADD = $(ML_REPORTS_LIBS)
EXTRA_DIST += tests/reports

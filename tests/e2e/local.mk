# SPDX-License-Identifier: Apache-2.0
# Against the built binaries, as a user runs them.
E2E_TESTS = tests/e2e/cel-conformance.sh tests/e2e/compose-load.sh tests/e2e/compose-oracle.sh tests/e2e/headers.sh tests/e2e/ignore.sh tests/e2e/layers.sh tests/e2e/report-schemas.sh
dist_check_SCRIPTS += $(E2E_TESTS)
TESTS += $(E2E_TESTS)
EXTRA_DIST += tests/ignore/cases.txt tests/ignore/paths.txt
check_PROGRAMS += tests/ignore-list
tests_ignore_list_LDADD = libmlscanner.a $(ML_BASE_LIBS)
check_PROGRAMS += tests/cel-conformance
tests_cel_conformance_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_cel_conformance_LDADD = $(ML_POLICIES_LIBS) $(JANSSON_LIBS)

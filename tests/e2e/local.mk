# SPDX-License-Identifier: Apache-2.0
# Against the built binaries, as a user runs them.
E2E_TESTS =
E2E_TESTS += tests/e2e/cel-conformance.sh
E2E_TESTS += tests/e2e/compose-load.sh
E2E_TESTS += tests/e2e/compose-oracle.sh
E2E_TESTS += tests/e2e/container.sh
E2E_TESTS += tests/e2e/growth.sh
E2E_TESTS += tests/e2e/guidelines.sh
E2E_TESTS += tests/e2e/headers.sh
E2E_TESTS += tests/e2e/ignore.sh
E2E_TESTS += tests/e2e/labels.sh
E2E_TESTS += tests/e2e/layers.sh
E2E_TESTS += tests/e2e/manpages.sh
E2E_TESTS += tests/e2e/needed.sh
E2E_TESTS += tests/e2e/policy-mutants.sh
E2E_TESTS += tests/e2e/readme.sh
E2E_TESTS += tests/e2e/report-schemas.sh
E2E_TESTS += tests/e2e/tls-chains.sh
E2E_TESTS += tests/e2e/security-scan.sh
E2E_TESTS += tests/e2e/tls-hostile.sh
E2E_TESTS += tests/e2e/tls-many.sh
E2E_TESTS += tests/e2e/tls-fixes.sh
E2E_TESTS += tests/e2e/tls-sessions.sh
E2E_TESTS += tests/e2e/tls-starttls.sh
E2E_TESTS += tests/e2e/tls-misbehave.sh
E2E_TESTS += tests/e2e/tls-wire.sh
E2E_TESTS += tests/e2e/dockerfile.sh
dist_check_SCRIPTS += $(E2E_TESTS)
TESTS += $(E2E_TESTS)
BATS_TESTS = tests/e2e/bad-input.bats tests/e2e/from-facts.bats tests/e2e/policy.bats tests/e2e/scan.bats tests/e2e/tls-certificates.bats tests/e2e/tls-packs.bats tests/e2e/tls.bats
EXTRA_DIST += $(BATS_TESTS) tests/e2e/common.bash
if HAVE_BATS
TESTS += $(BATS_TESTS)
endif
EXTRA_DIST += tests/ignore/cases.txt tests/ignore/paths.txt
check_PROGRAMS += tests/policy-mutants
tests_policy_mutants_LDADD = $(ML_POLICIES_LIBS)
check_PROGRAMS += tests/ignore-list
tests_ignore_list_LDADD = libmlscanner.a $(ML_BASE_LIBS)
check_PROGRAMS += tests/cel-conformance
tests_cel_conformance_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_cel_conformance_LDADD = $(ML_POLICIES_LIBS) $(JANSSON_LIBS)
# Findings against labelled files, for labels.sh.
check_PROGRAMS += tests/label-check
tests_label_check_LDADD = libmlchecks.a $(ML_POLICIES_LIBS)
EXTRA_DIST += tests/labels
# Steps that judging takes, for growth.sh.
check_PROGRAMS += tests/judge-cost
tests_judge_cost_LDADD = libmlchecks.a $(ML_POLICIES_LIBS)

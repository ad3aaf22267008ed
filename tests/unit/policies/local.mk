# SPDX-License-Identifier: Apache-2.0
noinst_HEADERS += tests/unit/policies/policies-test.h
FINDINGS_TESTS = tests/unit/policies/test-findings tests/unit/policies/test-judge tests/unit/policies/test-waiver
check_PROGRAMS += $(FINDINGS_TESTS)
TESTS += $(FINDINGS_TESTS)
EXTRA_DIST += tests/findings tests/judge tests/waivers
tests_unit_policies_test_findings_CPPFLAGS = $(ML_TEST_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_policies_test_findings_LDADD = $(ML_POLICIES_LIBS) $(CMOCKA_LIBS)

POLICY_TESTS = tests/unit/policies/test-policy
check_PROGRAMS += $(POLICY_TESTS)
TESTS += $(POLICY_TESTS)
EXTRA_DIST += tests/policies
tests_unit_policies_test_policy_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_policies_test_policy_LDADD = $(ML_POLICIES_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/policies/test-cel-eval
TESTS += tests/unit/policies/test-cel-eval
EXTRA_DIST += tests/cel/eval.txt tests/cel/trace.txt
tests_unit_policies_test_cel_eval_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_policies_test_cel_eval_LDADD = $(ML_POLICIES_LIBS) $(CMOCKA_LIBS)

check_PROGRAMS += tests/unit/policies/test-cel-index
TESTS += tests/unit/policies/test-cel-index
EXTRA_DIST += tests/cel/index.txt
tests_unit_policies_test_cel_index_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_policies_test_cel_index_LDADD = $(ML_POLICIES_LIBS) $(CMOCKA_LIBS)

CEL_TESTS = tests/unit/policies/test-cel-front
check_PROGRAMS += $(CEL_TESTS)
TESTS += $(CEL_TESTS)
EXTRA_DIST += tests/cel/errors.txt tests/cel/types.txt tests/cel/unchecked.txt tests/cel/uses.txt
tests_unit_policies_test_cel_front_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_policies_test_cel_front_LDADD = $(ML_POLICIES_LIBS) $(CMOCKA_LIBS)
tests_unit_policies_test_judge_CPPFLAGS = $(ML_TEST_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_policies_test_judge_LDADD = $(ML_POLICIES_LIBS) $(CMOCKA_LIBS)
tests_unit_policies_test_waiver_CPPFLAGS = $(ML_TEST_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_policies_test_waiver_LDADD = $(ML_POLICIES_LIBS) $(CMOCKA_LIBS)

# SPDX-License-Identifier: Apache-2.0
SANDBOX_TESTS = tests/unit/sandbox/test-filter tests/unit/sandbox/test-layers tests/unit/sandbox/test-worker
check_PROGRAMS += $(SANDBOX_TESTS)
TESTS += $(SANDBOX_TESTS)
noinst_HEADERS += tests/unit/sandbox/bpf.h
tests_unit_sandbox_test_filter_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_sandbox_test_filter_LDADD = $(ML_SANDBOX_LIBS) $(ML_BASE_LIBS) $(CMOCKA_LIBS)
tests_unit_sandbox_test_worker_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_sandbox_test_worker_LDADD = $(ML_SANDBOX_LIBS) $(ML_BASE_LIBS) $(CMOCKA_LIBS)
tests_unit_sandbox_test_layers_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_sandbox_test_layers_LDADD = $(ML_SANDBOX_LIBS) $(ML_BASE_LIBS) $(CMOCKA_LIBS)

# SPDX-License-Identifier: Apache-2.0
noinst_HEADERS += tests/unit/data.h tests/unit/test.h
BASE_TESTS = tests/unit/base/test-mem tests/unit/base/test-str tests/unit/base/test-text tests/unit/base/test-yaml
check_PROGRAMS += $(BASE_TESTS)
TESTS += $(BASE_TESTS)
tests_unit_base_test_mem_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_base_test_mem_LDADD = $(ML_BASE_LIBS) $(CMOCKA_LIBS)
tests_unit_base_test_str_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_base_test_str_LDADD = $(ML_BASE_LIBS) $(CMOCKA_LIBS)
tests_unit_base_test_text_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_base_test_text_LDADD = $(ML_BASE_LIBS) $(CMOCKA_LIBS)
tests_unit_base_test_yaml_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_base_test_yaml_LDADD = $(ML_BASE_LIBS) $(CMOCKA_LIBS)

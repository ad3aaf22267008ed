# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += tests/unit/facts/test-value
TESTS += tests/unit/facts/test-value
tests_unit_facts_test_value_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_facts_test_value_LDADD = $(ML_FACTS_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/facts/test-mask
TESTS += tests/unit/facts/test-mask
tests_unit_facts_test_mask_CPPFLAGS = $(ML_TEST_CPPFLAGS)
tests_unit_facts_test_mask_LDADD = $(ML_FACTS_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/facts/test-factfile
TESTS += tests/unit/facts/test-factfile
EXTRA_DIST += tests/factfile
tests_unit_facts_test_factfile_CPPFLAGS = $(ML_TEST_CPPFLAGS) $(JANSSON_CFLAGS)
tests_unit_facts_test_factfile_LDADD = $(ML_FACTS_LIBS) $(CMOCKA_LIBS)

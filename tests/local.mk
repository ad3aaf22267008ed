# SPDX-License-Identifier: Apache-2.0
# Every test speaks TAP, so that make check counts cases and not programs.
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
TEST_EXTENSIONS = .sh .bats
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = $(SHELL)
BATS_LOG_DRIVER = $(LOG_DRIVER)
BATS_LOG_COMPILER = $(BATS)
AM_BATS_LOG_FLAGS = --tap
AM_TESTS_ENVIRONMENT = \
	CMOCKA_MESSAGE_OUTPUT=TAP; export CMOCKA_MESSAGE_OUTPUT; \
	ML_SRCDIR='$(abs_top_srcdir)'; export ML_SRCDIR; \
	ML_BUILDDIR='$(abs_top_builddir)'; export ML_BUILDDIR; \
	ML_CC='$(CC)'; export ML_CC;

# What a unit test links beside the libraries that it tests.
ML_TEST_CPPFLAGS = $(AM_CPPFLAGS) $(CMOCKA_CFLAGS)
include $(top_srcdir)/tests/unit/base/local.mk
include $(top_srcdir)/tests/unit/facts/local.mk
include $(top_srcdir)/tests/unit/policies/local.mk
include $(top_srcdir)/tests/unit/sandbox/local.mk
include $(top_srcdir)/tests/unit/checks/local.mk
include $(top_srcdir)/tests/unit/reports/local.mk
include $(top_srcdir)/tests/unit/scanner/local.mk
include $(top_srcdir)/tests/e2e/local.mk
include $(top_srcdir)/tests/fuzz/local.mk
include $(top_srcdir)/tests/bench/local.mk

# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libmlreports.a
libmlreports_a_SOURCES =
noinst_HEADERS += reports/report.h
ML_REPORTS_LIBS = libmlreports.a $(ML_POLICIES_LIBS)

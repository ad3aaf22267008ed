# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libmlchecks.a
libmlchecks_a_SOURCES = \
	checks/reader.c
noinst_HEADERS += checks/reader.h checks/secrets.h
ML_CHECKS_LIBS = libmlchecks.a $(ML_FACTS_LIBS)

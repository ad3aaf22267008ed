# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libmlchecks.a
libmlchecks_a_SOURCES = \
	checks/reader.c checks/secret-key.c checks/secret-login.c checks/secret-shape.c checks/secret-text.c \
	checks/secret-value.c checks/secrets.c
noinst_HEADERS += checks/reader.h checks/secrets.h checks/secrets-priv.h
ML_CHECKS_LIBS = libmlchecks.a $(ML_FACTS_LIBS)
include $(top_srcdir)/checks/config/compose/local.mk
include $(top_srcdir)/checks/config/dockerfile/local.mk
include $(top_srcdir)/checks/tls/local.mk

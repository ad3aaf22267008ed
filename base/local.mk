# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libmlbase.a
libmlbase_a_CPPFLAGS = $(AM_CPPFLAGS) $(FYAML_CFLAGS) $(NETTLE_CFLAGS)
libmlbase_a_SOURCES = \
	base/arena.c base/buf.c base/error.c base/str.c base/utf8.c
noinst_HEADERS += \
	base/arena.h base/buf.h base/error.h base/str.h base/utf8.h
ML_BASE_LIBS = libmlbase.a $(FYAML_LIBS) $(NETTLE_LIBS)

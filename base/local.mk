# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libmlbase.a
libmlbase_a_CPPFLAGS = $(AM_CPPFLAGS) $(FYAML_CFLAGS) $(NETTLE_CFLAGS)
libmlbase_a_SOURCES = \
	base/arena.c base/buf.c base/cursor.c base/diag.c base/error.c base/json.c base/log.c base/num.c base/path.c \
	base/sha256.c base/sort.c base/str.c base/utf8.c base/yaml-quoted.c base/yaml-scalar.c base/yaml.c
noinst_HEADERS += \
	base/arena.h base/buf.h base/clock.h base/cursor.h base/diag.h base/error.h base/json.h base/log.h base/num.h base/path.h \
	base/sha256.h base/sort.h base/str.h base/utf8.h base/yaml-priv.h base/yaml.h
ML_BASE_LIBS = libmlbase.a $(FYAML_LIBS) $(NETTLE_LIBS)

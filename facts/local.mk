# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libmlfacts.a
libmlfacts_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
libmlfacts_a_SOURCES = \
	facts/compose.c facts/compose-parts.c facts/compose-vocab.c facts/defaults.c facts/dockerfile.c facts/facts.c facts/json-read.c facts/json-text.c facts/kinds.c facts/secret.c facts/type.c facts/value.c facts/value-show.c
noinst_HEADERS += facts/compose.h facts/defaults.h facts/dockerfile.h facts/factfile.h facts/facts.h facts/json-read.h facts/kinds.h facts/schema-priv.h facts/secret.h facts/type.h facts/value.h
ML_FACTS_LIBS = libmlfacts.a $(JANSSON_LIBS) $(ML_BASE_LIBS)

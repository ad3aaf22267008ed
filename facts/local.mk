# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libmlfacts.a
libmlfacts_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
libmlfacts_a_SOURCES = \
	facts/compose.c facts/compose-parts.c facts/compose-vocab.c facts/defaults.c facts/diag-json.c facts/dockerfile.c facts/factfile-read.c facts/factfile-scalar.c facts/factfile-tree.c facts/factfile-value.c facts/factfile-write.c facts/facts.c facts/json-read.c facts/json-text.c facts/lines.c facts/kinds.c facts/mask.c facts/mask-facts.c facts/secret.c facts/tls.c facts/tls-cert.c facts/tls-http.c facts/tls-session.c facts/tls-starttls.c facts/tls-weak.c facts/type.c facts/value.c facts/value-show.c
noinst_HEADERS += facts/compose.h facts/defaults.h facts/dockerfile.h facts/diag-json.h facts/factfile-priv.h facts/factfile.h facts/facts.h facts/json-read.h facts/kinds.h facts/lines.h facts/mask.h facts/schema-priv.h facts/secret.h facts/tls.h facts/tls-cert.h facts/tls-http.h facts/tls-session.h facts/tls-starttls.h facts/tls-weak.h facts/type.h facts/value.h
ML_FACTS_LIBS = libmlfacts.a $(JANSSON_LIBS) $(ML_BASE_LIBS) -lm

# SPDX-License-Identifier: Apache-2.0
noinst_HEADERS += \
	checks/tls/cert-priv.h \
	checks/tls/cert.h \
	checks/tls/collector-priv.h \
	checks/tls/http.h \
	checks/tls/enumerate.h \
	checks/tls/extras-priv.h \
	checks/tls/offer.h \
	checks/tls/question.h \
	checks/tls/record-priv.h \
	checks/tls/session-priv.h \
	checks/tls/session.h \
	checks/tls/sessions-priv.h \
	checks/tls/starttls-facts.h \
	checks/tls/starttls-priv.h \
	checks/tls/starttls.h \
	checks/tls/suites-priv.h \
	checks/tls/suites.h \
	checks/tls/talk.h \
	checks/tls/tls.h \
	checks/tls/wire-priv.h \
	checks/tls/wire.h
libmlchecks_a_SOURCES += \
	checks/tls/after.c \
	checks/tls/cert-fields.c \
	checks/tls/cert-key.c \
	checks/tls/cert-names.c \
	checks/tls/cert-path.c \
	checks/tls/cert-sct.c \
	checks/tls/cert-signature.c \
	checks/tls/cert-staple.c \
	checks/tls/cert-text.c \
	checks/tls/cert-trust.c \
	checks/tls/cert-usage.c \
	checks/tls/cert-weak.c \
	checks/tls/cert.c \
	checks/tls/collect.c \
	checks/tls/engine.c \
	checks/tls/enumerate.c \
	checks/tls/extras.c \
	checks/tls/flight.c \
	checks/tls/hello.c \
	checks/tls/http.c \
	checks/tls/http-fields.c \
	checks/tls/http-part.c \
	checks/tls/message.c \
	checks/tls/names.c \
	checks/tls/offer.c \
	checks/tls/question.c \
	checks/tls/reader.c \
	checks/tls/record.c \
	checks/tls/server-hello.c \
	checks/tls/session.c \
	checks/tls/session-library.c \
	checks/tls/session-read.c \
	checks/tls/sessions-alpn.c \
	checks/tls/sessions.c \
	checks/tls/ssl2.c \
	checks/tls/starttls-binary.c \
	checks/tls/starttls-facts.c \
	checks/tls/starttls-reply.c \
	checks/tls/starttls-words.c \
	checks/tls/starttls-xmpp.c \
	checks/tls/starttls.c \
	checks/tls/suite-openssl.c \
	checks/tls/suite-table.c \
	checks/tls/suites.c
# What links libssl; merlon-config takes none of it from the library.
ML_TLS_LIBS = $(SSL_LIBS)

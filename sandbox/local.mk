# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libmlsandbox.a
libmlsandbox_a_CPPFLAGS = $(AM_CPPFLAGS) $(SECCOMP_CFLAGS) $(CAP_CFLAGS)
libmlsandbox_a_SOURCES = \
	sandbox/attest.c sandbox/broker.c sandbox/channel.c sandbox/filter.c sandbox/open.c sandbox/seal.c sandbox/worker.c \
	sandbox/attest-priv.h sandbox/channel-priv.h sandbox/seal-priv.h sandbox/worker-priv.h
noinst_HEADERS += sandbox/filter.h sandbox/sandbox.h
ML_SANDBOX_LIBS = libmlsandbox.a $(SECCOMP_LIBS) $(CAP_LIBS)

# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libmlpolicies.a
libmlpolicies_a_CPPFLAGS = $(AM_CPPFLAGS) $(PCRE2_CFLAGS) $(JANSSON_CFLAGS)
libmlpolicies_a_SOURCES = \
	policies/cut.c policies/doc-place.c policies/doc.c policies/expr-check.c policies/expr.c \
	policies/findings-read.c policies/findings-write.c policies/findings.c policies/identity.c \
	policies/judge-elements.c policies/judge-facts.c policies/judge-finding.c \
	policies/judge-place.c policies/judge-plain.c policies/judge-test.c policies/judge-value.c policies/judge.c \
	policies/load.c policies/own-rules.c policies/param.c policies/pin-check.c policies/pin-rule.c \
	policies/pin-table.c policies/pin-value.c policies/pin.c policies/policy.c \
	policies/profile-extends.c policies/profile-select.c policies/profile.c policies/rule-test.c \
	policies/rule.c policies/severity.c policies/waiver-read.c policies/waiver.c
noinst_HEADERS += \
	policies/findings.h policies/judge.h policies/pin.h policies/pin-priv.h policies/policy.h policies/waiver.h policies/doc-priv.h \
	policies/findings-priv.h policies/judge-priv.h policies/load-priv.h policies/waiver-priv.h
ML_POLICIES_LIBS = libmlpolicies.a $(PCRE2_LIBS) $(ML_FACTS_LIBS)
include $(top_srcdir)/policies/cel/local.mk

packsdir = $(pkgdatadir)/policies
dist_packs_DATA =
dist_packs_DATA += policies/packs/compose-hardening.yaml policies/packs/dockerfile-hardening.yaml policies/packs/tls-baseline.yaml
dist_packs_DATA += policies/packs/tls-bsi-tr-02102-2.yaml policies/packs/tls-mozilla-intermediate.yaml policies/packs/tls-mozilla-modern.yaml
dist_packs_DATA += policies/packs/tls-nist-800-52r2.yaml policies/packs/tls-pci-dss-4.yaml policies/packs/tls-post-quantum.yaml

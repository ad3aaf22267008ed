# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libmlscanner.a
libmlscanner_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) -DML_PKGDATADIR='"$(pkgdatadir)"'
libmlscanner_a_SOURCES = \
	scanner/builds.c scanner/cmd-eval.c scanner/cmd-explain.c scanner/cmd-facts.c scanner/cmd-from-facts.c scanner/cmd-policy.c scanner/cmd-report.c scanner/cmd-scan.c scanner/command.c \
	scanner/config-scan.c scanner/discover.c scanner/documents.c scanner/epoch.c scanner/files.c scanner/ignore.c scanner/jobs.c \
	scanner/judged.c scanner/judging.c scanner/options.c scanner/packs.c scanner/plan.c scanner/policy-job.c scanner/prose.c scanner/reporter.c \
	scanner/schema.c scanner/sibling.c scanner/tls-endpoints.c scanner/tls-protocols.c scanner/tls-scan.c scanner/tls-trust.c scanner/target-names.c scanner/targets.c scanner/targets-pack.c
noinst_HEADERS += \
	scanner/builds.h scanner/command.h scanner/config-scan.h scanner/discover.h scanner/documents.h scanner/epoch.h scanner/files.h scanner/ignore.h \
	scanner/jobs.h scanner/judged.h scanner/judging.h scanner/options.h scanner/packs.h scanner/plan.h scanner/policy-job.h scanner/prose.h \
	scanner/reporter.h scanner/schema.h scanner/sibling.h scanner/targets.h scanner/tls-endpoints.h scanner/tls-protocols.h scanner/tls-scan.h scanner/tls-trust.h
ML_SCANNER_LIBS = libmlscanner.a $(ML_REPORTS_LIBS) $(ML_SANDBOX_LIBS) $(ML_BASE_LIBS)

bin_PROGRAMS += merlon merlon-config merlon-tls
merlon_SOURCES = scanner/merlon-main.c
merlon_LDADD = $(ML_SCANNER_LIBS)
merlon_tls_SOURCES = scanner/tls-main.c
merlon_tls_LDADD = libmlscanner.a $(ML_CHECKS_LIBS) $(ML_TLS_LIBS) $(ML_SCANNER_LIBS) $(IDN_LIBS)
merlon_config_SOURCES = scanner/config-main.c
merlon_config_LDADD = libmlscanner.a $(ML_CHECKS_LIBS) $(ML_SCANNER_LIBS)

# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libmlreports.a
libmlreports_a_SOURCES = \
	reports/columns.c reports/excerpt.c reports/items.c reports/junit.c reports/markdown.c reports/report.c reports/sarif.c \
	reports/sarif-result.c reports/sarif-rules.c reports/sarif-run.c reports/seal.c reports/term.c reports/terminal.c \
	reports/terminal-end.c reports/terminal-failed.c reports/terminal-rest.c reports/xml.c \
	reports/excerpt-priv.h reports/items-priv.h reports/sarif-priv.h reports/seal-priv.h reports/term-priv.h \
	reports/terminal-priv.h reports/writers-priv.h reports/xml-priv.h
noinst_HEADERS += reports/report.h
ML_REPORTS_LIBS = libmlreports.a $(ML_POLICIES_LIBS)

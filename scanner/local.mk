# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libmlscanner.a
libmlscanner_a_CPPFLAGS = $(AM_CPPFLAGS) -DML_PKGDATADIR='"$(pkgdatadir)"'
libmlscanner_a_SOURCES = \
	scanner/cmd-facts.c scanner/command.c scanner/jobs.c \
	scanner/discover.c scanner/files.c scanner/ignore.c scanner/options.c scanner/packs.c scanner/plan.c scanner/schema.c scanner/sibling.c scanner/targets.c
noinst_HEADERS += \
	scanner/command.h scanner/jobs.h \
	scanner/discover.h scanner/files.h scanner/ignore.h scanner/options.h scanner/packs.h scanner/plan.h scanner/schema.h scanner/sibling.h scanner/targets.h

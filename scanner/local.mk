# SPDX-License-Identifier: Apache-2.0
noinst_LIBRARIES += libmlscanner.a
libmlscanner_a_CPPFLAGS = $(AM_CPPFLAGS) -DML_PKGDATADIR='"$(pkgdatadir)"'
libmlscanner_a_SOURCES = \
	scanner/discover.c scanner/files.c scanner/ignore.c scanner/options.c scanner/packs.c scanner/plan.c scanner/schema.c
noinst_HEADERS += \
	scanner/discover.h scanner/files.h scanner/ignore.h scanner/options.h scanner/packs.h scanner/plan.h scanner/schema.h

# SPDX-License-Identifier: Apache-2.0
noinst_HEADERS += checks/config/compose/compose.h checks/config/compose/convert-priv.h checks/config/compose/load-priv.h checks/config/compose/tree-priv.h
libmlchecks_a_SOURCES += \
	checks/config/compose/convert.c checks/config/compose/env.c checks/config/compose/extends.c \
	checks/config/compose/include.c checks/config/compose/interpolate.c checks/config/compose/layer.c \
	checks/config/compose/load.c checks/config/compose/merge.c checks/config/compose/read.c checks/config/compose/rebase.c \
	checks/config/compose/scalar.c checks/config/compose/shape.c checks/config/compose/tree.c

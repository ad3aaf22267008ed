# SPDX-License-Identifier: Apache-2.0
noinst_HEADERS += checks/config/compose/compose.h checks/config/compose/convert-priv.h checks/config/compose/load-priv.h checks/config/compose/tree-priv.h
libmlchecks_a_SOURCES += \
	checks/config/compose/convert.c checks/config/compose/env.c checks/config/compose/extends.c \
	checks/config/compose/include.c checks/config/compose/interpolate.c checks/config/compose/layer.c \
	checks/config/compose/load.c checks/config/compose/merge.c checks/config/compose/read.c checks/config/compose/rebase.c \
	checks/config/compose/scalar.c checks/config/compose/shape.c checks/config/compose/tree.c
noinst_HEADERS += checks/config/compose/norm-priv.h checks/config/compose/values-priv.h
libmlchecks_a_SOURCES += \
	checks/config/compose/build.c checks/config/compose/collect.c checks/config/compose/devices.c \
	checks/config/compose/environment.c checks/config/compose/holes.c checks/config/compose/image.c \
	checks/config/compose/image-ref.c checks/config/compose/networks.c \
	checks/config/compose/interpolations.c checks/config/compose/keys.c checks/config/compose/labels.c \
	checks/config/compose/limits.c checks/config/compose/mount-spec.c checks/config/compose/mounts.c \
	checks/config/compose/norm.c checks/config/compose/paths.c checks/config/compose/port-spec.c \
	checks/config/compose/ports.c checks/config/compose/process.c checks/config/compose/redact.c \
	checks/config/compose/refused.c checks/config/compose/relations.c \
	checks/config/compose/scalars.c checks/config/compose/secrets.c \
	checks/config/compose/sections.c checks/config/compose/security.c checks/config/compose/service.c \
	checks/config/compose/shares.c checks/config/compose/sizes.c checks/config/compose/words.c

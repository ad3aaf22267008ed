# SPDX-License-Identifier: Apache-2.0
noinst_HEADERS += checks/config/compose/compose.h checks/config/compose/load-priv.h checks/config/compose/tree-priv.h

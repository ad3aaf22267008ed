# SPDX-License-Identifier: Apache-2.0
noinst_HEADERS += policies/cel/cel.h policies/cel/ast-priv.h policies/cel/functions-priv.h
libmlpolicies_a_SOURCES += policies/cel/functions.c

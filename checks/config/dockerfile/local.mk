# SPDX-License-Identifier: Apache-2.0
noinst_HEADERS += checks/config/dockerfile/dockerfile.h

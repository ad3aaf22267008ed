# SPDX-License-Identifier: Apache-2.0
dist_man_MANS += docs/merlon.1 docs/merlon-config.1

# SPDX-License-Identifier: Apache-2.0

packsdir = $(pkgdatadir)/policies
dist_packs_DATA =
dist_packs_DATA += policies/packs/dockerfile-hardening.yaml

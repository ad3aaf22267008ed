#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Typo = error: no policy that we ship can be misspelt by one letter without somebody saying so.
packs=$(find "$ML_SRCDIR/policies/packs" -name '*.yaml' | sort)
echo "1..$(echo "$packs" | wc -l)"
n=0
for pack in $packs; do
	n=$((n + 1))
	if "$ML_BUILDDIR/tests/policy-mutants" "$pack"; then
		echo "ok $n - $(basename "$pack"): every misspelling is an error"
	else
		echo "not ok $n - $(basename "$pack"): every misspelling is an error"
	fi
done

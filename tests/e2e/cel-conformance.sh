#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The conformance tests of CEL that come with the repository's data.
echo "1..1"
file=$ML_SRCDIR/../shared/data/cel/conformance.jsonl
if [ ! -r "$file" ]; then
	echo "ok 1 - CEL conformance # SKIP the file ../shared/data/cel/conformance.jsonl is not there"
	exit 0
fi
if "$ML_BUILDDIR/tests/cel-conformance" "$file" >cel-conformance.out; then
	echo "ok 1 - CEL conformance: $(tail -n 1 cel-conformance.out)"
else
	echo "not ok 1 - CEL conformance"
	sed 's/^/# /' cel-conformance.out
fi
rm -f cel-conformance.out

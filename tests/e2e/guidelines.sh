#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The packs of TLS guidelines against the guidelines' own files: every suite, group, version, type, curve, size and lifetime that one has, and those that it has not, as facts.
data=$ML_SRCDIR/../shared/data/tls
command -v python3 >/dev/null || {
	echo "1..0 # SKIP python3 is not installed"
	exit 0
}
[ -r "$data/ciphersuites.tsv" ] || {
	echo "1..0 # SKIP the guidelines in ../shared/data/tls are not there"
	exit 0
}
exec python3 "$ML_SRCDIR/tests/tls/guidelines.py" "$data"

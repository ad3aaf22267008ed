#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The arrows between the folders point down only: who may include whom.
cd "$ML_SRCDIR" || exit 1
n=0
check() {
	folder=$1
	allowed=$2
	n=$((n + 1))
	bad=$(grep -rnE '^#include "[a-z]+/' "$folder" --include='*.[ch]' | grep -vE "#include \"($allowed)/")
	if [ -z "$bad" ]; then
		echo "ok $n - $folder includes only $allowed"
	else
		echo "not ok $n - $folder includes only $allowed"
		echo "$bad" | sed 's/^/# /'
	fi
}
echo 1..7
check base 'base'
check facts 'facts|base'
check sandbox 'sandbox|base'
check checks 'checks|facts|base'
check policies 'policies|facts|base'
check reports 'reports|policies|facts|base'
check scanner 'scanner|reports|checks|policies|sandbox|facts|base'

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each public header compiles alone, and so states what it needs.
cd "$ML_SRCDIR" || exit 1
headers=$(find base facts policies sandbox checks reports scanner -name '*.h' ! -name '*-priv.h' | sort)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "1..$(echo "$headers" | wc -l)"
n=0
for header in $headers; do
	n=$((n + 1))
	printf '#include "%s"\n' "$header" >"$work/alone.c"
	if $ML_CC -std=gnu17 -Wall -Wextra -Werror -Wno-unused-parameter -D_GNU_SOURCE -I. -fsyntax-only "$work/alone.c" 2>"$work/log"; then
		echo "ok $n - $header"
	else
		echo "not ok $n - $header"
		sed 's/^/# /' "$work/log"
	fi
done

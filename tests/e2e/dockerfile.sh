#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Facts of Dockerfiles: each directory of tests/dockerfile has a Dockerfile and `expect`: lines that dockerfile-facts must print; with "! " before it, text that
# must be in no line. `options` holds options for it.
src=${ML_SRCDIR:-.} build=${ML_BUILDDIR:-.}
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT
n=0
for dir in "$src"/tests/dockerfile/*/; do
	name=$(basename "$dir")
	n=$((n + 1))
	# shellcheck disable=SC2046
	"$build/tests/dockerfile-facts" $(cat "$dir/options" 2>/dev/null) "$dir" >"$out" 2>&1
	code=$?
	bad=0
	while IFS= read -r line; do
		case $line in
		'' | '#'*) continue ;;
		'! '*) grep -Fq -e "${line#! }" "$out" && echo "# has: ${line#! }" && bad=1 ;;
		*) grep -Fxq -e "$line" "$out" || { echo "# lacks: $line"; bad=1; } ;;
		esac
	done <"$dir/expect"
	if [ $code = 0 ] && [ $bad = 0 ]; then echo "ok $n - $name"; else echo "not ok $n - $name (exit $code)"; fi
done
echo "1..$n"
[ "$n" -gt 0 ]

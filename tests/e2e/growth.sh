#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Judging a Dockerfile that is twice as long takes about twice as many steps, whatever is repeated:
# in each line of tests/judge/growth.txt, which has a name, what stands once, and what is repeated;
# `#` is a number.
src=$(cd "${ML_SRCDIR:-.}" && pwd) build=$(cd "${ML_BUILDDIR:-.}" && pwd)
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1

# generate FIRST REPEATED TIMES: "\n" is a new line.
generate() {
	awk -v first="$1" -v again="$2" -v times="$3" 'BEGIN {
		printf "%s", first
		for (i = 0; i < times; i++) {
			line = again
			gsub(/#/, i, line)
			printf "%s", line
		}
		print ""
	}'
}

n=0 failed=0
while IFS='	' read -r name first again; do
	case $name in
	'' | '#'*) continue ;;
	esac
	n=$((n + 1))
	generate "$first" "$again" 800 >once
	generate "$first" "$again" 1600 >twice
	"$build/tests/judge-cost" "$src/policies/packs/dockerfile-hardening.yaml" once twice >costs
	if awk '{ cost[NR] = $1 } END { print "# " cost[1] ", " cost[2]
		exit !(NR == 2 && cost[1] > 10000 && cost[2] * 10 < cost[1] * 25) }' costs; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		failed=1
	fi
done <"$src/tests/judge/growth.txt"
echo "1..$n"
[ "$n" -gt 0 ] && [ $failed = 0 ]

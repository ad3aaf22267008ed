#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds Merlon in three ways, and runs the whole suite. Last line: N passed, N failed, N skipped.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/scripts/packages.sh"

# shellcheck disable=SC2086
install_missing $test_packages || exit 2

passed=0
failed=0
skipped=0

# count DIRECTORY LABEL: adds the totals of a `make check` run, and shows what failed or was skipped.
count() {
	log=$1/test-suite.log
	for word in PASS XFAIL SKIP FAIL XPASS ERROR; do
		n=$(sed -n "s/^# $word: *//p" "$log" | head -n 1)
		case $word in
		PASS | XFAIL) passed=$((passed + ${n:-0})) ;;
		SKIP) skipped=$((skipped + ${n:-0})) ;;
		*) failed=$((failed + ${n:-0})) ;;
		esac
	done
	sed -n 's/^not ok/'"$2"': not ok/p; s/^ok \(.*# SKIP.*\)/'"$2"': skipped \1/p' "$log"
	grep -h '^ERROR' "$log" | sed "s/^/$2: /" || :
}

# check DIRECTORY LABEL CONFIGURE-ARGUMENT...
check() {
	dir=$1
	label=$2
	shift 2
	echo "== $label"
	if ! build "$dir" all "$@"; then
		echo "$label: not ok - it does not build"
		failed=$((failed + 1))
		return 0
	fi
	rm -f "$dir/test-suite.log"
	make -C "$dir" -j "$(nproc)" -k check >"$dir/check.log" 2>&1 || :
	if [ ! -f "$dir/test-suite.log" ]; then
		tail -n 40 "$dir/check.log"
		echo "$label: not ok - make check did not finish"
		failed=$((failed + 1))
		return 0
	fi
	count "$dir" "$label"
}

# same_findings DIRECTORY DIRECTORY: two compilers and two levels of optimisation, one verdict, byte for byte.
same_findings() {
	echo "== the same findings from gcc and clang"
	for dir in "$1" "$2"; do
		(cd "$top" && MERLON_POLICIES="$top/policies/packs" "$dir/merlon" scan examples -q -o json="$dir/findings.json") || :
	done
	if [ -s "$1/findings.json" ] && cmp "$1/findings.json" "$2/findings.json"; then
		passed=$((passed + 1))
	else
		echo "not ok - gcc -O2 and clang -O0 find different things"
		failed=$((failed + 1))
	fi
}

export LC_ALL=C.UTF-8
check "$top/build/test" gcc --enable-werror
check "$top/build/test-sanitizers" sanitizers --enable-werror --enable-sanitizers
check "$top/build/test-clang" clang CC=clang --enable-werror CFLAGS=-O0
same_findings "$top/build/test" "$top/build/test-clang"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Our reading of .gitignore against git's own, each case on each path.
cases=$ML_SRCDIR/tests/ignore/cases.txt
paths=$ML_SRCDIR/tests/ignore/paths.txt
if ! command -v git >/dev/null; then
	echo "1..0 # SKIP git is not installed"
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sort -r "$paths" | while read -r path; do
	mkdir -p "$work/tree/$(dirname "$path")"
	[ -d "$work/tree/$path" ] || : >"$work/tree/$path"
done
cd "$work/tree" || exit 1
git init -q . >/dev/null 2>&1
find . -type f ! -path './.git/*' | sed 's,^\./,,' | LC_ALL=C sort >"$work/files"
grep -v '^# ' "$cases" >"$work/cases"
echo "1..$(wc -l <"$work/cases")"
n=0
while IFS= read -r case; do
	n=$((n + 1))
	printf '%s' "$case" | tr '|' '\n' >.gitignore
	git -c core.excludesFile=/dev/null -c core.quotePath=false check-ignore --stdin <"$work/files" | LC_ALL=C sort >"$work/want"
	"$ML_BUILDDIR/tests/ignore-list" .gitignore <"$work/files" | LC_ALL=C sort >"$work/got"
	if cmp -s "$work/want" "$work/got"; then
		echo "ok $n - $case" | sed 's/#/(hash)/'
	else
		echo "not ok $n - $case" | sed 's/#/(hash)/'
		diff "$work/want" "$work/got" | sed 's/^/# /'
	fi
done <"$work/cases"

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Files with labels of where which fault is: our own variants of each fault (tests/labels/variants), and the labelled files of ../shared/data/config-labels,
# where they are. Each fault is found where its label says, and no negative is reported. tests/labels/*.tsv maps queries to rules.
src=$(cd "${ML_SRCDIR:-.}" && pwd) build=$(cd "${ML_BUILDDIR:-.}" && pwd)
labels=$src/../shared/data/config-labels
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/cases"
awk -v out="$dir/cases" -f "$src/tests/labels/split.awk" "$src"/tests/labels/variants/*/*.cases

check() {
	for platform in dockerfile dockerCompose; do
		case $platform in
		dockerfile) table=dockerfile pack=dockerfile-hardening ;;
		*) table=compose pack=compose-hardening ;;
		esac
		(cd "$1" && "$build/tests/label-check" $platform "$src/tests/labels/$table.tsv" labels.tsv "$src/policies/packs/$pack.yaml") >>"$dir/out"
	done
}
check "$dir/cases"
if [ -f "$labels/labels.tsv" ]; then
	check "$labels"
else
	echo "ok 0 - labelled files of others # SKIP no ../shared/data/config-labels" >>"$dir/out"
fi
# Several reports as one: numbered through.
awk '/^1\.\./ { next } /^(not )?ok / { n++; sub(/ok [0-9]+/, "ok " n) } { print } END { print "1.." n + 0; exit n == 0 }' "$dir/out"

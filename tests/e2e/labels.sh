#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The labelled files of ../shared/data/config-labels: each positive is found where its label says, no negative is reported. tests/labels maps queries to rules.
src=$(cd "${ML_SRCDIR:-.}" && pwd) build=${ML_BUILDDIR:-.}
labels=$src/../shared/data/config-labels
if [ ! -f "$labels/labels.tsv" ]; then
	echo "1..0 # SKIP no ../shared/data/config-labels"
	exit 0
fi
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT
cd "$labels" || exit 1
for platform in dockerfile dockerCompose; do
	case $platform in
	dockerfile) table=dockerfile pack=dockerfile-hardening ;;
	*) table=compose pack=compose-hardening ;;
	esac
	"$build/tests/label-check" $platform "$src/tests/labels/$table.tsv" labels.tsv "$src/policies/packs/$pack.yaml" >>"$out"
done
# Two reports as one: numbered through.
awk '/^1\.\./ { next } /^(not )?ok / { n++; sub(/ok [0-9]+/, "ok " n) } { print } END { print "1.." n + 0; exit n == 0 }' "$out"

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compose projects and the trees that are loaded from them, with places: a case is a directory of tests/compose/load with the project's files, expected.jsonl (what compose-model -p prints)
# and, where it is not just docker-compose.yml, the arguments in `args`. UPDATE=1 writes the expectations anew.
cases=$ML_SRCDIR/tests/compose/load
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "1..$(ls "$cases" | wc -l)"
n=0
for case in "$cases"/*/; do
	case=${case%/}
	n=$((n + 1))
	args="$case docker-compose.yml"
	[ -f "$case/args" ] && args=$(sed "s,DIR,$case,g" "$case/args")
	# shellcheck disable=SC2086
	"$ML_BUILDDIR/tests/compose-model" -p $args >"$work/got" 2>"$work/err"
	[ -n "${UPDATE:-}" ] && cp "$work/got" "$case/expected.jsonl"
	if cmp -s "$case/expected.jsonl" "$work/got" && [ ! -s "$work/err" ]; then
		echo "ok $n - ${case##*/}"
	else
		echo "not ok $n - ${case##*/}"
		diff "$case/expected.jsonl" "$work/got" | sed 's/^/# /'
		sed 's/^/# /' "$work/err"
	fi
done

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Man pages, --help and the completion say the same: each option and command of one stands in the others.
n=0
report() {
	n=$((n + 1))
	if [ -z "$2" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "$2" | sed 's/^/# /'
	fi
}
help_options() {
	"$ML_BUILDDIR/$1" $2 --help | grep -oE '^  (-., |    )--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u
}
page_options() {
	grep -oE '^\.It.*Fl -[a-z-]+' "$1" | grep -oE 'Fl -[a-z-]+' | sed 's/^Fl /-/' | sort -u
}
difference() {
	printf '%s\n' "$1" >"$work/a"
	printf '%s\n' "$2" >"$work/b"
	diff "$work/a" "$work/b" | grep '^[<>]'
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pages=$(cd "$ML_SRCDIR/docs" && ls ./*.[15])
commands=$("$ML_BUILDDIR/merlon" --help | sed -n 's/^  \([a-z][a-z -]*[a-z]\)  .*/\1/p')
echo "1..$((5 + $(echo "$pages" | wc -l)))"
all=$(echo "$commands" | while read -r command; do help_options merlon "$command"; done | sort -u)
report "merlon(1) has the options of --help" "$(difference "$all" "$(page_options "$ML_SRCDIR/docs/merlon.1")")"
report "merlon-config(1) has the options of --help" \
	"$(difference "$(help_options merlon-config '')" "$(page_options "$ML_SRCDIR/docs/merlon-config.1")")"
report "merlon-tls(1) has the options of --help" \
	"$(difference "$(help_options merlon-tls '')" "$(page_options "$ML_SRCDIR/docs/merlon-tls.1")")"
report "merlon(1) has the commands of --help" "$(echo "$commands" | while read -r command; do
	grep -q "^\.It Cm $command" "$ML_SRCDIR/docs/merlon.1" || echo "$command"
done)"
report "the completion has the commands of --help" "$(echo "$commands" | while read -r command; do
	for word in $command; do
		grep -qw -- "$word" "$ML_SRCDIR/docs/merlon.bash" || echo "$command"
	done
done)"
for page in $pages; do
	if command -v mandoc >/dev/null; then
		report "mandoc finds nothing in $page" "$(mandoc -Tlint -Wwarning "$ML_SRCDIR/docs/$page" 2>&1 | grep -v 'referenced manual not found')"
	else
		n=$((n + 1))
		echo "ok $n - $page # SKIP mandoc is not installed"
	fi
done

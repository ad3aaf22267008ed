#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Which libraries each binary needs: a parser never links a network library, and nothing creeps in.
if ! command -v readelf >/dev/null; then
	echo "1..0 # SKIP readelf is not installed"
	exit 0
fi
n=0
# check BINARY LIBRARY...: the allowed ones, as the start of their names
check() {
	binary=$1
	shift
	n=$((n + 1))
	bad=
	for library in $(readelf -d "$ML_BUILDDIR/$binary" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
		allowed=no
		for prefix in "$@"; do
			case $library in "$prefix".so*) allowed=yes ;; esac
		done
		[ "$allowed" = yes ] || bad="$bad $library"
	done
	if [ -z "$bad" ]; then
		echo "ok $n - $binary needs only $*"
	else
		echo "not ok $n - $binary needs$bad"
	fi
}
case $(readelf -d "$ML_BUILDDIR/merlon-config") in
*asan* | *ubsan*)
	echo "1..0 # SKIP a sanitizer build needs more libraries"
	exit 0
	;;
esac
echo 1..3
parsers="libc libm libfyaml libjansson libpcre2-8 libnettle libseccomp libcap"
# shellcheck disable=SC2086
check merlon $parsers
# shellcheck disable=SC2086
check merlon-config $parsers
# shellcheck disable=SC2086
check merlon-tls $parsers libcrypto libssl libidn2

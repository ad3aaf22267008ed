#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# scripts/security-scan.sh: its demo has a TLS endpoint, and leaves nothing behind however it ends. Building is not what is
# tested here: `make` is one that does nothing, and Merlon is that of this build.
# shellcheck disable=SC2016
for program in nginx openssl setpriv; do
	PATH=$PATH:/usr/sbin command -v $program >/dev/null || {
		echo "1..0 # SKIP $program is not installed"
		exit 0
	}
done
[ -e "$ML_SRCDIR/scripts/security-scan.sh" ] || {
	echo "1..0 # SKIP these sources have no scripts"
	exit 0
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
top=$work/top
mkdir -p "$top/build/scan/prefix/bin" "$top/m4" "$work/bin" "$work/tmp"
cp -r "$ML_SRCDIR/scripts" "$ML_SRCDIR/examples" "$top/"
touch "$top/configure.ac" "$top/Makefile.am" "$top/m4/none.m4"
printf '#!/bin/sh\n: >config.status\n' >"$top/configure"
printf '#!/bin/sh\n' >"$work/bin/make"
# Whatever is missing stays missing.
printf '#!/bin/sh\nexit 1\n' >"$work/bin/apt-get"
chmod +x "$top/configure" "$work/bin/make" "$work/bin/apt-get"
export PATH="$work/bin:$PATH" TMPDIR="$work/tmp" MERLON_POLICIES="$ML_SRCDIR/policies/packs" NO_COLOR=1
for package in $(sh -c '. "$1"; echo $build_packages $demo_packages' - "$top/scripts/packages.sh"); do
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || {
		echo "1..0 # SKIP the package $package is not installed"
		exit 0
	}
done

# merlon_is COMMAND: a line of shell in its place.
merlon_is() {
	printf '#!/bin/sh\n%s\n' "$1" >"$top/build/scan/prefix/bin/merlon"
	chmod +x "$top/build/scan/prefix/bin/merlon"
}

# scan ARGUMENT...: output in $work/out and $work/err, exit code in $code.
scan() {
	code=0
	sh "$top/scripts/security-scan.sh" "$@" >"$work/out" 2>"$work/err" || code=$?
}

# left: processes of the demo's directory that still run.
left() {
	for output in /proc/[0-9]*/fd/1; do
		readlink "$output"
	done 2>/dev/null | grep "^$work/tmp" | sort | uniq -c
}

# gone_soon: nothing runs, which takes a moment where a signal does it.
gone_soon() {
	for _ in $(seq 50); do
		[ -n "$(left)" ] || return 0
		sleep 0.1
	done
	return 1
}

n=0
check() {
	result=$?
	n=$((n + 1))
	if [ $result -eq 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		left | sed 's/^/# left: /'
		tail -n 20 "$work/out" "$work/err" | sed 's/^/# /'
	fi
}

echo 1..13
merlon_is "PATH='$ML_BUILDDIR':\$PATH; exec '$ML_BUILDDIR/merlon' \"\$@\""
scan
[ $code -eq 1 ] && grep -q 'tls://127.0.0.1:1844[0-9]: TLSv1.1 is offered' "$work/out" &&
	grep -q 'examples/flawed/docker-compose.yml' "$work/out"
check "the demo scans the stack and an endpoint"
[ -z "$(left)" ] && [ -z "$(ls "$work/tmp")" ]
check "and ends it, with its directory"
cp "$work/out" "$work/first"
scan
[ $code -eq 1 ] && cmp -s "$work/first" "$work/out"
check "a second time it finds the same"

python3 -c 'import socket, time
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try: s.bind(("127.0.0.1", 18443)); s.listen()
except OSError: pass
print("bound", flush=True); time.sleep(60)' >"$work/bound" &
holder=$!
until [ -s "$work/bound" ]; do sleep 0.05; done
scan
[ $code -eq 1 ] && grep -q 'tls://127.0.0.1:1844[4-9]: TLSv1.1' "$work/out"
check "where the port is taken, the next one does"
kill $holder

merlon_is 'echo "$@"; exit 3'
scan
[ $code -eq 3 ] && grep -q '^scan examples tls://127.0.0.1:184' "$work/out" && [ -z "$(left)$(ls "$work/tmp")" ]
check "Merlon's exit code is the demo's"
merlon_is 'kill -TERM $PPID; sleep 0.2'
scan
[ $code -eq 143 ] && [ -z "$(left)$(ls "$work/tmp")" ]
check "SIGTERM ends the endpoint too"
merlon_is 'kill -HUP $PPID; sleep 0.2'
scan
[ $code -eq 129 ] && [ -z "$(left)$(ls "$work/tmp")" ]
check "SIGHUP too"
merlon_is 'kill -KILL $PPID; sleep 0.2'
scan
[ $code -eq 137 ] && gone_soon
check "and SIGKILL, which the script cannot see"
rm -rf "$work"/tmp/*
merlon_is 'kill -KILL $$'
scan
[ $code -eq 137 ] && [ -z "$(left)$(ls "$work/tmp")" ]
check "or the end of Merlon"

merlon_is 'echo "$@"; exit 2'
scan -o json tls://127.0.0.1:9 'a b'
[ $code -eq 2 ] && [ "$(cat "$work/out")" = "scan -o json tls://127.0.0.1:9 a b" ] &&
	[ -z "$(ls "$work/tmp")" ]
check "with arguments it hands them on and starts nothing"

printf '#!/bin/sh\necho "no nginx today" >&2\nexit 1\n' >"$work/bin/nginx"
chmod +x "$work/bin/nginx"
merlon_is 'echo "$@"'
scan
[ $code -eq 0 ] && [ "$(cat "$work/out")" = "scan examples" ]
check "an nginx that does not start leaves the stack"
grep -q 'goes without its TLS endpoint: no nginx today' "$work/err"
check "and says why"
[ -z "$(left)$(ls "$work/tmp")" ]
check "and nothing behind"

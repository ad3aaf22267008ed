#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Inside a default Docker container, as root and as an ordinary user: the seal's tests, and a scan whose report names what the container refuses.
# The engine is our own: in a temporary directory, without a network.
skip() {
	echo "1..0 # SKIP $1"
	exit 0
}
[ "$(id -u)" -eq 0 ] || skip "starting a Docker engine needs root"
command -v dockerd >/dev/null || skip "dockerd is not installed"
case $(readelf -d "$ML_BUILDDIR/merlon-config" 2>/dev/null) in
*asan* | *ubsan*) skip "a sanitizer build has no sealed workers" ;;
esac
client=/usr/bin/docker
[ -x $client ] || client=docker
work=$(mktemp -d)
engine=
clean_up() {
	if [ -n "$engine" ]; then
		kill "$engine" 2>/dev/null
		wait "$engine" 2>/dev/null
	fi
	umount -l "$work"/data/overlay2/*/merged "$work"/exec/netns/* 2>/dev/null
	rm -rf "$work" 2>/dev/null
}
trap clean_up EXIT
start() {
	dockerd --iptables=false --ip6tables=false --bridge=none --storage-driver="$1" --data-root "$work/data" --exec-root "$work/exec" \
		-H "unix://$work/docker.sock" --pidfile "$work/pid" >"$work/log" 2>&1 &
	engine=$!
	for _ in $(seq 100); do
		$client -H "unix://$work/docker.sock" version >/dev/null 2>&1 && return 0
		kill -0 $engine 2>/dev/null || break
		sleep 0.1
	done
	kill $engine 2>/dev/null
	wait $engine 2>/dev/null
	engine=
	return 1
}
start overlay2 || start vfs || skip "no Docker engine starts here: $(tail -n 1 "$work/log" | tr -d '#' | cut -c 1-120)"
docker() {
	$client -H "unix://$work/docker.sock" "$@"
}

# An image of nothing but the programs, what they need, and the example stack.
root=$work/root
mkdir -p "$root/bin" "$root/tmp" "$root/policies" "$root/examples"
chmod 1777 "$root/tmp"
cp "$ML_BUILDDIR/merlon" "$ML_BUILDDIR/merlon-config" "$ML_BUILDDIR/merlon-tls" "$root/bin/"
cp "$ML_BUILDDIR/tests/unit/sandbox/test-worker" "$ML_BUILDDIR/tests/unit/sandbox/test-layers" "$root/bin/"
cp "$ML_SRCDIR"/policies/packs/*.yaml "$root/policies/"
cp -r "$ML_SRCDIR/examples/hardened" "$root/examples/"
for binary in "$root"/bin/*; do
	ldd "$binary" | grep -oE '/[^ ]+' | while read -r library; do
		mkdir -p "$root$(dirname "$library")"
		[ -e "$root$library" ] || cp -L "$library" "$root$library"
	done
done
image=$(tar -C "$root" -c . | docker import - 2>"$work/import") || skip "the image cannot be imported: $(tr -d '#' <"$work/import" | head -n 1)"
docker run --rm --network none "$image" /bin/merlon --version >"$work/run" 2>&1 || skip "no container runs here: $(tail -n 1 "$work/run" | tr -d '#' | cut -c 1-120)"

n=0
check() {
	n=$((n + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		sed 's/^/# /' "$work/out"
	fi
}
echo 1..10
for user in 0 1000; do
	for test in test-worker test-layers; do
		docker run --rm --network none --user $user "$image" /bin/$test >"$work/out" 2>&1
		check "$test as user $user" $?
	done
	docker run --rm --network none --user $user -e MERLON_POLICIES=/policies "$image" /bin/merlon scan /examples/hardened >"$work/out" 2>&1
	check "the hardened stack passes as user $user" $?
	grep -q 'namespaces' "$work/out"
	check "and the report names the layer that the container refuses" $?
	docker run --rm --network none --user $user -e MERLON_POLICIES=/policies "$image" /bin/merlon scan --sandbox=strict /examples/hardened >"$work/out" 2>&1
	[ $? -eq 2 ] && grep -q '"namespaces"' "$work/out"
	check "--sandbox=strict refuses to judge as user $user" $?
done

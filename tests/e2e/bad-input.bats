#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Bad input of every sort: a located diagnostic, unknown for what it touched, exit 3 (or 1), bounded time and memory, never a crash, never a pass.

load common

# wants: exit 3 (or 1), within 60 s and 2 GB a process, no crash, and a place or a reason in what is printed.
never_passes() {
	local status_want=$1 limit=6000000
	shift
	sanitized && limit=unlimited
	# shellcheck disable=SC2016
	run timeout 60 bash -c 'ulimit -v "$0"; exec "$@"' "$limit" merlon scan -p policy.yaml "$@"
	if [ "$status" -ne "$status_want" ]; then
		echo "want exit code $status_want, got $status"
		echo "$output" | head -40
		return 1
	fi
	has_not "the worker died"
	has_not "killed by the sandbox"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	write_policy
}

@test "an empty file" {
	: >docker-compose.yml
	never_passes 3
	has "docker-compose.yml"
}

@test "200 kB of [" {
	head -c 200000 /dev/zero | tr '\0' '[' >docker-compose.yml
	never_passes 3
	has "docker-compose.yml:1:"
}

@test "an alias bomb" {
	{
		echo 'a: &a [x,x,x,x,x,x,x,x,x,x]'
		for pair in a:b b:c c:d d:e e:f f:g g:h h:i; do
			from=${pair%:*}
			to=${pair#*:}
			echo "$to: &$to [*$from,*$from,*$from,*$from,*$from,*$from,*$from,*$from,*$from,*$from]"
		done
		printf 'services:\n  s:\n    image: x\n    labels: *i\n    privileged: *i\n'
	} >docker-compose.yml
	never_passes 3
}

@test "a map 5,000 deep" {
	python3 -c 'print("services: " + "{a: " * 5000 + "1" + "}" * 5000)' >docker-compose.yml
	never_passes 3
	has "docker-compose.yml:1:"
}

@test "NUL bytes" {
	printf 'services:\n  a:\n    image: "x\0y"\n' >docker-compose.yml
	never_passes 3
	has "docker-compose.yml:3:"
}

@test "Latin-1" {
	printf 'services:\n  a:\n    image: caf\351\n' >docker-compose.yml
	never_passes 3
	has "docker-compose.yml:3:"
}

@test "a byte order mark and CRLF are no faults" {
	printf '\357\273\277services:\r\n  a:\r\n    image: x\r\n    privileged: true\r\n' >docker-compose.yml
	never_passes 1
	has "docker-compose.yml:4:"
}

@test "100 MB" {
	{
		printf 'services:\n  a:\n    image: x\n'
		head -c 100000000 /dev/zero | tr '\0' '#'
	} >docker-compose.yml
	never_passes 3
	has "too big"
}

@test "a directory named docker-compose.yml" {
	mkdir docker-compose.yml
	never_passes 3
	has "not a regular file"
}

@test "a FIFO" {
	mkfifo docker-compose.yml
	never_passes 3
	has "not a regular file"
}

@test "an unreadable file" {
	printf 'services:\n  a:\n    image: x\n' >docker-compose.yml
	chmod 000 docker-compose.yml
	if [ "$(id -u)" -eq 0 ]; then
		chmod 755 "$BATS_TEST_TMPDIR"
		# As root nothing is unreadable: as nobody then, who must be able to reach the build.
		setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$ML_BUILDDIR/merlon" || skip "nobody cannot reach the build directory"
		run setpriv --reuid 65534 --regid 65534 --clear-groups timeout 60 "$ML_BUILDDIR/merlon" scan -p policy.yaml .
		[ "$status" -eq 3 ]
	else
		never_passes 3
	fi
	has "docker-compose.yml"
}

@test "a symbolic link out of the tree" {
	ln -s /etc/passwd docker-compose.yml
	never_passes 3
	has "docker-compose.yml"
	has_not "root:x"
}

@test "an extends cycle" {
	printf 'services:\n  a:\n    extends: { service: b }\n  b:\n    extends: { service: a }\n' >docker-compose.yml
	never_passes 3
	has "docker-compose.yml:"
}

@test "a missing extends file" {
	printf 'services:\n  a:\n    extends: { file: gone.yml, service: b }\n' >docker-compose.yml
	never_passes 3
	has "gone.yml"
}

@test "an extends file out of the tree" {
	printf 'services:\n  a:\n    extends: { file: ../../../etc/x.yml, service: b }\n' >docker-compose.yml
	never_passes 3
}

@test "extends as an absolute path" {
	printf 'services:\n  a:\n    extends: { file: /etc/passwd, service: b }\n' >docker-compose.yml
	never_passes 3
	has_not "root:x"
}

@test "a truncated file" {
	printf 'services:\n  a:\n    image: x\n  b:\n    command: ["x", "y' >docker-compose.yml
	never_passes 3
	has "docker-compose.yml:5:"
}

@test "the wrong type at the root, in services and in a service" {
	printf -- '- a\n- b\n' >docker-compose.yml
	never_passes 3
	printf 'services: [a, b]\n' >docker-compose.yml
	never_passes 3
	printf 'services:\n  a: 5\n' >docker-compose.yml
	never_passes 3
	printf 'services:\n  a:\n    privileged: [1]\n' >docker-compose.yml
	never_passes 3
	has "docker-compose.yml:3:"
}

@test "a key that stands twice" {
	printf 'services:\n  a:\n    privileged: true\n    privileged: false\n' >docker-compose.yml
	never_passes 3
	has "docker-compose.yml:4:5"
}

@test "control characters do not reach the terminal" {
	printf 'services:\n  "a\\e[2Jb":\n    privileged: true\n' >docker-compose.yml
	never_passes 1
	has_not $'\x1b'
}

@test "a broken Dockerfile" {
	printf 'FROM debian:12\nRUN echo a &&\\\n' >Dockerfile
	printf 'FORM debian:12\nRNU x\n' >Dockerfile.typo
	: >Dockerfile.empty
	head -c 200000 /dev/urandom >Dockerfile.random
	run timeout 60 merlon scan
	[ "$status" -eq 1 ] || [ "$status" -eq 3 ]
	has "Dockerfile.typo:1:"
	has "Dockerfile.empty"
	has "Dockerfile.random"
	has_not "the worker died"
}

@test "20,000 steps down a directory" {
	{
		echo "FROM debian:12.8"
		seq -f 'WORKDIR directory-%.0f' 20000
	} >Dockerfile
	never_passes 3
	has "longer than 4096 bytes"
}

@test "killed half-way leaves no part of a report" {
	cp -r "$ML_SRCDIR/examples" tree
	for i in 1 2 3 4 5; do
		timeout -s KILL "0.0$((i * 2))" merlon scan tree -o json=f.json 2>/dev/null || :
		[ ! -s f.json ] || jq -e .merlon f.json
	done
	[ -z "$(ls f.json?* 2>/dev/null)" ] || [ "$(ls | grep -c '^f.json')" -le 6 ]
}

@test "a FIFO where a file of ours should be" {
	printf 'services:\n  a:\n    image: x\n' >docker-compose.yml
	mkfifo pipe.yaml
	for option in -p --waivers --baseline --plan; do
		run timeout 10 merlon scan "$option" pipe.yaml
		[ "$status" -eq 2 ]
		has "pipe.yaml: not a regular file"
	done
	run timeout 10 merlon eval pipe.yaml
	[ "$status" -eq 2 ]
	run timeout 10 merlon scan -p <(cat policy.yaml)
	[ "$status" -eq 0 ]
	run timeout 10 merlon scan -p policy.yaml --waivers <(printf 'merlon: waivers/v1\nwaivers: []\n')
	[ "$status" -eq 0 ]
}

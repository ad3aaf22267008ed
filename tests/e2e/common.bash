# SPDX-License-Identifier: Apache-2.0
# What the bats files share: the binaries as installed from this build, and a directory of the test's own.

setup_file() {
	export MERLON_POLICIES="$ML_SRCDIR/policies/packs"
	export PATH="$ML_BUILDDIR:$PATH"
	export NO_COLOR=1
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
}

# code N COMMAND...: runs it, standard output and error in $output, and wants exit code N.
code() {
	local want=$1
	shift
	run "$@"
	if [ "$status" -ne "$want" ]; then
		echo "want exit code $want, got $status: $*"
		echo "$output"
		return 1
	fi
}

# has TEXT: the output has it.
has() {
	case $output in
	*"$1"*) return 0 ;;
	esac
	echo "want \"$1\" in:"
	echo "$output"
	return 1
}

has_not() {
	case $output in
	*"$1"*)
		echo "want no \"$1\" in:"
		echo "$output"
		return 1
		;;
	esac
	return 0
}

# A policy of one rule, so that what is tested is the engine and not a pack.
write_policy() {
	cat >policy.yaml <<'EOF'
merlon: policy/v1
id: small
title: A policy of one rule
kind: config.compose
rules:
  - id: PRIVILEGED
    title: No service runs privileged
    severity: high
    each: services
    assert: '!it.privileged'
    message: "'service ' + key + ' runs privileged'"
    rationale: It has every capability.
    fix: Remove it.
    refs: { cis-docker-1.6: ['5.4'] }
    tests:
      - facts: { services: { api: { privileged: true } } }
        expect: { fail: [api] }
      - facts: { services: { api: {} } }
        expect: { pass: [api] }
EOF
}

# sanitized: this build has sanitizers, which want address space without end and no sealed worker.
sanitized() {
	case $(readelf -d "$ML_BUILDDIR/merlon-config" 2>/dev/null) in
	*asan* | *ubsan*) return 0 ;;
	esac
	return 1
}

free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# answers PORT: waits until someone listens there.
answers() {
	python3 - "$1" <<-'EOF'
		import socket, sys, time
		for _ in range(100):
		    try:
		        socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1).close()
		        sys.exit(0)
		    except OSError:
		        time.sleep(0.05)
		sys.exit(1)
	EOF
}

#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Scanning as a user does it: the examples, exit codes, outputs, evidence.

load common

@test "the hardened stack passes" {
	cd "$ML_SRCDIR"
	code 0 merlon scan examples/hardened
	has "PASS"
}

@test "the flawed stack fails, with places and fixes" {
	cd "$ML_SRCDIR"
	code 1 merlon scan examples/flawed
	has "examples/flawed/docker-compose.yml:"
	has "examples/flawed/api/Dockerfile:"
	has "docker.sock"
}

@test "a secret is never printed" {
	cd "$ML_SRCDIR"
	for format in terminal json sarif junit; do
		run merlon scan examples/flawed -v -o "$format" --facts "$BATS_TEST_TMPDIR/facts"
		[ "$status" -eq 1 ]
		has_not "w4rehouse-Kettle"
		has_not "Tr4nsit-Lantern-88"
	done
	run cat "$BATS_TEST_TMPDIR"/facts/*
	has_not "w4rehouse-Kettle"
	has_not "Tr4nsit-Lantern-88"
}

@test "pass, fail and usage have their exit codes" {
	write_policy
	printf 'services:\n  a:\n    image: x\n' >docker-compose.yml
	code 0 merlon scan -p policy.yaml
	printf 'services:\n  a:\n    image: x\n    privileged: true\n' >docker-compose.yml
	code 1 merlon scan -p policy.yaml
	has "docker-compose.yml:4:"
	code 0 merlon scan -p policy.yaml --fail-on critical
	code 2 merlon scan -p policy.yaml --fial-on critical
	has "did you mean \"--fail-on\"?"
	code 2 merlon scan -p no-such-pack
	code 2 merlon scan no-such-file
}

@test "nothing to look at is not a pass" {
	code 2 merlon scan
	has "nothing to scan"
}

@test "an unknown fact is exit code 3" {
	write_policy
	printf 'services:\n  a:\n    extends: { file: missing.yml, service: b }\n' >docker-compose.yml
	code 3 merlon scan -p policy.yaml
	has "missing.yml"
}

@test "a policy with an error judges nothing" {
	write_policy
	sed -i 's/it\.privileged/it.priviledged/' policy.yaml
	printf 'services:\n  a:\n    image: x\n' >docker-compose.yml
	code 2 merlon scan -p policy.yaml
	has "policy.yaml:10:"
	has "did you mean \`privileged\`?"
}

@test "facts judged again give the same bytes" {
	cd "$ML_SRCDIR"
	run merlon scan examples/flawed -o json="$BATS_TEST_TMPDIR/scan.json" --facts "$BATS_TEST_TMPDIR/facts"
	[ "$status" -eq 1 ]
	cd /
	TZ=Asia/Tokyo LC_ALL=C run merlon eval "$BATS_TEST_TMPDIR"/facts/* -o json="$BATS_TEST_TMPDIR/eval.json"
	[ "$status" -eq 1 ]
	cmp "$BATS_TEST_TMPDIR/scan.json" "$BATS_TEST_TMPDIR/eval.json"
}

@test "two scans give the same bytes, whatever -j" {
	cd "$ML_SRCDIR"
	run merlon scan examples -j 1 -o json="$BATS_TEST_TMPDIR/1.json"
	run merlon scan examples -j 8 -o json="$BATS_TEST_TMPDIR/8.json"
	cmp "$BATS_TEST_TMPDIR/1.json" "$BATS_TEST_TMPDIR/8.json"
}

@test "reports are made again from findings" {
	cd "$ML_SRCDIR"
	run merlon scan examples/flawed -o json="$BATS_TEST_TMPDIR/f.json" -o sarif="$BATS_TEST_TMPDIR/a.sarif"
	run merlon report "$BATS_TEST_TMPDIR/f.json" -o sarif="$BATS_TEST_TMPDIR/b.sarif" -o json="$BATS_TEST_TMPDIR/g.json"
	[ "$status" -eq 1 ]
	cmp "$BATS_TEST_TMPDIR/a.sarif" "$BATS_TEST_TMPDIR/b.sarif"
	cmp "$BATS_TEST_TMPDIR/f.json" "$BATS_TEST_TMPDIR/g.json"
}

@test "merlon-config works alone in a pipe" {
	cd "$ML_SRCDIR"
	merlon-config examples/flawed >"$BATS_TEST_TMPDIR/f.json" || [ $? -eq 1 ]
	code 1 merlon report "$BATS_TEST_TMPDIR/f.json"
	has "docker.sock"
}

@test "a plan says what is scanned" {
	write_policy
	mkdir -p deploy
	printf 'services:\n  a:\n    privileged: true\n' >deploy/stack.yml
	cat >merlon.yaml <<-'EOF'
		merlon: plan/v1
		targets:
		  - path: deploy/stack.yml
		    kind: config.compose
		policies: [./policy.yaml]
		fail-on: critical
	EOF
	code 0 merlon scan
	has "deploy/stack.yml"
	code 1 merlon scan --fail-on high
	sed -i 's/targets/targtes/' merlon.yaml
	code 2 merlon scan
	has "merlon.yaml:2:"
}

@test "ignored and vendored files are left alone, and that is said" {
	write_policy
	git init -q .
	mkdir -p build node_modules/x
	printf 'build/\n' >.gitignore
	printf 'services:\n  a:\n    privileged: true\n' >build/docker-compose.yml
	cp build/docker-compose.yml node_modules/x/
	printf 'services:\n  a:\n    image: x\n' >docker-compose.yml
	code 0 merlon scan -p policy.yaml
	has "1 git-ignored"
	code 1 merlon scan -p policy.yaml --no-ignore
}

@test "a waiver labels, an expired one is a finding" {
	write_policy
	printf 'services:\n  a:\n    image: x\n    privileged: true\n' >docker-compose.yml
	cat >waivers.yaml <<-'EOF'
		merlon: waivers/v1
		waivers:
		  - rule: PRIVILEGED
		    element: a
		    owner: ops
		    reason: needed for the probe until it is replaced
		    until: 2027-01-31
	EOF
	SOURCE_DATE_EPOCH=1790000000 code 0 merlon scan -p policy.yaml --waivers waivers.yaml
	has "waived"
	SOURCE_DATE_EPOCH=1830000000 code 1 merlon scan -p policy.yaml --waivers waivers.yaml
	has "MERLON-WAIVER-EXPIRED"
	sed -i '/owner/d' waivers.yaml
	code 2 merlon scan -p policy.yaml --waivers waivers.yaml
}

@test "a baseline makes the gate look at what is new" {
	write_policy
	printf 'services:\n  a:\n    image: x\n    privileged: true\n' >docker-compose.yml
	run merlon scan -p policy.yaml -o json=old.json
	printf '# moved\n\nservices:\n  a:\n    image: y\n    privileged: true\n' >docker-compose.yml
	code 0 merlon scan -p policy.yaml --baseline old.json
	printf 'services:\n  a:\n    privileged: true\n  b:\n    privileged: true\n' >docker-compose.yml
	code 1 merlon scan -p policy.yaml --baseline old.json
}

@test "reports go to files whole or not at all" {
	write_policy
	printf 'services:\n  a:\n    privileged: true\n' >docker-compose.yml
	code 2 merlon scan -p policy.yaml -o json=/no/such/dir/f.json
	has "/no/such/dir"
	code 2 merlon scan -p policy.yaml -o json -o sarif
	code 2 merlon scan -p policy.yaml -o json=f -o sarif=f
	code 2 merlon scan -p policy.yaml -o srif
	has "sarif"
}

@test "every run says how it was sealed" {
	sanitized && skip "a sanitizer build is not sealed"
	cd "$ML_SRCDIR"
	run merlon scan examples/hardened -o json="$BATS_TEST_TMPDIR/f.json"
	jq -e '.runs | length > 2 and all(.sandbox.sealed and .sandbox.layers.seccomp)' "$BATS_TEST_TMPDIR/f.json"
}

@test "a file that is named twice is judged once" {
	write_policy
	printf 'services:\n  a:\n    image: x\n' >docker-compose.yml
	code 0 merlon scan -p policy.yaml docker-compose.yml docker-compose.yml .
	has "docker-compose.yml"
}

@test "two directories outside of this one are told apart" {
	write_policy
	mkdir -p one two here
	printf 'services:\n  a:\n    image: x\n' | tee one/docker-compose.yml >two/docker-compose.yml
	cd here
	code 0 merlon scan -p ../policy.yaml "$PWD/../one/" ../two
	has "one/docker-compose.yml"
	has "two/docker-compose.yml"
}

@test "standard descriptors may be closed" {
	write_policy
	printf 'services:\n  a:\n    image: x\n' >docker-compose.yml
	code 0 merlon scan -p policy.yaml docker-compose.yml <&-
	run sh -c 'merlon scan -p policy.yaml docker-compose.yml >&-'
	[ "$status" -eq 2 ]
}

@test "stack files are found by their names" {
	write_policy
	printf 'services:\n  a:\n    image: x\n' | tee stack.yml >docker-stack.prod.yml
	code 0 merlon scan -p policy.yaml
	has "stack.yml"
	has "docker-stack.prod.yml"
}

@test "a kind that there is not is a usage error" {
	code 2 merlon scan -k config.kompose .
	has "config.compose"
}

@test "a finding does not repeat all services" {
	cd "$ML_SRCDIR"
	code 1 merlon scan examples/flawed -o json
	has_not '"fact":"services","'
	has_not '"fact":"params.host_capabilities","'
}

@test "a Dockerfile that only a Compose file names is looked at" {
	mkdir -p img other
	printf 'FROM debian:12\nRUN sudo x\n' >img/Build.txt
	cp img/Build.txt img/Dockerfile
	cp img/Build.txt other/Recipe
	cat >docker-compose.yml <<-EOF
		services:
		  a: { build: { context: img, dockerfile: Build.txt } }
		  b: { build: { context: ., dockerfile: other/Recipe } }
		  c: { build: img }
		  d: { build: ./missing }
		  e: { build: { context: ./img/, dockerfile: ../other/Recipe } }
		  f: { build: ../outside }
		  g: { build: { dockerfile_inline: FROM a } }
		  h: { build: { context: ., dockerfile: leading-out } }
	EOF
	ln -s /etc/hostname leading-out
	run merlon scan
	has "img/Build.txt "
	has "img/Dockerfile "
	has "other/Recipe "
	has_not "missing/Dockerfile"
	has "outside/Dockerfile"
	has "leading-out: it leads out of the"
	[ "$(printf '%s\n' "$output" | grep -c config.dockerfile)" -eq 4 ]
	run merlon scan docker-compose.yml
	has_not "config.dockerfile"
}

@test "the bytes of a secret are printed nowhere" {
	cat >docker-compose.yml <<-EOF
		services:
		  a:
		    image: user:Zq9image77@registry.example/app:1
		    environment:
		      DB_PASSWORD: &p Zq9alias77
		      PLAIN: *p
		      DEFAULT: \${DB_PASSWORD:-Zq9default77}
		    mem_limit: Zq9alias77
	EOF
	cat >Dockerfile <<-EOF
		FROM alpine:3.20
		ENV A=Zq9same77 DB_PASSWORD=Zq9same77
		ARG TOKEN Zq9argument77
		RUN x \$A Zq9same77 && htpasswd -b f u Zq9htpasswd77
	EOF
	for format in terminal json sarif junit; do
		run merlon scan -v -o "$format" --facts facts
		has "a"
		has_not Zq9
	done
	run cat facts/*
	has_not Zq9
}

@test "evidence of an earlier run is no target" {
	printf 'FROM debian:12\n' >Dockerfile
	merlon scan --facts evidence || true
	run merlon scan
	has "Dockerfile "
	has_not "evidence/"
}

@test "a folder that cannot be looked into is unknown" {
	tree=$(mktemp -d /tmp/merlon-test.XXXXXX)
	chmod 755 "$tree"
	mkdir -m 700 "$tree/secret"
	printf 'services:\n  a:\n    image: x\n' >"$tree/docker-compose.yml"
	as_nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"
	if ! $as_nobody test -x "$ML_BUILDDIR/merlon" || ! $as_nobody test -r "$ML_SRCDIR/policies/packs/compose-hardening.yaml"; then
		rm -r "$tree"
		skip "nobody can run this build here"
	fi
	run $as_nobody merlon scan "$tree" --fail-on critical -o json
	rm -r "$tree"
	[ "$status" -eq 3 ]
	has '"MERLON-TARGET"'
	has 'secret'
}

@test "what a profile leaves out is said" {
	cat >narrow.yaml <<-'EOF'
		merlon: profile/v1
		id: narrow
		title: only one
		extends: [compose-hardening]
		select: { rules: [COMPOSE-PRIVILEGED] }
	EOF
	printf 'services:\n  a:\n    image: x\n' >docker-compose.yml
	code 0 merlon scan -p narrow.yaml
	has "leaves out"
	run merlon scan -p narrow.yaml -o sarif=f.sarif -o junit=f.xml
	jq -e '.runs[0].properties.leftOut[0].rules > 80' f.sarif || jq -e '.runs[0].invocations[0].properties.leftOut[0].rules > 80' f.sarif
	grep -q 'name="rules-left-out"' f.xml
}

@test "a waiver beside the line is a suppression in the source" {
	printf 'services:\n  a:\n    image: x\n    privileged: true # merlon:waive COMPOSE-PRIVILEGED until=2099-01-31 it drives the disks\n' >docker-compose.yml
	run merlon scan -o sarif=f.sarif
	jq -e '[.runs[0].results[] | select(.suppressions | length > 0) | .suppressions[0].kind] == ["inSource"]' f.sarif
}

@test "a second Compose file elsewhere is not taken for one of that name beside the first" {
	write_policy
	mkdir -p a
	printf 'services:\n  a:\n    image: x\n' >a/docker-compose.yml
	printf 'services:\n  a:\n    privileged: true\n' >docker-compose.yml
	code 2 merlon scan -p policy.yaml -f a/docker-compose.yml -f docker-compose.yml
	has "does not lie beneath a"
	code 1 merlon scan -p policy.yaml --root . -f a/docker-compose.yml -f docker-compose.yml
	has "docker-compose.yml:3:"
}

@test "a baseline does not make known what nobody knew" {
	printf 'services: {a: {extends: {file: no.yml, service: a}}}\n' >docker-compose.yml
	code 3 merlon scan -o json=old.json
	code 3 merlon scan --baseline old.json
}

@test "a project without services is not a pass" {
	for text in '{}' 'services: {}' 'services: null' 'x-a: 1' 'volumes: {a: }'; do
		echo "$text" >docker-compose.yml
		code 3 merlon scan
		has "there are no services"
	done
}

@test "a variable that only the deployment has makes unknown what reads it, and no more" {
	# shellcheck disable=SC2016
	printf 'services:\n  a:\n    image: registry.example.com/a:1.2\n    environment:\n      DB_HOST: ${DB_HOST:?}\n' >docker-compose.yml
	code 0 merlon scan
	has "is required and not set"
	# shellcheck disable=SC2016
	printf 'services:\n  a:\n    image: registry.example.com/a:1.2\n    privileged: ${PRIVILEGED:?}\n' >docker-compose.yml
	code 3 merlon scan
}

@test "COMPOSE_FILE in .env names files that were not looked at" {
	write_policy
	printf 'services:\n  a:\n    image: x\n' >docker-compose.yml
	echo "COMPOSE_FILE=docker-compose.yml:prod.yml" >.env
	code 3 merlon scan -p policy.yaml
	has "COMPOSE_FILE names other files"
	cp docker-compose.yml prod.yml
	code 0 merlon scan -p policy.yaml -f docker-compose.yml -f prod.yml
}

# A service `a`, in flow style, that Compose refuses; what is said of it.
refused() {
	printf 'services:\n  a: %s\n' "$1" >docker-compose.yml
	code 3 merlon scan -p policy.yaml
	has "$2"
}

@test "a project that Compose refuses is not a pass" {
	write_policy
	refused 'null' "neither image nor build"
	refused '{command: x}' "neither image nor build"
	refused '{image: x, depends_on: [nope]}' 'depends_on: service "nope" is not'
	refused '{image: x, networks: [nope]}' 'network "nope" is not'
	refused '{image: x, volumes: ["nope:/x"]}' 'volume "nope" is not'
	refused '{image: x, secrets: [nope]}' 'secret "nope" is not'
	refused '{image: x, configs: [nope]}' 'configuration "nope" is not'
	refused '{image: x, network_mode: "service:nope"}' 'network_mode: service "nope" is not'
	refused '{image: x, volumes_from: [nope]}' 'volumes_from: service "nope" is not'
	refused '{image: x, network_mode: host, networks: [default]}' "both network_mode and networks"
	refused '{image: x, ulimits: {nofile: {soft: 9, hard: 8}}}' "above the hard one"
	for text in '{image: x, depends_on: {nope: {condition: service_started, required: false}}}' '{provider: {type: x}}' \
		'{image: x, networks: [default]}' '{image: x, volumes: ["./nope:/x"]}' '{image: x, ulimits: {nofile: {soft: 9, hard: -1}}}'; do
		printf 'services:\n  a: %s\n' "$text" >docker-compose.yml
		code 0 merlon scan -p policy.yaml
	done
}

@test "a file that is made to be merged may miss what the other has" {
	write_policy
	printf 'services:\n  a: {image: x}\n' >docker-compose.yml
	printf 'services:\n  a: {depends_on: [b]}\n' >docker-compose.prod.yml
	code 0 merlon scan -p policy.yaml
	has "Compose refuses it alone"
	code 3 merlon scan -p policy.yaml docker-compose.prod.yml
	code 3 merlon scan -p policy.yaml -f docker-compose.yml -f docker-compose.prod.yml
	has 'service "b" is not'
}

@test "a baseline and waivers reach every finding that the gate counts" {
	write_policy
	awk 'BEGIN { print "services:"; for (i = 0; i < 400; i++) printf "  s%d: { image: x, privileged: true }\n", i }' >docker-compose.yml
	code 1 merlon scan -p policy.yaml -o json=before.json
	code 0 merlon scan -p policy.yaml --baseline before.json
	has "400 known"
	printf 'merlon: waivers/v1\nwaivers:\n  - { rule: PRIVILEGED, element: "s*", owner: me, reason: a test of waivers, until: 2999-01-31 }\n' >waivers.yaml
	code 0 merlon scan -p policy.yaml --waivers waivers.yaml
	has "400 waived"
	sed -i 's/severity: high/severity: low/' policy.yaml
	code 0 merlon scan -p policy.yaml -o json=before.json
	[ "$(grep -oE '"verdict": ?"fail"' before.json | wc -l)" -eq 250 ]
	code 1 merlon scan -p policy.yaml --fail-on low -o json=before.json
	[ "$(grep -oE '"verdict": ?"fail"' before.json | wc -l)" -eq 400 ]
	code 0 merlon scan -p policy.yaml --fail-on low --baseline before.json
	printf 'merlon: plan/v1\ntargets: [docker-compose.yml]\npolicies: [policy.yaml]\nfail-on: low\nbaseline: before.json\n' >merlon.yaml
	code 0 merlon scan --plan merlon.yaml
}

@test "findings stand at the line of the value" {
	cat >docker-compose.yml <<-EOF
		services:
		  a:
		    image: postgres:16
		    build: .
		    cap_add:
		      - CHOWN
		      - NET_ADMIN
		    ports:
		      - "8080:80"
		      - target: 5432
		        published: "5432"
		      - "5000-5500:5000-5500"
		    volumes:
		      - data:/data
		      - .:/app
		volumes: { data: }
	EOF
	run merlon scan --fail-on info
	has "docker-compose.yml:7:9: a NET_ADMIN true:"
	has "docker-compose.yml:10:9: a 5432:5432/tcp: service a publishes port 5432, where"
	has "docker-compose.yml:12:9: a 5000-5500:5000-5500/tcp: service a publishes the"
	has "ports 5000-5500, where a database"
	has "docker-compose.yml:15:9: a /app: service a runs the source tree"
}

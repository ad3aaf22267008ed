#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# TLS endpoints as a user asks them: real servers and hostile ones on loopback.

load common

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	command -v openssl >/dev/null || skip "openssl is not installed"
	command -v python3 >/dev/null || skip "python3 is not installed"
	pids=
}

teardown() {
	# shellcheck disable=SC2086
	[ -z "$pids" ] || kill $pids 2>/dev/null || :
}

# identity: a root in root.pem, and a certificate for 127.0.0.1 in cert.pem and key.pem.
identity() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.pem -days 30 -subj /CN=root \
		-addext keyUsage=critical,keyCertSign 2>/dev/null
	openssl req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj /CN=localhost 2>/dev/null
	printf '%s\n' basicConstraints=critical,CA:FALSE keyUsage=digitalSignature,keyEncipherment extendedKeyUsage=serverAuth subjectAltName=IP:127.0.0.1,DNS:localhost >cert.cnf
	openssl x509 -req -in request.pem -CA root.pem -CAkey root.key -days 30 -out cert.pem -extfile cert.cnf 2>/dev/null
}

# server ARGUMENT...: OpenSSL's, on $port.
server() {
	port=$(free_port)
	[ -f cert.pem ] || identity
	openssl s_server -accept "127.0.0.1:$port" -cert cert.pem -key key.pem -quiet "$@" >/dev/null 2>&1 3>&- &
	pids="$pids $!"
	answers "$port"
}

# stub FILE ARGUMENT...: a server of tests/tls that prints its port, on $port.
stub() {
	: >port
	python3 "$ML_SRCDIR/tests/tls/$1" "${@:2}" >port 2>/dev/null 3>&- &
	pids="$pids $!"
	for _ in $(seq 100); do
		[ -s port ] && break
		sleep 0.05
	done
	port=$(cat port)
}

# hostile KIND: one of tests/tls/hostile.py, on $port.
hostile() {
	stub hostile.py "$@"
}

# ends_unknown KIND: within the time, with exit code 3.
ends_unknown() {
	hostile "$1"
	local before after
	before=$(date +%s)
	code 3 merlon-tls "127.0.0.1:$port" --timeout 5
	after=$(date +%s)
	[ $((after - before)) -le 7 ]
	has_not "the worker died"
}

@test "a current server passes" {
	server -cipher ECDHE-RSA-AES128-GCM-SHA256
	code 0 merlon-tls "tls://127.0.0.1:$port" --ca root.pem
	has "PASS"
	code 0 merlon scan "tls://127.0.0.1:$port" --ca root.pem -o json=f.json
	jq -e '.runs[0].kind == "tls" and (.runs[0].summary.unknown == 0)' f.json
}

@test "a server with everything fails, by name" {
	server -cipher 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'
	code 1 merlon-tls "127.0.0.1:$port" -v
	has "TLSv1.2 TLS_RSA_WITH_NULL_SHA encrypts nothing"
	has "TLS_DH_anon_WITH_AES_128_CBC_SHA proves to"
	has "TLSv1.0 is offered"
}

@test "facts are evidence: judged again they give the same" {
	server
	run merlon scan "tls://127.0.0.1:$port" --facts facts -o json=first.json
	run merlon eval facts/*.json -o json=second.json
	jq -S 'del(.runs[].sandbox)' first.json >first
	jq -S 'del(.runs[].sandbox)' second.json >second
	cmp first second
	jq -e '.facts.suites | length > 3' facts/*.json
	jq -e '[.facts.versions[] | select(.offered) | .name] == ["TLSv1.2", "TLSv1.3"]' facts/*.json
}

@test "groups with ML-KEM are seen, in the server's order" {
	stub post_quantum.py
	run merlon-tls "127.0.0.1:$port" --facts facts -o json=f.json
	jq -e '[.facts.groups[] | select(.version == "TLSv1.3") | .name] ==
		["X25519MLKEM768", "SecP256r1MLKEM768", "SecP384r1MLKEM1024", "MLKEM1024", "x25519"]' facts/*.json
	jq -e '[.facts.groups[].rank] == [0, 1, 2, 3, 4] and ([.facts.groups[].kind] | unique == ["ec", "hybrid", "kem"])' facts/*.json
	jq -e '[.facts.suites[] | select(.version == "TLSv1.3") | .name] == ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"]' facts/*.json
	jq -e '[.runs[].results[] | select(.rule == "TLS-GROUP-POST-QUANTUM") | .verdict] == ["pass"]' f.json
}

@test "endpoints and files in one run" {
	server -cipher ECDHE-RSA-AES128-GCM-SHA256
	printf 'services:\n  a:\n    image: x\n' >docker-compose.yml
	run merlon scan . "tls://127.0.0.1:$port" -o json=f.json
	jq -e '[.runs[].kind] == ["config.compose", "tls"]' f.json
}

@test "SARIF names an endpoint by its URI" {
	server
	run merlon scan "tls://127.0.0.1:$port" -o sarif=f.sarif
	jq -e --arg uri "tls://127.0.0.1:$port" '.runs[0].artifacts[0].location == {uri: $uri}' f.sarif
}

@test "an endpoint behind STARTTLS, by its scheme and by an option" {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 30 -subj /CN=localhost 2>/dev/null
	stub starttls.py smtp cert.pem key.pem
	code 1 merlon scan "tls+smtp://127.0.0.1:$port" -o json=a.json -o sarif=a.sarif -o terminal
	has "takes passwords in the clear:"
	jq -e --arg uri "tls+smtp://127.0.0.1:$port" '.runs[0].artifacts[0].location == {uri: $uri}' a.sarif
	code 1 merlon scan --starttls smtp "tls://127.0.0.1:$port" -o json=b.json
	code 1 merlon-tls --starttls submission "127.0.0.1:$port" -o json=c.json
	for f in a b c; do jq -S 'del(.runs[].sandbox)' $f.json >$f; done
	cmp a b
	cmp a c
	code 2 merlon scan tls+smpt://a
	has 'did you mean "smtp"?'
	code 2 merlon-tls --starttls smpt a
	has 'did you mean "smtp"?'
	code 2 merlon scan --starttls
}

@test "an endpoint that is none, and one that is not there" {
	code 2 merlon-tls
	code 2 merlon-tls nowhere
	has "want HOST:PORT"
	code 2 merlon-tls tls://a:99999
	has "want 1 to 65535"
	code 2 merlon-tls 'tls://a b:443'
	code 2 merlon-tls --timeout 0 a:443
	code 3 merlon-tls "127.0.0.1:$(free_port)"
	has "no connection could be made"
	code 3 merlon-tls no.such.name.invalid:443
}

@test "what speaks no TLS is named" {
	hostile http
	code 3 merlon-tls "127.0.0.1:$port"
	has "it speaks no TLS; its first line is HTTP/1.1 400 Bad"
}

@test "a suite that nobody offered" {
	ends_unknown liar
	has "TLS-VIOLATION"
}
@test "one HelloRetryRequest after another" {
	ends_unknown retry
	has "a group that was not offered"
}
@test "a server that gets tired of us is not one that refuses" {
	server -min_protocol TLSv1 -cipher 'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA:AES128-SHA:@SECLEVEL=0'
	upstream=$port
	code 1 merlon-tls "127.0.0.1:$upstream" --ca root.pem
	for n in 1 2 3 4 5 6 8 10 12; do
		hostile tired "$upstream" "$n"
		run merlon-tls "127.0.0.1:$port" --timeout 5 --ca root.pem
		[ "$status" -ne 0 ] || {
			echo "after $n connections: $output"
			return 1
		}
	done
}

@test "the time for all endpoints is kept, and what it did not suffice for is unknown" {
	hostile silent
	run merlon scan -q --deadline 1 --timeout 30 -j 1 "tls://127.0.0.1:$port" "tls://127.0.0.2:$port" "tls://127.0.0.3:$port" -o json=f.json
	[ "$status" -eq 3 ]
	jq -e '[.runs[] | select(.summary.pass == 0 and .summary.unknown > 0)] | length == 3' f.json
	jq -e '[.runs[].results[] | select(.verdict == "unknown") | .message] | any(contains("it took too long"))' f.json
}

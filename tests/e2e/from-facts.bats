#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# merlon policy from-facts: a policy of what a target shows today, and what it makes of drift and of hostile facts.
bats_require_minimum_version 1.5.0
load common

# good: writes good.json, and pin.yaml of it.
good() {
	command -v python3 >/dev/null || skip "python3 is not installed"
	python3 "$ML_SRCDIR/tests/tls/pins.py" facts good.json
	merlon policy from-facts good.json -o pin.yaml
}

# edited PROGRAM: good.json as jq changes it, in edited.json.
edited() {
	jq "$1" good.json >edited.json
}

# pins: edited.json can be pinned, passes what came of it, and the text is all printable ASCII.
pins() {
	code 0 merlon policy from-facts edited.json -o edited.yaml
	code 0 merlon policy lint ./edited.yaml
	has " 0 errors, 0 warnings"
	code 0 merlon policy test ./edited.yaml
	code 0 merlon eval edited.json -p ./edited.yaml -o json=f.json
	jq -e '.runs[0].summary | .fail == 0 and .unknown == 0 and .pass > 0' f.json
	run ! grep -nP '[^\x20-\x7e]' edited.yaml
}

@test "what is pinned passes, lints, tests itself, and is the same bytes each time" {
	good
	code 0 merlon policy lint ./pin.yaml
	has " 0 errors, 0 warnings"
	code 0 merlon policy test ./pin.yaml
	has ", 0 failed"
	code 0 merlon eval good.json -p ./pin.yaml --fail-on info
	merlon policy from-facts good.json >again.yaml
	cmp pin.yaml again.yaml
	merlon policy from-facts - <good.json >again.yaml
	cmp pin.yaml again.yaml
	grep -q '^id: pinned-a-443$' pin.yaml
	run ! grep -q 'Not pinned' pin.yaml
}

@test "each pinned fact that changes is a finding that says what changed, and no other is" {
	command -v python3 >/dev/null || skip "python3 is not installed"
	code 0 python3 "$ML_SRCDIR/tests/tls/pins.py" drift
}

@test "a new suite closes the gate" {
	good
	edited '.facts.suites += [.facts.suites[0] + {id: "TLSv1.2 NEW"}]'
	code 1 merlon eval edited.json -p ./pin.yaml
	has "new cipher suite: TLSv1.2 NEW"
}

@test "what is unknown is not pinned, and the file says so" {
	good
	edited '.facts.versions[0].offered = {"$unknown": "no answer\n\u001b[31m in time"} | .facts.groups = {"$unknown": "reset"}
		| .facts.chains[0].leaf.issuer = {"$unknown": "cut off"} | .facts.chains[1].leaf = {"$unknown": "not DER"} | .facts.suites[3].rank = {"$unknown": "no time"}
		| .facts.behaviour.compression = {"$unknown": "no hello"}'
	pins
	grep -Fq '#   protocol version of SSLv2 in versions: no answer\u000a\u001b[31m in time' edited.yaml
	grep -q '^#   group of groups: reset$' edited.yaml
	grep -q '^#   issuer of RSA in chains: cut off$' edited.yaml
	grep -q '^#   subject of ECDSA in chains: not DER$' edited.yaml
	grep -q '^#   cipher suites of TLSv1.2 D in suites: no time$' edited.yaml
	grep -q '^#   TLS compression of behaviour.compression: no hello$' edited.yaml
	run ! grep -q 'PIN-GROUP' edited.yaml
	run ! grep -q 'PIN-SUITE-ORDER' edited.yaml
	jq '.facts.versions[0].offered = true | .facts.chains[0].leaf.issuer = "CN=x"' good.json >later.json
	code 0 merlon eval later.json -p ./edited.yaml
	jq '.facts.versions[1].offered = true' good.json >later.json
	code 1 merlon eval later.json -p ./edited.yaml
	has "new protocol version: SSLv3"
}

@test "strings of the target stay strings" {
	good
	edited '.facts.suites[0].id = "a\" ]\n  - id: EVIL\n    assert: true # \u0027 + params.x + \u0027 \\ {{ ${HOME} %s $p" | .facts.suites[1].id = "\u202e\u2028\u0085\u00e9\ud83d\ude00\u007f\u0001"
		| .facts.chains[0].leaf.subject = "\"\n...\n---\nmerlon: policy/v1\n" | .facts.chains[0].leaf.issuer = "\u0027\"\\\t*&!|>%@`" | .facts.chains[0].leaf.dns_names = ["null", "~", "", "yes", "1e3", "0x10", "]"]
		| .facts.http.headers["x-frame-options"] = "\"}} ]\n\u0027 + params.x" | .facts.http.headers["a: b\n- c"] = "" | .facts.http.cookies[0].name = "{{\u0027\""
		| .facts.chains[0].id = "<<" | .facts.chains[1].id = "null" | .uri = "tls://a\"\nrules: []\n#:1"'
	pins
	run ! grep -q '^  - id: EVIL' edited.yaml
	[ "$(grep -c '^merlon:' edited.yaml)" -eq 1 ]
	code 0 merlon policy show ./edited.yaml
}

@test "what no parameter can hold is not pinned" {
	good
	edited '.facts.chains[0].leaf.subject = ("x" * 5000) | .facts.chains[0].leaf.key_type = "pottery" | .facts.chains[1].id = ""'
	pins
	grep -q '^#   subject of RSA in chains: too long$' edited.yaml
	grep -q '^#   type of the key of RSA in chains: not a word that the field can have$' edited.yaml
	grep -q '^#   certificate chain of chains: its name is empty$' edited.yaml
	edited '.facts.suites[0].id = ("é" * 500)'
	pins
	grep -q '^#   cipher suite of .* in suites: too long$' edited.yaml
	edited '.facts.chains[1].id = "RSA"'
	pins
	grep -q '^#   issuer of RSA in chains: two have this name$' edited.yaml
	edited '.facts.versions[0].name = "SSLv9" | .facts.versions[0].offered = true'
	pins
	edited '.facts.speaks = "morse"'
	pins
	edited '.facts.chains[0].leaf.subject = "a\u0000b"'
	run merlon policy from-facts edited.json -o edited.yaml
	[ "$status" -eq 2 ] || pins
}

@test "thousands of elements are pinned, and too much is refused" {
	good
	edited '.facts.suites = [range(3000) as $i | .facts.suites[0] + {id: "TLSv1.3 \($i)", rank: $i}]'
	code 0 merlon policy from-facts edited.json -o edited.yaml
	code 0 merlon eval edited.json -p ./edited.yaml
	edited '.facts.suites = [range(100000) as $i | .facts.suites[0] + {id: "TLSv1.3 \($i) \("y" * 100)", rank: $i}]'
	code 2 merlon policy from-facts edited.json -o edited.yaml
	has "error: "
}

@test "kinds of which nothing is pinned, facts of which nothing is known, and files that are no facts" {
	good
	echo 'services: { a: { image: b } }' >compose.yml
	merlon-config --facts facts compose.yml -o json=f.json || true
	code 2 merlon policy from-facts facts/*
	has "facts of the kind config.compose cannot be pinned, only those of tls"
	edited '.facts = {"$unknown": "no connection"}'
	code 2 merlon policy from-facts edited.json -o none.yaml
	has "nothing is known of the target"
	[ ! -e none.yaml ]
	edited '.facts.speaks = {"$unknown": "no connection"}'
	code 2 merlon policy from-facts edited.json
	has "nothing is known of the target"
	code 2 merlon policy from-facts compose.yml
	has "compose.yml:1:8: error: "
	code 2 merlon policy from-facts
	has "want one"
	code 2 merlon policy from-facts good.json good.json
	code 2 merlon policy from-facts missing.json
	code 2 merlon policy from-facts good.json -o
	code 2 merlon policy from-facts good.json -o /nowhere/pin.yaml
	has "/nowhere/pin.yaml"
}

@test "the whole way: an endpoint is pinned, and its next configuration drifts" {
	command -v openssl >/dev/null || skip "openssl is not installed"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 30 -subj /CN=localhost 2>/dev/null
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	serve "$port" -cipher ECDHE-ECDSA-AES128-GCM-SHA256
	run merlon scan "tls://127.0.0.1:$port" --facts facts -o json=f.json
	merlon policy from-facts facts/* -o pin.yaml
	code 0 merlon scan "tls://127.0.0.1:$port" -p ./pin.yaml
	end
	serve "$port" -cipher ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-SHA384
	code 1 merlon scan "tls://127.0.0.1:$port" -p ./pin.yaml
	has "PIN-SUITE-NEW: No cipher suite is new"
	has 'because suites[4].id = "TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"'
	has_not "PIN-SUITE-GONE"
}

serve() {
	local port=$1
	shift
	openssl s_server -accept "127.0.0.1:$port" -cert cert.pem -key key.pem -quiet "$@" >/dev/null 2>&1 3>&- &
	server=$!
	for _ in $(seq 100); do
		(exec 4<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
		sleep 0.05
	done
	return 1
}

end() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || true
	wait "$server" 2>/dev/null || true
	server=
}

teardown() {
	end
}

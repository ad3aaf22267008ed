#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The commands about policies, as a user runs them.
load common

policy() {
	cat >house.yaml <<'EOF'
merlon: policy/v1
id: house
title: Our Dockerfiles
kind: config.dockerfile
params:
  limit: { type: int, default: 3, about: stages at most }
rules:
  - id: HOUSE-STAGES
    title: There are few stages
    severity: high
    assert: stages.size() <= params.limit
    message: '"too many stages"'
    rationale: Nobody reads them.
    fix: Write fewer.
    refs: { ours: ['1'] }
    tests:
      - facts: { stages: [{ id: a }] }
        expect: pass
      - facts: { stages: [{ id: a }, { id: b }] }
        params: { limit: 1 }
        expect: fail
EOF
}

profile() {
	cat >ours.yaml <<'EOF'
merlon: profile/v1
id: ours
title: What we hold
extends: [dockerfile-hardening, house.yaml]
select: { severity: high }
set: { house.limit: 10 }
severity: { HOUSE-STAGES: critical }
EOF
}

@test "what is shipped has no errors and passes its own tests" {
	code 0 merlon policy lint
	has " 0 errors, 0 warnings"
	code 0 merlon policy test
	has ", 0 failed"
}

@test "a misspelt field is an error with its place, a caret and a suggestion" {
	policy
	sed -i 's/stages.size/stagse.size/' house.yaml
	code 2 merlon policy lint house.yaml
	has 'house.yaml:11:13: error: undeclared reference to "stagse"'
	has '       |             ^~~~~~'
	has 'did you mean `stages`?'
	code 2 merlon policy test house.yaml
}

@test "a misspelt fact in a test is an error of lint" {
	cat >house.yaml <<-EOF
		merlon: policy/v1
		id: house
		title: House rules
		kind: config.compose
		rules:
		  - id: HOUSE-PRIVILEGED
		    title: No service runs privileged
		    severity: high
		    each: services
		    assert: '!it.privileged'
		    message: "'x'"
		    rationale: x
		    fix: x
		    refs: { soc2: [CC6.1] }
		    tests:
		      - facts: { services: { a: { privilegd: true } } }
		        expect: { fail: [a] }
		      - facts: { services: { a: { restart: allways } } }
		        expect: { pass: [a] }
		      - facts: { services: { a: { read_only: 1 } } }
		        expect: { pass: [a] }
	EOF
	code 2 merlon policy lint house.yaml
	has 'house.yaml:16:35: error: facts: service has no field "privilegd"'
	has '                                   ^~~~~~~~~'
	has 'did you mean `privileged`?'
	has 'house.yaml:18:44: error: facts: "allways" is no restart policy'
	has 'did you mean `always`?'
	has 'house.yaml:20:46: error: facts: got an integer, want bool'
	has "3 errors"
}

@test "a failing test is exit code 1, a rule without both sides exit code 2" {
	policy
	code 0 merlon policy test house.yaml
	has "1 rules, 2 tests, 0 failed"
	sed -i 's/expect: fail/expect: pass/' house.yaml
	code 2 merlon policy test house.yaml
	has "house.yaml:19:9: HOUSE-STAGES: "
	has "has no test that expects fail"
	policy
	sed -i 's/limit: 1 /limit: 2 /' house.yaml
	code 1 merlon policy test house.yaml
	has "1 rules, 2 tests, 1 failed"
}

@test "a profile selects, sets and labels, and what it leaves out is counted" {
	policy
	profile
	code 0 merlon policy lint house.yaml ours.yaml
	code 0 merlon policy list house.yaml ours.yaml
	has "HOUSE-STAGES"
	has "critical  ours"
	has_not "DOCKERFILE-IMAGE-DIGEST"
	code 0 merlon policy show house.yaml ours.yaml
	has "of what it extends are not selected"
	has "= 10"
}

@test "list takes a kind, and says when there is none" {
	code 0 merlon policy list --kind config.dockerfile
	has "DOCKERFILE-USER-ROOT"
	has_not "COMPOSE-"
	code 0 merlon policy list --kind tls
	has "TLS-VERSION-SSL"
	has "tls-post-quantum"
	has_not "DOCKERFILE-"
	code 2 merlon policy list --kind config.dokcerfile
	has 'no kind "config.dokcerfile"'
}

@test "explain prints what a rule asks, and suggests a rule that there is" {
	code 0 merlon explain DOCKERFILE-IMAGE-EOL
	has "Why"
	has "Fix"
	has "assert  !it.base.tag.matches(params.end_of_life_suffix)"
	has "cis-docker-1.6 4.2, 4.4"
	[ "$(printf '%s\n' "$output" | grep -v 'alpine3' | awk '{ if (length($0) > 80) n++ } END { print n + 0 }')" -eq 0 ]
	code 2 merlon explain DOCKERFILE-IMAGE-EOLL
	has 'did you mean `DOCKERFILE-IMAGE-EOL`?'
	code 2 merlon explain
	policy
	code 0 merlon explain -p house.yaml HOUSE-STAGES
	has "limit: stages at most"
}

@test "lint knows plans and waiver files by their first key" {
	printf 'merlon: plan/v1\ntargts: []\n' >plan.yaml
	code 2 merlon policy lint plan.yaml
	has 'did you mean `targets`?'
	printf 'merlon: waivers/v1\nwaivers: [{ rule: A }]\n' >waivers.yaml
	code 2 merlon policy lint waivers.yaml
	has "waivers.yaml:2:"
}

@test "help of a group of commands, and what a misspelt command or pack is near to" {
	code 0 merlon policy --help
	has "usage: merlon policy COMMAND"
	has "policy lint"
	has_not "scan "
	code 2 merlon policy
	has "a command is missing"
	code 2 merlon policy lnt
	has 'did you mean "policy lint"?'
	echo "FROM scratch" >Dockerfile
	code 2 merlon scan -p compose-hardning .
	has 'no policy pack "compose-hardning"'
	has 'did you mean `compose-hardening`?'
	code 2 merlon scan -p compose-hardning.yaml .
	has 'did you mean the pack `compose-hardening`?'
	code 2 merlon scan -p house.yaml .
	has "house.yaml: No such file"
}

# A directory of packs with one that is judged by unasked and one that is not, and a Dockerfile.
packs() {
	export MERLON_POLICIES=$PWD/packs
	mkdir packs
	policy
	mv house.yaml packs/house.yaml
	sed -e 's/^id: house/id: guest/' -e "s/^kind:/${1:-on_request: true}\nkind:/" -e 's/HOUSE-/GUEST-/' packs/house.yaml >packs/guest.yaml
	echo 'FROM scratch' >Dockerfile
}

@test "a pack that says on_request is judged by when it is named, and only then" {
	packs
	merlon scan Dockerfile -o json=f.json
	jq -e '[.runs[0].policies[].id] == ["house"]' f.json
	merlon scan Dockerfile -p guest -o json=f.json
	jq -e '[.runs[0].policies[].id] == ["guest"]' f.json
	code 0 merlon policy list
	has "GUEST-STAGES"
	has "HOUSE-STAGES"
	code 0 merlon policy show guest
	has "judged by when it is named"
	code 0 merlon explain GUEST-STAGES
}

@test "on_request in other words than true or false" {
	packs '"on_request": true'
	merlon scan Dockerfile -o json=f.json
	jq -e '[.runs[0].policies[].id] == ["house"]' f.json
	rm -r packs f.json
	packs 'on_request: false'
	merlon scan Dockerfile -o json=f.json
	jq -e '[.runs[0].policies[].id] == ["guest", "house"]' f.json
	rm -r packs
	packs 'on_request: yes'
	code 2 merlon scan Dockerfile
	has 'guest.yaml:4:13: error: on_request: got'
}

@test "a profile among the packs is judged by when it is named, beside the pack that it extends" {
	packs
	printf 'merlon: profile/v1\nid: few\ntitle: Fewer\non_request: true\nextends: [house]\nset: { limit: 0 }\n' >packs/few.yaml
	merlon scan Dockerfile -o json=f.json
	jq -e '[.runs[0].policies[].id] == ["house"]' f.json
	code 1 merlon scan Dockerfile -p few
	code 0 merlon policy lint
	code 2 merlon policy lint few house
	code 2 merlon scan Dockerfile -p few -p house
	has "the rule HOUSE-STAGES is in two policies that are judged by"
}

@test "an endpoint is judged by the baseline, and by no guideline that nobody named" {
	export MERLON_POLICIES=$ML_SRCDIR/policies/packs
	run merlon scan tls://127.0.0.1:1 -o json=f.json
	jq -e '[.runs[0].policies[].id] == ["tls-baseline"]' f.json
	run merlon scan tls://127.0.0.1:1 -p tls-mozilla-modern -o json=f.json
	jq -e '[.runs[0].policies[].id] == ["tls-mozilla-modern"]' f.json
}

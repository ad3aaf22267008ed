#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Certificates of TLS endpoints, from a server on loopback to findings: OpenSSL's and nginx, in TLS 1.2 and in TLS 1.3.

load common

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	command -v openssl >/dev/null || skip "openssl is not installed"
	command -v python3 >/dev/null || skip "python3 is not installed"
	pids=
	authority root
}

teardown() {
	# shellcheck disable=SC2086
	[ -z "$pids" ] || kill $pids 2>/dev/null || :
}

# authority NAME [ISSUER]: NAME.pem and NAME.key, which may sign certificates.
authority() {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"
	printf '%s\n' basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign >ca.cnf
	sign "$1" ca.cnf 365 "${2:-}" -sha256
}

# sign NAME EXTENSIONS DAYS ISSUER OPTION...: ISSUER "" is NAME itself.
sign() {
	local name=$1 extensions=$2 days=$3 issuer=$4
	shift 4
	openssl req -new -key "$name.key" -subj "/CN=$name" -out request.pem
	if [ -n "$issuer" ]; then
		set -- -CA "$issuer.pem" -CAkey "$issuer.key" "$@"
	else
		set -- -key "$name.key" "$@"
	fi
	openssl x509 -req -in request.pem -days "$days" -extfile "$extensions" -out "$name.pem" -set_serial "0x5a$(openssl rand -hex 12)" "$@" 2>/dev/null
}

# certificate NAME [ISSUER] [LINE...]: a good one for 127.0.0.1 and localhost; lines of extensions are added.
certificate() {
	local name=$1 issuer=${2-root}
	shift 2
	[ -f "$name.key" ] || openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$name.key"
	printf '%s\n' basicConstraints=critical,CA:FALSE keyUsage=digitalSignature extendedKeyUsage=serverAuth subjectKeyIdentifier=hash >leaf.cnf
	printf '%s\n' "${@:-subjectAltName=IP:127.0.0.1,DNS:localhost}" >>leaf.cnf
	sign "$name" leaf.cnf "${days:-60}" "$issuer" "${digest:--sha256}"
}

# server NAME OPTION...: OpenSSL's with that certificate, on $port.
server() {
	local name=$1
	shift
	port=$(free_port)
	openssl s_server -accept "127.0.0.1:$port" -cert "$name.pem" -key "$name.key" -quiet -cipher ECDHE+AESGCM "$@" >/dev/null 2>&1 3>&- &
	pids="$pids $!"
	answers "$port"
}

# findings OPTION...: the names of the rules under TLS-CERT- that fail, in one line; facts in facts.json.
findings() {
	rm -rf facts
	run merlon scan "tls://127.0.0.1:$port" --ca root.pem --facts facts -o json=f.json "$@"
	cp facts/*.json facts.json
	[ "$(jq '.runs[0].summary.unknown' f.json)" = 0 ]
	jq -r '[.runs[0].results[] | select(.verdict == "fail" and (.rule | startswith("TLS-CERT-"))) | .rule | ltrimstr("TLS-CERT-")] | unique | join(" ")' f.json
}

# finds RULES OPTION...: in both versions.
finds() {
	local want=$1 name=$2 version got
	shift 2
	for version in -tls1_2 -tls1_3; do
		server "$name" $version "$@"
		# shellcheck disable=SC2086
		got=$(findings ${options:-})
		[ "$got" = "$want" ] || {
			echo "$version: got $got, want $want"
			return 1
		}
	done
}

@test "a good chain passes, in each version" {
	certificate good root
	finds TRANSPARENCY good
	jq -e '.facts.chains[0] | .trusted and .complete and .ordered and .name_matches and .in_time and .anchor == "CN=root"' facts.json
	jq -e '.facts.chains[0].versions == ["TLSv1.3"]' facts.json
	server good
	findings
	jq -e '[.facts.chains[].versions] == [["TLSv1.2", "TLSv1.3"]]' facts.json
	code 0 merlon-tls "127.0.0.1:$port" --ca root.pem
}

@test "expired, not yet valid, soon to expire, too long" {
	certificate good root
	SOURCE_DATE_EPOCH=$(($(date +%s) + 61 * 86400)) finds "EXPIRED TRANSPARENCY" good
	SOURCE_DATE_EPOCH=$(($(date +%s) - 86400)) finds "NOT-YET-VALID TRANSPARENCY" good
	SOURCE_DATE_EPOCH=$(($(date +%s) + 50 * 86400)) finds "EXPIRES-SOON TRANSPARENCY" good
	days=300 certificate long root
	finds "LIFETIME TRANSPARENCY" long
}

@test "self-signed" {
	certificate self ""
	finds SELF-SIGNED self
}

@test "for another name, and asked for by another" {
	certificate other root subjectAltName=DNS:other.example
	finds "NAME TRANSPARENCY" other
	options="--servername other.example" finds TRANSPARENCY other
	options="--servername OTHER.example." finds TRANSPARENCY other
	options="--servername x.other.example" finds "NAME TRANSPARENCY" other
	certificate idn root subjectAltName=DNS:xn--bcher-kva.example
	options="--servername bücher.example" finds TRANSPARENCY idn
	certificate wild root 'subjectAltName=DNS:*.w.example'
	options="--servername a.w.example" finds "TRANSPARENCY WILDCARD" wild
	options="--servername a.b.w.example" finds "NAME TRANSPARENCY WILDCARD" wild
}

@test "an address by IPv6" {
	python3 -c 'import socket; socket.socket(socket.AF_INET6).bind(("::1", 0))' 2>/dev/null || skip "there is no IPv6 here"
	certificate six root subjectAltName=IP:::1
	port=$(free_port)
	openssl s_server -6 -accept "[::1]:$port" -cert six.pem -key six.key -quiet >/dev/null 2>&1 3>&- &
	pids="$pids $!"
	sleep 0.5
	run merlon scan "tls://[::1]:$port" --ca root.pem --facts facts -o json=f.json
	jq -e '.facts.chains[0].matched_name == "::1"' facts/*.json
}

@test "RSA of 1024 bits" {
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out short.key 2>/dev/null
	certificate short root
	finds "KEY-SHORT TRANSPARENCY" short -cipher 'ALL:@SECLEVEL=0'
}

@test "SHA-1" {
	digest=-sha1 certificate sha1 root
	finds "SIGNATURE TRANSPARENCY" sha1 -cipher 'ALL:@SECLEVEL=0'
}

@test "a missing intermediate, the wrong order, more than belongs there" {
	authority mid root
	certificate good mid
	finds INCOMPLETE good
	finds TRANSPARENCY good -cert_chain mid.pem
	cat root.pem mid.pem >wrong.pem
	finds "ORDER ROOT-SENT TRANSPARENCY" good -cert_chain wrong.pem
	cat mid.pem root.pem >whole.pem
	finds "ROOT-SENT TRANSPARENCY" good -cert_chain whole.pem
	authority stranger
	cat mid.pem stranger.pem >more.pem
	finds "SUPERFLUOUS TRANSPARENCY" good -cert_chain more.pem
}

@test "an authority as a server, and a client" {
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ca.key
	printf '%s\n' basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,digitalSignature subjectAltName=IP:127.0.0.1 >ca.cnf
	sign ca ca.cnf 60 root -sha256
	finds "CA-LEAF TRANSPARENCY" ca
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out client.key
	printf '%s\n' basicConstraints=critical,CA:FALSE extendedKeyUsage=clientAuth subjectAltName=IP:127.0.0.1 >client.cnf
	sign client client.cnf 60 root -sha256
	finds "SERVER-AUTH UNTRUSTED" client
}

# staple NAME STATUS [ISSUER]: an OCSP response for NAME.pem, in NAME.ocsp.
staple() {
	local serial revoked="" ca=${3:-root}
	serial=$(openssl x509 -in "$1.pem" -noout -serial | cut -d = -f 2)
	[ "$2" = V ] || revoked=$(date -u -d yesterday +%y%m%d%H%M%SZ)
	printf '%s\t%s\t%s\t%s\tunknown\t/CN=x\n' "$2" "$(date -u -d '+90 days' +%y%m%d%H%M%SZ)" "$revoked" "$serial" >index
	openssl ocsp -index index -CA "$ca.pem" -issuer "$ca.pem" -rsigner "$ca.pem" -rkey "$ca.key" -cert "$1.pem" -ndays 7 -respout "$1.ocsp" >/dev/null 2>&1
}

@test "must-staple, staples good, revoked, stale and broken" {
	certificate must root subjectAltName=IP:127.0.0.1 tlsfeature=status_request
	finds "MUST-STAPLE TRANSPARENCY" must
	staple must V
	finds TRANSPARENCY must -status_file must.ocsp
	jq -e '.facts.chains[0].staple | .present and .verified and .fresh and .status == "good"' facts.json
	SOURCE_DATE_EPOCH=$(($(date +%s) + 8 * 86400)) finds "STAPLE-STALE TRANSPARENCY" must -status_file must.ocsp
	staple must R
	finds "REVOKED TRANSPARENCY" must -status_file must.ocsp
	certificate another root
	staple another V
	finds "STAPLE TRANSPARENCY" must -status_file another.ocsp
}

@test "two chains, by the kinds of keys" {
	certificate ec root
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key 2>/dev/null
	certificate rsa root
	server ec -dcert rsa.pem -dkey rsa.key
	[ "$(findings)" = TRANSPARENCY ]
	jq -e '[.facts.chains[] | [.id, .versions]] == [["ECDSA", ["TLSv1.2", "TLSv1.3"]], ["RSA", ["TLSv1.2", "TLSv1.3"]]]' facts.json
	jq -e '[.facts.certificates[].id] == ["ECDSA 0 CN=ec", "RSA 0 CN=rsa"]' facts.json
}

@test "the system's roots, by hash, and none" {
	certificate good root
	server good
	mkdir roots empty
	cp root.pem roots
	openssl rehash roots
	SSL_CERT_DIR=$PWD/roots code 0 merlon-tls "127.0.0.1:$port"
	SSL_CERT_DIR=$PWD/empty code 3 merlon-tls "127.0.0.1:$port"
	has "the system's trusted roots cannot be read"
	SSL_CERT_DIR=$PWD/roots code 3 merlon-tls "127.0.0.1:$port" --ca /dev/null
	code 2 merlon-tls "127.0.0.1:$port" --ca nowhere.pem
	: >none.pem
	code 3 merlon-tls "127.0.0.1:$port" --ca none.pem
	has "the file of trusted roots has no certificate"
}

@test "nginx, with stapling" {
	command -v nginx >/dev/null || skip "nginx is not installed"
	authority mid root
	certificate good mid
	cat good.pem mid.pem >chain.pem
	staple good V mid
	port=$(free_port)
	cat >nginx.conf <<-END
		daemon off; master_process off; pid $PWD/nginx.pid; error_log stderr;
		events {}
		http { access_log off; client_body_temp_path $PWD/t1; proxy_temp_path $PWD/t2; fastcgi_temp_path $PWD/t3; uwsgi_temp_path $PWD/t4; scgi_temp_path $PWD/t5;
		server { listen 127.0.0.1:$port ssl; ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate $PWD/chain.pem; ssl_certificate_key $PWD/good.key;
		ssl_stapling on; ssl_stapling_file $PWD/good.ocsp; } }
	END
	nginx -c "$PWD/nginx.conf" -e stderr -p "$PWD" 2>/dev/null 3>&- &
	pids="$pids $!"
	answers "$port"
	[ "$(findings)" = TRANSPARENCY ]
	jq -e '.facts.chains[0] | .path == ["CN=good", "CN=mid", "CN=root"] and .staple.verified and .staple.fresh' facts.json
}

@test "facts of certificates are evidence" {
	certificate good root
	server good
	findings
	jq -S 'del(.runs[].sandbox)' f.json >first
	run merlon eval facts.json -o json=g.json
	jq -S 'del(.runs[].sandbox)' g.json >second
	cmp first second
}

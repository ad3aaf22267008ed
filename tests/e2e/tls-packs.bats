#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The packs of guidelines against an nginx that is configured as a guideline says, and against one that is not.
bats_require_minimum_version 1.5.0
load common

# serve LINES...: an nginx on $port with a certificate for 89 days.
serve() {
	PATH=$PATH:/usr/sbin
	for program in nginx openssl python3; do
		command -v "$program" >/dev/null || skip "$program is not installed"
	done
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -out cert -days 89 -subj /CN=a -addext subjectAltName=IP:127.0.0.1 2>/dev/null
	cat >conf <<END
daemon off; master_process off; pid $PWD/pid; error_log stderr; events {}
http { access_log off; client_body_temp_path $PWD/t1; proxy_temp_path $PWD/t2; fastcgi_temp_path $PWD/t3; uwsgi_temp_path $PWD/t4; scgi_temp_path $PWD/t5;
server { listen 127.0.0.1:$port ssl; ssl_certificate $PWD/cert; ssl_certificate_key $PWD/key; return 200 x;
$(printf '%s\n' "$@") } }
END
	nginx -p "$PWD" -e stderr -c "$PWD/conf" 2>nginx.log 3>&- &
	server=$!
	for _ in $(seq 100); do
		(exec 4<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
		sleep 0.05
	done
	skip "nginx does not start here: $(head -n 1 nginx.log)"
}

teardown() {
	[ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
	wait "${server:-}" 2>/dev/null || true
}

HSTS='add_header Strict-Transport-Security "max-age=63072000" always;'
INTERMEDIATE=ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305

@test "Mozilla's modern configuration passes modern" {
	serve 'ssl_protocols TLSv1.3; ssl_ecdh_curve X25519:prime256v1:secp384r1; ssl_prefer_server_ciphers off;' "$HSTS"
	code 0 merlon scan "tls://127.0.0.1:$port" --ca cert -p tls-mozilla-modern -o json=f.json
	jq -e '.runs[0].summary | .unknown == 0 and .pass > 10' f.json
	code 0 merlon scan "tls://127.0.0.1:$port" --ca cert -p tls-pci-dss-4
}

@test "Mozilla's intermediate configuration passes intermediate, and modern says what is too much" {
	serve 'ssl_protocols TLSv1.2 TLSv1.3; ssl_ecdh_curve X25519:prime256v1:secp384r1; ssl_prefer_server_ciphers off;' "ssl_ciphers $INTERMEDIATE;" "$HSTS"
	code 0 merlon scan "tls://127.0.0.1:$port" --ca cert -p tls-mozilla-intermediate -o json=f.json
	jq -e '.runs[0].summary | .unknown == 0 and .pass > 15' f.json
	code 1 merlon scan "tls://127.0.0.1:$port" --ca cert -p tls-mozilla-modern
	has "TLSv1.2 is offered; the guideline has TLSv1.3"
}

@test "an edition is chosen by a profile" {
	serve 'ssl_protocols TLSv1.3; ssl_ecdh_curve X25519:prime256v1:secp384r1; ssl_prefer_server_ciphers off;' "$HSTS"
	printf 'merlon: profile/v1\nid: older\ntitle: An older edition\nextends: [tls-mozilla-modern]\nset: { guideline: "5.7" }\n' >older.yaml
	code 0 merlon scan "tls://127.0.0.1:$port" --ca cert -p ./older.yaml --fail-on low
	code 1 merlon scan "tls://127.0.0.1:$port" --ca cert -p tls-mozilla-modern --fail-on low
	has "X25519MLKEM768"
}

@test "NIST's and BSI's suites and curves pass theirs" {
	serve 'ssl_protocols TLSv1.2 TLSv1.3; ssl_ecdh_curve prime256v1:secp384r1;' 'ssl_ciphers ECDHE+AESGCM;' \
		'ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384;' \
		'ssl_conf_command SignatureAlgorithms ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:RSA-PSS+SHA256:RSA+SHA256;'
	code 0 merlon scan "tls://127.0.0.1:$port" --ca cert -p tls-bsi-tr-02102-2
	run merlon scan "tls://127.0.0.1:$port" --ca cert -p tls-nist-800-52r2 -o json=f.json
	jq -e '[.runs[0].results[] | select(.verdict == "fail" and (.rule | test("VERSION|SUITE|GROUP|DH|CERT-KEY|CERT-HASH")))] == []' f.json
}

@test "a server of old times fails all of them" {
	serve 'ssl_protocols TLSv1 TLSv1.1 TLSv1.2;' 'ssl_ciphers ALL:COMPLEMENTOFALL:@SECLEVEL=0;'
	for pack in tls-mozilla-modern tls-mozilla-intermediate tls-nist-800-52r2 tls-bsi-tr-02102-2 tls-pci-dss-4 tls-post-quantum; do
		code 1 merlon scan "tls://127.0.0.1:$port" --ca cert -p "$pack"
	done
}

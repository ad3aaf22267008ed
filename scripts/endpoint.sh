# SPDX-License-Identifier: Apache-2.0
# Sourced by security-scan.sh: the TLS endpoint of the demo, an nginx on loopback that lives as long as the scan.

endpoint_pid=
endpoint_directory=

# start_endpoint CONF: sets $endpoint to 127.0.0.1:PORT. Where it cannot start, says why and fails.
start_endpoint() {
	endpoint=
	nginx=$(PATH=$PATH:/usr/sbin; command -v nginx) || nginx=
	if [ -z "$nginx" ] || ! command -v openssl >/dev/null; then
		echo "merlon: the demo goes without its TLS endpoint: nginx or openssl is not installed" >&2
		return 1
	fi
	endpoint_directory=$(mktemp -d) || return 1
	make_certificate && cp "$1" "$endpoint_directory/nginx.conf" && mkdir "$endpoint_directory/tmp" || return 1
	# Always the same port where it is free, so that two scans are alike.
	for port in 18443 18444 18445 18446 18447 18448 18449 18450; do
		if try_endpoint "$port"; then
			endpoint=127.0.0.1:$port
			return 0
		fi
	done
	echo "merlon: the demo goes without its TLS endpoint: $(tail -n 1 "$endpoint_directory/log")" >&2
	return 1
}

make_certificate() {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$endpoint_directory/cert.key" -out "$endpoint_directory/cert.pem" \
		-days 7 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
}

# try_endpoint PORT: nginx writes its pid once it listens. It ends with the shell, however that ends.
try_endpoint() {
	echo "listen 127.0.0.1:$1 ssl;" >"$endpoint_directory/listen.conf"
	setpriv --pdeathsig TERM "$nginx" -p "$endpoint_directory/" -c "$endpoint_directory/nginx.conf" -e stderr \
		>"$endpoint_directory/log" 2>&1 </dev/null &
	endpoint_pid=$!
	while kill -0 "$endpoint_pid" 2>/dev/null; do
		[ ! -s "$endpoint_directory/nginx.pid" ] || return 0
		sleep 0.05
	done
	endpoint_pid=
	return 1
}

# stop_endpoint: safe at any time, and twice.
stop_endpoint() {
	if [ -n "$endpoint_pid" ]; then
		kill "$endpoint_pid" 2>/dev/null || :
		wait "$endpoint_pid" 2>/dev/null || :
		endpoint_pid=
	fi
	[ -z "$endpoint_directory" ] || rm -rf "$endpoint_directory"
	endpoint_directory=
}

# SPDX-License-Identifier: Apache-2.0
# Sourced by the two commands: which Debian 12 packages they need, and how to install what is missing, without starting services.

build_packages="autoconf automake libtool pkg-config make gcc libc6-dev libfyaml-dev libjansson-dev
libpcre2-dev libseccomp-dev libcap-dev nettle-dev libssl-dev libidn2-dev"

# For the endpoint that the demo scans.
demo_packages="nginx openssl"

test_packages="$build_packages autoconf-archive bash bats clang-14 clang cppcheck valgrind libclang-rt-14-dev libcmocka-dev
libxml2-utils python3 python3-yaml python3-jsonschema docker-compose jq git procps util-linux mandoc shellcheck
libcap2-bin strace xz-utils bash-completion ca-certificates openssl gnutls-bin sslscan testssl.sh
libnss3-tools nginx apache2 haproxy stunnel4 lighttpd lighttpd-mod-openssl lighttpd-mod-mbedtls lighttpd-mod-wolfssl redis-server caddy nodejs botan
postgresql mariadb-server-core slapd dovecot-core dovecot-imapd dovecot-pop3d dovecot-lmtpd dovecot-managesieved postfix vsftpd prosody"

# Of those, what a machine would run as a service (PACKAGE:SERVICE where the names differ). Here tests start them themselves, on loopback.
services="nginx apache2 haproxy stunnel4 lighttpd redis-server caddy postgresql slapd dovecot-core:dovecot postfix vsftpd prosody"

# installed PACKAGE
installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# without_services COMMAND...: runs it under a policy that starts no service, unless the machine has a policy of its own.
without_services() (
	policy=/usr/sbin/policy-rc.d
	if [ ! -e $policy ]; then
		trap '$root rm -f $policy' EXIT
		trap 'exit 2' HUP INT TERM
		printf '#!/bin/sh\nexit 101\n' | $root tee $policy >/dev/null
		$root chmod 755 $policy
	fi
	"$@"
)

# disable_new PACKAGE...: those that are services do not start with the machine either, now that they were installed.
disable_new() {
	command -v systemctl >/dev/null || return 0
	for package in "$@"; do
		for service in $services; do
			[ "${service%:*}" != "$package" ] || $root systemctl --quiet disable "${service#*:}" 2>/dev/null || :
		done
	done
}

# install_missing PACKAGE...: installs those that are not there, and says which.
install_missing() {
	missing=
	for package in "$@"; do
		installed "$package" || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	if ! command -v apt-get >/dev/null; then
		echo "merlon: these Debian packages are needed and there is no apt-get:$missing" >&2
		return 2
	fi
	root=
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || {
			echo "merlon: as root, run: apt-get install -y --no-install-recommends$missing" >&2
			return 2
		}
		root=sudo
	fi
	echo "merlon: installing Debian packages:$missing" >&2
	# shellcheck disable=SC2086
	{
		$root env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
			without_services $root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing &&
			disable_new $missing
	} >&2 || {
		echo "merlon: the installation failed" >&2
		return 2
	}
}

# build DIRECTORY TARGETS CONFIGURE-ARGUMENT...: configures once (again when configure.ac or an argument changed) and makes.
build() {
	dir=$1
	targets=$2
	shift 2
	mkdir -p "$dir"
	if [ ! -x "$top/configure" ] || [ -n "$(find "$top/configure.ac" "$top/Makefile.am" "$top"/m4/*.m4 -newer "$top/configure")" ]; then
		(cd "$top" && autoreconf -fi) >"$dir/autoreconf.log" 2>&1 || {
			cat "$dir/autoreconf.log" >&2
			return 2
		}
	fi
	if [ ! -f "$dir/config.status" ] || [ "$(cat "$dir/configure.args" 2>/dev/null)" != "$*" ]; then
		(cd "$dir" && "$top/configure" --quiet "$@") >"$dir/configure.log" 2>&1 || {
			cat "$dir/configure.log" >&2
			return 2
		}
		printf '%s' "$*" >"$dir/configure.args"
	fi
	# shellcheck disable=SC2086
	make -C "$dir" -j "$(nproc)" $targets >"$dir/make.log" 2>&1 || {
		tail -n 40 "$dir/make.log" >&2
		return 2
	}
}

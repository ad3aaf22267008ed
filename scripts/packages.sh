# SPDX-License-Identifier: Apache-2.0
# Sourced by the two commands: which Debian 12 packages they need, and how to install what is missing.

build_packages="autoconf automake libtool pkg-config make gcc libc6-dev libfyaml-dev libjansson-dev
libpcre2-dev libseccomp-dev libcap-dev nettle-dev"

test_packages="$build_packages autoconf-archive bash bats clang-14 clang cppcheck valgrind libclang-rt-14-dev libcmocka-dev
libxml2-utils python3 python3-yaml python3-jsonschema docker-compose jq git procps util-linux mandoc shellcheck
libcap2-bin strace xz-utils bash-completion ca-certificates openssl gnutls-bin sslscan
libnss3-tools"

# installed PACKAGE
installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
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
			$root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing
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

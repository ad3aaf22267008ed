#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds Merlon, and scans: the given targets, or the bundled example stack and a TLS endpoint.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/scripts/packages.sh"
. "$top/scripts/endpoint.sh"

usage() {
	cat <<'EOF'
usage: scripts/security-scan.sh [TARGET|OPTION]...

Builds Merlon on Debian 12 (installing missing packages, which it names) and runs
`merlon scan` with the same arguments; without arguments on examples/ and an nginx
that it starts on loopback for the time of the scan.
See `man merlon` or `merlon scan --help` for the options, for instance:

  scripts/security-scan.sh path/to/project
  scripts/security-scan.sh path/to/project -o sarif=merlon.sarif --fail-on high
  scripts/security-scan.sh tls://www.example.org

Exit code: 0 passed, 1 findings, 2 usage or set-up, 3 could not vouch.
EOF
}

case ${1-} in
-h | --help)
	usage
	exit 0
	;;
esac

# shellcheck disable=SC2086
install_missing $build_packages || exit 2
build "$top/build/scan" "all install" --prefix="$top/build/scan/prefix" || exit 2
merlon=$top/build/scan/prefix/bin/merlon
[ $# -eq 0 ] || exec "$merlon" scan "$@"

# The demo: the example stack, and the endpoint where it can be had.
cd "$top"
trap stop_endpoint EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
# shellcheck disable=SC2086
install_missing $demo_packages || :
set -- examples
! start_endpoint examples/endpoint/nginx.conf || set -- examples "tls://$endpoint"
code=0
"$merlon" scan "$@" || code=$?
exit "$code"

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds Merlon, and scans: the given targets, or the bundled example stack.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
. "$top/scripts/packages.sh"

usage() {
	cat <<'EOF'
usage: scripts/security-scan.sh [TARGET|OPTION]...

Builds Merlon on Debian 12 (installing missing packages, which it names) and runs
`merlon scan` with the same arguments; without arguments on examples/.
See `man merlon` or `merlon scan --help` for the options, for instance:

  scripts/security-scan.sh path/to/project
  scripts/security-scan.sh path/to/project -o sarif=merlon.sarif --fail-on high

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
if [ $# -eq 0 ]; then
	cd "$top"
	set -- examples
fi
exec "$top/build/scan/prefix/bin/merlon" scan "$@"

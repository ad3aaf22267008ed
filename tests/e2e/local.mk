# SPDX-License-Identifier: Apache-2.0
# Against the built binaries, as a user runs them.
dist_check_SCRIPTS += tests/e2e/headers.sh
TESTS += tests/e2e/headers.sh

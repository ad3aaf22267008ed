# SPDX-License-Identifier: Apache-2.0
# The stack that the demo scans, twice: hardened and flawed; and the TLS endpoint that it starts.
EXTRA_DIST += examples/README.md examples/endpoint/nginx.conf
EXTRA_DIST += \
	examples/hardened/docker-compose.yml examples/hardened/docker-compose.override.yml \
	examples/hardened/api/Dockerfile examples/hardened/api/.dockerignore examples/hardened/api/app.py \
	examples/hardened/worker/Dockerfile examples/hardened/worker/.dockerignore examples/hardened/worker/worker.py \
	examples/hardened/nginx/nginx.conf examples/hardened/db/init.sql
EXTRA_DIST += \
	examples/flawed/docker-compose.yml examples/flawed/docker-compose.override.yml examples/flawed/.env \
	examples/flawed/api/Dockerfile examples/flawed/api/app.py \
	examples/flawed/worker/Dockerfile examples/flawed/worker/worker.py \
	examples/flawed/nginx/nginx.conf examples/flawed/db/init.sql

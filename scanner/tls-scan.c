/* SPDX-License-Identifier: Apache-2.0 */
/* Workers that ask TLS endpoints and judge them. */
#include "scanner/tls-scan.h"

#include <unistd.h>

#include "checks/tls/tls.h"
#include "facts/tls.h"
#include "scanner/judged.h"

enum { SECONDS = 60, SPARE_SECONDS = 30, JOBS = 8 };

struct tls_job {
	const struct ml_options *options;
	const struct ml_packs *packs;
	const struct ml_endpoint *endpoint;
};

/* ---- in the worker ---- */

static int dial(void *ctx, unsigned address, bool plain)
{
	char argument[2] = {(char)address, (char)plain};

	return address > UINT8_MAX ? ML_ENOENT : ml_worker_ask(ctx, ML_REQUEST_CONNECT, (struct ml_str){argument, sizeof(argument)});
}

static int scan(struct ml_worker *worker, void *arg)
{
	const struct tls_job *job = arg;
	const struct ml_options *options = job->options;
	struct ml_arena *arena = ml_judging_arena();
	struct ml_tls_dialer dialer = {dial, worker};
	struct ml_tls_request request = {
		.endpoint = job->endpoint->text, .port = job->endpoint->port, .seconds = options->timeout ? options->timeout : SECONDS,
		.name = options->server_name ? ml_str(options->server_name) : job->endpoint->is_address ? ML_STR("") : job->endpoint->host,
	};
	struct ml_facts *facts = arena ? ml_facts_new(arena, &ml_kind_tls, job->endpoint->uri) : NULL;

	if (!facts || ml_tls_collect(facts, &dialer, &request))
		return ML_JUDGING_FAILED;
	return ml_judging_run(worker, facts, job->packs, options->facts_dir != NULL);
}

/* ---- in the broker ---- */

int ml_tls_scan(const struct ml_options *options, struct ml_endpoint *endpoints, size_t n, const struct ml_packs *packs, struct ml_documents *documents,
	struct ml_error *err)
{
	struct ml_worker_spec *specs = ml_alloc_array(options->arena, n, sizeof(*specs));
	struct tls_job *jobs = ml_alloc_array(options->arena, n, sizeof(*jobs));
	struct ml_str *uris = ml_alloc_array(options->arena, n, sizeof(*uris));
	const char **kinds = ml_alloc_array(options->arena, n, sizeof(*kinds));
	struct ml_judged judged = {.options = options, .documents = documents, .uris = uris, .kinds = kinds, .total = n,
		.progress = !options->quiet && isatty(STDERR_FILENO)};
	int r;

	if (ml_arena_failed(options->arena))
		return ml_fail(err, ML_ENOMEM, "out of memory");
	for (size_t i = 0; i < n; i++) {
		jobs[i] = (struct tls_job){options, packs, &endpoints[i]};
		uris[i] = endpoints[i].uri;
		kinds[i] = ml_kind_tls.name;
		specs[i] = ml_job_spec(options, "tls", scan, &jobs[i]);
		specs[i].table = ML_TABLE_SOCKETS;
		specs[i].warm_up = ml_judging_warm_up;
		specs[i].requests = ml_connect_requests;
		specs[i].nrequests = ml_connect_nrequests;
		specs[i].broker_ctx = &endpoints[i];
		specs[i].wall_seconds = (options->timeout ? options->timeout : SECONDS) + SPARE_SECONDS;
	}
	r = ml_workers_run(specs, n, options->jobs ? options->jobs : JOBS, ml_judged_done, &judged, err);
	ml_judged_end(&judged);
	return r ? r : judged.refused ? ML_EINVAL : 0;
}

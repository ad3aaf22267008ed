/* SPDX-License-Identifier: Apache-2.0 */
/* Workers that ask TLS endpoints and judge them. */
#include "scanner/tls-scan.h"

#include <unistd.h>

#include "base/clock.h"
#include "checks/tls/cert.h"
#include "checks/tls/session.h"
#include "checks/tls/tls.h"
#include "facts/tls.h"
#include "scanner/epoch.h"
#include "scanner/files.h"
#include "scanner/judged.h"
#include "scanner/tls-trust.h"

#define CA_BYTES ((size_t)16 << 20)

enum { SECONDS = 60, SPARE_SECONDS = 30, JOBS = 8 };

struct tls_job {
	const struct ml_options *options;
	const struct ml_packs *packs;
	const struct ml_endpoint *endpoint;
	struct ml_str name; /* for server_name */
	struct ml_str ca;   /* PEM; ptr NULL: the system's roots */
	int64_t now;
	int64_t deadline;   /* of the run, milliseconds of CLOCK_MONOTONIC; 0: none */
	struct ml_tls_library *library; /* of all jobs */
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
		.endpoint = job->endpoint->text, .port = job->endpoint->port, .starttls = job->endpoint->starttls,
		.seconds = options->timeout ? options->timeout : SECONDS,
		.plain_port = job->endpoint->plain_port, .http_path = ml_str(options->http_path), .library = job->library,
		.deadline = job->deadline, .name = job->name, .now = job->now, .trust = ml_trust_in_worker(worker, job->ca),
	};
	struct ml_facts *facts = arena ? ml_facts_new(arena, &ml_kind_tls, job->endpoint->uri) : NULL;

	if (!facts || ml_tls_collect(facts, &dialer, &request))
		return ML_JUDGING_FAILED;
	return ml_judging_run(worker, facts, job->packs, options->facts_dir != NULL);
}

static void warm_up(void *arg)
{
	ml_judging_warm_up(arg);
	ml_tls_certificates_warm_up();
}

/* ---- in the broker ---- */

/* What all endpoints have in common. */
static int read_common(const struct ml_options *options, struct tls_job *common, struct ml_error *err)
{
	int r = ml_epoch_now(&common->now, err);

	if (r == 0 && options->server_name)
		r = ml_host_read(options->arena, ml_str(options->server_name), &common->name, err);
	if (r == 0 && options->ca)
		r = ml_file_read(options->arena, options->ca, CA_BYTES, &common->ca, err);
	return r;
}

static struct tls_job job_of(const struct tls_job *common, const struct ml_endpoint *endpoint)
{
	struct tls_job job = *common;

	job.endpoint = endpoint;
	if (!job.options->server_name)
		job.name = endpoint->is_address ? ML_STR("") : endpoint->host;
	return job;
}

int ml_tls_scan(const struct ml_options *options, struct ml_endpoint *endpoints, size_t n, const struct ml_packs *packs, struct ml_documents *documents,
	struct ml_error *err)
{
	struct ml_worker_spec *specs = ml_alloc_array(options->arena, n, sizeof(*specs));
	struct tls_job *jobs = ml_alloc_array(options->arena, n, sizeof(*jobs));
	struct ml_str *uris = ml_alloc_array(options->arena, n, sizeof(*uris));
	const char **kinds = ml_alloc_array(options->arena, n, sizeof(*kinds));
	struct ml_judged judged = {.options = options, .documents = documents, .uris = uris, .kinds = kinds, .total = n,
		.progress = !options->quiet && isatty(STDERR_FILENO)};
	struct tls_job common = {.options = options, .packs = packs,
		.deadline = options->deadline ? ml_clock_ms() + (int64_t)options->deadline * 1000 : 0};
	int r = read_common(options, &common, err), roots;

	if (r)
		return r;
	if (ml_arena_failed(options->arena))
		return ml_fail(err, ML_ENOMEM, "out of memory");
	common.library = ml_tls_library_new(); /* here once, for all workers */
	if (!common.library)
		return ml_fail(err, ML_ENOMEM, "libssl cannot be set up");
	roots = options->ca ? -1 : ml_trust_directory();
	for (size_t i = 0; i < n; i++) {
		endpoints[i].roots = roots;
		endpoints[i].plain_port = (uint16_t)options->http_port;
		jobs[i] = job_of(&common, &endpoints[i]);
		uris[i] = endpoints[i].uri;
		kinds[i] = ml_kind_tls.name;
		specs[i] = ml_job_spec(options, "tls", scan, &jobs[i]);
		specs[i].table = ML_TABLE_SOCKETS;
		specs[i].warm_up = warm_up;
		specs[i].requests = ml_connect_requests;
		specs[i].nrequests = ml_connect_nrequests;
		specs[i].broker_ctx = &endpoints[i];
		specs[i].wall_seconds = (options->timeout ? options->timeout : SECONDS) + SPARE_SECONDS;
	}
	r = ml_workers_run(specs, n, options->jobs ? options->jobs : JOBS, ml_judged_done, &judged, err);
	ml_judged_end(&judged);
	if (roots >= 0)
		close(roots);
	ml_tls_library_free(common.library);
	return r ? r : judged.refused ? ML_EINVAL : 0;
}

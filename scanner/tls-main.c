/* SPDX-License-Identifier: Apache-2.0 */
/* merlon-tls: TLS endpoints. */
#include <unistd.h>

#include "base/log.h"
#include "scanner/command.h"
#include "scanner/reporter.h"
#include "scanner/tls-scan.h"

#define DOCUMENT_BYTES ((size_t)1 << 30)

static int fail(const struct ml_error *err)
{
	if (err->message[0])
		ml_log_error(err);
	return ML_EXIT_USAGE;
}

static int read_endpoints(const struct ml_options *options, struct ml_endpoint **out, struct ml_error *err)
{
	struct ml_endpoint *endpoints = ml_alloc_array(options->arena, options->operands.n, sizeof(*endpoints));
	int r = endpoints ? 0 : ml_fail(err, ML_ENOMEM, "out of memory");

	if (options->operands.n == 0)
		r = ml_fail(err, ML_EINVAL, "an endpoint is missing: tls://HOST:PORT");
	for (size_t i = 0; i < options->operands.n && r == 0; i++)
		r = ml_endpoint_read(options->arena, ml_str(options->operands.items[i]), options->starttls, &endpoints[i], err);
	for (size_t i = 0; i < options->operands.n && r == 0; i++)
		ml_endpoint_resolve(&endpoints[i]);
	*out = endpoints;
	return r;
}

static int run(const struct ml_options *options)
{
	struct ml_documents documents = {.arena = ml_arena_new(DOCUMENT_BYTES)};
	struct ml_reporter reporter = {.options = options, .documents = &documents, .default_format = "terminal", .fail_on = options->severity};
	struct ml_endpoint *endpoints;
	struct ml_packs packs;
	struct ml_error err = {0};
	int code = ML_EXIT_USAGE;

	if (!documents.arena || read_endpoints(options, &endpoints, &err) || ml_packs_read(options->arena, &options->policies, &packs, &err) ||
		ml_tls_scan(options, endpoints, options->operands.n, &packs, &documents, &err))
		fail(&err);
	else if (!options->batch) /* for merlon documents go to standard output, and it makes the reports */
		code = ml_reporter_run(&reporter);
	else
		code = ml_documents_hand_on(&documents, STDOUT_FILENO, &err) ? fail(&err) : ML_EXIT_PASS;
	ml_arena_free(documents.arena);
	return code;
}

int main(int argc, char **argv)
{
	static const struct ml_command command = {"", "ENDPOINT...", "Asks TLS endpoints (tls://HOST:PORT) what they offer and judges it, in sealed workers.", ML_CMD_TLS,
		run};

	return ml_single_main(argc, argv, "merlon-tls", &command);
}

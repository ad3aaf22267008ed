/* SPDX-License-Identifier: Apache-2.0 */
/* merlon-config: configuration files, alone in a pipe, or started by merlon. */
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "scanner/command.h"
#include "scanner/config-scan.h"
#include "scanner/files.h"
#include "scanner/reporter.h"

#define BATCH_BYTES ((size_t)1 << 30)

static int fail(const struct ml_error *err)
{
	if (err->message[0])
		ml_log_error(err);
	return ML_EXIT_USAGE;
}

/* For merlon: targets come on standard input, documents go to standard output, merlon makes the reports. */
static int batch(const struct ml_options *options, const struct ml_packs *packs, struct ml_documents *documents)
{
	struct ml_targets targets = {0};
	struct ml_error err = {0};
	struct ml_str list;

	if (ml_file_read(options->arena, "-", BATCH_BYTES, &list, &err) || ml_targets_unpack(options->arena, list, &targets, &err) ||
		ml_config_scan(options, &targets, packs, documents, &err) || ml_documents_hand_on(documents, STDOUT_FILENO, &err))
		return fail(&err);
	return ML_EXIT_PASS;
}

static int alone(const struct ml_options *options, const struct ml_packs *packs, struct ml_documents *documents)
{
	struct ml_targets targets;
	struct ml_error err = {0};
	struct ml_reporter reporter = {.options = options, .documents = documents, .default_format = "json", .fail_on = options->severity};

	if (ml_targets_find(options, &targets, &err) || ml_config_scan(options, &targets, packs, documents, &err))
		return fail(&err);
	ml_reporter_targets(&reporter, &targets);
	return ml_reporter_run(&reporter);
}

static int run(const struct ml_options *options)
{
	struct ml_documents documents = {.arena = ml_arena_new(BATCH_BYTES)};
	struct ml_packs packs;
	struct ml_error err = {0};
	int code;

	if (!documents.arena || ml_packs_read(options->arena, &options->policies, &packs, &err))
		return fail(&err);
	code = options->batch ? batch(options, &packs, &documents) : alone(options, &packs, &documents);
	ml_arena_free(documents.arena);
	return code;
}

int main(int argc, char **argv)
{
	static const struct ml_command command = {"", "[TARGET...]", "Collects facts from Compose files and Dockerfiles and judges them, in sealed workers.",
		ML_CMD_CONFIG, run};

	return ml_single_main(argc, argv, "merlon-config", &command);
}

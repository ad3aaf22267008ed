/* SPDX-License-Identifier: Apache-2.0 */
/* merlon report: findings of earlier runs, joined and written again. */
#include "base/log.h"
#include "policies/findings.h"
#include "scanner/command.h"
#include "scanner/files.h"
#include "scanner/reporter.h"

#define DOCUMENT_BYTES ((size_t)1 << 30)

static int read_files(const struct ml_options *options, struct ml_documents *documents, struct ml_error *err)
{
	for (size_t i = 0; i < options->operands.n; i++) {
		struct ml_document document = {.uri = ml_str(options->operands.items[i])};
		int r = ml_file_read(documents->arena, options->operands.items[i], ML_FINDINGS_BYTES, &document.findings, err);
		if (r == 0)
			r = ml_documents_add(documents, document);
		if (r)
			return err->message[0] ? r : ml_fail(err, r, "out of memory");
	}
	return options->operands.n ? 0 : ml_fail(err, ML_EINVAL, "a findings file is missing; `merlon scan -o json=FILE` writes one");
}

int ml_cmd_report(const struct ml_options *options)
{
	struct ml_documents documents = {.arena = ml_arena_new(DOCUMENT_BYTES)};
	struct ml_reporter reporter = {.options = options, .documents = &documents, .default_format = "terminal", .fail_on = options->severity,
		.strict = true};
	struct ml_error err = {0};
	int code = ML_EXIT_USAGE;

	if (!documents.arena)
		ml_fail(&err, ML_ENOMEM, "out of memory");
	if (err.code || read_files(options, &documents, &err))
		ml_log_error(&err);
	else
		code = ml_reporter_run(&reporter);
	ml_arena_free(documents.arena);
	return code;
}

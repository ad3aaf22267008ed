/* SPDX-License-Identifier: Apache-2.0 */
/* merlon eval: fact files judged again, each in a sealed worker of its own. */
#include <unistd.h>

#include "base/log.h"
#include "facts/factfile.h"
#include "scanner/command.h"
#include "scanner/files.h"
#include "scanner/judged.h"
#include "scanner/reporter.h"

#define DOCUMENT_BYTES ((size_t)1 << 30)

struct eval_job {
	struct ml_str name, bytes;
	const struct ml_packs *packs;
	int severity; /* of the gate */
};

static int judge_facts(struct ml_worker *worker, void *arg)
{
	const struct eval_job *job = arg;
	struct ml_arena *arena = ml_judging_arena();
	struct ml_facts *facts;
	struct ml_error err = {0};
	int r = arena ? ml_factfile_read(arena, job->bytes, &facts, &err) : ML_ENOMEM;

	if (r == 0)
		return ml_judging_gated(worker, facts, job->packs, false, job->severity);
	if (r != ML_ENOMEM) {
		struct ml_diags diags = {.arena = arena};
		ml_diag_add(&diags, ML_DIAG_ERROR, job->name, err.line, err.col, "%s", err.message);
		ml_judging_diags(worker, &diags);
	}
	return r == ML_ENOMEM ? ML_JUDGING_FAILED : ML_JUDGING_POLICY;
}

static int fail(const struct ml_error *err)
{
	if (err->message[0])
		ml_log_error(err);
	return ML_EXIT_USAGE;
}

/* Reads every file before anything is judged: a missing one must not leave half a report. */
static int prepare(const struct ml_options *options, const struct ml_packs *packs, struct eval_job *jobs, struct ml_worker_spec *specs,
	struct ml_str *uris, struct ml_error *err)
{
	for (size_t i = 0; i < options->operands.n; i++) {
		int r = ml_file_read(options->arena, options->operands.items[i], ML_FACTFILE_BYTES, &jobs[i].bytes, err);
		if (r)
			return r;
		jobs[i].name = uris[i] = ml_str(options->operands.items[i]);
		jobs[i].packs = packs;
		jobs[i].severity = options->severity;
		specs[i] = ml_job_spec(options, "eval", judge_facts, &jobs[i]);
		specs[i].warm_up = ml_judging_warm_up;
	}
	return 0;
}

static int run(const struct ml_options *options, const struct ml_packs *packs, struct ml_documents *documents, struct ml_error *err)
{
	size_t n = options->operands.n;
	struct eval_job *jobs = ml_alloc_array(options->arena, n, sizeof(*jobs));
	struct ml_worker_spec *specs = ml_alloc_array(options->arena, n, sizeof(*specs));
	struct ml_str *uris = ml_alloc_array(options->arena, n, sizeof(*uris));
	const char **kinds = ml_alloc_array(options->arena, n, sizeof(*kinds));
	struct ml_judged judged = {.options = options, .documents = documents, .uris = uris, .kinds = kinds, .total = n,
		.progress = !options->quiet && isatty(STDERR_FILENO)};
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	int r;

	if (!jobs || !specs || !uris || !kinds)
		return ml_fail(err, ML_ENOMEM, "out of memory");
	r = prepare(options, packs, jobs, specs, uris, err);
	if (r == 0)
		r = ml_workers_run(specs, n, options->jobs ? options->jobs : processors > 0 ? (unsigned)processors : 1, ml_judged_done, &judged, err);
	ml_judged_end(&judged);
	return r ? r : judged.refused ? ML_EINVAL : 0;
}

int ml_cmd_eval(const struct ml_options *options)
{
	struct ml_documents documents = {.arena = ml_arena_new(DOCUMENT_BYTES)};
	struct ml_reporter reporter = {.options = options, .documents = &documents, .default_format = "terminal", .fail_on = options->severity};
	struct ml_packs packs;
	struct ml_error err = {0};
	int code;

	if (!documents.arena)
		ml_fail(&err, ML_ENOMEM, "out of memory");
	else if (options->operands.n == 0)
		ml_fail(&err, ML_EINVAL, "a fact file is missing; `merlon scan --facts DIR` writes them");
	if (err.code || ml_packs_read(options->arena, &options->policies, &packs, &err) || run(options, &packs, &documents, &err))
		code = fail(&err);
	else
		code = ml_reporter_run(&reporter);
	ml_arena_free(documents.arena);
	return code;
}

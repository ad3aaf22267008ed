/* SPDX-License-Identifier: Apache-2.0 */
/* One sealed worker for a command about policies. */
#include "scanner/policy-job.h"

#include <unistd.h>

#include "base/log.h"
#include "scanner/command.h"
#include "scanner/files.h"
#include "scanner/judging.h"

#define TEXT_BYTES ((size_t)64 << 20)
enum { DIAGS_MAX = 10000 };

static int load(struct ml_policy_job *job)
{
	struct ml_policy_source *sources = ml_judging_sources(job->arena, &job->packs);
	int r;

	if (!sources)
		return ML_ENOMEM;
	for (size_t i = 0; i < job->packs.n; i++)
		sources[i].chosen = sources[i].chosen && !(job->other && job->other(&job->packs.files[i]));
	job->wish.apart = job->packs.unasked;
	r = ml_policies_load(job->arena, sources, job->packs.n, &job->wish, &job->diags, &job->policies);
	job->broken = r != 0;
	return r == ML_ENOMEM ? r : 0;
}

static int work(struct ml_worker *worker, void *arg)
{
	struct ml_policy_job *job = arg;
	ML_BUF_AUTO out;
	int code;

	ml_buf_init(&out, TEXT_BYTES);
	job->arena = ml_judging_arena();
	job->diags = (struct ml_diags){.arena = job->arena, .max = DIAGS_MAX};
	if (!job->arena || load(job))
		return ML_EXIT_UNKNOWN;
	code = job->run(job, &out);
	ml_judging_diags(worker, &job->diags);
	if (out.error || (out.len && ml_frame_write(worker, ML_FRAME_TEXT, ml_buf_get(&out))))
		code = ML_EXIT_UNKNOWN;
	return code;
}

/* What came of the worker, printed. */
static void finish(void *ctx, size_t i, struct ml_outcome *outcome)
{
	struct ml_str rest = ml_buf_get(&outcome->output), bytes;
	struct ml_error err = {0};
	enum ml_frame type;
	bool broken = false;
	int *code = ctx;

	while (ml_frame_next(&rest, &type, &bytes, &broken)) {
		if (type == ML_FRAME_TEXT)
			ml_file_write(NULL, bytes, &err);
		else if (type == ML_FRAME_DIAGS)
			ml_fd_write(STDERR_FILENO, bytes, NULL);
	}
	if (outcome->code)
		err = outcome->error;
	else if (broken || outcome->status > ML_EXIT_USAGE)
		ml_fail(&err, ML_ENOMEM, "the policies could not be read: out of memory");
	if (err.code)
		ml_log_error(&err);
	*code = err.code ? ML_EXIT_USAGE : outcome->status;
}

int ml_policy_job_run(struct ml_policy_job *job)
{
	struct ml_worker_spec spec = ml_job_spec(job->options, "policy", work, job);
	struct ml_error err = {0};
	int code = ML_EXIT_USAGE;

	spec.warm_up = ml_judging_warm_up;
	if (ml_packs_read(job->options->arena, job->names, &job->packs, &err) || ml_workers_run(&spec, 1, 1, finish, &code, &err)) {
		ml_log_error(&err);
		return ML_EXIT_USAGE;
	}
	return code;
}

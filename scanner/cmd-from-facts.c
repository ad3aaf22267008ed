/* SPDX-License-Identifier: Apache-2.0 */
/* merlon policy from-facts: a policy that pins what a fact file shows. Facts are the target's: a
 * sealed worker reads them, and proves what it wrote. */
#include "base/log.h"
#include "facts/factfile.h"
#include "policies/pin.h"
#include "scanner/command.h"
#include "scanner/files.h"
#include "scanner/judging.h"

struct pin_job {
	const char *name;
	struct ml_str bytes;
	struct ml_pin_wish wish;
	const char *path; /* where the policy goes; NULL: standard output */
	int code;
};

static int write_policy(struct ml_worker *worker, const struct pin_job *job, struct ml_arena *arena,
	struct ml_error *err)
{
	struct ml_facts *facts;
	ML_BUF_AUTO out;
	int r = ml_factfile_read(arena, job->bytes, &facts, err);

	ml_buf_init(&out, ML_PIN_BYTES);
	if (r == 0)
		r = ml_pin_write(facts, &job->wish, &out, err);
	if (r == 0)
		r = ml_pin_check(facts, ml_buf_get(&out), err);
	return r ? r : ml_frame_write(worker, ML_FRAME_TEXT, ml_buf_get(&out));
}

static int work(struct ml_worker *worker, void *arg)
{
	const struct pin_job *job = arg;
	struct ml_arena *arena = ml_judging_arena();
	struct ml_error err = {0};
	struct ml_diags diags = {.arena = arena};
	int r = arena ? write_policy(worker, job, arena, &err) : ML_ENOMEM;

	if (r == 0)
		return ML_EXIT_PASS;
	if (r == ML_ENOMEM)
		return ML_EXIT_UNKNOWN;
	ml_diag_add(&diags, ML_DIAG_ERROR, ml_str(job->name), err.line, err.col, "%s", err.message);
	ml_judging_diags(worker, &diags);
	return ML_EXIT_USAGE;
}

/* Writes what the worker gave, when it ended well. */
static void finish(void *ctx, size_t i, struct ml_outcome *outcome)
{
	struct ml_str rest = ml_buf_get(&outcome->output), bytes, text = ML_STR_NONE;
	struct pin_job *job = ctx;
	struct ml_error err = {0};
	enum ml_frame type;
	bool broken = false;

	while (ml_frame_next(&rest, &type, &bytes, &broken)) {
		if (type == ML_FRAME_TEXT)
			text = bytes;
		else if (type == ML_FRAME_DIAGS)
			ml_fd_write(2, bytes, NULL);
	}
	job->code = ML_EXIT_USAGE;
	if (outcome->code)
		err = outcome->error;
	else if (broken || outcome->status == ML_EXIT_UNKNOWN)
		ml_fail(&err, ML_ENOMEM, "%s: out of memory", job->name);
	else if (outcome->status == ML_EXIT_PASS && ml_file_write(job->path, text, &err) == 0)
		job->code = ML_EXIT_PASS;
	if (err.code)
		ml_log_error(&err);
}

int ml_cmd_from_facts(const struct ml_options *options)
{
	struct pin_job job = {.wish = {options->pin_certificate}, .path = options->output_file};
	struct ml_worker_spec spec = ml_job_spec(options, "pin", work, &job);
	struct ml_error err = {0};

	spec.warm_up = ml_judging_warm_up;
	if (options->operands.n != 1) {
		ml_log(ML_LOG_ERROR,
			"got %zu fact files, want one; `merlon scan --facts DIR` writes them",
			options->operands.n);
		return ML_EXIT_USAGE;
	}
	job.name = options->operands.items[0];
	if (ml_file_read(options->arena, job.name, ML_FACTFILE_BYTES, &job.bytes, &err) ||
		ml_workers_run(&spec, 1, 1, finish, &job, &err)) {
		ml_log_error(&err);
		return ML_EXIT_USAGE;
	}
	return job.code;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The sealed reporter and its broker. */
#include "scanner/reporter.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/log.h"
#include "policies/waiver.h"
#include "reports/report.h"
#include "scanner/command.h"
#include "scanner/epoch.h"
#include "scanner/files.h"
#include "scanner/jobs.h"
#include "scanner/judging.h"

#define ARENA_BYTES   ((size_t)1280 << 20)
#define REPORT_BYTES  ((size_t)500 << 20)
#define WAIVERS_BYTES ((size_t)8 << 20)

enum { REPORTER_BROKEN = 100 };

/* What the worker is forked with. */
struct report_job {
	const struct ml_reporter *reporter;
	struct ml_policy_source *waivers; /* name and bytes of each file */
	size_t nwaivers;
	struct ml_str baseline_name, baseline;
	const struct ml_output *outputs;
	struct ml_output fallback; /* when the options name none */
	size_t noutputs;
	struct ml_report_options report;
	int32_t today;
};

/* ---- in the worker ---- */

static int say(struct ml_worker *worker, const struct ml_error *err)
{
	ML_BUF_AUTO line;

	ml_buf_init(&line, 4096);
	ml_buf_puts(&line, "merlon: ");
	if (err->file[0]) {
		ml_buf_escaped(&line, ml_str(err->file));
		ml_buf_puts(&line, ": ");
	}
	ml_buf_escaped(&line, ml_str(err->message));
	ml_buf_putc(&line, '\n');
	ml_frame_write(worker, ML_FRAME_DIAGS, ml_buf_get(&line));
	return err->code == ML_ENOMEM ? REPORTER_BROKEN : ML_EXIT_USAGE;
}

/* A document, with what the broker knows of its worker. One that cannot be read is a target that was not judged. */
static int read_document(struct ml_arena *arena, const struct ml_document *document, bool strict, struct ml_findings *out, struct ml_error *err)
{
	struct ml_error why = {0};
	int r = document->findings.ptr ? ml_findings_read(arena, document->findings, out, &why) : ml_findings_lost(arena, document->uri,
		document->kind, document->lost, out);

	if (r && r != ML_ENOMEM && strict)
		return ml_fail(err, r, "%.*s: %s", ML_STR_ARG(document->uri), why.message);
	if (r && r != ML_ENOMEM)
		r = ml_findings_lost(arena, document->uri, document->kind, ml_strf(arena, "the worker's findings cannot be read: %s", why.message), out);
	for (size_t i = 0; r == 0 && i < out->nruns && document->sandbox.len; i++)
		out->runs[i].sandbox = document->sandbox;
	return r ? ml_fail(err, r, "out of memory") : 0;
}

/* A folder that nobody could look into is a target that was not judged. */
static int add_unseen(struct ml_arena *arena, const struct ml_target *folder, struct ml_findings *out, struct ml_error *err)
{
	struct ml_str path = ml_strf(arena, "%s%s", folder->prefix, folder->path);

	if (ml_findings_lost(arena, path.len ? path : ML_STR("."), ML_STR("folder"), ml_str(folder->unseen), out))
		return ml_fail(err, ML_ENOMEM, "out of memory");
	return 0;
}

static int read_documents(struct ml_arena *arena, const struct ml_reporter *reporter, struct ml_findings *out, struct ml_error *err)
{
	const struct ml_documents *documents = reporter->documents;
	size_t n = documents->n, all = n + reporter->nunseen;
	struct ml_findings *parts = ml_alloc_array(arena, all, sizeof(*parts));
	int r = parts ? 0 : ml_fail(err, ML_ENOMEM, "out of memory");

	for (size_t i = 0; i < n && r == 0; i++)
		r = read_document(arena, &documents->items[i], reporter->strict, &parts[i], err);
	for (size_t i = n; i < all && r == 0; i++)
		r = add_unseen(arena, &reporter->unseen[i - n], &parts[i], err);
	return r ? r : ml_findings_merge(arena, parts, all, out, err);
}

static int apply_waivers(struct ml_worker *worker, struct ml_arena *arena, const struct report_job *job, struct ml_findings *findings, struct ml_error *err)
{
	struct ml_waivers waivers = {0};
	struct ml_diags diags = {.arena = arena};
	int r = 0;

	for (size_t i = 0; i < job->nwaivers && r != ML_ENOMEM; i++)
		r = ml_waivers_read(arena, job->waivers[i].name, job->waivers[i].bytes, &diags, &waivers);
	ml_judging_diags(worker, &diags);
	if (diags.errors)
		return ml_fail(err, ML_ESYNTAX, "the waivers have errors: nothing was judged by them");
	if (r == 0)
		r = ml_waivers_apply(arena, &waivers, job->today, findings);
	return r ? ml_fail(err, r, "waivers: %s", ml_strcode(r)) : 0;
}

static int apply_baseline(struct ml_arena *arena, const struct report_job *job, struct ml_findings *findings, struct ml_error *err)
{
	struct ml_findings baseline;
	struct ml_error why = {0};
	int r = 0;

	if (!job->baseline.ptr)
		return 0;
	r = ml_findings_read(arena, job->baseline, &baseline, &why);
	if (r)
		return ml_fail(err, r, "%.*s: %s", ML_STR_ARG(job->baseline_name), why.message);
	r = ml_baseline_apply(arena, &baseline, findings);
	return r ? ml_fail(err, r, "baseline: %s", ml_strcode(r)) : 0;
}

static int write_reports(struct ml_worker *worker, struct ml_arena *arena, const struct report_job *job, const struct ml_findings *findings, struct ml_error *err)
{
	for (size_t i = 0; i < job->noutputs; i++) {
		const struct ml_report_format *format;
		ML_BUF_AUTO out;
		ml_buf_init(&out, REPORT_BYTES);
		format = ml_report_find(job->outputs[i].format);
		if (!format)
			return ml_fail(err, ML_EINVAL, "no report format \"%.*s\"", ML_STR_ARG(job->outputs[i].format));
		format->write(findings, &job->report, arena, &out);
		if (out.error)
			return ml_fail(err, out.error, "report %.*s: %s", ML_STR_ARG(job->outputs[i].format), ml_strcode(out.error));
		if (ml_frame_write(worker, ML_FRAME_TEXT, ml_buf_get(&out)))
			return ml_fail(err, ML_EIO, "the broker is gone");
	}
	return 0;
}

static int report(struct ml_worker *worker, void *arg)
{
	const struct report_job *job = arg;
	struct ml_arena *arena = ml_arena_new(ARENA_BYTES);
	struct ml_findings findings;
	struct ml_error err = {0};
	int r;

	if (!arena)
		return REPORTER_BROKEN;
	r = read_documents(arena, job->reporter, &findings, &err);
	if (r == 0)
		r = apply_waivers(worker, arena, job, &findings, &err);
	if (r == 0)
		r = apply_baseline(arena, job, &findings, &err);
	if (r == 0)
		r = write_reports(worker, arena, job, &findings, &err);
	return r ? say(worker, &err) : ml_findings_gate(&findings, (enum ml_severity)job->reporter->fail_on);
}

/* ---- in the broker ---- */

static void choose_outputs(struct report_job *job)
{
	const struct ml_reporter *reporter = job->reporter;

	job->fallback = (struct ml_output){ml_str(reporter->default_format), NULL};
	job->outputs = reporter->options->noutputs ? reporter->options->outputs : &job->fallback;
	job->noutputs = reporter->options->noutputs ? reporter->options->noutputs : 1;
}

static int read_waiver_files(struct report_job *job, struct ml_arena *arena, const struct ml_words *names, struct ml_error *err)
{
	int r = 0;

	for (size_t i = 0; i < names->n && r == 0; i++) {
		struct ml_policy_source *file = &job->waivers[job->nwaivers++];
		file->name = ml_str(names->items[i]);
		r = ml_file_read(arena, names->items[i], WAIVERS_BYTES, &file->bytes, err);
	}
	return r;
}

static int read_inputs(struct report_job *job, struct ml_arena *arena, struct ml_error *err)
{
	const struct ml_reporter *reporter = job->reporter;
	const char *baseline = reporter->options->baseline ? reporter->options->baseline : reporter->baseline;
	int r;

	job->waivers = ml_alloc_array(arena, reporter->options->waivers.n + reporter->waivers.n, sizeof(*job->waivers));
	if (!job->waivers)
		return ml_fail(err, ML_ENOMEM, "out of memory");
	r = read_waiver_files(job, arena, &reporter->options->waivers, err);
	if (r == 0)
		r = read_waiver_files(job, arena, &reporter->waivers, err);
	if (r == 0 && baseline) {
		job->baseline_name = ml_str(baseline);
		r = ml_file_read(arena, baseline, ML_FINDINGS_BYTES, &job->baseline, err);
	}
	return r;
}

/* Today as days since 1970, or what SOURCE_DATE_EPOCH says. */
static int find_today(int32_t *today, struct ml_error *err)
{
	int64_t seconds = 0;
	int r = ml_epoch_now(&seconds, err);

	*today = (int32_t)(seconds / 86400);
	return r;
}

static bool on_terminal(const struct report_job *job)
{
	for (size_t i = 0; i < job->noutputs; i++)
		if (!job->outputs[i].path && ml_str_is(job->outputs[i].format, "terminal"))
			return isatty(STDOUT_FILENO);
	return false;
}

static void choose_looks(struct report_job *job)
{
	const struct ml_reporter *reporter = job->reporter;
	const struct ml_options *options = reporter->options;
	bool terminal = on_terminal(job);
	const char *none = getenv("NO_COLOR");
	struct winsize size;

	job->report = (struct ml_report_options){.verbose = options->verbose, .fail_on = (enum ml_severity)reporter->fail_on,
		.version = ML_STR(PACKAGE_VERSION), .ignored = reporter->ignored, .vendored = reporter->vendored, .baseline = job->baseline.ptr != NULL};
	job->report.color = options->color > 0 || (options->color == 0 && terminal && !(none && none[0]));
	if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		job->report.width = size.ws_col;
}

struct reported {
	const struct report_job *job;
	int exit_code;
};

static void write_outputs(struct reported *reported, struct ml_str rest)
{
	struct ml_error err = {0};
	struct ml_str bytes;
	enum ml_frame type;
	size_t at = 0;
	bool broken = false;

	while (ml_frame_next(&rest, &type, &bytes, &broken)) {
		int r = 0;
		if (type == ML_FRAME_DIAGS)
			ml_fd_write(STDERR_FILENO, bytes, NULL);
		else if (type == ML_FRAME_TEXT && at < reported->job->noutputs)
			r = ml_file_write(reported->job->outputs[at++].path, bytes, &err);
		if (r) {
			ml_log_error(&err);
			reported->exit_code = ML_EXIT_USAGE;
		}
	}
}

static void take_reports(void *ctx, size_t i, struct ml_outcome *outcome)
{
	struct reported *reported = ctx;

	reported->exit_code = outcome->code || outcome->status == REPORTER_BROKEN ? ML_EXIT_USAGE : outcome->status;
	if (outcome->code)
		ml_log(ML_LOG_ERROR, "the reporter failed: %s", outcome->error.message);
	else if (outcome->status == REPORTER_BROKEN)
		ml_log(ML_LOG_ERROR, "the reporter failed: out of memory");
	write_outputs(reported, ml_buf_get(&outcome->output));
}

static int run_worker(struct report_job *job, struct ml_error *err)
{
	struct ml_worker_spec spec = ml_job_spec(job->reporter->options, "reporter", report, job);
	struct reported reported = {job, ML_EXIT_USAGE};

	spec.warm_up = ml_judging_warm_up;
	spec.max_memory = (size_t)3 << 30;
	if (ml_workers_run(&spec, 1, 1, take_reports, &reported, err))
		return -1;
	return reported.exit_code;
}

void ml_reporter_targets(struct ml_reporter *reporter, const struct ml_targets *targets)
{
	reporter->waivers = targets->waivers;
	reporter->baseline = targets->baseline;
	reporter->ignored = targets->ignored;
	reporter->vendored = targets->vendored;
	reporter->unseen = targets->unseen;
	reporter->nunseen = targets->nunseen;
}

int ml_reporter_run(const struct ml_reporter *reporter)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct report_job job = {.reporter = reporter};
	struct ml_error err = {0};
	int code = -1;

	if (!arena)
		ml_fail(&err, ML_ENOMEM, "out of memory");
	else if (read_inputs(&job, arena, &err) == 0 && find_today(&job.today, &err) == 0) {
		choose_outputs(&job);
		choose_looks(&job);
		code = run_worker(&job, &err);
	}
	if (code >= 0)
		return code;
	ml_log_error(&err);
	return ML_EXIT_USAGE;
}

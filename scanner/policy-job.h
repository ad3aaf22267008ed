/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands about policies share: files read here, parsed in one sealed worker, which writes the text that is printed. */
#ifndef ML_SCANNER_POLICY_JOB_H
#define ML_SCANNER_POLICY_JOB_H

#include "policies/policy.h"
#include "scanner/options.h"
#include "scanner/packs.h"

struct ml_policy_job {
	const struct ml_options *options;
	const struct ml_words *names; /* policies to choose, as with -p; none: all packs */
	struct ml_policies_wish wish;
	/* In the worker, behind the seal: makes the text for standard output; the exit code. Called with the policies loaded, also when they have
	 * errors (job->broken). */
	int (*run)(struct ml_policy_job *job, struct ml_buf *out);
	/* Sources that the loader shall not see, because the command reads them itself; NULL: it sees all. */
	bool (*other)(const struct ml_text_file *file);
	/* Filled in for run(). */
	struct ml_arena *arena;
	struct ml_packs packs;
	struct ml_policies policies;
	struct ml_diags diags; /* printed after run() */
	bool broken;
};

/* Reads the files, runs the worker, prints what it wrote; an exit code. */
int ml_policy_job_run(struct ml_policy_job *job);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The broker's side of judging workers: what each of them gave becomes a document, or the reason why there is none. */
#ifndef ML_SCANNER_JUDGED_H
#define ML_SCANNER_JUDGED_H

#include "scanner/documents.h"
#include "scanner/jobs.h"
#include "scanner/judging.h"

struct ml_judged {
	const struct ml_options *options;
	struct ml_documents *documents;
	const struct ml_str *uris;  /* by the index of the worker */
	const char *const *kinds;   /* likewise; an element NULL: not known before */
	struct ml_str *lists;       /* likewise: what ML_FRAME_LIST held, copied; NULL: nobody wants it */
	size_t total, done;         /* for progress */
	bool progress;
	bool refused;    /* no worker can be sealed here, or the policies have errors: it was said, and nothing is judged */
};

/* For ml_workers_run. */
void ml_judged_done(void *ctx, size_t i, struct ml_outcome *outcome);

/* Takes the progress line away. */
void ml_judged_end(struct ml_judged *judged);

#endif

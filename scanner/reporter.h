/* SPDX-License-Identifier: Apache-2.0 */
/* From documents to reports and an exit code, in a sealed worker. */
#ifndef ML_SCANNER_REPORTER_H
#define ML_SCANNER_REPORTER_H

#include "scanner/documents.h"
#include "scanner/options.h"
#include "scanner/targets.h"

struct ml_reporter {
	const struct ml_options *options;
	const struct ml_documents *documents;
	const char *default_format; /* when no -o is given */
	struct ml_words waivers;    /* files, beside those of the options */
	const char *baseline;       /* when the options name none */
	int fail_on;                /* a severity */
	bool strict;                /* a document that cannot be read is an error, not a target that was lost */
	/* What discovery left alone, and the folders that it could not look into. */
	size_t ignored, vendored;
	const struct ml_target *unseen;
	size_t nunseen;
};

/* Takes from `targets` what a report says of discovery, and the plan's waivers and baseline. */
void ml_reporter_targets(struct ml_reporter *reporter, const struct ml_targets *targets);

/* Reads waivers and baseline, merges, labels, gates, writes every output. The exit code of the whole run; errors were said. */
int ml_reporter_run(const struct ml_reporter *reporter);

#endif

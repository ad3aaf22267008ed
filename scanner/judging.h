/* SPDX-License-Identifier: Apache-2.0 */
/* What every judging worker does behind its seal: policies from their bytes, facts judged, frames written. */
#ifndef ML_SCANNER_JUDGING_H
#define ML_SCANNER_JUDGING_H

#include "facts/facts.h"
#include "scanner/jobs.h"
#include "scanner/packs.h"

/* Exit statuses of a judging worker. */
enum ml_judging_status {
	ML_JUDGED = 0,
	ML_JUDGING_FAILED = 1, /* out of memory, or the broker is gone: the target is lost */
	ML_JUDGING_POLICY = 2, /* the policies have errors: a frame of diagnostics says which */
	ML_JUDGING_KIND = 3,   /* the target is of no kind that we know */
};

/* The arena of a worker for one target. NULL: out of memory. */
struct ml_arena *ml_judging_arena(void);

/* To be called before the seal: what libraries would do lazily behind it. Takes no argument; fits ml_worker_spec.warm_up. */
void ml_judging_warm_up(void *arg);

/* Judges `facts` by those of the packs that are for its kind and writes a frame of findings; with `keep_facts` one of facts before it. */
enum ml_judging_status ml_judging_run(struct ml_worker *worker, struct ml_facts *facts, const struct ml_packs *packs, bool keep_facts);

/* The same for a gate that may be lower than medium: what fails or is unknown from there on, waivers
 * and baseline reach one by one (ML_FINDINGS_GATED). A higher gate changes nothing, so that the
 * findings are the same for most of them. */
enum ml_judging_status ml_judging_gated(struct ml_worker *worker, struct ml_facts *facts,
	const struct ml_packs *packs, bool keep_facts, int severity);

/* Policies as the loader takes them. NULL: out of memory. */
struct ml_policy_source *ml_judging_sources(struct ml_arena *arena, const struct ml_packs *packs);

/* Writes diagnostics as a frame for standard error. */
void ml_judging_diags(struct ml_worker *worker, const struct ml_diags *diags);

#endif

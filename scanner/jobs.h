/* SPDX-License-Identifier: Apache-2.0 */
/* What the mains share around sealed workers: their usual limits, the "open beneath the root" request, and framed results. */
#ifndef ML_SCANNER_JOBS_H
#define ML_SCANNER_JOBS_H

#include "checks/reader.h"
#include "sandbox/sandbox.h"
#include "scanner/options.h"

#define ML_TARGET_BYTES ((uint64_t)64 << 20) /* one file of a target; bigger is unknown */
#define ML_OPENS        10000u               /* files that one worker may ask for */

/* The root beneath which a worker may ask for files: the context of ml_open_requests. */
struct ml_job_root {
	int fd; /* O_PATH of a directory; -1: nothing may be opened */
};

/* One row: open a regular file beneath the root. */
extern const struct ml_request ml_open_requests[];
extern const size_t ml_open_nrequests;

/* A spec with the limits of a parser worker: 1.5 GiB of address space, 60 s of CPU, 120 s of time, 512 MiB of output. */
struct ml_worker_spec ml_job_spec(const struct ml_options *options, const char *name,
	int (*run)(struct ml_worker *worker, void *arg), void *arg);

/* In the worker: a reader that asks the broker. */
struct ml_reader ml_job_reader(struct ml_worker *worker);

/* A result is a frame: what it is, and its bytes. The broker looks at no more than that. */
enum ml_frame {
	ML_FRAME_FINDINGS = 'F', /* a findings document */
	ML_FRAME_FACTS = 'X',    /* a fact file */
	ML_FRAME_TEXT = 'T',     /* for standard output or a report's file */
	ML_FRAME_DIAGS = 'D',    /* for standard error, already escaped */
	ML_FRAME_LIST = 'L',     /* strings, each with a NUL behind */
};
int ml_frame_write(struct ml_worker *worker, enum ml_frame type, struct ml_str bytes);
/* Cuts the first frame off *rest. False when there is none, or the rest is not one (*rest is then empty, and *broken true). */
bool ml_frame_next(struct ml_str *rest, enum ml_frame *type, struct ml_str *bytes, bool *broken);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* A merlon.yaml: which targets are judged by which policies. Read in a sealed worker. */
#ifndef ML_SCANNER_PLAN_H
#define ML_SCANNER_PLAN_H

#include "base/diag.h"

struct ml_plan_target {
	struct ml_str path, kind; /* kind "" when it is to be found */
	struct ml_str root;       /* "" when it follows from the path */
	struct ml_str *files;     /* Compose files merged into one target; then path is "" */
	size_t nfiles;
};

struct ml_plan {
	struct ml_plan_target *targets;
	size_t ntargets;
	struct ml_str *policies, *waivers;
	size_t npolicies, nwaivers;
	struct ml_str fail_on, baseline; /* "" when not said */
};

/* Reads a plan. What is wrong (syntax, unknown or repeated keys, wrong types) goes to `diags` with its place, and *out holds the rest. 0;
 * ML_ESYNTAX when there was any error; ML_ENOMEM. Strings are in the arena. */
int ml_plan_read(struct ml_arena *arena, struct ml_str name, struct ml_str bytes, struct ml_diags *diags, struct ml_plan *out);

#endif

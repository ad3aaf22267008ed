/* SPDX-License-Identifier: Apache-2.0 */
/* Finding targets in a tree: the broker's walk over names. It opens no file but directories and reads no content. */
#ifndef ML_SCANNER_DISCOVER_H
#define ML_SCANNER_DISCOVER_H

#include "base/error.h"
#include "base/str.h"

#define ML_WALK_DEPTH   64
#define ML_WALK_ENTRIES 2000000 /* names looked at; beyond, the walk is incomplete and says so */

enum ml_candidate_kind {
	ML_FOUND_COMPOSE,
	ML_FOUND_DOCKERFILE,
	ML_FOUND_IGNORE, /* a .gitignore */
};

struct ml_candidate {
	enum ml_candidate_kind kind;
	struct ml_str path; /* relative to the root, '/' between parts */
};

/* A folder that could not be looked into, or not wholly: what is in it is unknown. */
struct ml_unseen {
	struct ml_str path; /* relative to the root; "": the root itself */
	const char *why;
};

struct ml_walk {
	struct ml_arena *arena;
	bool no_ignore; /* look into vendored folders too */
	struct ml_candidate *found; /* sorted by path, parents' .gitignore before their children's */
	size_t n, cap;
	struct ml_str *vendored; /* folders left alone */
	size_t nvendored, vendored_cap;
	struct ml_unseen *unseen;
	size_t nunseen, unseen_cap;
	size_t entries;
};

/* What a file name alone says. False when it is no candidate. */
bool ml_candidate_name(struct ml_str name, enum ml_candidate_kind *kind);

/* Walks the directory `root`. Symbolic links to directories are not followed. 0; ML_ENOENT, ML_EACCES, ML_EIO for the root itself;
 * ML_ENOMEM. */
int ml_walk(struct ml_walk *walk, const char *root, struct ml_error *err);

#endif

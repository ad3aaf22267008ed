/* SPDX-License-Identifier: Apache-2.0 */
/* .gitignore: which paths git leaves alone (gitignore(5)). Runs in the sealed discovery worker. */
#ifndef ML_SCANNER_IGNORE_H
#define ML_SCANNER_IGNORE_H

#include "base/str.h"

#define ML_IGNORE_RULES 20000 /* more are an error: the tree is then not pruned, and that is said */

struct ml_ignore_rule {
	struct ml_str dir;     /* of the file that it stands in, "" for the root */
	struct ml_str pattern; /* without '!', leading and trailing '/' */
	bool negated, only_dirs, anchored;
};

struct ml_ignore {
	struct ml_arena *arena;
	struct ml_ignore_rule *rules;
	size_t n, cap;
};

/* Adds the rules of the .gitignore of `dir` (relative to the root, "" for the root). Files are added parents first. 0, ML_ELIMIT,
 * ML_ENOMEM. `text` is kept. */
int ml_ignore_add(struct ml_ignore *ignore, struct ml_str dir, struct ml_str text);

/* Whether git would ignore the file `path`: itself or a directory above it matches, the last matching rule deciding. */
bool ml_ignored(const struct ml_ignore *ignore, struct ml_str path);

/* One pattern against one string: '*', '?' and [sets] do not match '/', "**" between slashes matches any number of parts. Linear in
 * practice, quadratic at worst; over 100,000 steps it does not match. */
bool ml_glob(struct ml_str pattern, struct ml_str text);

#endif

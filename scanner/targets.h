/* SPDX-License-Identifier: Apache-2.0 */
/* From what the user named to the list of targets: directories are searched, plans are read (both with the help of a sealed worker). */
#ifndef ML_SCANNER_TARGETS_H
#define ML_SCANNER_TARGETS_H

#include "scanner/options.h"

struct ml_target {
	const char *root;     /* directory beneath which it may read, as the user would write it */
	const char *path;     /* relative to the root */
	const char *prefix;   /* what stands before `path` in reports: "examples/" for the root "examples", "" where that would be absolute or lead upwards */
	const char *kind;     /* NULL: found from name and content */
	const char *const *files; /* Compose files merged into one, relative to the root; then path is the first */
	size_t nfiles;
	bool found;           /* by a search: what it names is looked for, too */
	const char *unseen;   /* a folder that discovery could not look into, wholly: why. NULL for what is to be judged */
};

struct ml_targets {
	struct ml_target *items;
	size_t n, cap;
	size_t vendored, ignored; /* what was left alone */
	struct ml_target *unseen; /* folders of which nobody knows what is in them: the run cannot vouch */
	size_t nunseen;
	/* From a plan, for what the command line does not say. */
	struct ml_words policies, waivers;
	const char *fail_on, *baseline;
};

/* ML_ENOENT, ML_EACCES: an operand; ML_EINVAL: a plan (its diagnostics were printed to standard error); ML_ESANDBOX; ML_ENOMEM. */
int ml_targets_find(const struct ml_options *options, struct ml_targets *out, struct ml_error *err);

/* Names every target (its prefix) so that no two have the same one, drops what is named twice and sets what was unseen apart. A target that lies outside of
 * the current directory is called by as many parts of its root as tell it apart. 0, ML_ENOMEM. */
int ml_targets_name(struct ml_arena *arena, struct ml_targets *targets);

/* The list as bytes for a sibling, and back: a length or a word that does not fit is ML_EPROTO. */
void ml_targets_pack(const struct ml_targets *targets, struct ml_buf *out);
int ml_targets_unpack(struct ml_arena *arena, struct ml_str bytes, struct ml_targets *targets, struct ml_error *err);

#endif

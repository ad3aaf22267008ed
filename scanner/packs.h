/* SPDX-License-Identifier: Apache-2.0 */
/* Where policies come from: packs by id from the search path, files by path. Bytes only: parsing is for a sealed worker. */
#ifndef ML_SCANNER_PACKS_H
#define ML_SCANNER_PACKS_H

#include "base/error.h"
#include "scanner/options.h"

#define ML_POLICY_BYTES ((size_t)8 << 20)

/* One policy, profile or waiver file as read. */
struct ml_text_file {
	struct ml_str name;  /* how it is called in messages: the pack's file name, or the path as given */
	struct ml_str id;    /* pack: its file name without ".yaml"; else "" */
	struct ml_str bytes;
	bool chosen;         /* to be judged by; otherwise only there for `extends` */
	bool pack;           /* from the search path */
};

struct ml_packs {
	struct ml_text_file *files;
	size_t n, cap;
	struct ml_str directory; /* where the packs were found */
	bool unasked;            /* nobody named one: all packs are chosen */
};

/* Reads the packs of the search path ($MERLON_POLICIES, else ../share/merlon/policies beside the program, else the
 * directory of the installation) and the files named by -p. Without -p the packs are all chosen; those that say `on_request` are left out where facts are judged. ML_ENOENT with a suggestion when a pack is
 * not there; ML_EINVAL; the errors of ml_file_read. */
int ml_packs_read(struct ml_arena *arena, const struct ml_words *names, struct ml_packs *out, struct ml_error *err);

#endif

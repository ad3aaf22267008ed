/* SPDX-License-Identifier: Apache-2.0 */
/* Relative paths as text, with '/' between parts: no file is looked at. */
#ifndef ML_BASE_PATH_H
#define ML_BASE_PATH_H

#include "base/str.h"

/* "a/b/../c" joined to the directory "x/y" as "x/y/a/c"; "" is the root itself. ML_EACCES when it leaves the root or is absolute. The result is in
 * the arena. */
int ml_path_join(struct ml_arena *arena, struct ml_str dir, struct ml_str path, struct ml_str *out);
/* The part before the last '/', "" when there is none; and the part behind it. */
struct ml_str ml_path_dir(struct ml_str path);
struct ml_str ml_path_base(struct ml_str path);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Starting Merlon's other binaries side by side and taking what they write. */
#ifndef ML_SCANNER_SIBLING_H
#define ML_SCANNER_SIBLING_H

#include "base/buf.h"
#include "base/error.h"

struct ml_sibling {
	const char *const *argv; /* argv[0]: "merlon-config"; found beside this program. NULL-terminated */
	int input;               /* a descriptor for its standard input, or -1: /dev/null */
	struct ml_buf output;    /* its standard output; the caller's to init and free */
	int status;              /* exit code; 128 + signal when it was killed */
};

/* Runs them all at the same time; standard error is shared. 0; ML_EIO with which one could not be started. Output over the buffer's limit ends the
 * sibling and leaves output.error set. */
int ml_siblings_run(struct ml_sibling *siblings, size_t n, struct ml_error *err);

#endif

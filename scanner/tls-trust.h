/* SPDX-License-Identifier: Apache-2.0 */
/* The system's trusted roots, one by one: the broker opens the file that is asked for by a hash,
 * the worker reads it. */
#ifndef ML_SCANNER_TLS_TRUST_H
#define ML_SCANNER_TLS_TRUST_H

#include "checks/tls/tls.h"
#include "sandbox/sandbox.h"

#define ML_TRUST_ASKS  1024 /* files that one worker may ask for */
#define ML_TRUST_BYTES ((size_t)256 << 10)

/* The directory of SSL_CERT_DIR (the first, where several are named), else the first of the usual
 * ones, in which files are called by the hash of their certificate's subject, as `openssl rehash`
 * does. A descriptor, or -1: there is none. */
int ml_trust_directory(void);

/* In the broker: opens the certificate; the argument is 8 hexadecimal digits in lower case and a
 * decimal one. The errors of ml_request.handle; ML_EACCES also when there is no directory. */
int ml_trust_open(int directory, struct ml_str argument);

/* In the worker: trust that asks its broker with ML_REQUEST_ROOT, or what was given as PEM. */
struct ml_tls_trust ml_trust_in_worker(struct ml_worker *worker, struct ml_str given);

#endif

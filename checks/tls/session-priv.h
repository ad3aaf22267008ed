/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a session talk. */
#ifndef ML_CHECKS_TLS_SESSION_PRIV_H
#define ML_CHECKS_TLS_SESSION_PRIV_H

#include <openssl/ssl.h>

#include "checks/tls/session.h"

/* session-library.c: an SSL as the session's wish wants it, with its two memory BIOs in session->in
 * and session->out. NULL: no memory. */
SSL *ml_tls_library_ssl(struct ml_tls_session *session);
/* The code point of one of its groups; 0: none that libssl has. */
uint16_t ml_tls_library_group(int nid);
/* session-read.c: what comes in, as libssl decrypts it. `content` is a record type. */
void ml_tls_session_read(struct ml_tls_session *session, int content, struct ml_str message);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* How servers behave when they are spoken to oddly, and the attacks with a name that they are open to. On an ordinary server of TLS 1.2 and 1.3 with ECDHE alone that
 * takes six connections: the first flight with a heartbeat, ChangeCipherSpec before its time, weak signatures, three unusual hellos. One more
 * where it offers CBC, two for Diffie-Hellman, five for RSA key exchange. */
#ifndef ML_CHECKS_TLS_MISBEHAVE_H
#define ML_CHECKS_TLS_MISBEHAVE_H

#include "checks/tls/collector-priv.h"

ml_tls_part_begin ml_tls_misbehave_begin;
/* Sets weaknesses, dh_primes, tolerances, signatures, first_flight, ephemeral_keys. */
ml_tls_part_write ml_tls_misbehave_write;

#endif

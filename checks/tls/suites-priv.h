/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ML_CHECKS_TLS_SUITES_PRIV_H
#define ML_CHECKS_TLS_SUITES_PRIV_H

#include "checks/tls/suites.h"
#include "checks/tls/wire.h"

extern const struct ml_tls_suite ml_tls_suite_table[], ml_ssl2_kind_table[];
extern const size_t ml_tls_suite_table_n, ml_ssl2_kind_table_n;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of what a web server answers over TLS, and on its port without. Meanings stand in the tables of tls-http.c. */
#ifndef ML_FACTS_TLS_HTTP_H
#define ML_FACTS_TLS_HTTP_H

#include "facts/facts.h"

extern const struct ml_type ml_tf_http_type, ml_tf_hsts_type, ml_tf_cookie_type, ml_tf_plain_type;
extern const struct ml_vocab ml_tf_same_site_vocab;

enum ml_tf_http_slot {
	ML_TF_HT_SPOKEN, ML_TF_HT_VERSION, ML_TF_HT_STATUS, ML_TF_HT_SERVER, ML_TF_HT_LOCATION, ML_TF_HT_HSTS, ML_TF_HT_HEADERS, ML_TF_HT_HEADER_NAMES, ML_TF_HT_COOKIES,
	ML_TF_HT_CONTENT_ENCODING, ML_TF_HT_DISCLOSES_VERSION,
	ML_TF_HT_SLOTS,
};
enum ml_tf_hsts_slot {
	ML_TF_HSTS_PRESENT, ML_TF_HSTS_VALID, ML_TF_HSTS_MAX_AGE, ML_TF_HSTS_SUBDOMAINS, ML_TF_HSTS_PRELOAD, ML_TF_HSTS_SEVERAL,
	ML_TF_HSTS_SLOTS,
};
enum ml_tf_cookie_slot {
	ML_TF_CK_NAME, ML_TF_CK_SECURE, ML_TF_CK_HTTP_ONLY, ML_TF_CK_SAME_SITE, ML_TF_CK_DOMAIN, ML_TF_CK_PREFIX_KEPT, ML_TF_CK_GONE,
	ML_TF_CK_SLOTS,
};
enum ml_tf_plain_slot {
	ML_TF_PL_PORT, ML_TF_PL_REACHABLE, ML_TF_PL_STATUS, ML_TF_PL_LOCATION, ML_TF_PL_TO_TLS,
	ML_TF_PL_SLOTS,
};

#endif

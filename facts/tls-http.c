/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of HTTP answers: RFC 9110, RFC 6797 (HSTS), RFC 6265 and its revision (cookies). */
#include "facts/tls-http.h"

#include "facts/schema-priv.h"

VOCAB(ml_tf_same_site_vocab, "SameSite", "Strict", "Lax", "None", "");
WORD_TYPE(same_site, ml_tf_same_site_vocab);

static const struct ml_field hsts_fields[] = {
	[ML_TF_HSTS_PRESENT] = {"present", &ml_type_bool, "the header was sent", FALSE},
	[ML_TF_HSTS_VALID] = {"valid", &ml_type_bool, "browsers take it: max-age stands once and is a number, no directive stands twice", FALSE},
	[ML_TF_HSTS_MAX_AGE] = {"max_age", &ml_type_int, "in seconds; 0 also where it is not valid", ZERO},
	[ML_TF_HSTS_SUBDOMAINS] = {"include_subdomains", &ml_type_bool, "it holds for names beneath, too", FALSE},
	[ML_TF_HSTS_PRELOAD] = {"preload", &ml_type_bool, "its owner wants it in the browsers' lists", FALSE},
	[ML_TF_HSTS_SEVERAL] = {"several", &ml_type_bool, "it was sent more than once; browsers take the first", FALSE},
};
RECORD(ml_tf_hsts_type, "tls_http_hsts", hsts_fields, ML_TF_HSTS_SLOTS);
RECORD_DEFAULT(no_hsts, ml_tf_hsts_type);

static const struct ml_field cookie_fields[] = {
	[ML_TF_CK_NAME] = {"name", &ml_type_string, "its name; values are never kept", ID},
	[ML_TF_CK_SECURE] = {"secure", &ml_type_bool, "never sent without TLS", FALSE},
	[ML_TF_CK_HTTP_ONLY] = {"http_only", &ml_type_bool, "scripts do not see it", FALSE},
	[ML_TF_CK_SAME_SITE] = {"same_site", &same_site, "whether requests from other sites carry it; \"\": not said, or no word that browsers know", EMPTY},
	[ML_TF_CK_DOMAIN] = {"domain", &ml_type_bool, "names beneath get it, too", FALSE},
	[ML_TF_CK_PREFIX_KEPT] = {"prefix_kept", &ml_type_bool, "a name that begins with __Host- or __Secure- has the attributes that this promises", TRUE},
	[ML_TF_CK_GONE] = {"gone", &ml_type_bool, "the server takes it back: it has expired", FALSE},
};
RECORD(ml_tf_cookie_type, "tls_http_cookie", cookie_fields, ML_TF_CK_SLOTS);
LIST_TYPE(cookie_list, ml_tf_cookie_type);

static const struct ml_field http_fields[] = {
	[ML_TF_HT_SPOKEN] = {"spoken", &ml_type_bool, "the endpoint speaks HTTP; where it does not, nothing else is set", FALSE},
	[ML_TF_HT_VERSION] = {"version", &ml_type_string, "\"HTTP/1.1\"", EMPTY},
	[ML_TF_HT_STATUS] = {"status", &ml_type_int, "of the answer to `GET /`, or what --http-path names", ZERO},
	[ML_TF_HT_SERVER] = {"server", &ml_type_string, "what the server calls itself", EMPTY},
	[ML_TF_HT_LOCATION] = {"location", &ml_type_string, "where it sends to, without query and fragment", EMPTY},
	[ML_TF_HT_HSTS] = {"hsts", &ml_tf_hsts_type, "Strict-Transport-Security", .def = &no_hsts},
	[ML_TF_HT_HEADERS] = {"headers", &ml_type_map_string, "headers that bear on security, by their names in lower case; repeated ones joined by \", \"; nonces as `'nonce-*'`", NOMAP},
	[ML_TF_HT_HEADER_NAMES] = {"header_names", &ml_type_list_string, "names of all headers, in lower case, sorted", NIL},
	[ML_TF_HT_COOKIES] = {"cookies", &cookie_list, "cookies that were set", NIL},
	[ML_TF_HT_CONTENT_ENCODING] = {"content_encoding", &ml_type_string, "how the body is compressed when the client takes gzip, deflate, br and zstd", EMPTY},
	[ML_TF_HT_DISCLOSES_VERSION] = {"discloses_version", &ml_type_bool, "`server` or a header beside it names a version number", FALSE},
};
RECORD(ml_tf_http_type, "tls_http", http_fields, ML_TF_HT_SLOTS);

static const struct ml_field plain_fields[] = {
	[ML_TF_PL_PORT] = {"port", &ml_type_int, "the port without TLS that the user named; 0: none", ZERO},
	[ML_TF_PL_REACHABLE] = {"reachable", &ml_type_bool, "a connection was made", FALSE},
	[ML_TF_PL_STATUS] = {"status", &ml_type_int, "of the answer to `GET /`; 0: it does not speak HTTP", ZERO},
	[ML_TF_PL_LOCATION] = {"location", &ml_type_string, "where it sends to, without query and fragment", EMPTY},
	[ML_TF_PL_TO_TLS] = {"to_tls", &ml_type_bool, "it sends to https on the same host", FALSE},
};
RECORD(ml_tf_plain_type, "tls_http_plain", plain_fields, ML_TF_PL_SLOTS);

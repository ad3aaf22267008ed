/* SPDX-License-Identifier: Apache-2.0 */
/* What `merlon policy from-facts` pins: a row for each, a table for each kind. */
#include "policies/pin-priv.h"

#define SET(id, what, list, key)          {ML_PIN_SET, id, what, list, key, NULL, NULL, false}
#define SET_OF(id, what, list, key, where) {ML_PIN_SET, id, what, list, key, where, NULL, false}
#define ORDER(id, what, list, key, by, rank) {ML_PIN_ORDER, id, what, list, key, by, rank, false}
#define FIELD(id, what, path)             {ML_PIN_FIELD, id, what, NULL, NULL, NULL, path, false}
#define MAP(id, what, path)               {ML_PIN_MAP, id, what, NULL, NULL, NULL, path, false}
#define EACH(id, what, list, key, path)   {ML_PIN_EACH, id, what, list, key, NULL, path, false}
#define RENEWED(id, what, list, key, path) {ML_PIN_EACH, id, what, list, key, NULL, path, true}

static const struct ml_pin tls[] = {
	FIELD("SPEAKS", "what answers", "speaks"),
	FIELD("STARTTLS", "change to TLS", "starttls.offered"),
	FIELD("PLAIN-LOGIN", "logins before TLS", "starttls.plain_login"),
	FIELD("TLS-REQUIRED", "demand for TLS", "starttls.required"),
	SET_OF("VERSION", "protocol version", "versions", "name", "offered"),
	SET("SUITE", "cipher suite", "suites", "id"),
	ORDER("SUITE-ORDER", "cipher suites", "suites", "id", "version", "rank"),
	EACH("SUITE-PRIME", "length of the Diffie-Hellman prime", "suites", "id", "dh_bits"),
	SET("GROUP", "group", "groups", "id"),
	ORDER("GROUP-ORDER", "groups", "groups", "id", "version", "rank"),
	FIELD("SERVER-ORDER", "server order of suites", "behaviour.server_order"),
	FIELD("COMPRESSION", "TLS compression", "behaviour.compression"),
	FIELD("RENEGOTIATION", "secure renegotiation", "behaviour.secure_renegotiation"),
	FIELD("MASTER-SECRET", "the extended master secret", "behaviour.extended_master_secret"),
	FIELD("TICKETS", "session tickets", "behaviour.session_tickets"),
	FIELD("HEARTBEAT", "the heartbeat extension", "behaviour.heartbeat"),
	FIELD("FALLBACK", "the fallback value", "behaviour.fallback_scsv"),
	FIELD("STAPLE", "the OCSP staple", "behaviour.ocsp_staple"),
	SET("CHAIN", "certificate chain", "chains", "id"),
	EACH("CHAIN-KEY-TYPE", "type of the key", "chains", "id", "leaf.key_type"),
	EACH("CHAIN-KEY-BITS", "length of the key", "chains", "id", "leaf.key_bits"),
	EACH("CHAIN-CURVE", "curve of the key", "chains", "id", "leaf.curve"),
	EACH("CHAIN-PIN", "pin of the public key", "chains", "id", "leaf.spki_sha256"),
	EACH("CHAIN-SUBJECT", "subject", "chains", "id", "leaf.subject"),
	EACH("CHAIN-NAMES", "list of host names", "chains", "id", "leaf.dns_names"),
	EACH("CHAIN-ISSUER", "issuer", "chains", "id", "leaf.issuer"),
	EACH("CHAIN-SIGNATURE", "signature algorithm", "chains", "id", "leaf.signature_algorithm"),
	EACH("CHAIN-PATH", "path", "chains", "id", "path"),
	EACH("CHAIN-TRUSTED", "trust", "chains", "id", "trusted"),
	EACH("CHAIN-COMPLETE", "completeness", "chains", "id", "complete"),
	EACH("CHAIN-NAME-MATCHES", "fit to the name", "chains", "id", "name_matches"),
	EACH("CHAIN-MUST-STAPLE", "demand for a staple", "chains", "id", "must_staple"),
	EACH("CHAIN-STAPLE", "OCSP staple", "chains", "id", "staple.present"),
	SET("SIGNATURE", "signature scheme", "signature_schemes", "name"),
	EACH("WEAKNESS", "state", "weaknesses", "id", "state"),
	EACH("TOLERANCE", "tolerance", "tolerances", "id", "tolerated"),
	FIELD("SESSION-IDS", "sessions that go on by their id", "sessions.session_ids"),
	FIELD("SESSION-TICKETS", "sessions that go on by a ticket", "sessions.tickets"),
	FIELD("SESSION-PSK", "sessions of TLS 1.3 that go on", "sessions.psk"),
	FIELD("EARLY-DATA", "early data", "sessions.early_data"),
	FIELD("CLIENT-RENEGOTIATION", "renegotiation by the client", "sessions.client_renegotiation"),
	FIELD("ALPN", "application protocols", "sessions.alpn"),
	FIELD("ALPN-STRICT", "refusal of other application protocols", "sessions.alpn_strict"),
	FIELD("UNKNOWN-NAME", "answer to an unknown name", "sessions.unknown_name"),
	FIELD("CLIENT-CERTIFICATE", "certificates of clients", "sessions.client_certificate"),
	FIELD("HTTP", "HTTP", "http.spoken"),
	FIELD("HSTS", "Strict-Transport-Security", "http.hsts.present"),
	FIELD("HSTS-AGE", "age of Strict-Transport-Security", "http.hsts.max_age"),
	FIELD("HSTS-SUBDOMAINS", "Strict-Transport-Security for subdomains", "http.hsts.include_subdomains"),
	MAP("HTTP-HEADER", "header", "http.headers"),
	SET("COOKIE", "cookie", "http.cookies", "name"),
	EACH("COOKIE-SECURE", "restriction to TLS", "http.cookies", "name", "secure"),
	EACH("COOKIE-HTTP-ONLY", "protection from scripts", "http.cookies", "name", "http_only"),
	EACH("COOKIE-SAME-SITE", "protection from other sites", "http.cookies", "name", "same_site"),
	RENEWED("CHAIN-SERIAL", "serial number", "chains", "id", "leaf.serial"),
	RENEWED("CHAIN-FINGERPRINT", "fingerprint", "chains", "id", "leaf.sha256"),
};

const struct ml_pins ml_pin_kinds[] = {
	{"tls", "speaks", tls, sizeof(tls) / sizeof(tls[0])},
	{NULL, NULL, NULL, 0},
};

/* SPDX-License-Identifier: Apache-2.0 */
/* libssl, set up once: one context, which takes everything and verifies no chain. */
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/rand.h>

#include "checks/tls/session-priv.h"
#include "checks/tls/wire-priv.h"

/* DHE makes both sides compute long, and is asked for only where there is nothing else. */
#define SUITES              "ECDHE:kRSA:!PSK:@SECLEVEL=0"
#define SUITES_FINITE_FIELD "ECDHE:kRSA:DHE:!PSK:@SECLEVEL=0"
#define RSA_SCHEMES                                                                                \
	"rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:rsa_pss_pss_sha256:rsa_pss_"  \
	"pss_sha384:rsa_pss_pss_sha512:RSA+SHA256:RSA+SHA384:RSA+SHA512"
#define ECDSA_SCHEMES "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512"
#define EDDSA_SCHEMES "ed25519:ed448"
#define OLD_SCHEMES   "RSA+SHA1:ECDSA+SHA1"

/* Neither texts of errors nor names of ciphers are looked up: a quarter of the time. */
#define INIT                                                                                       \
	(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS)

struct ml_tls_library {
	SSL_CTX *context;
};

/* RFC 6962 3.3.1: empty. libssl's own support of SCTs would judge them. */
static int add_scts(SSL *ssl, unsigned type, unsigned context, const unsigned char **out,
	size_t *len, X509 *x, size_t i, int *alert, void *arg)
{
	const struct ml_tls_session *session = SSL_get_app_data(ssl);

	*out = NULL;
	*len = 0;
	return session && session->wish.scts;
}

static int take_scts(SSL *ssl, unsigned type, unsigned context, const unsigned char *in, size_t len,
	X509 *x, size_t i, int *alert, void *arg)
{
	return 1; /* read from the message */
}

/* Whom a chain leads to is judged elsewhere. */
static int verify_nothing(X509_STORE_CTX *store, void *arg)
{
	return 1;
}

/* A ticket of TLS 1.3. 1: it is kept. */
static int keep_ticket(SSL *ssl, SSL_SESSION *ticket)
{
	struct ml_tls_session *session = SSL_get_app_data(ssl);

	if (SSL_version(ssl) != TLS1_3_VERSION || !SSL_SESSION_is_resumable(ticket))
		return 0;
	SSL_SESSION_free(session->ticket);
	session->ticket = ticket;
	return 1;
}

static bool set_up(SSL_CTX *context)
{
	SSL_CTX_set_security_level(context, 0);
	SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT |
					     SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION |
					     SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_cert_verify_callback(context, verify_nothing, NULL);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(context, keep_ticket);
	return SSL_CTX_set_cipher_list(context, SUITES) &&
	       SSL_CTX_add_custom_ext(context, ML_TLS_SCT,
		       SSL_EXT_CLIENT_HELLO | SSL_EXT_TLS1_2_SERVER_HELLO |
			       SSL_EXT_TLS1_3_CERTIFICATE,
		       add_scts, NULL, NULL, take_scts, NULL);
}

struct ml_tls_library *ml_tls_library_new(void)
{
	struct ml_tls_library *library = calloc(1, sizeof(*library));
	unsigned char byte;

	if (!library)
		return NULL;
	if (OPENSSL_init_crypto(INIT | OPENSSL_INIT_NO_ADD_ALL_CIPHERS, NULL) &&
		OPENSSL_init_ssl(INIT | OPENSSL_INIT_NO_LOAD_SSL_STRINGS, NULL) &&
		RAND_bytes(&byte, 1) == 1 && RAND_priv_bytes(&byte, 1) == 1)
		library->context = SSL_CTX_new(TLS_client_method());
	if (!library->context || !set_up(library->context)) {
		ml_tls_library_free(library);
		return NULL;
	}
	return library;
}

void ml_tls_library_free(struct ml_tls_library *library)
{
	if (!library)
		return;
	SSL_CTX_free(library->context);
	free(library);
}

/* ---- one connection ---- */

static void on_message(
	int write_p, int version, int content, const void *bytes, size_t len, SSL *ssl, void *arg)
{
	if (!write_p)
		ml_tls_session_read(arg, content, (struct ml_str){bytes, len});
}

static const char *schemes(unsigned keys)
{
	static const char *const by_keys[] = {
		ECDSA_SCHEMES ":" EDDSA_SCHEMES ":" RSA_SCHEMES ":" OLD_SCHEMES,
		RSA_SCHEMES,
		ECDSA_SCHEMES,
		ECDSA_SCHEMES ":" RSA_SCHEMES,
		EDDSA_SCHEMES,
		EDDSA_SCHEMES ":" RSA_SCHEMES,
		ECDSA_SCHEMES ":" EDDSA_SCHEMES,
		ECDSA_SCHEMES ":" EDDSA_SCHEMES ":" RSA_SCHEMES ":" OLD_SCHEMES,
	};

	return by_keys[keys & ML_TLS_KEYS];
}

/* The wire form: each name with its length before it. */
static bool set_alpn(SSL *ssl, const struct ml_tls_session_wish *wish)
{
	unsigned char names[256];
	size_t n = 0;

	for (size_t i = 0; i < wish->nalpn; i++) {
		struct ml_str name = wish->alpn[i];
		if (name.len == 0 || name.len > 255 || n + 1 + name.len > sizeof(names))
			return false;
		names[n++] = (unsigned char)name.len;
		memcpy(names + n, name.ptr, name.len);
		n += name.len;
	}
	return n == 0 || SSL_set_alpn_protos(ssl, names, (unsigned)n) == 0;
}

static bool set_name(SSL *ssl, struct ml_str name)
{
	char text[256];

	if (name.len == 0 || name.len >= sizeof(text))
		return true;
	memcpy(text, name.ptr, name.len);
	text[name.len] = '\0';
	return SSL_set_tlsext_host_name(ssl, text) == 1;
}

static const struct {
	int nid;
	uint16_t code;
} groups[] = {
	{NID_X25519, 29},
	{NID_X9_62_prime256v1, 23},
	{NID_X448, 30},
	{NID_secp384r1, 24},
	{NID_secp521r1, 25},
	{NID_ffdhe2048, 256},
	{NID_ffdhe3072, 257},
	{NID_ffdhe4096, 258},
	{NID_ffdhe6144, 259},
	{NID_ffdhe8192, 260},
};
uint16_t ml_tls_library_group(int nid)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (groups[i].nid == nid)
			return groups[i].code;
	return 0;
}

static bool as_wished(SSL *ssl, const struct ml_tls_session_wish *wish)
{
	bool good = SSL_set_min_proto_version(ssl, wish->version) &&
		    SSL_set_max_proto_version(ssl, wish->version) && set_name(ssl, wish->name) &&
		    set_alpn(ssl, wish) && SSL_set1_sigalgs_list(ssl, (char *)(uintptr_t)schemes(wish->keys)); /* a macro that casts const away */

	if (wish->finite_field)
		good = good && SSL_set_cipher_list(ssl, SUITES_FINITE_FIELD);
	if (wish->no_ticket)
		SSL_set_options(ssl, SSL_OP_NO_TICKET);
	if (wish->status_request)
		good = good && SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp) == 1;
	if (wish->resume)
		good = good && SSL_set_session(ssl, wish->resume) == 1;
	return good;
}

SSL *ml_tls_library_ssl(struct ml_tls_session *session)
{
	SSL *ssl = SSL_new(session->library->context);
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());

	if (!ssl || !in || !out) {
		BIO_free(in);
		BIO_free(out);
		SSL_free(ssl);
		return NULL;
	}
	BIO_set_mem_eof_return(in, -1); /* nothing there: come again */
	SSL_set_bio(ssl, in, out);
	SSL_set_connect_state(ssl);
	SSL_set_app_data(ssl, session);
	SSL_set_msg_callback(ssl, on_message);
	SSL_set_msg_callback_arg(ssl, session);
	session->in = in;
	session->out = out;
	if (as_wished(ssl, &session->wish))
		return ssl;
	SSL_free(ssl);
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A TLS server of OpenSSL in memory, and the loop that has a talk speak with it. */
#ifndef ML_TESTS_UNIT_CHECKS_MEMORY_SERVER_H
#define ML_TESTS_UNIT_CHECKS_MEMORY_SERVER_H

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "checks/tls/talk.h"

struct memory_server {
	SSL_CTX *context;   /* certificates for RSA, ECDSA (P-256) and Ed25519, as `keys` says */
	SSL *ssl;           /* of the connection that goes on */
	const char *answer; /* to the first application data; NULL: none */
	size_t answer_bytes;
	unsigned tickets; /* of TLS 1.3, sent with the answer beyond what OpenSSL sends */
	bool closes;      /* after the answer */
	size_t piece;     /* of what it says at once; 0: all */
	size_t said;      /* bytes, in all */
};

enum { SERVER_RSA = 1, SERVER_ECDSA = 2, SERVER_EDDSA = 4 };

static inline void server_add_key(SSL_CTX *context, EVP_PKEY *key, const EVP_MD *md)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x);

	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_NAME_add_entry_by_txt(
		name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0);
	X509_set_issuer_name(x, name);
	X509_set_pubkey(x, key);
	X509_sign(x, key, md);
	if (SSL_CTX_use_certificate(context, x) != 1 || SSL_CTX_use_PrivateKey(context, key) != 1)
		abort();
	X509_free(x);
	EVP_PKEY_free(key);
}

static inline int server_alpn(SSL *ssl, const unsigned char **out, unsigned char *len,
	const unsigned char *in, unsigned n, void *arg)
{
	static const unsigned char names[] = "\x02h2\x08http/1.1";
	unsigned char *chosen;

	if (SSL_select_next_proto(&chosen, len, names, sizeof(names) - 1, in, n) !=
		OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static inline struct memory_server server_new(unsigned keys)
{
	struct memory_server server = {.context = SSL_CTX_new(TLS_server_method())};

	SSL_CTX_set_security_level(server.context, 0);
	SSL_CTX_set_session_id_context(server.context, (const unsigned char *)"test", 4);
	SSL_CTX_set_alpn_select_cb(server.context, server_alpn, NULL);
	if (keys & SERVER_RSA)
		server_add_key(server.context, EVP_RSA_gen(2048), EVP_sha256());
	if (keys & SERVER_ECDSA)
		server_add_key(server.context, EVP_EC_gen("P-256"), EVP_sha256());
	if (keys & SERVER_EDDSA)
		server_add_key(server.context, EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL);
	return server;
}

static inline void server_free(struct memory_server *server)
{
	SSL_free(server->ssl);
	SSL_CTX_free(server->context);
}

/* One turn of the server: false when it has closed. */
static inline bool server_turn(struct memory_server *server)
{
	char bytes[16384];
	int r;

	ERR_clear_error();
	r = SSL_read(server->ssl, bytes, sizeof(bytes));
	if (r <= 0)
		return SSL_get_error(server->ssl, r) == SSL_ERROR_WANT_READ;
	for (unsigned i = 0; i < server->tickets; i++)
		SSL_new_session_ticket(server->ssl);
	if (server->answer)
		SSL_write(server->ssl, server->answer, (int)server->answer_bytes);
	if (server->closes)
		SSL_shutdown(server->ssl);
	return !server->closes;
}

/* What the server said goes to the talk. False: the talk is done. */
static inline bool server_says(
	struct memory_server *server, struct ml_talk *talk, struct ml_buf *out)
{
	BIO *wbio = SSL_get_wbio(server->ssl);
	char bytes[16384];
	int n;

	while ((n = BIO_read(wbio, bytes,
			server->piece ? (int)server->piece : (int)sizeof(bytes))) > 0) {
		server->said += (size_t)n;
		if (!talk->ops->feed(talk, (struct ml_str){bytes, (size_t)n}, out))
			return false;
	}
	return true;
}

/* From a new connection on until the talk is done, or nobody says anything any more. */
static inline void server_serve(struct memory_server *server, struct ml_talk *talk)
{
	ML_BUF_AUTO out;
	enum ml_talk_end how = ML_TALK_DONE;
	bool open = true, goes_on;

	ml_buf_init(&out, (size_t)1 << 20);
	SSL_free(server->ssl);
	server->ssl = SSL_new(server->context);
	SSL_set_bio(server->ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
	SSL_set_accept_state(server->ssl);
	goes_on = talk->ops->start(talk, &out);
	while (goes_on && out.len && open) {
		BIO_write(SSL_get_rbio(server->ssl), out.ptr, (int)out.len);
		ml_buf_clear(&out);
		open = server_turn(server);
		goes_on = server_says(server, talk, &out);
	}
	if (goes_on)
		how = open ? ML_TALK_SILENT : ML_TALK_CLOSED;
	SSL_set_shutdown(server->ssl,
		SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); /* as servers do that keep sessions of
							       clients without manners */
	talk->ops->ended(talk, how);
}

#endif

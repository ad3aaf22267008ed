/* SPDX-License-Identifier: Apache-2.0 */
/* What a client says first. */
#include "base/error.h"
#include "checks/tls/wire-priv.h"

enum { SUITES_MAX = 32767, SESSION_MAX = 32, RANDOM_BYTES = 32 };
enum { CHALLENGE_MIN = 16, CHALLENGE_MAX = 32 };
enum { EXTENSION_HEADER = 4, MESSAGE_MAX = 1 << 14 };

static void put(struct ml_buf *out, size_t bytes, uint32_t value)
{
	while (bytes-- > 0)
		ml_buf_putc(out, (char)(value >> 8 * bytes));
}

/* A field whose length stands before it: the place of the length, to be closed when its bytes are there. */
struct field {
	size_t at, bytes;
};

static struct field open_field(struct ml_buf *out, size_t bytes)
{
	struct field field = {out->len, bytes};

	put(out, bytes, 0);
	return field;
}

static int close_field(struct ml_buf *out, struct field field)
{
	size_t len;

	if (out->error)
		return out->error;
	len = out->len - field.at - field.bytes;
	if (len >> 8 * field.bytes)
		return ML_EINVAL;
	for (size_t i = 0; i < field.bytes; i++)
		out->ptr[field.at + i] = (char)(len >> 8 * (field.bytes - 1 - i));
	return 0;
}

static int put_vector(struct ml_buf *out, size_t bytes, struct ml_str body)
{
	struct field field = open_field(out, bytes);

	ml_buf_str(out, body);
	return close_field(out, field);
}

/* `first`, where it is not 0, and the codes. */
static int put_codes(struct ml_buf *out, size_t bytes, struct ml_tls_codes codes, uint16_t first)
{
	struct field field = open_field(out, bytes);

	if (first)
		put(out, 2, first);
	for (size_t i = 0; i < codes.n; i++)
		put(out, 2, codes.items[i]);
	return close_field(out, field);
}

static int put_extension(struct ml_buf *out, uint16_t type, struct ml_str body)
{
	put(out, 2, type);
	return put_vector(out, 2, body);
}

static int put_code_extension(
	struct ml_buf *out, uint16_t type, size_t bytes, struct ml_tls_codes codes, uint16_t first)
{
	struct field field;
	int r;

	if (codes.n == 0)
		return 0;
	put(out, 2, type);
	field = open_field(out, 2);
	r = put_codes(out, bytes, codes, first);
	return r ? r : close_field(out, field);
}

/* RFC 6066 3: a list of one name of type host_name. */
static int put_server_name(struct ml_buf *out, struct ml_str name)
{
	struct field field, list;
	int r;

	if (name.len == 0)
		return 0;
	put(out, 2, ML_TLS_SERVER_NAME);
	field = open_field(out, 2);
	list = open_field(out, 2);
	put(out, 1, 0);
	r = put_vector(out, 2, name);
	r = r ? r : close_field(out, list);
	return r ? r : close_field(out, field);
}

static int put_alpn(struct ml_buf *out, const struct ml_tls_hello *hello)
{
	struct field field, list;
	int r = 0;

	if (hello->nalpn == 0)
		return 0;
	put(out, 2, ML_TLS_ALPN);
	field = open_field(out, 2);
	list = open_field(out, 2);
	for (size_t i = 0; i < hello->nalpn && r == 0; i++)
		r = hello->alpn[i].len ? put_vector(out, 1, hello->alpn[i]) : ML_EINVAL;
	r = r ? r : close_field(out, list);
	return r ? r : close_field(out, field);
}

static int put_cookie(struct ml_buf *out, struct ml_str cookie)
{
	struct field field;
	int r;

	if (cookie.len == 0)
		return 0;
	put(out, 2, ML_TLS_COOKIE);
	field = open_field(out, 2);
	r = put_vector(out, 2, cookie);
	return r ? r : close_field(out, field);
}

static int put_key_share(struct ml_buf *out, const struct ml_tls_hello *hello)
{
	struct field field, list;
	int r = 0;

	if (!hello->empty_key_share && hello->nshares == 0)
		return 0;
	put(out, 2, ML_TLS_KEY_SHARE);
	field = open_field(out, 2);
	list = open_field(out, 2);
	for (size_t i = 0; i < hello->nshares && r == 0; i++) {
		put(out, 2, hello->shares[i].type);
		r = put_vector(out, 2, hello->shares[i].body);
	}
	r = r ? r : close_field(out, list);
	return r ? r : close_field(out, field);
}

/* Extensions that are wanted or not, with what they always say. */
static int put_switch(struct ml_buf *out, const struct ml_tls_hello *hello, uint16_t type)
{
	const struct {
		bool wanted;
		enum ml_tls_extension_type type;
		struct ml_str body;
	} switches[] = {
		{hello->point_formats, ML_TLS_POINT_FORMATS, ML_STR("\1\0")},
		{hello->renegotiation_info, ML_TLS_RENEGOTIATION_INFO, ML_STR("\0")},
		{hello->extended_master_secret, ML_TLS_EXTENDED_MASTER_SECRET, ML_STR_NONE},
		{hello->encrypt_then_mac, ML_TLS_ENCRYPT_THEN_MAC, ML_STR_NONE},
		{hello->session_ticket, ML_TLS_SESSION_TICKET, ML_STR_NONE},
		/* OCSP, any responder, no extensions: */
		{hello->status_request, ML_TLS_STATUS_REQUEST, ML_STR("\1\0\0\0\0")},
		{hello->scts, ML_TLS_SCT, ML_STR_NONE},
		{hello->heartbeat, ML_TLS_HEARTBEAT, ML_STR("\1")},
	};

	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
		if (switches[i].type == type && switches[i].wanted)
			return put_extension(out, type, switches[i].body);
	return 0;
}

/* Our order. */
static const uint16_t types[] = {
	ML_TLS_SERVER_NAME, ML_TLS_GROUPS, ML_TLS_POINT_FORMATS, ML_TLS_RENEGOTIATION_INFO,
	ML_TLS_EXTENDED_MASTER_SECRET, ML_TLS_ENCRYPT_THEN_MAC, ML_TLS_SESSION_TICKET,
	ML_TLS_STATUS_REQUEST, ML_TLS_SCT, ML_TLS_HEARTBEAT, ML_TLS_KEY_SHARE, ML_TLS_SCHEMES,
	ML_TLS_ALPN, ML_TLS_VERSIONS, ML_TLS_COOKIE,
};
static const struct ml_tls_codes our_order = {types, sizeof(types) / sizeof(types[0])};

/* The extension of this type, from `extra` or from its field; nothing when the hello has none. */
static int put_type(struct ml_buf *out, const struct ml_tls_hello *hello, uint16_t type)
{
	const struct ml_tls_extension *extra = ml_tls_extra(hello, type);

	if (extra)
		return put_extension(out, type, extra->body);
	switch (type) {
	case ML_TLS_SERVER_NAME:
		return put_server_name(out, hello->server_name);
	case ML_TLS_GROUPS:
		return put_code_extension(out, ML_TLS_GROUPS, 2, hello->groups, hello->grease);
	case ML_TLS_KEY_SHARE:
		return put_key_share(out, hello);
	case ML_TLS_SCHEMES:
		return put_code_extension(out, ML_TLS_SCHEMES, 2, hello->schemes, 0);
	case ML_TLS_ALPN:
		return put_alpn(out, hello);
	case ML_TLS_VERSIONS:
		return put_code_extension(out, ML_TLS_VERSIONS, 1, hello->versions, hello->grease);
	case ML_TLS_COOKIE:
		return put_cookie(out, hello->cookie);
	default:
		return put_switch(out, hello, type);
	}
}

/* RFC 7685: zeros up to the length that is wanted, where the message that began at `start` is
 * shorter. */
static int put_padding(struct ml_buf *out, size_t pad_to, size_t start)
{
	static const char zeros[64];
	size_t len = out->len - start + EXTENSION_HEADER;

	if (out->error || len - EXTENSION_HEADER >= pad_to)
		return out->error;
	if (pad_to > MESSAGE_MAX)
		return ML_EINVAL;
	len = len < pad_to ? pad_to - len : 0;
	put(out, 2, ML_TLS_PADDING);
	put(out, 2, (uint32_t)len);
	for (size_t n; len; len -= n) {
		n = len < sizeof(zeros) ? len : sizeof(zeros);
		ml_buf_add(out, zeros, n);
	}
	return out->error;
}

static int put_extensions(struct ml_buf *out, const struct ml_tls_hello *hello, size_t start)
{
	struct field field = open_field(out, 2);
	int r = hello->grease ? put_extension(out, hello->grease, ML_STR_NONE) : 0;

	for (size_t i = 0; i < hello->order.n && r == 0; i++)
		r = put_type(out, hello, hello->order.items[i]);
	for (size_t i = 0; i < our_order.n && r == 0; i++)
		if (!ml_tls_codes_have(hello->order, types[i]))
			r = put_type(out, hello, types[i]);
	for (size_t i = 0; i < hello->nextra && r == 0; i++)
		if (!ml_tls_codes_have(hello->order, hello->extra[i].type) &&
			!ml_tls_codes_have(our_order, hello->extra[i].type))
			r = put_extension(out, hello->extra[i].type, hello->extra[i].body);
	r = r ? r : put_padding(out, hello->pad_to, start);
	return r ? r : close_field(out, field);
}

static int put_body(struct ml_buf *out, const struct ml_tls_hello *hello, size_t start)
{
	int r;

	if (hello->random.len != RANDOM_BYTES || hello->session_id.len > SESSION_MAX || hello->suites.n > SUITES_MAX)
		return ML_EINVAL;
	put(out, 2, hello->version);
	ml_buf_str(out, hello->random);
	r = put_vector(out, 1, hello->session_id);
	r = r ? r : put_codes(out, 2, hello->suites, hello->grease);
	r = r ? r : put_vector(out, 1, hello->deflate ? ML_STR("\1\0") : ML_STR("\0"));
	return r || hello->bare ? r : put_extensions(out, hello, start);
}

int ml_tls_hello_build(const struct ml_tls_hello *hello, struct ml_buf *out)
{
	/* The record's version is what the oldest server takes: SSL 3.0 where nothing newer is asked for, else TLS 1.0 (RFC 8446 5.1). */
	uint16_t version = hello->version == ML_SSL_3_0 ? ML_SSL_3_0 : ML_TLS_1_0;
	struct field record, message;
	size_t start;
	int r;

	put(out, 1, ML_TLS_RECORD_HANDSHAKE);
	put(out, 2, hello->record_version ? hello->record_version : version);
	record = open_field(out, 2);
	start = out->len;
	put(out, 1, ML_TLS_CLIENT_HELLO);
	message = open_field(out, 3);
	r = put_body(out, hello, start);
	r = r ? r : close_field(out, message);
	return r ? r : close_field(out, record);
}

int ml_ssl2_hello_build(const uint32_t *kinds, size_t n, struct ml_str challenge, struct ml_buf *out)
{
	size_t len = 9 + 3 * n + challenge.len;

	if (challenge.len < CHALLENGE_MIN || challenge.len > CHALLENGE_MAX || n == 0 || len > 0x7fff)
		return ML_EINVAL;
	put(out, 2, 0x8000 | (uint32_t)len); /* a header of two bytes: no padding */
	put(out, 1, ML_SSL2_CLIENT_HELLO);
	put(out, 2, ML_SSL_2_0);
	put(out, 2, (uint32_t)(3 * n));
	put(out, 2, 0); /* no session id */
	put(out, 2, (uint32_t)challenge.len);
	for (size_t i = 0; i < n; i++)
		put(out, 3, kinds[i]);
	ml_buf_str(out, challenge);
	return out->error;
}

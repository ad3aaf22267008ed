/* SPDX-License-Identifier: Apache-2.0 */
/* ServerHello and HelloRetryRequest. */
#include "base/error.h"
#include "checks/tls/suites.h"
#include "checks/tls/wire-priv.h"

enum { RANDOM_BYTES = 32, SESSION_MAX = 32, EXTENSIONS_MAX = 64 };

/* SHA-256 of "HelloRetryRequest" (RFC 8446 4.1.3). */
static const uint8_t retry_random[RANDOM_BYTES] = {
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
	0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
};

static bool was_offered(const struct ml_tls_hello *offer, uint16_t type)
{
	bool scsv = ml_tls_codes_have(offer->suites, ML_TLS_RENEGOTIATION_SCSV);
	const struct {
		uint16_t type;
		bool offered;
	} all[] = {
		{ML_TLS_SERVER_NAME, offer->server_name.len > 0},
		{ML_TLS_STATUS_REQUEST, offer->status_request},
		/* Servers tell theirs although they must not: */
		{ML_TLS_GROUPS, offer->groups.n > 0},
		{ML_TLS_POINT_FORMATS, offer->point_formats},
		{ML_TLS_HEARTBEAT, offer->heartbeat},
		{ML_TLS_ALPN, offer->nalpn > 0},
		{ML_TLS_SCT, offer->scts},
		{ML_TLS_ENCRYPT_THEN_MAC, offer->encrypt_then_mac},
		{ML_TLS_EXTENDED_MASTER_SECRET, offer->extended_master_secret},
		{ML_TLS_SESSION_TICKET, offer->session_ticket},
		{ML_TLS_VERSIONS, offer->versions.n > 0},
		/* The server's own, in a HelloRetryRequest: */
		{ML_TLS_COOKIE, offer->versions.n > 0},
		{ML_TLS_KEY_SHARE, offer->empty_key_share || offer->nshares > 0},
		{ML_TLS_RENEGOTIATION_INFO, offer->renegotiation_info || scsv},
	};

	if (offer->bare)
		return type == ML_TLS_RENEGOTIATION_INFO && scsv;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].type == type && all[i].offered)
			return true;
	return ml_tls_extra(offer, type);
}

const struct ml_tls_extension *ml_tls_answered(const struct ml_tls_server_hello *hello, uint16_t type)
{
	for (size_t i = 0; i < hello->nextensions; i++)
		if (hello->extensions[i].type == type)
			return &hello->extensions[i];
	return NULL;
}

/* NULL, or what is wrong with them. */
static ml_tls_violation read_extensions(struct ml_tls_parser *p, struct ml_str all)
{
	struct ml_tls_server_hello *hello = &p->flight.hello;
	struct ml_tls_reader r = {.rest = all};

	hello->extensions = ml_alloc_array(p->arena, EXTENSIONS_MAX, sizeof(*hello->extensions));
	for (; hello->extensions && r.rest.len && !r.short_; hello->nextensions++) {
		uint16_t type = (uint16_t)ml_tls_read(&r, 2);
		struct ml_str body = ml_tls_read_vector(&r, 2);
		if (r.short_ || hello->nextensions == EXTENSIONS_MAX)
			break;
		if (ml_tls_answered(hello, type))
			return "an extension that stands twice";
		hello->extensions[hello->nextensions] = (struct ml_tls_extension){type, ml_str_dup(p->arena, body)};
		if (hello->unasked || was_offered(p->offer, type))
			continue;
		hello->unasked = true;
		hello->unasked_type = type;
	}
	return r.short_ || r.rest.len ? "extensions whose lengths do not fit" : NULL;
}

static ml_tls_violation read_version(struct ml_tls_parser *p)
{
	struct ml_tls_server_hello *hello = &p->flight.hello;
	const struct ml_tls_extension *selected = ml_tls_answered(hello, ML_TLS_VERSIONS);
	struct ml_tls_reader r = {.rest = selected ? selected->body : ML_STR_NONE};
	const struct ml_tls_codes *offered = &p->offer->versions;

	if (selected) {
		if (hello->version != ML_TLS_1_2)
			return "supported_versions beside another legacy version";
		hello->version = (uint16_t)ml_tls_read(&r, 2);
		if (!ml_tls_read_all(&r))
			return "supported_versions of a wrong length";
		if (hello->version < ML_TLS_1_3)
			return "supported_versions that names an older version";
	}
	if (selected && offered->n && !p->offer->bare)
		return ml_tls_codes_have(*offered, hello->version) ? NULL : "a version that was not offered";
	/* A server that knows no supported_versions takes legacy_version for what it says, and may
	 * answer with less. */
	return hello->version < ML_SSL_3_0 || hello->version > p->offer->version ? "a version that was not offered" : NULL;
}

static ml_tls_violation read_key_share(struct ml_tls_parser *p)
{
	struct ml_tls_server_hello *hello = &p->flight.hello;
	const struct ml_tls_extension *share = ml_tls_answered(hello, ML_TLS_KEY_SHARE);
	struct ml_tls_reader r = {.rest = share ? share->body : ML_STR_NONE};

	if (!share)
		return NULL;
	hello->group = (uint16_t)ml_tls_read(&r, 2);
	if (!hello->retry)
		ml_tls_read_vector(&r, 2);
	if (!ml_tls_read_all(&r))
		return "a key_share of a wrong length";
	if (ml_tls_is_grease(hello->group) || !ml_tls_codes_have(p->offer->groups, hello->group))
		return "a group that was not offered";
	return NULL;
}

/* Of one name. */
static ml_tls_violation read_alpn(struct ml_tls_parser *p)
{
	const struct ml_tls_extension *alpn = ml_tls_answered(&p->flight.hello, ML_TLS_ALPN);
	struct ml_tls_reader r = {.rest = alpn ? alpn->body : ML_STR_NONE}, list;

	if (!alpn)
		return NULL;
	list = (struct ml_tls_reader){.rest = ml_tls_read_vector(&r, 2)};
	p->flight.hello.alpn = ml_tls_read_vector(&list, 1);
	if (!ml_tls_read_all(&r) || !ml_tls_read_all(&list))
		return "an ALPN answer of a wrong length";
	for (size_t i = 0; i < p->offer->nalpn; i++)
		if (ml_str_eq(p->offer->alpn[i], p->flight.hello.alpn))
			return NULL;
	return ML_TLS_FOREIGN_ALPN;
}

static ml_tls_violation read_cookie(struct ml_tls_parser *p)
{
	const struct ml_tls_extension *cookie = ml_tls_answered(&p->flight.hello, ML_TLS_COOKIE);
	struct ml_tls_reader r = {.rest = cookie ? cookie->body : ML_STR_NONE};

	if (!cookie)
		return NULL;
	p->flight.hello.cookie = ml_tls_read_vector(&r, 2);
	return ml_tls_read_all(&r) && p->flight.hello.cookie.len ? NULL : "a cookie of a wrong length";
}

static bool suite_was_offered(const struct ml_tls_hello *offer, uint16_t suite)
{
	if (suite == ML_TLS_FALLBACK_SCSV || suite == ML_TLS_RENEGOTIATION_SCSV ||
		ml_tls_is_grease(suite))
		return false;
	return ml_tls_codes_have(offer->suites, suite);
}

static bool share_was_sent(const struct ml_tls_hello *offer, uint16_t group)
{
	for (size_t i = 0; i < offer->nshares; i++)
		if (offer->shares[i].type == group)
			return true;
	return false;
}

/* RFC 8446 4.1.4. */
static ml_tls_violation check_retry(const struct ml_tls_parser *p)
{
	const struct ml_tls_server_hello *hello = &p->flight.hello;

	if (p->retried)
		return "a second HelloRetryRequest";
	if (hello->group == 0 && hello->cookie.len == 0)
		return "a HelloRetryRequest that changes nothing";
	if (hello->group && share_was_sent(p->offer, hello->group))
		return "a HelloRetryRequest for a key that was sent";
	return NULL;
}

static ml_tls_violation check_13(const struct ml_tls_parser *p)
{
	const struct ml_tls_server_hello *hello = &p->flight.hello;

	if (!ml_str_eq(hello->session_id, p->offer->session_id))
		return "a session id that is not the client's";
	if (hello->retry)
		return check_retry(p);
	if (p->retried && (hello->suite != p->retry_suite ||
				  (p->retry_group && hello->group != p->retry_group)))
		return "a ServerHello that is not what the HelloRetryRequest said";
	if (!p->offer->empty_key_share && p->offer->nshares == 0)
		return NULL;
	if (!share_was_sent(p->offer, hello->group))
		return "a ServerHello without a key that was offered";
	return NULL;
}

static ml_tls_violation check_choice(const struct ml_tls_parser *p)
{
	const struct ml_tls_server_hello *hello = &p->flight.hello;
	const struct ml_tls_suite *suite = ml_tls_suite(hello->suite);

	if (!suite_was_offered(p->offer, hello->suite))
		return "a suite that was not offered";
	if (suite && (suite->version == ML_TLS_1_3) != (hello->version == ML_TLS_1_3)) /* RFC 8446 B.4: TLS 1.3 has its own */
		return "a suite of another version";
	if (hello->compression > 1 || (hello->compression == 1 && !p->offer->deflate))
		return "a compression that was not offered";
	if (hello->version == ML_TLS_1_3)
		return check_13(p);
	return p->retried ? "a ServerHello that is not what the HelloRetryRequest said" : NULL;
}

static ml_tls_violation read_rest(struct ml_tls_parser *p, struct ml_tls_reader *r)
{
	ml_tls_violation bad = NULL;

	if (r->rest.len) /* before extensions were thought of, there was nothing */
		bad = read_extensions(p, ml_tls_read_vector(r, 2));
	if (!bad && !ml_tls_read_all(r))
		bad = "a ServerHello whose lengths do not fit";
	bad = bad ? bad : read_version(p);
	p->flight.hello.retry = p->flight.hello.version == ML_TLS_1_3 && memcmp(p->flight.hello.random.ptr, retry_random, RANDOM_BYTES) == 0;
	bad = bad ? bad : read_key_share(p);
	bad = bad ? bad : read_alpn(p);
	bad = bad ? bad : read_cookie(p);
	return bad ? bad : check_choice(p);
}

/* RFC 8446 4.1.3: a server of TLS 1.3 (1.2) that agrees on less marks it. */
static void read_sentinels(struct ml_tls_server_hello *hello)
{
	struct ml_str tail = ml_str_sub(hello->random, RANDOM_BYTES - 8, RANDOM_BYTES);

	hello->downgrade_12 = ml_str_eq(tail, ML_STR("DOWNGRD\1"));
	hello->downgrade_11 = ml_str_eq(tail, ML_STR("DOWNGRD\0"));
}

enum ml_tls_progress ml_tls_server_hello(struct ml_tls_parser *p, struct ml_str body)
{
	struct ml_tls_server_hello *hello = &p->flight.hello;
	struct ml_tls_reader r = {.rest = body};
	ml_tls_violation bad;

	hello->version = (uint16_t)ml_tls_read(&r, 2);
	hello->random = ml_str_dup(p->arena, ml_tls_read_bytes(&r, RANDOM_BYTES));
	hello->session_id = ml_str_dup(p->arena, ml_tls_read_vector(&r, 1));
	hello->suite = (uint16_t)ml_tls_read(&r, 2);
	hello->compression = (uint8_t)ml_tls_read(&r, 1);
	if (r.short_ || hello->session_id.len > SESSION_MAX)
		return ml_tls_violate(p, "a ServerHello whose lengths do not fit");
	hello->seen = true;
	bad = hello->random.ptr ? read_rest(p, &r) : NULL;
	if (ml_arena_failed(p->arena))
		return ml_tls_stop(p, ML_TLS_NOMEM);
	if (bad)
		return ml_tls_violate(p, bad);
	read_sentinels(hello);
	return hello->version == ML_TLS_1_3 ? ml_tls_stop(p, ML_TLS_DONE) : ML_TLS_MORE;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What a web server answers to `GET /`, as facts. */
#include "base/error.h"
#include "base/sort.h"
#include "base/utf8.h"
#include "checks/tls/sessions-priv.h"
#include "facts/tls-http.h"
#include "facts/tls.h"

enum { HTTPS = 443, HTTPS_ALTERNATIVE = 8443, HTTP = 80, H2_HEADER = 9, H2_SETTINGS = 4 };

/* Headers whose values are facts. What others say is nobody's business, and may be a secret. */
static const char *const telling[] = {
	"access-control-allow-credentials",
	"access-control-allow-origin",
	"alt-svc",
	"cache-control",
	"clear-site-data",
	"content-security-policy",
	"content-security-policy-report-only",
	"content-type",
	"cross-origin-embedder-policy",
	"cross-origin-opener-policy",
	"cross-origin-resource-policy",
	"expect-ct",
	"feature-policy",
	"origin-agent-cluster",
	"permissions-policy",
	"public-key-pins",
	"referrer-policy",
	"via",
	"x-aspnet-version",
	"x-aspnetmvc-version",
	"x-content-type-options",
	"x-frame-options",
	"x-generator",
	"x-permitted-cross-domain-policies",
	"x-powered-by",
	"x-xss-protection",
};
static const char *const naming[] = {
	"server", "x-powered-by", "x-aspnet-version", "x-aspnetmvc-version", "x-generator"};

/* ---- asking ---- */

struct ml_str ml_tls_http_request(struct ml_tls_collector *c)
{
	const struct ml_tls_request *request = c->request;
	struct ml_str host = request->name;
	struct ml_str path = request->http_path.len ? request->http_path : ML_STR("/");

	if (host.len == 0)
		host = request->endpoint;
	else if (request->port != HTTPS)
		host = ml_strf(c->scratch, "%.*s:%u", ML_STR_ARG(host), request->port);
	return ml_strf(c->scratch,
		"GET %.*s HTTP/1.1\r\nHost: %.*s\r\nUser-Agent: merlon\r\nAccept: "
		"*/*\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nConnection: close\r\n\r\n",
		ML_STR_ARG(path), ML_STR_ARG(host));
}

/* ---- texts ---- */

/* As a fact: what is no UTF-8 loses what is no ASCII. */
static struct ml_str clean(struct ml_tls_collector *c, struct ml_str text)
{
	char *copy = ml_alloc_copy(c->facts->arena, text.ptr ? text.ptr : "", text.len);
	bool good = ml_utf8_invalid(text) == ML_NPOS;

	for (size_t i = 0; copy && !good && i < text.len; i++)
		copy[i] = (unsigned char)copy[i] < 0x80 ? copy[i] : '?';
	return (struct ml_str){copy, copy ? text.len : 0};
}

/* Bytes of `text` before the first of `ends`. */
static size_t until(struct ml_str text, const char *ends)
{
	size_t n = 0;

	while (n < text.len && !strchr(ends, text.ptr[n]))
		n++;
	return n;
}

/* What changes with each answer is taken out, so that equal servers have equal facts; and queries,
 * which may hold secrets. */
static struct ml_str steady(struct ml_tls_collector *c, struct ml_str text)
{
	char *out = ml_alloc(c->facts->arena, text.len + 1);
	size_t n = 0;

	while (out && text.len) {
		bool nonce = ml_str_starts(text, ML_STR("'nonce-"));
		size_t kept = nonce ? 7 : 1, gone = 0;
		if (nonce || text.ptr[0] == '?')
			gone = until(ml_str_sub(text, kept, text.len), nonce ? "'" : " ;,'\"\t");
		memcpy(out + n, text.ptr, kept);
		n += kept;
		if (gone)
			out[n++] = '*';
		text = ml_str_sub(text, kept + gone, text.len);
	}
	return clean(c, (struct ml_str){out, n});
}

/* Without query and fragment. */
static struct ml_value location_fact(struct ml_tls_collector *c, const struct ml_http_head *head)
{
	const struct ml_http_field *field = ml_http_field(head, "location");
	struct ml_str text = field ? field->value : ML_STR("");

	return ml_tls_text(c, clean(c, ml_str_sub(text, 0, until(text, "?#"))));
}

static bool is_digit(struct ml_str text, size_t i)
{
	return i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9';
}

/* "nginx/1.22", "4.0.30319". */
static bool names_version(struct ml_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((text.ptr[i] == '/' && is_digit(text, i + 1)) ||
			(text.ptr[i] == '.' && i && is_digit(text, i - 1) && is_digit(text, i + 1)))
			return true;
	return false;
}

static bool discloses(struct ml_tls_collector *c, const struct ml_http_head *head)
{
	for (size_t i = 0; i < sizeof(naming) / sizeof(naming[0]); i++)
		if (names_version(ml_http_value(c->scratch, head, naming[i])))
			return true;
	return false;
}

/* ---- parts of the answer ---- */

static struct ml_value hsts_fact(struct ml_tls_collector *c, const struct ml_http_head *head)
{
	static const char name[] = "strict-transport-security";
	const struct ml_http_field *first = ml_http_field(head, name);
	struct ml_http_hsts hsts = first ? ml_http_hsts(first->value) : (struct ml_http_hsts){0};
	struct ml_record_builder b;
	size_t n = 0;

	for (size_t i = 0; i < head->nfields; i++)
		n += ml_str_is(head->fields[i].name, name);
	ml_record_begin(&b, &ml_tf_hsts_type);
	ml_record_set(&b, ML_TF_HSTS_PRESENT, ml_bool(n > 0));
	ml_record_set(&b, ML_TF_HSTS_VALID, ml_bool(hsts.valid));
	ml_record_set(&b, ML_TF_HSTS_MAX_AGE, ml_int(hsts.max_age));
	ml_record_set(&b, ML_TF_HSTS_SUBDOMAINS, ml_bool(hsts.include_subdomains));
	ml_record_set(&b, ML_TF_HSTS_PRELOAD, ml_bool(hsts.preload));
	ml_record_set(&b, ML_TF_HSTS_SEVERAL, ml_bool(n > 1));
	return ml_tls_pack(c, &b);
}

static struct ml_value headers_fact(struct ml_tls_collector *c, const struct ml_http_head *head)
{
	enum { MOST = sizeof(telling) / sizeof(telling[0]) };
	struct ml_entry *entries = ml_alloc_array(c->facts->arena, MOST, sizeof(*entries));
	struct ml_value map = ml_absent();
	size_t n = 0, dup;

	for (size_t i = 0; i < MOST && entries; i++) {
		if (!ml_http_field(head, telling[i]))
			continue;
		entries[n].key = ml_string(ml_str(telling[i]));
		entries[n++].value =
			ml_tls_text(c, steady(c, ml_http_value(c->scratch, head, telling[i])));
	}
	c->memory = c->memory || !entries || ml_map(entries, n, &map, &dup);
	return map;
}

static int by_name(const void *a, const void *b)
{
	return ml_str_cmp(
		((const struct ml_http_field *)a)->name, ((const struct ml_http_field *)b)->name);
}

static struct ml_value names_fact(struct ml_tls_collector *c, const struct ml_http_head *head)
{
	struct ml_value *items = ml_alloc_array(c->facts->arena, head->nfields, sizeof(*items));
	struct ml_http_field *sorted = ml_alloc_array(c->scratch, head->nfields, sizeof(*sorted));
	size_t n = 0;

	for (size_t i = 0; i < head->nfields && sorted; i++)
		sorted[i] = head->fields[i];
	if (!items || !sorted ||
		ml_sort(c->scratch, sorted, head->nfields, sizeof(*sorted), by_name)) {
		c->memory = true;
		return ml_absent();
	}
	for (size_t i = 0; i < head->nfields; i++)
		if (i == 0 || !ml_str_eq(sorted[i].name, sorted[i - 1].name))
			items[n++] = ml_tls_text(c, clean(c, sorted[i].name));
	return ml_list(items, n);
}

static struct ml_value cookie_fact(struct ml_tls_collector *c, const struct ml_http_cookie *cookie)
{
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_tf_cookie_type);
	ml_record_set(&b, ML_TF_CK_NAME, ml_tls_text(c, clean(c, cookie->name)));
	ml_record_set(&b, ML_TF_CK_SECURE, ml_bool(cookie->secure));
	ml_record_set(&b, ML_TF_CK_HTTP_ONLY, ml_bool(cookie->http_only));
	ml_record_set(&b, ML_TF_CK_SAME_SITE, ml_string(cookie->same_site));
	ml_record_set(&b, ML_TF_CK_DOMAIN, ml_bool(cookie->domain));
	ml_record_set(&b, ML_TF_CK_PREFIX_KEPT, ml_bool(ml_http_cookie_prefix(cookie)));
	ml_record_set(&b, ML_TF_CK_GONE, ml_bool(cookie->gone));
	return ml_tls_pack(c, &b);
}

static struct ml_value cookies_fact(struct ml_tls_collector *c, const struct ml_http_head *head)
{
	struct ml_value *items = ml_alloc_array(c->facts->arena, head->nfields, sizeof(*items));
	struct ml_http_cookie cookie;
	size_t n = 0;

	c->memory = c->memory || !items;
	for (size_t i = 0; i < head->nfields && items; i++)
		if (ml_str_is(head->fields[i].name, "set-cookie") &&
			ml_http_cookie(head->fields[i].value, &cookie))
			items[n++] = cookie_fact(c, &cookie);
	return ml_list(items, n);
}

static struct ml_value text_of(
	struct ml_tls_collector *c, const struct ml_http_head *head, const char *name)
{
	return ml_tls_text(c, clean(c, ml_http_value(c->scratch, head, name)));
}

static struct ml_value answer_fact(struct ml_tls_collector *c, const struct ml_http_head *head)
{
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_tf_http_type);
	ml_record_set(&b, ML_TF_HT_SPOKEN, ml_bool(true));
	ml_record_set(&b, ML_TF_HT_VERSION,
		ml_tls_text(c, ml_strf(c->facts->arena, "HTTP/1.%u", head->minor)));
	ml_record_set(&b, ML_TF_HT_STATUS, ml_int(head->status));
	ml_record_set(&b, ML_TF_HT_SERVER, text_of(c, head, "server"));
	ml_record_set(&b, ML_TF_HT_LOCATION, location_fact(c, head));
	ml_record_set(&b, ML_TF_HT_HSTS, hsts_fact(c, head));
	ml_record_set(&b, ML_TF_HT_HEADERS, headers_fact(c, head));
	ml_record_set(&b, ML_TF_HT_HEADER_NAMES, names_fact(c, head));
	ml_record_set(&b, ML_TF_HT_COOKIES, cookies_fact(c, head));
	ml_record_set(&b, ML_TF_HT_CONTENT_ENCODING, text_of(c, head, "content-encoding"));
	ml_record_set(&b, ML_TF_HT_DISCLOSES_VERSION, ml_bool(discloses(c, head)));
	return ml_tls_pack(c, &b);
}

/* ---- whether there was one ---- */

static struct ml_value unknown(struct ml_tls_collector *c, const char *why)
{
	c->facts->incomplete = true;
	return ml_unknown(ml_str(why));
}

/* RFC 9113 3.4: a server begins with SETTINGS. */
static bool speaks_h2(struct ml_str answer)
{
	return answer.len >= H2_HEADER && answer.ptr[3] == H2_SETTINGS && answer.ptr[0] == 0 &&
	       answer.ptr[1] == 0;
}

/* Whoever agrees to http/1.1, or listens on its ports, owes an answer. */
static bool owes_answer(const struct ml_tls_collector *c, const struct ml_tls_seen *seen)
{
	return ml_str_is(seen->alpn, "http/1.1") || c->request->port == HTTPS ||
	       c->request->port == HTTPS_ALTERNATIVE;
}

static struct ml_value no_answer(struct ml_tls_collector *c, const struct ml_tls_seen *seen)
{
	if (speaks_h2(seen->answer))
		return unknown(c, "the server speaks HTTP/2 only");
	if (ml_str_starts(seen->answer, ML_STR("HTTP/1.")))
		return unknown(c, "the header of the HTTP answer has no end");
	if (seen->answer.len)
		return ml_absent(); /* another protocol */
	if (seen->certificate_requested && seen->alert_seen)
		return unknown(c, "the server wants a certificate of the client");
	return owes_answer(c, seen) ? unknown(c, "the server does not answer to HTTP")
				    : ml_absent();
}

static struct ml_value http_fact(struct ml_tls_collector *c, const struct ml_tls_seen *seen)
{
	struct ml_http_head head;
	const char *why;
	int r;

	if (!seen->made)
		return ml_engine_given_up(c->engine)
			       ? ml_tls_known_or(c, false, ml_absent())
			       : unknown(c, "no handshake with it could be completed");
	if (!seen->answered)
		return no_answer(c, seen);
	r = ml_http_read(c->scratch, seen->answer, &head, &why);
	c->memory = c->memory || r == ML_ENOMEM;
	return r == 0 ? answer_fact(c, &head)
		      : unknown(c, why ? why : "the header of the HTTP answer is too long");
}

/* ---- without TLS ---- */

struct ml_tls_plain {
	struct ml_talk talk;
	struct ml_chain chain;
	struct ml_tls_collector *collector;
	struct ml_buf text;
	struct ml_http_scan scan;
	bool begun, answered;
	enum ml_talk_end how;
};

static struct ml_tls_plain *plain_of(struct ml_talk *talk)
{
	return (struct ml_tls_plain *)talk;
}

static bool plain_start(struct ml_talk *talk, struct ml_buf *out)
{
	struct ml_tls_plain *plain = plain_of(talk);
	const struct ml_tls_request *request = plain->collector->request;
	struct ml_str host = request->name.len ? request->name
					       : ml_str_sub(request->endpoint, 0,
							 ml_str_rchr(request->endpoint, ':'));

	ml_buf_clear(&plain->text);
	plain->scan = (struct ml_http_scan){0};
	ml_buf_puts(out, "GET / HTTP/1.1\r\nHost: ");
	ml_buf_str(out, host);
	if (request->plain_port != HTTP)
		ml_buf_printf(out, ":%u", request->plain_port);
	ml_buf_puts(out, "\r\nUser-Agent: merlon\r\nAccept: */*\r\nConnection: close\r\n\r\n");
	return true;
}

static bool plain_feed(struct ml_talk *talk, struct ml_str bytes, struct ml_buf *out)
{
	struct ml_tls_plain *plain = plain_of(talk);
	enum ml_http_progress progress;

	ml_buf_str(&plain->text, bytes);
	progress = ml_http_scan(&plain->scan, ml_buf_get(&plain->text));
	plain->answered = progress == ML_HTTP_WHOLE;
	return progress == ML_HTTP_MORE && !plain->text.error;
}

static void plain_ended(struct ml_talk *talk, enum ml_talk_end how)
{
	plain_of(talk)->how = how;
}

static struct ml_talk *plain_next(struct ml_chain *chain)
{
	static const struct ml_talk_ops ops = {plain_start, plain_feed, plain_ended};
	struct ml_tls_plain *plain =
		(struct ml_tls_plain *)((char *)chain - offsetof(struct ml_tls_plain, chain));

	if (plain->begun)
		return NULL;
	plain->begun = true;
	plain->talk = (struct ml_talk){.ops = &ops, .plain = true, .may_be_silent = true};
	return &plain->talk;
}

void ml_tls_http_begin(struct ml_tls_collector *c)
{
	struct ml_tls_plain *plain;

	if (!c->request->plain_port)
		return;
	plain = ml_alloc(c->scratch, sizeof(*plain));
	c->memory = c->memory || !plain;
	if (!plain)
		return;
	*plain = (struct ml_tls_plain){.chain = {plain_next}, .collector = c, .how = ML_TALK_NEVER};
	ml_buf_init(&plain->text, ML_HTTP_HEAD_BYTES);
	c->plain = plain;
	ml_engine_add(c->engine, &plain->chain);
}

static struct ml_value plain_answer(struct ml_tls_collector *c, const struct ml_http_head *head)
{
	struct ml_record_builder b;
	struct ml_value location = location_fact(c, head);
	bool sends = head->status >= 300 && head->status <= 399 && head->status != 304;

	ml_record_begin(&b, &ml_tf_plain_type);
	ml_record_set(&b, ML_TF_PL_PORT, ml_int(c->request->plain_port));
	ml_record_set(&b, ML_TF_PL_REACHABLE, ml_bool(true));
	ml_record_set(&b, ML_TF_PL_STATUS, ml_int(head->status));
	ml_record_set(&b, ML_TF_PL_LOCATION, location);
	ml_record_set(&b, ML_TF_PL_TO_TLS,
		ml_bool(sends && ml_str_istarts(ml_value_text(&location), ML_STR("https://"))));
	return ml_tls_pack(c, &b);
}

static struct ml_value plain_without_answer(struct ml_tls_collector *c, bool reachable)
{
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_tf_plain_type);
	ml_record_set(&b, ML_TF_PL_PORT, ml_int(c->request->plain_port));
	ml_record_set(&b, ML_TF_PL_REACHABLE, ml_bool(reachable));
	return ml_tls_pack(c, &b);
}

static struct ml_value plain_fact(struct ml_tls_collector *c, const struct ml_tls_plain *plain)
{
	struct ml_http_head head;
	const char *why;
	int r;

	if (plain->how == ML_TALK_NEVER)
		return ml_engine_given_up(c->engine) ? ml_tls_known_or(c, false, ml_absent())
						     : plain_without_answer(c, false);
	if (!plain->answered)
		return plain->text.len ? plain_without_answer(c, true)
				       : unknown(c, "the port without TLS does not answer");
	r = ml_http_read(c->scratch,
		ml_str_sub(ml_buf_get(&plain->text), plain->scan.head, plain->scan.line), &head,
		&why);
	c->memory = c->memory || r == ML_ENOMEM;
	return r == 0 ? plain_answer(c, &head)
		      : unknown(c, why ? why : "the header of the HTTP answer is too long");
}

void ml_tls_http_write(struct ml_tls_collector *c, struct ml_record_builder *root)
{
	struct ml_value value = c->sessions && c->sessions->newest && c->sessions->request.len
					? http_fact(c, &c->sessions->web_seen)
					: ml_absent();

	if (value.kind != ML_V_ABSENT)
		ml_record_set(root, ML_TF_HTTP, value);
	if (!c->plain)
		return;
	ml_record_set(root, ML_TF_HTTP_PLAIN, plain_fact(c, c->plain));
	ml_buf_free(&c->plain->text);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What servers say, by the table tests/tls/flights.txt: whole, byte by byte, cut at each byte, and with bytes changed; what clients say, read back; the tables of code points. */
#include "tests/unit/data.h"

#include <ctype.h>

#include "checks/tls/suites.h"
#include "checks/tls/wire.h"

#define ARENA_BYTES ((size_t)64 << 20)

static const uint16_t suites[] = {0xc02f, 0xc030, 0x009e, 0x002f, 0x00a6, 0x1301, 0x1302, ML_TLS_RENEGOTIATION_SCSV};
static const uint16_t groups[] = {29, 23, 4588};
static const uint16_t schemes[] = {0x0403, 0x0804, 0x0401};
static const uint16_t versions[] = {ML_TLS_1_3, ML_TLS_1_2};
static const struct ml_str protocols[] = {{"h2", 2}, {"http/1.1", 8}};

static struct ml_tls_hello hello_12(void)
{
	return (struct ml_tls_hello){
		.version = ML_TLS_1_2, .random = ML_STR("0123456789abcdef0123456789abcdef"), .suites = {suites, 8}, .groups = {groups, 3},
		.schemes = {schemes, 3}, .server_name = ML_STR("example.org"), .point_formats = true, .status_request = true, .alpn = protocols, .nalpn = 2,
	};
}

static struct ml_tls_hello hello_13(void)
{
	struct ml_tls_hello hello = hello_12();

	hello.versions = (struct ml_tls_codes){versions, 2};
	hello.empty_key_share = true;
	hello.session_id = ML_STR("fedcba9876543210fedcba9876543210");
	return hello;
}

/* With a key for x25519, a ticket, and GREASE as one of the suites. */
static struct ml_tls_hello hello_share(void)
{
	static const uint16_t greased[] = {0x0a0a, 0x1301, 0x002f};
	static const uint16_t greased_groups[] = {0x1a1a, 29, 23};
	static const struct ml_tls_extension share[] = {{29,
		{"keykeykeykeykeykeykeykeykeykeyke", 32}}},
					     ticket[] = {{35, {"ticket", 6}}};
	struct ml_tls_hello hello = hello_13();

	hello.suites = (struct ml_tls_codes){greased, 3};
	hello.groups = (struct ml_tls_codes){greased_groups, 3};
	hello.empty_key_share = false;
	hello.shares = share;
	hello.nshares = 1;
	hello.extra = ticket;
	hello.nextra = 1;
	return hello;
}

/* One of SSL 3.0, which asks for secure renegotiation by a suite. */
static struct ml_tls_hello hello_bare(void)
{
	struct ml_tls_hello hello = hello_12();

	hello.version = ML_SSL_3_0;
	hello.bare = true;
	return hello;
}

static struct ml_tls_hello hello_by_name(struct ml_str name)
{
	if (ml_str_is(name, "13"))
		return hello_13();
	if (ml_str_is(name, "bare"))
		return hello_bare();
	return ml_str_is(name, "share") ? hello_share() : hello_12();
}

/* A case of the table: NAME | 12, 13, share, bare or ssl2 | bytes in hexadecimal | what they are. */
struct row {
	struct ml_str name, offer, bytes, want;
};

static struct ml_str unhex(struct ml_arena *arena, struct ml_str hex)
{
	char *out = ml_alloc(arena, hex.len);
	size_t n = 0, digits = 0;
	unsigned value = 0;

	for (size_t i = 0; i < hex.len; i++) {
		unsigned char c = (unsigned char)hex.ptr[i];
		if (isspace(c))
			continue;
		assert_true(isxdigit(c));
		value = value << 4 | (unsigned)(isdigit(c) ? c - '0' : (c | 32) - 'a' + 10);
		if (++digits % 2 == 0)
			out[n++] = (char)value;
	}
	assert_int_equal(digits % 2, 0);
	return (struct ml_str){out, n};
}

static struct ml_tls_parser *parser_for(struct ml_arena *arena, struct ml_str offer)
{
	struct ml_tls_hello *hello = ml_alloc(arena, sizeof(*hello));
	struct ml_tls_parser *parser;

	*hello = hello_by_name(offer);
	parser = ml_str_is(offer, "ssl2") ? ml_ssl2_parser_new(arena) : ml_tls_parser_new(arena, hello);
	assert_non_null(parser);
	return parser;
}

static void put_hello(struct ml_buf *out, const struct ml_tls_flight *flight)
{
	const struct ml_tls_server_hello *hello = &flight->hello;

	if (!hello->seen)
		return;
	ml_buf_printf(out, " %s version=%04x suite=%04x", hello->retry ? "retry" : "hello", hello->version, hello->suite);
	if (hello->group)
		ml_buf_printf(out, " group=%u", hello->group);
	if (hello->alpn.len)
		ml_buf_printf(out, " alpn=%.*s", ML_STR_ARG(hello->alpn));
	if (hello->unasked)
		ml_buf_printf(out, " unasked=%u", hello->unasked_type);
	if (hello->downgrade_12 || hello->downgrade_11)
		ml_buf_puts(out, hello->downgrade_12 ? " downgrade=1.2" : " downgrade=1.1");
}

static void put_rest(struct ml_buf *out, const struct ml_tls_flight *flight)
{
	for (size_t i = 0; i < flight->ncertificates; i++)
		ml_buf_printf(out, " certificate=%zu", flight->certificates[i].len);
	if (flight->status.len)
		ml_buf_printf(out, " status=%zu", flight->status.len);
	if (flight->exchange)
		ml_buf_printf(out, " exchange=%d curve=%u dh=%zu scheme=%04x", flight->exchange, flight->curve, 8 * flight->dh_prime.len,
			flight->exchange_scheme);
	if (flight->certificate_requested)
		ml_buf_puts(out, " requested");
	if (flight->request_types.len)
		ml_buf_printf(out, " types=%zu", flight->request_types.len);
	if (flight->request_schemes.len)
		ml_buf_printf(out, " schemes=%zu", flight->request_schemes.len / 2);
	if (flight->request_names)
		ml_buf_printf(out, " names=%zu", flight->request_names);
	if (flight->resumed)
		ml_buf_puts(out, " resumed");
	if (flight->ticket.ptr)
		ml_buf_printf(out, " ticket=%zu lifetime=%u", flight->ticket.len,
			flight->ticket_lifetime);
	for (size_t i = 0; i < flight->nssl2_kinds; i++)
		ml_buf_printf(out, " kind=%06x", flight->ssl2_kinds[i]);
	if (flight->alert_seen)
		ml_buf_printf(out, " alert=%s", ml_tls_alert_name(flight->alert.description) ? ml_tls_alert_name(flight->alert.description) : "?");
	if (flight->plain.len) {
		ml_buf_puts(out, " text=");
		ml_buf_escaped(out, flight->plain);
	}
	if (flight->violation)
		ml_buf_printf(out, " violation=%s", flight->violation);
}

/* All that a parser tells, in one line. */
static struct ml_str tell(struct ml_arena *arena, enum ml_tls_progress progress, const struct ml_tls_flight *flight)
{
	static const char *const names[] = {"more", "done", "alerted", "plain", "violation", "closed", "limit", "nomem"};
	struct ml_str text;
	ML_BUF_AUTO out;

	ml_buf_init(&out, 65536);
	ml_buf_puts(&out, names[progress]);
	put_hello(&out, flight);
	put_rest(&out, flight);
	text = ml_str_dup(arena, ml_buf_get(&out));
	return text;
}

static struct ml_str feed(struct ml_arena *arena, const struct row *row, size_t piece, size_t len)
{
	struct ml_tls_parser *parser = parser_for(arena, row->offer);

	for (size_t at = 0; at < len; at += piece)
		ml_tls_parser_feed(parser, ml_str_sub(row->bytes, at, at + piece < len ? at + piece : len));
	return tell(arena, ml_tls_parser_end(parser), ml_tls_parser_flight(parser));
}

/* Every shorter part ends without an answer, or with one that the whole has, too: an earlier end than that of the whole is an alert, a violation or text. */
static void cut_anywhere(struct ml_arena *arena, const struct row *row)
{
	struct ml_arena_mark mark = ml_arena_mark(arena);

	for (size_t len = 0; len < row->bytes.len; len++) {
		struct ml_str part = feed(arena, row, row->bytes.len + 1, len);
		assert_false(ml_str_starts(part, ML_STR("more")) || ml_str_starts(part, ML_STR("nomem")));
		assert_false(ml_str_starts(part, ML_STR("done")) && !ml_str_starts(row->want, ML_STR("done")));
		ml_arena_release(arena, mark);
	}
}

/* Any byte may be any other: the parser ends with something, whatever the pieces. */
static void change_anything(struct ml_arena *arena, const struct row *row)
{
	struct ml_arena_mark mark = ml_arena_mark(arena);
	char *bytes = (char *)(uintptr_t)row->bytes.ptr;

	for (size_t at = 0; at < row->bytes.len && at < 400; at++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			bytes[at] = (char)(bytes[at] ^ 1 << bit);
			struct ml_str whole = feed(arena, row, row->bytes.len, row->bytes.len), single = feed(arena, row, 1, row->bytes.len);
			if (!ml_str_eq(whole, single))
				fail_msg("%.*s, byte %zu: %.*s, and by bytes %.*s", ML_STR_ARG(row->name), at, ML_STR_ARG(whole), ML_STR_ARG(single));
			bytes[at] = (char)(bytes[at] ^ 1 << bit);
			ml_arena_release(arena, mark);
		}
	}
}

static void check_row(struct ml_arena *arena, const struct row *row)
{
	static const size_t pieces[] = {1, 2, 3, 7, 100, 65536};

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct ml_str got = feed(arena, row, pieces[i], row->bytes.len);
		if (!ml_str_eq(got, row->want))
			fail_msg("%.*s, in pieces of %zu: got \"%.*s\", want \"%.*s\"", ML_STR_ARG(row->name), pieces[i], ML_STR_ARG(got), ML_STR_ARG(row->want));
	}
	cut_anywhere(arena, row);
	change_anything(arena, row);
}

static void flights_are_read(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_str rest = test_file(arena, "tests/tls/flights.txt"), line;
	size_t n = 0;

	while (ml_str_split(&rest, '\n', &line)) {
		struct ml_arena_mark mark = ml_arena_mark(arena);
		struct ml_str part[4];
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		for (size_t i = 0; i < 4; i++) {
			assert_true(ml_str_split(&line, '|', &part[i]));
			part[i] = ml_str_trim(part[i]);
		}
		check_row(arena, &(struct row){part[0], part[1], unhex(arena, part[2]), part[3]});
		ml_arena_release(arena, mark);
		n++;
	}
	assert_true(n >= 40);
}

/* A ClientHello's bytes as they must stand, RFC 8446 4.1.2 and 4.2. */
static void hellos_are_built(void **state)
{
	static const uint16_t one_suite[] = {0x1301}, one_group[] = {29}, one_scheme[] = {0x0403}, one_version[] = {ML_TLS_1_3};
	static const char want[] = "\x16\3\1\0\x6b\1\0\0\x67\3\3" "0123456789abcdef0123456789abcdef" "\2xy" "\0\2\x13\1" "\1\0" "\0\x3a"
		"\0\0\0\x10\0\x0e\0\0\x0b" "example.org" "\0\x0a\0\4\0\2\0\x1d" "\0\x33\0\2\0\0" "\0\x0d\0\4\0\2\4\3" "\0\x10\0\5\0\3\2h2" "\0\x2b\0\3\2\3\4";
	struct ml_tls_hello hello = {
		.version = ML_TLS_1_2, .random = ML_STR("0123456789abcdef0123456789abcdef"), .session_id = ML_STR("xy"), .suites = {one_suite, 1},
		.server_name = ML_STR("example.org"), .groups = {one_group, 1}, .empty_key_share = true, .schemes = {one_scheme, 1}, .alpn = protocols,
		.nalpn = 1, .versions = {one_version, 1},
	};
	ML_BUF_AUTO out;

	ml_buf_init(&out, 65536);
	assert_int_equal(ml_tls_hello_build(&hello, &out), 0);
	assert_int_equal(out.len, sizeof(want) - 1);
	assert_memory_equal(out.ptr, want, out.len);
	ml_buf_clear(&out);
	hello.bare = true;
	hello.version = ML_SSL_3_0;
	assert_int_equal(ml_tls_hello_build(&hello, &out), 0);
	assert_memory_equal(out.ptr, "\x16\3\0\0\x2f\1\0\0\x2b\3\0", 11);
	assert_int_equal(out.len, 5 + 0x2f);
}

static void what_does_not_fit_is_refused(void **state)
{
	static const uint16_t many[40000] = {0};
	static const uint32_t kinds[] = {0x010080, 0x0700c0};
	struct ml_tls_hello hello = hello_12(), bad = hello;
	struct ml_str empty = ML_STR_NONE;
	ML_BUF_AUTO out;

	ml_buf_init(&out, 1 << 20);
	assert_int_equal(ml_tls_hello_build(&hello, &out), 0);
	bad.random = ML_STR("short");
	assert_int_equal(ml_tls_hello_build(&bad, &out), ML_EINVAL);
	bad = hello;
	bad.session_id = ML_STR("0123456789abcdef0123456789abcdefX");
	assert_int_equal(ml_tls_hello_build(&bad, &out), ML_EINVAL);
	bad = hello;
	bad.suites = (struct ml_tls_codes){many, 40000};
	assert_int_equal(ml_tls_hello_build(&bad, &out), ML_EINVAL);
	bad.suites = (struct ml_tls_codes){many, 32767}; /* as a list, but not with all else in one record */
	assert_int_equal(ml_tls_hello_build(&bad, &out), ML_EINVAL);
	bad = hello;
	bad.alpn = &empty;
	bad.nalpn = 1;
	assert_int_equal(ml_tls_hello_build(&bad, &out), ML_EINVAL);
	ml_buf_clear(&out);
	assert_int_equal(ml_ssl2_hello_build(kinds, 2, ML_STR("0123456789abcdef"), &out), 0);
	assert_int_equal(out.len, 33);
	assert_memory_equal(out.ptr, "\x80\x1f\1\0\2\0\6\0\0\0\x10\1\0\x80\7\0\xc0" "0123456789abcdef", 33);
	assert_int_equal(ml_ssl2_hello_build(kinds, 2, ML_STR("short"), &out), ML_EINVAL);
	assert_int_equal(ml_ssl2_hello_build(kinds, 0, ML_STR("0123456789abcdef"), &out), ML_EINVAL);
}

/* Order, GREASE, shares, raw extensions in a field's place and behind, padding: byte by byte. */
static void hellos_for_probes_are_built(void **state)
{
	static const uint16_t one_suite[] = {0x1301}, one_group[] = {29},
			      one_version[] = {ML_TLS_1_3}, order[] = {0x2b, 0x2d, 0x33};
	static const struct ml_tls_extension share[] = {{29, {"KEY", 3}}};
	static const struct ml_tls_extension extra[] = {
		{0x7777, {"raw", 3}}, {0x2d, {"\1\1", 2}}, {35, {"tick", 4}}};
	static const char want[] = "\x16\3\2\0\x82\1\0\0\x7e\3\3"
				   "0123456789abcdef0123456789abcdef"
				   "\0"
				   "\0\4\x2a\x2a\x13\1"
				   "\1\0"
				   "\0\x51"
				   "\x2a\x2a\0\0"
				   "\0\x2b\0\5\4\x2a\x2a\3\4"
				   "\0\x2d\0\2\1\1"
				   "\0\x33\0\x09\0\7\0\x1d\0\3KEY"
				   "\0\x0a\0\6\0\4\x2a\x2a\0\x1d"
				   "\0\x23\0\4tick"
				   "\x77\x77\0\3raw"
				   "\0\x15\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
	struct ml_tls_hello hello = {
		.version = ML_TLS_1_2,
		.random = ML_STR("0123456789abcdef0123456789abcdef"),
		.suites = {one_suite, 1},
		.groups = {one_group, 1},
		.versions = {one_version, 1},
		.record_version = ML_TLS_1_1,
		.grease = 0x2a2a,
		.shares = share,
		.nshares = 1,
		.extra = extra,
		.nextra = 3,
		.order = {order, 3},
		.pad_to = 130,
		.session_ticket = true,
	};
	ML_BUF_AUTO out;

	ml_buf_init(&out, 1 << 20);
	assert_int_equal(ml_tls_hello_build(&hello, &out), 0);
	assert_int_equal(out.len, sizeof(want) - 1);
	assert_memory_equal(out.ptr, want, out.len);
	for (hello.pad_to = 0; hello.pad_to < 700; hello.pad_to++) {
		size_t bare = 106, padded = hello.pad_to < bare + 4 ? bare + 4 : hello.pad_to;
		ml_buf_clear(&out);
		assert_int_equal(ml_tls_hello_build(&hello, &out), 0);
		assert_int_equal(out.len, 5 + (hello.pad_to <= bare ? bare : padded));
	}
	hello.pad_to = 20000; /* more than a record takes */
	assert_int_equal(ml_tls_hello_build(&hello, &out), ML_EINVAL);
}

struct step {
	const char *bytes;
	size_t len;
};
#define STEP(literal)                                                                              \
	{                                                                                          \
		literal, sizeof(literal) - 1                                                       \
	}

static enum ml_tls_progress feed_by(struct ml_tls_parser *parser, struct step step, size_t piece)
{
	enum ml_tls_progress progress = ML_TLS_MORE;

	for (size_t at = 0; at < step.len; at += piece)
		progress = ml_tls_parser_feed(
			parser, ml_str_sub((struct ml_str){step.bytes, step.len}, at, at + piece));
	return progress;
}

#define RETRY_RANDOM                                                                               \
	"\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb" \
	"\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"
#define SESSION "fedcba9876543210fedcba9876543210"
#define RETRY                                                                                      \
	"\x16\3\3\0\x58\2\0\0\x54\3\3" RETRY_RANDOM "\x20" SESSION                                 \
	"\x13\1\0\0\x0c\0\x2b\0\2\3\4\0\x33\0\2\0\x1d"
#define HELLO_13(suite, group)                                                                     \
	"\x16\3\3\0\x5d\2\0\0\x59\3\3"                                                             \
	"SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS"                                                         \
	"\x20" SESSION "\x13" suite "\0\0\x11\0\x2b\0\2\3\4\0\x33\0\x07\0" group "\0\3key"
#define CHANGE "\x14\3\3\0\1\1"
#define RETRY_COOKIE                                                                               \
	"\x16\3\3\0\x59\2\0\0\x55\3\3" RETRY_RANDOM "\x20" SESSION                                 \
	"\x13\1\0\0\x0d\0\x2b\0\2\3\4\0\x2c\0\3\0\1c"
/* In the same record the beginning of another message. */
#define RETRY_AND_MORE                                                                             \
	"\x16\3\3\0\x5c\2\0\0\x54\3\3" RETRY_RANDOM "\x20" SESSION                                 \
	"\x13\1\0\0\x0c\0\x2b\0\2\3\4\0\x33\0\2\0\x1d\2\0\0\x59"
#define HELLO_12                                                                                   \
	"\x16\3\3\0\x2a\2\0\0\x26\3\3"                                                             \
	"SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS"                                                         \
	"\0\0\x2f\0"

/* After a HelloRetryRequest the server keeps to it; the ChangeCipherSpec of middlebox compatibility
 * may stand before or behind our second hello. */
static void second_hellos_are_answered(void **state)
{
	static const uint16_t offered[] = {0x1301, 0x1302, 0x002f};
	static const struct ml_tls_extension shares[] = {{29, {"key", 3}}, {23, {"key", 3}}};
	static const struct {
		struct step first, second;
		enum ml_tls_progress want;
		const char *violation;
	} cases[] = {
		{STEP(RETRY), STEP(HELLO_13("\1", "\x1d")), ML_TLS_DONE, NULL},
		{STEP(RETRY CHANGE), STEP(HELLO_13("\1", "\x1d")), ML_TLS_DONE, NULL},
		{STEP(RETRY), STEP(CHANGE HELLO_13("\1", "\x1d")), ML_TLS_DONE, NULL},
		{STEP(RETRY "\x14\3\3"), STEP("\0\1\1" HELLO_13("\1", "\x1d")), ML_TLS_DONE, NULL},
		{STEP(RETRY), STEP(HELLO_13("\2", "\x1d")), ML_TLS_VIOLATION,
			"a ServerHello that is not what the HelloRetryRequest said"},
		{STEP(RETRY), STEP(HELLO_13("\1", "\x17")), ML_TLS_VIOLATION,
			"a ServerHello that is not what the HelloRetryRequest said"},
		{STEP(RETRY), STEP(RETRY), ML_TLS_VIOLATION, "a second HelloRetryRequest"},
		{STEP(RETRY_COOKIE), STEP(HELLO_13("\1", "\x1d")), ML_TLS_DONE, NULL},
		{STEP(RETRY_AND_MORE), STEP(HELLO_13("\1", "\x1d")), ML_TLS_VIOLATION,
			"an answer before the second hello"},
		{STEP(RETRY), STEP("\x14\3\3\0\2\1\1" HELLO_13("\1", "\x1d")), ML_TLS_VIOLATION,
			"ChangeCipherSpec before its time"},
		{STEP(RETRY), STEP("\x16\3\3\0\4\2\0\0\x59" CHANGE), ML_TLS_VIOLATION,
			"ChangeCipherSpec before its time"},
		{STEP(RETRY), STEP(HELLO_12), ML_TLS_VIOLATION,
			"a ServerHello that is not what the HelloRetryRequest said"},
		{STEP(RETRY CHANGE "x"), STEP(HELLO_13("\1", "\x1d")), ML_TLS_VIOLATION,
			"an answer before the second hello"},
		{STEP(RETRY), STEP("\x15\3\3\0\2\2\x28"), ML_TLS_ALERTED, NULL},
	};

	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
		struct ml_tls_hello first = hello_13(), second = first;
		struct ml_tls_parser *parser = ml_tls_parser_new(arena, &first);
		second.suites = (struct ml_tls_codes){offered, 3};
		second.empty_key_share = false;
		second.shares = shares;
		second.nshares = 2;
		assert_int_equal(ml_tls_parser_retry(parser, &second), ML_EINVAL);
		assert_int_equal(
			feed_by(parser, cases[i / 2].first, i % 2 ? 1 : 65536), ML_TLS_DONE);
		assert_int_equal(ml_tls_parser_after(parser), ML_EINVAL);
		assert_int_equal(ml_tls_parser_retry(parser, &second), 0);
		assert_int_equal(
			feed_by(parser, cases[i / 2].second, i % 2 ? 1 : 65536), cases[i / 2].want);
		const struct ml_tls_flight *flight = ml_tls_parser_flight(parser);
		assert_true(cases[i / 2].violation
				    ? strcmp(flight->violation, cases[i / 2].violation) == 0
				    : !flight->violation);
		assert_true(flight->bytes > cases[i / 2].first.len - 8);
	}
}

/* Behind a flight: heartbeats, encrypted alerts, and whatever comes, until a plain alert. */
static void what_comes_later_is_counted(void **state)
{
	static const struct step flight_12 = STEP("\x16\3\3\0\x2e\2\0\0\x26\3\3"
						  "SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS"
						  "\0\0\x2f\0\x0e\0\0\0");
	static const struct step later = STEP("\x18\3\3\0\x07\2\0\4leak"
					      "\x18\3\3\0\x02!!" CHANGE "\x15\3\3\0\x03sea"
					      "\x16\3\3\0\5fini."
					      "\x17\3\3\0\1d"
					      "\x18\3\3\0\x28more than is kept of what a server leaks"
					      "\x15\3\3\0\2\2\x0a");

	for (size_t piece = 1; piece < 20; piece++) {
		ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
		struct ml_tls_hello hello = hello_12();
		struct ml_tls_parser *parser = ml_tls_parser_new(arena, &hello);
		const struct ml_tls_later *seen = &ml_tls_parser_flight(parser)->later;
		assert_int_equal(ml_tls_parser_after(parser), ML_EINVAL);
		assert_int_equal(feed_by(parser, flight_12, piece), ML_TLS_DONE);
		assert_int_equal(ml_tls_parser_retry(parser, &hello), ML_EINVAL);
		assert_int_equal(ml_tls_parser_after(parser), 0);
		assert_int_equal(feed_by(parser, later, piece), ML_TLS_ALERTED);
		assert_int_equal(ml_tls_parser_flight(parser)->alert.description, 10);
		assert_int_equal(seen->heartbeats, 3);
		assert_int_equal(seen->heartbeat_bytes, 9 + 40);
		assert_memory_equal(seen->heartbeat, "\2\0\4leak!!more than is kept of wh", 32);
		assert_true(seen->changes == 1 && seen->handshakes == 1 && seen->data == 1 &&
			    seen->sealed_alerts == 1);
	}
}

/* What comes behind a session that goes on is encrypted. */
static void resumed_sessions_are_not_read_on(void **state)
{
	static const struct step resumed = STEP("\x16\3\3\0\x4a\2\0\0\x46\3\3"
						"SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS\x20" SESSION
						"\0\x2f\0" CHANGE);
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_tls_hello hello = hello_13();
	struct ml_tls_parser *parser = ml_tls_parser_new(arena, &hello);

	assert_int_equal(feed_by(parser, resumed, 1), ML_TLS_DONE);
	assert_true(ml_tls_parser_flight(parser)->resumed);
	assert_int_equal(ml_tls_parser_after(parser), ML_EINVAL);
}

/* A server that never ends is left. */
static void floods_are_limited(void **state)
{
	static const char warning[] = "\x15\3\3\0\2\1\x70", request[] = "\x16\3\3\0\4\0\0\0\0";
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	const struct {
		const char *bytes;
		size_t len;
		struct ml_str offer;
	} floods[] = {{warning, sizeof(warning) - 1, ML_STR("12")}, {request, sizeof(request) - 1, ML_STR("12")}, {request, sizeof(request) - 1, ML_STR("13")}};

	for (size_t i = 0; i < sizeof(floods) / sizeof(floods[0]); i++) {
		struct ml_tls_parser *parser = parser_for(arena, floods[i].offer);
		enum ml_tls_progress progress = ML_TLS_MORE;
		size_t n = 0;
		for (; progress == ML_TLS_MORE && n < 100000; n++)
			progress = ml_tls_parser_feed(parser, (struct ml_str){floods[i].bytes, floods[i].len});
		assert_int_equal(progress, ML_TLS_LIMIT);
		assert_true(n <= ML_TLS_RECORDS + 1);
	}
}

static void memory_may_end_anywhere(void **state)
{
	ML_ARENA_AUTO names = ml_arena_new(ARENA_BYTES);
	struct ml_str rest = test_file(names, "tests/tls/flights.txt"), line, part[4];
	size_t ended = 0;

	while (ml_str_split(&rest, '\n', &line)) {
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		for (size_t i = 0; i < 4; i++)
			ml_str_split(&line, '|', &part[i]);
		struct ml_str bytes = unhex(names, part[2]);
		for (size_t n = 1; n < 12; n++) {
			ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
			struct ml_tls_parser *parser = parser_for(arena, ml_str_trim(part[1]));
			ml_arena_fail_at(arena, n);
			enum ml_tls_progress progress = ml_tls_parser_feed(parser, bytes);
			ended += progress == ML_TLS_NOMEM;
			if (ml_arena_failed(arena))
				assert_int_equal(progress, ML_TLS_NOMEM);
		}
	}
	assert_true(ended > 50);
}

static void tables_are_in_order(void **state)
{
	const struct ml_tls_suite *suite;
	const struct ml_tls_group *group;
	size_t n;

	suite = ml_tls_suites(&n);
	for (size_t i = 0; i < n; i++) {
		assert_true(i == 0 || suite[i - 1].code < suite[i].code);
		assert_ptr_equal(ml_tls_suite((uint16_t)suite[i].code), &suite[i]);
		assert_non_null(ml_tls_kx_name((enum ml_tls_kx)suite[i].kx));
		assert_non_null(ml_tls_auth_name((enum ml_tls_auth)suite[i].auth));
		assert_non_null(ml_tls_cipher_name((enum ml_tls_cipher)suite[i].cipher));
		assert_non_null(ml_tls_mac_name((enum ml_tls_mac)suite[i].mac));
	}
	suite = ml_ssl2_kinds(&n);
	for (size_t i = 0; i < n; i++)
		assert_ptr_equal(ml_ssl2_kind(suite[i].code), &suite[i]);
	group = ml_tls_groups(&n);
	for (size_t i = 0; i < n; i++)
		assert_ptr_equal(ml_tls_group(group[i].code), &group[i]);
	assert_true(ml_tls_suite_forward(ml_tls_suite(0xc02f)) && ml_tls_suite_forward(ml_tls_suite(0x1301)) && !ml_tls_suite_forward(ml_tls_suite(0x002f)));
	assert_true(ml_tls_suite_certified(ml_tls_suite(0x002f)) && !ml_tls_suite_certified(ml_tls_suite(0x00a6)));
	assert_null(ml_tls_suite(0xfafa));
	assert_null(ml_tls_alert_name(200));
	assert_string_equal(ml_tls_kx_name(ML_KX_CECPQ1), "CECPQ1");
	assert_string_equal(ml_tls_auth_name(ML_AUTH_GOST01), "GOST01");
	assert_string_equal(ml_tls_cipher_name(ML_CIPHER_SM4_CCM), "SM4_CCM");
	assert_string_equal(ml_tls_mac_name(ML_MAC_STREEBOG256), "STREEBOG256");
}

static void names_are_found(void **state)
{
	const struct ml_tls_scheme *schemes_known;
	size_t n;

	assert_string_equal(
		ml_tls_suite_openssl(ml_tls_suite(0xc02f)), "ECDHE-RSA-AES128-GCM-SHA256");
	assert_string_equal(ml_tls_suite_openssl(ml_tls_suite(0x1301)), "TLS_AES_128_GCM_SHA256");
	assert_string_equal(ml_tls_suite_openssl(ml_tls_suite(3)), "EXP-RC4-MD5");
	assert_string_equal(ml_tls_suite_openssl(ml_tls_suite(0xff87)), "GOST2012-NULL-GOST12");
	assert_string_equal(ml_tls_suite_openssl(ml_ssl2_kind(0)), "NULL-MD5");
	assert_string_equal(ml_tls_suite_openssl(ml_ssl2_kind(0xff8010)), "NULL");
	assert_null(ml_tls_suite_openssl(ml_tls_suite(0)));
	assert_string_equal(ml_tls_mode_name(ml_tls_suite_mode(ml_tls_suite(0x002f))), "CBC");
	assert_string_equal(ml_tls_mode_name(ml_tls_suite_mode(ml_tls_suite(0x0004))), "stream");
	assert_int_equal(ml_tls_suite_mode(ml_ssl2_kind(0xff8000)), ML_MODE_STREAM);
	assert_string_equal(ml_tls_mode_name(ml_tls_suite_mode(ml_tls_suite(0x0002))), "NULL");
	assert_string_equal(ml_tls_mode_name(ml_tls_suite_mode(ml_tls_suite(0xcca8))), "AEAD");
	assert_string_equal(ml_tls_suite_hash(ml_tls_suite(0xc030)), "SHA384");
	assert_string_equal(ml_tls_suite_hash(ml_tls_suite(0xc09c)), "SHA256");
	assert_null(ml_tls_suite_hash(ml_tls_suite(0x002f)));
	schemes_known = ml_tls_schemes(&n);
	for (size_t i = 0; i < n; i++)
		assert_true(ml_tls_scheme(schemes_known[i].code) == &schemes_known[i] &&
			    (i == 0 || schemes_known[i - 1].code < schemes_known[i].code));
	assert_string_equal(ml_tls_scheme(0x0804)->name, "rsa_pss_rsae_sha256");
	assert_null(ml_tls_scheme(0));
	assert_string_equal(ml_tls_extension_name(0xff01), "renegotiation_info");
	assert_string_equal(ml_tls_extension_name(51), "key_share");
	assert_null(ml_tls_extension_name(40));
	assert_string_equal(ml_tls_version_name(ML_TLS_1_3), "TLSv1.3");
	assert_null(ml_tls_version_name(0x0305));
	assert_true(ml_tls_group_post_quantum(ml_tls_group(4588)) &&
		    ml_tls_group_post_quantum(ml_tls_group(512)));
	assert_false(ml_tls_group_post_quantum(ml_tls_group(29)));
	assert_true(ml_tls_is_grease(0x0a0a) && ml_tls_is_grease(0xfafa) &&
		    !ml_tls_is_grease(0x0a1a) && !ml_tls_is_grease(0x1301));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flights_are_read),
		cmocka_unit_test(hellos_are_built),
		cmocka_unit_test(what_does_not_fit_is_refused),
		cmocka_unit_test(hellos_for_probes_are_built),
		cmocka_unit_test(second_hellos_are_answered),
		cmocka_unit_test(what_comes_later_is_counted),
		cmocka_unit_test(resumed_sessions_are_not_read_on),
		cmocka_unit_test(floods_are_limited),
		cmocka_unit_test(memory_may_end_anywhere),
		cmocka_unit_test(tables_are_in_order),
		cmocka_unit_test(names_are_found),
	};

	return cmocka_run_group_tests_name("checks/tls, wire", tests, NULL, NULL);
}

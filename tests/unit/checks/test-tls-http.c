/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of HTTP answers by the table tests/tls/http.txt, at once and byte by byte; HSTS and cookies
 * by tables of a line each. */
#include "tests/unit/data.h"

#include "checks/tls/http.h"

#define ARENA_BYTES ((size_t)16 << 20)

/* "\r", "\n", "\t", "\0" and "\\" as they are written in the table. */
static struct ml_str unescape(struct ml_arena *arena, struct ml_str text)
{
	char *out = ml_alloc(arena, text.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (c == '\\' && i + 1 < text.len) {
			c = text.ptr[++i];
			c = c == 'r'   ? '\r'
			    : c == 'n' ? '\n'
			    : c == 't' ? '\t'
			    : c == '0' ? '\0'
				       : c;
		}
		out[n++] = c;
	}
	return (struct ml_str){out, n};
}

/* "200 server=x;date=y", or what was wrong. */
static struct ml_str shown(struct ml_arena *arena, struct ml_str bytes, size_t piece)
{
	struct ml_http_scan scan = {0};
	enum ml_http_progress progress = ML_HTTP_MORE;
	struct ml_http_head head;
	const char *why = NULL;
	ML_BUF_AUTO out;
	int r;

	ml_buf_init(&out, 100000);
	for (size_t n = piece < bytes.len ? piece : bytes.len; progress == ML_HTTP_MORE;
		n = n + piece < bytes.len ? n + piece : bytes.len) {
		progress = ml_http_scan(&scan, ml_str_sub(bytes, 0, n));
		if (n == bytes.len)
			break;
	}
	if (progress != ML_HTTP_WHOLE)
		return ml_str(progress == ML_HTTP_MORE ? "more" : "foreign");
	r = ml_http_read(arena, ml_str_sub(bytes, scan.head, scan.line), &head, &why);
	if (r)
		return ml_str(why ? why : ml_strcode(r));
	ml_buf_printf(&out, "%u", head.status);
	for (size_t i = 0; i < head.nfields; i++)
		ml_buf_printf(&out, "%s%.*s=%.*s", i ? ";" : " ", ML_STR_ARG(head.fields[i].name),
			ML_STR_ARG(head.fields[i].value));
	return ml_str_dup(arena, ml_buf_get(&out));
}

static void test_heads(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_str text = test_file(arena, "tests/tls/http.txt"), line;
	size_t cases = 0;

	while (ml_str_split(&text, '\n', &line)) {
		size_t at = ml_str_find(line, ML_STR(" -> "));
		struct ml_str bytes, want;
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		assert_true(at != ML_NPOS);
		bytes = unescape(arena, ml_str_sub(line, 0, at));
		want = ml_str_sub(line, at + 4, line.len);
		for (size_t piece = 1; piece < 100000; piece = piece * 2 + 1) {
			struct ml_str got = shown(arena, bytes, piece);
			if (!ml_str_eq(got, want))
				fail_msg("%.*s: got \"%.*s\", in pieces of %zu", ML_STR_ARG(line),
					ML_STR_ARG(got), piece);
		}
		cases++;
	}
	assert_true(cases > 20);
}

static void test_too_much(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	ML_BUF_AUTO out;
	struct ml_http_head head;
	const char *why;

	ml_buf_init(&out, 100000);
	ml_buf_puts(&out, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < ML_HTTP_FIELDS; i++)
		ml_buf_puts(&out, "a: b\r\n");
	assert_int_equal(ml_http_read(arena, ml_buf_get(&out), &head, &why), 0);
	assert_int_equal(ml_http_value(arena, &head, "a").len, 3 * ML_HTTP_FIELDS - 2);
	ml_buf_puts(&out, "a: b\r\n");
	assert_int_equal(ml_http_read(arena, ml_buf_get(&out), &head, &why), ML_ELIMIT);
	ml_buf_clear(&out);
	ml_buf_puts(&out, "HTTP/1.1 200 OK\r\na: b\r\n");
	for (int i = 0; i < 30000; i++)
		ml_buf_puts(&out, " c\n");
	assert_int_equal(ml_http_read(arena, ml_buf_get(&out), &head, &why), ML_ELIMIT);
}

static void test_values(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_http_head head;
	const char *why;

	assert_int_equal(
		ml_http_read(arena, ML_STR("HTTP/1.0 404 No\r\nX: 1\r\ny: 2\r\nx: 3\r\n\r\n"),
			&head, &why),
		0);
	assert_int_equal(head.minor, 0);
	assert_true(ml_str_is(ml_http_value(arena, &head, "x"), "1, 3"));
	assert_int_equal(ml_http_value(arena, &head, "z").len, 0);
	assert_true(ml_str_is(ml_http_field(&head, "x")->value, "1"));
	assert_null(ml_http_field(&head, "z"));
}

static void test_hsts(void **state)
{
	static const struct {
		const char *text;
		bool valid;
		int64_t max_age;
		bool include_subdomains, preload;
	} cases[] = {
		{"max-age=31536000", true, 31536000, false, false},
		{"max-age=31536000; includeSubDomains; preload", true, 31536000, true, true},
		{"MAX-AGE = \"63072000\" ;INCLUDESUBDOMAINS;", true, 63072000, true, false},
		{"max-age=0", true, 0, false, false},
		{"max-age=99999999999999999999999999", true, INT64_MAX, false, false},
		{"foo=\"a;max-age=1\"; max-age=2", true, 2, false, false},
		{"", false, 0, false, false},
		{"includeSubDomains", false, 0, false, false},
		{"max-age", false, 0, false, false},
		{"max-age=", false, 0, false, false},
		{"max-age=-1", false, 0, false, false},
		{"max-age=1y", false, 0, false, false},
		{"max-age=1; max-age=2", false, 0, false, false},
		{"max-age=1; includeSubDomains; includeSubDomains", false, 0, false, false},
		{"max-age=1; includeSubDomains=yes", false, 0, false, false},
		{"max-age=1, includeSubDomains", false, 0, false, false},
		{"max-age=\"1", false, 0, false, false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ml_http_hsts got = ml_http_hsts(ml_str(cases[i].text));
		if (got.valid != cases[i].valid || got.max_age != cases[i].max_age ||
			got.include_subdomains != cases[i].include_subdomains ||
			got.preload != cases[i].preload)
			fail_msg("%s: got %d %lld %d %d", cases[i].text, got.valid,
				(long long)got.max_age, got.include_subdomains, got.preload);
	}
}

static void test_cookies(void **state)
{
	static const struct {
		const char *text, *name, *same_site;
		bool taken, secure, http_only, gone, prefix;
	} cases[] = {
		{"a=b", "a", "", true, false, false, false, true},
		{"a=b; Secure; HttpOnly; SameSite=Lax; Path=/", "a", "Lax", true, true, true, false,
			true},
		{" a = b=c ;secure;httponly;samesite=STRICT", "a", "Strict", true, true, true,
			false, true},
		{"a=b; SameSite=Foo", "a", "", true, false, false, false, true},
		{"a=; Max-Age=0", "a", "", true, false, false, true, true},
		{"a=; Max-Age=-5", "a", "", true, false, false, true, true},
		{"a=; Max-Age=5; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "a", "", true, false,
			false, false, true},
		{"a=; Expires=Thu, 01-Jan-1970 00:00:00 GMT", "a", "", true, false, false, true,
			true},
		{"a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "a", "", true, false, false, true,
			true},
		{"a=b; Max-Age=soon", "a", "", true, false, false, false, true},
		{"a=b; Max-Age=-", "a", "", true, false, false, false, true},
		{"__Host-a=b; Secure; Path=/", "__Host-a", "", true, true, false, false, true},
		{"__Host-a=b; Secure; Path=/; Domain=x.org", "__Host-a", "", true, true, false,
			false, false},
		{"__Host-a=b; Secure; Path=/a", "__Host-a", "", true, true, false, false, false},
		{"__Host-a=b; Path=/", "__Host-a", "", true, false, false, false, false},
		{"__secure-a=b", "__secure-a", "", true, false, false, false, false},
		{"__Secure-a=b; Secure", "__Secure-a", "", true, true, false, false, true},
		{"only a value", "", "", true, false, false, false, true},
		{"", "", "", false, false, false, false, true},
		{"=", "", "", false, false, false, false, true},
		{";Secure", "", "", false, true, false, false, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ml_http_cookie got;
		bool taken = ml_http_cookie(ml_str(cases[i].text), &got);
		if (taken != cases[i].taken || !ml_str_is(got.name, cases[i].name) ||
			!ml_str_is(got.same_site, cases[i].same_site) ||
			got.secure != cases[i].secure || got.http_only != cases[i].http_only ||
			got.gone != cases[i].gone || ml_http_cookie_prefix(&got) != cases[i].prefix)
			fail_msg("%s", cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_hsts),
		cmocka_unit_test(test_cookies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

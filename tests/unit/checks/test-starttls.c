/* SPDX-License-Identifier: Apache-2.0 */
/* What servers say before TLS, by the table tests/tls/starttls.txt: whole, byte by byte, cut at each byte, and with each bit changed; ceilings; names. */
#include "tests/unit/data.h"

#include "checks/tls/starttls.h"

#define ARENA_BYTES ((size_t)64 << 20)

enum { SAID_BYTES = 4096, COLUMNS = 5 };

static const char *const ends[] = {"more", "ready", "refused", "away", "broken", "limit"};
static const char *const answers[] = {"", "no", "yes"};

/* A case of the table: NAME | protocol | what the server says | what we say | what came of it. */
struct row {
	struct ml_str name, bytes, said, want;
	enum ml_starttls_protocol protocol;
};

static int hex(char c)
{
	return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

/* "\r", "\n", "\xNN" and "*N" behind a byte, "\*40*": that often. */
static struct ml_str unescape(struct ml_arena *arena, struct ml_str text)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, 1 << 20);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i], last = out.len ? out.ptr[out.len - 1] : 0;
		if (c != '\\') {
			ml_buf_putc(&out, c);
			continue;
		}
		assert_true(++i < text.len);
		c = text.ptr[i];
		if (c == 'x') {
			assert_true(i + 2 < text.len);
			ml_buf_putc(&out, (char)(hex(text.ptr[i + 1]) << 4 | hex(text.ptr[i + 2])));
			i += 2;
		} else if (c == '*') {
			for (size_t n = strtoul(text.ptr + i + 1, NULL, 10); n > 1; n--)
				ml_buf_putc(&out, last);
			i += 1 + ml_str_chr(ml_str_sub(text, i + 1, text.len), '*');
		} else {
			ml_buf_putc(&out, c == 'r' ? '\r' : c == 'n' ? '\n' : c);
		}
	}
	return out.len ? ml_str_dup(arena, ml_buf_get(&out)) : ML_STR("");
}

static void put_text(struct ml_buf *out, const char *name, const struct ml_starttls_text *text)
{
	if (text->len == 0)
		return;
	ml_buf_printf(out, " %s=", name);
	ml_buf_escaped(out, ml_starttls_get(text));
}

/* All that a preamble tells, in one line. */
static struct ml_str tell(struct ml_arena *arena, const struct ml_starttls_seen *seen)
{
	struct ml_str text;
	ML_BUF_AUTO out;

	ml_buf_init(&out, 65536);
	ml_buf_puts(&out, ends[seen->progress]);
	if (seen->plain_login)
		ml_buf_printf(&out, " plain=%s", answers[seen->plain_login]);
	if (seen->required)
		ml_buf_printf(&out, " required=%s", answers[seen->required]);
	put_text(&out, "greeting", &seen->greeting);
	put_text(&out, "words", &seen->words);
	put_text(&out, "login", &seen->login);
	put_text(&out, "injected", &seen->injected);
	text = ml_str_dup(arena, ml_buf_get(&out));
	return text;
}

/* Feeds the first `len` bytes in pieces; *said is what we said. */
static struct ml_str feed(struct ml_arena *arena, const struct row *row, size_t piece, size_t len, struct ml_str *said)
{
	struct ml_starttls s;
	ML_BUF_AUTO out;

	ml_buf_init(&out, SAID_BYTES);
	ml_starttls_begin(&s, row->protocol, ML_STR("example.org"), &out);
	for (size_t at = 0; at < len; at += piece)
		ml_starttls_feed(&s, ml_str_sub(row->bytes, at, at + piece < len ? at + piece : len), &out);
	assert_int_not_equal(ml_starttls_end(&s), ML_STARTTLS_MORE);
	assert_int_equal(out.error, 0);
	*said = out.len ? ml_str_dup(arena, ml_buf_get(&out)) : ML_STR("");
	return tell(arena, &s.seen);
}

/* A part of what makes it ready does not, and is not known to be refused either, unless the whole is. */
static void cut_anywhere(struct ml_arena *arena, const struct row *row)
{
	struct ml_arena_mark mark = ml_arena_mark(arena);

	for (size_t len = 0; len < row->bytes.len && len < 1000; len++) {
		struct ml_str said, whole = feed(arena, row, row->bytes.len + 1, len, &said), by_bytes = feed(arena, row, 1, len, &said);
		if (!ml_str_eq(whole, by_bytes))
			fail_msg("%.*s, cut at %zu: %.*s, and by bytes %.*s", ML_STR_ARG(row->name), len, ML_STR_ARG(whole), ML_STR_ARG(by_bytes));
		assert_true(ml_str_starts(row->said, said));
		if (ml_str_starts(whole, ML_STR("refused")) || ml_str_starts(whole, ML_STR("broken")))
			assert_true(ml_str_starts(row->want, ml_str_sub(whole, 0, 6)));
		ml_arena_release(arena, mark);
	}
}

/* Any byte may be any other: it ends with the same, whatever the pieces. */
static void change_anything(struct ml_arena *arena, const struct row *row)
{
	struct ml_arena_mark mark = ml_arena_mark(arena);
	char *bytes = (char *)(uintptr_t)row->bytes.ptr;

	for (size_t at = 0; at < row->bytes.len && at < (row->bytes.len > 1000 ? 20 : 600); at++)
		for (unsigned bit = 0; bit < 8; bit++) {
			struct ml_str said, said_too, whole, single;
			bytes[at] = (char)(bytes[at] ^ 1 << bit);
			whole = feed(arena, row, row->bytes.len, row->bytes.len, &said);
			single = feed(arena, row, 1, row->bytes.len, &said_too);
			if (!ml_str_eq(whole, single) || !ml_str_eq(said, said_too))
				fail_msg("%.*s, byte %zu: %.*s, and by bytes %.*s", ML_STR_ARG(row->name), at, ML_STR_ARG(whole), ML_STR_ARG(single));
			bytes[at] = (char)(bytes[at] ^ 1 << bit);
			ml_arena_release(arena, mark);
		}
}

static void check_row(struct ml_arena *arena, const struct row *row)
{
	static const size_t pieces[] = {1, 2, 3, 7, 100, 65536};

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct ml_str said, got = feed(arena, row, pieces[i], row->bytes.len, &said);
		if (!ml_str_eq(got, row->want))
			fail_msg("%.*s, in pieces of %zu: got \"%.*s\", want \"%.*s\"", ML_STR_ARG(row->name), pieces[i], ML_STR_ARG(got), ML_STR_ARG(row->want));
		if (!ml_str_eq(said, row->said))
			fail_msg("%.*s, in pieces of %zu: said \"%.*s\"", ML_STR_ARG(row->name), pieces[i], ML_STR_ARG(said));
	}
	cut_anywhere(arena, row);
	change_anything(arena, row);
}

static enum ml_starttls_protocol by_name(struct ml_str name)
{
	int p = ML_STARTTLS_POSTGRES;

	while (p < ML_STARTTLS_PROTOCOLS && !ml_str_is(name, ml_starttls_name((enum ml_starttls_protocol)p)))
		p++;
	assert_int_not_equal(p, ML_STARTTLS_PROTOCOLS);
	return (enum ml_starttls_protocol)p;
}

static struct row read_row(struct ml_arena *arena, struct ml_str line)
{
	struct ml_str part[COLUMNS];

	for (size_t i = 0; i < COLUMNS; i++) {
		assert_true(ml_str_split(&line, '|', &part[i]));
		part[i] = ml_str_trim(part[i]);
	}
	return (struct row){part[0], unescape(arena, part[2]), unescape(arena, part[3]), part[4], by_name(part[1])};
}

static void dialogues_are_held(void **state)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_str rest = test_file(arena, "tests/tls/starttls.txt"), line;
	bool ready[ML_STARTTLS_PROTOCOLS] = {0}, refused[ML_STARTTLS_PROTOCOLS] = {0};

	while (ml_str_split(&rest, '\n', &line)) {
		struct ml_arena_mark mark = ml_arena_mark(arena);
		struct row row;
		if (line.len == 0 || line.ptr[0] == '#')
			continue;
		row = read_row(arena, line);
		check_row(arena, &row);
		ready[row.protocol] |= ml_str_starts(row.want, ML_STR("ready"));
		refused[row.protocol] |= ml_str_starts(row.want, ML_STR("refused"));
		ml_arena_release(arena, mark);
	}
	for (int p = ML_STARTTLS_POSTGRES; p < ML_STARTTLS_PROTOCOLS; p++) {
		assert_true(ready[p] || p == ML_STARTTLS_REDIS);
		assert_true(refused[p]);
	}
}

/* Whatever comes, and however long, it ends within the ceilings. */
static void it_ends(void **state)
{
	static const char *const floods[] = {"220-x\r\n", "* x\r\n", "\"x\" \"y\"\r\n", "<x>", "x", "\0", ":x NOTICE y\r\n", "0\x82\x0f\xf0", "<?xml a='<", "E\0\0\1"};

	for (int p = ML_STARTTLS_POSTGRES; p < ML_STARTTLS_PROTOCOLS; p++)
		for (size_t f = 0; f < sizeof(floods) / sizeof(floods[0]); f++) {
			struct ml_str flood = floods[f][0] ? ml_str(floods[f]) : ML_STR("\0");
			struct ml_starttls s;
			size_t n = 0;
			ML_BUF_AUTO out;
			ml_buf_init(&out, SAID_BYTES);
			ml_starttls_begin(&s, (enum ml_starttls_protocol)p, ML_STR("x"), &out);
			while (ml_starttls_feed(&s, flood, &out) == ML_STARTTLS_MORE)
				assert_true(++n <= ML_STARTTLS_BYTES);
			assert_true(s.bytes <= ML_STARTTLS_BYTES + 1);
			assert_int_not_equal(s.seen.progress, ML_STARTTLS_READY);
		}
}

/* A server name is no markup. */
static void names_are_escaped(void **state)
{
	struct ml_starttls s;
	ML_BUF_AUTO out;

	ml_buf_init(&out, SAID_BYTES);
	ml_starttls_begin(&s, ML_STARTTLS_XMPP, ML_STR("a'><b&\""), &out);
	assert_true(ml_str_has(ml_buf_get(&out), " to='a&#39;&#62;&#60;b&#38;&#34;'>"));
	ml_buf_clear(&out);
	ml_starttls_begin(&s, ML_STARTTLS_XMPP_SERVER, ML_STR(""), &out);
	assert_false(ml_str_has(ml_buf_get(&out), " to="));
	assert_true(ml_str_has(ml_buf_get(&out), "jabber:server"));
	assert_int_equal(ml_starttls_begin(&s, ML_STARTTLS_NONE, ML_STR(""), &out), ML_STARTTLS_READY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialogues_are_held), cmocka_unit_test(it_ends), cmocka_unit_test(names_are_escaped),
	};

	return cmocka_run_group_tests_name("checks/tls/starttls", tests, NULL, NULL);
}

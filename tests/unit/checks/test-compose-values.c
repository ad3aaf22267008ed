/* SPDX-License-Identifier: Apache-2.0 */
/* The small values of Compose files by the table tests/compose/values.tsv: kind, text, what it means, or "!" when it is none. */
#include "tests/unit/test.h"

#include <stdlib.h>

#include "base/buf.h"
#include "checks/config/compose/values-priv.h"

enum { LINE = 2000 };

static void put_bytes(struct ml_buf *out, struct ml_arena *arena, struct ml_str text)
{
	int64_t n;
	const char *want = ml_cvalue_bytes(text, &n);

	(void)arena;
	ml_buf_printf(out, want ? "!" : "%lld", (long long)n);
}

static void put_duration(struct ml_buf *out, struct ml_arena *arena, struct ml_str text)
{
	int64_t seconds;
	int32_t nanos;
	const char *want = ml_cvalue_duration(text, &seconds, &nanos);

	(void)arena;
	ml_buf_printf(out, want ? "!" : "%lld.%09d", (long long)seconds, (int)nanos);
}

static void put_cpus(struct ml_buf *out, struct ml_arena *arena, struct ml_str text)
{
	double d;
	const char *want = ml_cvalue_cpus(text, &d);

	(void)arena;
	ml_buf_printf(out, want ? "!" : "%g", d);
}

static void put_mode(struct ml_buf *out, struct ml_arena *arena, struct ml_str text)
{
	int64_t mode;
	const char *want = ml_cvalue_mode(text, &mode);

	(void)arena;
	ml_buf_printf(out, want ? "!" : "%04llo", (unsigned long long)mode);
}

static void put_bool(struct ml_buf *out, struct ml_arena *arena, struct ml_str text)
{
	bool b;
	const char *want = ml_cvalue_bool(text, &b);

	(void)arena;
	ml_buf_puts(out, want ? "!" : b ? "true" : "false");
}

static void put_port(struct ml_buf *out, struct ml_arena *arena, struct ml_str text)
{
	struct ml_cport port;
	const char *want = ml_cvalue_port(text, &port);

	(void)arena;
	if (want) {
		ml_buf_puts(out, "!");
		return;
	}
	ml_buf_printf(out, "%.*s|%u-%u|%u-%u|%.*s%s", ML_STR_ARG(port.address), port.host_from, port.host_to, port.from, port.to, ML_STR_ARG(port.protocol),
		port.uneven ? "|uneven" : "");
}

static void put_ip(struct ml_buf *out, struct ml_arena *arena, struct ml_str text)
{
	(void)arena;
	if (!ml_cvalue_is_ip(text))
		ml_buf_puts(out, "!");
	else
		ml_buf_puts(out, ml_cvalue_is_any(text) ? "any" : ml_cvalue_is_loopback(text) ? "loopback" : "specific");
}

static void put_mount(struct ml_buf *out, struct ml_arena *arena, struct ml_str text)
{
	struct ml_cmount mount;
	const char *want = ml_cvalue_mount(text, &mount);

	(void)arena;
	if (want)
		ml_buf_puts(out, "!");
	else
		ml_buf_printf(out, "%.*s|%.*s|%.*s|%s", ML_STR_ARG(mount.source), ML_STR_ARG(mount.target), ML_STR_ARG(mount.options), mount.bind ? "bind" : "volume");
}

static void put_clean(struct ml_buf *out, struct ml_arena *arena, struct ml_str text)
{
	ml_buf_str(out, ml_cvalue_clean_path(arena, text));
}

static void put_path(struct ml_buf *out, struct ml_arena *arena, struct ml_str text)
{
	struct ml_cpath path;

	ml_cvalue_path(ml_cvalue_clean_path(arena, text), &path);
	ml_buf_printf(out, "%s|%s|", path.kind, path.socket);
	for (size_t i = 0; i < path.nexposes; i++)
		ml_buf_printf(out, "%s%s", i ? "," : "", path.exposes[i]);
}

static void put_image(struct ml_buf *out, struct ml_arena *arena, struct ml_str text)
{
	struct ml_cimage image;

	if (ml_cvalue_image(arena, text, &image))
		ml_buf_puts(out, "!");
	else
		ml_buf_printf(out, "%.*s|%.*s|%.*s|%.*s|%.*s", ML_STR_ARG(image.registry), ML_STR_ARG(image.repository), ML_STR_ARG(image.name), ML_STR_ARG(image.tag),
			ML_STR_ARG(image.digest));
}

static void put_capability(struct ml_buf *out, struct ml_arena *arena, struct ml_str text)
{
	const char *word = ml_cvalue_capability(text);

	(void)arena;
	ml_buf_puts(out, word ? word : "!");
}

static void put_user(struct ml_buf *out, struct ml_arena *arena, struct ml_str text)
{
	struct ml_cuser user;

	(void)arena;
	if (ml_cvalue_user(text, &user))
		ml_buf_puts(out, "!");
	else
		ml_buf_printf(out, "%.*s|%.*s|%lld|%lld", ML_STR_ARG(user.name), ML_STR_ARG(user.group), (long long)user.uid, (long long)user.gid);
}

static void put_words(struct ml_buf *out, struct ml_arena *arena, struct ml_str text)
{
	struct ml_str *words;
	size_t n;

	if (ml_cvalue_words(arena, text, &words, &n)) {
		ml_buf_puts(out, "!");
		return;
	}
	for (size_t i = 0; i < n; i++)
		ml_buf_printf(out, "%s%.*s", i ? "|" : "", ML_STR_ARG(words[i]));
}

static void put_device(struct ml_buf *out, struct ml_arena *arena, struct ml_str text)
{
	(void)arena;
	ml_buf_puts(out, ml_cvalue_device(text));
}

static const struct {
	const char *kind;
	void (*put)(struct ml_buf *out, struct ml_arena *arena, struct ml_str text);
} kinds[] = {
	{"bytes", put_bytes}, {"duration", put_duration}, {"cpus", put_cpus}, {"mode", put_mode}, {"bool", put_bool}, {"port", put_port},
	{"ip", put_ip}, {"mount", put_mount}, {"clean", put_clean}, {"path", put_path}, {"image", put_image}, {"capability", put_capability},
	{"user", put_user}, {"words", put_words}, {"device", put_device},
};

static bool check(char *line, int number)
{
	ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
	char *text = strchr(line, '\t'), *want = text ? strchr(text + 1, '\t') : NULL;
	ML_BUF_AUTO out;
	bool known = false, same;

	ml_buf_init(&out, 10000);
	if (!want) {
		print_error("values.tsv:%d: not three columns\n", number);
		return false;
	}
	*text++ = *want++ = '\0';
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].kind, line) != 0)
			continue;
		known = true;
		kinds[i].put(&out, arena, ml_str(text));
	}
	same = known && ml_str_is(ml_buf_get(&out), want);
	if (!same)
		print_error("values.tsv:%d: %s %s: got %.*s, want %s\n", number, line, text, ML_STR_ARG(ml_buf_get(&out)), want);
	return same;
}

static void test_table(void **state)
{
	char name[4096], line[LINE];
	int number = 0, failed = 0, cases = 0;
	FILE *file;

	(void)state;
	snprintf(name, sizeof(name), "%s/tests/compose/values.tsv", getenv("ML_SRCDIR") ? getenv("ML_SRCDIR") : ".");
	file = fopen(name, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		number++;
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '\0' || line[0] == '#')
			continue;
		cases++;
		failed += !check(line, number);
	}
	fclose(file);
	assert_true(cases > 100);
	assert_int_equal(failed, 0);
}

/* No text, however strange, makes a parser read beyond it: every prefix of every row, in memory of exactly its size. */
static void test_prefixes(void **state)
{
	static const char *const texts[] = {"[::ffff:127.0.0.1]:8000-9000:80-90/udp", "C:\\a\\..\\b:D:\\c:ro,z", "reg.example:5000/a/b_c--d:tag@sha256:0123456789abcdef",
		"a 'b \"c' \"d\\\" e\" \\f g", "1h30m5.5s2ms", "1.5 GiB", "0o1777", "~/../../x/./y//", "CAP_NET_ADMIN", "1000:root", "/var/run/../run/docker.sock"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		for (size_t len = 0; len <= strlen(texts[i]); len++) {
			ML_ARENA_AUTO arena = ml_arena_new(1 << 20);
			char *exact = len ? malloc(len) : NULL;
			if (len)
				memcpy(exact, texts[i], len);
			for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
				ML_BUF_AUTO out;
				ml_buf_init(&out, 10000);
				kinds[k].put(&out, arena, (struct ml_str){exact, len});
				assert_int_equal(out.error, 0);
			}
			free(exact);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_table), cmocka_unit_test(test_prefixes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
